//! Usage of a bill → the summaries by class and by line (CLI), each with a total where it has more than one row.

use serde::Serialize;

use super::display::{self, MoneyStyle, wrapped};
use crate::domain::bill::Bill;
use crate::domain::money::{CallCharge, Sum};

/// Usage by class or by CLI; a column that no row fills is left out by the template.
#[derive(Serialize)]
pub(super) struct UsageTable {
    has_small: bool,
    has_voice: bool,
    has_data: bool,
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
}

/// Usage by class.
pub(super) fn by_class(bill: &Bill, style: MoneyStyle) -> UsageTable {
    let rows = bill.usage_by_class.iter().map(|usage| Usage {
        name: wrapped(&usage.title),
        small: String::new(),
        counts: [usage.records, usage.seconds, usage.bytes],
        amount: usage.amount,
    });
    usage_table(rows.collect(), style)
}

/// Usage by line (CLI), with what a spending cap took off.
pub(super) fn by_cli(bill: &Bill, style: MoneyStyle) -> UsageTable {
    let places = style.places(bill.usage_by_cli.iter().map(|usage| usage.capped));
    let rows = bill.usage_by_cli.iter().map(|usage| {
        let capped = if usage.capped == CallCharge::ZERO {
            String::new()
        } else {
            format!("spending cap took off {}", style.exact(usage.capped, places).trim_start_matches('−'))
        };
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

fn usage_table(usages: Vec<Usage>, style: MoneyStyle) -> UsageTable {
    let places = style.places(usages.iter().map(|usage| usage.amount));
    let row = |name: String, small: String, [records, seconds, bytes]: [u64; 3], amount: String| UsageRow {
        name,
        small,
        records: display::count(records),
        duration: if seconds == 0 { String::new() } else { display::duration(seconds) },
        data: if bytes == 0 { String::new() } else { display::data(bytes) },
        amount,
    };
    let sums = usages.iter().fold([0_u64; 3], |mut sums, usage| {
        for (sum, count) in sums.iter_mut().zip(usage.counts) {
            *sum = sum.saturating_add(count);
        }
        sums
    });
    let sum: Sum<6> = usages.iter().map(|usage| usage.amount).sum();
    let total = (usages.len() > 1).then(|| row("Total".into(), String::new(), sums, style.sum(sum, places)));
    UsageTable {
        has_small: usages.iter().any(|usage| !usage.small.is_empty()),
        has_voice: sums[1] > 0,
        has_data: sums[2] > 0,
        rows: usages
            .into_iter()
            .map(|usage| row(usage.name, usage.small, usage.counts, style.exact(usage.amount, places)))
            .collect(),
        total,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    #[test]
    fn classes_add_up() {
        let table = by_class(&samples::long(), MoneyStyle::new(Currency::GBP));
        let texts = |row: &UsageRow| [&row.name, &row.records, &row.duration, &row.data, &row.amount].map(Clone::clone);
        assert_eq!(texts(&table.rows[0]), ["National", "4,945", "248:37:25", "", "£185.167"]); // 4,945 × 181 s
        assert_eq!(texts(&table.rows[2]), ["Data", "310", "", "12.40 GB", "£185.167"]);
        let total = table.total.expect("more than one row");
        assert_eq!(texts(&total), ["Total", "17,295", "853:58:05", "12.40 GB", "£555.501"]); // 3 × 185.167
        assert!(table.has_voice && table.has_data && !table.has_small);
    }

    #[test]
    fn a_line_says_whose_it_is_and_what_its_cap_took_off_s1() {
        let table = by_cli(&samples::long(), MoneyStyle::new(Currency::GBP));
        assert_eq!(table.rows[0].small, "Main number · Head office");
        assert_eq!(table.rows[4].small, "Main number · Glasgow · spending cap took off £12.3456");
    }

    #[test]
    fn one_row_needs_no_total() {
        let mut bill = samples::long();
        bill.usage_by_class.truncate(1);
        assert!(by_class(&bill, MoneyStyle::new(Currency::GBP)).total.is_none());
        assert!(by_cli(&samples::short(), MoneyStyle::new(Currency::GBP)).rows.is_empty());
    }
}
