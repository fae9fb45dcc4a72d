//! Telephone numbers of the sample: ranges that Ofcom reserves for drama, and destinations abroad whose digits are
//! plainly made up. Nobody can be rung by them.

use super::random::Random;

/// The thousand numbers of each UK range; `x` stands for a digit. Geographic ones first.
pub(super) const DRAMA_RANGES: [&str; 18] = [
    "+442079460xxx",
    "+441134960xxx",
    "+441144960xxx",
    "+441174960xxx",
    "+441184960xxx",
    "+441214960xxx",
    "+441314960xxx",
    "+441414960xxx",
    "+441514960xxx",
    "+441614960xxx",
    "+441914980xxx",
    "+442896496xxx",
    "+442920180xxx",
    "+441632960xxx",
    MOBILE,
    UK_WIDE,
    FREEPHONE,
    PREMIUM,
];

/// 07700 900xxx.
pub(super) const MOBILE: &str = "+447700900xxx";
/// 03069 990xxx.
pub(super) const UK_WIDE: &str = "+443069990xxx";
/// 08081 570xxx.
pub(super) const FREEPHONE: &str = "+448081570xxx";
/// 0909 8790xxx.
pub(super) const PREMIUM: &str = "+449098790xxx";

/// From here on no number of a range is anybody's line: unknown ones are taken from there.
pub(super) const FIRST_UNUSED: u32 = 960;

/// The number of a range with these three last digits.
pub(super) fn numbered(range: &str, last_three: u32) -> String {
    format!("{}{last_three:03}", range.trim_end_matches('x'))
}

/// A number of a UK range that the book does not hold.
pub(super) fn unknown(random: &mut Random) -> String {
    // The last one is ignored by the book, so it is not unknown.
    numbered(DRAMA_RANGES[random.index(14)], random.between(FIRST_UNUSED, 998))
}

/// As people write it: `0113 496 0123`.
pub(super) fn written(number: &str) -> String {
    let Some(national) = number.strip_prefix("+44") else { return number.to_owned() };
    let area = match national.as_bytes() {
        [b'2', ..] => 2,
        [b'1', b'6', b'3', ..] | [b'3' | b'7' | b'8' | b'9', ..] => 4,
        _ => 3,
    };
    let (area, local) = national.split_at(area);
    let (first, last) = local.split_at(local.len() - if area.len() == 2 { 4 } else { local.len() - 3 });
    format!("0{area} {first} {last}")
}

/// As a British switch dials it: `01134960123`, `0033199000012`.
pub(super) fn dialled(number: &str) -> String {
    match (number.strip_prefix("+44"), number.strip_prefix('+')) {
        (Some(national), _) => format!("0{national}"),
        (None, Some(international)) => format!("00{international}"),
        (None, None) => number.to_owned(),
    }
}

/// With the country code and no plus sign for UK numbers: `441134960123`.
pub(super) fn with_country_code(number: &str) -> String {
    number.strip_prefix("+44").map_or_else(|| dialled(number), |national| format!("44{national}"))
}

/// Where calls go.
#[derive(Debug)]
pub(super) struct Destination {
    /// Numbers; `x` stands for a digit.
    pub patterns: &'static [&'static str],
    /// The charge band of Northlight's files.
    pub band: &'static str,
    /// Northlight's words.
    pub description: &'static str,
    /// What Northlight charges a minute, in 10^-5 pounds.
    pub cost: u32,
    /// How often it is called.
    pub weight: u32,
}

const fn to(
    patterns: &'static [&'static str],
    band: &'static str,
    description: &'static str,
    cost: u32,
    weight: u32,
) -> Destination {
    Destination { patterns, band, description, cost, weight }
}

/// The position of UK geographic numbers in [`DESTINATIONS`].
pub(super) const GEOGRAPHIC: usize = 0;

/// All destinations. The costs are those of tariff `northlight-cost`.
pub(super) static DESTINATIONS: [Destination; 28] = [
    to(DRAMA_RANGES.split_at(14).0, "UKGEO", "UK Geographic", 290, 4_600),
    to(&[MOBILE], "UKMOB", "UK Mobile", 890, 3_500),
    to(&[UK_WIDE], "UK03", "UK 03", 310, 600),
    to(&[FREEPHONE], "UKFREE", "Freephone", 0, 400),
    to(&[PREMIUM], "PRS041", "Premium Rate SC041", 82_500, 8),
    to(&["101"], "UKPOL", "Police 101", 0, 6),
    to(&["111"], "UKNHS", "NHS 111", 0, 10),
    to(&["999", "112"], "UKEMER", "Emergency", 0, 2),
    to(&["+353100000xx"], "IRLF", "Ireland", 740, 90),
    to(&["+35385000000x", "+35387000000x"], "IRLM", "Ireland Mobile", 4_600, 60),
    to(&["+331990000xx"], "FRAF", "France", 520, 80),
    to(&["+336399800xx"], "FRAM", "France Mobile", 2_900, 40),
    to(&["+493023125xxx"], "DEUF", "Germany", 550, 80),
    to(&["+4917139200xx"], "DEUM", "Germany Mobile", 3_150, 40),
    to(&["+34910000xxx"], "ESPF", "Spain", 610, 60),
    to(&["+346000000xx"], "ESPM", "Spain Mobile", 3_400, 40),
    to(&["+31200000xxx"], "NLDF", "Netherlands", 660, 50),
    to(&["+316000000xx"], "NLDM", "Netherlands Mobile", 4_200, 20),
    to(&["+390600000xxx"], "ITAF", "Italy", 700, 40),
    to(&["+39320000000x"], "ITAM", "Italy Mobile", 4_850, 20),
    to(&["+485000000xx"], "POLM", "Poland Mobile", 3_050, 50),
    to(&["+121255501xx", "+141555501xx"], "USAF", "United States", 480, 110),
    to(&["+141655501xx"], "CANF", "Canada", 460, 30),
    to(&["+911100000xxx"], "INDF", "India", 2_350, 40),
    to(&["+919800000xxx"], "INDM", "India Mobile", 2_600, 50),
    to(&["+6125550xxxx"], "AUSF", "Australia", 1_050, 25),
    to(&["+9715000000xx"], "AREM", "UAE Mobile", 17_200, 15),
    to(&["+27110000xxx"], "ZAFF", "South Africa", 6_800, 15),
];

/// Calls to ships: Northlight's files have a cost for them, the other switches have none.
pub(super) static SATELLITE: Destination = to(&["+870700000xxx"], "SATINM", "Inmarsat", 310_000, 0);

#[cfg(test)]
mod tests {
    use super::*;

    /// The call type that the default numbering plan gives a number called.
    fn planned(number: &str) -> &'static str {
        const PLAN: &str = include_str!("../../config/numbering/prefixes.csv");
        let rows = PLAN.lines().skip(1).map(|row| row.split(',').collect::<Vec<_>>());
        let fitting = rows.filter(|row| row[2] == "out" && number.starts_with(row[1]));
        fitting.max_by_key(|row| row[1].len()).map_or("", |row| row[3])
    }

    #[test]
    fn the_numbering_plan_knows_each_destination_by_the_type_of_its_band() {
        const BANDS: &str = include_str!("book/charge_bands.csv");
        for destination in DESTINATIONS.iter().chain([&SATELLITE]) {
            let row = BANDS.lines().find(|row| row.starts_with(&format!("northlight,{},", destination.band)));
            let of_band = row.and_then(|row| row.rsplit(',').next()).expect("each band is in the book");
            for pattern in destination.patterns {
                let of_plan = planned(&pattern.replace('x', "0"));
                // The book knows one price point of premium numbers, the plan none.
                let of_plan = if of_plan == "uk_premium" { "premium_band_41" } else { of_plan };
                assert_eq!(of_plan, of_band, "{pattern}");
            }
        }
    }

    #[test]
    fn numbers_are_written_in_several_ways() {
        let check = |number: &str, people: &str, switch: &str, bare: &str| {
            assert_eq!((written(number).as_str(), dialled(number).as_str()), (people, switch));
            assert_eq!(with_country_code(number), bare);
        };
        check("+442079460018", "020 7946 0018", "02079460018", "442079460018");
        check("+441134960001", "0113 496 0001", "01134960001", "441134960001");
        check("+441632960002", "01632 960 002", "01632960002", "441632960002");
        check("+447700900123", "07700 900 123", "07700900123", "447700900123");
        check("+33199000012", "+33199000012", "0033199000012", "0033199000012");
        check("101", "101", "101", "101");
    }
}
