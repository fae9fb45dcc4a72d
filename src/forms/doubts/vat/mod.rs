//! A VAT number as people write it → its one spelling, and whether it can be one: shapes and check digits of the United
//! Kingdom, the European Union, Switzerland and Norway, as the tax offices publish them. Asks no register, so a number that
//! fits may still not exist.

mod checks;
mod countries;

use super::Doubt;
use super::postcode::country_code;
use countries::{COUNTRIES, VatCountry};

/// The one spelling of a VAT number, in which two are compared: capitals, without blanks and signs, with the prefix of the
/// country. Blank for none.
///
/// ```
/// use tollbook::forms::doubts::normal_vat_number;
/// assert_eq!(normal_vat_number("980 7806 84", "England"), "GB980780684");
/// assert_eq!(normal_vat_number("gr-094259216", ""), "EL094259216");
/// ```
pub fn normal_vat_number(number: &str, country: &str) -> String {
    let bare = bare(number);
    match split(&bare, country) {
        _ if bare.is_empty() => bare,
        // A trader of Northern Ireland has one number, with either prefix.
        Some((known, rest)) => format!("{}{rest}", if known.prefix == "XI" { "GB" } else { known.prefix }),
        None => bare,
    }
}

/// The doubt about the VAT number of a customer of a country.
pub fn doubt_of_vat_number(number: &str, country: &str) -> Option<Doubt> {
    let bare = bare(number);
    if bare.is_empty() {
        return number.trim().chars().next().map(|_| Doubt::new("is not a VAT number", EXAMPLE));
    }
    let Some((known, rest)) = split(&bare, country) else { return doubt_of_unknown(&bare) };
    if !known.is_shape(rest) {
        return Some(Doubt::new(format!("is not written like a VAT number of {}", known.name), shape_hint(known)));
    }
    if !rest.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        return Some(Doubt::new("is all zeros", shape_hint(known)));
    }
    (!(known.check)(rest)).then(|| {
        Doubt::new(
            format!("is not a VAT number of {}: its check digits do not fit", known.name),
            "look for a digit that is wrong or two that changed places",
        )
    })
}

const EXAMPLE: &str = "with the letters of its country in front, as GB980780684";

fn shape_hint(country: &VatCountry) -> String {
    format!("like {}{}", country.prefix, country.example)
}

/// Capitals and digits, and the two signs that old Irish numbers have.
fn bare(number: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '+' | '*');
    number.chars().filter(kept).flat_map(char::to_uppercase).collect()
}

/// The country of a number, by its prefix or else by the customer's country, and what follows the prefix.
fn split<'n>(bare: &'n str, country: &str) -> Option<(&'static VatCountry, &'n str)> {
    let own = country_code(country);
    let home = COUNTRIES.iter().find(|known| known.is_called(&own));
    let prefixed = |known: &'static VatCountry| {
        let prefixes = [known.prefix].into_iter().chain(known.alias);
        let rest = prefixes.into_iter().find_map(|prefix| bare.strip_prefix(prefix))?;
        rest.contains(|c: char| c.is_ascii_digit()).then_some((known, rest))
    };
    let sound = |(known, rest): &(&VatCountry, &str)| known.is_shape(rest) && (known.check)(rest);
    let foreign = COUNTRIES.iter().find_map(prefixed);
    // A French number may begin with the letters of another country: what fits decides.
    if let Some(found) = home.and_then(prefixed).or_else(|| foreign.filter(sound)) {
        return Some(found);
    }
    if let Some(home) = home.filter(|home| home.is_shape(bare)) {
        return Some((home, bare));
    }
    let letters_first = bare.bytes().take_while(u8::is_ascii_uppercase).count() >= 2;
    foreign.or_else(|| home.filter(|_| !letters_first).map(|home| (home, bare)))
}

/// Of countries whose numbers are not known: 5 to 17 letters and digits, most of them digits.
fn doubt_of_unknown(bare: &str) -> Option<Doubt> {
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    let fits = bare.is_ascii() && (5..=17).contains(&bare.len()) && digits * 2 >= bare.len();
    (!fits).then(|| Doubt::new("does not look like a VAT number", EXAMPLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(number: &str, country: &str) -> String {
        doubt_of_vat_number(number, country).map_or_else(String::new, |doubt| doubt.reason)
    }

    /// Numbers that tax offices, the Commission's register and companies publish.
    const PUBLISHED: &str = "ATU13585627 BE0428759497 BE0776091951 BG101004508 BG175074752 BG831650349 BG0041010002 \
        BG8032056031 BG7542011030 BG7111042925 CY00532445O CY10259033P CZ46505334 CZ25123891 CZ7103192745 CZ640903926 \
        CZ991231123 CZ395601439 DE111111125 DE136695976 DK88146328 DK13585628 EE100207415 EE100594102 EE100931558 \
        EL040127797 EL094259216 GR094259216 ESA13585625 ES54362315K ESX2482300W ESX5253868R ESM1234567L ESJ99216582 \
        ESB58378431 ESB64717838 FI09853608 FI20774740 FR83404833048 FR40303265045 FR23334175221 FRK7399859412 \
        FR4Z123456782 HR38192148118 HR33392005961 HU21376414 HU12892312 IE8473625E IE3628739L IE5343381W IE6433435OA \
        IE6433435F IE8D79739I IE8Z49289F IT00000010215 IT00743110157 LT213179412 LT290061371314 LT100001919017 \
        LT100004801610 LT119511515 LU10000356 LU15027442 LV40003009497 LV40003521600 LV16117519997 MT15121333 MT11679112 \
        NL010000446B01 NL004495445B01 NL123456789B13 PL5260001246 PL8567346215 PT502757191 PT501964843 RO24736200 \
        RO18547290 RO11198699 SE556188840401 SE123456789701 SI15012557 SI50223054 SK4030000007 SK2022749619 GB980780684 \
        GB434031494 GB802311782 GBGD001 GBHA500 GB003232345 XI980780684 CHE107787577IVA CHE107787577 NO995525828MVA";

    #[test]
    fn published_numbers_fit_and_no_number_with_another_digit_does() {
        let mut countries = Vec::new();
        for number in PUBLISHED.split_whitespace() {
            assert_eq!(reason(number, ""), "", "{number}");
            let (known, rest) = split(number, "").unwrap();
            countries.push(known.prefix);
            // Numbers of persons in these countries have a form without a check digit, and GD and HA have none.
            if matches!(rest, "GD001" | "HA500" | "640903926" | "395601439" | "991231123") {
                continue;
            }
            let mut mistaken = 0;
            for (place, digit) in number.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
                let wrong = (digit.to_digit(10).unwrap() + 1) % 10;
                let mistyped = format!("{}{wrong}{}", &number[..place], &number[place + 1..]);
                mistaken += usize::from(reason(&mistyped, "").is_empty());
            }
            // Some algorithms forgive a little: a remainder of 10 counts as 0, two or three sums are allowed.
            assert!(mistaken <= 3, "{number}: {mistaken} mistyped digits were not seen");
        }
        for known in COUNTRIES {
            assert!(countries.contains(&known.prefix), "no published number of {}", known.name);
            assert_eq!(reason(&format!("{}{}", known.prefix, known.example), ""), "", "example of {}", known.name);
        }
    }

    #[test]
    fn spellings_and_countries_are_understood() {
        for (number, country, expected) in [
            ("GB 980 7806 84", "", ""),
            ("gb980780684", "UK", ""),
            ("980780684", "United Kingdom", ""),
            ("980780684", "", ""),
            ("980780684001", "", ""),
            ("GB980780685", "", "is not a VAT number of the United Kingdom: its check digits do not fit"),
            ("GB98078068", "", "is not written like a VAT number of the United Kingdom"),
            ("GBGD500", "", "is not a VAT number of the United Kingdom: its check digits do not fit"),
            ("HA499", "", "is not a VAT number of the United Kingdom: its check digits do not fit"),
            ("HA500", "", ""),
            ("GBHX500", "", "is not written like a VAT number of the United Kingdom"),
            ("GB000000000", "", "is all zeros"),
            ("136 695 976", "Germany", ""),
            ("136695976", "England", "is not a VAT number of the United Kingdom: its check digits do not fit"),
            ("DE136695976", "England", ""),
            ("B64717838", "Spain", ""),
            ("U13585627", "Austria", ""),
            ("8D79739I", "Ireland", ""),
            ("CHE-107.787.577 IVA", "Switzerland", ""),
            ("NO 995 525 828 MVA", "", ""),
            ("995525829", "Norway", "is not a VAT number of Norway: its check digits do not fit"),
            ("US123456789", "United States", ""),
            ("ZA4012345678", "South Africa", ""),
            ("n/a", "", "does not look like a VAT number"),
            ("not registered", "France", "does not look like a VAT number"),
            ("-", "", "is not a VAT number"),
            ("GB9807806８4", "", "is not written like a VAT number of the United Kingdom"),
        ] {
            assert_eq!(reason(number, country), expected, "{number:?} in {country:?}");
        }
    }

    #[test]
    fn two_spellings_of_a_number_are_one() {
        for (number, country, expected) in [
            ("GB 980 7806 84", "", "GB980780684"),
            ("980780684", "Scotland", "GB980780684"),
            ("XI980780684", "", "GB980780684"),
            ("de-136695976", "England", "DE136695976"),
            ("136695976", "Germany", "DE136695976"),
            ("12345", "Atlantis", "12345"),
            ("", "Germany", ""),
        ] {
            assert_eq!(normal_vat_number(number, country), expected, "{number:?} in {country:?}");
        }
    }
}
