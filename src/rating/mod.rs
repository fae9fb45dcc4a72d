//! [`MatchedUsage`] → [`RatedUsage`]: what a record costs (R1–R15). Does not know allowances, caps or invoices, reads
//! no file, keeps no state between records. Exact until one rounding at the end (X3 a).
//!
//! `Rater::priced` is the order of the rules. What tariff and which row (R1, R2) was resolved when the book was compiled:
//! `terms`, `rates`; `search` says the same in plain words, for explanations.

mod answers;
mod bands;
mod call;
mod charge;
mod currencies;
mod explanation;
mod extras;
mod markups;
mod quotes;
mod rates;
mod rows_by_key;
mod search;
mod split;
mod terms;
#[cfg(test)]
mod test_book;
#[cfg(test)]
mod test_properties;
#[cfg(test)]
mod test_sums;
mod timelines;
mod units;
mod versions;

use crate::domain::book::{BandId, Book, CallTypeId, RateId, SupplierId, TariffId};
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::exact::Exact;
use crate::domain::money::{CallCharge, Overflow, Rounding};
use crate::domain::price_book::{CallClass, CallType};
use crate::domain::usage::{
    ChargeComponents, MatchedUsage, RatePath, RatedUsage, SetAside, UsageFlags, UsageMatch, UsagePrice, UsageRecord,
    WhyAside,
};
use bands::Bands;
use call::Call;
use charge::RowCharge;
use currencies::Currencies;
use explanation::Trace;
pub use explanation::{ExplainedSum, Explanation, ExplanationStep};
use rates::{Found, Rates, Wanted};
use terms::{Side, Terms, TermsId};
pub use versions::{TariffQuote, TariffVersion};

/// The book, indexed for rating. Built once per run, shared by all threads.
#[derive(Debug)]
pub struct Rater<'b> {
    book: &'b Book,
    bands: Bands<'b>,
    currencies: Currencies,
    terms: Terms,
    rates: Rates<'b>,
    /// The reserved call types of R12, in the order of [`UsageFlags::NAMES`].
    surcharge_types: [Option<CallTypeId>; 3],
}

/// Why a record has no price (M9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unpriced(Reason);

impl From<Overflow> for Unpriced {
    fn from(_: Overflow) -> Self {
        Self(Reason::AmountOutOfRange)
    }
}

/// A charge and how it was found, before surcharges and rounding.
#[derive(Clone, Copy, Debug)]
struct Quote {
    charge: RowCharge,
    rate_row: Option<RateId>,
    path: RatePath,
}

impl<'b> Rater<'b> {
    /// Indexes a book.
    pub fn new(book: &'b Book) -> Self {
        let reserved = |name: &str| {
            let is_it = |row: &CallType| row.code == name;
            book.call_types.iter().position(is_it).map(CallTypeId::from_index)
        };
        Self {
            book,
            bands: Bands::new(book),
            currencies: Currencies::new(book),
            terms: Terms::new(book),
            rates: Rates::new(book),
            surcharge_types: UsageFlags::NAMES.map(reserved),
        }
    }

    /// Prices a record, or says why it cannot be: `no exchange rate`, `no rate`, `amount out of range`.
    pub fn rate(&self, supplier: SupplierId, matched: MatchedUsage) -> Result<RatedUsage, Box<SetAside>> {
        match self.price(supplier, &matched.record, matched.found()) {
            Ok(price) => Ok(RatedUsage::new(matched, price)),
            Err(why) => Err(Box::new(SetAside::new(matched.record, why))),
        }
    }

    /// The same without the record.
    pub fn price(&self, supplier: SupplierId, record: &UsageRecord, of: UsageMatch) -> Result<UsagePrice, WhyAside> {
        self.price_on(self.terms.of_line(of.cli), supplier, record, of)
    }

    /// The same for many records; what stopped one before stays. Faster than one by one: the terms of all lines are
    /// fetched first.
    pub fn price_each<'r>(
        &self,
        supplier: SupplierId,
        records: &'r [UsageRecord],
        matches: &[Result<UsageMatch, WhyAside>],
        mut take: impl FnMut(&'r UsageRecord, Result<(UsageMatch, UsagePrice), WhyAside>),
    ) {
        let terms = matches.iter().map(|found| found.map(|of| (of, self.terms.of_line(of.cli))));
        let terms: Vec<_> = terms.collect();
        for (record, found) in records.iter().zip(terms) {
            let price = |(of, terms)| Ok((of, self.price_on(terms, supplier, record, of)?));
            take(record, found.and_then(price));
        }
    }

    fn price_on(
        &self,
        terms: TermsId,
        supplier: SupplierId,
        record: &UsageRecord,
        of: UsageMatch,
    ) -> Result<UsagePrice, WhyAside> {
        let priced = self.priced(terms, supplier, (record, of), &mut Trace::silent());
        priced.map_err(|Unpriced(reason)| WhyAside {
            cli: Some(of.cli),
            customer: Some(of.customer),
            call_type: Some(of.call_type),
            disposition: Disposition::Suspense,
            reason,
        })
    }

    /// Why a record costs what it costs, step by step (R13). The same code as [`Self::rate`], made to take notes.
    ///
    /// # Panics
    /// If the plain rule, which is told, and the compiled look-ups, which bill, differ: a fault of the program.
    pub fn explain(&self, supplier: SupplierId, matched: &MatchedUsage) -> Explanation {
        let mut trace = Trace::kept();
        let usage = (&matched.record, matched.found());
        let terms = self.terms.of_line(matched.cli);
        let priced = self.priced(terms, supplier, usage, &mut trace);
        let billed = self.priced(terms, supplier, usage, &mut Trace::silent());
        assert_eq!(priced, billed, "what is told is what is billed");
        let currency = self.book.customer(matched.customer).currency;
        trace.step(|| match priced {
            Ok(priced) => format!("result: {} {currency}", priced.sell.to_places(currency.digits)),
            Err(Unpriced(reason)) => format!("result: suspense, {reason}"),
        });
        if let Ok(priced) = priced {
            trace.line(|| {
                let call = Call::new(self.book, supplier, usage, (terms, priced.band));
                let (path, band) = (priced.path.name(), self.band_name(priced.band));
                let billable = call.units_in_words(priced.billable_units);
                format!("path {path}, time band {band}, billable {billable}")
            });
        }
        Explanation {
            steps: trace.into_steps(),
            sell: priced.ok().map(|priced| priced.sell),
            reason: priced.err().map(|Unpriced(reason)| reason.name()),
        }
    }

    /// The whole of rating, in its order.
    fn priced(
        &self,
        terms: TermsId,
        supplier: SupplierId,
        (record, of): (&UsageRecord, UsageMatch),
        trace: &mut Trace,
    ) -> Result<UsagePrice, Unpriced> {
        let band = self.bands.at_start(supplier, record);
        let call = Call::new(self.book, supplier, (record, of), (terms, band));
        self.tell_call(&call, trace);

        trace.step(|| "cost (X7)".to_owned());
        let cost = self.price_of_file("cost", call.record.cost, call.workspace_currency, &call, trace)?;
        let cost = cost.unwrap_or(Exact::ZERO).rounded(8, Rounding::HalfUp)?;

        trace.step(|| "tariff (R1)".to_owned());
        let tariff = self.tariff(Side::Retail, call.call_type.class, &call, trace);
        let by_row = tariff.map_or(Ok(None), |tariff| self.by_row((tariff, call.date()), &call, trace))?;
        let quote = by_row.map_or_else(|| self.by_markup(&call, trace), Ok)?;

        let surcharges = match quote.charge.is_unanswered || record.flags == UsageFlags::default() {
            true => charge::nothing("surcharges", trace),
            false => self.surcharges(Side::Retail, call.customer.currency, &call, trace)?,
        };
        let sell = self.rounded_sum(&quote.charge, surcharges, tariff, &call, trace)?;
        Ok(UsagePrice {
            cost,
            expected_cost: self.expected_cost(&call, trace)?,
            sell,
            // The terms of R5's sum as they are, before minimum and maximum: with these a reader can redo the sum.
            components: ChargeComponents {
                connection: quote.charge.connection.rounded(8, Rounding::HalfUp)?,
                usage: quote.charge.usage.rounded(8, Rounding::HalfUp)?,
                access: quote.charge.access.rounded(8, Rounding::HalfUp)?,
                surcharges: surcharges.rounded(8, Rounding::HalfUp)?,
            },
            billable_units: quote.charge.billable_units,
            band,
            tariff,
            rate_row: quote.rate_row,
            path: quote.path,
            unanswered: quote.charge.is_unanswered,
        })
    }

    /// The tariff for a class (R1, R14). An explanation is told by the plain rule.
    fn tariff(&self, side: Side, class: CallClass, call: &Call, trace: &mut Trace) -> Option<TariffId> {
        match trace.is_kept() {
            true => search::tariff(self.book, side, class, call, trace),
            false => self.terms.tariff(side, class, call, self.book),
        }
    }

    /// The rate row (R2). An explanation is told by the plain rule.
    fn row(&self, tariff: TariffId, wanted: &Wanted, trace: &mut Trace) -> Option<Found> {
        match trace.is_kept() {
            true => search::row(self.book, tariff, wanted, trace),
            false => self.rates.find(tariff, wanted),
        }
    }

    /// All parts together, rounded once (R5, X3 a).
    fn rounded_sum(
        &self,
        charge: &RowCharge,
        surcharges: Exact,
        tariff: Option<TariffId>,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<CallCharge, Unpriced> {
        let sum = charge.total()?.plus(surcharges)?;
        let (places, rounding) = call.rounding(tariff.map(|id| self.book.tariff(id)));
        let rounded: CallCharge = sum.rounded(places, rounding)?;
        trace.step(|| "rounding (X3)".to_owned());
        trace.sum("sell", "", || {
            let formula = format!("charge + access + surcharges, {} to {places} decimals", rounding.name());
            (formula, rounded.to_places(places))
        });
        Ok(rounded)
    }

    fn tell_call(&self, call: &Call, trace: &mut Trace) {
        let record = call.record;
        trace.step(|| {
            let (kind, direction) = (record.kind.name(), record.direction.name());
            format!("{kind} {direction}bound at {}, {}", record.started.civil, call.units_in_words(record.units))
        });
        trace.line(|| {
            let identifier = &self.book.cli(call.line).cli;
            let (account, name) = (&call.customer.account, &call.customer.name);
            format!("line {identifier} of {account} ({name}), other party {}", record.other_party)
        });
        trace.line(|| {
            let CallType { code, description, class, .. } = call.call_type;
            format!("call type {code} ({description}), class {}", class.name())
        });
        trace.line(|| {
            let band = self.band_name(call.band);
            let by =
                if self.bands.of_file(record).is_some() { "as the file says" } else { "by the clock at the start" };
            format!("time band {band}, {by} (R8)")
        });
    }

    fn band_name(&self, band: BandId) -> &'b str {
        self.book.band_names.get(band.index()).map_or("none", String::as_str)
    }
}
