//! The customers of the sample reseller: who they are, what they have, how they are billed. All names, streets, VAT
//! numbers and postcodes (area ZZ) are invented; no two rows are alike in what they show.

use std::io;
use std::path::Path;

use super::calendar::Rhythm;
use super::customer_list::CUSTOMERS;
use super::sheet::Sheet;

/// A town with a range of numbers for drama; small towns share 01632.
#[derive(Debug)]
pub(super) struct Town {
    pub name: &'static str,
    pub county: &'static str,
    pub country: &'static str,
    /// Of [`super::numbers::DRAMA_RANGES`].
    pub range: &'static str,
    /// A district that no letter is delivered to.
    pub postcode: &'static str,
}

/// How many lines of each kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineCounts {
    pub sip: u32,
    pub wlr: u32,
    pub hosted: u32,
    pub trunk: u32,
    pub mobile: u32,
}

/// A customer of the sample.
#[derive(Debug)]
pub(super) struct Customer {
    /// `HV…` belongs to Harbour & Vale, `BV…` to Bramble Voice.
    pub account: &'static str,
    pub name: &'static str,
    pub street: &'static str,
    pub town: &'static Town,
    pub group: &'static str,
    pub plan: &'static str,
    pub lines: LineCounts,
    /// Non-geographic ranges in which it has a number.
    pub inbound: &'static [&'static str],
    /// How busy each of its lines is; 0 makes only [`Self::quiet_calls`].
    pub pace: u32,
    /// Calls of each line of a customer that hardly calls: few, short, in the UK.
    pub quiet_calls: u32,
    pub rhythm: Rhythm,
    /// Has the usual rentals; others have those of the list of special charges only.
    pub has_rentals: bool,
    /// Further cells of its row.
    pub more: &'static [(&'static str, &'static str)],
}

/// No line of any kind.
pub(super) const NO_LINES: LineCounts = LineCounts { sip: 0, wlr: 0, hosted: 0, trunk: 0, mobile: 0 };

impl Customer {
    /// Its brand.
    pub fn organisation(&self) -> &'static str {
        if self.account.starts_with("HV") { "harbour" } else { "bramble" }
    }
}

const COLUMNS: &str = "account,name,reference,status,organisation,group,billing_day,address_1,town,county,postcode,\
country,telephone,email,vat_number,vat_code,vat_code_calls,vat_exempt,tariff_inbound,tariff_national,tariff_mobile,\
tariff_non_geographic,tariff_service_numbers,tariff_international,tariff_surcharges,markup_international,\
markup_extended_international,fallback_markup,empty_invoice,empty_invoice_value,low_invoice,low_invoice_value,\
low_invoice_action,low_invoice_action_value,payment_terms,payment_terms_type,credit_limit,unbilled_limit,\
final_bill_date,dropped_date,opening_balance,purchase_order,invoice_format,itemisation,itemise_above,invoice_message,\
next_invoice_message,send_email,send_post,payment_method,bank_sort_code,bank_account_number,mandate,mandate_date,endpoint,attachments,contract_start,tags,notes,x_trade,x_lead_source";

/// Classes that a plan has rates for.
const TARIFFED: [&str; 7] = [
    "tariff_inbound",
    "tariff_national",
    "tariff_mobile",
    "tariff_non_geographic",
    "tariff_service_numbers",
    "tariff_international",
    "tariff_surcharges",
];

/// Writes `customers.csv`.
pub(super) fn write(book: &Path) -> io::Result<()> {
    let mut sheet = Sheet::new(COLUMNS);
    for (position, customer) in CUSTOMERS.iter().enumerate() {
        let slug: String = customer.name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let email = format!("accounts@{slug}.example");
        let postcode = format!("{} {}AA", customer.town.postcode, 1 + position % 9);
        let telephone = super::numbers::written(&super::numbers::numbered(customer.town.range, 951));
        let endpoint = format!("0088:{}", location_number(position));
        let mut row: Vec<(&str, &str)> = vec![
            ("account", customer.account),
            ("name", customer.name),
            ("organisation", customer.organisation()),
            ("group", customer.group),
            ("address_1", customer.street),
            ("town", customer.town.name),
            ("county", customer.town.county),
            ("postcode", &postcode),
            ("country", customer.town.country),
            ("telephone", &telephone),
            ("email", &email),
            ("endpoint", &endpoint),
        ];
        row.extend(plan(customer.plan));
        row.extend(customer.more);
        let says = |column: &str| customer.more.iter().any(|(known, _)| *known == column);
        let usual =
            [("vat_code", "S"), ("payment_method", "direct debit"), ("invoice_format", "long"), ("send_email", "y")];
        row.extend(usual.into_iter().filter(|(column, _)| !says(column)));
        let (number, mandate) = (format!("{:08}", 10_000_000 + position), format!("{}DD", customer.account));
        if !says("payment_method") {
            row.extend([
                ("bank_sort_code", "00-00-00"),
                ("bank_account_number", &number),
                ("mandate", &mandate),
                ("mandate_date", "2026-01-05"),
            ]);
        }
        // Every eighth has it on paper too.
        if position % 8 == 0 {
            row.push(("send_post", "y"));
        }
        sheet.add(&row);
    }
    sheet.write(&book.join("customers.csv"))
}

/// A global location number from the range that GS1 keeps for examples (952), by place in the list, with its check digit.
fn location_number(position: usize) -> String {
    let digits = format!("952{position:09}");
    let weighted = digits.bytes().zip([1_u32, 3].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| weight * u32::from(digit - b'0')).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// The cells of a plan: tariffs by class, and what applies where they say nothing (R1, R4).
fn plan(plan: &'static str) -> Vec<(&'static str, &'static str)> {
    if plan == "wholesale-plus" {
        // No tariff for calls abroad: the markup on our cost applies.
        let mut cells: Vec<_> = TARIFFED[..5].iter().map(|column| (*column, plan)).collect();
        cells.extend([
            ("markup_international", "22.5"),
            ("markup_extended_international", "15"),
            ("fallback_markup", "30"),
        ]);
        return cells;
    }
    let mut cells: Vec<_> = TARIFFED.iter().map(|column| (*column, plan)).collect();
    cells.push(("fallback_markup", "35"));
    cells
}
