//! One record beside the book, as the rules see it; and a note of every rule that had a say.

use std::cell::RefCell;

use tollbook::domain::time::TimeFlag;
use tollbook::domain::usage::{Direction, Kind, UsageRecord};

use super::amounts::Amount;
use super::bands::{Minute, band_at, is_known};
use super::rows::{PlainBook, Row};

/// A record that is being priced.
pub struct Call<'b> {
    pub book: &'b PlainBook,
    pub supplier: Row<'b>,
    pub record: &'b UsageRecord,
    /// The civil date in the workspace's zone (X5).
    pub date: String,
    /// The time band at the start (R8).
    pub band: String,
    /// R8: the band is the file's own, and holds for the whole call.
    pub band_is_the_files: bool,
    notes: RefCell<Vec<&'static str>>,
}

impl<'b> Call<'b> {
    /// Puts a record of this supplier's file beside the book.
    pub fn new(book: &'b PlainBook, supplier: &str, record: &'b UsageRecord) -> Self {
        let start = Minute::at(record.started.instant, &book.zone);
        let band_is_the_files = is_known(book, &record.time_band);
        let band = if band_is_the_files { record.time_band.to_string() } else { band_at(book, supplier, start) };
        let call = Self {
            book,
            supplier: book.sheet("suppliers").find("supplier", supplier).unwrap(),
            record,
            date: start.date.to_string(),
            band,
            band_is_the_files,
            notes: RefCell::default(),
        };
        call.note_record(start);
        call
    }

    /// What is special about the record itself.
    fn note_record(&self, start: Minute) {
        self.note(match self.record.kind {
            Kind::Voice => "kind: voice",
            Kind::Data => "kind: data",
            Kind::Sms => "kind: sms",
            Kind::Event => "kind: event",
        });
        self.note(if self.record.direction == Direction::In { "direction: in" } else { "direction: out" });
        match self.record.time_flag {
            TimeFlag::Plain => {}
            TimeFlag::InGap => self.note("time: in the gap of spring"),
            TimeFlag::Ambiguous => self.note("time: ambiguous in autumn"),
        }
        if self.band_is_the_files {
            self.note("time: the file's own band");
        }
        if self.book.sheet("holidays").find("date", &self.date).is_some() {
            self.note("time: a bank holiday");
        }
        if (start.date.month(), start.date.day()) == (2, 29) {
            self.note("time: 29 February");
        }
    }

    /// Counts that something happened.
    pub fn note(&self, what: &'static str) {
        self.notes.borrow_mut().push(what);
    }

    /// What happened.
    pub fn notes(self) -> Vec<&'static str> {
        let mut notes = self.notes.into_inner();
        notes.sort_unstable();
        notes.dedup();
        notes
    }

    pub fn supplier_code(&self) -> &'b str {
        self.supplier.cell("supplier")
    }

    /// C1: the other party's number of outbound, ours of inbound usage.
    pub fn looked_up(&self) -> &'b str {
        match self.record.direction {
            Direction::Out => &self.record.other_party,
            Direction::In => &self.record.cli,
        }
    }

    /// Whose line it is (M2).
    pub fn customer(&self, line: Row<'b>) -> Row<'b> {
        self.book.sheet("customers").find("account", line.cell("account")).unwrap()
    }

    /// The currency of the record's prices (X7).
    pub fn currency(&self) -> String {
        self.record.currency.map_or(self.book.currency.clone(), |currency| currency.to_string())
    }

    /// X7: an amount in another currency, by the latest rate of just this pair on or before the call's day.
    pub fn converted(&self, amount: Amount, from: &str, to: &str) -> Option<Amount> {
        if from == to {
            return Some(amount);
        }
        let dated =
            self.book.sheet("exchange_rates").rows().filter(|row| {
                row.cell("from") == from && row.cell("to") == to && row.cell("date") <= self.date.as_str()
            });
        let latest = dated.max_by_key(|row| row.cell("date"));
        self.note(if latest.is_some() { "currency: converted" } else { "currency: no rate" });
        Some(amount * super::amounts::number(latest?.cell("rate")))
    }
}
