//! A cell of dial codes → normalised prefixes: one code, a list, ranges. Codes of a sheet are international, with or
//! without `+` or `00`; nothing is guessed about a national one.

use crate::book::CellRefusal;

use super::numbers::refuse;

/// What would be accepted.
const HINT: &str = "international digits, as 4420 or +4420; several separated by , or ;, ranges as 4470-4479";
/// Digits of a number at most (E.164).
const MOST_DIGITS: usize = 15;
/// Codes that one range may stand for.
const LONGEST_RANGE: u64 = 10_000;

/// The prefixes of a cell, in its order: `+4420`, `+4470`, … `country` stands before each code, if it is given.
pub(super) fn prefixes(text: &str, country: Option<&str>) -> Result<Vec<String>, CellRefusal> {
    let mut found = Vec::new();
    for part in text.split([',', ';']).map(str::trim) {
        match part.split_once('-') {
            None => found.push(code(part, country)?),
            Some((first, last)) => range(part, first.trim(), last.trim(), country, &mut found)?,
        }
    }
    Ok(found)
}

/// The digits of a country code.
pub(super) fn country_code(text: &str) -> Result<String, CellRefusal> {
    code(text, None).map(|code| code[1..].to_owned())
}

fn code(text: &str, country: Option<&str>) -> Result<String, CellRefusal> {
    let digits = digits(text, country.is_some())?;
    let all = format!("+{}{digits}", country.unwrap_or(""));
    if all.len() > MOST_DIGITS + 1 {
        return Err(refuse(&format!("{text:?} has more than {MOST_DIGITS} digits"), HINT));
    }
    Ok(all)
}

fn digits(text: &str, after_country: bool) -> Result<&str, CellRefusal> {
    let bare = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(bare) if !after_country => bare,
        _ => text,
    };
    if bare.is_empty() {
        return Err(refuse("holds an empty code", HINT));
    }
    if !bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refuse(&format!("{text:?} is not a code"), HINT));
    }
    if bare.starts_with('0') && !after_country {
        return Err(refuse(
            &format!("{text:?} begins with a single 0: a national code"),
            "4420 for 020; or two columns, Country Code and Area Code",
        ));
    }
    Ok(bare)
}

fn range(
    part: &str,
    first: &str,
    last: &str,
    country: Option<&str>,
    found: &mut Vec<String>,
) -> Result<(), CellRefusal> {
    let (first, last) = (digits(first, country.is_some())?, digits(last, country.is_some())?);
    if first.len() != last.len() {
        return Err(refuse(&format!("the ends of {part:?} have different lengths"), HINT));
    }
    let value = |digits: &str| digits.parse::<u64>().map_err(|_| refuse(&format!("{part:?} is not a range"), HINT));
    let (from, to) = (value(first)?, value(last)?);
    if from > to {
        return Err(refuse(&format!("the range {part:?} runs backwards"), HINT));
    }
    if to - from >= LONGEST_RANGE {
        return Err(refuse(&format!("{part:?} stands for more than {LONGEST_RANGE} codes"), "shorter codes"));
    }
    for number in from..=to {
        found.push(code(&format!("{number:0width$}", width = first.len()), country)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lists_and_ranges() {
        let check = |text: &str, country: Option<&str>, expected: Result<&[&str], &str>| {
            let read = prefixes(text, country);
            let shown = read.as_ref().map_err(|refusal| refusal.reason.as_str());
            assert_eq!(
                shown.map(|found| found.iter().map(String::as_str).collect::<Vec<_>>()),
                expected.map(<[_]>::to_vec),
                "{text}"
            );
        };
        check("4420", None, Ok(&["+4420"]));
        check("+4420", None, Ok(&["+4420"]));
        check("004420", None, Ok(&["+4420"]));
        check("4420, 44161;44113", None, Ok(&["+4420", "+44161", "+44113"]));
        check("4478-4480", None, Ok(&["+4478", "+4479", "+4480"]));
        check("20,161-163", Some("44"), Ok(&["+4420", "+44161", "+44162", "+44163"]));
        check("08-10", Some("39"), Ok(&["+3908", "+3909", "+3910"]));
        check("020", None, Err("\"020\" begins with a single 0: a national code"));
        check("44 20", None, Err("\"44 20\" is not a code"));
        check("4470-9", None, Err("the ends of \"4470-9\" have different lengths"));
        check("4479-4470", None, Err("the range \"4479-4470\" runs backwards"));
        check("440000-459999", None, Err("\"440000-459999\" stands for more than 10000 codes"));
        check("4420,", None, Err("holds an empty code"));
        check("4.42E+11", None, Err("\"4.42E+11\" is not a code"));
        check("4412345678901234", None, Err("\"4412345678901234\" has more than 15 digits"));
    }
}
