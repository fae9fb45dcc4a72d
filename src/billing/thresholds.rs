//! What is done with an empty or a low bill (B5, B6), after all its lines are made and before VAT. Computes the fee or
//! the padding, never touches other lines.

use super::context::Context;
use crate::domain::bill::{BillLine, LineKind};
use crate::domain::customer::{Customer, EmptyInvoice, LowInvoiceAction, LowInvoiceTest, Status};
use crate::domain::money::{Money, Overflow};

/// What fees are listed under.
const FEES: &str = "Fees";

/// The lines of all bills of a customer.
pub(super) trait Lines<'a>: IntoIterator<Item = &'a BillLine, IntoIter: Clone> {}

impl<'a, T: IntoIterator<Item = &'a BillLine, IntoIter: Clone>> Lines<'a> for T {}

/// What becomes of the bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It is not made, because it is empty.
    Skip,
    /// It is not made, because it is low: what it would have been, ex VAT.
    RollOver(Money),
    /// It is made as it is.
    Make,
    /// It is made with another line.
    MakeWith(Fee),
}

/// A line that an empty or low bill gets in addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fee {
    kind: LineKind,
    amount: Money,
}

impl Fee {
    /// Taxed at the customer's code for charges (B6).
    pub fn line(&self, context: &Context<'_>) -> BillLine {
        let description = match self.kind {
            LineKind::EmptyInvoiceFee => "Empty invoice fee",
            LineKind::Padding => "Minimum invoice charge",
            _ => "Low invoice fee",
        };
        BillLine {
            category: FEES.to_owned(),
            description: description.to_owned(),
            price: self.amount.to_price(context.customer.currency).ok(),
            ..context.line(self.kind, self.amount, context.vat_code([]))
        }
    }
}

/// Decides on a bill by its lines: first whether it is empty, else whether it is low (B9); an empty bill is not asked
/// whether it is low.
///
/// A customer on its final bill always gets an invoice, and so does a credit (B7): that overrules *skip* and
/// *rollover*, nothing else, for a fee and padding make an invoice anyway.
pub(super) fn decide<'a>(customer: &Customer, lines: impl Lines<'a>) -> Result<Decision, Overflow> {
    let (is_final, lines) = (customer.status == Status::FinalBill, lines.into_iter());
    if lines.clone().next().is_none() {
        return Ok(match customer.empty_invoice {
            EmptyInvoice::Skip if is_final => Decision::Make,
            EmptyInvoice::Skip => Decision::Skip,
            EmptyInvoice::Produce => Decision::Make,
            EmptyInvoice::Fee(amount) => with_fee(LineKind::EmptyInvoiceFee, amount),
        });
    }
    let net = Money::total(lines.clone().map(|line| line.amount.money))?;
    if !is_low(customer.low_invoice, net, call_spend(lines)?)? {
        return Ok(Decision::Make);
    }
    Ok(match customer.low_invoice_action {
        LowInvoiceAction::Nothing => Decision::Make,
        LowInvoiceAction::RollOver if is_final || net < Money::ZERO => Decision::Make,
        LowInvoiceAction::RollOver => Decision::RollOver(net),
        LowInvoiceAction::Fee(amount) => with_fee(LineKind::LowInvoiceFee, amount),
        LowInvoiceAction::PadTo(amount) => with_fee(LineKind::Padding, amount.minus(net)?.max(Money::ZERO)),
    })
}

/// Decides on a further bill in a window that the customer has an invoice for: what that one decided by fees and padding
/// is not decided again, and a second empty one is never made.
pub(super) fn decide_again<'a>(customer: &Customer, lines: impl Lines<'a>) -> Result<Decision, Overflow> {
    let lines = lines.into_iter();
    if lines.clone().next().is_none() {
        return Ok(Decision::Skip);
    }
    Ok(match decide(customer, lines)? {
        Decision::MakeWith(_) => Decision::Make,
        other => other,
    })
}

/// Usage only, ex VAT (B4).
pub(super) fn call_spend<'a>(lines: impl IntoIterator<Item = &'a BillLine>) -> Result<Money, Overflow> {
    Money::total(lines.into_iter().filter(|line| line.kind == LineKind::Usage).map(|line| line.amount.money))
}

/// B6: strictly less, ex VAT.
fn is_low(test: LowInvoiceTest, net: Money, call_spend: Money) -> Result<bool, Overflow> {
    Ok(match test {
        LowInvoiceTest::None => false,
        LowInvoiceTest::TotalBelow(limit) => net < limit,
        LowInvoiceTest::CallSpendBelow(limit) => call_spend < limit,
        LowInvoiceTest::AbsoluteTotalBelow(limit) => net.max(net.negated()?) < limit,
    })
}

/// A fee of nothing is no line.
fn with_fee(kind: LineKind, amount: Money) -> Decision {
    if amount == Money::ZERO { Decision::Make } else { Decision::MakeWith(Fee { kind, amount }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::scenarios::june;
    use crate::domain::sample::{self, CUSTOMER, pounds};

    /// The decision on a bill with a charge and usage of these amounts (blank for none).
    fn decision(change: impl FnOnce(&mut Customer), charge: &str, usage: &str) -> String {
        let mut book = sample::book();
        change(&mut book.customers[0]);
        let terms = june();
        let context = Context::new(&book, &terms, CUSTOMER);
        let lines = [(LineKind::Recurring, charge), (LineKind::Usage, usage)];
        let lines = lines.into_iter().filter(|(_, amount)| !amount.is_empty());
        let lines: Vec<_> = lines.map(|(kind, amount)| context.line(kind, pounds(amount), String::new())).collect();
        match decide(context.customer, &lines).expect("in range") {
            Decision::Skip => "skip".to_owned(),
            Decision::Make => "make".to_owned(),
            Decision::RollOver(net) => format!("roll over {}", context.amount(net)),
            Decision::MakeWith(fee) => {
                let line = fee.line(&context);
                assert_eq!((line.category.as_str(), line.vat_code.as_str()), ("Fees", "std"));
                format!("{:?} {}", line.kind, line.amount)
            }
        }
    }

    #[test]
    fn a_further_bill_of_a_window_has_no_second_fee() {
        for (change, charge, expected, again) in [
            (fee_on_empty as fn(&mut Customer), "", "with a line", "skip"),
            (produce_empty, "", "make", "skip"),
            (pad, "3.50", "with a line", "make"),
            (roll_over, "3.50", "roll over", "roll over"),
        ] {
            let mut book = sample::book();
            change(&mut book.customers[0]);
            let terms = june();
            let context = Context::new(&book, &terms, CUSTOMER);
            let amount = Some(charge).filter(|amount| !amount.is_empty());
            let lines: Vec<_> = amount
                .map(|amount| context.line(LineKind::Recurring, pounds(amount), String::new()))
                .into_iter()
                .collect();
            let words = |decision: Result<Decision, Overflow>| match decision.expect("in range") {
                Decision::Skip => "skip",
                Decision::RollOver(_) => "roll over",
                Decision::Make => "make",
                Decision::MakeWith(_) => "with a line",
            };
            let found = (words(decide(context.customer, &lines)), words(decide_again(context.customer, &lines)));
            assert_eq!(found, (expected, again), "{charge}");
        }
    }

    fn fee_on_empty(customer: &mut Customer) {
        customer.empty_invoice = EmptyInvoice::Fee(pounds("3"));
    }

    fn produce_empty(customer: &mut Customer) {
        customer.empty_invoice = EmptyInvoice::Produce;
    }

    fn pad(customer: &mut Customer) {
        customer.low_invoice = LowInvoiceTest::TotalBelow(pounds("10"));
        customer.low_invoice_action = LowInvoiceAction::PadTo(pounds("10"));
    }

    fn roll_over(customer: &mut Customer) {
        customer.low_invoice = LowInvoiceTest::TotalBelow(pounds("10"));
        customer.low_invoice_action = LowInvoiceAction::RollOver;
    }

    #[test]
    fn decides_on_empty_bills() {
        let fee = EmptyInvoice::Fee(pounds("2.50"));
        let cases = [
            (Status::Active, EmptyInvoice::Skip, "skip"),
            (Status::Active, EmptyInvoice::Produce, "make"),
            (Status::Active, fee, "EmptyInvoiceFee 2.50"),
            (Status::Active, EmptyInvoice::Fee(Money::ZERO), "make"),
            // B7: always an invoice.
            (Status::FinalBill, EmptyInvoice::Skip, "make"),
            (Status::FinalBill, EmptyInvoice::Produce, "make"),
            (Status::FinalBill, fee, "EmptyInvoiceFee 2.50"),
        ];
        for (status, policy, expected) in cases {
            let change = |customer: &mut Customer| {
                customer.status = status;
                customer.empty_invoice = policy;
                // B9: an empty bill is not asked whether it is low.
                customer.low_invoice = LowInvoiceTest::TotalBelow(pounds("10"));
                customer.low_invoice_action = LowInvoiceAction::RollOver;
            };
            assert_eq!(decision(change, "", ""), expected, "{status:?} {policy:?}");
        }
        // A line of nothing is a line.
        assert_eq!(decision(|_| {}, "0.00", ""), "make");
    }

    /// Every test with every action, on one bill.
    /// `expected`: for each test (none, total, call spend, |total|, all below 10.00) the outcome of the actions
    /// nothing, roll over, fee of 2.00, pad to 10.00.
    fn check(status: Status, charge: &str, usage: &str, expected: [[&str; 4]; 4]) {
        let limit = pounds("10.00");
        let tests = [
            LowInvoiceTest::None,
            LowInvoiceTest::TotalBelow(limit),
            LowInvoiceTest::CallSpendBelow(limit),
            LowInvoiceTest::AbsoluteTotalBelow(limit),
        ];
        let actions = [
            LowInvoiceAction::Nothing,
            LowInvoiceAction::RollOver,
            LowInvoiceAction::Fee(pounds("2.00")),
            LowInvoiceAction::PadTo(pounds("10.00")),
        ];
        for (test, expected) in tests.into_iter().zip(expected) {
            for (action, expected) in actions.into_iter().zip(expected) {
                let change = |customer: &mut Customer| {
                    customer.status = status;
                    (customer.low_invoice, customer.low_invoice_action) = (test, action);
                };
                let found = decision(change, charge, usage);
                assert_eq!(found, expected, "{status:?} {charge} + {usage}: {test:?} {action:?}");
            }
        }
    }

    const ALL_MAKE: [&str; 4] = ["make"; 4];

    #[test]
    fn decides_on_low_bills() {
        // B6: 1.50 + 2.00 = 3.50, padded to 10.00 adds 6.50.
        let low = ["make", "roll over 3.50", "LowInvoiceFee 2.00", "Padding 6.50"];
        check(Status::Active, "1.50", "2.00", [ALL_MAKE, low, low, low]);
        // Strictly less: 10.00 is not low; its usage of 2.00 is, but there is nothing to pad.
        let low_calls = ["make", "roll over 10.00", "LowInvoiceFee 2.00", "make"];
        check(Status::Active, "8.00", "2.00", [ALL_MAKE, ALL_MAKE, low_calls, ALL_MAKE]);
        // 9.99 is low by a penny.
        let penny = ["make", "roll over 9.99", "LowInvoiceFee 2.00", "Padding 0.01"];
        check(Status::Active, "", "9.99", [ALL_MAKE, penny, penny, penny]);
        // Never negative: 20.00 + 2.00 is above what it would be padded to.
        let high = ["make", "roll over 22.00", "LowInvoiceFee 2.00", "make"];
        check(Status::Active, "20.00", "2.00", [ALL_MAKE, ALL_MAKE, high, ALL_MAKE]);
        // A total of nothing is low.
        let nothing = ["make", "roll over 0.00", "LowInvoiceFee 2.00", "Padding 10.00"];
        check(Status::Active, "-2.00", "2.00", [ALL_MAKE, nothing, nothing, nothing]);
        check(Status::Active, "", "10.00", [ALL_MAKE; 4]);
    }

    #[test]
    fn always_makes_credits_and_final_bills() {
        // B7: −5.00 + 2.00 = −3.00 is never rolled over. Padding takes 10.00 − (−3.00).
        let credit = ["make", "make", "LowInvoiceFee 2.00", "Padding 13.00"];
        check(Status::Active, "-5.00", "2.00", [ALL_MAKE, credit, credit, credit]);
        // −50.00 is low as a total, not by its size.
        let large = ["make", "make", "LowInvoiceFee 2.00", "Padding 60.00"];
        check(Status::Active, "-50.00", "", [ALL_MAKE, large, large, ALL_MAKE]);
        let last = ["make", "make", "LowInvoiceFee 2.00", "Padding 6.50"];
        check(Status::FinalBill, "1.50", "2.00", [ALL_MAKE, last, last, last]);
    }
}
