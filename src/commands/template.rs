//! `template`: the forms by which customers, CLIs, products, charges, rates and payments come in bulk, made for the
//! workspace; empty, or with what is there (K1).

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Global, say};
use crate::book::{Tables, nearest};
use crate::domain::money::Money;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::{folder_of, write_atomically};
use crate::forms::kinds::{Kind, PAYMENTS};
use crate::forms::template::{Content, Rows, Wanted, csv, rows_of, workbook};
use crate::forms::{Form, Target, forms_of};
use crate::ledger::{AccountEntry, EntryKind, Ledger};
use crate::workspace::Workspace;

/// Which form, and what is in it.
#[derive(Args)]
#[command(
    after_help = "OUT ends in .xlsx, for a workbook with lists to choose from, notes and a page \"Read me\", or in \
    .csv, for the first sheet of it. Fill it in and import it: `tollbook import customers FILE --dry-run`. With \
    --with-data it holds what is there, to be changed and imported again."
)]
pub struct Template {
    /// What is to come in bulk
    #[arg(value_parser = kind_parser())]
    kind: Kind,
    /// The file to be written
    out: PathBuf,
    /// With the rows that are there, in the order of their keys
    #[arg(long)]
    with_data: bool,
    /// Rates: of this tariff
    #[arg(long, value_name = "CODE", requires = "with_data")]
    tariff: Option<String>,
    /// Customers: only those that are billed with this group
    #[arg(long, value_name = "GROUP", requires = "with_data")]
    group: Option<String>,
    /// Customers: only those with this tag; may be given again, for those with any of them
    #[arg(long, value_name = "TAG", requires = "with_data")]
    tag: Vec<String>,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

fn kind_parser() -> impl TypedValueParser<Value = Kind> {
    let words = Kind::ALL.map(Kind::name);
    PossibleValuesParser::new(words)
        .map(|word| Kind::ALL.into_iter().find(|kind| kind.name() == word).expect("one of the words"))
}

impl Template {
    pub fn run(self, global: &Global) -> Result<()> {
        let format = self.format()?;
        self.check_options()?;
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let ledger = workspace.ledger()?;
        let tables = workspace.tables(&ledger)?;
        self.check_names(&tables)?;
        if self.out.exists() && !self.force {
            let message = format!("{}: is there already", self.out.display());
            return Err(Error::refused(message, "name another file, or replace it with --force"));
        }
        let forms = forms_of(self.kind, &tables, &workspace.settings);
        let wanted = Wanted { tariff: self.tariff.clone(), group: self.group.clone(), tags: self.tag.clone() };
        let payments = if self.with_data && self.kind == Kind::Payments { payments(&ledger)? } else { Vec::new() };
        let content = || match (self.with_data, self.kind) {
            (false, _) => Content::Example,
            (true, Kind::Payments) => Content::Data(forms.iter().map(|form| payment_rows(form, &payments)).collect()),
            (true, _) => Content::Data(forms.iter().map(|form| rows_of(form, &tables, &wanted)).collect()),
        };
        if global.dry_run {
            say(&format!("would write {}", self.in_words(&forms, content())));
            return Ok(());
        }
        let folder = folder_of(&self.out);
        let bytes = match format {
            Format::Workbook => {
                crate::files::make_folder(folder).map_err(|error| Error::io(folder, &error))?;
                workbook(self.kind, &forms, content(), folder)
            }
            Format::Csv => csv(&forms, content()),
        };
        let bytes = bytes.map_err(|error| Error::io(&self.out, &error))?;
        write_atomically(&self.out, &bytes).map_err(|error| Error::io(&self.out, &error))?;
        say(&format!("wrote {}", self.in_words(&forms, content())));
        Ok(())
    }

    fn format(&self) -> Result<Format> {
        match self.out.extension().and_then(|ending| ending.to_str()) {
            Some(ending) if ending.eq_ignore_ascii_case("xlsx") => Ok(Format::Workbook),
            Some(ending) if ending.eq_ignore_ascii_case("csv") => Ok(Format::Csv),
            _ => {
                let message = format!("{}: is neither a workbook nor a CSV file", self.out.display());
                Err(Error::new(ErrorKind::Usage, message, "name a file that ends in .xlsx or .csv"))
            }
        }
    }

    /// Options that the kind has no use for are a mistake.
    fn check_options(&self) -> Result<()> {
        let refuse = |message: &str, hint: &str| Err(Error::new(ErrorKind::Usage, message, hint));
        match self.kind {
            Kind::Tariff if self.with_data && self.tariff.is_none() => {
                refuse("rates are those of one tariff", "name it with --tariff")
            }
            kind if kind != Kind::Tariff && self.tariff.is_some() => {
                refuse("--tariff is for the rates of a tariff only", "leave it out")
            }
            kind if kind != Kind::Customers && (self.group.is_some() || !self.tag.is_empty()) => {
                refuse("--group and --tag are for customers only", "leave them out")
            }
            _ => Ok(()),
        }
    }

    /// What is named must be there; a tag that nobody has finds nobody.
    fn check_names(&self, tables: &Tables) -> Result<()> {
        for (file, thing, name) in [("tariffs", "tariff", &self.tariff), ("groups", "group", &self.group)] {
            let Some(name) = name else { continue };
            let table = tables.get(file);
            let place = table.schema.key_positions()[0];
            let known = || table.rows.iter().filter_map(|row| row.cells.get(place));
            if known().all(|known| known != name) {
                let hint = match nearest(name, known()) {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => String::new(),
                };
                return Err(Error::refused(format!("there is no {thing} {name:?}"), hint));
            }
        }
        Ok(())
    }

    /// `customers.xlsx: the form of customers with 12 rows`.
    fn in_words(&self, forms: &[Form], content: Content) -> String {
        let sheets: Vec<String> = match content {
            Content::Example => Vec::new(),
            Content::Data(rows) => {
                let of_sheet = |(form, rows): (&Form, Rows)| {
                    format!("{} of {}", counted(rows.count() as u64, "row"), form.schema.sheet)
                };
                forms.iter().zip(rows).map(of_sheet).collect()
            }
        };
        let with = if sheets.is_empty() { "empty".to_owned() } else { sheets.join(", ") };
        format!("{}: the form of {}, {with}", self.out.display(), self.kind.name())
    }
}

/// What is written.
enum Format {
    Workbook,
    Csv,
}

/// The payments that stand, by account and in the order of posting: those that bounced are none.
fn payments(ledger: &Ledger) -> Result<Vec<AccountEntry>> {
    let entries = ledger.all_entries(None)?;
    Ok(entries.into_iter().filter(|entry| entry.kind == EntryKind::Payment && entry.reversed_by.is_none()).collect())
}

fn payment_rows<'p>(form: &'p Form, payments: &'p [AccountEntry]) -> Rows<'p> {
    let columns = form.fields.iter().map(|field| match field.target {
        Target::Column(place) => PAYMENTS.columns[place].name,
        _ => "",
    });
    let columns: Vec<&str> = columns.collect();
    Box::new(payments.iter().map(move |payment| columns.iter().map(|column| payment_cell(payment, column)).collect()))
}

/// What a payment says in a column of its form. The invoice that it named is not kept: what it pays is.
fn payment_cell(payment: &AccountEntry, column: &str) -> Option<String> {
    match column {
        "account" => Some(payment.account.clone()),
        "date" => Some(payment.date.to_string()),
        "amount" => Some(payment.amount.negated().unwrap_or(Money::ZERO).format(payment.currency)),
        "reference" => payment.reference.clone(),
        "method" => payment.method.clone(),
        "currency" => Some(payment.currency.code().to_owned()),
        "note" => payment.note.clone(),
        _ => None,
    }
}
