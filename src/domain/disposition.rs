//! Where every input record ends (B14): exactly one disposition, and a reason where one is needed (M9).

use std::fmt;

/// The one end of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// Would be billed; only in `rate`, which ends before the regrouping.
    Rated,
    /// On an invoice at its own price.
    Billed,
    /// On an invoice, taken by an allowance.
    Allowance,
    /// On an invoice, reduced by a spending cap (S1).
    Capped,
    /// Costed, never billed (M7, M8).
    Excluded,
    /// Waits for a later run, with the reason.
    Held,
    /// Waits because the invoice was too low (B8).
    RolledOver,
    /// Cannot be billed until the book or the record is mended.
    Suspense,
    /// Came before (F2).
    Duplicate,
    /// Could not be read (F3).
    Rejected,
    /// Deleted by a person (F6).
    Deleted,
}

impl Disposition {
    /// All dispositions, in the order of reports.
    pub const ALL: [Self; 11] = [
        Self::Rated,
        Self::Billed,
        Self::Allowance,
        Self::Capped,
        Self::Excluded,
        Self::Held,
        Self::RolledOver,
        Self::Suspense,
        Self::Duplicate,
        Self::Rejected,
        Self::Deleted,
    ];

    /// The name used in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rated => "rated",
            Self::Billed => "billed",
            Self::Allowance => "allowance",
            Self::Capped => "capped",
            Self::Excluded => "excluded",
            Self::Held => "held",
            Self::RolledOver => "rolled_over",
            Self::Suspense => "suspense",
            Self::Duplicate => "duplicate",
            Self::Rejected => "rejected",
            Self::Deleted => "deleted",
        }
    }

    /// Reads the name used in files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|disposition| disposition.name() == text)
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a record is not billed now. Spelled as M9 spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The identifier is on the list of ignored ones (M8).
    IgnoredIdentifier,
    /// No customer holds the identifier (M6).
    UnknownCli,
    /// A customer holds it, but not on that day (M6).
    CliNotBillableOnDate,
    /// The customer is dropped or cancelled (M8).
    CustomerDropped,
    /// The CLI is excluded from usage billing, or from services (M7).
    CliExcluded,
    /// No call type fits (C1).
    UnknownCallType,
    /// The call type is excluded from billing (M8).
    CallTypeExcluded,
    /// No exchange rate for the day (X7).
    NoExchangeRate,
    /// No rate and no markup applies (R4).
    NoRate,
    /// A charge beyond what the types hold (X1).
    AmountOutOfRange,
    /// The supplier's record id came before with other content (F2).
    ConflictingRecord,
    /// No product fits a service line (P7).
    UnknownProduct,
    /// Began on or after the usage cutoff (B2).
    AfterCutoff,
    /// Its customer is not in this run.
    NotInRun,
    /// Its customer accrues without invoices (B3).
    CustomerNotBilled,
    /// Its customer is suspended (B3).
    CustomerSuspended,
    /// Its customer was parked in this run by an error (B16).
    CustomerParked,
    /// The invoice was too low (B6).
    LowInvoice,
    /// Began before the window of a run that leaves out old usage (B2).
    BeforeWindow,
    /// Its category is left out of this run (B2).
    CategoryExcluded,
}

impl Reason {
    /// All reasons, in the order in which they are checked.
    pub const ALL: [Self; 20] = [
        Self::IgnoredIdentifier,
        Self::UnknownCli,
        Self::CliNotBillableOnDate,
        Self::CustomerDropped,
        Self::CliExcluded,
        Self::UnknownCallType,
        Self::CallTypeExcluded,
        Self::NoExchangeRate,
        Self::NoRate,
        Self::AmountOutOfRange,
        Self::ConflictingRecord,
        Self::UnknownProduct,
        Self::AfterCutoff,
        Self::NotInRun,
        Self::CustomerNotBilled,
        Self::CustomerSuspended,
        Self::CustomerParked,
        Self::LowInvoice,
        Self::BeforeWindow,
        Self::CategoryExcluded,
    ];

    /// The words used in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::IgnoredIdentifier => "ignored identifier",
            Self::UnknownCli => "unknown CLI",
            Self::CliNotBillableOnDate => "CLI not billable on date",
            Self::CustomerDropped => "customer dropped",
            Self::CliExcluded => "CLI excluded",
            Self::UnknownCallType => "unknown call type",
            Self::CallTypeExcluded => "call type excluded",
            Self::NoExchangeRate => "no exchange rate",
            Self::NoRate => "no rate",
            Self::AmountOutOfRange => "amount out of range",
            Self::ConflictingRecord => "conflicting record",
            Self::UnknownProduct => "unknown product",
            Self::AfterCutoff => "after the usage cutoff",
            Self::NotInRun => "customer not in this run",
            Self::CustomerNotBilled => "customer not billed",
            Self::CustomerSuspended => "customer suspended",
            Self::CustomerParked => "customer parked",
            Self::LowInvoice => "low invoice",
            Self::BeforeWindow => "before the run's window",
            Self::CategoryExcluded => "category not in this run",
        }
    }

    /// Reads the words used in files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == text)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
