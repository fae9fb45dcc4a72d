//! The parts that a page is made of: sections with words, pictures and tables, as a template gets them. All texts are
//! ready to be shown; none is markup.

use serde::Serialize;

use super::chart::Chart;
use super::words::{Minor, Words, number};

/// A part of the page under a heading.
#[derive(Debug, Serialize)]
pub struct Section {
    /// Unique on the page; what links jump to.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// Sentences below it.
    pub words: Vec<String>,
    /// Whether the first sentence asks for action.
    pub is_warning: bool,
    /// Pictures, with the same figures in the tables.
    pub charts: Vec<Chart>,
    /// Tables.
    pub tables: Vec<Table>,
}

/// A table.
#[derive(Debug, Serialize)]
pub struct Table {
    /// What it lists.
    pub caption: String,
    /// Shown at once, or when it is opened.
    pub is_open: bool,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows: a cell for each column.
    pub rows: Vec<Row>,
    /// Below it; may be empty.
    pub note: String,
}

/// A column.
#[derive(Debug, Serialize)]
pub struct Column {
    /// Its header.
    pub title: String,
    /// Its cells are figures, to be set flush right.
    pub is_figure: bool,
}

/// A row.
#[derive(Debug, Serialize)]
pub struct Row {
    /// It sums the others up.
    pub is_total: bool,
    /// As many as there are columns.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Default, Serialize)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// `up`, `down`, `bad` or empty; the text says the same.
    pub tone: &'static str,
    /// Files that it leads to.
    pub links: Vec<Link>,
}

/// A link to a document beside the page.
#[derive(Debug, Serialize)]
pub struct Link {
    /// Relative, escaped for a URL.
    pub href: String,
    /// What is shown.
    pub text: String,
    /// What is read out.
    pub label: String,
}

/// Words beside a word for what they are.
#[derive(Debug, Serialize)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What is so.
    pub value: String,
}

/// One of the large figures at the top.
#[derive(Debug, Serialize)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// The figure.
    pub value: String,
    /// What it is compared with; may be empty.
    pub note: String,
}

impl Section {
    pub(super) fn new(id: &'static str, title: &str) -> Self {
        let title = title.to_owned();
        Self { id, title, words: Vec::new(), is_warning: false, charts: Vec::new(), tables: Vec::new() }
    }

    pub(super) fn say(&mut self, words: impl Into<String>) {
        self.words.push(words.into());
    }
}

impl Table {
    /// With columns by their titles; those of figures begin with `>`.
    pub(super) fn new(caption: &str, columns: &[&str]) -> Self {
        let column = |title: &&str| Column {
            title: title.trim_start_matches('>').to_owned(),
            is_figure: title.starts_with('>'),
        };
        let columns = columns.iter().map(column).collect();
        Self { caption: caption.to_owned(), is_open: false, columns, rows: Vec::new(), note: String::new() }
    }

    /// Shown at once.
    pub(super) fn open(self) -> Self {
        Self { is_open: true, ..self }
    }

    pub(super) fn push(&mut self, cells: Vec<Cell>) {
        self.add(false, cells);
    }

    pub(super) fn push_total(&mut self, cells: Vec<Cell>) {
        self.add(true, cells);
    }

    fn add(&mut self, is_total: bool, cells: Vec<Cell>) {
        assert_eq!(cells.len(), self.columns.len(), "a cell for each column of {}", self.caption);
        self.rows.push(Row { is_total, cells });
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Cell {
    /// A difference, with its sign.
    pub(super) fn change(words: &Words, difference: Minor) -> Self {
        let tone = match difference {
            0 => "",
            ..0 => "down",
            _ => "up",
        };
        Self { text: words.signed(difference), tone, links: Vec::new() }
    }

    /// An amount; bad if it is less than nothing.
    pub(super) fn margin(words: &Words, amount: Minor) -> Self {
        Self { text: words.money(amount), tone: if amount < 0 { "bad" } else { "" }, links: Vec::new() }
    }

    /// A count.
    pub(super) fn number(of: u64) -> Self {
        number(of).into()
    }
}

impl Fact {
    pub(super) fn new(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into() }
    }
}
