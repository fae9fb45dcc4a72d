//! Lines of a bill → the table of charges: by cost centre, then by category, each with its subtotal. What the engine itself
//! calls categories and lines is said in the customer's language; words of the book stay as they are.

use std::collections::HashMap;

use serde::Serialize;

use super::widths::{GAP, PAGE, SMALL, TEXT, column, points};
use crate::domain::bill::{Amount, Bill, BillLine, BillVat, LineKind};
use crate::domain::money::{Money, Overflow};
use crate::domain::price_book::{CallClass, VatKind};
use crate::invoicing::language::{Style, printable, wrapped};

/// The table of charges.
#[derive(Serialize)]
pub(super) struct Charges {
    sections: Vec<Section>,
    /// The widths of the columns after the first, in points.
    line_columns: [u32; 5],
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
pub(super) struct Group {
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
    /// How many lines it surely takes, one or two; 0 if that is not known. A row of known height is laid out once.
    height: u32,
}

impl Charges {
    /// Without lines.
    pub(super) fn none() -> Self {
        Self { sections: Vec::new(), line_columns: [0; 5] }
    }
}

/// Cost centres and their categories, each in the order in which the bill first names it.
pub(super) fn charges_of(bill: &Bill, style: Style) -> Result<Charges, Overflow> {
    let has_cost_centres = bill.lines.iter().any(|line| !line.cost_centre.is_empty());
    let mut sections = Vec::new();
    for lines in grouped_by(bill.lines.iter(), |line| &line.cost_centre) {
        let mut groups = Vec::new();
        for lines in grouped_by(lines.iter().copied(), |line| &line.category) {
            groups.push(Group {
                title: category_of(lines[0], style),
                subtotal: subtotal(&lines, bill, style)?,
                lines: lines.iter().map(|line| line_of(line, bill, style)).collect(),
            });
        }
        let title = match (has_cost_centres, lines[0].cost_centre.as_str()) {
            (false, _) => String::new(),
            (true, "") => style.word("lines.no_cost_centre"),
            (true, name) => wrapped(name),
        };
        sections.push(Section { title, subtotal: subtotal(&lines, bill, style)?, groups });
    }
    let mut charges = Charges { sections, line_columns: [0; 5] };
    charges.measure(style);
    Ok(charges)
}

/// The sum of lines, as it is printed.
pub(super) fn subtotal(lines: &[&BillLine], bill: &Bill, style: Style) -> Result<String, Overflow> {
    let money = Money::total(lines.iter().map(|line| line.amount.money))?;
    Ok(style.amount(Amount::new(money, bill.currency)))
}

/// The lines that share a key, none of the groups empty, in the order of their first line.
pub(super) fn grouped_by<'a>(
    lines: impl Iterator<Item = &'a BillLine>,
    key: impl Fn(&BillLine) -> &str,
) -> Vec<Vec<&'a BillLine>> {
    let mut groups: Vec<Vec<&BillLine>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for line in lines {
        let place = *places.entry(key(line).to_owned()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(line);
    }
    groups
}

impl Charges {
    /// Finds out how wide the columns must be, and which lines then surely fit their rows.
    fn measure(&mut self, style: Style) {
        let heads = ["lines.period", "lines.quantity", "lines.price", "lines.vat", "lines.amount"];
        let lines = || self.sections.iter().flat_map(|section| &section.groups).flat_map(|group| &group.lines);
        let cells = [
            lines().map(|line| line.period.as_str()).collect::<Vec<_>>(),
            lines().map(|line| line.quantity.as_str()).collect(),
            lines().map(|line| line.price.as_str()).collect(),
            lines().map(|line| line.vat.as_str()).collect(),
            lines().map(|line| line.amount.as_str()).collect(),
        ];
        let mut widths = [0; 5];
        for ((width, head), cells) in widths.iter_mut().zip(heads).zip(cells) {
            *width = column(cells.into_iter(), style.language.word(head), LEAST_COLUMN) + GAP;
        }
        self.line_columns = widths;
        let left = PAGE.saturating_sub(widths.iter().sum());
        for line in self.sections.iter_mut().flat_map(|section| &mut section.groups).flat_map(|group| &mut group.lines)
        {
            let fits = points(&line.description, TEXT) <= left && points(&line.small, SMALL) <= left;
            line.height = if fits { if line.small.is_empty() { 1 } else { 2 } } else { 0 };
        }
    }
}

const LEAST_COLUMN: u32 = 22;

fn line_of(line: &BillLine, bill: &Bill, style: Style) -> Line {
    let description = description_of(line, style);
    let cli = Some(wrapped(&line.cli)).filter(|cli| !description.contains(cli.as_str())).unwrap_or_default();
    let small = [cli, wrapped(&line.details), proration_of(line, style)];
    let language = style.language;
    Line {
        description,
        small: small.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        period: match (line.from, line.to) {
            (Some(from), Some(to)) => language.period(from, to),
            (Some(from), None) => language.short_date(from),
            (None, Some(to)) => language.fill("date.until", &[("date", &language.short_date(to))]),
            (None, None) => String::new(),
        },
        quantity: style.quantity(line.quantity),
        price: line.price.map(|price| style.price(price)).unwrap_or_default(),
        vat: bill.vat.iter().find(|vat| vat.code == line.vat_code).map(|vat| rate_of(vat, style)).unwrap_or_default(),
        amount: style.amount(line.amount),
        height: 0,
    }
}

/// What a line is listed under.
pub(super) fn category_of(line: &BillLine, style: Style) -> String {
    let own = match (line.kind, line.category.as_str()) {
        (LineKind::Usage, "Calls") => "own.calls",
        (LineKind::Credit, "Credits") => "own.credits",
        (LineKind::EmptyInvoiceFee | LineKind::LowInvoiceFee | LineKind::Padding, "Fees") => "own.fees",
        (LineKind::Recurring | LineKind::OneOff | LineKind::Credit, "Other charges") => "own.other_charges",
        (_, category) => return wrapped(category),
    };
    style.word(own)
}

fn description_of(line: &BillLine, style: Style) -> String {
    let own = |key: &str| style.word(key);
    let of_invoice = |key: &str, number: &str| style.language.fill(key, &[("number", &wrapped(number))]);
    let text = line.description.as_str();
    match line.kind {
        LineKind::Usage => class_title(CallClass::ALL.into_iter().find(|class| class.title() == text), text, style),
        LineKind::EmptyInvoiceFee => own("own.empty_invoice_fee"),
        LineKind::LowInvoiceFee => own("own.low_invoice_fee"),
        LineKind::Padding => own("own.minimum_invoice_charge"),
        LineKind::Credit => {
            if let Some(number) = text.strip_prefix("Rest of invoice ") {
                of_invoice("own.rest_of_invoice", number)
            } else if let Some(number) = text.strip_prefix("Part of invoice ") {
                of_invoice("own.part_of_invoice", number)
            } else if let Some(what) = text.strip_prefix("Credit: ") {
                style.language.fill("lines.credit", &[("what", &wrapped(what))])
            } else {
                wrapped(text)
            }
        }
        _ => wrapped(text),
    }
}

/// A class as the language calls it; else as the bill does.
pub(super) fn class_title(class: Option<CallClass>, otherwise: &str, style: Style) -> String {
    match class {
        Some(class) => style.word(&format!("class.{}", class.name())),
        None => wrapped(otherwise),
    }
}

/// `17/31 days`, `2 months + 10/31 days of 3 months`: the words of it in the language.
fn proration_of(line: &BillLine, style: Style) -> String {
    let word = |part: &str| match part {
        "days" | "month" | "months" | "of" => style.word(&format!("proration.{part}")),
        other => other.to_owned(),
    };
    printable(&line.proration).split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The rate as a line names it.
pub(super) fn rate_of(vat: &BillVat, style: Style) -> String {
    match vat.kind {
        VatKind::Standard | VatKind::Reduced | VatKind::Zero => style.percent(vat.rate),
        VatKind::Exempt => style.word("vat.exempt"),
        VatKind::ReverseCharge => style.word("vat.reverse"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    fn sections(bill: &Bill) -> Vec<Section> {
        let languages = samples::languages();
        charges_of(bill, Style::new(languages.default(), Currency::GBP)).expect("no overflow").sections
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
            let Line { description, small, period, quantity, price, vat, amount, .. } = line;
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
