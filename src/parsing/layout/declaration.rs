//! The TOML text of a layout → its sections, word for word. Refuses unknown keys; knows nothing of what they mean.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A layout file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declaration {
    #[serde(rename = "type")]
    pub contents: String,
    #[serde(default)]
    pub description: String,
    pub numbers: Option<String>,
    #[serde(default)]
    pub bare_national: bool,
    #[serde(default)]
    pub file: FileSection,
    pub columns: BTreeMap<String, toml::Value>,
    pub time: Option<TimeSection>,
    pub date: Option<DateSection>,
    pub duration: Option<DurationSection>,
    #[serde(default)]
    pub price: PriceSection,
    pub kind: Option<KindSection>,
    pub direction: Option<WordsSection>,
    pub time_band: Option<WordsSection>,
    pub event: Option<WordsSection>,
    #[serde(default)]
    pub flags: BTreeMap<String, FlagSection>,
    pub trailer: Option<TrailerSection>,
}

/// `[file]`: how the bytes are cut into lines and columns.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileSection {
    pub delimiter: Option<String>,
    #[serde(default)]
    pub quoting: bool,
    #[serde(default)]
    pub newlines_in_fields: bool,
    pub encoding: Option<String>,
    pub header: Option<String>,
    #[serde(default)]
    pub skip_rows: u32,
    #[serde(default)]
    pub rows_after_header: u32,
    pub column_count: Option<usize>,
    pub min_columns: Option<usize>,
    pub max_columns: Option<usize>,
    pub unknown_columns: Option<String>,
    #[serde(default)]
    pub optional: Vec<String>,
}

/// `[time]`: when usage began.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeSection {
    pub format: String,
    pub zone: Option<String>,
}

/// `[date]`: the dates of service lines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DateSection {
    pub format: String,
    pub month_format: Option<String>,
}

/// `[duration]`: how long voice usage lasted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DurationSection {
    pub unit: String,
}

/// `[price]`: how amounts of money are written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceSection {
    pub unit: Option<String>,
    pub decimal: Option<String>,
    pub thousands: Option<String>,
    pub currency_sign: Option<String>,
    pub broken_part: Option<String>,
}

/// `[kind]`: what is measured.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindSection {
    pub fixed: Option<String>,
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    pub otherwise: Option<String>,
    #[serde(default)]
    pub data_when_bytes: bool,
}

/// `[direction]`, `[time_band]`, `[event]`: the file's words → ours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsSection {
    pub fixed: Option<String>,
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    pub otherwise: Option<String>,
}

/// `[flags.recorded]` and its like: which words of its column mean yes and no.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlagSection {
    pub yes: Vec<String>,
    pub no: Option<Vec<String>>,
}

/// `[trailer]`: the line after the last record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrailerSection {
    pub marker: String,
    pub count: Option<usize>,
    pub total: Option<usize>,
}
