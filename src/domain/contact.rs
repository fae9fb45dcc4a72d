//! How an organisation is reached and paid, and how a customer is reached and pays: contact, bank, direct debit, endpoint.
//! Says which texts can be a bank's numbers; sends and collects nothing.

use serde::{Deserialize, Serialize};

use super::time::Date;

/// Where people turn to. All parts may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Mail address; also where answers to invoices go.
    pub email: String,
    /// Telephone number, as it is to be printed.
    pub telephone: String,
    /// Address of the web site, as it is to be printed.
    pub website: String,
}

impl Contact {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A bank account. All parts may be empty; numbers hold no blanks and no dashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BankAccount {
    /// The bank.
    pub bank: String,
    /// In whose name it is.
    pub name: String,
    /// Six digits, in the United Kingdom.
    pub sort_code: String,
    /// Eight digits, in the United Kingdom.
    pub account_number: String,
    /// International account number (ISO 13616), capital letters.
    pub iban: String,
    /// Of the bank (ISO 9362); 8 or 11 characters.
    pub bic: String,
}

impl BankAccount {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The last four characters of the number, for those who are to recognise it without all of it.
    pub fn ending(&self) -> &str {
        let number = if self.account_number.is_empty() { &self.iban } else { &self.account_number };
        number.get(number.len().saturating_sub(4)..).unwrap_or("")
    }
}

/// The leave to collect what is due from a customer's account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectDebit {
    /// The account to collect from.
    pub bank: BankAccount,
    /// The reference of the mandate (SEPA) or of the instruction (Bacs); none is given while it is empty.
    pub mandate: String,
    /// When it was signed.
    pub signed: Option<Date>,
}

/// What of a mandate an invoice says: its reference, and how the account ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BillMandate {
    /// The reference.
    pub reference: String,
    /// The last four characters of the account number.
    pub account_ending: String,
}

impl BillMandate {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.reference.is_empty()
    }
}

/// What direct debit is called where the book says in words how a customer pays, in small letters.
const DIRECT_DEBIT: [&str; 4] = ["direct debit", "lastschrift", "prélèvement", "debyd uniongyrchol"];

/// Does a payment method say that what is due is collected?
pub fn is_direct_debit(payment_method: &str) -> bool {
    let method = payment_method.to_lowercase().replace(['_', '-'], " ");
    DIRECT_DEBIT.iter().any(|name| method.contains(name))
}

/// A document that can go with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attachment {
    /// The invoice.
    Pdf,
    /// The calls.
    Csv,
    /// The itemised workbook.
    Xlsx,
    /// The structured invoice (EN 16931).
    EInvoice,
    /// The model.
    Json,
}

impl Attachment {
    /// All, in the order in which a mail has them.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Xlsx, Self::Csv, Self::EInvoice, Self::Json];

    /// The name used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::EInvoice => "e_invoice",
            Self::Json => "json",
        }
    }

    /// Reads the name used in files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attachment| attachment.name() == text)
    }
}

/// Is it an international account number (ISO 13616): form, length and check digits?
pub fn is_iban(text: &str) -> bool {
    let (length, bytes) = (text.len(), text.as_bytes());
    let formed = (15..=34).contains(&length)
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    // Moved to the end, the first four make a number that leaves 1; a letter stands for 10 to 35.
    formed
        && bytes[4..].iter().chain(&bytes[..4]).fold(0_u32, |rest, byte| match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
        }) == 1
}

/// Is it a bank's identifier (ISO 9362)?
pub fn is_bic(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes.len(), 8 | 11)
        && bytes[..6].iter().all(u8::is_ascii_uppercase)
        && bytes[6..].iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Is it an electronic address for invoices: a scheme of the list of electronic address schemes, a colon, an identifier?
pub fn is_endpoint(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, identifier)| {
        (scheme == "EM" || scheme.len() == 4 && scheme.bytes().all(|byte| byte.is_ascii_digit()))
            && !identifier.is_empty()
            && !identifier.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iban_is_told_by_its_check_digits() {
        for (text, expected) in [
            ("GB82WEST12345698765432", true),
            ("DE89370400440532013000", true),
            ("NO9386011117947", true),
            ("GB82WEST12345698765433", false),
            ("gb82WEST12345698765432", false),
            ("GB82 WEST 1234 5698 7654 32", false),
            ("GB82", false),
            ("", false),
        ] {
            assert_eq!(is_iban(text), expected, "{text}");
        }
    }

    #[test]
    fn bics_and_endpoints_are_told_by_their_form() {
        for (text, expected) in [("DEUTDEFF", true), ("DEUTDEFF500", true), ("DEUTDEF", false), ("deutdeff", false)] {
            assert_eq!(is_bic(text), expected, "{text}");
        }
        for (text, expected) in [
            ("9932:GB123456789", true),
            ("EM:accounts@harbour.example", true),
            ("0088:", false),
            ("GB123456789", false),
            ("88:123", false),
            ("9932:GB 123", false),
        ] {
            assert_eq!(is_endpoint(text), expected, "{text}");
        }
    }

    #[test]
    fn direct_debit_is_known_by_its_names() {
        for (method, expected) in [
            ("Direct Debit", true),
            ("direct_debit", true),
            (" direct-debit ", true),
            ("SEPA-Lastschrift", true),
            ("Prélèvement", true),
            ("card", false),
            ("", false),
        ] {
            assert_eq!(is_direct_debit(method), expected, "{method}");
        }
    }

    #[test]
    fn an_account_is_recognised_by_its_end() {
        let account = |account_number: &str, iban: &str| BankAccount {
            account_number: account_number.into(),
            iban: iban.into(),
            ..BankAccount::default()
        };
        assert_eq!(account("12345678", "").ending(), "5678");
        assert_eq!(account("", "GB82WEST12345698765432").ending(), "5432");
        assert_eq!(account("", "").ending(), "");
    }
}
