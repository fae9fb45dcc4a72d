//! `import tariff`: a rate sheet of somebody else, or a filled template → rows of a tariff, compared with those in force,
//! through the ledger.

mod options;
mod refusal;
mod report;
mod workbook;

use std::path::Path;

pub use options::RateSheet;

use options::Unit;
use refusal::SheetFile;
use workbook::ChosenSheet;

use super::{Global, book::write_rows, form::refuse_file};
use crate::book::{self, BookError, Tables, nearest};
use crate::domain::book::Book;
use crate::domain::money::Currency;
use crate::domain::time::Date;
use crate::error::{Error, Result};
use crate::files::workbook::{Content, Refused, content_of};
use crate::forms::{Source, Unreadable};
use crate::ledger::{ApplyMode, LedgerWriter};
use crate::pipeline::find_supplier;
use crate::tariffs::differences::{NewVersion, compare, first_of_all};
use crate::tariffs::sheets::{Declared, Format, KnownNames, Recognised, Sheet, SheetError, Target};
use crate::workspace::{Workspace, refuse_book, stored_tables};

impl RateSheet {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let file = self.file.display().to_string();
        let bytes = read_file(&self.file)?;
        let declared = self.declared(&workspace);
        let (recognised, chosen) = self.recognise(&file, &bytes, &declared)?;
        let place = SheetFile {
            file: &file,
            sheet: chosen.as_ref().map(|chosen| chosen.name.as_str()),
            delimiter: recognised.delimiter(),
        };
        self.check_options(recognised.format)?;
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let mut tables = workspace.tables(&ledger)?;
        let mut additions = Tables::new();
        let created = self.add_tariff(&tables, &workspace, &mut additions)?;
        let target = self.target(&tables, &additions, &workspace, &self.tariff, recognised.format)?;
        let costs_to = self.wholesale(&tables, &workspace, &target, recognised.format)?;
        let names = match recognised.format {
            Format::Classic => self.known_names(&tables, &workspace)?,
            _ => KnownNames::default(),
        };
        let mut sheet = recognised.read(&target, costs_to.as_ref(), &declared, &names);
        sheet.refuse_uncertain_days(&file, tables.get("rates"), &target.code);
        if let Some(chosen) = &chosen {
            sheet.warnings.splice(0..0, chosen.warnings(sheet.header_line));
        }
        let day = self.day(&sheet)?;
        let compared = |code: &str, rows| {
            let whole_destinations = recognised.format.states_whole_destinations();
            compare(tables.get("rates"), code, &NewVersion { rows, whole_destinations, day, full: self.full })
        };
        let mut found = vec![(target.code.clone(), compared(&target.code, &sheet.rows))];
        found.extend(costs_to.map(|costs_to| (costs_to.code.clone(), compared(&costs_to.code, &sheet.costs))));
        let rows = found.iter().flat_map(|(_, differences)| differences.rows.iter().cloned());
        additions.get_mut("rates").rows = rows.collect();
        tables.merge(additions.clone());
        check(&place, &mut sheet, &tables, &workspace);
        if let Some(copy) = &self.annotate {
            place.write_copy(&self.file, &bytes, copy, &sheet, &tables, &workspace)?;
        }
        if !sheet.errors.is_empty() {
            return Err(place.refuse(global, &sheet)?);
        }
        write(&mut ledger, &additions, &workspace, global.dry_run)?;
        let facts = report::Facts { place, format: recognised.format, created };
        report::show(global, &facts, &sheet, &found, self.all)
    }

    /// Finds the header: of a text, or of the sheet of a workbook that is meant.
    fn recognise<'b>(
        &self,
        file: &'b str,
        bytes: &'b [u8],
        declared: &Declared,
    ) -> Result<(Recognised<'b>, Option<ChosenSheet>)> {
        let refuse = |what: Refused| refuse_file(file, &Unreadable { line: 0, reason: what.reason, hint: what.hint });
        let place = |sheet| SheetFile { file, sheet, delimiter: None };
        match content_of(bytes) {
            Content::Other(what) => Err(refuse(what)),
            Content::Text if self.sheet.is_some() => {
                let message = format!("{file} is a text, which has no sheets");
                Err(Error::refused(message, "leave --sheet out, or name a workbook"))
            }
            Content::Text => {
                let found = Recognised::find(file, bytes, declared);
                found.map(|found| (found, None)).map_err(|unknown| place(None).refuse_unrecognised(*unknown))
            }
            Content::Archive => {
                let source = Source::open(file, bytes).map_err(|bad| refuse_file(file, &bad))?;
                let mut chosen = ChosenSheet::read(file, &source, self.sheet.as_deref())?;
                let found = Recognised::find_in_rows(file, std::mem::take(&mut chosen.rows), declared);
                match found {
                    Ok(found) => Ok((found, Some(chosen))),
                    Err(unknown) => Err(place(Some(&chosen.name)).refuse_unrecognised(*unknown)),
                }
            }
        }
    }

    /// The row of a tariff that is to be made. One that is there already must be what is asked for.
    fn add_tariff(&self, tables: &Tables, workspace: &Workspace, additions: &mut Tables) -> Result<bool> {
        let Some(unit) = self.unit.filter(|_| self.creation.create) else { return Ok(false) };
        let unit = if unit == Unit::Minor { "minor" } else { "major" };
        let currency = self.creation.currency.unwrap_or(workspace.settings.currency);
        let asked = [
            ("tariff", Some(self.tariff.as_str())),
            ("parent", self.creation.parent.as_deref()),
            ("currency", Some(currency.code())),
            ("unit", Some(unit)),
        ];
        let there = TariffRow::find(tables, &self.tariff);
        if let Some(there) = there {
            let own = workspace.settings.currency;
            let parent = self.creation.parent.as_deref().filter(|parent| there.cell("parent") != Some(*parent));
            if there.currency(own) != self.creation.currency.unwrap_or(there.currency(own)) || parent.is_some() {
                let message = format!("the tariff {:?} is there already, with another currency or parent", self.tariff);
                return Err(Error::refused(message, "leave --create out to import into it, or name another tariff"));
            }
            return Ok(false);
        }
        if let Some(parent) = self.creation.parent.as_deref().filter(|parent| TariffRow::find(tables, parent).is_none())
        {
            return Err(unknown_tariff(tables, parent));
        }
        let canonical = book::canonical_cell(book::CellKind::Code, &self.tariff, &workspace.number_rules());
        if canonical.as_ref().ok().and_then(Option::as_deref) != Some(self.tariff.as_str()) {
            let message = format!("{:?} is no code of a tariff", self.tariff);
            return Err(Error::refused(message, "letters and digits without blanks around them"));
        }
        let table = additions.get_mut("tariffs");
        let cell =
            |name: &str| asked.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.map(str::to_owned));
        let cells = table.column_names().map(cell).collect();
        table.rows.push(book::TableRow { line: 0, cells });
        Ok(true)
    }

    fn target(
        &self,
        tables: &Tables,
        additions: &Tables,
        workspace: &Workspace,
        code: &str,
        format: Format,
    ) -> Result<Target> {
        let row = TariffRow::find(additions, code).or_else(|| TariffRow::find(tables, code));
        let Some(row) = row else { return Err(unknown_tariff(tables, code)) };
        let minor = row.cell("unit") == Some("minor");
        let sheet_minor = self.unit.map_or(minor, |unit| unit == Unit::Minor);
        if format == Format::Rates && sheet_minor != minor {
            let message =
                format!("a sheet of the columns of rates.csv states prices in the unit of its tariff, {code}");
            return Err(Error::refused(message, "leave --unit out"));
        }
        Ok(Target {
            code: code.to_owned(),
            currency: row.currency(workspace.settings.currency),
            minor,
            sheet_minor,
            minimum_is_minor: format == Format::Classic,
        })
    }

    /// The tariff of the cost columns. The sheet has one unit, whatever the tariffs have.
    fn wholesale(
        &self,
        tables: &Tables,
        workspace: &Workspace,
        sold: &Target,
        format: Format,
    ) -> Result<Option<Target>> {
        let Some(code) = &self.classic.wholesale else { return Ok(None) };
        if *code == self.tariff {
            let message = format!("{code:?} is both the tariff and the wholesale tariff");
            return Err(Error::refused(message, "name two tariffs"));
        }
        let target = self.target(tables, &Tables::new(), workspace, code, format)?;
        if sold.currency != target.currency {
            let message =
                format!("the tariff {} is in {}, {code} in {} (X7)", sold.code, sold.currency, target.currency);
            return Err(Error::refused(message, "name a wholesale tariff of the sheet's currency"));
        }
        Ok(Some(Target { sheet_minor: sold.sheet_minor, ..target }))
    }

    /// What destinations of a classic sheet may be, with the default plan's call types; and are its bands declared?
    fn known_names(&self, tables: &Tables, workspace: &Workspace) -> Result<KnownNames> {
        let book = book::compile(tables, &workspace.settings).map_err(|errors| refuse_book(&errors))?;
        self.check_bands(&book)?;
        let mut names = KnownNames::default();
        if let Some(code) = &self.classic.supplier {
            let supplier = find_supplier(&book, code)?;
            let bands = book.charge_bands.iter().filter(|band| band.supplier == supplier);
            names.bands = bands.map(|band| band.band.clone()).collect();
        }
        let call_type =
            |call_type: &crate::domain::price_book::CallType| (call_type.code.clone(), call_type.description.clone());
        names.call_types = book.call_types.iter().map(call_type).collect();
        Ok(names)
    }

    fn check_bands(&self, book: &Book) -> Result<()> {
        let unknown = self.classic.bands.iter().find(|band| !book.band_names.contains(band));
        unknown.map_or(Ok(()), |band| {
            let hint = format!("name three with --bands; there are: {}", book.band_names.join(", "));
            Err(Error::refused(format!("the book has no time band {band:?}"), hint))
        })
    }

    /// The day that is asked what is in force and not named. A full version has one day.
    fn day(&self, sheet: &Sheet) -> Result<Date> {
        let place = Tables::new().get("rates").schema.position("from").unwrap_or_default();
        let day = |row: &book::TableRow| row.cells.get(place).map_or_else(|| Some(first_of_all()), Date::parse);
        let days = sheet.rows.iter().filter_map(day);
        let (first, last) = days.fold((None, None), |(first, last): (Option<Date>, Option<Date>), day| {
            (Some(first.map_or(day, |first| first.min(day))), last.max(Some(day)))
        });
        let first = self.from.or(first);
        if self.full && self.from.is_none() && first != last {
            let message = "the sheet's rates begin on several days: from which day does what it does not name end?";
            return Err(Error::refused(message, "name one with --from, or leave --full out"));
        }
        // Without a row there are errors, and nothing is compared.
        Ok(first.or(Date::new(2000, 1, 1)).expect("a date of the calendar"))
    }
}

/// A tariff's row.
struct TariffRow<'t> {
    table: &'t book::Table,
    row: &'t book::TableRow,
}

impl<'t> TariffRow<'t> {
    fn find(tables: &'t Tables, code: &str) -> Option<Self> {
        let table = tables.get("tariffs");
        let row = table.rows.iter().find(|row| row.cells.get(0) == Some(code))?;
        Some(Self { table, row })
    }

    fn cell(&self, name: &str) -> Option<&'t str> {
        self.row.cells.get(self.table.schema.position(name)?)
    }

    fn currency(&self, own: Currency) -> Currency {
        self.cell("currency").and_then(Currency::parse).unwrap_or(own)
    }
}

fn unknown_tariff(tables: &Tables, code: &str) -> Error {
    let known: Vec<&str> = tables.get("tariffs").rows.iter().filter_map(|row| row.cells.get(0)).collect();
    let near = nearest(code, known.iter().copied()).map_or(String::new(), |near| format!("did you mean {near:?}? "));
    let hint = format!("{near}there are: {}; a new one is made with --create --unit major or minor", known.join(", "));
    Error::refused(format!("the book has no tariff {code:?}"), hint)
}

fn read_file(path: &Path) -> Result<Vec<u8>> {
    let metadata = std::fs::metadata(path).map_err(|error| Error::unreadable(path, &error))?;
    if !metadata.is_file() {
        let message = format!("{}: is not a file", path.display());
        return Err(Error::refused(message, "name a file; what comes through a pipe must be saved first"));
    }
    std::fs::read(path).map_err(|error| Error::unreadable(path, &error))
}

/// The book as it would become must be sound: adds what is wrong with it. Errors of rows of the sheet name the sheet.
fn check(place: &SheetFile<'_>, sheet: &mut Sheet, tables: &Tables, workspace: &Workspace) {
    if let Err(errors) = book::compile(tables, &workspace.settings) {
        let of_sheet = |error: &BookError| error.line > 0 && error.file == "rates.csv";
        let only_sheet = !sheet.errors.is_empty();
        let errors = errors.into_iter().filter(|error| !only_sheet || of_sheet(error));
        let named = errors.map(|error| match of_sheet(&error) {
            true => SheetError {
                place: sheet.column_of(&error.column),
                error: BookError { file: place.file.to_owned(), ..error },
            },
            false => error.into(),
        });
        let named: Vec<SheetError> = named.collect();
        sheet.errors.extend(named);
        sheet.errors.sort_by_key(|error| error.line);
    }
}

fn write(ledger: &mut LedgerWriter, additions: &Tables, workspace: &Workspace, dry_run: bool) -> Result<()> {
    let changed = stored_tables(additions).into_iter().filter(|table| !table.rows.is_empty());
    write_rows(ledger, workspace, &changed.collect::<Vec<_>>(), ApplyMode::Upsert, dry_run).map(drop)
}
