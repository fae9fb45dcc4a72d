//! Electronic addresses of seller and buyer (BT-34, BT-49): what the book says, else the VAT number where it is British,
//! else the mail address. Peppol delivers to participants only, so that a mail address is none for it.

use super::finding::Finding;
use super::model::Endpoint;
use crate::domain::bill::Bill;

/// Schemes of Peppol's code list of participants (Peppol BIS Billing 3, release of 2026).
const PEPPOL_SCHEMES: &str = "0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0151 0183 0184 0188 0190 0191 \
                              0192 0193 0195 0196 0198 0199 0200 0201 0202 0204 0208 0209 0210 0211 0212 0213 0215 0216 \
                              0218 0221 0230 9901 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 \
                              9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 \
                              9947 9948 9949 9950 9951 9952 9953 9957 9959";

/// VAT numbers of the United Kingdom.
const BRITISH_VAT: &str = "9932";

/// A global location number.
const GLN: &str = "0088";

/// A mail address; known to the standard, not to Peppol.
const MAIL: &str = "EM";

/// The address: `said` in the book, else by the VAT number, else by mail.
pub(super) fn endpoint(said: &str, vat_id: &str, email: &str) -> Option<Endpoint> {
    let of = |scheme: &str, identifier: &str| {
        Some(Endpoint { scheme: scheme.to_owned(), identifier: identifier.to_owned() })
    };
    if let Some((scheme, identifier)) = said.split_once(':') {
        return of(scheme.trim(), identifier.trim());
    }
    // Several mail addresses may be named: one of them is enough.
    let email = email.split([',', ';']).next().unwrap_or("").trim();
    match (vat_id.starts_with("GB"), email.is_empty()) {
        (true, _) => of(BRITISH_VAT, vat_id),
        (false, false) => of(MAIL, email),
        (false, true) => None,
    }
}

/// Why Peppol does not take the addresses of a bill.
pub(super) fn peppol_findings(bill: &Bill) -> Vec<Finding> {
    let (seller, buyer) = (super::parties::seller_endpoint(bill), super::parties::buyer_endpoint(bill));
    let of_seller = || format!("organisation {}", bill.organisation.code);
    let of_buyer = || format!("customer {}", bill.customer.account);
    let seller = check(seller.as_ref()).map(|reason| {
        let hint = "fill endpoint in organisations.csv (scheme:identifier, as 0088 with a GLN), or a GB vat_number";
        Finding::new("BT-34, the seller's electronic address", format!("{} {reason}", of_seller()), hint)
    });
    let buyer = check(buyer.as_ref()).map(|reason| {
        let hint = "fill endpoint in customers.csv (scheme:identifier, as 0088 with a GLN), or a GB vat_number";
        Finding::new("BT-49, the buyer's electronic address", format!("{} {reason}", of_buyer()), hint)
    });
    seller.into_iter().chain(buyer).collect()
}

/// What is wrong with it as a Peppol participant.
fn check(endpoint: Option<&Endpoint>) -> Option<String> {
    let Some(Endpoint { scheme, identifier }) = endpoint else {
        return Some("has none".into());
    };
    if scheme == MAIL {
        return Some("has a mail address only, which Peppol does not deliver to".into());
    }
    if !PEPPOL_SCHEMES.split(' ').any(|known| known == scheme) {
        return Some(format!("has one of scheme {scheme}, which Peppol's list does not have"));
    }
    let is_wrong = match scheme.as_str() {
        GLN => !is_gln(identifier),
        _ => identifier.trim().is_empty(),
    };
    is_wrong.then(|| format!("has {scheme}:{identifier}, which its check digit or form refuses"))
}

/// Digits, the last of which checks the others: thrice every second one from the right, and all of the rest.
fn is_gln(text: &str) -> bool {
    let sum = text
        .bytes()
        .rev()
        .zip([1_u32, 3].into_iter().cycle())
        .try_fold(0, |sum, (digit, weight)| digit.is_ascii_digit().then(|| sum + weight * u32::from(digit - b'0')));
    text.len() == 13 && sum.is_some_and(|sum| sum % 10 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_said_or_found() {
        let check = |said: &str, vat_id: &str, email: &str, expected: &str| {
            let found = endpoint(said, vat_id, email);
            let found = found.map(|found| format!("{}:{}", found.scheme, found.identifier)).unwrap_or_default();
            assert_eq!(found, expected, "{said:?} {vat_id:?} {email:?}");
        };
        check("0088:9520000000011", "GB123456789", "a@example.com", "0088:9520000000011");
        check("", "GB123456789", "a@example.com", "9932:GB123456789");
        check("", "DE123456789", "a@example.com", "EM:a@example.com");
        check("", "", "a@example.com; b@example.com", "EM:a@example.com");
        check("", "", "", "");
    }

    #[test]
    fn peppol_delivers_to_participants() {
        for (text, expected) in [
            ("9932:GB123456789", ""),
            ("0088:9520000000004", ""),
            ("0088:9520000000005", "check digit"),
            ("0088:95200000000O4", "check digit"),
            ("EM:a@example.com", "mail address only"),
            ("1234:x", "scheme 1234"),
            ("", "has none"),
        ] {
            let found = check(endpoint(text, "", "").as_ref()).unwrap_or_default();
            assert!(found.contains(expected) && found.is_empty() == expected.is_empty(), "{text}: {found}");
        }
    }
}
