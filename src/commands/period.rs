//! A period asked for → the workspace's usage of it, ready to be priced again. Shared by the commands that compare.

use std::collections::BTreeSet;

use clap::Args;

use super::bill::parse_date;
use super::selection::Customers;
use super::{Global, today};
use crate::domain::book::{Book, CustomerId, TariffId};
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::facts::UsageStore;
use crate::ledger::Ledger;
use crate::pipeline::Engine;
use crate::pipeline::reprice::{Period, PeriodUsage};
use crate::pipeline::unbilled::OpenImport;
use crate::workers::Workers;
use crate::workspace::Workspace;

/// Which usage.
#[derive(Args)]
pub struct PeriodOptions {
    /// Usage that began on this day or later; with --to. The last full calendar month unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "to")]
    from: Option<Date>,
    /// Usage that began on this day or earlier; with --from
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "from")]
    to: Option<Date>,
    /// The calendar month YYYY-MM, in place of --from and --to
    #[arg(long, value_name = "MONTH", value_parser = parse_month, conflicts_with_all = ["from", "to"])]
    month: Option<Date>,
}

/// Days of which a report is.
#[derive(Args)]
#[command(next_help_heading = "Of when")]
pub struct Days {
    /// The first day; with --to
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "to")]
    from: Option<Date>,
    /// The last day; with --from
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "from")]
    to: Option<Date>,
    /// A calendar month, YYYY-MM, in place of --from and --to
    #[arg(long, value_name = "MONTH", value_parser = parse_month, conflicts_with_all = ["from", "to"])]
    month: Option<Date>,
}

impl Days {
    /// The days asked for, if any were.
    pub fn given(&self) -> Result<Option<Period>> {
        given(self.from.zip(self.to), self.month)
    }
}

/// The first day of a month of an option.
fn parse_month(text: &str) -> std::result::Result<Date, String> {
    let first = Some(text).filter(|text| text.len() == 7).and_then(|text| Date::parse(&format!("{text}-01")));
    first.ok_or_else(|| "not a month: write YYYY-MM, between 2000-01 and 2100-12".to_owned())
}

fn given(days: Option<(Date, Date)>, month: Option<Date>) -> Result<Option<Period>> {
    match (days, month) {
        (Some((from, to)), _) if from > to => {
            Err(Error::refused(format!("--from {from} is after --to {to}"), "give the earlier day as --from"))
        }
        (Some((from, to)), _) => Ok(Some(Period { from, to })),
        (None, month) => Ok(month.map(|from| Period { from, to: from.last_of_month() })),
    }
}

/// The calendar month before the one that a day is in.
fn month_before(day: Date) -> Period {
    let to = day.first_of_month().previous();
    Period { from: to.first_of_month(), to }
}

impl PeriodOptions {
    /// The days asked for, or the calendar month before the one that today is in.
    fn period(&self, today: Date) -> Result<Period> {
        Ok(given(self.from.zip(self.to), self.month)?.unwrap_or_else(|| month_before(today)))
    }
}

/// An open workspace and a period of it.
pub struct Reprice {
    /// The book as it stands.
    pub book: Book,
    /// The period asked for.
    pub period: Period,
    workspace: Workspace,
    ledger: Ledger,
    store: UsageStore,
    workers: Workers,
    quiet: bool,
}

impl Reprice {
    /// Opens the workspace for reading.
    pub fn open(global: &Global, options: &PeriodOptions) -> Result<Self> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let period = options.period(today(&workspace.settings.zone))?;
        let ledger = workspace.ledger()?;
        let book = workspace.book(&ledger)?;
        let (store, workers, quiet) = (workspace.usage(), global.workers()?, global.quiet);
        Ok(Self { book, period, workspace, ledger, store, workers, quiet })
    }

    /// The book, ready to price by.
    pub fn engine(&self) -> Engine<'_> {
        Engine::new(&self.book)
    }

    /// The usage of some customers, or of all.
    pub fn usage<'a>(&'a self, engine: &'a Engine<'a>, accounts: &[String]) -> Result<PeriodUsage<'a>> {
        Ok(PeriodUsage {
            engine,
            store: &self.store,
            imports: OpenImport::all(&self.ledger, &self.store, engine)?,
            period: self.period,
            customers: self.customers(accounts)?,
            workers: &self.workers,
            quiet: self.quiet,
        })
    }

    /// The usage of the customers that are meant; also that of nobody, if all are.
    pub fn usage_of<'a>(&'a self, engine: &'a Engine<'a>, customers: &Customers) -> Result<PeriodUsage<'a>> {
        let mut usage = self.usage(engine, &[])?;
        if let Some(accounts) = customers.accounts(&self.workspace, &self.ledger)? {
            if accounts.is_empty() {
                return Err(Error::refused("no customer is as chosen", "see `tollbook customer list`"));
            }
            usage.customers = accounts.iter().filter_map(|account| self.book.find_customer(account)).collect();
        }
        Ok(usage)
    }

    /// The tariffs of some codes; those that the book does not have are refused together.
    pub fn tariffs<'c>(&self, codes: impl IntoIterator<Item = &'c str>) -> Result<Vec<TariffId>> {
        let tariffs = &self.book.tariffs;
        let found = codes.into_iter().map(|code| {
            let at = tariffs.binary_search_by(|tariff| tariff.code.as_str().cmp(code));
            at.map(TariffId::from_index).map_err(|_| code.to_owned())
        });
        all_or_missing(found).map_err(|missing| {
            let known: Vec<_> = tariffs.iter().map(|tariff| tariff.code.as_str()).collect();
            let hint = format!("there are: {}", known.join(", "));
            Error::refused(format!("the book has no tariff {}", missing.join(", ")), hint)
        })
    }

    fn customers(&self, accounts: &[String]) -> Result<BTreeSet<CustomerId>> {
        let found = accounts.iter().map(|account| self.book.find_customer(account).ok_or_else(|| account.clone()));
        all_or_missing(found).map(BTreeSet::from_iter).map_err(|missing| {
            let message = format!("the book has no customer {}", missing.join(", "));
            Error::refused(message, "see `tollbook customer list`")
        })
    }
}

/// All that were found, or all that were not.
fn all_or_missing<T>(
    found: impl Iterator<Item = std::result::Result<T, String>>,
) -> std::result::Result<Vec<T>, Vec<String>> {
    let (mut all, mut missing) = (Vec::new(), Vec::new());
    for one in found {
        match one {
            Ok(id) => all.push(id),
            Err(code) => missing.push(code),
        }
    }
    if missing.is_empty() { Ok(all) } else { Err(missing) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_days_it_is_the_last_full_month() {
        let date = |text: &str| Date::parse(text).unwrap();
        let check = |today: &str, from: &str, to: &str| {
            let period = PeriodOptions { from: None, to: None, month: None }.period(date(today)).unwrap();
            assert_eq!((period.from, period.to), (date(from), date(to)), "{today}");
        };
        check("2026-11-26", "2026-10-01", "2026-10-31");
        check("2026-11-01", "2026-10-01", "2026-10-31");
        check("2026-10-31", "2026-09-01", "2026-09-30");
        check("2028-03-31", "2028-02-01", "2028-02-29");
        check("2027-01-01", "2026-12-01", "2026-12-31");
        let reversed = PeriodOptions { from: Some(date("2026-02-02")), to: Some(date("2026-02-01")), month: None };
        assert!(reversed.period(date("2026-03-01")).is_err());
    }
}
