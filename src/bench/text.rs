//! Numbers → digits in a buffer, without formatting machinery: what makes a million lines a second possible.

/// Up to 15 bytes of text in place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Short {
    bytes: [u8; 15],
    length: u8,
}

impl Short {
    /// # Panics
    /// If the text is longer than 15 bytes.
    pub fn of(text: &str) -> Self {
        let mut bytes = [0; 15];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Self { bytes, length: u8::try_from(text.len()).expect("at most 15") }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// Adds a number without leading zeros.
pub(super) fn push_number(line: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    let mut left = number;
    loop {
        first -= 1;
        digits[first] = digit(left % 10);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    line.extend_from_slice(&digits[first..]);
}

/// Adds the last `width` digits of a number, at most 20.
pub(super) fn push_padded(line: &mut Vec<u8>, number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut left = number;
    for place in digits[..width].iter_mut().rev() {
        *place = digit(left % 10);
        left /= 10;
    }
    line.extend_from_slice(&digits[..width]);
}

/// Adds an amount of 10^-5 pounds as pounds with 5 decimals.
pub(super) fn push_pounds(line: &mut Vec<u8>, amount: u64) {
    push_number(line, amount / 100_000);
    line.push(b'.');
    push_padded(line, amount, 5);
}

/// Adds `HH:MM:SS`.
pub(super) fn push_clock(line: &mut Vec<u8>, second: u32) {
    for (position, part) in [second / 3_600, second / 60 % 60, second % 60].into_iter().enumerate() {
        if position > 0 {
            line.push(b':');
        }
        push_padded(line, u64::from(part), 2);
    }
}

fn digit(value: u64) -> u8 {
    b'0' + u8::try_from(value).expect("one digit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_written() {
        let check = |write: &dyn Fn(&mut Vec<u8>), expected: &str| {
            let mut line = Vec::new();
            write(&mut line);
            assert_eq!(String::from_utf8(line).unwrap(), expected);
        };
        check(&|line| push_number(line, 0), "0");
        check(&|line| push_number(line, u64::MAX), "18446744073709551615");
        check(&|line| push_padded(line, 1_234, 3), "234");
        check(&|line| push_padded(line, 7, 10), "0000000007");
        check(&|line| push_pounds(line, 123_456), "1.23456");
        check(&|line| push_pounds(line, 7), "0.00007");
        check(&|line| push_clock(line, 86_399), "23:59:59");
        assert_eq!(Short::of("+442079460018").bytes(), b"+442079460018");
    }
}
