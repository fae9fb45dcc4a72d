//! Small books and records for the tests of matching, made from the domain's types. Not part of the product.

use std::collections::BTreeMap;

use crate::domain::book::{BandId, VatRounding};
use crate::domain::book::{
    Book, CallTypeId, CustomerId, GroupId, OrganisationId, ProrationBasis, Settings, SupplierId,
};
use crate::domain::charge::{Product, ServiceCodeKind, ServiceEvent, ServiceLine, SkipRule};
use crate::domain::customer::{Address, ClassPrices, Cli, Customer, Status};
use crate::domain::customer::{EmptyInvoice, InvoiceFormat, Itemisation, LowInvoiceAction, LowInvoiceTest};
use crate::domain::money::{Currency, Money, Percent, Price, Quantity};
use crate::domain::price_book::{CallClass, CallType, ChargeBand, Ignored, Prefix, Supplier, TimeBand};
use crate::domain::time::{CivilDateTime, Date, DateRange, Moment, TimeFlag, Zone};
use crate::domain::usage::{Direction, Kind, UsageFlags, UsageRecord};

/// The supplier that every test book has first.
pub const GAMMA: SupplierId = SupplierId(0);
/// The one it has second; it matches by longest prefix.
pub const RANGES: SupplierId = SupplierId(1);

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// `2026-01-01..2026-01-31`, either end blank.
pub fn dates(text: &str) -> DateRange {
    let (from, to) = text.split_once("..").unwrap();
    DateRange { from: Date::parse(from), to: Date::parse(to) }
}

/// A book with two suppliers and nothing else.
pub fn book() -> Book {
    let zone = Zone::load("Europe/London").unwrap();
    let settings = Settings {
        currency: Currency::GBP,
        zone,
        country_code: "44".into(),
        max_reject_share: Price::ZERO,
        max_reject_count: 0,
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
    };
    let whole_week = TimeBand { supplier: None, band: BandId(0), days: 0xff, start: 0, end: 86_400, is_default: true };
    Book {
        settings,
        organisations: Vec::new(),
        groups: Vec::new(),
        vat_codes: Vec::new(),
        customers: Vec::new(),
        cost_centres: Vec::new(),
        clis: Vec::new(),
        suppliers: vec![supplier("gamma", false), supplier("ranges", true)],
        supplier_tariffs: Vec::new(),
        call_types: Vec::new(),
        charge_bands: Vec::new(),
        prefixes: Vec::new(),
        ignored: Vec::new(),
        exchange_rates: Vec::new(),
        tariffs: Vec::new(),
        rates: Vec::new(),
        band_names: vec!["all".into()],
        time_bands: vec![whole_week],
        holidays: BTreeMap::new(),
        products: Vec::new(),
        product_prices: Vec::new(),
        customer_tariffs: BTreeMap::new(),
        charges: Vec::new(),
        allowances: vec![],
        customer_allowances: vec![],
    }
}

fn supplier(code: &str, longest_prefix: bool) -> Supplier {
    Supplier {
        code: code.into(),
        layout: "generic".into(),
        longest_prefix,
        call_decimals: None,
        call_rounding: None,
        fallback_voice: None,
        fallback_data: None,
        fallback_sms: None,
        bytes_per_mb: 1_000_000,
    }
}

pub fn customer(account: &str) -> Customer {
    Customer {
        account: account.into(),
        name: format!("Customer {account}"),
        reference: String::new(),
        status: Status::Active,
        organisation: OrganisationId(0),
        group: GroupId(0),
        billing_day: None,
        currency: Currency::GBP,
        address: Address::default(),
        delivery: Default::default(),
        vat_number: String::new(),
        vat_code: String::new(),
        vat_code_calls: String::new(),
        vat_exempt: false,
        prices: ClassPrices::default(),
        fallback_suggested_markup: None,
        fallback_markup: None,
        empty_invoice: EmptyInvoice::Skip,
        low_invoice: LowInvoiceTest::None,
        low_invoice_action: LowInvoiceAction::Nothing,
        payment_terms: None,
        grace_days: None,
        limits: Default::default(),
        final_bill_date: None,
        dropped_date: None,
        opening_balance: Money::ZERO,
        purchase_order: String::new(),
        invoice_per_cost_centre: false,
        invoice_format: InvoiceFormat::Long,
        itemisation: Itemisation::None,
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

pub fn line(identifier: &str, customer: u32) -> Cli {
    Cli {
        cli: identifier.into(),
        customer: CustomerId(customer),
        cost_centre: None,
        description: String::new(),
        cli_type: "sip".into(),
        extension: String::new(),
        alternates: Vec::new(),
        valid: DateRange::ALWAYS,
        exclude_usage: false,
        exclude_services: false,
        spending_cap: None,
        usage_limit: None,
        prices: ClassPrices::default(),
    }
}

pub fn call_type(code: &str, kind: Kind) -> CallType {
    CallType {
        code: code.into(),
        description: code.into(),
        class: CallClass::National,
        kind,
        display_group: String::new(),
        fallback_rate_as: None,
        allowance_weight: Percent::from_scaled(100_0000),
        vat_exempt: false,
        exclude: false,
        use_supplier_description: false,
    }
}

pub fn charge_band(band: &str, call_type: u32) -> ChargeBand {
    ChargeBand { supplier: GAMMA, band: band.into(), call_type: CallTypeId(call_type) }
}

pub fn prefix(supplier: Option<SupplierId>, prefix: &str, direction: Direction, call_type: u32) -> Prefix {
    Prefix { supplier, prefix: prefix.into(), direction, call_type: CallTypeId(call_type) }
}

pub fn ignored(supplier: Option<SupplierId>, identifier: &str) -> Ignored {
    Ignored { supplier, identifier: identifier.into() }
}

pub fn product(code: &str, kind: ServiceCodeKind, service_codes: &[&str]) -> Product {
    Product {
        code: code.into(),
        name: code.into(),
        category: "Lines".into(),
        price: None,
        cost: None,
        vat_code: None,
        service_codes: service_codes.iter().map(|code| (*code).into()).collect(),
        service_code_kind: kind,
        aggregate: false,
        skip: SkipRule::Never,
        credits: Default::default(),
        use_file_price: false,
        use_file_description: false,
    }
}

/// An outbound voice call of a minute on 2 March 2026 at noon.
pub fn call(identifier: &str, other_party: &str) -> UsageRecord {
    UsageRecord {
        row: 0,
        line: 2,
        record_id: None,
        kind: Kind::Voice,
        direction: Direction::Out,
        cli: identifier.into(),
        other_party: other_party.into(),
        started: noon("2026-03-02"),
        time_flag: TimeFlag::Plain,
        units: 60,
        cost: None,
        file_sell: None,
        suggested_retail: None,
        currency: None,
        charge_band: "".into(),
        time_band: "".into(),
        description: "".into(),
        extension: "".into(),
        call_id: "".into(),
        flags: UsageFlags::default(),
    }
}

pub fn noon(day: &str) -> Moment {
    let civil = CivilDateTime::new(date(day), 12, 0, 0).unwrap();
    let zone = Zone::load("Europe/London").unwrap();
    zone.moment(civil, &zone).unwrap().0
}

pub fn service_line(identifier: &str, code: &str, description: &str) -> ServiceLine {
    ServiceLine {
        row: 0,
        line: 2,
        cli: identifier.into(),
        code: code.into(),
        description: description.into(),
        event: ServiceEvent::Rental,
        date: date("2026-03-01"),
        quantity: Quantity::ONE,
        cost: Price::ZERO,
    }
}
