//! What a customer spent and used → the pictures of the full format: bars and rankings whose lengths are ready numbers, each
//! with the texts beside it and a text instead of it. Lengths are in thousandths of the longest.

mod bars;
mod ranking;
mod usage_days;

use serde::Serialize;

use self::bars::Bars;
use self::ranking::Ranking;
use crate::domain::bill::Bill;
use crate::invoicing::InvoicePages;
use crate::invoicing::language::Style;

/// The pictures of a bill; those that would be empty are none.
#[derive(Serialize)]
pub(in crate::invoicing) struct Pictures {
    /// This invoice beside those before it.
    spend: Bars,
    classes: Option<Ranking>,
    days: Option<Bars>,
    hours: Option<Bars>,
    destinations: Option<Ranking>,
    clis: Option<Ranking>,
}

/// The pictures of a bill, its calls and the invoices before it.
pub(in crate::invoicing) fn pictures_of(bill: &Bill, pages: &InvoicePages<'_>, style: Style) -> Pictures {
    Pictures {
        spend: bars::spend(bill, pages.history, style),
        classes: ranking::by_class(bill, style),
        days: usage_days::by_day(pages.calls, style),
        hours: usage_days::by_hour(pages.calls, style),
        destinations: ranking::by_destination(pages.calls, style),
        clis: ranking::by_cli(bill, style),
    }
}
