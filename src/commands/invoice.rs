//! `invoice`: posted invoices, listed, shown, written again.

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use super::{Global, say};
use crate::domain::bill::Bill;
use crate::error::{Error, Result, counted};
use crate::invoicing::json;
use crate::ledger::InvoiceFilter;
use crate::pipeline::documents::Documents;
use crate::report::screen::{amount, table};
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum Invoice {
    /// List posted invoices
    List {
        /// Of this run only
        #[arg(long)]
        run: Option<i64>,
        /// Of this customer only
        #[arg(long)]
        account: Option<String>,
    },
    /// Show one invoice
    Show {
        /// Its number
        number: String,
    },
    /// Say where every figure of an invoice comes from, and work its sums again
    Explain(super::invoice_explain::ExplainInvoice),
    /// Write the documents of an invoice, or of all of a run, into a folder
    Export {
        /// The number of the invoice
        #[arg(required_unless_present = "run")]
        number: Option<String>,
        /// All of this run
        #[arg(long, conflicts_with = "number")]
        run: Option<i64>,
        /// Where to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

#[derive(Serialize)]
struct Listed {
    number: String,
    account: String,
    run: i64,
    invoice_date: String,
    due_date: String,
    usage_records: u64,
    currency: String,
    net: String,
    vat: String,
    gross: String,
}

impl Invoice {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::List { run, account } => list(global, &workspace, run, account.as_deref()),
            Self::Show { number } => {
                let (_, bill) = find(&workspace, &number)?;
                if global.json {
                    return super::print(&String::from_utf8_lossy(&json::render(&bill)));
                }
                super::print(&in_words(&bill))
            }
            Self::Explain(explain) => explain.run(global, &workspace),
            Self::Export { number, run, out } => export(global, &workspace, number.as_deref(), run, out),
        }
    }
}

fn find(workspace: &Workspace, number: &str) -> Result<(i64, Bill)> {
    let found = workspace.ledger()?.invoice(number)?;
    let missing = || Error::refused(format!("there is no invoice {number:?}"), "see `tollbook invoice list`");
    found.map(|invoice| (invoice.row.run, invoice.bill)).ok_or_else(missing)
}

fn list(global: &Global, workspace: &Workspace, run: Option<i64>, account: Option<&str>) -> Result<()> {
    let invoices = workspace.ledger()?.invoices(InvoiceFilter { run, account })?;
    let listed: Vec<_> = invoices
        .into_iter()
        .map(|invoice| Listed {
            net: invoice.net.format(invoice.currency),
            vat: invoice.vat.format(invoice.currency),
            gross: invoice.gross.format(invoice.currency),
            number: invoice.number,
            account: invoice.account,
            run: invoice.run,
            invoice_date: invoice.date.to_string(),
            due_date: invoice.due_date.to_string(),
            currency: invoice.currency.to_string(),
            usage_records: invoice.usage_records,
        })
        .collect();
    global.show(&listed, || {
        let rows = listed.iter().map(|row| {
            vec![
                row.number.clone(),
                row.account.clone(),
                row.run.to_string(),
                row.invoice_date.clone(),
                row.due_date.clone(),
                row.usage_records.to_string(),
                row.currency.clone(),
                amount(&row.net),
                amount(&row.vat),
                amount(&row.gross),
            ]
        });
        table(
            &["invoice", "account", "run", "date", "due", "calls", "", "net", "VAT", "to pay"],
            &[2, 5, 7, 8, 9],
            rows,
        )
    })
}

fn in_words(bill: &Bill) -> String {
    let lines = bill.lines.iter().map(|line| {
        vec![
            line.cost_centre.clone(),
            line.category.clone(),
            line.description.clone(),
            match (line.from, line.to) {
                (Some(from), Some(to)) if from == to => from.to_string(),
                (Some(from), Some(to)) => format!("{from} to {to}"),
                _ => String::new(),
            },
            line.quantity.to_string(),
            line.proration.clone(),
            amount(&line.amount.to_string()),
            line.vat_code.clone(),
        ]
    });
    let lines = table(
        &["cost centre", "category", "description", "period", "quantity", "part", "amount", "VAT"],
        &[4, 6],
        lines,
    );
    let vat = bill.vat.iter().map(|vat| {
        let sums = [vat.rate.to_string(), amount(&vat.net.to_string()), amount(&vat.vat.to_string())];
        std::iter::once(vat.label.clone()).chain(sums).collect()
    });
    let vat = table(&["VAT", "%", "net", "VAT"], &[1, 2, 3], vat);
    format!(
        "invoice {} of {} for {} ({})\ndated {}, due {}\n\n{lines}\n{vat}\nnet {}  VAT {}  to pay {} {}\nbalance before {}, now {}\n",
        bill.number.as_deref().unwrap_or("(draft)"),
        bill.organisation.name,
        bill.customer.name,
        bill.customer.account,
        bill.invoice_date,
        bill.due_date,
        amount(&bill.totals.net.to_string()),
        amount(&bill.totals.vat.to_string()),
        bill.currency,
        amount(&bill.totals.gross.to_string()),
        amount(&bill.balance.previous.to_string()),
        amount(&bill.balance.now.to_string()),
    )
}

fn export(global: &Global, workspace: &Workspace, number: Option<&str>, run: Option<i64>, out: PathBuf) -> Result<()> {
    let ledger = workspace.ledger()?;
    let (run, bill) = match (number, run) {
        (Some(number), _) => find(workspace, number).map(|(run, bill)| (run, Some(bill)))?,
        (None, Some(run)) => (run, None),
        (None, None) => return Err(Error::refused("neither an invoice nor a run is named", "")),
    };
    let billed_file = ledger.run(run)?.billed_file;
    let billed_file =
        billed_file.ok_or_else(|| Error::refused(format!("run {run} is not posted"), "see `tollbook bill list`"))?;
    let invoices = if bill.is_some() { 1 } else { ledger.invoice_count(run)? };
    if global.dry_run {
        say(&format!("would write the documents of {} to {}", counted(invoices, "invoice"), out.display()));
        return Ok(());
    }
    let book = workspace.book(&ledger)?;
    let documents = Documents {
        book: &book,
        store: &workspace.usage(),
        templates: workspace.dir.join("templates"),
        dir: out.clone(),
        pdf: true,
        quiet: global.quiet,
    };
    let workers = global.workers()?;
    let files = match bill {
        Some(bill) => documents.write_one(&workers, &bill, &billed_file)?,
        None => documents.write(&workers, &ledger, run, &billed_file)?,
    };
    let (files, invoices) = (counted(files as u64, "document"), counted(invoices, "invoice"));
    say(&format!("wrote {files} of {invoices} to {}", out.display()));
    Ok(())
}
