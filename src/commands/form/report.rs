//! What is said of a filled form: what is wrong with it, cell by cell, and what it changes, old → new. For people and
//! machines; changes nothing.

use serde::Serialize;

use super::FormOptions;
use crate::commands::Global;
use crate::error::{Result, counted};
use crate::forms::kinds::Kind;
use crate::forms::{Counts, Difference, Finding, Findings, FormImport, Severity, Source};
use crate::report::screen::table;

/// Lines of one list that the screen shows unless all are asked for.
const MOST_LINES: usize = 200;
/// Differences that JSON lists; the counts are of all.
const MOST_DIFFERENCES: usize = 100_000;

/// What became, or would become, of a file.
#[derive(Serialize)]
pub struct FormReport<'i> {
    /// The file.
    pub(super) file: &'i str,
    kind: &'static str,
    mode: &'static str,
    dry_run: bool,
    /// What there is to say of the file as a whole.
    notices: Vec<&'static str>,
    sheets: Vec<SheetReport<'i>>,
    errors: Vec<&'i Finding>,
    warnings: Vec<&'i Finding>,
    /// All of them, those that are not listed too.
    error_count: usize,
    warning_count: usize,
    /// What changes, if nothing is refused.
    differences: Vec<DifferenceReport<'i>>,
}

/// What there is to say of a file as a whole.
pub(in crate::commands) struct FormFacts<'i> {
    pub file: &'i str,
    pub kind: Kind,
    /// The word of `--mode`.
    pub mode: &'static str,
    pub dry_run: bool,
    pub notices: Vec<&'static str>,
}

#[derive(Serialize)]
struct SheetReport<'i> {
    sheet: &'i str,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct DifferenceReport<'i> {
    sheet: &'i str,
    row: u64,
    key: String,
    /// Empty for a row that is new.
    column: String,
    before: Option<&'i str>,
    after: Option<&'i str>,
}

impl<'i> FormReport<'i> {
    pub(super) fn of(
        file: &'i str,
        kind: Kind,
        options: &FormOptions,
        global: &Global,
        import: &'i FormImport,
        source: &Source<'_>,
    ) -> Self {
        let sheets = import.sheets.iter().map(|sheet| (&*sheet.filled.place.sheet, sheet.counts(&import.tables)));
        let mode = options.mode.name();
        let facts = FormFacts { file, kind, mode, dry_run: global.dry_run, notices: source.notices() };
        let differences = import.differences().take(if import.is_sound() { MOST_DIFFERENCES } else { 0 });
        let differences = differences.map(DifferenceReport::of).collect();
        Self { differences, ..Self::of_findings(facts, sheets.collect(), &import.findings) }
    }

    /// Of sheets with what their rows do, and what was found in them; without what changes.
    pub(in crate::commands) fn of_findings(
        facts: FormFacts<'i>,
        sheets: Vec<(&'i str, Counts)>,
        findings: &'i Findings,
    ) -> Self {
        let FormFacts { file, kind, mode, dry_run, notices } = facts;
        let of = |severity| findings.all().iter().filter(move |finding| finding.severity == severity).collect();
        Self {
            file,
            kind: kind.name(),
            mode,
            dry_run,
            notices,
            sheets: sheets.into_iter().map(|(sheet, counts)| SheetReport { sheet, counts }).collect(),
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            error_count: findings.count(Severity::Error),
            warning_count: findings.count(Severity::Warning),
            differences: Vec::new(),
        }
    }

    pub(in crate::commands) fn count(&self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.error_count,
            Severity::Warning => self.warning_count,
        }
    }

    /// Rows that are new or different.
    pub(super) fn changes(&self) -> u64 {
        self.sheets.iter().map(|sheet| sheet.counts.added + sheet.counts.changed).sum()
    }

    /// Prints it. A person sees the first lines of each list; who changes many rows looks at what changes with a dry run.
    pub(in crate::commands) fn show(&self, global: &Global, all: bool) -> Result<()> {
        global.show(self, || self.in_words(all))
    }

    pub(in crate::commands) fn in_words(&self, all: bool) -> String {
        let most = if all { usize::MAX } else { MOST_LINES };
        let mut text: String = self.notices.iter().map(|notice| format!("{}: {notice}\n", self.file)).collect();
        text.push_str(&findings_in_words("error", &self.errors, self.error_count, most));
        text.push_str(&findings_in_words("warning", &self.warnings, self.warning_count, most));
        if self.error_count > 0 {
            return text;
        }
        if self.dry_run {
            text.push_str(&differences_in_words(&self.differences, most));
        }
        let rows = self.sheets.iter().map(|sheet| {
            let Counts { rows, added, changed, as_before, .. } = sheet.counts;
            let counts = [rows, added, changed, as_before].map(|count| count.to_string());
            std::iter::once(sheet.sheet.to_owned()).chain(counts).collect()
        });
        text.push_str(&table(&["sheet", "rows", "added", "changed", "as before"], &[1, 2, 3, 4], rows));
        let examples: u64 = self.sheets.iter().map(|sheet| sheet.counts.examples).sum();
        if examples > 0 {
            text.push_str(&format!("{} ignored\n", counted(examples, "example row")));
        }
        text
    }
}

impl<'i> DifferenceReport<'i> {
    fn of(difference: Difference<'i>) -> Self {
        let Difference { sheet, row, key, header, before, after } = difference;
        Self { sheet, row, key, column: header, before, after }
    }
}

/// `3 errors` and a table of them.
fn findings_in_words(thing: &str, findings: &[&Finding], count: usize, most: usize) -> String {
    if count == 0 {
        return String::new();
    }
    let rows = findings.iter().take(most).map(|finding| {
        let hint = if finding.hint.is_empty() { String::new() } else { format!(" — {}", finding.hint) };
        vec![
            finding.sheet.clone(),
            finding.cell.clone(),
            finding.header.clone(),
            short(&finding.value),
            format!("{}{hint}", finding.reason),
        ]
    });
    let header = ["sheet", "cell", "column", "value", "what is wrong"];
    let mut text = format!("{}\n{}", counted(count as u64, thing), table(&header, &[], rows));
    let shown = findings.len().min(most);
    if count > shown {
        text.push_str(&format!("… and {} more: --all or --json lists them\n", count - shown));
    }
    text + "\n"
}

fn differences_in_words(differences: &[DifferenceReport<'_>], most: usize) -> String {
    if differences.is_empty() {
        return String::new();
    }
    let cell = |cell: Option<&str>| cell.map_or_else(|| "(blank)".to_owned(), short);
    let rows = differences.iter().take(most).map(|difference| {
        let (column, before) = match difference.column.as_str() {
            "" => ("(new)".to_owned(), String::new()),
            column => (column.to_owned(), cell(difference.before)),
        };
        vec![
            difference.sheet.to_owned(),
            difference.row.to_string(),
            difference.key.clone(),
            column,
            before,
            cell(difference.after),
        ]
    });
    let mut text = table(&["sheet", "row", "names", "column", "before", "after"], &[1], rows);
    if differences.len() > most {
        text.push_str(&format!("… and {} more: --all or --json lists them\n", differences.len() - most));
    }
    text + "\n"
}

/// A value on one line of the screen.
fn short(value: &str) -> String {
    const LONGEST: usize = 40;
    let line = value.replace('\n', "⏎");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
