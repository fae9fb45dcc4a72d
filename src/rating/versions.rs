//! A record priced by one tariff, whatever its customer has: what comparisons of tariffs are made of. The same rows and
//! sums as rating; no markup follows where the tariff has no rate.

use super::call::Call;
use super::explanation::Trace;
use super::{Rater, Unpriced};
use crate::domain::book::{RateId, SupplierId, TariffId};
use crate::domain::disposition::Reason;
use crate::domain::exact::Exact;
use crate::domain::money::{CallCharge, Currency, Price, Rounding};
use crate::domain::time::Date;
use crate::domain::usage::{MatchedUsage, RatePath};

/// A tariff as it is, or as it is on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TariffVersion {
    /// The tariff, asked for every class, surcharges among them.
    pub tariff: TariffId,
    /// The rows in force on this day price all usage; those in force on the day of each record if `None`.
    pub on: Option<Date>,
}

/// What a record costs by one tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TariffQuote {
    /// What the customer would pay before allowances and caps, in the tariff's currency.
    pub sell: CallCharge,
    /// The row that priced it.
    pub rate_row: RateId,
    /// How the row was found.
    pub path: RatePath,
}

impl Rater<'_> {
    /// Prices a record by one tariff; none if that has no rate for it.
    ///
    /// # Errors
    /// `no exchange rate`, `amount out of range`.
    pub fn rate_on(
        &self,
        version: TariffVersion,
        supplier: SupplierId,
        matched: &MatchedUsage,
    ) -> Result<Option<TariffQuote>, Reason> {
        self.quoted(version, supplier, matched).map_err(|Unpriced(reason)| reason)
    }

    /// An amount in another currency on a day, to 8 decimals (X7); none without an exchange rate for the day.
    pub fn exchanged(&self, amount: Price, pair: (Currency, Currency), on: Date) -> Option<Price> {
        let exchanged = self.currencies.convert(amount.into(), pair, on).ok()?;
        exchanged.rounded(8, Rounding::HalfUp).ok()
    }

    fn quoted(
        &self,
        TariffVersion { tariff, on }: TariffVersion,
        supplier: SupplierId,
        matched: &MatchedUsage,
    ) -> Result<Option<TariffQuote>, Unpriced> {
        let trace = &mut Trace::silent();
        let (record, of) = (&matched.record, matched.found());
        let (terms, band) = (self.terms.of_line(of.cli), self.bands.at_start(supplier, record));
        let call = Call::new(self.book, supplier, (record, of), (terms, band));
        let asked = (tariff, on.unwrap_or(call.date()));
        let Some(quote) = self.by_row(asked, &call, trace)? else { return Ok(None) };
        let Some(rate_row) = quote.rate_row else { return Ok(None) };
        let surcharges = match quote.charge.is_unanswered {
            true => Exact::ZERO,
            false => self.surcharges_by(asked, self.book.tariff(tariff).currency, &call, trace)?,
        };
        let sell = self.rounded_sum(&quote.charge, surcharges, Some(tariff), &call, trace)?;
        Ok(Some(TariffQuote { sell, rate_row, path: quote.path }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_book::*;
    use super::*;
    use crate::domain::usage::UsageFlags;

    #[test]
    fn a_record_is_priced_by_the_tariff_that_is_asked() {
        let rows = [
            "type:geo rate=0.01 to=2026-03-31",
            "type:geo rate=0.02 from=2026-04-01",
            "type:geo tariff=carrier rate=0.005",
            "type:payphone connection=0.30",
        ];
        let book = book_with(&rows);
        let rater = Rater::new(&book);
        let quoted = |tariff, on: &str, flags| {
            let mut matched = call(120);
            matched.record.flags = UsageFlags::from_bits(flags);
            let on = (!on.is_empty()).then(|| date(on));
            let quote = rater.rate_on(TariffVersion { tariff, on }, GAMMA, &matched).unwrap();
            quote.map(|quote| quote.sell.to_string())
        };
        // The call is of 2 March, 2 minutes.
        assert_eq!(quoted(RETAIL, "", 0).as_deref(), Some("0.02"), "0.01 × 2");
        assert_eq!(quoted(RETAIL, "2026-04-01", 0).as_deref(), Some("0.04"), "R17: the version of April: 0.02 × 2");
        assert_eq!(quoted(RETAIL, "", 0b010).as_deref(), Some("0.32"), "R12: 0.02 + 0.30");
        assert_eq!(quoted(CARRIER, "", 0b010).as_deref(), Some("0.01"), "R12: no surcharge of its own");
        assert_eq!(quoted(BASE, "", 0), None, "no rate, and no markup");
    }
}
