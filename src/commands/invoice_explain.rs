//! `invoice explain`: from the total of a posted invoice to its lines, charges and calls.

use clap::Args;

use super::Global;
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
        let Some(invoice) = ledger.invoice(&self.number)? else {
            return Err(Error::refused(
                format!("there is no invoice {:?}", self.number),
                "see `tollbook invoice list`",
            ));
        };
        let calls = match ledger.run(invoice.row.run)?.billed_file {
            Some(file) if invoice.row.usage_records > 0 => workspace.usage().calls_of_invoice(&file, &self.number)?,
            _ => Vec::new(),
        };
        let book = workspace.book(&ledger)?;
        let trace = InvoiceTrace::new(&book, &invoice.bill, &calls);
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
