//! Which countries' VAT numbers are known, what they look like, and which arithmetic checks them. Data only.

use super::checks as check;

/// The VAT numbers of a country.
pub(super) struct VatCountry {
    /// What the numbers begin with.
    pub(super) prefix: &'static str,
    /// Another beginning that people write.
    pub(super) alias: Option<&'static str>,
    /// The name.
    pub(super) name: &'static str,
    /// The shapes of what follows the prefix, separated by `;`: `9` is a digit, `@` a letter, `#` either, `?` a letter,
    /// digit, `+` or `*`, everything else itself.
    pub(super) shapes: &'static str,
    /// A number without its prefix, as an example.
    pub(super) example: &'static str,
    /// Whether the check digits of what follows the prefix fit; it has one of the shapes.
    pub(super) check: fn(&str) -> bool,
}

impl VatCountry {
    /// Whether a code of two letters (ISO 3166) is the country's.
    pub(super) fn is_called(&self, code: &str) -> bool {
        match self.prefix {
            "CHE" => code == "CH",
            prefix => prefix == code || self.alias == Some(code),
        }
    }

    /// Whether what follows the prefix has one of the shapes.
    pub(super) fn is_shape(&self, rest: &str) -> bool {
        self.shapes.split(';').any(|shape| fits(rest, shape))
    }
}

fn fits(number: &str, shape: &str) -> bool {
    number.len() == shape.len()
        && number.bytes().zip(shape.bytes()).all(|(byte, sign)| match sign {
            b'9' => byte.is_ascii_digit(),
            b'@' => byte.is_ascii_uppercase(),
            b'#' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            b'?' => byte.is_ascii_digit() || byte.is_ascii_uppercase() || matches!(byte, b'+' | b'*'),
            other => byte == other,
        })
}

type Check = fn(&str) -> bool;

const fn of(
    prefix: &'static str,
    name: &'static str,
    shapes: &'static str,
    example: &'static str,
    check: Check,
) -> VatCountry {
    VatCountry { prefix, alias: None, name, shapes, example, check }
}

/// All that are known.
pub(super) const COUNTRIES: &[VatCountry] = &[
    of("GB", "the United Kingdom", "999999999;999999999999;GD999;HA999", "980780684", check::united_kingdom),
    of("XI", "Northern Ireland", "999999999;999999999999;GD999;HA999", "980780684", check::united_kingdom),
    of("IE", "Ireland", "9?99999@;9999999@@", "6433435F", check::ireland),
    of("AT", "Austria", "U99999999", "U13585627", check::austria),
    of("BE", "Belgium", "0999999999;1999999999", "0428759497", check::belgium),
    of("BG", "Bulgaria", "999999999;9999999999", "175074752", check::bulgaria),
    of("CY", "Cyprus", "99999999@", "10259033P", check::cyprus),
    of("CZ", "the Czech Republic", "99999999;999999999;9999999999", "25123891", check::czech_republic),
    of("DE", "Germany", "999999999", "136695976", check::germany),
    of("DK", "Denmark", "99999999", "13585628", check::denmark),
    of("EE", "Estonia", "999999999", "100931558", check::estonia),
    VatCountry {
        prefix: "EL",
        alias: Some("GR"),
        name: "Greece",
        shapes: "999999999",
        example: "094259216",
        check: check::greece,
    },
    of("ES", "Spain", "#9999999#", "B64717838", check::spain),
    of("FI", "Finland", "99999999", "20774740", check::finland),
    of("FR", "France", "##999999999", "40303265045", check::france),
    of("HR", "Croatia", "99999999999", "33392005961", check::croatia),
    of("HU", "Hungary", "99999999", "12892312", check::hungary),
    of("IT", "Italy", "99999999999", "00743110157", check::italy),
    of("LT", "Lithuania", "999999999;999999999999", "119511515", check::lithuania),
    of("LU", "Luxembourg", "99999999", "15027442", check::luxembourg),
    of("LV", "Latvia", "99999999999", "40003521600", check::latvia),
    of("MT", "Malta", "99999999", "11679112", check::malta),
    of("NL", "the Netherlands", "999999999B99", "004495445B01", check::netherlands),
    of("PL", "Poland", "9999999999", "8567346215", check::poland),
    of("PT", "Portugal", "999999999", "501964843", check::portugal),
    of("RO", "Romania", "99;999;9999;99999;999999;9999999;99999999;999999999;9999999999", "18547290", check::romania),
    of("SE", "Sweden", "999999999999", "556188840401", check::sweden),
    of("SI", "Slovenia", "99999999", "50223054", check::slovenia),
    of("SK", "Slovakia", "9999999999", "2022749619", check::slovakia),
    of(
        "CHE",
        "Switzerland",
        "999999999;999999999MWST;999999999TVA;999999999IVA;999999999VAT",
        "107787577MWST",
        check::switzerland,
    ),
    of("NO", "Norway", "999999999;999999999MVA", "995525828MVA", check::norway),
];
