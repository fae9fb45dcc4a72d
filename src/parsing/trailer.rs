//! The trailer of a file → what it claims, and whether what was read agrees (F4). Also the conservation of physical
//! lines, trailer or not.

use std::borrow::Cow;

use super::frame::SourceFile;
use super::layout::{Layout, TrailerForm};
use super::lines::RecordLine;
use super::refusal::FileRefusal;
use super::split::Fields;
use super::values::{decode, read_amount, read_count, trimmed};
use crate::domain::money::{Currency, Price, Sum};

/// What a file's trailer says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TrailerClaim {
    /// Its physical line.
    pub line: u64,
    /// How many records there are, if it says so.
    pub count: Option<u64>,
    /// The sum of their costs, if it says so.
    pub total: Option<Price>,
}

/// Is this line the trailer: does its first column hold the marker?
pub(super) fn is_trailer(form: &TrailerForm, record: &RecordLine<'_>, layout: &Layout) -> bool {
    // Nearly every line ends the question with its first bytes.
    let unquoted = record.bytes.trim_ascii_start();
    let unquoted = unquoted.strip_prefix(b"\"").unwrap_or(unquoted).trim_ascii_start();
    if !unquoted.starts_with(form.marker.as_bytes()) {
        return false;
    }
    let mut fields = Fields::default();
    fields.split(record.bytes, layout.dialect).is_ok()
        && text_of(&fields, record, 0, layout).is_some_and(|text| text == form.marker)
}

fn text_of<'a>(fields: &Fields, record: &RecordLine<'a>, index: usize, layout: &Layout) -> Option<Cow<'a, str>> {
    decode(fields.get(record.bytes, index)?, layout.encoding).ok().map(trimmed)
}

impl TrailerClaim {
    /// Reads what the layout says the trailer holds. Totals in the minor unit are hundredths.
    pub fn read(file: &str, form: &TrailerForm, record: &RecordLine<'_>, layout: &Layout) -> Result<Self, FileRefusal> {
        let mut fields = Fields::default();
        let _recognised_by_its_first = fields.split(record.bytes, layout.dialect);
        let cell = |index: usize| text_of(&fields, record, index, layout).unwrap_or_default();
        let refuse = |index: usize, wrong: &str| {
            let hint = "the file may be cut off; get it again";
            let refusal = FileRefusal::new(file, format!("the trailer's value {wrong}"), hint).on_line(record.line);
            refusal.in_column((index + 1).to_string()).with_value(cell(index).as_bytes())
        };
        let count = form.count.map(|index| read_count(&cell(index), u64::MAX).map_err(|wrong| refuse(index, &wrong)));
        let total = form.total.map(|index| {
            read_amount(&cell(index), &layout.amounts, Currency::GBP).map_err(|wrong| refuse(index, &wrong))
        });
        Ok(Self { line: record.line, count: count.transpose()?, total: total.transpose()? })
    }
}

impl SourceFile<'_> {
    /// Compares what was read with what the file has. `records`, `rejects` and `blank` are the sums over all chunks,
    /// `cost_sum` is over the records' costs in the major unit. Refuses the file if a physical line is not accounted
    /// for, or if the trailer disagrees. A trailer counts rejected lines as records; its total can only be compared
    /// when nothing was rejected.
    pub fn check_totals(&self, records: u64, rejects: u64, blank: u64, cost_sum: Sum<8>) -> Result<(), FileRefusal> {
        let counts = self.counts;
        let accounted = counts.frame + counts.continuation + records + rejects + blank;
        if accounted != counts.physical {
            let reason = format!("has {} lines, of which {accounted} are accounted for", counts.physical);
            let hint = "nothing is kept; this is a fault of the program, please report it with the layout";
            return Err(FileRefusal::new(&self.file_name, reason, hint));
        }
        let Some(claim) = self.trailer else { return Ok(()) };
        let refuse = |reason: String| {
            let hint = "records are missing or doubled; get the file again";
            Err(FileRefusal::new(&self.file_name, reason, hint).on_line(claim.line))
        };
        match (claim.count, claim.total) {
            (Some(count), _) if count != records + rejects => {
                refuse(format!("the trailer counts {count} records, the file has {}", records + rejects))
            }
            (_, Some(total)) if rejects == 0 && i128::from(total.scaled()) != cost_sum.wide() => {
                refuse(format!("the trailer's total is {total}, the records' costs add up to {cost_sum}"))
            }
            _ => Ok(()),
        }
    }
}
