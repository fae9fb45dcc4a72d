//! Scenarios: each folder of `fixtures/scenarios` tells one story in the files that a user has, from the book to the
//! invoices. The program plays it in a new workspace; then two things must hold. The sums that a person worked by hand
//! (`sums.txt`) are in what was posted, and everything that was made is, byte for byte, what is in `expected/`.
//! `UPDATE_EXPECTED=1` rewrites `expected/`, never the sums. `fixtures/README.md` describes the folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{Run, files_below, fixture, tollbook};
use crate::sums::{Posted, check_sums, words};

macro_rules! scenarios {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(#[test]
        fn $name() {
            Scenario::new(stringify!($name)).play();
        })*
    };
}

scenarios! {
    aged_debt_and_grace
    allowance_compound_limits
    allowance_discounts
    allowance_ends_in_a_call
    allowance_ends_in_a_month
    allowance_money_and_cap
    allowance_rollover
    allowance_scopes_and_order
    allowance_weights
    auto_drop_at_zero_balance
    bounced_payment
    calls_national_and_mobile
    category_excluded
    charges_in_arrears
    clock_change
    cost_centres
    credit_notes_in_part
    data_and_messages
    dated_prices
    drop_then_reinstate_back_dated
    drop_with_credit
    due_catches_up
    duplicates_and_conflicts
    empty_invoices
    empty_policies
    empty_then_low
    end_with_credit
    end_withdrawn
    ends_of_months
    ends_on_weekends_and_holidays
    exclusions
    expected_costs
    final_bill
    final_bill_back_dated
    final_bill_in_a_month_billed_in_advance
    final_bill_on_29_february
    final_bill_on_a_saturday
    forwarded_call
    groups_and_anniversaries
    inbound_revenue
    invoice_for_each_cost_centre
    late_usage_of_a_billed_month
    line_added_later
    low_by_absolute_total
    low_by_call_spend
    low_by_total
    low_invoices
    low_test_none
    markups_and_no_rate
    minimum_terms
    number_ranges
    numbers_per_customer
    offset_month
    old_usage_left_out
    parked_customer
    payments_oldest_first
    pool_shared_by_three_lines
    prices_of_products
    proration_by_thirty
    proration_of_a_start
    quarterly_in_advance_with_a_price_change
    quarterly_yearly_and_n_months
    reinstate_later
    rollover_of_services
    rollover_over_two_months
    rollover_then_final
    run_undone_and_posted_again
    service_lines
    service_numbers
    special_rates
    spending_cap
    start_put_earlier
    status_changes
    steps_and_caps
    suspended_and_not_billed
    tariff_parent_and_fallbacks
    twelve_months_of_one_reseller
    two_currencies
    vat_exempt_and_reverse_charge
    vat_of_two_rates
    vat_rate_change
    void_and_bill_again
    whose_number
    write_off_of_a_dropped_customer
}

#[test]
fn every_folder_is_played() {
    let folders = fs::read_dir(fixture("scenarios")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut folders: Vec<_> = folders.map(|name| name.into_string().unwrap()).collect();
    let mut names = NAMES.to_vec();
    folders.sort();
    names.sort_unstable();
    assert_eq!(folders, names);
}

/// One story, being played.
struct Scenario {
    folder: PathBuf,
    workspace: tempfile::TempDir,
    /// What was made, by its path in `expected/`.
    made: BTreeMap<String, Vec<u8>>,
    wrong: Vec<String>,
}

impl Scenario {
    fn new(name: &str) -> Self {
        let folder = fixture("scenarios").join(name);
        Self { folder, workspace: tempfile::tempdir().unwrap(), made: BTreeMap::new(), wrong: Vec::new() }
    }

    fn play(mut self) {
        assert!(self.folder.join("about.md").is_file(), "{}: no about.md", self.folder.display());
        self.tollbook(&["init", "w"]).done();
        let settings = self.folder.join("tollbook.toml");
        if settings.is_file() {
            fs::copy(settings, self.workspace.path().join("w/tollbook.toml")).unwrap();
        }
        let runs = self.lines("runs.txt");
        assert!(!runs.is_empty(), "runs.txt names no run");
        let mut sums = sections(&self.lines("sums.txt"));
        for (number, options) in (1..).zip(&runs) {
            let stage = if number == 1 { self.folder.clone() } else { self.folder.join(format!("then-{number}")) };
            self.load(number, &stage);
            self.command(number, &stage);
            let posted = self.run(number, options);
            self.check(number, posted, &mut sums);
        }
        let last = runs.len() as i64 + 1;
        let stage = self.folder.join(format!("then-{last}"));
        if stage.is_dir() {
            self.load(last, &stage);
            self.command(last, &stage);
            self.check(last, Posted::new(Value::Null), &mut sums);
        }
        self.wrong.extend(sums.keys().map(|run| format!("sums.txt speaks of run {run}, which runs.txt does not name")));
        self.explain();
        self.tollbook(&["verify"]).done();
        self.compare();
        assert!(self.wrong.is_empty(), "{}\n{}", self.folder.display(), self.wrong.join("\n"));
    }

    fn tollbook(&self, arguments: &[&str]) -> Run {
        let in_workspace = if arguments[0] == "init" { &[][..] } else { &["--workspace", "w", "--quiet"] };
        tollbook(self.workspace.path(), &[in_workspace, arguments].concat())
    }

    /// The lines of a file of the story, without blank ones and comments; none if there is no such file.
    fn lines(&self, name: &str) -> Vec<String> {
        lines_of(&self.folder.join(name))
    }

    /// Loads what stands in a folder before a run: book, usage, services.
    fn load(&mut self, number: i64, stage: &Path) {
        let book = stage.join("book");
        if book.is_dir() {
            self.tollbook(&["book", "import", utf8(&book)]).done();
        }
        let mut text = String::new();
        for kind in ["usage", "services"] {
            for supplier in entries(&stage.join(kind)) {
                let files = entries(&supplier);
                let mut arguments = vec!["--json", "import", kind, "--supplier", last_part(&supplier)];
                arguments.extend(files.iter().map(|file| utf8(file)));
                let imported = self.tollbook(&arguments);
                assert!(matches!(imported.code, 0 | 3), "{arguments:?}: {}", imported.err);
                text.push_str(&imports_in_text(&serde_json::from_str(&imported.out).unwrap()));
            }
        }
        if !text.is_empty() {
            self.made.insert(format!("import-{number}.txt"), text.into_bytes());
        }
    }

    /// Runs the commands of a stage, each with the exit code that it must end with, and keeps what they say.
    fn command(&mut self, number: i64, stage: &Path) {
        let lines = lines_of(&stage.join("commands.txt"));
        let mut text = String::new();
        for line in &lines {
            let mut words = words(line).into_iter();
            let code: i32 = words.next().and_then(|code| code.parse().ok()).expect("a line begins with an exit code");
            let in_stage = |word: String| match word.strip_prefix("./") {
                Some(name) => utf8(&stage.join(name)).to_owned(),
                None => word,
            };
            let arguments: Vec<String> = words.map(in_stage).collect();
            let run = self.tollbook(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            text.push_str(&format!("> {line}\n{}{}", run.out, run.err).replace(utf8(stage), "."));
            if run.code != code {
                self.wrong.push(format!("commands before run {number}: {line}: ended with {}: {}", run.code, run.err));
            }
        }
        if !lines.is_empty() {
            self.made.insert(format!("commands-{number}.txt"), text.into_bytes());
        }
    }

    /// Holds the claims of a stage against what was posted in it: the run's invoices, the commands' credit notes.
    fn check(&mut self, number: i64, mut posted: Posted, sums: &mut BTreeMap<i64, Vec<String>>) {
        let folder = self.workspace.path().join("w/invoices/credit-notes");
        for (name, bytes) in if folder.is_dir() { files_below(&folder, &[".pdf"]) } else { Vec::new() } {
            if let Some(note) = name.strip_suffix(".json")
                && self.made.insert(format!("credit-notes/{name}"), bytes.clone()).is_none()
            {
                posted.add_invoice(note, serde_json::from_slice(&bytes).unwrap());
            }
        }
        let claims = sums.remove(&number).unwrap_or_default();
        let explain = |record: &str| self.tollbook(&["--json", "explain", record]).done().out;
        let wrong = check_sums(&claims, &posted, explain);
        self.wrong.extend(wrong.into_iter().map(|claim| format!("sums.txt, run {number}: {claim}")));
    }

    /// Drafts, approves and posts; keeps the run's report, its invoices and itemisations.
    fn run(&mut self, number: i64, options: &str) -> Posted {
        let mut arguments = vec!["--json", "bill", "draft", "--invoice-date"];
        arguments.extend(options.split_whitespace());
        let drafted = self.tollbook(&arguments);
        assert!(matches!(drafted.code, 0 | 3), "{}", drafted.err);
        // Commands before may have made runs of their own.
        let drafted: Value = serde_json::from_str(&drafted.out).unwrap();
        let run_id = drafted["run"].as_i64().unwrap();
        let run = run_id.to_string();
        self.tollbook(&["bill", "approve", &run]).done();
        self.tollbook(&["bill", "post", &run]).done();
        let report: Value = serde_json::from_str(&self.tollbook(&["--json", "bill", "show", &run]).done().out).unwrap();
        self.made.insert(format!("run-{number:06}.txt"), report_in_text(&report).into_bytes());
        let mut posted = Posted::new(report);
        let documents = self.workspace.path().join(format!("w/invoices/run-{run_id:06}"));
        let documents = if documents.is_dir() { files_below(&documents, &[".pdf"]) } else { Vec::new() };
        for (name, bytes) in documents {
            match name.rsplit_once('.') {
                Some((invoice, "json")) => posted.add_invoice(invoice, serde_json::from_slice(&bytes).unwrap()),
                Some((_, "csv")) => posted.add_calls(&bytes),
                _ => {}
            }
            self.made.insert(format!("run-{number:06}/{name}"), bytes);
        }
        posted
    }

    /// Asks for the price of the records of `explain.txt`, as the book stands after the last run.
    /// Explains the records that the story asks for, and works all sums of all invoices again.
    fn explain(&mut self) {
        let listed = self.tollbook(&["--json", "invoice", "list"]).done().out;
        let listed: Value = serde_json::from_str(&listed).unwrap();
        for invoice in listed.as_array().unwrap().iter().filter_map(|row| row["number"].as_str()) {
            self.tollbook(&["invoice", "explain", invoice]).done();
        }
        for record in self.lines("explain.txt") {
            let words = self.tollbook(&["explain", &record]).done().out;
            self.made.insert(format!("explain-{}.txt", record.replace(':', "-")), words.into_bytes());
        }
    }

    fn compare(&mut self) {
        let folder = self.folder.join("expected");
        if std::env::var_os("UPDATE_EXPECTED").is_some_and(|value| value == "1") {
            let _ = fs::remove_dir_all(&folder);
            for (name, bytes) in &self.made {
                let path = folder.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            return;
        }
        let expected: BTreeMap<_, _> =
            if folder.is_dir() { files_below(&folder, &[]) } else { Vec::new() }.into_iter().collect();
        for name in self.made.keys().filter(|name| !expected.contains_key(*name)) {
            self.wrong.push(format!("expected/{name}: was made, and is not expected"));
        }
        for (name, expected) in &expected {
            match self.made.get(name) {
                None => self.wrong.push(format!("expected/{name}: was not made")),
                Some(made) if made != expected => {
                    self.wrong.push(format!("expected/{name}: {}", first_difference(expected, made)))
                }
                Some(_) => {}
            }
        }
    }
}

fn lines_of(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// The entries of a folder in name order; none if there is no such folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn utf8(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn last_part(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// What became of imported files, exact and without what differs between two plays.
fn imports_in_text(imported: &Value) -> String {
    let mut text = String::new();
    for file in imported.as_array().unwrap() {
        text.push_str(&format!("import {}: {}, {} lines\n", file["import"], file["file"], file["lines"]));
        text.push_str(&totals_in_text(&file["totals"]));
        if file["flagged_times"] != 0 {
            text.push_str(&format!("  flagged times: {}\n", file["flagged_times"]));
        }
        for reject in file["rejected"].as_array().unwrap() {
            let [line, column, value, reason] = ["line", "column", "value", "reason"].map(|key| &reject[key]);
            text.push_str(&format!("  rejected: line {line}, {column} {value}: {reason}\n"));
        }
    }
    text
}

/// The customers of a run and what became of them, the sums, and the control totals; all but the digest.
fn report_in_text(report: &Value) -> String {
    let [date, usage_cutoff, charge_cutoff] = ["invoice_date", "usage_cutoff", "charge_cutoff"].map(|key| &report[key]);
    let mut text = format!("run {}: invoices of {date}, usage before {usage_cutoff}", report["run"]);
    text.push_str(&format!(", charges before {charge_cutoff}\n\n"));
    for customer in report["customers"].as_array().unwrap() {
        let [account, outcome, net, gross] = ["account", "outcome", "net", "gross"].map(|key| &customer[key]);
        let [records, cost] = ["usage_records", "usage_cost"].map(|key| &customer[key]);
        text.push_str(&format!("{account} {outcome}: net {net}, gross {gross}, {records} records costing {cost}\n"));
    }
    let [bills, usage, charges, net, vat, gross] =
        ["bills", "usage", "charges", "net", "vat", "gross"].map(|key| &report["sums"][key]);
    text.push_str(&format!("\n{bills} bills: usage {usage}, charges {charges}, net {net}, vat {vat}, gross {gross}\n"));
    for kind in ["usage", "services"] {
        text.push_str(&format!("\n{kind}\n{}", totals_in_text(&report[kind])));
    }
    text.push_str(&format!("\nbilled before: {}\n", report["billed_before"]));
    text.replace('"', "")
}

fn totals_in_text(totals: &Value) -> String {
    let mut text = String::new();
    for side in ["in", "out"] {
        for row in totals[side].as_array().unwrap() {
            let [kind, records, units, cost, sell] = ["kind", "records", "units", "cost", "sell"].map(|key| &row[key]);
            let end = match (row["disposition"].as_str(), row["reason"].as_str()) {
                (Some(disposition), Some(reason)) => format!("{disposition}: {reason}"),
                (Some(disposition), None) => disposition.to_owned(),
                _ => "in".to_owned(),
            };
            text.push_str(&format!("  {end}, {kind}: {records} records, {units} units, cost {cost}, sell {sell}\n"));
        }
    }
    text.replace('"', "")
}

/// The claims of `sums.txt` by the run under whose heading they stand.
fn sections(lines: &[String]) -> BTreeMap<i64, Vec<String>> {
    let mut sections = BTreeMap::new();
    let mut run = 0;
    for line in lines {
        match line.strip_prefix("run ").map(str::parse) {
            Some(number) => run = number.unwrap(),
            None => sections.entry(run).or_insert_with(Vec::new).push(line.clone()),
        }
    }
    assert!(!sections.contains_key(&0), "sums.txt claims something before its first run");
    sections
}

fn first_difference(expected: &[u8], made: &[u8]) -> String {
    let (expected, made) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(made));
    let (mut left, mut right) = (expected.lines(), made.lines());
    for number in 1.. {
        let (one, other) = (left.next(), right.next());
        if one.is_none() && other.is_none() {
            break;
        }
        if one != other {
            let line = |line: Option<&str>| line.map_or("(no such line)".to_owned(), |line| format!("{line:?}"));
            return format!("line {number}: expected {}, made {}", line(one), line(other));
        }
    }
    "differs in the ends of its lines".to_owned()
}
