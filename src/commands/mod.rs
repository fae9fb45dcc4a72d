//! The command line: what is asked → what is done → the exit code. One file per noun; nothing here computes a price.

mod accounting;
mod alerts;
mod bench;
mod bill;
mod book;
mod charge;
mod cli;
mod collection;
mod customer;
mod demo;
mod explain;
mod form;
mod import;
mod init;
mod invoice;
mod layouts;
mod listed;
mod pages;
mod payment;
mod period;
mod rate;
mod rate_sheet;
mod report;
mod selection;
mod sheets;
mod tariff;
mod template;
mod trail;
mod usage;
mod verify;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::domain::time::{CivilDateTime, Date, Zone};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Actor;
use crate::workers::Workers;

/// Batch rating and billing runs for telecom resellers: carriers' usage files in, exact invoices out.
#[derive(Parser)]
#[command(name = "tollbook", version, propagate_version = true, arg_required_else_help = true)]
pub struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// The workspace; else the nearest folder upwards that holds tollbook.toml
    #[arg(long, global = true, env = "TOLLBOOK_WORKSPACE", hide_env_values = true, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// Print data as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Show no progress
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Worker threads; one per core unless given
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Say what would be done, change nothing
    #[arg(long, global = true)]
    dry_run: bool,
    /// Who makes the change; the system's user unless given
    #[arg(long, global = true, value_name = "NAME")]
    by: Option<String>,
    /// Why the change is made
    #[arg(long, global = true, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Make a sample reseller, import its files, bill a month, write the invoices
    Demo(demo::Demo),
    /// Make a new workspace with commented settings
    Init(init::Init),
    /// Load or write the whole master data as CSV files
    #[command(subcommand)]
    Book(book::BookCommand),
    /// Import usage (CDR) files, service files, rate sheets, customers, lines, products, charges, payments
    #[command(subcommand)]
    Import(import::Import),
    /// Show the layouts of carriers' files, or find the one that fits a file
    #[command(subcommand)]
    Layouts(layouts::Layouts),
    /// Show what was imported, what waits, what cannot be billed; delete and restore
    #[command(subcommand)]
    Usage(usage::Usage),
    /// Match and rate files against a book folder, without a workspace
    Rate(rate::Rate),
    /// Say step by step why a record costs what it costs
    Explain(explain::Explain),
    /// Draft, approve and post billing runs; undo them
    #[command(subcommand)]
    Bill(bill::Bill),
    /// List, show and write posted invoices and credit notes; void, credit, mark as sent
    #[command(subcommand)]
    Invoice(invoice::Invoice),
    /// Enter payments, bounces and refunds; list them; let credit pay what is open
    #[command(subcommand)]
    Payment(payment::PaymentCommand),
    /// Write sales, credit notes and payments for accounting packages
    #[command(subcommand)]
    Accounting(accounting::AccountingCommand),
    /// Collect what is due from customers on direct debit: files for a bank
    #[command(subcommand)]
    Collection(collection::CollectionCommand),
    /// List, show and change customers; who leaves, who comes back
    #[command(subcommand)]
    Customer(customer::CustomerCommand),
    /// List lines, show whose they were, move them from one customer to another
    #[command(subcommand)]
    Cli(cli::CliCommand),
    /// List charges and change their prices
    #[command(subcommand)]
    Charge(charge::ChargeCommand),
    /// List, check, compare and change tariffs
    #[command(subcommand)]
    Tariff(tariff::TariffCommand),
    /// Make spreadsheets to be filled in, or with what is there: customers, CLIs, products, charges, rates, payments
    Template(template::Template),
    /// Show what the workspace holds, seen from one side
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// Make a workload of any size, and measure the pipeline on it
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Check the integrity of the whole store
    Verify,
    /// Write shell completions to standard output
    Completions(pages::Completions),
    /// Write man pages into a folder
    Man(pages::Man),
}

/// Does what the arguments ask.
pub fn run(arguments: Arguments) -> Result<()> {
    let global = &arguments.global;
    match arguments.command {
        Command::Demo(demo) => demo.run(global),
        Command::Init(init) => init.run(global),
        Command::Book(book) => book.run(global),
        Command::Import(import) => import.run(global),
        Command::Layouts(layouts) => layouts.run(global),
        Command::Usage(usage) => usage.run(global),
        Command::Rate(rate) => rate.run(global),
        Command::Explain(explain) => explain.run(global),
        Command::Bill(bill) => bill.run(global),
        Command::Invoice(invoice) => invoice.run(global),
        Command::Payment(payment) => payment.run(global),
        Command::Accounting(accounting) => accounting.run(global),
        Command::Collection(collection) => collection.run(global),
        Command::Customer(customer) => customer.run(global),
        Command::Cli(cli) => cli.run(global),
        Command::Charge(charge) => charge.run(global),
        Command::Tariff(tariff) => tariff.run(global),
        Command::Template(template) => template.run(global),
        Command::Report(report) => report.run(global),
        Command::Bench(bench) => bench.run(global),
        Command::Verify => verify::run(global),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(global),
    }
}

impl Global {
    /// The worker threads asked for.
    fn workers(&self) -> Result<Workers> {
        Workers::new(self.threads.map(usize::from))
            .map_err(|error| Error::new(ErrorKind::Io, format!("no worker threads: {error}"), ""))
    }

    /// Who changes something, when, by what command.
    fn actor(&self) -> Actor {
        let user = || std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).ok();
        Actor {
            by: self.by.clone().or_else(user).unwrap_or_else(|| "unknown".into()),
            reason: self.reason.clone(),
            at: now(),
            command: command_words(),
        }
    }

    /// Why the change is made, if that was said: blanks say nothing.
    fn given_reason(&self) -> Option<&str> {
        self.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty())
    }

    /// Prints data: as JSON if asked, else as text.
    fn show(&self, data: &impl serde::Serialize, text: impl FnOnce() -> String) -> Result<()> {
        if self.json { print_json(data) } else { print(&text()) }
    }
}

/// Which command this is, without its options: `book import`.
fn command_words() -> String {
    let matches = Arguments::command().get_matches();
    let mut words = Vec::new();
    let mut at = &matches;
    while let Some((word, below)) = at.subcommand() {
        words.push(word);
        at = below;
    }
    words.join(" ")
}

/// The present instant in UTC: `2026-11-01T09:30:00Z`.
fn now() -> String {
    let seconds = clock();
    let time = CivilDateTime::from_utc_seconds(seconds).expect("a clock between 2000 and 2100");
    format!("{time}Z").replace(' ', "T")
}

/// The present date in a zone.
fn today(zone: &Zone) -> Date {
    zone.civil_at(clock()).expect("a clock between 2000 and 2100").date
}

/// The present instant in seconds since 1970 (UTC). The only reading of the clock.
fn clock() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Writes to standard output. A reader that went away ends the output, not the command.
fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(ErrorKind::Io, format!("standard output: {error}"), ""))
        }
        _ => Ok(()),
    }
}

fn print_json(data: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(data)
        .map_err(|error| Error::new(ErrorKind::Io, format!("cannot write JSON: {error}"), ""))?;
    print(&(text + "\n"))
}

/// Says something to a person, beside the data. A closed standard error is no reason to stop.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
