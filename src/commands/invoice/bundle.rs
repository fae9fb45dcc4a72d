//! `invoice bundle`: the invoices of a run that go by post → one PDF for the printer, sorted, and a list of what is in it.

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::export::documents;
use crate::commands::{Global, say};
use crate::delivery::{BundleError, Placed, PrintBundle};
use crate::domain::bill::Bill;
use crate::domain::book::Book;
use crate::domain::contact::Attachment;
use crate::domain::customer::Address;
use crate::domain::spreadsheet::as_text;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::{PARTIAL_PREFIX, folder_of, make_folder, sync_folder, write_atomically};
use crate::ledger::{BY_POST, InvoiceFilter, InvoiceState, Ledger};
use crate::pipeline::documents::{Documents, document_name};
use crate::progress::Progress;
use crate::workspace::{Workspace, make_private_folder};

/// What is bundled, and how.
#[derive(Args)]
pub struct BundleArguments {
    /// The run whose invoices are printed
    #[arg(long)]
    run: i64,
    /// The PDF to write, its list beside it; invoices/run-NNNNNN-post.pdf of the workspace unless given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// In which order
    #[arg(long, value_enum, default_value = "postcode")]
    sort: Sort,
    /// For both sides of the paper: each invoice begins on a front
    #[arg(long)]
    duplex: bool,
    /// All invoices of the run, not only those that go by post
    #[arg(long)]
    all: bool,
    /// Note the invoices as sent: their run cannot be undone any more
    #[arg(long)]
    mark_sent: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sort {
    /// By country, postcode and account, as the post likes it
    Postcode,
    /// By account
    Account,
    /// By number
    Number,
}

/// An invoice in the bundle.
#[derive(Serialize)]
struct Printed {
    position: u64,
    first_page: u64,
    pages: u64,
    blank_pages: u64,
    account: String,
    number: String,
    name: String,
    /// Below the name.
    address: Vec<String>,
    currency: String,
    gross: String,
}

/// What was bundled.
#[derive(Serialize)]
struct Bundled {
    run: i64,
    file: PathBuf,
    list: PathBuf,
    invoices: u64,
    /// With the empty ones.
    pages: u64,
    blank_pages: u64,
    /// Sheets of paper.
    sheets: u64,
    bytes: u64,
    sha256: String,
    marked_as_sent: bool,
}

/// An invoice to be printed, with what it is sorted by.
struct ToPrint {
    bill: Bill,
    number: String,
    country: String,
    postcode: String,
}

impl BundleArguments {
    pub(super) fn run(&self, global: &Global, workspace: &Workspace) -> Result<()> {
        let ledger = workspace.ledger()?;
        let book = self.book_for_post(workspace.book(&ledger)?);
        let chosen = self.choose(&ledger, &book)?;
        if chosen.is_empty() {
            let hint = "customers with send_post = y get theirs by post; --all takes every invoice of the run";
            return Err(Error::refused(format!("no invoice of run {} goes by post", self.run), hint));
        }
        let file = self
            .out
            .clone()
            .unwrap_or_else(|| workspace.dir.join("invoices").join(format!("run-{:06}-post.pdf", self.run)));
        if global.dry_run {
            say(&format!("would write {} to {}", counted(chosen.len() as u64, "invoice"), file.display()));
            return Ok(());
        }
        let made = self.make_documents(global, workspace, (&ledger, &book), &chosen)?;
        let (printed, bytes, sha256) = self.write(global, &file, made.path(), &chosen)?;
        let list = file.with_extension("csv");
        write_atomically(&list, &list_of(&printed)).map_err(|error| Error::io(&list, &error))?;
        let sum = |count: fn(&Printed) -> u64| printed.iter().map(count).sum::<u64>();
        let pages = sum(|printed| printed.pages + printed.blank_pages);
        let bundled = Bundled {
            run: self.run,
            list,
            invoices: printed.len() as u64,
            pages,
            blank_pages: sum(|printed| printed.blank_pages),
            sheets: if self.duplex { pages / 2 } else { pages },
            bytes,
            sha256,
            file,
            marked_as_sent: self.mark_sent,
        };
        if self.mark_sent {
            drop(ledger);
            let numbers: Vec<&str> = printed.iter().map(|printed| printed.number.as_str()).collect();
            workspace.ledger_for_writing(global.actor())?.mark_sent(&numbers, BY_POST, false)?;
        }
        global.show(&bundled, || bundled.in_words(&printed))
    }

    /// The book in which each customer's invoices look as those by post do.
    fn book_for_post(&self, mut book: Book) -> Book {
        for customer in &mut book.customers {
            customer.invoice_format = customer.delivery.post_format.unwrap_or(customer.invoice_format);
        }
        book
    }

    /// The invoices of the run that are printed, in their order; void ones are not.
    fn choose(&self, ledger: &Ledger, book: &Book) -> Result<Vec<ToPrint>> {
        if ledger.run(self.run)?.billed_file.is_none() {
            return Err(Error::refused(format!("run {} is not posted", self.run), "see `tollbook bill list`"));
        }
        let filter = InvoiceFilter { run: Some(self.run), account: None };
        let standings = ledger.standings(filter)?;
        let is_live = |number: &String| standings.get(number).is_none_or(|one| one.state != InvoiceState::Void);
        let is_by_post = |account: &str| {
            self.all || book.find_customer(account).is_some_and(|id| book.customer(id).delivery.by_post)
        };
        let mut chosen = Vec::new();
        for row in ledger.invoices(filter)? {
            if !is_live(&row.number) || !is_by_post(&row.account) {
                continue;
            }
            let Some(invoice) = ledger.invoice(&row.number)? else { continue };
            let address = &invoice.bill.customer.address;
            let key =
                |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_uppercase();
            let (country, postcode) = (key(&address.country), key(&address.postcode));
            chosen.push(ToPrint { bill: invoice.bill, number: row.number, country, postcode });
        }
        // In the order of posting, as they are, where nothing else is asked for.
        match self.sort {
            Sort::Postcode => chosen.sort_by(|one, other| one.by_place().cmp(&other.by_place())),
            Sort::Account => chosen.sort_by(|one, other| one.account().cmp(other.account())),
            Sort::Number => {}
        }
        Ok(chosen)
    }

    /// The PDFs, in a folder that goes when it is dropped: all of the run at once if many are wanted.
    fn make_documents(
        &self,
        global: &Global,
        workspace: &Workspace,
        (ledger, book): (&Ledger, &Book),
        chosen: &[ToPrint],
    ) -> Result<tempfile::TempDir> {
        let invoices = workspace.dir.join("invoices");
        make_private_folder(&invoices)?;
        let made = tempfile::Builder::new().prefix(&format!("{PARTIAL_PREFIX}post-")).tempdir_in(&invoices);
        let made = made.map_err(|error| Error::io(&invoices, &error))?;
        let (store, workers) = (workspace.usage(), global.workers()?);
        let usual = documents(global, workspace, (book, &store), made.path().to_owned());
        let writer = Documents { only: Some(vec![Attachment::Pdf]), ..usual };
        let billed_file = ledger.run(self.run)?.billed_file.unwrap_or_default();
        if chosen.len() as u64 * MOST_APART > ledger.invoice_count(self.run)? {
            writer.write(&workers, ledger, self.run, &billed_file)?;
        } else {
            for invoice in chosen {
                writer.write_one(&workers, ledger, &invoice.bill, &billed_file)?;
            }
        }
        Ok(made)
    }

    /// Writes the bundle; gives what is in it, how many bytes it has, and their SHA-256.
    fn write(
        &self,
        global: &Global,
        file: &Path,
        documents: &Path,
        chosen: &[ToPrint],
    ) -> Result<(Vec<Printed>, u64, String)> {
        let io = |error: std::io::Error| Error::io(file, &error);
        let folder = folder_of(file);
        make_folder(folder).map_err(io)?;
        let temporary = tempfile::Builder::new().prefix(PARTIAL_PREFIX).tempfile_in(folder).map_err(io)?;
        let of_bundle = |error: BundleError| match error {
            BundleError::Io(error) => Error::io(file, &error),
            BundleError::Unreadable(why) => Error::new(ErrorKind::Damaged, why, ""),
        };
        let progress = Progress::new("bundling", chosen.len() as u64, global.quiet);
        let mut bundle = PrintBundle::begin(BufWriter::new(temporary), self.duplex).map_err(of_bundle)?;
        let mut printed = Vec::new();
        for invoice in chosen {
            let path = documents.join(format!("{}.pdf", document_name(&invoice.number)));
            let pdf = std::fs::read(&path).map_err(|error| Error::io(&path, &error))?;
            let title = format!("{} {}", invoice.number, invoice.bill.customer.name);
            let placed = bundle.add(&title, &pdf).map_err(|error| match of_bundle(error) {
                Error { kind: ErrorKind::Damaged, message, hint } => {
                    Error::new(ErrorKind::Damaged, format!("the PDF of {}: {message}", invoice.number), hint)
                }
                other => other,
            })?;
            printed.push(invoice.printed(printed.len() as u64 + 1, placed));
            progress.advance(1);
        }
        let (out, sha256) = bundle.finish().map_err(of_bundle)?;
        let temporary = out.into_inner().map_err(|error| io(error.into_error()))?;
        temporary.as_file().sync_all().map_err(io)?;
        let bytes = temporary.as_file().metadata().map_err(io)?.len();
        temporary.persist(file).map_err(|error| io(error.error))?;
        sync_folder(folder).map_err(io)?;
        progress.finish();
        Ok((printed, bytes, sha256))
    }
}

/// If the run has at most so many times as many invoices as are printed, all of them are made side by side.
const MOST_APART: u64 = 10;

impl ToPrint {
    fn account(&self) -> &str {
        &self.bill.customer.account
    }

    fn by_place(&self) -> (&str, &str, &str) {
        (&self.country, &self.postcode, self.account())
    }

    fn printed(&self, position: u64, placed: Placed) -> Printed {
        let customer = &self.bill.customer;
        Printed {
            position,
            first_page: placed.first_page,
            pages: placed.pages,
            blank_pages: placed.blank_pages,
            account: customer.account.clone(),
            number: self.number.clone(),
            name: customer.name.clone(),
            address: address_lines(&customer.address),
            currency: self.bill.currency.to_string(),
            gross: self.bill.totals.gross.to_string(),
        }
    }
}

impl Bundled {
    fn in_words(&self, printed: &[Printed]) -> String {
        let longest = printed.iter().map(|printed| printed.pages).max().unwrap_or_default();
        let marked = if self.marked_as_sent { "\nnoted as sent (post)" } else { "" };
        format!(
            "{} on {} ({} of them empty, {}), the longest of {} pages\n{}: {} bytes, SHA-256 {}\n{}{marked}\n",
            counted(self.invoices, "invoice"),
            counted(self.pages, "page"),
            self.blank_pages,
            counted(self.sheets, "sheet"),
            longest,
            self.file.display(),
            self.bytes,
            self.sha256,
            self.list.display(),
        )
    }
}

fn address_lines(address: &Address) -> Vec<String> {
    let parts = address.lines.iter().chain([&address.town, &address.county, &address.postcode, &address.country]);
    parts.filter(|part| !part.is_empty()).cloned().collect()
}

/// The most lines that an address has: four, town, county, postcode, country.
const ADDRESS_LINES: usize = 8;

fn list_of(printed: &[Printed]) -> Vec<u8> {
    let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut head: Vec<String> =
        ["position", "first_page", "pages", "blank_pages", "account", "number", "currency", "gross", "name"]
            .map(str::to_owned)
            .to_vec();
    head.extend((1..=ADDRESS_LINES).map(|line| format!("address_{line}")));
    // Into memory, with as many cells in each row: nothing can fail.
    let mut write = |row: Vec<String>| rows.write_record(row).expect("rows are written to memory");
    write(head);
    for printed in printed {
        let count = |count: u64| count.to_string();
        let mut row = vec![
            count(printed.position),
            count(printed.first_page),
            count(printed.pages),
            count(printed.blank_pages),
            as_text(&printed.account).into_owned(),
            as_text(&printed.number).into_owned(),
            printed.currency.clone(),
            printed.gross.clone(),
            as_text(&printed.name).into_owned(),
        ];
        let lines = printed.address.iter().map(|line| as_text(line).into_owned());
        row.extend(lines.chain(std::iter::repeat(String::new())).take(ADDRESS_LINES));
        write(row);
    }
    rows.into_inner().expect("rows are written to memory")
}
