//! The page of a run as the program writes it: its figures, checked by hand; the same bytes every time; nothing active in
//! it, whatever customers are called; and looked at by other programs, a real browser among them.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::runs::Office;

const GROUP: &str = "monthly,automatic,standard,monthly,1,0\n";
const USAGE: &str = "record_id,kind,cli,other_party,started_at,duration,cost\n";

/// Posted: March and April at £210.00, May with a call of 0.10 and one of 0.20; June waits, with a visit for £100.00, a
/// call of 1.00 and one of a number that nobody has.
fn office() -> Office {
    let charges = "A1,line,recurring,monthly,advance,calendar:1,10,2026-03-01,,Lines\n\
                   A2,line,recurring,monthly,advance,calendar:1,200,2026-03-01,,Lines\n\
                   A1,visit,one_off,,,,100,2026-06-10,,Work\n";
    let customers = "A1,monthly,\nA2,monthly,\nA3,monthly,\n";
    let office = Office::new("", GROUP, customers, "02079460011,A1\n02079460012,A2\n", charges);
    let april = "a1,voice,02079460011,01134960001,2026-04-10 10:00:00,600,0.04\n\
                 a2,voice,02079460012,01134960001,2026-04-11 10:00:00,1200,0.05\n";
    let may = "m1,voice,02079460011,01134960001,2026-05-10 10:00:00,6000,0.30\n\
               m2,voice,02079469999,01134960001,2026-05-11 10:00:00,60,0.50\n";
    for (name, lines) in [("april.csv", april), ("may.csv", may)] {
        office.write(name, &(USAGE.to_owned() + lines));
        office.run(&format!("import usage {name} --supplier carrier")).done();
    }
    for month in ["03", "04", "05"] {
        office.run(&format!("bill run --invoice-date 2026-{month}-01")).done();
    }
    office
}

fn page_of(office: &Office, run: u32) -> PathBuf {
    office.path(&format!("w/reports/run-{run:06}.html"))
}

fn read(page: &Path) -> String {
    std::fs::read_to_string(page).unwrap()
}

/// The rows of all tables, the text of their cells beside each other.
fn rows(html: &str) -> Vec<String> {
    let cell = |cell: &str| {
        let inner = &cell[cell.find('>').unwrap() + 1..];
        let text = inner.split('<').enumerate().map(|(place, part)| match place {
            0 => part,
            _ => part.split_once('>').unwrap().1,
        });
        text.collect::<String>().replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    let row = |row: &str| {
        let row = row.split("</tr>").next().unwrap().replace("<td", "<th").replace("</td>", "</th>");
        row.split("<th").skip(1).map(|one| cell(one.split("</th>").next().unwrap())).collect::<Vec<_>>().join(" | ")
    };
    html.split("<tr").skip(1).map(row).collect()
}

#[track_caller]
fn has_rows(html: &str, expected: &[&str]) {
    let rows = rows(html);
    for row in expected {
        assert!(rows.iter().any(|found| found == row), "no row {row:?} among\n{}", rows.join("\n"));
    }
}

#[test]
fn the_page_says_what_a_run_bills_against_the_one_before() {
    let office = office();
    office.run("bill draft --invoice-date 2026-06-01").done();
    let said = office.run("bill page 4").done().out;
    assert_eq!(said, format!("open {}\n", page_of(&office, 4).display()));
    let html = read(&page_of(&office, 4));
    assert!(html.contains("DRAFT") && html.contains("run 3 of 1 May 2026") && html.contains("1 June 2026"));
    has_rows(
        &html,
        &[
            // A call of 100 minutes at 1p; before, 10 minutes and 20.
            "National calls | £1.00 | £0.30 | +£0.70 | +233.3% | 1",
            "Lines | £210.00 | £210.00 | £0.00 | 0.0% | 2",
            "Work | £100.00 | £0.00 | +£100.00 |  | 1",
            "in all | £311.00 | £210.30 | +£100.70 | +47.9% | 4",
            "billed then and now | 2 | +£100.70 | +47.9%",
            // 10.00 + 0.10 before; 10.00 + 100.00 + 1.00 now.
            "A1 | Customer A1 | AC-000005 of 2026-05-01 | £10.10 | £111.00 | +£100.90 | +999.0% | +£0.90 | +£100.00",
            "A2 | Customer A2 | AC-000006 of 2026-05-01 | £200.20 | £200.00 | −£0.20 | −0.1% | −£0.20 | £0.00",
            // 0.30 of 311.00 is what it costs; before, 0.09 of 210.30.
            "in all | £311.00 | £0.30 | £310.70 | 99.9% | 100.0%",
            "A1 | Customer A1 | £111.00 | £0.30 | £110.70 | 99.7%",
            "£0.50 | 1 | unknown CLI | +442079469999 | carrier | m2",
            "in |  | 2 | 6,060 |  |  | £0.80 | ",
            "billed |  | 1 | 6,000 |  |  | £0.30 | £1.00",
            "suspense | unknown CLI | 1 | 60 |  |  | £0.50 | £0.00",
            "S | VAT 20% | standard | 20% | £311.00 | £62.20",
            "A3 | Customer A3 | nothing to bill | ",
            "draft | A1 | Customer A1 | £111.00 | £22.20 | £133.20 | +£100.90 | ",
            "in all |  |  | £311.00 | £62.20 | £373.20 |  | ",
        ],
    );
    // B15: 111.00 against 10.00, 10.00 and 10.10.
    let flagged: Vec<String> = rows(&html).into_iter().filter(|row| row.contains("unusual total")).collect();
    assert!(
        flagged.len() == 1 && flagged[0].starts_with("A1 | Customer A1 | unusual total | 111.00 ex VAT"),
        "{flagged:?}"
    );
    for words in ["<b>£311.00</b>", "<b>£373.20</b>", "<b>£310.70</b>", "2 records were billed by earlier runs"] {
        assert!(html.contains(words), "{words}");
    }
    // The first run has nothing before it.
    let first = read(&page_of(&office, 1));
    assert!(first.contains("POSTED") && first.contains("nothing to compare with") && !first.contains("What changed"));
}

#[test]
fn posting_leaves_the_page_with_its_documents_and_the_same_bytes_again() {
    let office = office();
    let posted = office.run("bill run --invoice-date 2026-06-01").done().out;
    let page = page_of(&office, 4);
    assert!(posted.contains(&format!("open {}", page.display())), "{posted}");
    assert_eq!(std::fs::metadata(&page).unwrap().permissions().mode() & 0o777, 0o600);
    let html = read(&page);
    let links = html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&#x2f;", "/"));
    let links: Vec<String> = links.filter(|link| !link.starts_with('#')).collect();
    assert!(links.contains(&"../invoices/run-000004/AC-000007.pdf".to_owned()), "{links:?}");
    for link in &links {
        assert!(page.parent().unwrap().join(link).is_file(), "{link}");
    }
    for threads in ["1", "3"] {
        std::fs::remove_file(&page).unwrap();
        office.run(&format!("bill page 4 --threads {threads}")).done();
        assert!(read(&page) == html, "{threads} threads make other bytes");
    }
    // Acknowledged flags show who looked, not when; elsewhere there is nothing beside the page to link to.
    let elsewhere = office.path("elsewhere.html");
    office.run(&format!("bill page 4 --out {}", elsewhere.display())).done();
    assert!(!read(&elsewhere).contains("../invoices"));
    let times = office.path("times.html");
    office.run(&format!("bill page 4 --times --out {}", times.display())).done();
    assert!(read(&times).contains("posted 20") && !html.contains("posted 20"));
    let listed = office.json("bill page 4");
    assert_eq!((listed["run"].as_i64(), listed["status"].as_str()), (Some(4), Some("posted")));
    office.run("bill page 9").ended(1).says("there is no such run");
    // What is undone says so, and shows what it was.
    office.run_today("bill undo 4 --reason wrong").done();
    office.run("bill page 4").done();
    let undone = read(&page);
    assert!(undone.contains("UNDONE") && undone.contains("all its invoices are void"));
    has_rows(&undone, &["in all |  |  | £311.00 | £62.20 | £373.20 |  | "]);
}

#[test]
fn an_own_template_takes_the_place_of_the_built_in_one() {
    let office = office();
    office.write("w/templates/run.html", "<!DOCTYPE html>\n<title>{{ title }}</title>\n{{ tiles[0].value }}\n");
    office.run("bill page 3").done();
    assert_eq!(read(&page_of(&office, 3)), "<!DOCTYPE html>\n<title>Billing run 3</title>\n£210.30\n");
    office.write("w/templates/run.html", "<!DOCTYPE html>\n<title>{{ titel }}</title>\n");
    office.run("bill page 3").ended(1).says("templates/run.html:2: undefined value").says("correct the template");
    // A template that is wrong keeps no run from being posted.
    office.run("bill run --invoice-date 2026-06-01").ended(3).says("run 4 is posted, but not all").says("run.html:2");
    std::fs::remove_file(office.path("w/templates/run.html")).unwrap();
    office.run("bill post 4").done();
    assert!(page_of(&office, 4).is_file());
}

/// Names that are code elsewhere, and text here.
const NAMES: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"\"><img src=x onerror=alert(1)>",
    "{{ 1234567 * 9 }}{% raw %}",
    "' onmouseover='alert(1)",
    "</title></svg><a href=javascript:alert(1)>x</a>",
    "]]>&lt;b&gt;&#60;",
    "=HYPERLINK(\"\"http://example.com\"\")",
];

fn attacked() -> Office {
    let office = office();
    let mut customers = "account,name,organisation,group,vat_code,tariff_national\n".to_owned();
    let mut charges = "account,charge,type,interval,timing,align,price,from,category,description\n".to_owned();
    for (place, name) in NAMES.iter().enumerate() {
        customers.push_str(&format!("X{place},\"{name}\",ACORN,monthly,S,standard\n"));
        charges.push_str(&format!(
            "X{place},line,recurring,monthly,advance,calendar:1,7,2026-06-01,\"{name}\",\"{name}\"\n"
        ));
    }
    for (name, text) in [("customers", customers), ("charges", charges)] {
        office.write(&format!("book/{name}.csv"), &text);
    }
    let organisation = "organisation,name,invoice_prefix\nACORN,\"Acorn <b>& \"\"Sons\"\"</b>\",AC-\n";
    office.write("book/organisations.csv", organisation);
    office.run("book import book --mode upsert").done();
    office.run("bill run --invoice-date 2026-06-01").done();
    office
}

#[test]
fn names_that_are_code_are_text_o3() {
    let office = attacked();
    let html = read(&page_of(&office, 4));
    let shown = rows(&html);
    for (place, name) in NAMES.iter().enumerate() {
        let name = name.replace("\"\"", "\"");
        let row = shown.iter().find(|row| row.contains(&format!(" | X{place} | ")));
        let text =
            row.unwrap_or_else(|| panic!("X{place} is not listed")).replace("&#x27;", "'").replace("&#x2f;", "/");
        assert!(text.contains(&name), "{name} is shown as {text}");
    }
    for active in ["<script", "<img", "<a href=j", "javascript\"", "11111103"] {
        assert!(!html.contains(active), "{active}");
    }
    outside_check("the page of a run with hostile names", "read_page.py", &[page_of(&office, 4).to_str().unwrap()]);
}

#[test]
fn others_find_the_page_whole_and_what_spoils_it() {
    let office = office();
    office.run("bill run --invoice-date 2026-06-01").done();
    let page = page_of(&office, 4);
    let Some(said) = outside_check("the page of a run", "read_page.py", &[page.to_str().unwrap()]) else { return };
    assert!(said.starts_with("5 pictures, "), "{said}");
    let html = read(&page);
    for (what, with, expected) in [
        ("</section>", "", "</main> closes section"),
        ("<main id=\"content\">", "<main id=\"content\"><script>1</script>", "<script> has no place here"),
        ("<h2 id=\"vat-heading\">", "<h3 id=\"vat-heading\">", "closes h3"),
        ("id=\"vat\"", "id=\"billed\"", "id 'billed' twice"),
        ("href=\"#content\"", "href=\"http://example.com/\"", "a link to 'http://example.com/'"),
        ("default-src 'none'; ", "", "the policy lacks default-src 'none'"),
        ("<desc id=\"chart-billed-text\">", "<desc>", "'chart-billed-text' is named and says nothing"),
    ] {
        assert!(html.contains(what), "{what}");
        let spoiled = office.path("spoiled.html");
        std::fs::write(&spoiled, html.replacen(what, with, 1)).unwrap();
        let (code, said) = python("read_page.py", &[spoiled.to_str().unwrap()]).unwrap();
        assert!(code == Some(1) && said.contains(expected), "{what} → {with}: {said}");
    }
}

#[test]
fn a_browser_shows_the_page_on_a_desk_and_on_a_telephone() {
    let Some(chromium) = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .into_iter()
        .find(|path| Path::new(path).is_file())
    else {
        not_checked("the page of a run in a browser", "there is no Chromium");
        return;
    };
    let office = attacked();
    let page = page_of(&office, 4);
    let folder = office.path("pictures");
    std::fs::create_dir(&folder).unwrap();
    let arguments = [chromium, page.to_str().unwrap(), folder.to_str().unwrap()];
    let Some(said) = outside_check("the page of a run in a browser", "look_at_page.py", &arguments) else { return };
    assert!(said.contains("360 px, dark: "), "{said}");
    // A colour that is hardly read is found, and what is too wide for a telephone.
    for (what, with, expected) in [
        ("--soft: #4f5b6a", "--soft: #b0b8c0", "contrast "),
        (".scroller { overflow-x: auto;", ".scroller { overflow: visible; min-width: 60rem;", "it scrolls sideways"),
    ] {
        let spoiled = office.path("spoiled.html");
        let html = read(&page);
        assert!(html.contains(what), "{what}");
        std::fs::write(&spoiled, html.replacen(what, with, 1)).unwrap();
        let arguments = [chromium, spoiled.to_str().unwrap(), folder.to_str().unwrap()];
        let (code, said) = python("look_at_page.py", &arguments).unwrap();
        assert!(code == Some(1) && said.contains(expected), "{what} → {with}: {said}");
    }
}

/// What a script says of it; none where there is no Python.
#[track_caller]
fn outside_check(what: &str, script: &str, arguments: &[&str]) -> Option<String> {
    let Some((code, said)) = python(script, arguments) else {
        not_checked(what, "TOLLBOOK_PYTHON names no Python");
        return None;
    };
    assert_eq!(code, Some(0), "{what}: {said}");
    Some(said)
}

fn python(script: &str, arguments: &[&str]) -> Option<(Option<i32>, String)> {
    let python = std::env::var("TOLLBOOK_PYTHON").ok()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(script);
    let run = Command::new(python).arg(script).args(arguments).output().unwrap();
    Some((
        run.status.code(),
        format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr)),
    ))
}

/// Past the harness, which keeps the output of tests.
fn not_checked(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "NOT CHECKED FROM OUTSIDE: {what}: {why}");
}
