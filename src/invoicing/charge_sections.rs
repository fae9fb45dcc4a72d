//! Lines of a bill → the table of charges: by cost centre, then by category, each with its subtotal.

use serde::Serialize;

use super::display::{self, MoneyStyle, printable, wrapped};
use crate::domain::bill::{Amount, Bill, BillLine, BillVat};
use crate::domain::money::{Money, Overflow};
use crate::domain::price_book::VatKind;

/// The lines of one cost centre.
#[derive(Serialize)]
pub(super) struct Section {
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

/// Cost centres and their categories, each in the order in which the bill first names it.
pub(super) fn sections_of(bill: &Bill, style: MoneyStyle) -> Result<Vec<Section>, Overflow> {
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
                title: wrapped(&lines[0].category),
                subtotal: subtotal(&lines)?,
                lines: lines.iter().map(|line| line_of(line, bill, style)).collect(),
            });
        }
        let title = match (has_cost_centres, lines[0].cost_centre.as_str()) {
            (false, _) => String::new(),
            (true, "") => "No cost centre".into(),
            (true, name) => wrapped(name),
        };
        sections.push(Section { title, subtotal: subtotal(&lines)?, groups });
    }
    Ok(sections)
}

/// The lines that share a key, none of the groups empty, in the order of their first line.
fn grouped_by(lines: Vec<&BillLine>, key: impl Fn(&BillLine) -> &str) -> Vec<Vec<&BillLine>> {
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
    let description = wrapped(&line.description);
    let cli = Some(wrapped(&line.cli)).filter(|cli| !description.contains(cli.as_str())).unwrap_or_default();
    let small = [cli, wrapped(&line.details), printable(&line.proration)];
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

/// The rate as a line names it.
pub(super) fn rate_of(vat: &BillVat) -> String {
    match vat.kind {
        VatKind::Standard | VatKind::Reduced | VatKind::Zero => display::percent(vat.rate),
        VatKind::Exempt => "exempt".into(),
        VatKind::ReverseCharge => "reverse".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    fn sections(bill: &Bill) -> Vec<Section> {
        sections_of(bill, MoneyStyle::new(Currency::GBP)).expect("no overflow")
    }

    #[test]
    fn lines_are_grouped_with_subtotals() {
        let sections = sections(&samples::long());
        let titles: Vec<&str> = sections.iter().map(|section| section.title.as_str()).collect();
        assert_eq!((titles.len(), &titles[..3]), (10, &["Head office", "Leeds", "Manchester"][..]));
        // 12.34 + 43.21 + 24.68 + 42.00 + 54.99 + 85.00
        assert_eq!(sections[0].subtotal, "£262.22");
        let groups: Vec<(&str, &str, usize)> = sections[0]
            .groups
            .iter()
            .map(|group| (group.title.as_str(), group.subtotal.as_str(), group.lines.len()))
            .collect();
        assert_eq!(
            groups,
            [
                ("Calls", "£55.55", 2),
                ("Line rental", "£66.68", 2),
                ("Connectivity", "£54.99", 1),
                ("Installation", "£85.00", 1),
            ]
        );
    }

    #[test]
    fn a_line_tells_its_arithmetic() {
        let sections = sections(&samples::long());
        let texts = |line: &Line| {
            let Line { description, small, period, quantity, price, vat, amount } = line;
            [description, small, period, quantity, price, vat, amount].map(Clone::clone)
        };
        assert_eq!(
            texts(&sections[0].groups[1].lines[0]),
            ["SIP trunk, 30 channels", "+442079460000 · 17/31 days", "15–31 Oct 2026", "1", "£45.00", "20%", "£24.68"]
        );
        assert_eq!(texts(&sections[0].groups[0].lines[1]), ["Calls to mobiles", "", "", "1,204", "", "20%", "£43.21"]);
        assert_eq!(sections[8].groups[2].lines[0].vat, "5%");
    }

    #[test]
    fn cost_centres_are_named_only_where_there_are_any() {
        assert_eq!(sections(&samples::short())[0].title, "");
        let mut mixed = samples::long();
        mixed.lines[0].cost_centre.clear();
        assert_eq!(sections(&mixed)[0].title, "No cost centre");
        assert_eq!(sections(&samples::empty()).len(), 0);
    }
}
