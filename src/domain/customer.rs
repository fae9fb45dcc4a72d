//! Who is billed, when, and for which lines: organisations, groups, customers, cost centres, CLIs.

use super::book::{CostCentreId, CustomerId, GroupId, OrganisationId, TariffId, VatRounding};
use super::contact::{Attachment, BankAccount, Contact, DirectDebit};
use super::money::{CallCharge, Currency, Money, Percent};
use super::price_book::PerClass;
use super::time::{Date, DateRange};

/// A postal address. All parts may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Address {
    /// Up to four lines.
    pub lines: Vec<String>,
    /// Town.
    pub town: String,
    /// County.
    pub county: String,
    /// Postcode.
    pub postcode: String,
    /// Country.
    pub country: String,
}

/// When payment is due, counted from the invoice date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentTerms {
    /// So many days later.
    Days(u32),
    /// So many months later, on the same day of the month.
    Months(u32),
}

impl PaymentTerms {
    /// The due date of an invoice.
    pub fn due_date(self, invoice_date: Date) -> Date {
        match self {
            Self::Days(days) => invoice_date.plus_days(i32::try_from(days).unwrap_or(i32::MAX)),
            Self::Months(months) => invoice_date.plus_months(i32::try_from(months).unwrap_or(1_200).min(1_200)),
        }
    }
}

/// A brand of the reseller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its code.
    pub code: String,
    /// Its name on invoices.
    pub name: String,
    /// VAT registration number; may be empty.
    pub vat_number: String,
    /// Company number; may be empty.
    pub company_number: String,
    /// Where it is.
    pub address: Address,
    /// What its invoice numbers begin with.
    pub invoice_prefix: String,
    /// What its credit note numbers begin with.
    pub credit_prefix: String,
    /// Terms of customers that have none of their own; 30 days if the book says nothing.
    pub payment_terms: PaymentTerms,
    /// How its VAT is rounded (V3).
    pub vat_rounding: VatRounding,
    /// `#rrggbb`, or empty.
    pub colour: String,
    /// File name of its logo in `templates/`, or empty.
    pub logo: String,
    /// How it is reached.
    pub contact: Contact,
    /// Where it is paid.
    pub bank: BankAccount,
    /// Printed at the foot of each page; may be empty.
    pub footer: String,
    /// Its electronic address for invoices, `scheme:identifier`; may be empty.
    pub endpoint: String,
    /// Its SEPA creditor identifier; may be empty.
    pub creditor_id: String,
    /// Its Bacs service user number, six digits; may be empty.
    pub service_user_number: String,
}

/// A billing group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its code.
    pub code: String,
    /// Billed by `bill due` rather than by hand.
    pub automatic: bool,
    /// Each customer on its own day rather than all on one.
    pub anniversary: bool,
    /// In which months it is billed.
    pub interval: GroupInterval,
    /// The day of the month, 1–31, clamped to its end; of `standard` groups.
    pub billing_day: u32,
    /// The service month relative to the month of the invoice, −3 to +3.
    pub offset_months: i32,
}

/// The months in which a group is billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupInterval {
    /// Each.
    Monthly,
    /// January, April, July, October.
    Quarterly,
    /// Those named, 1–12.
    Months(Vec<u32>),
}

/// Where a customer stands (B3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Billed.
    #[default]
    Active,
    /// Accrues, no invoice.
    ActiveDoNotBill,
    /// Billed always, until its balance is zero (B7, B10).
    FinalBill,
    /// Kept, not billed.
    Suspended,
    /// Gone.
    Dropped,
    /// Gone before it began.
    Cancelled,
}

impl Status {
    /// All, in the order of a customer's life.
    pub const ALL: [Self; 6] =
        [Self::Active, Self::ActiveDoNotBill, Self::FinalBill, Self::Suspended, Self::Dropped, Self::Cancelled];

    /// The name used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::ActiveDoNotBill => "active_do_not_bill",
            Self::FinalBill => "final_bill",
            Self::Suspended => "suspended",
            Self::Dropped => "dropped",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the name used in files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == text)
    }

    /// Dropped or cancelled: no usage is ever billed (M8).
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Dropped | Self::Cancelled)
    }
}

/// What happens to an invoice without any line (B5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmptyInvoice {
    /// None is made.
    #[default]
    Skip,
    /// It is made.
    Produce,
    /// It is made with a fee.
    Fee(Money),
}

/// When an invoice is low; strictly less, ex VAT (B6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LowInvoiceTest {
    /// Never.
    #[default]
    None,
    /// Its total is below.
    TotalBelow(Money),
    /// Its usage is below.
    CallSpendBelow(Money),
    /// The absolute value of its total is below.
    AbsoluteTotalBelow(Money),
}

/// What happens to a low invoice (B6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LowInvoiceAction {
    /// It is made as it is.
    #[default]
    Nothing,
    /// Everything waits for the next invoice (B8).
    RollOver,
    /// A fee is added.
    Fee(Money),
    /// It is filled up to an amount.
    PadTo(Money),
}

/// How an invoice looks (O1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InvoiceFormat {
    /// One page.
    Short,
    /// Services and usage by category, cost centre and CLI.
    #[default]
    Long,
    /// Every call.
    Full,
}

impl InvoiceFormat {
    /// All, from the least.
    pub const ALL: [Self; 3] = [Self::Short, Self::Long, Self::Full];

    /// The name used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
            Self::Full => "full",
        }
    }

    /// Reads the name used in files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == text)
    }
}

/// In what form calls are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Itemisation {
    /// Not at all.
    None,
    /// In the PDF.
    Pdf,
    /// In a CSV file.
    #[default]
    Csv,
    /// In a workbook.
    Xlsx,
}

/// Tariffs and markups by class, of a customer or of a line (R1, R4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassPrices {
    /// The tariff for each class.
    pub tariffs: PerClass<Option<TariffId>>,
    /// The markup on cost for each class.
    pub markups: PerClass<Option<Percent>>,
}

/// Up to what a customer is trusted, in its currency; no limit where there is none (L4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CreditLimits {
    /// Of the balance.
    pub balance: Option<Money>,
    /// Of usage that is not billed yet.
    pub unbilled: Option<Money>,
    /// Of invoices that are overdue.
    pub overdue: Option<Money>,
}

/// How the documents of a customer reach it (O1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Mail addresses, separated by `,` or `;`; may be empty.
    pub email: String,
    /// Invoices go by mail.
    pub by_email: bool,
    /// Invoices go by post.
    pub by_post: bool,
    /// How printed invoices look; as all others where there is none.
    pub post_format: Option<InvoiceFormat>,
    /// What goes with a mail; if empty the PDF, and the calls as [`Itemisation`] has them.
    pub attachments: Vec<Attachment>,
    /// Opens the PDFs that are sent; empty for none.
    pub pdf_password: String,
}

/// Who is billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The account number.
    pub account: String,
    /// Name.
    pub name: String,
    /// The customer's own reference; may be empty.
    pub reference: String,
    /// Where it stands.
    pub status: Status,
    /// Its brand.
    pub organisation: OrganisationId,
    /// Its billing group.
    pub group: GroupId,
    /// Its own billing day (anniversary groups).
    pub billing_day: Option<u32>,
    /// What it is billed in.
    pub currency: Currency,
    /// Where it is.
    pub address: Address,
    /// How its bills reach it.
    pub delivery: Delivery,
    /// Its VAT number; may be empty.
    pub vat_number: String,
    /// VAT code of charges (V1).
    pub vat_code: String,
    /// VAT code of usage (V1).
    pub vat_code_calls: String,
    /// Exempt from VAT; beats all codes (V1).
    pub vat_exempt: bool,
    /// Tariffs and markups by class.
    pub prices: ClassPrices,
    /// R4, on the suggested retail price.
    pub fallback_suggested_markup: Option<Percent>,
    /// R4, on cost.
    pub fallback_markup: Option<Percent>,
    /// B5.
    pub empty_invoice: EmptyInvoice,
    /// B6.
    pub low_invoice: LowInvoiceTest,
    /// B6.
    pub low_invoice_action: LowInvoiceAction,
    /// Its own terms.
    pub payment_terms: Option<PaymentTerms>,
    /// Days after the due date before an invoice counts as overdue; those of its payment method if it has none (L4).
    pub grace_days: Option<u32>,
    /// How much it may owe, use without being billed, and be overdue with (L4).
    pub limits: CreditLimits,
    /// Last day of service (B10).
    pub final_bill_date: Option<Date>,
    /// When it left.
    pub dropped_date: Option<Date>,
    /// What it owed when the book began.
    pub opening_balance: Money,
    /// Purchase order to print; may be empty.
    pub purchase_order: String,
    /// One invoice for each cost centre rather than one for all (O1).
    pub invoice_per_cost_centre: bool,
    /// How its invoice looks.
    pub invoice_format: InvoiceFormat,
    /// How its calls are listed.
    pub itemisation: Itemisation,
    /// Calls charged this or less are summed in one line rather than listed; without it all are listed.
    pub itemise_above: Option<CallCharge>,
    /// Printed on each invoice; may be empty.
    pub invoice_message: String,
    /// Printed on the next invoice; may be empty.
    pub next_invoice_message: String,
    /// How it pays; may be empty.
    pub payment_method: String,
    /// The leave to collect what is due.
    pub direct_debit: DirectDebit,
    /// The language of its documents, a code of ISO 639-1; empty for English.
    pub language: String,
    /// What it wants named on e-invoices; may be empty.
    pub buyer_reference: String,
    /// Its electronic address for invoices, `scheme:identifier`; may be empty.
    pub endpoint: String,
    /// Its code in an accounting package; may be empty.
    pub accounting_reference: String,
}

/// A part of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostCentre {
    /// Whose.
    pub customer: CustomerId,
    /// Its code, unique within the customer.
    pub code: String,
    /// Its name on invoices; the code if the book has none.
    pub name: String,
}

/// A line within its dates (M2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cli {
    /// The identifier, normalised (M1).
    pub cli: String,
    /// Whose.
    pub customer: CustomerId,
    /// Which part of the customer.
    pub cost_centre: Option<CostCentreId>,
    /// Printed on invoices; may be empty.
    pub description: String,
    /// `sip`, `wlr`, `mobile`, `data` or another word; may be empty.
    pub cli_type: String,
    /// The extension it is for; empty for all (M3).
    pub extension: String,
    /// Other identifiers that mean the same line, normalised (M3).
    pub alternates: Vec<String>,
    /// When it belongs to the customer.
    pub valid: DateRange,
    /// Usage is costed, never billed (M7).
    pub exclude_usage: bool,
    /// Service lines are never billed (M7).
    pub exclude_services: bool,
    /// Most that its usage costs in a billing period (S1).
    pub spending_cap: Option<CallCharge>,
    /// What its usage may come to in a billing period before somebody is to look (L4); it limits nothing.
    pub usage_limit: Option<Money>,
    /// Tariffs and markups by class.
    pub prices: ClassPrices,
}
