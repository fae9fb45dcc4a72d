//! Tariff and call → the charge of the row that R2 finds, by the row's mode (R2, R3, R5, R9). Does not fall back when
//! there is none: markups do (R4).

use super::call::Call;
use super::charge::{self, RowCharge};
use super::explanation::Trace;
use super::rates::Wanted;
use super::{Quote, Rater, Unpriced, split};
use crate::domain::book::TariffId;
use crate::domain::exact::Exact;
use crate::domain::money::{Currency, Percent, Price};
use crate::domain::price_book::{Rate, RateMode};
use crate::domain::time::Date;
use crate::domain::usage::RatePath;

impl Rater<'_> {
    /// The charge by a tariff's rows in force on a day, if one is found and its mode has the price that it needs.
    pub(super) fn by_row(
        &self,
        (tariff, on): (TariffId, Date),
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Option<Quote>, Unpriced> {
        let wanted = Wanted {
            charge_band: &call.record.charge_band,
            number: call.record.looked_up_number(),
            call_type: call.call_type_id,
            class: call.call_type.class,
            band: call.band,
            date: on,
        };
        trace.step(|| format!("rate row by {} (R2)", self.book.tariff(tariff).code));
        let Some(found) = self.row(tariff, &wanted, trace) else { return Ok(None) };

        let row = self.rates.row(found.rate);
        trace.step(|| "charge by this row (R3, R5)".to_owned());
        let charge = self.charge_of_row(row, tariff, &wanted, call, trace)?;
        let path = if row.mode == RateMode::FromFile { RatePath::FromFile } else { found.path };
        Ok(charge.map(|charge| Quote { charge, rate_row: Some(found.rate), path }))
    }

    /// The charge by a row; none if the record lacks the price that the row's mode needs (R3).
    pub(super) fn charge_of_row(
        &self,
        row: &Rate,
        tariff: TariffId,
        wanted: &Wanted,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Option<RowCharge>, Unpriced> {
        if charge::is_unanswered(row, call, trace) {
            return Ok(Some(RowCharge::UNANSWERED));
        }
        let record = call.record;
        let price = match row.mode {
            RateMode::Calculated => None,
            RateMode::Markup => Some(("cost", record.cost, row.percent)),
            RateMode::Suggested => Some(("suggested_retail", record.suggested_retail, row.percent)),
            RateMode::FromFile => Some(("sell_price", record.file_sell, Percent::ZERO)),
        };
        let parts = match price {
            None => self.calculated(row, tariff, wanted, call, trace)?,
            Some(price) => {
                let marked_up = self.marked_up(price, self.book.tariff(tariff).currency, call, trace)?;
                marked_up.map(|usage| (charge::nothing("connection", trace), usage, record.units))
            }
        };
        Ok(parts.map(|parts| RowCharge::of_parts(parts, row, call, trace)).transpose()?)
    }

    /// Connection, usage and billable units of mode `calculated` (R5, R6, R9, R10).
    fn calculated(
        &self,
        row: &Rate,
        tariff: TariffId,
        wanted: &Wanted,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Option<(Exact, Exact, u64)>, Unpriced> {
        if !row.steps.is_empty() {
            if !call.is_voice() {
                // A step is a stretch of time: the row says nothing about what has none, and nothing is not zero (R4).
                trace.line(|| {
                    "the row has steps by elapsed seconds (R10), the record has no duration: no rate".to_owned()
                });
                return Ok(None);
            }
            return Ok(Some(charge::by_steps(row, call, trace)?));
        }
        let (billable, charged) = charge::billable_units(row, call, trace)?;
        trace.sum("connection", "", || (row.connection.to_string(), row.connection.to_string()));
        let splits =
            self.book.tariff(tariff).split_bands && call.is_voice() && self.bands.of_file(call.record).is_none();
        let usage = if splits {
            self.usage_by_band(row, tariff, wanted, billable, call, trace)?
        } else {
            charge::rate_times_units(("usage", ""), row.rate, (charged, "charged_units"), call, trace)?
        };
        Ok(Some((row.connection.into(), usage, billable)))
    }

    /// Each second at the rate of the band in which its increment begins (R9 `split`). The rate of a band is that of
    /// the row which R2 finds for it; a band without one, or whose row does not charge by the minute, uses the row at
    /// the start.
    fn usage_by_band(
        &self,
        row: &Rate,
        tariff: TariffId,
        wanted: &Wanted,
        billable: u64,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Exact, Unpriced> {
        let (mut usage, mut parts) = (Exact::ZERO, Vec::new());
        for (band, seconds) in split::seconds_by_band(&self.bands, call, row, billable)? {
            let of_band = || {
                let found = self.rates.find(tariff, &Wanted { band, ..*wanted })?;
                let row = self.rates.row(found.rate);
                (row.mode == RateMode::Calculated && row.steps.is_empty()).then_some(row.rate)
            };
            let rate = if band == call.band { row.rate } else { of_band().unwrap_or(row.rate) };
            let name = trace.text(|| format!("usage_{}", parts.len() + 1));
            let remark = trace.text(|| format!("R9: in {}", self.band_name(band)));
            let of = trace.text(|| seconds.to_string());
            let units = (seconds, of.as_str());
            usage = usage.plus(charge::rate_times_units((&name, &remark), rate, units, call, trace)?)?;
            parts.push(name);
        }
        charge::tell_sum("usage", parts.iter().map(String::as_str), usage, trace);
        Ok(usage)
    }

    /// A price of the file (its name, itself, the markup on it) in a currency, marked up (R3); none if the record
    /// lacks it.
    pub(super) fn marked_up(
        &self,
        (what, price, percent): (&str, Option<Price>, Percent),
        currency: Currency,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Option<Exact>, Unpriced> {
        let Some(price) = self.price_of_file(what, price, currency, call, trace)? else { return Ok(None) };
        let marked_up = price.marked_up(percent)?;
        trace.sum("usage", "R3", || (format!("{what} × (1 + {percent} / 100)"), marked_up.to_string()));
        Ok(Some(marked_up))
    }

    /// A price of the file in another currency, by the exchange rate of the call's day (X7).
    pub(super) fn price_of_file(
        &self,
        what: &str,
        price: Option<Price>,
        currency: Currency,
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Option<Exact>, Unpriced> {
        let Some(price) = price else {
            trace.line(|| format!("the file has no {}", what.replace('_', " ")));
            return Ok(None);
        };
        let of = trace.text(|| price.to_string());
        self.converted(what, (price.into(), &of), (call.currency, currency), call, trace).map(Some)
    }

    /// An amount in another currency, by the exchange rate of the call's day (X7). `of` is the amount, or the sum that
    /// it is.
    pub(super) fn converted(
        &self,
        name: &str,
        (amount, of): (Exact, &str),
        (from, to): (Currency, Currency),
        call: &Call,
        trace: &mut Trace,
    ) -> Result<Exact, Unpriced> {
        let converted = self.currencies.convert(amount, (from, to), call.date());
        if !trace.is_kept() {
            return converted;
        }
        match (converted, self.currencies.rate(from, to, call.date())) {
            (Ok(same), _) if from == to => trace.sum(name, to.code(), || (of.to_owned(), same.to_string())),
            (Ok(converted), Some(rate)) => {
                let remark = format!("X7: {from} in {to}");
                trace.sum(name, &remark, || (format!("{of} × {rate}"), converted.to_string()));
            }
            _ => trace.line(|| format!("{amount} {from}: no exchange rate to {to} on {} (X7)", call.date())),
        }
        converted
    }
}
