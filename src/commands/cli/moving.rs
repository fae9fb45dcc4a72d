//! `cli move`: lines go from one customer to another on a day (M2), all of them or none. Asks `plan` for the rows, the invoices
//! for what stands against it, the compiler whether the book is sound with them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use serde::Serialize;

use super::charges::MovedCharge;
use super::line_of;
use super::plan::{Asked, MovedLine, Plan, Staying, plan};
use crate::billing::charge_price;
use crate::book::{Tables, compile};
use crate::commands::bill::parse_date;
use crate::commands::book::write_rows;
use crate::commands::listed::listed_names;
use crate::commands::selection::refuse_all;
use crate::commands::{Global, say};
use crate::domain::book::Book;
use crate::domain::time::Date;
use crate::error::{Result, counted};
use crate::ledger::{ApplyMode, LedgerWriter};
use crate::pipeline::leavings::lines_billed_from;
use crate::report::screen::table;
use crate::workspace::{Workspace, refuse_book, stored_tables};

/// Which lines, to whom, from when.
#[derive(Args)]
#[command(group = ArgGroup::new("which").required(true).multiple(true).args(["lines", "from_file", "all_of"]))]
#[command(
    override_usage = "tollbook cli move [OPTIONS] --to <ACCOUNT> --from <DATE> <CLI>...
       tollbook cli move [OPTIONS] --to <ACCOUNT> --from <DATE> --from-file <FILE>
       tollbook cli move [OPTIONS] --to <ACCOUNT> --from <DATE> --all-of <ACCOUNT>",
    after_help = "A line ends at the customer before on the day before DATE and begins at the new one on DATE. Its extension, \
    type, description and alternates go with it; its cost centre stays, its tariffs and markups too unless --keep-tariffs, \
    its cap and limit if the customers pay in different currencies. Usage that is not billed yet goes to who has the line on \
    its day. Refused where usage from DATE on is on an invoice."
)]
pub struct Move {
    /// Lines
    #[arg(value_name = "CLI")]
    lines: Vec<String>,
    /// Lines listed in this file: one a line, or the column cli of a CSV file
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// All lines that this customer has on the day or later
    #[arg(long, value_name = "ACCOUNT", conflicts_with_all = ["lines", "from_file", "of"])]
    all_of: Option<String>,
    /// Only while they are this customer's: where several hold a line, by extension
    #[arg(long, value_name = "ACCOUNT")]
    of: Option<String>,
    /// Whose they are to be
    #[arg(long, value_name = "ACCOUNT")]
    to: String,
    /// From this day on
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    from: Date,
    /// The cost centre of the new customer that they go to
    #[arg(long, value_name = "NAME")]
    cost_centre: Option<String>,
    /// Tariffs and markups of the lines themselves go with them
    #[arg(long)]
    keep_tariffs: bool,
    /// Recurring charges for the lines go with them
    #[arg(long)]
    with_charges: bool,
}

/// What was done, for people and machines.
#[derive(Serialize)]
struct Report<'r> {
    to: &'r str,
    from: Date,
    dry_run: bool,
    lines: &'r [MovedLine],
    charges: &'r [MovedCharge],
    /// What stays with the customers before, though it is for these lines.
    staying: &'r [Staying],
}

impl Move {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let rules = workspace.number_rules();
        let mut named = self.lines.clone();
        if let Some(path) = &self.from_file {
            named.extend(listed_names(path, "cli")?);
        }
        let named: Vec<String> = named.iter().map(|cli| line_of(cli, &rules)).collect();
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let tables = workspace.tables(&ledger)?;
        let asked = Asked {
            lines: &named,
            of: self.all_of.as_deref().or(self.of.as_deref()),
            to: &self.to,
            from: self.from,
            currency: workspace.settings.currency.code(),
            cost_centre: self.cost_centre.as_deref(),
            keep_tariffs: self.keep_tariffs,
            with_charges: self.with_charges,
        };
        let mut plan = plan(&tables, &asked);
        let billed = billed(workspace, &ledger, &plan.lines, self.from)?;
        plan.wrong.extend(billed);
        if !plan.wrong.is_empty() {
            return Err(refuse_all(&plan.wrong, "see `tollbook cli show CLI` and `tollbook customer list`"));
        }
        let Plan { rows, lines, mut charges, staying, .. } = plan;
        price(workspace, tables, &rows, self.from, &mut charges)?;
        write_rows(&mut ledger, workspace, &stored_tables(&rows), ApplyMode::Upsert, global.dry_run)?;
        let report = Report {
            to: &self.to,
            from: self.from,
            dry_run: global.dry_run,
            lines: &lines,
            charges: &charges,
            staying: &staying,
        };
        global.show(&report, || in_words(&report))?;
        warn(&report);
        Ok(())
    }
}

/// Lines with usage from the day on that is on an invoice: taking them away contradicts it.
fn billed(workspace: &Workspace, ledger: &LedgerWriter, lines: &[MovedLine], from: Date) -> Result<Vec<String>> {
    let mut by_account: BTreeMap<&str, Vec<&MovedLine>> = BTreeMap::new();
    for line in lines {
        by_account.entry(&line.from_account).or_default().push(line);
    }
    let (store, mut wrong) = (workspace.usage(), Vec::new());
    for (account, lines) in by_account {
        let billed = lines_billed_from(ledger, &store, account, from)?;
        let mut told = Vec::new();
        for line in lines.iter().filter(|_| !billed.is_empty()) {
            let Some(usage) = line.identifiers.iter().find_map(|cli| billed.get(cli)) else { continue };
            if told.contains(&&line.cli) {
                continue;
            }
            told.push(&line.cli);
            let (cli, invoice, began) = (&line.cli, &usage.invoice, &usage.began);
            wrong.push(format!(
                "{cli} cannot leave {account} on {from}: invoice {invoice} bills usage from then on, {} of {began} (a later \
                 day, or void the invoice first)",
                usage.record
            ));
        }
    }
    Ok(wrong)
}

/// Compiles the book as it becomes, and tells the price of each charge on both sides of the day.
fn price(workspace: &Workspace, tables: Tables, rows: &Tables, from: Date, charges: &mut [MovedCharge]) -> Result<()> {
    let mut merged = tables;
    merged.merge(rows.clone());
    let book = compile(&merged, &workspace.settings).map_err(|errors| refuse_book(&errors))?;
    for moved in charges {
        moved.price_before = price_on(&book, &moved.from_account, &moved.charge, moved.until);
        moved.price_after = price_on(&book, &moved.to_account, &moved.new_charge, from);
    }
    Ok(())
}

fn price_on(book: &Book, account: &str, charge: &str, on: Date) -> Option<String> {
    let customer = book.find_customer(account)?;
    // The book lists charges by customer and id.
    let place = book.charges.binary_search_by(|one| (one.customer, one.id.as_str()).cmp(&(customer, charge))).ok()?;
    charge_price(book, &book.charges[place], on).map(|price| price.to_string())
}

fn in_words(report: &Report) -> String {
    let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let lines = report.lines.iter().map(|line| {
        let left: Vec<String> = line.left_behind.iter().map(|(column, value)| format!("{column} {value}")).collect();
        let until = line.until.map_or("never began".to_owned(), |until| until.to_string());
        let name = line.extension.as_ref().map_or(line.cli.clone(), |extension| format!("{} {extension}", line.cli));
        let words = [line.from_account.clone(), until, line.to_account.clone(), line.from.to_string(), date(line.to)];
        std::iter::once(name).chain(words).chain([left.join(", ")]).collect()
    });
    let mut text = table(&["CLI", "was of", "until", "is of", "from", "to", "left behind"], &[], lines);
    if !report.charges.is_empty() {
        let shown = |price: &Option<String>| price.clone().unwrap_or_else(|| "—".to_owned());
        let charges = report.charges.iter().map(|charge| {
            let old = [&charge.charge, &charge.cli, &charge.from_account].map(String::clone);
            let prices = [shown(&charge.price_before), shown(&charge.price_after)];
            let new = [charge.to_account.clone(), charge.new_charge.clone(), date(charge.minimum_term)];
            old.into_iter().chain([charge.until.to_string()]).chain(new).chain(prices).collect()
        });
        let header = ["charge", "CLI", "was of", "until", "is of", "as", "minimum term", "price was", "price is"];
        text.push_str(&format!("\n{}", table(&header, &[7, 8], charges)));
    }
    text
}

/// What a person may not expect, and one line: what was done.
fn warn(report: &Report) {
    for Staying { account, what, name, cli, why } in report.staying {
        say(&format!("warning: {what} {name} for {cli} stays with {account}: {why}"));
    }
    if report.charges.iter().any(|charge| charge.price_before != charge.price_after) {
        say("warning: a charge has another price at the new customer: it comes from the product there");
    }
    if !report.charges.is_empty() {
        say(
            "what was charged beyond the last day is given back by the next run; the new customer is charged from its first",
        );
    }
    let mut before: Vec<&str> = report.lines.iter().map(|line| line.from_account.as_str()).collect();
    before.sort_unstable();
    before.dedup();
    let (to, from) = (report.to, report.from);
    say(&format!(
        "usage from {from} on goes to {to}; usage before, however late it comes, stays with {}",
        before.join(", ")
    ));
    let would = if report.dry_run { "would move" } else { "moved" };
    let charges = match report.charges.len() {
        0 => String::new(),
        count => format!(" and {}", counted(count as u64, "charge")),
    };
    say(&format!("{would} {}{charges} to {to} from {from}", counted(report.lines.len() as u64, "line")));
}
