//! A run as it is kept, its bills and those before it → one page of HTML for whoever runs the business: what was billed
//! against before, margin, who moved, what is unusual, where every record ended.
//!
//! The page is a function of the ledger and of which documents there are: it knows no clock, and the same run gives the
//! same bytes (O4). It reaches nothing outside itself: no script, no font, no picture. Reads nothing but the template that
//! the caller hands in; writes nothing.

mod attention;
mod billed;
mod chart;
mod invoices;
mod overview;
mod section;
mod stored;
mod template;
#[cfg(test)]
mod tests;
mod what_changed;
mod what_was_billed;
mod where_it_ended;
mod words;

use serde::Serialize;

pub use billed::Billed;
pub use chart::{Bar, Chart, ChartRow, Legend};
pub use invoices::DocumentFolder;
pub use section::{Cell, Column, Fact, Link, Row, Section, Table, Tile};
pub use stored::{StoredReport, StoredTally, StoredTotals};
pub use template::{BUILT_IN, NAME, PageTemplate, TemplateError};

use super::flags::FlagReport;
use words::{Words, shown};

/// All that a page is made from.
pub struct Sources {
    /// The number of the run.
    pub run: i64,
    /// How far it is.
    pub standing: Standing,
    /// Who is billed, in words.
    pub scope: String,
    /// The report that it was kept with.
    pub report: StoredReport,
    /// What is unusual about it, and what was said to that (B15).
    pub flags: Vec<FlagReport>,
    /// Its bills.
    pub billed: Billed,
    /// What it is compared with.
    pub before: Option<Earlier>,
    /// Its documents.
    pub documents: DocumentFolder,
    /// When what was done to it, if that is wanted; empty else.
    pub times: Vec<(&'static str, String)>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Can be made again or discarded.
    Draft,
    /// Can be posted.
    Approved,
    /// Its invoices stand.
    Posted,
    /// Its invoices are void (B13).
    Undone,
}

/// Bills from before the run.
pub struct Earlier {
    /// `run 1 of 1 November 2026`, `the last invoices of these customers`.
    pub words: String,
    /// Them.
    pub billed: Billed,
}

/// The page, as a template gets it: texts that are ready to be shown.
#[derive(Serialize)]
pub struct Page {
    /// `Billing run 2`.
    pub title: String,
    /// Who bills.
    pub organisations: String,
    /// `draft`, `approved`, `posted`, `undone`.
    pub standing: &'static str,
    /// What must be said about that; empty for a posted run.
    pub notice: String,
    /// What the run is of.
    pub facts: Vec<Fact>,
    /// The currency of the sums.
    pub currency: String,
    /// The figures that are read first.
    pub tiles: Vec<Tile>,
    /// The parts of the page, in their order.
    pub sections: Vec<Section>,
    /// When what was done, if that is wanted.
    pub times: Vec<Fact>,
    /// What was drafted, as one number (B12).
    pub digest: String,
}

impl Standing {
    /// As the page calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Posted => "posted",
            Self::Undone => "undone",
        }
    }
}

impl Page {
    /// All that the page says.
    pub fn new(sources: &Sources) -> Self {
        let words = &Words::of(sources.report.currency);
        let mut sections = vec![attention::attention(sources), what_was_billed::billed(sources, words)];
        sections.extend(what_changed::changes(sources, words));
        sections.push(what_was_billed::margin(sources, words));
        sections.push(where_it_ended::suspense(sources, words));
        sections.push(attention::not_billed(sources, words));
        sections.push(where_it_ended::control(sources, words));
        sections.push(invoices::vat(sources, words));
        sections.push(invoices::invoices(sources));
        let organisations: Vec<String> = sources.billed.organisations.iter().map(|name| shown(name)).collect();
        let times = sources.times.iter().map(|(what, at)| Fact::new(what, at.clone()));
        Self {
            title: format!("Billing run {}", sources.run),
            organisations: organisations.join(", "),
            standing: sources.standing.name(),
            notice: overview::notice(sources),
            facts: overview::facts(sources),
            currency: sources.report.currency.to_string(),
            tiles: overview::tiles(sources, words),
            sections,
            times: times.collect(),
            digest: sources.report.digest.clone(),
        }
    }
}
