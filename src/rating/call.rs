//! One matched record together with everything that the book says about it and rating asks for. Decides nothing.

use super::terms::TermsId;
use crate::domain::book::{BandId, Book, CallTypeId, CliId, SupplierId};
use crate::domain::customer::Customer;
use crate::domain::money::{Currency, Rounding};
use crate::domain::price_book::{CallType, Supplier, Tariff};
use crate::domain::time::Date;
use crate::domain::usage::{Kind, UsageMatch, UsageRecord};

/// Decimals of a charge that no supplier or tariff says anything about (X3 a).
const DEFAULT_DECIMALS: u32 = 4;
/// Seconds of the minute by which voice is priced.
pub(super) const SECONDS_PER_MINUTE: i128 = 60;

/// A matched record and its surroundings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) record: &'a UsageRecord,
    pub(super) supplier_id: SupplierId,
    pub(super) supplier: &'a Supplier,
    pub(super) line: CliId,
    /// What the line is priced by.
    pub(super) terms: TermsId,
    pub(super) customer: &'a Customer,
    pub(super) call_type_id: CallTypeId,
    pub(super) call_type: &'a CallType,
    /// The currency of the record's prices (X7).
    pub(super) currency: Currency,
    /// The time band at its start (R8).
    pub(super) band: BandId,
    /// The workspace's.
    pub(super) workspace_currency: Currency,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        book: &'a Book,
        supplier_id: SupplierId,
        (record, of): (&'a UsageRecord, UsageMatch),
        (terms, band): (TermsId, BandId),
    ) -> Self {
        let workspace_currency = book.settings.currency;
        Self {
            record,
            supplier_id,
            supplier: book.supplier(supplier_id),
            line: of.cli,
            terms,
            customer: book.customer(of.customer),
            call_type_id: of.call_type,
            call_type: book.call_type(of.call_type),
            currency: record.currency.unwrap_or(workspace_currency),
            band,
            workspace_currency,
        }
    }

    /// The civil day on which it began: that of dates in the book.
    pub(super) fn date(&self) -> Date {
        self.record.started.civil.date
    }

    /// Only voice has a duration.
    pub(super) fn is_voice(&self) -> bool {
        self.record.kind == Kind::Voice
    }

    /// How many units are priced as one: 60 seconds, the bytes of the supplier's megabyte, one message, one event.
    pub(super) fn units_per_price(&self) -> i128 {
        match self.record.kind {
            Kind::Voice => SECONDS_PER_MINUTE,
            Kind::Data => i128::from(self.supplier.bytes_per_mb.max(1)),
            Kind::Sms | Kind::Event => 1,
        }
    }

    /// `125 s`, `4500 bytes`, `3 sms`.
    pub(super) fn units_in_words(&self, units: u64) -> String {
        let unit = match self.record.kind {
            Kind::Voice => "s",
            Kind::Data => "bytes",
            kind @ (Kind::Sms | Kind::Event) => kind.name(),
        };
        format!("{units} {unit}")
    }

    /// How its charge is rounded: by the supplier, else by the tariff that R1 found, else by default (X3 a, R4).
    pub(super) fn rounding(&self, tariff: Option<&Tariff>) -> (u32, Rounding) {
        let decimals = self.supplier.call_decimals.or(tariff.map(|tariff| tariff.decimals));
        let rounding = self.supplier.call_rounding.or(tariff.map(|tariff| tariff.rounding));
        (decimals.unwrap_or(DEFAULT_DECIMALS), rounding.unwrap_or_default())
    }
}
