//! Organisations, groups, customers and cost centres.

use crate::book::notation;
use crate::domain::book::{CustomerId, GroupId, OrganisationId, TariffId, VatRounding};
use crate::domain::customer::{
    Address, ClassPrices, CostCentre, CreditLimits, Customer, EmptyInvoice, Group, GroupInterval, InvoiceFormat,
    Itemisation, LowInvoiceAction, LowInvoiceTest, Organisation, PaymentTerms, Status,
};
use crate::domain::money::{Currency, Money, Percent};
use crate::domain::price_book::{CallClass, PerClass};

use super::contacts;
use super::rows::{Input, Names, Row};
use crate::book::schema::{MARKUP_COLUMNS, TARIFF_COLUMNS};

/// Terms of organisations that state none.
const DEFAULT_TERMS: PaymentTerms = PaymentTerms::Days(30);

pub(super) fn organisations(input: &Input) -> Vec<Organisation> {
    let organisation = |row: Row| Organisation {
        code: row.text("organisation"),
        name: row.text("name"),
        vat_number: row.text("vat_number"),
        company_number: row.text("company_number"),
        address: address(row),
        invoice_prefix: row.text("invoice_prefix"),
        credit_prefix: row.text("credit_prefix"),
        payment_terms: payment_terms(row).unwrap_or(DEFAULT_TERMS),
        vat_rounding: row.parsed("vat_rounding", VatRounding::parse).unwrap_or(input.settings.vat_rounding),
        colour: row.text("colour"),
        logo: logo(row),
        contact: contacts::contact(row),
        bank: contacts::bank(row),
        footer: row.text("footer"),
        endpoint: contacts::endpoint(row),
        creditor_id: row.text("creditor_id"),
        service_user_number: contacts::digits(row, "service_user_number", 6),
    };
    input.rows("organisations").map(organisation).collect()
}

/// A file name without a path: what is read is always inside `templates/`.
fn logo(row: Row) -> String {
    let logo = row.text("logo");
    if logo.contains(['/', '\\']) || logo.starts_with('.') {
        row.fail("logo", "is not a plain file name", "the name of a file in templates/");
    }
    logo
}

fn address(row: Row) -> Address {
    let lines = ["address_1", "address_2", "address_3", "address_4"];
    Address {
        lines: lines.into_iter().filter_map(|line| row.get(line)).map(str::to_owned).collect(),
        town: row.text("town"),
        county: row.text("county"),
        postcode: row.text("postcode"),
        country: row.text("country"),
    }
}

fn payment_terms(row: Row) -> Option<PaymentTerms> {
    let terms = row.whole("payment_terms")?;
    Some(if row.get("payment_terms_type") == Some("months") {
        PaymentTerms::Months(terms)
    } else {
        PaymentTerms::Days(terms)
    })
}

pub(super) fn groups(input: &Input) -> Vec<Group> {
    let group = |row: Row| Group {
        code: row.text("group"),
        automatic: row.get("billing") == Some("automatic"),
        anniversary: is_anniversary(row),
        interval: row.parsed("interval", notation::group_months).unwrap_or(GroupInterval::Monthly),
        billing_day: row.whole("billing_day").unwrap_or(1),
        offset_months: row.parsed("offset_months", |text| text.parse().ok()).unwrap_or(0),
    };
    input.rows("groups").map(group).collect()
}

fn is_anniversary(group: Row) -> bool {
    group.get("method") == Some("anniversary")
}

pub(super) fn cost_centres(input: &Input, names: &Names) -> Vec<CostCentre> {
    let cost_centre = |row: Row| {
        Some(CostCentre {
            customer: CustomerId(row.id("account", &names.customers)?),
            code: row.text("cost_centre"),
            name: row.get("name").or(row.get("cost_centre")).unwrap_or("").to_owned(),
        })
    };
    input.rows("cost_centres").filter_map(cost_centre).collect()
}

pub(super) fn customers(input: &Input, names: &Names) -> Vec<Customer> {
    let rows = input.rows("customers").zip(&names.customer_currencies);
    rows.filter_map(|(row, currency)| customer(input, names, row, *currency)).collect()
}

fn customer(input: &Input, names: &Names, row: Row, currency: Currency) -> Option<Customer> {
    let (vat_code, vat_code_calls) = vat_codes(input, names, row);
    let status = row.parsed("status", Status::parse).unwrap_or_default();
    check_status_dates(row, status);
    row.date_range("contract_start", "contract_end");
    let limits = CreditLimits {
        balance: row.money("credit_limit", currency),
        unbilled: row.money("unbilled_limit", currency),
        overdue: row.money("overdue_limit", currency),
    };
    let group = row.id("group", &names.groups);
    let billing_day = row.whole("billing_day");
    if billing_day.is_none() && group.is_some_and(|group| is_anniversary(input.row("groups", group as usize))) {
        let group = row.get("group").unwrap_or("");
        let reason = format!("is needed: group {group} bills each customer on its own day");
        row.fail("billing_day", &reason, "a day from 1 to 31");
    }
    Some(Customer {
        account: row.text("account"),
        name: row.text("name"),
        reference: row.text("reference"),
        status,
        organisation: OrganisationId(row.id("organisation", &names.organisations)?),
        group: GroupId(group?),
        billing_day,
        currency,
        address: address(row),
        delivery: contacts::delivery(row),
        vat_number: row.text("vat_number"),
        vat_code,
        vat_code_calls,
        vat_exempt: row.flag("vat_exempt"),
        prices: class_prices(names, row, currency),
        fallback_suggested_markup: row.decimal("fallback_suggested_markup"),
        fallback_markup: row.decimal("fallback_markup"),
        empty_invoice: empty_invoice(row, currency),
        low_invoice: low_invoice_test(row, currency),
        low_invoice_action: low_invoice_action(row, currency),
        payment_terms: payment_terms(row),
        grace_days: row.whole("grace_days"),
        limits,
        final_bill_date: row.date("final_bill_date"),
        dropped_date: row.date("dropped_date"),
        opening_balance: row.money("opening_balance", currency).unwrap_or_default(),
        purchase_order: row.text("purchase_order"),
        invoice_per_cost_centre: row.flag("invoice_per_cost_centre"),
        invoice_format: row.parsed("invoice_format", InvoiceFormat::parse).unwrap_or_default(),
        itemisation: match row.get("itemisation") {
            Some("none") => Itemisation::None,
            Some("pdf") => Itemisation::Pdf,
            Some("xlsx") => Itemisation::Xlsx,
            _ => Itemisation::Csv,
        },
        itemise_above: row.decimal("itemise_above"),
        invoice_message: row.text("invoice_message"),
        next_invoice_message: row.text("next_invoice_message"),
        payment_method: row.text("payment_method"),
        direct_debit: contacts::direct_debit(row),
        language: row.text("language"),
        buyer_reference: row.text("buyer_reference"),
        endpoint: contacts::endpoint(row),
        accounting_reference: row.text("accounting_reference"),
    })
}

fn check_status_dates(row: Row, status: Status) {
    let needed = match status {
        Status::FinalBill => "final_bill_date",
        Status::Dropped => "dropped_date",
        _ => return,
    };
    if row.get(needed).is_none() {
        row.fail(needed, &format!("is needed: the status is {}", status.name()), "YYYY-MM-DD");
    }
}

/// The codes of charges and of calls (V1): the customer's, else the workspace's; none are needed by the exempt.
fn vat_codes(input: &Input, names: &Names, row: Row) -> (String, String) {
    let default = input.settings.default_vat_code.as_deref();
    let charges = row.get("vat_code").or(default);
    let calls = row.get("vat_code_calls").or(charges);
    if !row.flag("vat_exempt") {
        match (charges, calls) {
            (None, _) => {
                row.fail(
                    "vat_code",
                    "is needed: neither the row nor default_vat_code of tollbook.toml gives one",
                    "a VAT code",
                );
            }
            (Some(code), _) if row.get("vat_code").is_none() && !names.vat_codes.contains_key(code) => {
                let reason = format!("default_vat_code {code:?} of tollbook.toml is not in vat_codes.csv");
                row.fail("vat_code", &reason, "add it there, or give the customer a VAT code");
            }
            _ => {}
        }
    }
    (charges.unwrap_or("").to_owned(), calls.unwrap_or("").to_owned())
}

/// The tariffs and markups by class of a customer or of a CLI (R1, R4); a tariff has the customer's currency (X7).
pub(super) fn class_prices(names: &Names, row: Row, currency: Currency) -> ClassPrices {
    let first = |columns: PerClass<&str>| row.schema.position(columns[0]).expect("rows with prices have these columns");
    let (first_tariff, first_markup) = (first(TARIFF_COLUMNS), first(MARKUP_COLUMNS));
    let mut prices = ClassPrices::default();
    for class in CallClass::ALL.map(CallClass::index) {
        if let Some(name) = row.at(first_tariff + class) {
            prices.tariffs[class] = names.tariffs.get(name).copied().map(TariffId);
            check_currency(names, row, TARIFF_COLUMNS[class], currency);
        }
        if row.at(first_markup + class).is_some() {
            prices.markups[class] = row.parsed(MARKUP_COLUMNS[class], |text| Percent::parse(text).ok());
        }
    }
    prices
}

/// Reports a tariff of another currency than the customer's (X7).
pub(super) fn check_currency(names: &Names, row: Row, column: &str, currency: Currency) {
    let Some(tariff) = row.id(column, &names.tariffs) else { return };
    let of_tariff = names.tariff_terms[tariff as usize].currency;
    if of_tariff != currency {
        let reason = format!("is a tariff in {of_tariff}, the customer is billed in {currency} (X7)");
        row.fail(column, &reason, &format!("a tariff in {currency}"));
    }
}

fn empty_invoice(row: Row, currency: Currency) -> EmptyInvoice {
    let value = row.money("empty_invoice_value", currency);
    match row.get("empty_invoice") {
        Some("produce") => EmptyInvoice::Produce,
        Some("fee") => EmptyInvoice::Fee(needed(row, "empty_invoice_value", "empty_invoice", value)),
        _ => EmptyInvoice::Skip,
    }
}

fn low_invoice_test(row: Row, currency: Currency) -> LowInvoiceTest {
    let value = row.money("low_invoice_value", currency);
    let below = || needed(row, "low_invoice_value", "low_invoice", value);
    match row.get("low_invoice") {
        Some("total") => LowInvoiceTest::TotalBelow(below()),
        Some("call_spend") => LowInvoiceTest::CallSpendBelow(below()),
        Some("absolute") => LowInvoiceTest::AbsoluteTotalBelow(below()),
        _ => LowInvoiceTest::None,
    }
}

fn low_invoice_action(row: Row, currency: Currency) -> LowInvoiceAction {
    let value = row.money("low_invoice_action_value", currency);
    let amount = || needed(row, "low_invoice_action_value", "low_invoice_action", value);
    match row.get("low_invoice_action") {
        Some("rollover") => LowInvoiceAction::RollOver,
        Some("fee") => LowInvoiceAction::Fee(amount()),
        Some("pad") => LowInvoiceAction::PadTo(amount()),
        _ => LowInvoiceAction::Nothing,
    }
}

/// An amount without which what another column says means nothing.
fn needed(row: Row, column: &str, asked_by: &str, value: Option<Money>) -> Money {
    if row.get(column).is_none() {
        let word = row.get(asked_by).unwrap_or("");
        row.fail(column, &format!("is needed: {asked_by} is {word}"), "an amount");
    }
    value.unwrap_or_default()
}
