//! `invoice preview` and `invoice template`: quick looks at documents, again after each change, and what to start from.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{command, tollbook};

fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    tollbook(folder.path(), &["init", "w"]).done();
    folder
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_sample_is_rendered_as_pdf_and_pictures_for_its_owner_alone() {
    let folder = workspace();
    let at = folder.path().join("w");
    let run = tollbook(&at, &["invoice", "preview", "--sample", "transfer", "--png", "--json"]).done();
    assert!(run.err.contains("1 page in "), "{}", run.err);
    let said: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let files: Vec<_> = said["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert_eq!(files.len(), 2);
    let preview = at.join("preview");
    assert_eq!(mode(&preview), 0o700);
    for (name, starts) in [("transfer.pdf", &b"%PDF-1.7"[..]), ("transfer-1.png", b"\x89PNG")] {
        assert!(std::fs::read(preview.join(name)).unwrap().starts_with(starts), "{name}");
        assert_eq!(mode(&preview.join(name)), 0o600, "{name}");
    }
    // Pictures of pages that there are no longer go.
    std::fs::write(preview.join("transfer-2.png"), "of before").unwrap();
    tollbook(&at, &["invoice", "preview", "--sample", "transfer", "--png", "--language", "fr"]).done();
    assert!(!preview.join("transfer-2.png").exists());
    for (arguments, words) in [
        (&["--sample", "other"][..], "there is no sample \"other\""),
        (&["AC-000001"], "there is no invoice \"AC-000001\""),
    ] {
        let run = tollbook(&at, &[&["invoice", "preview"], arguments].concat()).ended(1);
        assert!(run.err.contains(words), "{}", run.err);
    }
    tollbook(&at, &["invoice", "preview"]).ended(2);
}

#[test]
fn built_in_templates_can_be_started_from() {
    let folder = workspace();
    let at = folder.path().join("w");
    let printed = tollbook(folder.path(), &["invoice", "template", "letter.typ"]).done().out;
    assert!(printed.contains("#let letter"), "{printed}");
    let run = tollbook(folder.path(), &["invoice", "template", "other.typ"]).ended(1);
    assert!(run.err.contains("there is no template \"other.typ\""), "{}", run.err);
    let preview = |out: &str| {
        tollbook(&at, &["invoice", "preview", "--sample", "short", "--out", out]).done();
        std::fs::read(at.join(out)).unwrap()
    };
    let built_in = preview("a.pdf");
    tollbook(&at, &["invoice", "template", "--out", "templates"]).done();
    assert!(preview("b.pdf") == built_in, "unchanged copies make the same document");
    tollbook(&at, &["invoice", "template", "--out", "templates"]).ended(1).says("is there already");
    std::fs::write(at.join("templates/look.typ"), printed + "\n#let = 1").unwrap();
    let run = tollbook(&at, &["invoice", "preview", "--sample", "short"]).ended(1);
    assert!(run.err.contains("templates/look.typ:") && run.err.contains("expected pattern"), "{}", run.err);
}

#[test]
fn a_watched_preview_follows_the_templates_and_goes_on_after_mistakes() {
    let folder = workspace();
    let at = folder.path().join("w");
    let log = folder.path().join("log");
    let arguments = ["invoice", "preview", "--sample", "empty", "--out", "p.pdf", "--watch"];
    let out = std::fs::File::create(&log).unwrap();
    let mut watching = command(&at, &arguments).stdout(Stdio::null()).stderr(out).spawn().unwrap();
    let wait_for = |words: &str, times: usize| {
        let started = Instant::now();
        loop {
            let said = std::fs::read_to_string(&log).unwrap();
            if said.matches(words).count() >= times {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{words:?} was not said {times} times:\n{said}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    let write = |text: &str| std::fs::write(at.join("templates/invoice.typ"), text).unwrap();
    wait_for("1 page in ", 1);
    write("Own\n#unknown");
    wait_for("templates/invoice.typ:2:2: unknown variable: unknown", 1);
    write("Own #pagebreak() words");
    wait_for("2 pages in ", 1);
    watching.kill().unwrap();
    watching.wait().unwrap();
    assert!(std::fs::read(at.join("p.pdf")).unwrap().starts_with(b"%PDF"));
}
