//! Bill → what the template prints: every amount, date and duration as the text that people read, every group with its
//! subtotal, so that a template only places things. Adds nothing to the bill and lists no cost of ours.

use serde::Serialize;

use super::allowance_table::{self, AllowanceTable};
use super::charge_sections::{self, Section, rate_of};
use super::display::{self, MoneyStyle, printable, wrapped};
use super::itemisation::{self, Itemisation};
use super::palette::Palette;
use super::usage_summary::{self, UsageTable};
use crate::domain::bill::{Amount, Bill, BillVat, ItemisedCall};
use crate::domain::customer::Address;
use crate::domain::money::{Money, Overflow, Percent, Rounding, Sum};
use crate::domain::price_book::VatKind;

/// Everything that a template can print; `docs/documents.md` lists it for those who write one.
#[derive(Serialize)]
pub(super) struct View {
    title: &'static str,
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
    /// Name of the currency's amounts without sign, for column heads.
    currency: String,
    sections: Vec<Section>,
    vat: Vec<VatRow>,
    totals: Vec<Fact>,
    total: Fact,
    balance: Vec<Fact>,
    notes: Vec<String>,
    messages: Vec<Vec<String>>,
    usage_by_class: UsageTable,
    usage_by_cli: UsageTable,
    allowances: AllowanceTable,
    itemisation: Option<Itemisation>,
}

#[derive(Serialize)]
struct Party {
    name: String,
    address: Vec<String>,
    /// Registration numbers.
    facts: Vec<String>,
}

#[derive(Serialize)]
struct Fact {
    label: String,
    value: String,
}

/// What the reader must do.
#[derive(Serialize)]
struct Due {
    label: &'static str,
    amount: String,
    note: String,
}

#[derive(Serialize)]
struct VatRow {
    label: String,
    rate: String,
    net: String,
    vat: String,
}

/// The view of a bill and of the calls to list.
///
/// # Errors
/// [`Overflow`] if a subtotal does not fit.
pub(super) fn view_of(bill: &Bill, calls: &[ItemisedCall], palette: Palette) -> Result<View, Overflow> {
    let style = MoneyStyle::new(bill.currency);
    Ok(View {
        title: title_of(bill),
        is_draft: bill.number.is_none(),
        name: name_of(bill),
        palette,
        logo: (!bill.organisation.logo.is_empty()).then(|| format!("/{}", bill.organisation.logo)),
        organisation: organisation_of(bill),
        customer: customer_of(bill),
        facts: facts_of(bill),
        due: due_of(bill, style)?,
        currency: bill.currency.sign().trim().to_owned(),
        sections: charge_sections::sections_of(bill, style)?,
        vat: bill.vat.iter().map(|vat| vat_row(vat, style)).collect(),
        totals: vec![
            fact("Usage", style.amount(bill.totals.usage)),
            fact("Charges", style.amount(bill.totals.charges)),
            fact("Total excluding VAT", style.amount(bill.totals.net)),
            fact("VAT", style.amount(bill.totals.vat)),
        ],
        total: fact("Total including VAT", style.amount(bill.totals.gross)),
        balance: balance_of(bill, style),
        notes: notes_of(bill, style)?,
        messages: bill.messages.iter().map(|message| message.lines().map(wrapped).collect()).collect(),
        usage_by_class: usage_summary::by_class(bill, style),
        usage_by_cli: usage_summary::by_cli(bill, style),
        allowances: allowance_table::allowances_of(bill, style),
        itemisation: itemisation::itemisation_of(bill, calls, style),
    })
}

fn title_of(bill: &Bill) -> &'static str {
    match (bill.number.is_none(), bill.totals.gross.money < Money::ZERO, bill.is_final) {
        (true, _, _) => "Draft — not an invoice",
        (_, true, true) => "Final credit invoice",
        (_, true, false) => "Credit invoice",
        (_, false, true) => "Final invoice",
        (_, false, false) => "Invoice",
    }
}

fn name_of(bill: &Bill) -> String {
    match &bill.number {
        Some(number) => printable(number),
        None => format!("Draft, account {}", printable(&bill.customer.account)),
    }
}

fn organisation_of(bill: &Bill) -> Party {
    let organisation = &bill.organisation;
    let facts = [("VAT registration", &organisation.vat_number), ("Company number", &organisation.company_number)];
    Party {
        name: wrapped(&organisation.name),
        address: address_lines(&organisation.address),
        facts: facts
            .into_iter()
            .filter(|(_, number)| !number.is_empty())
            .map(|(label, number)| format!("{label} {}", printable(number)))
            .collect(),
    }
}

fn customer_of(bill: &Bill) -> Party {
    Party { name: wrapped(&bill.customer.name), address: address_lines(&bill.customer.address), facts: Vec::new() }
}

fn address_lines(address: &Address) -> Vec<String> {
    let parts = [&address.town, &address.county, &address.postcode, &address.country];
    address.lines.iter().chain(parts).map(|line| wrapped(line)).filter(|line| !line.is_empty()).collect()
}

fn fact(label: &str, value: String) -> Fact {
    Fact { label: label.into(), value }
}

fn facts_of(bill: &Bill) -> Vec<Fact> {
    let customer = &bill.customer;
    [
        ("Invoice number", bill.number.as_deref().map_or_else(|| "none yet".into(), wrapped)),
        ("Invoice date (tax point)", bill.invoice_date.in_words()),
        ("Due date", bill.due_date.in_words()),
        ("Account", wrapped(&customer.account)),
        ("Your reference", wrapped(&customer.reference)),
        ("Purchase order", wrapped(&customer.purchase_order)),
        ("Your VAT number", wrapped(&customer.vat_number)),
        ("Usage up to", bill.usage_until.previous().in_words()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(label, value)| fact(label, value))
    .collect()
}

fn due_of(bill: &Bill, style: MoneyStyle) -> Result<Due, Overflow> {
    let now = bill.balance.now;
    let by = format!("due by {}", bill.due_date.in_words());
    let method = printable(&bill.customer.payment_method);
    Ok(match now.money.cmp(&Money::ZERO) {
        std::cmp::Ordering::Greater => Due {
            label: "Amount due",
            amount: style.amount(now),
            note: if method.is_empty() { by } else { format!("{by} · {method}") },
        },
        std::cmp::Ordering::Equal => {
            Due { label: "Nothing to pay", amount: style.amount(now), note: "your account is settled".into() }
        }
        std::cmp::Ordering::Less => Due {
            label: "Credit on your account",
            amount: style.amount(Amount { money: now.money.negated()?, ..now }),
            note: "nothing to pay".into(),
        },
    })
}

fn balance_of(bill: &Bill, style: MoneyStyle) -> Vec<Fact> {
    let balance = &bill.balance;
    if balance.previous.money == Money::ZERO {
        return Vec::new();
    }
    vec![
        fact("Balance brought forward", style.amount(balance.previous)),
        fact("This bill", style.amount(balance.this_bill)),
        fact("Balance now", style.amount(balance.now)),
    ]
}

fn vat_row(vat: &BillVat, style: MoneyStyle) -> VatRow {
    let label = if vat.label.is_empty() { &vat.code } else { &vat.label };
    VatRow { label: wrapped(label), rate: rate_of(vat), net: style.amount(vat.net), vat: style.amount(vat.vat) }
}

/// Terms of payment, and what the law wants said of a reverse charge (V2).
fn notes_of(bill: &Bill, style: MoneyStyle) -> Result<Vec<String>, Overflow> {
    let mut notes = Vec::new();
    for vat in bill.vat.iter().filter(|vat| vat.kind == VatKind::ReverseCharge) {
        notes.push(if vat.rate == Percent::ZERO {
            "Reverse charge: the customer accounts for the VAT.".into()
        } else {
            let accounted = vat_accounted_for(vat)?;
            let (amount, rate) = (style.amount(accounted), display::percent(vat.rate));
            format!("Reverse charge: the customer accounts for VAT of {amount} ({rate}).")
        });
    }
    let terms = printable(&bill.customer.payment_terms);
    if !terms.is_empty() {
        notes.push(format!("Payment terms: {terms} from the invoice date."));
    }
    let method = printable(&bill.customer.payment_method);
    if !method.is_empty() {
        notes.push(format!("Payment method: {method}."));
    }
    Ok(notes)
}

/// The VAT that the customer owes itself: the rate on the sum of the code's lines, half up (V2, V3).
fn vat_accounted_for(vat: &BillVat) -> Result<Amount, Overflow> {
    let wide = i128::from(vat.net.money.minor()) * i128::from(vat.rate.scaled());
    // Net is in minor units and the percentage in 1/10,000, so that the product counts 1/1,000,000 of a minor unit.
    Ok(Amount { money: Sum::<6>::from_wide(wide).to_money(0, Rounding::HalfUp)?, digits: vat.net.digits })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoicing::samples;

    fn view(bill: &Bill) -> View {
        view_of(bill, &[], Palette::from_accent("").expect("the default")).expect("no overflow")
    }

    fn pairs(facts: &[Fact]) -> Vec<(&str, &str)> {
        facts.iter().map(|fact| (fact.label.as_str(), fact.value.as_str())).collect()
    }

    #[test]
    fn the_title_says_what_it_is() {
        let with = |number: Option<&str>, is_final, pence| {
            let mut bill = samples::short();
            (bill.number, bill.is_final, bill.totals.gross) =
                (number.map(Into::into), is_final, samples::pounds(pence));
            bill
        };
        for (bill, expected) in [
            (with(Some("1"), false, 100), "Invoice"),
            (with(Some("1"), false, 0), "Invoice"),
            (with(Some("1"), false, -1), "Credit invoice"),
            (with(Some("1"), true, 100), "Final invoice"),
            (with(Some("1"), true, -100), "Final credit invoice"),
            (with(None, false, 100), "Draft — not an invoice"),
            (with(None, true, -100), "Draft — not an invoice"),
        ] {
            assert_eq!(view(&bill).title, expected);
        }
    }

    #[test]
    fn facts_that_a_bill_lacks_are_left_out() {
        assert_eq!(
            pairs(&view(&samples::short()).facts),
            [
                ("Invoice number", "NT-10042"),
                ("Invoice date (tax point)", "1 November 2026"),
                ("Due date", "1 December 2026"),
                ("Account", "1001"),
                ("Usage up to", "31 October 2026"), // the cutoff, 1 November, is exclusive (X6)
            ]
        );
        let long = view(&samples::long());
        let labels: Vec<&str> = long.facts.iter().map(|fact| fact.label.as_str()).collect();
        assert_eq!(labels[4..7], ["Your reference", "Purchase order", "Your VAT number"]);
    }

    #[test]
    fn what_is_due_is_the_balance() {
        let with = |pence| {
            let mut bill = samples::short();
            bill.balance.now = samples::pounds(pence);
            bill
        };
        for (pence, label, amount, note) in [
            (123_456, "Amount due", "£1,234.56", "due by 1 December 2026 · Direct Debit"),
            (0, "Nothing to pay", "£0.00", "your account is settled"),
            (-500, "Credit on your account", "£5.00", "nothing to pay"),
        ] {
            let due = view(&with(pence)).due;
            assert_eq!((due.label, due.amount.as_str(), due.note.as_str()), (label, amount, note));
        }
    }

    #[test]
    fn sums_and_balance() {
        let view = view(&samples::credit());
        assert_eq!(
            pairs(&view.totals),
            [
                ("Usage", "£0.00"),
                ("Charges", "−£316.67"),
                ("Total excluding VAT", "−£316.67"),
                ("VAT", "−£63.33"), // 316.67 × 20 % = 63.334
            ]
        );
        assert_eq!(pairs(&[view.total]), [("Total including VAT", "−£380.00")]);
        assert_eq!(
            pairs(&view.balance),
            [("Balance brought forward", "£120.00"), ("This bill", "−£380.00"), ("Balance now", "−£260.00")]
        );
    }

    #[test]
    fn a_reverse_charge_names_what_the_customer_accounts_for_v2() {
        let view = view(&samples::wordy());
        // 11,999,880.01 × 20 % = 2,399,976.002
        assert_eq!(view.notes[0], "Reverse charge: the customer accounts for VAT of £2,399,976.00 (20%).");
        assert_eq!((view.vat[0].rate.as_str(), view.vat[0].vat.as_str()), ("reverse", "£0.00"));
    }
}
