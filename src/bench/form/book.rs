//! The small book that the workload's form fits: organisations, groups, VAT codes, tariffs with rates, products. No
//! customers.

use std::io;
use std::path::Path;

use crate::demo::sheet::Sheet;
use crate::files::write_atomically;

const ORGANISATIONS: &str =
    "organisation,name,vat_number,address_1,town,postcode,country,invoice_prefix,credit_prefix,\
payment_terms,payment_terms_type,vat_rounding
north,Bench North Ltd,GB 000 0000 01,1 Test Street,Leeds,ZZ1 1AA,United Kingdom,BN-,BNC-,14,days,half_up
south,Bench South Ltd,GB 000 0000 02,2 Test Street,Bristol,ZZ2 2AA,United Kingdom,BS-,BSC-,1,months,half_up
west,Bench West Ltd,GB 000 0000 03,3 Test Street,Cardiff,ZZ3 3AA,United Kingdom,BW-,BWC-,30,days,half_up
";
const GROUPS: &str = "group,billing,method,interval,billing_day
monthly,automatic,standard,monthly,1
middle,automatic,standard,monthly,15
quarterly,automatic,standard,quarterly,1
own-day,automatic,anniversary,monthly,
";
const VAT_CODES: &str = "vat_code,rate,kind,label
S,20,standard,VAT 20%
R,5,reduced,VAT 5%
Z,0,zero,Zero-rated
";
const PRODUCTS: &str = "product,name,category,type,interval,price,cost
line,Line rental,Lines,recurring,monthly,12.5,7.8
broadband,Broadband,Broadband,recurring,monthly,32,21.4
router,Router,Hardware,one_off,,80,55
support,Support,Support,recurring,monthly,15,
";

/// The groups whose customers have no day of their own.
pub(super) const GROUP_CODES: [&str; 3] = ["monthly", "middle", "quarterly"];
/// The group whose customers have one.
pub(super) const ANNIVERSARY: &str = "own-day";
/// The organisations.
pub(super) const ORGANISATION_CODES: [&str; 3] = ["north", "south", "west"];
/// Tariffs of calls.
const CALL_TARIFFS: u32 = 24;
/// Tariffs of products.
const PRODUCT_TARIFFS: [&str; 4] = ["bronze", "silver", "gold", "trade"];
/// The classes that tariffs of calls have a rate for.
pub(super) const CLASSES: [&str; 6] =
    ["inbound", "national", "mobile", "non_geographic", "service_numbers", "international"];

/// A tariff of calls, by any number.
pub(super) fn call_tariff(number: u32) -> String {
    format!("calls-{:02}", number % CALL_TARIFFS + 1)
}

/// A tariff of products, by any number.
pub(super) fn product_tariff(number: u32) -> &'static str {
    PRODUCT_TARIFFS[number as usize % PRODUCT_TARIFFS.len()]
}

/// Writes it.
pub(super) fn write(book: &Path) -> io::Result<()> {
    std::fs::create_dir_all(book)?;
    let fixed = [
        ("organisations.csv", ORGANISATIONS),
        ("groups.csv", GROUPS),
        ("vat_codes.csv", VAT_CODES),
        ("products.csv", PRODUCTS),
    ];
    fixed.iter().try_for_each(|(file, text)| write_atomically(&book.join(file), text.as_bytes()))?;
    let mut tariffs = Sheet::new("tariff,unit,description");
    let mut rates = Sheet::new("tariff,match,rate,connection,increment");
    for number in 0..CALL_TARIFFS {
        let tariff = call_tariff(number);
        tariffs.add(&[("tariff", &tariff), ("unit", "minor"), ("description", "Calls")]);
        for (class, place) in CLASSES.iter().zip(1..) {
            let (matches, rate) = (format!("class:{class}"), format!("{place}.{:02}", number + 10));
            let cells = [("match", matches.as_str()), ("rate", &rate), ("connection", "0.5"), ("increment", "1")];
            rates.add(&[&[("tariff", tariff.as_str())], &cells[..]].concat());
        }
    }
    let mut prices = Sheet::new("product,tariff,from,price");
    for (tariff, place) in PRODUCT_TARIFFS.iter().zip(1..) {
        tariffs.add(&[("tariff", tariff), ("unit", "major"), ("description", "Products")]);
        for product in ["line", "broadband", "support"] {
            let price = format!("{}.25", 10 + place);
            prices.add(&[("product", product), ("tariff", tariff), ("from", "2026-01-01"), ("price", &price)]);
        }
    }
    tariffs.write(&book.join("tariffs.csv"))?;
    rates.write(&book.join("rates.csv"))?;
    prices.write(&book.join("product_prices.csv"))
}
