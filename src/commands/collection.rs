//! `collection`: what customers on direct debit owe, collected in files for a bank; cancelled, made again. It records no
//! payment: what the bank reports is entered with `payment add` or `import payments`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::bill::parse_date;
use super::payment::reason_is_given;
use super::{Global, say, today};
use crate::accounting::collections::{
    Collection, Creditor, OpenInvoice, Scheme, collectable, debits_of, is_working_day,
};
use crate::domain::bill::Amount;
use crate::domain::book::Book;
use crate::domain::customer::{Customer, Organisation};
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::write_atomically;
use crate::ledger::{CollectedInvoice, InvoiceFilter, Ledger, NewCollection};
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum CollectionCommand {
    /// List what can be collected by direct debit, and what cannot, and why
    List {
        /// Only what is due by this day
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        due_by: Option<Date>,
    },
    /// Collect what can be collected: write the bank's file, and note which invoices are in it
    Create(Create),
    /// List the collections that were made
    History,
    /// Write the file of a collection again, the same to the last byte
    Export {
        /// The collection's number
        id: i64,
        /// The file to be written
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Replace the file if it is there
        #[arg(long)]
        replace: bool,
    },
    /// Take a collection back that the bank did not get, or one invoice that it refused: it can be collected again
    Cancel {
        /// The collection's number
        id: i64,
        /// Only this invoice
        #[arg(long, value_name = "NUMBER")]
        invoice: Option<String>,
    },
}

/// What is collected, and where to.
#[derive(Args)]
pub struct Create {
    /// Under whose rules: sepa is pain.008.001.08, sepa02 the older pain.008.001.02
    #[arg(long, value_name = "FORMAT", value_parser = scheme_parser())]
    format: Scheme,
    /// The day on which accounts are debited
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    collect_on: Date,
    /// The file to be written
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only what is due by this day; what is due by the day of the collection unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    due_by: Option<Date>,
    /// Of this organisation; not needed if there is only one that has something to collect
    #[arg(long, value_name = "CODE")]
    organisation: Option<String>,
    /// Replace the file if it is there
    #[arg(long)]
    replace: bool,
}

fn scheme_parser() -> impl TypedValueParser<Value = Scheme> {
    PossibleValuesParser::new(Scheme::ALL.map(Scheme::name)).map(|word| Scheme::parse(&word).expect("one of the words"))
}

impl CollectionCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::List { due_by } => list(global, &workspace, due_by),
            Self::Create(create) => create.run(global, &workspace),
            Self::History => history(global, &workspace.ledger()?),
            Self::Export { id, out, replace } => {
                check_free(&out, replace)?;
                let (row, contents) = find(&workspace.ledger()?, id)?;
                if row.cancelled > 0 {
                    say(&format!(
                        "{} of collection {id} cancelled: send the file to no bank again",
                        are(row.cancelled)
                    ));
                }
                let collection: Collection = serde_json::from_str(&contents).map_err(|_| damaged(id))?;
                write(global, &out, &collection, id, &row.created_at)
            }
            Self::Cancel { id, invoice } => {
                reason_is_given(global)?;
                let mut ledger = workspace.ledger_for_writing(global.actor())?;
                let count = ledger.cancel_collection(id, invoice.as_deref(), global.dry_run)?;
                let done = if global.dry_run { "would cancel" } else { "cancelled" };
                say(&format!("{done} {} of collection {id}: to be collected again", counted(count, "invoice")));
                Ok(())
            }
        }
    }
}

/// An invoice that can be collected, or cannot.
#[derive(Serialize)]
struct Listed {
    invoice: String,
    account: String,
    name: String,
    organisation: String,
    due_date: Date,
    open: Amount,
    currency: Currency,
    /// The format that collects it; none if it is not collected.
    format: Option<&'static str>,
    /// Why it is not.
    reason: Option<String>,
}

fn list(global: &Global, workspace: &Workspace, due_by: Option<Date>) -> Result<()> {
    let ledger = workspace.ledger()?;
    let book = workspace.book(&ledger)?;
    let listed: Vec<Listed> = open_invoices(&ledger, &book)?
        .iter()
        .map(|invoice| {
            let reason = invoice.reason_against(due_by);
            let scheme = Scheme::of_currency(invoice.currency).filter(|_| reason.is_none());
            Listed {
                invoice: invoice.number.clone(),
                account: invoice.customer.account.clone(),
                name: invoice.customer.name.clone(),
                organisation: organisation_of(&book, invoice.customer).code.clone(),
                due_date: invoice.due,
                open: Amount::new(invoice.open, invoice.currency),
                currency: invoice.currency,
                format: scheme.map(Scheme::name),
                reason,
            }
        })
        .collect();
    global.show(&listed, || in_words(&listed))
}

fn in_words(listed: &[Listed]) -> String {
    if listed.is_empty() {
        return "nothing is open of customers on direct debit\n".to_owned();
    }
    let width = listed.iter().map(|one| one.invoice.chars().count()).max().unwrap_or(0).max(8);
    let wide = listed.iter().map(|one| one.account.chars().count()).max().unwrap_or(0).max(8);
    let mut text = format!("{:width$}  {:wide$}  due         {:>14}  collected by\n", "invoice", "account", "open");
    for one in listed {
        let how =
            one.format.map_or_else(|| format!("not: {}", one.reason.as_deref().unwrap_or_default()), str::to_owned);
        let open = format!("{} {}", one.currency, one.open);
        text += &format!("{:width$}  {:wide$}  {}  {open:>14}  {how}\n", one.invoice, one.account, one.due_date);
    }
    text
}

/// What is open of customers that have to do with direct debit, in the order of posting.
fn open_invoices<'b>(ledger: &Ledger, book: &'b Book) -> Result<Vec<OpenInvoice<'b>>> {
    let (standings, collected) = (ledger.standings(InvoiceFilter::default())?, ledger.collected()?);
    let mut open = Vec::new();
    for invoice in ledger.invoices(InvoiceFilter::default())? {
        let standing = standings.get(&invoice.number);
        let Some(left) = standing.map(|standing| standing.open).filter(|left| *left > Money::ZERO) else { continue };
        let Some(customer) = book.find_customer(&invoice.account).map(|id| book.customer(id)) else { continue };
        let mandate = (invoice.account.clone(), customer.direct_debit.mandate.clone());
        let candidate = OpenInvoice {
            collection: collected.invoices.get(&invoice.number).copied(),
            was_cancelled: collected.cancelled.contains(&invoice.number),
            mandate_used: collected.mandates.contains(&mandate),
            number: invoice.number,
            customer,
            currency: invoice.currency,
            open: left,
            due: invoice.due_date,
            is_final: invoice.is_final,
        };
        if candidate.concerns_direct_debit() {
            open.push(candidate);
        }
    }
    keep_within_balances(ledger, &mut open)?;
    Ok(open)
}

/// Takes off what a credit that pays no invoice yet covers, from the latest invoices on: of a customer no more is collected
/// than it owes beside what is in a collection.
fn keep_within_balances(ledger: &Ledger, open: &mut [OpenInvoice<'_>]) -> Result<()> {
    let mut owed: BTreeMap<String, Money> = BTreeMap::new();
    for invoice in open.iter() {
        let account = &invoice.customer.account;
        if !owed.contains_key(account) {
            owed.insert(account.clone(), ledger.balance(account)?);
        }
    }
    let too_much = |overflow: Overflow| Error::refused(format!("what customers owe: {overflow}"), "");
    let (in_collection, free): (Vec<_>, Vec<_>) = open.iter_mut().partition(|invoice| invoice.collection.is_some());
    for invoice in in_collection {
        let owed = owed.get_mut(&invoice.customer.account).expect("of each account");
        *owed = owed.minus(invoice.open).map_err(too_much)?;
    }
    for invoice in free {
        let owed = owed.get_mut(&invoice.customer.account).expect("of each account");
        invoice.open = collectable(invoice.open, owed).map_err(too_much)?;
    }
    Ok(())
}

impl Create {
    fn run(&self, global: &Global, workspace: &Workspace) -> Result<()> {
        check_free(&self.out, self.replace)?;
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let book = workspace.book(&ledger)?;
        let process_on = self.working_days(&book, today(&workspace.settings.zone))?;
        let due_by = Some(self.due_by.unwrap_or(self.collect_on));
        let mut open = open_invoices(&ledger, &book)?;
        open.retain(|invoice| {
            invoice.currency.code() == self.format.currency() && invoice.reason_against(due_by).is_none()
        });
        let organisation = self.organisation(&book, &open)?;
        open.retain(|invoice| organisation_of(&book, invoice.customer).code == organisation);
        if open.is_empty() {
            let message = format!("nothing can be collected by {}", self.format.name());
            return Err(Error::refused(message, "`tollbook collection list` says why"));
        }
        let found = book.organisations.iter().find(|one| one.code == organisation);
        let creditor = Creditor::of(found.ok_or_else(|| no_such_organisation(&organisation))?);
        let lacks = creditor.lacks(self.format);
        if !lacks.is_empty() {
            let message = format!("organisation {organisation} lacks for {}: {}", self.format.name(), lacks.join(", "));
            return Err(Error::refused(message, "fill in organisations.csv and load it with `tollbook book import`"));
        }
        let overflow = |error: crate::domain::money::Overflow| Error::refused(error.to_string(), "");
        let debits = debits_of(&open).map_err(overflow)?;
        let collection = Collection { scheme: self.format, collect_on: self.collect_on, process_on, creditor, debits };
        // What the file cannot hold must be known before the ledger says that it was made.
        collection.file(1, &global.actor().at).map_err(overflow)?;
        let contents = serde_json::to_string(&collection)
            .map_err(|error| Error::new(ErrorKind::Io, format!("cannot write JSON: {error}"), ""))?;
        let new = NewCollection {
            scheme: self.format.name(),
            organisation: &organisation,
            collect_on: self.collect_on,
            currency: open[0].currency,
            contents: &contents,
            invoices: collected_invoices(&collection),
        };
        let (id, at) = ledger.make_collection(&new, global.dry_run)?;
        // The ledger first: an invoice of a file that was not written is collected by `collection export`; one of a file
        // that the ledger does not know would be collected twice.
        write(global, &self.out, &collection, id, &at)
    }

    /// The working day before the day of the collection, which must be one itself, and not be past.
    fn working_days(&self, book: &Book, today: Date) -> Result<Date> {
        let is_working = |day| is_working_day(day, |day| book.holidays.contains_key(&day));
        let day = self.collect_on;
        if day <= today {
            let message = format!("--collect-on {day} is not after today, {today}");
            return Err(Error::refused(message, "banks need the file days before; give a later day"));
        }
        if !is_working(day) {
            return Err(Error::refused(format!("--collect-on {day}: banks do not work on it"), "give a working day"));
        }
        let mut before = day.previous();
        while !is_working(before) {
            before = before.previous();
        }
        Ok(before)
    }

    /// The organisation that collects: the one named, else the only one with something to collect.
    fn organisation(&self, book: &Book, open: &[OpenInvoice<'_>]) -> Result<String> {
        if let Some(named) = &self.organisation {
            let is_there = book.organisations.iter().any(|one| one.code == *named);
            return if is_there { Ok(named.clone()) } else { Err(no_such_organisation(named)) };
        }
        let codes = open.iter().map(|invoice| organisation_of(book, invoice.customer).code.as_str());
        let codes: std::collections::BTreeSet<&str> = codes.collect();
        if codes.len() > 1 {
            let all = codes.into_iter().collect::<Vec<_>>().join(", ");
            return Err(Error::refused(
                format!("several organisations have something to collect: {all}"),
                "name one with --organisation",
            ));
        }
        Ok(codes.into_iter().next().unwrap_or_default().to_owned())
    }
}

fn organisation_of<'b>(book: &'b Book, customer: &Customer) -> &'b Organisation {
    &book.organisations[customer.organisation.index()]
}

fn collected_invoices(collection: &Collection) -> Vec<CollectedInvoice> {
    let of_debit = collection.debits.iter().flat_map(|debit| {
        debit.invoices.iter().map(|invoice| CollectedInvoice {
            invoice: invoice.number.clone(),
            account: debit.account.clone(),
            mandate: debit.mandate.clone(),
            amount: invoice.amount.money,
        })
    });
    of_debit.collect()
}

fn no_such_organisation(code: &str) -> Error {
    Error::refused(format!("there is no organisation {code:?}"), "")
}

fn are(count: u64) -> String {
    format!("{} {}", counted(count, "invoice"), if count == 1 { "is" } else { "are" })
}

fn find(ledger: &Ledger, id: i64) -> Result<(crate::ledger::CollectionRow, String)> {
    let missing = || Error::refused(format!("there is no collection {id}"), "see `tollbook collection history`");
    ledger.collection(id)?.ok_or_else(missing)
}

fn damaged(id: i64) -> Error {
    let message = format!("the contents of collection {id} do not read");
    Error::new(ErrorKind::Damaged, message, "run `tollbook verify`, then restore from a backup")
}

fn check_free(path: &Path, replace: bool) -> Result<()> {
    if path.exists() && !replace {
        let message = format!("{}: is there already", path.display());
        return Err(Error::refused(message, "name another file, or replace it with --replace"));
    }
    Ok(())
}

/// Writes the file, and shows its control totals.
fn write(global: &Global, out: &Path, collection: &Collection, id: i64, created_at: &str) -> Result<()> {
    let bytes = collection.file(id, created_at).map_err(|error| Error::refused(error.to_string(), ""))?;
    let total = collection.total().map_err(|error| Error::refused(error.to_string(), ""))?;
    let currency = Currency::parse(collection.scheme.currency()).unwrap_or(Currency::GBP);
    let debits = counted(collection.debits.len() as u64, "debit");
    if global.dry_run {
        say(&format!("would write {debits} to {}", out.display()));
    } else {
        write_atomically(out, &bytes).map_err(|error| {
            let error = Error::io(out, &error);
            Error {
                hint: format!(
                    "collection {id} is noted; write its file with `tollbook collection export {id} --out FILE`"
                ),
                ..error
            }
        })?;
        say(&format!("wrote {debits} to {}", out.display()));
    }
    let total = Amount::new(total, currency);
    let shown = json!({
        "collection": id,
        "format": collection.scheme.name(),
        "organisation": collection.creditor.organisation,
        "collect_on": collection.collect_on,
        "debits": collection.debits.len(),
        "invoices": collection.debits.iter().map(|debit| debit.invoices.len()).sum::<usize>(),
        "total": total,
        "currency": currency,
    });
    let number = if global.dry_run { "a collection".to_owned() } else { format!("collection {id}") };
    global.show(&shown, || format!("{number}: {debits}, {currency} {total}, on {}\n", collection.collect_on))
}

fn history(global: &Global, ledger: &Ledger) -> Result<()> {
    let rows = ledger.collections()?;
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "collection": row.id,
                "format": row.scheme,
                "organisation": row.organisation,
                "collect_on": row.collect_on,
                "invoices": row.invoices,
                "cancelled": row.cancelled,
                "total": Amount::new(row.amount, row.currency),
                "currency": row.currency,
                "created_at": row.created_at,
            })
        })
        .collect();
    global.show(&shown, || {
        let mut text = "collection  format  organisation  collect on  invoices  cancelled           total\n".to_owned();
        for row in &rows {
            let total = format!("{} {}", row.currency, Amount::new(row.amount, row.currency));
            text += &format!(
                "{:>10}  {:6}  {:12}  {}  {:>8}  {:>9}  {total:>14}\n",
                row.id, row.scheme, row.organisation, row.collect_on, row.invoices, row.cancelled
            );
        }
        text
    })
}
