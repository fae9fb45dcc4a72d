//! What holds of forms whatever is in them: rows of any sound cells come back as they were written, as a workbook and as CSV;
//! whatever nonsense is in the cells, reading ends, and says so.

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};

use super::kinds::{CLEAR_WORD, EXAMPLE_MARK, Kind};
use super::template::{Content, Rows, csv, workbook};
use super::{Asked, Field, Findings, Form, FormImport, Mode, Place, Severity, Source, forms_of, read_filled};
use crate::book::{CellKind, DEFAULT_SETTINGS, TableRow, Tables, canonical_cell, parse_settings, read_folder};
use crate::domain::book::Settings;
use crate::domain::cells::Cells;
use crate::domain::telephone::NumberRules;
use crate::forms::kinds::Nature;

fn numbers() -> NumberRules {
    NumberRules::of_country("44")
}

fn settings() -> Settings {
    parse_settings(DEFAULT_SETTINGS).expect("the shipped settings are sound")
}

/// The book of the fixtures, with free columns and categories.
fn tables() -> Tables {
    let book = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/book");
    read_folder(&book).expect("the fixture is sound")
}

/// What a person, or another program, may have put into the book: the canonical text, none if the raw one is refused.
fn cell_of(field: &Field) -> BoxedStrategy<Option<String>> {
    let (kind, nature) = (field.kind, field.nature);
    let canonical = move |raw: String| canonical_cell(kind, &raw, &numbers()).ok().flatten();
    raw_of(kind, nature).prop_map(move |raw| canonical(raw).filter(|text| survives(text))).boxed()
}

/// The words of forms mean something else; blanks that are none and letters that nobody sees are not kept by forms.
fn survives(text: &str) -> bool {
    let is_odd =
        |c: char| !c.is_ascii() && c.is_whitespace() || ('\u{200b}'..='\u{206f}').contains(&c) || c == '\u{feff}';
    !text.eq_ignore_ascii_case(CLEAR_WORD) && !text.ends_with(EXAMPLE_MARK) && !text.contains(is_odd)
}

fn raw_of(kind: CellKind, nature: Nature) -> BoxedStrategy<String> {
    let of =
        |words: &[&str]| prop::sample::select(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).boxed();
    match kind {
        CellKind::Text if nature == Nature::Telephone => "(0|\\+)[0-9]{3} [0-9]{3,8}".boxed(),
        CellKind::Text => prop_oneof![
            "[ -~]{0,30}",
            "\\PC{0,12}",
            "[a-z\"',;\t\n]{0,20}",
            "[=+@-][A-Z0-9()]{1,8}",
            "0[0-9]{1,20}",
            "_x[0-9A-F]{4}_",
            "[0-9]{1,3}E[+]?[0-9]{1,2}",
            "<[a-z&;#0-9]{1,9}>"
        ]
        .boxed(),
        CellKind::Word(words) | CellKind::WordRefusing(words, _) => of(words),
        CellKind::Flag => of(&["y", "n"]),
        CellKind::Decimal(places, _) => {
            let scales = 10_i64.pow(places);
            (any::<bool>(), 0..1_000_000_i64, 0..scales, any::<bool>())
                .prop_map(move |(minus, whole, part, is_large)| {
                    let whole = if is_large { whole * 999_983 } else { whole % 1_000 };
                    format!("{}{whole}.{part:0width$}", if minus { "-" } else { "" }, width = places as usize)
                })
                .boxed()
        }
        CellKind::Integer(least, most) => (least..=most).prop_map(|number| number.to_string()).boxed(),
        CellKind::Markup => (-1_000_000..100_000_000_i64)
            .prop_map(|number| {
                format!("{}{}.{:04}", if number < 0 { "-" } else { "" }, number.abs() / 10_000, number.abs() % 10_000)
            })
            .boxed(),
        CellKind::Date => (2000..=2100_i32, 1..=12_u32, 1..=31_u32)
            .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
            .boxed(),
        CellKind::Identifier => "(\\+44[1-9][0-9]{8,9}|[A-Z]{2,5}-[0-9A-Z]{1,6})".boxed(),
        CellKind::Identifiers => "[+]44[1-9][0-9]{8,9};[A-Z]{2,5}-[0-9A-Z]{1,6}".boxed(),
        CellKind::Emails => "[a-z]{1,8}@[a-z]{1,8}[.]example(, [a-z]{1,8}@[a-z]{1,8}[.]example)?".boxed(),
        CellKind::Currency => of(&["GBP", "EUR", "USD"]),
        CellKind::Interval => of(&["monthly", "quarterly", "yearly", "daily", "7", "120"]),
        CellKind::Alignment => of(&["anniversary", "calendar:1", "calendar:31"]),
        CellKind::RateMatch => of(&["prefix:+4420", "type:leeds", "class:national", "band:0042", "band:1E5"]),
        CellKind::Steps => of(&["0:0.25:0:3600;3600:0:0.05:60"]),
        CellKind::RoundingTo => of(&["half_up:2", "down:0"]),
        _ => prop_oneof!["[A-Za-z0-9 /&._-]{1,12}", "0[0-9]{1,18}", "[0-9]{1,4}E[0-9]{1,2}", "\\PC{1,8}"].boxed(),
    }
}

/// A row with something in each column that a row needs, and here and there in the others.
fn row_of(form: &Form) -> BoxedStrategy<Cells> {
    let cells: Vec<_> = form
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let cell = cell_of(field);
            // The first column is never blank, so that no row is.
            if at == 0 {
                cell.prop_map(|cell| cell.or_else(|| Some("A".to_owned()))).boxed()
            } else {
                prop_oneof![1 => Just(None), 2 => cell].boxed()
            }
        })
        .collect();
    cells.prop_map(Cells::from).boxed()
}

fn rows_by_form(kind: Kind) -> BoxedStrategy<Vec<Vec<Cells>>> {
    let forms = forms_of(kind, &tables(), &settings());
    let rows: Vec<_> = forms.iter().map(|form| prop::collection::vec(row_of(form), 1..6)).collect();
    rows.boxed()
}

/// The rows of a file's form, with everything that was found about it.
fn read_back(source: &Source<'_>, kind: Kind, at: usize, form: &Form) -> (Vec<Cells>, String) {
    let mut findings = Findings::default();
    let (sheet, name) = source.sheet_of(kind, at, None).expect("the sheet is there");
    let place = Place { sheet: name, is_workbook: source.is_workbook() };
    let filled = read_filled(source, sheet, place, form, &numbers(), &mut findings).expect("readable");
    (filled.rows.into_iter().map(|row| row.cells).collect(), format!("{:?}", findings.all()))
}

fn content(rows: &[Vec<Cells>]) -> Content<'_> {
    Content::Data(rows.iter().map(|rows| Box::new(rows.iter().cloned()) as Rows<'_>).collect())
}

fn survive(kind: Kind, rows: &[Vec<Cells>]) -> Result<(), TestCaseError> {
    let forms = forms_of(kind, &tables(), &settings());
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = workbook(kind, &forms, content(rows), folder.path()).expect("written");
    let source = Source::open("form.xlsx", &bytes).expect("a workbook");
    for (at, (form, expected)) in forms.iter().zip(rows).enumerate() {
        let (found, findings) = read_back(&source, kind, at, form);
        prop_assert_eq!(&found, expected, "{}: {}", form.schema.sheet, findings);
        prop_assert_eq!(findings, "[]");
    }
    let bytes = csv(&forms, content(rows)).expect("written");
    let source = Source::open("form.csv", &bytes).expect("CSV");
    let (found, findings) = read_back(&source, kind, 0, &forms[0]);
    prop_assert_eq!(&found, &rows[0], "{} as CSV: {}", forms[0].schema.sheet, findings);
    prop_assert_eq!(findings, "[]");
    Ok(())
}

/// Something in a cell.
#[derive(Clone, Debug)]
enum Garbage {
    Text(String),
    Number(f64),
    Day(u16),
    Flag(bool),
    Formula(String),
}

fn garbage() -> impl Strategy<Value = Option<Garbage>> {
    const WORDS: [&str; 23] = [
        "A1001",
        "(clear)",
        "(example, ignored)",
        "4.47911E+11",
        "#REF!",
        "31/02/2026",
        "03/04/2026",
        "0",
        "-0",
        "1e999",
        "NORTH",
        "monthly",
        "standard",
        "S",
        "+",
        "@",
        "=1+1",
        "\u{a0}",
        "\u{202e}abc",
        "LINE",
        "2026-02-30",
        "y",
        "''",
    ];
    let some = prop_oneof![
        prop::sample::select(&WORDS[..]).prop_map(|word| Garbage::Text(word.to_owned())),
        "\\PC{0,20}".prop_map(Garbage::Text),
        any::<f64>().prop_filter("a number", |number| number.is_finite()).prop_map(Garbage::Number),
        (-5..3_000_000_i32).prop_map(|number| Garbage::Number(f64::from(number))),
        any::<u16>().prop_map(Garbage::Day),
        any::<bool>().prop_map(Garbage::Flag),
        "[A-Z]{1,3}[0-9]{1,3}".prop_map(Garbage::Formula),
    ];
    prop_oneof![1 => Just(None), 2 => some.prop_map(Some)]
}

fn write_garbage(sheet: &mut Worksheet, form: &Form, rows: &[Vec<Option<Garbage>>]) -> Result<(), XlsxError> {
    sheet.set_name(form.schema.sheet)?;
    for (at, field) in (0_u16..).zip(&form.fields) {
        sheet.write_string(0, at, &field.header)?;
    }
    let date = Format::new().set_num_format("dd/mm/yyyy");
    for (row, cells) in (1..).zip(rows) {
        for ((at, _), cell) in (0_u16..).zip(&form.fields).zip(cells.iter().cycle()) {
            match cell {
                None => continue,
                Some(Garbage::Text(text)) => sheet.write_string(row, at, text)?,
                Some(Garbage::Number(number)) => sheet.write_number(row, at, *number)?,
                Some(Garbage::Day(day)) => {
                    let day = ExcelDateTime::from_serial_datetime(f64::from(*day))?;
                    sheet.write_datetime_with_format(row, at, &day, &date)?
                }
                Some(Garbage::Flag(flag)) => sheet.write_boolean(row, at, *flag)?,
                Some(Garbage::Formula(formula)) => {
                    sheet.write_formula(row, at, Formula::new(formula).set_result("x"))?
                }
            };
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sound_rows_come_back_as_they_were_written(
        customers in rows_by_form(Kind::Customers),
        clis in rows_by_form(Kind::Clis),
        products in rows_by_form(Kind::Products),
        charges in rows_by_form(Kind::Charges),
        rates in rows_by_form(Kind::Tariff),
        payments in rows_by_form(Kind::Payments),
    ) {
        for (kind, rows) in Kind::ALL.into_iter().zip([customers, clis, products, charges, rates, payments]) {
            survive(kind, &rows)?;
        }
    }

    /// Whatever is read: an error has a reason, and a book without errors is one.
    #[test]
    fn garbage_is_refused_or_makes_a_sound_book(
        at in 0..5_usize,
        rows in prop::collection::vec(prop::collection::vec(garbage(), 1..80), 1..6),
        mode in prop::sample::select(vec![Mode::Insert, Mode::Update, Mode::Upsert]),
    ) {
        let (kind, tables, settings) = (Kind::ALL[at], tables(), settings());
        let mut book = Workbook::new();
        for form in forms_of(kind, &tables, &settings) {
            write_garbage(book.add_worksheet(), &form, &rows).expect("written");
        }
        let bytes = book.save_to_buffer().expect("written");
        let source = Source::open("garbage.xlsx", &bytes).expect("a workbook");
        let asked = Asked { kind, mode, sheet: None, numbers: numbers(), settings: &settings };
        let import = FormImport::read(&source, &asked, tables.clone()).expect("readable");
        let errors = import.findings.all().iter().filter(|finding| finding.severity == Severity::Error);
        prop_assert!(errors.clone().all(|error| !error.reason.is_empty() && !error.sheet.is_empty()));
        prop_assert_eq!(errors.count() == 0, import.is_sound());
        if import.is_sound() {
            let (changed, gone) = import.into_rows();
            let mut merged = tables;
            let is_gone = |row: &TableRow| gone.get("customer_tariffs").rows.iter().any(|other| other.cells == row.cells);
            merged.get_mut("customer_tariffs").rows.retain(|row| !is_gone(row));
            merged.merge(changed);
            prop_assert!(crate::book::compile(&merged, &settings).is_ok());
        }
    }
}
