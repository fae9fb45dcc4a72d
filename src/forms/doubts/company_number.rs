//! A company's number as people write it → its one spelling, and whether it can be one of the United Kingdom's. Asks no
//! register.

use super::Doubt;
use super::postcode::is_british;

/// The two letters that numbers of Companies House can begin with: companies, partnerships and societies of Scotland and
/// Northern Ireland, partnerships, overseas and European companies, societies, and others.
const PREFIXES: &str = "AC CE CS EN ES FC FE GE GN GS IC IP LP NA NC NF NI NL NO NP NR NV NZ OC OE PC R0 RC RS SA SC SE SF SG \
    SI SL SO SP SR SZ ZC";

/// All numbers have as many digits and letters.
const LENGTH: usize = 8;
/// Shorter numbers are more likely something else than a number that lost its zeros.
const SHORTEST_DIGITS: usize = 5;

/// The one spelling of a company's number, in which two are compared: capitals, no blanks and no signs, and with the leading
/// zeros that a spreadsheet took away. Blank for none.
///
/// ```
/// use tollbook::forms::doubts::normal_company_number;
/// assert_eq!(normal_company_number("1234567"), "01234567");
/// assert_eq!(normal_company_number("sc 123-456"), "SC123456");
/// ```
pub fn normal_company_number(number: &str) -> String {
    let bare: String = number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let digits = bare.bytes().all(|byte| byte.is_ascii_digit());
    if digits && (SHORTEST_DIGITS..LENGTH).contains(&bare.len()) { format!("{bare:0>LENGTH$}") } else { bare }
}

/// The doubt about the number of a company of a country. Of companies elsewhere than in the United Kingdom nothing is said.
pub fn doubt_of_company_number(number: &str, country: &str) -> Option<Doubt> {
    let shape = "8 digits, as 01234567, or two letters and 6 digits, as SC123456";
    let bare: String = number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    if bare.is_empty() || !is_british(country) {
        return None;
    }
    let normal = normal_company_number(number);
    if normal.len() != bare.len() {
        return Some(Doubt::new("lacks its leading zeros", normal));
    }
    if bare.len() != LENGTH || !bare.is_ascii() {
        return Some(Doubt::new("does not have the 8 signs of a company number", shape));
    }
    let (start, rest) = bare.split_at_checked(2)?;
    let six_digits = rest.bytes().all(|byte| byte.is_ascii_digit());
    if six_digits && start.bytes().all(|byte| byte.is_ascii_digit()) {
        let none = bare.bytes().all(|byte| byte == b'0');
        return none.then(|| Doubt::new("is all zeros", shape));
    }
    // Societies have a letter at the end too: IP12345R.
    let with_letter =
        rest.bytes().take(5).all(|byte| byte.is_ascii_digit()) && rest.ends_with(|c: char| c.is_ascii_uppercase());
    if !six_digits && !with_letter {
        return Some(Doubt::new("is not written like a company number", shape));
    }
    if !PREFIXES.split(' ').any(|prefix| prefix == start) {
        return Some(Doubt::new(format!("begins with {start}, which no company number does"), shape));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn company_numbers_have_eight_signs_and_known_beginnings() {
        let signs = "does not have the 8 signs of a company number";
        for (number, expected) in [
            ("", ""),
            ("01234567", ""),
            ("12345678", ""),
            ("SC123456", ""),
            ("ni 654321", ""),
            ("OC301234", ""),
            ("R0001234", ""),
            ("IP12345R", ""),
            ("FC012345", ""),
            ("OE000123", ""),
            ("1234567", "lacks its leading zeros"),
            ("12345", "lacks its leading zeros"),
            ("1234", signs),
            ("123456789", signs),
            ("SC12345", signs),
            ("00000000", "is all zeros"),
            ("XX123456", "begins with XX, which no company number does"),
            ("S1234567", "begins with S1, which no company number does"),
            ("ABCDEFGH", "is not written like a company number"),
            ("1234567O", "begins with 12, which no company number does"),
            ("n/a", signs),
        ] {
            let said = doubt_of_company_number(number, "UK").map(|doubt| doubt.reason);
            assert_eq!(said.unwrap_or_default(), expected, "{number:?}");
            assert_eq!(doubt_of_company_number(number, "Germany"), None, "{number:?}");
        }
    }
}
