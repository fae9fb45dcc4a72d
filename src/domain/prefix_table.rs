//! Number → the prefixes that it begins with, longest first (R2, C1). Knows nothing of what a prefix means.
//!
//! Numbers are packed four bits a character, so that all prefixes of a list lie in one sorted array of integers: the
//! last one that is not above the number is its longest prefix, or has it among the prefixes that it begins with itself.

/// Characters that one packed number holds: `+` and the 15 digits of the longest international number.
const PACKED_LENGTH: usize = 16;
/// No entry.
const NONE: u32 = u32::MAX;

/// A number made ready to be looked up in any number of tables.
#[derive(Clone, Copy, Debug)]
pub struct PackedNumber<'a> {
    text: &'a str,
    packed: u64,
}

impl<'a> PackedNumber<'a> {
    /// Of a number or of anything else: from the first character on that is neither digit nor `+`, nothing is packed.
    pub fn of(text: &'a str) -> Self {
        Self { text, packed: packed_by_eight(text.as_bytes()).unwrap_or_else(|| packed_one_by_one(text)) }
    }

    /// The number as one integer that no other text has; none if it does not fit, or is not digits and `+`.
    pub fn whole(self) -> Option<u64> {
        let length = self.text.len();
        let is_whole = (1..=PACKED_LENGTH).contains(&length) && (self.packed >> shift(length)) & 15 != 0;
        is_whole.then_some(self.packed)
    }
}

fn packed_one_by_one(text: &str) -> u64 {
    let mut packed = 0;
    for (position, byte) in text.bytes().take(PACKED_LENGTH).enumerate() {
        let nibble = NIBBLES[usize::from(byte)];
        if nibble == 0 {
            break;
        }
        packed |= u64::from(nibble) << shift(position + 1);
    }
    packed
}

/// The same of what nearly all numbers are: 8 to 16 digits, the first of which may be a `+` instead.
fn packed_by_eight(text: &[u8]) -> Option<u64> {
    let (first, last) = (text.first_chunk()?, text.last_chunk()?);
    let behind = u32::try_from(text.len() - 8).ok().filter(|behind| *behind <= 8)?;
    let has_plus = u64::from(text[0] == b'+');
    // A zero in the place of the `+`, and zeros behind the end.
    let first = u64::from_be_bytes(*first).wrapping_add((has_plus << 56) * u64::from(b'0' - b'+'));
    let second = u64::from_be_bytes(*last).unbounded_shl(64 - 8 * behind) | ZEROS.unbounded_shr(8 * behind);
    let packed = nibbles_of_digits(first)? << 32 | nibbles_of_digits(second)?;
    let with_plus = packed + (has_plus << 60) * u64::from(NIBBLES[usize::from(b'+')] - 1);
    Some(with_plus & u64::MAX << shift(text.len()))
}

/// `00000000`
const ZEROS: u64 = u64::from_be_bytes([b'0'; 8]);

/// Eight digits as eight nibbles; none if one is no digit.
fn nibbles_of_digits(text: u64) -> Option<u64> {
    const HIGH: u64 = u64::from_be_bytes([0xf0; 8]);
    let past_nine = text.wrapping_add(u64::from_be_bytes([6; 8]));
    if text & HIGH != ZEROS || past_nine & HIGH != ZEROS {
        return None;
    }
    let bytes = (text & !HIGH) + u64::from_be_bytes([1; 8]);
    let pairs = (bytes >> 4 | bytes) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs >> 8 | pairs) & 0x0000_ffff_0000_ffff;
    Some((fours >> 16 | fours) & 0xffff_ffff)
}

/// 0 stands for no character, so that a prefix sorts before what it begins.
const NIBBLES: [u8; 256] = {
    let mut nibbles = [0; 256];
    let mut digit = 0;
    while digit < 10 {
        nibbles[b'0' as usize + digit as usize] = digit + 1;
        digit += 1;
    }
    nibbles[b'+' as usize] = 11;
    nibbles
};

/// How far the last of so many characters lies from the right.
fn shift(length: usize) -> usize {
    4 * (PACKED_LENGTH - length)
}

/// Prefixes with a value each.
#[derive(Clone, Debug)]
pub struct PrefixTable<T> {
    /// Packed, ascending.
    keys: Vec<u64>,
    begins: Begins,
    entries: Vec<Entry<T>>,
    /// What does not fit: longer than a packed number, or not of digits; longest first.
    others: Vec<(String, T)>,
}

#[derive(Clone, Copy, Debug)]
struct Entry<T> {
    value: T,
    /// The longest other prefix of the table that this one begins with.
    shorter: u32,
    length: u8,
}

impl<T: Copy> PrefixTable<T> {
    /// Of rows in any order; of equal prefixes the first counts.
    pub fn new<'a>(rows: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let (mut fitting, mut others) = (Vec::new(), Vec::new());
        for (text, value) in rows {
            match text.len() <= PACKED_LENGTH && text.bytes().all(|byte| NIBBLES[usize::from(byte)] != 0) {
                true => fitting.push((PackedNumber::of(text).packed, text.len(), value)),
                false => others.push((text.to_owned(), value)),
            }
        }
        fitting.sort_by_key(|(packed, ..)| *packed);
        fitting.dedup_by_key(|(packed, ..)| *packed);
        others.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        others.dedup_by(|(a, _), (b, _)| a == b);
        let keys: Vec<u64> = fitting.iter().map(|(packed, ..)| *packed).collect();
        let mut table = Self { begins: Begins::new(&keys), keys, entries: Vec::with_capacity(fitting.len()), others };
        for (packed, length, value) in fitting {
            let shorter = table.longest_of(table.entries.len(), packed);
            let length = u8::try_from(length).unwrap_or(u8::MAX);
            table.entries.push(Entry { value, shorter, length });
        }
        table
    }

    /// Without any prefix?
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.others.is_empty()
    }

    /// The prefixes that a number begins with, longest first: the length of each in bytes, and its value.
    pub fn matches<'t>(&'t self, number: PackedNumber<'t>) -> Matches<'t, T> {
        let longest = self.longest_of(self.not_above(number.packed), number.packed);
        Matches { table: self, text: number.text, others: self.others.iter(), packed: longest }
    }

    fn entry(&self, position: u32) -> Option<&Entry<T>> {
        self.entries.get(position as usize)
    }

    /// How many keys are not above a packed number.
    fn not_above(&self, packed: u64) -> usize {
        let [from, to] = self.begins.around(packed).unwrap_or([0, self.keys.len()]);
        from + self.keys[from..to].partition_point(|key| *key <= packed)
    }

    /// The position of the longest prefix of a packed number among the first so many keys, all not above it.
    fn longest_of(&self, keys: usize, packed: u64) -> u32 {
        let mut at = keys.checked_sub(1).and_then(|last| u32::try_from(last).ok()).unwrap_or(NONE);
        while let Some(entry) = self.entry(at) {
            if is_prefix(self.keys[at as usize], usize::from(entry.length), packed) {
                return at;
            }
            at = entry.shorter;
        }
        NONE
    }
}

/// The prefixes of a table that a number begins with, longest first.
#[derive(Clone, Debug)]
pub struct Matches<'t, T> {
    table: &'t PrefixTable<T>,
    text: &'t str,
    /// Of those that do not fit, the ones that were not looked at.
    others: std::slice::Iter<'t, (String, T)>,
    /// The longest of the others that was not given yet.
    packed: u32,
}

impl<T: Copy> Iterator for Matches<'_, T> {
    type Item = (usize, T);

    fn next(&mut self) -> Option<(usize, T)> {
        for (prefix, value) in self.others.by_ref() {
            if self.text.starts_with(prefix.as_str()) {
                return Some((prefix.len(), *value));
            }
        }
        let entry = self.table.entry(self.packed)?;
        self.packed = entry.shorter;
        Some((usize::from(entry.length), entry.value))
    }
}

/// For each way in which a number can begin: how many keys are below it, so that a search is among few.
#[derive(Clone, Debug)]
struct Begins {
    /// How many characters count.
    length: usize,
    /// Nothing if there are too few keys; else one more than there are beginnings.
    below: Box<[u32]>,
}

impl Begins {
    /// The table is never much larger than the keys that it is for: a book may have thousands of them.
    fn new(keys: &[u64]) -> Self {
        let length = match keys.len() {
            ..512 => return Self { length: 0, below: Box::new([]) },
            512..8192 => 3,
            8192.. => 4,
        };
        let mut begins = Self { length, below: vec![0; (1 << (4 * length)) + 1].into() };
        keys.iter().for_each(|key| begins.below[begins.beginning(*key) + 1] += 1);
        for at in 1..begins.below.len() {
            begins.below[at] += begins.below[at - 1];
        }
        begins
    }

    fn beginning(&self, packed: u64) -> usize {
        usize::try_from(packed >> shift(self.length)).expect("a few characters of four bits")
    }

    /// Among which keys the first one above a packed number is, or after the last of them.
    fn around(&self, packed: u64) -> Option<[usize; 2]> {
        if self.below.is_empty() {
            return None;
        }
        let beginning = self.beginning(packed);
        Some([self.below[beginning] as usize, self.below[beginning + 1] as usize])
    }
}

/// Does a packed number begin with a packed prefix of so many characters? All begin with the empty one.
fn is_prefix(prefix: u64, length: usize, number: u64) -> bool {
    length == 0 || (prefix ^ number) >> shift(length) == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(prefixes: &[&str], number: &str) -> Vec<String> {
        let table = PrefixTable::new(prefixes.iter().copied().zip(0_usize..));
        let matches = table.matches(PackedNumber::of(number));
        matches
            .map(|(length, position)| {
                assert_eq!(prefixes[position].len(), length);
                prefixes[position].to_owned()
            })
            .collect()
    }

    #[test]
    fn longest_first() {
        let prefixes =
            ["+44", "+4420", "+447700", "118", "1181", "+", "SIP-", "+441234567890123", "+4412345678901234567"];
        let rows: [(&str, &[&str]); 10] = [
            ("+442079460000", &["+4420", "+44", "+"]),
            ("+4477", &["+44", "+"]),
            ("+4477001", &["+447700", "+44", "+"]),
            ("118118", &["1181", "118"]),
            ("999", &[]),
            ("", &[]),
            ("+33", &["+"]),
            ("SIP-7", &["SIP-"]),
            ("+44123456789012345678", &["+4412345678901234567", "+441234567890123", "+44", "+"]),
            ("+44é", &["+44", "+"]),
        ];
        for (number, expected) in rows {
            assert_eq!(found(&prefixes, number), expected, "R2: {number}");
        }
        assert!(found(&[], "+44").is_empty());
        assert_eq!(found(&["", "1"], "12"), ["1", ""]);
        assert_eq!(found(&[""], ""), [""]);
    }

    #[test]
    fn a_whole_number_is_packed_like_no_other() {
        let packed = |text| PackedNumber::of(text).whole();
        let rows = ["0", "00", "+0", "1", "10", "118", "+442079460018", "+44207946001", "1234567890123456"];
        for (text, others) in rows.iter().zip(1..).map(|(text, next)| (text, &rows[next..])) {
            assert!(packed(text).is_some() && others.iter().all(|other| packed(other) != packed(text)), "{text}");
        }
        for text in ["", "SIP-7", "+44A", "44 7", "12345678901234567", "+44é"] {
            assert_eq!(packed(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers_are_packed_alike_both_ways(text in "[+]?[0-9]{0,18}|[-+0-9:/x]{7,17}|\\PC{0,20}") {
            if let Some(packed) = packed_by_eight(text.as_bytes()) {
                prop_assert_eq!(packed, packed_one_by_one(&text), "{}", text);
            }
            let plain = text.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit());
            let is_usual = plain && (8..=16).contains(&text.len()) && !text.starts_with("++");
            prop_assert!(!is_usual || packed_by_eight(text.as_bytes()).is_some(), "{}", text);
        }

        #[test]
        fn many_keys_are_found_as_few_are(
            prefixes in proptest::collection::vec("[+]?[0-9]{0,6}", 40..160),
            fill in prop::sample::select(vec![0, 600, 9_000]),
            numbers in proptest::collection::vec("[+]?[0-9]{0,8}", 1..40),
        ) {
            let more = (0..fill).map(|number| format!("+99{number:04}"));
            let prefixes: Vec<String> = prefixes.into_iter().chain(more).collect();
            let prefixes: Vec<&str> = prefixes.iter().map(String::as_str).collect();
            let table = PrefixTable::new(prefixes.iter().copied().zip(0_usize..));
            for number in &numbers {
                let longest = prefixes.iter().filter(|prefix| number.starts_with(**prefix)).map(|prefix| prefix.len()).max();
                let found = table.matches(PackedNumber::of(number)).next().map(|(length, _)| length);
                prop_assert_eq!(found, longest, "{}", number);
            }
        }

        #[test]
        fn as_comparing_with_each(
            mut prefixes in proptest::collection::vec("[+]?[0-3]{0,18}|[a-b]{1,3}", 0..40),
            number in "[+]?[0-3]{0,20}[a-b]{0,3}",
        ) {
            prefixes.sort();
            prefixes.dedup();
            let prefixes: Vec<&str> = prefixes.iter().map(String::as_str).collect();
            let mut expected: Vec<_> = prefixes.iter().filter(|prefix| number.starts_with(**prefix)).collect();
            expected.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
            let found = found(&prefixes, &number);
            prop_assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected.into_iter().copied().collect::<Vec<_>>());
        }
    }
}
