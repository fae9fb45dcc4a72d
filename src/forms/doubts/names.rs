//! Names of customers → the form in which two are compared, and how alike two of those are. No floating point: the score is
//! counted in letters.

/// Words that say what kind of firm it is, or nothing.
const EMPTY_WORDS: [&str; 14] = [
    "ltd",
    "limited",
    "plc",
    "llp",
    "lp",
    "inc",
    "incorporated",
    "co",
    "company",
    "corp",
    "corporation",
    "llc",
    "the",
    "and",
];

/// Letters with accents, and what they are without.
const PLAIN: [(&str, &str); 25] = [
    ("àáâãäåāăąǎ", "a"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįı", "i"),
    ("ĵ", "j"),
    ("ķ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŋ", "n"),
    ("òóôõöøōŏő", "o"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ţťŧț", "t"),
    ("ùúûüũūŭůűų", "u"),
    ("ŵẁẃẅ", "w"),
    ("ýÿŷ", "y"),
    ("źżž", "z"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("ß", "ss"),
    ("þ", "th"),
    ("ƒ", "f"),
    ("№", "no"),
];

/// The form in which two names are compared: small letters and digits without accents, words separated by one blank, without
/// signs and without words such as `Ltd`, `plc`, `the`, `and`. A name of nothing but such words keeps them.
///
/// ```
/// use tollbook::forms::doubts::normal_name;
/// assert_eq!(normal_name("The Café Royal Co. (Kent) Ltd."), "cafe royal kent");
/// assert_eq!(normal_name("O'Neill & Søns"), "oneill sons");
/// ```
pub fn normal_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => plain.push(letter),
            '.' | '\'' | '’' | '‘' | '`' | '\u{300}'..='\u{36f}' => {}
            _ => match PLAIN.iter().find(|(accented, _)| !letter.is_ascii() && accented.contains(letter)) {
                Some((_, without)) => plain.push_str(without),
                None if letter.is_alphanumeric() => plain.push(letter),
                None => plain.push(' '),
            },
        }
    }
    let told: Vec<&str> = plain.split_whitespace().filter(|word| !EMPTY_WORDS.contains(word)).collect();
    if told.is_empty() { plain.split_whitespace().collect::<Vec<_>>().join(" ") } else { told.join(" ") }
}

/// How alike two names in normal form are, from 0 to 100: the letters that need not be inserted, dropped, replaced or swapped
/// with their neighbour, in percent of the longer name, in the given order of the words or in the order of the alphabet,
/// whichever is more. Names with different numbers in them (`Branch 12`, `Branch 13`) are not alike at all.
pub fn likeness(name: &str, other: &str) -> u32 {
    if !number_of(name).eq(number_of(other)) {
        return 0;
    }
    likeness_of_letters(name, other).max(likeness_of_letters(&by_word(name), &by_word(other)))
}

/// The digits of a name.
pub(super) fn number_of(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(char::is_ascii_digit)
}

/// The words in the order of the alphabet.
pub(super) fn by_word(name: &str) -> String {
    let mut words: Vec<&str> = name.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

/// The likeness in the order as it is, without a look at numbers.
pub(super) fn likeness_of_letters(name: &str, other: &str) -> u32 {
    let longest = name.chars().count().max(other.chars().count());
    if longest == 0 {
        return 0;
    }
    let percent = 100 - strsim::osa_distance(name, other) * 100 / longest;
    u32::try_from(percent).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_does_not_tell_them_apart() {
        for (name, expected) in [
            ("Acme Telecom Ltd", "acme telecom"),
            ("ACME  TELECOM LIMITED", "acme telecom"),
            ("The Acme Telecom Company, plc.", "acme telecom"),
            ("Acme-Telecom (P.L.C.)", "acme telecom"),
            ("Smith & Sons", "smith sons"),
            ("Smith and Sons", "smith sons"),
            ("Fülle \"Voll\" & Söhne, GmbH", "fulle voll sohne gmbh"),
            ("Łódź Straße Æther", "lodz strasse aether"),
            ("Cafe\u{301} Royal", "cafe royal"),
            ("D’Arcy's", "darcys"),
            ("The Company Ltd", "the company ltd"),
            ("Кафе №7", "кафе no7"),
            ("!!!", ""),
            ("", ""),
        ] {
            assert_eq!(normal_name(name), expected, "{name:?}");
            assert_eq!(normal_name(&normal_name(name)), normal_name(name), "normal twice: {name:?}");
        }
    }

    #[test]
    fn likeness_counts_letters() {
        for (name, other, expected) in [
            ("acme telecom", "acme telecom", 100),
            ("acme telecom", "acme telecoms", 93),
            ("northgate dental", "norhtgate dental", 94),
            ("bakery miller", "miller bakery", 100),
            ("branch 12", "branch 13", 0),
            ("branch 12", "12 branch", 100),
            ("abc", "xyz", 0),
            ("", "", 0),
            ("", "abc", 0),
        ] {
            assert_eq!(likeness(name, other), expected, "{name:?} and {other:?}");
            assert_eq!(likeness(other, name), expected, "{other:?} and {name:?}");
        }
    }
}
