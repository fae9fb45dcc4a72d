//! A sending that is killed sends nothing twice: at each stage of a message, the mailbox has it at most once, and what may have
//! arrived is shown as unknown, not sent again. `TOLLBOOK_KILLS` and `TOLLBOOK_SEED` as in `tests/kill.sh`.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::super::workload::Random;
use super::post::{Post, to};
use super::server::{Server, python};

const MESSAGES: usize = 4;

/// Kills the sending when the server has seen a stage so many times, then lets it come to its end.
fn kill_at(python: &str, post: &Post, stage: &str, times: usize) {
    let server = Server::start(python, &["--delay", &format!("{stage}=0.4")]);
    post.use_server(&server.settings());
    let mut child = post.command(&["send", "--run", "1"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    let seen = || server.events().iter().filter(|event| event.starts_with(stage)).count();
    while seen() < times && child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(60), "{stage} {times} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(child.try_wait().unwrap().is_none(), "{stage} {times}: it had ended already");
    child.kill().unwrap();
    child.wait().unwrap();
    // The server may still keep what it has.
    std::thread::sleep(Duration::from_millis(600));
    let before = sending(post);
    let run = post.invoice(&["send", "--run", "1"]);
    assert_eq!(run.code, if before.is_empty() { 0 } else { 3 }, "{stage} {times}: {}{}", run.out, run.err);
    check(post, &server, &format!("{stage} {times}"), &before);
}

fn sending(post: &Post) -> Vec<String> {
    let states = post.states().into_iter();
    states.filter_map(|state| state.strip_suffix(" sending").map(str::to_owned)).collect()
}

/// Every message is in the mailbox at most once; what is sent is there; what is not there is unknown.
fn check(post: &Post, server: &Server, what: &str, interrupted: &[String]) {
    let mut arrived = BTreeMap::<String, usize>::new();
    for kept in server.kept() {
        let recipient = kept.envelope["to"][0].as_str().unwrap();
        let place: usize = recipient.trim_start_matches('c').split('@').next().unwrap().parse().unwrap();
        *arrived.entry(format!("AC-{place:06}")).or_default() += 1;
    }
    assert!(arrived.values().all(|count| *count == 1), "{what}: twice: {arrived:?}");
    let states = post.states();
    assert_eq!(states.len(), MESSAGES, "{what}: {states:?}");
    for state in &states {
        let (document, state) = state.split_once(' ').unwrap();
        let is_interrupted = interrupted.iter().any(|known| known == document);
        assert_eq!(state, if is_interrupted { "unknown" } else { "sent" }, "{what}: {document}");
        assert!(is_interrupted || arrived.contains_key(document), "{what}: {document} is lost");
    }
    assert!(interrupted.len() <= 1, "{what}: {interrupted:?}");
}

fn prepared() -> Post {
    let addresses: Vec<String> = (1..=MESSAGES).map(|place| format!("c{place}@x.example")).collect();
    Post::of(&addresses.iter().map(|address| to(address)).collect::<Vec<_>>())
}

#[test]
fn a_killed_sending_sends_nothing_twice() {
    let Some(python) = python("killed sendings") else { return };
    let kills: u64 = std::env::var("TOLLBOOK_KILLS").map_or(0, |text| text.parse().unwrap());
    let mut random = Random::new(std::env::var("TOLLBOOK_SEED").map_or(1, |text| text.parse().unwrap()));
    let mut cases = vec![("rcpt", 2), ("data", 1), ("data", 3), ("received", 2), ("received", 4), ("answered", 1)];
    for _ in 0..kills / 10 {
        let stage = *random.pick(&["rcpt", "data", "received", "answered"]);
        cases.push((stage, usize::try_from(random.between(1, 3)).unwrap()));
    }
    let original = prepared();
    for (stage, times) in cases {
        let post = original.copy();
        kill_at(&python, &post, stage, times);
    }
}
