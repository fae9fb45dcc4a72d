//! The bill of one customer: what billing computes, what is posted, what documents are made from.
//! The same structure, written as JSON, is the invoice model that `docs/invoice.schema.json` describes.

use serde::{Deserialize, Serialize};

use super::allowance::{Measure, Units};
use super::contact::{BankAccount, BillMandate, Contact, is_direct_debit};
use super::customer::Address;
use super::money::{CallCharge, Currency, Money, Percent, Price, Quantity};
use super::price_book::VatKind;
use super::time::Date;
use super::usage::Text;

/// The version of the model; raised when a field changes its meaning.
pub const MODEL_VERSION: u32 = 1;

/// An amount as the model writes it: a decimal text with the currency's digits (`"-12.50"`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount {
    /// The amount.
    pub money: Money,
    /// Minor digits of its currency.
    pub digits: u32,
}

impl Amount {
    /// An amount in a currency.
    pub fn new(money: Money, currency: Currency) -> Self {
        Self { money, digits: currency.digits }
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scaled = super::money::Sum::<0>::from_wide(i128::from(self.money.minor()));
        match self.digits {
            0 => write!(f, "{scaled}"),
            digits => f.write_str(&with_point(self.money.minor(), digits)),
        }
    }
}

fn with_point(minor: i64, digits: u32) -> String {
    let unit = 10_u64.pow(digits);
    let sign = if minor < 0 { "-" } else { "" };
    let magnitude = minor.unsigned_abs();
    format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit, width = digits as usize)
}

impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let minor = text.replacen('.', "", 1).parse().map_err(serde::de::Error::custom)?;
        let digits = u32::try_from(digits).map_err(serde::de::Error::custom)?;
        Ok(Self { money: Money::from_minor(minor), digits })
    }
}

/// A bill: complete but for its number, which posting gives it (B11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bill {
    /// [`MODEL_VERSION`].
    pub model: u32,
    /// An invoice, or a credit note, whose amounts are negative.
    #[serde(default, skip_serializing_if = "DocumentKind::is_invoice")]
    pub document: DocumentKind,
    /// The invoice number, or the credit note's; none on a draft.
    pub number: Option<String>,
    /// The invoice that a credit note is of; none if it is of charges on several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<CreditedInvoice>,
    /// Why there is a credit note; empty on an invoice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The last bill of a customer that leaves (B7).
    pub is_final: bool,
    /// Of all amounts.
    pub currency: Currency,
    /// Who bills.
    pub organisation: BillOrganisation,
    /// Who is billed.
    pub customer: BillCustomer,
    /// The day on the invoice; also the tax point (V4).
    pub invoice_date: Date,
    /// When payment is due.
    pub due_date: Date,
    /// Usage that began before this date is on it (exclusive, X6).
    pub usage_until: Date,
    /// What is charged; the sum of `amount` is `totals.net`.
    pub lines: Vec<BillLine>,
    /// Usage by class over all lines.
    pub usage_by_class: Vec<UsageByClass>,
    /// Usage by line (CLI) and class.
    pub usage_by_cli: Vec<UsageByCli>,
    /// The allowances that usage on it drew on, in the order in which it does (A4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<BillAllowance>,
    /// VAT by code.
    pub vat: Vec<BillVat>,
    /// The sums.
    pub totals: BillTotals,
    /// What was owed before and what is owed now.
    pub balance: BillBalance,
    /// Printed below the sums.
    pub messages: Vec<String>,
}

/// What a bill is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// It charges.
    #[default]
    Invoice,
    /// It takes back what an invoice charged (B12).
    CreditNote,
}

impl DocumentKind {
    /// The usual kind, which is left unsaid.
    pub fn is_invoice(&self) -> bool {
        *self == Self::Invoice
    }
}

/// The invoice that a credit note is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditedInvoice {
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Date,
}

/// Who bills.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BillOrganisation {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// VAT registration number; may be empty.
    pub vat_number: String,
    /// Company number; may be empty.
    pub company_number: String,
    /// `#rrggbb`, or empty.
    pub colour: String,
    /// File name of the logo in `templates/`, or empty.
    pub logo: String,
    /// How it is reached.
    #[serde(default, skip_serializing_if = "Contact::is_empty")]
    pub contact: Contact,
    /// Where it is paid.
    #[serde(default, skip_serializing_if = "BankAccount::is_empty")]
    pub bank: BankAccount,
    /// Printed at the foot of each page; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub footer: String,
    /// Electronic address for invoices, `scheme:identifier`; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub endpoint: String,
}

/// Who is billed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BillCustomer {
    /// The account number.
    pub account: String,
    /// Name.
    pub name: String,
    /// The cost centre that the bill is of, where each has its own (O1); empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cost_centre: String,
    /// The customer's own reference; may be empty.
    pub reference: String,
    /// Where it is.
    pub address: Address,
    /// VAT number; may be empty.
    pub vat_number: String,
    /// Purchase order; may be empty.
    pub purchase_order: String,
    /// How it pays; may be empty.
    pub payment_method: String,
    /// `30 days` or `1 month`.
    pub payment_terms: String,
    /// The language of its documents, a code of ISO 639-1; empty for English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// The mandate by which what is due is collected.
    #[serde(default, skip_serializing_if = "BillMandate::is_empty")]
    pub mandate: BillMandate,
    /// What it wants named on e-invoices; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub buyer_reference: String,
    /// Electronic address for invoices, `scheme:identifier`; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub endpoint: String,
}

impl BillCustomer {
    /// Is what is due collected: by a mandate, or because the book says so in words?
    pub fn pays_by_direct_debit(&self) -> bool {
        !self.mandate.is_empty() || is_direct_debit(&self.payment_method)
    }
}

/// What a line charges for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Usage of one class.
    Usage,
    /// A period of a recurring charge.
    Recurring,
    /// A period given back (P5).
    Credit,
    /// A one-off charge.
    OneOff,
    /// A line of a service file (P7).
    Service,
    /// The fee of an empty invoice (B5).
    EmptyInvoiceFee,
    /// The fee of a low invoice (B6).
    LowInvoiceFee,
    /// What fills a low invoice up (B6).
    Padding,
}

/// One charged line, rounded to the minor unit (X3 b).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BillLine {
    /// What it charges for.
    pub kind: LineKind,
    /// What it is listed under: `Calls`, or the category of the charge.
    pub category: String,
    /// The name of the cost centre; empty for none.
    pub cost_centre: String,
    /// What it says.
    pub description: String,
    /// More of it; may be empty.
    pub details: String,
    /// The line (CLI) it is for; empty for none.
    pub cli: String,
    /// First day charged for, unless hidden.
    pub from: Option<Date>,
    /// Last day charged for, unless hidden.
    pub to: Option<Date>,
    /// How many: of charges, or of calls.
    pub quantity: Quantity,
    /// The price each; none for usage.
    pub price: Option<Price>,
    /// The arithmetic of a part period: `17/31 days`; else empty.
    pub proration: String,
    /// Ex VAT.
    pub amount: Amount,
    /// What it costs us; kept in the ledger, never in a document.
    #[serde(default, skip_serializing_if = "Price::is_zero")]
    pub cost: Price,
    /// The VAT code.
    pub vat_code: String,
    /// The code of the product that is charged for, for reports; kept in the ledger, never in a document. Empty for
    /// usage, fees, charges without a product, and on bills that were posted before it was kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product: String,
    /// The charge's id, or the service line's `import:row`; empty for usage and fees.
    pub source: String,
    /// The period billed for a recurring charge, even where it is hidden (P6).
    pub period: Option<(Date, Date)>,
}

impl BillLine {
    /// One of something at an amount, with nothing said of it.
    pub fn new(kind: LineKind, amount: Amount, vat_code: String) -> Self {
        Self {
            kind,
            category: String::new(),
            cost_centre: String::new(),
            description: String::new(),
            details: String::new(),
            cli: String::new(),
            from: None,
            to: None,
            quantity: Quantity::ONE,
            price: None,
            proration: String::new(),
            amount,
            cost: Price::ZERO,
            vat_code,
            product: String::new(),
            source: String::new(),
            period: None,
        }
    }
}

/// Usage of one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsageByClass {
    /// The class, as in files.
    pub class: String,
    /// The class, as on invoices.
    pub title: String,
    /// How many records.
    pub records: u64,
    /// Seconds of voice.
    pub seconds: u64,
    /// Bytes of data.
    pub bytes: u64,
    /// The sum of the calls' charges, exact.
    pub amount: CallCharge,
}

/// Usage of one line (CLI).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsageByCli {
    /// The identifier.
    pub cli: String,
    /// What the book calls it; may be empty.
    pub description: String,
    /// The name of its cost centre; empty for none.
    pub cost_centre: String,
    /// How many records.
    pub records: u64,
    /// Seconds of voice.
    pub seconds: u64,
    /// Bytes of data.
    pub bytes: u64,
    /// What a spending cap took off, exact; zero or negative.
    pub capped: CallCharge,
    /// The sum of the calls' charges, exact.
    pub amount: CallCharge,
}

/// What usage on a bill drew of what an allowance granted for one billing period (A2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BillAllowance {
    /// The name of the allowance.
    pub name: String,
    /// For which part of the customer: `customer`, `cost_centre:NAME` or `clis:A;B`.
    pub scope: String,
    /// The first day of the period on which the customer has it.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// Its limits; of an unlimited one, what was used.
    pub limits: Vec<BillAllowanceLimit>,
    /// How many records of the bill it covers a part of.
    pub records: u64,
    /// What it took off their charges, exact; zero or negative.
    pub amount: CallCharge,
}

/// A limit of an allowance: what was granted, used and left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BillAllowanceLimit {
    /// What it counts.
    pub measure: Measure,
    /// What was granted for the period; none if it is not limited.
    pub granted: Option<Units>,
    /// What earlier bills used, weighted (A5).
    pub used_before: Units,
    /// What this bill used.
    pub used: Units,
    /// What is left after it; none if it is not limited.
    pub left: Option<Units>,
}

/// VAT of one code (V3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BillVat {
    /// The code.
    pub code: String,
    /// What invoices call it.
    pub label: String,
    /// Its kind.
    pub kind: VatKind,
    /// In percent.
    pub rate: Percent,
    /// The sum of its lines.
    pub net: Amount,
    /// The VAT on it.
    pub vat: Amount,
}

/// The sums of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BillTotals {
    /// Usage, ex VAT: the *call spend* (B4).
    pub usage: Amount,
    /// Everything else, ex VAT.
    pub charges: Amount,
    /// Ex VAT.
    pub net: Amount,
    /// VAT.
    pub vat: Amount,
    /// To pay for this bill.
    pub gross: Amount,
}

/// What was owed before and what is owed now (L1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BillBalance {
    /// Before this bill.
    pub previous: Amount,
    /// This bill.
    pub this_bill: Amount,
    /// The sum of both.
    pub now: Amount,
}

/// What an earlier invoice of a customer came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthlySpend {
    /// Its date.
    pub date: Date,
    /// Its number.
    pub number: String,
    /// Ex VAT, in the currency of the invoice beside which it is shown.
    pub net: Money,
}

/// One call as an itemisation lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemisedCall {
    /// The stable record id.
    pub record: Text,
    /// The line (CLI).
    pub cli: Text,
    /// The name of the cost centre; empty for none.
    pub cost_centre: Text,
    /// `YYYY-MM-DD HH:MM:SS` in the workspace's zone.
    pub started_at: String,
    /// `out` or `in`.
    pub direction: &'static str,
    /// The other end; may be empty.
    pub other_party: Text,
    /// What kind, in words: the call type's description, or the supplier's where the book says so.
    pub description: Text,
    /// The class, as in files; empty for none.
    pub class: &'static str,
    /// `voice`, `data`, `sms`, `event`.
    pub kind: &'static str,
    /// Seconds, bytes or count.
    pub units: u64,
    /// What it is charged.
    pub charge: CallCharge,
    /// `billed`, `allowance` or `capped`.
    pub disposition: &'static str,
}
