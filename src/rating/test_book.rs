//! Small books and records for the tests of rating, made from the domain's types. Not part of the product.

use std::collections::BTreeMap;

use crate::domain::book::{
    BandId, Book, CallTypeId, CliId, CustomerId, GroupId, OrganisationId, ProrationBasis, Settings, SupplierId,
    TariffId, VatRounding,
};
use crate::domain::customer::{Address, ClassPrices, Cli, Customer, Status};
use crate::domain::customer::{EmptyInvoice, InvoiceFormat, Itemisation, LowInvoiceAction, LowInvoiceTest};
use crate::domain::money::{Currency, Money, Percent, Price, Rounding};
use crate::domain::price_book::{
    AccessCharge, CallClass, CallType, ExchangeRate, Rate, RateMatch, RateMode, RateStep, Supplier, SupplierTariff,
    Tariff, TimeBand,
};
use crate::domain::time::{CivilDateTime, Date, DateRange, Moment, TimeFlag, Zone};
use crate::domain::usage::{ClassifiedBy, Direction, Kind, MatchedUsage, UsageFlags, UsageRecord};

pub const GAMMA: SupplierId = SupplierId(0);
pub const BASE: TariffId = TariffId(0);
pub const RETAIL: TariffId = TariffId(1);
pub const CARRIER: TariffId = TariffId(2);
pub const GEO: CallTypeId = CallTypeId(0);
pub const DAYTIME: BandId = BandId(0);
pub const EVENING: BandId = BandId(1);
pub const WEEKEND: BandId = BandId(2);

const BANDS: [&str; 3] = ["daytime", "evening", "weekend"];
const TARIFFS: [&str; 3] = ["base", "retail", "carrier"];
const CALL_TYPES: [(&str, CallClass, Kind); 8] = [
    ("geo", CallClass::National, Kind::Voice),
    ("geo_as", CallClass::National, Kind::Voice),
    ("geo_as_as", CallClass::National, Kind::Voice),
    ("data", CallClass::Mobile, Kind::Data),
    ("sms", CallClass::Mobile, Kind::Sms),
    ("mobile_origin", CallClass::Surcharges, Kind::Voice),
    ("payphone", CallClass::Surcharges, Kind::Voice),
    ("recorded", CallClass::Surcharges, Kind::Voice),
];

/// A customer with one line, on tariff `retail` for all classes; its parent is `base`. Bands as R8 has them. No rates.
pub fn book() -> Book {
    let everywhere = ClassPrices { tariffs: [Some(RETAIL); 10], markups: [None; 10] };
    Book {
        settings: settings(),
        organisations: Vec::new(),
        groups: Vec::new(),
        vat_codes: Vec::new(),
        customers: vec![customer(everywhere)],
        cost_centres: Vec::new(),
        clis: vec![line()],
        suppliers: vec![supplier()],
        supplier_tariffs: Vec::new(),
        call_types: CALL_TYPES.into_iter().map(call_type).collect(),
        charge_bands: Vec::new(),
        prefixes: Vec::new(),
        ignored: Vec::new(),
        exchange_rates: Vec::new(),
        tariffs: TARIFFS.into_iter().map(tariff).collect(),
        rates: Vec::new(),
        band_names: BANDS.map(str::to_owned).into(),
        time_bands: default_bands(),
        holidays: BTreeMap::new(),
        products: Vec::new(),
        product_prices: Vec::new(),
        customer_tariffs: BTreeMap::new(),
        charges: Vec::new(),
        allowances: vec![],
        customer_allowances: vec![],
    }
}

/// [`book`] with rates, as [`rate`] reads them.
pub fn book_with(rates: &[&str]) -> Book {
    Book { rates: rates.iter().map(|text| rate(text)).collect(), ..book() }
}

fn settings() -> Settings {
    Settings {
        currency: Currency::GBP,
        zone: Zone::load("Europe/London").unwrap(),
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
    }
}

fn customer(prices: ClassPrices) -> Customer {
    Customer {
        account: "A001".into(),
        name: "Acme Ltd".into(),
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
        prices,
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

fn line() -> Cli {
    Cli {
        cli: "+442079460018".into(),
        customer: CustomerId(0),
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

pub fn supplier() -> Supplier {
    Supplier {
        code: "gamma".into(),
        layout: "generic".into(),
        longest_prefix: false,
        call_decimals: None,
        call_rounding: None,
        fallback_voice: None,
        fallback_data: None,
        fallback_sms: None,
        bytes_per_mb: 1_000_000,
    }
}

fn call_type((code, class, kind): (&str, CallClass, Kind)) -> CallType {
    CallType {
        code: code.into(),
        description: format!("The {code}"),
        class,
        kind,
        display_group: String::new(),
        fallback_rate_as: None,
        allowance_weight: Percent::from_scaled(100_0000),
        vat_exempt: false,
        exclude: false,
        use_supplier_description: false,
    }
}

fn tariff(code: &str) -> Tariff {
    Tariff {
        code: code.into(),
        parent: (code == "retail").then_some(BASE),
        currency: Currency::GBP,
        decimals: 4,
        rounding: Rounding::HalfUp,
        split_bands: false,
        description: String::new(),
    }
}

fn default_bands() -> Vec<TimeBand> {
    let band = |band, days, start: u32, end: u32| {
        let (start, end) = (start * 3600, end * 3600);
        TimeBand { supplier: None, band, days, start, end, is_default: band == WEEKEND }
    };
    let (weekdays, weekend) = (0b001_1111, 0b110_0000);
    vec![
        band(DAYTIME, weekdays, 7, 19),
        band(EVENING, weekdays, 0, 7),
        band(EVENING, weekdays, 19, 24),
        band(WEEKEND, weekend, 0, 24),
    ]
}

pub fn supplier_tariff(cli_type: &str, class: CallClass, tariff: TariffId, wholesale: bool) -> SupplierTariff {
    SupplierTariff { supplier: GAMMA, cli_type: cli_type.into(), class, tariff, wholesale }
}

pub fn exchange_rate(from: &str, to: &str, on: &str, rate: &str) -> ExchangeRate {
    ExchangeRate { from: currency(from), to: currency(to), date: date(on), rate: price(rate) }
}

pub fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

pub fn price(text: &str) -> Price {
    Price::parse(text).unwrap()
}

pub fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn position(names: &[&str], name: &str) -> u32 {
    u32::try_from(names.iter().position(|known| *known == name).unwrap()).unwrap()
}

/// Reads `type:geo rate=0.006 blocks=30/6`: what it matches, then any of the fields below; tariff `retail` unless said.
pub fn rate(text: &str) -> Rate {
    let mut words = text.split(' ');
    let mut rate = empty_rate(words.next().unwrap());
    rate.name = text.to_owned();
    for word in words {
        let (field, value) = word.split_once('=').unwrap();
        match field {
            "tariff" => rate.tariff = TariffId(position(&TARIFFS, value)),
            "band" => rate.band = Some(BandId(position(&BANDS, value))),
            "from" => rate.valid.from = Some(date(value)),
            "to" => rate.valid.to = Some(date(value)),
            "connection" => rate.connection = price(value),
            "rate" => rate.rate = price(value),
            "minimum" => rate.minimum = Some(price(value)),
            "maximum" => rate.maximum = Some(price(value)),
            "blocks" => {
                let (initial, increment) = value.split_once('/').unwrap();
                (rate.initial_increment, rate.increment) = (initial.parse().unwrap(), increment.parse().unwrap());
            }
            "included" => rate.included_seconds = value.parse().unwrap(),
            "min_seconds" => rate.min_seconds = value.parse().unwrap(),
            "markup" => (rate.mode, rate.percent) = (RateMode::Markup, percent(value)),
            "suggested" => (rate.mode, rate.percent) = (RateMode::Suggested, percent(value)),
            "file" => rate.mode = RateMode::FromFile,
            "access" => rate.access = Some(access(value)),
            "steps" => rate.steps = value.split(';').map(step).collect(),
            other => panic!("no such field of a rate: {other}"),
        }
    }
    rate
}

fn empty_rate(matches: &str) -> Rate {
    let matches = match matches.split_once(':').unwrap() {
        ("band", band) => RateMatch::Band(band.into()),
        ("prefix", prefix) => RateMatch::Prefix(prefix.into()),
        ("type", code) => RateMatch::Type(CallTypeId(position(&CALL_TYPES.map(|(code, ..)| code), code))),
        (_, class) => RateMatch::Class(CallClass::parse(class).unwrap()),
    };
    Rate {
        tariff: RETAIL,
        matches,
        band: None,
        valid: DateRange::ALWAYS,
        mode: RateMode::Calculated,
        connection: Price::ZERO,
        rate: Price::ZERO,
        minimum: None,
        maximum: None,
        initial_increment: 1,
        increment: 1,
        included_seconds: 0,
        min_seconds: 1,
        percent: Percent::ZERO,
        access: None,
        steps: Vec::new(),
        name: String::new(),
    }
}

/// Reads `connection:rate:increment`, and `:mode:decimals` if it is rounded.
fn access(text: &str) -> AccessCharge {
    let parts: Vec<&str> = text.split(':').collect();
    let rounding = parts.get(3).map(|mode| (Rounding::parse(mode).unwrap(), parts[4].parse().unwrap()));
    AccessCharge { connection: price(parts[0]), rate: price(parts[1]), increment: parts[2].parse().unwrap(), rounding }
}

fn step(text: &str) -> RateStep {
    let parts: Vec<&str> = text.split(':').collect();
    let (from_seconds, increment) = (parts[0].parse().unwrap(), parts[3].parse().unwrap());
    RateStep { from_seconds, connection: price(parts[1]), rate: price(parts[2]), increment }
}

/// An outbound call of type `geo` to `+441619460000`, at noon on Monday 2 March 2026.
pub fn call(seconds: u64) -> MatchedUsage {
    used(GEO, Kind::Voice, seconds)
}

/// The same, at another time.
pub fn call_at(civil: &str, seconds: u64) -> MatchedUsage {
    let mut matched = call(seconds);
    matched.record.started = moment(civil);
    matched
}

pub fn moment(civil: &str) -> Moment {
    let zone = Zone::load("Europe/London").unwrap();
    zone.moment(CivilDateTime::parse(civil).unwrap(), &zone).unwrap().0
}

/// Other usage at the same time.
pub fn used(call_type: CallTypeId, kind: Kind, units: u64) -> MatchedUsage {
    let record = UsageRecord {
        row: 0,
        line: 2,
        record_id: None,
        kind,
        direction: Direction::Out,
        cli: "+442079460018".into(),
        other_party: "+441619460000".into(),
        started: moment("2026-03-02 12:00:00"),
        time_flag: TimeFlag::Plain,
        units,
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
    };
    MatchedUsage {
        record,
        cli: CliId(0),
        customer: CustomerId(0),
        cost_centre: None,
        call_type,
        classified_by: ClassifiedBy::Prefix(3),
    }
}
