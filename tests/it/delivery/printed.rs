//! One PDF for the post: all invoices that go by post, in the order of the post, and a list that says where each is.

use std::process::Command;

use super::super::program::tollbook;
use super::post::{Post, Wishes, to};

/// Six customers; all but the second by post.
fn by_post() -> Post {
    let post = Post::of(&[
        to("a@x.example"),
        to("b@x.example"),
        to("c@x.example"),
        to("d@x.example"),
        to("e@x.example"),
        Wishes { name: "=cmd|'/c calc'!A1", ..to("f@x.example") },
    ]);
    for (account, values) in [
        ("A01", &["send_post=y", "postcode=YO21 1AA"][..]),
        ("A03", &["send_post=y", "postcode=AB1 2CD"]),
        ("A04", &["send_post=y", "postcode=10115", "country=Germany"]),
        ("A05", &["send_post=y", "postcode=ab12 3cd"]),
        ("A06", &["send_post=y", "postcode=M1 1AA"]),
    ] {
        tollbook(&post.workspace, &[&["customer", "set", account], values, &["--reason", "post"]].concat()).done();
    }
    tollbook(&post.workspace, &["bill", "run", "--quiet", "--again", "--invoice-date", "2026-06-01"]);
    post
}

#[test]
fn invoices_for_the_post_are_one_pdf_in_the_order_of_the_post() {
    let post = by_post();
    let out = post.folder().join("post.pdf");
    let path = out.to_str().unwrap();
    let bundle = ["bundle", "--run", "1", "--json", "--out", path];
    let told = post.invoice(&bundle).done();
    let told: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    let list = std::fs::read_to_string(out.with_extension("csv")).unwrap();
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(list.as_bytes()).records().map(Result::unwrap).collect();
    // The bills have the addresses of the day they were posted: none of them a postcode, so that accounts decide.
    let accounts: Vec<&str> = rows.iter().map(|row| &row[4]).collect();
    assert_eq!(accounts, ["A01", "A03", "A04", "A05", "A06"]);
    assert_eq!(&rows[4][8], "'=cmd|'/c calc'!A1");
    let pages: u64 = rows.iter().map(|row| row[2].parse::<u64>().unwrap()).sum();
    assert_eq!((told["invoices"].as_u64(), told["pages"].as_u64()), (Some(5), Some(pages)));
    let bytes = std::fs::read(&out).unwrap();
    assert_eq!(told["bytes"].as_u64(), Some(bytes.len() as u64));
    post.invoice(&bundle).done();
    assert!(std::fs::read(&out).unwrap() == bytes, "the same bytes again");
    looks_like_its_documents(&post, path, &rows);
    // On both sides each begins on a front.
    post.invoice(&["bundle", "--run", "1", "--duplex", "--sort", "number", "--out", path]).done();
    let list = std::fs::read_to_string(out.with_extension("csv")).unwrap();
    for row in csv::Reader::from_reader(list.as_bytes()).records().map(Result::unwrap) {
        assert_eq!(row[1].parse::<u64>().unwrap() % 2, 1, "{row:?}");
    }
    let Ok(checked) = Command::new("qpdf").args(["--check", path]).output() else {
        return super::not_checked("the bundle", "there is no qpdf");
    };
    let said = String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success() && !said.contains("WARNING"), "{said}");
    let counted = Command::new("qpdf").args(["--show-npages", path]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&counted.stdout).trim().parse::<u64>().unwrap() % 2, 0);
    if let Ok(text) = Command::new("pdftotext").args(["-layout", path, "-"]).output() {
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        let places: Vec<_> = (1..=6).map(|place| text.find(&format!("AC-{place:06}"))).collect();
        assert!(places[1].is_none() && places.iter().flatten().is_sorted(), "{places:?}");
    }
}

/// Each page of the bundle is, pixel by pixel, that of the invoice's own PDF.
fn looks_like_its_documents(post: &Post, bundle: &str, rows: &[csv::StringRecord]) {
    const SCRIPT: &str = "
import sys
try:
    import pymupdf
except ImportError:
    sys.exit(77)
bundle = pymupdf.open(sys.argv[1])
for part in sys.argv[2:]:
    first, path = part.split(':', 1)
    for place, page in enumerate(pymupdf.open(path)):
        drawn = bundle[int(first) - 1 + place].get_pixmap(dpi=60).samples
        assert drawn == page.get_pixmap(dpi=60).samples, part
";
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else {
        return super::not_checked("pages of the bundle", "TOLLBOOK_PYTHON names no Python");
    };
    let folder = post.workspace.join("invoices/run-000001");
    let part = |row: &csv::StringRecord| format!("{}:{}", &row[1], folder.join(format!("{}.pdf", &row[5])).display());
    let run = Command::new(python).args(["-c", SCRIPT, bundle]).args(rows.iter().map(part)).output().unwrap();
    match run.status.code() {
        Some(77) => super::not_checked("pages of the bundle", "TOLLBOOK_PYTHON has no pymupdf"),
        code => assert_eq!(code, Some(0), "{}", String::from_utf8_lossy(&run.stderr)),
    }
}

#[test]
fn what_is_noted_as_posted_can_still_go_by_mail_but_not_be_undone() {
    let post = by_post();
    let before = post.invoice(&["bundle", "--run", "1", "--dry-run"]).done();
    assert!(before.err.contains("would write 5 invoices"), "{}", before.err);
    post.invoice(&["bundle", "--run", "1", "--mark-sent"]).done();
    tollbook(&post.workspace, &["bill", "undo", "1", "--reason", "x"]).ended(1).says("was sent (post)");
    let preview = post.invoice(&["send", "--run", "1", "--dry-run", "--json"]).done();
    assert_eq!(preview.out.matches("\"subject\"").count(), 6, "{}", preview.out);
    let left: Vec<_> = std::fs::read_dir(post.workspace.join("invoices"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(left, [] as [String; 0]);
    use std::os::unix::fs::PermissionsExt;
    let mode = |name: &str| {
        std::fs::metadata(post.workspace.join("invoices").join(name)).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode("run-000001-post.pdf"), mode("run-000001-post.csv")), (0o600, 0o600));
    post.invoice(&["bundle", "--run", "7"]).ended(1);
}
