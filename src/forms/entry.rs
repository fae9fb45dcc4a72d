//! What a person, or a spreadsheet on its own account, put into one cell → the canonical text of its column, with a warning
//! where it was repaired; or why it is refused. Money is never guessed at; a number that lost its zero is.

use std::borrow::Cow;

use jiff::{ToSpan, civil};

use crate::book::{CellKind, CellRefusal, canonical_cell};
use crate::domain::telephone::NumberRules;
use crate::domain::time::Date;
use crate::files::workbook::Cell;

use super::days::{DayText, read_day};
use super::form::Field;
use super::kinds::{CLEAR_WORD, Nature};

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nothing.
    Blank,
    /// That what is there is to go.
    Clear,
    /// A value.
    Value {
        /// The canonical text.
        text: String,
        /// How it was repaired, if it was.
        repaired: Option<String>,
    },
}

/// How a cell looks to who typed it: for messages.
pub fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) | Cell::Number(text) | Cell::Fault(text) => text.trim().to_owned(),
        Cell::Percent(text) => format!("{text}%"),
        Cell::Flag(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        Cell::Moment { day, seconds } => {
            let beyond = || civil::date(1970, 1, 1).checked_add(i64::from(*day).days());
            let day = match (Date::from_days(*day), beyond()) {
                (Some(date), _) => date.to_string(),
                (None, Ok(date)) => date.to_string(),
                (None, Err(_)) => format!("day {day}"),
            };
            if *seconds > 0 { format!("{day} with a time") } else { day }
        }
    }
}

/// Reads one cell of a column.
///
/// # Errors
/// Why it is refused, and what would be accepted.
pub fn read_entry(field: &Field, cell: &Cell<'_>, rules: &NumberRules) -> Result<Entry, CellRefusal> {
    let (text, repaired) = match cell {
        Cell::Blank => return Ok(Entry::Blank),
        Cell::Text(text) => match clean(text) {
            text if text.is_empty() => return Ok(Entry::Blank),
            text if text.eq_ignore_ascii_case(CLEAR_WORD) => return Ok(Entry::Clear),
            text => of_text(field, text, rules)?,
        },
        Cell::Number(number) => of_number(field, number, rules)?,
        Cell::Percent(shown) if field.kind == CellKind::Markup => {
            (Cow::Borrowed(shown.as_ref()), Some(format!("is formatted as a percentage: read as {shown} percent")))
        }
        Cell::Percent(_) => return refuse("is formatted as a percentage", "format the cell as a number"),
        Cell::Flag(flag) if field.kind == CellKind::Flag => (Cow::Borrowed(if *flag { "y" } else { "n" }), None),
        Cell::Flag(_) => return refuse("is a truth value, not a text", "format the cell as text and type it again"),
        Cell::Fault(_) => return refuse("is no value", "type the value itself"),
        Cell::Moment { day, seconds } => (of_moment(field, *day, *seconds > 0)?.into(), None),
    };
    match canonical_cell(field.kind, &text, rules)? {
        Some(text) => Ok(Entry::Value { text, repaired }),
        None => Ok(Entry::Blank),
    }
}

type Repaired<'t> = (Cow<'t, str>, Option<String>);

fn refuse<T>(reason: &str, hint: &str) -> Result<T, CellRefusal> {
    Err(CellRefusal { reason: reason.to_owned(), hint: hint.to_owned() })
}

/// Without blanks around it, non-breaking ones as blanks, and without what cannot be seen.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let is_odd = |c: char| !c.is_ascii() && (c.is_whitespace() || is_invisible(c));
    if !text.contains(is_odd) {
        return Cow::Borrowed(text.trim());
    }
    let seen = text.chars().filter(|c| !is_invisible(*c));
    let plain: String = seen.map(|c| if is_odd(c) { ' ' } else { c }).collect();
    Cow::Owned(plain.trim().to_owned())
}

/// Zero-width characters and marks of direction, which come along when text is copied from pages and mails; not the joiners
/// U+200C and U+200D, which belong to the spelling of some languages.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn of_text<'t>(field: &Field, text: Cow<'t, str>, rules: &NumberRules) -> Result<Repaired<'t>, CellRefusal> {
    match field.kind {
        CellKind::Date => match read_day(&text) {
            DayText::Iso | DayText::Unknown => Ok((text, None)),
            DayText::Day(date) => {
                let repaired = format!("read as {date}");
                Ok((Cow::Owned(date.to_string()), Some(repaired)))
            }
            DayText::Ambiguous(one, other) => {
                let hint = format!("{one} or {other}, whichever is meant");
                refuse("could be two dates", &hint)
            }
        },
        CellKind::Flag => Ok((flag_word(&text).map_or(text, Cow::Borrowed), None)),
        CellKind::Word(words) => {
            let plain = text.to_lowercase().replace([' ', '-'], "_");
            let known = words.iter().find(|word| **word == plain);
            Ok((known.map_or(text, |word| Cow::Borrowed(*word)), None))
        }
        _ if is_number_to_call(field) => telephone_text(text, rules),
        _ => Ok((text, None)),
    }
}

fn flag_word(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "y" | "yes" | "true" => Some("y"),
        "n" | "no" | "false" => Some("n"),
        _ => None,
    }
}

fn is_number_to_call(field: &Field) -> bool {
    field.nature == Nature::Telephone || matches!(field.kind, CellKind::Identifier | CellKind::Identifiers)
}

/// `4.47911E+11` is what a spreadsheet makes of a long number that it saves as text: its last digits are gone.
fn telephone_text<'t>(text: Cow<'t, str>, rules: &NumberRules) -> Result<Repaired<'t>, CellRefusal> {
    let is_scientific = text.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        digits(mantissa) && mantissa.contains('.') && digits(exponent.strip_prefix('+').unwrap_or(exponent))
    });
    if is_scientific {
        let hint = "format the column as text and type the number again";
        return refuse("is a number that a spreadsheet has shortened: its last digits are lost", hint);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit())
        && let Some(whole) = with_lost_zero(&text, rules)
    {
        let repaired = format!("has lost its leading zero: read as {whole}");
        return Ok((Cow::Owned(whole), Some(repaired)));
    }
    Ok((text, None))
}

/// The digits of a national number without its zero → with it.
fn with_lost_zero(digits: &str, rules: &NumberRules) -> Option<String> {
    let could_be_whole = digits.starts_with('0') || digits.starts_with(&rules.country_code);
    let is_national = (9..=10).contains(&digits.len()) && !could_be_whole && !rules.bare_is_national;
    is_national.then(|| format!("0{digits}"))
}

/// A number that a spreadsheet keeps as one; exact to 15 digits.
fn of_number<'t>(field: &Field, number: &'t str, rules: &NumberRules) -> Result<Repaired<'t>, CellRefusal> {
    use CellKind::{Date, Decimal, Flag, Integer, Markup};
    let is_whole = number.bytes().all(|byte| byte.is_ascii_digit());
    match field.kind {
        Decimal(..) | Integer(..) | Markup => Ok((Cow::Borrowed(number), None)),
        Date => refuse("is a number, not a date", "format the cell as a date, or write YYYY-MM-DD"),
        Flag => match number {
            "1" => Ok((Cow::Borrowed("y"), None)),
            "0" => Ok((Cow::Borrowed("n"), None)),
            _ => Ok((Cow::Borrowed(number), None)),
        },
        _ if is_number_to_call(field) && !is_whole => {
            refuse("is not a telephone number", "format the cell as text and type the number again")
        }
        _ if is_whole && number.len() > KEPT_DIGITS => {
            refuse("has more digits than a spreadsheet keeps of a number", "format the cell as text and type it again")
        }
        _ if is_number_to_call(field) => telephone_number(number, rules),
        _ => Ok((Cow::Borrowed(number), None)),
    }
}

/// How many digits of a number spreadsheets keep.
const KEPT_DIGITS: usize = 15;

fn telephone_number<'t>(digits: &'t str, rules: &NumberRules) -> Result<Repaired<'t>, CellRefusal> {
    if let Some(whole) = with_lost_zero(digits, rules) {
        let repaired = format!("is a number without its leading zero: read as {whole}");
        return Ok((Cow::Owned(whole), Some(repaired)));
    }
    if digits.starts_with(&rules.country_code) && digits.len() > 10 {
        let whole = format!("+{digits}");
        let repaired = format!("is a number without its plus sign: read as {whole}");
        return Ok((Cow::Owned(whole), Some(repaired)));
    }
    Ok((Cow::Borrowed(digits), None))
}

fn of_moment(field: &Field, day: i32, has_time: bool) -> Result<String, CellRefusal> {
    let Some(date) = Date::from_days(day) else {
        return refuse("is a date out of range", "a date between 2000-01-01 and 2100-12-31");
    };
    match field.kind {
        CellKind::Date if has_time => refuse("is a date with a time of day", &format!("{date} without a time")),
        CellKind::Date => Ok(date.to_string()),
        _ => {
            let hint = "format the cell as text and type it again";
            refuse(&format!("is the date {date} to the spreadsheet, not what was typed"), hint)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::schema::Range;
    use crate::forms::form::Target;

    fn field(kind: CellKind, nature: Nature) -> Field {
        Field {
            header: "H".into(),
            target: Target::Column(0),
            kind,
            required: false,
            engine: false,
            nature,
            note: String::new(),
            example: String::new(),
            choices: Vec::new(),
        }
    }

    fn check(kind: CellKind, nature: Nature, cell: Cell<'_>, expected: &str) {
        let read = read_entry(&field(kind, nature), &cell, &NumberRules::of_country("44"));
        let shown = match read {
            Ok(Entry::Blank) => "blank".to_owned(),
            Ok(Entry::Clear) => "clear".to_owned(),
            Ok(Entry::Value { text, repaired: None }) => format!("= {text}"),
            Ok(Entry::Value { text, repaired: Some(how) }) => format!("~ {text}: {how}"),
            Err(refusal) => format!("! {} ({})", refusal.reason, refusal.hint),
        };
        assert_eq!(shown, expected, "{kind:?} {nature:?} {cell:?}");
    }

    fn text(text: &str) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(text))
    }

    fn number(text: &str) -> Cell<'_> {
        Cell::Number(Cow::Borrowed(text))
    }

    #[test]
    fn what_people_and_spreadsheets_put_into_texts() {
        let plain = |cell, expected| check(CellKind::Text, Nature::Plain, cell, expected);
        plain(text("\u{a0} Harbour\u{2009}Bakery \u{200b}"), "= Harbour Bakery");
        plain(text(" \u{a0}"), "blank");
        plain(text("(Clear)"), "clear");
        plain(number("1001"), "= 1001");
        plain(Cell::Flag(true), "! is a truth value, not a text (format the cell as text and type it again)");
        plain(Cell::Fault("#REF!".into()), "! is no value (type the value itself)");
        plain(
            Cell::Moment { day: 20_485, seconds: 0 },
            "! is the date 2026-02-01 to the spreadsheet, not what was typed (format the cell as text and type it again)",
        );
    }

    #[test]
    fn numbers_to_call_are_repaired_or_refused() {
        let phone = |cell, expected| check(CellKind::Text, Nature::Telephone, cell, expected);
        phone(text("01632 960018"), "= 01632 960018");
        phone(
            text("4.47911E+11"),
            "! is a number that a spreadsheet has shortened: its last digits are lost (format the column as text and type \
             the number again)",
        );
        phone(text("1632960018"), "~ 01632960018: has lost its leading zero: read as 01632960018");
        phone(number("1632960018"), "~ 01632960018: is a number without its leading zero: read as 01632960018");
        phone(number("447700900123"), "~ +447700900123: is a number without its plus sign: read as +447700900123");
        phone(
            number("4477009001234567"),
            "! has more digits than a spreadsheet keeps of a number (format the cell as text and type it again)",
        );
        let line = |cell, expected| check(CellKind::Identifier, Nature::Telephone, cell, expected);
        line(number("2079460018"), "~ +442079460018: is a number without its leading zero: read as 02079460018");
        line(number("118118"), "= 118118");
        line(text("SIP-7E+1"), "= SIP-7E+1");
        line(number("1.5"), "! is not a telephone number (format the cell as text and type the number again)");
    }

    #[test]
    fn dates_come_as_dates_or_in_words() {
        let date = |cell, expected| check(CellKind::Date, Nature::Plain, cell, expected);
        date(Cell::Moment { day: 20_485, seconds: 0 }, "= 2026-02-01");
        date(Cell::Moment { day: 20_485, seconds: 3600 }, "! is a date with a time of day (2026-02-01 without a time)");
        date(text("2026-02-01"), "= 2026-02-01");
        date(text("31/01/2026"), "~ 2026-01-31: read as 2026-01-31");
        date(text("03/04/2026"), "! could be two dates (2026-04-03 or 2026-03-04, whichever is meant)");
        date(number("46054"), "! is a number, not a date (format the cell as a date, or write YYYY-MM-DD)");
        date(text("soon"), "! is not a date (YYYY-MM-DD between 2000-01-01 and 2100-12-31)");
    }

    #[test]
    fn amounts_are_exact_and_never_guessed() {
        let price = |cell, expected| check(CellKind::Decimal(3, Range::NotNegative), Nature::Plain, cell, expected);
        price(number("12.5"), "= 12.5");
        price(
            text("£12.50"),
            "! is not a plain number (digits, one decimal point, an optional leading minus) (12.5, without separators or \
             signs)",
        );
        let markup = |cell, expected| check(CellKind::Markup, Nature::Plain, cell, expected);
        markup(Cell::Percent("20".into()), "~ 20: is formatted as a percentage: read as 20 percent");
        price(Cell::Percent("20".into()), "! is formatted as a percentage (format the cell as a number)");
        let flag = |cell, expected| check(CellKind::Flag, Nature::Plain, cell, expected);
        flag(text("Yes"), "= y");
        flag(Cell::Flag(false), "= n");
        flag(number("1"), "= y");
        flag(text("maybe"), "! is not one of the words (y, n)");
        check(CellKind::Word(&["final_bill", "active"]), Nature::Plain, text("Final bill"), "= final_bill");
    }
}
