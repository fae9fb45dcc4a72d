//! The rows of the book that are the same for every workload: organisations, VAT, the carrier and its charge bands,
//! time bands, products.

use std::io;
use std::path::Path;

use super::plan::Plan;
use super::{SUPPLIER, UsageLayout};
use crate::demo::sheet::Sheet;
use crate::files::write_atomically;

const ORGANISATIONS: &str =
    "organisation,name,vat_number,address_1,town,postcode,country,invoice_prefix,credit_prefix,\
payment_terms,payment_terms_type,vat_rounding
bench-north,Bench North Ltd,GB 000 0000 01,1 Test Street,Leeds,ZZ1 1AA,United Kingdom,BN-,BNC-,14,days,half_up
bench-south,Bench South Ltd,GB 000 0000 02,2 Test Street,Bristol,ZZ2 2AA,United Kingdom,BS-,BSC-,1,months,half_up
";
const GROUPS: &str = "group,billing,method,interval,billing_day
first,automatic,standard,monthly,1
second,automatic,standard,monthly,1
third,automatic,standard,monthly,1
fourth,automatic,standard,monthly,1
";
const VAT_CODES: &str = "vat_code,rate,kind,label
S,20,standard,VAT 20%
";
const TIME_BANDS: &str = "supplier,time_band,days,start,end,default
,daytime,Mon-Fri,07:00,19:00,
,evening,Mon-Fri,00:00,07:00,
,evening,Mon-Fri,19:00,24:00,
,weekend,\"Sat,Sun\",00:00,24:00,y
";
const PRODUCTS: &str = "product,name,category,type,interval,price,cost
line,Line rental,Lines,recurring,monthly,4.25,1.9
";

/// Writes them.
pub(super) fn write(plan: &Plan, layout: UsageLayout, book: &Path) -> io::Result<()> {
    let fixed = [
        ("organisations.csv", ORGANISATIONS),
        ("groups.csv", GROUPS),
        ("vat_codes.csv", VAT_CODES),
        ("time_bands.csv", TIME_BANDS),
        ("products.csv", PRODUCTS),
    ];
    fixed.iter().try_for_each(|(file, text)| write_atomically(&book.join(file), text.as_bytes()))?;
    let mut suppliers = Sheet::new("supplier,layout,match,fallback_data,fallback_sms");
    suppliers.add(&[
        ("supplier", SUPPLIER),
        ("layout", layout.name()),
        ("match", "exact"),
        ("fallback_data", "uk_data"),
        ("fallback_sms", "uk_sms"),
    ]);
    suppliers.write(&book.join("suppliers.csv"))?;
    let mut bands = Sheet::new("supplier,band,call_type");
    for (at, (call_type, _)) in plan.call_types.iter().enumerate() {
        bands.add(&[("supplier", SUPPLIER), ("band", &Plan::band(at)), ("call_type", call_type)]);
    }
    bands.write(&book.join("charge_bands.csv"))
}
