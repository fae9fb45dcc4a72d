//! The arithmetic that checks VAT numbers, country by country, of numbers that already have a shape of their country.

/// The digits of a number; letters are left out.
fn digits(number: &str) -> Vec<u32> {
    number.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// The sum of digits times weights.
fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The digits as one number.
fn value(digits: &[u32]) -> u64 {
    digits.iter().fold(0, |value, digit| value * 10 + u64::from(*digit))
}

/// The sum in which every second digit from the right, the last not among them, counts double and its digits are added.
fn doubled_sum(digits: &[u32]) -> u32 {
    let doubled = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
    digits.iter().rev().enumerate().map(|(place, digit)| if place % 2 == 1 { doubled(*digit) } else { *digit }).sum()
}

/// ISO 7064, MOD 11,10.
fn mod_11_10(digits: &[u32]) -> bool {
    let Some((last, rest)) = digits.split_last() else { return false };
    let product = rest.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + last) % 10 == 1
}

/// The number modulo 97, letters counting as two digits from A = 10 on: ISO 7064, MOD 97-10.
fn mod_97(number: &str) -> u32 {
    number.chars().filter_map(|c| c.to_digit(36)).fold(0, |rest, sign| {
        let shift = if sign > 9 { 100 } else { 10 };
        (rest * shift + sign) % 97
    })
}

/// Whether the last digit is what the sum of the others leaves to 11, with what stands for 10 and 11.
fn left_to_11(digits: &[u32], weights: &[u32], ten: Option<u32>, eleven: Option<u32>) -> bool {
    let Some((last, rest)) = digits.split_last() else { return false };
    let left = match 11 - weighted(rest, weights) % 11 {
        10 => ten,
        11 => eleven,
        left => Some(left),
    };
    left == Some(*last)
}

const EIGHT_TO_TWO: [u32; 7] = [8, 7, 6, 5, 4, 3, 2];
const NINE_TO_TWO: [u32; 8] = [9, 8, 7, 6, 5, 4, 3, 2];

pub(super) fn united_kingdom(number: &str) -> bool {
    if let Some(department) = number.strip_prefix("GD") {
        return value(&digits(department)) < 500;
    }
    if let Some(authority) = number.strip_prefix("HA") {
        return value(&digits(authority)) >= 500;
    }
    let all = digits(number);
    let sum = weighted(&all[..7], &EIGHT_TO_TWO) + all[7] * 10 + all[8];
    sum.is_multiple_of(97) || (sum + 55).is_multiple_of(97)
}

pub(super) fn ireland(number: &str) -> bool {
    let old = !number.as_bytes().get(1).copied().is_some_and(|byte| byte.is_ascii_digit());
    let all = digits(number);
    let (body, letters) =
        if old { ([&[0][..], &all[1..], &all[..1]].concat(), &number[7..]) } else { (all, &number[7..]) };
    // A second letter counts as its place in the alphabet; W, of old numbers, as 0.
    let second = letters.chars().nth(1).and_then(|c| c.to_digit(36)).map_or(0, |letter| (letter - 9) % 23);
    let rest = (weighted(&body, &EIGHT_TO_TWO) + second * 9) % 23;
    let expected = "WABCDEFGHIJKLMNOPQRSTUV".chars().nth(rest as usize);
    letters.chars().next() == expected
}

pub(super) fn austria(number: &str) -> bool {
    let all = digits(number);
    (doubled_sum(&all[..7]) + 4 + all[7]).is_multiple_of(10)
}

pub(super) fn belgium(number: &str) -> bool {
    let all = digits(number);
    // A remainder of 0 is written 97, and sometimes 00.
    let left = 97 - value(&all[..8]) % 97;
    left == value(&all[8..]) || (left == 97 && all[8..] == [0, 0])
}

pub(super) fn bulgaria(number: &str) -> bool {
    let all = digits(number);
    if let [body @ .., last] = &all[..]
        && all.len() == 9
    {
        let rest = match weighted(body, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
            10 => weighted(body, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
            rest => rest,
        };
        return rest == *last;
    }
    let (body, last) = (&all[..9], all[9]);
    let citizen = weighted(body, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == last;
    let foreigner = weighted(body, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == last;
    citizen || foreigner || left_to_11(&all, &[4, 3, 2, 7, 6, 5, 4, 3, 2], None, Some(0))
}

pub(super) fn cyprus(number: &str) -> bool {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let all = digits(number);
    let counted = |(place, digit): (usize, &u32)| if place % 2 == 0 { ODD[*digit as usize] } else { *digit };
    let sum: u32 = all.iter().enumerate().map(counted).sum();
    number.chars().nth(8).and_then(|c| c.to_digit(36)) == Some(sum % 26 + 10) && !number.starts_with("12")
}

pub(super) fn czech_republic(number: &str) -> bool {
    let all = digits(number);
    match all.len() {
        8 => all[0] != 9 && left_to_11(&all, &EIGHT_TO_TWO, Some(0), Some(1)),
        9 if all[0] == 6 => {
            const BY_REST: [u32; 11] = [8, 7, 6, 5, 4, 3, 2, 1, 0, 9, 8];
            let left = 11 - weighted(&all[1..8], &EIGHT_TO_TWO) % 11;
            BY_REST[left as usize - 1] == all[8] || birth_date(&all)
        }
        9 => birth_date(&all),
        _ => birth_date(&all) && (value(&all).is_multiple_of(11) || (value(&all[..9]) % 11 == 10 && all[9] == 0)),
    }
}

/// Whether a number begins with a day of birth: year, month (women's with 50 more, and both with 20 more when a day has no
/// numbers left), day.
fn birth_date(all: &[u32]) -> bool {
    let (month, day) = (value(&all[2..4]) % 50 % 20, value(&all[4..6]));
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

pub(super) fn germany(number: &str) -> bool {
    !number.starts_with('0') && mod_11_10(&digits(number))
}

pub(super) fn denmark(number: &str) -> bool {
    !number.starts_with('0') && weighted(&digits(number), &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

pub(super) fn estonia(number: &str) -> bool {
    weighted(&digits(number), &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

pub(super) fn greece(number: &str) -> bool {
    let all = digits(number);
    weighted(&all, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == all[8]
}

pub(super) fn spain(number: &str) -> bool {
    const PERSONS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";
    const FIRMS: &str = "JABCDEFGHI";
    let (first, middle, last) = (&number[..1], digits(&number[1..8]), number.chars().next_back());
    let person = |leading: u32| {
        let rest = value(&[&[leading][..], &middle].concat()) % 23;
        (0..).zip(PERSONS.chars()).any(|(place, letter)| place == rest && Some(letter) == last)
    };
    match first {
        "X" | "K" | "L" | "M" => person(0),
        "Y" => person(1),
        "Z" => person(2),
        // The offices do not agree which firms have a letter at the end and which a digit.
        letter if "ABCDEFGHJNPQRSUVW".contains(letter) => {
            let check = (10 - doubled_sum(&[&middle[..], &[0]].concat()) % 10) % 10;
            let as_letter = (0..).zip(FIRMS.chars()).any(|(place, letter)| place == check && Some(letter) == last);
            as_letter || last.and_then(|c| c.to_digit(10)) == Some(check)
        }
        digit => digit.parse().is_ok_and(person),
    }
}

pub(super) fn finland(number: &str) -> bool {
    left_to_11(&digits(number), &[7, 9, 10, 5, 8, 4, 2], None, Some(0))
}

pub(super) fn france(number: &str) -> bool {
    /// The letters of keys: without I and O.
    const KEYS: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let (key, company) = number.split_at(2);
    let company = digits(company);
    // Numbers of Monaco begin with 000 and have no check digit of their own.
    let own = company.starts_with(&[0, 0, 0]) || doubled_sum(&company).is_multiple_of(10);
    let company = value(&company);
    if let Ok(key) = key.parse::<u64>() {
        return own && (company * 100 + 12) % 97 == key;
    }
    let places: Option<Vec<u64>> = key.chars().map(|c| KEYS.find(c).map(|place| place as u64)).collect();
    let Some(&[first, second]) = places.as_deref() else { return false };
    let sum = if first < 10 { first * 24 + second - 10 } else { first * 34 + second - 100 };
    own && (company + 1 + sum / 11) % 11 == sum % 11
}

pub(super) fn croatia(number: &str) -> bool {
    mod_11_10(&digits(number))
}

pub(super) fn hungary(number: &str) -> bool {
    weighted(&digits(number), &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10)
}

pub(super) fn italy(number: &str) -> bool {
    let all = digits(number);
    let province = value(&all[7..10]);
    doubled_sum(&all).is_multiple_of(10) && ((1..=100).contains(&province) || matches!(province, 120 | 121 | 888 | 999))
}

pub(super) fn lithuania(number: &str) -> bool {
    let all = digits(number);
    let Some((last, body)) = all.split_last() else { return false };
    let from = |first: u32| -> Vec<u32> { (0..).map(|place| (first - 1 + place) % 9 + 1).take(body.len()).collect() };
    let rest = match weighted(body, &from(1)) % 11 {
        10 => weighted(body, &from(3)) % 11 % 10,
        rest => rest,
    };
    rest == *last && (all.len() != 9 || all[7] == 1) && (all.len() != 12 || all[10] == 1)
}

pub(super) fn luxembourg(number: &str) -> bool {
    let all = digits(number);
    value(&all[..6]) % 89 == value(&all[6..])
}

pub(super) fn latvia(number: &str) -> bool {
    let all = digits(number);
    if all[0] > 3 {
        return weighted(&all, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3;
    }
    // Persons: numbers since 2017 begin with 32 and tell nothing, older ones begin with the day of birth.
    let born = (1..=31).contains(&value(&all[..2])) && (1..=12).contains(&value(&all[2..4]));
    number.starts_with("32") || born && (1 + weighted(&all, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10 == all[10]
}

pub(super) fn malta(number: &str) -> bool {
    !number.starts_with('0') && weighted(&digits(number), &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37)
}

pub(super) fn netherlands(number: &str) -> bool {
    let all = digits(number);
    let fits = weighted(&all[..8], &NINE_TO_TWO) % 11 == all[8] || mod_97(&format!("NL{number}")) == 1;
    fits && !number.ends_with("00")
}

pub(super) fn poland(number: &str) -> bool {
    let all = digits(number);
    weighted(&all, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == all[9]
}

pub(super) fn portugal(number: &str) -> bool {
    !number.starts_with('0') && left_to_11(&digits(number), &NINE_TO_TWO, Some(0), Some(0))
}

pub(super) fn romania(number: &str) -> bool {
    let all = digits(&format!("{number:0>10}"));
    weighted(&all, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10 == all[9] && !number.starts_with('0')
}

pub(super) fn sweden(number: &str) -> bool {
    let all = digits(number);
    doubled_sum(&all[..10]).is_multiple_of(10) && (1..=94).contains(&value(&all[10..]))
}

pub(super) fn slovenia(number: &str) -> bool {
    !number.starts_with('0') && left_to_11(&digits(number), &EIGHT_TO_TWO, Some(0), None)
}

pub(super) fn slovakia(number: &str) -> bool {
    let all = digits(number);
    // Persons may have the number of their birth instead.
    let firm = all[0] != 0 && matches!(all[2], 2..=4 | 7..=9);
    value(&all).is_multiple_of(11) && (firm || birth_date(&all))
}

pub(super) fn switzerland(number: &str) -> bool {
    left_to_11(&digits(number), &[5, 4, 3, 2, 7, 6, 5, 4], None, Some(0))
}

pub(super) fn norway(number: &str) -> bool {
    left_to_11(&digits(number), &[3, 2, 7, 6, 5, 4, 3, 2], None, Some(0))
}
