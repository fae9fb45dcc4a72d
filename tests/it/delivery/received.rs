//! What customers receive: headers, words, attachments, as the Python standard library reads them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::post::{Post, Wishes, to};
use super::server::{Kept, Server, python};

/// A message, read; its attachments in a folder.
struct Read {
    message: Value,
    attachments: tempfile::TempDir,
}

fn read(python: &str, kept: &Kept) -> Read {
    let attachments = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/read_mail.py");
    let run = Command::new(python).arg(script).arg(&kept.path).arg(attachments.path()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Read { message: serde_json::from_slice(&run.stdout).unwrap(), attachments }
}

impl Read {
    fn attachment(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.attachments.path().join(name)).unwrap()
    }

    fn attached(&self) -> Vec<String> {
        let files = self.message["attachments"].as_array().unwrap().iter();
        files.map(|file| format!("{} {}", file["name"].as_str().unwrap(), file["type"].as_str().unwrap())).collect()
    }

    fn text(&self) -> &str {
        self.message["text"].as_str().unwrap()
    }
}

#[test]
fn a_customer_gets_words_and_documents_in_its_language() {
    let Some(python) = python("mail as received") else { return };
    let server = Server::start(&python, &[]);
    let post = Post::of(&[
        Wishes { name: "Ærø & Söhne <b>Ltd</b>", email: "ann@customer.example", rest: "y,en,,,csv" },
        Wishes { name: "Zwei", email: "bob@customer.example, eve@customer.example", rest: "y,de,pdf;json,,none" },
        Wishes { name: "Trois", email: "luc@customer.example", rest: "y,fr,,,none" },
        Wishes { name: "Pedwar", email: "nia@customer.example", rest: "y,cy,,,none" },
        Wishes { name: "By hand", email: "no@customer.example", rest: "n,,,,none" },
    ]);
    post.use_server(&format!("{}bcc = \"archive@anchor.example\"\n", server.settings()));
    let run = post.invoice(&["send", "--run", "1"]).done();
    assert!(!run.err.contains('@') && !run.out.contains('@'), "no address is printed: {}{}", run.err, run.out);
    let kept = server.kept();
    let envelope = |place: usize, key: &str| kept[place].envelope[key].clone();
    assert_eq!(kept.len(), 4);
    assert_eq!(envelope(0, "from"), "accounts@anchor.example");
    assert_eq!(envelope(0, "to"), serde_json::json!(["ann@customer.example", "archive@anchor.example"]));
    assert_eq!((envelope(0, "tls"), envelope(0, "login")), (true.into(), true.into()));
    let ann = read(&python, &kept[0]);
    let headers =
        ["From", "Subject", "Date", "Message-ID", "Auto-Submitted", "Reply-To", "To", "MIME-Version", "Content-Type"];
    assert_eq!(ann.message["names"], serde_json::json!(headers));
    assert_eq!(ann.message["headers"]["Subject"], "Invoice AC-000001 from Anchor & Cable Ltd");
    assert_eq!(ann.message["to"], serde_json::json!([["Ærø & Söhne <b>Ltd</b>", "ann@customer.example"]]));
    assert_eq!(ann.message["from"], serde_json::json!([["Anchor & Cable Ltd", "accounts@anchor.example"]]));
    assert_eq!(ann.attached(), ["AC-000001.pdf application/pdf", "AC-000001.csv text/csv"]);
    for name in ["AC-000001.pdf", "AC-000001.csv"] {
        assert!(ann.attachment(name) == post.document(name), "{name}");
    }
    assert!(ann.text().contains("Hello Ærø & Söhne <b>Ltd</b>,"), "{}", ann.text());
    assert!(ann.text().contains("comes to £1,481.40.") && ann.text().contains("1 May 2026"), "{}", ann.text());
    let html = ann.message["html"].as_str().unwrap();
    assert!(html.contains("Ærø &amp; Söhne &lt;b&gt;Ltd&lt;&#x2f;b&gt;"), "{html}");
    let bob = read(&python, &kept[1]);
    assert_eq!(bob.attached(), ["AC-000002.pdf application/pdf", "AC-000002.json application/json"]);
    assert!(bob.attachment("AC-000002.json") == post.document("AC-000002.json"));
    assert!(bob.text().contains("vom 1. Mai 2026 beträgt 1.481,40\u{a0}£"), "{}", bob.text());
    assert!(read(&python, &kept[2]).text().contains("du 1er mai 2026 s'élève à 1\u{202f}481,40\u{a0}£"));
    assert!(read(&python, &kept[3]).text().contains("dyddiedig 1 Mai 2026, yw £1,481.40"));
    // Nothing goes twice; what is not by mail goes when it is named.
    post.invoice(&["send", "--run", "1"]).done();
    post.invoice(&["send", "--all-unsent", "--since", "2026-01-01"]).done();
    assert_eq!(server.kept().len(), 4);
    post.invoice(&["send", "AC-000001"]).ended(1).says("it was sent");
    post.invoice(&["send", "AC-000005"]).done();
    post.invoice(&["send", "AC-000001", "--again"]).ended(1).says("there is no reason");
    post.invoice(&["send", "AC-000001", "--again", "--reason", "lost by the customer"]).done();
    assert_eq!(server.kept().len(), 6);
    post.invoice(&["void", "AC-000005", "--reason", "wrong"]).done();
    post.invoice(&["send", "AC-CN-000001"]).done();
    let note = read(&python, &server.kept()[6]);
    assert_eq!(note.message["headers"]["Subject"], "Credit note AC-CN-000001 from Anchor & Cable Ltd");
    assert!(note.text().contains("on invoice AC-000005 comes to £1,481.40."), "{}", note.text());
    post.invoice(&["send", "AC-000005", "--again", "--reason", "x"]).ended(1).says("it is void");
}

#[test]
fn no_name_becomes_a_header_an_address_or_markup() {
    let Some(python) = python("attack names in mail") else { return };
    let server = Server::start(&python, &[]);
    let attacks = [
        "Acme\r\nBcc: thief@evil.example",
        "Acme\nX-Injected: yes",
        "Acme\u{2028}Bcc: thief@evil.example",
        "\"Acme\" <thief@evil.example>, \"Other\"",
        "\u{202e}emcA\u{202c}",
        "=?utf-8?q?=0D=0ABcc:_thief@evil.example?=",
        "{{ 7 * 7 }}{% include \"/etc/passwd\" %}",
        "<script>alert(1)</script>",
        "]]>&lt;img src=x onerror=alert(1)>",
        "../../etc/passwd",
        "=HYPERLINK(\"http://evil.example\")",
    ];
    let customers: Vec<Wishes> =
        attacks.iter().map(|name| Wishes { name, email: "ann@customer.example", rest: "y,,,,none" }).collect();
    // What the book does not take is not a customer.
    let post = Post::of(&customers);
    post.use_server(&server.settings());
    post.invoice(&["send", "--run", "1"]).done();
    let kept = server.kept();
    assert_eq!(kept.len(), attacks.len());
    for (attack, kept) in attacks.iter().zip(&kept) {
        assert_eq!(kept.envelope["to"], serde_json::json!(["ann@customer.example"]), "{attack:?}");
        let read = read(&python, kept);
        let names = read.message["names"].as_array().unwrap();
        assert!(names.iter().all(|name| name != "Bcc" && name != "X-Injected"), "{attack:?}: {names:?}");
        assert_eq!(names.len(), 9, "{attack:?}: {names:?}");
        assert_eq!(read.message["to"].as_array().unwrap().len(), 1, "{attack:?}");
        let html = read.message["html"].as_str().unwrap();
        assert!(!html.contains("<script") && !html.contains("<img"), "{attack:?}: {html}");
        assert!(!read.text().contains("49") && !read.text().contains("root:"), "{attack:?}");
        assert!(!read.text().contains('\u{202e}') && !html.contains('\u{202e}'), "{attack:?}");
    }
}

#[test]
fn a_look_at_a_mail_counts_as_sent_to_nobody() {
    let Some(python) = python("a trial") else { return };
    let server = Server::start(&python, &[]);
    let post = Post::of(&[to("ann@customer.example"), to("bob@customer.example")]);
    post.use_server(&format!("{}bcc = \"archive@anchor.example\"\n", server.settings()));
    post.invoice(&["send", "--run", "1", "--to", "me@anchor.example"]).done();
    let kept = server.kept();
    assert!(kept.len() == 2 && kept.iter().all(|kept| kept.envelope["to"] == serde_json::json!(["me@anchor.example"])));
    let listed = post.invoice(&["list", "--json"]).done();
    assert!(!listed.out.contains("\"sent_at\": \"2"), "{}", listed.out);
    post.invoice(&["send", "--run", "1"]).done();
    assert_eq!(server.kept().len(), 4);
    let listed = post.invoice(&["list", "--json"]).done();
    assert_eq!(listed.out.matches("\"sent_at\": \"2").count(), 2, "{}", listed.out);
    // What was sent cannot be undone (B13).
    super::super::program::tollbook(&post.workspace, &["bill", "undo", "1", "--reason", "x"])
        .ended(1)
        .says("was sent (e-mail)");
}

#[test]
fn a_preview_sends_nothing_and_shows_what_would_be_sent() {
    let post = Post::of(&[
        Wishes { name: "Harbour Lights", email: "ann@customer.example", rest: "y,,,geheim,none" },
        Wishes { name: "Nobody's", email: "", rest: "y,,,,none" },
    ]);
    let eml = post.folder().join("eml");
    let run = post.invoice(&["send", "--run", "1", "--show", "--eml", eml.to_str().unwrap()]).ended(3);
    assert!(run.out.contains("ann@customer.example") && run.out.contains("comes to £1,481.40."), "{}", run.out);
    assert!(run.out.contains("the customer has no mail address"), "{}", run.out);
    assert!(!run.out.contains("geheim") && !run.err.contains("geheim"));
    let written = std::fs::read_to_string(eml.join("AC-000001.eml")).unwrap();
    assert!(written.contains("Subject: Invoice AC-000001 from Anchor & Cable Ltd"), "{written}");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(eml.join("AC-000001.eml")).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(&eml).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(post.states(), [] as [String; 0]);
    post.invoice(&["send", "--run", "1"]).ended(1).says("no mail server is named");
}

#[test]
fn a_template_of_the_workspace_takes_the_place_of_the_built_in_one() {
    let post = Post::of(&[to("ann@customer.example")]);
    let template = |name: &str, text: &str| std::fs::write(post.workspace.join("templates").join(name), text).unwrap();
    template("mail.txt", "Subject: Bill {{ number }}\r\nX-Injected: yes\n\nPay {{ total }}, {{ customer.name }}.\n");
    let run = post.invoice(&["send", "AC-000001", "--show"]).done();
    assert!(run.out.contains("Bill AC-000001") && run.out.contains("Pay £1,481.40, Harbour Lights."), "{}", run.out);
    template("mail.txt", "Subject: Bill\n\n{{ nothing_like_that }}\n");
    post.invoice(&["send", "AC-000001", "--show"]).ended(1).says("templates/mail.txt:3: undefined value");
    template("mail.txt", "Pay {{ total }}\n");
    post.invoice(&["send", "AC-000001", "--show"]).ended(1).says("does not begin with \"Subject:\"");
    template("mail.txt", "Subject: {% if %}\n");
    post.invoice(&["send", "AC-000001", "--show"]).ended(1).says("templates/mail.txt:1");
    template("mail.txt", "Subject: x\n\n{% include \"/etc/hostname\" %}\n");
    post.invoice(&["send", "AC-000001", "--show"]).ended(1).says("templates/mail.txt:3");
}
