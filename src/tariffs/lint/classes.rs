//! Usage that would go to suspense for want of a price: classes without tariff and markup, call types without a row
//! (R1, R2, R4). And default tariffs in a currency that nobody has (X7).

use std::collections::BTreeSet;

use super::findings::{Finding, Findings, Place};
use super::kinds::FindingKind;
use super::numbering::{Way, class_names};
use super::rows::Usage;
use super::{Subject, counted, first_few};
use crate::domain::book::{BandId, CallTypeId, SupplierId, TariffId};
use crate::domain::price_book::CallClass;

/// What has no price by any path.
pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    check_customers(subject, findings);
    check_currencies(subject, findings);
    for index in 0..subject.book.tariffs.len() {
        let tariff = TariffId::from_index(index);
        let asked = subject.asks.of(tariff);
        let classes = asked.retail().and(asked.without_markup);
        for class in classes.iter().filter(|class| *class != CallClass::Surcharges) {
            check_types(subject, tariff, class, findings);
        }
    }
}

fn check_customers(subject: &Subject, findings: &mut Findings) {
    let table = subject.tables.get("customers");
    for unpriced in &subject.asks.unpriced {
        let (lines, all) = unpriced.lines;
        let lines =
            if lines == all { counted(all, "line") } else { format!("{lines} of its {}", counted(all, "line")) };
        let what = format!("no tariff and no markup for {}, on {lines}", class_names(unpriced.classes));
        let place = Place::of(table, &table.rows[unpriced.customer.index()], "");
        findings.add(Finding::new(FindingKind::ClassWithoutPrice, place, what));
    }
}

fn check_currencies(subject: &Subject, findings: &mut Findings) {
    let book = subject.book;
    let customers = book.customers.iter().filter(|customer| !customer.status.is_gone());
    let currencies: BTreeSet<String> = customers.map(|customer| customer.currency.code().to_owned()).collect();
    let table = subject.tables.get("supplier_tariffs");
    for (row, stored) in book.supplier_tariffs.iter().zip(&table.rows).filter(|(row, _)| !row.wholesale) {
        let tariff = book.tariff(row.tariff);
        if !currencies.is_empty() && !currencies.contains(tariff.currency.code()) {
            let what = format!("{} is a tariff in {}, in which no customer is billed", tariff.code, tariff.currency);
            let place = Place::of(table, stored, "tariff");
            findings.add(Finding::new(FindingKind::CurrencyOfNobody, place, what).about(&tariff.code));
        }
    }
}

fn check_types(subject: &Subject, tariff: TariffId, class: CallClass, findings: &mut Findings) {
    let suppliers = subject.asks.suppliers(tariff, class);
    let bands: BTreeSet<BandId> = match suppliers.is_empty() {
        true => subject.weeks.all_bands(),
        false => suppliers.iter().flat_map(|id| subject.weeks.bands(*id)).copied().collect(),
    };
    let of_class = || subject.numbering.classified().filter(|(_, row)| row.class == class);
    let is_rowless = |id: CallTypeId| {
        let is_priced = |charge_band: &str, number: &str| {
            let keys = subject.rates.keys(tariff, &Usage { charge_band, number, call_type: id });
            bands.iter().any(|band| subject.rates.answer(tariff, &keys, *band, subject.on).is_some())
        };
        let ways = || ways_of(subject, id, &suppliers);
        let mut usages = ways().map(|way| match way {
            Way::Band(_, band) => (*band, ""),
            Way::Prefix(_, prefix) => ("", *prefix),
            Way::Fallback(_) | Way::Flag => ("", ""),
        });
        ways().next().is_some() && !is_priced("", "") && usages.any(|(band, number)| !is_priced(band, number))
    };
    let rowless: Vec<String> =
        of_class().filter(|(id, _)| is_rowless(*id)).map(|(_, call_type)| call_type.code.clone()).collect();
    if rowless.is_empty() {
        return;
    }
    let (all, of) = (of_class().count(), class.name());
    let what = if rowless.len() == all {
        format!("no row for any call type of class {of}")
    } else {
        format!(
            "no row for {} of the {} of class {of}: {}",
            rowless.len(),
            counted(all, "call type"),
            first_few(&rowless)
        )
    };
    findings.add(subject.about_tariff(FindingKind::TypesWithoutRow, tariff, "tariff", what));
}

/// The ways by which usage of these suppliers comes to a call type.
fn ways_of<'s>(
    subject: &'s Subject,
    call_type: CallTypeId,
    suppliers: &'s [SupplierId],
) -> impl Iterator<Item = &'s Way<'s>> {
    subject.numbering.ways[call_type.index()].iter().filter(|way| match way {
        Way::Band(supplier, _) | Way::Fallback(supplier) | Way::Prefix(Some(supplier), _) => {
            suppliers.contains(supplier)
        }
        Way::Prefix(None, _) => true,
        Way::Flag => false,
    })
}
