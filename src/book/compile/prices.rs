//! Suppliers and their tariffs, VAT codes, exchange rates, tariffs. Rate rows are in [`super::rates`].

use crate::domain::book::{CallTypeId, SupplierId, TariffId};
use crate::domain::money::{Currency, Rounding};
use crate::domain::price_book::{CallClass, ExchangeRate, Supplier, SupplierTariff, Tariff, VatCode, VatKind};
use crate::domain::usage::Kind;

use super::checks::{Dated, by_line, find_loops, find_overlaps};
use super::rows::{Input, Names, Row};

/// Decimals of a call's charge where the tariff states none (X3).
const DEFAULT_DECIMALS: u32 = 4;
const DEFAULT_BYTES_PER_MB: u32 = 1_000_000;

pub(super) fn vat_codes(input: &Input) -> Vec<VatCode> {
    let vat_code = |row: Row| {
        let kind = row.parsed("kind", VatKind::parse)?;
        let rate = row.decimal("rate")?;
        if matches!(kind, VatKind::Zero | VatKind::Exempt) && rate != Default::default() {
            row.fail("rate", &format!("is not 0, but the kind is {}", kind.name()), "0");
        }
        let label = row.get("label").or(row.get("vat_code")).unwrap_or("").to_owned();
        Some(VatCode { code: row.text("vat_code"), rate, kind, label, valid: row.dates() })
    };
    let codes: Vec<VatCode> = input.rows("vat_codes").filter_map(vat_code).collect();
    if codes.len() == input.rows("vat_codes").len() {
        refuse_overlapping_codes(input, &codes);
    }
    codes
}

fn refuse_overlapping_codes(input: &Input, codes: &[VatCode]) {
    let dated = |(row, code): (usize, &VatCode)| Dated { key: code.code.clone(), valid: code.valid, row };
    find_overlaps(codes.iter().enumerate().map(dated).collect(), |_, later, earlier| {
        let (first, second) = by_line(input.row("vat_codes", earlier), input.row("vat_codes", later));
        if first.get("from") != second.get("from") {
            let reason = format!("is in force on overlapping dates: {}", first.place());
            second.fail("vat_code", &reason, "end one before the other begins");
        }
    });
}

pub(super) fn suppliers(input: &Input, names: &Names) -> Vec<Supplier> {
    let fallback = |row: Row, column: &str, kind: Kind| {
        let call_type = row.id(column, &names.call_types)?;
        let found = input.row("call_types", call_type as usize).get("kind");
        if found != Some(kind.name()) {
            let reason = format!("is a call type of kind {}, not {}", found.unwrap_or(""), kind.name());
            row.fail(column, &reason, &format!("a call type of kind {}", kind.name()));
        }
        Some(CallTypeId(call_type))
    };
    let supplier = |row: Row| Supplier {
        code: row.text("supplier"),
        layout: row.text("layout"),
        longest_prefix: row.get("match") == Some("longest_prefix"),
        call_decimals: row.whole("call_decimals"),
        call_rounding: row.parsed("call_rounding", Rounding::parse),
        fallback_voice: fallback(row, "fallback_voice", Kind::Voice),
        fallback_data: fallback(row, "fallback_data", Kind::Data),
        fallback_sms: fallback(row, "fallback_sms", Kind::Sms),
        bytes_per_mb: row.whole("bytes_per_mb").unwrap_or(DEFAULT_BYTES_PER_MB),
    };
    input.rows("suppliers").map(supplier).collect()
}

pub(super) fn supplier_tariffs(input: &Input, names: &Names) -> Vec<SupplierTariff> {
    let supplier_tariff = |row: Row| {
        Some(SupplierTariff {
            supplier: SupplierId(row.id("supplier", &names.suppliers)?),
            cli_type: row.text("cli_type"),
            class: row.parsed("class", CallClass::parse)?,
            tariff: TariffId(row.id("tariff", &names.tariffs)?),
            wholesale: row.flag("wholesale"),
        })
    };
    input.rows("supplier_tariffs").filter_map(supplier_tariff).collect()
}

pub(super) fn exchange_rates(input: &Input) -> Vec<ExchangeRate> {
    let exchange_rate = |row: Row| {
        let rate = ExchangeRate {
            from: row.parsed("from", Currency::parse)?,
            to: row.parsed("to", Currency::parse)?,
            date: row.date("date")?,
            rate: row.decimal("rate")?,
        };
        if rate.from == rate.to {
            row.fail("to", "is the currency itself", "another currency");
        }
        Some(rate)
    };
    input.rows("exchange_rates").filter_map(exchange_rate).collect()
}

pub(super) fn tariffs(input: &Input, names: &Names) -> Vec<Tariff> {
    refuse_parent_loops(input, names);
    let tariff = |(position, row): (usize, Row)| {
        let currency = names.tariff_terms[position].currency;
        let parent = row.id("parent", &names.tariffs);
        if let Some(of_parent) = parent.map(|parent| names.tariff_terms[parent as usize].currency)
            && of_parent != currency
        {
            let reason = format!("is a tariff in {of_parent}, this one is in {currency} (X7)");
            row.fail("parent", &reason, &format!("a parent in {currency}"));
        }
        Tariff {
            code: row.text("tariff"),
            parent: parent.map(TariffId),
            currency,
            decimals: row.whole("decimals").unwrap_or(DEFAULT_DECIMALS),
            rounding: row.parsed("rounding", Rounding::parse).unwrap_or_default(),
            split_bands: row.get("band_mode") == Some("split"),
            description: row.text("description"),
        }
    };
    input.rows("tariffs").enumerate().map(tariff).collect()
}

fn refuse_parent_loops(input: &Input, names: &Names) {
    let next: Vec<_> = input.rows("tariffs").map(|row| row.id("parent", &names.tariffs)).collect();
    for members in find_loops(&next) {
        let code = |member: &usize| input.row("tariffs", *member).text("tariff");
        let names: Vec<String> = members.iter().chain(&members[..1]).map(code).collect();
        let reason = format!("tariffs are each other's parents in a loop: {}", names.join(" → "));
        input.row("tariffs", members[0]).fail("parent", &reason, "leave one of them without a parent");
    }
}
