//! Records at the end of their way → rows of rated output (interface §5): ids become names, nothing else changes.

use std::borrow::Cow;

use crate::domain::book::{Book, CallTypeId, CliId, CustomerId, SupplierId};
use crate::domain::disposition::Disposition;
use crate::domain::usage::{ChargedUsage, RatePath, RatedUsage, SetAside, UsageRecord};
use crate::facts::{BilledRow, RatedRow};

/// Where a record came from.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// Whose file.
    pub supplier: SupplierId,
    /// The file's name.
    pub file: &'a str,
}

/// A priced record.
pub fn rated_row<'a>(book: &'a Book, origin: Origin<'a>, rated: &'a RatedUsage) -> RatedRow<'a> {
    let matched = &rated.matched;
    let customer = Some(matched.customer);
    let row = bare_row(book, origin, &matched.record, Some(matched.cli), customer, Some(matched.call_type));
    RatedRow {
        billable_units: Some(rated.billable_units),
        time_band: Cow::Borrowed(&book.band_names[rated.band.index()]),
        tariff: rated.tariff.map_or(Cow::Borrowed(""), |id| Cow::Borrowed(book.tariff(id).code.as_str())),
        rate_row: rated.rate_row.map_or(Cow::Borrowed(""), |id| Cow::Borrowed(book.rates[id.index()].name.as_str())),
        path: rated.path,
        cost: Some(rated.cost),
        expected_cost: rated.expected_cost,
        components: Some(rated.components),
        sell: Some(rated.sell),
        disposition: Disposition::Rated,
        ..row
    }
}

/// A record that was set aside.
pub fn set_aside_row<'a>(book: &'a Book, origin: Origin<'a>, aside: &'a SetAside) -> RatedRow<'a> {
    let row = bare_row(book, origin, &aside.record, aside.cli, aside.customer, aside.call_type);
    RatedRow { cost: aside.record.cost, disposition: aside.disposition, reason: Some(aside.reason), ..row }
}

/// A record on an invoice.
pub fn billed_row<'a>(
    book: &'a Book,
    invoice: &'a str,
    file: &'a str,
    usage: &ChargedUsage,
    priced: &'a RatedUsage,
) -> BilledRow<'a> {
    let rated = RatedRow {
        disposition: usage.disposition(),
        ..rated_row(book, Origin { supplier: usage.supplier, file }, priced)
    };
    let matched = &priced.matched;
    let call_type = book.call_type(matched.call_type);
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
    book: &'a Book,
    origin: Origin<'a>,
    record: &'a UsageRecord,
    cli: Option<CliId>,
    customer: Option<CustomerId>,
    call_type: Option<CallTypeId>,
) -> RatedRow<'a> {
    let cost_centre = cli.and_then(|id| book.cli(id).cost_centre);
    let call_type = call_type.map(|id| book.call_type(id));
    RatedRow {
        record: match &record.record_id {
            Some(id) => Cow::Borrowed(id),
            None => Cow::Owned(record.id(origin.file)),
        },
        file: Cow::Borrowed(origin.file),
        line: record.line,
        supplier: Cow::Borrowed(&book.supplier(origin.supplier).code),
        account: customer.map_or(Cow::Borrowed(""), |id| Cow::Borrowed(book.customer(id).account.as_str())),
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
