//! M1.

use proptest::prelude::*;

use crate::domain::telephone::{NumberRules, normalise, plain_number};

#[test]
fn the_ways_people_write_numbers() {
    let rows = [
        ("+442079460018", "+442079460018"),
        ("+44 20 7946 0018", "+442079460018"),
        ("+44(0)20 7946-0018", "+442079460018"),
        ("+44 (0)20.7946.0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("0044(0)2079460018", "+442079460018"),
        ("020 7946 0018", "+442079460018"),
        ("(020) 7946 0018", "+442079460018"),
        ("020/79460018", "+442079460018"),
        ("442079460018", "+442079460018"),
        ("44 1632 96000", "+44163296000"),
        ("0033 1 99 00 12 34", "+33199001234"),
        ("33199001234", "33199001234"),
        ("7700900123", "7700900123"),
        ("118118", "118118"),
        ("101", "101"),
        ("999", "999"),
        ("0", "0"),
        ("00", "+440"),
        (" sip-trunk-7 ", "SIP-TRUNK-7"),
        ("Circuit A/12", "CIRCUIT A/12"),
        ("anonymous", "ANONYMOUS"),
        ("4.42E+11", "4.42E+11"),
        ("", ""),
    ];
    for (raw, expected) in rows {
        assert_eq!(normalise(raw, &NumberRules::of_country("44")), expected, "{raw:?}");
    }
}

#[test]
fn layouts_say_what_bare_digits_are() {
    let e164 = NumberRules { bare_is_international: true, ..NumberRules::of_country("44") };
    let national = NumberRules { bare_is_national: true, ..NumberRules::of_country("44") };
    let rows = [
        (&e164, "33199001234", "+33199001234"),
        (&e164, "442079460018", "+442079460018"),
        (&e164, "118118", "118118"),
        (&national, "7700900123", "+447700900123"),
        (&national, "163296000", "+44163296000"),
        (&national, "118118", "118118"),
    ];
    for (rules, raw, expected) in rows {
        assert_eq!(normalise(raw, rules), expected, "{raw:?} {rules:?}");
    }
}

proptest! {
    /// Normalising twice changes nothing: files, book and spreadsheets meet in one form.
    #[test]
    fn once_is_enough(raw in "[+0-9 ()a-zA-Z./-]{0,20}") {
        let rules = NumberRules::of_country("44");
        let once = normalise(&raw, &rules);
        prop_assert_eq!(normalise(&once, &rules), once);
    }

    /// The short way for plain numbers gives what the long one gives.
    #[test]
    fn plain_numbers_need_no_thought(raw in "[+]?(00|0|44|33|)[0-9]{0,18}|[+0-9 ()a-z-]{0,12}", bare in 0..4_u8) {
        let rules = NumberRules {
            bare_is_international: bare & 1 != 0,
            bare_is_national: bare & 2 != 0,
            ..NumberRules::of_country("44")
        };
        if let Some(number) = plain_number(&raw, &rules) {
            prop_assert_eq!(number.as_str(), normalise(&raw, &rules));
        } else {
            let digits = raw.strip_prefix('+').unwrap_or(&raw);
            let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert!(!is_plain || digits.len() > 20, "{:?}", raw);
        }
    }
}
