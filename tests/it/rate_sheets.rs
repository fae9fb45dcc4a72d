//! Rate sheets of others through the program: sound ones and the rows that they become, bad ones and the words that they
//! are refused with, a tariff over three versions, thirty thousand prefixes.

mod workbooks;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;

use crate::malformed::copy_folder;
use crate::program::{Run, command, files_below, finished, fixture, tollbook};
use crate::snapshot::Snapshot;

/// A workspace with the book of `fixtures/rate_sheets/book`, made once.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        tollbook(folder.path(), &["init", "workspace"]).done();
        let book = fixture("rate_sheets/book");
        tollbook(&folder.path().join("workspace"), &["book", "import", book.to_str().unwrap()]).done();
        folder
    });
    made.path()
}

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(template(), folder.path());
        Self { folder }
    }

    fn workspace(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Runs a command, its words separated by spaces, in a folder of sheets.
    fn run_in(&self, folder: &Path, line: &str) -> Run {
        let arguments: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        let mut program = command(folder, &arguments);
        program.env("TOLLBOOK_WORKSPACE", self.workspace());
        finished(program.output().unwrap())
    }

    fn run(&self, line: &str) -> Run {
        self.run_in(self.folder.path(), line)
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        files_below(&self.workspace(), &["ledger.db-shm", "ledger.db-wal"])
    }

    /// A file of the book, as it is exported.
    fn exported(&self, file: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        self.run(&format!("book export {}", folder.path().join("book").display())).done();
        std::fs::read_to_string(folder.path().join("book").join(file)).unwrap_or_default()
    }

    /// `MATCH BAND FROM TO RATE` of every rate of a tariff.
    fn rates(&self, tariff: &str) -> Vec<String> {
        let exported = self.exported("rates.csv");
        let mut reader = csv::Reader::from_reader(exported.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows = reader.records().map(|row| row.unwrap());
        let cell = |row: &csv::StringRecord, name: &str| {
            let place = header.iter().position(|known| known == name);
            place.and_then(|place| row.get(place)).filter(|cell| !cell.is_empty()).unwrap_or("-").to_owned()
        };
        let of_tariff = rows.filter(|row| cell(row, "tariff") == tariff);
        of_tariff
            .map(|row| ["match", "time_band", "from", "to", "rate"].map(|name| cell(&row, name)).join(" "))
            .collect()
    }
}

/// The lines `NAME: OPTIONS  # ABOUT` of a list of sheets, with the options only.
fn listed(path: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(fixture(path)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let split = |line: &str| {
        let (name, rest) = line.split_once(": ").unwrap();
        let (options, about) = rest.split_once("  # ").unwrap();
        assert!(!about.is_empty(), "{name}: what is it about?");
        (name.to_owned(), options.to_owned())
    };
    lines.map(split).collect()
}

/// Compares a transcript with the one that is kept, or writes that anew.
fn check_transcript(path: &Path, transcript: &str, wrong: &mut String) {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(path, transcript).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected != transcript {
        let _ = writeln!(wrong, "not as in {}\n--- expected\n{expected}\n--- found\n{transcript}", path.display());
    }
}

fn transcript(line: &str, run: &Run) -> String {
    let mut text = format!("$ tollbook {line}\n{}", run.out);
    run.err.lines().for_each(|line| text.push_str(&format!("! {line}\n")));
    let _ = writeln!(text, "exit {}", run.code);
    text
}

/// Every sheet of a folder is in its list, and the reverse.
fn check_list(folder: &str, names: &[(String, String)]) {
    let listed: BTreeSet<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
    let files = std::fs::read_dir(fixture(folder)).unwrap().map(|entry| entry.unwrap().path());
    let sheets = files.filter(|path| path.is_file() && path.extension().is_some_and(|ending| ending == "csv"));
    let sheets: Vec<String> = sheets.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(listed, sheets.iter().map(String::as_str).collect());
}

#[test]
fn sheets_become_the_rows_that_are_kept_beside_them() {
    let list = listed("rate_sheets/commands.txt");
    check_list("rate_sheets", &list);
    let mut wrong = String::new();
    for (name, options) in list {
        let place = Place::new();
        let line = format!("import tariff {name}.csv {options}");
        let folder = fixture("rate_sheets");
        let mut text = transcript(&line, &place.run_in(&folder, &line).done());
        let rates = place.exported("rates.csv");
        text.push_str(&format!("\nrates.csv\n{rates}"));
        check_transcript(&folder.join(format!("{name}.txt")), &text, &mut wrong);
        // The same sheet again changes nothing.
        let once = place.files();
        place.run_in(&folder, &line).done();
        assert!(place.exported("rates.csv") == rates, "{name}: the same sheet again changes rates");
        assert!(place.files() == once, "{name}: the same sheet again writes to the ledger");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn bad_sheets_are_refused_whole_with_all_that_is_wrong() {
    let list = listed("malformed/rate_sheets/commands.txt");
    check_list("malformed/rate_sheets", &list);
    assert!(list.len() >= 25, "{} bad sheets", list.len());
    let place = Place::new();
    let before = place.files();
    let mut wrong = String::new();
    for (name, options) in list {
        let line = format!("import tariff {name}.csv {options}");
        let folder = fixture("malformed/rate_sheets");
        let run = place.run_in(&folder, &line);
        assert!(matches!(run.code, 1 | 2), "{name}: exit {}\n{}{}", run.code, run.out, run.err);
        assert!(run.out.is_empty() && !run.err.contains("panicked"), "{name}: {}{}", run.out, run.err);
        assert!(place.files() == before, "{name}: refused, and yet the workspace changed");
        check_transcript(&folder.join(format!("{name}.txt")), &transcript(&line, &run), &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What one call of 60 seconds is priced at on each day.
fn prices(place: &Place, days: &[&str]) -> Vec<String> {
    let calls: Vec<String> =
        days.iter().map(|day| format!("{day},voice,02079460018,01614960123,{day} 09:15:00,60,0.004\n")).collect();
    place.write("calls.csv", &format!("record_id,kind,cli,other_party,started_at,duration,cost\n{}", calls.concat()));
    let book = place.folder.path().join("exported");
    let _ = std::fs::remove_dir_all(&book);
    place.run("book export exported").done();
    place.run("rate calls.csv --supplier carrier --book exported --out rated.csv").done();
    let mut reader = csv::Reader::from_path(place.folder.path().join("rated.csv")).unwrap();
    let sell = reader.headers().unwrap().iter().position(|name| name == "sell").unwrap();
    reader.records().map(|row| row.unwrap()[sell].to_owned()).collect()
}

#[test]
fn a_version_ends_the_one_before_on_the_day_before() {
    let place = Place::new();
    let days = ["2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01", "2026-06-30", "2026-07-01"];
    let first = "Prefix,Destination,Rate,Increment\n44161,Manchester,0.01,1/1\n4420,London,0.02,60/60\n";
    place.write("first.csv", first);

    let before = Snapshot::of(&place.workspace());
    let dry = place.run("import tariff first.csv --tariff pounds --from 2026-05-01 --dry-run").done();
    assert!(dry.out.contains("would import first.csv: format deck"), "{}", dry.out);
    assert_eq!(Snapshot::of(&place.workspace()).difference_from(&before), None, "a dry run changed something");

    let done = place.run("import tariff first.csv --tariff pounds --from 2026-05-01 --by ann --reason letter").done();
    let same_report = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(same_report(&done.out), same_report(&dry.out), "the test says what is then done");
    let after_first = Snapshot::of(&place.workspace());
    assert_eq!(after_first.rows_of("audit"), before.rows_of("audit") + 2, "a row in the audit for each rate (K7)");
    let audited = after_first.ledger.iter().filter(|row| row.starts_with("audit|") && row.contains("import tariff"));
    assert!(audited.clone().count() == 2 && audited.clone().all(|row| row.contains("ann") && row.contains("letter")));

    let again = place.run("import tariff first.csv --tariff pounds --from 2026-05-01").done();
    assert!(again.out.lines().any(|line| line.split_whitespace().eq(["unchanged", "2"])), "{}", again.out);
    assert_eq!(Snapshot::of(&place.workspace()).difference_from(&after_first), None, "the same sheet again");
    // No rate before May: 0.004 cost and no markup.
    assert_eq!(prices(&place, &days)[1..], ["0.01", "0.01", "0.01", "0.01", "0.01"]);

    place.write(
        "second.csv",
        "Prefix,Destination,Rate,Increment,Effective Date\n44161,Manchester,0.015,1/1,2026-06-01\n",
    );
    let second = place.run("import tariff second.csv --tariff pounds --json").done();
    let report: serde_json::Value = serde_json::from_str(&second.out).unwrap();
    let counts = &report["tariffs"][0]["counts"];
    assert_eq!((&counts["dearer"], &counts["kept"]), (&1.into(), &1.into()), "{}", second.out);
    assert_eq!(report["tariffs"][0]["changes"][0]["percent"], "50", "{}", second.out);
    assert_eq!(prices(&place, &days)[1..], ["0.01", "0.01", "0.015", "0.015", "0.015"]);

    // The full version of July names one destination: the other one ends.
    place.write("third.csv", "Prefix,Rate,Increment\n44161,0.009,1/1\n");
    place.run("import tariff third.csv --tariff pounds --from 2026-07-01 --full").done();
    assert_eq!(prices(&place, &days)[1..], ["0.01", "0.01", "0.015", "0.015", "0.009"]);
    assert_eq!(
        place.rates("pounds"),
        [
            "prefix:+44161 - 2026-05-01 2026-05-31 0.01",
            "prefix:+44161 - 2026-06-01 2026-06-30 0.015",
            "prefix:+44161 - 2026-07-01 - 0.009",
            "prefix:+4420 - 2026-05-01 2026-06-30 0.02",
        ]
    );
    // A sheet for an earlier time ends where a rate that is there begins.
    let late = place.run("import tariff third.csv --tariff pounds --from 2026-05-10").done();
    assert!(late.out.contains("end early: a later rate stays"), "{}", late.out);
    assert!(place.rates("pounds").contains(&"prefix:+44161 - 2026-05-10 2026-05-31 0.009".to_owned()));
}

#[test]
fn a_sheet_makes_its_tariff_when_asked_to() {
    let place = Place::new();
    place.write("new.csv", "Prefix,Rate,Increment\n44161,0.9,1/1\n");
    let line = "import tariff new.csv --tariff fresh --create --unit minor --parent pence --from 2026-06-01";
    let before = Snapshot::of(&place.workspace());
    place.run(&format!("{line} --dry-run")).done();
    assert_eq!(Snapshot::of(&place.workspace()).difference_from(&before), None, "a dry run made a tariff");
    let made = place.run(line).done();
    assert!(made.out.contains("tariff fresh was made"), "{}", made.out);
    assert!(place.exported("tariffs.csv").contains("fresh,pence,GBP,minor"), "{}", place.exported("tariffs.csv"));
    assert_eq!(place.rates("fresh"), ["prefix:+44161 - 2026-06-01 - 0.9"]);
    let after = Snapshot::of(&place.workspace());
    place.run(line).done();
    assert_eq!(Snapshot::of(&place.workspace()).difference_from(&after), None, "made again");
    place.run(&line.replace("--parent pence", "--parent pounds")).ended(1);
}

/// A deck of so many prefixes: countries of 2 digits, codes of 3 to 5 after them, prices of four decimals.
fn large_deck(prefixes: u32, raise: u32) -> String {
    let mut text = "Prefix,Destination,Rate,Increment,Connection Fee\n".to_owned();
    for number in 0..prefixes {
        let rate = 50 + number % 900 + if number % 3 == 0 { raise } else { 0 };
        let increments = ["1/1", "30/6", "60/60"][number as usize % 3];
        let _ =
            writeln!(text, "{}{:05},Destination {},0.{rate:05},{increments},0", 30 + number % 60, number, number / 12);
    }
    text
}

/// The figure of the notes: `cargo test --release --locked --test it rate_sheets::thirty -- --nocapture`.
#[test]
#[allow(clippy::print_stdout)]
fn thirty_thousand_prefixes_are_imported_and_compared() {
    let place = Place::new();
    place.write("deck.csv", &large_deck(30_000, 0));
    place.write("next.csv", &large_deck(30_000, 7));
    let counts = |line: &str| {
        let begun = Instant::now();
        let run = place.run(&format!("import tariff {line} --json")).done();
        println!("{line}: {} ms", begun.elapsed().as_millis());
        let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        report["tariffs"][0]["counts"].clone()
    };
    let added = counts("deck.csv --tariff pounds --from 2026-06-01");
    assert_eq!(added["added"], 30_000);
    let again = counts("deck.csv --tariff pounds --from 2026-06-01");
    assert_eq!(again["unchanged"], 30_000);
    let next = counts("next.csv --tariff pounds --from 2026-07-01 --full");
    assert_eq!((&next["dearer"], &next["unchanged"]), (&10_000.into(), &20_000.into()));
}
