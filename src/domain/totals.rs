//! Control totals: records, units and money by disposition, in against out (B14, interface §6). Counts what it is given;
//! decides nothing.

use serde::Serialize;

use super::disposition::{Disposition, Reason};
use super::money::{CallCharge, Price, Sum};
use super::usage::{Kind, UsageRecord};

/// What a number of records of one kind come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// What they measure; none of lines that could not be read.
    pub kind: Option<Kind>,
    /// How many.
    pub records: u64,
    /// Seconds, bytes or count.
    pub units: Sum<0>,
    /// What the suppliers charge.
    pub cost: Sum<8>,
    /// What the customers are charged.
    pub sell: Sum<6>,
}

impl Tally {
    /// One record.
    pub fn of(kind: Kind, units: u64, cost: Price, sell: CallCharge) -> Self {
        Self {
            kind: Some(kind),
            records: 1,
            units: Sum::from_wide(i128::from(units)),
            cost: [cost].into_iter().sum(),
            sell: [sell].into_iter().sum(),
        }
    }

    /// One record as it came in: its cost as the file has it, no price.
    pub fn of_record(record: &UsageRecord) -> Self {
        Self::of(record.kind, record.units, record.cost.unwrap_or_default(), CallCharge::ZERO)
    }

    /// Lines that could not be read: only their number is known.
    pub fn of_lines(records: u64) -> Self {
        Self { records, ..Self::default() }
    }

    /// Adds another; the kind stays.
    pub fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.units.merge(other.units);
        self.cost.merge(other.cost);
        self.sell.merge(other.sell);
    }

    fn take_away(&mut self, other: &Self) {
        self.records -= other.records;
        self.units.merge(Sum::from_wide(-other.units.wide()));
        self.cost.merge(Sum::from_wide(-other.cost.wide()));
        self.sell.merge(Sum::from_wide(-other.sell.wide()));
    }

    /// The part that must be the same in and out: all but what was decided on the way.
    fn conserved(&self) -> (u64, Sum<0>, Sum<8>) {
        (self.records, self.units, self.cost)
    }
}

/// Where records ended, and what they measure.
type End = (Disposition, Option<Reason>, Option<Kind>);

/// What came in, and where it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControlTotals {
    came_in: Tallies<Option<Kind>>,
    ended: Tallies<End>,
}

/// Few, in the order of their keys.
type Tallies<K> = Vec<(K, Tally)>;

impl ControlTotals {
    /// Counts records in.
    pub fn take_in(&mut self, tally: &Tally) {
        add(&mut self.came_in, tally.kind, tally);
    }

    /// Counts records out.
    pub fn end(&mut self, disposition: Disposition, reason: Option<Reason>, tally: &Tally) {
        add(&mut self.ended, (disposition, reason, tally.kind), tally);
    }

    /// Counts records out of one disposition into another, when more is known of them.
    ///
    /// # Panics
    /// If they were not counted in the first: a caller's mistake.
    pub fn move_on(&mut self, from: Disposition, to: (Disposition, Option<Reason>), tally: &Tally) {
        let key = (from, None, tally.kind);
        let place = self.ended.binary_search_by_key(&key, |(key, _)| *key).expect("counted before it is moved");
        self.ended[place].1.take_away(tally);
        if self.ended[place].1.records == 0 {
            self.ended.remove(place);
        }
        self.end(to.0, to.1, tally);
    }

    /// Adds the totals of another part.
    pub fn merge(&mut self, other: &Self) {
        other.came_in.iter().for_each(|(kind, tally)| add(&mut self.came_in, *kind, tally));
        other.ended.iter().for_each(|(end, tally)| add(&mut self.ended, *end, tally));
    }

    /// What came in, by kind.
    pub fn came_in(&self) -> impl Iterator<Item = &Tally> {
        self.came_in.iter().map(|(_, tally)| tally)
    }

    /// How many records came in, lines that could not be read included.
    pub fn records_in(&self) -> u64 {
        self.came_in().map(|tally| tally.records).sum()
    }

    /// Where it ended, by disposition in the order of [`Disposition::ALL`], reason and kind.
    pub fn ended(&self) -> impl Iterator<Item = (Disposition, Option<Reason>, &Tally)> {
        self.ended.iter().map(|((disposition, reason, _), tally)| (*disposition, *reason, tally))
    }

    /// How many records ended in a disposition.
    pub fn records_of(&self, disposition: Disposition) -> u64 {
        self.ended().filter(|(found, _, _)| *found == disposition).map(|(_, _, tally)| tally.records).sum()
    }

    /// In = out, in records, units and cost, of every kind; the words say by how much it is not.
    pub fn check(&self) -> Result<(), String> {
        let mut out = Tallies::<Option<Kind>>::new();
        self.ended().for_each(|(_, _, tally)| add(&mut out, tally.kind, tally));
        let conserved = |tallies: &Tallies<Option<Kind>>| -> Vec<_> {
            let counted = tallies.iter().filter(|(_, tally)| tally.records > 0);
            counted.map(|(kind, tally)| (*kind, tally.conserved())).collect()
        };
        if conserved(&self.came_in) == conserved(&out) {
            return Ok(());
        }
        let in_words = |tallies: &Tallies<Option<Kind>>| {
            let cost = tallies.iter().fold(Sum::default(), |mut sum: Sum<8>, (_, tally)| {
                sum.merge(tally.cost);
                sum
            });
            format!("{} records costing {cost}", tallies.iter().map(|(_, tally)| tally.records).sum::<u64>())
        };
        Err(format!("the control totals do not agree: in {}, out {}", in_words(&self.came_in), in_words(&out)))
    }
}

/// No records are no row: a file without a bad line says nothing of bad lines.
fn add<K: Ord + Copy>(tallies: &mut Tallies<K>, key: K, tally: &Tally) {
    if tally.records == 0 {
        return;
    }
    // They are few: looking through them is faster than halving them.
    match tallies.iter_mut().find(|(known, _)| *known == key) {
        Some((_, known)) => known.merge(tally),
        None => {
            let place = tallies.partition_point(|(known, _)| *known < key);
            tallies.insert(place, (key, *tally));
        }
    }
}

/// A list with the sums, as machines read it.
impl Serialize for ControlTotals {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Ended<'a> {
            disposition: &'a str,
            reason: Option<&'a str>,
            #[serde(flatten)]
            tally: &'a Tally,
        }
        #[derive(Serialize)]
        struct Totals<'a> {
            r#in: Vec<&'a Tally>,
            out: Vec<Ended<'a>>,
        }
        let out = self.ended().map(|(disposition, reason, tally)| Ended {
            disposition: disposition.name(),
            reason: reason.map(Reason::name),
            tally,
        });
        Totals { r#in: self.came_in().collect(), out: out.collect() }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(seconds: u64, cost: &str) -> Tally {
        Tally::of(Kind::Voice, seconds, Price::parse(cost).unwrap(), CallCharge::ZERO)
    }

    #[test]
    fn what_comes_in_must_go_out() {
        let mut totals = ControlTotals::default();
        totals.take_in(&call(60, "0.01"));
        totals.take_in(&call(30, "0.02"));
        totals.end(Disposition::Billed, None, &call(60, "0.01"));
        assert!(totals.check().unwrap_err().contains("in 2 records costing 0.03, out 1 records costing 0.01"));
        totals.end(Disposition::Suspense, Some(Reason::UnknownCli), &call(30, "0.02"));
        assert_eq!(totals.check(), Ok(()));
        assert_eq!(totals.records_of(Disposition::Suspense), 1);
    }

    #[test]
    fn no_records_are_no_row() {
        let mut totals = ControlTotals::default();
        totals.take_in(&Tally::of_lines(0));
        totals.end(Disposition::Rejected, None, &Tally::of_lines(0));
        assert_eq!(totals, ControlTotals::default());
    }

    #[test]
    fn the_same_number_of_other_records_is_not_the_same() {
        let mut totals = ControlTotals::default();
        totals.take_in(&call(60, "0.01"));
        totals.end(Disposition::Billed, None, &call(61, "0.01"));
        assert!(totals.check().is_err());
    }

    #[test]
    fn what_did_not_occur_is_not_listed() {
        let mut totals = ControlTotals::default();
        totals.take_in(&Tally::of_lines(0));
        totals.end(Disposition::Rejected, None, &Tally::of_lines(0));
        assert_eq!((totals.came_in().count(), totals.ended().count()), (0, 0));
    }

    #[test]
    fn what_moves_on_is_counted_once() {
        let mut totals = ControlTotals::default();
        totals.take_in(&call(60, "0.01"));
        totals.end(Disposition::Rated, None, &call(60, "0.01"));
        totals.move_on(Disposition::Rated, (Disposition::Duplicate, None), &call(60, "0.01"));
        assert_eq!(totals.check(), Ok(()));
        assert_eq!((totals.records_of(Disposition::Rated), totals.records_of(Disposition::Duplicate)), (0, 1));
    }
}
