//! Prefixes of tariffs: those that begin no number, those that are too short, those that repeat a shorter one's price
//! (R2, M1).

use std::collections::BTreeMap;

use super::findings::{Finding, Findings, Place};
use super::kinds::FindingKind;
use super::numbering::country_code;
use super::rows::{Group, Key};
use super::{Subject, counted, first_few};
use crate::book::{Table, TableRow};
use crate::domain::book::TariffId;
use crate::domain::price_book::Rate;

/// Odd prefixes of rates and of the book's own numbering, and repeated ones.
pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    // By tariff and the first row of the group that answers instead: the positions of the groups that repeat it.
    let mut repeated: BTreeMap<(TariffId, usize), Vec<Group>> = BTreeMap::new();
    for (group, _) in subject.groups() {
        let Key::Prefix(prefix) = group.key else { continue };
        if let Some((kind, what)) = odd(subject, group.tariff, prefix) {
            findings.add(subject.about_rate(kind, group.first, "match", what));
        }
        if let Some(instead) = answering_instead(subject, group, prefix).filter(|other| same_terms(group, *other)) {
            repeated.entry((group.tariff, instead.first)).or_default().push(group);
        }
    }
    for ((tariff, instead), groups) in repeated {
        let row = &subject.book.rates[instead];
        let names: Vec<String> = groups.iter().map(|group| group.key.in_words(subject.book)).collect();
        let repeat = if groups.len() == 1 { "repeats" } else { "repeat" };
        let of =
            if row.tariff == tariff { String::new() } else { format!(" of {}", subject.book.tariff(row.tariff).code) };
        let count = counted(groups.len(), "prefix").replace("prefixs", "prefixes");
        let what = format!("{count} {repeat} the terms of {}{of}: {}", row.name, first_few(&names));
        findings.add(subject.about_rate(FindingKind::RepeatedPrefix, groups[0].first, "match", what));
    }
    check_numbering(subject, findings);
}

fn odd(subject: &Subject, tariff: TariffId, prefix: &str) -> Option<(FindingKind, String)> {
    if !subject.numbering.begins_a_number(prefix) {
        let full = format!("+{prefix}");
        return Some(match subject.rates.group(tariff, Key::Prefix(&full)) {
            Some(_) => (FindingKind::PrefixWithoutPlus, format!("the tariff has rows for {full} and for {prefix}")),
            None => (FindingKind::PrefixOfNoNumber, format!("no number begins with {prefix}")),
        });
    }
    let digits = prefix.strip_prefix('+')?;
    let what = || format!("{prefix} begins the numbers of several country codes");
    country_code(digits).is_none().then(|| (FindingKind::PrefixTooShort, what()))
}

/// The rows that would answer if those of a group were not there, as far as they are for a prefix.
fn answering_instead<'b>(subject: &Subject<'b>, group: Group, prefix: &str) -> Option<Group<'b>> {
    let rates = &subject.rates;
    rates.prefixes(group.tariff, prefix).find_map(|key| {
        let levels = rates.levels[group.tariff.index()].iter();
        let others = levels.filter(|level| key != group.key || **level != group.tariff);
        others.into_iter().find_map(|level| rates.group(*level, key))
    })
}

/// Do two groups price alike in all bands and on all days?
fn same_terms(a: Group, b: Group) -> bool {
    a.rows.len() == b.rows.len() && a.rows.iter().zip(b.rows).all(|(a, b)| terms(a) == terms(b))
}

/// All of a row but what it is for and whose it is.
fn terms(row: &Rate) -> impl PartialEq {
    let Rate { band, valid, mode, connection, rate, minimum, maximum, percent, access, .. } = row;
    let units = (row.initial_increment, row.increment, row.included_seconds, row.min_seconds);
    let prices = (*connection, *rate, *minimum, *maximum, *percent, *access);
    (*band, *valid, *mode, prices, units, row.steps.clone())
}

/// A country code without its plus sign in the book's own numbering is no short code.
fn check_numbering(subject: &Subject, findings: &mut Findings) {
    let table = subject.tables.get("prefixes");
    let place = |row: &TableRow| Place::of(table, row, "prefix");
    for (row, prefix) in table.rows.iter().filter_map(|row| Some((row, cell(table, row, "prefix")?))) {
        let is_country_code = prefix.len() > 1 && country_code(prefix) == Some(prefix);
        if is_country_code && subject.numbering.begins_a_number(&format!("+{prefix}")) {
            let what = format!("{prefix} is a country code, and stands as a short code");
            findings.add(Finding::new(FindingKind::PrefixWithoutPlus, place(row), what));
        }
    }
}

fn cell<'t>(table: &Table, row: &'t TableRow, column: &str) -> Option<&'t str> {
    row.cells.get(table.schema.position(column)?)
}
