//! Bill → what the template prints: every amount, date and duration as the text that people read, every group with its
//! subtotal, so that a template only places things. Adds nothing to the bill and lists no cost of ours.

use serde::Serialize;

use super::display::{self, MoneyStyle, printable};
use super::itemisation::{self, Itemisation};
use super::palette::Palette;
use crate::domain::bill::{Amount, Bill, BillLine, BillVat, ItemisedCall};
use crate::domain::customer::Address;
use crate::domain::money::{CallCharge, Money, Overflow, Percent, Rounding, Sum};
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

/// The lines of one cost centre.
#[derive(Serialize)]
struct Section {
    /// Empty where the customer has no cost centres.
    title: String,
    subtotal: String,
    groups: Vec<Group>,
}

/// The lines of one category.
#[derive(Serialize)]
struct Group {
    title: String,
    subtotal: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    description: String,
    /// Printed small: details, CLI, proration.
    small: String,
    period: String,
    quantity: String,
    price: String,
    vat: String,
    amount: String,
}

#[derive(Serialize)]
struct VatRow {
    label: String,
    rate: String,
    net: String,
    vat: String,
}

/// Usage by class or by CLI; a column that no row fills is left out by the template.
#[derive(Serialize)]
struct UsageTable {
    has_voice: bool,
    has_data: bool,
    rows: Vec<UsageRow>,
    total: Option<UsageRow>,
}

#[derive(Serialize)]
struct UsageRow {
    name: String,
    small: String,
    records: String,
    duration: String,
    data: String,
    amount: String,
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
        sections: sections_of(bill, style)?,
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
        messages: bill.messages.iter().map(|message| message.lines().map(printable).collect()).collect(),
        usage_by_class: usage_by_class(bill, style),
        usage_by_cli: usage_by_cli(bill, style),
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
        name: printable(&organisation.name),
        address: address_lines(&organisation.address),
        facts: facts
            .into_iter()
            .filter(|(_, number)| !number.is_empty())
            .map(|(label, number)| format!("{label} {}", printable(number)))
            .collect(),
    }
}

fn customer_of(bill: &Bill) -> Party {
    Party { name: printable(&bill.customer.name), address: address_lines(&bill.customer.address), facts: Vec::new() }
}

fn address_lines(address: &Address) -> Vec<String> {
    let parts = [&address.town, &address.county, &address.postcode, &address.country];
    address.lines.iter().chain(parts).map(|line| printable(line)).filter(|line| !line.is_empty()).collect()
}

fn fact(label: &str, value: String) -> Fact {
    Fact { label: label.into(), value }
}

fn facts_of(bill: &Bill) -> Vec<Fact> {
    let customer = &bill.customer;
    [
        ("Invoice number", bill.number.as_deref().map_or_else(|| "none yet".into(), printable)),
        ("Invoice date (tax point)", bill.invoice_date.in_words()),
        ("Due date", bill.due_date.in_words()),
        ("Account", printable(&customer.account)),
        ("Your reference", printable(&customer.reference)),
        ("Purchase order", printable(&customer.purchase_order)),
        ("Your VAT number", printable(&customer.vat_number)),
        ("Usage up to", bill.usage_until.previous().in_words()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(label, value)| fact(label, value))
    .collect()
}

fn due_of(bill: &Bill, style: MoneyStyle) -> Result<Due, Overflow> {
    let now = bill.balance.now;
    let by = format!("by {}", bill.due_date.in_words());
    let method = printable(&bill.customer.payment_method);
    Ok(match now.money.cmp(&Money::ZERO) {
        std::cmp::Ordering::Greater => Due {
            label: "Amount due",
            amount: style.amount(now),
            note: if method.is_empty() { by } else { format!("{by}, {method}") },
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

/// Cost centres and their categories, each in the order in which the bill first names it.
fn sections_of(bill: &Bill, style: MoneyStyle) -> Result<Vec<Section>, Overflow> {
    let has_cost_centres = bill.lines.iter().any(|line| !line.cost_centre.is_empty());
    let subtotal = |lines: &[&BillLine]| {
        let money = Money::total(lines.iter().map(|line| line.amount.money))?;
        Ok(style.amount(Amount::new(money, bill.currency)))
    };
    let mut sections = Vec::new();
    for lines in grouped_by(bill.lines.iter().collect(), |line| &line.cost_centre) {
        let mut groups = Vec::new();
        for lines in grouped_by(lines.clone(), |line| &line.category) {
            groups.push(Group {
                title: printable(&lines[0].category),
                subtotal: subtotal(&lines)?,
                lines: lines.iter().map(|line| line_of(line, bill, style)).collect(),
            });
        }
        let title = match (has_cost_centres, lines[0].cost_centre.as_str()) {
            (false, _) => String::new(),
            (true, "") => "No cost centre".into(),
            (true, name) => printable(name),
        };
        sections.push(Section { title, subtotal: subtotal(&lines)?, groups });
    }
    Ok(sections)
}

/// The lines that share a key, none of the groups empty, in the order of their first line.
fn grouped_by<'a>(lines: Vec<&'a BillLine>, key: impl Fn(&BillLine) -> &str) -> Vec<Vec<&'a BillLine>> {
    let mut groups: Vec<Vec<&BillLine>> = Vec::new();
    for line in lines {
        match groups.iter_mut().find(|group| key(group[0]) == key(line)) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}

fn line_of(line: &BillLine, bill: &Bill, style: MoneyStyle) -> Line {
    let description = printable(&line.description);
    let cli = Some(printable(&line.cli)).filter(|cli| !description.contains(cli.as_str())).unwrap_or_default();
    let small = [cli, printable(&line.details), printable(&line.proration)];
    Line {
        description,
        small: small.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        period: match (line.from, line.to) {
            (Some(from), Some(to)) => display::period(from, to),
            (Some(from), None) => display::short_date(from),
            (None, Some(to)) => format!("to {}", display::short_date(to)),
            (None, None) => String::new(),
        },
        quantity: display::quantity(line.quantity),
        price: line.price.map(|price| style.price(price)).unwrap_or_default(),
        vat: bill.vat.iter().find(|vat| vat.code == line.vat_code).map(rate_of).unwrap_or_default(),
        amount: style.amount(line.amount),
    }
}

fn rate_of(vat: &BillVat) -> String {
    match vat.kind {
        VatKind::Standard | VatKind::Reduced | VatKind::Zero => display::percent(vat.rate),
        VatKind::Exempt => "exempt".into(),
        VatKind::ReverseCharge => "reverse".into(),
    }
}

fn vat_row(vat: &BillVat, style: MoneyStyle) -> VatRow {
    let label = if vat.label.is_empty() { &vat.code } else { &vat.label };
    VatRow { label: printable(label), rate: rate_of(vat), net: style.amount(vat.net), vat: style.amount(vat.vat) }
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

fn usage_by_class(bill: &Bill, style: MoneyStyle) -> UsageTable {
    let rows = bill.usage_by_class.iter().map(|usage| Usage {
        name: printable(&usage.title),
        small: String::new(),
        counts: [usage.records, usage.seconds, usage.bytes],
        amount: usage.amount,
    });
    usage_table(rows.collect(), style)
}

fn usage_by_cli(bill: &Bill, style: MoneyStyle) -> UsageTable {
    let places = style.places(bill.usage_by_cli.iter().map(|usage| usage.capped));
    let rows = bill.usage_by_cli.iter().map(|usage| {
        let capped = if usage.capped == CallCharge::ZERO {
            String::new()
        } else {
            format!("spending cap took off {}", style.exact(usage.capped, places).trim_start_matches('−'))
        };
        let small = [printable(&usage.description), printable(&usage.cost_centre), capped];
        Usage {
            name: printable(&usage.cli),
            small: small.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            counts: [usage.records, usage.seconds, usage.bytes],
            amount: usage.amount,
        }
    });
    usage_table(rows.collect(), style)
}

/// One row before it is written.
struct Usage {
    name: String,
    small: String,
    /// Records, seconds, bytes.
    counts: [u64; 3],
    amount: CallCharge,
}

fn usage_table(usages: Vec<Usage>, style: MoneyStyle) -> UsageTable {
    let places = style.places(usages.iter().map(|usage| usage.amount));
    let row = |name: String, small: String, [records, seconds, bytes]: [u64; 3], amount: String| UsageRow {
        name,
        small,
        records: display::count(records),
        duration: if seconds == 0 { String::new() } else { display::duration(seconds) },
        data: if bytes == 0 { String::new() } else { display::data(bytes) },
        amount,
    };
    let sums = usages.iter().fold([0_u64; 3], |mut sums, usage| {
        for (sum, count) in sums.iter_mut().zip(usage.counts) {
            *sum = sum.saturating_add(count);
        }
        sums
    });
    let sum: Sum<6> = usages.iter().map(|usage| usage.amount).sum();
    let total = (usages.len() > 1).then(|| row("Total".into(), String::new(), sums, style.sum(sum, places)));
    UsageTable {
        has_voice: sums[1] > 0,
        has_data: sums[2] > 0,
        rows: usages
            .into_iter()
            .map(|usage| row(usage.name, usage.small, usage.counts, style.exact(usage.amount, places)))
            .collect(),
        total,
    }
}
