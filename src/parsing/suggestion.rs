//! The first bytes of a file → which layouts fit it, best first, and why the others do not (`layouts check`).

use super::frame::{Extent, open};
use super::layout::Layout;
use super::services::parse_services;
use super::usage::parse_usage;
use super::{ParseContext, SourceFile};
use crate::domain::money::Currency;
use crate::domain::telephone::NumberRules;
use crate::domain::time::Zone;

/// How well one layout fits a file's beginning.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LayoutFit {
    /// The layout's name.
    pub layout: String,
    /// Reads the frame and at least nine of ten lines.
    pub fits: bool,
    /// Lines that were read.
    pub records: u64,
    /// Lines that were rejected.
    pub rejects: u64,
    /// Why the file or its first rejected line cannot be read; `None` if all could.
    pub why_not: Option<String>,
}

/// How many bytes of a file are looked at.
const SAMPLE_BYTES: usize = 64 * 1024;

/// Tries every layout on the beginning of a file. `bytes` are its first bytes, or all of them; only whole lines count.
/// Best first; equals in the order of `layouts`.
pub fn suggest_layouts(
    bytes: &[u8],
    layouts: &[Layout],
    workspace_zone: &Zone,
    numbers: &NumberRules,
    currency: Currency,
) -> Vec<LayoutFit> {
    let sample = whole_lines(&bytes[..bytes.len().min(SAMPLE_BYTES)]);
    let mut fits: Vec<LayoutFit> = layouts
        .iter()
        .map(|layout| fit(sample, &ParseContext { layout, workspace_zone, numbers: numbers.clone(), currency }))
        .collect();
    let read_of_thousand = |fit: &LayoutFit| fit.records * 1000 / (fit.records + fit.rejects).max(1);
    fits.sort_by_key(|fit| std::cmp::Reverse((fit.fits, read_of_thousand(fit))));
    fits
}

fn whole_lines(bytes: &[u8]) -> &[u8] {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes, |end| &bytes[..=end])
}

fn fit(sample: &[u8], context: &ParseContext<'_>) -> LayoutFit {
    let layout = context.layout.name().to_owned();
    match open("the file", sample, context.layout, Extent::Beginning, Vec::new()) {
        Err(refusal) => LayoutFit { layout, fits: false, records: 0, rejects: 0, why_not: Some(refusal.what()) },
        Ok(source) => {
            let (records, rejects, first) = read(&source, context);
            let fits = records > 0 && records >= rejects * 9;
            let why_not = first.or_else(|| (records == 0).then(|| "has no records".to_owned()));
            LayoutFit { layout, fits, records, rejects, why_not }
        }
    }
}

/// How many lines were read, how many rejected, and why the first of these.
fn read(source: &SourceFile<'_>, context: &ParseContext<'_>) -> (u64, u64, Option<String>) {
    let (records, rejects) = if context.layout.is_services() {
        let parsed = parse_services(source, context);
        (parsed.lines.len(), parsed.rejects)
    } else {
        let parsed = parse_usage(source, &source.body_chunk(), context);
        (parsed.records.len(), parsed.rejects)
    };
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    (count(records), count(rejects.len()), rejects.first().map(ToString::to_string))
}
