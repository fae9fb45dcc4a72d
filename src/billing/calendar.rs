//! A customer group, its customers' billing days and a span of days → the days on which it is due (B1), and what a run on
//! such a day bills (B2). Knows no run and no clock.

use std::collections::BTreeSet;

use crate::domain::book::{Book, CustomerId, GroupId};
use crate::domain::customer::{Customer, Group, GroupInterval};
use crate::domain::time::Date;

/// What a run on a day bills. Both cutoffs are exclusive (X6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Usage that began before this day is old: what the group's run before this one was for.
    pub usage_from: Date,
    /// Usage that began before this day is billed, and periods in arrears that ended before it.
    pub usage_cutoff: Date,
    /// Charges in advance that begin before this day are billed.
    pub charge_cutoff: Date,
}

/// A group with what decides when it is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingDays<'a> {
    /// The group.
    pub group: &'a Group,
    /// The days of the month on which it is billed, 1–31: its own, or those of its customers.
    pub days: BTreeSet<u32>,
}

impl<'a> BillingDays<'a> {
    /// Of a group of the book.
    pub fn of(book: &'a Book, id: GroupId) -> Self {
        let group = &book.groups[id.index()];
        let days = match group.anniversary {
            false => BTreeSet::from([group.billing_day]),
            true => book.customers.iter().filter(|customer| customer.group == id).map(own_day).collect(),
        };
        Self { group, days }
    }

    /// The days after one and up to another on which the group is due, ascending.
    pub fn due(&self, after: Date, until: Date) -> Vec<Date> {
        let mut due = BTreeSet::new();
        let mut month = after.first_of_month();
        while month <= until {
            if is_month_of(&self.group.interval, month.month()) {
                due.extend(self.days.iter().map(|day| month.plus_months_on(0, *day)));
            }
            let next = month.last_of_month().next();
            if next <= month {
                break;
            }
            month = next;
        }
        due.into_iter().filter(|day| *day > after && *day <= until).collect()
    }

    /// The last day up to this one on which the group is due, if there is one within the last year.
    pub fn latest_due(&self, until: Date) -> Option<Date> {
        self.due(until.plus_months_on(-12, 1).previous(), until).last().copied()
    }
}

/// The day of the month on which a customer of an anniversary group is billed.
fn own_day(customer: &Customer) -> u32 {
    customer.billing_day.unwrap_or(1)
}

/// Is this the day on which a customer of an anniversary group is billed? Of another group every day is.
pub fn is_own_day(book: &Book, id: CustomerId, day: Date) -> bool {
    let customer = book.customer(id);
    !book.groups[customer.group.index()].anniversary || day == day.plus_months_on(0, own_day(customer))
}

/// What a run for a customer bills on a day that is its own (B1, B2).
pub fn window_of(book: &Book, id: CustomerId, invoice_date: Date) -> Window {
    let customer = book.customer(id);
    let group = &book.groups[customer.group.index()];
    window(group, if group.anniversary { own_day(customer) } else { 1 }, invoice_date)
}

/// What a run of a group bills on a day. For the month M of that day, moved by the group's offset: charges of M, usage up
/// to the first of M, and none of the invoice's own day or later. Where months are counted from a billing day, they begin
/// on `first_day`; else on the 1st.
pub fn window(group: &Group, first_day: u32, invoice_date: Date) -> Window {
    let begin = |months: i32| invoice_date.plus_months_on(group.offset_months + months, first_day);
    let back = months_since_last(&group.interval, invoice_date.month());
    let day = match group.anniversary {
        true => first_day,
        false if invoice_date == invoice_date.plus_months_on(0, group.billing_day) => group.billing_day,
        false => invoice_date.day(),
    };
    let last_invoice = invoice_date.plus_months_on(-back, day);
    Window {
        usage_from: begin(-back).min(last_invoice),
        usage_cutoff: begin(0).min(invoice_date),
        charge_cutoff: begin(1),
    }
}

/// How many months before this one a group was billed: 1 to 12.
fn months_since_last(interval: &GroupInterval, month: u32) -> i32 {
    let before = |back: u32| (month + 11 - back % 12) % 12 + 1;
    let back = (1..=12).find(|back| is_month_of(interval, before(*back))).unwrap_or(12);
    i32::try_from(back).expect("at most 12")
}

/// Is a group billed in this month, 1–12?
fn is_month_of(interval: &GroupInterval, month: u32) -> bool {
    match interval {
        GroupInterval::Monthly => true,
        GroupInterval::Quarterly => month % 3 == 1,
        GroupInterval::Months(months) => months.contains(&month),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::sample::{self, date};

    fn group(interval: GroupInterval, billing_day: u32, offset_months: i32) -> Group {
        Group { interval, billing_day, offset_months, ..sample::book().groups[0].clone() }
    }

    /// Usage from, usage before, charges before.
    fn words(window: Window) -> String {
        format!("{} {} {}", window.usage_from, window.usage_cutoff, window.charge_cutoff)
    }

    #[test]
    fn windows_of_standard_groups() {
        for (interval, offset, on, expected) in [
            // Usage of May, charges of June.
            ("monthly", 0, "2026-06-01", "2026-05-01 2026-06-01 2026-07-01"),
            ("monthly", 0, "2026-06-25", "2026-05-01 2026-06-01 2026-07-01"),
            ("monthly", 0, "2026-01-31", "2025-12-01 2026-01-01 2026-02-01"),
            // Service month before: usage of April, charges of May; three months before.
            ("monthly", -1, "2026-06-01", "2026-04-01 2026-05-01 2026-06-01"),
            ("monthly", -3, "2026-02-10", "2025-10-01 2025-11-01 2025-12-01"),
            // Service month after: charges of July; usage ends with the day before the invoice.
            ("monthly", 1, "2026-06-01", "2026-05-01 2026-06-01 2026-08-01"),
            ("monthly", 1, "2026-06-25", "2026-05-25 2026-06-25 2026-08-01"),
            ("monthly", 3, "2026-11-25", "2026-10-25 2026-11-25 2027-03-01"),
            // Old is what the run of the quarter before was for.
            ("quarterly", 0, "2026-04-01", "2026-01-01 2026-04-01 2026-05-01"),
            ("quarterly", 0, "2026-01-01", "2025-10-01 2026-01-01 2026-02-01"),
            ("2;5;8;11", 0, "2026-02-01", "2025-11-01 2026-02-01 2026-03-01"),
            ("6", 0, "2026-06-30", "2025-06-01 2026-06-01 2026-07-01"),
        ] {
            let window = window(&group(parse(interval), 1, offset), 1, date(on));
            assert_eq!(words(window), expected, "{interval} {offset} {on}");
        }
    }

    #[test]
    fn windows_of_anniversary_groups() {
        for (offset, own_day, on, expected) in [
            (0, 15, "2026-06-15", "2026-05-15 2026-06-15 2026-07-15"),
            // Held to the end of shorter months, and returning.
            (0, 31, "2026-02-28", "2026-01-31 2026-02-28 2026-03-31"),
            (0, 31, "2026-03-31", "2026-02-28 2026-03-31 2026-04-30"),
            (0, 30, "2026-02-28", "2026-01-30 2026-02-28 2026-03-30"),
            (0, 29, "2028-02-29", "2028-01-29 2028-02-29 2028-03-29"),
            (-1, 31, "2026-03-31", "2026-01-31 2026-02-28 2026-03-31"),
            (1, 31, "2026-01-31", "2025-12-31 2026-01-31 2026-03-31"),
        ] {
            let anniversary = Group { anniversary: true, ..group(GroupInterval::Monthly, 1, offset) };
            let window = window(&anniversary, own_day, date(on));
            assert_eq!(words(window), expected, "{offset} {own_day} {on}");
        }
    }

    #[test]
    fn due_days() {
        let due = |interval: &str, days: &[u32], after: &str, until: &str| {
            let group = group(parse(interval), 1, 0);
            let due = BillingDays { group: &group, days: days.iter().copied().collect() }.due(date(after), date(until));
            due.iter().map(Date::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(due("monthly", &[1], "2026-01-01", "2026-03-01"), "2026-02-01 2026-03-01");
        assert_eq!(due("monthly", &[31], "2026-01-30", "2026-04-29"), "2026-01-31 2026-02-28 2026-03-31");
        // On the last day of February come all of the 28th to the 31st.
        assert_eq!(due("monthly", &[28, 30, 31], "2026-02-01", "2026-03-30"), "2026-02-28 2026-03-28 2026-03-30");
        assert_eq!(due("quarterly", &[15], "2026-01-15", "2026-12-31"), "2026-04-15 2026-07-15 2026-10-15");
        assert_eq!(due("3;11", &[31], "2025-12-31", "2026-12-31"), "2026-03-31 2026-11-30");
        assert_eq!(due("monthly", &[], "2025-12-31", "2026-12-31"), "");
        assert_eq!(due("monthly", &[1], "2026-03-01", "2026-01-01"), "");
        assert_eq!(due("monthly", &[31], "2100-11-30", "2100-12-31"), "2100-12-31");
    }

    #[test]
    fn the_latest_due_day() {
        for (interval, day, on, expected) in [
            ("monthly", 1, "2026-06-15", Some("2026-06-01")),
            ("monthly", 31, "2026-06-29", Some("2026-05-31")),
            ("quarterly", 1, "2026-03-31", Some("2026-01-01")),
            ("5", 31, "2026-05-30", Some("2025-05-31")),
        ] {
            let group = group(parse(interval), day, 0);
            let latest = BillingDays { group: &group, days: BTreeSet::from([day]) }.latest_due(date(on));
            assert_eq!(latest, expected.map(date), "{interval} {day} {on}");
        }
    }

    fn parse(interval: &str) -> GroupInterval {
        match interval {
            "monthly" => GroupInterval::Monthly,
            "quarterly" => GroupInterval::Quarterly,
            months => GroupInterval::Months(months.split(';').map(|month| month.parse().expect("1 to 12")).collect()),
        }
    }

    fn intervals() -> impl Strategy<Value = GroupInterval> {
        let months = prop::collection::btree_set(1_u32..=12, 1..6);
        prop_oneof![
            Just(GroupInterval::Monthly),
            Just(GroupInterval::Quarterly),
            months.prop_map(|months| GroupInterval::Months(months.into_iter().collect())),
        ]
    }

    proptest! {
        /// B1: whoever asks, and however often, each customer is due once in each month of its group, on its day or on
        /// the month's last; its windows leave no day out and take none twice.
        #[test]
        fn everybody_is_due_once_a_period(
            interval in intervals(), anniversary: bool, days in prop::collection::vec(1_u32..=31, 1..6),
            offset in -3_i32..=3, cuts in prop::collection::btree_set(0_i32..1_200, 0..12),
        ) {
            let group = Group { anniversary, ..group(interval, days[0], offset) };
            let mut book = sample::book();
            let customer = book.customers[0].clone();
            book.groups = vec![group.clone()];
            book.customers = days.iter().map(|day| {
                Customer { billing_day: Some(*day), group: GroupId(0), ..customer.clone() }
            }).collect();
            let begin = date("2025-12-31");
            let until = begin.plus_days(1_200);
            let mut due = Vec::new();
            let mut after = begin;
            for cut in cuts.iter().map(|cut| begin.plus_days(*cut)).chain([until]) {
                due.extend(BillingDays::of(&book, GroupId(0)).due(after, cut));
                after = cut;
            }
            prop_assert!(due.is_sorted_by(|a, b| a < b));
            for id in (0..days.len()).map(CustomerId::from_index) {
                let day = if anniversary { days[id.index()] } else { days[0] };
                let own: Vec<Date> = due.iter().copied().filter(|on| is_own_day(&book, id, *on)).collect();
                let mut month = date("2026-01-01");
                let mut expected = Vec::new();
                while month <= until {
                    let on = month.plus_months_on(0, day);
                    if is_month_of(&group.interval, month.month()) && on <= until {
                        expected.push(on);
                    }
                    month = month.plus_months_on(1, 1);
                }
                prop_assert_eq!(&own, &expected);
                for pair in own.windows(2) {
                    let (before, now) = (window_of(&book, id, pair[0]), window_of(&book, id, pair[1]));
                    prop_assert_eq!(before.usage_cutoff, now.usage_from);
                    prop_assert!(now.usage_cutoff <= pair[1] && now.usage_cutoff < now.charge_cutoff);
                    prop_assert!(before.charge_cutoff <= now.charge_cutoff);
                }
            }
        }
    }
}
