//! Posted documents of a period → what they come to by organisation and category, beside the period before.

use std::collections::BTreeMap;

use super::answer::{Answer, Cover, NoAnswer};
use super::control::control;
use super::sheet::{Column, Sheet, SheetCell};
use crate::domain::bill::Bill;
use crate::domain::money::{Currency, Money, Overflow, Rounding, divide};
use crate::domain::price_book::VatKind;
use crate::domain::time::Date;
use crate::pipeline::posted::{OfDocuments, PostedSums};
use crate::pipeline::reprice::Period;

/// Sums by day, organisation, category and currency.
#[derive(Default)]
pub struct CategoryTotals(BTreeMap<(Date, Key), Totals>);

/// Organisation, category, currency.
type Key = (String, String, Currency);

#[derive(Clone, Copy, Default)]
struct Totals {
    lines: u64,
    net: Money,
    vat: Money,
}

impl Totals {
    fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        self.lines += other.lines;
        self.net = self.net.plus(other.net)?;
        self.vat = self.vat.plus(other.vat)?;
        Ok(())
    }
}

impl OfDocuments for CategoryTotals {
    fn add(&mut self, bill: &Bill) -> Result<(), Overflow> {
        for (category, totals) in of_bill(bill)? {
            let key = (bill.organisation.code.clone(), category.to_owned(), bill.currency);
            self.0.entry((bill.invoice_date, key)).or_default().merge(totals)?;
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        other.0.into_iter().try_for_each(|(key, totals)| self.0.entry(key).or_default().merge(totals))
    }
}

/// A bill's lines by category. The VAT of a code is shared out by what its lines of each category come to, so that the
/// parts are the whole.
fn of_bill(bill: &Bill) -> Result<BTreeMap<&str, Totals>, Overflow> {
    let mut by_category = BTreeMap::<&str, Totals>::new();
    let mut by_code = BTreeMap::<&str, BTreeMap<&str, Money>>::new();
    for line in &bill.lines {
        let one = Totals { lines: 1, net: line.amount.money, vat: Money::ZERO };
        by_category.entry(&line.category).or_default().merge(one)?;
        let net = by_code.entry(&line.vat_code).or_default().entry(&line.category).or_default();
        *net = net.plus(line.amount.money)?;
    }
    // Of a reverse charge the customer accounts for the VAT (V2).
    for vat in bill.vat.iter().filter(|vat| vat.kind != VatKind::ReverseCharge) {
        let Some(nets) = by_code.get(vat.code.as_str()) else { continue };
        let (whole, all) = (i128::from(vat.vat.money.minor()), Money::total(nets.values().copied())?);
        let (mut so_far, mut given) = (0_i128, 0_i128);
        for (place, (category, net)) in nets.iter().enumerate() {
            so_far += i128::from(net.minor());
            let is_last = place + 1 == nets.len();
            let up_to_here = match i128::from(all.minor()) {
                _ if is_last => whole,
                0 => 0,
                all => divide(whole.checked_mul(so_far).ok_or(Overflow)? * all.signum(), all.abs(), Rounding::HalfUp),
            };
            let part = i64::try_from(up_to_here - given).map(Money::from_minor).map_err(|_| Overflow)?;
            given = up_to_here;
            by_category.entry(category).or_default().merge(Totals { lines: 0, net: Money::ZERO, vat: part })?;
        }
    }
    Ok(by_category)
}

impl CategoryTotals {
    /// The report: categories by what they come to, the largest first, within each currency.
    pub fn answer(
        &self,
        (period, before): (Period, Period),
        sums: &BTreeMap<Currency, PostedSums>,
        about: Vec<(&'static str, String)>,
    ) -> Result<Answer, NoAnswer> {
        let mut rows = BTreeMap::<Key, (Totals, Totals)>::new();
        for ((date, key), totals) in &self.0 {
            let (now, earlier) = rows.entry(key.clone()).or_default();
            if *date >= period.from { now.merge(*totals)? } else { earlier.merge(*totals)? }
        }
        let mut by_currency = BTreeMap::<Currency, (Totals, Totals)>::new();
        for ((_, _, currency), (now, earlier)) in &rows {
            let (all, all_earlier) = by_currency.entry(*currency).or_default();
            all.merge(*now)?;
            all_earlier.merge(*earlier)?;
        }
        let whole = |currency: &Currency| by_currency.get(currency).map_or(Money::ZERO, |(now, _)| now.net);
        let mut sorted: Vec<_> = rows.iter().collect();
        sorted.sort_by_key(|((organisation, category, currency), (now, _))| {
            (*currency, std::cmp::Reverse(now.net), organisation, category)
        });
        let cells = |(key, both): &(&Key, &(Totals, Totals))| row(key, both, whole(&key.2));
        let totals = by_currency
            .iter()
            .map(|(currency, both)| row(&("total".to_owned(), String::new(), *currency), both, whole(currency)));
        let sheet = Sheet {
            columns: columns(),
            rows: sorted.iter().map(cells).collect::<Result<_, Overflow>>()?,
            totals: totals.collect::<Result<_, Overflow>>()?,
        };
        let found = by_currency.iter().map(|(currency, (now, _))| (*currency, now.net)).collect();
        let mut cover = Cover {
            name: "category-revenue",
            title: "Revenue by category: posted invoices less credit notes, ex VAT".to_owned(),
            about,
            control: control(sums, &found, "categories")?,
            notes: Vec::new(),
        };
        cover.about.push(("before", format!("{} to {}", before.from, before.to)));
        Ok(Answer { cover, sheet, empty: "no invoice or credit note has a date in either period".to_owned() })
    }
}

fn columns() -> Vec<Column> {
    Column::named([
        ("organisation", "organisation"),
        ("category", "category"),
        ("currency", " "),
        ("lines", "lines"),
        ("net", "net"),
        ("vat", "VAT"),
        ("gross", "gross"),
        ("share_percent", "share"),
        ("net_before", "before"),
        ("change", "change"),
        ("change_percent", "changed by"),
    ])
}

fn row(
    (organisation, category, currency): &Key,
    (now, earlier): &(Totals, Totals),
    whole: Money,
) -> Result<Vec<SheetCell>, Overflow> {
    let change = now.net.minus(earlier.net)?;
    let money = |money| SheetCell::Money(money, *currency);
    let minor = |money: Money| i128::from(money.minor());
    Ok(vec![
        SheetCell::text(organisation),
        SheetCell::text(category),
        SheetCell::text(currency.code()),
        SheetCell::count(now.lines),
        money(now.net),
        money(now.vat),
        money(now.net.plus(now.vat)?),
        SheetCell::share(minor(now.net), minor(whole)),
        money(earlier.net),
        money(change),
        SheetCell::share(minor(change), minor(earlier.net)),
    ])
}
