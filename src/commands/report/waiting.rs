//! `report unbilled-usage`, `report billing-errors`: what waits to be billed, and what cannot be.

use clap::Args;

use super::options::{Opened, Out};
use crate::commands::Global;
use crate::commands::period::Days;
use crate::commands::selection::Customers;
use crate::error::Result;
use crate::pipeline::Engine;
use crate::pipeline::posted::too_much;
use crate::pipeline::reprice::Period;
use crate::pipeline::unbilled::OpenImport;
use crate::pipeline::waiting::Waiting;
use crate::report::{billing_errors, unbilled_usage};

/// Of usage that began on which days: all, unless given.
#[derive(Args)]
pub struct WaitingReport {
    #[command(flatten)]
    days: Days,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    out: Out,
}

/// What is not billed, of the customers that are meant; with what belongs to nobody if all are.
pub(in crate::commands) fn waiting(opened: &Opened, days: Option<Period>) -> Result<Waiting> {
    let (engine, store) = (Engine::new(&opened.book), opened.workspace.usage());
    let imports = OpenImport::all(&opened.ledger, &store, &engine)?;
    let days = days.map(|Period { from, to }| (from, to));
    let mut waiting = Waiting::of(&engine, &store, &opened.workers, &imports, days)?;
    let account = |id| &opened.book.customer(id).account;
    waiting.unbilled.retain(|id, _| opened.is_meant(account(*id)));
    waiting.failing.retain(|of, _| match of.customer {
        Some(id) => opened.is_meant(account(id)),
        None => opened.is_of_all(),
    });
    Ok(waiting)
}

impl WaitingReport {
    pub fn unbilled(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let days = self.days.given()?;
        let waiting = waiting(&opened, days)?;
        let answer = unbilled_usage::answer(&opened.book, &waiting.unbilled, opened.about_imported(days)?);
        self.out.give(global, &answer.map_err(too_much)?)
    }

    pub fn errors(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let days = self.days.given()?;
        let waiting = waiting(&opened, days)?;
        let answer = billing_errors::answer(&opened.book, &waiting.failing, opened.about_imported(days)?);
        let mut answer = answer.map_err(too_much)?;
        if !opened.is_of_all() {
            let note = "usage of identifiers that belong to no customer is left out: ask without naming customers";
            answer.cover.notes.push(note.to_owned());
        }
        self.out.give(global, &answer)
    }
}
