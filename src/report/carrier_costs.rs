//! The sums of `report carrier-costs` → what is shown: by supplier, destination and charge band, the worst records, and
//! what was not checked.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::screen::{amount, count, table};
use super::sheet::{Column, Sheet, SheetCell};
use super::volume::{self, percent_in_words, percent_of, signed, units};
use crate::domain::book::{Book, CallTypeId, SupplierId};
use crate::domain::money::{Percent, Price, Sum};
use crate::domain::time::Date;
use crate::pipeline::reprice::carrier_costs::{CarrierCosts, CheckedCost, Tolerance, Unchecked};
use crate::pipeline::reprice::{Period, Volume};

/// What carriers charge against what their tariffs say.
#[derive(Serialize)]
pub struct CarrierCostReport {
    from: Date,
    to: Date,
    currency: String,
    tolerance: Price,
    tolerance_percent: Percent,
    rows: Vec<Row>,
    suppliers: Vec<Row>,
    total: Row,
    worst: Vec<Worst>,
    unchecked: Vec<UncheckedRow>,
}

#[derive(Serialize)]
struct Row {
    #[serde(skip_serializing_if = "String::is_empty")]
    supplier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    charge_band: Option<String>,
    #[serde(flatten)]
    volume: Volume,
    file_cost: Sum<8>,
    expected_cost: Sum<8>,
    /// File less expected: what the supplier charges too much.
    difference: Sum<8>,
    percent: Option<Sum<1>>,
    /// Records beyond the tolerance.
    beyond: u64,
    beyond_difference: Sum<8>,
}

#[derive(Serialize)]
struct Worst {
    record: String,
    supplier: String,
    destination: String,
    file_cost: Price,
    expected_cost: Price,
    difference: Sum<8>,
}

#[derive(Serialize)]
struct UncheckedRow {
    supplier: String,
    why: String,
    destination: Option<String>,
    calls: u64,
    file_cost: Sum<8>,
    currency: String,
}

impl CarrierCostReport {
    /// From the sums.
    pub fn new(book: &Book, period: Period, tolerance: Tolerance, sums: &CarrierCosts) -> Self {
        let supplier = |id: SupplierId| book.supplier(id).code.clone();
        let code = |id: CallTypeId| book.call_type(id).code.clone();
        let mut rows: Vec<Row> = Vec::new();
        for ((from, call_type, band), checked) in &sums.checked {
            rows.push(Row {
                destination: Some(code(*call_type)),
                description: Some(book.call_type(*call_type).description.clone()),
                charge_band: Some(band.to_string()),
                ..Row::of(supplier(*from), checked)
            });
        }
        let suppliers = sums.suppliers();
        let mut suppliers: Vec<Row> = suppliers.iter().map(|(id, checked)| Row::of(supplier(*id), checked)).collect();
        rows.sort_by_key(Row::size);
        suppliers.sort_by_key(Row::size);
        let worst = sums.worst.values().map(|outlier| Worst {
            record: outlier.record.clone(),
            supplier: supplier(outlier.supplier),
            destination: code(outlier.call_type),
            file_cost: outlier.file,
            expected_cost: outlier.expected,
            difference: Sum::from_wide(i128::from(outlier.file.scaled()) - i128::from(outlier.expected.scaled())),
        });
        let unchecked = sums.unchecked.iter().map(|((from, why, call_type, currency), unchecked)| UncheckedRow {
            supplier: supplier(*from),
            why: why_in_words(*why),
            destination: call_type.map(code),
            calls: unchecked.calls,
            file_cost: unchecked.file,
            currency: currency.to_string(),
        });
        Self {
            from: period.from,
            to: period.to,
            currency: book.settings.currency.to_string(),
            tolerance: tolerance.amount,
            tolerance_percent: tolerance.percent,
            rows,
            suppliers,
            total: Row::of(String::new(), &sums.total()),
            worst: worst.collect(),
            unchecked: unchecked.collect(),
        }
    }

    /// All rows, checked and not.
    pub fn sheet(&self) -> Sheet {
        let columns = [
            "supplier",
            "destination",
            "description",
            "charge_band",
            "calls",
            "seconds",
            "bytes",
            "items",
            "currency",
            "file_cost",
            "expected_cost",
            "difference",
            "percent",
            "beyond",
            "beyond_difference",
            "not_checked",
        ];
        let checked = self.rows.iter().map(|row| {
            let words =
                [Some(&row.supplier), row.destination.as_ref(), row.description.as_ref(), row.charge_band.as_ref()];
            let words = words.map(|text| SheetCell::text(text.map_or("", String::as_str)));
            let costs = [row.file_cost, row.expected_cost, row.difference].map(|sum| Some(sum.to_places(2)));
            let percent = row.percent.map(|percent| percent.to_places(1));
            let beyond = [percent, Some(row.beyond.to_string()), Some(row.beyond_difference.to_places(2))];
            let volume = volume::cells(&row.volume).map(Some).map(SheetCell::figure);
            let figures = costs.into_iter().chain(beyond).map(SheetCell::figure);
            let row = words.into_iter().chain(volume).chain([SheetCell::text(&self.currency)]).chain(figures);
            row.chain([SheetCell::text("")]).collect()
        });
        let unchecked = self.unchecked.iter().map(|row| {
            let nothing = || SheetCell::text("");
            let destination = SheetCell::text(row.destination.as_deref().unwrap_or_default());
            let calls = SheetCell::figure(Some(row.calls));
            let place = [SheetCell::text(&row.supplier), destination, nothing(), nothing(), calls];
            let gap = std::iter::repeat_with(nothing);
            let cost = [SheetCell::text(&row.currency), SheetCell::figure(Some(row.file_cost.to_places(2)))];
            let cells = place.into_iter().chain(gap.take(3)).chain(cost);
            cells.chain(std::iter::repeat_with(nothing).take(5)).chain([SheetCell::text(&row.why)]).collect()
        });
        Sheet { columns: Column::all(columns), rows: checked.chain(unchecked).collect(), ..Sheet::default() }
    }

    /// For the screen.
    pub fn in_words(&self, all: bool) -> String {
        let period = volume::period_in_words(Period { from: self.from, to: self.to });
        let mut text = format!(
            "{period}, billed or not; costs in {}\nbeyond: a call's cost is more than {} and more than {} % from what the carrier's tariff says\n",
            self.currency,
            self.tolerance.to_places(2),
            self.tolerance_percent,
        );
        if self.rows.is_empty() {
            text.push_str("\nno usage has both a cost in the file and a row in its carrier's tariff\n");
        } else {
            let shown = if all { self.rows.len() } else { self.rows.len().min(SHOWN) };
            text.push_str(&format!("\n{}", rows_in_words(self.rows[..shown].iter().chain([&self.total]))));
            if shown < self.rows.len() {
                let rows = count(self.rows.len() as u128);
                text.push_str(&format!("the {shown} largest differences of {rows} rows; --all shows all\n"));
            }
            text.push_str(&format!("\nby supplier\n{}", suppliers_in_words(&self.suppliers)));
        }
        text.push_str(&self.worst_in_words());
        text.push_str(&self.unchecked_in_words(all));
        text
    }

    fn worst_in_words(&self) -> String {
        if self.worst.is_empty() {
            return String::new();
        }
        let rows = self.worst.iter().map(|worst| {
            let (file, expected) = (worst.file_cost.to_places(4), worst.expected_cost.to_places(4));
            let words = [&worst.record, &worst.supplier, &worst.destination].map(Clone::clone);
            words.into_iter().chain([amount(&file), amount(&expected), signed(worst.difference)]).collect()
        });
        let header = ["record", "supplier", "destination", "file", "expected", "difference"];
        let table = table(&header, &[3, 4, 5], rows);
        format!("\nthe records furthest away; `tollbook explain RECORD` says why that is expected\n{table}")
    }

    /// By supplier and reason; all destinations apart if all are asked for.
    fn unchecked_in_words(&self, all: bool) -> String {
        if self.unchecked.is_empty() {
            return String::new();
        }
        let mut groups = BTreeMap::<[&str; 4], (u64, Sum<8>)>::new();
        for row in &self.unchecked {
            let destination = row.destination.as_deref().filter(|_| all).unwrap_or_default();
            let group = groups.entry([&row.supplier, &row.why, destination, &row.currency]).or_default();
            group.0 += row.calls;
            group.1.merge(row.file_cost);
        }
        let rows = groups.into_iter().map(|([supplier, why, destination, currency], (calls, cost))| {
            let (calls, cost) = (count(u128::from(calls)), amount(&cost.to_places(4)));
            let mut cells = [supplier, why].map(str::to_owned).to_vec();
            cells.extend(all.then(|| destination.to_owned()));
            cells.extend([calls, cost, currency.to_owned()]);
            cells
        });
        let (header, right): (&[&str], &[usize]) = match all {
            true => (&["supplier", "why", "destination", "calls", "file", ""], &[3, 4]),
            false => (&["supplier", "why", "calls", "file", ""], &[2, 3]),
        };
        format!("\nnot checked\n{}", table(header, right, rows))
    }
}

/// Rows of the screen, unless all are asked for.
const SHOWN: usize = 25;

fn why_in_words(why: Unchecked) -> String {
    match why {
        Unchecked::NoWholesaleRow => "no row in a wholesale tariff".to_owned(),
        Unchecked::NoCostInFile => "no cost in the file".to_owned(),
        Unchecked::SetAside(reason) => format!("not billable now: {reason}"),
    }
}

fn rows_in_words<'r>(rows: impl Iterator<Item = &'r Row>) -> String {
    let rows = rows.map(|row| {
        let supplier = if row.supplier.is_empty() { "total".to_owned() } else { row.supplier.clone() };
        let words = [row.description.clone(), row.charge_band.clone()].map(Option::unwrap_or_default);
        std::iter::once(supplier).chain(words).chain(row.figures()).collect()
    });
    let header =
        ["supplier", "destination", "band", "calls", "units", "file", "expected", "difference", "%", "beyond", "by"];
    table(&header, &[3, 4, 5, 6, 7, 8, 9, 10], rows)
}

fn suppliers_in_words(rows: &[Row]) -> String {
    let rows = rows.iter().map(|row| std::iter::once(row.supplier.clone()).chain(row.figures()).collect());
    let header = ["supplier", "calls", "units", "file", "expected", "difference", "%", "beyond", "by"];
    table(&header, &[1, 2, 3, 4, 5, 6, 7, 8], rows)
}

impl Row {
    fn of(supplier: String, checked: &CheckedCost) -> Self {
        Self {
            supplier,
            destination: None,
            description: None,
            charge_band: None,
            volume: checked.volume,
            file_cost: checked.file,
            expected_cost: checked.expected,
            difference: checked.difference,
            percent: percent_of(checked.difference, checked.expected),
            beyond: checked.beyond,
            beyond_difference: checked.beyond_difference,
        }
    }

    /// The largest first.
    fn size(&self) -> Reverse<u128> {
        Reverse(self.difference.wide().unsigned_abs())
    }

    fn figures(&self) -> [String; 8] {
        [
            count(u128::from(self.volume.calls)),
            units(&self.volume),
            amount(&self.file_cost.to_places(4)),
            amount(&self.expected_cost.to_places(4)),
            signed(self.difference),
            percent_in_words(self.percent),
            count(u128::from(self.beyond)),
            signed(self.beyond_difference),
        ]
    }
}
