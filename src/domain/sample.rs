//! A small book, built in memory, for the tests of stages: one brand, one customer, one line, a few call types and VAT
//! codes. Tests change what they are about and leave the rest.

use std::collections::BTreeMap;

use super::book::{
    Book, CallTypeId, CliId, CustomerId, GroupId, OrganisationId, ProrationBasis, Settings, SupplierId, VatRounding,
};
use super::charge::{Alignment, Charge, ChargeType, Interval, Product};
use super::customer::{Address, Cli, Customer, Group, GroupInterval, Organisation, PaymentTerms};
use super::money::{CallCharge, Currency, Money, Percent, Price, Quantity};
use super::price_book::{CallClass, CallType, VatCode, VatKind};
use super::time::{CivilDateTime, Date, DateRange, Zone};
use super::usage::{ChargedUsage, Kind};

/// The only customer of [`book`].
pub(crate) const CUSTOMER: CustomerId = CustomerId(0);
/// The call types of [`book`].
pub(crate) const NATIONAL: CallTypeId = CallTypeId(0);
pub(crate) const MOBILE: CallTypeId = CallTypeId(1);
pub(crate) const EXEMPT_CALLS: CallTypeId = CallTypeId(2);

pub(crate) fn date(text: &str) -> Date {
    Date::parse(text).expect("a date in a test")
}

pub(crate) fn price(text: &str) -> Price {
    Price::parse(text).expect("a price in a test")
}

pub(crate) fn charge_of(text: &str) -> CallCharge {
    CallCharge::parse(text).expect("a charge in a test")
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).expect("a quantity in a test")
}

pub(crate) fn pounds(text: &str) -> Money {
    Money::parse(text, Currency::GBP).expect("an amount in a test")
}

/// A book with customer `A1`, its line `+442079460000`, VAT codes `std` 20 %, `red` 5 %, `zero` and `rev`.
pub(crate) fn book() -> Book {
    Book {
        settings: Settings {
            currency: Currency::GBP,
            zone: Zone::load("UTC").expect("built in"),
            country_code: "44".into(),
            max_reject_share: Price::ZERO,
            max_reject_count: 100,
            default_vat_code: None,
            proration_basis: ProrationBasis::Calendar,
            vat_rounding: VatRounding::HalfUp,
            purge_after_days: 30,
            due_from: None,
            is_strict: false,
            number_series: Default::default(),
            grace_days: Default::default(),
            alerts: Default::default(),
            accounting: Default::default(),
            mail: None,
        },
        organisations: vec![organisation()],
        groups: vec![Group {
            code: "monthly".into(),
            automatic: true,
            anniversary: false,
            interval: GroupInterval::Monthly,
            billing_day: 1,
            offset_months: 0,
        }],
        vat_codes: vec![
            vat_code("red", "5", VatKind::Reduced),
            vat_code("rev", "20", VatKind::ReverseCharge),
            vat_code("std", "20", VatKind::Standard),
            vat_code("zero", "0", VatKind::Zero),
        ],
        customers: vec![customer()],
        cost_centres: vec![],
        clis: vec![cli("+442079460000")],
        suppliers: vec![],
        supplier_tariffs: vec![],
        call_types: vec![
            call_type("uk_national", CallClass::National, false),
            call_type("uk_mobile", CallClass::Mobile, false),
            call_type("exempt_calls", CallClass::ServiceNumbers, true),
        ],
        charge_bands: vec![],
        prefixes: vec![],
        ignored: vec![],
        exchange_rates: vec![],
        tariffs: vec![],
        rates: vec![],
        band_names: vec!["daytime".into()],
        time_bands: vec![],
        holidays: BTreeMap::new(),
        products: vec![],
        product_prices: vec![],
        customer_tariffs: BTreeMap::new(),
        charges: vec![],
        allowances: vec![],
        customer_allowances: vec![],
    }
}

fn organisation() -> Organisation {
    Organisation {
        code: "brand".into(),
        name: "Brand Ltd".into(),
        vat_number: "GB123456789".into(),
        company_number: String::new(),
        address: Address::default(),
        invoice_prefix: "INV".into(),
        credit_prefix: "CR".into(),
        payment_terms: PaymentTerms::Days(30),
        vat_rounding: VatRounding::HalfUp,
        colour: String::new(),
        logo: String::new(),
        contact: Default::default(),
        bank: Default::default(),
        footer: String::new(),
        endpoint: String::new(),
        creditor_id: String::new(),
        service_user_number: String::new(),
    }
}

fn customer() -> Customer {
    Customer {
        account: "A1".into(),
        name: "First Customer".into(),
        reference: String::new(),
        status: Default::default(),
        organisation: OrganisationId(0),
        group: GroupId(0),
        billing_day: None,
        currency: Currency::GBP,
        address: Address::default(),
        delivery: Default::default(),
        vat_number: String::new(),
        vat_code: "std".into(),
        vat_code_calls: "std".into(),
        vat_exempt: false,
        prices: Default::default(),
        fallback_suggested_markup: None,
        fallback_markup: None,
        empty_invoice: Default::default(),
        low_invoice: Default::default(),
        low_invoice_action: Default::default(),
        payment_terms: None,
        grace_days: None,
        limits: Default::default(),
        final_bill_date: None,
        dropped_date: None,
        opening_balance: Money::ZERO,
        purchase_order: String::new(),
        invoice_per_cost_centre: false,
        invoice_format: Default::default(),
        itemisation: Default::default(),
        itemise_above: None,
        invoice_message: String::new(),
        next_invoice_message: String::new(),
        payment_method: String::new(),
        direct_debit: Default::default(),
        language: String::new(),
        buyer_reference: String::new(),
        endpoint: String::new(),
        accounting_reference: String::new(),
    }
}

/// A VAT code in force always.
pub(crate) fn vat_code(code: &str, rate: &str, kind: VatKind) -> VatCode {
    let rate = Percent::parse(rate).expect("a rate in a test");
    VatCode { code: code.into(), rate, kind, label: format!("VAT {code}"), valid: DateRange::ALWAYS }
}

/// A line of [`CUSTOMER`] without a cap.
pub(crate) fn cli(identifier: &str) -> Cli {
    Cli {
        cli: identifier.into(),
        customer: CUSTOMER,
        cost_centre: None,
        description: String::new(),
        cli_type: String::new(),
        extension: String::new(),
        alternates: vec![],
        valid: DateRange::ALWAYS,
        exclude_usage: false,
        exclude_services: false,
        spending_cap: None,
        usage_limit: None,
        prices: Default::default(),
    }
}

fn call_type(code: &str, class: CallClass, vat_exempt: bool) -> CallType {
    CallType {
        code: code.into(),
        description: code.into(),
        class,
        kind: Kind::Voice,
        display_group: String::new(),
        fallback_rate_as: None,
        allowance_weight: Percent::from_scaled(1_000_000),
        vat_exempt,
        exclude: false,
        use_supplier_description: false,
    }
}

/// A product without a price.
pub(crate) fn product(code: &str, category: &str) -> Product {
    Product {
        code: code.into(),
        name: format!("Product {code}"),
        category: category.into(),
        price: None,
        cost: None,
        vat_code: None,
        service_codes: vec![],
        service_code_kind: Default::default(),
        aggregate: false,
        skip: Default::default(),
        credits: Default::default(),
        use_file_price: false,
        use_file_description: false,
    }
}

/// A monthly charge in advance, aligned to the 1st, of [`CUSTOMER`].
pub(crate) fn monthly(id: &str, each: &str, from: &str) -> Charge {
    Charge {
        customer: CUSTOMER,
        id: id.into(),
        product: None,
        description: format!("Charge {id}"),
        details: String::new(),
        cli: None,
        cost_centre: None,
        charge_type: ChargeType::Recurring {
            interval: Interval::Months(1),
            in_advance: true,
            alignment: Alignment::Calendar(1),
        },
        quantity: Quantity::ONE,
        price: Some(price(each)),
        prices: vec![],
        cost: None,
        vat_code: None,
        from: date(from),
        to: None,
        minimum_term: None,
        category: "Rentals".into(),
        hide_period: false,
    }
}

/// A one-off charge of [`CUSTOMER`].
pub(crate) fn one_off(id: &str, each: &str, on: &str) -> Charge {
    Charge { charge_type: ChargeType::OneOff, category: "Setup".into(), ..monthly(id, each, on) }
}

/// A call of 60 seconds on the first line of [`book`], priced `sell`, with nothing taken off; `id` is its record id.
pub(crate) fn call(id: &str, started: &str, sell: &str) -> ChargedUsage {
    let civil = CivilDateTime::parse(started).expect("a time in a test");
    ChargedUsage {
        record_id: id.into(),
        instant: civil.as_utc_seconds(),
        units: 60,
        cost: Price::ZERO,
        stated_cost: Price::ZERO,
        sell: charge_of(sell),
        allowed: CallCharge::ZERO,
        charge: charge_of(sell),
        day: civil.date,
        import: 1,
        row: 0,
        customer: CUSTOMER,
        cli: CliId(0),
        call_type: NATIONAL,
        supplier: SupplierId(0),
        band: 0,
        kind: Kind::Voice,
        covered: false,
    }
}
