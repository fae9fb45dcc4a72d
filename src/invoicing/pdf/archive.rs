//! A laid out document → PDF/A-3: tagged for screen readers (PDF/A-3a with PDF/UA-1), with the file it carries. What would
//! otherwise come from the clock or the compiler is fixed.

use typst::diag::SourceResult;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::document_name;
use crate::domain::time::Date;
use crate::invoicing::InvoicePages;

/// With more calls than these, the pages carry no tags for screen readers: they take 1.1 kB a call, 2.7 of the 2.9 MB of
/// an invoice with 2,500 of them. Such documents are PDF/A-3b.
const MOST_CALLS_TAGGED: usize = 200;

/// Writes by the strictest standard that what the template made meets: letters that no font has, or a picture without an
/// alternative in a template of a workspace, are no reason to have no invoice.
pub(super) fn write(document: &PagedDocument, pages: &InvoicePages<'_>) -> SourceResult<Vec<u8>> {
    let is_tagged = pages.calls.len() <= MOST_CALLS_TAGGED;
    let standards: &[&[PdfStandard]] = match is_tagged {
        true => &[&[PdfStandard::A_3a, PdfStandard::Ua_1], &[PdfStandard::A_3a], &[PdfStandard::A_3b], &[]],
        false => &[&[PdfStandard::A_3b], &[]],
    };
    let mut result = None;
    for list in standards {
        let options = PdfOptions {
            tagged: is_tagged,
            standards: PdfStandards::new(list).expect("the standards are compatible"),
            ..options_for(pages)
        };
        let written = typst_pdf::pdf(document, &options);
        let is_done = written.is_ok();
        result = Some(written);
        if is_done {
            break;
        }
    }
    result.expect("there is at least one way to write")
}

/// Fixes what a PDF would otherwise take from the clock or the compiler.
fn options_for(pages: &InvoicePages<'_>) -> PdfOptions {
    let bill = pages.bill;
    let name = document_name(bill);
    PdfOptions {
        ident: Smart::Custom(format!(
            "{}/{name}/{}/{}",
            bill.organisation.code,
            bill.invoice_date,
            pages.format.name()
        )),
        creator: Smart::Custom(Some("tollbook".into())),
        timestamp: midnight(bill.invoice_date).map(Timestamp::new_utc),
        ..PdfOptions::default()
    }
}

fn midnight(date: Date) -> Option<Datetime> {
    let (year, month, day) = date.ymd();
    Datetime::from_ymd_hms(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?, 0, 0, 0)
}
