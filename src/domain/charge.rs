//! What is charged beside usage: products, recurring and one-off charges, service lines from suppliers (P1–P7).

use super::book::{CliId, CostCentreId, CustomerId, ProductId, TariffId};
use super::disposition::{Disposition, Reason};
use super::money::{Money, Price, Quantity};
use super::time::Date;

/// How often a recurring charge falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// Every so many days: 1, 7, 14.
    Days(u32),
    /// Every so many months: 1, 3, 12 or another number.
    Months(u32),
}

impl Interval {
    /// Reads `daily`, `weekly`, `fortnightly`, `monthly`, `quarterly`, `yearly`, or a number of months.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "daily" => Self::Days(1),
            "weekly" => Self::Days(7),
            "fortnightly" => Self::Days(14),
            "monthly" => Self::Months(1),
            "quarterly" => Self::Months(3),
            "yearly" => Self::Months(12),
            number => Self::Months(number.parse().ok().filter(|months| (1..=120).contains(months))?),
        })
    }
}

/// Where periods begin (P3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// On this day of the month, 1–31.
    Calendar(u32),
    /// On the day on which the charge starts.
    Anniversary,
}

/// One-off or recurring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeType {
    /// Once, on its start date.
    OneOff,
    /// Period by period.
    Recurring {
        /// How long a period is.
        interval: Interval,
        /// Billed before the period, rather than after it.
        in_advance: bool,
        /// Where periods begin.
        alignment: Alignment,
    },
}

/// A charge on a customer (P1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Whose.
    pub customer: CustomerId,
    /// Its id, unique within the customer.
    pub id: String,
    /// The product, if it is one.
    pub product: Option<ProductId>,
    /// Printed on the invoice.
    pub description: String,
    /// Printed below it; may be empty.
    pub details: String,
    /// The line it is for.
    pub cli: Option<CliId>,
    /// The part of the customer it is for.
    pub cost_centre: Option<CostCentreId>,
    /// One-off or recurring.
    pub charge_type: ChargeType,
    /// How many.
    pub quantity: Quantity,
    /// Its own price each (P2).
    pub price: Option<Price>,
    /// Its own price each from a day on, by day: before the first of them `price` holds (P2).
    pub prices: Vec<(Date, Price)>,
    /// What it costs us each.
    pub cost: Option<Price>,
    /// Its own VAT code (V1).
    pub vat_code: Option<String>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Option<Date>,
    /// Billed until here whatever `to` says (P5).
    pub minimum_term: Option<Date>,
    /// What it is listed under.
    pub category: String,
    /// The period is not printed.
    pub hide_period: bool,
}

/// How a product recognises lines of service files (P7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServiceCodeKind {
    /// The same text.
    #[default]
    Text,
    /// `*` stands for anything.
    Wildcard,
    /// A regular expression that fits anywhere in the text, unless it is anchored.
    Regex,
}

/// When service lines of a product are left out (P7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SkipRule {
    /// Never.
    #[default]
    Never,
    /// Always.
    Always,
    /// If there is nothing to charge.
    IfZero,
    /// If the supplier charges nothing.
    IfNoCost,
}

/// What becomes of a supplier's credits (P7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CreditRule {
    /// They are credits for the customer.
    #[default]
    Bill,
    /// They are left out.
    Skip,
    /// They are charged as if they were none.
    AsCharges,
}

/// Something sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is listed under.
    pub category: String,
    /// Its base price each (P2).
    pub price: Option<Price>,
    /// What it costs us each.
    pub cost: Option<Price>,
    /// Its VAT code (V1).
    pub vat_code: Option<String>,
    /// What lines of service files it recognises, trimmed.
    pub service_codes: Vec<String>,
    /// How it recognises them.
    pub service_code_kind: ServiceCodeKind,
    /// Equal lines become one.
    pub aggregate: bool,
    /// Which lines are left out.
    pub skip: SkipRule,
    /// What becomes of credits.
    pub credits: CreditRule,
    /// The file's price is the sell price.
    pub use_file_price: bool,
    /// The file's words are printed.
    pub use_file_description: bool,
}

/// For whom a dated price of a product is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PriceFor {
    /// One customer.
    Customer(CustomerId),
    /// Everybody on a tariff in the product's category.
    Tariff(TariffId),
    /// Everybody.
    Everybody,
}

/// A dated price of a product (P2): in force from a date until the next of the same product and audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductPrice {
    /// Which product.
    pub product: ProductId,
    /// For whom.
    pub audience: PriceFor,
    /// The first day.
    pub from: Date,
    /// Each.
    pub price: Price,
}

/// What was billed before for a charge (P5, P6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledPeriod {
    /// The id of the charge.
    pub charge: String,
    /// First day charged or credited.
    pub from: Date,
    /// Last day charged or credited.
    pub to: Date,
    /// A credit rather than a charge.
    pub is_credit: bool,
    /// The price each that was used.
    pub price: Price,
    /// How many.
    pub quantity: Quantity,
    /// What it came to; negative for a credit.
    pub amount: Money,
}

/// What a service line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceEvent {
    /// A rental for a period.
    Rental,
    /// A connection.
    Connection,
    /// A cease.
    Cease,
    /// Anything else.
    Other,
}

impl ServiceEvent {
    /// The name used in files and in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rental => "rental",
            Self::Connection => "connection",
            Self::Cease => "cease",
            Self::Other => "other",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Rental, Self::Connection, Self::Cease, Self::Other].into_iter().find(|event| event.name() == text)
    }
}

/// One line of a supplier's service file: the fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceLine {
    /// Position among the records of its file, from 0. Unique within an import.
    pub row: u32,
    /// Physical line of the file, from 1.
    pub line: u64,
    /// Normalised (M1).
    pub cli: String,
    /// The supplier's service code, trimmed; may be empty.
    pub code: String,
    /// The supplier's words, trimmed.
    pub description: String,
    /// What it is about.
    pub event: ServiceEvent,
    /// The day that decides whose line it is: the first day of the period, else the day of the event.
    pub date: Date,
    /// How many.
    pub quantity: Quantity,
    /// What the supplier charges us for all of them together.
    pub cost: Price,
}

/// A service line whose customer and product are known (P7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedService {
    /// The fact.
    pub line: ServiceLine,
    /// Which import it came with, as the ledger numbers them.
    pub import: i64,
    /// The line it was matched to.
    pub cli: CliId,
    /// Whose line that is on the day.
    pub customer: CustomerId,
    /// What is sold.
    pub product: ProductId,
}

/// A service line that was taken out of the way to the invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceSetAside {
    /// The fact.
    pub line: ServiceLine,
    /// `Suspense` or `Excluded`.
    pub disposition: Disposition,
    /// Why.
    pub reason: Reason,
    /// The customer, where one was found.
    pub customer: Option<CustomerId>,
}
