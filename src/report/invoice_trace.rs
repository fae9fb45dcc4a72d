//! A posted bill and the calls on it → where every figure comes from: the total from net and VAT, VAT from the lines of
//! its codes, each line from a price, a period, a service line or from calls. Works the sums again and says where they
//! do not come to what the invoice states.

use std::collections::BTreeMap;

use serde::Serialize;

use super::screen::{amount, table};
use crate::billing::charge_price;
use crate::domain::bill::{Amount, Bill, BillLine, ItemisedCall, LineKind};
use crate::domain::book::Book;
use crate::domain::money::{CallCharge, Money, Price, Rounding, Sum};
use crate::domain::price_book::VatKind;

/// Where the figures of an invoice come from.
#[derive(Serialize)]
pub struct InvoiceTrace {
    invoice: String,
    account: String,
    currency: String,
    net: Amount,
    vat: Amount,
    gross: Amount,
    vat_codes: Vec<VatStep>,
    lines: Vec<LineStep>,
    /// Sums that do not come to what the invoice states; none on a sound invoice.
    differences: Vec<String>,
}

#[derive(Serialize)]
struct VatStep {
    code: String,
    how: String,
    /// Numbers of the lines, from 1.
    lines: Vec<usize>,
    net: Amount,
    vat: Amount,
}

#[derive(Serialize)]
struct LineStep {
    line: usize,
    kind: LineKind,
    description: String,
    cost_centre: String,
    amount: Amount,
    how: String,
    /// The id of the charge, or `import:row` of service lines; empty for usage and fees.
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    book_today: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clis: Vec<CliStep>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<CallStep>,
}

/// The calls of one CLI on a line.
#[derive(Serialize)]
struct CliStep {
    cli: String,
    calls: u64,
    charge: Sum<6>,
    /// By allowances or a spending cap.
    reduced_calls: u64,
}

#[derive(Serialize)]
struct CallStep {
    record: String,
    cli: String,
    started_at: String,
    other_party: String,
    charge: CallCharge,
    disposition: &'static str,
}

impl InvoiceTrace {
    /// Traces a bill; `calls` are those on it.
    pub fn new(book: &Book, bill: &Bill, calls: &[ItemisedCall]) -> Self {
        let mut differences = Vec::new();
        let mut usage = UsageOfLines::new(bill, calls);
        let numbered = bill.lines.iter().enumerate();
        let lines: Vec<_> =
            numbered.map(|(place, line)| usage.step(book, bill, (place + 1, line), &mut differences)).collect();
        usage.check(&mut differences);
        let mut check = |what: &str, stated: Amount, worked: Option<Money>| {
            if worked != Some(stated.money) {
                let worked =
                    worked.map_or("out of range".to_owned(), |sum| Amount { money: sum, ..stated }.to_string());
                differences.push(format!("{what} is stated as {stated}, and comes to {worked}"));
            }
        };
        check("net", bill.totals.net, Money::total(bill.lines.iter().map(|line| line.amount.money)).ok());
        check("VAT", bill.totals.vat, Money::total(bill.vat.iter().map(|code| code.vat.money)).ok());
        check("the total", bill.totals.gross, bill.totals.net.money.plus(bill.totals.vat.money).ok());
        let vat_codes = bill.vat.iter().map(|code| {
            let of_code = |(place, line): (usize, &BillLine)| (line.vat_code == code.code).then_some(place + 1);
            let lines: Vec<_> = bill.lines.iter().enumerate().filter_map(of_code).collect();
            let nets = lines.iter().map(|line| bill.lines[line - 1].amount.money);
            check(&format!("the net of VAT code {}", code.code), code.net, Money::total(nets).ok());
            let how = match code.kind {
                VatKind::Standard | VatKind::Reduced => format!("{} % of {}", code.rate, code.net),
                VatKind::ReverseCharge => format!("reverse charge: the customer accounts for {} %", code.rate),
                VatKind::Zero | VatKind::Exempt => "none".to_owned(),
            };
            VatStep { code: code.code.clone(), how, lines, net: code.net, vat: code.vat }
        });
        let vat_codes = vat_codes.collect();
        Self {
            invoice: bill.number.clone().unwrap_or_default(),
            account: bill.customer.account.clone(),
            currency: bill.currency.to_string(),
            net: bill.totals.net,
            vat: bill.totals.vat,
            gross: bill.totals.gross,
            vat_codes,
            lines,
            differences,
        }
    }

    /// What does not come to what the invoice states.
    pub fn differences(&self) -> &[String] {
        &self.differences
    }

    /// As a person reads it; at most so many calls of each line.
    pub fn in_words(&self, calls: usize) -> String {
        let Self { invoice, account, currency, net, vat, gross, .. } = self;
        let [net, vat, gross] = [net, vat, gross].map(|sum| amount(&sum.to_string()));
        let mut text = format!("invoice {invoice} of {account}: {gross} {currency} = net {net} + VAT {vat}\n\nVAT\n");
        for step in &self.vat_codes {
            let lines: Vec<_> = step.lines.iter().map(usize::to_string).collect();
            let (vat, lines) = (amount(&step.vat.to_string()), lines.join(", "));
            text.push_str(&format!("  {}: {} = {vat} (lines {lines})\n", step.code, step.how));
        }
        text.push_str(&format!("\nnet {net} is the sum of\n"));
        for line in &self.lines {
            line.write(&mut text, calls);
        }
        match self.differences.as_slice() {
            [] => text.push_str("\nAll sums were worked again and come to what the invoice states.\n"),
            some => {
                text.push_str("\nThese sums do not come to what the invoice states:\n");
                some.iter().for_each(|one| text.push_str(&format!("  {one}\n")));
            }
        }
        text
    }
}

impl LineStep {
    fn write(&self, text: &mut String, most: usize) {
        let Self { line, description, cost_centre, how, source, .. } = self;
        let place = if cost_centre.is_empty() { String::new() } else { format!(" ({cost_centre})") };
        let sum = amount(&self.amount.to_string());
        text.push_str(&format!("\n{line:>3}  {sum}  {description}{place}\n     {how}\n"));
        if !source.is_empty() {
            let what = if self.kind == LineKind::Service { "service lines" } else { "charge" };
            text.push_str(&format!("     {what} {source}\n"));
        }
        if let Some(today) = &self.book_today {
            text.push_str(&format!("     {today}\n"));
        }
        for CliStep { cli, calls, charge, reduced_calls } in &self.clis {
            let reduced = if *reduced_calls == 0 { String::new() } else { format!(", {reduced_calls} reduced") };
            text.push_str(&format!("     {cli}: {calls} calls, {charge}{reduced}\n"));
        }
        if most == 0 || self.calls.is_empty() {
            return;
        }
        let cells = |call: &CallStep| {
            let CallStep { record, cli, started_at, other_party, charge, disposition } = call;
            let texts = [record, cli, started_at, other_party].map(|text| format!("     {text}"));
            let mut row: Vec<String> = texts.iter().map(|text| text.trim_start().to_owned()).collect();
            row[0] = format!("       {}", row[0]);
            row.extend([charge.to_string(), (*disposition).to_owned()]);
            row
        };
        let header = ["       record", "CLI", "began", "other party", "charge", ""];
        text.push_str(&table(&header, &[4], self.calls.iter().take(most).map(cells)));
        if let Some(rest) = self.calls.len().checked_sub(most).filter(|rest| *rest > 0) {
            text.push_str(&format!("       … {rest} more: see them all with --calls {}\n", self.calls.len()));
        }
    }
}

/// The calls of usage lines: those of one cost centre and class. Two lines share them where some are exempt from VAT.
struct UsageOfLines<'a> {
    calls: BTreeMap<(&'a str, &'a str), Vec<&'a ItemisedCall>>,
    lines: BTreeMap<(&'a str, &'a str), Vec<(usize, Amount)>>,
}

impl<'a> UsageOfLines<'a> {
    fn new(bill: &'a Bill, calls: &'a [ItemisedCall]) -> Self {
        let mut of_line: BTreeMap<(&str, &str), Vec<&ItemisedCall>> = BTreeMap::new();
        for call in calls {
            of_line.entry((call.cost_centre.as_str(), call.class)).or_default().push(call);
        }
        let mut lines: BTreeMap<(&str, &str), Vec<(usize, Amount)>> = BTreeMap::new();
        for (place, line) in bill.lines.iter().enumerate().filter(|(_, line)| line.kind == LineKind::Usage) {
            lines.entry((&line.cost_centre, class_of(bill, line))).or_default().push((place + 1, line.amount));
        }
        Self { calls: of_line, lines }
    }

    fn step(
        &mut self,
        book: &Book,
        bill: &'a Bill,
        (number, line): (usize, &'a BillLine),
        differences: &mut Vec<String>,
    ) -> LineStep {
        let mut step = LineStep {
            line: number,
            kind: line.kind,
            description: line.description.clone(),
            cost_centre: line.cost_centre.clone(),
            amount: line.amount,
            how: how(line),
            source: line.source.clone(),
            book_today: book_today(book, bill, line),
            clis: Vec::new(),
            calls: Vec::new(),
        };
        if line.kind == LineKind::Usage {
            self.add_calls(&mut step, (&line.cost_centre, class_of(bill, line)));
        } else if let Some(worked) = worked_again(line, bill.currency.digits)
            && worked != line.amount.money
        {
            let worked = Amount { money: worked, ..line.amount };
            differences.push(format!("line {number} is stated as {}, and comes to {worked}", line.amount));
        }
        step
    }

    fn add_calls(&self, step: &mut LineStep, key: (&str, &str)) {
        let calls = self.calls.get(&key).map(Vec::as_slice).unwrap_or_default();
        let mut clis: BTreeMap<&str, CliStep> = BTreeMap::new();
        for call in calls {
            let new = || CliStep { cli: call.cli.to_string(), calls: 0, charge: Sum::default(), reduced_calls: 0 };
            let cli = clis.entry(&call.cli).or_insert_with(new);
            cli.calls += 1;
            cli.charge.add(call.charge);
            cli.reduced_calls += u64::from(call.disposition != "billed");
        }
        let exact: Sum<6> = calls.iter().map(|call| call.charge).sum();
        step.how = format!("{} calls, together {exact} exactly", calls.len());
        if self.lines.get(&key).is_some_and(|lines| lines.len() > 1) {
            step.how.push_str(", on two lines: some are exempt from VAT");
        }
        step.clis = clis.into_values().collect();
        let shown = |call: &&ItemisedCall| CallStep {
            record: call.record.to_string(),
            cli: call.cli.to_string(),
            started_at: call.started_at.clone(),
            other_party: call.other_party.to_string(),
            charge: call.charge,
            disposition: call.disposition,
        };
        step.calls = calls.iter().map(shown).collect();
    }

    /// The calls of each line come to its amount, rounded once (X3 b); of two lines that share calls, to within half a
    /// minor unit each.
    fn check(&self, differences: &mut Vec<String>) {
        for (key, lines) in &self.lines {
            let calls = self.calls.get(key).map(Vec::as_slice).unwrap_or_default();
            let exact: Sum<6> = calls.iter().map(|call| call.charge).sum();
            let digits = lines[0].1.digits;
            let (Ok(rounded), Ok(stated)) =
                (exact.to_money(digits, Rounding::HalfUp), Money::total(lines.iter().map(|line| line.1.money)))
            else {
                differences.push(format!("the calls of line {} are out of range", lines[0].0));
                continue;
            };
            let apart = rounded.minor().abs_diff(stated.minor());
            if apart > lines.len() as u64 - 1 {
                let stated = Amount { money: stated, digits };
                differences.push(format!("line {} is stated as {stated}, its calls come to {exact}", lines[0].0));
            }
        }
        for ((cost_centre, class), calls) in &self.calls {
            if !self.lines.contains_key(&(*cost_centre, *class)) {
                differences.push(format!("{} calls of class {class} are on no line", calls.len()));
            }
        }
    }
}

/// The class of a usage line, by the words that stand for it.
fn class_of<'a>(bill: &'a Bill, line: &BillLine) -> &'a str {
    let of_title = bill.usage_by_class.iter().find(|class| class.title == line.description);
    of_title.map_or("", |class| class.class.as_str())
}

/// The arithmetic of a line.
fn how(line: &BillLine) -> String {
    let price = |price: Price| format!("{} × {price}", line.quantity);
    let part = if line.proration.is_empty() { String::new() } else { format!(" × {}", line.proration) };
    let period = line.period.map(|(from, to)| format!(", {from} to {to}")).unwrap_or_default();
    match line.kind {
        LineKind::Usage => String::new(),
        LineKind::Recurring | LineKind::OneOff => {
            line.price.map(|each| price(each) + &part + &period).unwrap_or_default()
        }
        LineKind::Credit => {
            line.price.map(|each| format!("given back: {}{part}{period}", price(each))).unwrap_or_default()
        }
        LineKind::Service => match line.price {
            Some(each) => price(each),
            None => format!("{} at the price in the file", line.quantity),
        },
        LineKind::EmptyInvoiceFee => "the customer's fee for an empty invoice (B5)".to_owned(),
        LineKind::LowInvoiceFee => "the customer's fee for a low invoice (B6)".to_owned(),
        LineKind::Padding => "fills a low invoice up to the customer's amount (B6)".to_owned(),
    }
}

/// Price × quantity of a whole period, rounded half up; none where a part of it, or nothing, is multiplied.
fn worked_again(line: &BillLine, digits: u32) -> Option<Money> {
    let is_product = matches!(line.kind, LineKind::Recurring | LineKind::OneOff | LineKind::Service);
    let price = line.price.filter(|_| is_product && line.proration.is_empty())?;
    let exact = i128::from(price.scaled()) * i128::from(line.quantity.scaled());
    Sum::<12>::from_wide(exact).to_money(digits, Rounding::HalfUp).ok()
}

/// What the book says today of the charge of a line, where that is not what was billed.
fn book_today(book: &Book, bill: &Bill, line: &BillLine) -> Option<String> {
    let (from, _) = line.period.filter(|_| line.kind == LineKind::Recurring)?;
    let customer = book.find_customer(&bill.customer.account)?;
    let Some(charge) = book.charges.iter().find(|charge| charge.customer == customer && charge.id == line.source)
    else {
        return Some("the book has no such charge any more".to_owned());
    };
    let now = charge_price(book, charge, from);
    if now == line.price && charge.quantity == line.quantity {
        return None;
    }
    let now = now.map_or("no price".to_owned(), |price| price.to_string());
    Some(format!("the book says {} × {now} for that day now", charge.quantity))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    const CHARGES: &str = include_str!("../../fixtures/scenarios/service_lines/expected/run-000001/AC-000001.json");

    fn bill() -> Bill {
        serde_json::from_str(CHARGES).expect("an invoice of a scenario")
    }

    fn trace(bill: &Bill, calls: &[ItemisedCall]) -> InvoiceTrace {
        InvoiceTrace::new(&sample::book(), bill, calls)
    }

    #[test]
    fn a_sound_invoice_comes_to_what_it_states() {
        let trace = trace(&bill(), &[]);
        assert_eq!(trace.differences(), Vec::<String>::new());
        assert!(trace.in_words(0).contains("All sums were worked again"));
        assert!(
            trace.lines.iter().any(|line| line.kind == LineKind::Service && line.how == "15 × 15"),
            "ISDN channels"
        );
    }

    #[test]
    fn each_sum_that_is_wrong_is_told() {
        let penny_more = |amount: &mut Amount| amount.money = Money::from_minor(amount.money.minor() + 1);
        for (place, expected) in
            ["net is stated as", "VAT is stated as", "the total is stated as", "line 1 is stated as"].iter().enumerate()
        {
            let mut wrong = bill();
            let Bill { totals, lines, .. } = &mut wrong;
            penny_more([&mut totals.net, &mut totals.vat, &mut totals.gross, &mut lines[0].amount][place]);
            let found = trace(&wrong, &[]).differences.join("\n");
            assert!(found.contains(expected), "{expected}: {found}");
        }
    }

    #[test]
    fn calls_on_no_line_are_told() {
        let call = ItemisedCall {
            record: "r".into(),
            cli: "c".into(),
            cost_centre: "".into(),
            started_at: "2026-06-01 10:00:00".into(),
            direction: "out",
            other_party: "".into(),
            description: "".into(),
            class: "national",
            kind: "voice",
            units: 1,
            charge: CallCharge::ONE,
            disposition: "billed",
        };
        assert_eq!(trace(&bill(), &[call]).differences(), ["1 calls of class national are on no line"]);
    }
}
