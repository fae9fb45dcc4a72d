//! What is to be paid, until when and how: to the organisation's bank, by direct debit, or not at all because the balance
//! is in the customer's favour. The customer's own account is named by its last digits only.

use std::cmp::Ordering;

use serde::Serialize;

use super::facts::{Fact, facts};
use crate::domain::bill::{Amount, Bill};
use crate::domain::contact::BankAccount;
use crate::domain::money::{Money, Overflow};
use crate::invoicing::language::{Style, printable, wrapped};

/// What the reader must do, in short.
#[derive(Serialize)]
pub(super) struct Due {
    pub(super) label: String,
    pub(super) amount: String,
    pub(super) note: String,
}

/// How it is done.
#[derive(Serialize)]
pub(super) struct Payment {
    /// `transfer`, `direct_debit`, `none`.
    kind: &'static str,
    title: String,
    text: String,
    /// Bank details, references, terms.
    facts: Vec<Fact>,
}

impl Payment {
    /// The sentence and the facts, for finding out how much room they take.
    pub(super) fn parts(&self) -> (&str, &[Fact]) {
        (&self.text, &self.facts)
    }
}

pub(super) fn due_of(bill: &Bill, style: Style) -> Result<Due, Overflow> {
    let now = bill.balance.now;
    let language = style.language;
    let date = language.long_date(bill.due_date);
    let method = printable(&bill.customer.payment_method);
    let due = |label: &str, amount: Amount, note: String| Due {
        label: style.word(label),
        amount: style.amount(amount),
        note,
    };
    Ok(match now.money.cmp(&Money::ZERO) {
        Ordering::Greater => {
            let note = match (bill.customer.pays_by_direct_debit(), method.is_empty()) {
                (true, _) => language.fill("due.collected", &[("date", &date)]),
                (false, true) => language.fill("due.by", &[("date", &date)]),
                (false, false) => language.fill("due.by_method", &[("date", &date), ("method", &method)]),
            };
            due("due.amount", now, note)
        }
        Ordering::Equal => due("due.nothing", now, style.word("due.settled")),
        Ordering::Less => {
            let note = if bill.is_final { "due.final_credit" } else { "due.do_not_pay" };
            due("due.credit", Amount { money: now.money.negated()?, ..now }, style.word(note))
        }
    })
}

pub(super) fn payment_of(bill: &Bill, style: Style) -> Result<Payment, Overflow> {
    let now = bill.balance.now;
    let not_paid =
        |title: &str, text: String| Payment { kind: "none", title: style.word(title), text, facts: Vec::new() };
    Ok(match now.money.cmp(&Money::ZERO) {
        Ordering::Greater if bill.customer.pays_by_direct_debit() => collected(bill, style),
        Ordering::Greater => transferred(bill, style),
        Ordering::Equal => not_paid("due.nothing", style.word("pay.settled")),
        Ordering::Less => {
            let credit = style.amount(Amount { money: now.money.negated()?, ..now });
            let text = if bill.is_final { "pay.final_credit" } else { "pay.in_credit" };
            not_paid("pay.nothing", style.language.fill(text, &[("amount", &credit)]))
        }
    })
}

fn collected(bill: &Bill, style: Style) -> Payment {
    let (amount, date) = (style.amount(bill.balance.now), style.language.long_date(bill.due_date));
    let mandate = &bill.customer.mandate;
    let ending = printable(&mandate.account_ending);
    let text = if ending.is_empty() { "pay.collected_anyhow" } else { "pay.collected" };
    Payment {
        kind: "direct_debit",
        title: style.word("pay.direct_debit"),
        text: style.language.fill(text, &[("amount", &amount), ("date", &date), ("ending", &ending)]),
        facts: facts(
            style,
            [
                ("pay.mandate", wrapped(&mandate.reference)),
                ("pay.reference", reference_of(bill)),
                ("pay.terms", terms_of(bill, style)),
            ],
        ),
    }
}

fn transferred(bill: &Bill, style: Style) -> Payment {
    let (amount, date) = (style.amount(bill.balance.now), style.language.long_date(bill.due_date));
    let BankAccount { bank, name, sort_code, account_number, iban, bic } = &bill.organisation.bank;
    Payment {
        kind: "transfer",
        title: style.word("pay.how_to_pay"),
        text: style.language.fill("pay.transfer", &[("amount", &amount), ("date", &date)]),
        facts: facts(
            style,
            [
                ("pay.reference", reference_of(bill)),
                ("pay.bank", wrapped(bank)),
                ("pay.account_name", wrapped(name)),
                ("pay.sort_code", in_groups(sort_code, 2, '-')),
                ("pay.account_number", wrapped(account_number)),
                ("pay.iban", in_groups(iban, 4, '\u{a0}')),
                ("pay.bic", wrapped(bic)),
                ("pay.method", wrapped(&bill.customer.payment_method)),
                ("pay.terms", terms_of(bill, style)),
            ],
        ),
    }
}

/// What a payment names, so that it is known whose it is.
fn reference_of(bill: &Bill) -> String {
    wrapped(bill.number.as_deref().unwrap_or(&bill.customer.account))
}

/// `30 days` and `1 month` in the words of the language; other terms as they are.
fn terms_of(bill: &Bill, style: Style) -> String {
    let terms = printable(&bill.customer.payment_terms);
    let counted = terms.split_once(' ').and_then(|(count, unit)| {
        let key = match unit {
            "day" | "days" => "terms.days",
            "month" | "months" => "terms.months",
            _ => return None,
        };
        Some(style.counted(key, count.parse().ok()?))
    });
    counted.unwrap_or(terms)
}

/// `12-34-56`, `GB82 WEST 1234 …`: as such numbers are read.
fn in_groups(number: &str, size: usize, separator: char) -> String {
    let mut grouped = String::new();
    for (place, character) in printable(number).chars().filter(char::is_ascii_alphanumeric).enumerate() {
        if place > 0 && place % size == 0 {
            grouped.push(separator);
        }
        grouped.push(character);
    }
    grouped
}
