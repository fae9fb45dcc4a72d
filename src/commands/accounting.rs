//! `accounting export`: posted invoices, credit notes and payments as files that accounting packages import. Keeps no
//! record of it: the same export gives the same file, and its control totals say what is in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::bill::parse_date;
use super::{Global, say};
use crate::accounting::{Codes, Movement, MovementKind, Package, Party, SaleError, Table, Totals, journal, refusals};
use crate::accounting::{sales_of, tables};
use crate::domain::bill::Bill;
use crate::domain::book::Book;
use crate::domain::money::Currency;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::write_atomically;
use crate::ledger::{AccountEntry, EntryKind, InvoiceFilter, Ledger};
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum AccountingCommand {
    /// Write sales invoices and credit notes, and with a journal also payments, for an accounting package
    Export(Export),
}

/// What is exported, and where to.
#[derive(Args)]
#[command(
    after_help = "Accounts and tax codes are those of the section [accounting] of tollbook.toml; what is missing \
    there is named. With --run and --invoice come the credit notes on the invoices. QuickBooks gets credit notes in a \
    second file, OUT-credit-notes.csv. Compare the control totals with what the package shows after the import."
)]
pub struct Export {
    /// For which package
    #[arg(long, value_name = "PACKAGE", value_parser = package_parser())]
    format: Package,
    /// The file to be written
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Documents from this day on
    #[arg(long, value_name = "DATE", value_parser = parse_date, required_unless_present_any = ["run", "invoice"])]
    from: Option<Date>,
    /// Documents up to this day
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "from")]
    to: Option<Date>,
    /// The invoices of this run instead
    #[arg(long, conflicts_with_all = ["from", "to", "invoice"])]
    run: Option<i64>,
    /// This invoice or credit note instead; may be given again
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["from", "to"])]
    invoice: Vec<String>,
    /// Only documents in this currency
    #[arg(long, value_name = "CODE", value_parser = parse_currency)]
    currency: Option<Currency>,
    /// Replace the file if it is there
    #[arg(long)]
    replace: bool,
}

fn package_parser() -> impl TypedValueParser<Value = Package> {
    PossibleValuesParser::new(Package::ALL.map(Package::name))
        .map(|word| Package::parse(&word).expect("one of the words"))
}

fn parse_currency(text: &str) -> std::result::Result<Currency, String> {
    Currency::parse(text).ok_or_else(|| format!("{text:?} is no currency; write a code of ISO 4217, as EUR"))
}

impl AccountingCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        let Self::Export(export) = self;
        export.export(global)
    }
}

/// A file to be written.
struct Output {
    path: PathBuf,
    table: Table,
}

impl Export {
    fn export(&self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let ledger = workspace.ledger()?;
        let book = workspace.book(&ledger)?;
        let bills = self.bills(&ledger)?;
        let documents: Vec<(Bill, Party)> = bills.into_iter().map(|bill| with_party(bill, &book)).collect();
        let movements = self.movements(&ledger, &book)?;
        let mut codes = Codes::new(&workspace.settings.accounting, self.format);
        let sales = sales_of(&documents, &mut codes).map_err(damaged)?;
        let mut made = tables(self.format, &sales);
        if self.format == Package::Journal {
            made.push(("", journal(&sales, &movements, &mut codes).map_err(damaged)?));
        }
        let missing = codes.missing();
        refuse_missing(&missing)?;
        refuse_all("cannot be exported", &refusals(self.format, &sales))?;
        let outputs: Vec<Output> =
            made.into_iter().map(|(behind, table)| Output { path: named(&self.out, behind), table }).collect();
        for output in &outputs {
            self.check_free(&output.path)?;
        }
        let totals = Totals::of(&sales, &movements).map_err(|error| Error::refused(error.to_string(), ""))?;
        for output in &outputs {
            let rows = counted(output.table.len() as u64, "row");
            if global.dry_run {
                say(&format!("would write {rows} to {}", output.path.display()));
                continue;
            }
            let written = write_atomically(&output.path, &output.table.to_csv());
            written.map_err(|error| Error::io(&output.path, &error))?;
            say(&format!("wrote {rows} to {}", output.path.display()));
        }
        global.show(&totals, || in_words(&totals))
    }

    /// Invoices and credit notes that were asked for, in the order of their dates and numbers.
    fn bills(&self, ledger: &Ledger) -> Result<Vec<Bill>> {
        let mut bills = Vec::new();
        if let Some(from) = self.from {
            self.bills_of_days(ledger, from, &mut bills)?;
        } else if let Some(run) = self.run {
            ledger.run(run)?;
            for invoice in ledger.invoices(InvoiceFilter { run: Some(run), account: None })? {
                add_with_credits(ledger, &invoice.number, &mut bills)?;
            }
        } else {
            for number in self.invoice.iter().collect::<BTreeSet<_>>() {
                add_with_credits(ledger, number, &mut bills)?;
            }
        }
        bills.retain(|bill| self.currency.is_none_or(|currency| bill.currency == currency));
        bills.sort_by(|one, other| (one.invoice_date, &one.number).cmp(&(other.invoice_date, &other.number)));
        bills.dedup_by(|one, other| one.number == other.number && one.document == other.document);
        Ok(bills)
    }

    fn bills_of_days(&self, ledger: &Ledger, from: Date, bills: &mut Vec<Bill>) -> Result<()> {
        let is_asked = |date: Date| date >= from && self.to.is_none_or(|to| date <= to);
        for invoice in ledger.invoices(InvoiceFilter::default())?.iter().filter(|invoice| is_asked(invoice.date)) {
            bills.extend(ledger.invoice(&invoice.number)?.map(|invoice| invoice.bill));
        }
        for note in ledger.credit_notes(None)?.iter().filter(|note| is_asked(note.date)) {
            bills.extend(ledger.credit_note(&note.number)?.map(|(_, bill)| bill));
        }
        Ok(())
    }

    /// Payments, refunds, write-offs and what takes them back, of the days asked for; of a journal only.
    fn movements(&self, ledger: &Ledger, book: &Book) -> Result<Vec<Movement>> {
        let (Some(from), Package::Journal) = (self.from, self.format) else { return Ok(Vec::new()) };
        let entries = ledger.all_entries(None)?;
        let asked = entries.iter().filter(|entry| {
            entry.date >= from
                && self.to.is_none_or(|to| entry.date <= to)
                && self.currency.is_none_or(|currency| entry.currency == currency)
        });
        let mut movements: Vec<(i64, Movement)> =
            asked.filter_map(|entry| Some((entry.id, movement_of(entry, &entries, book)?))).collect();
        movements.sort_by_key(|(id, movement)| (movement.date, *id));
        Ok(movements.into_iter().map(|(_, movement)| movement).collect())
    }

    fn check_free(&self, path: &Path) -> Result<()> {
        if path.exists() && !self.replace {
            let message = format!("{}: is there already", path.display());
            return Err(Error::refused(message, "name another file, or replace it with --replace"));
        }
        Ok(())
    }
}

/// The name of a file with something behind its stem: `sales-credit-notes.csv`.
fn named(out: &Path, behind: &str) -> PathBuf {
    if behind.is_empty() {
        return out.to_owned();
    }
    let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, ending) = (part(out.file_stem()), part(out.extension()));
    let name = if ending.is_empty() { format!("{stem}{behind}") } else { format!("{stem}{behind}.{ending}") };
    out.with_file_name(name)
}

fn add_with_credits(ledger: &Ledger, number: &str, bills: &mut Vec<Bill>) -> Result<()> {
    if let Some(invoice) = ledger.invoice(number)? {
        bills.push(invoice.bill);
        bills.extend(ledger.credits_of(number)?);
        return Ok(());
    }
    match ledger.credit_note(number)? {
        Some((_, bill)) => bills.push(bill),
        None => {
            let message = format!("there is no invoice and no credit note {number:?}");
            return Err(Error::refused(message, "see `tollbook invoice list`"));
        }
    }
    Ok(())
}

fn with_party(bill: Bill, book: &Book) -> (Bill, Party) {
    let customer = book.find_customer(&bill.customer.account).map(|id| book.customer(id));
    let party = customer.map(|customer| Party {
        reference: customer.accounting_reference.clone(),
        email: customer.delivery.email.split([',', ';']).next().unwrap_or_default().trim().to_owned(),
    });
    (bill, party.unwrap_or_default())
}

fn movement_of(entry: &AccountEntry, entries: &[AccountEntry], book: &Book) -> Option<Movement> {
    let taken_back = entry.reverses.and_then(|id| entries.iter().find(|other| other.id == id));
    let kind = match taken_back.unwrap_or(entry).kind {
        EntryKind::Payment => MovementKind::Payment,
        EntryKind::Refund => MovementKind::Refund,
        EntryKind::WriteOff => MovementKind::WriteOff,
        EntryKind::Invoice | EntryKind::CreditNote | EntryKind::OpeningBalance | EntryKind::Reversal => return None,
    };
    let customer = book.find_customer(&entry.account).map(|id| book.customer(id));
    let named = taken_back.unwrap_or(entry).reference.clone();
    Some(Movement {
        kind,
        takes_back: taken_back.is_some(),
        account: entry.account.clone(),
        reference: customer.map(|customer| customer.accounting_reference.clone()).unwrap_or_default(),
        document: named.unwrap_or_else(|| format!("entry {}", entry.id)),
        amount: entry.amount,
        currency: entry.currency,
        date: entry.date,
    })
}

fn damaged(errors: Vec<SaleError>) -> Error {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let message = format!("{} not add up; nothing was written\n{}", documents(lines.len(), "do"), lines.join("\n"));
    Error::new(ErrorKind::Damaged, message, "run `tollbook verify`")
}

fn refuse_missing(missing: &BTreeSet<String>) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let lines: Vec<&str> = missing.iter().map(String::as_str).collect();
    let message = format!("tollbook.toml lacks {}\n{}", counted(lines.len() as u64, "code"), lines.join("\n"));
    Err(Error::refused(
        message,
        "add these lines with the codes of your package; [accounting] sales = \"…\" is for all sales without one",
    ))
}

fn refuse_all(what: &str, reasons: &[String]) -> Result<()> {
    if reasons.is_empty() {
        return Ok(());
    }
    let message =
        format!("{} {what}; nothing was written\n{}", counted(reasons.len() as u64, "thing"), reasons.join("\n"));
    Err(Error::refused(message, "correct them, as with accounting_reference of the customer"))
}

fn documents(count: usize, verb: &str) -> String {
    format!("{} {verb}", counted(count as u64, "document"))
}

fn in_words(totals: &Totals) -> String {
    let mut text = String::new();
    for of in &totals.currencies {
        let documents = [counted(of.invoices, "invoice"), counted(of.credit_notes, "credit note")].join(" and ");
        text += &format!("{documents}: net {} {}, VAT {}, total {}\n", of.currency, of.net, of.vat, of.gross);
        if of.movements > 0 {
            text += &format!(
                "payments, refunds, write-offs and reversals: {}, in all {} {}\n",
                of.movements, of.currency, of.moved
            );
        }
        if of.rounded_documents > 0 {
            let documents = counted(of.rounded_documents, "document");
            text += &format!(
                "{documents}: VAT rounded line by line would differ, by {} {} in all; the file has the VAT of the documents\n",
                of.currency, of.rounding
            );
        }
    }
    if totals.currencies.is_empty() { "nothing to export\n".to_owned() } else { text }
}
