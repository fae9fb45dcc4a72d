//! Posted documents of a period and the usage on them → what is earned, by customer, line, destination or class: what
//! loses money first. What is charged ties to the documents, to the penny.

use std::collections::BTreeMap;

use super::answer::{Answer, Cover, NoAnswer};
use super::control::control;
use super::costs::{CostSums, CostTotal, ROUNDING, UNKNOWN_COST};
use super::sheet::{Column, Sheet, SheetCell};
use super::usage_totals::{UsageBy, UsageTotals};
use crate::domain::bill::{Bill, BillLine, LineKind};
use crate::domain::book::Book;
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::price_book::CallClass;
use crate::pipeline::posted::{OfDocuments, PostedSums};

/// What margin is shown by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarginBy {
    /// Who is billed.
    Customer,
    /// Line (CLI).
    Cli,
    /// Call type.
    Destination,
    /// Call class.
    Class,
}

/// Lines of documents by currency, account, line (CLI) and what they are of.
#[derive(Default)]
pub struct LineTotals(BTreeMap<(Currency, String, String, Of), Totals>);

/// What a line is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Usage,
    Charges,
    Fees,
    Credits,
}

#[derive(Clone, Default)]
struct Totals {
    net: Money,
    cost: CostSums,
}

impl OfDocuments for LineTotals {
    fn add(&mut self, bill: &Bill) -> Result<(), Overflow> {
        let on = bill.credits.as_ref().map_or(bill.invoice_date, |credited| credited.date);
        for line in &bill.lines {
            let mut one = Totals { net: line.amount.money, cost: CostSums::default() };
            one.cost.add(on, [line.cost].into_iter().sum());
            let key = (bill.currency, bill.customer.account.clone(), line.cli.clone(), Of::line(line));
            self.0.entry(key).or_default().merge(one)?;
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        other.0.into_iter().try_for_each(|(key, totals)| self.0.entry(key).or_default().merge(totals))
    }
}

impl Of {
    fn line(line: &BillLine) -> Self {
        match line.kind {
            LineKind::Usage => Self::Usage,
            LineKind::EmptyInvoiceFee | LineKind::LowInvoiceFee | LineKind::Padding => Self::Fees,
            LineKind::Credit if line.source.is_empty() => Self::Credits,
            LineKind::Recurring | LineKind::OneOff | LineKind::Service | LineKind::Credit => Self::Charges,
        }
    }
}

impl Totals {
    fn merge(&mut self, other: Self) -> Result<(), Overflow> {
        self.net = self.net.plus(other.net)?;
        self.cost.merge(other.cost);
        Ok(())
    }
}

/// A row on its way: what it is called and what it comes to.
#[derive(Clone, Default)]
struct Row {
    names: Vec<String>,
    calls: i128,
    seconds: i128,
    usage: Money,
    other: Money,
    cost: CostSums,
}

/// A row with its currency and its cost, if that is known.
type CostedRow = (Currency, Row, Option<Money>);

/// The sum of rows and its cost, if that is known.
type CostedSum = (Row, Option<Money>);

/// Rows by currency and name.
type Rows = BTreeMap<(Currency, Vec<String>), Row>;

/// The report.
pub struct Margin<'a> {
    /// What names and exchange rates come from.
    pub book: &'a Book,
    /// What it is shown by.
    pub by: MarginBy,
    /// What the documents charge.
    pub lines: LineTotals,
    /// The usage on them; none where it is shown by customer.
    pub usage: Option<UsageTotals>,
}

impl MarginBy {
    /// What the usage has to be summed by; none where documents are enough.
    pub fn usage(self) -> Option<UsageBy> {
        match self {
            Self::Customer => None,
            Self::Cli => Some(UsageBy::Line),
            Self::Destination => Some(UsageBy::Destination),
            Self::Class => Some(UsageBy::Class),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Cli => "line",
            Self::Destination => "destination",
            Self::Class => "class",
        }
    }

    fn names(self) -> Vec<Column> {
        match self {
            Self::Customer => Column::all(["organisation", "account", "name"]),
            Self::Cli => Column::all(["account", "name", "cli"]),
            Self::Destination => Column::all(["destination", "description", "class"]),
            Self::Class => Column::all(["class"]),
        }
    }
}

impl Margin<'_> {
    /// The report: what loses money first, the most of it; then what sells most.
    pub fn answer(
        self,
        sums: &BTreeMap<Currency, PostedSums>,
        about: Vec<(&'static str, String)>,
    ) -> Result<Answer, NoAnswer> {
        let (rows, wholes) = self.costed()?;
        let mut shown = Vec::new();
        for (currency, row, cost) in rows {
            let net = row.usage.plus(row.other)?;
            let margin = cost.map(|cost| net.minus(cost)).transpose()?;
            let is_loss = margin.is_some_and(|margin| margin < Money::ZERO);
            let size = if is_loss { margin.unwrap_or_default() } else { net.negated()? };
            shown.push(((currency, !is_loss, size, row.names.clone()), row, cost));
        }
        shown.sort_by(|a, b| a.0.cmp(&b.0));
        let mut sheet = Sheet { columns: self.columns(), ..Sheet::default() };
        for ((currency, ..), row, cost) in &shown {
            sheet.rows.push(self.cells(*currency, row, *cost)?);
        }
        for (currency, (whole, cost)) in &wholes {
            sheet.totals.push(self.cells(*currency, whole, *cost)?);
        }
        let nets = wholes.iter().map(|(currency, (whole, _))| Ok((*currency, whole.usage.plus(whole.other)?)));
        let nets = nets.collect::<Result<_, Overflow>>()?;
        let unknown = wholes.values().any(|(_, cost)| cost.is_none());
        let by = self.by;
        let cover = Cover {
            name: "margin",
            title: format!("Margin by {}: posted invoices less credit notes, less what they cost us", by.word()),
            about,
            control: control(sums, &nets, "rows")?,
            notes: unknown.then(|| UNKNOWN_COST.to_owned()).into_iter().collect(),
        };
        Ok(Answer { cover, sheet, empty: "no invoice or credit note has a date in the period".to_owned() })
    }

    /// The rows with their costs, and the sums by currency. What rounding leaves is a row of its own, so that the rows come
    /// to the sums.
    fn costed(&self) -> Result<(Vec<CostedRow>, BTreeMap<Currency, CostedSum>), Overflow> {
        let mut sums = BTreeMap::<Currency, (Row, CostTotal)>::new();
        let mut costed = Vec::new();
        for ((currency, _), row) in self.rows()? {
            let (whole, costs) = sums.entry(currency).or_default();
            let cost = costs.add(self.book, currency, &row.cost)?;
            whole.calls += row.calls;
            whole.seconds += row.seconds;
            whole.usage = whole.usage.plus(row.usage)?;
            whole.other = whole.other.plus(row.other)?;
            costed.push((currency, row, cost));
        }
        let mut wholes = BTreeMap::new();
        for (currency, (whole, costs)) in sums {
            let (cost, lack) = costs.close(self.book, currency)?;
            let names = self.apart(ROUNDING);
            match costed.iter_mut().find(|(of, row, _)| *of == currency && row.names == names) {
                Some((_, _, cost)) => *cost = cost.map(|cost| cost.plus(lack)).transpose()?,
                None if lack == Money::ZERO => {}
                None => costed.push((currency, Row { names, ..Row::default() }, Some(lack))),
            }
            let mut names = self.apart("");
            names[0] = "total".to_owned();
            wholes.insert(currency, (Row { names, ..whole }, cost));
        }
        Ok((costed, wholes))
    }

    /// The rows, by name: usage where it belongs, everything else by line or apart, and the rounding of invoice lines.
    fn rows(&self) -> Result<Rows, Overflow> {
        let mut rows = Rows::new();
        let mut posted = BTreeMap::<Currency, Money>::new();
        for ((currency, account, cli, of), totals) in &self.lines.0 {
            if *of == Of::Usage && self.by != MarginBy::Customer {
                let usage = posted.entry(*currency).or_default();
                *usage = usage.plus(totals.net)?;
                continue;
            }
            let row = row_of(&mut rows, *currency, self.line_names(account, cli, *of));
            match of {
                Of::Usage => row.usage = row.usage.plus(totals.net)?,
                _ => row.other = row.other.plus(totals.net)?,
            }
            row.cost.merge(totals.cost.clone());
        }
        let Some(usage) = &self.usage else { return Ok(rows) };
        for (key, sums) in &usage.sums {
            let names = match self.by {
                MarginBy::Cli => vec![key.account.to_string(), self.name_of(&key.account), key.of.to_string()],
                _ => self.destination_names(&key.of, key.class),
            };
            let row = row_of(&mut rows, key.currency, names);
            row.calls += sums.calls;
            row.seconds += sums.seconds;
            let sell = sums.sell(key.currency)?;
            row.usage = row.usage.plus(sell)?;
            row.cost.merge(sums.cost.clone());
            let left = posted.entry(key.currency).or_default();
            *left = left.minus(sell)?;
        }
        for (currency, left) in posted.into_iter().filter(|(_, left)| *left != Money::ZERO) {
            row_of(&mut rows, currency, self.apart(ROUNDING)).usage = left;
        }
        Ok(rows)
    }

    fn line_names(&self, account: &str, cli: &str, of: Of) -> Vec<String> {
        match (self.by, of) {
            (MarginBy::Customer, _) => {
                let customer = self.book.find_customer(account).map(|id| self.book.customer(id));
                let organisation =
                    customer.map(|customer| &self.book.organisations[customer.organisation.index()].code);
                vec![organisation.cloned().unwrap_or_default(), account.to_owned(), self.name_of(account)]
            }
            (MarginBy::Cli, _) => {
                let cli = if cli.is_empty() { "(no line)" } else { cli };
                vec![account.to_owned(), self.name_of(account), cli.to_owned()]
            }
            (_, Of::Fees) => self.apart("(fees)"),
            (_, Of::Credits) => self.apart("(credits in part)"),
            (_, Of::Charges | Of::Usage) => self.apart("(charges)"),
        }
    }

    /// The names of a row that belongs nowhere.
    fn apart(&self, what: &str) -> Vec<String> {
        let mut names: Vec<String> = self.by.names().iter().map(|_| String::new()).collect();
        let place = if self.by == MarginBy::Destination { 1 } else { 0 };
        names[place] = what.to_owned();
        names
    }

    fn destination_names(&self, code: &str, class: Option<CallClass>) -> Vec<String> {
        let title = class.map_or("", CallClass::title).to_owned();
        if self.by == MarginBy::Class {
            return vec![if title.is_empty() { "(no class)".to_owned() } else { title }];
        }
        vec![code.to_owned(), description_of(self.book, code), title]
    }

    fn name_of(&self, account: &str) -> String {
        let id = self.book.find_customer(account);
        id.map(|id| self.book.customer(id).name.clone()).unwrap_or_default()
    }

    fn columns(&self) -> Vec<Column> {
        let mut columns = self.by.names();
        columns.extend(Column::named([("currency", " ")]));
        if self.by != MarginBy::Customer {
            columns.extend(Column::named([("calls", "calls"), ("seconds", "time")]));
        }
        columns.extend(match self.by {
            MarginBy::Customer | MarginBy::Cli => {
                Column::named([("usage", "usage"), ("other", "charges"), ("net", "net")])
            }
            _ => Column::named([("usage", ""), ("other", ""), ("net", "net")]),
        });
        columns.extend(Column::named([("cost", "cost"), ("margin", "margin"), ("margin_percent", "of net")]));
        columns
    }

    fn cells(&self, currency: Currency, row: &Row, cost: Option<Money>) -> Result<Vec<SheetCell>, Overflow> {
        let net = row.usage.plus(row.other)?;
        let margin = cost.map(|cost| net.minus(cost)).transpose()?;
        let money = |money: Option<Money>| money.map_or(SheetCell::Nothing, |money| SheetCell::Money(money, currency));
        let mut cells: Vec<_> = row.names.iter().map(|name| SheetCell::text(name)).collect();
        cells.push(SheetCell::text(currency.code()));
        if self.by != MarginBy::Customer {
            let has_usage = row.calls != 0 || row.seconds != 0;
            cells.push(if has_usage { SheetCell::Count(row.calls) } else { SheetCell::Nothing });
            cells.push(seconds(row.seconds, has_usage));
        }
        cells.extend([row.usage, row.other, net].map(|sum| money(Some(sum))));
        cells.extend([money(cost), money(margin)]);
        let minor = |money: Money| i128::from(money.minor());
        cells.push(margin.map_or(SheetCell::Nothing, |margin| SheetCell::share(minor(margin), minor(net))));
        Ok(cells)
    }
}

fn row_of(rows: &mut Rows, currency: Currency, names: Vec<String>) -> &mut Row {
    rows.entry((currency, names)).or_insert_with_key(|(_, names)| Row { names: names.clone(), ..Row::default() })
}

/// What the book calls a call type; empty if it has lost it.
pub fn description_of(book: &Book, code: &str) -> String {
    let at = book.call_types.binary_search_by(|call_type| call_type.code.as_str().cmp(code));
    at.map(|at| book.call_types[at].description.clone()).unwrap_or_default()
}

/// A duration; nothing without any.
pub fn seconds(seconds: i128, is_there: bool) -> SheetCell {
    match i64::try_from(seconds) {
        Ok(seconds) if is_there => SheetCell::Seconds(seconds),
        Err(_) => SheetCell::Count(seconds),
        Ok(_) => SheetCell::Nothing,
    }
}
