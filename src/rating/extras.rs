//! What stands beside the charge itself: surcharges for what a record is flagged with (R12), and what the carrier's
//! own tariff says that it should have cost us (R14). Both use the same rows and sums as the charge.

use super::call::Call;
use super::exact::Exact;
use super::explanation::Trace;
use super::rates::Wanted;
use super::tariffs::Side;
use super::{Rater, Unpriced};
use crate::domain::book::{CallTypeId, TariffId};
use crate::domain::money::{Currency, Price, Rounding};
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
            return Ok(Exact::ZERO);
        }
        trace.step(|| "surcharges (R12)".to_owned());
        match self.tariffs.choose(side, call, CallClass::Surcharges, trace) {
            Some(tariff) => self.surcharges_by((tariff, call.date()), currency, call, trace),
            None => Ok(Exact::ZERO),
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
        let mut sum = Exact::ZERO;
        let is_set = |name: &str| flags.names().any(|set| set == name);
        for (name, call_type) in
            UsageFlags::NAMES.into_iter().zip(self.surcharge_types).filter(|(name, _)| is_set(name))
        {
            trace.line(|| format!("flagged {name}:"));
            let Some(call_type) = call_type else { continue };
            let amount = self.surcharge((tariff, on), call_type, call, trace)?;
            let own = self.book.tariff(tariff).currency;
            sum = sum.plus(self.converted("surcharge", amount, (own, currency), call, trace)?)?;
        }
        Ok(sum)
    }

    /// One surcharge, in its tariff's currency. Looked up by its call type and class alone: the call's own charge band
    /// and number would find the row of the call itself where one tariff serves for all classes.
    fn surcharge(
        &self,
        (tariff, on): (TariffId, Date),
        call_type: CallTypeId,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Exact, Unpriced> {
        let wanted =
            Wanted { charge_band: "", number: "", call_type, class: CallClass::Surcharges, band: call.band, date: on };
        let found = self.rates.find(tariff, &wanted, trace).map(|found| self.rates.row(found.rate));
        let Some(row) = found.filter(|row| row.mode == RateMode::Calculated) else { return Ok(Exact::ZERO) };
        let charge = self.charge_of_row(row, tariff, &wanted, call, trace)?;
        Ok(charge.map_or(Ok(Exact::ZERO), |charge| charge.total())?)
    }

    /// What the call should have cost us, in the workspace's currency; none if the carrier's tariff has no row for it.
    pub(super) fn expected_cost(&self, call: &Call, trace: &mut Trace) -> Result<Option<Price>, Unpriced> {
        trace.step(|| "expected cost (R14)".to_owned());
        let Some(tariff) = self.tariffs.choose(Side::Wholesale, call, call.call_type.class, trace) else {
            return Ok(None);
        };
        let Some(quote) = self.by_row((tariff, call.date()), call, trace)? else { return Ok(None) };
        let currency = self.book.tariff(tariff).currency;
        let surcharges = match quote.charge.is_unanswered {
            true => Exact::ZERO,
            false => self.surcharges(Side::Wholesale, currency, call, trace)?,
        };
        let cost = self.rounded_sum(&quote.charge, surcharges, Some(tariff), call, trace)?;
        let pair = (currency, call.workspace_currency);
        let expected = self.converted("expected cost", cost.into(), pair, call, trace)?;
        Ok(Some(expected.rounded(8, Rounding::HalfUp)?))
    }
}
