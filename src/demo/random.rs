//! A seed → the same sequence of numbers on every machine (SplitMix64). Integers only; not for secrets.

/// A stream of pseudo-random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of a seed for one purpose, so that a change in one part of the sample leaves the others as they are.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mixed = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(seed ^ mixed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `bound` − 1; 0 if there is nothing to choose from.
    pub fn below(&mut self, bound: u32) -> u32 {
        let wide = u128::from(self.next()) * u128::from(bound);
        u32::try_from(wide >> 64).expect("below a bound of 32 bits")
    }

    /// From `least` to `most`, both included.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most - least + 1)
    }

    /// True in `share` of 1,000 cases.
    pub fn per_mille(&mut self, share: u32) -> bool {
        self.below(1_000) < share
    }

    /// One of some things, each as likely. `of` is not empty.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.index(of.len())]
    }

    /// A position in a list that is not empty.
    pub fn index(&mut self, length: usize) -> usize {
        self.below(u32::try_from(length).expect("short lists only")) as usize
    }

    /// A position, each as likely as its weight. At least one weight is not 0.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (position, weight) in weights.enumerate() {
            if left < weight {
                return position;
            }
            left -= weight;
        }
        unreachable!("the number drawn is below the sum of the weights")
    }

    /// The pattern with a digit for each `x`.
    pub fn digits(&mut self, pattern: &str) -> String {
        pattern.chars().map(|c| if c == 'x' { char::from(b'0' + self.digit()) } else { c }).collect()
    }

    fn digit(&mut self) -> u8 {
        u8::try_from(self.below(10)).expect("one digit")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_and_a_purpose_give_one_sequence() {
        // The published first outputs of SplitMix64 for the state 0.
        let mut zero = Random(0);
        assert_eq!([zero.next(), zero.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
        let sequence = |seed, purpose| {
            let mut random = Random::new(seed, purpose);
            (0..8).map(|_| random.next()).collect::<Vec<_>>()
        };
        assert_eq!(sequence(1, "calls"), sequence(1, "calls"));
        assert_ne!(sequence(1, "calls"), sequence(2, "calls"));
        assert_ne!(sequence(1, "calls"), sequence(1, "lines"));
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut random = Random::new(3, "bounds");
        for _ in 0..2_000 {
            assert!((35..=180).contains(&random.between(35, 180)));
            assert!(random.weighted([0, 3, 0, 1].into_iter()) % 2 == 1);
            let number = random.digits("+442079460xx");
            assert!(number.len() == 12 && number.bytes().skip(1).all(|byte| byte.is_ascii_digit()));
        }
        assert_eq!(random.below(0), 0);
    }
}
