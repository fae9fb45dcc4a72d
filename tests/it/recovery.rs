//! A process that is killed loses nothing and doubles nothing: imports, postings, whole runs and calls of the schedule are
//! killed at many moments, run again to their end, and compared with a run that nobody disturbed, the ledger row by row and every file byte for byte.
//!
//! `TOLLBOOK_KILLS` says how many kills, `TOLLBOOK_SEED` which: see `tests/kill.sh`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tollbook::ledger::InvoiceFilter;
use tollbook::workspace::Workspace;

use super::program::{command, files_below, tollbook};
use super::snapshot::{Snapshot, copy_folder, ledger_rows};
use super::workload::{FCS, GENERIC, GENERIC_HEADER, Random, Reseller, fcs_header, file_of, write_file};

/// Kills of one command in `cargo test`.
const KILLS: u64 = 10;
/// The commands that are killed, each as often.
const COMMANDS: u64 = 4;
/// A kill may come when the process has ended already. So often may be tried for each kill that must hit.
const TRIES_PER_KILL: u64 = 4;

#[test]
fn killed_imports_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = folder.path().join("prepared");
    let mut reseller = Reseller::new(11, 12);
    reseller.make_workspace(&prepared);
    let files = usage_files(&mut reseller, folder.path(), 6_000);
    tollbook(&prepared, &["import", "usage", "--quiet", "--supplier", GENERIC, path(&files[0])]).done();
    let arguments = ["import", "usage", "--quiet", "--supplier", GENERIC, path(&files[1]), path(&files[2])];
    Trials::new(folder.path(), &prepared, &arguments, "import").run();
}

#[test]
fn killed_postings_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = with_usage(folder.path());
    tollbook(&prepared, &["bill", "draft", "--quiet", "--invoice-date", "2026-05-01"]).done();
    tollbook(&prepared, &["bill", "approve", "1"]).done();
    Trials::new(folder.path(), &prepared, &["bill", "post", "1", "--quiet"], "posting").run();
}

/// A posted run of a small reseller.
fn posted_run(folder: &Path, seed: u64) -> PathBuf {
    let prepared = folder.join("prepared");
    let mut reseller = Reseller::new(seed, 12);
    reseller.make_workspace(&prepared);
    Reseller::print_briefly(&prepared);
    let files = usage_files(&mut reseller, folder, 600);
    tollbook(&prepared, &["import", "usage", "--quiet", "--supplier", GENERIC, path(&files[0])]).done();
    tollbook(&prepared, &["bill", "run", "--quiet", "--invoice-date", "2026-05-01"]).done();
    prepared
}

#[test]
fn killed_voids_are_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = posted_run(folder.path(), 13);
    let ledger = Workspace::open(&prepared).unwrap().ledger().unwrap();
    let invoices = ledger.invoices(InvoiceFilter { run: Some(1), account: None }).unwrap();
    let largest = invoices.iter().max_by_key(|invoice| invoice.usage_records).unwrap();
    assert!(largest.usage_records > 5);
    let (invoice, note) = (&largest.number, format!("{}-CN-000001", largest.organisation));
    drop(ledger);
    let void = ["invoice", "void", invoice, "--quiet", "--date", "2026-05-02", "--reason", "wrong"];
    let documents = ["invoice", "export", &note, "--quiet", "--out", "invoices/credit-notes"];
    Trials::new(folder.path(), &prepared, &void, "void").with_documents("is void already", &documents).run();
}

#[test]
fn killed_undoings_are_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = posted_run(folder.path(), 14);
    let undo = ["bill", "undo", "1", "--quiet", "--date", "2026-05-02", "--reason", "wrong"];
    let documents = ["invoice", "export", "--run", "1", "--credit-notes", "--quiet", "--out", "invoices/credit-notes"];
    Trials::new(folder.path(), &prepared, &undo, "undoing").with_documents("it is undone", &documents).run();
}

#[test]
fn killed_runs_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = with_usage(folder.path());
    Trials::new(folder.path(), &prepared, &["bill", "run", "--quiet", "--invoice-date", "2026-05-01"], "run").run();
}

/// Two groups on two days each.
#[test]
fn killed_schedules_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = with_usage(folder.path());
    std::fs::write(prepared.join("tollbook.toml"), "[billing]\ndue_from = \"2026-04-01\"\n").unwrap();
    Trials::new(folder.path(), &prepared, &["bill", "due", "--quiet", "--today", "2026-05-20"], "schedule").run();
}

/// A workspace with usage of April, ready to be billed.
fn with_usage(folder: &Path) -> PathBuf {
    let prepared = folder.join("prepared");
    let mut reseller = Reseller::new(12, 12);
    reseller.make_workspace(&prepared);
    Reseller::print_briefly(&prepared);
    let files = usage_files(&mut reseller, folder, 600);
    tollbook(&prepared, &["import", "usage", "--quiet", "--supplier", GENERIC, path(&files[0]), path(&files[1])])
        .ended(3);
    tollbook(&prepared, &["import", "usage", "--quiet", "--supplier", FCS, path(&files[3])]).done();
    prepared
}

/// How many invoices each run has posted.
fn invoices_by_run(workspace: &Path) -> BTreeMap<i64, usize> {
    let ledger = Workspace::open(workspace).unwrap().ledger().unwrap();
    let mut counts = BTreeMap::new();
    for invoice in ledger.invoices(InvoiceFilter { run: None, account: None }).unwrap() {
        *counts.entry(invoice.run).or_default() += 1;
    }
    counts
}

/// Three generic files, then one of FCS. The second has bad lines and repeats the first in part; the third is small.
fn usage_files(reseller: &mut Reseller, folder: &Path, calls: u64) -> Vec<PathBuf> {
    let lines = |reseller: &mut Reseller, count| {
        let calls = reseller.calls(count, (4, 1), (4, 28));
        calls.iter().map(super::workload::Call::generic_line).collect::<Vec<_>>()
    };
    let first = lines(reseller, calls / 6);
    let mut second = lines(reseller, calls);
    second.extend(first.iter().step_by(3).cloned());
    second.extend(first.iter().take(9).map(|line| line.replace("R0", "bad,R0")));
    let third = lines(reseller, calls / 6);
    let fcs = reseller.calls(calls / 2, (4, 1), (4, 28));
    let fcs: Vec<_> = fcs.iter().filter(|call| call.fits_fcs()).map(super::workload::Call::fcs_line).collect();
    let files = [("first.csv", first), ("second.csv", second), ("third.csv", third)];
    let mut written: Vec<_> =
        files.iter().map(|(name, lines)| write_file(folder, name, &file_of(GENERIC_HEADER, lines))).collect();
    written.push(write_file(folder, "fcs.csv", &file_of(&fcs_header(), &fcs)));
    written
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// How a process is to be killed.
#[derive(Clone)]
enum Kill {
    After(Duration),
    /// When one of its threads calls the system this way for the n-th time.
    AtCall(String, u64),
}

/// One command, killed again and again.
struct Trials<'a> {
    folder: &'a Path,
    prepared: &'a Path,
    arguments: &'a [&'a str],
    name: &'a str,
    kills: u64,
    random: Random,
    reference: Snapshot,
    reference_exit: Option<i32>,
    reference_invoices: BTreeMap<i64, usize>,
    duration: Duration,
    /// How often a thread calls the system each way; empty where calls cannot be watched.
    calls: BTreeMap<String, u64>,
    report: Report,
    /// What a command says that had come to its end before it was killed, and the one that writes its documents then.
    documents: Option<(&'a str, &'a [&'a str])>,
}

/// What was done and what was found.
#[derive(Default)]
struct Report {
    trials: u64,
    tried: u64,
    hit: u64,
    hit_at_calls: u64,
    hit_in_recovery: u64,
    /// How far the command had come when it was killed.
    states: BTreeMap<String, u64>,
}

impl<'a> Trials<'a> {
    fn new(folder: &'a Path, prepared: &'a Path, arguments: &'a [&'a str], name: &'a str) -> Self {
        let number = |variable: &str, otherwise| {
            std::env::var(variable)
                .map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text}")))
        };
        let undisturbed = folder.join("undisturbed");
        copy_folder(prepared, &undisturbed);
        let began = Instant::now();
        let run = tollbook(&undisturbed, arguments);
        let duration = began.elapsed();
        assert!(matches!(run.code, 0 | 3), "out:\n{}\nerr:\n{}", run.out, run.err);
        let reference = Snapshot::of(&undisturbed);
        assert!(reference != Snapshot::of(prepared), "the command does nothing");
        let calls = calls_of(folder, prepared, arguments);
        Self {
            folder,
            prepared,
            arguments,
            name,
            kills: number("TOLLBOOK_KILLS", COMMANDS * KILLS).div_ceil(COMMANDS),
            random: Random::new(number("TOLLBOOK_SEED", 1)),
            reference,
            reference_exit: Some(run.code),
            reference_invoices: invoices_by_run(&undisturbed),
            duration,
            calls,
            report: Report::default(),
            documents: None,
        }
    }

    fn with_documents(self, refusal: &'a str, command: &'a [&'a str]) -> Self {
        Self { documents: Some((refusal, command)), ..self }
    }

    fn run(mut self) {
        while self.report.hit < self.kills && self.report.tried < TRIES_PER_KILL * self.kills {
            self.trial();
        }
        self.tell();
        let Report { tried, hit, .. } = self.report;
        assert!(hit >= self.kills, "{}: only {hit} of {tried} kills hit a living process", self.name);
    }

    /// Kills the command once, or up to three times in a row, lets it run to its end, and compares.
    fn trial(&mut self) {
        self.report.trials += 1;
        let trial = self.folder.join(format!("trial-{}", self.report.trials));
        copy_folder(self.prepared, &trial);
        let in_a_row = [1, 1, 2, 3][self.random.index(4)];
        for turn in 0..in_a_row {
            let kill = self.choose();
            self.report.tried += 1;
            let hit = self.run_and_kill(&trial, &kill);
            let state = self.check_cut_short(&trial);
            if !hit {
                break;
            }
            self.report.hit += 1;
            self.report.hit_at_calls += u64::from(matches!(kill, Kill::AtCall(..)));
            self.report.hit_in_recovery += u64::from(turn > 0);
            *self.report.states.entry(state).or_default() += 1;
        }
        self.finish(&trial);
        std::fs::remove_dir_all(&trial).unwrap();
    }

    fn choose(&mut self) -> Kill {
        let random = &mut self.random;
        if !self.calls.is_empty() && random.percent(70) {
            // Three times as often where something becomes final.
            let is_final = |name: &str| ["sync", "rename", "link"].iter().any(|part| name.contains(part));
            let weighted = self.calls.iter().flat_map(|call| vec![call; if is_final(call.0) { 3 } else { 1 }]);
            let (name, count) = *random.pick(&weighted.collect::<Vec<_>>());
            return Kill::AtCall(name.clone(), random.between(1, *count));
        }
        let whole = u64::try_from(self.duration.as_micros()).unwrap();
        // Over the whole way; every third towards the end, where things become final.
        let first = if random.percent(33) { whole * 8 / 10 } else { 0 };
        Kill::After(Duration::from_micros(random.between(first, whole)))
    }

    /// Starts the command and kills it; false if it came to its end first.
    fn run_and_kill(&mut self, trial: &Path, kill: &Kill) -> bool {
        let mut tool = match kill {
            Kill::After(_) => command(trial, self.arguments),
            Kill::AtCall(name, count) => {
                let inject = format!("inject={name}:signal=KILL:when={count}");
                traced(trial, self.arguments, &["-o", "/dev/null", "-e", &format!("trace={name}"), "-e", &inject])
            }
        };
        let began = Instant::now();
        let mut child = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if let Kill::After(delay) = kill {
            std::thread::sleep(*delay);
            child.kill().unwrap();
        }
        let status = child.wait().unwrap();
        assert!(status.signal() == Some(9) || status.code().is_some_and(|code| code <= 3), "{status}");
        let hit = status.signal() == Some(9);
        if !hit && matches!(kill, Kill::After(_)) {
            // The machine is faster now than it was: aim earlier.
            self.duration = self.duration.min(began.elapsed()) * 9 / 10;
        }
        hit
    }

    /// What holds at any moment: the ledger is sound, has all or nothing of a change, and no file has half its content.
    /// Says how far the command came.
    fn check_cut_short(&self, trial: &Path) -> String {
        let workspace = Workspace::open(trial).unwrap();
        let ledger = workspace.ledger().unwrap();
        assert_eq!(ledger.verify().unwrap(), [] as [String; 0]);
        let by_run = invoices_by_run(trial);
        for (run, count) in &by_run {
            let all = self.reference_invoices.get(run);
            assert!(Some(count) == all, "run {run} has posted {count} invoices of {all:?}");
        }
        let invoices: usize = by_run.values().sum();
        if self.documents.is_some() {
            let found = Snapshot::of(trial);
            let rows = |snapshot: &Snapshot| {
                ["credit_notes", "voids", "released_rows", "undone_runs"].map(|table| snapshot.rows_of(table))
            };
            let (found, all) = (rows(&found), rows(&self.reference));
            assert!(found == [0; 4] || found == all, "a part of it is there: {found:?} of {all:?}");
        }
        let known = tollbook::pipeline::store_files(&ledger).unwrap();
        for name in &known {
            workspace.usage().check_seal(name).unwrap();
        }
        let found = files_below(trial, &["ledger."]);
        let (partial, found): (Vec<_>, Vec<_>) = found.into_iter().partition(|(name, _)| name.contains(".partial-"));
        for (name, bytes) in &found {
            let expected = self.reference.file(name).unwrap_or_else(|| panic!("{name} ought not to be there"));
            assert!(expected == bytes.as_slice(), "{name} has other bytes than in the undisturbed run");
        }
        let in_folder = |folder: &str| found.iter().filter(|(name, _)| name.starts_with(folder)).count();
        let documents = self.reference.files.iter().filter(|(name, _)| name.starts_with("invoices/")).count();
        let documents = match in_folder("invoices/") {
            0 => "no",
            all if all == documents => "all",
            _ => "some",
        };
        format!(
            "{} imports, {invoices} invoices, {} usage files that no row names, {} files of rejects, {documents} \
             documents, {} temporary files",
            ledger.imports().unwrap().len(),
            in_folder("usage/") - known.len(),
            in_folder("rejects/"),
            partial.len(),
        )
    }

    /// Runs the command to its end and compares all there is with the undisturbed run.
    fn finish(&self, trial: &Path) {
        let imports = |rows: &[String]| rows.iter().filter(|row| row.starts_with("imports|")).count();
        let was_done = imports(&ledger_rows(trial)) == imports(&self.reference.ledger);
        let run = tollbook(trial, self.arguments);
        let said = format!("out:\n{}\nerr:\n{}", run.out, run.err);
        let repeats = run.err.contains("the same bytes were imported");
        // An import that had all files refuses the same ones, and makes up for alerts that it had not looked for; one of
        // several files takes the others.
        let refused = self.name == "import" && repeats && run.code == if was_done { 1 } else { 3 };
        let was_done_before = self.documents.filter(|(refusal, _)| run.code == 1 && run.err.contains(refusal));
        if let Some((_, documents)) = was_done_before {
            tollbook::files::remove_partials(&trial.join("invoices/credit-notes")).unwrap();
            tollbook(trial, documents).done();
        }
        // A run that had come to its end is not made again, and a schedule that had has nothing to say of parked customers.
        let refused = refused
            || was_done_before.is_some()
            || self.name == "run" && was_done && run.code == 1 && run.err.contains("has billed these customers")
            || self.name == "schedule" && was_done && run.code == 0;
        assert!(refused || Some(run.code) == self.reference_exit, "ended with {}\n{said}", run.code);
        let found = Snapshot::of(trial);
        if let Some(difference) = found.difference_from(&self.reference) {
            panic!("after recovery: {difference}\nkept in {}", keep(trial).display());
        }
        tollbook(trial, &["verify"]).done();
    }

    fn tell(&self) {
        let Report { trials, tried, hit, hit_at_calls, hit_in_recovery, states } = &self.report;
        let mut text = format!(
            "\n{}: {hit} of {tried} kills hit in {trials} trials ({hit_at_calls} at system calls, {} after a time, \
             {hit_in_recovery} during recovery); nothing lost, nothing doubled, no byte different\n  about {} ms undisturbed, \
             {} ledger rows, {} files\n",
            self.name,
            hit - hit_at_calls,
            self.duration.as_millis(),
            self.reference.ledger.len(),
            self.reference.files.len(),
        );
        if self.calls.is_empty() {
            text.push_str("  system calls cannot be watched here (no strace): all kills came after a time\n");
        }
        for (state, count) in states {
            text.push_str(&format!("  {count:5} left {state}\n"));
        }
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// Moves a failed trial to where it outlives the test.
fn keep(trial: &Path) -> PathBuf {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("failed-recovery");
    let _ = std::fs::remove_dir_all(&kept);
    copy_folder(trial, &kept);
    kept
}

/// The calls that make files and change what is in them.
const CALLS: &str = "openat,mkdir,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,\
                     unlinkat";

/// The command under strace, which kills it at a call.
fn traced(folder: &Path, arguments: &[&str], options: &[&str]) -> Command {
    let plain = command(folder, arguments);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq"]).args(options).arg("--").arg(plain.get_program()).args(plain.get_args());
    traced
        .current_dir(folder)
        .env_remove("TOLLBOOK_WORKSPACE")
        .env("USER", "tester")
        .env("TOLLBOOK_ALLOW_FUTURE", "true");
    traced
}

/// For each of [`CALLS`] that the command makes, the most that one of its threads makes of it. Empty without strace.
fn calls_of(folder: &Path, prepared: &Path, arguments: &[&str]) -> BTreeMap<String, u64> {
    let trial = folder.join("watched");
    let log = folder.join("calls.log");
    copy_folder(prepared, &trial);
    let options = ["-o", path(&log), "-e", &format!("trace={CALLS}"), "-e", "signal=none"];
    let watched = traced(&trial, arguments, &options).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !watched.is_ok_and(|status| status.code().is_some_and(|code| code == 0 || code == 3)) {
        return BTreeMap::new();
    }
    let log = String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned();
    let mut of_thread: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for line in log.lines().filter(|line| !line.contains(" resumed>")) {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, _)) = call.trim_start().split_once('(') else { continue };
        *of_thread.entry((thread, name)).or_default() += 1;
    }
    let mut most = BTreeMap::<String, u64>::new();
    for ((_, name), count) in of_thread {
        let known = most.entry(name.to_owned()).or_default();
        *known = count.max(*known);
    }
    most
}
