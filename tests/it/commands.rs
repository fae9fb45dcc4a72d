//! The outside of the program: exit codes, help, JSON, dry runs, pipes, the lock, what comes with it for the shell.
//! What single commands hold true is in the modules below.

mod alerts;
mod book;
mod charges;
mod clis;
mod lives;
mod payments;
mod tags;
mod usage;
mod verify;
mod workspace;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tollbook::ledger::{Actor, Ledger};

use crate::malformed::small_workspace;
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
        "customer set A1 town=Whitby --dry-run",
        "customer set --all town=Whitby --dry-run",
        "customer status suspended A1 --dry-run",
        "customer tag add A1 --tags vip --dry-run",
        "cli list",
        "cli show 02079460018",
        "cli history 02079460018",
        "charge list",
        "tariff list",
        "tariff show retail",
        "tariff increase retail --percent 5 --from 2026-08-01 --dry-run",
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
        "tariff increase retail --percent 5 --from 2026-08-01",
        "tariff increase retail --percent 5 --from 2026-08-01 --as raised",
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
        "tariff increase retail --percent 5 --from 2026-08-01",
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
