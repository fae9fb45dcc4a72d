//! `invoice explain`: from the total of a posted invoice or credit note to its lines, charges and calls.

use clap::Args;

use crate::commands::Global;
use crate::error::{Error, ErrorKind, Result};
use crate::report::invoice_trace::InvoiceTrace;
use crate::workspace::Workspace;

/// Which invoice, and how much of it.
#[derive(Args)]
pub struct ExplainInvoice {
    /// Its number
    number: String,
    /// Show at most so many calls of each line; `tollbook explain RECORD` says why one costs what it costs
    #[arg(long, value_name = "N", default_value = "5")]
    calls: usize,
}

impl ExplainInvoice {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let ledger = workspace.ledger()?;
        let bill = super::show::find(&ledger, &self.number)?;
        let calls = match ledger.invoice(&self.number)?.map(|invoice| invoice.row) {
            Some(row) if row.usage_records > 0 => match ledger.run(row.run)?.billed_file {
                Some(file) => workspace.usage().calls_of_invoice(&file, &self.number)?,
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        let book = workspace.book(&ledger)?;
        let trace = InvoiceTrace::new(&book, &bill, &calls);
        global.show(&trace, || trace.in_words(self.calls))?;
        match trace.differences() {
            [] => Ok(()),
            _ => Err(Error::new(
                ErrorKind::Damaged,
                format!("invoice {} does not come to what it states", self.number),
                "run `tollbook verify`, and please report this",
            )),
        }
    }
}
