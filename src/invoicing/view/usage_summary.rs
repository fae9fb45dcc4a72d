//! Usage of a bill → the summaries by class and by line (CLI), each with a total where it has more than one row.

use serde::Serialize;

use super::charge_sections::class_title;
use super::widths::{GAP, PAGE, SMALL, TEXT, column, points};
use crate::domain::bill::Bill;
use crate::domain::money::{CallCharge, Sum};
use crate::domain::price_book::CallClass;
use crate::invoicing::language::{Style, wrapped};

/// Usage by class or by CLI; a column that no row fills is left out by the template.
#[derive(Serialize)]
pub(super) struct UsageTable {
    has_small: bool,
    has_voice: bool,
    has_data: bool,
    /// The widths of name, records, duration, data and amount, in points.
    columns: [u32; 5],
    rows: Vec<UsageRow>,
    total: Option<UsageRow>,
}

#[derive(Serialize)]
struct UsageRow {
    name: String,
    small: String,
    records: String,
    duration: String,
    data: String,
    amount: String,
    /// Whether it surely fits one line.
    one_line: bool,
}

impl UsageTable {
    /// Without rows.
    pub(super) fn none() -> Self {
        Self { has_small: false, has_voice: false, has_data: false, columns: [0; 5], rows: Vec::new(), total: None }
    }
}

/// Usage by class.
pub(super) fn by_class(bill: &Bill, style: Style) -> UsageTable {
    let rows = bill.usage_by_class.iter().map(|usage| Usage {
        name: class_title(
            CallClass::parse(&usage.class).filter(|class| class.title() == usage.title),
            &usage.title,
            style,
        ),
        small: String::new(),
        counts: [usage.records, usage.seconds, usage.bytes],
        amount: usage.amount,
    });
    usage_table(rows.collect(), style)
}

/// Usage by line (CLI), with what a spending cap took off.
pub(super) fn by_cli(bill: &Bill, style: Style) -> UsageTable {
    let places = style.places(bill.usage_by_cli.iter().map(|usage| usage.capped));
    let rows = bill.usage_by_cli.iter().map(|usage| {
        let taken = style.exact(usage.capped, places);
        let capped = style.language.fill("usage.capped", &[("amount", taken.trim_start_matches('−'))]);
        let capped = if usage.capped == CallCharge::ZERO { String::new() } else { capped };
        let small = [wrapped(&usage.description), wrapped(&usage.cost_centre), capped];
        Usage {
            name: wrapped(&usage.cli),
            small: small.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            counts: [usage.records, usage.seconds, usage.bytes],
            amount: usage.amount,
        }
    });
    usage_table(rows.collect(), style)
}

/// One row before it is written.
struct Usage {
    name: String,
    small: String,
    /// Records, seconds, bytes.
    counts: [u64; 3],
    amount: CallCharge,
}

fn usage_table(usages: Vec<Usage>, style: Style) -> UsageTable {
    let places = style.places(usages.iter().map(|usage| usage.amount));
    let row = |name: String, small: String, [records, seconds, bytes]: [u64; 3], amount: String| UsageRow {
        name,
        small,
        records: style.count(records),
        duration: if seconds == 0 { String::new() } else { style.duration(seconds) },
        data: if bytes == 0 { String::new() } else { style.data(bytes) },
        amount,
        one_line: false,
    };
    let sums = usages.iter().fold([0_u64; 3], |mut sums, usage| {
        for (sum, count) in sums.iter_mut().zip(usage.counts) {
            *sum = sum.saturating_add(count);
        }
        sums
    });
    let sum: Sum<6> = usages.iter().map(|usage| usage.amount).sum();
    let total = (usages.len() > 1).then(|| row(style.word("usage.total"), String::new(), sums, style.sum(sum, places)));
    let mut table = UsageTable {
        has_small: usages.iter().any(|usage| !usage.small.is_empty()),
        has_voice: sums[1] > 0,
        has_data: sums[2] > 0,
        columns: [0; 5],
        rows: usages
            .into_iter()
            .map(|usage| row(usage.name, usage.small, usage.counts, style.exact(usage.amount, places)))
            .collect(),
        total,
    };
    table.measure(style);
    table
}

/// A name is not given more than this, in points, where something stands beside it.
const WIDEST_NAME: u32 = 150;

impl UsageTable {
    /// Finds out how wide the columns must be, and which rows then surely fit one line.
    fn measure(&mut self, style: Style) {
        let all = || self.rows.iter().chain(&self.total);
        let head = |key: &str| style.word(key);
        let name = column(all().map(|row| row.name.as_str()), &head("usage.line"), 60).min(WIDEST_NAME);
        let records = column(all().map(|row| row.records.as_str()), &head("usage.records"), 30) + GAP;
        let duration = column(all().map(|row| row.duration.as_str()), &head("usage.duration"), 30) + GAP;
        let data = column(all().map(|row| row.data.as_str()), &head("usage.data"), 30) + GAP;
        let amount = column(all().map(|row| row.amount.as_str()), &head("usage.amount"), 30) + GAP;
        self.columns = [name, records, duration, data, amount];
        let counts = records + amount + u32::from(self.has_voice) * duration + u32::from(self.has_data) * data;
        let left = PAGE.saturating_sub(counts);
        let has_small = self.has_small;
        for row in self.rows.iter_mut().chain(&mut self.total) {
            row.one_line = match has_small {
                true => points(&row.name, TEXT) <= name && points(&row.small, SMALL) + GAP + name <= left,
                false => points(&row.name, TEXT) <= left,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    #[test]
    fn classes_add_up() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let table = by_class(&samples::long(), style);
        let texts = |row: &UsageRow| [&row.name, &row.records, &row.duration, &row.data, &row.amount].map(Clone::clone);
        assert_eq!(texts(&table.rows[0]), ["National", "4,945", "248:37:25", "", "£185.167"]); // 4,945 × 181 s
        assert_eq!(texts(&table.rows[2]), ["Data", "310", "", "12.40 GB", "£185.167"]);
        let total = table.total.expect("more than one row");
        assert_eq!(texts(&total), ["Total", "17,295", "853:58:05", "12.40 GB", "£555.501"]); // 3 × 185.167
        assert!(table.has_voice && table.has_data && !table.has_small);
    }

    #[test]
    fn a_line_says_whose_it_is_and_what_its_cap_took_off_s1() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let table = by_cli(&samples::long(), style);
        assert_eq!(table.rows[0].small, "Main number · Head office");
        assert_eq!(table.rows[4].small, "Main number · Glasgow · spending cap took off £12.3456");
    }

    #[test]
    fn one_row_needs_no_total() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let mut bill = samples::long();
        bill.usage_by_class.truncate(1);
        assert!(by_class(&bill, style).total.is_none());
        assert!(by_cli(&samples::short(), style).rows.is_empty());
    }
}
