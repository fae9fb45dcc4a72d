//! `tariff lint`: everything that is wrong with tariffs, of the workspace or of a book folder that is not imported yet.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::below_cost;
use crate::book::{self, Tables};
use crate::commands::{Global, today};
use crate::domain::book::{Book, Settings};
use crate::domain::telephone::NumberRules;
use crate::domain::time::{Date, DateRange};
use crate::error::{Error, Result, counted};
use crate::report::screen::table;
use crate::tariffs::lint::{Finding, FindingKind, Findings, Severity, counts, lint, refusal};
use crate::workspace::{Workspace, read_settings};

/// What to check, and how strictly.
#[derive(Args)]
pub struct Lint {
    /// Only what concerns these tariffs; all of the book unless given
    tariffs: Vec<String>,
    /// A book folder that is not imported; a tollbook.toml in it gives the settings
    #[arg(long, value_name = "DIR")]
    book: Option<PathBuf>,
    /// Price the workspace's usage from this day on and show what is sold below its cost
    #[arg(long, value_name = "DATE", value_parser = date, requires = "to")]
    from: Option<Date>,
    /// … up to and including this day
    #[arg(long, value_name = "DATE", value_parser = date, requires = "from")]
    to: Option<Date>,
    /// The day on which rows are new, in force or ended; today unless given
    #[arg(long, value_name = "DATE", value_parser = date)]
    on: Option<Date>,
    /// A warning is as bad as an error
    #[arg(long)]
    strict: bool,
}

fn date(text: &str) -> std::result::Result<Date, String> {
    Date::parse(text).ok_or_else(|| "not a date between 2000-01-01 and 2100-12-31, as YYYY-MM-DD".to_owned())
}

/// Tables and the book compiled from them, or why they make none.
type Loaded = std::result::Result<(Tables, Book), Findings>;

/// What was found, as data.
#[derive(Serialize)]
struct Linted {
    findings: Vec<Told>,
    counts: Vec<Counted>,
    checked: Option<Checked>,
}

#[derive(Serialize)]
struct Told {
    severity: Severity,
    #[serde(flatten)]
    finding: Finding,
    why: &'static str,
}

#[derive(Serialize)]
struct Counted {
    kind: &'static str,
    severity: Severity,
    findings: usize,
}

/// What there was to check; none of a book that does not load.
#[derive(Serialize)]
struct Checked {
    on: Date,
    tariffs: usize,
    rates: usize,
    suppliers: usize,
    customers: usize,
    lines: usize,
    /// Kinds of usage priced by our tariff and by the supplier's.
    compared_with_wholesale: usize,
}

impl Lint {
    pub fn run(self, global: &Global) -> Result<()> {
        let (settings, tables) = self.load(global)?;
        let on = self.on.unwrap_or_else(|| today(&settings.zone));
        let (findings, checked) = match tables {
            Err(findings) => (findings, None),
            Ok((tables, book)) => {
                self.refuse_unknown_tariffs(&book)?;
                let (findings, checked) = self.check(global, &tables, &book, on)?;
                (findings, Some(checked))
            }
        };
        let linted = Linted::new(findings.sorted(), checked);
        global.show(&linted, || linted.in_words())?;
        self.judge(&linted)
    }

    /// The settings, and the book of the folder or of the workspace.
    fn load(&self, global: &Global) -> Result<(Settings, Loaded)> {
        let Some(dir) = &self.book else {
            let workspace = Workspace::find(global.workspace.as_deref())?;
            let mut tables = workspace.tables(&workspace.ledger()?)?;
            let compiled = book::compile(&tables, &workspace.settings);
            book::schemas().iter().for_each(|schema| tables.get_mut(schema.name).sort());
            return Ok((workspace.settings, compiled.map(|book| (tables, book)).map_err(|errors| refused(&errors))));
        };
        if !dir.is_dir() {
            return Err(Error::refused(format!("{}: is not a folder", dir.display()), "name a folder of book files"));
        }
        let settings = settings_of(dir)?;
        let rules = NumberRules::of_country(&settings.country_code);
        let read = book::read_folder_with(dir, &rules, None);
        let compiled = read.and_then(|tables| book::compile(&tables, &settings).map(|book| (tables, book)));
        let compiled = compiled.map_err(|_| refused(&book::check_folder(dir, &rules, &settings)));
        Ok((settings, compiled))
    }

    fn refuse_unknown_tariffs(&self, book: &Book) -> Result<()> {
        let unknown = self.tariffs.iter().find(|name| !book.tariffs.iter().any(|tariff| tariff.code == **name));
        let known = || book.tariffs.iter().map(|tariff| tariff.code.as_str()).collect::<Vec<_>>().join(", ");
        match unknown {
            Some(name) => {
                Err(Error::refused(format!("the book has no tariff {name:?}"), format!("there are: {}", known())))
            }
            None => Ok(()),
        }
    }

    fn check(&self, global: &Global, tables: &Tables, book: &Book, on: Date) -> Result<(Findings, Checked)> {
        let mut findings = lint(tables, book, on);
        let period = self.from.zip(self.to).map(|(from, to)| DateRange::new(from, to));
        if period.is_some_and(DateRange::is_reversed) {
            return Err(Error::refused("--from is after --to", "exchange them"));
        }
        let compared = below_cost::check(global, tables, book, on, period, &mut findings)?;
        if !self.tariffs.is_empty() {
            findings.keep_tariffs(&self.tariffs);
        }
        let checked = Checked {
            on,
            tariffs: if self.tariffs.is_empty() { book.tariffs.len() } else { self.tariffs.len() },
            rates: book.rates.len(),
            suppliers: book.suppliers.len(),
            customers: book.customers.len(),
            lines: book.clis.len(),
            compared_with_wholesale: compared,
        };
        Ok((findings, checked))
    }

    /// Errors refuse, and with `--strict` warnings do.
    fn judge(&self, linted: &Linted) -> Result<()> {
        let [errors, warnings, _] = Severity::ALL.map(|severity| linted.of(severity).count() as u64);
        if errors > 0 {
            let message = format!("{}: the book does not load as it is", counted(errors, "error"));
            return Err(Error::refused(
                message,
                "correct them and lint again: the other checks need a book that loads",
            ));
        }
        if self.strict && warnings > 0 {
            return Err(Error::refused(format!("{}, and --strict was asked", counted(warnings, "warning")), ""));
        }
        Ok(())
    }
}

fn settings_of(dir: &Path) -> Result<Settings> {
    match read_settings(dir)? {
        Some(settings) => Ok(settings),
        None => book::parse_settings(book::DEFAULT_SETTINGS).map_err(|error| Error::refused(error, "")),
    }
}

fn refused(errors: &[book::BookError]) -> Findings {
    let mut findings = Findings::default();
    errors.iter().for_each(|error| findings.add(refusal(error)));
    findings
}

impl Linted {
    fn new(findings: Vec<Finding>, checked: Option<Checked>) -> Self {
        let counted =
            |(kind, findings): (FindingKind, usize)| Counted { kind: kind.name(), severity: kind.severity(), findings };
        let counts = counts(&findings).into_iter().map(counted).collect();
        let told = |finding: Finding| Told { severity: finding.kind.severity(), why: finding.kind.why(), finding };
        Self { counts, checked, findings: findings.into_iter().map(told).collect() }
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Told> {
        self.findings.iter().filter(move |told| told.severity == severity)
    }

    fn in_words(&self) -> String {
        let mut text = String::new();
        for of_kind in self.findings.chunk_by(|a, b| a.finding.kind == b.finding.kind) {
            let kind = of_kind[0].finding.kind;
            text.push_str(&format!("{} {}: {}\n", kind.severity().name(), kind.name(), kind.why()));
            for Told { finding, .. } in of_kind {
                let (place, what, remedy) = (finding.place.in_words(), &finding.what, &finding.remedy);
                text.push_str(&format!("  {place}\n    {what}\n    do: {remedy}\n"));
            }
            text.push('\n');
        }
        if self.findings.is_empty() {
            text.push_str("nothing found\n");
        } else {
            let rows = self.counts.iter().map(|counted| {
                vec![counted.kind.to_owned(), counted.severity.name().to_owned(), counted.findings.to_string()]
            });
            text.push_str(&table(&["kind", "severity", "findings"], &[2], rows));
        }
        if let Some(checked) = &self.checked {
            text.push_str(&checked.in_words());
        }
        text
    }
}

impl Checked {
    fn in_words(&self) -> String {
        let Self { on, tariffs, rates, suppliers, customers, lines, compared_with_wholesale } = self;
        let [tariffs, rates, suppliers, customers, lines] = [
            (tariffs, "tariff"),
            (rates, "rate row"),
            (suppliers, "supplier"),
            (customers, "customer"),
            (lines, "line"),
        ]
        .map(|(number, thing)| counted(*number as u64, thing));
        let compared = match compared_with_wholesale {
            0 => "no usage could be compared with what a supplier charges".to_owned(),
            kinds => format!("{} of rows compared with what the supplier charges", counted(*kinds as u64, "pair")),
        };
        format!("checked as of {on}: {tariffs}, {rates}, {suppliers}, {customers}, {lines}; {compared}\n")
    }
}
