//! `report reconciliation`: suppliers' service lines against what customers are charged (P8).

use std::path::PathBuf;

use clap::Args;

use crate::commands::Global;
use crate::commands::sheets::write_sheet;
use crate::error::{Error, Result};
use crate::pipeline::reconciliation::{Wanted, reconcile};
use crate::pipeline::{Engine, find_supplier};
use crate::report::reconciliation::ReconciliationReport;
use crate::workspace::Workspace;

/// Which lines of those imported with `import services --reconcile`.
#[derive(Args)]
pub struct ReconciliationOptions {
    /// Lines of this supplier only
    #[arg(long, value_name = "SUPPLIER")]
    supplier: Option<String>,
    /// Lines of this import only
    #[arg(long, value_name = "IMPORT")]
    import: Option<i64>,
    /// How many months a rental line of the supplier is for
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,
    /// Also show charges for products that no line is of
    #[arg(long)]
    all_products: bool,
    /// Write the differences to this file as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

impl ReconciliationOptions {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let ledger = workspace.ledger()?;
        let book = workspace.book(&ledger)?;
        let supplier = self.supplier.as_deref().map(|code| find_supplier(&book, code)).transpose()?;
        let Self { import, months, all_products, .. } = self;
        let found = reconcile(&Engine::new(&book), &ledger, &Wanted { supplier, import, months, all_products })?;
        if found.lines == 0 {
            let hint = "import the supplier's file with `tollbook import services --reconcile` first";
            return Err(Error::refused("there are no service lines to compare", hint));
        }
        let report = ReconciliationReport::new(&book, &found);
        if let Some(path) = &self.csv {
            write_sheet(global, path, &report.sheet())?;
        }
        global.show(&report, || report.in_words())
    }
}
