//! The program's run beside the oracle's: control totals, then every invoice, line by line. A difference says all that a
//! person needs to work it by hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Date;
use serde_json::Value;

use super::oracle::{Invoice, Line, RunResult, VatRow, total};
use super::play::Seen;
use super::world::World;
use crate::oracle::amounts::{Amount, number, zero};

pub struct Comparison<'w> {
    pub seed: u64,
    pub month: Date,
    pub world: &'w World,
}

/// The kinds of lines, so that a line can hold its kind without owning it.
const KINDS: [&str; 8] =
    ["recurring", "credit", "one_off", "service", "usage", "empty_invoice_fee", "low_invoice_fee", "padding"];

impl Comparison<'_> {
    /// B14: in is out, all that was imported is somewhere, and where the oracle says, with its cost and its charge. What
    /// differs from the oracle's sums, in words; the invoices say why.
    pub fn check_totals(
        &self,
        report: &Value,
        expected: &RunResult,
        billed_before: u64,
        waiting_cost: &Amount,
    ) -> String {
        let at = format!("seed {}, month {}", self.seed, self.month);
        let records = |list: &str| -> Vec<(String, u64)> {
            let rows = report["usage"][list].as_array().unwrap().iter();
            rows.map(|row| (text(&row["disposition"]), row["records"].as_u64().unwrap())).collect()
        };
        let (came_in, out) = (records("in"), records("out"));
        let sum = |rows: &[(String, u64)]| rows.iter().map(|row| row.1).sum::<u64>();
        assert_eq!(sum(&came_in), sum(&out), "{at}: B14: in is not out");
        assert_eq!(report["billed_before"], billed_before, "{at}: billed before");
        assert_eq!(sum(&out) + billed_before, self.world.calls.len() as u64, "{at}: a record of the store is lost");
        let mut by_end: BTreeMap<&str, u64> = BTreeMap::new();
        out.iter().filter(|row| row.1 > 0).for_each(|(end, count)| *by_end.entry(end).or_default() += count);
        let ended: BTreeMap<&str, u64> =
            expected.ended.iter().filter(|row| *row.1 > 0).map(|row| (*row.0, *row.1)).collect();
        let mut differences = String::new();
        if by_end != ended {
            writeln!(differences, "records by disposition: the program {by_end:?}, the oracle {ended:?}").unwrap();
        }
        let money = |list: &str, column: &str, ends: &[&str]| -> Amount {
            let rows = report["usage"][list].as_array().unwrap().iter();
            let rows = rows.filter(|row| ends.is_empty() || ends.contains(&text(&row["disposition"]).as_str()));
            rows.fold(zero(), |sum, row| sum + amount(&row[column]))
        };
        let sums = [
            ("cost in", money("in", "cost", &[]), waiting_cost.clone()),
            ("cost out", money("out", "cost", &[]), waiting_cost.clone()),
            ("charges of calls", money("out", "sell", &["billed", "allowance", "capped"]), expected.charged.clone()),
        ];
        for (what, theirs, ours) in sums.into_iter().filter(|(_, theirs, ours)| theirs != ours) {
            writeln!(differences, "{what}: the program {theirs}, the oracle {ours}").unwrap();
        }
        let gross = total(expected.invoices.iter().map(|invoice| &invoice.gross));
        if amount(&report["sums"]["gross"]) != gross {
            writeln!(differences, "gross: the program {}, the oracle {gross}", report["sums"]["gross"]).unwrap();
        }
        differences
    }

    /// Every invoice of the run, and no other.
    pub fn check_invoices(&self, workspace: &Path, run: i64, expected: &RunResult, seen: &mut Seen) -> (usize, String) {
        let folder = workspace.join(format!("invoices/run-{run:06}"));
        let mut found: BTreeMap<String, Invoice> = BTreeMap::new();
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let model: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                let invoice = invoice_of(&model);
                found.insert(invoice.account.clone(), invoice);
            }
        }
        let mut differences = String::new();
        let mut count = 0;
        for one in &expected.invoices {
            let theirs = found.remove(&one.account);
            if theirs.as_ref().is_none_or(|theirs| !is_same(theirs, one)) {
                count += 1;
                self.tell(&mut differences, theirs.as_ref(), Some(one));
            }
            seen.invoices += 1;
            one.lines.iter().for_each(|line| *seen.kinds.entry(line.kind.to_owned()).or_default() += 1);
        }
        for theirs in found.values() {
            count += 1;
            self.tell(&mut differences, Some(theirs), None);
        }
        (count, differences)
    }

    /// Both bills and all that happened to the account; of the first few only.
    fn tell(&self, text: &mut String, theirs: Option<&Invoice>, ours: Option<&Invoice>) {
        if text.len() > 20_000 {
            return;
        }
        let account = theirs.or(ours).map(|invoice| invoice.account.as_str()).unwrap_or_default();
        writeln!(text, "\n=== account {account}").unwrap();
        if let Some(customer) = self.world.customers.iter().find(|customer| customer.account == account) {
            let c = customer;
            writeln!(
                text,
                "{} {} day {:?}, VAT {}/{} exempt {}, tariff {}/{}, empty {:?}, low {:?}, final {:?}",
                c.status,
                c.organisation,
                c.billing_day,
                c.vat_code,
                c.vat_code_calls,
                c.vat_exempt,
                c.tariff,
                c.broadband_tariff,
                c.empty,
                c.low,
                c.final_bill_date
            )
            .unwrap();
        }
        for event in self.world.log.get(account).into_iter().flatten() {
            writeln!(text, "    {event}").unwrap();
        }
        for line in self.world.lines.iter().filter(|line| line.account == account) {
            writeln!(text, "    line {} {} to {:?} cap {:?}", line.cli, line.from, line.to, line.spending_cap).unwrap();
        }
        for (whose, invoice, other) in [("the program", theirs, ours), ("the oracle", ours, theirs)] {
            let Some(invoice) = invoice else {
                writeln!(text, "{whose}: no invoice").unwrap();
                continue;
            };
            let Invoice { number, net, vat, gross, previous, now, .. } = invoice;
            writeln!(text, "{whose}: {number} net {net} VAT {vat} gross {gross} before {previous} now {now}").unwrap();
            for line in &invoice.lines {
                let is_shared = other.is_some_and(|other| other.lines.contains(line));
                writeln!(text, "  {} {}", if is_shared { " " } else { "!" }, in_words(line)).unwrap();
            }
            for row in &invoice.vat_rows {
                writeln!(text, "    VAT {} on {}: {}", row.code, row.net, row.vat).unwrap();
            }
        }
    }
}

/// B10: the credit note of a drop, as an invoice is compared.
pub fn check_credit_note(world: &World, model: &Value, expected: Option<&Invoice>, account: &str) {
    let theirs = (!model.is_null()).then(|| invoice_of(model));
    let is_equal = match (&theirs, expected) {
        (None, None) => true,
        (Some(theirs), Some(expected)) => is_same(theirs, expected),
        _ => false,
    };
    assert!(is_equal, "{account}: {theirs:#?}\n{expected:#?}\n{:#?}", world.log[account]);
}

fn in_words(line: &Line) -> String {
    let Line { kind, category, cost_centre, description, cli, from, to, quantity, amount, vat_code } = line;
    format!("{amount} {kind} [{category}] [{cost_centre}] {description} {cli} {from}..{to} x {quantity} {vat_code}")
}

fn is_same(a: &Invoice, b: &Invoice) -> bool {
    let sums = |one: &Invoice| [&one.net, &one.vat, &one.gross, &one.previous, &one.now].map(Amount::clone);
    a.number == b.number && a.lines == b.lines && a.vat_rows == b.vat_rows && sums(a) == sums(b)
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub fn amount(value: &Value) -> Amount {
    number(&text(value))
}

/// The invoice model as a customer's software reads it.
fn invoice_of(model: &Value) -> Invoice {
    let mut lines: Vec<Line> = model["lines"].as_array().unwrap().iter().map(line_of).collect();
    lines.sort();
    let vat_rows = model["vat"].as_array().unwrap().iter();
    let vat_rows = vat_rows
        .map(|row| VatRow { code: text(&row["code"]), net: amount(&row["net"]), vat: amount(&row["vat"]) })
        .collect();
    Invoice {
        number: text(&model["number"]),
        account: text(&model["customer"]["account"]),
        lines,
        vat_rows,
        net: amount(&model["totals"]["net"]),
        vat: amount(&model["totals"]["vat"]),
        gross: amount(&model["totals"]["gross"]),
        previous: amount(&model["balance"]["previous"]),
        now: amount(&model["balance"]["now"]),
    }
}

fn line_of(line: &Value) -> Line {
    let kind = text(&line["kind"]);
    Line {
        kind: KINDS.into_iter().find(|known| *known == kind).unwrap_or_else(|| panic!("a line of kind {kind:?}")),
        category: text(&line["category"]),
        cost_centre: text(&line["cost_centre"]),
        description: text(&line["description"]),
        cli: text(&line["cli"]),
        from: text(&line["from"]),
        to: text(&line["to"]),
        quantity: amount(&line["quantity"]),
        amount: amount(&line["amount"]),
        vat_code: text(&line["vat_code"]),
    }
}
