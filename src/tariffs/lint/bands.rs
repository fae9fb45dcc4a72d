//! Rows for some time bands only: which bands are left, and what prices usage in them (R2, R8).

use std::collections::{BTreeMap, BTreeSet};

use super::findings::Findings;
use super::kinds::FindingKind;
use super::rows::Group;
use super::{Subject, counted, keys_after};
use crate::domain::book::{BandId, SupplierId, TariffId};

/// Keys with rows for some bands only; suppliers whose bands a tariff does not know.
pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let all_bands = subject.weeks.all_bands();
    // By tariff and supplier: the position of the first row of a key without any band of the supplier, how many keys.
    let mut foreign: BTreeMap<(TariffId, SupplierId), (usize, usize)> = BTreeMap::new();
    for (group, _) in subject.groups() {
        let is_over = |to: Option<_>| to.is_some_and(|last| last < subject.on);
        if group.rows.iter().any(|row| row.band.is_none()) || group.rows.iter().all(|row| is_over(row.valid.to)) {
            continue;
        }
        let present: BTreeSet<BandId> = group.rows.iter().filter_map(|row| row.band).collect();
        if present.is_disjoint(&all_bands) {
            continue;
        }
        let mut missing: BTreeSet<BandId> = BTreeSet::new();
        let suppliers = &subject.suppliers[group.tariff.index()];
        for supplier in suppliers {
            let of_supplier = subject.weeks.bands(*supplier);
            let left = left_by_parents(subject, group, of_supplier.difference(&present).copied());
            if !left.is_empty() && of_supplier.is_disjoint(&present) {
                foreign.entry((group.tariff, *supplier)).or_insert((group.first, 0)).1 += 1;
            } else {
                missing.extend(left);
            }
        }
        if suppliers.is_empty() {
            missing = left_by_parents(subject, group, all_bands.difference(&present).copied());
        }
        if !missing.is_empty() {
            tell_missing(subject, group, &missing, findings);
        }
    }
    for ((_, supplier), (first, keys)) in foreign {
        let name = &subject.book.supplier(supplier).code;
        let bands = subject.band_names(subject.weeks.bands(supplier).iter().copied());
        let what = format!("{} without a row for the bands of supplier {name}: {bands}", counted(keys, "key"));
        findings.add(subject.about_rate(FindingKind::SupplierBandsMissing, first, "time_band", what));
    }
}

/// The bands for which no parent has a row with the same key.
fn left_by_parents(subject: &Subject, group: Group, bands: impl Iterator<Item = BandId>) -> BTreeSet<BandId> {
    let parents = &subject.rates.levels[group.tariff.index()][1..];
    let has_row = |band: &BandId| {
        let mut groups = parents.iter().filter_map(|parent| subject.rates.group(*parent, group.key));
        groups.any(|group| group.rows.iter().any(|row| row.band.is_none_or(|of_row| of_row == *band)))
    };
    bands.filter(|band| !has_row(band)).collect()
}

fn tell_missing(subject: &Subject, group: Group, missing: &BTreeSet<BandId>, findings: &mut Findings) {
    let usages = subject.usages(group.key);
    // What answers in each band instead: the first usage for which nothing does counts, else the first of all.
    let mut instead: BTreeMap<Option<String>, Vec<BandId>> = BTreeMap::new();
    for band in missing {
        let mut answers = usages.iter().map(|usage| {
            let keys = subject.rates.keys(group.tariff, usage);
            let row = subject.rates.answer(group.tariff, keys_after(&keys, group.key), *band, subject.on)?;
            Some(format!("{} of {}", row.name, subject.book.tariff(row.tariff).code))
        });
        let Some(first) = answers.next() else { return };
        let answer = first.filter(|_| answers.all(|answer| answer.is_some()));
        instead.entry(answer).or_default().push(*band);
    }
    let kind = if instead.contains_key(&None) { FindingKind::MissingBand } else { FindingKind::MissingBandCovered };
    let words = instead.into_iter().map(|(answer, bands)| {
        let bands = subject.band_names(bands);
        match answer {
            Some(row) => format!("in {bands} {row} answers"),
            None => format!("in {bands} nothing answers"),
        }
    });
    let words: Vec<String> = words.collect();
    let what = format!("{} has rows for some bands only; {}", group.key.in_words(subject.book), words.join(", "));
    findings.add(subject.about_rate(kind, group.first, "time_band", what));
}
