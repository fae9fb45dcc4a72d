//! Keys of records → a sorted table of them, behind a filter that turns nearly every other key away with one look.

use crate::threads::{Threads, sort};

/// Bits of the filter for each key: of 16 keys that are not in the table, about one passes.
const FILTER_BITS_PER_KEY: usize = 16;
/// Keys of a bucket: so many are compared, on average, where the filter let a key pass.
const KEYS_PER_BUCKET: usize = 4;

/// The share of all keys that one pass is about. Keys are digests, so that the shares are of nearly equal size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    /// Which, from 0.
    pub number: u64,
    /// Of how many.
    pub of: u64,
}

impl Share {
    /// Where a key stands in the share, as a fraction of 2^64; `None` if it belongs to another share.
    fn place(self, key: u64) -> Option<u64> {
        let bytes = (u128::from(key) * u128::from(self.of)).to_be_bytes();
        let (share, place) = bytes.split_at(8);
        let number = |half: &[u8]| u64::from_be_bytes(half.try_into().expect("half of 16 bytes"));
        (number(share) == self.number).then(|| number(place))
    }

    /// Does a key belong to the share?
    pub fn holds(self, key: u64) -> bool {
        self.place(key).is_some()
    }
}

/// Keys of one share, on the way to a table.
pub(super) struct KeyList {
    keys: Vec<u64>,
    /// Keys that came more than once.
    repeated: Vec<u64>,
    /// Keys at which the list is tidied: one that comes again and again takes no room.
    most: usize,
}

impl KeyList {
    /// No keys. Room is made for `most` different ones.
    pub fn new(most: usize) -> Self {
        Self { keys: Vec::new(), repeated: Vec::new(), most }
    }

    /// Adds keys of one share.
    pub fn add(&mut self, keys: &[u64], threads: Option<&dyn Threads>) {
        if self.keys.len() + keys.len() > self.most {
            self.tidy(threads);
        }
        self.keys.extend_from_slice(keys);
    }

    /// The table of the keys, and those of them that came more than once, ascending.
    pub fn into_table(mut self, share: Share, threads: Option<&dyn Threads>) -> (KeyTable, Vec<u64>) {
        self.tidy(threads);
        (KeyTable::of_sorted(self.keys, share), self.repeated)
    }

    fn tidy(&mut self, threads: Option<&dyn Threads>) {
        let keys = &mut self.keys;
        sort(threads, keys);
        self.repeated.extend(keys.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]));
        keys.dedup();
        self.repeated.sort_unstable();
        self.repeated.dedup();
        // More different keys than there is room for: do not sort them again for each few that come.
        self.most = self.most.max(keys.len() + keys.len() / 2);
    }
}

/// Different keys of one share, ascending.
pub(super) struct KeyTable {
    share: Share,
    keys: Vec<u64>,
    filter: Vec<u64>,
    /// Where the keys of each bucket begin, and the end of the last.
    starts: Vec<u32>,
    bucket_bits: u32,
}

impl KeyTable {
    /// The table of keys that are sorted already, and different.
    pub fn of_sorted(keys: Vec<u64>, share: Share) -> Self {
        let bits = (keys.len() * FILTER_BITS_PER_KEY).next_power_of_two().max(64);
        let mut table = Self {
            share,
            filter: vec![0; bits / 64],
            starts: Vec::new(),
            bucket_bits: (keys.len() / KEYS_PER_BUCKET).next_power_of_two().max(2).ilog2(),
            keys,
        };
        table.starts = vec![0; (1 << table.bucket_bits) + 1];
        for position in 0..table.keys.len() {
            let key = table.keys[position];
            let (word, mask) = table.filter_place(key);
            table.filter[word] |= mask;
            let bucket = table.bucket(key).expect("the keys are of the share");
            table.starts[bucket + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut table.starts {
            sum += *start;
            *start = sum;
        }
        table
    }

    /// The keys.
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// The position of a key among the keys.
    pub fn find(&self, key: u64) -> Option<usize> {
        let (word, mask) = self.filter_place(key);
        if self.filter[word] & mask == 0 {
            return None;
        }
        let bucket = self.bucket(key)?;
        let (start, end) = (self.starts[bucket] as usize, self.starts[bucket + 1] as usize);
        self.keys[start..end].iter().position(|known| *known == key).map(|found| start + found)
    }

    /// The bit of a key: by its low bits, while the buckets go by the high ones.
    fn filter_place(&self, key: u64) -> (usize, u64) {
        let word = (key >> 6) & (self.filter.len() as u64 - 1);
        (usize::try_from(word).expect("below a length"), 1 << (key & 63))
    }

    fn bucket(&self, key: u64) -> Option<usize> {
        let bucket = self.share.place(key)? >> (64 - self.bucket_bits);
        Some(usize::try_from(bucket).expect("below the number of buckets"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_table_finds_its_own_keys_and_no_other(
            keys in proptest::collection::vec(prop_oneof![0..6_u64, any::<u64>()], 0..200),
            others in proptest::collection::vec(prop_oneof![0..9_u64, any::<u64>()], 0..50),
            (of, most) in (1..4_u64, 1..100_usize),
        ) {
            for number in 0..of {
                let share = Share { number, of };
                let mut list = KeyList::new(most);
                let mine: Vec<_> = keys.iter().copied().filter(|key| share.holds(*key)).collect();
                mine.chunks(7).for_each(|keys| list.add(keys, None));
                let (table, repeated) = list.into_table(share, None);
                for key in keys.iter().chain(&others) {
                    let found = table.find(*key).map(|position| table.keys()[position]);
                    prop_assert_eq!(found, mine.contains(key).then_some(*key));
                    let times = mine.iter().filter(|other| *other == key).count();
                    prop_assert_eq!(repeated.contains(key), times > 1);
                }
            }
            let shares = |key: &u64| (0..of).filter(|number| Share { number: *number, of }.holds(*key)).count();
            prop_assert!(keys.iter().all(|key| shares(key) == 1));
        }
    }
}
