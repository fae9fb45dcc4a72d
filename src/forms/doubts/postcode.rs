//! A postcode and a country as people write them → its one spelling, and whether it can be one. Knows shapes and the areas of
//! the United Kingdom, not which postcodes there are.

use super::Doubt;
use super::postcode_tables::{AREAS, BRITISH, COUNTRIES, Country, ODD_CODES};

/// The one spelling of a postcode, in which two are compared: capitals, no blanks and no signs. Blank for none.
pub fn normal_postcode(postcode: &str) -> String {
    postcode.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The doubt about a postcode of a country. A blank country is the United Kingdom; of a country that is not known nothing is
/// said.
pub fn doubt_of_postcode(postcode: &str, country: &str) -> Option<Doubt> {
    let postcode = postcode.trim();
    if postcode.is_empty() {
        return None;
    }
    if is_british(country) {
        return british(postcode);
    }
    let country = country.trim().to_lowercase();
    let known = COUNTRIES.iter().find(|known| is_one_of(known.names, &country))?;
    let fits = known.shapes.split(';').any(|shape| fits(postcode, shape));
    (!fits).then(|| {
        let name = known.names.split(';').next().unwrap_or_default();
        Doubt::new(format!("is not a postcode of {}", capitalised(name)), format!("like {}", known.example))
    })
}

/// Whether a country, as people write it, is the United Kingdom or a Crown dependency; a blank one is.
pub(super) fn is_british(country: &str) -> bool {
    let country = country.trim().to_lowercase();
    country.is_empty() || is_one_of(BRITISH, &country)
}

/// The capital code of two letters of a country as people write it; blank if it is not known.
pub(super) fn country_code(country: &str) -> String {
    if is_british(country) {
        return "GB".into();
    }
    let country = country.trim().to_lowercase();
    let known = COUNTRIES.iter().find(|known| is_one_of(known.names, &country));
    let code = known.and_then(|known| known.names.split(';').find(|name| name.len() == 2));
    code.map_or_else(String::new, str::to_uppercase)
}

fn is_one_of(names: &str, country: &str) -> bool {
    names.split(';').any(|name| name == country)
}

fn capitalised(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Whether a postcode has a shape of the table, blanks and hyphens aside.
fn fits(postcode: &str, shape: &str) -> bool {
    let bare = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect::<Vec<char>>();
    let (letters, wanted) = (bare(&postcode.to_uppercase()), bare(shape));
    letters.len() == wanted.len()
        && letters.iter().zip(&wanted).all(|(letter, sign)| match sign {
            '9' => letter.is_ascii_digit(),
            '@' => letter.is_ascii_uppercase(),
            '#' => letter.is_ascii_digit() || letter.is_ascii_uppercase(),
            other => letter == other,
        })
}

fn british(postcode: &str) -> Option<Doubt> {
    let bare = normal_postcode(postcode);
    let fault = fault_of(&bare)?;
    let put_right = with_letters_for_digits(&bare).filter(|candidate| fault_of(candidate).is_none());
    let hint = match put_right {
        Some(code) => format!("did you mean {}?", spaced(&code)),
        None => fault.hint.to_owned(),
    };
    let elsewhere =
        COUNTRIES.iter().any(|country: &Country| country.shapes.split(';').any(|shape| fits(postcode, shape)));
    let hint = if elsewhere && hint == SHAPES { format!("{SHAPES}; or name the country it is of") } else { hint };
    Some(Doubt::new(fault.reason, hint))
}

struct Fault {
    reason: &'static str,
    hint: &'static str,
}

const SHAPES: &str = "like M1 1AE, CR2 6XH, EC1A 1BB or BFPO 12";

/// What is wrong with a British postcode in capitals without blanks.
fn fault_of(bare: &str) -> Option<Fault> {
    let fault = |reason, hint| Some(Fault { reason, hint });
    if ODD_CODES.iter().any(|code| code.replace(' ', "") == bare) {
        return None;
    }
    if let Some(number) = bare.strip_prefix("BFPO") {
        let number = number.strip_prefix("CO").unwrap_or(number);
        let fits = (1..=4).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        return if fits { None } else { fault("is not a number of the British Forces Post Office", "like BFPO 12") };
    }
    let split = bare.len().checked_sub(3).filter(|split| *split >= 2 && bare.is_ascii());
    let Some((outward, inward)) = split.and_then(|split| bare.split_at_checked(split)) else {
        return fault("is too short for a postcode", SHAPES);
    };
    if bare.len() > 7 {
        return fault("is too long for a postcode", SHAPES);
    }
    let Some(area) = area_of(outward) else {
        return fault("is not a postcode of the United Kingdom: its first half has another shape", SHAPES);
    };
    let [sector, unit @ ..] = inward.as_bytes() else { return fault("is too short for a postcode", SHAPES) };
    if !sector.is_ascii_digit() || !unit.iter().all(u8::is_ascii_uppercase) {
        return fault("is not a postcode of the United Kingdom: it does not end in a digit and two letters", SHAPES);
    }
    if unit.iter().any(|letter| b"CIKMOV".contains(letter)) {
        return fault("ends in letters that no postcode ends in (C, I, K, M, O, V)", SHAPES);
    }
    if !AREAS.split(' ').any(|known| known == area) {
        return fault("begins with letters that are no postcode area", SHAPES);
    }
    None
}

/// The letters of the area, if the first half has one of the six shapes: A9, A99, AA9, AA99, A9A, AA9A.
fn area_of(outward: &str) -> Option<&str> {
    let letters = outward.bytes().take_while(u8::is_ascii_uppercase).count();
    let (area, district) = outward.split_at_checked(letters)?;
    let fits = match district.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [digit, last] if digit.is_ascii_digit() => {
            let allowed: &[u8] = if letters == 1 { b"ABCDEFGHJKPSTUW" } else { b"ABEHMNPRVWXY" };
            last.is_ascii_digit() || allowed.contains(last)
        }
        _ => false,
    };
    ((1..=2).contains(&letters) && fits).then_some(area)
}

/// The code with letters put for the digits that look like them, and the other way round, where the shape wants the other.
fn with_letters_for_digits(bare: &str) -> Option<String> {
    let length = bare.len();
    if !bare.is_ascii() || !(5..=7).contains(&length) {
        return None;
    }
    let as_digit = |byte: u8| match byte {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        b'S' => b'5',
        b'Z' => b'2',
        other => other,
    };
    let as_letter = |byte: u8| match byte {
        b'0' => b'O',
        b'1' => b'I',
        b'5' => b'S',
        other => other,
    };
    let mut bytes = bare.as_bytes().to_vec();
    bytes[0] = as_letter(bytes[0]);
    bytes[length - 3] = as_digit(bytes[length - 3]);
    for byte in &mut bytes[length - 2..] {
        *byte = as_letter(*byte);
    }
    // A first half of two signs is a letter and a digit; of four, two letters before the digit. Of three it can be either.
    let mut tries = vec![bytes.clone()];
    let mut second_digit = bytes.clone();
    second_digit[1] = as_digit(bytes[1]);
    tries.push(second_digit);
    if length >= 6 {
        let mut third_digit = bytes.clone();
        third_digit[1] = as_letter(bytes[1]);
        third_digit[2] = as_digit(bytes[2]);
        tries.push(third_digit);
    }
    if length == 7 {
        let mut both_digits = bytes;
        both_digits[1] = as_letter(both_digits[1]);
        both_digits[2] = as_digit(both_digits[2]);
        both_digits[3] = as_digit(both_digits[3]);
        tries.push(both_digits);
    }
    tries.into_iter().filter_map(|bytes| String::from_utf8(bytes).ok()).find(|code| fault_of(code).is_none())
}

fn spaced(bare: &str) -> String {
    let split = bare.len().saturating_sub(3);
    bare.split_at_checked(split).map_or_else(|| bare.to_owned(), |(outward, inward)| format!("{outward} {inward}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(postcode: &str, country: &str) -> String {
        doubt_of_postcode(postcode, country)
            .map_or_else(String::new, |doubt| format!("{} — {}", doubt.reason, doubt.hint))
    }

    #[test]
    fn every_shape_of_the_post_office_is_known() {
        let shapes = "M1 1AE;B33 8TH;CR2 6XH;DN55 1PT;W1A 1HQ;EC1A 1BB;SW1A 0AA;W1P 1AA;GIR 0AA;BFPO 1;BFPO 5678;\
            BFPO c/o 12;BF1 3AD;JE2 3BT;GY1 1WR;IM1 1AG;ASCN 1ZZ;ZZ99 3WZ;sw1a1aa; N1  9gu ;SE1\u{a0}9GF;L-1 8JQ";
        for postcode in shapes.split(';') {
            assert_eq!(said(postcode, "United Kingdom"), "", "{postcode:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_british_postcode_is_doubted() {
        let short = "is too short for a postcode — like M1 1AE, CR2 6XH, EC1A 1BB or BFPO 12";
        let long = "is too long for a postcode — like M1 1AE, CR2 6XH, EC1A 1BB or BFPO 12";
        let first = "is not a postcode of the United Kingdom: its first half has another shape — ";
        let end = "is not a postcode of the United Kingdom: it does not end in a digit and two letters — ";
        let letters = "ends in letters that no postcode ends in (C, I, K, M, O, V) — ";
        let area = "begins with letters that are no postcode area — ";
        let shapes = "like M1 1AE, CR2 6XH, EC1A 1BB or BFPO 12";
        for (postcode, expected) in [
            ("", String::new()),
            ("SW1", short.into()),
            ("M1", short.into()),
            ("SW1A 1AAA", long.into()),
            ("London SW1A 1AA", long.into()),
            ("SWA1 1AA", format!("{first}{shapes}")),
            ("SW1I 1AA", format!("{first}did you mean SW11 1AA?")),
            ("A1Q 1AA", format!("{first}{shapes}")),
            ("SW1A AAA", format!("{end}{shapes}")),
            ("SW1A OAA", format!("{end}did you mean SW1A 0AA?")),
            ("MI 1AE", format!("{first}did you mean M1 1AE?")),
            ("B33 888", format!("{end}{shapes}")),
            ("CR2 6XO", format!("{letters}{shapes}")),
            ("AB1 2CD", format!("{letters}{shapes}")),
            ("QQ1 1AA", format!("{area}{shapes}")),
            ("X1 1AA", format!("{area}{shapes}")),
            ("BFPO", "is not a number of the British Forces Post Office — like BFPO 12".into()),
            ("BFPO 12345", "is not a number of the British Forces Post Office — like BFPO 12".into()),
            ("75001", format!("{first}{shapes}; or name the country it is of")),
        ] {
            assert_eq!(said(postcode, ""), expected, "{postcode:?}");
            assert_eq!(said(postcode, "England"), expected, "{postcode:?}");
        }
    }

    #[test]
    fn other_countries_have_shapes_of_their_own() {
        let ireland = "is not a postcode of Ireland — like D02 AF30";
        for (postcode, country, expected) in [
            ("D02 AF30", "Ireland", ""),
            ("d6wxy00", "IE", ""),
            ("D02", "Ireland", ireland),
            ("M1 1AE", "Ireland", ireland),
            ("10115", "Germany", ""),
            ("D-10115", "Deutschland", "is not a postcode of Germany — like 10115"),
            ("1011", "germany", "is not a postcode of Germany — like 10115"),
            ("75001", "FR", ""),
            ("1012ab", "The Netherlands", ""),
            ("1012", "Netherlands", "is not a postcode of Netherlands — like 1012 AB"),
            ("10001-1234", "USA", ""),
            ("1001", "United States", "is not a postcode of United States — like 10001"),
            ("LV1050", "Latvia", ""),
            ("anything", "Atlantis", ""),
        ] {
            assert_eq!(said(postcode, country), expected, "{postcode:?} in {country:?}");
        }
    }

    #[test]
    fn the_examples_of_the_table_fit_it() {
        for country in COUNTRIES {
            for name in country.names.split(';') {
                assert_eq!(said(country.example, name), "", "{name}");
            }
        }
        assert_eq!(AREAS.split_whitespace().count(), AREAS.split(' ').count(), "one blank between areas");
        assert_eq!(AREAS.split(' ').count(), 121 + 3 + 2 + 1, "areas, Crown dependencies, BF and BX, ZZ");
    }

    #[test]
    fn two_spellings_of_a_postcode_are_one() {
        for postcode in ["SW1A 1AA", "sw1a1aa", " SW1A  1AA ", "SW1A-1AA"] {
            assert_eq!(normal_postcode(postcode), "SW1A1AA");
        }
        assert_eq!(normal_postcode("  "), "");
    }
}
