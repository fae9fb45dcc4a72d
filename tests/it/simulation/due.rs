//! A year in which `bill due` is called on random days (B1, B2, B17). What it bills must be what the oracle bills on each
//! due day in turn, as a call on every day would have.

use jiff::civil::Date;
use serde_json::Value;

use super::calendar::{is_on, later, next, period_end, period_start};
use super::compare::{Comparison, text};
use super::events::happen;
use super::oracle::Terms;
use super::play::{Play, Seen, Settings, first_month};
use super::world::{Customer, World};

/// The groups, in the order in which they are billed on a day.
const GROUPS: [&str; 3] = ["anniversary", "monthly", "quarterly"];

/// Plays the year.
///
/// # Panics
/// At the first difference.
pub fn play_due(settings: Settings) -> Seen {
    let mut play = Play::new(settings);
    let end = later(first_month(), settings.months * 30);
    let mut done = later(first_month(), -1);
    while done < end {
        let today = later(done, play.joins.dice.pick(&[1, 2, 7, 20, 30, 33, 45, 65]));
        let month = today.first_of_month();
        happen(&mut play.joins, &mut play.world, month, 1);
        play.load_book();
        play.import(month);
        bill_due(&mut play, settings, done, today);
        done = today;
    }
    play.check_accounts(end);
    play.tollbook(&["verify"]).done();
    play.seen
}

fn bill_due(play: &mut Play, settings: Settings, done: Date, today: Date) {
    let text_of_today = today.to_string();
    let billed = play.tollbook(&["bill", "due", "--today", &text_of_today, "--json"]).done();
    let report: Value = serde_json::from_str(&billed.out).unwrap();
    let mut settled = report["settled"].as_array().unwrap().iter();
    let mut day = next(done);
    while day <= today {
        let groups: Vec<&str> = GROUPS.into_iter().filter(|group| is_due(&play.world, group, day)).collect();
        for group in groups {
            let theirs = settled.next().unwrap_or_else(|| panic!("{group} was not billed on {day}"));
            assert_eq!((text(&theirs["group"]), text(&theirs["day"])), (group.to_owned(), day.to_string()));
            let expected = play.oracle.bill(&mut play.world, &|customer| terms_on(customer, group, day));
            let comparison = Comparison { seed: settings.seed, month: day, world: &play.world };
            let run = theirs["run"].as_i64();
            let workspace = play.workspace();
            let (count, bills) = comparison.check_invoices(&workspace, run.unwrap_or(0), &expected, &mut play.seen);
            assert!(
                count == 0,
                "seed {}, {group} on {day}, run {run:?}: {count} invoices differ\n{bills}",
                settings.seed
            );
            assert_eq!(theirs["invoices"].as_u64(), Some(expected.invoices.len() as u64), "{group} on {day}");
            play.seen.count(if day == today { "days billed in time" } else { "days made up for" });
        }
        day = next(day);
    }
    assert!(settled.next().is_none(), "more was billed than is due up to {today}: {report}");
    let again = play.tollbook(&["bill", "due", "--today", &text_of_today, "--json"]).done();
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(again["settled"].as_array().map(Vec::len), Some(0), "the second time it does nothing: {again}");
}

/// B1.
fn is_due(world: &World, group: &str, day: Date) -> bool {
    match group {
        "monthly" => day.day() == 1,
        "quarterly" => day.day() == 5 && day.month() % 3 == 1,
        _ => world.customers.iter().any(|one| one.billing_day.is_some_and(|own| is_on(day, own))),
    }
}

/// B2: usage up to the first of the service month, charges of it; in an anniversary group months begin on the own day.
fn terms_on(customer: &Customer, group: &str, day: Date) -> Option<Terms> {
    let own = customer.billing_day.unwrap_or(1);
    let is_member = customer.group == group && (customer.billing_day.is_none() || is_on(day, own));
    let usage_cutoff = period_start(day, own);
    let charge_cutoff = next(period_end(usage_cutoff, own));
    is_member.then_some(Terms { invoice_date: day, usage_cutoff, charge_cutoff })
}
