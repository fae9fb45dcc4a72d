//! One usage record through its life, each state its own type:
//! [`UsageRecord`] (what the file says) → [`MatchedUsage`] (whose it is, what kind) → [`RatedUsage`] (what it costs)
//! → [`ChargedUsage`] (what is left to pay after allowances and caps). A later state holds the earlier one; none is
//! ever changed.

use super::book::{BandId, CallTypeId, CliId, CostCentreId, CustomerId, RateId, TariffId};
pub use super::charged_usage::ChargedUsage;
use super::disposition::{Disposition, Reason};
use super::money::{CallCharge, Currency, Price};
use super::time::{Moment, TimeFlag};

/// A text of a record. Up to 15 bytes lie in the record itself, so that the identifiers and numbers of nearly all records
/// take no memory of their own.
pub type Text = ecow::EcoString;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A call; counted in seconds, priced per minute.
    Voice,
    /// A data session; counted in bytes, priced per MB.
    Data,
    /// Messages; counted and priced each.
    Sms,
    /// Anything else that is counted and priced each.
    Event,
}

impl Kind {
    /// All kinds, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Voice, Self::Data, Self::Sms, Self::Event];

    /// The name used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Data => "data",
            Self::Sms => "sms",
            Self::Event => "event",
        }
    }

    /// Reads the name used in files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// Which way the usage went, seen from our customer (M5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Our customer called.
    #[default]
    Out,
    /// Our customer was called.
    In,
}

impl Direction {
    /// `out` or `in`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::In => "in",
        }
    }

    /// Reads `out` or `in`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "out" => Some(Self::Out),
            "in" => Some(Self::In),
            _ => None,
        }
    }
}

/// What a record carries that costs extra (R12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageFlags {
    /// Made from a mobile to one of our numbers.
    pub mobile_origin: bool,
    /// Made from a payphone.
    pub payphone: bool,
    /// Was recorded.
    pub recorded: bool,
}

impl UsageFlags {
    /// The reserved call types of R12 and how to ask for each.
    pub const NAMES: [&str; 3] = ["mobile_origin", "payphone", "recorded"];

    /// The flags as bits, in the order of [`Self::NAMES`].
    pub fn bits(self) -> u8 {
        u8::from(self.mobile_origin) | u8::from(self.payphone) << 1 | u8::from(self.recorded) << 2
    }

    /// The inverse of [`Self::bits`]; bits beyond the third are ignored.
    pub fn from_bits(bits: u8) -> Self {
        Self { mobile_origin: bits & 1 != 0, payphone: bits & 2 != 0, recorded: bits & 4 != 0 }
    }

    /// The names of the flags that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().enumerate().filter(move |(bit, _)| self.bits() & (1 << bit) != 0).map(|(_, name)| name)
    }
}

/// One record as the supplier's file has it: the fact. Prices are in the major unit, numbers normalised (M1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRecord {
    /// Position among the records of its file, from 0, without rejected lines. Unique within an import.
    pub row: u32,
    /// Physical line of the file, from 1.
    pub line: u64,
    /// The supplier's own record id, where the file has one.
    pub record_id: Option<Text>,
    /// What is measured.
    pub kind: Kind,
    /// Which way it went.
    pub direction: Direction,
    /// The identifier that says whose it is: the calling one of outbound, the called one of inbound usage (M5).
    pub cli: Text,
    /// The other end; empty if the file does not say.
    pub other_party: Text,
    /// When it began.
    pub started: Moment,
    /// Whether its civil time was in a gap or ambiguous (X5).
    pub time_flag: TimeFlag,
    /// Seconds of voice (a begun second counts, R6), bytes of data, messages or events.
    pub units: u64,
    /// What the supplier charges us.
    pub cost: Option<Price>,
    /// The sell price that the file states.
    pub file_sell: Option<Price>,
    /// The supplier's suggested retail price.
    pub suggested_retail: Option<Price>,
    /// The currency of the prices, where it is not the workspace's (X7).
    pub currency: Option<Currency>,
    /// The supplier's charge band, trimmed; empty if none (C1).
    pub charge_band: Text,
    /// The name of a time band, where the layout takes it from the file (R8); empty if none.
    pub time_band: Text,
    /// The supplier's description; may be empty.
    pub description: Text,
    /// The extension; may be empty (M3).
    pub extension: Text,
    /// An id that the legs of one call share; may be empty (C4).
    pub call_id: Text,
    /// What costs extra (R12).
    pub flags: UsageFlags,
}

impl UsageRecord {
    /// The number by which usage is classified: the other party's of outbound, ours of inbound usage (C1).
    pub fn looked_up_number(&self) -> &str {
        match self.direction {
            Direction::Out => &self.other_party,
            Direction::In => &self.cli,
        }
    }

    /// The stable id of the record: the supplier's, else `file:line`.
    pub fn id(&self, file_name: &str) -> String {
        match &self.record_id {
            Some(id) => id.to_string(),
            None => format!("{file_name}:{}", self.line),
        }
    }
}

/// Whose a record is and what kind of usage (M2, C1), apart from the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageMatch {
    /// The line it was matched to.
    pub cli: CliId,
    /// Whose line that is on the day.
    pub customer: CustomerId,
    /// What kind of usage it is.
    pub call_type: CallTypeId,
    /// How the call type was found (C1).
    pub classified_by: ClassifiedBy,
}

/// A record whose customer and call type are known (M2, C1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedUsage {
    /// The fact.
    pub record: UsageRecord,
    /// The line it was matched to.
    pub cli: CliId,
    /// Whose line that is on the day.
    pub customer: CustomerId,
    /// The part of the customer that the line belongs to.
    pub cost_centre: Option<CostCentreId>,
    /// What kind of usage it is.
    pub call_type: CallTypeId,
    /// How the call type was found (C1).
    pub classified_by: ClassifiedBy,
}

impl MatchedUsage {
    /// A record with what it was matched to, and the cost centre of the line.
    pub fn new(record: UsageRecord, found: UsageMatch, cost_centre: Option<CostCentreId>) -> Self {
        let UsageMatch { cli, customer, call_type, classified_by } = found;
        Self { record, cli, customer, cost_centre, call_type, classified_by }
    }

    /// What it was matched to.
    pub fn found(&self) -> UsageMatch {
        let Self { cli, customer, call_type, classified_by, .. } = *self;
        UsageMatch { cli, customer, call_type, classified_by }
    }
}

/// By which step of C1 a call type was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClassifiedBy {
    /// The supplier's charge band.
    ChargeBand,
    /// The supplier's own prefix list; the length of the prefix.
    SupplierPrefix(u8),
    /// The general numbering plan; the length of the prefix.
    Prefix(u8),
    /// The supplier's fallback for the kind.
    Fallback,
}

/// Why a record is out of the way to the invoice, and what was known of it by then, apart from the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhyAside {
    /// `Suspense` or `Excluded`.
    pub disposition: Disposition,
    /// Why (M9).
    pub reason: Reason,
    /// The line, where one was found.
    pub cli: Option<CliId>,
    /// The customer, where one was found.
    pub customer: Option<CustomerId>,
    /// The call type, where one was found.
    pub call_type: Option<CallTypeId>,
}

/// A record that a stage took out of the way to the invoice: with the reason, and as much as was known by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The fact.
    pub record: UsageRecord,
    /// `Suspense` or `Excluded`.
    pub disposition: Disposition,
    /// Why (M9).
    pub reason: Reason,
    /// The line, where one was found.
    pub cli: Option<CliId>,
    /// The customer, where one was found.
    pub customer: Option<CustomerId>,
    /// The call type, where one was found.
    pub call_type: Option<CallTypeId>,
}

impl SetAside {
    /// A record with why it is set aside.
    pub fn new(record: UsageRecord, why: WhyAside) -> Self {
        let WhyAside { disposition, reason, cli, customer, call_type } = why;
        Self { record, disposition, reason, cli, customer, call_type }
    }
}

/// How the price was found (R1–R4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RatePath {
    /// A row of the tariff itself.
    Rate,
    /// A row of the tariff's parent, or of its parent.
    Parent,
    /// A row for the call type's *fallback rate as*.
    FallbackType,
    /// The row for the class.
    ClassDefault,
    /// The class markup on cost.
    ClassMarkup,
    /// The fallback markup on the suggested retail price.
    FallbackSuggested,
    /// The fallback markup on cost.
    FallbackMarkup,
    /// The sell price of the file, as a row of mode `from_file` says.
    FromFile,
    /// Not priced.
    None,
}

impl RatePath {
    /// The name used in rated records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Parent => "parent",
            Self::FallbackType => "fallback_type",
            Self::ClassDefault => "class_default",
            Self::ClassMarkup => "class_markup",
            Self::FallbackSuggested => "fallback_suggested",
            Self::FallbackMarkup => "fallback_markup",
            Self::FromFile => "from_file",
            Self::None => "none",
        }
    }
}

/// The parts of a charge, each exact to 8 decimals; only their sum is rounded (R5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChargeComponents {
    /// Charged once per answered call.
    pub connection: Price,
    /// Rate times units, or the marked-up price.
    pub usage: Price,
    /// The access charge of non-geographic calls (R11).
    pub access: Price,
    /// What its flags cost extra (R12).
    pub surcharges: Price,
}

/// What a record costs (R13), apart from the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsagePrice {
    /// As in [`RatedUsage`].
    pub cost: Price,
    /// As in [`RatedUsage`].
    pub expected_cost: Option<Price>,
    /// As in [`RatedUsage`].
    pub sell: CallCharge,
    /// As in [`RatedUsage`].
    pub components: ChargeComponents,
    /// As in [`RatedUsage`].
    pub billable_units: u64,
    /// As in [`RatedUsage`].
    pub band: BandId,
    /// As in [`RatedUsage`].
    pub tariff: Option<TariffId>,
    /// As in [`RatedUsage`].
    pub rate_row: Option<RateId>,
    /// As in [`RatedUsage`].
    pub path: RatePath,
    /// As in [`RatedUsage`].
    pub unanswered: bool,
}

/// A record with its price (R13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatedUsage {
    /// Whose it is and what kind.
    pub matched: MatchedUsage,
    /// The supplier's charge in the workspace's currency; zero if the file has none.
    pub cost: Price,
    /// What the carrier's own tariff says it should have cost (R14).
    pub expected_cost: Option<Price>,
    /// What the customer would pay before allowances and caps.
    pub sell: CallCharge,
    /// The parts of `sell` before rounding.
    pub components: ChargeComponents,
    /// Seconds, bytes or count after increments (R6).
    pub billable_units: u64,
    /// The time band at the start (R8, R9).
    pub band: BandId,
    /// The tariff asked (R1), if any.
    pub tariff: Option<TariffId>,
    /// The row that priced it, if one did.
    pub rate_row: Option<RateId>,
    /// How the price was found.
    pub path: RatePath,
    /// Too short to be charged (R6).
    pub unanswered: bool,
}

impl RatedUsage {
    /// A matched record with its price.
    pub fn new(matched: MatchedUsage, price: UsagePrice) -> Self {
        let UsagePrice { cost, expected_cost, sell, components, billable_units, band, .. } = price;
        let UsagePrice { tariff, rate_row, path, unanswered, .. } = price;
        Self {
            matched,
            cost,
            expected_cost,
            sell,
            components,
            billable_units,
            band,
            tariff,
            rate_row,
            path,
            unanswered,
        }
    }

    /// What it costs, apart from the record.
    pub fn price(&self) -> UsagePrice {
        let Self { cost, expected_cost, sell, components, billable_units, band, .. } = *self;
        let Self { tariff, rate_row, path, unanswered, .. } = *self;
        UsagePrice { cost, expected_cost, sell, components, billable_units, band, tariff, rate_row, path, unanswered }
    }
}
