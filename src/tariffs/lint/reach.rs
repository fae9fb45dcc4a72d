//! Rows that never apply: of tariffs that nobody asks, for usage that there is not, behind other rows (R1, R2, C1).

use std::collections::BTreeMap;

use super::findings::Findings;
use super::kinds::FindingKind;
use super::numbering::{Way, class_names};
use super::rows::{Group, Key, Usage, uncovered};
use super::spans::{Span, without};
use super::{KeyUse, Subject, counted};
use crate::domain::book::{BandId, TariffId};
use crate::domain::charge::PriceFor;
use crate::domain::price_book::Rate;

/// Unused tariffs, rows for classes that are never asked, for call types and bands that never come, hidden rows.
pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let mut never_asked: BTreeMap<(TariffId, String), (usize, usize)> = BTreeMap::new();
    check_tariffs(subject, findings);
    for (group, key_use) in subject.groups() {
        let is_in_use = !subject.asks.askers[group.tariff.index()].is_empty();
        if !is_in_use || group.rows.iter().all(|row| subject.is_history(row)) {
            continue;
        }
        if let Some((kind, what)) = no_usage(subject, group, key_use) {
            findings.add(subject.about_rate(kind, group.first, "match", what));
        } else if let Some(whose) = not_asked(subject, group, key_use) {
            never_asked.entry((group.tariff, whose)).or_insert((group.first, 0)).1 += group.rows.len();
        } else {
            check_hidden(subject, group, findings);
        }
    }
    for ((tariff, whose), (first, rows)) in never_asked {
        let name = &subject.book.tariff(tariff).code;
        let is = if rows == 1 { "is" } else { "are" };
        let what = format!("{} of {name} {is} for {whose}, for which nobody asks it", counted(rows, "row"));
        findings.add(subject.about_rate(FindingKind::NeverAsked, first, "match", what));
    }
}

fn check_tariffs(subject: &Subject, findings: &mut Findings) {
    let book = subject.book;
    let mut of_products = vec![false; book.tariffs.len()];
    for price in &book.product_prices {
        if let PriceFor::Tariff(tariff) = price.audience {
            of_products[tariff.index()] = true;
        }
    }
    book.customer_tariffs.values().for_each(|tariff| of_products[tariff.index()] = true);
    for (index, of_products) in of_products.into_iter().enumerate() {
        if subject.asks.askers[index].is_empty() && !of_products {
            let tariff = TariffId::from_index(index);
            findings.add(subject.about_tariff(FindingKind::TariffUnused, tariff, "tariff", "nobody has the tariff"));
        }
    }
}

/// Why there is no usage for a key, if there is none. Prefixes have a file of their own.
fn no_usage(subject: &Subject, group: Group, key_use: KeyUse) -> Option<(FindingKind, String)> {
    let is_empty = || subject.numbering.call_types(group.key).is_empty();
    match group.key {
        Key::Type(id) if key_use.classes.is_empty() => {
            let call_type = subject.book.call_type(id);
            Some(match call_type.exclude {
                true => (FindingKind::TypeExcluded, format!("call type {} is excluded from billing", call_type.code)),
                false => (FindingKind::TypeNeverClassified, format!("nothing leads to call type {}", call_type.code)),
            })
        }
        Key::Class(class) if is_empty() => {
            let what = format!("nothing leads to a call type of class {}", class.name());
            Some((FindingKind::TypeNeverClassified, what))
        }
        Key::Band(band) if !subject.numbering.knows_band(band) => {
            Some((FindingKind::BandOfNoSupplier, format!("charge_bands.csv has no band {band}")))
        }
        _ => None,
    }
}

/// The usage that a group is for, in words, if nobody asks its tariff for that.
fn not_asked(subject: &Subject, group: Group, key_use: KeyUse) -> Option<String> {
    let classes = key_use.classes;
    if !classes.is_empty() && classes.and(subject.asks.through(group.tariff)).is_empty() {
        return Some(format!("class {}", class_names(classes)));
    }
    let Key::Band(band) = group.key else { return None };
    let suppliers = subject.asks.suppliers_through(group.tariff, classes);
    let types = subject.numbering.call_types(group.key);
    let mut owners = types.iter().flat_map(|id| &subject.numbering.ways[id.index()]).filter_map(|way| match way {
        Way::Band(supplier, name) if *name == band => Some(*supplier),
        _ => None,
    });
    let first = owners.clone().next()?;
    let name = &subject.book.supplier(first).code;
    (!owners.any(|owner| suppliers.contains(&owner))).then(|| format!("charge bands of supplier {name}"))
}

fn check_hidden(subject: &Subject, group: Group, findings: &mut Findings) {
    for (position, row) in group.numbered().filter(|(_, row)| !subject.is_history(row)) {
        let askers = &subject.asks.askers[group.tariff.index()];
        let mut example = None;
        let is_reached = askers.iter().any(|asker| is_reached(subject, *asker, group, row, &mut example));
        if is_reached {
            continue;
        }
        let Some(hiding) = example else { continue };
        let kind = if askers.contains(&group.tariff) { FindingKind::HiddenRow } else { FindingKind::HiddenInChildren };
        let what = format!("all usage that {} is for finds other rows first, such as {hiding}", row.name);
        findings.add(subject.about_rate(kind, position, "match", what));
    }
}

/// Does usage that a tariff is asked for reach a row, of the tariff's own or of a parent's? If not, `example` gets the
/// name of a row that some of it finds instead.
fn is_reached(subject: &Subject, asker: TariffId, group: Group, row: &Rate, example: &mut Option<String>) -> bool {
    let rates = &subject.rates;
    let levels = &rates.levels[asker.index()];
    let level = levels.iter().position(|level| *level == group.tariff).unwrap_or(0);
    let own_bands = row.band.is_none() && group.rows.iter().any(|other| other.band.is_some());
    let goes_first = matches!(group.key, Key::Band(_) | Key::Prefix(_));
    if goes_first && level == 0 && !own_bands {
        return true;
    }
    let Some(days) = Span::of(row.valid).common(subject.days_of_interest()) else { return true };
    let bands = row.band.map_or_else(|| subject.bands[asker.index()].clone(), |band| vec![band]);
    let asked = subject.asks.of(asker).all();
    let is_asked = |usage: &Usage| asked.has(subject.book.call_type(usage.call_type).class);
    for usage in subject.usages(group.key).into_iter().filter(is_asked) {
        let keys = if goes_first { vec![group.key] } else { rates.keys(asker, &usage) };
        let before: Vec<Key> = keys.iter().copied().take_while(|key| *key != group.key).collect();
        for band in &bands {
            let mut left = rates.unanswered(asker, &before, *band, vec![days]);
            for earlier in levels[..level].iter().filter_map(|earlier| rates.group(*earlier, group.key)) {
                left = uncovered(earlier.rows, *band, left);
            }
            if row.band.is_none() {
                left = uncovered_by_band(group.rows, *band, left);
            }
            if !left.is_empty() {
                return true;
            }
        }
        let on = row.valid.from.map_or(subject.on, |from| from.max(subject.on));
        if let (None, Some(band)) = (&example, bands.first()) {
            let found = rates.answer(asker, &keys, *band, on);
            *example = found.map(|row| format!("{} of {}", row.name, subject.book.tariff(row.tariff).code));
        }
    }
    false
}

/// What is left of some days without those of rows for just this band.
fn uncovered_by_band(rows: &[Rate], band: BandId, days: Vec<Span>) -> Vec<Span> {
    let of_band = rows.iter().filter(|row| row.band == Some(band));
    of_band.fold(days, |left, row| without(left, Span::of(row.valid)))
}
