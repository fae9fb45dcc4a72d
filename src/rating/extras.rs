//! What stands beside the charge itself: surcharges for what a record is flagged with (R12), and what the carrier's
//! own tariff says that it should have cost us (R14). Both use the same rows and sums as the charge.

use super::call::Call;
use super::charge;
use super::explanation::Trace;
use super::rates::Wanted;
use super::terms::Side;
use super::{Rater, Unpriced};
use crate::domain::book::{CallTypeId, TariffId};
use crate::domain::exact::Exact;
use crate::domain::money::{CallCharge, Currency, Price, Rounding};
use crate::domain::price_book::{CallClass, RateMode};
use crate::domain::time::Date;
use crate::domain::usage::UsageFlags;

impl Rater<'_> {
    /// The sum of the surcharges of a call, in a currency, whichever way the call itself was priced. A flag without a
    /// call type, tariff or calculated row costs nothing; there is no fallback.
    pub(super) fn surcharges(
        &self,
        side: Side,
        currency: Currency,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Exact, Unpriced> {
        if call.record.flags.bits() == 0 {
            return Ok(charge::nothing("surcharges", trace));
        }
        trace.step(|| "surcharges (R12)".to_owned());
        match self.tariff(side, CallClass::Surcharges, call, trace) {
            Some(tariff) => self.surcharges_by((tariff, call.date()), currency, call, trace),
            None => Ok(charge::nothing("surcharges", trace)),
        }
    }

    /// The same by a tariff's rows in force on a day.
    pub(super) fn surcharges_by(
        &self,
        (tariff, on): (TariffId, Date),
        currency: Currency,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Exact, Unpriced> {
        let flags = call.record.flags;
        let (mut sum, mut parts) = (Exact::ZERO, Vec::new());
        let is_set = |name: &str| flags.names().any(|set| set == name);
        for (name, call_type) in
            UsageFlags::NAMES.into_iter().zip(self.surcharge_types).filter(|(name, _)| is_set(name))
        {
            trace.line(|| format!("flagged {name}"));
            let Some(call_type) = call_type else { continue };
            trace.enter(name);
            let amount = self.surcharge((tariff, on), call_type, call, trace);
            trace.leave();
            let Some(amount) = amount? else { continue };
            let own = self.book.tariff(tariff).currency;
            let of = trace.text(|| match own == currency {
                true => format!("{name}_charge + {name}_access"),
                false => format!("({name}_charge + {name}_access)"),
            });
            sum = sum.plus(self.converted(name, (amount, &of), (own, currency), call, trace)?)?;
            parts.push(name);
        }
        charge::tell_sum("surcharges", parts.into_iter(), sum, trace);
        Ok(sum)
    }

    /// One surcharge, in its tariff's currency; none without a calculated row. Looked up by its call type and class alone: the call's own charge band
    /// and number would find the row of the call itself where one tariff serves for all classes.
    fn surcharge(
        &self,
        (tariff, on): (TariffId, Date),
        call_type: CallTypeId,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Option<Exact>, Unpriced> {
        let wanted =
            Wanted { charge_band: "", number: "", call_type, class: CallClass::Surcharges, band: call.band, date: on };
        let found = self.row(tariff, &wanted, trace).map(|found| self.rates.row(found.rate));
        let Some(row) = found.filter(|row| row.mode == RateMode::Calculated) else { return Ok(None) };
        let charge = self.charge_of_row(row, tariff, &wanted, call, trace)?;
        // What was not answered is not charged at all (R6): there is nothing to convert, and no rate to miss.
        let answered = charge.filter(|charge| !charge.is_unanswered);
        Ok(answered.map(|charge| charge.total()).transpose()?)
    }

    /// What the call should have cost us, in the workspace's currency; none if the carrier's tariff has no row for it.
    pub(super) fn expected_cost(&self, call: &Call, trace: &mut Trace) -> Result<Option<Price>, Unpriced> {
        trace.step(|| "expected cost (R14)".to_owned());
        let Some(tariff) = self.tariff(Side::Wholesale, call.call_type.class, call, trace) else {
            return Ok(None);
        };
        trace.enter("expected");
        let cost = self.cost_by(tariff, call, trace);
        trace.leave();
        let Some(cost) = cost? else { return Ok(None) };
        let pair = (self.book.tariff(tariff).currency, call.workspace_currency);
        let expected = self.converted("expected_cost", (cost.into(), "expected_sell"), pair, call, trace)?;
        Ok(Some(expected.rounded(8, Rounding::HalfUp)?))
    }

    /// What a carrier's tariff charges, in its currency.
    fn cost_by(&self, tariff: TariffId, call: &Call, trace: &mut Trace) -> Result<Option<CallCharge>, Unpriced> {
        let Some(quote) = self.by_row((tariff, call.date()), call, trace)? else { return Ok(None) };
        let surcharges = match quote.charge.is_unanswered {
            true => charge::nothing("surcharges", trace),
            false => self.surcharges(Side::Wholesale, self.book.tariff(tariff).currency, call, trace)?,
        };
        self.rounded_sum(&quote.charge, surcharges, Some(tariff), call, trace).map(Some)
    }
}
