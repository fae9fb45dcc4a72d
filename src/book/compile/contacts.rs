//! How organisations and customers are reached, paid and collected from: contact, bank, delivery, direct debit, endpoint.

use crate::book::notation;
use crate::domain::contact::{Attachment, BankAccount, Contact, DirectDebit, is_bic, is_endpoint, is_iban};
use crate::domain::customer::{Delivery, InvoiceFormat};

use super::rows::Row;

pub(super) fn contact(row: Row) -> Contact {
    Contact { email: row.text("email"), telephone: row.text("telephone"), website: row.text("website") }
}

/// The account of the columns `bank_…`; numbers may be written in groups.
pub(super) fn bank(row: Row) -> BankAccount {
    BankAccount {
        bank: row.text("bank_name"),
        name: row.text("bank_account_name"),
        sort_code: digits(row, "bank_sort_code", 6),
        account_number: digits(row, "bank_account_number", 8),
        iban: checked(
            row,
            "bank_iban",
            is_iban,
            "is no IBAN: a digit is wrong or missing",
            "as GB82 WEST 1234 5698 7654 32",
        ),
        bic: checked(row, "bank_bic", is_bic, "is no BIC", "8 or 11 letters and digits, as DEUTDEFF"),
    }
}

pub(super) fn delivery(row: Row) -> Delivery {
    Delivery {
        email: row.get("delivery_email").or(row.get("email")).unwrap_or("").to_owned(),
        by_email: row.flag("send_email"),
        by_post: row.flag("send_post"),
        post_format: row.parsed("post_format", InvoiceFormat::parse),
        attachments: attachments(row),
        pdf_password: row.text("pdf_password"),
    }
}

pub(super) fn direct_debit(row: Row) -> DirectDebit {
    DirectDebit { bank: bank(row), mandate: row.text("mandate"), signed: row.date("mandate_date") }
}

pub(super) fn endpoint(row: Row) -> String {
    let endpoint = row.text("endpoint");
    if !endpoint.is_empty() && !is_endpoint(&endpoint) {
        let hint = "the scheme's four digits or EM, a colon, the identifier, as 9932:GB123456789";
        row.fail("endpoint", "is no electronic address for invoices", hint);
    }
    endpoint
}

/// A number of so many digits, without what groups them.
pub(super) fn digits(row: Row, column: &str, count: usize) -> String {
    let number = ungrouped(row.get(column));
    if !number.is_empty() && (number.len() != count || !number.bytes().all(|byte| byte.is_ascii_digit())) {
        row.fail(column, &format!("is not a number of {count} digits"), "");
    }
    number
}

fn checked(row: Row, column: &str, is_right: fn(&str) -> bool, reason: &str, hint: &str) -> String {
    let number = ungrouped(row.get(column)).to_uppercase();
    if !number.is_empty() && !is_right(&number) {
        row.fail(column, reason, hint);
    }
    number
}

fn ungrouped(number: Option<&str>) -> String {
    number.unwrap_or("").chars().filter(|character| !character.is_whitespace() && *character != '-').collect()
}

fn attachments(row: Row) -> Vec<Attachment> {
    let mut attachments: Vec<Attachment> = Vec::new();
    for name in notation::list(row.get("attachments").unwrap_or("")) {
        match Attachment::parse(name) {
            Some(attachment) => attachments.push(attachment),
            None => {
                let known = Attachment::ALL.map(Attachment::name).join(", ");
                row.fail("attachments", &format!("names {name:?}, which is no document"), &format!("any of {known}"));
            }
        }
    }
    attachments.sort_unstable();
    attachments.dedup();
    attachments
}
