//! The shipped numbering plan, as the workload needs it: what call type a number has, what class a call type is of.

use std::collections::BTreeMap;

/// The plan's call types.
const CALL_TYPES: &str = include_str!("../../config/numbering/call_types.csv");
/// Its prefixes.
const PREFIXES: &str = include_str!("../../config/numbering/prefixes.csv");
/// Digits of the longest prefix, with its plus sign.
const LONGEST: usize = 16;

/// The numbering plan.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// All call types in their order, each with its class.
    pub call_types: Vec<(String, String)>,
    /// Prefixes of numbers that are called → position in `call_types`.
    pub prefixes: BTreeMap<String, usize>,
}

impl Plan {
    /// The plan that the product ships.
    pub fn shipped() -> Self {
        let rows = |text: &'static str| {
            csv::Reader::from_reader(text.as_bytes()).into_records().map(|row| row.expect("the shipped plan is sound"))
        };
        let call_types: Vec<_> = rows(CALL_TYPES).map(|row| (row[0].to_owned(), row[2].to_owned())).collect();
        let by_name: BTreeMap<&str, usize> = call_types.iter().zip(0..).map(|(row, at)| (row.0.as_str(), at)).collect();
        let outbound = rows(PREFIXES).filter(|row| &row[2] == "out");
        let prefixes = outbound.map(|row| (row[1].to_owned(), by_name[&row[3]])).collect();
        Self { call_types, prefixes }
    }

    /// The call type of a number, by the longest prefix that it begins with.
    pub fn call_type_of(&self, number: &str) -> Option<usize> {
        let longest = number.len().min(LONGEST);
        (1..=longest).rev().find_map(|length| self.prefixes.get(&number[..length]).copied())
    }

    /// Has every number that begins so the call type of this beginning?
    pub fn is_uniform(&self, stem: &str) -> bool {
        let mut within = self.prefixes.range(stem.to_owned()..).take_while(|(prefix, _)| prefix.starts_with(stem));
        within.all(|(prefix, _)| prefix == stem)
    }

    /// The position of a call type.
    ///
    /// # Panics
    /// If the plan does not have it.
    pub fn find(&self, call_type: &str) -> usize {
        let found = self.call_types.iter().position(|(code, _)| code == call_type);
        found.unwrap_or_else(|| panic!("the plan has no {call_type}"))
    }

    /// The charge band by which the carrier's files name a call type.
    pub fn band(call_type: usize) -> String {
        format!("B{call_type:03}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_type_of_their_longest_prefix() {
        let plan = Plan::shipped();
        let check = |number: &str, expected: Option<&str>| {
            let found = plan.call_type_of(number).map(|at| plan.call_types[at].0.as_str());
            assert_eq!(found, expected, "{number}");
        };
        check("+442079460018", Some("uk_geographic"));
        check("+447345000000", Some("uk_mobile"));
        check("+331990000", Some("france_fixed"));
        check("999", Some("uk_emergency"));
        check("+210123456", None);
        assert!(plan.is_uniform("+447345") && !plan.is_uniform("+447") && !plan.is_uniform("+44770"));
    }
}
