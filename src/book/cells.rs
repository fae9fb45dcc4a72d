//! One cell: what a person wrote → its canonical text, or why it is refused and what would be accepted. The same for
//! CSV files, workbooks and single values set by a command. Looks at nothing but the cell.

use crate::domain::charge::Interval;
use crate::domain::money::{Currency, Decimal, NumberError, Rounding};
use crate::domain::telephone::{NumberRules, normalise};
use crate::domain::time::Date;

use super::errors::nearest;
use super::notation::{self, MatchText, ScopeText};
use super::schema::{CellKind, Range};

/// Why a cell is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellRefusal {
    /// Why.
    pub reason: String,
    /// What would be accepted; may be empty.
    pub hint: String,
}

/// The canonical text of a cell: numbers in their shortest exact form, dates in ISO form, identifiers normalised (M1),
/// lists in one spelling; `None` for a blank cell. A canonical text is its own canonical text.
pub fn canonical_cell(kind: CellKind, raw: &str, rules: &NumberRules) -> Result<Option<String>, CellRefusal> {
    let text = raw.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let forbidden = |c: char| c.is_control() && !(kind == CellKind::Text && matches!(c, '\n' | '\t' | '\r'));
    if text.contains(forbidden) {
        return refuse("holds a control character", "plain text");
    }
    let longest = if kind == CellKind::Text { LONGEST_TEXT } else { LONGEST_OTHER };
    if text.len() > longest {
        return refuse(&format!("is longer than {longest} bytes"), "a shorter text");
    }
    canonical_text(kind, text, rules).map(Some)
}

const LONGEST_TEXT: usize = 10_000;
const LONGEST_OTHER: usize = 2_000;
/// C1.
const LONGEST_BAND: usize = 50;

fn refuse<T>(reason: &str, hint: &str) -> Result<T, CellRefusal> {
    Err(CellRefusal { reason: reason.to_owned(), hint: hint.to_owned() })
}

fn canonical_text(kind: CellKind, text: &str, rules: &NumberRules) -> Result<String, CellRefusal> {
    match kind {
        CellKind::Text => Ok(text.replace("\r\n", "\n").replace('\r', "\n")),
        CellKind::Code | CellKind::NameOf(_) => Ok(text.to_owned()),
        CellKind::Band => band(text),
        CellKind::Codes => Ok(notation::list(text).collect::<Vec<_>>().join(";")),
        CellKind::SmallLetters => Ok(text.to_lowercase()),
        CellKind::Word(words) => word(text, words),
        CellKind::WordRefusing(words, refused) => match refused.iter().find(|(known, _, _)| *known == text) {
            Some((_, reason, hint)) => refuse(reason, hint),
            None => word(text, words),
        },
        CellKind::Flag => word(text, &["y", "n"]),
        CellKind::Decimal(places, range) => decimal(text, places, range),
        CellKind::Markup => decimal(text, 4, Range::Between(-100, 10_000)),
        CellKind::Integer(least, most) => integer(text, least, most),
        CellKind::Date => read(Date::parse(text).map(|date| date.to_string()), "is not a date", DATE),
        CellKind::Clock => {
            read(notation::clock(text).map(notation::clock_text), "is not a time of day", "HH:MM from 00:00 to 24:00")
        }
        CellKind::Identifier => identifier(text, rules),
        CellKind::Identifiers => identifiers(text, rules),
        CellKind::Prefix => prefix(text, rules),
        CellKind::Currency => {
            let code = Currency::parse(text).map(|currency| currency.code().to_owned());
            read(code, "is not a currency code", "three capital letters of ISO 4217, as GBP")
        }
        CellKind::Colour => colour(text),
        CellKind::Emails => emails(text),
        _ => phrase(kind, text, rules),
    }
}

const DATE: &str = "YYYY-MM-DD between 2000-01-01 and 2100-12-31";

/// The kinds with a language of their own.
fn phrase(kind: CellKind, text: &str, rules: &NumberRules) -> Result<String, CellRefusal> {
    match kind {
        CellKind::GroupMonths => {
            let months = notation::group_months(text).map(|months| notation::group_months_text(&months));
            read(months, "is not an interval of a group", "monthly, quarterly or months, as 1;4;7;10")
        }
        CellKind::Interval => {
            let interval = Interval::parse(text).map(notation::interval_text);
            let words = "daily, weekly, fortnightly, monthly, quarterly, yearly or a number of months from 1 to 120";
            read(interval, "is not an interval", words)
        }
        CellKind::Alignment => {
            let alignment = notation::alignment(text).map(notation::alignment_text);
            read(alignment, "is not an alignment", "calendar:DAY with a day from 1 to 31, or anniversary")
        }
        CellKind::Days => {
            let days = notation::days(text).map(notation::days_text);
            read(days, "is not a set of days", "Mon, Tue, Wed, Thu, Fri, Sat, Sun, Hol, as in Mon-Fri or Sat,Sun")
        }
        CellKind::Steps => match notation::steps(text) {
            Ok(steps) => Ok(notation::steps_text(&steps)),
            Err(reason) => refuse(&reason, "from_seconds:connection:rate:increment, separated by ;"),
        },
        CellKind::RoundingTo => {
            let rounding = notation::rounding_to(text);
            let canonical = rounding.map(|(mode, decimals): (Rounding, u32)| format!("{}:{decimals}", mode.name()));
            read(
                canonical,
                "is not a rounding",
                "half_up, up, down or half_even, a colon and 0 to 8 decimals, as half_up:2",
            )
        }
        CellKind::Qualifies => {
            let qualifiers = notation::qualifiers(text).map(|found| notation::qualifiers_text(&found));
            read(
                qualifiers,
                "does not say what qualifies",
                "class:CLASS, group:DISPLAY_GROUP or type:CALL_TYPE, separated by ;",
            )
        }
        CellKind::Scope => scope(text, rules),
        CellKind::RateMatch => rate_match(text, rules),
        _ => unreachable!("all other kinds are read above"),
    }
}

fn read(canonical: Option<String>, reason: &str, hint: &str) -> Result<String, CellRefusal> {
    canonical.map_or_else(|| refuse(reason, hint), Ok)
}

fn word(text: &str, words: &[&str]) -> Result<String, CellRefusal> {
    if words.contains(&text) {
        return Ok(text.to_owned());
    }
    let list = words.join(", ");
    match nearest(text, words.iter().copied()) {
        Some(near) => refuse("is not one of the words", &format!("{list}; did you mean {near:?}?")),
        None => refuse("is not one of the words", &list),
    }
}

fn decimal(text: &str, places: u32, range: Range) -> Result<String, CellRefusal> {
    match places {
        3 => decimal_of::<3>(text, range),
        4 => decimal_of::<4>(text, range),
        6 => decimal_of::<6>(text, range),
        8 => decimal_of::<8>(text, range),
        _ => unreachable!("no column has {places} decimal places"),
    }
}

fn decimal_of<const PLACES: u32>(text: &str, range: Range) -> Result<String, CellRefusal> {
    let number = match Decimal::<PLACES>::parse(text) {
        Ok(number) => number,
        Err(error @ NumberError::NotANumber) => return refuse(&error.to_string(), "12.5, without separators or signs"),
        Err(error) => return refuse(&error.to_string(), ""),
    };
    let whole = |bound: i64| Decimal::<PLACES>::from_whole(bound).expect("bounds of columns are small");
    let (inside, hint) = match range {
        Range::Any => (true, String::new()),
        Range::NotNegative => (!number.is_negative(), "0 or more".to_owned()),
        Range::Positive => (number > Decimal::ZERO, "more than 0".to_owned()),
        Range::Between(least, most) => {
            ((whole(least)..=whole(most)).contains(&number), format!("from {least} to {most}"))
        }
    };
    if inside { Ok(number.to_string()) } else { refuse("is out of range", &hint) }
}

fn integer(text: &str, least: i64, most: i64) -> Result<String, CellRefusal> {
    let hint = format!("a whole number from {least} to {most}");
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse("is not a whole number", &hint);
    }
    match text.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number.to_string()),
        _ => refuse("is out of range", &hint),
    }
}

fn identifier(text: &str, rules: &NumberRules) -> Result<String, CellRefusal> {
    if text.contains(';') {
        return refuse("is more than one identifier", "one identifier; further ones belong into alternates");
    }
    Ok(normalise(text, rules))
}

fn identifiers(text: &str, rules: &NumberRules) -> Result<String, CellRefusal> {
    let mut found: Vec<String> = notation::list(text).map(|part| normalise(part, rules)).collect();
    found.sort();
    if let Some(pair) = found.windows(2).find(|pair| pair[0] == pair[1]) {
        return refuse(&format!("names {} twice", pair[0]), "each identifier once");
    }
    Ok(found.join(";"))
}

fn prefix(text: &str, rules: &NumberRules) -> Result<String, CellRefusal> {
    let prefix = normalise(text, rules);
    let digits = prefix.strip_prefix('+').unwrap_or(&prefix);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse("is not the start of a number", "+ and digits, as +44207, or digits of a short code, as 118");
    }
    Ok(prefix)
}

fn band(text: &str) -> Result<String, CellRefusal> {
    if text.chars().count() > LONGEST_BAND {
        return refuse(
            &format!("a charge band has at most {LONGEST_BAND} characters (C1)"),
            "the band as the files have it",
        );
    }
    Ok(text.to_owned())
}

fn colour(text: &str) -> Result<String, CellRefusal> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    let valid = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    read(valid.map(|digits| format!("#{}", digits.to_lowercase())), "is not a colour", "#rrggbb, as #1a5fb4")
}

fn emails(text: &str) -> Result<String, CellRefusal> {
    let addresses: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let valid = |address: &&str| {
        let parts = address.split_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
            && !address.contains(char::is_whitespace)
    };
    match addresses.iter().find(|address| !valid(address)) {
        Some(address) => {
            refuse(&format!("{address:?} is not an e-mail address"), "name@example.com, several separated by commas")
        }
        None => Ok(addresses.join(", ")),
    }
}

fn rate_match(text: &str, rules: &NumberRules) -> Result<String, CellRefusal> {
    match notation::rate_match(text) {
        Some(MatchText::Band(code)) => Ok(format!("band:{}", band(code)?)),
        Some(MatchText::Prefix(start)) => Ok(format!("prefix:{}", prefix(start, rules)?)),
        Some(MatchText::Type(call_type)) => Ok(format!("type:{call_type}")),
        Some(MatchText::Class(class)) => Ok(format!("class:{}", class.name())),
        None => refuse("does not say what the rate is for", "band:CODE, prefix:+44…, type:CALL_TYPE or class:CLASS"),
    }
}

fn scope(text: &str, rules: &NumberRules) -> Result<String, CellRefusal> {
    match notation::scope(text) {
        Some(ScopeText::Customer) => Ok("customer".into()),
        Some(ScopeText::CostCentre(name)) => Ok(format!("cost_centre:{name}")),
        Some(ScopeText::Clis(clis)) => Ok(format!("clis:{}", identifiers(&clis.join(";"), rules)?)),
        None => refuse("is not a scope", "customer, cost_centre:NAME or clis:A;B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: CellKind, raw: &str, expected: Result<&str, &str>) {
        let rules = NumberRules::of_country("44");
        let read = canonical_cell(kind, raw, &rules);
        let shown = read.as_ref().map(|text| text.as_deref().unwrap_or("")).map_err(|refusal| refusal.reason.as_str());
        assert_eq!(shown, expected, "{kind:?} {raw:?}");
        if let Ok(Some(text)) = &read {
            assert_eq!(canonical_cell(kind, text, &rules), read, "canonical twice: {kind:?} {raw:?}");
        }
    }

    #[test]
    fn cells_are_brought_to_one_spelling_or_refused() {
        let number = "is not a plain number (digits, one decimal point, an optional leading minus)";
        check(CellKind::Text, "  two\r\nlines ", Ok("two\nlines"));
        check(CellKind::Code, "a\nb", Err("holds a control character"));
        check(CellKind::Code, "   ", Ok(""));
        check(CellKind::Flag, "yes", Err("is not one of the words"));
        check(CellKind::Decimal(8, Range::Any), "0.01500", Ok("0.015"));
        check(CellKind::Decimal(8, Range::Any), "1e5", Err(number));
        check(CellKind::Decimal(8, Range::NotNegative), "-1", Err("is out of range"));
        check(CellKind::Decimal(8, Range::Any), "0.123456789", Err("has more than 8 decimal places"));
        check(CellKind::Decimal(8, Range::Positive), "0.0", Err("is out of range"));
        check(CellKind::Markup, "-100", Ok("-100"));
        check(CellKind::Markup, "10000.0001", Err("is out of range"));
        check(CellKind::Integer(1, 31), "07", Ok("7"));
        check(CellKind::Integer(1, 31), "0", Err("is out of range"));
        check(CellKind::Integer(1, 31), "+7", Err("is not a whole number"));
        check(CellKind::Date, "2026-02-29", Err("is not a date"));
        check(CellKind::Identifier, "020 7946-0018", Ok("+442079460018"));
        check(CellKind::Identifier, "sip-trunk-7", Ok("SIP-TRUNK-7"));
        check(CellKind::Identifiers, "07700 900123; 118118", Ok("+447700900123;118118"));
        check(CellKind::Identifiers, "07700900123;+447700900123", Err("names +447700900123 twice"));
        check(CellKind::Prefix, "+44 207", Ok("+44207"));
        check(CellKind::Prefix, "London", Err("is not the start of a number"));
        check(CellKind::Currency, "gbp", Err("is not a currency code"));
        check(CellKind::Colour, "#1A5fB4", Ok("#1a5fb4"));
        check(CellKind::Emails, "a@b.example , c@d.example", Ok("a@b.example, c@d.example"));
        check(CellKind::Emails, "a@b@c", Err("\"a@b@c\" is not an e-mail address"));
        check(CellKind::Interval, "12", Ok("yearly"));
        check(CellKind::RateMatch, "prefix:0044 33", Ok("prefix:+4433"));
        check(CellKind::RateMatch, "prefix:Paris", Err("is not the start of a number"));
        check(CellKind::RateMatch, "class:local", Err("does not say what the rate is for"));
        check(CellKind::Scope, "clis:02079460018;X", Ok("clis:+442079460018;X"));
        check(CellKind::RoundingTo, "half_up:9", Err("is not a rounding"));
    }
}
