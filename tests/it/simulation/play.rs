//! The world, month by month, through the program: book, files, deletions, a run; each run held against the oracle's.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::Value;

use super::calendar::first_of_month;
use super::compare::Comparison;
use super::events::{begin, happen};
use super::files;
use super::joins::Joins;
use super::oracle::{Oracle, Terms};
use super::traffic::{UsageFile, service_file, usage_file};
use super::world::{CallState, Ended, World};
use crate::oracle::amounts::{self, zero};
use crate::program::{Run, tollbook};
use crate::workload::Reseller;

/// What is simulated.
#[derive(Clone, Copy)]
pub struct Settings {
    pub seed: u64,
    pub customers: usize,
    pub months: i32,
    /// Plants a fault into the oracle: the comparison must see it.
    pub is_wrong: bool,
}

/// What was seen on the way.
#[derive(Default)]
pub struct Seen {
    pub invoices: u64,
    /// Lines by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Records by where they ended, over all runs.
    pub ended: BTreeMap<String, u64>,
    /// What was done by commands.
    pub done: BTreeMap<&'static str, u64>,
}

impl Seen {
    pub fn count(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }
}

/// A year on its way.
pub struct Play {
    pub folder: tempfile::TempDir,
    pub world: World,
    pub joins: Joins,
    pub oracle: Oracle,
    /// Rows of the book as the program has it.
    loaded: HashSet<(&'static str, String)>,
    imports: usize,
    /// Deleted rows by import, to be brought back.
    deleted: Vec<(usize, usize, usize)>,
    /// Who was dropped, and what ended with it.
    pub gone: Vec<(String, Ended)>,
    /// Account, reference, amount.
    pub payments: Vec<(String, String, String)>,
    run: i64,
    pub seen: Seen,
}

/// The first month of service: it has a 29 February.
pub fn first_month() -> Date {
    jiff::civil::date(2024, 1, 1)
}

/// Plays the year.
///
/// # Panics
/// At the first difference.
pub fn play(settings: Settings) -> Seen {
    let mut play = Play::new(settings);
    for number in 0..settings.months {
        let month = first_of_month(first_month(), number);
        if number > 0 {
            let newcomers = settings.customers.div_ceil(30);
            happen(&mut play.joins, &mut play.world, month, newcomers);
        }
        play.load_book();
        play.live(month);
        play.import(month);
        let invoice_date = play.joins.day(first_of_month(month, 1), 20);
        let mut accounts = play.bill(settings, month, invoice_date);
        let dropped = play.settle();
        if Play::is_undone(month, first_month()) && !dropped {
            play.undo(play.run, invoice_date, &accounts);
            accounts = play.bill(settings, month, invoice_date);
            play.settle();
        }
        play.void_some(invoice_date, &accounts);
        if number >= 2 {
            play.pay(month, invoice_date);
        }
        play.check_accounts(month);
    }
    play.tollbook(&["verify"]).done();
    play.seen
}

impl Play {
    pub fn new(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut joins = Joins::new(settings.seed);
        let mut world = World::default();
        begin(&mut joins, &mut world, settings.customers * 7 / 10, first_month());
        let thirty = settings.seed.is_multiple_of(2);
        let mut oracle = Oracle::new(thirty);
        oracle.is_wrong = settings.is_wrong;
        tollbook(folder.path(), &["init", "w"]).done();
        let basis = if thirty { "thirty" } else { "calendar" };
        let text = format!("proration_basis = \"{basis}\"\n\n[billing]\ndue_from = \"{}\"\n", first_month());
        std::fs::write(folder.path().join("w/tollbook.toml"), text).unwrap();
        Reseller::print_briefly(&folder.path().join("w"));
        let (loaded, deleted, seen) = (HashSet::new(), Vec::new(), Seen::default());
        let (gone, payments) = (Vec::new(), Vec::new());
        Self { folder, world, joins, oracle, loaded, imports: 0, deleted, gone, payments, run: 0, seen }
    }

    pub fn tollbook(&self, arguments: &[&str]) -> Run {
        tollbook(&self.workspace(), &[&["--quiet"], arguments].concat())
    }

    pub fn workspace(&self) -> PathBuf {
        self.folder.path().join("w")
    }

    /// Loads the rows that are new or were changed.
    pub fn load_book(&mut self) {
        let book = self.folder.path().join("book");
        std::fs::create_dir_all(&book).unwrap();
        let mut loaded = HashSet::new();
        for (name, header, rows) in files::book(&self.world) {
            let mut rows: Vec<String> = rows;
            loaded.extend(rows.iter().map(|row| (name, row.clone())));
            rows.retain(|row| !self.loaded.contains(&(name, row.clone())));
            let path = book.join(format!("{name}.csv"));
            if rows.is_empty() {
                let _ = std::fs::remove_file(path);
            } else {
                std::fs::write(path, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
            }
        }
        self.loaded = loaded;
        self.tollbook(&["book", "import", utf8(&book)]).done();
    }

    /// The month's files; what was deleted comes back, and some of what came in is deleted.
    pub fn import(&mut self, month: Date) {
        for (import, first, last) in std::mem::take(&mut self.deleted) {
            let (import_text, rows) = (import.to_string(), format!("{first}-{last}"));
            self.tollbook(&["usage", "restore", "--import", &import_text, "--rows", &rows]).done();
            self.mark(import, first..last + 1, CallState::Waiting);
        }
        let files = self.joins.dice.between(1, 2);
        for _ in 0..files {
            self.imports += 1;
            let file = usage_file(&mut self.joins, &mut self.world, month, first_month(), self.imports);
            let path = self.folder.path().join(format!("usage-{}.csv", self.imports));
            files::write_usage(&path, &self.world.calls[file.calls.clone()]);
            self.tollbook(&["import", "usage", "--supplier", "carrier", utf8(&path)]).done();
            self.delete_some(&file);
        }
        self.imports += 1;
        let first = service_file(&mut self.joins, &mut self.world, month, self.imports);
        let path = self.folder.path().join(format!("services-{}.csv", self.imports));
        files::write_services(&path, &self.world.services[first..]);
        self.tollbook(&["import", "services", "--supplier", "rentals", utf8(&path)]).done();
    }

    fn delete_some(&mut self, file: &UsageFile) {
        if file.fresh < 6 || !self.joins.dice.chance(40) {
            return;
        }
        let first = usize::try_from(self.joins.dice.below(file.fresh as u64 - 5)).unwrap();
        let (import, rows) = (file.import.to_string(), format!("{first}-{}", first + 4));
        self.tollbook(&["usage", "delete", "--import", &import, "--rows", &rows]).done();
        self.mark(file.import, first..first + 5, CallState::Deleted);
        self.deleted.push((file.import, first, first + 4));
    }

    fn mark(&mut self, import: usize, rows: std::ops::Range<usize>, state: CallState) {
        let chosen = self.world.calls.iter_mut().filter(|call| call.import == import && rows.contains(&call.row));
        chosen.for_each(|call| call.state = state);
    }

    /// One run of the month after: the program's and the oracle's must be the same.
    /// The accounts that got an invoice.
    fn bill(&mut self, settings: Settings, month: Date, invoice_date: Date) -> Vec<String> {
        self.run += 1;
        let run = self.run;
        let usage_cutoff = first_of_month(month, 1);
        let terms = Terms { invoice_date, usage_cutoff, charge_cutoff: first_of_month(month, 2) };
        let date = invoice_date.to_string();
        let drafted = self.tollbook(&["bill", "draft", "--invoice-date", &date, "--json"]).done();
        let report: Value = serde_json::from_str(&drafted.out).unwrap();
        let number = run.to_string();
        self.tollbook(&["bill", "approve", &number]).done();
        self.tollbook(&["bill", "post", &number]).done();
        let billed_before = self.world.calls.iter().filter(|call| call.state == CallState::Billed).count() as u64;
        let waiting = self.world.calls.iter().filter(|call| call.state != CallState::Billed);
        let waiting_cost = waiting.fold(zero(), |sum, call| sum + amounts::number(&call.cost));
        let expected = self.oracle.bill(&mut self.world, &|_| Some(terms));
        let comparison = Comparison { seed: settings.seed, month, world: &self.world };
        let sums = comparison.check_totals(&report, &expected, billed_before, &waiting_cost);
        let (count, bills) = comparison.check_invoices(&self.workspace(), run, &expected, &mut self.seen);
        let at = format!("seed {}, month {month}, run {run}", settings.seed);
        assert!(count == 0 && sums.is_empty(), "{at}: {count} invoices differ\n{sums}{bills}");
        for (end, records) in expected.ended {
            *self.seen.ended.entry(end.to_owned()).or_default() += records;
        }
        expected.invoices.into_iter().map(|invoice| invoice.account).collect()
    }
}

pub fn utf8(path: &Path) -> &str {
    path.to_str().unwrap()
}
