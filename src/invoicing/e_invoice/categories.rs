//! VAT codes of a bill → categories of VAT (UNTDID 5305) and the VAT breakdown (BG-23). A category and rate stands in the
//! breakdown once: codes that agree in both are summed. The VAT is the bill's own, however it was rounded (V3); the
//! standard allows less than one unit of the currency between it and base × rate.

use super::finding::Finding;
use super::model::{Category, VatRow};
use crate::domain::bill::{Amount, Bill, BillVat};
use crate::domain::money::{Money, Overflow, Percent, Rounding, divide};
use crate::domain::price_book::VatKind;

/// What a line without any VAT code has: that of a bill on which nothing is charged.
pub(super) const NOTHING: Category = Category { code: "E", rate: Percent::ZERO };

/// The category of a line's VAT code.
pub(super) fn category_of(bill: &Bill, code: &str) -> Option<Category> {
    bill.vat.iter().find(|row| row.code == code).map(category)
}

/// The breakdown, in the order of the bill; `bill` is as printed.
pub(super) fn breakdown(bill: &Bill, findings: &mut Vec<Finding>) -> Result<Vec<VatRow>, Overflow> {
    let mut rows = Vec::<VatRow>::new();
    for vat in &bill.vat {
        let (exemption, exemption_code) = exemption(vat);
        // The VAT of a reverse charge may be shown (V2); it is not charged.
        let charged = if vat.kind == VatKind::ReverseCharge { Money::ZERO } else { vat.vat.money };
        let charged = Amount { money: charged, ..vat.vat };
        let row = VatRow { category: category(vat), net: vat.net, vat: charged, exemption, exemption_code };
        match rows.iter_mut().find(|known| known.category == row.category) {
            None => rows.push(row),
            Some(known) => {
                known.net.money = known.net.money.plus(row.net.money)?;
                known.vat.money = known.vat.money.plus(row.vat.money)?;
                if !known.exemption.split("; ").any(|said| said == row.exemption) {
                    known.exemption = format!("{}; {}", known.exemption, row.exemption);
                }
            }
        }
    }
    if bill.lines.is_empty() && rows.is_empty() {
        rows.push(VatRow {
            category: NOTHING,
            net: bill.totals.net,
            vat: bill.totals.vat,
            exemption: "Nothing is charged".into(),
            exemption_code: "",
        });
    }
    for row in &rows {
        findings.extend(check(row)?);
    }
    Ok(rows)
}

fn category(vat: &BillVat) -> Category {
    let charged = matches!(vat.kind, VatKind::Standard | VatKind::Reduced) && !vat.rate.is_zero();
    let code = match vat.kind {
        _ if charged => "S",
        // What is taxed at a rate of nothing is zero-rated.
        VatKind::Standard | VatKind::Reduced | VatKind::Zero => "Z",
        VatKind::Exempt => "E",
        VatKind::ReverseCharge => "AE",
    };
    Category { code, rate: if charged { vat.rate } else { Percent::ZERO } }
}

/// Why there is no VAT, in words and as a code of the VATEX list.
fn exemption(vat: &BillVat) -> (String, &'static str) {
    let label = vat.label.trim();
    match vat.kind {
        VatKind::Exempt if label.is_empty() => ("Exempt from VAT".into(), ""),
        VatKind::Exempt => (label.into(), ""),
        VatKind::ReverseCharge if label.to_lowercase().contains("reverse charge") => (label.into(), "VATEX-EU-AE"),
        VatKind::ReverseCharge => ("Reverse charge".into(), "VATEX-EU-AE"),
        VatKind::Standard | VatKind::Reduced | VatKind::Zero => (String::new(), ""),
    }
}

/// BR-CO-17: the VAT is base × rate, to less than one unit of the currency.
fn check(row: &VatRow) -> Result<Option<Finding>, Overflow> {
    let VatRow { category, net, vat, .. } = row;
    let hundred_percent = 100 * i128::from(Percent::ONE.scaled());
    let exact = i128::from(net.money.minor()) * i128::from(category.rate.scaled());
    let expected = i64::try_from(divide(exact, hundred_percent, Rounding::HalfUp)).map_err(|_| Overflow)?;
    let unit = 10_u64.pow(vat.digits);
    let is_near = expected.abs_diff(vat.money.minor()) < unit;
    let expected = Amount { money: Money::from_minor(expected), ..*vat };
    let finding = || {
        let reason = format!(
            "VAT of {vat} is charged on {net} at {} %, which is {expected}: one unit of the currency or more apart, as \
             rounding on many lines makes it",
            category.rate
        );
        let hint = "set vat_rounding in organisations.csv to half_up, which rounds on the sum of the lines";
        Finding::new("BT-117, the VAT of a category", reason, hint)
    };
    Ok((!is_near).then(finding))
}
