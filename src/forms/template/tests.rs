//! What goes out with data comes back without a difference; texts of all sorts stay what they are.

use std::path::Path;

use super::*;
use crate::book::{DEFAULT_SETTINGS, TableRow, Tables, parse_settings, read_folder};
use crate::domain::telephone::NumberRules;
use crate::forms::kinds::Kind;
use crate::forms::{Asked, FormImport, Mode, Source, forms_of};

fn full_book() -> Tables {
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/full_book")).expect("sound")
}

/// The form with data, as a workbook and as CSV, imported again: what it finds, and the cells that differ.
fn come_back(kind: Kind, tables: &Tables) -> Vec<String> {
    let settings = parse_settings(DEFAULT_SETTINGS).expect("sound");
    let (wanted, scratch) = (Wanted::default(), tempfile::tempdir().expect("a folder"));
    let forms = forms_of(kind, tables, &settings);
    let data = || Content::Data(forms.iter().map(|form| rows_of(form, tables, &wanted)).collect());
    let written =
        [workbook(kind, &forms, data(), scratch.path()).expect("a workbook"), csv(&forms, data()).expect("a file")];
    let came_back = written.iter().map(|bytes| {
        let source = Source::open("form.csv", bytes).expect("readable");
        let numbers = NumberRules::of_country("44");
        let asked = Asked { kind, mode: Mode::Update, sheet: None, numbers, settings: &settings };
        let import = FormImport::read(&source, &asked, tables.clone()).expect("readable");
        let findings = import.findings.all().iter().map(|finding| format!("{finding:?}"));
        findings.chain(import.differences().map(|difference| format!("{difference:?}"))).collect::<Vec<_>>()
    });
    came_back.flatten().collect()
}

#[test]
fn the_full_book_comes_back_as_it_was() {
    let tables = full_book();
    for kind in [Kind::Customers, Kind::Clis, Kind::Products, Kind::Charges] {
        assert_eq!(come_back(kind, &tables), Vec::<String>::new(), "{}", kind.name());
    }
}

/// Sheets without rows are sheets: they are read again, and nothing is in them.
#[test]
fn nothing_comes_back_as_nothing() {
    let mut tables = full_book();
    for name in ["charges", "charge_prices", "product_prices"] {
        tables.get_mut(name).rows.clear();
    }
    let found = come_back(Kind::Charges, &tables);
    assert!(found.len() == 2 && found.iter().all(|line| line.contains("has a header and no rows")), "{found:?}");
    assert_eq!(come_back(Kind::Products, &tables), Vec::<String>::new());
}

/// Names that spreadsheets would like to calculate, count, date or cut.
#[test]
fn texts_stay_texts() {
    let mut tables = full_book();
    let customers = tables.get_mut("customers");
    let place = |column: &str| customers.schema.position(column).expect("a column");
    let (account, name, reference, telephone) =
        (place("account"), place("name"), place("reference"), place("telephone"));
    let pattern = customers.rows[0].cells.clone();
    let texts = [
        "=1+1",
        "+44 20 7946 0000",
        "-5",
        "@SUM(A1)",
        "007",
        "1E5",
        "2026-03-05",
        "3/4",
        "TRUE",
        "'quoted",
        "a,b\"c\"",
        "x\ny",
        "_x0041_",
        "&lt;b&gt; & <c>",
        "Ünïcode 😀",
        "12345678901234567890",
        "#REF!",
        "N/A",
        "(blank)",
        "[1]",
        "a\tb",
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let mut cells = pattern.clone();
        cells.set(account, Some(&format!("Z{number:03}")));
        cells.set(name, Some(text));
        let in_one_line = text.replace(['\n', '\t'], " ");
        cells.set(reference, Some(&format!("{in_one_line}.{number}")));
        cells.set(telephone, Some("020 7946 0018"));
        customers.rows.push(TableRow { line: 0, cells });
    }
    customers.sort();
    assert_eq!(come_back(Kind::Customers, &tables), Vec::<String>::new());
}

#[test]
fn only_rows_that_are_wanted_go_out() {
    let tables = full_book();
    let settings = parse_settings(DEFAULT_SETTINGS).expect("sound");
    let count = |kind: Kind, wanted: &Wanted| {
        let forms = forms_of(kind, &tables, &settings);
        rows_of(&forms[0], &tables, wanted).count()
    };
    let of_tariff = |tariff: &str| Wanted { tariff: Some(tariff.to_owned()), ..Wanted::default() };
    let all = count(Kind::Tariff, &Wanted::default());
    assert_eq!(count(Kind::Tariff, &of_tariff("base")) + count(Kind::Tariff, &of_tariff("child")), all);
    assert!(count(Kind::Tariff, &of_tariff("base")) < all);
    let tagged =
        |tags: &[&str]| Wanted { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..Wanted::default() };
    assert_eq!(count(Kind::Customers, &tagged(&["food"])), 1);
    assert_eq!(count(Kind::Customers, &tagged(&["none", "north"])), 1);
    assert_eq!(count(Kind::Customers, &tagged(&["nor"])), 0);
    let grouped = Wanted { group: Some("own".into()), ..Wanted::default() };
    assert_eq!(count(Kind::Customers, &grouped), 1);
}
