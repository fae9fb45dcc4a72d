//! How a customer pays → payment instructions (BG-16): collected by mandate, paid to the organisation's account, or only
//! named. Collects nothing.

use super::model::{CreditTransfer, Payment};
use crate::domain::bill::{Bill, DocumentKind};
use crate::domain::contact::BankAccount;

const EURO: &str = "EUR";
const POUND: &str = "GBP";

/// Codes of UNTDID 4461.
mod code {
    pub const UNKNOWN: &str = "1";
    pub const CASH: &str = "10";
    pub const CHEQUE: &str = "20";
    pub const CREDIT_TRANSFER: &str = "30";
    pub const CARD: &str = "48";
    pub const DIRECT_DEBIT: &str = "49";
    pub const SEPA_CREDIT_TRANSFER: &str = "58";
    pub const SEPA_DIRECT_DEBIT: &str = "59";
}

/// None where nothing is to be paid, or nothing is known of how.
pub(super) fn payment_of(bill: &Bill) -> Option<Payment> {
    if bill.document == DocumentKind::CreditNote || bill.totals.gross.money.minor() <= 0 {
        return None;
    }
    let is_euro = bill.currency.code() == EURO;
    let method = bill.customer.payment_method.trim();
    let words = method.to_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    let mandate = &bill.customer.mandate.reference;
    let payment = |code| Payment {
        code,
        text: method.to_owned(),
        reference: bill.number.clone().unwrap_or_default(),
        account: None,
        mandate: String::new(),
    };
    let is_collected = says(&["direct debit", "lastschrift", "prélèvement", "debyd uniongyrchol"]);
    if !mandate.is_empty() && (is_collected || method.is_empty()) {
        let code = if is_euro { code::SEPA_DIRECT_DEBIT } else { code::DIRECT_DEBIT };
        return Some(Payment { mandate: mandate.clone(), ..payment(code) });
    }
    if is_collected {
        return Some(payment(code::UNKNOWN));
    }
    if says(&["card", "karte", "carte", "cerdyn"]) {
        return Some(payment(code::CARD));
    }
    if says(&["cheque", "check", "scheck", "chèque", "siec"]) {
        return Some(payment(code::CHEQUE));
    }
    if words == "cash" {
        return Some(payment(code::CASH));
    }
    match credit_transfer(&bill.organisation.bank, bill.currency.code()) {
        Some(account) => {
            let code = if is_euro && account.is_iban { code::SEPA_CREDIT_TRANSFER } else { code::CREDIT_TRANSFER };
            Some(Payment { account: Some(account), ..payment(code) })
        }
        None if method.is_empty() => None,
        None => Some(payment(code::UNKNOWN)),
    }
}

/// In pounds to the sort code and account number where there are some, else to the IBAN.
fn credit_transfer(bank: &BankAccount, currency: &str) -> Option<CreditTransfer> {
    let BankAccount { name, sort_code, account_number, iban, bic, .. } = bank;
    let national = (!account_number.is_empty()).then(|| CreditTransfer {
        account: account_number.clone(),
        is_iban: false,
        name: name.clone(),
        bank: sort_code.clone(),
    });
    let international = (!iban.is_empty()).then(|| CreditTransfer {
        account: iban.clone(),
        is_iban: true,
        name: name.clone(),
        bank: bic.clone(),
    });
    if currency == POUND { national.or(international) } else { international.or(national) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    /// The code, the account and the mandate.
    fn check(change: impl FnOnce(&mut Bill), expected: &str) {
        let mut bill = samples::short();
        bill.customer.payment_method.clear();
        bill.customer.mandate.reference.clear();
        change(&mut bill);
        let found = payment_of(&bill).map(|payment| {
            let account = payment.account.map(|account| format!(" to {} {}", account.bank, account.account));
            let mandate = (!payment.mandate.is_empty()).then(|| format!(" by {}", payment.mandate));
            format!("{}{}{}", payment.code, account.unwrap_or_default(), mandate.unwrap_or_default())
        });
        assert_eq!(found.unwrap_or_default(), expected);
    }

    #[test]
    fn says_how_to_pay() {
        let mandate = |bill: &mut Bill| bill.customer.mandate.reference = "M-1".into();
        let by = |method: &'static str| move |bill: &mut Bill| bill.customer.payment_method = method.into();
        let euro = |bill: &mut Bill| bill.currency = Currency::parse("EUR").expect("euro");
        check(|_| {}, "30 to 000000 12345678");
        check(by("Bank transfer"), "30 to 000000 12345678");
        check(euro, "58 to WESTGB22 GB82WEST12345698765432");
        check(|bill| bill.organisation.bank.account_number.clear(), "30 to WESTGB22 GB82WEST12345698765432");
        check(|bill| bill.organisation.bank = BankAccount::default(), "");
        let nowhere = |bill: &mut Bill| bill.organisation.bank = BankAccount::default();
        check(|bill| (nowhere(bill), by("Transfer")(bill)).1, "1");
        check(|bill| (mandate(bill), by("Direct Debit")(bill)).1, "49 by M-1");
        check(|bill| (mandate(bill), euro(bill)).1, "59 by M-1");
        // Without a mandate it cannot be said that it will be collected, nor that it is to be paid.
        check(by("direct debit"), "1");
        check(by("Credit card"), "48");
        check(by("cheque"), "20");
        check(by("cash"), "10");
        check(|bill| bill.totals.gross.money = crate::domain::money::Money::ZERO, "");
        check(|bill| bill.document = DocumentKind::CreditNote, "");
    }
}
