//! Templates that are filled in by programs other than ours are taken as they were meant: by openpyxl, by LibreOffice
//! into which it is typed, by LibreOffice that saves what openpyxl wrote.
//!
//! What LibreOffice has typed and saved is among the fixtures too (`forms/KIND-libreoffice.xlsx`), so that it is read
//! where there is no LibreOffice. `UPDATE_EXPECTED=1` writes them anew where there is one.

use std::path::Path;

use serde_json::Value;
use tollbook::book::{DEFAULT_SETTINGS, parse_settings, read_folder};
use tollbook::forms::forms_of;
use tollbook::forms::kinds::Kind;

use super::office::{Office, office};
use super::rows::{Filled, all};
use super::shop::{Shop, fill_form, openpyxl, tariff_options};
use crate::program::fixture;

/// Imports a filled form into a workspace that has the fixture book; it is taken without a complaint.
fn is_taken(filled: &Filled, file: &Path, where_from: &str) {
    let shop = Shop::with_book(&fixture("book"));
    let options = tariff_options(filled.tariff());
    let import = [&["import", filled.kind, file.to_str().unwrap()][..], &options].concat();
    let before = shop.files();
    let said = shop.run(&[&import[..], &["--dry-run", "--json"]].concat()).done().out;
    let said: Value = serde_json::from_str(&said).unwrap();
    let warnings = said["warnings"].as_array().is_none_or(Vec::is_empty);
    assert!(warnings, "{where_from}: {said:#}");
    assert!(shop.files() == before, "{where_from}: a dry run changed something");
    shop.run(&import).done();
    filled.is_in(&shop, where_from);
    shop.run(&["verify"]).done();
}

/// An empty form of a workspace with the fixture book.
fn empty_form(kind: &str, folder: &Path) -> String {
    let out = folder.join(format!("{kind}.xlsx")).to_str().unwrap().to_owned();
    Shop::with_book(&fixture("book")).run(&["template", kind, &out]).done();
    out
}

/// The same, filled in by openpyxl.
fn filled_by_openpyxl(python: &str, filled: &Filled, folder: &Path) -> String {
    let template = empty_form(filled.kind, folder);
    let (out, rows) = (folder.join(format!("{}-filled.xlsx", filled.kind)), folder.join("rows.json"));
    std::fs::write(&rows, filled.rows.to_string()).unwrap();
    fill_form(python, &["fill", &template, out.to_str().unwrap(), rows.to_str().unwrap()]);
    out.to_str().unwrap().to_owned()
}

#[test]
fn what_openpyxl_fills_in_is_taken() {
    let Some(python) = openpyxl("forms filled by openpyxl") else { return };
    let folder = tempfile::tempdir().unwrap();
    for filled in all() {
        let file = filled_by_openpyxl(&python, &filled, folder.path());
        is_taken(&filled, Path::new(&file), &format!("{} by openpyxl", filled.kind));
    }
}

#[test]
fn what_libreoffice_has_typed_is_taken() {
    for filled in all() {
        let name = format!("{}-libreoffice.xlsx", filled.kind);
        is_taken(&filled, &fixture("forms").join(&name), &name);
    }
}

#[test]
fn what_is_typed_into_libreoffice_now_is_taken() {
    let Some(office) = office("forms typed into LibreOffice") else { return };
    let folder = tempfile::tempdir().unwrap();
    for filled in all() {
        let template = empty_form(filled.kind, folder.path());
        let saved = folder.path().join(format!("{}-libreoffice.xlsx", filled.kind));
        office.type_in(Path::new(&template), &saved, &typed(&filled));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::create_dir_all(fixture("forms")).unwrap();
            std::fs::copy(&saved, fixture("forms").join(saved.file_name().unwrap())).unwrap();
        }
        is_taken(&filled, &saved, &format!("{} typed into LibreOffice", filled.kind));
    }
}

/// Through the format of its own and back.
#[test]
fn what_libreoffice_saves_of_openpyxl_is_taken() {
    let what = "forms filled by openpyxl and saved by LibreOffice";
    let (Some(python), Some(office)) = (openpyxl(what), office(what)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let forms = all();
    let files: Vec<String> = forms.iter().map(|form| filled_by_openpyxl(&python, form, folder.path())).collect();
    let resaved = resaved(&office, &files, folder.path());
    for (filled, [plain, through_ods]) in forms.iter().zip(resaved) {
        is_taken(filled, Path::new(&plain), &format!("{} saved by LibreOffice", filled.kind));
        is_taken(filled, Path::new(&through_ods), &format!("{} through .ods", filled.kind));
    }
}

/// Files saved as .xlsx, and saved as .ods and that as .xlsx.
pub(super) fn resaved(office: &Office, files: &[String], folder: &Path) -> Vec<[String; 2]> {
    let plain = office.convert(files, "xlsx", &folder.join("plain"));
    let ods = office.convert(files, "ods", &folder.join("ods"));
    let through_ods = office.convert(&ods, "xlsx", &folder.join("through"));
    plain.into_iter().zip(through_ods).map(|(plain, through)| [plain, through]).collect()
}

/// What is typed where: below the example row, days as ISO dates, numbers with a point.
fn typed(filled: &Filled) -> Vec<[String; 3]> {
    const FIRST_ROW: usize = 3;
    let tables = read_folder(&fixture("book")).unwrap();
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == filled.kind).unwrap();
    let forms = forms_of(kind, &tables, &parse_settings(DEFAULT_SETTINGS).unwrap());
    let mut typed = Vec::new();
    for (sheet, rows) in filled.rows.as_object().unwrap() {
        let form = forms.iter().find(|form| form.schema.sheet == sheet).unwrap();
        for (row, cells) in (FIRST_ROW..).zip(rows.as_array().unwrap()) {
            for (header, value) in cells.as_object().unwrap() {
                let place = form.fields.iter().position(|field| field.header == *header);
                let column = letters(place.unwrap_or_else(|| panic!("{sheet} has no {header}")));
                let text = value.get("day").or(value.get("text")).unwrap_or(value);
                let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
                // One line of the list for each cell: a line break cannot be typed so.
                typed.push([sheet.clone(), format!("{column}{row}"), text.replace('\n', "\u{b6}")]);
            }
        }
    }
    typed
}

fn letters(column: usize) -> String {
    let letter = |place: usize| char::from(b'A' + u8::try_from(place).unwrap());
    match column / 26 {
        0 => letter(column).to_string(),
        first => [letter(first - 1), letter(column % 26)].iter().collect(),
    }
}
