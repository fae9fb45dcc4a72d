//! What accounting packages import and what banks collect by: a small book whose figures were worked out by hand, the
//! files in full, sums per document, nothing collected twice.
//!
//! | invoice | lines | VAT |
//! |---|---|---|
//! | AC-000001 of A1 | 3 × 7.33 line rental = 21.99, 33.33 broadband, 100 minutes at 0.01 = 1.00; net 56.32 | 20 % of 56.32 = 11.264, so 11.26. By itself each line would have 4.40 + 6.67 + 0.20 = 11.27: broadband, the largest, has 6.66 |
//! | AC-000002 of A2 | support 10.00 at 5 %, a credit of 3.00 at 20 %; net 7.00 | 0.50 − 0.60 = −0.10; total 6.90 |
//! | AC-000003 of A3 | 50.00, reverse charge; voided the day after | 0 |
//! | AC-000004 of A4 | 80.00 EUR, 20 % | 16.00 |

mod collections;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{Run, tollbook};

/// A workspace with posted invoices, one of them void, and a payment that bounced.
pub struct Shop {
    folder: tempfile::TempDir,
}

const BOOK: [(&str, &str); 8] = [
    (
        "organisations",
        "organisation,name,invoice_prefix,credit_prefix,bank_sort_code,bank_account_number,bank_iban,bank_bic,creditor_id,\
         service_user_number\n\
         ACORN,Acorn & Oak Telecom Ltd,AC-,AC-CN-,401234,12345678,DE44500105175407324931,INGDDEFF,DE98ZZZ09999999999,123456\n",
    ),
    ("groups", "group,billing\nmonthly,manual\n"),
    (
        "vat_codes",
        "vat_code,rate,kind,label\nS,20,standard,VAT 20%\nR,5,reduced,VAT 5%\nRC,20,reverse_charge,Reverse charge\n",
    ),
    ("suppliers", "supplier,layout\ncarrier,generic\n"),
    ("tariffs", "tariff,unit\nstandard,minor\n"),
    ("rates", "tariff,match,rate\nstandard,class:national,1\n"),
    ("clis", "cli,account\n02079460001,A1\n"),
    (
        "charges",
        "account,charge,type,price,quantity,from,category,vat_code,description\n\
         A1,C1,one_off,7.33,3,2026-09-01,Line rental,S,Line\n\
         A1,C2,one_off,33.33,1,2026-09-01,Broadband,S,Fibre\n\
         A2,C3,one_off,10,1,2026-09-01,Support,R,Support\n\
         A2,C4,one_off,-3,1,2026-09-01,Credits,S,Credit\n\
         A3,C5,one_off,50,1,2026-09-01,Support,RC,Support\n\
         A4,C6,one_off,80,1,2026-09-01,Support,S,Support\n",
    ),
];

const CUSTOMERS: &str = "account,name,organisation,group,currency,vat_code,tariff_national,address_1,town,postcode,delivery_email,\
    purchase_order,accounting_reference,payment_method,mandate,mandate_date,bank_account_name,bank_sort_code,\
    bank_account_number,bank_iban\n\
    A1,Fern & Sons Ltd,ACORN,monthly,,S,standard,\"17 Mill Lane, Yard\",Ludlow,SY8 1AB,accounts@fern.example,PO 7,FERN01,\
    Direct Debit,FERN-000123,2026-01-15,,200000,55779911,\n\
    A2,=2+3,ACORN,monthly,,S,standard,,,,,,,direct debit,,,,,,\n\
    A3,Paid by hand Ltd,ACORN,monthly,,S,standard,,,,,,,card,X-1234567,,,,,\n\
    A4,Müller GmbH,ACORN,monthly,EUR,S,,,Köln,50667,,,,direct_debit,M/2026/4,2026-02-01,\"Müller, Jürgen\",,,\
    FR1420041010050500013M02606\n";

const SETTINGS: &str = "[accounting]\nreceivables = \"1100\"\nbank = \"1200\"\nvat = \"2200\"\nsales = \"4000\"\n\
    [accounting.categories]\n\"Line rental\" = \"4010\"\n[accounting.classes]\nnational = \"4020\"\n\
    [accounting.tax_codes.xero]\nS = \"20% (VAT on Income)\"\nR = \"5% (VAT on Income)\"\nRC = \"Reverse Charge\"\n\
    [accounting.tax_codes.sage50]\nS = \"T1\"\nR = \"T5\"\nRC = \"T21\"\n\
    [accounting.tax_codes.quickbooks]\nS = \"20.0% S\"\nR = \"5.0% R\"\nRC = \"RC\"\n";

impl Shop {
    pub fn new() -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        tollbook(shop.folder.path(), &["init", "w"]).done();
        std::fs::write(shop.path("tollbook.toml"), SETTINGS).unwrap();
        let book = shop.folder.path().join("book");
        std::fs::create_dir_all(&book).unwrap();
        for (name, text) in BOOK.iter().chain(&[("customers", CUSTOMERS)]) {
            std::fs::write(book.join(format!("{name}.csv")), text).unwrap();
        }
        let usage = "record_id,kind,cli,other_party,started_at,duration\n\
                     R1,voice,02079460001,01134960001,2026-09-03 10:00:00,6000\n";
        std::fs::write(shop.path("usage.csv"), usage).unwrap();
        shop.run("book import ../book").done();
        shop.run("import usage usage.csv --supplier carrier").done();
        shop.run("bill run --invoice-date 2026-10-01").done();
        shop.run("invoice void AC-000003 --date 2026-10-02 --reason wrong").done();
        shop.run("payment add A1 --amount 20.00 --reference BACS-1 --date 2026-10-05").done();
        let listed: Value = serde_json::from_str(&shop.run("payment list A1 --json").done().out).unwrap();
        let entry = listed[0]["entry"].as_i64().unwrap();
        shop.run(&format!("payment reverse {entry} --date 2026-10-06 --reason bounced")).done();
        shop
    }

    /// Runs a command, its words separated by spaces.
    pub fn run(&self, line: &str) -> Run {
        let arguments: Vec<&str> = line.split(' ').chain(["--quiet"]).collect();
        tollbook(&self.folder.path().join("w"), &arguments)
    }

    /// A file of the workspace.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("w").join(name)
    }

    pub fn read(&self, name: &str) -> String {
        String::from_utf8(std::fs::read(self.path(name)).unwrap()).unwrap()
    }
}

/// Compares with a file of `expected`, or writes it if `UPDATE_EXPECTED` is set.
fn check_expected(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/accounting/expected").join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    assert_eq!(found, std::fs::read_to_string(&path).unwrap(), "{name}");
}

/// Net and VAT of each document of an export, in minor units, signs as the kind of row has them.
fn by_document(
    text: &str,
    number: &str,
    net: &str,
    vat: &str,
    sign: impl Fn(&csv::StringRecord) -> i64,
) -> BTreeMap<String, [i64; 2]> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (number, places) = (place(number), [place(net), place(vat)]);
    let mut sums = BTreeMap::<String, [i64; 2]>::new();
    for row in reader.records() {
        let row = row.unwrap();
        let of_document = sums.entry(row[number].to_owned()).or_default();
        for (sum, place) in of_document.iter_mut().zip(places) {
            *sum += sign(&row) * row[place].replace('.', "").parse::<i64>().unwrap();
        }
    }
    sums
}

#[test]
fn packages_get_every_document_to_the_penny() {
    let shop = Shop::new();
    let invoices = [("AC-000001", [5632, 1126]), ("AC-000002", [700, -10]), ("AC-000003", [5000, 0])];
    let note = ("AC-CN-000001", [-5000, 0]);
    let documents: BTreeMap<String, [i64; 2]> =
        invoices.into_iter().chain([note]).map(|(number, sums)| (number.to_owned(), sums)).collect();
    for format in ["xero", "sage50", "quickbooks", "journal"] {
        let line = format!(
            "accounting export --format {format} --from 2026-10-01 --to 2026-10-31 --currency GBP --out {format}.csv"
        );
        let run = shop.run(&format!("{line} --json")).done();
        let totals: Value = serde_json::from_str(&run.out).unwrap();
        let of = &totals["currencies"][0];
        assert_eq!((of["invoices"].as_i64(), of["credit_notes"].as_i64()), (Some(3), Some(1)));
        assert_eq!(
            [&of["net"], &of["vat"], &of["gross"]],
            ["63.32", "11.16", "74.48"],
            "56.32 + 7 + 50 − 50; 11.26 − 0.10"
        );
        assert_eq!((of["rounded_documents"].as_i64(), &of["rounding"]), (Some(1), &Value::from("0.01")));
        check_expected(&format!("{format}.csv"), &shop.read(&format!("{format}.csv")));
        let mode = std::fs::metadata(shop.path(&format!("{format}.csv"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        shop.run(&line).ended(1).says("is there already");
        let before = shop.read(&format!("{format}.csv"));
        shop.run(&format!("{line} --replace")).done();
        assert_eq!(shop.read(&format!("{format}.csv")), before);
    }
    check_expected("quickbooks-credit-notes.csv", &shop.read("quickbooks-credit-notes.csv"));
    assert_eq!(by_document(&shop.read("xero.csv"), "*InvoiceNumber", "*UnitAmount", "TaxAmount", |_| 1), documents);
    let sage = |row: &csv::StringRecord| if &row[0] == "SC" { -1 } else { 1 };
    assert_eq!(by_document(&shop.read("sage50.csv"), "Reference", "Net Amount", "Tax Amount", sage), documents);
    let mut quickbooks = by_document(&shop.read("quickbooks.csv"), "*InvoiceNo", "*ItemAmount", "ItemTaxAmount", |_| 1);
    quickbooks.extend(by_document(
        &shop.read("quickbooks-credit-notes.csv"),
        "*InvoiceNo",
        "*ItemAmount",
        "ItemTaxAmount",
        |_| -1,
    ));
    assert_eq!(quickbooks, documents);
}

#[test]
fn a_journal_balances_and_has_the_payments() {
    let shop = Shop::new();
    shop.run("accounting export --format journal --from 2026-10-01 --out journal.csv").done();
    let text = shop.read("journal.csv");
    let mut sums = BTreeMap::<(String, String), i64>::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for row in reader.records() {
        let row = row.unwrap();
        let minor = |place: usize| row[place].replace('.', "").parse::<i64>().unwrap_or(0);
        *sums.entry((row[8].to_owned(), row[4].to_owned())).or_default() += minor(6) - minor(7);
    }
    for currency in ["GBP", "EUR"] {
        let of_currency = sums.iter().filter(|((of, _), _)| of == currency);
        assert_eq!(of_currency.map(|(_, sum)| sum).sum::<i64>(), 0, "{currency}");
    }
    let sum = |currency: &str, account: &str| sums.get(&(currency.to_owned(), account.to_owned())).copied();
    assert_eq!(sum("GBP", "1100"), Some(7448), "receivables: 67.58 + 6.90 + 50 − 50; the payment bounced");
    assert_eq!(sum("GBP", "1200"), Some(0), "bank");
    assert_eq!((sum("GBP", "2200"), sum("EUR", "2200")), (Some(-1116), Some(-1600)), "VAT");
    assert_eq!(sum("GBP", "4020"), Some(-100), "national calls");
}

#[test]
fn what_has_no_code_is_named_all_at_once() {
    let shop = Shop::new();
    std::fs::write(shop.path("tollbook.toml"), "[accounting.tax_codes.xero]\nS = \"20%\"\n").unwrap();
    let run = shop.run("accounting export --format xero --run 1 --out x.csv").ended(1);
    for line in [
        "tollbook.toml lacks 7 codes",
        "[accounting.categories] \"Broadband\"",
        "[accounting.categories] \"Credits\"",
        "[accounting.categories] \"Line rental\"",
        "[accounting.categories] \"Support\"",
        "[accounting.classes] national",
        "[accounting.tax_codes.xero] \"R\"",
        "[accounting.tax_codes.xero] \"RC\"",
    ] {
        assert!(run.err.contains(line), "{line:?} is not in:\n{}", run.err);
    }
    assert!(!shop.path("x.csv").exists());
    shop.run("accounting export --format xero --out x.csv").ended(2);
    shop.run("accounting export --format xero --invoice AC-9 --out x.csv")
        .ended(1)
        .says("no invoice and no credit note");
}

#[test]
fn what_sage_cannot_hold_is_refused() {
    let shop = Shop::new();
    shop.run("accounting export --format sage50 --run 1 --out s.csv").ended(1).says("AC-000004 is in EUR, not in GBP");
    shop.run("customer set A2 accounting_reference=TOO-LONG-BY-FAR").done();
    let run = shop.run("accounting export --format sage50 --run 1 --currency GBP --out s.csv").ended(1);
    assert!(run.err.contains("A2: \"TOO-LONG-BY-FAR\" is longer than the 8 characters of an account"), "{}", run.err);
    // A void goes with its credit note.
    shop.run("accounting export --format sage50 --invoice AC-000003 --out s.csv").done();
    assert_eq!(shop.read("s.csv").lines().count(), 3);
}
