//! A layout and a file's header → the column of each field in this file. Reads no record.

use std::ops::RangeInclusive;

use super::layout::{Field, Layout, Place};
use super::refusal::FileRefusal;

/// Where each field stands in the records of one file.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    indexes: [Option<usize>; Field::COUNT],
    header: Vec<String>,
    /// How many columns a record may have.
    pub count: RangeInclusive<usize>,
}

impl Columns {
    /// By the numbers in the layout; `header` is empty where the file has none.
    pub fn by_position(layout: &Layout, header: Vec<String>) -> Self {
        let mut columns = Self::empty(layout, header);
        for (field, place) in &layout.places {
            if let Place::Position(index) = place {
                columns.indexes[*field as usize] = Some(*index);
            }
        }
        columns
    }

    /// By the words of the header, which stands on physical line `line`. All that is missing is named at once.
    pub fn by_names(layout: &Layout, header: Vec<String>, file: &str, line: u64) -> Result<Self, FileRefusal> {
        let mut columns = Self::empty(layout, header);
        let (mut missing, mut is_used) = (Vec::new(), vec![false; columns.header.len()]);
        for (field, place) in &layout.places {
            let Place::Names(names) = place else { continue };
            let is_meant = |word: &String| names.iter().any(|name| same_word(name, word));
            let found: Vec<usize> =
                (0..columns.header.len()).filter(|index| is_meant(&columns.header[*index])).collect();
            match found[..] {
                [] if layout.optional.contains(field) => {}
                [] => missing.push(names.join(" or ")),
                [index] => {
                    columns.indexes[*field as usize] = Some(index);
                    is_used[index] = true;
                }
                [first, second, ..] => {
                    let reason = format!("the header names it twice, in columns {} and {}", first + 1, second + 1);
                    let hint = "ask the supplier which one counts, and take the other one out";
                    return Err(FileRefusal::new(file, reason, hint).on_line(line).in_column(&columns.header[second]));
                }
            }
        }
        if !missing.is_empty() {
            return Err(lacking(layout, &columns.header, &missing, file, line));
        }
        match is_used.iter().position(|used| !used) {
            Some(index) if layout.refuses_unknown_columns => {
                let hint = "columns that the layout does not know are refused; correct the word or take the column out";
                let column = format!("{} ({:?})", index + 1, columns.header[index]);
                Err(FileRefusal::new(file, "the layout knows no such column", hint).on_line(line).in_column(column))
            }
            _ => Ok(columns),
        }
    }

    fn empty(layout: &Layout, header: Vec<String>) -> Self {
        let count = layout.column_count.clone().unwrap_or(header.len()..=header.len());
        Self { indexes: [None; Field::COUNT], header, count }
    }

    /// The index of a field's column, if the file has it.
    pub fn index(&self, field: Field) -> Option<usize> {
        self.indexes[field as usize]
    }

    /// What a message calls a field's column: its header word, else its number and field.
    pub fn label(&self, field: Field) -> String {
        match self.index(field) {
            Some(index) => match self.header.get(index).filter(|word| !word.is_empty()) {
                Some(word) => word.clone(),
                None => format!("{} ({})", index + 1, field.name()),
            },
            None => field.name().to_owned(),
        }
    }

    /// What a message calls the column of an index.
    pub fn label_at(&self, index: usize) -> String {
        let field = Field::all().find(|field| self.index(*field) == Some(index));
        match (self.header.get(index).filter(|word| !word.is_empty()), field) {
            (None, Some(field)) => self.label(field),
            (Some(word), _) => word.clone(),
            (None, None) => (index + 1).to_string(),
        }
    }

    /// How many columns are expected, in words.
    pub fn expected_count(&self) -> String {
        let (least, most) = (self.count.start(), self.count.end());
        if least == most { least.to_string() } else { format!("{least} to {most}") }
    }
}

/// The refusal of a header without columns that every record needs.
fn lacking(layout: &Layout, header: &[String], missing: &[String], file: &str, line: u64) -> FileRefusal {
    let columns = if missing.len() == 1 { "a column" } else { "columns" };
    let reason = format!("the header lacks {columns} that layout {} needs: {}", layout.name(), missing.join(", "));
    let other_mark = |word: &String| [';', '\t', '|', ','].into_iter().find(|mark| word.contains(*mark));
    let hint = match header {
        // One word with marks in it: the line was not cut where it should be.
        [word] if other_mark(word).is_some() => {
            let mark = other_mark(word).unwrap_or_default();
            format!("there seems to be {mark:?} between its columns, where the layout says another mark")
        }
        _ => format!("the header has: {}; is this the right layout?", header.join(", ")),
    };
    FileRefusal::new(file, reason, hint).on_line(line)
}

fn same_word(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}
