//! A year of a reseller at random, billed by the program and by a slow oracle of the billing rules: every invoice must be
//! the same to the penny, line by line, and every month every record must be accounted for.
//!
//! `TOLLBOOK_SIM_CUSTOMERS=5000` makes it large, `TOLLBOOK_SIM_MONTHS` longer or shorter, `TOLLBOOK_SIM_SEED` repeats a
//! year. `oracle` is where to begin reading: it is the specification from the book and the records to the invoice, and it
//! calls nothing of the program. `joins`, `events` and `traffic` make the year, `files` writes it down, `play` takes it
//! through the program, `compare` holds the invoices together.

mod actions;
mod calendar;
mod compare;
mod due;
mod events;
mod files;
mod fixed;
mod joins;
mod oracle;
mod play;
mod traffic;
mod world;

use due::play_due;
use play::{Settings, play};

/// What a year held, for whoever runs it with `--nocapture`.
#[allow(clippy::print_stdout)]
fn say(seen: &play::Seen) {
    println!("{} invoices; lines {:?}; records {:?}; {:?}", seen.invoices, seen.kinds, seen.ended, seen.done);
}

/// A number from the environment.
fn wish(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}: no number")))
}

#[test]
fn a_year_is_billed_as_the_rules_say() {
    let settings = Settings {
        seed: wish("TOLLBOOK_SIM_SEED", 1),
        customers: usize::try_from(wish("TOLLBOOK_SIM_CUSTOMERS", 60)).unwrap(),
        months: i32::try_from(wish("TOLLBOOK_SIM_MONTHS", 12)).unwrap(),
        is_wrong: false,
    };
    let seen = play(settings);
    say(&seen);
    if settings.months >= 12 && settings.customers >= 60 {
        let kinds = ["credit", "low_invoice_fee", "one_off", "padding", "recurring", "service", "usage"];
        kinds.iter().for_each(|kind| assert!(seen.kinds.contains_key(*kind), "never a line of kind {kind}"));
        let ends =
            ["allowance", "billed", "capped", "deleted", "duplicate", "excluded", "held", "rolled_over", "suspense"];
        ends.iter().for_each(|end| assert!(seen.ended.contains_key(*end), "no record ever ended as {end}"));
    }
}

/// B17: on whatever days `bill due` is called, each automatic group is billed on its own days.
#[test]
fn bill_due_on_random_days_bills_each_due_day() {
    let seed = wish("TOLLBOOK_SIM_SEED", 1);
    let customers = usize::try_from(wish("TOLLBOOK_SIM_CUSTOMERS", 25)).unwrap();
    let seen = play_due(Settings { seed, customers, months: 12, is_wrong: false });
    say(&seen);
    assert!(seen.done["days made up for"] > 5, "hardly any due day was missed: {:?}", seen.done);
}

/// The comparison can fail: an oracle that rounds lines down is told apart within two months.
#[test]
#[should_panic(expected = "invoices differ")]
fn a_penny_is_seen() {
    play(Settings { seed: 1, customers: 12, months: 2, is_wrong: true });
}
