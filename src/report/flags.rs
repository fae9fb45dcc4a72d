//! What a draft asks to be looked at → a table (B15).

use serde::{Deserialize, Serialize};

use super::screen::table;

/// Something unusual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagReport {
    /// Whose; empty for what is of the run.
    pub account: String,
    /// What, as `bill acknowledge --flag` takes it.
    pub flag: String,
    /// In words.
    pub detail: String,
    /// Who looked at it and what was said; none while it stands.
    pub acknowledged: Option<String>,
}

/// One row for each; empty if there is none.
pub fn flags_table(flags: &[FlagReport]) -> String {
    if flags.is_empty() {
        return String::new();
    }
    let rows = flags.iter().map(|flag| {
        let account = if flag.account.is_empty() { "(the run)" } else { &flag.account };
        let seen = flag.acknowledged.clone().unwrap_or_default();
        vec![account.to_owned(), flag.flag.clone(), flag.detail.clone(), seen]
    });
    format!("\nto be looked at\n{}", table(&["account", "flag", "what", "acknowledged"], &[], rows))
}
