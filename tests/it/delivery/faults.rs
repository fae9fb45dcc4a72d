//! What becomes of a message when the server refuses, delays, goes away or is not to be trusted: sent again by itself is only
//! what cannot have arrived.

use super::post::{Post, Wishes, to};
use super::server::{Server, python};

#[test]
fn each_answer_of_a_server_has_its_state() {
    let Some(python) = python("answers of a mail server") else { return };
    let server = Server::start(&python, &[]);
    let post = Post::of(&[
        to("ann@customer.example"),
        to("refuse@customer.example"),
        to("grey@customer.example"),
        to("late4@customer.example"),
        to("late5@customer.example"),
        to("drop-after@customer.example"),
        to("slow@customer.example"),
        to("ann@customer.example, refuse-too@customer.example"),
        Wishes { email: "", ..to("") },
        to("last@customer.example"),
    ]);
    post.use_server(&format!("{}answer_seconds = 5\n", server.settings()));
    let run = post.invoice(&["send", "--run", "1"]).ended(3);
    assert!(!run.err.contains("customer.example") && !run.out.contains("customer.example"), "{}{}", run.err, run.out);
    assert!(run.err.contains("AC-000002 (A02): the mail server does not take a recipient (550)"), "{}", run.err);
    assert!(run.err.contains("sent 2 messages; 4 refused, 2 unknown, 2 waiting"), "{}", run.err);
    let states = [
        "AC-000001 sent",
        "AC-000002 refused",
        "AC-000003 waiting",
        "AC-000004 waiting",
        "AC-000005 refused",
        "AC-000006 unknown",
        "AC-000007 unknown",
        "AC-000008 refused",
        "AC-000009 refused",
        "AC-000010 sent",
    ];
    assert_eq!(post.states(), states);
    // Ann, Drop-after (which has it), Slow (which has it), Last.
    assert_eq!(server.kept().len(), 4);
    // By itself nothing goes again before its time.
    post.invoice(&["send", "--run", "1"]).done();
    post.invoice(&["send", "--all-unsent", "--since", "2026-01-01"]).done();
    assert_eq!(post.states(), states);
    assert_eq!(server.kept().len(), 4);
    // When a person says so: what waits and what was refused, but not what may have arrived.
    post.invoice(&["send", "--retry"]).ended(3).says("4 refused, 1 waiting");
    let kept = server.kept();
    assert_eq!(kept.len(), 5);
    assert_eq!(kept[4].envelope["to"], serde_json::json!(["grey@customer.example"]));
    // Named, what waits goes at once, too.
    post.invoice(&["send", "AC-000004"]).ended(3).says("sent 0 messages; 1 waiting");
    let unknown = post.invoice(&["outbox", "--state", "unknown"]).done();
    assert!(unknown.out.contains("AC-000006") && unknown.out.contains("AC-000007"), "{}", unknown.out);
    post.invoice(&["send", "AC-000006"]).ended(1).says("it may have been sent");
    // It is settled by a person's word: sent again, or known to have arrived.
    post.invoice(&["send", "AC-000006", "--again", "--reason", "the customer has nothing"]).ended(3);
    post.invoice(&["mark-sent", "AC-000007", "--how", "e-mail: the customer has it"]).done();
    let unknown = post.invoice(&["outbox", "--state", "unknown"]).done();
    assert!(!unknown.out.contains("AC-000007"), "{}", unknown.out);
    let verified = super::super::program::tollbook(&post.workspace, &["verify"]).done();
    assert!(verified.code == 0);
}

#[test]
fn a_connection_lost_in_the_middle_of_a_message_leaves_it_waiting() {
    let Some(python) = python("a lost connection") else { return };
    let server = Server::start(&python, &[]);
    let post = Post::of(&[to("drop-before@customer.example"), to("b@x.example")]);
    // Far more than fits between here and there, so that the end is not out when the connection goes.
    std::fs::write(post.workspace.join("invoices/run-000001/AC-000001.pdf"), vec![b'%'; 30_000_000]).unwrap();
    post.use_server(&format!("{}largest_megabytes = 50\n", server.settings()));
    post.invoice(&["send", "--run", "1"]).ended(3).says("the mail server does not take the message");
    assert_eq!(post.states(), ["AC-000001 waiting", "AC-000002 sent"]);
    assert_eq!(server.kept().len(), 1);
}

#[test]
fn nothing_goes_without_the_encryption_that_was_asked_for() {
    let Some(python) = python("a mail server without encryption") else { return };
    let post = Post::of(&[to("ann@customer.example")]);
    let plain = Server::start(&python, &["--plain"]);
    post.use_server(&format!("host = \"localhost\"\nport = {}\n", plain.port));
    post.invoice(&["send", "--run", "1"]).ended(3).says("the server offers no STARTTLS");
    assert!(plain.events().is_empty() && plain.kept().is_empty());
    let other = Server::start_as(&python, "other.example", &[]);
    post.use_server(&other.settings());
    post.invoice(&["send", "--run", "1"]).ended(3).says("the connection cannot be encrypted as asked");
    assert!(other.events().is_empty());
    // A certificate that nobody vouches for.
    let good = Server::start(&python, &[]);
    post.use_server(&format!("host = \"localhost\"\nport = {}\nuser = \"billing\"\n", good.port));
    post.invoice(&["send", "--run", "1"]).ended(3).says("the connection cannot be encrypted as asked");
    assert!(good.events().is_empty());
    assert_eq!(post.states(), ["AC-000001 waiting"]);
    let listed = post.invoice(&["outbox", "--json"]).done();
    assert!(listed.out.contains("\"attempts\": 0"), "wrong settings are no attempts: {}", listed.out);
    post.use_server(&good.settings());
    post.invoice(&["send", "--run", "1"]).done();
    assert_eq!(post.states(), ["AC-000001 sent"]);
}

#[test]
fn other_ways_to_a_server_work_too() {
    let Some(python) = python("ways to a mail server") else { return };
    let wrapped = Server::start(&python, &["--implicit-tls"]);
    let post = Post::of(&[to("ann@customer.example"), to("bob@customer.example"), to("ünï@customer.example")]);
    post.use_server(&format!("{}security = \"tls\"\n", wrapped.settings()));
    post.invoice(&["send", "AC-000001"]).done();
    assert_eq!(wrapped.kept()[0].envelope["login"], true);
    let plain = Server::start(&python, &["--plain", "--no-utf8"]);
    post.use_server(&format!("host = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n", plain.port));
    post.invoice(&["send", "AC-000002"]).done();
    assert_eq!(plain.kept().len(), 1);
    // Letters beyond ASCII in an address need a server that can.
    post.invoice(&["send", "AC-000003"]).ended(3).says("the mail server does not take a recipient");
    post.use_server(&format!("{}security = \"tls\"\n", wrapped.settings()));
    post.invoice(&["send", "AC-000003"]).done();
    assert_eq!(wrapped.kept()[1].envelope["to"], serde_json::json!(["ünï@customer.example"]));
}

#[test]
fn the_password_is_where_only_its_owner_reads_it() {
    let Some(python) = python("passwords of a mail server") else { return };
    let server = Server::start(&python, &[]);
    let post = Post::of(&[to("ann@customer.example")]);
    let file = post.workspace.join("smtp-password");
    let permit = |mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    post.use_server(&format!("{}password_file = \"smtp-password\"\n", server.settings()));
    post.invoice(&["send", "--run", "1"]).ended(1).says("smtp-password: does not exist");
    std::fs::write(&file, "wrong battery\n").unwrap();
    permit(0o640);
    post.invoice(&["send", "--run", "1"]).ended(1).says("others can read the password");
    permit(0o600);
    let run = post.invoice(&["send", "--run", "1"]).ended(3).says("the mail server does not let us in (535)");
    assert!(!run.err.contains("battery") && !run.err.contains("d3Jvbmc"), "{}", run.err);
    std::fs::write(&file, format!("{}\n", super::server::PASSWORD)).unwrap();
    post.invoice(&["send", "--run", "1"]).done();
    let mut without = post.command(&["send", "AC-000001", "--again", "--reason", "x"]);
    post.use_server(&server.settings());
    let run = super::super::program::finished(without.env_remove("TOLLBOOK_SMTP_PASSWORD").output().unwrap());
    run.ended(1).says("there is no password for the mail server");
}

#[test]
fn a_server_that_is_not_there_is_tried_later() {
    let post = Post::of(&[to("a@x.example"), to("b@x.example"), to("c@x.example"), to("d@x.example")]);
    // A port on which nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    post.use_server(&format!("host = \"localhost\"\nport = {port}\nsecurity = \"none\"\n"));
    post.invoice(&["send", "--run", "1"]).ended(3).says("the mail server is not reached");
    let listed = post.invoice(&["outbox", "--json"]).done();
    let rows: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    let attempts: Vec<u64> = rows.as_array().unwrap().iter().map(|row| row["attempts"].as_u64().unwrap()).collect();
    assert_eq!(attempts, [1, 1, 1, 0], "after three in a row no more is tried");
    assert!(rows[0]["next_at"].as_str() > rows[0]["changed_at"].as_str());
}

#[test]
fn nothing_is_queued_without_somebody_who_sends_it() {
    let post = Post::of(&[to("a@x.example")]);
    let book = post.folder().join("no-email");
    std::fs::create_dir(&book).unwrap();
    std::fs::write(book.join("organisations.csv"), "organisation,name,email\nAC,Anchor & Cable Ltd,\n").unwrap();
    super::super::program::tollbook(
        &post.workspace,
        &["book", "import", book.to_str().unwrap(), "--mode", "upsert", "--quiet"],
    )
    .done();
    post.use_server("host = \"localhost\"\nport = 9\nsecurity = \"none\"\n");
    post.invoice(&["send", "--run", "1"]).ended(1).says("organisation AC has no mail address to send from");
    assert_eq!(post.states(), [] as [String; 0]);
}

#[test]
fn what_is_too_large_is_refused_by_us() {
    let post = Post::of(&[to("a@x.example")]);
    post.use_server("host = \"localhost\"\nport = 9\nsecurity = \"none\"\nlargest_megabytes = 1\n");
    std::fs::write(post.workspace.join("invoices/run-000001/AC-000001.pdf"), vec![b'%'; 1_000_000]).unwrap();
    post.invoice(&["send", "--run", "1"]).ended(3).says("the message has 2 MB; [mail] largest_megabytes allows 1");
    assert_eq!(post.states(), ["AC-000001 refused"]);
}
