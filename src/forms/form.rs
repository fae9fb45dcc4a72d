//! A kind of form and a workspace's tables → the form of this workspace: its columns in order, what each may hold, the names
//! that can be chosen. Writes and reads nothing.

use std::collections::BTreeSet;

use crate::book::schema::ColumnSchema;
use crate::book::{CellKind, Table, Tables};
use crate::domain::book::Settings;

use super::kinds::{FormColumn, FormSchema, Kind, Nature};

/// One sheet of a form, as it is in one workspace.
#[derive(Debug)]
pub struct Form {
    /// What it is made from.
    pub schema: &'static FormSchema,
    /// Its columns, in order.
    pub fields: Vec<Field>,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Field {
    /// What its header says: `Customer Name`, `Tariff:[Lines]`, `x_dealer`.
    pub header: String,
    /// Where its cells go.
    pub target: Target,
    /// What its cells may hold.
    pub kind: CellKind,
    /// A new row has a value.
    pub required: bool,
    /// It stands in the second block: the engine's own columns (K1).
    pub engine: bool,
    /// How its texts are looked at beyond that.
    pub nature: Nature,
    /// What a person is told, in addition to what the kind of cell says by itself; may be empty.
    pub note: String,
    /// What the example row says.
    pub example: String,
    /// The names that there are, where the cell is one of them: by name, or as the schema lists its words.
    pub choices: Vec<String>,
}

/// Where the cells of a column go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A column of the form's file of the book, by its place there.
    Column(usize),
    /// The customer's tariff of a category (K1).
    Category(String),
    /// A column that no rule uses: `x_…` (K9).
    Free(String),
}

impl Form {
    /// The place of the column that goes to a column of the book.
    pub fn field_of(&self, column: &str) -> Option<usize> {
        let place = self.schema.file().position(column)?;
        self.fields.iter().position(|field| field.target == Target::Column(place))
    }
}

impl Field {
    /// Spreadsheets are told that its cells are texts, so that leading zeros and `+` stay.
    pub fn is_text(&self) -> bool {
        use CellKind::{Date, Decimal, Integer, Markup};
        !matches!(self.kind, Date | Decimal(..) | Integer(..) | Markup)
    }
}

/// The sheets of a kind as they are in a workspace.
pub fn forms_of(kind: Kind, tables: &Tables, settings: &Settings) -> Vec<Form> {
    kind.sheets().iter().map(|schema| form_of(schema, tables, settings)).collect()
}

fn form_of(schema: &'static FormSchema, tables: &Tables, settings: &Settings) -> Form {
    let known = Known { tables, settings };
    let fields = schema.columns.iter().map(|column| known.field(schema, column));
    let (engine, mut fields): (Vec<Field>, Vec<Field>) = fields.partition(|field| field.engine);
    if schema.table == "customers" {
        fields.extend(known.categories().into_iter().map(|category| known.category(category)));
    }
    fields.extend(engine);
    if schema.file().free_columns {
        fields.extend(tables.get(schema.table).extra_columns.iter().map(|name| free_field(name)));
    }
    Form { schema, fields }
}

/// A column of the reseller's own (K9).
pub(super) fn free_field(name: &str) -> Field {
    let nature = if name.contains("company_number") { Nature::CompanyNumber } else { Nature::Plain };
    Field {
        header: name.to_owned(),
        target: Target::Free(name.to_owned()),
        kind: CellKind::Text,
        required: false,
        engine: true,
        nature,
        note: "A column of your own: kept, shown and exported, never interpreted.".to_owned(),
        example: String::new(),
        choices: Vec::new(),
    }
}

/// What names a workspace has.
struct Known<'t> {
    tables: &'t Tables,
    settings: &'t Settings,
}

impl Known<'_> {
    fn field(&self, schema: &'static FormSchema, column: &FormColumn) -> Field {
        let file = schema.file();
        let place = file.position(column.column).expect("forms name columns of the book");
        let of_book = column.schema(file);
        let choices = self.choices(of_book);
        let example = match (column.example, choices.first()) {
            ("", Some(first)) if column.required => first.clone(),
            ("", None) if column.required && of_book.kind == CellKind::NameOf("customers") => self.first_account(),
            (stated, _) => stated.to_owned(),
        };
        Field {
            header: column.header.to_owned(),
            target: Target::Column(place),
            kind: of_book.kind,
            required: column.required,
            engine: column.engine,
            nature: column.nature,
            note: self.note(schema, column),
            example,
            choices,
        }
    }

    /// Where the workspace names no VAT code, customers must (V1).
    fn note(&self, schema: &FormSchema, column: &FormColumn) -> String {
        let is_needed = (schema.table, column.column) == ("customers", "vat_code");
        match self.settings.default_vat_code {
            None if is_needed => format!("Needed, unless the customer is exempt. {}", column.note),
            _ => column.note.to_owned(),
        }
    }

    fn category(&self, category: String) -> Field {
        Field {
            header: format!("Tariff:[{category}]"),
            note: format!("The tariff of products of the category {category}. Blank: their own prices."),
            target: Target::Category(category),
            kind: CellKind::NameOf("tariffs"),
            required: false,
            engine: false,
            nature: Nature::Plain,
            example: String::new(),
            choices: self.names("tariffs"),
        }
    }

    /// The categories of products, by name.
    fn categories(&self) -> Vec<String> {
        let values = |table: &str| column_values(self.tables.get(table), "category");
        values("products").into_iter().chain(values("customer_tariffs")).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What can be chosen in a cell; nothing where it is free, and of files whose rows are too many to choose from.
    fn choices(&self, column: &ColumnSchema) -> Vec<String> {
        match column.kind {
            CellKind::NameOf("customers") => Vec::new(),
            CellKind::NameOf(table) => self.names(table),
            CellKind::Word(words) | CellKind::WordRefusing(words, _) => {
                words.iter().map(|word| (*word).to_owned()).collect()
            }
            CellKind::Flag => vec!["y".to_owned(), "n".to_owned()],
            CellKind::Currency => self.currencies(),
            _ => Vec::new(),
        }
    }

    /// An account for an example; a made-up one if there is none.
    fn first_account(&self) -> String {
        let customers = self.tables.get("customers");
        let place = customers.schema.key_positions()[0];
        customers.rows.first().and_then(|row| row.cells.get(place)).unwrap_or("1001").to_owned()
    }

    fn names(&self, table: &str) -> Vec<String> {
        let table = self.tables.get(table);
        column_values(table, table.schema.key[0]).into_iter().collect()
    }

    /// That of the workspace, and those that have rates or tariffs.
    fn currencies(&self) -> Vec<String> {
        let mut known = BTreeSet::from([self.settings.currency.code().to_owned()]);
        known.extend(column_values(self.tables.get("tariffs"), "currency"));
        known.extend(column_values(self.tables.get("customers"), "currency"));
        known.into_iter().collect()
    }
}

fn column_values(table: &Table, column: &str) -> BTreeSet<String> {
    let place = table.schema.position(column).expect("a column of the book");
    table.rows.iter().filter_map(|row| row.cells.get(place)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{DEFAULT_SETTINGS, TableRow, parse_settings};

    fn tables() -> Tables {
        let mut tables = Tables::new();
        let mut add = |name: &str, cells: &[(&str, &str)]| {
            let table = tables.get_mut(name);
            let value = |column: &str| cells.iter().find(|(known, _)| *known == column).map(|(_, value)| *value);
            let cells = table.column_names().map(value).collect();
            table.rows.push(TableRow { line: 0, cells });
        };
        add("products", &[("product", "P1"), ("name", "Line"), ("category", "Lines")]);
        add("products", &[("product", "P2"), ("name", "Router"), ("category", "Hardware")]);
        add("tariffs", &[("tariff", "Gold"), ("unit", "minor")]);
        add("organisations", &[("organisation", "north"), ("name", "North")]);
        tables.get_mut("customers").extra_columns = vec!["x_dealer".into()];
        tables
    }

    #[test]
    fn a_form_of_customers_has_the_columns_of_k1_in_order() {
        let settings = parse_settings(DEFAULT_SETTINGS).expect("sound");
        let forms = forms_of(Kind::Customers, &tables(), &settings);
        let headers: Vec<&str> = forms[0].fields.iter().map(|field| field.header.as_str()).collect();
        let expected = [
            "Customer Name",
            "Reference",
            "Address Line 1",
            "Address Line 2",
            "Address Line 3",
            "Address Line 4",
            "Town",
            "County",
            "Postcode",
            "Country",
            "Telephone",
            "Email Address",
            "Delivery Email",
            "Organisation",
            "Customer Group",
            "Anniversary Billing Day",
            "Tariff:[Hardware]",
            "Tariff:[Lines]",
            "Account Number",
        ];
        assert_eq!(headers[..expected.len()], expected);
        assert_eq!(headers.last(), Some(&"x_dealer"));
        let field = |header: &str| forms[0].fields.iter().find(|field| field.header == header).expect("there");
        assert_eq!(field("Tariff:[Lines]").choices, ["Gold"]);
        assert_eq!(field("Organisation").choices, ["north"]);
        assert_eq!(field("Organisation").example, "north");
        assert_eq!(field("VAT Exempt").choices, ["y", "n"]);
        assert_eq!(field("Currency").choices, ["GBP"]);
        assert!(field("Telephone").is_text() && !field("Credit Limit").is_text());
    }
}
