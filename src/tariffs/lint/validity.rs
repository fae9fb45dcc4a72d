//! Dates of rows: days that nothing prices between two rows of one key, tariffs that have ended, years mistyped (R2, X6).

use super::findings::Findings;
use super::kinds::FindingKind;
use super::rows::{Group, TARIFF_LEVELS};
use super::spans::Span;
use super::{Subject, keys_after};
use crate::domain::book::{BandId, TariffId};
use crate::domain::price_book::Rate;

/// Days after which a row that is still to begin looks like a mistake.
const FAR_FUTURE_DAYS: i32 = 2 * 365 + 1;

/// Gaps, ended and empty tariffs, rows far in the future, parents beyond those that are asked.
pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (group, _) in subject.groups() {
        check_gaps(subject, group, findings);
        check_future(subject, group, findings);
    }
    let mut has_rows = vec![false; subject.book.tariffs.len()];
    let mut in_force = vec![false; subject.book.tariffs.len()];
    for rate in &subject.book.rates {
        has_rows[rate.tariff.index()] = true;
        in_force[rate.tariff.index()] |= rate.valid.to.is_none_or(|last| last >= subject.on);
    }
    for index in 0..subject.book.tariffs.len() {
        let tariff = TariffId::from_index(index);
        let levels = &subject.rates.levels[index];
        if !subject.asks.of(tariff).all().is_empty() {
            if !levels.iter().any(|level| has_rows[level.index()]) {
                let what = "the tariff is asked, and has no rate row";
                findings.add(subject.about_tariff(FindingKind::TariffEmpty, tariff, "tariff", what));
            } else if has_rows[index] && !in_force[index] {
                let what = format!("all of its rows ended before {}", subject.on);
                findings.add(subject.about_tariff(FindingKind::TariffEnded, tariff, "tariff", what));
            }
        }
        let last = levels[levels.len() - 1];
        if levels.len() == TARIFF_LEVELS
            && let Some(beyond) = subject.book.tariff(last).parent
        {
            let name = &subject.book.tariff(beyond).code;
            let what = format!("{name} is the third parent up, and is not asked");
            findings.add(subject.about_tariff(FindingKind::TooDeep, tariff, "parent", what));
        }
    }
}

fn check_future(subject: &Subject, group: Group, findings: &mut Findings) {
    let horizon = subject.on.plus_days(FAR_FUTURE_DAYS);
    for (position, row) in group.numbered() {
        if let Some(from) = row.valid.from.filter(|from| *from > horizon) {
            let what = format!("the row begins on {from}");
            findings.add(subject.about_rate(FindingKind::FarFuture, position, "from", what));
        }
    }
}

fn check_gaps(subject: &Subject, group: Group, findings: &mut Findings) {
    if group.rows.len() < 2 {
        return;
    }
    let numbered: Vec<(usize, &Rate)> = group.numbered().collect();
    for of_band in numbered.chunk_by(|(_, a), (_, b)| a.band == b.band) {
        for pair in of_band.windows(2) {
            let [(_, before), (position, after)] = [pair[0], pair[1]];
            let gap = Span::of(before.valid).gap_before(Span::of(after.valid));
            let Some(gap) = gap.and_then(|gap| gap.common(subject.days_of_interest())) else { continue };
            let Some(kind) = judge(subject, group, before.band, gap) else { continue };
            let tariff = &subject.book.tariff(group.tariff).code;
            let band = before.band.map_or(String::new(), |band| format!(" in band {}", subject.band_names([band])));
            let key = group.key.in_words(subject.book);
            let what = format!("{tariff} has no row for {key}{band} on {}", gap.in_words());
            findings.add(subject.about_rate(kind, position, "from", what));
        }
    }
}

/// Is a gap one, and does a less specific row answer in it?
fn judge(subject: &Subject, group: Group, band: Option<BandId>, gap: Span) -> Option<FindingKind> {
    let bands = band.map_or_else(|| subject.bands[group.tariff.index()].clone(), |band| vec![band]);
    let left = |band: BandId| (band, subject.rates.unanswered(group.tariff, &[group.key], band, vec![gap]));
    let left: Vec<_> = bands.into_iter().map(left).filter(|(_, days)| !days.is_empty()).collect();
    let usages = subject.usages(group.key);
    if left.is_empty() || usages.is_empty() {
        return None;
    }
    let is_answered = usages.iter().all(|usage| {
        let keys = subject.rates.keys(group.tariff, usage);
        let rest = keys_after(&keys, group.key);
        left.iter().all(|(band, days)| subject.rates.unanswered(group.tariff, rest, *band, days.clone()).is_empty())
    });
    Some(if is_answered { FindingKind::ValidityGapCovered } else { FindingKind::ValidityGap })
}
