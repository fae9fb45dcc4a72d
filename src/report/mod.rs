//! What a run says about itself, for people and for machines, and how tables are shown.

pub mod aged_debt;
pub mod best_tariff;
pub mod carrier_costs;
pub mod changes;
pub mod credit_limits;
pub mod credit_note_trace;
pub mod figures;
pub mod flags;
pub mod invoice_trace;
pub mod reconciliation;
pub mod run;
pub mod run_page;
pub mod screen;
pub mod sheet;
pub mod suspense;
pub mod tariff_difference;
pub mod volume;
