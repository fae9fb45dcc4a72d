//! The bills of the samples: short, long, credit, draft, empty, and calls to list. Every sum is that of its parts.

use crate::domain::allowance::Measure;
use crate::domain::bill::*;
use crate::domain::contact::{BankAccount, BillMandate, Contact};
use crate::domain::customer::Address;
use crate::domain::money::{CallCharge, Currency, Decimal, Money, Percent, Price, Quantity, Rounding, Sum};
use crate::domain::price_book::VatKind;
use crate::domain::time::Date;

/// A minor-unit amount in pounds.
pub fn pounds(pence: i64) -> Amount {
    Amount::new(Money::from_minor(pence), Currency::GBP)
}

pub(super) fn date(text: &str) -> Date {
    Date::parse(text).expect(text)
}

fn decimal<const SCALE: u32>(text: &str) -> Decimal<SCALE> {
    Decimal::parse(text).expect(text)
}

pub(super) fn address(lines: &[&str], town: &str, county: &str, postcode: &str, country: &str) -> Address {
    Address {
        lines: lines.iter().map(ToString::to_string).collect(),
        town: town.into(),
        county: county.into(),
        postcode: postcode.into(),
        country: country.into(),
    }
}

fn line(kind: LineKind, category: &str, description: &str, pence: i64) -> BillLine {
    BillLine {
        kind,
        category: category.into(),
        cost_centre: String::new(),
        description: description.into(),
        details: String::new(),
        cli: String::new(),
        from: None,
        to: None,
        quantity: Quantity::ONE,
        price: Some(pounds(pence).money.to_price(Currency::GBP).expect("a small amount")),
        proration: String::new(),
        amount: pounds(pence),
        cost: Price::ZERO,
        vat_code: "S".into(),
        product: String::new(),
        source: String::new(),
        period: None,
    }
}

/// A rental of November.
pub(super) fn rental(description: &str, quantity: i64, price_pence: i64) -> BillLine {
    BillLine {
        from: Some(date("2026-11-01")),
        to: Some(date("2026-11-30")),
        period: Some((date("2026-11-01"), date("2026-11-30"))),
        quantity: Quantity::from_whole(quantity).expect("a small quantity"),
        amount: pounds(quantity * price_pence),
        cost: decimal("4.25"),
        source: "C-1".into(),
        ..line(LineKind::Recurring, "Line rental", description, price_pence)
    }
}

/// VAT by code and all sums, from the lines; `previous` is the balance before, in pence.
pub(super) fn totalled(mut bill: Bill, previous: i64) -> Bill {
    let total = |lines: &mut dyn Iterator<Item = &BillLine>| lines.map(|line| line.amount.money.minor()).sum::<i64>();
    let codes = [
        ("S", "Standard rate", VatKind::Standard, "20"),
        ("R", "Reduced rate", VatKind::Reduced, "5"),
        ("RC", "Reverse charge", VatKind::ReverseCharge, "20"),
    ];
    for (code, label, kind, rate) in codes {
        let mut of_code = bill.lines.iter().filter(|line| line.vat_code == code).peekable();
        if of_code.peek().is_none() {
            continue;
        }
        let net = total(&mut of_code);
        let rate: Percent = decimal(rate);
        let exact = Sum::<6>::from_wide(i128::from(net) * i128::from(rate.scaled()));
        let vat = exact.to_money(0, Rounding::HalfUp).expect("a small amount");
        let vat = if kind == VatKind::ReverseCharge { 0 } else { vat.minor() };
        bill.vat.push(BillVat {
            code: code.into(),
            label: label.into(),
            kind,
            rate,
            net: pounds(net),
            vat: pounds(vat),
        });
    }
    let net = total(&mut bill.lines.iter());
    let usage = total(&mut bill.lines.iter().filter(|line| line.kind == LineKind::Usage));
    let vat: i64 = bill.vat.iter().map(|vat| vat.vat.money.minor()).sum();
    bill.totals = BillTotals {
        usage: pounds(usage),
        charges: pounds(net - usage),
        net: pounds(net),
        vat: pounds(vat),
        gross: pounds(net + vat),
    };
    bill.balance =
        BillBalance { previous: pounds(previous), this_bill: pounds(net + vat), now: pounds(previous + net + vat) };
    bill
}

fn blank() -> Bill {
    Bill {
        model: MODEL_VERSION,
        number: Some("NT-10042".into()),
        is_final: false,
        currency: Currency::GBP,
        organisation: BillOrganisation {
            code: "northwind".into(),
            name: "Northwind Telecom".into(),
            address: address(&["Unit 4, Harbour Court", "Quayside Road"], "Bristol", "", "BS1 6XN", "United Kingdom"),
            vat_number: "GB 123 4567 89".into(),
            company_number: "01234567".into(),
            colour: "#0f6e84".into(),
            logo: String::new(),
            contact: Contact {
                email: "billing@northwind.example".into(),
                telephone: "020 7946 0100".into(),
                website: "northwind.example".into(),
            },
            bank: BankAccount {
                bank: "Harbour Bank".into(),
                name: "Northwind Telecom".into(),
                sort_code: "000000".into(),
                account_number: "12345678".into(),
                iban: "GB82WEST12345698765432".into(),
                bic: "WESTGB22".into(),
            },
            footer: "Registered in England and Wales.".into(),
            endpoint: "9932:GB123456789".into(),
        },
        customer: BillCustomer {
            account: "1001".into(),
            name: "Fern & Sons Joinery Ltd".into(),
            cost_centre: String::new(),
            reference: String::new(),
            address: address(&["17 Mill Lane"], "Ludlow", "Shropshire", "SY8 1AB", ""),
            vat_number: String::new(),
            purchase_order: String::new(),
            payment_method: "Direct Debit".into(),
            payment_terms: "30 days".into(),
            language: "en".into(),
            mandate: BillMandate { reference: "NT-1001".into(), account_ending: "5678".into() },
            buyer_reference: "Joinery".into(),
            endpoint: "EM:accounts@fern.example".into(),
        },
        invoice_date: date("2026-11-01"),
        due_date: date("2026-12-01"),
        usage_until: date("2026-11-01"),
        lines: Vec::new(),
        usage_by_class: Vec::new(),
        usage_by_cli: Vec::new(),
        allowances: Vec::new(),
        vat: Vec::new(),
        totals: BillTotals { usage: pounds(0), charges: pounds(0), net: pounds(0), vat: pounds(0), gross: pounds(0) },
        balance: BillBalance { previous: pounds(0), this_bill: pounds(0), now: pounds(0) },
        messages: Vec::new(),
        document: DocumentKind::Invoice,
        credits: None,
        reason: String::new(),
    }
}

/// One line, no usage, nothing owed before.
pub fn short() -> Bill {
    totalled(Bill { lines: vec![rental("Business broadband", 1, 2_995)], ..blank() }, 0)
}

/// No lines at all (B5).
pub fn empty() -> Bill {
    totalled(blank(), 0)
}

/// A rental given back, with an amount owed before.
pub fn credit() -> Bill {
    let given_back = BillLine {
        kind: LineKind::Credit,
        from: Some(date("2026-11-12")),
        proration: "19/30 days".into(),
        amount: pounds(-31_667), // 500.00 × 19 ÷ 30
        ..rental("Leased line 100 Mbit/s, ended 11 November 2026", 1, 50_000)
    };
    totalled(Bill { number: Some("NT-10043".into()), lines: vec![given_back], ..blank() }, 12_000)
}

/// A credit note of part of an invoice.
pub fn credit_note() -> Bill {
    let given_back = BillLine { price: None, ..line(LineKind::Credit, "Broadband", "Line was down for a week", -700) };
    let credits = Some(CreditedInvoice { number: "NT-10042".into(), date: date("2026-11-01") });
    let bill = Bill {
        document: DocumentKind::CreditNote,
        number: Some("NT-CN-000007".into()),
        credits,
        reason: "fault reported on 3 November".into(),
        invoice_date: date("2026-11-20"),
        lines: vec![given_back],
        ..blank()
    };
    totalled(bill, 12_000)
}

/// The short bill before posting, in an organisation with a light colour, for a customer with text that would be code
/// if it were not data.
pub fn draft() -> Bill {
    let mut bill = short();
    bill.number = None;
    bill.organisation.colour = "#ffd400".into();
    bill.customer.cost_centre = "Leeds".into();
    bill.customer.name = "#evil[$x$ *b*] \\ <label> @ref `raw` // Ltd".into();
    bill.messages = vec!["#panic(\"not code\")\n= Not a heading\n- not a list".into()];
    bill
}

/// A final bill of a reseller's reseller: reverse charge (V2), very long names, an amount in the millions.
pub fn wordy() -> Bill {
    let mut bill = blank();
    bill.is_final = true;
    bill.number = Some("NORTHWIND-WHOLESALE-2026-0000010042".into());
    bill.organisation.name = "Northwind Telecommunications and Managed Network Services (Holdings) Limited".into();
    bill.customer.name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH \
        trading as Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Visitor Centre and Tŷ Gŵyr Café"
        .into();
    bill.customer.address = address(
        &["c/o The Facilities and Estates Department", "Third Floor, East Wing", "Century House", "100 Long Street"],
        "Llanfairpwllgwyngyll",
        "Isle of Anglesey (Ynys Môn)",
        "LL61 5UJ",
        "United Kingdom",
    );
    bill.customer.reference = "COST/2026/FACILITIES/TELEPHONY/0042-B".into();
    bill.customer.vat_number = "GB 987 6543 21".into();
    let mut wide = rental(
        "Wholesale interconnect, premium tier, with survivable branch appliance and a description that goes on",
        12_000,
        99_999,
    );
    wide.details = "circuit Tŷ-Gŵyr/0001-of-0042 between exchange LONDON-FARADAY and exchange CARDIFF-STADIUM".into();
    let mut service =
        line(LineKind::Service, "Carrier services with a very long category name indeed", "Number range", 1);
    service.from = Some(date("2026-10-15"));
    service.to = Some(date("2026-11-14"));
    bill.lines = vec![wide, service];
    for line in &mut bill.lines {
        line.vat_code = "RC".into();
    }
    totalled(bill, -123_456)
}

const CENTRES: [&str; 10] = [
    "Head office",
    "Leeds",
    "Manchester",
    "Cardiff",
    "Glasgow",
    "Belfast",
    "Norwich",
    "Exeter",
    "Warehouse and returns",
    "Home workers",
];

/// Ten cost centres with six lines each, usage of all kinds, caps, an amount owed before, all line kinds.
pub fn long() -> Bill {
    let mut bill = blank();
    bill.customer.reference = "FACILITIES/42".into();
    bill.customer.purchase_order = "PO-2026-7781".into();
    bill.customer.vat_number = "GB 987 6543 21".into();
    for (index, centre) in (0_i64..).zip(CENTRES) {
        let mut usage = line(LineKind::Usage, "Calls", "National calls", 1_234 + 97 * index);
        usage.quantity = Quantity::from_whole(310 + 41 * index).expect("a small quantity");
        usage.price = None;
        let mut mobile = BillLine { description: "Calls to mobiles".into(), amount: pounds(4_321), ..usage.clone() };
        mobile.quantity = Quantity::from_whole(1_204).expect("a small quantity");
        let mut part = rental("SIP trunk, 30 channels", 1, 4_500);
        part.cli = format!("+44207946{index:04}");
        part.from = Some(date("2026-10-15"));
        part.to = Some(date("2026-10-31"));
        part.proration = "17/31 days".into();
        part.amount = pounds(2_468); // 45.00 × 17 ÷ 31
        let mut handsets = rental("Handset hire", 12 + index, 350);
        handsets.details = "Desk phones, second floor".into();
        let mut fibre = rental("Fibre line 900 Mbit/s", 1, 5_499);
        fibre.category = "Connectivity".into();
        fibre.vat_code = if index == 8 { "R".into() } else { "S".into() };
        let mut once = line(LineKind::OneOff, "Installation", "Engineer visit", 8_500);
        once.from = Some(date("2026-10-20"));
        once.to = Some(date("2026-10-20"));
        for mut line in [usage, mobile, part, handsets, fibre, once] {
            line.cost_centre = centre.into();
            bill.lines.push(line);
        }
        bill.usage_by_cli.push(UsageByCli {
            cli: format!("+44207946{index:04}"),
            description: "Main number".into(),
            cost_centre: centre.into(),
            records: 1_514,
            seconds: 86_400 + 3_661 * index.unsigned_abs(),
            bytes: if index == 9 { 12_400_000_000 } else { 0 },
            capped: if index == 4 { decimal("-12.3456") } else { CallCharge::ZERO },
            amount: decimal("55.5501"),
        });
    }
    let rows = [
        ("national", "National", 4_945, 0),
        ("mobile", "Mobile", 12_040, 0),
        ("bespoke_1", "Data", 310, 12_400_000_000),
    ];
    for (class, title, records, bytes) in rows {
        bill.usage_by_class.push(UsageByClass {
            class: class.into(),
            title: title.into(),
            records,
            seconds: if bytes == 0 { records * 181 } else { 0 },
            bytes,
            amount: decimal("185.1670"),
        });
    }
    bill.messages = vec![
        "From 1 January 2027 the price of handset hire changes to £3.75 a month.".into(),
        "Our office is closed from 24 December to 2 January.\nFaults are handled as always: 0800 000 0000.".into(),
    ];
    bill.allowances = allowances();
    totalled(bill, 125_050)
}

/// Of all measures and scopes, one without a limit.
fn allowances() -> Vec<BillAllowance> {
    let units = |text: &str| serde_json::from_str(&format!("{text:?}")).expect(text);
    let limit = |measure, granted: &str, used_before: &str, used: &str, left: &str| BillAllowanceLimit {
        measure,
        granted: (!granted.is_empty()).then(|| units(granted)),
        used_before: units(used_before),
        used: units(used),
        left: (!left.is_empty()).then(|| units(left)),
    };
    let allowance = |name: &str, scope: &str, limits, amount: &str| BillAllowance {
        name: name.into(),
        scope: scope.into(),
        from: date("2026-10-01"),
        to: date("2026-10-31"),
        limits,
        records: 12,
        amount: decimal(amount),
    };
    let uk_500 = vec![
        limit(Measure::Seconds, "30000", "6000", "23999.5", "0.5"),
        limit(Measure::Messages, "200", "0", "17", "183"),
    ];
    let pool = vec![limit(Measure::Bytes, "12000000000", "0", "1250000000", "10750000000")];
    let friends = vec![limit(Measure::Money, "10", "0", "9.333333333334", "0.666666666666")];
    vec![
        allowance("UK 500", "customer", uk_500, "-12.34"),
        BillAllowance { from: date("2026-10-15"), ..allowance("Data pool", "cost_centre:Leeds", pool, "-6.5") },
        allowance("Friends", "clis:+442079460000;+442079460001", friends, "-4"),
        allowance("Free evenings", "customer", vec![limit(Measure::Seconds, "", "0", "600", "")], "-0.3"),
    ]
}

/// One call.
pub fn call() -> ItemisedCall {
    ItemisedCall {
        record: "R1".into(),
        cli: "+442079460000".into(),
        cost_centre: "Leeds".into(),
        started_at: "2026-10-03 09:15:00".into(),
        direction: "out",
        other_party: "+33140000000".into(),
        description: "France Landline".into(),
        class: "international",
        kind: "voice",
        units: 185,
        charge: decimal("0.045"),
        disposition: "billed",
    }
}

/// So many calls of three CLIs: some capped, some in an allowance, some data and messages.
pub fn calls(count: u32) -> Vec<ItemisedCall> {
    (0..count)
        .map(|index| {
            let mut call = call();
            call.record = format!("R{index}").into();
            call.cli = format!("+44207946{:04}", u64::from(index) * 3 / u64::from(count)).into();
            call.started_at = format!("2026-10-{:02} {:02}:{:02}:07", 1 + index % 31, 8 + index % 11, index * 7 % 60);
            call.units = u64::from(index * 37 % 1_900) + 1;
            call.charge = CallCharge::from_scaled(i64::from(index * 113 % 9_000) * 100);
            match index % 17 {
                3 => call.description = "UK Mobile - O2 (Telefónica), with a longer description".into(),
                5 => {
                    call.disposition = "capped";
                    call.charge = CallCharge::ZERO;
                }
                7 => call.disposition = "allowance",
                11 => {
                    call.kind = "data";
                    call.units = 1_250_000 * u64::from(index);
                    call.other_party = "".into();
                    call.description = "UK data".into();
                }
                13 => call.direction = "in",
                _ => {}
            }
            call
        })
        .collect()
}
