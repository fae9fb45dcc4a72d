//! What agrees between suppliers' service lines and charges (P8) → what is shown: each difference with both sides, what
//! could not be matched, and counts that add up to the lines there are.

use serde::Serialize;

use super::screen::{amount, table};
use super::sheet::{Column, Sheet, SheetCell};
use crate::billing::reconciliation::{Compared, Difference};
use crate::domain::book::Book;
use crate::domain::charge::ServiceSetAside;
use crate::domain::money::{Price, Quantity, Sum};
use crate::pipeline::reconciliation::Reconciliation;

/// What differs between suppliers and charges.
#[derive(Serialize)]
pub struct ReconciliationReport {
    /// Lines of the suppliers: those compared and those unmatched.
    lines: u64,
    /// Lines put beside charges, or found missing.
    lines_compared: u64,
    /// Identifiers and products on which both sides agree.
    agreed: usize,
    currency: String,
    /// What the suppliers charge for the lines compared.
    supplier_cost: Sum<8>,
    rows: Vec<Row>,
    unmatched: Vec<Unmatched>,
}

#[derive(Serialize)]
struct Row {
    account: String,
    cli: String,
    product: String,
    kind: &'static str,
    differences: Vec<Difference>,
    charges: Vec<String>,
    our_quantity: Option<Quantity>,
    our_sell: Option<Price>,
    our_cost: Option<Price>,
    supplier_quantity: Option<Quantity>,
    supplier_cost: Option<Price>,
    /// `import:line of the file`.
    supplier_lines: Vec<String>,
}

#[derive(Serialize)]
struct Unmatched {
    import: i64,
    line: u64,
    cli: String,
    code: String,
    description: String,
    cost: Price,
    why: String,
}

impl ReconciliationReport {
    /// Of what was compared.
    pub fn new(book: &Book, found: &Reconciliation) -> Self {
        let mut supplier_cost = Sum::default();
        found.compared.iter().filter_map(|one| one.theirs.as_ref()).for_each(|theirs| supplier_cost.add(theirs.cost));
        let differing = found.compared.iter().filter(|one| !one.differences.is_empty());
        let rows: Vec<_> = differing.map(|one| Row::of(book, one)).collect();
        Self {
            lines: found.lines,
            lines_compared: found.lines - found.aside.len() as u64,
            agreed: found.compared.len() - rows.len(),
            currency: book.settings.currency.to_string(),
            supplier_cost,
            rows,
            unmatched: found.aside.iter().map(|(import, aside)| Unmatched::of(*import, aside)).collect(),
        }
    }

    /// The differences, one row each.
    pub fn sheet(&self) -> Sheet {
        let columns = [
            "account",
            "cli",
            "product",
            "kind",
            "differences",
            "charges",
            "our_quantity",
            "our_sell",
            "our_cost",
            "supplier_quantity",
            "supplier_cost",
            "supplier_lines",
        ];
        let cells = |row: &Row| {
            vec![
                SheetCell::text(&row.account),
                SheetCell::text(&row.cli),
                SheetCell::text(&row.product),
                SheetCell::text(row.kind),
                SheetCell::text(&row.differences_in_words()),
                SheetCell::text(&row.charges.join(" ")),
                SheetCell::figure(row.our_quantity),
                SheetCell::figure(row.our_sell),
                SheetCell::figure(row.our_cost),
                SheetCell::figure(row.supplier_quantity),
                SheetCell::figure(row.supplier_cost),
                SheetCell::text(&row.supplier_lines.join(" ")),
            ]
        };
        Sheet { columns: Column::all(columns), rows: self.rows.iter().map(cells).collect(), ..Sheet::default() }
    }

    /// As a person reads it.
    pub fn in_words(&self) -> String {
        let mut text = format!(
            "suppliers' lines: {} compared, {} unmatched; both sides agree on {}, differ on {}\n",
            self.lines_compared,
            self.unmatched.len(),
            self.agreed,
            self.rows.len()
        );
        if !self.rows.is_empty() {
            text.push_str(&format!("\nDifferences, in {}; ours are charges, theirs are lines\n", self.currency));
            let header = [
                "account",
                "CLI",
                "product",
                "what",
                "ours",
                "sell",
                "cost",
                "theirs",
                "they charge",
                "charge or line",
            ];
            text.push_str(&table(&header, &[4, 5, 6, 7, 8], self.rows.iter().map(Row::cells)));
        }
        if !self.unmatched.is_empty() {
            text.push_str("\nLines of no customer or product\n");
            let cells = |one: &Unmatched| {
                let Unmatched { import, line, cli, code, description, cost, why } = one;
                let cost = amount(&cost.to_string());
                vec![format!("{import}:{line}"), cli.clone(), code.clone(), description.clone(), cost, why.clone()]
            };
            let header = ["import:line", "CLI", "code", "description", "cost", "why"];
            text.push_str(&table(&header, &[4], self.unmatched.iter().map(cells)));
        }
        text
    }
}

impl Row {
    fn of(book: &Book, one: &Compared) -> Self {
        let (ours, theirs) = (one.ours.as_ref(), one.theirs.as_ref());
        let lines = theirs.map(|theirs| theirs.lines.as_slice()).unwrap_or_default();
        Self {
            account: book.customer(one.customer).account.clone(),
            cli: one.cli.clone(),
            product: book.products[one.product.index()].code.clone(),
            kind: if one.is_once { "once" } else { "rental" },
            differences: one.differences.clone(),
            charges: ours.map(|ours| ours.charges.clone()).unwrap_or_default(),
            our_quantity: ours.map(|ours| ours.quantity),
            our_sell: ours.and_then(|ours| ours.sell),
            our_cost: ours.and_then(|ours| ours.cost),
            supplier_quantity: theirs.map(|theirs| theirs.quantity),
            supplier_cost: theirs.map(|theirs| theirs.cost),
            supplier_lines: lines.iter().map(|(import, line)| format!("{import}:{line}")).collect(),
        }
    }

    fn differences_in_words(&self) -> String {
        let word = |difference: &Difference| match difference {
            Difference::Missing => "not charged",
            Difference::Extra => "not in the file",
            Difference::Quantity => "quantity",
            Difference::Cost => "cost",
            Difference::NegativeMargin => "negative margin",
        };
        self.differences.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    fn cells(&self) -> Vec<String> {
        let quantity = |quantity: Option<Quantity>| quantity.map(|quantity| quantity.to_string()).unwrap_or_default();
        let price = |price: Option<Price>| price.map(|price| amount(&price.to_string())).unwrap_or_default();
        let source = if self.charges.is_empty() { &self.supplier_lines } else { &self.charges };
        vec![
            self.account.clone(),
            self.cli.clone(),
            self.product.clone(),
            self.differences_in_words(),
            quantity(self.our_quantity),
            price(self.our_sell),
            price(self.our_cost),
            quantity(self.supplier_quantity),
            price(self.supplier_cost),
            source.join(" "),
        ]
    }
}

impl Unmatched {
    fn of(import: i64, aside: &ServiceSetAside) -> Self {
        let line = &aside.line;
        Self {
            import,
            line: line.line,
            cli: line.cli.clone(),
            code: line.code.clone(),
            description: line.description.clone(),
            cost: line.cost,
            why: format!("{}: {}", aside.disposition, aside.reason),
        }
    }
}
