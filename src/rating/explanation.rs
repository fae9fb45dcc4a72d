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
pub(super) struct Trace(Option<Vec<ExplanationStep>>);

impl Trace {
    /// Takes nothing down.
    pub(super) fn silent() -> Self {
        Self(None)
    }

    /// Takes everything down.
    pub(super) fn kept() -> Self {
        Self(Some(Vec::new()))
    }

    /// Begins a step; its title is only made if it is kept.
    pub(super) fn step(&mut self, title: impl FnOnce() -> String) {
        if let Some(steps) = &mut self.0 {
            steps.push(ExplanationStep { title: title(), lines: Vec::new() });
        }
    }

    /// Adds a line to the step; it is only made if it is kept.
    pub(super) fn line(&mut self, line: impl FnOnce() -> String) {
        if let Some(step) = self.0.as_mut().and_then(|steps| steps.last_mut()) {
            step.lines.push(line());
        }
    }

    /// All that was taken down.
    pub(super) fn into_steps(self) -> Vec<ExplanationStep> {
        self.0.unwrap_or_default()
    }
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
   cost: 0.0123 GBP
3. tariff (R1)
   the line has none for class national
   the customer has retail for class national
4. rate row by retail (R2)
   prefix:+44161: retail has none for daytime on 2026-03-02; base has no row
   base: row type:geo tariff=base rate=0.0150 blocks=60/1 minimum=0.05 access=0:0.02:1:up:2
5. charge by this row (R3, R5)
   units: 125 in blocks of 60/1 = 125 s (R6)
   connection: 0.0000
   usage: 0.0150 × 125 s / 60 = 0.03125
   connection + usage = 0.03125 (R5)
   minimum: raised from 0.03125 to 0.0500
   access: 0.0000 + 0.0200 × 125 s / 60 = 0.0416666666…, up to 2 decimals: 0.05 (R11)
6. rounding (X3)
   charge 0.05 + access 0.05 + surcharges 0 = 0.1
   0.1, half_up to 4 decimals: 0.1000
7. expected cost (R14)
   the supplier, for this type of line: has none for class national
   the supplier, for any line: has carrier for class national
8. rate row by carrier (R2)
   carrier: row type:geo tariff=carrier rate=0.01
9. charge by this row (R3, R5)
   units: 125 in blocks of 1/1 = 125 s (R6)
   connection: 0.0000
   usage: 0.0100 × 125 s / 60 = 0.0208333333…
   connection + usage = 0.0208333333… (R5)
10. rounding (X3)
   charge 0.0208333333… + access 0 + surcharges 0 = 0.0208333333…
   0.0208333333…, half_up to 4 decimals: 0.0208
   expected cost: 0.0208 GBP
11. result: 0.10 GBP
   path parent, time band daytime, billable 125 s
";
        assert_eq!(explanation.to_string(), expected, "R13");
        assert_eq!((explanation.sell, explanation.reason), (CallCharge::parse("0.1").ok(), None));
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
        assert!(lines.contains(&"usage in daytime (R9): 0.0600 × 60 s / 60 = 0.06"), "{lines:?}");
        assert!(lines.contains(&"usage in evening (R9): 0.0300 × 60 s / 60 = 0.03"), "{lines:?}");
    }
}
