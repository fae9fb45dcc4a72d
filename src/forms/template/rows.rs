//! The workspace's rows in the columns of a form, in the order of their keys, to be edited and imported again.

use ahash::AHashMap;

use crate::book::{Table, Tables};
use crate::domain::cells::Cells;
use crate::forms::form::{Form, Target};

/// Rows in the columns of a form, one after the other.
pub type Rows<'r> = Box<dyn Iterator<Item = Cells> + 'r>;

/// Which rows are wanted; all unless said.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Rates: of this tariff.
    pub tariff: Option<String>,
    /// Customers: that are billed with this group.
    pub group: Option<String>,
    /// Customers: with any of these tags (K6).
    pub tags: Vec<String>,
}

impl Wanted {
    /// Is a row of a table among them?
    fn takes(&self, table: &Table, cells: &Cells) -> bool {
        let cell = |column: &str| table.schema.position(column).and_then(|place| cells.get(place));
        let same =
            |column: &str, wanted: &Option<String>| wanted.as_deref().is_none_or(|wanted| cell(column) == Some(wanted));
        match table.schema.name {
            "rates" => same("tariff", &self.tariff),
            "customers" => {
                let tags = cell("tags").unwrap_or_default();
                let has_one = || tags.split(';').any(|tag| self.tags.iter().any(|wanted| wanted == tag));
                same("group", &self.group) && (self.tags.is_empty() || has_one())
            }
            _ => true,
        }
    }
}

/// The rows of the form's table. Canonical texts; the tables' rows are in the order of their keys.
///
/// # Panics
/// Of payments, which are in no table.
pub fn rows_of<'t>(form: &Form, tables: &'t Tables, wanted: &'t Wanted) -> Rows<'t> {
    let table = tables.get(form.schema.table);
    let tariffs = tariffs_by_category(tables);
    let account = table.schema.position("account");
    let sources: Vec<Source> = form.fields.iter().map(|field| Source::of(&field.target, table)).collect();
    let rows = table.rows.iter().filter(|row| wanted.takes(table, &row.cells));
    Box::new(rows.map(move |row| {
        let key = account.and_then(|place| row.cells.get(place)).unwrap_or_default();
        let cell = |source: &Source| match source {
            Source::Cell(place) => place.and_then(|place| row.cells.get(place)),
            Source::Tariff(category) => tariffs.get(&(key, category.as_str())).copied(),
        };
        sources.iter().map(cell).collect()
    }))
}

/// Where the cell of a column comes from.
enum Source {
    /// A cell of the row; none if the table has no such column.
    Cell(Option<usize>),
    /// The customer's tariff of a category.
    Tariff(String),
}

impl Source {
    fn of(target: &Target, table: &Table) -> Self {
        match target {
            Target::Column(place) => Self::Cell(Some(*place)),
            Target::Category(category) => Self::Tariff(category.clone()),
            Target::Free(name) => Self::Cell(table.column_names().position(|known| known == name)),
        }
    }
}

fn tariffs_by_category(tables: &Tables) -> AHashMap<(&str, &str), &str> {
    let table = tables.get("customer_tariffs");
    let places = ["account", "category", "tariff"].map(|column| table.schema.position(column).expect("of the book"));
    let rows = table.rows.iter().map(|row| places.map(|place| row.cells.get(place).unwrap_or_default()));
    rows.map(|[account, category, tariff]| ((account, category), tariff)).collect()
}
