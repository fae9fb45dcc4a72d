//! Why a workbook, or a file that poses as one, is not read, and what to do. The words follow the file's name.

use std::fmt;

/// A refusal: nothing of what was read before it is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong with the file, as `is protected by a password`.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

/// What helps with a file that no program of today writes this way.
pub(super) const SAVE_ANEW: &str = "open it in Excel or LibreOffice and save it anew as .xlsx";

impl Refused {
    /// With a hint of its own.
    pub(super) fn new(reason: impl Into<String>, hint: &str) -> Self {
        Self { reason: reason.into(), hint: hint.to_owned() }
    }

    /// For what is damaged or was made by hand.
    pub(super) fn strange(reason: impl Into<String>) -> Self {
        Self::new(reason, SAVE_ANEW)
    }

    /// Says first where it is, as `sheet "Customers"`.
    pub(super) fn within(mut self, place: &str) -> Self {
        self.reason = format!("{place} {}", self.reason);
        self
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Refused {}
