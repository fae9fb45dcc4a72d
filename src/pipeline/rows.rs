//! Records at the end of their way → rows of rated output (interface §5): ids become names, nothing else changes.

use std::borrow::Cow;

use crate::domain::book::{Book, CallTypeId, CliId, CostCentreId, CustomerId, SupplierId};
use crate::domain::disposition::Disposition;
use crate::domain::usage::{ChargedUsage, RatePath, RatedUsage, Text, UsageMatch, UsagePrice, UsageRecord, WhyAside};
use crate::facts::{BilledRow, RatedRow};

/// What rows are named by, laid out so that a name is found with one look.
pub struct RowNames<'b> {
    book: &'b Book,
    accounts: Vec<Text>,
    rate_rows: Vec<Text>,
    cost_centre_of_cli: Vec<Option<CostCentreId>>,
}

impl<'b> RowNames<'b> {
    /// Takes the names out of a book.
    pub fn new(book: &'b Book) -> Self {
        Self {
            book,
            accounts: book.customers.iter().map(|customer| customer.account.as_str().into()).collect(),
            rate_rows: book.rates.iter().map(|rate| rate.name.as_str().into()).collect(),
            cost_centre_of_cli: book.clis.iter().map(|cli| cli.cost_centre).collect(),
        }
    }
}

/// Where a record came from.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// Whose file.
    pub supplier: SupplierId,
    /// The file's name.
    pub file: &'a str,
}

/// A record with its price, or with the reason why it has none.
pub fn rated_row<'a>(
    names: &'a RowNames,
    origin: Origin<'a>,
    record: &'a UsageRecord,
    priced: &Result<(UsageMatch, UsagePrice), WhyAside>,
) -> RatedRow<'a> {
    match priced {
        Ok((matched, price)) => priced_row(names, origin, record, *matched, price),
        Err(why) => {
            let row = bare_row(names, origin, record, why.cli, why.customer, why.call_type);
            RatedRow { cost: record.cost, disposition: why.disposition, reason: Some(why.reason), ..row }
        }
    }
}

fn priced_row<'a>(
    names: &'a RowNames,
    origin: Origin<'a>,
    record: &'a UsageRecord,
    matched: UsageMatch,
    price: &UsagePrice,
) -> RatedRow<'a> {
    let row = bare_row(names, origin, record, Some(matched.cli), Some(matched.customer), Some(matched.call_type));
    let book = names.book;
    RatedRow {
        billable_units: Some(price.billable_units),
        time_band: Cow::Borrowed(&book.band_names[price.band.index()]),
        tariff: price.tariff.map_or(Cow::Borrowed(""), |id| Cow::Borrowed(book.tariff(id).code.as_str())),
        rate_row: price.rate_row.map_or(Cow::Borrowed(""), |id| Cow::Borrowed(&*names.rate_rows[id.index()])),
        path: price.path,
        cost: Some(price.cost),
        expected_cost: price.expected_cost,
        components: Some(price.components),
        sell: Some(price.sell),
        disposition: Disposition::Rated,
        ..row
    }
}

/// A record on an invoice.
pub fn billed_row<'a>(
    names: &'a RowNames,
    invoice: &'a str,
    file: &'a str,
    usage: &ChargedUsage,
    priced: &'a RatedUsage,
) -> BilledRow<'a> {
    let matched = &priced.matched;
    let origin = Origin { supplier: usage.supplier, file };
    let rated = RatedRow {
        disposition: usage.disposition(),
        ..priced_row(names, origin, &matched.record, matched.found(), &priced.price())
    };
    let call_type = names.book.call_type(matched.call_type);
    let suppliers_words = call_type.use_supplier_description && !matched.record.description.is_empty();
    BilledRow {
        import: i64::from(usage.import),
        row: matched.record.row,
        invoice: Cow::Borrowed(invoice),
        rated,
        charge: usage.charge,
        description: Cow::Borrowed(if suppliers_words { &matched.record.description } else { &call_type.description }),
    }
}

/// What is known of a record before it is priced.
fn bare_row<'a>(
    names: &'a RowNames,
    origin: Origin<'a>,
    record: &'a UsageRecord,
    cli: Option<CliId>,
    customer: Option<CustomerId>,
    call_type: Option<CallTypeId>,
) -> RatedRow<'a> {
    let book = names.book;
    let cost_centre = cli.and_then(|id| names.cost_centre_of_cli[id.index()]);
    let call_type = call_type.map(|id| book.call_type(id));
    RatedRow {
        record: match &record.record_id {
            Some(id) => Cow::Borrowed(id),
            None => Cow::Owned(record.id(origin.file)),
        },
        file: Cow::Borrowed(origin.file),
        line: record.line,
        supplier: Cow::Borrowed(&book.supplier(origin.supplier).code),
        account: customer.map_or(Cow::Borrowed(""), |id| Cow::Borrowed(&*names.accounts[id.index()])),
        cli: Cow::Borrowed(&record.cli),
        cost_centre: cost_centre
            .map_or(Cow::Borrowed(""), |id| Cow::Borrowed(book.cost_centres[id.index()].name.as_str())),
        direction: record.direction,
        other_party: Cow::Borrowed(&record.other_party),
        started: record.started,
        kind: record.kind,
        units: record.units,
        billable_units: None,
        call_type: call_type.map_or(Cow::Borrowed(""), |found| Cow::Borrowed(found.code.as_str())),
        class: call_type.map(|found| found.class),
        time_band: Cow::Borrowed(""),
        tariff: Cow::Borrowed(""),
        rate_row: Cow::Borrowed(""),
        path: RatePath::None,
        cost: None,
        expected_cost: None,
        components: None,
        sell: None,
        disposition: Disposition::Suspense,
        reason: None,
        call_id: Cow::Borrowed(&record.call_id),
    }
}
