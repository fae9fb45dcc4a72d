//! What an imported rate sheet does, as a person reads it and as JSON: how it was read, counts, the largest changes.

use serde::Serialize;

use super::refusal::SheetFile;
use crate::commands::Global;
use crate::domain::money::Rounding;
use crate::error::{Result, counted};
use crate::report::screen::{count, table};
use crate::tariffs::differences::{ChangeKind, Counts, Differences, RateChange};
use crate::tariffs::sheets::{Format, Sheet, Warning};

/// Changes and warnings that are shown unless all are asked for.
const SHOWN: usize = 20;

/// How the sheet was read.
pub(super) struct Facts<'f> {
    pub place: SheetFile<'f>,
    pub format: Format,
    pub created: bool,
}

#[derive(Serialize)]
struct Report<'r> {
    file: &'r str,
    /// None of a text.
    sheet: Option<&'r str>,
    format: &'static str,
    /// None of a workbook.
    delimiter: Option<char>,
    header_line: u64,
    rows: u64,
    dry_run: bool,
    created: bool,
    left_out: &'r [String],
    warnings: &'r [Warning],
    tariffs: Vec<TariffReport<'r>>,
}

#[derive(Serialize)]
struct TariffReport<'r> {
    tariff: &'r str,
    counts: Counts,
    changes: &'r [RateChange],
}

/// Prints the report.
pub(super) fn show(
    global: &Global,
    facts: &Facts,
    sheet: &Sheet,
    found: &[(String, Differences)],
    all: bool,
) -> Result<()> {
    let report = Report {
        file: facts.place.file,
        sheet: facts.place.sheet,
        format: facts.format.name(),
        delimiter: facts.place.delimiter,
        header_line: sheet.header_line,
        rows: sheet.records,
        dry_run: global.dry_run,
        created: facts.created,
        left_out: &sheet.left_out,
        warnings: &sheet.warnings,
        tariffs: found
            .iter()
            .map(|(tariff, found)| TariffReport { tariff, counts: found.counts, changes: &found.changes })
            .collect(),
    };
    global.show(&report, || in_words(&report, all))
}

fn in_words(report: &Report, all: bool) -> String {
    let verb = if report.dry_run { "would import" } else { "imported" };
    let row = if report.sheet.is_some() { "row" } else { "line" };
    let skipped = match report.header_line {
        0 | 1 => String::new(),
        line => format!(", {} before it skipped", counted(line - 1, row)),
    };
    let split = match (report.sheet, report.delimiter) {
        (Some(sheet), _) => format!("sheet {sheet:?}"),
        (None, Some('\t')) => "fields separated by tab".to_owned(),
        (None, delimiter) => format!("fields separated by {:?}", delimiter.unwrap_or(',')),
    };
    let header = if report.sheet.is_some() { "in row" } else { "on line" };
    let mut text = format!(
        "{verb} {}: format {}, {split}, header {header} {}{skipped}, {}\n",
        report.file,
        report.format,
        report.header_line,
        counted(report.rows, "row"),
    );
    if !report.left_out.is_empty() {
        let names: Vec<String> = report.left_out.iter().map(|name| name.escape_debug().to_string()).collect();
        text.push_str(&format!("columns not read: {}\n", names.join(", ")));
    }
    let shown = if all { report.warnings.len() } else { SHOWN };
    for warning in report.warnings.iter().take(shown) {
        let place = if warning.line == 0 { String::new() } else { format!("{row} {}: ", warning.line) };
        text.push_str(&format!("warning: {place}{}\n", on_one_line(&warning.text)));
    }
    if report.warnings.len() > shown {
        let rest = counted((report.warnings.len() - shown) as u64, "more warning");
        text.push_str(&format!("{rest}; --all shows them\n"));
    }
    if report.created {
        let made = if report.dry_run { "would be made" } else { "was made" };
        text.push_str(&format!("tariff {} {made}\n", report.tariffs[0].tariff));
    }
    for tariff in &report.tariffs {
        text.push_str(&format!("\ntariff {}\n{}", tariff.tariff, counts_in_words(&tariff.counts)));
        text.push_str(&changes_in_words(tariff.changes, all));
    }
    text
}

fn counts_in_words(counts: &Counts) -> String {
    let always = [
        ("added", counts.added),
        ("dearer", counts.dearer),
        ("cheaper", counts.cheaper),
        ("changed otherwise", counts.otherwise),
        ("ended", counts.ended),
        ("unchanged", counts.unchanged),
        ("in force, not in the sheet, kept", counts.kept),
    ];
    let rare = [
        ("not ended: begin on that day or later", counts.cannot_end),
        ("end early: a later rate stays", counts.cut_by_later),
    ];
    let rare = rare.into_iter().filter(|(_, number)| *number > 0);
    let rows = always.into_iter().chain(rare).map(|(name, number)| vec![name.to_owned(), count(u128::from(number))]);
    table(&["rates", "number"], &[1], rows)
}

/// Those with old and new terms, by the size of the change; all of them, and what is new and what ends, if asked for.
fn changes_in_words(changes: &[RateChange], all: bool) -> String {
    let compared = |change: &&RateChange| all || !matches!(change.change, ChangeKind::Added | ChangeKind::Ended);
    let mut ranked: Vec<&RateChange> = changes.iter().filter(compared).collect();
    if ranked.is_empty() {
        return String::new();
    }
    let size = |change: &RateChange| change.percent.map_or(-1, |percent| percent.scaled().saturating_abs());
    ranked.sort_by(|a, b| size(b).cmp(&size(a)).then_with(|| (&a.matches, a.from).cmp(&(&b.matches, b.from))));
    let total = ranked.len();
    let shown = if all { total } else { SHOWN.min(total) };
    let rows = ranked.iter().take(shown).map(|change| {
        let percent = change.percent.map(|percent| {
            let sign = if percent.is_negative() { "" } else { "+" };
            let rounded =
                percent.rescaled::<1>(Rounding::HalfUp).map_or_else(|_| String::new(), |short| short.to_fixed());
            format!("{sign}{rounded} %")
        });
        vec![
            change.matches.clone(),
            change.time_band.clone().unwrap_or_default(),
            on_one_line(&change.note),
            change.from.to_string(),
            change.before.clone().unwrap_or_else(|| "(new)".to_owned()),
            change.after.clone().unwrap_or_else(|| "(ends)".to_owned()),
            percent.unwrap_or_default(),
            change.details.join(", "),
        ]
    });
    let header = ["match", "band", "destination", "from", "before", "after", "change", "also"];
    let head = match shown < total {
        true => format!(
            "the {shown} largest of {} changes; --all shows them with what is new and what ends",
            count(total as u128)
        ),
        false => "changes".to_owned(),
    };
    format!("\n{head}\n{}", table(&header, &[4, 5, 6], rows))
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
