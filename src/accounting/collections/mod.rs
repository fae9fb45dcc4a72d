//! What is due from customers on direct debit → the file by which a bank collects it: SEPA (pain.008) or Bacs (Standard
//! 18). Which invoices can be collected, and why others cannot. The same collection gives the same bytes, always.

mod candidates;
mod letters;
mod pain008;
mod standard18;

use serde::{Deserialize, Serialize};

use crate::domain::bill::Amount;
use crate::domain::contact::{BankAccount, is_bic, is_iban};
use crate::domain::customer::Organisation;
use crate::domain::money::{Currency, Money, Overflow};
use crate::domain::time::{Date, Weekday};

pub use candidates::{OpenInvoice, collectable, debits_of};

/// Under whose rules money is collected, in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// SEPA core direct debit, pain.008.001.08.
    Sepa,
    /// The same in the older pain.008.001.02.
    Sepa02,
    /// Bacs direct debit, Standard 18.
    Bacs,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sepa, Self::Sepa02, Self::Bacs];

    /// The name on the command line and in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sepa => "sepa",
            Self::Sepa02 => "sepa02",
            Self::Bacs => "bacs",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == text)
    }

    /// The only currency that it collects.
    pub fn currency(self) -> &'static str {
        if self == Self::Bacs { "GBP" } else { "EUR" }
    }

    /// The one that collects a currency, if there is one.
    pub fn of_currency(currency: Currency) -> Option<Self> {
        [Self::Sepa, Self::Bacs].into_iter().find(|scheme| scheme.currency() == currency.code())
    }
}

/// Where in the life of a mandate a debit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sequence {
    /// The first by its mandate.
    First,
    /// One of many.
    Recurring,
    /// Of an invoice whose collection was cancelled before.
    Again,
    /// The last one: of a final bill.
    Last,
}

/// What is collected at once for one organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Collection {
    /// Under whose rules.
    pub scheme: Scheme,
    /// When customers' accounts are debited.
    pub collect_on: Date,
    /// The working day before, on which Bacs processes it.
    pub process_on: Date,
    /// Who collects.
    pub creditor: Creditor,
    /// One for each mandate.
    pub debits: Vec<Debit>,
}

/// Who collects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creditor {
    /// The organisation's code.
    pub organisation: String,
    /// Its name.
    pub name: String,
    /// Where the money goes.
    pub bank: BankAccount,
    /// Its SEPA creditor identifier.
    pub creditor_id: String,
    /// Its Bacs service user number.
    pub service_user_number: String,
}

/// What is collected by one mandate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Debit {
    /// The customer's account.
    pub account: String,
    /// In whose name the bank account is: the customer's, unless the book says otherwise.
    pub name: String,
    /// The bank account.
    pub bank: BankAccount,
    /// The reference of the mandate.
    pub mandate: String,
    /// When it was signed.
    pub signed: Option<Date>,
    /// Where in its life.
    pub sequence: Sequence,
    /// The sum of the invoices.
    pub amount: Amount,
    /// What it is for.
    pub invoices: Vec<DebitedInvoice>,
}

/// An invoice that is collected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DebitedInvoice {
    /// Its number.
    pub number: String,
    /// What is open of it.
    pub amount: Amount,
}

impl Creditor {
    /// An organisation as the one who collects.
    pub fn of(organisation: &Organisation) -> Self {
        Self {
            organisation: organisation.code.clone(),
            name: organisation.name.clone(),
            bank: organisation.bank.clone(),
            creditor_id: organisation.creditor_id.clone(),
            service_user_number: organisation.service_user_number.clone(),
        }
    }

    /// What it lacks for a scheme, all of it.
    pub fn lacks(&self, scheme: Scheme) -> Vec<&'static str> {
        let is = |given: bool, what: &'static str| (!given).then_some(what);
        let checks = match scheme {
            Scheme::Sepa | Scheme::Sepa02 => [
                is(
                    is_creditor_id(&self.creditor_id),
                    "creditor_id (8 to 35 letters and digits, as DE98ZZZ09999999999)",
                ),
                is(is_iban(&self.bank.iban), "bank_iban"),
                is(self.bank.bic.is_empty() || is_bic(&self.bank.bic), "bank_bic (8 or 11 characters, or none)"),
            ],
            Scheme::Bacs => [
                is(is_digits(&self.service_user_number, 6), "service_user_number (6 digits)"),
                is(is_digits(&self.bank.sort_code, 6), "bank_sort_code (6 digits)"),
                is(is_digits(&self.bank.account_number, 8), "bank_account_number (8 digits)"),
            ],
        };
        checks.into_iter().flatten().collect()
    }
}

/// Letters and digits whose third and fourth are check digits; the business code, the next three, does not count (ISO 7064).
fn is_creditor_id(text: &str) -> bool {
    let is_formed = (8..=35).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && text.as_bytes()[..2].iter().all(u8::is_ascii_uppercase)
        && text.as_bytes()[2..4].iter().all(u8::is_ascii_digit);
    let rest = |rest: u32, byte: u8| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    };
    is_formed && text.bytes().skip(7).chain(text.bytes().take(4)).fold(0, rest) == 1
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Collection {
    /// The sum of the debits.
    ///
    /// # Errors
    /// It is out of range.
    pub fn total(&self) -> Result<Money, Overflow> {
        Money::total(self.debits.iter().map(|debit| debit.amount.money))
    }

    /// The file of the collection of a number, made at a time (`YYYY-MM-DDTHH:MM:SSZ`).
    ///
    /// # Errors
    /// An amount is beyond what the file holds.
    pub fn file(&self, id: i64, created_at: &str) -> Result<Vec<u8>, Overflow> {
        match self.scheme {
            Scheme::Sepa => pain008::file(self, id, created_at, pain008::Version::V8),
            Scheme::Sepa02 => pain008::file(self, id, created_at, pain008::Version::V2),
            Scheme::Bacs => standard18::file(self, id, created_at),
        }
    }
}

/// Do banks work on a day? Not on Saturdays, Sundays, and days that the book names.
pub fn is_working_day(day: Date, is_holiday: impl Fn(Date) -> bool) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_creditor_identifier_is_told_by_its_check_digits() {
        for (text, expected) in [
            ("DE98ZZZ09999999999", true),
            ("DE98ABC09999999999", true),
            ("FR72ZZZ123456", true),
            ("DE97ZZZ09999999999", false),
            ("de98ZZZ09999999999", false),
            ("DE98", false),
            ("", false),
        ] {
            assert_eq!(is_creditor_id(text), expected, "{text}");
        }
    }
}
