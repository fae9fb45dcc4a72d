//! PDFs that open with the customer's password only, as other programs see them; and where the password does not turn up.

use std::process::Command;

use super::super::program::tollbook;
use super::post::{Post, Wishes};

#[test]
fn a_pdf_opens_with_the_password_and_no_other() {
    let post = Post::of(&[Wishes { name: "Harbour Lights", email: "a@x.example", rest: "y,,,Geheim 7,csv" }]);
    let eml = post.folder().join("eml");
    post.invoice(&["send", "AC-000001", "--eml", eml.to_str().unwrap()]).done();
    let message = std::fs::read_to_string(eml.join("AC-000001.eml")).unwrap();
    // Nothing goes unprotected beside it: the list of calls was not asked for by name.
    assert!(!message.contains(".csv"), "{message}");
    let from = message.find("filename=\"AC-000001.pdf\"").unwrap();
    let body = message[from..].split("\r\n\r\n").nth(1).unwrap().split("\r\n--").next().unwrap();
    let pdf = post.folder().join("protected.pdf");
    std::fs::write(&pdf, decoded(body)).unwrap();
    let path = pdf.to_str().unwrap();
    let run = |program: &str, arguments: &[&str]| Command::new(program).args(arguments).output();
    let Ok(checked) = run("qpdf", &["--password=Geheim 7", "--check", path]) else {
        return super::not_checked("protected PDF", "there is no qpdf");
    };
    let said = String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success() && said.contains("R = 6") && said.contains("AESv3"), "{said}");
    for (words, expected) in [
        ("print high resolution: allowed", true),
        ("extract for accessibility: allowed", true),
        ("modify document assembly: not allowed", true),
        ("modify anything: not allowed", true),
    ] {
        assert_eq!(said.contains(words), expected, "{words}: {said}");
    }
    for wrong in ["--password=geheim 7", "--password=", "--password=Geheim"] {
        assert!(!run("qpdf", &[wrong, "--check", path]).unwrap().status.success(), "{wrong}");
    }
    if let Ok(text) = run("pdftotext", &["-upw", "Geheim 7", path, "-"]) {
        assert!(String::from_utf8_lossy(&text.stdout).contains("AC-000001"));
    }
    // What is kept is not encrypted, and is as it was.
    assert!(post.document("AC-000001.pdf").starts_with(b"%PDF-1.7"));
}

fn decoded(base64: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = base64.bytes().filter_map(|byte| LETTERS.iter().position(|letter| *letter == byte));
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for digit in digits {
        bits = (bits << 6) | u32::try_from(digit).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count).unwrap());
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

#[test]
fn the_password_is_in_the_book_and_nowhere_else() {
    let post = Post::of(&[Wishes { name: "Harbour Lights", email: "a@x.example", rest: "y,,,Geheim 7,none" }]);
    let at = |arguments: &[&str]| {
        let run = tollbook(&post.workspace, arguments).done();
        run.out + &run.err
    };
    let said = at(&["customer", "set", "A01", "pdf_password=Noch geheimer", "--dry-run"]);
    assert!(said.contains("•••") && !said.contains("eheim"), "{said}");
    at(&["customer", "set", "A01", "pdf_password=Noch geheimer", "--reason", "asked by phone"]);
    for arguments in [
        &["customer", "history", "A01"][..],
        &["customer", "history", "A01", "--json"],
        &["customer", "list", "--json"],
    ] {
        let said = at(arguments);
        assert!(!said.contains("eheim"), "{arguments:?}: {said}");
    }
    let history = at(&["customer", "history", "A01"]);
    assert!(history.contains("pdf_password: \"•••\" → \"••• (new)\""), "{history}");
    let connection = rusqlite::Connection::open(post.workspace.join("ledger.db")).unwrap();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM audit WHERE before_json LIKE '%eheim%' OR after_json LIKE '%eheim%'"), 0);
    assert_eq!(count("SELECT count(*) FROM book_customers WHERE pdf_password = 'Noch geheimer'"), 1);
    let book = post.folder().join("out");
    at(&["book", "export", book.to_str().unwrap()]);
    assert!(std::fs::read_to_string(book.join("customers.csv")).unwrap().contains("Noch geheimer"));
}
