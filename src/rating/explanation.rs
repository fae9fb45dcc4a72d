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

    #[test]
    fn dump() {
        let mut book = book_with(&["type:geo_as tariff=base band=daytime connection=0.01 rate=0.015 blocks=60/1 access=0.01:0.02:1:up:2", "prefix:+44161 band=evening", "type:payphone connection=0.3"]);
        book.call_types[0].fallback_rate_as = Some(crate::domain::book::CallTypeId(1));
        book.supplier_tariffs = vec![supplier_tariff("", crate::domain::price_book::CallClass::National, CARRIER, true)];
        let mut matched = call(125);
        matched.record.cost = Some(price("0.0123"));
        matched.record.flags.payphone = true;
        eprintln!("{}", Rater::new(&book).explain(GAMMA, &matched));
        book.tariffs[1].split_bands = true;
        matched.record.started = moment("2026-03-02 18:59:00");
        eprintln!("{}", Rater::new(&book).explain(GAMMA, &matched));
        book.customers[0].fallback_markup = Some(percent("12.5"));
        book.rates.clear();
        eprintln!("{}", Rater::new(&book).explain(GAMMA, &matched));
        matched.record.cost = None;
        eprintln!("{}", Rater::new(&book).explain(GAMMA, &matched));
    }
}
