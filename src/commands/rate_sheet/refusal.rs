//! What is wrong with a rate sheet → a refusal that names every place: of a text by line, of a workbook by sheet, row and
//! cell; as findings for machines, and for the copy in which they are marked. Decides nothing.

use std::path::Path;

use crate::book::Tables;
use crate::commands::Global;
use crate::commands::form::{FormFacts, FormReport, refuse_file, write_copy};
use crate::error::{Error, Result, counted};
use crate::files::workbook::letters;
use crate::forms::kinds::Kind;
use crate::forms::{At, Counts, Filled, Findings, Place, Severity, Source, forms_of, other_kind_hint};
use crate::tariffs::sheets::{Sheet, SheetError, Unrecognised};
use crate::workspace::Workspace;

/// What errors call a sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct SheetFile<'f> {
    /// The file.
    pub file: &'f str,
    /// The sheet, if the file is a workbook.
    pub sheet: Option<&'f str>,
    /// What stands between the fields of a text.
    pub delimiter: Option<char>,
}

impl SheetFile<'_> {
    /// All that is wrong, as one refusal; for machines each with its place as well.
    pub(super) fn refuse(&self, global: &Global, sheet: &Sheet) -> Result<Error> {
        if global.json {
            let findings = self.findings(sheet);
            let counts = Counts { rows: sheet.records, ..Counts::default() };
            let facts = FormFacts {
                file: self.file,
                kind: Kind::Tariff,
                mode: "upsert",
                dry_run: global.dry_run,
                notices: Vec::new(),
            };
            let report = FormReport::of_findings(facts, vec![(self.sheet.unwrap_or(self.file), counts)], &findings);
            report.show(global, true)?;
        }
        Ok(self.refusal(&sheet.errors))
    }

    /// No header was found: is it a form of another kind?
    pub(super) fn refuse_unrecognised(&self, unknown: Unrecognised) -> Error {
        let Unrecognised { mut error, words } = unknown;
        if let Some(hint) = other_kind_hint(&words, Kind::Tariff) {
            error.hint = format!("{hint}; else {}", error.hint);
        }
        self.refusal(&[error.into()])
    }

    /// Writes the copy in which all that was found is marked.
    pub(super) fn write_copy(
        &self,
        file: &Path,
        bytes: &[u8],
        copy: &Path,
        sheet: &Sheet,
        tables: &Tables,
        workspace: &Workspace,
    ) -> Result<()> {
        let source = match self.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok()) {
            Some(delimiter) => Source::open_text(self.file, bytes, Some(delimiter)),
            None => Source::open(self.file, bytes),
        };
        let source = source.map_err(|bad| refuse_file(self.file, &bad))?;
        let form = forms_of(Kind::Tariff, tables, &workspace.settings).remove(0);
        let filled = Filled::of_place(self.place());
        write_copy(file, copy, &source, &[(&form, &filled)], &self.findings(sheet))
    }

    /// Errors and warnings, each with its place.
    fn findings(&self, sheet: &Sheet) -> Findings {
        let (place, mut findings) = (self.place(), Findings::default());
        for error in &sheet.errors {
            let of_sheet = error.file == self.file;
            let at = At {
                row: if of_sheet { error.line } else { 0 },
                column: error.place.and_then(|place| u32::try_from(place).ok()),
                header: &error.column,
                value: &error.value,
            };
            let mut finding = place.finding(Severity::Error, at, &error.reason, &error.hint);
            if !of_sheet {
                finding.sheet = format!("the book's {}", error.file.trim_end_matches(".csv"));
            }
            findings.add(finding);
        }
        for warning in &sheet.warnings {
            findings.add(place.finding(Severity::Warning, At::row(warning.line), &warning.text, ""));
        }
        findings.sort(&[place.sheet]);
        findings
    }

    fn place(&self) -> Place {
        Place { sheet: self.sheet.unwrap_or(self.file).to_owned(), is_workbook: self.sheet.is_some() }
    }

    fn refusal(&self, errors: &[SheetError]) -> Error {
        let lines: Vec<String> = errors.iter().map(|error| self.in_words(error)).collect();
        let count = counted(errors.len() as u64, "error");
        Error::refused(format!("{} has {count}; nothing was changed\n{}", self.file, lines.join("\n")), "")
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
