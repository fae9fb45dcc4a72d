//! Names → the letters that banks' files hold: accents go, what has no like becomes a space.

/// Capital letters, digits and `. & / -`, as Standard 18 has them.
pub(super) fn for_bacs(text: &str, length: usize) -> String {
    let plain: String = plain(text).to_uppercase();
    let held = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || ".&/- ".contains(letter);
    fitted(plain.chars().map(|letter| if held(letter) { letter } else { ' ' }), length)
}

/// Letters, digits and some marks, as SEPA has them.
pub(super) fn for_sepa(text: &str, length: usize) -> String {
    let held = |letter: char| letter.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(letter);
    fitted(plain(&text.replace('&', "+")).chars().map(|letter| if held(letter) { letter } else { ' ' }), length)
}

/// One space at a time, none at the ends, at most so many letters.
fn fitted(letters: impl Iterator<Item = char>, length: usize) -> String {
    let all: String = letters.collect();
    let words: Vec<&str> = all.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(length).collect::<String>().trim_end().to_owned()
}

/// Letters without their accents; typographic marks as plain ones.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match LIKE.iter().find(|(from, _)| from.contains(letter)) {
            Some((_, like)) => plain.push_str(like),
            None => plain.push(letter),
        }
    }
    plain
}

const LIKE: [(&str, &str); 36] = [
    ("ÀÁÂÃÅĀĂĄ", "A"),
    ("àáâãåāăą", "a"),
    ("ÄÆ", "AE"),
    ("äæ", "ae"),
    ("ÇĆČ", "C"),
    ("çćč", "c"),
    ("ĎĐÐ", "D"),
    ("ďđð", "d"),
    ("ÈÉÊËĒĘĚ", "E"),
    ("èéêëēęě", "e"),
    ("Ğ", "G"),
    ("ğ", "g"),
    ("ÌÍÎÏĪİ", "I"),
    ("ìíîïīı", "i"),
    ("Ł", "L"),
    ("ł", "l"),
    ("ÑŃŇ", "N"),
    ("ñńň", "n"),
    ("ÒÓÔÕØŌ", "O"),
    ("òóôõøō", "o"),
    ("ÖŒ", "OE"),
    ("öœ", "oe"),
    ("ŘŔ", "R"),
    ("řŕ", "r"),
    ("ŚŠŞ", "S"),
    ("śšş", "s"),
    ("ß", "ss"),
    ("ÙÚÛŪŮ", "U"),
    ("ùúûūů", "u"),
    ("Ü", "UE"),
    ("ü", "ue"),
    ("ÝŸŶ", "Y"),
    ("ýÿŷ", "y"),
    ("ŹŻŽ", "Z"),
    ("źżž", "z"),
    ("’‘´`", "'"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_banks_can_read() {
        for (name, bacs, sepa) in [
            ("Fern & Sons Ltd.", "FERN & SONS LTD.", "Fern + Sons Ltd."),
            ("Müller, Łódź", "MUELLER LODZ", "Mueller, Lodz"),
            ("O’Neil (Paris) été", "O NEIL PARIS ETE", "O'Neil (Paris) ete"),
            ("a\r\nUTL1\u{202e}<b>", "A UTL1 B", "a UTL1 b"),
            ("漢字 Ltd", "LTD", "Ltd"),
            ("A name that is much too long", "A NAME THAT IS MUC", "A name that is muc"),
        ] {
            assert_eq!(for_bacs(name, 18), bacs, "{name}");
            assert_eq!(for_sepa(name, 18), sepa, "{name}");
        }
    }
}
