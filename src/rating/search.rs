//! R1 and R2 as the rules say them, tariff by tariff and row by row, with a word on each: what `explain` tells. The same
//! answers as the compiled look-ups of [`super::terms`] and [`super::rates`], without any index.

use std::cmp::Reverse;

use super::call::Call;
use super::explanation::Trace;
use super::rates::{FALLBACK_STEPS, Found, Wanted, levels};
use super::terms::Side;
use crate::domain::book::{BandId, Book, CallTypeId, RateId, TariffId};
use crate::domain::price_book::{CallClass, Rate, RateMatch, SupplierTariff};
use crate::domain::usage::RatePath;

/// The tariff for a class (R1, R14): see [`super::terms::Terms::tariff`].
pub(super) fn tariff(book: &Book, side: Side, class: CallClass, call: &Call, trace: &mut Trace) -> Option<TariffId> {
    let cli_type = book.cli(call.line).cli_type.as_str();
    let of_supplier = |cli_type: &str| {
        let is_it = |row: &&SupplierTariff| {
            row.supplier == call.supplier_id
                && row.class == class
                && row.cli_type == cli_type
                && row.wholesale == (side == Side::Wholesale)
        };
        let tariff = book.supplier_tariffs.iter().find(is_it).map(|row| row.tariff);
        tariff.filter(|id| side == Side::Wholesale || book.tariff(*id).currency == call.customer.currency)
    };
    let of_line = || book.cli(call.line).prices.tariffs[class.index()];
    let of_customer = || call.customer.prices.tariffs[class.index()];
    let of_line_type = || of_supplier(cli_type).filter(|_| !cli_type.is_empty());
    let of_any_type = || of_supplier("");
    let steps: [(&str, &dyn Fn() -> Option<TariffId>); 4] = [
        ("the line", &of_line),
        ("the customer", &of_customer),
        ("the supplier, for this type of line:", &of_line_type),
        ("the supplier, for any line:", &of_any_type),
    ];
    let asked = if side == Side::Wholesale { &steps[2..] } else { &steps[..] };
    asked.iter().find_map(|(who, ask)| {
        let tariff = ask();
        trace.line(|| match tariff {
            Some(id) => format!("{who} has {} for class {}", book.tariff(id).code, class.name()),
            None => format!("{who} has none for class {}", class.name()),
        });
        tariff
    })
}

/// The rate row (R2): see [`super::rates::Rates::find`].
pub(super) fn row(book: &Book, tariff: TariffId, wanted: &Wanted, trace: &mut Trace) -> Option<Found> {
    let levels: Vec<Level> = levels(book, tariff).into_iter().map(|id| Level::of(book, id)).collect();
    for (path, key) in keys(book, &levels, wanted, trace) {
        let mut asked = levels.iter().enumerate();
        let hit = asked.find_map(|(level, tariff)| Some((level, tariff.row_for(&key, wanted)?)));
        if let Some((level, (rate, row))) = hit {
            let is_parents = level > 0 && path == RatePath::Rate;
            trace.line(|| format!("{}: row {}", book.tariff(row.tariff).code, row.name));
            return Some(Found { rate, path: if is_parents { RatePath::Parent } else { path } });
        }
        trace.line(|| miss_in_words(book, &levels, &key, wanted));
    }
    None
}

/// A tariff with its rows.
struct Level<'b> {
    id: TariffId,
    rows: Vec<(RateId, &'b Rate)>,
}

impl<'b> Level<'b> {
    fn of(book: &'b Book, id: TariffId) -> Self {
        let rows = book.rates.iter().enumerate().filter(|(_, row)| row.tariff == id);
        Self { id, rows: rows.map(|(index, row)| (RateId::from_index(index), row)).collect() }
    }

    fn rows_of<'l>(&'l self, key: &'l RateMatch) -> impl Iterator<Item = (RateId, &'b Rate)> + 'l {
        self.rows.iter().copied().filter(move |(_, row)| row.matches == *key)
    }

    /// For one key: the row for the band, else the row for all bands, valid on the day.
    fn row_for(&self, key: &RateMatch, wanted: &Wanted) -> Option<(RateId, &'b Rate)> {
        let in_force = |band: Option<BandId>| {
            self.rows_of(key).find(|(_, row)| row.band == band && row.valid.contains(wanted.date))
        };
        in_force(Some(wanted.band)).or_else(|| in_force(None))
    }
}

/// The keys of R2 in their order, each with the path that a hit means; of prefixes those that any of the tariffs has.
fn keys(book: &Book, levels: &[Level], wanted: &Wanted, trace: &mut Trace) -> Vec<(RatePath, RateMatch)> {
    let band = (!wanted.charge_band.is_empty()).then(|| RateMatch::Band(wanted.charge_band.to_owned()));
    let mut prefixes: Vec<&str> = levels
        .iter()
        .flat_map(|level| &level.rows)
        .filter_map(|(_, row)| match &row.matches {
            RateMatch::Prefix(prefix) if wanted.number.starts_with(prefix.as_str()) => Some(prefix.as_str()),
            _ => None,
        })
        .collect();
    prefixes.sort_by_key(|prefix| (Reverse(prefix.len()), *prefix));
    prefixes.dedup();
    let has_prefixes = levels.iter().flat_map(|level| &level.rows).any(|(_, row)| is_prefix(row));
    if has_prefixes && prefixes.is_empty() && !wanted.number.is_empty() {
        trace.line(|| format!("prefixes: none that {} begins with", wanted.number));
    }

    let rate_as = |id: &CallTypeId| book.call_type(*id).fallback_rate_as;
    let fallbacks = std::iter::successors(rate_as(&wanted.call_type), rate_as).take(FALLBACK_STEPS);

    let prefixes = prefixes.into_iter().map(|prefix| RateMatch::Prefix(prefix.to_owned()));
    let own = band.into_iter().chain(prefixes).chain([RateMatch::Type(wanted.call_type)]);
    own.map(|key| (RatePath::Rate, key))
        .chain(fallbacks.map(|id| (RatePath::FallbackType, RateMatch::Type(id))))
        .chain([(RatePath::ClassDefault, RateMatch::Class(wanted.class))])
        .collect()
}

fn is_prefix(row: &Rate) -> bool {
    matches!(row.matches, RateMatch::Prefix(_))
}

/// `type:uk_mobile: retail has no row; base has none for evening on 2026-03-02`.
fn miss_in_words(book: &Book, levels: &[Level], key: &RateMatch, wanted: &Wanted) -> String {
    let key_words = match key {
        RateMatch::Band(band) => format!("band:{band}"),
        RateMatch::Prefix(prefix) => format!("prefix:{prefix}"),
        RateMatch::Type(id) => format!("type:{}", book.call_type(*id).code),
        RateMatch::Class(class) => format!("class:{}", class.name()),
    };
    let whys = levels.iter().map(|level| {
        let code = &book.tariff(level.id).code;
        if level.rows_of(key).next().is_none() {
            return format!("{code} has no row");
        }
        let band = book.band_names.get(wanted.band.index()).map_or("all bands", String::as_str);
        format!("{code} has none for {band} on {}", wanted.date)
    });
    format!("{key_words}: {}", whys.collect::<Vec<_>>().join("; "))
}
