//! `tariff diff`: the usage that one tariff prices today, priced by another, or by the rows of another day.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::commands::Global;
use crate::commands::period::{PeriodOptions, Reprice};
use crate::commands::sheets::write_sheet;
use crate::domain::book::Book;
use crate::domain::time::Date;
use crate::error::{Error, Result, counted};
use crate::pipeline::reprice::Period;
use crate::pipeline::reprice::difference::{Differences, compare};
use crate::rating::TariffVersion;
use crate::report::tariff_difference::{Dimension, TariffDifference};

/// Which tariffs, over which usage.
#[derive(Args)]
pub struct Diff {
    /// The tariff whose usage is priced: CODE, or CODE@DATE for its rows in force on that day
    #[arg(value_name = "TARIFF[@DATE]")]
    old: Version,
    /// What it is compared with: another tariff, or the same on another day
    #[arg(value_name = "TARIFF[@DATE]")]
    new: Version,
    #[command(flatten)]
    period: PeriodOptions,
    /// What to sum by; may be several, comma-separated. Customer, class and destination unless given
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    per: Vec<Per>,
    /// This customer only; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Show all rows, not only those with the largest differences
    #[arg(long)]
    all: bool,
    /// Write all rows to this file as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

/// What to sum by.
#[derive(Clone, Copy, ValueEnum)]
enum Per {
    Customer,
    Class,
    Destination,
}

/// A tariff as it is on the day of each call, or on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    code: String,
    on: Option<Date>,
}

impl std::str::FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.rsplit_once('@') {
            None => Ok(Self { code: text.to_owned(), on: None }),
            Some((code, day)) => match Date::parse(day) {
                Some(on) => Ok(Self { code: code.to_owned(), on: Some(on) }),
                None => Err(format!("{day:?} after the @ is not a date: write CODE@YYYY-MM-DD")),
            },
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.code)?;
        self.on.map_or(Ok(()), |on| write!(f, "@{on}"))
    }
}

impl Diff {
    pub fn run(self, global: &Global) -> Result<()> {
        let reprice = Reprice::open(global, &self.period)?;
        let book = &reprice.book;
        let tariffs = reprice.tariffs([self.old.code.as_str(), self.new.code.as_str()])?;
        let [old, new] = tariffs[..] else { unreachable!("two were asked for") };
        let currencies = [old, new].map(|id| book.tariff(id).currency);
        if currencies[0] != currencies[1] {
            return Err(Error::refused(
                format!("{} is in {}, {} in {}", self.old.code, currencies[0], self.new.code, currencies[1]),
                format!(
                    "customers are priced by tariffs of their own currency only: compare with one in {}",
                    currencies[0]
                ),
            ));
        }
        let engine = reprice.engine();
        let usage = reprice.usage(&engine, &self.account)?;
        let versions = [(old, self.old.on), (new, self.new.on)].map(|(tariff, on)| TariffVersion { tariff, on });
        let sums = compare(&usage, versions[0], versions[1])?;
        if sums.asked_for() == 0 {
            return Err(self.nothing_to_compare(book, usage.period, &sums));
        }
        let names = (self.old.to_string(), self.new.to_string());
        let by: Vec<Dimension> = self.per.iter().map(|per| per.dimension()).collect();
        let difference = TariffDifference::new(book, usage.period, names, currencies[0].to_string(), &sums, &by);
        if let Some(path) = &self.csv {
            write_sheet(global, path, &difference.sheet())?;
        }
        global.show(&difference, || difference.in_words(self.all))
    }

    fn nothing_to_compare(&self, book: &Book, period: Period, sums: &Differences) -> Error {
        let Period { from, to } = period;
        let whose = if self.account.is_empty() { "" } else { " of these customers" };
        let message = format!("{} prices no usage{whose} from {from} to {to}", self.old.code);
        let inherited = sums.inherited.iter().map(|(tariff, inherited)| (*tariff, inherited.calls));
        let others = sums.by_others.iter().map(|(tariff, calls)| (*tariff, *calls));
        let mut asked = BTreeMap::<_, u64>::new();
        inherited.chain(others).for_each(|(tariff, calls)| *asked.entry(tariff).or_default() += calls);
        let asked: Vec<String> = asked
            .iter()
            .map(|(tariff, calls)| format!("{} ({})", book.tariff(*tariff).code, counted(*calls, "call")))
            .collect();
        let hint = match asked.is_empty() {
            true => {
                "name another period with --from and --to; `tollbook usage files` lists what was imported".to_owned()
            }
            false => format!("name a tariff that prices usage of the period: {}; or another period", asked.join(", ")),
        };
        Error::refused(message, hint)
    }
}

impl Per {
    fn dimension(self) -> Dimension {
        match self {
            Self::Customer => Dimension::Customer,
            Self::Class => Dimension::Class,
            Self::Destination => Dimension::Destination,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_code_and_may_have_a_day() {
        let parsed = |text: &str| text.parse::<Version>().map(|version| (version.code, version.on));
        let day = Date::parse("2027-01-01");
        assert_eq!(parsed("standard"), Ok(("standard".to_owned(), None)));
        assert_eq!(parsed("standard@2027-01-01"), Ok(("standard".to_owned(), day)));
        assert_eq!(parsed("a@b@2027-01-01"), Ok(("a@b".to_owned(), day)));
        assert!(parsed("standard@2027-02-30").is_err() && parsed("standard@").is_err());
    }
}
