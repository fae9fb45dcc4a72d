//! Bytes of suppliers' files → usage records and service lines.
//!
//! A [`Layout`] says how a supplier writes. [`open_source`] checks the frame of a whole file (F4), [`SourceFile::chunks`]
//! cuts it where records end, [`parse_usage`] reads one chunk on any thread, [`parse_services`] a whole service file.
//! A line that cannot be read is a [`Reject`] with its place (F3); a file whose frame is unsound is a [`FileRefusal`].
//! [`SourceFile::check_totals`] closes the file: no physical line may be unaccounted for.
//!
//! Opens no file, knows no customer, prices nothing.

#![allow(clippy::result_large_err, reason = "a file is refused once, and its refusal says everything there is to say")]

mod chunks;
mod columns;
mod cutter;
mod frame;
mod layout;
mod line;
mod lines;
mod marks;
mod refusal;
mod services;
mod split;
mod suggestion;
mod survey;
mod trailer;
mod usage;
mod values;

#[cfg(test)]
mod tests;

pub use chunks::Chunk;
pub use frame::{LONGEST_LINE, LineCounts, SourceFile, open_source, open_surveyed};
pub use layout::{Field, Layout, LayoutError, Place};
#[cfg(test)]
pub(crate) use marks::with_each_width;
pub use refusal::{FileRefusal, Reject, write_place};
pub use services::{ParsedServices, parse_services};
pub use suggestion::{LayoutFit, suggest_layouts};
pub use survey::{Survey, cut_pieces, survey};
pub use usage::{ParsedLines, ParsedUsage, each_usage, parse_usage};

use crate::domain::money::Currency;
use crate::domain::telephone::NumberRules;
use crate::domain::time::Zone;

/// What reading depends on beside the bytes.
#[derive(Clone, Debug)]
pub struct ParseContext<'a> {
    /// How the supplier writes; the one with which the file was opened.
    pub layout: &'a Layout,
    /// The zone in which times are shown, and read where the layout names none (X5).
    pub workspace_zone: &'a Zone,
    /// The workspace's rules for numbers; the layout adds what it says of bare digits (M1).
    pub numbers: NumberRules,
    /// The currency of prices that do not say theirs (X7).
    pub currency: Currency,
}

/// The layouts that are built in, as (name, TOML text), by name.
static SHIPPED: [(&str, &str); 6] = [
    ("asterisk-master", include_str!("../../config/layouts/asterisk-master.toml")),
    ("cisco-cucm", include_str!("../../config/layouts/cisco-cucm.toml")),
    ("fcs-v3", include_str!("../../config/layouts/fcs-v3.toml")),
    ("freeswitch-csv", include_str!("../../config/layouts/freeswitch-csv.toml")),
    ("gamma-item-rental", include_str!("../../config/layouts/gamma-item-rental.toml")),
    ("generic", include_str!("../../config/layouts/generic.toml")),
];

/// The layouts that are built in, as (name, TOML text), by name.
pub fn shipped_layouts() -> &'static [(&'static str, &'static str)] {
    &SHIPPED
}
