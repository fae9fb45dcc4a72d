//! Everything that waits in the usage store → the usage of a run's customers in its small form, by customer and time
//! (A1), in as many parts as memory allows, and where all other records end. Applies no cap, makes no bill.

use std::ops::Range;

use super::suspense::SuspenseGroups;
use super::unbilled::OpenImport;
use super::{BATCH_RECORDS, Engine};
use crate::allowances::by_time;
use crate::billing::RunTerms;
use crate::domain::book::CustomerId;
use crate::domain::customer::Status;
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::Price;
use crate::domain::time::Date;
use crate::domain::totals::{ControlTotals, Tally};
use crate::domain::usage::{ChargedUsage, UsageMatch, UsageRecord, WhyAside};
use crate::error::Result;
use crate::facts::UsageStore;
use crate::workers::Workers;

/// How much usage is held at once, unless one customer alone has more: about 1 GiB.
pub const RECORDS_AT_ONCE: usize = 10 << 20;

/// Where usage that waits is gathered from, and whose.
pub struct Gathering<'a> {
    /// What prices it.
    pub engine: &'a Engine<'a>,
    /// Where it is.
    pub store: &'a UsageStore,
    /// Who does the work.
    pub workers: &'a Workers,
    /// What the run settles.
    pub terms: &'a RunTerms,
    /// The imports that hold it.
    pub imports: &'a [OpenImport],
    /// The customers of the run, ascending.
    pub members: &'a [CustomerId],
    /// Where customers have windows of their own: of each of the book, the day from which, if any, and the day before
    /// which its usage is billed. Else empty, and the terms are for all.
    pub own_spans: &'a [UsageSpan],
    /// How many records are held at once.
    pub records_at_once: usize,
}

/// From which day, if any, and before which day usage begins that is billed (B2).
pub type UsageSpan = (Option<Date>, Date);

/// The usage of customers that are neighbours in the book.
pub struct Part {
    /// Their positions in the book.
    pub customers: Range<usize>,
    /// Of those in the run; by customer, then in time order.
    pub usage: Vec<ChargedUsage>,
}

impl Gathering<'_> {
    /// Gives the usage of the run part by part; the parts cover all customers. Counts every record that waits in, and
    /// out those that are in no part.
    pub fn each_part(&self, found: &mut Found, mut take: impl FnMut(Part) -> Result<()>) -> Result<()> {
        let Found { totals, suspense } = found;
        let customers = self.engine.book.customers.len();
        let mut is_member = vec![false; customers];
        self.members.iter().for_each(|member| is_member[member.index()] = true);
        let mut held = Held::new(customers, self.records_at_once);
        for import in self.imports {
            let work = |records: Vec<UsageRecord>| self.sort_out(import, &is_member, &records);
            import.each_batch(&import.open_rows(), self.store, self.workers, work, |sorted: SortedOut| {
                totals.merge(&sorted.found.totals);
                suspense.merge(sorted.found.suspense);
                held.add(sorted.usage);
                Ok(())
            })?;
            let rejected = Tally::of_lines(import.rejects);
            totals.take_in(&rejected);
            totals.end(Disposition::Rejected, None, &rejected);
        }
        let Held { counts, mut usage, mut end, .. } = held;
        let mut start = 0;
        loop {
            self.workers.sort_by(&mut usage, |a, b| a.customer.cmp(&b.customer).then_with(|| by_time(a, b)));
            take(Part { customers: start..end, usage })?;
            if end == customers {
                return Ok(());
            }
            start = end;
            end += fitting(&counts[start..], self.records_at_once);
            usage = self.gather(start..end, &is_member, &counts)?;
        }
    }

    /// The usage of some customers, in no order.
    fn gather(&self, customers: Range<usize>, is_member: &[bool], counts: &[u64]) -> Result<Vec<ChargedUsage>> {
        let count = counts[customers.clone()].iter().sum::<u64>();
        let mut usage = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
        for import in self.imports {
            let work = |records: Vec<UsageRecord>| self.pick(import, is_member, &customers, &records);
            import.each_batch(&import.open_rows(), self.store, self.workers, work, |mut picked| {
                usage.append(&mut picked);
                Ok(())
            })?;
        }
        Ok(usage)
    }

    /// Usage of the run, and where all other records end.
    fn sort_out(&self, import: &OpenImport, is_member: &[bool], records: &[UsageRecord]) -> SortedOut {
        let mut sorted = SortedOut { usage: Vec::with_capacity(records.len()), found: Found::default() };
        let SortedOut { usage, found: Found { totals, suspense } } = &mut sorted;
        for stretch in records.chunk_by(|a, b| import.mark_of(a.row).is_some() == import.mark_of(b.row).is_some()) {
            stretch.iter().for_each(|record| totals.take_in(&Tally::of_record(record)));
            if import.mark_of(stretch[0].row).is_some() {
                for record in stretch {
                    let (disposition, reason) = import.mark_of(record.row).expect("all of the stretch are marked");
                    totals.end(disposition, reason, &Tally::of_record(record));
                    if disposition == Disposition::Suspense {
                        suspense.add(self.engine, import, record, None);
                    }
                }
                continue;
            }
            for records in stretch.chunks(BATCH_RECORDS) {
                self.engine.price_each(import.supplier, records, |record, priced| match priced {
                    Err(aside) => {
                        totals.end(aside.disposition, Some(aside.reason), &Tally::of_record(record));
                        if aside.disposition == Disposition::Suspense {
                            suspense.add(self.engine, import, record, Some(&aside));
                        }
                    }
                    Ok((of, price)) => match self.reason_to_leave(is_member, record, &of) {
                        None => usage.push(ChargedUsage::new(import.origin(), record, of, &price)),
                        Some(reason) => {
                            let cost = record.cost.unwrap_or(Price::ZERO);
                            let tally = Tally::of(record.kind, record.units, cost, price.sell);
                            totals.end(Disposition::Held, Some(reason), &tally);
                        }
                    },
                });
            }
        }
        sorted
    }

    /// Usage of the run that belongs to some customers: priced only where it does.
    fn pick(
        &self,
        import: &OpenImport,
        is_member: &[bool],
        customers: &Range<usize>,
        records: &[UsageRecord],
    ) -> Vec<ChargedUsage> {
        let (engine, mut usage) = (self.engine, Vec::new());
        for records in records.chunks(BATCH_RECORDS) {
            let mut matches = engine.matcher.find_each(import.supplier, records);
            for (record, found) in records.iter().zip(&mut matches) {
                let is_wanted = |of: &UsageMatch| {
                    customers.contains(&of.customer.index())
                        && self.reason_to_leave(is_member, record, of).is_none()
                        && import.mark_of(record.row).is_none()
                };
                if !found.as_ref().is_ok_and(is_wanted) {
                    *found = Err(NOT_WANTED);
                }
            }
            engine.rater.price_each(import.supplier, records, &matches, |record, priced| {
                if let Ok((of, price)) = priced {
                    usage.push(ChargedUsage::new(import.origin(), record, of, &price));
                }
            });
        }
        usage
    }

    /// Why a priced record is not billed in this run (B2, B3).
    fn reason_to_leave(&self, is_member: &[bool], record: &UsageRecord, of: &UsageMatch) -> Option<Reason> {
        match self.engine.book.customer(of.customer).status {
            Status::Suspended => return Some(Reason::CustomerSuspended),
            Status::ActiveDoNotBill => return Some(Reason::CustomerNotBilled),
            _ => {}
        }
        let own_span = self.own_spans.get(of.customer.index()).copied();
        let (from, cutoff) = own_span.unwrap_or((self.terms.usage_from, self.terms.usage_cutoff));
        let began = record.started.civil.date;
        if began >= cutoff {
            return Some(Reason::AfterCutoff);
        }
        if !is_member[of.customer.index()] {
            return Some(Reason::NotInRun);
        }
        from.is_some_and(|from| began < from).then_some(Reason::BeforeWindow)
    }
}

const NOT_WANTED: WhyAside =
    WhyAside { disposition: Disposition::Held, reason: Reason::NotInRun, cli: None, customer: None, call_type: None };

struct SortedOut {
    usage: Vec<ChargedUsage>,
    found: Found,
}

/// What becomes of records that are in no part.
#[derive(Default)]
pub struct Found {
    /// Where all records came in, and where those ended.
    pub totals: ControlTotals,
    /// Those of them that cannot be billed.
    pub suspense: SuspenseGroups,
}

/// The usage of as many customers as fit, the first ones of the book, and how much each of all has.
struct Held {
    usage: Vec<ChargedUsage>,
    counts: Vec<u64>,
    /// The first customer whose usage is counted only.
    end: usize,
    most: usize,
}

impl Held {
    fn new(customers: usize, most: usize) -> Self {
        Self { usage: Vec::new(), counts: vec![0; customers], end: customers, most }
    }

    fn add(&mut self, mut usage: Vec<ChargedUsage>) {
        for one in &usage {
            self.counts[one.customer.index()] += 1;
        }
        if self.end < self.counts.len() {
            usage.retain(|one| one.customer.index() < self.end);
        }
        self.usage.append(&mut usage);
        if self.usage.len() > self.most {
            // To three quarters, so that it is not done for every batch.
            let fit = fitting(&self.counts[..self.end], self.most / 4 * 3);
            if fit < self.end {
                self.end = fit;
                self.usage.retain(|one| one.customer.index() < fit);
            }
        }
    }
}

/// How many of the first customers have no more usage together than this; one at least.
fn fitting(counts: &[u64], most: usize) -> usize {
    let mut sum = 0;
    let fit = counts.iter().take_while(|count| {
        sum += **count;
        sum <= most as u64
    });
    fit.count().max(1).min(counts.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::call;

    #[test]
    fn as_many_customers_as_fit() {
        for (counts, most, expected) in [
            (&[3_u64, 4, 5][..], 7_usize, 2),
            (&[3, 4, 5], 6, 1),
            (&[3, 4, 5], 12, 3),
            (&[9, 0, 0, 1], 4, 1),
            (&[0, 0, 9], 4, 2),
            (&[0], 0, 1),
            (&[], 5, 0),
        ] {
            assert_eq!(fitting(counts, most), expected, "{counts:?} {most}");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let usage = |customers: &[u32]| {
            let of = |customer: &u32| {
                let mut one = call("x", "2026-06-01 10:00:00", "1");
                one.customer = CustomerId(*customer);
                one
            };
            customers.iter().map(of).collect::<Vec<_>>()
        };
        let mut held = Held::new(4, 4);
        held.add(usage(&[3, 0, 1]));
        assert_eq!((held.end, held.usage.len()), (4, 3));
        // Five are too many: those of the first customers that are at most three stay.
        held.add(usage(&[0, 2]));
        assert_eq!((held.end, held.usage.len()), (2, 3));
        held.add(usage(&[3, 2, 2]));
        assert_eq!((held.end, held.usage.len()), (2, 3));
        assert_eq!(held.counts, [2, 1, 3, 2]);
        // One customer alone may have more.
        held.add(usage(&[0, 0, 0, 0]));
        assert_eq!((held.end, held.usage.len()), (1, 6));
        held.add(usage(&[0, 1]));
        assert_eq!((held.end, held.usage.len(), held.counts), (1, 7, vec![7, 2, 3, 2]));
    }
}
