//! Nothing is lost on the way and nothing appears: random workloads, in which every line of every file, every unit and
//! every penny is counted a second time here, from what the workload knows and by sums of this file's own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tollbook::domain::bill::{Bill, LineKind};
use tollbook::domain::time::Date;
use tollbook::domain::usage::Kind;
use tollbook::facts::BilledRow;
use tollbook::ledger::InvoiceFilter;
use tollbook::workspace::Workspace;

use super::program::tollbook;
use super::snapshot::Snapshot;
use super::workload::{
    Call, Expected, FCS, GENERIC, Reseller, Spoiling, fcs_header, file_of, half_up, scaled, spoiled_file, write_file,
};

/// A reseller's spring: three runs, each after files that bring late calls, repeats, conflicts and bad lines.
struct Months {
    folder: tempfile::TempDir,
    workspace: PathBuf,
    reseller: Reseller,
    /// Calls of the carrier that were imported, each once.
    sent: Vec<Call>,
    files: u64,
    /// Lines in all imports that are records or were refused.
    counted: u64,
    billed: Vec<Billed>,
}

/// A record on an invoice.
struct Billed {
    run: i64,
    row: BilledRow<'static>,
}

#[test]
fn every_line_unit_and_penny_is_accounted_for() {
    let mut seen = BTreeSet::new();
    let mut late_at_a_used_cap = 0;
    for seed in 1..=4 {
        let mut months = Months::new(seed);
        months.import((4, 1), (4, 28), 500);
        months.bill(1, "2026-05-01", &mut seen);
        months.import((4, 1), (5, 28), 400);
        months.bill(2, "2026-06-01", &mut seen);
        months.import((4, 1), (6, 28), 300);
        months.bill(3, "2026-07-01", &mut seen);
        months.import((4, 1), (4, 28), 150);
        months.bill(4, "2026-07-02", &mut seen);
        late_at_a_used_cap += months.check_caps();
        months.check_allowances();
        months.check_balances();
    }
    let all = ["allowance", "billed", "capped", "duplicate", "excluded", "held", "rejected", "rolled_over", "suspense"];
    assert!(seen.iter().eq(all.iter()), "the workloads never end as all of {all:?}: {seen:?}");
    assert!(
        late_at_a_used_cap > 5,
        "hardly any late call met a cap that an earlier run had used: {late_at_a_used_cap}"
    );
}

/// B12, B13: what is taken back is billed again, once, to the penny; nothing is lost between.
#[test]
fn what_voids_and_undone_runs_release_is_billed_again() {
    let mut seen = BTreeSet::new();
    for seed in 1..=2 {
        let mut months = Months::new(seed);
        months.import((4, 1), (4, 28), 400);
        months.bill(1, "2026-05-01", &mut seen);
        months.import((4, 1), (5, 28), 300);
        months.bill(2, "2026-06-01", &mut seen);
        let before = months.posted(2);
        months.undo(2);
        months.bill(3, "2026-06-01", &mut seen);
        assert!(!before.is_empty());
        let again = months.posted(3);
        assert_eq!(before.len(), again.len());
        for ((bill, calls), (same, same_calls)) in before.iter().zip(&again) {
            assert_ne!(bill.number, same.number, "a number is never used twice (B11)");
            assert_eq!(Bill { number: None, ..bill.clone() }, Bill { number: None, ..same.clone() });
            let without = |row: &BilledRow<'static>| BilledRow { invoice: "".into(), ..row.clone() };
            assert!(calls.iter().map(without).eq(same_calls.iter().map(without)), "other calls or charges");
        }
        assert!(months.void_some(1) >= 4, "seed {seed}: hardly any invoice could be voided");
        months.import((4, 1), (4, 28), 100);
        months.bill(4, "2026-06-02", &mut seen);
        months.check_caps();
        months.check_balances();
    }
}

impl Months {
    /// Undoes a run; what it billed waits again.
    fn undo(&mut self, run: i64) {
        let number = run.to_string();
        tollbook(&self.workspace, &["bill", "undo", &number, "--quiet", "--reason", "wrong", "--date", "2026-06-02"])
            .done();
        self.billed.retain(|billed| billed.run != run);
        tollbook(&self.workspace, &["verify"]).done();
    }

    /// Voids every second invoice of a run, as far as no later invoice settles days of its charges; says how many.
    fn void_some(&mut self, run: i64) -> usize {
        let mut voided = 0;
        for (bill, _) in self.posted(run).into_iter().step_by(2) {
            let number = bill.number.unwrap();
            let arguments = ["invoice", "void", &number, "--quiet", "--reason", "wrong", "--date", "2026-06-02"];
            let done = tollbook(&self.workspace, &arguments);
            if done.code == 0 {
                voided += 1;
                self.billed.retain(|billed| billed.row.invoice != number);
            } else {
                assert!(done.err.contains("settles days of charge"), "{}", done.err);
            }
        }
        tollbook(&self.workspace, &["verify"]).done();
        voided
    }

    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path().join("workspace");
        let reseller = Reseller::new(seed, 12);
        reseller.make_workspace(&workspace);
        Reseller::print_briefly(&workspace);
        Self { folder, workspace, reseller, sent: Vec::new(), files: 0, counted: 0, billed: Vec::new() }
    }

    /// Imports a generic file of all sorts of lines, and an FCS file of good ones.
    fn import(&mut self, first: (u64, u64), last: (u64, u64), calls: u64) {
        let fresh = self.reseller.calls(calls, first, last);
        let mut earlier = self.sent.clone();
        earlier.extend(fresh[..20].iter().cloned());
        let random = self.reseller.random();
        random.shuffle(&mut earlier);
        let (repeats, conflicts) = (random.index(15), 1 + random.index(4));
        let spoiling = Spoiling {
            bad: random.index(40),
            blank: random.index(9),
            repeats: earlier.drain(..repeats).collect(),
            conflicts: earlier.drain(..conflicts).collect(),
        };
        let expected = spoiled_file(random, fresh.clone(), &spoiling);
        self.sent.extend(fresh);
        self.import_file(GENERIC, &expected);
        let fcs = self.reseller.calls(calls / 2, first, last);
        let fcs: Vec<_> = fcs.into_iter().filter(Call::fits_fcs).collect();
        // The same counting; only how it is written differs.
        let counted = spoiled_file(self.reseller.random(), fcs.clone(), &Spoiling::default());
        let lines: Vec<_> = fcs.iter().map(Call::fcs_line).collect();
        self.import_file(FCS, &Expected { bytes: file_of(&fcs_header(), &lines), ..counted });
    }

    fn import_file(&mut self, supplier: &str, expected: &Expected) {
        self.files += 1;
        let file = write_file(self.folder.path(), &format!("file-{}.csv", self.files), &expected.bytes);
        let arguments = ["import", "usage", "--json", "--quiet", "--supplier", supplier, file.to_str().unwrap()];
        let run = tollbook(&self.workspace, &arguments).ended(if expected.bad > 0 { 3 } else { 0 });
        let report: Value = serde_json::from_str(&run.out).unwrap();
        check_import(&report[0], expected);
        let import = Workspace::open(&self.workspace).unwrap().ledger().unwrap().imports().unwrap().pop().unwrap();
        let lines = import.records + import.rejects + import.blank_lines;
        assert_eq!((import.lines, lines), (1 + expected.lines, expected.lines), "F4: a line is not accounted for");
        let in_file = expected.bytes.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(in_file as u64, 1 + expected.lines, "the header and the rest");
        assert_eq!((import.duplicates, import.conflicts), (expected.duplicates, expected.conflicts));
        assert_eq!((import.rejects, import.blank_lines), (expected.bad, expected.blank));
        self.counted += import.records + import.rejects;
        self.check_again(supplier, &file);
    }

    /// F2: the same file again, under whatever name, is refused and changes nothing.
    fn check_again(&self, supplier: &str, file: &Path) {
        let before = Snapshot::of(&self.workspace);
        let renamed = file.with_extension("again.csv");
        std::fs::copy(file, &renamed).unwrap();
        for file in [file, &renamed] {
            let again = ["import", "usage", "--quiet", "--supplier", supplier, file.to_str().unwrap()];
            let run = tollbook(&self.workspace, &again).ended(1);
            assert!(run.err.contains("the same bytes were imported"), "{}", run.err);
        }
        assert_eq!(Snapshot::of(&self.workspace).difference_from(&before), None);
    }

    /// Drafts, checks the draft against all that was imported, posts, checks every invoice.
    fn bill(&mut self, run: i64, date: &str, seen: &mut BTreeSet<&'static str>) {
        // What came late for a period is billed in a further run of it.
        let drafted = ["bill", "draft", "--again", "--invoice-date", date, "--json", "--quiet"];
        let drafted = tollbook(&self.workspace, &drafted).done();
        let report: Value = serde_json::from_str(&drafted.out).unwrap();
        let (came_in, ended) = totals(&report["usage"]);
        assert_eq!(came_in, sum_of_kinds(&ended), "B14: in is not out");
        let records: u64 = came_in.values().map(|sums| sums.records).sum();
        assert_eq!(records + self.billed.len() as u64, self.counted, "B14: a record of the store is not in the draft");
        assert_eq!(report["billed_before"], self.billed.len() as u64);
        let number = run.to_string();
        tollbook(&self.workspace, &["bill", "approve", &number]).done();
        tollbook(&self.workspace, &["bill", "post", &number, "--quiet"]).done();
        let posted = self.posted(run);
        check_draft_against_bills(&ended, &posted);
        for (end, sums) in &ended {
            let name = tollbook::domain::disposition::Disposition::parse(&end.disposition).unwrap().name();
            if sums.records > 0 {
                seen.insert(name);
            }
        }
        for (bill, calls) in posted {
            check_bill(&bill, &calls);
            self.billed.extend(calls.into_iter().map(|row| Billed { run, row }));
        }
        let facts: BTreeSet<_> = self.billed.iter().map(|billed| (billed.row.import, billed.row.row)).collect();
        assert_eq!(facts.len(), self.billed.len(), "a record is billed twice");
        tollbook(&self.workspace, &["verify"]).done();
    }

    /// The bills of a run, each with its calls.
    fn posted(&self, run: i64) -> Vec<(Bill, Vec<BilledRow<'static>>)> {
        let workspace = Workspace::open(&self.workspace).unwrap();
        let (ledger, store) = (workspace.ledger().unwrap(), workspace.usage());
        let billed_file = ledger.run(run).unwrap().billed_file.unwrap();
        let mut calls = BTreeMap::<String, Vec<_>>::new();
        for row in store.billed_calls(&billed_file) {
            let row = row.unwrap();
            calls.entry(row.invoice.clone().into_owned()).or_default().push(row);
        }
        let invoices = ledger.invoices(InvoiceFilter { run: Some(run), account: None }).unwrap();
        let posted = invoices.iter().map(|invoice| {
            let bill = ledger.invoice(&invoice.number).unwrap().unwrap().bill;
            (bill, calls.remove(&invoice.number).unwrap_or_default())
        });
        let posted = posted.collect();
        assert!(calls.is_empty(), "billed usage of invoices that are not there: {:?}", calls.keys());
        posted
    }

    /// S1, S3: over all runs, what a capped line was charged in a period is all that its calls cost, or the cap, whichever
    /// is less. Counts the calls that came late to a period whose cap an earlier run had used.
    fn check_caps(&self) -> usize {
        let caps: BTreeMap<_, _> = self.reseller.caps().into_iter().collect();
        let mut of_period = BTreeMap::<(String, Date), Vec<&Billed>>::new();
        for billed in &self.billed {
            let rated = &billed.row.rated;
            if caps.contains_key(&*rated.cli) && rated.kind != Kind::Event {
                let period = period_start(&rated.account, rated.started.civil.date);
                of_period.entry((rated.cli.clone().into_owned(), period)).or_default().push(billed);
            }
        }
        assert!(of_period.len() > 10);
        let mut late = 0;
        for ((cli, period), billed) in of_period {
            let cap = caps[&cli];
            let charge = |billed: &&Billed| billed.row.charge.scaled();
            let cost: i64 = billed.iter().map(|billed| billed.row.rated.sell.unwrap().scaled()).sum();
            let charged: i64 = billed.iter().map(charge).sum();
            // An allowance may leave less than the cap.
            let has_allowance = has_allowance(&billed[0].row.rated.account);
            assert!(charged <= cost.min(cap), "{cli} from {period}: {} calls, cap {cap}", billed.len());
            assert!(
                has_allowance || charged == cost.min(cap),
                "{cli} from {period}: {} calls, cap {cap}",
                billed.len()
            );
            let first = billed.iter().map(|billed| billed.run).min().unwrap();
            let in_first: i64 = billed.iter().filter(|billed| billed.run == first).map(charge).sum();
            late += if in_first == cap { billed.iter().filter(|billed| billed.run > first).count() } else { 0 };
        }
        late
    }

    /// A2: over all runs, an allowance of one limit covers all that it is for, or what was granted, whichever is less; what
    /// one bill used the next one has as used before.
    fn check_allowances(&self) {
        let ledger = Workspace::open(&self.workspace).unwrap().ledger().unwrap();
        let (mut used, mut exhausted) = (BTreeMap::<(String, String, Date), (i128, i128)>::new(), 0);
        for invoice in ledger.invoices(InvoiceFilter::default()).unwrap() {
            let bill = ledger.invoice(&invoice.number).unwrap().unwrap().bill;
            for (allowance, limit) in
                bill.allowances.iter().flat_map(|one| one.limits.iter().map(move |limit| (one, limit)))
            {
                let key =
                    (bill.customer.account.clone(), format!("{} {:?}", allowance.name, limit.measure), allowance.from);
                let granted = limit.granted.unwrap().wide();
                let (sum, _) = used.entry(key).or_insert((0, granted));
                assert_eq!(*sum, limit.used_before.wide(), "{}: {}", invoice.number, allowance.name);
                *sum += limit.used.wide();
                assert_eq!(granted - *sum, limit.left.unwrap().wide(), "{}: {}", invoice.number, allowance.name);
                assert!(*sum <= granted, "{}: {}", invoice.number, allowance.name);
            }
        }
        for (name, kind) in [("Minutes Seconds", Kind::Voice), ("Texts Messages", Kind::Sms)] {
            let mut wanted = BTreeMap::<(String, Date), i128>::new();
            for billed in &self.billed {
                let rated = &billed.row.rated;
                let is_mobile = rated.class.is_some_and(|class| class.name() == "mobile");
                if rated.kind == kind && is_mobile && has_single_limits(&rated.account) {
                    let period = period_start(&rated.account, rated.started.civil.date);
                    let units = i128::from(rated.units) * 1_000_000_000_000;
                    *wanted.entry((rated.account.clone().into_owned(), period)).or_default() += units;
                }
            }
            for ((account, period), units) in wanted.into_iter().filter(|(_, units)| *units > 0) {
                let (sum, granted) = used[&(account.clone(), name.to_owned(), period)];
                assert_eq!(sum, units.min(granted), "{account} {name} {period}");
                exhausted += usize::from(units > granted);
            }
        }
        assert!(exhausted > 3, "hardly any allowance was used up: {exhausted}");
    }

    /// L1: a balance is the opening balance, all invoices and all credit notes.
    fn check_balances(&self) {
        let ledger = Workspace::open(&self.workspace).unwrap().ledger().unwrap();
        for customer in 0..12 {
            let account = format!("C{customer:04}");
            let invoices = ledger.invoices(InvoiceFilter { run: None, account: Some(&account) }).unwrap();
            let sum: i64 = invoices.iter().map(|invoice| invoice.gross.minor()).sum();
            let credited: i64 =
                ledger.credit_notes(Some(&account)).unwrap().iter().map(|note| note.gross.minor()).sum();
            assert_eq!(ledger.balance(&account).unwrap().minor(), sum + credited + customer * 300 + 50, "{account}");
        }
    }
}

/// As the workload hands them out.
fn has_allowance(account: &str) -> bool {
    account[1..].parse::<u64>().unwrap() % 3 < 2
}

fn has_single_limits(account: &str) -> bool {
    account[1..].parse::<u64>().unwrap().is_multiple_of(3)
}

/// The first day of the billing period that a day is in: the month, or for anniversary customers the month from the 15th.
fn period_start(account: &str, day: Date) -> Date {
    let customer: u64 = account[1..].parse().unwrap();
    let text = day.to_string();
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap();
    let (month, of_month) = (number(5..7), number(8..10));
    let (first, month) = match (customer % 5 == 4, of_month < 15) {
        (true, true) => (15, month - 1),
        (true, false) => (15, month),
        (false, _) => (1, month),
    };
    Date::parse(&format!("2026-{month:02}-{first:02}")).unwrap()
}

/// Records, units, cost (10^-8) and charge (10^-6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    records: u64,
    units: i128,
    cost: i128,
    sell: i128,
}

impl Sums {
    fn of(tally: &Value) -> Self {
        let number = |name: &str, places| scaled(tally[name].as_str().unwrap(), places);
        Self {
            records: tally["records"].as_u64().unwrap(),
            units: number("units", 0),
            cost: number("cost", 8),
            sell: number("sell", 6),
        }
    }

    fn add(&mut self, other: Self) {
        self.records += other.records;
        self.units += other.units;
        self.cost += other.cost;
        self.sell += other.sell;
    }
}

/// Where records ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    disposition: String,
    reason: String,
    kind: String,
}

type CameIn = BTreeMap<String, Sums>;
type Ended = BTreeMap<End, Sums>;

/// Control totals as the program prints them.
fn totals(report: &Value) -> (CameIn, Ended) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |name: &str| report[name].as_array().unwrap().clone();
    let came_in = list("in").iter().map(|tally| (text(&tally["kind"]), Sums::of(tally))).collect();
    let end = |tally: &Value| End {
        disposition: text(&tally["disposition"]),
        reason: text(&tally["reason"]),
        kind: text(&tally["kind"]),
    };
    let ended = list("out").iter().map(|tally| (end(tally), Sums::of(tally))).collect();
    (came_in, ended)
}

/// What ended, by kind, as it came in: without prices.
fn sum_of_kinds(ended: &Ended) -> CameIn {
    let mut sums = CameIn::new();
    for (end, sum) in ended {
        sums.entry(end.kind.clone()).or_default().add(Sums { sell: 0, ..*sum });
    }
    sums
}

/// The control totals of an import are those of the workload.
fn check_import(report: &Value, expected: &Expected) {
    let (came_in, ended) = totals(&report["totals"]);
    // The header is a physical line too.
    assert_eq!(report["lines"], expected.lines + 1);
    assert_eq!(came_in, sum_of_kinds(&ended), "B14: in is not out");
    for (kind, (records, units, cost)) in &expected.by_kind {
        let units = i128::try_from(*units).unwrap();
        let sums = Sums { records: *records, units, cost: *cost, sell: 0 };
        assert_eq!(came_in[*kind], sums, "{kind}");
    }
    let ended_as = |name: &str| {
        let same = ended.iter().filter(|(end, _)| end.disposition == name);
        same.map(|(_, sums)| sums.records).sum::<u64>()
    };
    let fresh = expected.records - expected.duplicates - expected.conflicts;
    assert_eq!(
        ["rated", "duplicate", "suspense", "rejected"].map(ended_as),
        [fresh, expected.duplicates, expected.conflicts, expected.bad]
    );
    assert_eq!(report["rejected"].as_array().unwrap().len() as u64, expected.bad);
}

/// What the draft says is billed is what the bills of its run hold, by kind.
fn check_draft_against_bills(ended: &Ended, posted: &[(Bill, Vec<BilledRow<'static>>)]) {
    let mut on_bills = Ended::new();
    for row in posted.iter().flat_map(|(_, calls)| calls) {
        let end = End {
            disposition: row.rated.disposition.name().to_owned(),
            reason: String::new(),
            kind: row.rated.kind.name().to_owned(),
        };
        on_bills.entry(end).or_default().add(Sums {
            records: 1,
            units: i128::from(row.rated.units),
            cost: i128::from(row.rated.cost.unwrap().scaled()),
            sell: i128::from(row.charge.scaled()),
        });
    }
    let is_billed = |end: &End| matches!(end.disposition.as_str(), "billed" | "capped" | "allowance");
    let drafted: Ended =
        ended.iter().filter(|(end, _)| is_billed(end)).map(|(end, sums)| (end.clone(), *sums)).collect();
    assert_eq!(on_bills, drafted);
}

/// X3, V3, L1: calls make lines, lines make the net, the net makes the VAT, all of it what is to be paid.
fn check_bill(bill: &Bill, calls: &[BilledRow<'_>]) {
    let number = bill.number.as_deref().unwrap();
    let mut of_line = BTreeMap::<(String, String), (i64, i128)>::new();
    for call in calls {
        let class = call.rated.class.unwrap().title().to_owned();
        let (records, charge) = of_line.entry((call.rated.cost_centre.clone().into_owned(), class)).or_default();
        *records += 1;
        *charge += i128::from(call.charge.scaled());
    }
    let usage_lines = bill.lines.iter().filter(|line| line.kind == LineKind::Usage);
    let lines: BTreeMap<_, _> = usage_lines
        .map(|line| {
            let amount = i128::from(line.amount.money.minor());
            ((line.cost_centre.clone(), line.description.clone()), (line.quantity.scaled() / 10_000, amount))
        })
        .collect();
    let rounded = of_line.into_iter().map(|(line, (records, charge))| (line, (records, half_up(charge, 10_000))));
    assert_eq!(lines, rounded.collect(), "{number}: a line is not the sum of its calls, rounded once");

    let mut net_of_code = BTreeMap::<&str, i128>::new();
    for line in &bill.lines {
        *net_of_code.entry(&line.vat_code).or_default() += i128::from(line.amount.money.minor());
    }
    let net: i128 = net_of_code.values().sum();
    let expected = net_of_code.into_iter().map(|(code, net)| {
        let percent = match code {
            "S" => 20,
            "R" => 5,
            "Z" | "RC" => 0,
            other => panic!("{number}: VAT code {other}"),
        };
        let vat = if bill.organisation.code == "NORTH" { half_up(net * percent, 100) } else { net * percent / 100 };
        (code.to_owned(), net, vat)
    });
    let expected: Vec<_> = expected.collect();
    let minor = |amount: &tollbook::domain::bill::Amount| i128::from(amount.money.minor());
    let stated: Vec<_> = bill.vat.iter().map(|row| (row.code.clone(), minor(&row.net), minor(&row.vat))).collect();
    assert_eq!(stated, expected, "{number}: VAT by code");
    let vat: i128 = expected.iter().map(|(_, _, vat)| vat).sum();
    let sums = [&bill.totals.net, &bill.totals.vat, &bill.totals.gross].map(minor);
    assert_eq!(sums, [net, vat, net + vat], "{number}: the sums");
    assert_eq!(minor(&bill.balance.previous) + net + vat, minor(&bill.balance.now), "{number}: the balance");
    let of_clis: i128 = bill.usage_by_cli.iter().map(|row| i128::from(row.amount.scaled())).sum();
    let of_calls: i128 = calls.iter().map(|call| i128::from(call.charge.scaled())).sum();
    assert_eq!(of_clis, of_calls, "{number}: the usage by line");
    let prices: i128 = calls.iter().map(|call| i128::from(call.rated.sell.unwrap().scaled())).sum();
    let capped: i128 = bill.usage_by_cli.iter().map(|row| i128::from(row.capped.scaled())).sum();
    let allowed: i128 = bill.allowances.iter().map(|row| i128::from(row.amount.scaled())).sum();
    assert_eq!(prices + allowed + capped, of_calls, "{number}: prices less allowances and caps");
}

/// F2: the same calls in a file of other bytes are all duplicates, and bill nothing.
#[test]
fn the_same_calls_in_another_file_are_billed_once() {
    let mut months = Months::new(9);
    let calls = months.reseller.calls(200, (4, 1), (4, 28));
    let expected = spoiled_file(months.reseller.random(), calls, &Spoiling::default());
    let draft = |months: &Months| {
        let drafted = ["bill", "draft", "--invoice-date", "2026-05-01", "--json", "--quiet", "--dry-run"];
        let report: Value = serde_json::from_str(&tollbook(&months.workspace, &drafted).done().out).unwrap();
        (report["customers"].clone(), report["sums"].clone())
    };
    months.import_file(GENERIC, &expected);
    let once = draft(&months);
    let text = String::from_utf8(expected.bytes).unwrap();
    let with_carriage_returns = text.replace('\n', "\r\n");
    let mut lines: Vec<_> = text.lines().skip(1).collect();
    lines.reverse();
    let backwards = format!("{}\n{}\n", text.lines().next().unwrap(), lines.join("\n"));
    for (name, text) in [("crlf.csv", with_carriage_returns), ("backwards.csv", backwards)] {
        let file = write_file(months.folder.path(), name, text.as_bytes());
        let again = ["import", "usage", "--json", "--quiet", "--supplier", GENERIC, file.to_str().unwrap()];
        let report: Value = serde_json::from_str(&tollbook(&months.workspace, &again).done().out).unwrap();
        let (_, ended) = totals(&report[0]["totals"]);
        let fresh = ended.iter().filter(|(end, sums)| end.disposition != "duplicate" && sums.records > 0);
        assert_eq!(fresh.count(), 0, "{name}: {ended:?}");
        assert_eq!(draft(&months), once, "{name}");
    }
}
