//! The outside of the program: exit codes, help, JSON, dry runs, pipes, the lock, deleting and restoring usage, the
//! workspace, the book in and out, the audit trail, and `verify` on a damaged store.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tollbook::book::schemas;
use tollbook::ledger::{Actor, Ledger};

use crate::malformed::{copy_folder, small_workspace};
use crate::program::{Run, command, files_below, finished, fixture, tollbook};

/// A folder with `workspace`, a small workspace, and the files of the tests beside it.
struct Place {
    folder: tempfile::TempDir,
}

const HEADER: &str = "record_id,kind,cli,other_party,started_at,duration,cost\n";

/// Three calls of customer A1 and one of nobody, whose ids begin with a name.
fn calls(name: &str) -> String {
    let call = |number: u32, cli: &str| {
        format!("{name}-{number},voice,{cli},01632960123,2026-06-01 09:15:0{number},60,0.01\n")
    };
    format!("{HEADER}{}{}{}{}", call(1, "02079460018"), call(2, "02079460018"), call(3, "02079460018"), call(4, "999"))
}

impl Place {
    /// The small workspace with nothing imported.
    fn new() -> Self {
        Self { folder: small_workspace() }
    }

    /// The same with the calls of `a.csv` imported as import 1.
    fn with_usage() -> Self {
        let place = Self::new();
        place.write("a.csv", &calls("a"));
        place.run("import usage a.csv --supplier carrier").done();
        place
    }

    /// The same with all that can be billed on a posted invoice of run 1.
    fn with_invoice() -> Self {
        let place = Self::with_usage();
        place.run("bill run --invoice-date 2026-07-01").done();
        place
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command, its words separated by spaces, beside the workspace.
    fn run(&self, line: &str) -> Run {
        finished(self.command(line).output().unwrap())
    }

    fn command(&self, line: &str) -> std::process::Command {
        let arguments: Vec<&str> = line.split(' ').collect();
        let mut command = command(self.folder.path(), &arguments);
        command.env("TOLLBOOK_WORKSPACE", self.path("workspace"));
        command
    }

    /// Every file of the workspace and beside it, but what SQLite leaves for readers that share its memory.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        files_below(self.folder.path(), &["ledger.db-shm", "ledger.db-wal"])
    }

    /// How many records wait to be billed.
    fn waiting(&self) -> u64 {
        let run = self.run("usage unbilled --json").done();
        let customers: Vec<serde_json::Value> = serde_json::from_str(&run.out).unwrap();
        customers.iter().map(|customer| customer["records"].as_u64().unwrap()).sum()
    }
}

impl Run {
    #[track_caller]
    fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "{words:?} is not in:\n{}", self.err);
        self
    }
}

#[test]
fn the_exit_code_says_how_it_ended() {
    let place = Place::with_usage();
    place.write("bad.csv", &calls("b").replace(",60,", ",sixty,").replacen("sixty", "60", 1));
    let rows = [
        ("usage files", 0),
        ("import usage nowhere.csv --supplier carrier", 1),
        ("bill approve 7", 1),
        ("bill draft --invoice-date 2026-02-31", 2),
        ("bill", 2),
        ("no-such-command", 2),
        ("usage files --no-such-option", 2),
        ("import usage bad.csv --supplier carrier", 3),
        ("--version", 0),
        ("--help", 0),
    ];
    for (line, code) in rows {
        let run = place.run(line);
        assert_eq!(run.code, code, "{line}\n{}\n{}", run.out, run.err);
        assert_eq!(run.err.is_empty(), code == 0, "{line}: {}", run.err);
    }
}

/// The commands below one, as its help lists them.
fn commands_listed(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let words = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    words.map(|line| line.split_whitespace().next().unwrap().to_owned()).filter(|word| word != "help").collect()
}

/// The help of a command and of all below it.
fn help_tree(folder: &Path, words: &mut Vec<String>, tree: &mut String) {
    let arguments: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
    let run = finished(command(folder, &arguments).env("COLUMNS", "100").output().unwrap()).done();
    for line in run.out.lines() {
        assert!(line.chars().count() <= 100, "too wide: {line}");
    }
    // What every command understands stands once, with the program itself.
    let (own, of_all) = run.out.split_once("Options of every command:\n").unwrap();
    let of_all = if words.is_empty() { of_all } else { "" };
    let heading = if of_all.is_empty() { "" } else { "Options of every command:\n" };
    let title = format!("# tollbook {}", words.join(" "));
    tree.push_str(&format!("{}\n\n{}\n\n{heading}{of_all}\n", title.trim_end(), own.trim_end()));
    for word in commands_listed(&run.out) {
        words.push(word);
        help_tree(folder, words, tree);
        words.pop();
    }
}

#[test]
fn every_command_explains_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = String::new();
    help_tree(folder.path(), &mut Vec::new(), &mut tree);
    let path = fixture("help.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &tree).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(tree == expected, "the help is not that of {}; found:\n{tree}", path.display());
    let shown: BTreeSet<&str> = tree.lines().filter_map(|line| line.strip_prefix("# tollbook ")).collect();
    for command in ["book import", "import usage", "usage delete", "bill post", "invoice export", "verify"] {
        assert!(shown.contains(command), "{command} is not in the help");
    }
}

#[test]
fn json_is_json_everywhere() {
    let place = Place::with_invoice();
    place.write("b.csv", &calls("b"));
    let book = fixture("malformed/workspace/book");
    let lines = [
        "usage files",
        "usage unbilled",
        "usage errors",
        "layouts list",
        "layouts show generic",
        "layouts check a.csv",
        "explain a-1",
        "explain a.csv:2",
        "bill list",
        "bill show 1",
        "bill draft --invoice-date 2026-08-01 --dry-run",
        "bill draft --invoice-date 2026-08-01",
        "bill post 1",
        "bill run --invoice-date 2026-08-01",
        "invoice list",
        "invoice show MAIN-000001",
        "customer list",
        "customer show A1",
        "customer history A1",
        "verify",
        "import usage b.csv --supplier carrier",
        &format!("book import {} --dry-run", book.display()),
        &format!("rate b.csv --supplier carrier --book {}", book.display()),
    ];
    for line in lines {
        let run = place.run(&format!("{line} --json")).done();
        let value: serde_json::Value =
            serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{line}: {error}\n{}", run.out));
        assert!(value.is_object() || value.is_array(), "{line}: {value}");
    }
    // Where there is nothing to show, there is nothing that is not JSON.
    let run = place.run("import usage gone.csv --supplier carrier --json").ended(1);
    assert_eq!(run.out, "[]\n");
}

#[test]
fn a_dry_run_changes_nothing() {
    let place = Place::with_invoice();
    place.write("b.csv", &calls("b"));
    place.run("bill draft --invoice-date 2026-08-01").done();
    let services = fixture("formats/gamma-item-rental.csv");
    std::fs::create_dir(place.path("change")).unwrap();
    place.write("change/customers.csv", "account,name,organisation,group,vat_code\nA2,New Customer,MAIN,all,S\n");
    let before = place.files();
    let lines = [
        "init new",
        "import usage b.csv --supplier carrier",
        &format!("import services {} --supplier rentals", services.display()),
        "usage delete --import 1 --rows 3",
        "bill draft --invoice-date 2026-08-01",
        "bill draft --run 2",
        "bill approve 2",
        "bill discard 2",
        "bill post 1",
        "bill run --invoice-date 2026-08-01",
        "invoice export --run 1 --out documents",
        "invoice export MAIN-000001 --out documents",
        "book import change",
        "book export exported",
        &format!(
            "rate b.csv --supplier carrier --book {} --out rated.csv",
            fixture("malformed/workspace/book").display()
        ),
        "man pages",
    ];
    for line in lines {
        place.run(&format!("{line} --dry-run")).done();
        assert!(place.files() == before, "{line} --dry-run changed something");
    }
    // Proof that the comparison can fail: without the word, the same command changes something.
    place.run("usage delete --import 1 --rows 3").done();
    assert!(place.files() != before);
    place.run("usage restore --import 1 --rows 3 --dry-run").done().says("would restore 1 record of import 1");
    assert_eq!(place.run("usage restore --import 1 --rows 3").done().err, "restored 1 record of import 1\n");
}

#[test]
fn a_reader_that_went_away_is_no_fault() {
    let place = Place::with_usage();
    for line in ["usage files", "layouts show generic", "completions bash", "--help", "explain a-1", "bill list --json"]
    {
        // The reading end is closed before the program starts: its first write fails.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = finished(place.command(line).stdout(writer).output().unwrap());
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{line}");
    }
    // `… | head -1`: the first line is read, the rest is not wanted.
    let mut program = place.command("completions bash").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    {
        let mut out = std::io::BufReader::with_capacity(64, program.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut out, &mut first).unwrap();
    }
    let run = finished(program.wait_with_output().unwrap()).done();
    assert_eq!((first.as_str(), run.err.as_str()), ("_tollbook() {\n", ""));
}

#[test]
fn output_that_cannot_be_written_is_a_fault() {
    let place = Place::with_usage();
    for line in ["usage files", "usage files --json", "layouts show generic", "completions zsh"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let run = finished(place.command(line).stdout(full).output().unwrap());
        assert_eq!(run.code, 6, "{line}: {}", run.err);
        assert!(run.err.starts_with("error: standard output: "), "{line}: {}", run.err);
    }
}

#[test]
fn one_writer_at_a_time() {
    let place = Place::with_usage();
    place.write("b.csv", &calls("b"));
    let actor = Actor {
        by: "another".into(),
        reason: None,
        at: "2026-11-01T08:00:00Z".into(),
        command: "a long import".into(),
    };
    let held = Ledger::open_for_writing(&place.path("workspace"), actor).unwrap();
    let before = place.files();
    let book = fixture("malformed/workspace/book");
    let writers = [
        "import usage b.csv --supplier carrier",
        "usage delete --import 1",
        "bill draft --invoice-date 2026-07-01",
        "bill run --invoice-date 2026-07-01",
        &format!("book import {}", book.display()),
    ];
    for line in writers {
        let run = place.run(line).ended(5);
        let holder = format!("pid {}", std::process::id());
        assert!(run.err.contains(&holder) || run.err.contains("2026-11-01T08:00:00Z"), "{line}: {}", run.err);
        assert!(place.files() == before, "{line} changed something");
    }
    // Who only looks need not wait.
    for line in ["usage files", "usage unbilled", "bill list", "customer list", "verify"] {
        place.run(line).done();
    }
    drop(held);
    place.run(writers[0]).done();
}

#[test]
fn usage_is_deleted_and_restored_until_it_is_billed_f6() {
    let place = Place::with_usage();
    assert_eq!(place.waiting(), 3);
    // Selected records, counted from 0; the fourth is nobody's.
    assert_eq!(place.run("usage delete --import 1 --rows 0").done().err, "deleted 1 record of import 1\n");
    assert_eq!(place.waiting(), 2);
    place.run("usage delete --import 1 --rows 0").ended(1).says("deleted already");
    place.run("usage delete --import 1 --rows 1-9").ended(1).says("its rows are 0 to 3");
    place.run("usage delete --import 1 --rows one").ended(1).says("names no rows");
    place.run("usage delete --import 9").ended(1).says("there is no usage import 9");
    assert_eq!(place.run("usage restore --import 1 --rows 0-3").done().err, "restored 1 record of import 1\n");
    assert_eq!(place.waiting(), 3);
    place.run("usage restore --import 1 --rows 0").ended(1).says("none of them is deleted");
    // A whole file: its bytes may come again, and then the old records may not come back (they would be billed twice).
    assert_eq!(place.run("usage delete --import 1").done().err, "deleted 4 records of import 1\n");
    assert_eq!(place.waiting(), 0);
    place.run("usage delete --import 1").ended(1).says("it was deleted at");
    place.run("import usage a.csv --supplier carrier").done();
    assert_eq!(place.waiting(), 3);
    place.run("usage restore --import 1").ended(1).says("row 0 of import 1 has been imported again");
    place.run("usage restore --import 1 --rows 2").ended(1);
    assert_eq!(place.waiting(), 3);
    place.run("usage delete --import 2").done();
    assert_eq!(place.run("usage restore --import 1").done().err, "restored 4 records of import 1\n");
    assert_eq!(place.waiting(), 3);
}

#[test]
fn billed_usage_is_not_deleted_f6() {
    let place = Place::with_usage();
    place.run("usage delete --import 1 --rows 1").done();
    place.run("bill run --invoice-date 2026-07-01").done();
    let before = place.files();
    for rows in ["", " --rows 0", " --rows 2-3", " --rows 3 --rows 0"] {
        place.run(&format!("usage delete --import 1{rows}")).ended(1).says("is on a posted invoice");
    }
    assert!(place.files() == before);
    // What was not billed still may: the deleted record comes back, nobody's record goes.
    place.run("usage restore --import 1 --rows 1").done();
    assert_eq!(place.waiting(), 1);
    place.run("usage delete --import 1 --rows 3").done();
    // A draft made before a deletion is not what was looked at any more.
    place.run("bill draft --invoice-date 2026-08-01").done();
    place.run("bill approve 2").done();
    place.run("usage delete --import 1 --rows 1").done();
    place.run("bill post 2").ended(1).says("changed since the draft was made");
    assert_eq!(place.run("invoice list --json").done().out.matches("MAIN-").count(), 1);
}

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

/// Exports a book, loads it into a new workspace, exports it again; both exports.
fn round_trip(book: &Path) -> [Vec<(String, Vec<u8>)>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let exports = [(book.to_str().unwrap(), "first"), ("first-book", "second")].map(|(source, workspace)| {
        tollbook(here, &["init", workspace]).done();
        tollbook(here, &["--workspace", workspace, "book", "import", source]).done();
        let exported = format!("{workspace}-book");
        tollbook(here, &["--workspace", workspace, "book", "export", &exported]).done();
        tollbook(here, &["--workspace", workspace, "book", "export", &exported]).ended(1).says("is not empty");
        files_below(&here.join(exported), &[])
    });
    // Loading what is there already changes nothing.
    let again = tollbook(here, &["--workspace", "second", "book", "import", "first-book", "--json"]).done();
    let loaded: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    for file in loaded["files"].as_array().unwrap() {
        assert_eq!((&file["inserted"], &file["updated"]), (&0.into(), &0.into()), "{file}");
    }
    exports
}

#[test]
fn the_book_goes_out_and_in_again_unchanged() {
    let [first, second] = round_trip(&fixture("book"));
    assert!(first.len() == schemas().len() && first == second);
}

#[test]
fn no_column_of_the_book_is_lost() {
    let folder = fixture("full_book");
    let [first, second] = round_trip(&folder);
    assert!(first == second);
    // The fixture is in the form of an export, so that a lost or altered cell would show.
    let fixed = files_below(&folder, &[]);
    for ((name, found), (fixed_name, expected)) in first.iter().zip(&fixed) {
        assert_eq!(name, fixed_name);
        assert!(found == expected, "{name}:\n{}", String::from_utf8_lossy(found));
    }
    assert_eq!(first.len(), schemas().len());
    // And it does fill every column that there is.
    for schema in schemas() {
        let mut reader = csv::Reader::from_path(folder.join(schema.file_name())).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
        for column in schema.columns {
            let place = header.iter().position(|name| name == column.name);
            let filled = place.is_some_and(|place| rows.iter().any(|row| !row[place].is_empty()));
            assert!(filled, "{}: no row fills {}", schema.file_name(), column.name);
        }
    }
}

#[test]
fn insert_only_adds_and_upsert_changes() {
    let place = Place::new();
    let export = || {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("book");
        place.run(&format!("book export {}", out.display())).done();
        files_below(&out, &[])
    };
    let before = export();
    std::fs::create_dir(place.path("change")).unwrap();
    place.write(
        "change/customers.csv",
        "account,name,organisation,group,vat_code\nA2,New Customer,MAIN,all,S\nA1,Renamed,MAIN,all,S\n",
    );
    // A1 is there: nothing of the folder is taken, not even A2.
    place.run("book import change --mode insert").ended(1).says("A1");
    assert!(export() == before);
    let run = place.run("book import change --mode upsert --json").done();
    let loaded: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let customers = loaded["files"].as_array().unwrap().iter().find(|file| file["file"] == "customers").unwrap();
    assert_eq!((&customers["inserted"], &customers["updated"]), (&1.into(), &1.into()));
    let after = export();
    let names: Vec<_> =
        after.iter().zip(&before).filter(|(now, was)| now != was).map(|(now, _)| now.0.as_str()).collect();
    assert_eq!(names, ["customers.csv"]);
    let text = String::from_utf8(after.into_iter().find(|(name, _)| name == "customers.csv").unwrap().1).unwrap();
    // A row replaces the one with its key as a whole: the column that the change leaves out is blank now.
    assert!(text.contains("A1,Renamed,") && text.contains("A2,New Customer,"), "{text}");
    assert!(!text.contains("tariff_national"), "{text}");
    // An error in one file keeps all files out.
    place.write("change/customers.csv", "account,name,organisation,group,vat_code\nA3,Third,MAIN,all,S\n");
    place.write("change/clis.csv", "cli,account\n01632960001,A3\n01632960002,A9\n");
    place.run("book import change").ended(1).says("clis.csv, line 3").says("A9");
    assert!(!place.run("customer list").done().out.contains("Third"));
}

#[test]
fn a_change_is_kept_with_who_when_why_and_what_k7() {
    let place = Place::new();
    let rename = |name: &str, town: &str| {
        let header = "account,name,organisation,group,vat_code,tariff_national,town";
        place.write("change/customers.csv", &format!("{header}\nA1,{name},MAIN,all,S,retail,{town}\n"));
    };
    std::fs::create_dir(place.path("change")).unwrap();
    rename("Harbour Bakery Ltd", "Whitby");
    place.run("book import change --by Ann --reason incorporated").done();
    let run = place.run("customer history A1 --json").done();
    let changes: Vec<serde_json::Value> = serde_json::from_str(&run.out).unwrap();
    assert_eq!(changes.len(), 2);
    let [made, changed] = &changes[..] else { panic!("{changes:?}") };
    assert!(made["before"].is_null() && made["after"]["name"] == "Harbour Bakery" && made["by"] == "tester");
    assert_eq!(changed["by"], "Ann");
    assert_eq!(changed["reason"], "incorporated");
    assert_eq!(changed["command"], "book import");
    assert_eq!(
        (&changed["before"]["name"], &changed["after"]["name"]),
        (&"Harbour Bakery".into(), &"Harbour Bakery Ltd".into())
    );
    assert!(changed["before"]["town"].is_null() && changed["after"]["town"] == "Whitby");
    assert_eq!(changed["at"].as_str().unwrap().len(), "2026-11-01T08:00:00Z".len());
    // As a person reads it: only what changed.
    let words = place.run("customer history A1").done().out;
    let last = words.split("\n\n").last().unwrap();
    assert!(last.contains("Ann  book import: incorporated\n"), "{words}");
    assert!(
        last.ends_with("  name: \"Harbour Bakery\" → \"Harbour Bakery Ltd\"\n  town: (blank) → \"Whitby\"\n"),
        "{words}"
    );
    // The command is named whatever stands before it.
    rename("Harbour Bakery Ltd", "York");
    place.run("--quiet --by Bob book import change").done();
    assert!(place.run("customer history A1").done().out.contains("Bob  book import\n  town: \"Whitby\" → \"York\"\n"));
    place.run("customer history A9").ended(1).says("there is no customer \"A9\"");
}

#[test]
fn completions_and_man_pages_come_with_the_program() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = tollbook(folder.path(), &["completions", shell]).done();
        assert!(run.out.contains("tollbook") && run.out.contains("usage-cutoff"), "{shell}");
        assert_eq!(run.err, "");
    }
    tollbook(folder.path(), &["completions", "cobol"]).ended(2);
    tollbook(folder.path(), &["man", "pages"]).done();
    let pages = files_below(&folder.path().join("pages"), &[]);
    let mut tree = String::new();
    help_tree(folder.path(), &mut Vec::new(), &mut tree);
    let commands = tree.lines().filter_map(|line| line.strip_prefix("# tollbook"));
    for command in commands {
        let name = format!("tollbook{}.1", command.trim_end().replace(' ', "-"));
        let page = pages.iter().find(|(page, _)| *page == name).unwrap_or_else(|| panic!("no page {name}"));
        assert!(String::from_utf8_lossy(&page.1).contains(".TH"), "{name}");
    }
}

/// The store with one bit of one file changed, and what `verify` makes of it.
fn verify_with_flipped_bit(place: &Path, file: &Path, bit: usize) -> Run {
    let path = place.join(file);
    let sound = std::fs::read(&path).unwrap();
    let mut damaged = sound.clone();
    damaged[bit / 8] ^= 1 << (bit % 8);
    std::fs::write(&path, damaged).unwrap();
    let run = tollbook(place, &["verify"]);
    std::fs::write(&path, sound).unwrap();
    run
}

#[test]
fn verify_finds_a_flipped_bit_in_a_usage_file() {
    let place = Place::with_invoice();
    // The calls of the first file again and others: the second has marks.
    place.write("b.csv", &(calls("a") + calls("b").strip_prefix(HEADER).unwrap()));
    place.run("import usage b.csv --supplier carrier").done();
    let workspace = place.path("workspace");
    tollbook(&workspace, &["verify"]).done();
    let files = files_below(&workspace.join("usage"), &[]);
    assert_eq!(files.len(), 4, "the facts of two files, the marks of one, what was billed");
    for (name, bytes) in &files {
        let file = Path::new("usage").join(name);
        // Thirteen bits spread over the file, the first and the last among them.
        for part in 0..=12 {
            let bit = (bytes.len() * 8 - 1) * part / 12;
            let run = verify_with_flipped_bit(&workspace, &file, bit).ended(4);
            assert!(run.out.contains(name.as_str()), "{name}, bit {bit}: {}", run.out);
        }
        std::fs::rename(workspace.join(&file), workspace.join("away")).unwrap();
        let run = tollbook(&workspace, &["verify"]).ended(4);
        assert!(run.out.contains(name.as_str()), "{name} is missing: {}", run.out);
        std::fs::rename(workspace.join("away"), workspace.join(&file)).unwrap();
    }
    tollbook(&workspace, &["verify"]).done();
}

#[test]
fn verify_finds_a_flipped_bit_in_the_ledger() {
    const PAGE: usize = 4096;
    let place = Place::with_invoice();
    let workspace = place.path("workspace");
    let bytes = std::fs::read(workspace.join("ledger.db")).unwrap();
    let mut bytes_to_flip =
        vec![(0, "the mark of the format".to_owned()), (100, "the kind of the first page".to_owned())];
    bytes_to_flip.extend((1..bytes.len() / PAGE).map(|page| (page * PAGE, format!("the kind of page {page}"))));
    let places_of = |text: &'static str| {
        let starts = bytes.windows(text.len()).enumerate().filter(move |(_, window)| *window == text.as_bytes());
        starts.map(move |(start, _)| (start + text.len() - 1, format!("the end of {text}")))
    };
    bytes_to_flip.extend(places_of("MAIN-000001"));
    for (byte, what) in bytes_to_flip {
        let run = verify_with_flipped_bit(&workspace, Path::new("ledger.db"), byte * 8);
        assert_eq!(run.code, 4, "{what}, byte {byte}:\n{}\n{}", run.out, run.err);
        assert!(!run.err.contains("panicked"), "{what}: {}", run.err);
    }
    tollbook(&workspace, &["verify"]).done();
}
