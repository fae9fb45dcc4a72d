//! A finding: its kind, its place, its words. And all findings of a book, in one order.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::kinds::{FindingKind, Severity};
use crate::book::{BookError, Table, TableRow};

/// Where in the book something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file: `rates.csv`.
    pub file: String,
    /// The physical line, from 1; 0 if the row does not come from a file, or if the file as a whole is meant.
    pub line: u64,
    /// The column; empty if the row as a whole is meant.
    pub column: String,
    /// The row's key, without its blank parts; empty if no row is meant.
    pub key: String,
}

impl Place {
    /// A row of a table, and a column of it or an empty text.
    pub fn of(table: &Table, row: &TableRow, column: &str) -> Self {
        let parts: Vec<String> = table.key_of(row).into_iter().filter(|part| !part.is_empty()).collect();
        Self { file: table.schema.file_name(), line: row.line, column: column.to_owned(), key: parts.join(" / ") }
    }

    /// `rates.csv, line 12, column rate, standard / type:local`.
    pub fn in_words(&self) -> String {
        let mut text = self.file.clone();
        if self.line > 0 {
            text.push_str(&format!(", line {}", self.line));
        }
        if !self.column.is_empty() {
            text.push_str(&format!(", column {}", self.column));
        }
        if !self.key.is_empty() {
            text.push_str(&format!(", {}", self.key));
        }
        text
    }
}

/// Something that is wrong with a book's tariffs, or looks so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// What kind of thing it is.
    #[serde(serialize_with = "by_name")]
    pub kind: FindingKind,
    /// Findings of one kind that are ranked, by this; 0 for those that are in the order of their places.
    #[serde(skip)]
    pub rank: i128,
    /// Where it stands.
    pub place: Place,
    /// What was found, in words.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
    /// The tariff that it is about, if it is about one.
    pub tariff: Option<String>,
}

fn by_name<S: Serializer>(kind: &FindingKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

impl Finding {
    /// A finding with the remedy of its kind, about no tariff in particular.
    pub fn new(kind: FindingKind, place: Place, what: impl Into<String>) -> Self {
        Self { kind, rank: 0, place, what: what.into(), remedy: kind.remedy().to_owned(), tariff: None }
    }

    /// The same, about a tariff.
    pub fn about(self, tariff: &str) -> Self {
        Self { tariff: Some(tariff.to_owned()), ..self }
    }

    /// The same with a rank among its kind; the smallest comes first.
    pub fn ranked(self, rank: i128) -> Self {
        Self { rank, ..self }
    }
}

/// What a lint of a book has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    found: Vec<Finding>,
}

impl Findings {
    /// Takes one more.
    pub fn add(&mut self, finding: Finding) {
        self.found.push(finding);
    }

    /// All, by kind, then by rank and place; each once.
    pub fn sorted(mut self) -> Vec<Finding> {
        self.found.sort();
        self.found.dedup();
        self.found
    }

    /// Leaves those about one of these tariffs, and the errors, which keep all others from being seen.
    pub fn keep_tariffs(&mut self, tariffs: &[String]) {
        let named = |tariff: &Option<String>| tariff.as_ref().is_some_and(|tariff| tariffs.contains(tariff));
        self.found.retain(|finding| finding.kind.severity() == Severity::Error || named(&finding.tariff));
    }
}

/// How many findings of each kind there are, in the order of the kinds.
pub fn counts(findings: &[Finding]) -> Vec<(FindingKind, usize)> {
    let mut counts = BTreeMap::<FindingKind, usize>::new();
    for finding in findings {
        *counts.entry(finding.kind).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// The words in an error of the book → its kind; the first that fits.
const KINDS_OF_REASONS: [(&str, FindingKind); 17] = [
    ("on overlapping dates", FindingKind::OverlappingRows),
    ("has the same", FindingKind::DuplicateKey),
    ("each other's parents", FindingKind::ParentLoop),
    ("each other's rate", FindingKind::FallbackLoop),
    ("begins a chain of", FindingKind::FallbackLoop),
    ("(X7)", FindingKind::WrongCurrency),
    ("no such", FindingKind::UnknownName),
    ("no time band of this name", FindingKind::UnknownName),
    ("no call type has this display group", FindingKind::UnknownName),
    ("in products.csv has this category", FindingKind::UnknownName),
    ("is above the maximum", FindingKind::MinimumAboveMaximum),
    ("is before", FindingKind::ReversedDates),
    ("means nothing", FindingKind::MeaninglessColumn),
    ("is needed: the mode is", FindingKind::MissingPrice),
    ("is needed: the row", FindingKind::MissingPrice),
    ("is the default already", FindingKind::TwoDefaultBands),
    ("is not after the start", FindingKind::BandEndsBeforeStart),
];

/// An error that keeps a book from loading, as a finding.
pub fn refusal(error: &BookError) -> Finding {
    let (file, line, column) = (error.file.clone(), error.line, error.column.clone());
    let by_reason = KINDS_OF_REASONS.iter().find(|(words, _)| error.reason.contains(words));
    let is_increment = column.ends_with("increment");
    let kind = match by_reason {
        Some((_, kind)) => *kind,
        None if column.is_empty() || column == file => FindingKind::BadFile,
        None if column == "steps" => FindingKind::BadSteps,
        None if is_increment => FindingKind::BadIncrement,
        None if error.reason.starts_with("is needed") => FindingKind::Refused,
        None if error.reason.contains("required but missing") || error.reason.contains("no column") => {
            FindingKind::BadFile
        }
        None if error.value.is_empty() && error.reason.contains("comes twice") => FindingKind::BadFile,
        None => FindingKind::BadCell,
    };
    let value = if error.value.is_empty() { String::new() } else { format!("{:?} ", error.value) };
    let mut finding =
        Finding::new(kind, Place { file, line, column, key: String::new() }, format!("{value}{}", error.reason));
    if !error.hint.is_empty() {
        finding.remedy = error.hint.clone();
    }
    finding
}
