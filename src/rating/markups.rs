//! A call without a rate → a price by markup (R4), or `no rate`. Never a silent zero.

use super::call::Call;
use super::charge::{self, RowCharge};
use super::explanation::Trace;
use super::{Quote, Rater, Unpriced};
use crate::domain::disposition::Reason;
use crate::domain::exact::Exact;
use crate::domain::usage::RatePath;

impl Rater<'_> {
    /// The first markup that the book has and whose price the record has; a price of 0 is a price.
    pub(super) fn by_markup(&self, call: &Call, trace: &mut Trace) -> Result<Quote, Unpriced> {
        trace.step(|| "no rate: markups (R4)".to_owned());
        let (record, customer) = (call.record, call.customer);
        let class_markup = self.terms.markup(call.terms, call.call_type.class);
        let steps = [
            ("class markup", class_markup, "cost", record.cost, RatePath::ClassMarkup),
            (
                "fallback markup on suggested retail",
                customer.fallback_suggested_markup,
                "suggested_retail",
                record.suggested_retail,
                RatePath::FallbackSuggested,
            ),
            ("fallback markup", customer.fallback_markup, "cost", record.cost, RatePath::FallbackMarkup),
        ];
        for (name, percent, what, price, path) in steps {
            trace.line(|| format!("{name}: {}", percent.map_or("none".to_owned(), |percent| format!("{percent} %"))));
            let Some(percent) = percent else { continue };
            let Some(usage) = self.marked_up((what, price, percent), customer.currency, call, trace)? else { continue };
            trace.sum("charge", "R4", || ("usage".to_owned(), usage.to_string()));
            charge::nothing("access", trace);
            let charge = RowCharge {
                connection: Exact::ZERO,
                usage,
                bounded: usage,
                access: Exact::ZERO,
                billable_units: record.units,
                is_unanswered: false,
            };
            return Ok(Quote { charge, rate_row: None, path });
        }
        Err(Unpriced(Reason::NoRate))
    }
}
