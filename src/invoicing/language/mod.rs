//! A customer's language → the words, dates, numbers and amounts of its documents, by the strings files that are built in
//! (`config/strings`) and those in the workspace's `templates/`. Translates nothing that came from the book.

mod strings;
mod style;

pub(super) use style::{Style, printable, wrapped};

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::RenderError;
use crate::domain::time::Date;
use strings::Strings;

const BUILT_IN: [(&str, &str); 4] = [
    ("en", include_str!("../../../config/strings/en.toml")),
    ("cy", include_str!("../../../config/strings/cy.toml")),
    ("de", include_str!("../../../config/strings/de.toml")),
    ("fr", include_str!("../../../config/strings/fr.toml")),
];

/// The language of customers that name none, and of strings that a language lacks.
const DEFAULT: &str = "en";

/// The languages that documents can be in.
pub(super) struct Languages(BTreeMap<String, Language>);

/// One language.
pub(super) struct Language {
    /// ISO 639-1, as text is tagged with it.
    pub(super) code: String,
    strings: Strings,
    /// All strings by section and name, for templates.
    words: Value,
    months: [Vec<String>; 2],
}

impl Languages {
    /// Those built in, each with what a file of its name says otherwise; and those that files add.
    ///
    /// # Errors
    /// [`RenderError`] for a file that is not TOML, names a string that there is not, or puts in other things than the
    /// built-in string does.
    pub(super) fn load(files: &BTreeMap<String, Vec<u8>>) -> Result<Self, RenderError> {
        let built_in = |code: &str| BUILT_IN.iter().find(|(known, _)| *known == code).map(|(_, text)| *text);
        let english =
            Strings::parse(built_in(DEFAULT).expect("English is built in")).expect("what is built in is right");
        let mut languages = BTreeMap::new();
        for (code, text) in BUILT_IN {
            languages.insert(code.to_owned(), Strings::parse(text).expect("what is built in is right"));
        }
        for (file, bytes) in files {
            let refused = |reason: String| super::pdf::at_file(file, reason);
            let code = file.trim_end_matches(".toml");
            if !is_code(code) {
                return Err(refused("is not named by a language: `de.toml`, `it.toml`".into()));
            }
            let text = std::str::from_utf8(bytes).map_err(|_| refused("is not UTF-8".into()))?;
            let own = Strings::parse(text).map_err(refused)?;
            own.check_against(&english).map_err(refused)?;
            let base = languages.remove(code).unwrap_or_else(|| english.clone());
            languages.insert(code.to_owned(), base.overridden(own));
        }
        let made = languages.into_iter().map(|(code, strings)| (code.clone(), Language::new(code, strings)));
        Ok(Self(made.collect()))
    }

    /// The language of a code (`de`, `de-AT`); none if there are no strings for it.
    pub(super) fn find(&self, code: &str) -> Option<&Language> {
        let code = code.trim().to_ascii_lowercase();
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        match code.as_str() {
            "" => self.0.get(DEFAULT),
            code => self.0.get(code).or_else(|| self.0.get(primary)),
        }
    }

    /// English.
    pub(super) fn default(&self) -> &Language {
        &self.0[DEFAULT]
    }

    /// The codes of all.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// English as it is built in, for documents that are written in no other language.
pub(super) fn english() -> &'static Language {
    static ENGLISH: LazyLock<Language> = LazyLock::new(|| {
        let strings = Strings::parse(BUILT_IN[0].1).expect("what is built in is right");
        Language::new(DEFAULT.to_owned(), strings)
    });
    &ENGLISH
}

/// The strings files that are built in, by the names that take their place in `templates/`.
pub(super) fn built_in_files() -> impl Iterator<Item = (String, &'static str)> {
    BUILT_IN.into_iter().map(|(code, text)| (format!("{code}.toml"), text))
}

/// Two or three letters: what text can be tagged with.
fn is_code(code: &str) -> bool {
    matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

impl Language {
    fn new(code: String, strings: Strings) -> Self {
        let months = ["date.months", "date.mons"].map(|key| strings.list(key));
        Self { code, words: strings.by_section(), months, strings }
    }

    /// A string without anything put in.
    pub(super) fn word<'a>(&'a self, key: &'a str) -> &'a str {
        self.strings.get(key)
    }

    /// A string with what is put in.
    pub(super) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        filled(self.word(key), values)
    }

    /// A string that depends on a count: `{count}` is what is counted.
    pub(super) fn counted(&self, key: &str, count: u64, shown: &str) -> String {
        let singular = self.word("typography.singular");
        let is_one = count == 1 || count == 0 && singular == "0-1";
        self.fill(&format!("{key}.{}", if is_one { "one" } else { "other" }), &[("count", shown)])
    }

    /// All strings for templates: section, name, string.
    pub(super) fn words(&self) -> &Value {
        &self.words
    }

    /// The region of the spelling: `GB`.
    pub(super) fn region(&self) -> String {
        self.word("typography.region").to_ascii_lowercase()
    }

    /// `1 November 2026`, `1. November 2026`, `1er novembre 2026`.
    pub(super) fn long_date(&self, date: Date) -> String {
        let day = if date.day() == 1 { self.word("date.first").to_owned() } else { date.day().to_string() };
        self.date("date.long", date, &day)
    }

    /// `1 Nov 2026`, `01.11.2026`.
    pub(super) fn short_date(&self, date: Date) -> String {
        self.date("date.short", date, &date.day().to_string())
    }

    /// `1 Nov`, `01.11.`.
    pub(super) fn day_month(&self, date: Date) -> String {
        self.date("date.day_month", date, &date.day().to_string())
    }

    /// `Nov 26`.
    pub(super) fn month_year(&self, date: Date) -> String {
        self.date("date.month_year", date, &date.day().to_string())
    }

    /// A period, both days included: `1–30 Nov 2026`, `15 Oct – 14 Nov 2026`, `15 Dec 2026 – 14 Jan 2027`.
    pub(super) fn period(&self, from: Date, to: Date) -> String {
        let last = self.short_date(to);
        let range = |key: &str, first: &str| self.fill(key, &[("from", first), ("to", &last)]);
        if from == to {
            last
        } else if from.first_of_month() == to.first_of_month() {
            range("date.range_in_month", &self.date("date.day", from, &from.day().to_string()))
        } else if from.year() == to.year() {
            range("date.range", &self.day_month(from))
        } else {
            range("date.range", &self.short_date(from))
        }
    }

    fn date(&self, key: &str, date: Date, day: &str) -> String {
        let (year, month, number) = date.ymd();
        let month_at = month as usize - 1;
        self.fill(
            key,
            &[
                ("day", day),
                ("dd", &format!("{number:02}")),
                ("mm", &format!("{month:02}")),
                ("month", &self.months[0][month_at]),
                ("mon", &self.months[1][month_at]),
                ("year", &year.to_string()),
                ("yy", &format!("{:02}", year % 100)),
            ],
        )
    }
}

/// A pattern with what is put in for each `{name}`; what is put in is not looked at again.
fn filled(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else { break };
        text.push_str(&rest[..open]);
        let name = &rest[open + 1..open + length];
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => text.push_str(value),
            None => text.push_str(&rest[open..=open + length]),
        }
        rest = &rest[open + length + 1..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> Languages {
        Languages::load(&BTreeMap::new()).expect("what is built in is right")
    }

    fn date(text: &str) -> Date {
        Date::parse(text).expect(text)
    }

    #[test]
    fn every_language_has_every_string_with_the_same_things_put_in() {
        let english = Strings::parse(BUILT_IN[0].1).expect("English");
        for (code, text) in BUILT_IN {
            let strings = Strings::parse(text).unwrap_or_else(|error| panic!("{code}: {error}"));
            assert_eq!(strings.check_against(&english), Ok(()), "{code}");
            assert_eq!(english.check_against(&strings), Ok(()), "what {code} lacks");
        }
    }

    #[test]
    fn dates_are_as_each_language_writes_them() {
        let languages = built_in();
        for (code, long, short, period) in [
            ("", "1 November 2026", "1 Nov 2026", "1–30 Nov 2026"),
            ("cy", "1 Tachwedd 2026", "1 Tach 2026", "1–30 Tach 2026"),
            ("de", "1. November 2026", "01.11.2026", "01.–30.11.2026"),
            ("fr", "1er novembre 2026", "01/11/2026", "01–30/11/2026"),
        ] {
            let language = languages.find(code).expect(code);
            let first = date("2026-11-01");
            assert_eq!(language.long_date(first), long);
            assert_eq!(language.short_date(first), short);
            assert_eq!(language.period(first, date("2026-11-30")), period);
        }
    }

    #[test]
    fn periods() {
        let languages = built_in();
        for (from, to, expected) in [
            ("2026-11-01", "2026-11-30", "1–30 Nov 2026"),
            ("2026-11-01", "2026-11-01", "1 Nov 2026"),
            ("2026-10-15", "2026-11-14", "15 Oct – 14 Nov 2026"),
            ("2026-12-15", "2027-01-14", "15 Dec 2026 – 14 Jan 2027"),
            ("2026-01-01", "2027-01-31", "1 Jan 2026 – 31 Jan 2027"),
        ] {
            assert_eq!(languages.default().period(date(from), date(to)), expected);
        }
    }

    #[test]
    fn counts_choose_their_form() {
        let languages = built_in();
        for (code, count, expected) in [
            ("en", 0, "0 records"),
            ("en", 1, "1 record"),
            ("en", 2, "2 records"),
            ("cy", 2, "2 cofnod"),
            ("de", 1, "1 Verbindung"),
            ("fr", 0, "0 communication"),
            ("fr", 2, "2 communications"),
        ] {
            let language = languages.find(code).expect(code);
            assert_eq!(language.counted("itemisation.records", count, &count.to_string()), expected);
        }
    }

    #[test]
    fn a_language_is_found_by_its_code() {
        let languages = built_in();
        for (code, expected) in
            [("", Some("en")), ("DE", Some("de")), ("de-AT", Some("de")), ("en_US", Some("en")), ("tlh", None)]
        {
            assert_eq!(languages.find(code).map(|language| language.code.as_str()), expected);
        }
    }

    #[test]
    fn a_file_overrides_single_strings_or_adds_a_language() {
        let load = |name: &str, text: &str| Languages::load(&[(name.to_owned(), text.into())].into());
        let own = load("de.toml", "[title]\ninvoice = \"Faktura\"").expect("a good file");
        assert_eq!(own.find("de").expect("German").word("title.invoice"), "Faktura");
        assert_eq!(own.find("de").expect("German").word("totals.gross"), "Gesamtbetrag");
        let new = load("it.toml", "[title]\ninvoice = \"Fattura\"").expect("a good file");
        assert_eq!(new.find("it").expect("Italian").word("totals.gross"), "Total including VAT");
        for (name, text, expected) in [
            ("de.toml", "[title]\ninvoice = 1", "templates/de.toml: title.invoice is not a text"),
            ("de.toml", "[title]\nfaktura = \"x\"", "templates/de.toml: there is no string title.faktura"),
            ("de.toml", "[due]\nby = \"bis {datum}\"", "templates/de.toml: due.by takes {date}, not {datum}"),
            ("settings.toml", "", "templates/settings.toml: is not named by a language: `de.toml`, `it.toml`"),
        ] {
            let error = load(name, text).err().expect(expected);
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn what_is_put_in_is_not_read_again() {
        assert_eq!(filled("{a} and {b} {c", &[("a", "{b}"), ("b", "2")]), "{b} and 2 {c");
    }
}
