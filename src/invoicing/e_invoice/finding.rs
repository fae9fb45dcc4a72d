//! What a bill lacks for an e-invoice: which term of EN 16931, what is wrong, what to fill in where.

use std::fmt;

/// One thing that the standard asks for and the bill does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The term of EN 16931 and its name: `BT-31, the seller's VAT number`.
    pub term: &'static str,
    /// What is wrong, with whose it is.
    pub reason: String,
    /// What to fill in, and where.
    pub hint: String,
}

impl Finding {
    /// A finding.
    pub(super) fn new(term: &'static str, reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { term, reason: reason.into(), hint: hint.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.term, self.reason, self.hint)
    }
}
