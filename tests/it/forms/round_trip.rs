//! A form with data that is imported again as an update changes nothing, for every kind, as a workbook, as CSV and saved by
//! LibreOffice; after one cell was changed, that is the one difference. In a workspace without these rows they are
//! inserted, and its book is the first one.

use std::path::Path;

use serde_json::Value;

use super::filled::resaved;
use super::office::office;
use super::shop::{Shop, fill_form, openpyxl, tariff_options};
use crate::program::fixture;

/// A form with data: the word of its kind, and of rates the tariff.
type Wanted = (&'static str, &'static str);

/// Every kind with rows of the fixture book: CLIs with several periods, an extension and alternates, product prices for
/// everybody, for a tariff and for a customer, stepped rates, prices of charges, free columns, cost centres.
const OF_BOOK: [Wanted; 9] = [
    ("customers", ""),
    ("clis", ""),
    ("products", ""),
    ("charges", ""),
    ("tariff", "standard"),
    ("tariff", "mobile-plus"),
    ("tariff", "euro"),
    ("tariff", "carrier-cost"),
    ("payments", ""),
];
/// And of the book of which every column of every file is filled.
const OF_FULL_BOOK: [Wanted; 7] = [
    ("customers", ""),
    ("clis", ""),
    ("products", ""),
    ("charges", ""),
    ("tariff", "base"),
    ("tariff", "child"),
    ("payments", ""),
];

/// The workspaces with what is asked of each.
fn shops() -> [(Shop, &'static [Wanted]); 2] {
    let shop = |book: &str, payments: &[[&str; 4]]| {
        let shop = Shop::with_book(&fixture(book));
        for [account, amount, date, reference] in payments {
            let money = ["--amount", amount, "--date", date, "--reference", reference];
            let more = ["--method", "bank transfer", "--note", "a word, \"quoted\""];
            shop.run(&[&["payment", "add", account][..], &money, &more].concat()).done();
        }
        shop
    };
    let of_book = [["A1001", "120", "2026-03-05", "BACS-1"], ["A1003", "12.50", "2026-03-06", "0042"]];
    let of_full_book = [["F1", "0.01", "2026-01-31", "20260131"]];
    [(shop("book", &of_book), &OF_BOOK), (shop("full_book", &of_full_book), &OF_FULL_BOOK)]
}

/// Writes the form with data: its path.
fn with_data(shop: &Shop, (kind, tariff): Wanted, ending: &str) -> String {
    let out = shop.path(&format!("{kind}{tariff}.{ending}")).to_str().unwrap().to_owned();
    shop.run(&[&["template", kind, &out, "--with-data"][..], &tariff_options(tariff)].concat()).done();
    out
}

/// Imports a file; rates have no modes: the sheet says what holds from a day on.
fn import<'a>((kind, tariff): Wanted, file: &'a str, mode: &'a str) -> Vec<&'a str> {
    let options = if tariff.is_empty() { vec!["--mode", mode] } else { tariff_options(tariff) };
    [&["import", kind, file][..], &options].concat()
}

/// Importing the file as an update says that nothing differs, and nothing does.
#[track_caller]
fn makes_no_difference(shop: &Shop, wanted: Wanted, file: &str) {
    let before = shop.files();
    let run = shop.run(&import(wanted, file, "update")).done();
    assert!(run.err.contains("nothing is different") || wanted.0 == "tariff", "{file}: {} {}", run.out, run.err);
    for ((name, then), (_, now)) in before.iter().zip(shop.files()) {
        assert!(*then == now, "{file}: {name} is not as it was");
    }
}

#[test]
fn a_form_with_data_makes_no_difference() {
    for (shop, wanted) in shops() {
        for wanted in wanted {
            for ending in ["xlsx", "csv"] {
                makes_no_difference(&shop, *wanted, &with_data(&shop, *wanted, ending));
            }
        }
    }
}

#[test]
fn a_form_with_data_that_libreoffice_saved_makes_no_difference() {
    let Some(office) = office("forms with data saved by LibreOffice") else { return };
    for (shop, wanted) in shops() {
        let files: Vec<String> = wanted.iter().map(|wanted| with_data(&shop, *wanted, "xlsx")).collect();
        for (wanted, [plain, through_ods]) in wanted.iter().zip(resaved(&office, &files, &shop.path("saved"))) {
            makes_no_difference(&shop, *wanted, &plain);
            makes_no_difference(&shop, *wanted, &through_ods);
        }
    }
}

/// Kind, sheet, the row (header=value), the header, the new value as JSON; what it was and what it becomes, or of rates
/// what changes and how.
const CHANGES: [(Wanted, [&str; 4], [&str; 2]); 7] = [
    (("customers", ""), ["Customers", "Account Number=A1001", "Postcode", "\"YO21 1DN\""], ["YO21 3PR", "YO21 1DN"]),
    (("customers", ""), ["Customers", "Account Number=A1003", "Tariff:[Lines]", "null"], ["", ""]),
    (("clis", ""), ["CLIs", "CLI=TRUNK-7", "Description", "\"Main trunk\""], ["Trunk", "Main trunk"]),
    (("products", ""), ["Products", "Product=LINE", "Cost", "12.45"], ["12.4", "12.45"]),
    (("charges", ""), ["Charges", "Description=Line", "Cost", "4.75"], ["4.5", "4.75"]),
    (("tariff", "standard"), ["Rates", "match=prefix:+33", "rate", "3.125"], ["prefix:+33", "cheaper"]),
    (("tariff", "euro"), ["Rates", "match=class:mobile", "percent", "-12.5"], ["class:mobile", "otherwise"]),
];

#[test]
fn one_cell_that_was_changed_is_the_one_difference() {
    let Some(python) = openpyxl("forms with data changed by openpyxl") else { return };
    let (shop, _) = shops().into_iter().next().unwrap();
    for (wanted, change, [old, new]) in CHANGES {
        let (file, changed) = (with_data(&shop, wanted, "xlsx"), shop.path("changed.xlsx"));
        let changed = changed.to_str().unwrap();
        fill_form(&python, &[&["change", &file, changed][..], &change].concat());
        std::fs::remove_file(&file).unwrap();
        let before = shop.files();
        let run = shop.run(&[&import(wanted, changed, "update")[..], &["--dry-run", "--json"]].concat()).done();
        assert!(shop.files() == before, "{change:?}: a dry run changed something");
        let differences = differences(&run.out);
        // A blank cell leaves what is there.
        let expected = if old == new { vec![] } else { vec![(old.to_owned(), new.to_owned())] };
        assert_eq!(differences, expected, "{change:?}: {}", run.out);
    }
}

/// Old and new value of every difference; of rates, what changes and how.
fn differences(json: &str) -> Vec<(String, String)> {
    let shown: Value = serde_json::from_str(json).unwrap();
    let cell = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (changes, names) = match shown["tariffs"].as_array() {
        Some(tariffs) => (&tariffs[0]["changes"], ["match", "change"]),
        None => (&shown["differences"], ["before", "after"]),
    };
    changes.as_array().unwrap().iter().map(|change| (cell(&change[names[0]]), cell(&change[names[1]]))).collect()
}

/// What is in a book besides the rows of a form and the rows that name them.
struct Rest {
    wanted: Wanted,
    /// Files that the form fills.
    own: &'static [&'static str],
    /// Files whose rows name rows of those: they come afterwards.
    after: &'static [&'static str],
}

const RESTS: [Rest; 5] = [
    Rest {
        wanted: ("customers", ""),
        own: &["customers", "customer_tariffs"],
        after: &["cost_centres", "clis", "product_prices", "charges", "charge_prices", "customer_allowances"],
    },
    Rest { wanted: ("clis", ""), own: &["clis"], after: &["charges", "charge_prices", "customer_allowances"] },
    Rest {
        wanted: ("products", ""),
        own: &["products", "product_prices"],
        after: &["customer_tariffs", "charges", "charge_prices"],
    },
    Rest { wanted: ("charges", ""), own: &["charges", "charge_prices"], after: &[] },
    Rest { wanted: ("tariff", "base"), own: &["rates"], after: &[] },
];

#[test]
fn rows_of_a_form_with_data_make_the_same_book_in_a_new_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("book");
    copy_book(&fixture("full_book"), &book, |_| true);
    with_addresses(&book.join("customers.csv"));
    without_others(&book.join("rates.csv"));
    let first = Shop::with_book(&book);
    for rest in RESTS {
        let (kind, _) = rest.wanted;
        for ending in ["xlsx", "csv"] {
            let form = with_data(&first, rest.wanted, ending);
            // A CSV file is the first sheet alone.
            let own = if ending == "csv" && kind != "customers" { &rest.own[..1] } else { rest.own };
            let (before, after) = (folder.path().join("before"), folder.path().join("after"));
            copy_book(&book, &before, |file| {
                !own.contains(&file) && !rest.after.contains(&file) && !rest.own.contains(&file)
            });
            copy_book(&book, &after, |file| {
                rest.after.contains(&file) || rest.own.contains(&file) && !own.contains(&file)
            });
            let second = Shop::with_book(&before);
            second.run(&import(rest.wanted, &form, "insert")).done();
            if after.read_dir().unwrap().next().is_some() {
                second.run(&["book", "import", after.to_str().unwrap(), "--quiet"]).done();
            }
            for ((name, expected), (_, found)) in first.book().iter().zip(second.book()) {
                let [expected, found] = [expected, &found].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                assert_eq!(found, expected, "{kind} as {ending}: {name}");
            }
            second.run(&["verify"]).done();
            [before, after].iter().for_each(|folder| std::fs::remove_dir_all(folder).unwrap());
        }
    }
}

/// Payments are in no book: the same ones are in the ledger.
#[test]
fn payments_of_a_form_with_data_are_entered_in_a_new_workspace() {
    let (first, _) = shops().into_iter().next().unwrap();
    let listed = |shop: &Shop| {
        let rows: Vec<Value> = serde_json::from_str(&shop.run(&["payment", "list", "--json"]).done().out).unwrap();
        let cell = |row: &Value, name: &str| row[name].to_string();
        let names = ["account", "date", "amount", "currency", "reference", "method", "note", "left"];
        rows.iter().map(|row| names.map(|name| cell(row, name))).collect::<Vec<_>>()
    };
    for ending in ["xlsx", "csv"] {
        let form = with_data(&first, ("payments", ""), ending);
        let second = Shop::with_book(&fixture("book"));
        second.run(&["import", "payments", &form]).done();
        let (expected, found) = (listed(&first), listed(&second));
        assert!(expected.len() == 2 && found == expected, "{ending}: {found:?}\n{expected:?}");
        // A second time they are refused, and as an update they are what is there.
        second.run(&["import", "payments", &form]).ended(1);
        makes_no_difference(&second, ("payments", ""), &form);
    }
}

/// Copies the files of a book that are wanted, by their names without ending, into a new folder.
fn copy_book(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if wanted(path.file_stem().unwrap().to_str().unwrap()) {
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// New customers have an address (K1); the book's may lack one.
fn with_addresses(customers: &Path) {
    rewrite(
        customers,
        |row| row,
        |name, cell| match name {
            "address_1" | "town" | "postcode" | "country" if cell.is_empty() => "somewhere".to_owned(),
            _ => cell.to_owned(),
        },
    );
}

/// Only the rates of one tariff.
fn without_others(rates: &Path) {
    rewrite(rates, |rows| rows.into_iter().filter(|row| row[0] == "base").collect(), |_, cell| cell.to_owned());
}

type Records = Vec<Vec<String>>;

fn rewrite(file: &Path, rows: impl Fn(Records) -> Records, cell: impl Fn(&str, &str) -> String) {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let header = reader.headers().unwrap().clone();
    let records = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    let mut writer = csv::Writer::from_path(file).unwrap();
    writer.write_record(&header).unwrap();
    for record in rows(records) {
        writer.write_record(header.iter().zip(&record).map(|(name, value)| cell(name, value))).unwrap();
    }
    writer.flush().unwrap();
}
