//! The first row of a filled form → which column of the sheet is which column of the form. Headers are recognised whatever
//! their capitals, by the words for people or by the name that the book has.

use crate::book::{FileSchema, nearest};

use super::finding::{At, Finding, Findings, Place, Severity};
use super::form::{Field, Form, Target, free_field};

/// A header that was read.
pub struct Header {
    /// Its row.
    pub row: u64,
    /// The columns of the form, then those of the reseller's own that are new.
    pub fields: Vec<Field>,
    /// By column of the sheet.
    pub columns: Vec<SheetColumn>,
}

/// What a column of the sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetColumn {
    /// The field of this place.
    Field(usize),
    /// Its header is refused.
    Refused,
    /// It has no header, and may hold nothing.
    Unnamed,
}

impl Header {
    /// Reads a row of words; what is wrong with it is added to the findings.
    pub fn read(form: &Form, place: &Place, row: u64, words: &[String], findings: &mut Findings) -> Self {
        let mut header = Self { row, fields: form.fields.clone(), columns: Vec::new() };
        for (column, written) in (0..).zip(words) {
            let target = header.target_of(form, written);
            let refuse = |reason: &str, hint: String| {
                let at = At { row, column: Some(column), header: written, value: "" };
                place.finding(Severity::Error, at, reason, &hint)
            };
            match target {
                Some(field) if header.columns.contains(&SheetColumn::Field(field)) => {
                    findings.add(refuse("comes twice", "each column once".to_owned()));
                    header.columns.push(SheetColumn::Refused);
                }
                Some(field) => header.columns.push(SheetColumn::Field(field)),
                None if written.is_empty() => header.columns.push(SheetColumn::Unnamed),
                None => {
                    findings.add(header.unknown(form, written, &refuse));
                    header.columns.push(SheetColumn::Refused);
                }
            }
        }
        header
    }

    /// The column of the sheet that holds a field.
    pub fn column_of(&self, field: usize) -> Option<u32> {
        let column = self.columns.iter().position(|column| *column == SheetColumn::Field(field))?;
        u32::try_from(column).ok()
    }

    fn target_of(&mut self, form: &Form, written: &str) -> Option<usize> {
        let wanted = plain(written);
        if wanted.is_empty() {
            return None;
        }
        let file = form.schema.file();
        let known = self.fields.iter().position(|field| is_called(field, file, &wanted));
        known.or_else(|| {
            let name = written.trim().to_lowercase();
            let is_free = file.free_columns && is_free_name(&name);
            is_free.then(|| {
                self.fields.push(free_field(&name));
                self.fields.len() - 1
            })
        })
    }

    fn unknown(&self, form: &Form, written: &str, refuse: &dyn Fn(&str, String) -> Finding) -> Finding {
        let known = || self.fields.iter().map(|field| field.header.as_str());
        let near = nearest(written, known());
        let near = near.map_or(String::new(), |near| format!("did you mean {near:?}? "));
        if form.schema.table == "customers" && written.to_lowercase().starts_with("tariff:") {
            return refuse("is no category of products", format!("{near}add a product of this category first"));
        }
        let own = if form.schema.file().free_columns { "; columns of your own begin with x_" } else { "" };
        refuse("is no column of this form", format!("{near}`tollbook template` writes the columns that there are{own}"))
    }
}

/// Does a row of words look like the header of this form: is at least one of them a column of it?
pub fn is_header(form: &Form, words: &[String]) -> bool {
    let file = form.schema.file();
    let is_known = |word: &String| form.fields.iter().any(|field| is_called(field, file, &plain(word)));
    words.iter().filter(|word| !word.is_empty()).any(is_known)
}

/// Is this, in plain letters, the header of a field or the name that the book has for its column?
fn is_called(field: &Field, file: &FileSchema, wanted: &str) -> bool {
    plain(&field.header) == wanted
        || matches!(field.target, Target::Column(place) if plain(file.columns[place].name) == wanted)
}

/// `x_` and small letters, digits or `_` (K9).
fn is_free_name(name: &str) -> bool {
    let own = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.strip_prefix("x_").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(own))
}

/// In small letters, with single blanks, without the star that marks a required column.
fn plain(text: &str) -> String {
    let text = text.trim().trim_end_matches('*').to_lowercase().replace('_', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
