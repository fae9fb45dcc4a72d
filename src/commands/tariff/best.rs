//! `tariff best`: what each customer's usage would have cost on each tariff offered.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use crate::commands::Global;
use crate::commands::period::{PeriodOptions, Reprice};
use crate::commands::sheets::write_sheet;
use crate::error::Result;
use crate::pipeline::reprice::offers::{offer, retail_tariffs};
use crate::report::best_tariff::BestTariffs;

/// Which tariffs, over which usage.
#[derive(Args)]
pub struct Best {
    #[command(flatten)]
    period: PeriodOptions,
    /// The tariffs offered, comma-separated; every retail tariff of customers, lines and suppliers unless given
    #[arg(long, value_name = "TARIFFS", value_delimiter = ',')]
    tariffs: Vec<String>,
    /// This customer only; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// List incomplete tariffs by customer
    #[arg(long)]
    all: bool,
    /// Write a row for each customer and tariff to this file as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

impl Best {
    pub fn run(self, global: &Global) -> Result<()> {
        let reprice = Reprice::open(global, &self.period)?;
        let tariffs = match self.tariffs.is_empty() {
            true => retail_tariffs(&reprice.book),
            false => BTreeSet::from_iter(reprice.tariffs(self.tariffs.iter().map(String::as_str))?),
        };
        let engine = reprice.engine();
        let usage = reprice.usage(&engine, &self.account)?;
        let best = BestTariffs::new(&reprice.book, usage.period, &offer(&usage, &tariffs)?);
        if let Some(path) = &self.csv {
            write_sheet(global, path, &best.sheet())?;
        }
        global.show(&best, || best.in_words(self.all))
    }
}
