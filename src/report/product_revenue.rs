//! Posted documents of a period → what they come to by product: how many, for how much, at what cost.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::answer::{Answer, Cover, NoAnswer};
use super::control::control;
use super::costs::{CostSums, CostTotal, ROUNDING, UNKNOWN_COST};
use super::sheet::{Column, Sheet, SheetCell};
use crate::domain::bill::{Bill, BillLine, DocumentKind, LineKind};
use crate::domain::book::Book;
use crate::domain::money::{Currency, Money, Overflow, Sum};
use crate::pipeline::posted::{OfDocuments, PostedSums};

/// Sums by product and currency.
#[derive(Default)]
pub struct ProductTotals(BTreeMap<(Currency, Of), Totals>);

/// What a line is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// A product, by its code.
    Product(String),
    /// A charge that names none, and was posted as such: its account and id, for bills that did not keep products.
    Charge(String, String),
    Services,
    Usage,
    Fees,
    Credits,
}

#[derive(Clone, Default)]
struct Totals {
    lines: u64,
    quantity: Sum<4>,
    net: Money,
    cost: CostSums,
}

impl Totals {
    fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        self.lines += other.lines;
        self.quantity.merge(other.quantity);
        self.net = self.net.plus(other.net)?;
        self.cost.merge(other.cost);
        Ok(())
    }
}

impl OfDocuments for ProductTotals {
    fn add(&mut self, bill: &Bill) -> Result<(), Overflow> {
        let on = bill.credits.as_ref().map_or(bill.invoice_date, |credited| credited.date);
        for line in &bill.lines {
            let mut one = Totals { lines: 1, net: line.amount.money, ..Totals::default() };
            one.quantity = Sum::from_wide(quantity(line, bill.document));
            one.cost.add(on, [line.cost].into_iter().sum());
            self.0.entry((bill.currency, Of::line(line, bill))).or_default().merge(one)?;
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        other.0.into_iter().try_for_each(|(key, totals)| self.0.entry(key).or_default().merge(totals))
    }
}

/// How many were sold: given back with a document they count against it, days of a period that are given back do not.
fn quantity(line: &BillLine, document: DocumentKind) -> i128 {
    let quantity = i128::from(line.quantity.scaled());
    match (line.kind, document) {
        (LineKind::Credit, _) => 0,
        (_, DocumentKind::Invoice) => quantity,
        (_, DocumentKind::CreditNote) => -quantity,
    }
}

impl Of {
    fn line(line: &BillLine, bill: &Bill) -> Self {
        match line.kind {
            LineKind::Usage => Self::Usage,
            LineKind::EmptyInvoiceFee | LineKind::LowInvoiceFee | LineKind::Padding => Self::Fees,
            _ if !line.product.is_empty() => Self::Product(line.product.clone()),
            LineKind::Service => Self::Services,
            LineKind::Credit if line.source.is_empty() => Self::Credits,
            LineKind::Recurring | LineKind::OneOff | LineKind::Credit => {
                Self::Charge(bill.customer.account.clone(), line.source.clone())
            }
        }
    }

    /// Bills that did not keep their products: what the charge is of in the book as it stands.
    fn resolved(self, book: &Book) -> Self {
        let Self::Charge(account, id) = &self else { return self };
        let product = book.find_customer(account).and_then(|customer| {
            let at = book.charges.binary_search_by(|charge| (charge.customer, &charge.id).cmp(&(customer, id)));
            at.ok().and_then(|at| book.charges[at].product)
        });
        match product {
            Some(product) => Self::Product(book.products[product.index()].code.clone()),
            None => Self::Charge(String::new(), String::new()),
        }
    }

    /// Code, name, category.
    fn names(&self, book: &Book) -> [String; 3] {
        let words = |name: &str| [String::new(), name.to_owned(), String::new()];
        match self {
            Self::Product(code) => {
                let at = book.products.binary_search_by(|product| product.code.as_str().cmp(code));
                let product = at.ok().map(|at| &book.products[at]);
                let of = |part: fn(&crate::domain::charge::Product) -> &String| product.map(part).cloned();
                [
                    code.clone(),
                    of(|product| &product.name).unwrap_or_default(),
                    of(|product| &product.category).unwrap_or_default(),
                ]
            }
            Self::Charge(..) => words("(charges without a product)"),
            Self::Services => words("(service lines, product not kept)"),
            Self::Usage => words("(usage)"),
            Self::Fees => words("(fees of empty and low invoices)"),
            Self::Credits => words("(credits in part)"),
        }
    }
}

impl ProductTotals {
    /// The report: products by what they come to, the largest first, within each currency.
    pub fn answer(
        self,
        book: &Book,
        sums: &BTreeMap<Currency, PostedSums>,
        about: Vec<(&'static str, String)>,
    ) -> Result<Answer, NoAnswer> {
        let mut rows = BTreeMap::<(Currency, Of), Totals>::new();
        for ((currency, of), totals) in self.0 {
            rows.entry((currency, of.resolved(book))).or_default().merge(totals)?;
        }
        let mut wholes = BTreeMap::<Currency, (u64, Money, CostTotal)>::new();
        let mut costed = Vec::new();
        for ((currency, of), totals) in &rows {
            let (lines, net, all) = wholes.entry(*currency).or_default();
            let cost = all.add(book, *currency, &totals.cost)?;
            *lines += totals.lines;
            *net = net.plus(totals.net)?;
            costed.push((*currency, of, totals, cost));
        }
        costed.sort_by_key(|(currency, of, totals, _)| (*currency, Reverse(totals.net), *of));
        let mut sheet = Sheet { columns: columns(), ..Sheet::default() };
        for (currency, of, totals, cost) in &costed {
            let whole = wholes.get(currency).map_or(Money::ZERO, |whole| whole.1);
            let quantity = match of {
                Of::Product(_) | Of::Charge(..) | Of::Services => SheetCell::Figure(totals.quantity.to_string()),
                Of::Usage | Of::Fees | Of::Credits => SheetCell::Nothing,
            };
            sheet.rows.push(row(of.names(book), *currency, (totals.lines, quantity), (totals.net, *cost, whole))?);
        }
        let (mut unknown, names) = (false, |name: &str| [String::new(), name.to_owned(), String::new()]);
        for (currency, (lines, net, costs)) in &wholes {
            let (cost, lack) = costs.close(book, *currency)?;
            unknown |= cost.is_none();
            if lack != Money::ZERO {
                let amounts = (Money::ZERO, Some(lack), *net);
                sheet.rows.push(row(names(ROUNDING), *currency, (0, SheetCell::Nothing), amounts)?);
            }
            sheet.totals.push(row(names("total"), *currency, (*lines, SheetCell::Nothing), (*net, cost, *net))?);
        }
        let found = wholes.iter().map(|(currency, (_, net, _))| (*currency, *net)).collect();
        let notes = unknown.then(|| UNKNOWN_COST.to_owned());
        let cover = Cover {
            name: "product-revenue",
            title: "Revenue by product: posted invoices less credit notes, ex VAT".to_owned(),
            about,
            control: control(sums, &found, "products")?,
            notes: notes.into_iter().collect(),
        };
        Ok(Answer { cover, sheet, empty: "no invoice or credit note has a date in the period".to_owned() })
    }
}

fn columns() -> Vec<Column> {
    Column::named([
        ("product", "product"),
        ("name", "name"),
        ("category", "category"),
        ("currency", " "),
        ("lines", "lines"),
        ("quantity", "quantity"),
        ("net", "net"),
        ("cost", "cost"),
        ("margin", "margin"),
        ("margin_percent", "of net"),
        ("share_percent", "share"),
    ])
}

fn row(
    [product, name, category]: [String; 3],
    currency: Currency,
    (lines, quantity): (u64, SheetCell),
    (net, cost, whole): (Money, Option<Money>, Money),
) -> Result<Vec<SheetCell>, Overflow> {
    let margin = cost.map(|cost| net.minus(cost)).transpose()?;
    let money = |money: Option<Money>| money.map_or(SheetCell::Nothing, |money| SheetCell::Money(money, currency));
    let minor = |money: Money| i128::from(money.minor());
    Ok(vec![
        SheetCell::Text(product),
        SheetCell::Text(name),
        SheetCell::Text(category),
        SheetCell::text(currency.code()),
        SheetCell::count(lines),
        quantity,
        money(Some(net)),
        money(cost),
        money(margin),
        margin.map_or(SheetCell::Nothing, |margin| SheetCell::share(minor(margin), minor(net))),
        SheetCell::share(minor(net), minor(whole)),
    ])
}
