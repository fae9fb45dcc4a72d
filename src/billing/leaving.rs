//! A customer that is dropped (B10), and what was billed for its charges → what it gets back for days after its last one,
//! as a bill of credits; and the charges for days up to it that no bill holds. Knows nothing of usage and services.

use super::charges::bill_charges;
use super::context::Context;
use super::{BillingError, CustomerBill, RunTerms, assembly};
use crate::domain::bill::{BillLine, DocumentKind};
use crate::domain::book::{Book, CustomerId};
use crate::domain::charge::BilledPeriod;
use crate::domain::money::{Money, Sum};
use crate::domain::time::Date;

/// What a customer leaves behind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leaving {
    /// What it gets back: credit lines only, amounts negative, without a number; none where nothing was charged beyond its
    /// last day.
    pub credit: Option<Box<CustomerBill>>,
    /// Charges for days up to its last that no bill holds, and one-off charges dated by then: what a final bill would charge.
    pub unbilled: Vec<BillLine>,
}

/// Settles the charges of a customer whose last day of service the book has as its dropped date. `on` is the date of the
/// credit and the tax point of its VAT (V4).
///
/// # Errors
/// [`BillingError`] if a price or VAT code is missing or an amount is out of range.
pub fn settle_charges(
    book: &Book,
    customer: CustomerId,
    on: Date,
    billed_periods: &[BilledPeriod],
    previous_balance: Money,
) -> Result<Leaving, BillingError> {
    let dropped = book.customer(customer).dropped_date;
    let last =
        dropped.ok_or_else(|| BillingError::new("has no dropped date: there is no day to settle its charges by"))?;
    let terms = RunTerms {
        invoice_date: on,
        usage_cutoff: last.next(),
        charge_cutoff: last.next(),
        due_date: Some(on),
        message: String::new(),
        usage_from: None,
        excluded_categories: Vec::new(),
    };
    let context = Context::new(book, &terms, customer);
    let charges = bill_charges(&context, billed_periods)?;
    let all = charges.lines.into_iter().zip(charges.periods);
    let (credits, unbilled): (Vec<_>, Vec<_>) = all.partition(|(_, period)| period.is_credit);
    let unbilled = unbilled.into_iter().map(|(line, _)| line).collect();
    if credits.is_empty() {
        return Ok(Leaving { credit: None, unbilled });
    }
    let (lines, periods): (Vec<BillLine>, Vec<BilledPeriod>) = credits.into_iter().unzip();
    let content = assembly::Content {
        cost_centre: String::new(),
        lines,
        usage: assembly::UsageSummaries { by_class: Vec::new(), by_cli: Vec::new() },
        allowances: Vec::new(),
        balance: previous_balance,
        has_next_message: false,
    };
    let mut bill = assembly::assemble(&context, content)?;
    // What is printed on every invoice is no word for a credit.
    bill.messages.clear();
    bill.document = DocumentKind::CreditNote;
    let credit = CustomerBill { bill, usage_records: 0, usage_cost: Sum::default(), periods, services: Vec::new() };
    Ok(Leaving { credit: Some(Box::new(credit)), unbilled })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::charge::{Alignment, ChargeType, Interval};
    use crate::domain::customer::Status;
    use crate::domain::sample::{self, CUSTOMER, date, monthly, one_off, pounds};

    fn book(dropped: &str) -> Book {
        let in_arrears = ChargeType::Recurring {
            interval: Interval::Months(1),
            in_advance: false,
            alignment: Alignment::Calendar(1),
        };
        let mut book = Book {
            charges: vec![
                crate::domain::charge::Charge { charge_type: in_arrears, ..monthly("ARREARS", "31", "2026-05-01") },
                one_off("FEE", "5", "2026-05-10"),
                monthly("RENT", "20", "2026-05-01"),
            ],
            ..sample::book()
        };
        book.customers[0].status = Status::Dropped;
        book.customers[0].dropped_date = Some(date(dropped));
        book.customers[0].invoice_message = "Thank you".into();
        book
    }

    fn billed(charge: &str, from: &str, to: &str, amount: &str) -> BilledPeriod {
        let charge = monthly(charge, "20", from);
        let days = super::super::days::Days { from: date(from), to: date(to) };
        super::super::charges::billed_period(&charge, days, pounds(amount), (sample::price("20"), charge.quantity))
    }

    #[test]
    fn gives_back_what_is_after_the_last_day_and_says_what_was_never_billed() {
        let before =
            [billed("RENT", "2026-05-01", "2026-05-31", "20"), billed("RENT", "2026-06-01", "2026-06-30", "20")];
        let rows: [(&str, &[&str], &[&str]); 3] = [
            // 20 × 10/30 = 6.67; 31 × 31/31 and 31 × 20/30 = 20.67 in arrears.
            (
                "2026-06-20",
                &["RENT 2026-06-21 to 2026-06-30 -6.67"],
                &["ARREARS 2026-05-01 to 2026-05-31 31.00", "ARREARS 2026-06-01 to 2026-06-20 20.67", "FEE 5.00"],
            ),
            // 20 × 26/31 = 16.77 and all of June; 31 × 5/31; the fee is dated later.
            (
                "2026-05-05",
                &["RENT 2026-05-06 to 2026-05-31 -16.77", "RENT 2026-06-01 to 2026-06-30 -20.00"],
                &["ARREARS 2026-05-01 to 2026-05-05 5.00"],
            ),
            (
                "2026-06-30",
                &[],
                &["ARREARS 2026-05-01 to 2026-05-31 31.00", "ARREARS 2026-06-01 to 2026-06-30 31.00", "FEE 5.00"],
            ),
        ];
        for (dropped, credits, unbilled) in rows {
            let book = book(dropped);
            let left =
                settle_charges(&book, CUSTOMER, date("2026-07-01"), &before, pounds("48")).expect("can be settled");
            let words = |line: &BillLine| match line.period {
                Some((from, to)) => format!("{} {from} to {to} {}", line.source, line.amount),
                None => format!("{} {}", line.source, line.amount),
            };
            let lines = left.credit.iter().flat_map(|credit| &credit.bill.lines);
            assert_eq!(lines.map(words).collect::<Vec<_>>(), credits, "{dropped}");
            assert_eq!(left.unbilled.iter().map(words).collect::<Vec<_>>(), unbilled, "{dropped}");
            if let Some(credit) = left.credit {
                assert_eq!(credit.periods.len(), credits.len());
                assert_eq!(
                    credit.bill.totals.net.money,
                    Money::total(credit.periods.iter().map(|row| row.amount)).unwrap()
                );
                assert_eq!(credit.bill.balance.now.money, pounds("48").plus(credit.bill.totals.gross.money).unwrap());
                assert!(credit.bill.messages.is_empty() && !credit.bill.is_final);
            }
        }
    }

    #[test]
    fn a_customer_without_a_last_day_cannot_be_settled() {
        let mut book = book("2026-06-20");
        book.customers[0].dropped_date = None;
        assert!(settle_charges(&book, CUSTOMER, date("2026-07-01"), &[], Money::ZERO).is_err());
    }
}
