//! What usage costs: suppliers, call types, prefixes, tariffs, rates, time bands, VAT codes, exchange rates.

use super::book::{BandId, CallTypeId, SupplierId, TariffId};
use super::money::{Currency, Percent, Price, Rounding};
use super::time::{Date, DateRange, Weekday};
use super::usage::{Direction, Kind};

/// The coarse slot that tariffs and markups are assigned by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallClass {
    /// Calls to our numbers.
    Inbound,
    /// UK geographic and UK-wide.
    National,
    /// UK mobile.
    Mobile,
    /// 080, 084, 087.
    NonGeographic,
    /// 09, 118 and the like.
    ServiceNumbers,
    /// Other countries.
    International,
    /// Satellite and other costly destinations.
    ExtendedInternational,
    /// R12.
    Surcharges,
    /// The reseller's own.
    Bespoke1,
    /// The reseller's own.
    Bespoke2,
}

/// One value for each call class.
pub type PerClass<T> = [T; 10];

impl CallClass {
    /// All classes, in the order of invoices.
    pub const ALL: PerClass<Self> = [
        Self::Inbound,
        Self::National,
        Self::Mobile,
        Self::NonGeographic,
        Self::ServiceNumbers,
        Self::International,
        Self::ExtendedInternational,
        Self::Surcharges,
        Self::Bespoke1,
        Self::Bespoke2,
    ];

    /// The name used in files.
    pub fn name(self) -> &'static str {
        [
            "inbound",
            "national",
            "mobile",
            "non_geographic",
            "service_numbers",
            "international",
            "extended_international",
            "surcharges",
            "bespoke_1",
            "bespoke_2",
        ][self as usize]
    }

    /// The words on an invoice.
    pub fn title(self) -> &'static str {
        [
            "Inbound calls",
            "National calls",
            "Mobile calls",
            "Non-geographic calls",
            "Service numbers",
            "International calls",
            "Extended international calls",
            "Surcharges",
            "Other usage (1)",
            "Other usage (2)",
        ][self as usize]
    }

    /// Reads the name used in files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == text)
    }

    /// The position in a [`PerClass`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// Who sends files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    /// Its code.
    pub code: String,
    /// The layout of its files.
    pub layout: String,
    /// Identifiers of the book match as prefixes of those in its files (M4).
    pub longest_prefix: bool,
    /// Decimals of each call's charge; overrides the tariff's (X3).
    pub call_decimals: Option<u32>,
    /// Rounding of each call's charge; overrides the tariff's (X3).
    pub call_rounding: Option<Rounding>,
    /// The call type of voice that nothing else classifies (C1).
    pub fallback_voice: Option<CallTypeId>,
    /// The call type of data that nothing else classifies.
    pub fallback_data: Option<CallTypeId>,
    /// The call type of messages that nothing else classifies.
    pub fallback_sms: Option<CallTypeId>,
    /// Bytes of a megabyte: 1,000,000 or 1,048,576.
    pub bytes_per_mb: u32,
}

/// The default tariff of a supplier's lines (R1, third step), or the supplier's own tariff (R14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplierTariff {
    /// Whose files.
    pub supplier: SupplierId,
    /// For lines of this type; empty for any.
    pub cli_type: String,
    /// For usage of this class.
    pub class: CallClass,
    /// The tariff.
    pub tariff: TariffId,
    /// What the supplier charges us, rather than what we charge.
    pub wholesale: bool,
}

/// A fine destination or kind of usage (C2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallType {
    /// Its code.
    pub code: String,
    /// What invoices call it.
    pub description: String,
    /// The slot that it belongs to.
    pub class: CallClass,
    /// What is measured.
    pub kind: Kind,
    /// What it is shown under; may be empty.
    pub display_group: String,
    /// Whose rate serves when it has none of its own (R2).
    pub fallback_rate_as: Option<CallTypeId>,
    /// In percent (A5).
    pub allowance_weight: Percent,
    /// No VAT on it (V1).
    pub vat_exempt: bool,
    /// Never billed (M8).
    pub exclude: bool,
    /// Itemised under the supplier's words.
    pub use_supplier_description: bool,
}

/// A supplier's charge band and the call type that it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeBand {
    /// Whose.
    pub supplier: SupplierId,
    /// The band, trimmed; matched exactly.
    pub band: String,
    /// What it means.
    pub call_type: CallTypeId,
}

/// The start of a number and the call type that it means (C1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// For this supplier's files only, or for all.
    pub supplier: Option<SupplierId>,
    /// Normalised: `+44207`, `118`.
    pub prefix: String,
    /// For which direction it counts.
    pub direction: Direction,
    /// What it means.
    pub call_type: CallTypeId,
}

/// An identifier to ignore (M8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// In this supplier's files only, or in all.
    pub supplier: Option<SupplierId>,
    /// Normalised.
    pub identifier: String,
}

/// How much of `to` one unit of `from` is, from a date on until the next row of the pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRate {
    /// Foreign currency.
    pub from: Currency,
    /// Usually the workspace's.
    pub to: Currency,
    /// The first day.
    pub date: Date,
    /// The rate.
    pub rate: Price,
}

/// A named list of rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// Its code.
    pub code: String,
    /// The tariff asked next (R2).
    pub parent: Option<TariffId>,
    /// The currency of its prices (X7).
    pub currency: Currency,
    /// Decimals of each call's charge, 0–6 (X3).
    pub decimals: u32,
    /// Rounding of each call's charge (X3).
    pub rounding: Rounding,
    /// Each increment is charged by the band in which it begins, rather than all by the band at the start (R9).
    pub split_bands: bool,
    /// For people.
    pub description: String,
}

/// What a rate row is for (R2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RateMatch {
    /// A supplier's charge band.
    Band(String),
    /// Numbers that begin so; normalised.
    Prefix(String),
    /// A call type.
    Type(CallTypeId),
    /// A whole class.
    Class(CallClass),
}

/// How a rate row makes a price (R3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RateMode {
    /// From units.
    #[default]
    Calculated,
    /// From cost.
    Markup,
    /// From the suggested retail price.
    Suggested,
    /// The file's sell price.
    FromFile,
}

/// The access charge of non-geographic calls (R11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessCharge {
    /// Once per call.
    pub connection: Price,
    /// Per minute.
    pub rate: Price,
    /// In seconds, at least 1.
    pub increment: u32,
    /// Its own rounding mode and decimals; unrounded if `None`.
    pub rounding: Option<(Rounding, u32)>,
}

/// A stretch of a call with its own price (R10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateStep {
    /// Seconds from the start of the call at which it begins.
    pub from_seconds: u32,
    /// Charged once on entering it.
    pub connection: Price,
    /// Per minute inside it.
    pub rate: Price,
    /// In seconds, at least 1.
    pub increment: u32,
}

/// A rate row. All prices are in the major unit of the tariff's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Of which tariff.
    pub tariff: TariffId,
    /// What it is for.
    pub matches: RateMatch,
    /// In which time band; all if `None`.
    pub band: Option<BandId>,
    /// From when to when.
    pub valid: DateRange,
    /// How it makes a price.
    pub mode: RateMode,
    /// Once per call.
    pub connection: Price,
    /// Per minute, MB, message or event.
    pub rate: Price,
    /// Least that connection and usage cost together (R5).
    pub minimum: Option<Price>,
    /// Most that connection and usage cost together (R5).
    pub maximum: Option<Price>,
    /// First block, in seconds or bytes, at least 1 (R6).
    pub initial_increment: u64,
    /// Following blocks, in seconds or bytes, at least 1 (R6).
    pub increment: u64,
    /// Covered by the connection charge (R7).
    pub included_seconds: u32,
    /// Calls shorter than this are not charged (R6).
    pub min_seconds: u32,
    /// For the modes `markup` and `suggested`.
    pub percent: Percent,
    /// R11.
    pub access: Option<AccessCharge>,
    /// R10; empty for none. Replaces connection, rate and increments.
    pub steps: Vec<RateStep>,
    /// The row's stable name within its tariff: `type:uk_mobile daytime from 2026-01-01`.
    pub name: String,
}

/// A day as time bands see it: a weekday, or a bank holiday treated as its own kind of day (R8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BandDay {
    /// A day of the week.
    Weekday(Weekday),
    /// `Hol`.
    Holiday,
}

impl BandDay {
    /// Its bit in [`TimeBand::days`]: Monday is bit 0, `Hol` is bit 7.
    pub fn bit(self) -> u8 {
        match self {
            Self::Weekday(day) => 1 << (day as u8),
            Self::Holiday => 1 << 7,
        }
    }
}

/// A stretch of the week (R8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeBand {
    /// For this supplier only, or the workspace's default.
    pub supplier: Option<SupplierId>,
    /// Its name.
    pub band: BandId,
    /// On which days, as bits of [`BandDay::bit`].
    pub days: u8,
    /// From this second of the day.
    pub start: u32,
    /// To this second of the day, not included; 86,400 is midnight.
    pub end: u32,
    /// Also covers time that no row covers.
    pub is_default: bool,
}

/// A bank holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The day it is treated as.
    pub treated_as: BandDay,
    /// For people.
    pub name: String,
}

/// What kind of VAT a code means (V1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VatKind {
    /// The standard rate.
    Standard,
    /// A reduced rate.
    Reduced,
    /// Zero rate.
    Zero,
    /// Exempt.
    Exempt,
    /// The customer accounts for it (V2).
    ReverseCharge,
}

impl VatKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Standard, Self::Reduced, Self::Zero, Self::Exempt, Self::ReverseCharge];

    /// The name used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reduced => "reduced",
            Self::Zero => "zero",
            Self::Exempt => "exempt",
            Self::ReverseCharge => "reverse_charge",
        }
    }

    /// Reads the name used in files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// A VAT code within its dates (V1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VatCode {
    /// Its code.
    pub code: String,
    /// In percent.
    pub rate: Percent,
    /// Its kind.
    pub kind: VatKind,
    /// Printed on invoices.
    pub label: String,
    /// When it is in force.
    pub valid: DateRange,
}
