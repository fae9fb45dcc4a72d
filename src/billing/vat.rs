//! Lines with their VAT codes → the VAT of a bill, by code (V1–V4). Which code a line has is decided where it is made.

use std::collections::BTreeMap;

use super::BillingError;
use super::context::{Context, EXEMPT};
use crate::domain::bill::{BillLine, BillVat};
use crate::domain::book::VatRounding;
use crate::domain::money::{Money, Overflow, Percent, Rounding, divide};
use crate::domain::price_book::VatKind;

/// The VAT of all lines, by code. The rate is the one in force on the invoice date, the tax point (V4).
///
/// A reverse charge keeps its rate beside a VAT of nothing, so that the invoice can say what the customer accounts for
/// (V2). What is exempt or zero-rated has the rate 0.
pub(super) fn vat_by_code(context: &Context<'_>, lines: &[BillLine]) -> Result<Vec<BillVat>, BillingError> {
    let mut of_code: BTreeMap<&str, Vec<&BillLine>> = BTreeMap::new();
    for line in lines {
        of_code.entry(&line.vat_code).or_default().push(line);
    }
    let rounding = context.book.organisations[context.customer.organisation.index()].vat_rounding;
    let one_code = |(code, lines): (&str, Vec<&BillLine>)| {
        let VatTerms { label, kind, rate } = find_code(context, code, lines[0])?;
        let charged = match kind {
            VatKind::Standard | VatKind::Reduced => rate,
            VatKind::Zero | VatKind::Exempt | VatKind::ReverseCharge => Percent::ZERO,
        };
        let nets = || lines.iter().map(|line| line.amount.money);
        Ok(BillVat {
            code: code.to_owned(),
            label,
            kind,
            rate: if kind == VatKind::ReverseCharge { rate } else { charged },
            net: context.amount(Money::total(nets())?),
            vat: context.amount(vat_on(nets(), charged, rounding)?),
        })
    };
    of_code.into_iter().map(one_code).collect()
}

/// V3: on the sum, or on each line.
pub(super) fn vat_on(
    nets: impl Iterator<Item = Money>,
    rate: Percent,
    rounding: VatRounding,
) -> Result<Money, Overflow> {
    match rounding {
        VatRounding::PerLine => {
            let mut sum = Money::ZERO;
            for net in nets {
                sum = sum.plus(percent_of(net, rate, rounding.mode())?)?;
            }
            Ok(sum)
        }
        VatRounding::HalfUp | VatRounding::Down => percent_of(Money::total(nets)?, rate, rounding.mode()),
    }
}

/// A percentage of an amount, rounded to the minor unit.
fn percent_of(net: Money, rate: Percent, mode: Rounding) -> Result<Money, Overflow> {
    let hundred_percent = 100 * i128::from(Percent::ONE.scaled());
    let exact = i128::from(net.minor()) * i128::from(rate.scaled());
    i64::try_from(divide(exact, hundred_percent, mode)).map(Money::from_minor).map_err(|_| Overflow)
}

/// What a code means on the invoice date.
struct VatTerms {
    label: String,
    kind: VatKind,
    rate: Percent,
}

fn find_code(context: &Context<'_>, code: &str, line: &BillLine) -> Result<VatTerms, BillingError> {
    let on = context.terms.invoice_date;
    let found = context.book.find_vat_code(code, on);
    if code == EXEMPT {
        return match found {
            None => Ok(VatTerms { label: "Exempt".to_owned(), kind: VatKind::Exempt, rate: Percent::ZERO }),
            Some(vat) if vat.kind == VatKind::Exempt => {
                Ok(VatTerms { label: vat.label.clone(), kind: vat.kind, rate: Percent::ZERO })
            }
            Some(vat) => Err(BillingError::new(format!(
                "the VAT code {EXEMPT} is of kind {} in the book: it stands for what is exempt, so give it the kind \
                 exempt, or another name",
                vat.kind.name()
            ))),
        };
    }
    if let Some(vat) = found {
        return Ok(VatTerms { label: vat.label.clone(), kind: vat.kind, rate: vat.rate });
    }
    let line = &line.description;
    let reason = if code.is_empty() {
        format!("no VAT code applies to {line}: give the customer one, or set a default in tollbook.toml")
    } else if context.book.vat_codes.iter().any(|vat| vat.code == code) {
        format!("the VAT code {code} of {line} is not in force on {on}: extend its dates in vat_codes.csv")
    } else {
        format!("the VAT code {code} of {line} is not in the book: add it to vat_codes.csv")
    };
    Err(BillingError::new(reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::scenarios::june;
    use crate::domain::bill::LineKind;
    use crate::domain::book::Book;
    use crate::domain::sample::{self, CUSTOMER, date, pounds, vat_code};
    use crate::domain::time::DateRange;

    fn vat(book: &Book, lines: &[(&str, &str)]) -> Result<Vec<BillVat>, BillingError> {
        let terms = june();
        let context = Context::new(book, &terms, CUSTOMER);
        let line = |(code, net): &(&str, &str)| BillLine {
            description: "Broadband".into(),
            ..context.line(LineKind::OneOff, pounds(net), (*code).to_owned())
        };
        vat_by_code(&context, &lines.iter().map(line).collect::<Vec<_>>())
    }

    /// `expected`: for each code net, rate and VAT.
    fn check(rounding: VatRounding, lines: &[(&str, &str)], expected: &str) {
        let mut book = sample::book();
        book.organisations[0].vat_rounding = rounding;
        let rows = vat(&book, lines).expect("all codes are known");
        let words: Vec<_> =
            rows.iter().map(|row| format!("{} {} @ {} % = {}", row.code, row.net, row.rate, row.vat)).collect();
        assert_eq!(words.join(", "), expected);
    }

    #[test]
    fn is_computed_on_the_sum_of_each_code() {
        use VatRounding::{Down, HalfUp, PerLine};
        // V3: 327.49 × 0.20 = 65.498; 29.95 × 0.05 = 1.4975.
        let example = [("std", "300.00"), ("red", "29.95"), ("std", "27.49")];
        check(HalfUp, &example, "red 29.95 @ 5 % = 1.50, std 327.49 @ 20 % = 65.50");
        check(Down, &example, "red 29.95 @ 5 % = 1.49, std 327.49 @ 20 % = 65.49");
        // 60.00 + 5.498 → 5.50.
        check(PerLine, &example, "red 29.95 @ 5 % = 1.50, std 327.49 @ 20 % = 65.50");
        // 3 × 0.03 × 0.20 = 0.018 → 0.02; each line 0.006 → 0.01, three of them 0.03.
        let pennies = [("std", "0.03"), ("std", "0.03"), ("std", "0.03")];
        check(HalfUp, &pennies, "std 0.09 @ 20 % = 0.02");
        check(Down, &pennies, "std 0.09 @ 20 % = 0.01");
        check(PerLine, &pennies, "std 0.09 @ 20 % = 0.03");
        // Credits: −0.03 × 0.20 = −0.006; half up is away from zero, down towards it.
        check(HalfUp, &[("std", "-0.03")], "std -0.03 @ 20 % = -0.01");
        check(Down, &[("std", "-0.03")], "std -0.03 @ 20 % = 0.00");
        // 2.50 × 0.05 = 0.125 → 0.13.
        check(HalfUp, &[("red", "2.50")], "red 2.50 @ 5 % = 0.13");
        check(HalfUp, &[], "");
    }

    #[test]
    fn charges_none_on_other_kinds() {
        use VatRounding::HalfUp;
        // V2: the rate stays, for what the customer accounts for.
        check(HalfUp, &[("rev", "100")], "rev 100.00 @ 20 % = 0.00");
        check(HalfUp, &[("zero", "100"), ("exempt", "50")], "exempt 50.00 @ 0 % = 0.00, zero 100.00 @ 0 % = 0.00");
    }

    #[test]
    fn exempt_is_built_in() {
        let built_in = vat(&sample::book(), &[("exempt", "1")]).expect("built in");
        assert_eq!((built_in[0].label.as_str(), built_in[0].kind), ("Exempt", VatKind::Exempt));
        let mut book = sample::book();
        book.vat_codes.insert(0, vat_code("exempt", "0", VatKind::Exempt));
        assert_eq!(vat(&book, &[("exempt", "1")]).expect("of the book")[0].label, "VAT exempt");
        book.vat_codes[0].kind = VatKind::Standard;
        assert!(vat(&book, &[("exempt", "1")]).is_err());
    }

    #[test]
    fn takes_the_rate_of_the_tax_point() {
        let mut book = sample::book();
        let until = |to| DateRange { from: None, to: Some(date(to)) };
        let from = |from| DateRange { from: Some(date(from)), to: None };
        let mut later = vat_code("std", "21", VatKind::Standard);
        (book.vat_codes[2].valid, later.valid) = (until("2026-05-31"), from("2026-06-01"));
        book.vat_codes.push(later);
        // V4: 100 × 0.21, whatever was in force when the service was given.
        assert_eq!(vat(&book, &[("std", "100")]).expect("in force")[0].vat.to_string(), "21.00");
        (book.vat_codes[2].valid, book.vat_codes[4].valid) = (until("2026-06-01"), from("2026-06-02"));
        assert_eq!(vat(&book, &[("std", "100")]).expect("in force")[0].vat.to_string(), "20.00");
    }

    #[test]
    fn refuses_codes_that_say_nothing() {
        let mut book = sample::book();
        book.vat_codes[0].valid = DateRange { from: None, to: Some(date("2026-05-31")) };
        let cases = [
            ("", "no VAT code applies to Broadband: give the customer one, or set a default in tollbook.toml"),
            ("odd", "the VAT code odd of Broadband is not in the book: add it to vat_codes.csv"),
            ("red", "the VAT code red of Broadband is not in force on 2026-06-01: extend its dates in vat_codes.csv"),
        ];
        for (code, expected) in cases {
            assert_eq!(vat(&book, &[(code, "1")]).expect_err("not known").to_string(), expected);
        }
    }
}
