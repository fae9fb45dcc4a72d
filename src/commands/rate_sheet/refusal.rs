//! What is wrong with a rate sheet → a refusal that names every place: of a text by line, of a workbook by sheet, row and
//! cell. Decides nothing.

use crate::error::{Error, counted};
use crate::files::workbook::letters;
use crate::forms::kinds::Kind;
use crate::forms::other_kind_hint;
use crate::tariffs::sheets::{SheetError, Unrecognised};

/// What errors call a sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct SheetFile<'f> {
    /// The file.
    pub file: &'f str,
    /// The sheet, if the file is a workbook.
    pub sheet: Option<&'f str>,
}

impl SheetFile<'_> {
    /// All that is wrong, as one refusal.
    pub(super) fn refuse(&self, errors: &[SheetError]) -> Error {
        let lines: Vec<String> = errors.iter().map(|error| self.in_words(error)).collect();
        let count = counted(errors.len() as u64, "error");
        Error::refused(format!("{} has {count}; nothing was changed\n{}", self.file, lines.join("\n")), "")
    }

    /// No header was found: is it a form of another kind?
    pub(super) fn refuse_unrecognised(&self, unknown: Unrecognised) -> Error {
        let Unrecognised { mut error, words } = unknown;
        if let Some(hint) = other_kind_hint(&words, Kind::Tariff) {
            error.hint = format!("{hint}; else {}", error.hint);
        }
        self.refuse(&[error.into()])
    }

    /// `deck.xlsx, sheet "Rates", row 7, cell C7, column Rate, "x": is not a plain number — 0.0125`.
    fn in_words(&self, error: &SheetError) -> String {
        let Some(sheet) = self.sheet.filter(|_| error.file == self.file) else { return error.error.to_string() };
        let place = match (error.line, error.place.and_then(|place| u32::try_from(place).ok())) {
            (0, _) => String::new(),
            (line, None) => format!(", row {line}"),
            (line, Some(place)) => format!(", row {line}, cell {}{line}", letters(place)),
        };
        let mut without_line = error.error.clone();
        without_line.file = format!("{}, sheet {sheet:?}{place}", self.file);
        without_line.line = 0;
        without_line.to_string()
    }
}
