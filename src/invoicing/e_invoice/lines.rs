//! Lines of a bill → lines (BG-25) and charges on the document (BG-21). What is sold is a line; the fee of an empty or low
//! invoice, and what fills it up, is a charge, unless nothing else is charged: there is always a line.
//!
//! A net price is never negative (BR-27): what is given back has a negative quantity. Quantity × price is always the
//! amount: where the bill's own price does not give it (usage, part periods), the price is the amount for that quantity.

use super::categories::{NOTHING, category_of};
use super::finding::Finding;
use super::model::{Category, Charge, Line, Period};
use crate::domain::bill::{Bill, BillLine, LineKind};
use crate::domain::money::{Currency, Overflow, Price, Quantity, Rounding, divide, power_of_ten};

/// Lines and charges; `bill` is as printed.
pub(super) fn lines_and_charges(
    bill: &Bill,
    findings: &mut Vec<Finding>,
) -> Result<(Vec<Line>, Vec<Charge>), Overflow> {
    let (mut lines, mut charges) = (Vec::new(), Vec::new());
    let has_sold = bill.lines.iter().any(|line| !is_fee(line.kind));
    for (number, line) in (1..).zip(&bill.lines) {
        let Some(category) = category_of(bill, &line.vat_code) else {
            let reason = format!("line {number} has the VAT code {:?}, of which the bill has no VAT", line.vat_code);
            findings.push(Finding::new("BT-151, the VAT category of a line", reason, "run `tollbook verify`"));
            continue;
        };
        if is_fee(line.kind) && has_sold && line.amount.money.minor() > 0 {
            charges.push(Charge { amount: line.amount, reason: name_of(line), category });
        } else {
            lines.push(line_of(bill, number, line, category)?);
        }
    }
    if bill.lines.is_empty() {
        lines.push(nothing(bill));
    }
    Ok((lines, charges))
}

fn is_fee(kind: LineKind) -> bool {
    matches!(kind, LineKind::EmptyInvoiceFee | LineKind::LowInvoiceFee | LineKind::Padding)
}

fn line_of(bill: &Bill, number: usize, line: &BillLine, category: Category) -> Result<Line, Overflow> {
    let Priced { quantity, price, price_quantity } = priced(line, bill.currency)?;
    let note = match line.price {
        Some(price) if !line.proration.is_empty() => format!("{} × {}", price.to_places(2), line.proration),
        _ => line.proration.clone(),
    };
    Ok(Line {
        number,
        note,
        object: line.cli.clone(),
        quantity,
        amount: line.amount,
        cost_centre: line.cost_centre.clone(),
        period: Period { from: line.from, to: line.to },
        price,
        price_quantity,
        category,
        name: name_of(line),
        description: line.details.clone(),
        listed_under: line.category.clone(),
    })
}

/// The line of a bill that charges nothing.
fn nothing(bill: &Bill) -> Line {
    Line {
        number: 1,
        note: String::new(),
        object: String::new(),
        quantity: Quantity::ZERO,
        amount: bill.totals.net,
        cost_centre: String::new(),
        period: Period::default(),
        price: Price::ZERO,
        price_quantity: None,
        category: NOTHING,
        name: "No charges".into(),
        description: String::new(),
        listed_under: String::new(),
    }
}

/// What a line says, or failing that what it is.
fn name_of(line: &BillLine) -> String {
    let kind = match line.kind {
        LineKind::Usage => "Usage",
        LineKind::Recurring => "Recurring charge",
        LineKind::Credit => "Credit",
        LineKind::OneOff => "Charge",
        LineKind::Service => "Service",
        LineKind::EmptyInvoiceFee => "Empty invoice fee",
        LineKind::LowInvoiceFee => "Low invoice fee",
        LineKind::Padding => "Minimum invoice charge",
    };
    let said = [&line.description, &line.category].into_iter().find(|text| !text.trim().is_empty());
    said.map_or_else(|| kind.to_owned(), Clone::clone)
}

/// Quantity and price that give the amount.
struct Priced {
    quantity: Quantity,
    price: Price,
    price_quantity: Option<Quantity>,
}

fn priced(line: &BillLine, currency: Currency) -> Result<Priced, Overflow> {
    let amount = line.amount.money;
    let is_negative = amount.minor() < 0;
    let signed = |quantity: Quantity| if is_negative { quantity.negated() } else { Ok(quantity) };
    let many = magnitude(line.quantity)?;
    let each = line.price.map(magnitude).transpose()?;
    if let Some(price) = each.filter(|price| {
        let exact = i128::from(many.scaled()) * i128::from(price.scaled());
        let minor = divide(exact, power_of_ten(12 - currency.digits.min(12)), Rounding::HalfUp);
        minor == i128::from(amount.minor()).abs()
    }) {
        return Ok(Priced { quantity: signed(many)?, price, price_quantity: None });
    }
    let price = magnitude(amount.to_price(currency)?)?;
    if many.is_zero() {
        let quantity = if price.is_zero() { Quantity::ZERO } else { signed(Quantity::ONE)? };
        return Ok(Priced { quantity, price, price_quantity: None });
    }
    let price_quantity = Some(many).filter(|many| *many != Quantity::ONE && !price.is_zero());
    Ok(Priced { quantity: signed(many)?, price, price_quantity })
}

fn magnitude<const SCALE: u32>(
    number: crate::domain::money::Decimal<SCALE>,
) -> Result<crate::domain::money::Decimal<SCALE>, Overflow> {
    if number.is_negative() { number.negated() } else { Ok(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bill::Amount;
    use crate::domain::money::Money;

    /// Quantity, price, and for how many the price is.
    fn check(quantity: &str, price: &str, proration: &str, amount: &str, expected: [&str; 3]) {
        let money = Money::parse(amount, Currency::GBP).expect(amount);
        let line = BillLine {
            quantity: Quantity::parse(quantity).expect(quantity),
            price: (!price.is_empty()).then(|| Price::parse(price).expect(price)),
            proration: proration.into(),
            ..BillLine::new(LineKind::Recurring, Amount::new(money, Currency::GBP), "S".into())
        };
        let Priced { quantity, price, price_quantity } = priced(&line, Currency::GBP).expect("in range");
        let found =
            [quantity.to_string(), price.to_string(), price_quantity.map(|many| many.to_string()).unwrap_or_default()];
        assert_eq!(found, expected, "{amount}");
    }

    #[test]
    fn quantity_times_price_is_the_amount() {
        // A price that gives the amount stays.
        check("8", "4.25", "", "34.00", ["8", "4.25", ""]);
        check("2.5", "9.99", "", "24.98", ["2.5", "9.99", ""]);
        check("3", "0.015", "", "0.05", ["3", "0.015", ""]);
        // A negative price is a negative quantity (BR-27).
        check("1", "-25", "", "-25.00", ["-1", "25", ""]);
        check("2", "-3", "", "-6.00", ["-2", "3", ""]);
        // Usage has no price: the amount for so many calls.
        check("1326", "", "", "158.74", ["1326", "158.74", "1326"]);
        check("1326", "", "", "-158.74", ["-1326", "158.74", "1326"]);
        check("81", "", "", "0.00", ["81", "0", ""]);
        check("1", "", "", "3.20", ["1", "3.2", ""]);
        // Part of a period, P5 and what a credit note takes back.
        check("1", "20", "17/31 days", "10.97", ["1", "10.97", ""]);
        check("8", "4.25", "17/31 days", "18.65", ["8", "18.65", "8"]);
        check("1", "20", "20/30 days", "-13.33", ["-1", "13.33", ""]);
        // Nothing of something, and something of nothing.
        check("0", "5", "", "0.00", ["0", "5", ""]);
        check("0", "", "", "-1.00", ["-1", "1", ""]);
        check("1", "20", "0/30 days", "0.00", ["1", "0", ""]);
        // Too little for a penny.
        check("1", "-0.001", "", "0.00", ["1", "0.001", ""]);
    }
}
