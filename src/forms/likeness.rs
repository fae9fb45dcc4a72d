//! The headers of a sheet → the kind of form that it most likely is, for a word to who gave it to the wrong command. Reads
//! no rows and refuses nothing.

use super::kinds::{FormSchema, Kind};

/// The kind whose words most of the headers are: at least two, more than half of all, and more than any other kind has.
/// Capitals, blanks, underscores and the mark of required columns do not matter.
pub fn looks_like<H: AsRef<str>>(headers: &[H]) -> Option<Kind> {
    let headers: Vec<String> = headers.iter().map(|header| plain(header.as_ref())).collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).filter(|header| !header.is_empty()).collect();
    let mut ranked: Vec<((usize, bool, usize), Kind)> = Kind::ALL.map(|kind| (likeness(kind, &headers), kind)).to_vec();
    ranked.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
    let (best, second) = (ranked[0], ranked[1]);
    let (known, ..) = best.0;
    (known >= 2 && known * 2 > headers.len() && best.0 > second.0).then_some(best.1)
}

/// How a person is sent to the command of another kind, if that knows more of the headers than the kind that was asked for:
/// `this looks like a form of customers: tollbook import customers FILE`.
pub fn other_kind_hint<H: AsRef<str>>(headers: &[H], asked: Kind) -> Option<String> {
    let kind = looks_like(headers).filter(|kind| *kind != asked)?;
    let words: Vec<String> = headers.iter().map(|header| plain(header.as_ref())).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    // Files that only update have few columns, which more than one kind may have.
    if likeness(kind, &words).0 <= likeness(asked, &words).0 {
        return None;
    }
    let what = if kind == Kind::Tariff { "a rate sheet".to_owned() } else { format!("a form of {}", kind.name()) };
    let option = if kind == Kind::Tariff { " FILE --tariff CODE" } else { " FILE" };
    Some(format!("this looks like {what}: tollbook import {}{option}", kind.name()))
}

/// How many headers a kind knows, whether all of its required columns are among them, and how many.
fn likeness(kind: Kind, headers: &[&str]) -> (usize, bool, usize) {
    let by_sheet = kind.sheets().iter().map(|sheet| {
        let is_there = |header: &str, column: &str| headers.iter().any(|seen| names(header, column, seen));
        let required = sheet.columns.iter().filter(|column| column.required);
        let (there, missing): (Vec<_>, Vec<_>) = required.partition(|column| is_there(column.header, column.column));
        let known = headers.iter().filter(|header| knows(kind, sheet, header)).count();
        (known, missing.is_empty(), there.len())
    });
    by_sheet.max().unwrap_or_default()
}

fn knows(kind: Kind, sheet: &FormSchema, header: &str) -> bool {
    let is_special = match kind {
        Kind::Customers => header.starts_with("tariff ") || header.starts_with("x "),
        Kind::Tariff => RATE_SHEET_WORDS.contains(&header),
        _ => false,
    };
    is_special || sheet.columns.iter().any(|column| names(column.header, column.column, header))
}

fn names(header: &str, column: &str, seen: &str) -> bool {
    plain(header) == seen || plain(column) == seen
}

/// What others call the columns of their rate sheets, as far as no form has a column of the name.
const RATE_SHEET_WORDS: [&str; 20] = [
    "prefix",
    "prefixes",
    "code",
    "dial code",
    "country code",
    "area code",
    "destination",
    "charge code",
    "rate",
    "rates",
    "price min",
    "rate min",
    "peak",
    "offpeak",
    "off peak",
    "weekend",
    "minimum charge",
    "connection fee",
    "effective date",
    "billing increment",
];

/// Small letters and digits, single blanks for all else.
fn plain(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_the_kind() {
        let check = |headers: &str, expected: Option<Kind>| {
            let headers: Vec<&str> = headers.split(',').collect();
            assert_eq!(looks_like(&headers), expected, "{headers:?}");
        };
        check("Customer Name*,Reference,Address Line 1*,Town*", Some(Kind::Customers));
        check("name,account,group,organisation", Some(Kind::Customers));
        check("Reference,Tariff:[Lines],Tariff:[Hardware]", Some(Kind::Customers));
        check("CLI,Account,Cost Centre,Alternates", Some(Kind::Clis));
        check("CLI,Account,Description,From,To", Some(Kind::Clis));
        check("Account,Date,Amount,Reference", Some(Kind::Payments));
        check("ACCOUNT, date ,Amount,Reference,Method,Bank Sort Code", Some(Kind::Payments));
        check("Account,Charge,Product,Price,From", Some(Kind::Charges));
        check("match,time_band,from,to,rate", Some(Kind::Tariff));
        check("Prefix,Destination,Rate,Increment", Some(Kind::Tariff));
        check("Charge Code,Peak,Offpeak,Weekend", Some(Kind::Tariff));
        check("Place,Colour,Size", None);
        check("Account", None);
        check("", None);
    }

    /// The empty form of each kind is known for what it is, by its headers and by the names of the book.
    #[test]
    fn every_form_is_known_by_its_own_headers() {
        for kind in Kind::ALL {
            let sheet = &kind.sheets()[0];
            let headers: Vec<&str> = sheet.columns.iter().map(|column| column.header).collect();
            let columns: Vec<&str> = sheet.columns.iter().map(|column| column.column).collect();
            assert_eq!((looks_like(&headers), looks_like(&columns)), (Some(kind), Some(kind)), "{}", sheet.sheet);
        }
    }

    #[test]
    fn the_hint_names_the_other_command_only() {
        let payments = ["Account", "Date", "Amount", "Reference"];
        assert_eq!(other_kind_hint(&payments, Kind::Payments), None);
        let hint = "this looks like a form of payments: tollbook import payments FILE";
        assert_eq!(other_kind_hint(&payments, Kind::Customers).as_deref(), Some(hint));
        let few = ["account", "reference", "currency"];
        assert_eq!(other_kind_hint(&few, Kind::Customers), None, "customers have these columns too");
        let hint = "this looks like a rate sheet: tollbook import tariff FILE --tariff CODE";
        assert_eq!(other_kind_hint(&["Prefix", "Rate"], Kind::Payments).as_deref(), Some(hint));
    }
}
