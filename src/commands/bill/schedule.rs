//! Automatic groups and what the ledger says of them → the due days that are not settled (B17).

use std::collections::{BTreeMap, BTreeSet};

use crate::billing::calendar::BillingDays;
use crate::domain::book::{Book, GroupId};
use crate::domain::customer::Group;
use crate::domain::time::Date;
use crate::error::Result;
use crate::ledger::Ledger;

/// The schedule, up to a day.
pub(super) struct Schedule<'a> {
    /// The automatic groups, by code, each with the day up to which it is settled.
    groups: Vec<(BillingDays<'a>, Date)>,
    /// Those that the ledger does not know yet, with that day.
    pub new_groups: Vec<(String, Date)>,
    /// Groups that are in the schedule, automatic at present or not.
    known: BTreeMap<String, Date>,
    until: Date,
}

/// A group on a day on which it is due.
pub(super) struct UnsettledDay<'a> {
    pub group: &'a Group,
    pub day: Date,
}

impl<'a> Schedule<'a> {
    /// The schedule as the book and the ledger have it. A group that is new to it begins where the others are: after the
    /// last day that is settled for any of them. The first ones begin on the day that the settings name, or else with the
    /// latest due day of each.
    pub fn read(ledger: &Ledger, book: &'a Book, until: Date) -> Result<Self> {
        let mut known = ledger.due_groups()?;
        let begin = book.settings.due_from.map(Date::previous).max(known.values().max().copied());
        let (mut groups, mut new_groups) = (Vec::new(), Vec::new());
        for (place, group) in book.groups.iter().enumerate().filter(|(_, group)| group.automatic) {
            let days = BillingDays::of(book, GroupId::from_index(place));
            let done = match known.get(&group.code) {
                Some(done) => *done,
                None => {
                    let before_latest = || days.latest_due(until).map_or(until, Date::previous);
                    let done = begin.unwrap_or_else(before_latest);
                    new_groups.push((group.code.clone(), done));
                    done
                }
            };
            groups.push((days, done));
        }
        known.extend(new_groups.iter().cloned());
        Ok(Self { groups, new_groups, known, until })
    }

    /// The due days that are not settled, in the order of days, then groups.
    pub fn unsettled(&self, ledger: &Ledger) -> Result<Vec<UnsettledDay<'a>>> {
        let mut days = Vec::new();
        for (billing, done) in &self.groups {
            let settled = ledger.settled_days(&billing.group.code, *done)?;
            let due = billing.due(*done, self.until).into_iter().filter(|day| !settled.contains(day));
            days.extend(due.map(|day| UnsettledDay { group: billing.group, day }));
        }
        days.sort_by(|a, b| (a.day, &a.group.code).cmp(&(b.day, &b.group.code)));
        Ok(days)
    }

    /// The groups that are settled up to the end now, of those that were not: all but those held back. What is not billed
    /// by schedule at present has no due days to make up for later.
    pub fn done_through(&self, held: &BTreeSet<String>) -> Vec<(String, Date)> {
        let moved = self.known.iter().filter(|(group, done)| **done < self.until && !held.contains(*group));
        moved.map(|(group, _)| (group.clone(), self.until)).collect()
    }
}
