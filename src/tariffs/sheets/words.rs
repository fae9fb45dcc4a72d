//! The words of header lines: what others call the columns of a rate sheet, as data, and how a name is looked up. A name
//! may state a currency or a unit: `Rate (GBP/min)`, `Price p/min`.

use crate::domain::money::Currency;

/// What a column of a sheet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// What the row is for, in a classic sheet; the name of the destination in a deck.
    Destination,
    ChargeCode,
    Code,
    CountryCode,
    AreaCode,
    Description,
    Rate,
    Connection,
    Minimum,
    Peak,
    OffPeak,
    Weekend,
    CostPeak,
    CostOffPeak,
    CostWeekend,
    Increments,
    FirstIncrement,
    NextIncrement,
    Effective,
    End,
    Currency,
    /// Says nothing about a price: left out, and named in the report.
    LeftOut,
}

/// A format's words, in small letters with single blanks for everything that is no letter or digit.
pub(super) type Words = &'static [(&'static str, Field)];

/// The classic rate sheet of resellers.
pub(super) const CLASSIC: Words = &[
    ("destination", Field::Destination),
    ("destination code", Field::Destination),
    ("charge code", Field::ChargeCode),
    ("chargecode", Field::ChargeCode),
    ("charge band", Field::ChargeCode),
    ("chargeband", Field::ChargeCode),
    ("minimum charge", Field::Minimum),
    ("minimum call charge", Field::Minimum),
    ("min charge", Field::Minimum),
    ("connection fee", Field::Connection),
    ("connection charge", Field::Connection),
    ("connection", Field::Connection),
    ("setup fee", Field::Connection),
    ("peak", Field::Peak),
    ("peak rate", Field::Peak),
    ("sell peak", Field::Peak),
    ("daytime", Field::Peak),
    ("offpeak", Field::OffPeak),
    ("off peak", Field::OffPeak),
    ("offpeak rate", Field::OffPeak),
    ("off peak rate", Field::OffPeak),
    ("sell offpeak", Field::OffPeak),
    ("sell off peak", Field::OffPeak),
    ("evening", Field::OffPeak),
    ("weekend", Field::Weekend),
    ("weekend rate", Field::Weekend),
    ("sell weekend", Field::Weekend),
    ("cost peak", Field::CostPeak),
    ("peak cost", Field::CostPeak),
    ("cost offpeak", Field::CostOffPeak),
    ("cost off peak", Field::CostOffPeak),
    ("offpeak cost", Field::CostOffPeak),
    ("off peak cost", Field::CostOffPeak),
    ("cost weekend", Field::CostWeekend),
    ("weekend cost", Field::CostWeekend),
    ("description", Field::Description),
    ("duration block", Field::Increments),
    ("block", Field::Increments),
    ("effective date", Field::Effective),
    ("notes", Field::LeftOut),
    ("comments", Field::LeftOut),
];

/// A–Z decks of carriers.
pub(super) const DECK: Words = &[
    ("code", Field::Code),
    ("codes", Field::Code),
    ("prefix", Field::Code),
    ("prefixes", Field::Code),
    ("dial code", Field::Code),
    ("dial codes", Field::Code),
    ("dialcode", Field::Code),
    ("dialling code", Field::Code),
    ("dialing code", Field::Code),
    ("dial prefix", Field::Code),
    ("destination code", Field::Code),
    ("full code", Field::Code),
    ("breakout", Field::Code),
    ("country code", Field::CountryCode),
    ("countrycode", Field::CountryCode),
    ("cc", Field::CountryCode),
    ("area code", Field::AreaCode),
    ("area codes", Field::AreaCode),
    ("areacode", Field::AreaCode),
    ("city code", Field::AreaCode),
    ("city codes", Field::AreaCode),
    ("national code", Field::AreaCode),
    ("destination", Field::Destination),
    ("destination name", Field::Destination),
    ("description", Field::Destination),
    ("zone", Field::Destination),
    ("rate", Field::Rate),
    ("rates", Field::Rate),
    ("price", Field::Rate),
    ("new rate", Field::Rate),
    ("new price", Field::Rate),
    ("sell rate", Field::Rate),
    ("call rate", Field::Rate),
    ("connection fee", Field::Connection),
    ("connection charge", Field::Connection),
    ("connection", Field::Connection),
    ("connect fee", Field::Connection),
    ("setup fee", Field::Connection),
    ("set up fee", Field::Connection),
    ("minimum charge", Field::Minimum),
    ("min charge", Field::Minimum),
    ("increments", Field::Increments),
    ("increment", Field::Increments),
    ("interval", Field::Increments),
    ("intervals", Field::Increments),
    ("billing increment", Field::Increments),
    ("billing increments", Field::Increments),
    ("billing interval", Field::Increments),
    ("rounding", Field::Increments),
    ("first increment", Field::FirstIncrement),
    ("initial increment", Field::FirstIncrement),
    ("first interval", Field::FirstIncrement),
    ("initial interval", Field::FirstIncrement),
    ("interval 1", Field::FirstIncrement),
    ("next increment", Field::NextIncrement),
    ("subsequent increment", Field::NextIncrement),
    ("additional increment", Field::NextIncrement),
    ("next interval", Field::NextIncrement),
    ("subsequent interval", Field::NextIncrement),
    ("interval n", Field::NextIncrement),
    ("interval 2", Field::NextIncrement),
    ("effective date", Field::Effective),
    ("effective", Field::Effective),
    ("effective from", Field::Effective),
    ("valid from", Field::Effective),
    ("start date", Field::Effective),
    ("from", Field::Effective),
    ("end date", Field::End),
    ("expiry date", Field::End),
    ("valid to", Field::End),
    ("valid until", Field::End),
    ("to", Field::End),
    ("currency", Field::Currency),
    ("status", Field::LeftOut),
    ("change", Field::LeftOut),
    ("change flag", Field::LeftOut),
    ("rate change", Field::LeftOut),
    ("rate status", Field::LeftOut),
    ("change type", Field::LeftOut),
    ("change code", Field::LeftOut),
    ("old rate", Field::LeftOut),
    ("old price", Field::LeftOut),
    ("previous rate", Field::LeftOut),
    ("country", Field::LeftOut),
    ("country name", Field::LeftOut),
    ("region", Field::LeftOut),
    ("operator", Field::LeftOut),
    ("network", Field::LeftOut),
    ("comment", Field::LeftOut),
    ("comments", Field::LeftOut),
    ("notes", Field::LeftOut),
    ("remarks", Field::LeftOut),
];

/// Say per what a price is, which is always the minute, or in what an increment is, which is always seconds.
const PER_MINUTE: [&str; 9] = ["per", "min", "mins", "minute", "minutes", "sec", "secs", "seconds", "in"];
const MINOR: [&str; 5] = ["p", "pence", "ppm", "cent", "cents"];

/// A name of a column, looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub field: Option<Field>,
    /// The name states the minor unit, or the major one.
    pub minor: Option<bool>,
    /// The name states a currency.
    pub currency: Option<String>,
}

/// Looks a name up among the words of a format.
pub(super) fn look_up(words: Words, name: &str) -> Named {
    let spelled = name.replace('£', " GBP ").replace('€', " EUR ").replace('$', " USD ");
    let parts: Vec<&str> =
        spelled.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let find = |parts: &[&str]| {
        let phrase = parts.join(" ").to_lowercase();
        words.iter().find(|(known, _)| *known == phrase).map(|(_, field)| *field)
    };
    if let Some(field) = find(&parts) {
        return Named { field: Some(field), ..Named::default() };
    }
    let mut named = Named::default();
    let mut kept = Vec::new();
    for part in parts {
        let small = part.to_lowercase();
        let currency = Currency::parse(part).filter(|_| !PER_MINUTE.contains(&small.as_str()));
        match currency {
            _ if MINOR.contains(&small.as_str()) => named.minor = Some(true),
            _ if PER_MINUTE.contains(&small.as_str()) => {}
            Some(currency) if !kept.is_empty() => named.currency = Some(currency.code().to_owned()),
            _ => kept.push(part),
        }
    }
    if named.currency.is_some() && named.minor.is_none() {
        named.minor = Some(false);
    }
    match find(&kept) {
        Some(field) => Named { field: Some(field), ..named },
        None => Named::default(),
    }
}

/// The first few words of a field, for a message on what is missing.
pub(super) fn spellings(words: Words, field: Field) -> String {
    let known = words.iter().filter(|(_, known)| *known == field).map(|(word, _)| *word);
    known.take(4).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_are_known_in_many_spellings() {
        let check = |words: Words, name: &str, field: Option<Field>, minor: Option<bool>, currency: Option<&str>| {
            let named = look_up(words, name);
            assert_eq!((named.field, named.minor, named.currency.as_deref()), (field, minor, currency), "{name}");
        };
        check(DECK, "Prefix", Some(Field::Code), None, None);
        check(DECK, " DIAL_CODE ", Some(Field::Code), None, None);
        check(DECK, "Price/min", Some(Field::Rate), None, None);
        check(DECK, "Rate (GBP/min)", Some(Field::Rate), Some(false), Some("GBP"));
        check(DECK, "RATE (GBP/MIN)", Some(Field::Rate), Some(false), Some("GBP"));
        check(DECK, "Rate £", Some(Field::Rate), Some(false), Some("GBP"));
        check(DECK, "Rate p/min", Some(Field::Rate), Some(true), None);
        check(DECK, "Valid From", Some(Field::Effective), None, None);
        check(DECK, "First increment (sec)", Some(Field::FirstIncrement), None, None);
        check(DECK, "Rate Change", Some(Field::LeftOut), None, None);
        check(DECK, "Peak", None, None, None);
        check(CLASSIC, "Minimum Charge (pence)", Some(Field::Minimum), Some(true), None);
        check(CLASSIC, "Off-Peak", Some(Field::OffPeak), None, None);
        check(CLASSIC, "Cost OffPeak", Some(Field::CostOffPeak), None, None);
        check(CLASSIC, "Colour", None, None, None);
    }

    #[test]
    fn no_word_has_two_meanings_in_one_format() {
        for words in [CLASSIC, DECK] {
            for (position, (word, _)) in words.iter().enumerate() {
                assert!(words[..position].iter().all(|(earlier, _)| earlier != word), "{word}");
                assert!(look_up(words, word).field.is_some(), "{word}");
            }
        }
    }
}
