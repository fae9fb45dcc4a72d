//! `bench generate`: a workload as plain files.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::{Global, say};
use crate::bench::{Size, UsageLayout, Workload, generate};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::report::screen::{count, table};

/// Where to, how large, and in which layout.
#[derive(Args)]
pub struct Generate {
    /// A new or an empty folder
    dir: PathBuf,
    /// Lines of the usage file
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=4_000_000_000))]
    records: u64,
    /// Numbers that customers hold
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(Size::MOST_CLIS)))]
    clis: u32,
    /// Customers; at most as many as CLIs
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=9_999_999))]
    customers: u32,
    /// Tariffs, three of them base ones
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(i64::from(Size::LEAST_TARIFFS)..=2_000))]
    tariffs: u32,
    /// What the usage file looks like
    #[arg(long, value_enum, default_value_t = LayoutName::Generic)]
    layout: LayoutName,
    /// Another seed makes another workload
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Names of layouts.
#[derive(Clone, Copy, ValueEnum)]
enum LayoutName {
    /// Some 80 bytes a line
    Generic,
    /// 42 quoted columns, some 300 bytes a line
    FcsV3,
}

impl Generate {
    pub fn run(self, global: &Global) -> Result<()> {
        let dir = &self.dir;
        if dir.is_file() || dir.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
            let hint = "name a new or an empty folder";
            return Err(Error::refused(format!("{}: is not empty", dir.display()), hint));
        }
        if self.customers > self.clis {
            let message = format!("{} customers with {} CLIs: each has at least one", self.customers, self.clis);
            return Err(Error::refused(message, "give fewer --customers or more --clis"));
        }
        let size = Size {
            records: self.records,
            clis: self.clis,
            customers: self.customers,
            tariffs: self.tariffs,
            layout: match self.layout {
                LayoutName::Generic => UsageLayout::Generic,
                LayoutName::FcsV3 => UsageLayout::FcsV3,
            },
            seed: self.seed,
        };
        if global.dry_run {
            say(&format!("would write {} lines of usage and a book to {}", size.records, dir.display()));
            return Ok(());
        }
        let progress = Progress::new("lines of usage", size.records, global.quiet);
        let made = generate(dir, &size, |lines| progress.advance(lines)).map_err(|error| Error::io(dir, &error))?;
        progress.finish();
        global.show(&made, || self.in_words(&made))
    }

    fn in_words(&self, made: &Workload) -> String {
        let (ended, planted) = (&made.dispositions, &made.planted);
        let rows = [
            ("customers", made.customers),
            ("CLIs", made.clis),
            ("tariffs", made.tariffs),
            ("prefixes with a price", made.prefixes),
            ("rate rows", made.rates),
            ("lines of usage", made.records),
            ("bytes of usage", made.bytes),
            ("  to be rated", ended.rated),
            ("  unknown CLI", ended.unknown_cli),
            ("  CLI not billable on date", ended.cli_not_billable_on_date),
            ("  unknown call type", ended.unknown_call_type),
            ("  call type excluded", ended.call_type_excluded),
            ("  to be rejected", ended.rejected),
            ("  of all: repeated", planted.repeated),
            ("  of all: of the month before", planted.late),
        ];
        let rows = rows.map(|(what, number)| vec![what.to_owned(), count(u128::from(number))]);
        let dir = self.dir.display();
        let usage = self.dir.join(&made.usage);
        format!(
            "{}\nWhat to try\n  tollbook rate {} --supplier {} --book {dir}/book\n  tollbook bench run {dir}\n",
            table(&["made", ""], &[1], rows),
            usage.display(),
            made.supplier,
        )
    }
}
