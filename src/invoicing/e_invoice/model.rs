//! The semantic model of EN 16931, as far as a bill fills it. Terms are named by their numbers (BT, BG). Everything in it is
//! known to be there: what may be missing is an option or an empty text. Amounts have the signs of the document: those of a
//! credit note are positive where it gives back.

use crate::domain::bill::{Amount, CreditedInvoice, DocumentKind};
use crate::domain::contact::Contact;
use crate::domain::money::{Currency, Percent, Price, Quantity};
use crate::domain::time::Date;

/// An invoice or a credit note.
#[derive(Clone, Debug, PartialEq)]
pub struct EInvoice {
    /// BT-3: 380 or 381.
    pub(super) kind: DocumentKind,
    /// BT-1.
    pub(super) number: String,
    /// BT-2; also the tax point.
    pub(super) issued: Date,
    /// BT-9; of an invoice.
    pub(super) due: Option<Date>,
    /// BT-5.
    pub(super) currency: Currency,
    /// BT-22; may be empty.
    pub(super) note: String,
    /// BT-10; empty where the order says enough.
    pub(super) buyer_reference: String,
    /// BT-13; may be empty.
    pub(super) order: String,
    /// BG-14.
    pub(super) period: Period,
    /// BG-3.
    pub(super) preceding: Option<CreditedInvoice>,
    /// BG-4.
    pub(super) seller: Party,
    /// BG-7.
    pub(super) buyer: Party,
    /// BG-16; none where nothing is to be paid.
    pub(super) payment: Option<Payment>,
    /// BT-20; may be empty.
    pub(super) terms: String,
    /// BG-25; at least one.
    pub(super) lines: Vec<Line>,
    /// BG-21.
    pub(super) charges: Vec<Charge>,
    /// BG-23; at least one, each category and rate once.
    pub(super) vat: Vec<VatRow>,
    /// BG-22.
    pub(super) totals: Totals,
}

/// A period, either end of which may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Period {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

impl Period {
    /// Whether it says nothing.
    pub fn is_open(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// The seller or the buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Party {
    /// BT-27, BT-44.
    pub name: String,
    /// BT-46, the account; empty of a seller.
    pub identifier: String,
    /// BT-30; may be empty.
    pub company_number: String,
    /// BT-31, BT-48; with the country's prefix; may be empty.
    pub vat_id: String,
    /// BT-34, BT-49.
    pub endpoint: Option<Endpoint>,
    /// BG-5, BG-8.
    pub address: PostalAddress,
    /// BG-6; may be empty.
    pub contact: Contact,
}

/// An electronic address: a scheme of the list of electronic address schemes, and what it means there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub scheme: String,
    pub identifier: String,
}

/// A postal address; all but the country may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PostalAddress {
    pub lines: [String; 3],
    pub town: String,
    pub postcode: String,
    pub county: String,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
}

/// How it is to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Payment {
    /// BT-81, of UNTDID 4461.
    pub code: &'static str,
    /// BT-82; may be empty.
    pub text: String,
    /// BT-83: what to name with the payment.
    pub reference: String,
    /// BG-17.
    pub account: Option<CreditTransfer>,
    /// BT-89; empty unless it is collected.
    pub mandate: String,
}

/// Where to pay to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CreditTransfer {
    /// BT-84: an IBAN, or a national account number.
    pub account: String,
    /// Whether the account is an IBAN.
    pub is_iban: bool,
    /// BT-85; may be empty.
    pub name: String,
    /// BT-86: a BIC, or a national sort code; may be empty.
    pub bank: String,
}

/// A category of VAT with its rate (UNTDID 5305).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Category {
    /// BT-118, BT-151, BT-102: `S`, `Z`, `E`, `AE`.
    pub code: &'static str,
    /// BT-119, BT-152, BT-103.
    pub rate: Percent,
}

/// VAT of a category and rate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct VatRow {
    pub category: Category,
    /// BT-116.
    pub net: Amount,
    /// BT-117.
    pub vat: Amount,
    /// BT-120: why there is none; empty where there is, or where the rate is zero.
    pub exemption: String,
    /// BT-121, of the VATEX list; may be empty.
    pub exemption_code: &'static str,
}

/// A charge on the document as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Charge {
    /// BT-99.
    pub amount: Amount,
    /// BT-104.
    pub reason: String,
    pub category: Category,
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// BT-126: the place of the line on the bill, from 1.
    pub number: usize,
    /// BT-127; may be empty.
    pub note: String,
    /// BT-128: the telephone number or whatever it is for; may be empty.
    pub object: String,
    /// BT-129.
    pub quantity: Quantity,
    /// BT-131.
    pub amount: Amount,
    /// BT-133: the cost centre; may be empty.
    pub cost_centre: String,
    /// BG-26.
    pub period: Period,
    /// BT-146; never negative.
    pub price: Price,
    /// BT-149: for how many the price is; none for one.
    pub price_quantity: Option<Quantity>,
    /// BT-151, BT-152.
    pub category: Category,
    /// BT-153.
    pub name: String,
    /// BT-154; may be empty.
    pub description: String,
    /// BG-32: what it is listed under; may be empty.
    pub listed_under: String,
}

impl Charge {
    /// BT-105, of UNTDID 7161: miscellaneous.
    pub const REASON_CODE: &str = "ABK";
}

impl Line {
    /// BT-130, of UN/ECE recommendation 20: one; calls and things are counted.
    pub const UNIT: &str = "C62";

    /// BT-160: what [`Self::listed_under`] is called.
    pub const LISTED_UNDER: &str = "Category";
}

/// The totals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Totals {
    /// BT-106.
    pub lines: Amount,
    /// BT-108; none where there are no charges.
    pub charges: Option<Amount>,
    /// BT-109.
    pub net: Amount,
    /// BT-110.
    pub vat: Amount,
    /// BT-112, and BT-115: what is due is this document's gross, no balance.
    pub gross: Amount,
}
