//! Weights → draws of positions, each as likely as its weight, in constant time (Walker's alias method). Integers only.

use crate::demo::random::Random;

/// A table to draw from.
#[derive(Clone, Debug)]
pub(super) struct Alias {
    /// For each slot how much of it, in 2^-32, is its own position, and whose the rest is.
    slots: Vec<(u32, u32)>,
}

impl Alias {
    /// Of weights that are not all 0; at most 2^32 of them.
    pub fn new(weights: &[u32]) -> Self {
        let number = weights.len() as u128;
        let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        assert!(sum > 0, "nothing to draw");
        let index = |position: usize| u32::try_from(position).expect("at most 2^32 weights");
        // What is left of each, where an even share is `sum`.
        let mut left: Vec<u128> = weights.iter().map(|weight| u128::from(*weight) * number).collect();
        let (mut below, mut above): (Vec<usize>, Vec<usize>) = (0..left.len()).partition(|at| left[*at] < sum);
        let mut slots: Vec<(u32, u32)> = (0..left.len()).map(|at| (u32::MAX, index(at))).collect();
        while let (Some(low), Some(high)) = (below.pop(), above.last().copied()) {
            let own = (left[low] << 32) / sum;
            slots[low] = (u32::try_from(own).expect("less than an even share"), index(high));
            left[high] -= sum - left[low];
            if left[high] < sum {
                above.pop();
                below.push(high);
            }
        }
        Self { slots }
    }

    /// A position.
    pub fn draw(&self, random: &mut Random) -> usize {
        let drawn = random.next();
        let (high, low) = (drawn >> 32, drawn & 0xffff_ffff);
        let at = usize::try_from((high * self.slots.len() as u64) >> 32).expect("a position");
        let (own, other) = self.slots[at];
        if low < u64::from(own) { at } else { other as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_come_as_often_as_their_weights_say() {
        let weights = [5, 0, 1, 94, 900];
        let alias = Alias::new(&weights);
        let mut random = Random::new(1, "alias");
        let mut drawn = [0_i64; 5];
        (0..100_000).for_each(|_| drawn[alias.draw(&mut random)] += 1);
        for (weight, drawn) in weights.iter().zip(drawn) {
            assert!((drawn - i64::from(*weight) * 100).abs() <= 300, "{weight}: {drawn}");
        }
        assert_eq!(drawn[1], 0);
        assert_eq!(Alias::new(&[7]).draw(&mut random), 0);
    }
}
