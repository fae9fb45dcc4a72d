//! `report dormant-clis`: lines in force that nobody used for long.

use clap::Args;

use super::options::{Opened, Out};
use crate::commands::Global;
use crate::commands::bill::parse_date;
use crate::commands::selection::Customers;
use crate::domain::time::Date;
use crate::error::Result;
use crate::pipeline::Engine;
use crate::pipeline::last_use::last_use;
use crate::pipeline::posted::too_much;
use crate::pipeline::unbilled::OpenImport;
use crate::report::dormant_clis::{Dormant, answer};

/// For how long, up to when.
#[derive(Args)]
pub struct DormantClis {
    /// Without usage for at least so many days
    #[arg(long, value_name = "N", default_value = "90", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
    /// As it stands on this day; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    out: Out,
}

impl DormantClis {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let dormant = Dormant { on: self.on.unwrap_or_else(|| opened.today()), days: self.days };
        let (engine, store) = (Engine::new(&opened.book), opened.workspace.usage());
        let imports = OpenImport::all(&opened.ledger, &store, &engine)?;
        let last = last_use(&engine, &store, &opened.workers, &imports, dormant.on)?;
        let is_meant = |account: &str| opened.is_meant(account);
        let answer = answer(&opened.book, dormant, &last, &is_meant, opened.about_imported(None)?);
        self.out.give(global, &answer.map_err(too_much)?)
    }
}
