//! Lines, in any order → the bill: lines in the order in which it is read, VAT, sums, balance, messages, names. Checks
//! that it adds up. Decides nothing.

use super::BillingError;
use super::context::Context;
use super::thresholds::call_spend;
use super::usage::usage_until;
use super::vat::vat_by_code;
use crate::domain::bill::{
    Bill, BillAllowance, BillBalance, BillCustomer, BillLine, BillOrganisation, BillTotals, BillVat, DocumentKind,
    LineKind, MODEL_VERSION, UsageByClass, UsageByCli,
};
use crate::domain::contact::BillMandate;
use crate::domain::customer::{PaymentTerms, Status};
use crate::domain::money::{Money, Overflow};

/// What goes on one bill.
pub(super) struct Content {
    /// The name of the cost centre that all of it is of; empty for none.
    pub cost_centre: String,
    pub lines: Vec<BillLine>,
    pub usage: UsageSummaries,
    pub allowances: Vec<BillAllowance>,
    /// What the customer owes before it.
    pub balance: Money,
    /// The message for the next invoice was not printed yet.
    pub has_next_message: bool,
}

/// Usage beside the lines.
pub(super) struct UsageSummaries {
    pub by_class: Vec<UsageByClass>,
    pub by_cli: Vec<UsageByCli>,
}

/// Makes the bill.
///
/// # Panics
/// If it does not add up.
pub(super) fn assemble(context: &Context<'_>, content: Content) -> Result<Bill, BillingError> {
    let Content { cost_centre, mut lines, usage, allowances, balance: before, has_next_message } = content;
    sort_for_reading(&mut lines);
    let vat = vat_by_code(context, &lines)?;
    let (totals, balance) = sum_up(context, &lines, &vat, before)?;
    let organisation = &context.book.organisations[context.customer.organisation.index()];
    let terms = context.customer.payment_terms.unwrap_or(organisation.payment_terms);
    let invoice_date = context.terms.invoice_date;
    let bill = Bill {
        model: MODEL_VERSION,
        number: None,
        is_final: is_final(context),
        currency: context.customer.currency,
        organisation: bill_organisation(context),
        customer: bill_customer(context, terms, cost_centre),
        invoice_date,
        due_date: context.terms.due_date.unwrap_or_else(|| terms.due_date(invoice_date)),
        usage_until: usage_until(context),
        lines,
        usage_by_class: usage.by_class,
        usage_by_cli: usage.by_cli,
        allowances,
        vat,
        totals,
        balance,
        messages: messages(context, has_next_message),
        document: DocumentKind::Invoice,
        credits: None,
        reason: String::new(),
    };
    assert_adds_up(&bill);
    Ok(bill)
}

/// The order of a bill: cost centre, those without one first; within it what is charged for, from what recurs to what
/// was used, fees last; within that the category. Lines that agree in all three keep the order in which they were made:
/// charges by id and date, services by description and CLI, usage by class.
fn sort_for_reading(lines: &mut [BillLine]) {
    let place = |kind: LineKind| match kind {
        // A credit stands beside the charge that it gives back.
        LineKind::Recurring | LineKind::Credit => 0,
        LineKind::OneOff => 1,
        LineKind::Service => 2,
        LineKind::Usage => 3,
        LineKind::EmptyInvoiceFee | LineKind::LowInvoiceFee | LineKind::Padding => 4,
    };
    lines.sort_by(|a, b| {
        (&a.cost_centre, place(a.kind), &a.category).cmp(&(&b.cost_centre, place(b.kind), &b.category))
    });
}

/// The last bill of a customer that leaves: all of its service ends before the cutoff.
fn is_final(context: &Context<'_>) -> bool {
    context.customer.status == Status::FinalBill
        && context.customer.final_bill_date.is_none_or(|last| last < context.terms.usage_cutoff)
}

fn sum_up(
    context: &Context<'_>,
    lines: &[BillLine],
    vat: &[BillVat],
    previous: Money,
) -> Result<(BillTotals, BillBalance), Overflow> {
    let net = Money::total(lines.iter().map(|line| line.amount.money))?;
    let usage = call_spend(lines)?;
    let tax = Money::total(vat.iter().map(|row| row.vat.money))?;
    let gross = net.plus(tax)?;
    let amount = |money| context.amount(money);
    let totals = BillTotals {
        usage: amount(usage),
        charges: amount(net.minus(usage)?),
        net: amount(net),
        vat: amount(tax),
        gross: amount(gross),
    };
    let balance =
        BillBalance { previous: amount(previous), this_bill: amount(gross), now: amount(previous.plus(gross)?) };
    Ok((totals, balance))
}

fn bill_organisation(context: &Context<'_>) -> BillOrganisation {
    let organisation = &context.book.organisations[context.customer.organisation.index()];
    BillOrganisation {
        code: organisation.code.clone(),
        name: organisation.name.clone(),
        address: organisation.address.clone(),
        vat_number: organisation.vat_number.clone(),
        company_number: organisation.company_number.clone(),
        colour: organisation.colour.clone(),
        logo: organisation.logo.clone(),
        contact: organisation.contact.clone(),
        bank: organisation.bank.clone(),
        footer: organisation.footer.clone(),
        endpoint: organisation.endpoint.clone(),
    }
}

fn bill_customer(context: &Context<'_>, terms: PaymentTerms, cost_centre: String) -> BillCustomer {
    let customer = context.customer;
    BillCustomer {
        account: customer.account.clone(),
        name: customer.name.clone(),
        cost_centre,
        reference: customer.reference.clone(),
        address: customer.address.clone(),
        vat_number: customer.vat_number.clone(),
        purchase_order: customer.purchase_order.clone(),
        payment_method: customer.payment_method.clone(),
        language: customer.language.clone(),
        mandate: BillMandate {
            reference: customer.direct_debit.mandate.clone(),
            account_ending: customer.direct_debit.bank.ending().to_owned(),
        },
        buyer_reference: customer.buyer_reference.clone(),
        endpoint: customer.endpoint.clone(),
        payment_terms: match terms {
            PaymentTerms::Days(1) => "1 day".to_owned(),
            PaymentTerms::Days(days) => format!("{days} days"),
            PaymentTerms::Months(1) => "1 month".to_owned(),
            PaymentTerms::Months(months) => format!("{months} months"),
        },
    }
}

/// The run's, the customer's, and the one for the next invoice only.
fn messages(context: &Context<'_>, has_next_message: bool) -> Vec<String> {
    let next = if has_next_message { context.customer.next_invoice_message.as_str() } else { "" };
    let all = [context.terms.message.as_str(), &context.customer.invoice_message, next];
    all.into_iter().filter(|message| !message.is_empty()).map(str::to_owned).collect()
}

/// Every total a second time, another way, in release as well.
fn assert_adds_up(bill: &Bill) {
    let account = &bill.customer.account;
    let minor = |amounts: &mut dyn Iterator<Item = Money>| amounts.map(|money| i128::from(money.minor())).sum::<i128>();
    let net = i128::from(bill.totals.net.money.minor());
    let vat = i128::from(bill.totals.vat.money.minor());
    let gross = i128::from(bill.totals.gross.money.minor());
    let parts = [bill.totals.usage.money, bill.totals.charges.money];
    assert!(minor(&mut bill.lines.iter().map(|line| line.amount.money)) == net, "{account}: lines do not make the net");
    assert!(minor(&mut parts.into_iter()) == net, "{account}: usage and charges do not make the net");
    assert!(minor(&mut bill.vat.iter().map(|row| row.net.money)) == net, "{account}: VAT is not on the net");
    assert!(minor(&mut bill.vat.iter().map(|row| row.vat.money)) == vat, "{account}: VAT does not add up");
    assert!(net + vat == gross, "{account}: net and VAT do not make the gross");
    let BillBalance { previous, this_bill, now } = bill.balance;
    assert!(
        minor(&mut [previous.money, this_bill.money].into_iter()) == i128::from(now.money.minor()),
        "{account}: balance"
    );
}
