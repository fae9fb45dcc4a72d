//! Bill → what the template prints: every amount, date and duration as the text that people read, every group with its
//! subtotal, so that a template only places things. Adds nothing to the bill and lists no cost of ours.

mod allowance_table;
mod charge_sections;
mod credit_note;
mod facts;
mod itemisation;
mod messages;
mod palette;
mod payment;
mod pictures;
mod summary;
mod sums;
#[cfg(test)]
mod tests;
mod usage_summary;
mod widths;

use serde::Serialize;
use serde_json::Value;

use self::allowance_table::AllowanceTable;
use self::charge_sections::{Charges, charges_of};
pub(super) use self::credit_note::as_printed;
use self::facts::{Fact, Party};
use self::itemisation::Itemisation;
pub(super) use self::palette::Palette;
use self::payment::{Due, Payment};
use self::pictures::Pictures;
use self::summary::Summary;
use self::sums::VatRow;
use self::usage_summary::UsageTable;
use super::language::{Style, printable};
use super::{InvoicePages, language};
use crate::domain::bill::{Bill, DocumentKind};
use crate::domain::customer::InvoiceFormat;
use crate::domain::money::{Money, Overflow};

/// Everything that a template can print; `docs/documents.md` lists it for those who write one.
#[derive(Serialize)]
pub(super) struct View<'a> {
    /// `short`, `long`, `full`.
    format: &'static str,
    lang: &'a str,
    region: String,
    /// The strings of the language, by section and name.
    words: &'a Value,
    title: String,
    is_draft: bool,
    /// Number or account, for page heads and the document's own title.
    name: String,
    palette: Palette,
    /// The path of the logo for `image()`; none = the name is printed instead.
    logo: Option<String>,
    organisation: Party,
    customer: Party,
    facts: Vec<Fact>,
    due: Due,
    /// How the amount is to be paid, or that it is not; none on a credit note.
    payment: Option<Payment>,
    /// What stands above the sections.
    lines_heading: String,
    /// What stands there if there are none.
    nothing: String,
    /// Name of the currency's amounts without sign, for column heads.
    currency: String,
    #[serde(flatten)]
    charges: Charges,
    /// Of the short format, which has no sections.
    summary: Option<Summary>,
    vat: Vec<VatRow>,
    totals: Vec<Fact>,
    total: Fact,
    balance: Vec<Fact>,
    notes: Vec<String>,
    messages: Vec<Vec<String>>,
    usage_by_class: UsageTable,
    usage_by_cli: UsageTable,
    allowances: AllowanceTable,
    /// Of the full format.
    pictures: Option<Pictures>,
    itemisation: Option<Itemisation>,
}

/// The view of a bill and of the calls to list.
///
/// # Errors
/// [`Overflow`] if a subtotal does not fit.
pub(super) fn view_of<'a>(pages: &InvoicePages<'_>, palette: Palette, style: Style<'a>) -> Result<View<'a>, Overflow> {
    let bill = &*as_printed(pages.bill)?;
    let (is_credit_note, is_short) = (bill.document == DocumentKind::CreditNote, pages.format == InvoiceFormat::Short);
    let word = |key: &str| style.word(key);
    let mut view = View {
        format: pages.format.name(),
        lang: &style.language.code,
        region: style.language.region(),
        words: style.language.words(),
        title: title_of(bill, style),
        is_draft: bill.number.is_none(),
        name: name_of(bill, style.language),
        palette,
        logo: (!bill.organisation.logo.is_empty()).then(|| format!("/{}", bill.organisation.logo)),
        organisation: facts::organisation_of(bill, style.language),
        customer: facts::customer_of(bill),
        facts: if is_credit_note { credit_note::facts_of(bill, style) } else { facts::facts_of(bill, style) },
        due: if is_credit_note { credit_note::due_of(bill, style)? } else { payment::due_of(bill, style)? },
        payment: if is_credit_note { None } else { Some(payment::payment_of(bill, style)?) },
        lines_heading: word(if is_credit_note { "lines.credits" } else { "lines.charges" }),
        nothing: word(if is_credit_note { "lines.nothing_credited" } else { "lines.nothing_charged" }),
        currency: style.sign(),
        charges: if is_short { Charges::none() } else { charges_of(bill, style)? },
        summary: None,
        vat: sums::vat_of(bill, style),
        totals: sums::totals_of(bill, style),
        total: sums::total_of(bill, style),
        balance: sums::balance_of(bill, style),
        notes: messages::notes_of(bill, style)?,
        messages: messages::messages_of(bill, style),
        usage_by_class: if is_short { UsageTable::none() } else { usage_summary::by_class(bill, style) },
        usage_by_cli: if is_short { UsageTable::none() } else { usage_summary::by_cli(bill, style) },
        allowances: if is_short { AllowanceTable::none() } else { allowance_table::allowances_of(bill, style) },
        pictures: None,
        itemisation: if is_short {
            None
        } else {
            itemisation::itemisation_of(bill, pages.calls, pages.itemise_above, style)
        },
    };
    if is_short {
        summary::fit_one_page(&mut view, bill, style)?;
    }
    if pages.format == InvoiceFormat::Full && !is_credit_note {
        view.pictures = Some(pictures::pictures_of(bill, pages, style));
    }
    Ok(view)
}

fn title_of(bill: &Bill, style: Style) -> String {
    if bill.document == DocumentKind::CreditNote {
        return style.word("title.credit_note");
    }
    style.word(match (bill.number.is_none(), bill.totals.gross.money < Money::ZERO, bill.is_final) {
        (true, _, _) => "title.draft",
        (_, true, true) => "title.final_credit_invoice",
        (_, true, false) => "title.credit_invoice",
        (_, false, true) => "title.final_invoice",
        (_, false, false) => "title.invoice",
    })
}

fn name_of(bill: &Bill, language: &language::Language) -> String {
    match &bill.number {
        Some(number) => printable(number),
        None => language.fill("title.draft_name", &[("account", &printable(&bill.customer.account))]),
    }
}
