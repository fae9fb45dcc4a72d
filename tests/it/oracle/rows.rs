//! The book's rows as text, scanned from first to last → what a rule asks for. A cell is the text of the CSV file, a
//! blank one is "". Knows no meaning, no index, no order but the file's.

use std::sync::LazyLock;

use tollbook::book::Tables;

/// One file of the book.
pub struct Sheet {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One row of it.
#[derive(Clone, Copy)]
pub struct Row<'b> {
    columns: &'b [String],
    cells: &'b [String],
}

impl<'b> Row<'b> {
    /// The cell of a column.
    pub fn cell(self, column: &str) -> &'b str {
        let position = self.columns.iter().position(|known| known == column);
        &self.cells[position.unwrap_or_else(|| panic!("no column {column}"))]
    }

    /// The cell of a column, or what a blank one means.
    pub fn cell_or(self, column: &str, blank: &'b str) -> &'b str {
        Some(self.cell(column)).filter(|cell| !cell.is_empty()).unwrap_or(blank)
    }

    /// Is it a flag that is set?
    pub fn is_set(self, column: &str) -> bool {
        self.cell(column) == "y"
    }

    /// A whole number, or what a blank cell means.
    pub fn whole(self, column: &str, blank: u64) -> u64 {
        Some(self.cell(column)).filter(|cell| !cell.is_empty()).map_or(blank, |cell| cell.parse().unwrap())
    }

    /// X6: `from` and `to` are both included, blank is open. ISO dates are in the order of their text.
    pub fn is_valid_on(self, date: &str) -> bool {
        let (from, to) = (self.cell("from"), self.cell("to"));
        (from.is_empty() || from <= date) && (to.is_empty() || date <= to)
    }
}

impl Sheet {
    /// All rows, in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { columns: &self.columns, cells })
    }

    /// Those with such a text in this column.
    pub fn rows_where(&self, column: &str, is_such: impl Fn(&str) -> bool) -> Vec<Row<'_>> {
        let position = self.columns.iter().position(|known| known == column).unwrap();
        self.rows().filter(|row| is_such(&row.cells[position])).collect()
    }

    /// The first row with this text in this column.
    pub fn find(&self, column: &str, text: &str) -> Option<Row<'_>> {
        self.rows().find(|row| row.cell(column) == text)
    }
}

/// The book, as text.
pub struct PlainBook {
    /// The workspace's currency (X7).
    pub currency: String,
    /// The workspace's zone (X5).
    pub zone: jiff::tz::TimeZone,
    sheets: Vec<(&'static str, Sheet)>,
}

impl PlainBook {
    /// The rows of the files, and beneath them those of the default plan (C3) whose key the book does not use.
    pub fn new(tables: &Tables, currency: &str, zone: &str) -> Self {
        let cells =
            |row: &tollbook::book::TableRow| row.cells.iter().map(|c| c.unwrap_or_default().to_owned()).collect();
        let sheet = |table: &tollbook::book::Table| Sheet {
            columns: table.column_names().map(str::to_owned).collect(),
            rows: table.rows.iter().map(cells).collect(),
        };
        let mut sheets: Vec<_> = tables.iter().map(|table| (table.schema.name, sheet(table))).collect();
        for (name, sheet) in &mut sheets {
            match *name {
                "call_types" => sheet.lay_beneath(&PLAN.0, &["call_type"]),
                "prefixes" => sheet.lay_beneath(&PLAN.1, &["prefix", "direction", "supplier"]),
                _ => {}
            }
        }
        Self { currency: currency.into(), zone: jiff::tz::TimeZone::get(zone).unwrap(), sheets }
    }

    /// The file of a name.
    pub fn sheet(&self, name: &str) -> &Sheet {
        &self.sheets.iter().find(|(known, _)| *known == name).unwrap().1
    }

    /// The call type of a code; every code that the book names is there.
    pub fn call_type(&self, code: &str) -> Row<'_> {
        self.sheet("call_types").find("call_type", code).unwrap()
    }

    /// The tariff of a code.
    pub fn tariff(&self, code: &str) -> Row<'_> {
        self.sheet("tariffs").find("tariff", code).unwrap()
    }

    /// The currency of a row that may name one (X7).
    pub fn currency_of<'b>(&'b self, row: Row<'b>) -> &'b str {
        row.cell_or("currency", &self.currency)
    }
}

impl Sheet {
    fn lay_beneath(&mut self, plan: &Self, key: &[&str]) {
        let blank = |column: &str| if column == "direction" { "out" } else { "" };
        let own = self.rows.len();
        for row in plan.rows() {
            let is_taken = self.rows[..own].iter().any(|cells| {
                let mine = Row { columns: &self.columns, cells };
                key.iter().all(|column| mine.cell_or(column, blank(column)) == row.cell_or(column, blank(column)))
            });
            if !is_taken {
                self.rows.push(self.columns.iter().map(|column| row.cell(column).to_owned()).collect());
            }
        }
    }
}

/// The default plan: call types and prefixes.
static PLAN: LazyLock<(Sheet, Sheet)> = LazyLock::new(|| {
    let read = |text: &str| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        Sheet { columns, rows }
    };
    (
        read(include_str!("../../../config/numbering/call_types.csv")),
        read(include_str!("../../../config/numbering/prefixes.csv")),
    )
});
