//! The text of one field → its value, strictly (X4, X5, R6). An error is a phrase that goes on from the value:
//! `"1e5"` *is not a plain number*.

mod amounts;
mod counts;
mod text;
mod times;

use std::borrow::Cow;

pub(super) use amounts::read_amount;
pub(super) use counts::{read_count, read_duration};
pub(super) use text::{check_identifier, check_text, decode, trimmed};
pub(super) use times::{OUTSIDE_YEARS, read_date, read_moment, read_moment_of_two, read_month};

/// What is wrong with a value.
pub(super) type Wrong = Cow<'static, str>;

/// The value of a run of ASCII digits, if it is nothing else and fits.
fn digits(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0_u64, |value, byte| {
        byte.is_ascii_digit().then_some(())?;
        value.checked_mul(10)?.checked_add(u64::from(byte - b'0'))
    })
}
