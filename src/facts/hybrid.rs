//! Small numbers → Parquet's hybrid of runs and packed bits, which levels and the codes of dictionaries are written in.

/// Packed numbers come in eights.
const EIGHT: usize = 8;

/// Bits that hold every number up to `most`.
pub(super) fn width_of(most: u32) -> u32 {
    u32::BITS - most.leading_zeros()
}

/// Appends numbers of at most `width` bits. Eight equal ones or more become a run where that begins at a multiple of
/// eight; others are packed.
pub(super) fn encode<T: Copy + PartialEq>(values: &[T], width: u32, number: impl Fn(T) -> u32, out: &mut Vec<u8>) {
    let (mut packed_from, mut at) = (0, 0);
    while at < values.len() {
        let run = run_length(&values[at..]);
        if run < EIGHT {
            at = values.len().min(at + EIGHT);
            continue;
        }
        pack(&values[packed_from..at], width, &number, out);
        write_varint((run as u64) << 1, out);
        let bytes = number(values[at]).to_le_bytes();
        out.extend_from_slice(&bytes[..width.div_ceil(8) as usize]);
        at += run;
        packed_from = at;
    }
    pack(&values[packed_from..], width, &number, out);
}

/// How many of the first values are equal.
fn run_length<T: Copy + PartialEq>(values: &[T]) -> usize {
    let first = values[0];
    let eights =
        values.chunks_exact(EIGHT).take_while(|eight| eight.iter().fold(true, |all, one| all & (*one == first)));
    let whole = eights.count() * EIGHT;
    whole + values[whole..].iter().take_while(|one| **one == first).count()
}

/// Appends the bits of numbers, lowest first; what lacks at the last eight is zero.
fn pack<T: Copy>(values: &[T], width: u32, number: impl Fn(T) -> u32, out: &mut Vec<u8>) {
    if values.is_empty() {
        return;
    }
    let eights = values.len().div_ceil(EIGHT);
    write_varint((eights as u64) << 1 | 1, out);
    let end = out.len() + eights * width as usize;
    let (mut bits, mut held) = (0_u64, 0);
    for value in values {
        bits |= u64::from(number(*value)) << held;
        held += width;
        if held >= u32::BITS {
            out.extend_from_slice(&bits.to_le_bytes()[..4]);
            bits >>= u32::BITS;
            held -= u32::BITS;
        }
    }
    out.extend_from_slice(&bits.to_le_bytes());
    out.resize(end, 0);
}

/// Appends a number, seven bits a byte, lowest first.
fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The plain reading of the format, one number at a time.
    fn decode(bytes: &[u8], width: u32, count: usize) -> Vec<u32> {
        let (mut values, mut at) = (Vec::new(), 0);
        while values.len() < count {
            let mut header = 0_u64;
            for shift in (0..).step_by(7) {
                header |= u64::from(bytes[at] & 0x7f) << shift;
                at += 1;
                if bytes[at - 1] & 0x80 == 0 {
                    break;
                }
            }
            if header & 1 == 0 {
                let length = width.div_ceil(8) as usize;
                let value = bytes[at..at + length].iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
                values.extend(std::iter::repeat_n(value, (header >> 1) as usize));
                at += length;
            } else {
                let numbers = (header >> 1) as usize * EIGHT;
                let bit = |position: usize| u32::from(bytes[at + position / 8] >> (position % 8) & 1);
                let number =
                    |which: usize| (0..width as usize).map(|low| bit(which * width as usize + low) << low).sum();
                values.extend((0..numbers).map(number).collect::<Vec<u32>>());
                at += numbers * width as usize / 8;
            }
        }
        assert_eq!(at, bytes.len(), "nothing follows");
        values.truncate(count);
        values
    }

    #[test]
    fn numbers_become_runs_and_packed_eights() {
        let check = |values: &[u32], width, expected: &[u8]| {
            let mut out = Vec::new();
            encode(values, width, |value| value, &mut out);
            assert_eq!(out, expected, "{values:?}");
        };
        check(&[], 3, &[]);
        // The example of the format's description.
        check(&[0, 1, 2, 3, 4, 5, 6, 7], 3, &[0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010]);
        check(&[1; 100], 1, &[200, 1, 1]);
        check(&[0; 9], 0, &[18]);
        check(&[5, 5], 3, &[0b11, 0b10_1101, 0, 0]);
        check(&[300; 8], 9, &[16, 44, 1]);
    }

    #[test]
    fn a_width_holds_the_largest_number() {
        for (most, width) in [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (131_071, 17), (u32::MAX, 32)] {
            assert_eq!(width_of(most), width, "{most}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back(
            runs in proptest::collection::vec((any::<u32>(), 1_usize..40), 0..60),
            width in 0_u32..=32,
        ) {
            let fit = |value: u32| value & u32::try_from((1_u64 << width) - 1).unwrap();
            let values: Vec<u32> = runs.iter().flat_map(|(value, count)| vec![fit(*value); *count]).collect();
            let mut out = Vec::new();
            encode(&values, width, |value| value, &mut out);
            prop_assert_eq!(decode(&out, width, values.len()), values);
        }
    }
}
