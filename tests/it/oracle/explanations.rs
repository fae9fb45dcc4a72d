//! Explanations worked again: each sum is computed anew from its formula and from the sums before it, with fractions of
//! any size, and the last one named `sell` must be the charge (R13).

use std::collections::BTreeMap;

use tollbook::book::{compile, parse_settings};
use tollbook::domain::money::Price;
use tollbook::pipeline::Engine;
use tollbook::rating::{ExplainedSum, Explanation};

use super::amounts::{Amount, number, round, whole, zero};
use super::comparison::{self, CALLS_PER_BOOK};
use super::dice::Dice;
use super::random_book::{SUPPLIERS, random_book};
use super::random_records::random_record;

/// Sums by name, as far as they are worked.
type Known = BTreeMap<String, Amount>;

const CALLS: usize = 10_000;

#[test]
fn ten_thousand_explanations_come_to_the_charge() {
    let seed = comparison::seed();
    let (mut worked, mut sums) = (0, BTreeMap::<&str, u64>::new());
    for book_seed in seed.. {
        if worked >= CALLS {
            break;
        }
        let random = random_book(book_seed);
        let settings =
            parse_settings(&format!("currency = {:?}\nzone = {:?}\n", random.currency, random.zone)).unwrap();
        let book = compile(&random.tables, &settings).unwrap();
        let engine = Engine::new(&book);
        let dice = &mut Dice::new(!book_seed);
        for row in 0..u32::try_from(CALLS_PER_BOOK).unwrap() {
            let record = random_record(dice, &settings.zone, row);
            let supplier = book.find_supplier(dice.pick(&SUPPLIERS)).unwrap();
            let Ok(matched) = engine.matcher.match_usage(supplier, record) else { continue };
            let explanation = engine.rater.explain(supplier, &matched);
            let Ok(rated) = engine.rater.rate(supplier, matched) else { continue };
            let known = work_again(&explanation);
            let told = format!("book {book_seed}, row {row}:\n{explanation}");
            assert_eq!(known["sell"], number(&rated.sell.to_string()), "{told}");
            let expected = known.get("expected_cost").map(|cost| round(cost, 8, "half_up"));
            assert_eq!(expected, rated.expected_cost.map(of_price), "{told}");
            if let Some(usage) = known.get("usage") {
                assert_eq!(round(usage, 8, "half_up"), of_price(rated.components.usage), "{told}");
            }
            worked += 1;
            for name in ["step_2_usage", "usage_2", "payphone", "access_seconds", "expected_cost", "cost"] {
                *sums.entry(name).or_default() += u64::from(known.contains_key(name));
            }
        }
    }
    let missing: Vec<_> = sums.iter().filter(|(_, times)| **times < 20).collect();
    assert!(missing.is_empty(), "seed {seed}: explained too seldom: {missing:?}");
}

#[test]
fn formulas_are_worked_from_left_to_right() {
    let known = Known::from([("usage".to_owned(), number("0.0125")), ("billable_units".to_owned(), whole(61))]);
    let rows = [
        ("0.40 + usage", "0.4125"),
        ("0.006 × billable_units / 60, at least 0.01", "0.01"),
        ("1 − 2 × 3", "-5"),
        ("(1 + 12.5 / 100) × 2", "2.25"),
        ("-0.05 × 2", "-0.1"),
        ("125, in blocks of 60/1", "125"),
        ("61, in blocks of 60/60", "120"),
        ("0, in blocks of 60/60", "0"),
        ("billable_units − 60, at least 0, at most 7", "1"),
        ("3661, at most 3600, less 0, in blocks of 3600/3600", "3600"),
        ("-0.01, credit at least 0.02", "-0.02"),
        ("0 − 0.1, credit at most 0.05", "-0.05"),
        ("usage, half_up to 3 decimals", "0.013"),
        ("usage, down to 3 decimals", "0.012"),
    ];
    for (formula, expected) in rows {
        assert_eq!(value(formula, &known), number(expected), "{formula}");
    }
}

fn of_price(price: Price) -> Amount {
    number(&price.to_string())
}

/// Every sum in its order; each must come to what is shown.
fn work_again(explanation: &Explanation) -> Known {
    let mut known = Known::new();
    for ExplainedSum { name, formula, value: shown } in explanation.steps.iter().flat_map(|step| &step.arithmetic) {
        let worked = value(formula, &known);
        assert!(is_shown_as(&worked, shown), "{name} = {formula}: {worked} is shown as {shown}\n{explanation}");
        known.insert(name.clone(), worked);
    }
    known
}

/// What has no end is cut, the rest is shown whole.
fn is_shown_as(worked: &Amount, shown: &str) -> bool {
    match (shown.strip_suffix('…'), shown.split_once('/')) {
        (Some(cut), _) => {
            let decimals = cut.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            round(worked, u32::try_from(decimals).unwrap(), "down") == number(cut)
        }
        (None, Some((above, below))) => *worked == number(above) / number(below),
        (None, None) => *worked == number(shown),
    }
}

/// A formula is a term, then changes of it.
fn value(formula: &str, known: &Known) -> Amount {
    let mut parts = formula.split(", ");
    let first = Reader::of(parts.next().unwrap(), known).whole_term();
    parts.fold(first, |amount, change| changed(amount, change, known))
}

fn changed(amount: Amount, change: &str, known: &Known) -> Amount {
    let operand = |text: &str| Reader::of(text, known).whole_term();
    let magnitude = |amount: Amount| if amount < zero() { -amount } else { amount };
    if let Some(blocks) = change.strip_prefix("in blocks of ") {
        let (first, next) = blocks.split_once('/').unwrap();
        return in_blocks(&amount, &number(first), &number(next));
    }
    if let Some(least) = change.strip_prefix("credit at least ") {
        return -magnitude(amount).max(operand(least));
    }
    if let Some(most) = change.strip_prefix("credit at most ") {
        return -magnitude(amount).min(operand(most));
    }
    if let Some(least) = change.strip_prefix("at least ") {
        return amount.max(operand(least));
    }
    if let Some(most) = change.strip_prefix("at most ") {
        return amount.min(operand(most));
    }
    if let Some(less) = change.strip_prefix("less ") {
        return amount - operand(less);
    }
    let (mode, decimals) = change.split_once(" to ").unwrap_or_else(|| panic!("{change:?} is no change of an amount"));
    round(&amount, decimals.strip_suffix(" decimals").unwrap().parse().unwrap(), mode)
}

/// R6: the first block, then whole blocks; nothing is nothing.
fn in_blocks(units: &Amount, first: &Amount, next: &Amount) -> Amount {
    if *units == zero() {
        return zero();
    }
    let beyond = (units - first).max(zero());
    first + (beyond / next).ceil() * next
}

/// Reads `+ − × /`, brackets, numbers and names.
struct Reader<'f> {
    rest: &'f str,
    known: &'f Known,
}

impl<'f> Reader<'f> {
    fn of(rest: &'f str, known: &'f Known) -> Self {
        Self { rest, known }
    }

    fn whole_term(mut self) -> Amount {
        let amount = self.sum();
        assert_eq!(self.rest.trim(), "", "what is this?");
        amount
    }

    fn takes(&mut self, sign: char) -> bool {
        let after = self.rest.trim_start().strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn sum(&mut self) -> Amount {
        let mut amount = self.product();
        loop {
            if self.takes('+') {
                amount += self.product();
            } else if self.takes('−') {
                amount -= self.product();
            } else {
                return amount;
            }
        }
    }

    fn product(&mut self) -> Amount {
        let mut amount = self.factor();
        loop {
            if self.takes('×') {
                amount *= self.factor();
            } else if self.takes('/') {
                amount /= self.factor();
            } else {
                return amount;
            }
        }
    }

    fn factor(&mut self) -> Amount {
        if self.takes('(') {
            let amount = self.sum();
            assert!(self.takes(')'), "no closing bracket before {:?}", self.rest);
            return amount;
        }
        let text = self.rest.trim_start();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
        self.rest = &text[end..];
        match self.known.get(&text[..end]) {
            Some(amount) => amount.clone(),
            None => number(&text[..end]),
        }
    }
}
