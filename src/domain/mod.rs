//! Words and arithmetic of the field. Imports nothing of ours, does no I/O, reads no clock.

pub mod accounting;
pub mod allowance;
pub mod bill;
pub mod book;
pub mod cells;
pub mod charge;
mod charged_usage;
pub mod contact;
pub mod countries;
pub mod credit;
pub mod customer;
mod decimal_text;
pub mod disposition;
pub mod exact;
pub mod mail;
pub mod money;
pub mod month_names;
pub mod numbering;
pub mod open_items;
pub mod prefix_table;
pub mod price_book;
#[cfg(test)]
pub(crate) mod sample;
pub mod spreadsheet;
pub mod telephone;
pub mod time;
pub mod totals;
pub mod usage;
pub mod usage_days;

#[cfg(test)]
mod tests;
