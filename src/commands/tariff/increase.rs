//! `tariff increase`: prices of a tariff or of products by a percentage from a date (R17). Applies what the pure code
//! computes, through the ledger, or only shows it.

use clap::{ArgGroup, Args};
use serde::Serialize;

use crate::book;
use crate::book::Tables;
use crate::commands::bill::parse_date;
use crate::commands::book::apply_rows;
use crate::commands::{Global, say};
use crate::domain::money::Percent;
use crate::domain::price_book::CallClass;
use crate::domain::time::Date;
use crate::error::{Error, Result, counted};
use crate::report::screen::table;
use crate::tariffs::increase::{
    self as raise, Change, How, Increase as Asked, Left, Outcome, PriceChange, PriceField, ProductSelection, Refusal,
    Report, Selection, Why,
};
use crate::workspace::{Workspace, refuse_book};

/// The options that choose products; what is for tariffs only does not go with them.
const OF_PRODUCTS: [&str; 2] = ["products", "product"];

/// What is raised, by how much, from when.
#[derive(Args)]
#[command(override_usage = "tollbook tariff increase [OPTIONS] --percent <P> --from <DATE> <TARIFF>
       tollbook tariff increase [OPTIONS] --percent <P> --from <DATE> --products <CATEGORY>
       tollbook tariff increase [OPTIONS] --percent <P> --from <DATE> --product <CODE>")]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["tariff", "products", "product"]))]
pub struct Increase {
    /// The tariff; only its own rows are raised, not those of its parents
    #[arg(conflicts_with_all = OF_PRODUCTS)]
    tariff: Option<String>,
    /// By how much, in percent: -100 to 10000, at most 4 decimals
    #[arg(long, value_name = "P", allow_hyphen_values = true, value_parser = raise::parse_percent)]
    percent: Percent,
    /// The first day of the new prices
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    from: Date,
    /// Only these prices: connection, rate, minimum, maximum, access_connection, access_rate, steps
    #[arg(long, value_name = "FIELD", value_delimiter = ',', value_parser = parse_field, conflicts_with_all = OF_PRODUCTS)]
    fields: Vec<PriceField>,
    /// Only rows of this class of calls; may be given again
    #[arg(long, value_name = "CLASS", value_parser = parse_class, conflicts_with_all = OF_PRODUCTS)]
    class: Vec<CallClass>,
    /// Only rows with such a match, as prefix:+44*; may be given again
    #[arg(long = "match", value_name = "PATTERN", conflicts_with_all = OF_PRODUCTS)]
    pattern: Vec<String>,
    /// Make a new tariff of this code instead, with the same parent and terms
    #[arg(long = "as", value_name = "NEWCODE", conflicts_with_all = OF_PRODUCTS)]
    version: Option<String>,
    /// The products of this category; may be given again
    #[arg(long, value_name = "CATEGORY")]
    products: Vec<String>,
    /// This product; may be given again
    #[arg(long, value_name = "CODE")]
    product: Vec<String>,
    /// Of products, also the prices that customers have of their own
    #[arg(long, conflicts_with = "tariff")]
    customer_prices: bool,
    /// Of products, also the prices of tariffs
    #[arg(long, conflicts_with = "tariff")]
    tariff_prices: bool,
    /// Leave prices alone that begin after the date
    #[arg(long)]
    leave_future: bool,
    /// Raise negative prices too
    #[arg(long)]
    credits: bool,
    /// Raise on top of another increase from the same date
    #[arg(long, conflicts_with_all = OF_PRODUCTS)]
    again: bool,
}

fn parse_field(text: &str) -> std::result::Result<PriceField, String> {
    let names = || PriceField::ALL.map(PriceField::name).join(", ");
    PriceField::parse(text.trim()).ok_or_else(|| format!("not a price of a rate row: {}", names()))
}

fn parse_class(text: &str) -> std::result::Result<CallClass, String> {
    let names = || CallClass::ALL.map(CallClass::name).join(", ");
    CallClass::parse(text).ok_or_else(|| format!("not a class of calls: {}", names()))
}

/// What was done, for people and machines.
#[derive(Serialize)]
struct Raised<'r> {
    /// The tariff, or none for products.
    tariff: Option<&'r str>,
    /// The new tariff, if one was asked for.
    version: Option<&'r str>,
    percent: Percent,
    from: Date,
    /// Nothing is different from before.
    unchanged: bool,
    dry_run: bool,
    #[serde(flatten)]
    report: &'r Report,
}

impl Increase {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let tables = workspace.tables(&ledger)?;
        let Outcome { rows, report } = self.compute(&workspace, &tables)?;
        let unchanged = rows.is_empty();
        if !unchanged {
            apply_rows(&workspace, &mut ledger, tables, &rows, global.dry_run)?;
        }
        let raised = Raised {
            tariff: self.tariff.as_deref(),
            version: self.version.as_deref(),
            percent: self.percent,
            from: self.from,
            unchanged,
            dry_run: global.dry_run,
            report: &report,
        };
        global.show(&raised, || in_words(&report))?;
        say(&verdict(&raised));
        Ok(())
    }

    fn compute(&self, workspace: &Workspace, tables: &Tables) -> Result<Outcome> {
        let mut asked = Asked::new(self.percent, self.from);
        if !self.fields.is_empty() {
            asked.fields = PriceField::ALL.into_iter().filter(|field| self.fields.contains(field)).collect();
        }
        (asked.leave_future, asked.credits, asked.again) = (self.leave_future, self.credits, self.again);
        let Some(tariff) = &self.tariff else {
            let selection = ProductSelection {
                categories: self.products.clone(),
                products: self.product.clone(),
                customer_prices: self.customer_prices,
                tariff_prices: self.tariff_prices,
            };
            return raise::raise_products(tables, &selection, &asked).map_err(refused);
        };
        let selection = Selection { classes: self.class.clone(), patterns: self.pattern.clone() };
        let compile = || book::compile(tables, &workspace.settings).map_err(|errors| refuse_book(&errors));
        let book = if self.class.is_empty() { None } else { Some(compile()?) };
        let book = book.as_ref();
        match &self.version {
            Some(code) => raise::raise_as_version(tables, book, tariff, code, &selection, &asked),
            None => raise::raise_in_place(tables, book, tariff, &selection, &asked),
        }
        .map_err(refused)
    }
}

/// Places that an error names.
const MOST_PLACES: usize = 20;

/// An increase that is not made, with the places that stand against it.
pub(in crate::commands) fn refused(refusal: Refusal) -> Error {
    let Refusal { reason, places, hint } = refusal;
    let mut message = format!("{reason}; nothing was changed");
    places.iter().take(MOST_PLACES).for_each(|place| message.push_str(&format!("\n  {place}")));
    if places.len() > MOST_PLACES {
        message.push_str(&format!("\n  and {} more", places.len() - MOST_PLACES));
    }
    Error::refused(message, hint)
}

/// One line: what was done.
fn verdict(raised: &Raised) -> String {
    let report = raised.report;
    if raised.unchanged {
        let what = match (raised.version, report.left_for(Why::RaisedAlready)) {
            (Some(code), _) => format!("tariff {code} exists already with these rows"),
            (None, 0) => "no price to change".to_owned(),
            (None, rows) => format!("this increase exists already ({})", counted(rows as u64, "row")),
        };
        return format!("{what}: nothing changed");
    }
    let would = if raised.dry_run { "would change" } else { "changed" };
    let rows = counted(report.changes.len() as u64, "row");
    let prices = counted(report.prices() as u64, "price");
    let place = raised.version.map(|code| format!(" in the new tariff {code}")).unwrap_or_default();
    let already = match report.left_for(Why::RaisedAlready) {
        0 => String::new(),
        count => format!("; {} had this increase already", counted(count as u64, "row")),
    };
    format!("{would} {prices} of {rows}{place}{already}")
}

/// Every price that changes, and what is left alone.
pub(in crate::commands) fn in_words(report: &Report) -> String {
    let mut text = String::new();
    if !report.changes.is_empty() {
        let rows = report.changes.iter().flat_map(change_lines);
        text.push_str(&table(&["row", "from", "to", "", "price", "old", "new", "reached"], &[5, 6, 7], rows));
    }
    if !report.left.is_empty() {
        text.push_str(if text.is_empty() { "left alone\n" } else { "\nleft alone\n" });
        let mut reasons: Vec<Why> = report.left.iter().map(|left| left.why).collect();
        reasons.sort_unstable();
        reasons.dedup();
        text.push_str(&table(&["why", "rows", "which"], &[1], reasons.into_iter().map(|why| left_line(report, why))));
    }
    text
}

/// A line for each price.
fn change_lines(change: &Change) -> Vec<Vec<String>> {
    let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let how = match change.how {
        How::NewRow => "new row",
        How::InPlace => "in place",
    };
    let line = |price: &PriceChange| {
        let reached: Vec<String> = price.reached.iter().map(signed).collect();
        let row = [change.row.clone(), date(change.from), date(change.to), how.to_owned(), price.field.to_owned()];
        row.into_iter().chain([price.old.clone(), price.new.clone(), reached.join(", ")]).collect()
    };
    change.prices.iter().map(line).collect()
}

/// `+4.998 %`
fn signed(percent: &Percent) -> String {
    format!("{}{percent} %", if percent.is_negative() { "" } else { "+" })
}

/// A reason, how many rows it has, and the first of them.
fn left_line(report: &Report, why: Why) -> Vec<String> {
    const MOST: usize = 3;
    let rows: Vec<&Left> = report.left.iter().filter(|left| left.why == why).collect();
    let mut names: Vec<&str> = rows.iter().map(|left| left.row.as_str()).collect();
    names.dedup();
    let more = if names.len() > MOST { ", …" } else { "" };
    names.truncate(MOST);
    vec![why.words().to_owned(), rows.len().to_string(), format!("{}{more}", names.join(", "))]
}
