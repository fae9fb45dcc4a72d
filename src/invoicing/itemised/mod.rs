//! Bill and calls → the itemised workbook: a summary, the charges, usage by line, and every call, on sheets to be filtered,
//! added up and printed. Money, times and counts are numbers with formats; texts are written as texts and nothing else, so
//! that none becomes a formula or a link (O3). The same bytes for the same bill (O4): the only time in it is the invoice
//! date. Rows of calls pass through a file without a name in a folder that is given, so that memory does not grow with
//! them.

mod call_sheets;
mod cells;
mod charge_sheet;
mod line_sheet;
mod looks;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::language::printable;
use super::summed_calls::summed_below;
use crate::domain::bill::{Bill, DocumentKind, ItemisedCall};
use crate::domain::money::{CallCharge, Overflow};
use call_sheets::CallSheets;
use looks::Looks;

/// The rows that a sheet can have.
const ROWS_OF_A_SHEET: u32 = 1_048_576;

/// The workbook of a bill. Calls charged `itemise_above` or less are added up; without it all are listed.
///
/// # Errors
/// The folder `scratch` cannot be written to.
pub fn workbook(
    bill: &Bill,
    calls: &[ItemisedCall],
    itemise_above: Option<CallCharge>,
    scratch: &Path,
) -> io::Result<Vec<u8>> {
    workbook_of(bill, calls, itemise_above, scratch, ROWS_OF_A_SHEET)
}

fn workbook_of(
    bill: &Bill,
    calls: &[ItemisedCall],
    itemise_above: Option<CallCharge>,
    scratch: &Path,
    rows_of_a_sheet: u32,
) -> io::Result<Vec<u8>> {
    let looks = Looks::new(bill, calls);
    let mut workbook = Workbook::new();
    let mut write = || -> Result<Vec<u8>, XlsxError> {
        workbook.set_properties(&properties(bill)?);
        workbook.set_tempdir(scratch)?;
        summary::write(add_sheet(&mut workbook, "Summary", bill)?, bill, calls, &looks)?;
        charge_sheet::write(add_sheet(&mut workbook, "Charges", bill)?, bill, &looks)?;
        if !calls.is_empty() || !bill.usage_by_cli.is_empty() {
            line_sheet::write(add_sheet(&mut workbook, "By line", bill)?, bill, &looks)?;
        }
        let mut rows = summed_below(calls, itemise_above);
        rows.sort_by(|one, other| (one.cost_centre(), one.cli()).cmp(&(other.cost_centre(), other.cli())));
        CallSheets { bill, looks: &looks, rows_of_a_sheet }.write(&mut workbook, &rows)?;
        workbook.save_to_buffer()
    };
    write().map_err(|error| match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    })
}

/// Whose it is and of when; nothing of the customer.
fn properties(bill: &Bill) -> Result<DocProperties, XlsxError> {
    let (year, month, day) = bill.invoice_date.ymd();
    let small = |number: u32| u8::try_from(number).map_err(|_| XlsxError::ParameterError("a day".into()));
    let year = u16::try_from(year).map_err(|_| XlsxError::ParameterError("a year".into()))?;
    let day = ExcelDateTime::from_ymd(year, small(month)?, small(day)?)?;
    let organisation = cells::shown(&bill.organisation.name);
    Ok(DocProperties::new()
        .set_title("Itemised charges and calls")
        .set_author(&organisation)
        .set_company(&organisation)
        .set_creation_datetime(&day))
}

fn add_sheet<'w>(workbook: &'w mut Workbook, name: &str, bill: &Bill) -> Result<&'w mut Worksheet, XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    set_page(sheet, bill);
    Ok(sheet)
}

/// On paper: A4, all columns on one page; the document's number and the sheet's name at the foot.
fn set_page(sheet: &mut Worksheet, bill: &Bill) {
    const A4: u8 = 9;
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.5, 0.5, 0.5, 0.7, 0.3, 0.3);
    sheet.set_footer(format!("&L{} · &A&RPage &P of &N", in_footer(&name_of(bill))));
}

/// `Invoice NT-10042`.
fn name_of(bill: &Bill) -> String {
    let kind = match (bill.document, &bill.number) {
        (_, None) => return "Draft — not an invoice".to_owned(),
        (DocumentKind::Invoice, _) => "Invoice",
        (DocumentKind::CreditNote, _) => "Credit note",
    };
    format!("{kind} {}", bill.number.as_deref().map(printable).unwrap_or_default())
}

/// What stands in a footer as it is: an ampersand would begin a code, and so would one with a word in brackets.
fn in_footer(text: &str) -> String {
    text.replace(['[', ']'], "").chars().take(60).collect::<String>().replace('&', "&&")
}

/// Usage of a part of a bill.
#[derive(Default)]
struct Usage {
    records: u64,
    seconds: u64,
    bytes: u64,
    amount: CallCharge,
    capped: CallCharge,
}

impl Usage {
    fn add(&mut self, records: u64, seconds: u64, bytes: u64, amounts: [CallCharge; 2]) -> Result<(), Overflow> {
        let sum = |one: u64, other: u64| one.checked_add(other).ok_or(Overflow);
        self.records = sum(self.records, records)?;
        self.seconds = sum(self.seconds, seconds)?;
        self.bytes = sum(self.bytes, bytes)?;
        self.amount = self.amount.plus(amounts[0])?;
        self.capped = self.capped.plus(amounts[1])?;
        Ok(())
    }
}

/// The bill's usage by what `key` says of its lines, in the order of the keys.
fn usage_by<'b, K: Ord>(
    bill: &'b Bill,
    key: impl Fn(&'b crate::domain::bill::UsageByCli) -> K,
) -> Result<BTreeMap<K, Usage>, XlsxError> {
    let mut parts = BTreeMap::<K, Usage>::new();
    for line in &bill.usage_by_cli {
        let part = parts.entry(key(line)).or_default();
        let added = part.add(line.records, line.seconds, line.bytes, [line.amount, line.capped]);
        added.map_err(|error| XlsxError::ParameterError(error.to_string()))?;
    }
    Ok(parts)
}
