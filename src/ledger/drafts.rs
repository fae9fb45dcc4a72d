//! The words of a billing run before it is posted (B12): how far it is, and what it makes of each customer.

use crate::domain::bill::Bill;
use crate::domain::money::Money;
use crate::domain::time::Date;

use super::LedgerError;
use super::bills::bill_difference;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// Can be made again or discarded.
    Draft,
    /// Can be posted, or made again, which withdraws the approval.
    Approved,
    /// Stays as it is.
    Posted,
    /// Posted, and taken back as a unit: all its invoices are void (B13).
    Undone,
}

impl RunStatus {
    /// The name used in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Posted => "posted",
            Self::Undone => "undone",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Approved, Self::Posted, Self::Undone].into_iter().find(|status| status.name() == text)
    }
}

/// What a run makes of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftOutcome {
    /// An invoice.
    Bill,
    /// Nothing: there are no lines (B5).
    Empty,
    /// Nothing yet: the invoice would be too low (B6, B8).
    RolledOver,
    /// Nothing: charges accrue (B3).
    DoNotBill,
    /// Nothing: suspended (B3).
    Suspended,
    /// Nothing: dropped or cancelled (B3).
    Gone,
}

impl DraftOutcome {
    const ALL: [Self; 6] = [Self::Bill, Self::Empty, Self::RolledOver, Self::DoNotBill, Self::Suspended, Self::Gone];

    /// The name used in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bill => "bill",
            Self::Empty => "empty",
            Self::RolledOver => "rolled_over",
            Self::DoNotBill => "do_not_bill",
            Self::Suspended => "suspended",
            Self::Gone => "gone",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == text)
    }
}

/// The dates and words of a run (B2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunTermsRow {
    /// On every invoice.
    pub invoice_date: Date,
    /// Usage before this date is billed.
    pub usage_cutoff: Date,
    /// Charges before this date are billed.
    pub charge_cutoff: Date,
    /// On every invoice, unless each customer's terms decide.
    pub due_date: Option<Date>,
    /// Printed on every invoice; may be empty.
    pub message: String,
    /// Groups, customers and exclusions, as JSON.
    pub scope_json: String,
    /// The group whose due day the invoice date is, if the run is one of the schedule (B17).
    pub due_group: Option<String>,
}

/// A run as computed, on its way into the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftRun {
    /// Its dates and words.
    pub terms: RunTermsRow,
    /// Of everything in it; the same input gives the same digest.
    pub digest: String,
    /// The control totals, as JSON (B14).
    pub totals_json: String,
    /// One per customer, in the order of the run.
    pub bills: Vec<DraftBill>,
    /// Customers that an error took out (B16).
    pub parked: Vec<ParkedCustomer>,
    /// What a person should look at before it is posted (B15), by account and flag.
    pub flags: Vec<DraftFlag>,
}

/// What a draft asks to be looked at (B15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFlag {
    /// The account; empty for what is of the run.
    pub account: String,
    /// What is unusual, as a name.
    pub flag: String,
    /// The same in words, with its figures.
    pub detail: String,
}

/// What a run makes of one customer.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftBill {
    /// The customer's account.
    pub account: String,
    /// What.
    pub outcome: DraftOutcome,
    /// The bill without its number; there is one if the outcome is an invoice.
    pub bill: Option<Bill>,
    /// Usage records on it.
    pub usage_records: u64,
    /// Ex VAT, in minor units of the customer's currency; of a rolled over invoice, what it would have been.
    pub net: Money,
    /// With VAT.
    pub gross: Money,
}

/// A customer that an error took out of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedCustomer {
    /// The account.
    pub account: String,
    /// The error, in words.
    pub reason: String,
}

impl DraftBill {
    /// An invoice has a bill without a number that adds up to the amounts beside it.
    pub(super) fn check(&self) -> Result<(), LedgerError> {
        let problem = match (&self.bill, self.outcome) {
            (None, DraftOutcome::Bill) => Some("there is no bill".to_owned()),
            (Some(bill), _) if bill.number.is_some() => Some("a draft has no number".to_owned()),
            (Some(bill), DraftOutcome::Bill) if bill.customer.account != self.account => {
                Some(format!("the bill is that of {}", bill.customer.account))
            }
            (Some(bill), DraftOutcome::Bill)
                if (bill.totals.net.money, bill.totals.gross.money) != (self.net, self.gross) =>
            {
                Some("its amounts are not those of the bill".to_owned())
            }
            (Some(bill), _) => bill_difference(bill),
            (None, _) => None,
        };
        let Some(why) = problem else { return Ok(()) };
        let what = format!("draft the bill of {}", self.account);
        Err(LedgerError::refused(what, why, "this is a fault of the program"))
    }
}
