//! What rating says about its steps when somebody asks why (R13); costs nothing when nobody does. Computes nothing:
//! the functions that rate a record write it as they go.

use std::fmt;

use serde::Serialize;

use crate::domain::money::CallCharge;

/// Why a record costs what it costs: numbered steps in words, with the arithmetic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// In the order in which they were taken.
    pub steps: Vec<ExplanationStep>,
    /// What the customer would pay before allowances and caps; none if the record was set aside.
    pub sell: Option<CallCharge>,
    /// Why the record was set aside, as M9 spells it.
    pub reason: Option<&'static str>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplanationStep {
    /// What was asked, with its rule.
    pub title: String,
    /// What was found.
    pub lines: Vec<String>,
    /// The sums among the lines, for programs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arithmetic: Vec<ExplainedSum>,
}

/// A sum that can be worked again. The result of the last one named `sell` is the charge.
///
/// A formula is numbers and names of earlier sums with `+ − × /` and brackets, then changes of the result, in their order:
/// `, in blocks of FIRST/NEXT` (R6), `, less X`, `, at least X`, `, at most X`, `, credit at least X`, `, credit at most X`
/// (of the absolute value of a credit, R15), `, MODE to N decimals` (X3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedSum {
    /// What it is called in later formulas; a later sum of the same name replaces it.
    pub name: String,
    /// How it comes about: `connection + usage, at least 0.05`.
    pub formula: String,
    /// The result as it is shown; cut with `…` where it has no end.
    pub value: String,
}

/// Writes `1. Title` and its lines below, indented.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            writeln!(f, "{}. {}", index + 1, step.title)?;
            for line in &step.lines {
                writeln!(f, "   {line}")?;
            }
        }
        Ok(())
    }
}

/// Takes the steps down, or nothing at all.
#[derive(Debug)]
pub(super) struct Trace(Option<Notes>);

#[derive(Debug, Default)]
struct Notes {
    steps: Vec<ExplanationStep>,
    /// What the names of sums begin with, from the outermost scope in: the parts of a surcharge are not those of the
    /// call.
    scopes: Vec<String>,
    /// The sums so far: name and value.
    sums: Vec<(String, String)>,
}

impl Trace {
    /// Takes nothing down.
    pub(super) fn silent() -> Self {
        Self(None)
    }

    /// Takes everything down.
    pub(super) fn kept() -> Self {
        Self(Some(Notes::default()))
    }

    /// Does anybody ask why?
    pub(super) fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// A part of what is told; only made if it is kept.
    pub(super) fn text(&self, text: impl FnOnce() -> String) -> String {
        if self.is_kept() { text() } else { String::new() }
    }

    /// Begins a step; its title is only made if it is kept.
    #[inline]
    pub(super) fn step(&mut self, title: impl FnOnce() -> String) {
        if let Some(notes) = &mut self.0 {
            notes.steps.push(ExplanationStep { title: title(), lines: Vec::new(), arithmetic: Vec::new() });
        }
    }

    /// Adds a line to the step; it is only made if it is kept.
    #[inline]
    pub(super) fn line(&mut self, line: impl FnOnce() -> String) {
        if let Some(step) = self.0.as_mut().and_then(|notes| notes.steps.last_mut()) {
            step.lines.push(line());
        }
    }

    /// Adds a sum: its name, what is said after it (`(R5)`), its formula and its value.
    #[inline]
    pub(super) fn sum(&mut self, name: &str, remark: &str, formula_and_value: impl FnOnce() -> (String, String)) {
        if let Some(notes) = &mut self.0 {
            let (formula, value) = formula_and_value();
            notes.add_sum(name, remark, &formula, value);
        }
    }

    /// Names of sums begin with this from now on, until [`Self::leave`].
    pub(super) fn enter(&mut self, scope: &str) {
        if let Some(notes) = &mut self.0 {
            notes.scopes.push(format!("{}{scope}_", notes.scope()));
        }
    }

    /// Ends what the last [`Self::enter`] began.
    pub(super) fn leave(&mut self) {
        if let Some(notes) = &mut self.0 {
            notes.scopes.pop();
        }
    }

    /// All that was taken down.
    pub(super) fn into_steps(self) -> Vec<ExplanationStep> {
        self.0.unwrap_or_default().steps
    }
}

impl Notes {
    fn add_sum(&mut self, name: &str, remark: &str, formula: &str, value: String) {
        let name = format!("{}{name}", self.scope());
        let words = words(formula);
        let full = words.iter().map(|word| self.known(word).map_or(*word, |(name, _)| name.as_str()));
        let full: String = full.collect();
        let shown: String =
            words.iter().map(|word| self.known(word).map_or(*word, |(_, value)| value.as_str())).collect();
        let label = name.replace('_', " ");
        let remark = if remark.is_empty() { String::new() } else { format!(" ({remark})") };
        // What is nothing, or only another name, is left to the arithmetic.
        let is_name = words.len() == 1 && self.known(formula).is_some();
        let says_something = formula != "0" && !(is_name && remark.is_empty());
        let line = says_something.then(|| match shown == value {
            true => format!("{label} = {value}{remark}"),
            false => format!("{label} = {shown} = {value}{remark}"),
        });
        self.sums.push((name.clone(), value.clone()));
        if let Some(step) = self.steps.last_mut() {
            step.lines.extend(line);
            step.arithmetic.push(ExplainedSum { name, formula: full, value });
        }
    }

    fn scope(&self) -> &str {
        self.scopes.last().map_or("", String::as_str)
    }

    /// The last sum of a name: of this scope, else of the one around it.
    fn known(&self, word: &str) -> Option<&(String, String)> {
        let scopes = self.scopes.iter().rev().map(String::as_str).chain([""]);
        let of = |scope: &str| self.sums.iter().rev().find(|(name, _)| name.strip_prefix(scope) == Some(word));
        scopes.into_iter().find_map(of)
    }
}

/// A formula cut into names and what stands between them.
fn words(formula: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit();
    let mut words = Vec::new();
    let mut rest = formula;
    while let Some(first) = rest.chars().next() {
        let of_kind = is_name(first);
        let end = rest.find(|c| is_name(c) != of_kind).unwrap_or(rest.len());
        words.push(&rest[..end]);
        rest = &rest[end..];
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::Rater;
    use super::super::test_book::*;
    use super::*;
    use crate::domain::price_book::CallClass;

    const ROWS: [&str; 3] = [
        "prefix:+44161 band=evening rate=1",
        "type:geo tariff=base rate=0.0150 blocks=60/1 minimum=0.05 access=0:0.02:1:up:2",
        "type:geo tariff=carrier rate=0.01",
    ];

    #[test]
    fn a_price_is_told_with_its_arithmetic() {
        let mut book = book_with(&ROWS);
        book.supplier_tariffs = vec![supplier_tariff("", CallClass::National, CARRIER, true)];
        let mut matched = call(125);
        matched.record.cost = Some(price("0.0123"));
        let explanation = Rater::new(&book).explain(GAMMA, &matched);
        let expected = "\
1. voice outbound at 2026-03-02 12:00:00, 125 s
   line +442079460018 of A001 (Acme Ltd), other party +441619460000
   call type geo (The geo), class national
   time band daytime, by the clock at the start (R8)
2. cost (X7)
   cost = 0.0123 (GBP)
3. tariff (R1)
   the line has none for class national
   the customer has retail for class national
4. rate row by retail (R2)
   prefix:+44161: retail has none for daytime on 2026-03-02; base has no row
   base: row type:geo tariff=base rate=0.0150 blocks=60/1 minimum=0.05 access=0:0.02:1:up:2
5. charge by this row (R3, R5)
   billable units = 125, in blocks of 60/1 = 125 (R6)
   usage = 0.015 × 125 / 60 = 0.03125
   charge = 0 + 0.03125, at least 0.05 = 0.05 (R5)
   access seconds = 125, in blocks of 1/1 = 125 (R11)
   access = 0 + 0.02 × 125 / 60, up to 2 decimals = 0.05 (R11)
6. rounding (X3)
   sell = 0.05 + 0.05 + 0, half_up to 4 decimals = 0.1000
7. expected cost (R14)
   the supplier, for this type of line: has none for class national
   the supplier, for any line: has carrier for class national
8. rate row by carrier (R2)
   carrier: row type:geo tariff=carrier rate=0.01
9. charge by this row (R3, R5)
   expected billable units = 125, in blocks of 1/1 = 125 (R6)
   expected usage = 0.01 × 125 / 60 = 0.0208333333…
   expected charge = 0 + 0.0208333333… = 0.0208333333… (R5)
10. rounding (X3)
   expected sell = 0.0208333333… + 0 + 0, half_up to 4 decimals = 0.0208
   expected cost = 0.0208 (GBP)
11. result: 0.10 GBP
   path parent, time band daytime, billable 125 s
";
        assert_eq!(explanation.to_string(), expected, "R13");
        assert_eq!((explanation.sell, explanation.reason), (CallCharge::parse("0.1").ok(), None));
        let sums = explanation.steps.iter().flat_map(|step| &step.arithmetic);
        let sums: Vec<String> = sums.map(|sum| format!("{} = {} = {}", sum.name, sum.formula, sum.value)).collect();
        assert_eq!(sums[3], "connection = 0 = 0");
        assert_eq!(sums[4], "usage = 0.015 × charged_units / 60 = 0.03125");
        assert_eq!(sums[11], "expected_charged_units = expected_billable_units = 125");
    }

    #[test]
    fn so_is_why_there_is_none() {
        let mut book = book();
        book.customers[0].fallback_markup = Some(percent("12.5"));
        let explanation = Rater::new(&book).explain(GAMMA, &call(125));
        let last: Vec<_> = explanation.steps.iter().rev().take(2).rev().collect();
        let markups = ["class markup: none", "fallback markup on suggested retail: none", "fallback markup: 12.5 %"];
        assert_eq!(last[0].title, "no rate: markups (R4)");
        assert_eq!(last[0].lines[..3], markups);
        assert_eq!(last[0].lines[3..], ["the file has no cost"]);
        assert_eq!(last[1].title, "result: suspense, no rate");
        assert_eq!((explanation.sell, explanation.reason), (None, Some("no rate")));
        let json = serde_json::to_value(&explanation).unwrap();
        assert_eq!(json["reason"], "no rate");
        assert_eq!(json["steps"][0]["title"], "voice outbound at 2026-03-02 12:00:00, 125 s");
    }

    #[test]
    fn a_split_call_tells_each_band() {
        let mut book = book_with(&["type:geo band=daytime rate=0.06", "type:geo band=evening rate=0.03"]);
        book.tariffs[1].split_bands = true;
        let explanation = Rater::new(&book).explain(GAMMA, &call_at("2026-03-02 18:59:00", 120));
        let lines: Vec<&str> = explanation.steps.iter().flat_map(|step| &step.lines).map(String::as_str).collect();
        assert!(lines.contains(&"usage 1 = 0.06 × 60 / 60 = 0.06 (R9: in daytime)"), "{lines:?}");
        assert!(lines.contains(&"usage 2 = 0.03 × 60 / 60 = 0.03 (R9: in evening)"), "{lines:?}");
    }
}
