//! A stream of random numbers → customers, one after the other, as the cells of a form. Some cells are blank, as in real
//! sheets. No two customers share a name, a postcode with a name, a number or an address for mail, so that none looks
//! like another.

use super::book::{ANNIVERSARY, GROUP_CODES, ORGANISATION_CODES, call_tariff, product_tariff};
use crate::book::find_schema;
use crate::book::schema::{MARKUP_COLUMNS, TARIFF_COLUMNS};
use crate::demo::random::Random;
use crate::domain::time::Date;
use crate::forms::{Field, Target};

const PLACES: [&str; 56] = [
    "Abbey",
    "Alder",
    "Anchor",
    "Ashdown",
    "Beacon",
    "Birch",
    "Bramley",
    "Bridge",
    "Brook",
    "Canal",
    "Castle",
    "Cedar",
    "Chapel",
    "Cliff",
    "Copper",
    "Corner",
    "Crown",
    "Dale",
    "Dock",
    "Eastgate",
    "Elm",
    "Fairfield",
    "Falcon",
    "Ferry",
    "Forge",
    "Garden",
    "Glen",
    "Grange",
    "Harbour",
    "Hazel",
    "Heron",
    "Highfield",
    "Hillside",
    "Island",
    "Juniper",
    "Kestrel",
    "Kiln",
    "Lantern",
    "Lime",
    "Lodge",
    "Manor",
    "Meadow",
    "Mill",
    "Minster",
    "Northgate",
    "Oak",
    "Orchard",
    "Park",
    "Pier",
    "Quay",
    "Ridge",
    "River",
    "Rowan",
    "Station",
    "Tower",
    "Willow",
];
const WORDS: [&str; 48] = [
    "Amber", "Apex", "Arrow", "Aster", "Atlas", "Aurora", "Bay", "Blue", "Bright", "Cobalt", "Comet", "Coral", "Crest",
    "Delta", "Ember", "Fern", "Field", "First", "Flint", "Frost", "Green", "Grey", "Halcyon", "Hollow", "Iris",
    "Ivory", "Jade", "Keystone", "Lark", "Linden", "Lunar", "Maple", "Mint", "Noble", "Onyx", "Opal", "Pine", "Prime",
    "Red", "Saffron", "Silver", "Slate", "Spring", "Stone", "Summit", "Teal", "Union", "White",
];
const TRADES: [&str; 40] = [
    "Accountants",
    "Bakery",
    "Bathrooms",
    "Books",
    "Brewing",
    "Builders",
    "Cafe",
    "Carpets",
    "Catering",
    "Cleaning",
    "Clinic",
    "Couriers",
    "Cycles",
    "Dairy",
    "Design",
    "Drainage",
    "Electrical",
    "Engineering",
    "Fencing",
    "Fitness",
    "Flooring",
    "Foods",
    "Freight",
    "Furniture",
    "Glazing",
    "Heating",
    "Interiors",
    "Joinery",
    "Kitchens",
    "Landscapes",
    "Logistics",
    "Motors",
    "Optics",
    "Pharmacy",
    "Plumbing",
    "Printing",
    "Roofing",
    "Surveyors",
    "Timber",
    "Veterinary",
];
const ENDINGS: [&str; 5] = ["Ltd", "Limited", "LLP", "& Sons", "plc"];
const STREETS: [&str; 12] = [
    "High Street",
    "Station Road",
    "Church Lane",
    "Mill Lane",
    "Victoria Road",
    "Park Avenue",
    "Quay Street",
    "Market Place",
    "Bridge Street",
    "Albert Road",
    "The Green",
    "Chapel Hill",
];
/// Town, county, the letters of its postcodes.
const TOWNS: [[&str; 3]; 14] = [
    ["Leeds", "West Yorkshire", "LS"],
    ["Bradford", "West Yorkshire", "BD"],
    ["York", "North Yorkshire", "YO"],
    ["Hull", "East Yorkshire", "HU"],
    ["Manchester", "Greater Manchester", "M"],
    ["Bristol", "", "BS"],
    ["Exeter", "Devon", "EX"],
    ["Norwich", "Norfolk", "NR"],
    ["Cardiff", "South Glamorgan", "CF"],
    ["Swansea", "West Glamorgan", "SA"],
    ["Edinburgh", "", "EH"],
    ["Glasgow", "", "G"],
    ["Newcastle upon Tyne", "Tyne and Wear", "NE"],
    ["Plymouth", "Devon", "PL"],
];
/// Letters that end postcodes.
const INWARD: &[u8] = b"ABDEFGHJLNPQRSTUWXYZ";
const NOTES: [&str; 6] = [
    "Prefers to be called in the morning.",
    "Invoices go to the head office; statements to the branch.",
    "Moved from another supplier, numbers ported in two parts.\nSecond part in spring.",
    "Discount agreed until the end of the contract — see letter.",
    "Door code at reception",
    "Ask for “accounts”, not for sales",
];
const TAGS: [&str; 6] = ["north", "retail", "trade", "key account", "paper", "ported"];

/// Makes customers.
pub(super) struct Customers {
    random: Random,
    next: u32,
}

/// What is decided once for all cells of a customer.
struct Customer<'r> {
    random: &'r mut Random,
    number: u32,
    name: String,
    town: &'static [&'static str; 3],
    tariff: u32,
    has_own_day: bool,
    pays_empty_fee: bool,
    low: usize,
    begins: Date,
}

impl Customers {
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed, "form"), next: 0 }
    }

    /// The cells of the next customer, blank ones empty.
    pub fn row(&mut self, fields: &[Field]) -> Vec<String> {
        let number = self.next;
        self.next += 1;
        let random = &mut self.random;
        let first_day = Date::new(2020, 1, 1).expect("a date");
        let begins = first_day.plus_days(i32::try_from(random.below(2_300)).expect("small"));
        let mut customer = Customer {
            number,
            name: name(number),
            town: random.pick(&TOWNS),
            tariff: random.below(24),
            has_own_day: random.per_mille(150),
            pays_empty_fee: random.per_mille(250),
            low: random.weighted([500, 250, 150, 100].into_iter()),
            begins,
            random,
        };
        fields.iter().map(|field| customer.cell(field)).collect()
    }
}

/// No two numbers have one name.
fn name(number: u32) -> String {
    let of = |words: &[&'static str], number: u32| words[number as usize % words.len()];
    let (places, words, trades) = (PLACES.len(), WORDS.len(), TRADES.len());
    let all = u32::try_from(places * words * trades).expect("a hundred thousand");
    // A step without a common factor with all there are: neighbours differ, and none comes twice.
    let mixed = u32::try_from(u64::from(number) * 40_507 % u64::from(all)).expect("below all");
    let (place, rest) = (of(&PLACES, mixed), mixed / u32::try_from(places).expect("few"));
    let (word, rest) = (of(&WORDS, rest), rest / u32::try_from(words).expect("few"));
    let round = match number / all {
        0 => String::new(),
        round => format!(" {}", round + 1),
    };
    format!("{place} {word} {}{round} {}", of(&TRADES, rest), of(&ENDINGS, mixed))
}

impl Customer<'_> {
    fn cell(&mut self, field: &Field) -> String {
        let column = match &field.target {
            Target::Category(category) => return self.of_category(category),
            Target::Free(_) => return String::new(),
            Target::Column(place) => find_schema("customers").expect("a file of the book").columns[*place].name,
        };
        if let Some(class) = TARIFF_COLUMNS.iter().position(|known| *known == column) {
            return if class < 6 {
                call_tariff(self.tariff + u32::try_from(class / 3).expect("few"))
            } else {
                String::new()
            };
        }
        if let Some(class) = MARKUP_COLUMNS.iter().position(|known| *known == column) {
            let markup = format!("{}.5", self.random.between(5, 60));
            return if class >= 6 { markup } else { String::new() };
        }
        self.of_address(column).or_else(|| self.of_bill(column)).unwrap_or_else(|| self.of_terms(column))
    }

    fn of_category(&mut self, category: &str) -> String {
        let share = match category {
            "Lines" | "Broadband" => 1_000,
            "Support" => 800,
            _ => 300,
        };
        let tariff = product_tariff(self.tariff);
        self.sometimes(share, || tariff.to_owned())
    }

    fn sometimes(&mut self, share: u32, cell: impl FnOnce() -> String) -> String {
        if self.random.per_mille(share) { cell() } else { String::new() }
    }

    /// Who and where.
    fn of_address(&mut self, column: &str) -> Option<String> {
        let (number, [town, county, area]) = (self.number, *self.town);
        Some(match column {
            "name" => self.name.clone(),
            "reference" => format!("REF/{:06}", number + 1),
            "address_1" => format!("{} {}", self.random.between(1, 240), self.random.pick(&STREETS)),
            "address_2" => self.sometimes(350, || format!("Unit {}", number % 40 + 1)),
            "address_3" => self.sometimes(80, || "Riverside Business Park".to_owned()),
            "address_4" => self.sometimes(20, || "North entrance".to_owned()),
            "town" => town.to_owned(),
            "county" => county.to_owned(),
            "postcode" => {
                let letter = |random: &mut Random| char::from(*random.pick(INWARD));
                let (district, sector) = (self.random.between(1, 29), self.random.below(10));
                format!("{area}{district} {sector}{}{}", letter(self.random), letter(self.random))
            }
            "country" => "United Kingdom".to_owned(),
            // 01632 is no town's: numbers of plays and films. A step without a common factor takes each once.
            "telephone" => format!("01632 {:06}", u64::from(number) * 618_033 % 1_000_000),
            "email" => format!("office@{}.example", self.domain()),
            "delivery_email" => {
                let domain = self.domain();
                self.sometimes(600, || format!("accounts@{domain}.example, post{number}@{domain}.example"))
            }
            _ => return None,
        })
    }

    fn domain(&self) -> String {
        let letters = self.name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase());
        letters.collect::<String>() + &self.number.to_string()
    }

    /// Who bills, when, with what VAT.
    fn of_bill(&mut self, column: &str) -> Option<String> {
        let number = self.number;
        Some(match column {
            "organisation" => (*self.random.pick(&ORGANISATION_CODES)).to_owned(),
            "group" if self.has_own_day => ANNIVERSARY.to_owned(),
            "group" => (*self.random.pick(&GROUP_CODES)).to_owned(),
            "billing_day" if self.has_own_day => self.random.between(1, 28).to_string(),
            "billing_day" => String::new(),
            "account" => format!("B{:07}", number + 1),
            "status" => (*self.random.pick(&["active", "active", "active", "active_do_not_bill"])).to_owned(),
            "currency" => "GBP".to_owned(),
            "vat_number" => self.sometimes(600, || vat_number(number)),
            "vat_code" => (*self.random.pick(&["S", "S", "S", "S", "S", "S", "R", "Z"])).to_owned(),
            "vat_code_calls" => "S".to_owned(),
            "vat_exempt" => "n".to_owned(),
            _ => return None,
        })
    }

    /// Limits, terms, what the invoice looks like, what people note.
    fn of_terms(&mut self, column: &str) -> String {
        let (random, low) = (&mut *self.random, self.low);
        match column {
            "fallback_suggested_markup" => "10".to_owned(),
            "fallback_markup" => random.between(20, 60).to_string(),
            "empty_invoice" if self.pays_empty_fee => "fee".to_owned(),
            "empty_invoice" => (*random.pick(&["skip", "produce"])).to_owned(),
            "empty_invoice_value" if self.pays_empty_fee => "2.5".to_owned(),
            "low_invoice" => ["none", "total", "call_spend", "absolute"][low].to_owned(),
            "low_invoice_value" if low > 0 => format!("{}.5", random.between(1, 9)),
            "low_invoice_action" => ["nothing", "rollover", "fee", "pad"][low].to_owned(),
            "low_invoice_action_value" if low > 1 => "3.75".to_owned(),
            "payment_terms" => (*random.pick(&["7", "14", "30"])).to_owned(),
            "payment_terms_type" => "days".to_owned(),
            "grace_days" => random.between(0, 10).to_string(),
            "credit_limit" => format!("{}00", random.between(2, 90)),
            "unbilled_limit" => format!("{}0.5", random.between(10, 90)),
            "overdue_limit" => "150".to_owned(),
            "opening_balance" => self.sometimes(200, || "12.34".to_owned()),
            "purchase_order" => format!("PO {}", random.between(1_000, 99_999)),
            "language" => (*random.pick(&["en", "en", "en", "cy"])).to_owned(),
            "invoice_format" => (*random.pick(&["short", "long", "full"])).to_owned(),
            "itemisation" => (*random.pick(&["none", "pdf", "csv"])).to_owned(),
            "itemise_above" => "0.05".to_owned(),
            "invoice_message" => self.sometimes(100, || "Thank you for your custom.".to_owned()),
            "send_email" => (*random.pick(&["y", "n"])).to_owned(),
            "invoice_per_cost_centre" => "n".to_owned(),
            "payment_method" => (*random.pick(&["direct debit", "bank transfer", "card"])).to_owned(),
            "contract_start" => self.begins.to_string(),
            "contract_end" => self.begins.plus_months(36).to_string(),
            "tags" => format!("{};{}", random.pick(&TAGS[..3]), random.pick(&TAGS[3..])),
            "notes" => format!("{} ({})", random.pick(&NOTES), self.number),
            _ => String::new(),
        }
    }
}

/// With check digits as the old British numbers have them: 97 less the remainder of the weighted digits.
fn vat_number(number: u32) -> String {
    let stem = 1_000_000 + number;
    let digits = stem.to_string();
    let sum: u32 = digits.bytes().map(|digit| u32::from(digit - b'0')).zip((2..=8).rev()).map(|(d, by)| d * by).sum();
    format!("GB{stem}{:02}", 97 - sum % 97)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_and_no_domain_comes_twice() {
        let names: BTreeSet<String> = (0..120_000).map(name).collect();
        assert_eq!(names.len(), 120_000);
        assert_eq!(name(0), "Abbey Amber Accountants Ltd");
    }

    #[test]
    fn telephone_numbers_of_a_million_customers_differ() {
        let mut seen = vec![false; 1_000_000];
        (0..1_000_000_u64)
            .for_each(|number| seen[usize::try_from(number * 618_033 % 1_000_000).expect("small")] = true);
        assert!(seen.into_iter().all(|seen| seen));
    }

    /// The example of the published rule: 7 digits, weights 8 to 2, 97 less what is left.
    #[test]
    fn vat_numbers_have_check_digits() {
        assert_eq!(vat_number(0), "GB100000089");
        let weighted = |text: &str| {
            let digits = text[2..9].bytes().map(|digit| u32::from(digit - b'0'));
            let sum: u32 = digits.zip((2..=8).rev()).map(|(digit, by)| digit * by).sum();
            (sum + text[9..].parse::<u32>().expect("digits")) % 97
        };
        assert!((0..5_000).all(|number| weighted(&vat_number(number)) == 0));
    }
}
