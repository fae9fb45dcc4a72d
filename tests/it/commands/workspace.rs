//! How a workspace is made, and which one a command works in.

use std::path::Path;

use crate::malformed::copy_folder;
use crate::program::{command, files_below, finished, fixture, tollbook};

#[test]
fn a_workspace_is_made_in_an_empty_folder_only() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("empty")).unwrap();
    std::fs::create_dir(here.join("full")).unwrap();
    std::fs::write(here.join("full/thesis.txt"), "years of work").unwrap();
    std::fs::write(here.join("file"), "a file").unwrap();
    tollbook(here, &["init", "empty"]).done();
    tollbook(here, &["init", "new/deep"]).done();
    let before = files_below(here, &[]);
    tollbook(here, &["init", "full"]).ended(1).says("full: is not empty").says("name a new or an empty folder");
    tollbook(here, &["init", "empty"]).ended(1).says("is not empty");
    assert_ne!(tollbook(here, &["init", "file"]).code, 0);
    assert!(files_below(here, &[]) == before);
    let mut made: Vec<_> =
        std::fs::read_dir(here.join("empty")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    made.sort();
    let expected = ["invoices", "layouts", "ledger.db", "rejects", "reports", "templates", "tollbook.toml", "usage"];
    assert_eq!(made, expected);
}

#[test]
fn the_workspace_is_the_one_named_or_the_nearest_upwards() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for (name, supplier) in [("one", "carrier"), ("two", "other")] {
        tollbook(here, &["init", name]).done();
        let book = here.join(format!("{name}-book"));
        copy_folder(&fixture("malformed/workspace/book"), &book);
        let suppliers = std::fs::read_to_string(book.join("suppliers.csv")).unwrap();
        std::fs::write(book.join("suppliers.csv"), suppliers.replace("carrier,", &format!("{supplier},"))).unwrap();
        tollbook(here, &["--workspace", name, "book", "import", book.to_str().unwrap()]).done();
    }
    let which = |folder: &Path, environment: Option<&str>, named: &[&str]| {
        let mut program = command(folder, &[named, &["import", "usage", "x.csv", "--supplier", "?"]].concat());
        if let Some(dir) = environment {
            program.env("TOLLBOOK_WORKSPACE", here.join(dir));
        }
        let run = finished(program.output().unwrap()).ended(1);
        if run.err.contains("there are: carrier") {
            "one"
        } else if run.err.contains("there are: exchange, lines, nowhere, other") {
            "two"
        } else {
            assert!(run.err.contains("tollbook init DIR"), "{}", run.err);
            "none"
        }
    };
    std::fs::create_dir_all(here.join("one/invoices/deep")).unwrap();
    let two = here.join("two");
    assert_eq!(which(here, None, &[]), "none");
    assert_eq!(which(&here.join("one"), None, &[]), "one");
    assert_eq!(which(&here.join("one/invoices/deep"), None, &[]), "one");
    assert_eq!(which(here, Some("two"), &[]), "two");
    assert_eq!(which(&here.join("one"), Some("two"), &[]), "two");
    assert_eq!(which(here, Some("one"), &["--workspace", two.to_str().unwrap()]), "two");
    assert_eq!(which(here, None, &["--workspace", "one/invoices"]), "none");
}
