//! The book of `fixtures/book` through all steps, and the malformed books of `fixtures/malformed/book` against the
//! exact errors that they must give. `UPDATE_EXPECTED=1` rewrites what is expected.

use std::path::{Path, PathBuf};

use crate::domain::allowance::{AllowanceScope, Discount, LongestCall, PerMeasure, Units};
use crate::domain::book::{Book, CliId, Settings};
use crate::domain::charge::{Alignment, ChargeType, Interval, PriceFor};
use crate::domain::customer::{EmptyInvoice, LowInvoiceAction, LowInvoiceTest, PaymentTerms};
use crate::domain::money::{Money, Price, Quantity};
use crate::domain::price_book::{CallClass, CallType, RateMatch};
use crate::domain::time::Date;

use super::*;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn settings() -> Settings {
    parse_settings(DEFAULT_SETTINGS).expect("the default settings are sound")
}

fn words(errors: &[BookError]) -> String {
    errors.iter().map(|error| format!("{error}\n")).collect()
}

fn fixture_tables() -> Tables {
    read_folder(&fixtures().join("book")).unwrap_or_else(|errors| panic!("{}", words(&errors)))
}

fn fixture_book() -> Book {
    compile(&fixture_tables(), &settings()).unwrap_or_else(|errors| panic!("{}", words(&errors)))
}

fn without_lines(mut tables: Tables) -> Tables {
    for schema in schemas() {
        tables.get_mut(schema.name).rows.iter_mut().for_each(|row| row.line = 0);
    }
    tables
}

#[test]
fn the_fixture_book_uses_every_file() {
    for table in fixture_tables().iter() {
        assert!(!table.rows.is_empty(), "{}", table.schema.name);
    }
}

#[test]
fn what_is_written_reads_the_same_and_is_written_the_same() {
    let tables = fixture_tables();
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_folder(&tables, folder.path()).expect("written");
    let again = read_folder(folder.path()).unwrap_or_else(|errors| panic!("{}", words(&errors)));
    for (table, other) in tables.iter().zip(again.iter()) {
        assert_eq!(table_bytes(table).expect("text"), table_bytes(other).expect("text"), "{}", table.schema.name);
    }
    assert_eq!(without_lines(tables), without_lines(again));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let mut turned = fixture_tables();
    for schema in schemas() {
        turned.get_mut(schema.name).rows.reverse();
    }
    assert_eq!(compile(&turned, &settings()), Ok(fixture_book()));
}

#[test]
fn a_book_merged_with_itself_stays_the_same() {
    let mut merged = fixture_tables();
    merged.merge(fixture_tables());
    assert_eq!(merged, fixture_tables());
}

#[test]
fn an_empty_book_is_a_book() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tables = read_folder(folder.path()).expect("no file is needed");
    assert!(tables.is_empty());
    let book = compile(&tables, &settings()).expect("nothing refers to anything");
    assert!(!book.call_types.is_empty() && !book.prefixes.is_empty(), "the default plan is beneath (C3)");
    assert_eq!(book.band_names, ["daytime", "evening", "weekend"]);
    assert_eq!(book.time_bands.len(), 4);
}

#[test]
fn a_row_without_a_line_is_named_by_its_key() {
    let mut tables = without_lines(fixture_tables());
    let charges = tables.get_mut("charges");
    let product = charges.schema.position("product").expect("a column");
    charges.rows[0].cells.set(product, Some("LIEN"));
    let errors = compile(&tables, &settings()).expect_err("no such product");
    let expected = "charges.csv, column product, \"LIEN\": no such product in products.csv (in the row A1001 / 1) \
                    — did you mean \"LINE\"?\n";
    assert!(words(&errors).starts_with(expected), "{}", words(&errors));
}

#[test]
fn customers_without_a_vat_code_have_the_default_one() {
    let mut tables = fixture_tables();
    let customers = tables.get_mut("customers");
    let vat_code = customers.schema.position("vat_code").expect("a column");
    customers.rows[0].cells.set(vat_code, None);
    let with = |code: &str| compile(&tables, &Settings { default_vat_code: Some(code.into()), ..settings() });
    assert_eq!(with("R").expect("a known code").customers[0].vat_code, "R");
    let expected = "customers.csv, line 2, column vat_code: default_vat_code \"X\" of tollbook.toml is not in \
                    vat_codes.csv — add it there, or give the customer a VAT code\n";
    assert_eq!(words(&with("X").expect_err("an unknown code")), expected);
}

#[test]
fn customers_and_clis_mean_what_their_rows_say() {
    let book = fixture_book();
    let bakery = &book.customers[book.find_customer("A1001").expect("in the book").index()];
    assert_eq!(bakery.low_invoice, LowInvoiceTest::TotalBelow(Money::from_minor(1000)));
    assert_eq!(bakery.low_invoice_action, LowInvoiceAction::PadTo(Money::from_minor(1000)));
    assert_eq!(bakery.opening_balance, Money::from_minor(-1250));
    assert_eq!((bakery.delivery.email.as_str(), bakery.vat_code_calls.as_str()), ("bills@harbour.example", "S"));
    let tariff = bakery.prices.tariffs[CallClass::Mobile.index()].expect("set");
    assert_eq!(book.tariff(tariff).code, "standard");
    let dublin = &book.customers[book.find_customer("A1003").expect("in the book").index()];
    assert_eq!(dublin.empty_invoice, EmptyInvoice::Fee(Money::from_minor(500)));
    assert_eq!(book.organisations[dublin.organisation.index()].payment_terms, PaymentTerms::Months(1));
    let clis: Vec<_> =
        book.clis.iter().map(|cli| (cli.cli.as_str(), cli.extension.as_str(), cli.cli_type.as_str())).collect();
    let expected = [
        ("+442079460018", "", "sip"),
        ("+442079460018", "204", "sip"),
        ("+447700900123", "", "mobile"),
        ("+447700900123", "", "mobile"),
        ("+448004960001", "", "inbound"),
        ("TRUNK-7", "", "sip"),
    ];
    assert_eq!(clis, expected);
    assert_eq!(book.clis[0].alternates, ["+442079460019"]);
}

#[test]
fn allowances_mean_what_their_rows_say() {
    let book = fixture_book();
    let [euro, uk] = &book.allowances[..] else { panic!("{:?}", book.allowances) };
    let whole = |units: i128| Some(Units::from_wide(units * 1_000_000_000_000));
    assert_eq!(uk.limits, PerMeasure([whole(500 * 60), None, None, None, None]));
    assert_eq!(euro.limits, PerMeasure([None, None, None, None, whole(5)]));
    assert_eq!((uk.discount, uk.longest), (Discount::FREE, Some(LongestCall::UpTo(3600))));
    assert_eq!((uk.rollover_periods, uk.prorate, euro.prorate), (1, true, false));
    let codes: Vec<_> = uk.qualifies.iter().map(|id| book.call_type(*id)).collect();
    let fits = |found: &CallType| found.class == CallClass::National || found.code == "mobile_uk";
    assert!(codes.iter().all(|found| fits(found)) && codes.len() == book.call_types.iter().filter(|t| fits(t)).count());
    assert_eq!(uk.bands.iter().map(|id| &*book.band_names[id.index()]).collect::<Vec<_>>(), ["day", "night"]);
    let held: Vec<_> = book.customer_allowances.iter().collect();
    let id = |account| book.find_customer(account).expect("in the book");
    assert_eq!(book.allowances_of(id("A1002")), [held[0].clone()]);
    assert_eq!(book.allowances_of(id("A1001")), []);
    assert_eq!((held[0].quantity, held[0].priority), (Quantity::from_whole(2).expect("small"), Some(1)));
    assert_eq!((&held[0].scope, &held[1].scope), (&AllowanceScope::Customer, &AllowanceScope::Clis(vec![CliId(5)])));
}

#[test]
fn prices_are_in_the_major_unit_and_defaults_are_filled_in() {
    let book = fixture_book();
    let row = |(tariff, name): (&str, &str)| {
        let found = book.rates.iter().find(|rate| book.tariff(rate.tariff).code == tariff && rate.name == name);
        found.unwrap_or_else(|| panic!("{tariff} has no rate {name}"))
    };
    let rate = |name| row(("standard", name));
    let scaled = |text: &str| Price::parse(text).expect(text);
    // 2.5p connection, 1.05p a minute.
    let local = rate("type:local from 2026-04-01");
    assert_eq!((local.connection, local.rate), (scaled("0.025"), scaled("0.0105")));
    // R6: blank increment 1, blank initial the increment, least duration 1 second.
    assert_eq!((local.initial_increment, local.increment, local.min_seconds), (1, 1, 1));
    let mobile = rate("class:mobile");
    assert_eq!((mobile.initial_increment, mobile.increment), (30, 6));
    assert_eq!((mobile.minimum, mobile.maximum), (Some(scaled("0.05")), Some(scaled("1.5"))));
    let stepped = row(("mobile-plus", "type:mobile_uk"));
    assert_eq!(stepped.steps.iter().map(|step| step.connection).collect::<Vec<_>>(), [scaled("0.25"), scaled("0")]);
    let access = rate("type:price_point_13").access.expect("R11");
    assert_eq!((access.connection, access.rate, access.increment), (scaled("0.05"), scaled("0.2"), 60));
    assert!(matches!(&rate("type:local day").matches, RateMatch::Type(id) if book.call_type(*id).code == "local"));
    let standard = book.tariffs.iter().find(|tariff| tariff.code == "standard").expect("in the book");
    assert_eq!((standard.decimals, standard.split_bands), (4, false));
    assert!(book.tariffs.iter().any(|tariff| tariff.code == "mobile-plus" && tariff.split_bands));
}

#[test]
fn charges_take_from_their_product_what_they_leave_blank() {
    let book = fixture_book();
    let charge = |account: &str, id: &str| {
        let customer = book.find_customer(account).expect(account);
        book.charges.iter().find(|charge| charge.customer == customer && charge.id == id).expect(id)
    };
    let monthly =
        ChargeType::Recurring { interval: Interval::Months(1), in_advance: true, alignment: Alignment::Calendar(1) };
    let line = charge("A1001", "1");
    assert_eq!(
        (line.charge_type, line.description.as_str(), line.category.as_str()),
        (monthly, "Analogue line", "Lines")
    );
    assert_eq!(line.cli.map(|cli| book.cli(cli).description.as_str()), Some("Shop"));
    assert_eq!(line.cost_centre.map(|id| book.cost_centres[id.index()].code.as_str()), Some("QUAY"));
    assert_eq!(charge("A1001", "2").charge_type, ChargeType::OneOff);
    assert_eq!(charge("A1004", "1").charge_type, monthly);
    let audiences: Vec<_> = book.product_prices.iter().map(|price| (price.audience, price.from)).collect();
    let bakery = book.find_customer("A1001").expect("in the book");
    let april = Date::parse("2026-04-01").expect("a date");
    assert_eq!(
        audiences[..2],
        [(PriceFor::Customer(bakery), Date::parse("2026-01-01").expect("a date")), (PriceFor::Everybody, april)]
    );
}

#[test]
fn the_book_redefines_what_the_default_plan_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let own = compile(&Tables::new(), &settings()).expect("an empty book");
    let (prefix, code) = (&own.prefixes[0], &own.call_type(own.prefixes[0].call_type).code);
    let types =
        format!("call_type,description,class,kind\n{code},Ours now,bespoke_2,event\nmine,Mine,bespoke_1,voice\n");
    let prefixes = format!("prefix,direction,call_type\n{},{},mine\n", prefix.prefix, prefix.direction.name());
    std::fs::write(folder.path().join("call_types.csv"), types).expect("written");
    std::fs::write(folder.path().join("prefixes.csv"), prefixes).expect("written");
    let tables = read_folder(folder.path()).unwrap_or_else(|errors| panic!("{}", words(&errors)));
    let book = compile(&tables, &settings()).unwrap_or_else(|errors| panic!("{}", words(&errors)));
    assert_eq!(book.prefixes.len(), own.prefixes.len());
    assert_eq!(book.call_types.len(), own.call_types.len() + 1);
    assert_eq!(book.call_type(book.prefixes[0].call_type).code, "mine");
    assert!(book.call_types.iter().any(|known| known.code == *code && known.description == "Ours now"));
}

/// The errors of a malformed book: its files in place of those of the sound book `base`.
fn errors_of(folder: &Path) -> String {
    let whole = tempfile::tempdir().expect("a temporary folder");
    for source in [&fixtures().join("malformed/book/base"), folder] {
        for entry in std::fs::read_dir(source).expect("a folder of fixtures") {
            let file = entry.expect("a file").path();
            let name = file.file_name().expect("a name").to_owned();
            if name != "expected.txt" {
                std::fs::copy(&file, whole.path().join(name)).expect("copied");
            }
        }
    }
    match read_folder(whole.path()).and_then(|tables| compile(&tables, &settings())) {
        Ok(_) => String::new(),
        Err(errors) => words(&errors),
    }
}

#[test]
fn malformed_books_are_refused_with_exactly_these_errors() {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(fixtures().join("malformed/book"))
        .expect("the folder of malformed books")
        .map(|entry| entry.expect("a folder").path())
        .collect();
    folders.sort();
    assert!(folders.len() > 20, "{} malformed books", folders.len());
    for folder in folders {
        let found = errors_of(&folder);
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&expected, &found).expect("written");
        }
        assert_eq!(found, std::fs::read_to_string(&expected).expect("expected.txt"), "{}", folder.display());
    }
}

proptest::proptest! {
    #[test]
    fn any_text_survives_writing_and_reading(texts in proptest::collection::vec("[ -~\n\té€;,\"]{0,12}", 1..6)) {
        let errors = super::errors::Errors::default();
        let rules = crate::domain::telephone::NumberRules::of_country("44");
        let schema = schema::find_schema("organisations").expect("listed");
        let mut table = Table::new(schema);
        for (number, text) in texts.iter().enumerate() {
            let mut cells = vec![None; schema.columns.len()];
            cells[0] = Some(number.to_string());
            cells[1] = Some("name".to_owned());
            cells[4] = canonical_cell(CellKind::Text, text, &rules).expect("plain text");
            table.rows.push(TableRow { line: 0, cells: cells.into() });
        }
        let bytes = table_bytes(&table).expect("text");
        let read = super::read::read_table(schema, "organisations.csv", &bytes, &rules, &errors, &mut Vec::new());
        let cells = |table: &Table| table.rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>();
        proptest::prop_assert_eq!(cells(&read), cells(&table));
        proptest::prop_assert!(errors.into_result(()).is_ok());
    }
}
