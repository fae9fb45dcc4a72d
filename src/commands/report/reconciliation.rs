//! `report reconciliation`: suppliers' service lines against what customers are charged (P8).

use clap::Args;

use super::options::{Files, Opened};
use crate::commands::Global;
use crate::commands::selection::Customers;
use crate::error::{Error, Result};
use crate::pipeline::reconciliation::{Wanted, reconcile};
use crate::pipeline::{Engine, find_supplier};
use crate::report::answer::Cover;
use crate::report::reconciliation::ReconciliationReport;

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
    #[command(flatten)]
    customers: Customers,
    #[command(flatten)]
    files: Files,
}

impl ReconciliationOptions {
    pub fn run(self, global: &Global) -> Result<()> {
        let opened = Opened::open(global, &self.customers)?;
        let Opened { ledger, book, .. } = &opened;
        let supplier = self.supplier.as_deref().map(|code| find_supplier(book, code)).transpose()?;
        let Self { import, months, all_products, .. } = self;
        let mut found = reconcile(&Engine::new(book), ledger, &Wanted { supplier, import, months, all_products })?;
        if found.lines == 0 {
            let hint = "import the supplier's file with `tollbook import services --reconcile` first";
            return Err(Error::refused("there are no service lines to compare", hint));
        }
        if !opened.is_of_all() {
            // Lines of nobody are left out, and so are those of others from the count.
            found.compared.retain(|one| opened.is_meant(&book.customer(one.customer).account));
            found.aside.clear();
            let lines = found.compared.iter().filter_map(|one| one.theirs.as_ref()).map(|theirs| theirs.lines.len());
            found.lines = lines.sum::<usize>() as u64;
        }
        let report = ReconciliationReport::new(book, &found);
        let title = "Suppliers' service lines against what customers are charged".to_owned();
        let about = opened.about_imported(None)?;
        self.files.write(
            global,
            &Cover { name: "reconciliation", title, about, ..Cover::default() },
            &report.sheet(),
        )?;
        global.show(&report, || report.in_words())
    }
}
