//! The sample file of every shipped layout, read whole, against its reading in `fixtures/formats/*.reading.txt`.
//! `UPDATE_EXPECTED=1` writes the readings anew; look at the difference before keeping it.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::super::{open_source, parse_services, shipped_layouts};
use super::{context, london, read_whole, shipped};
use crate::domain::charge::ServiceLine;
use crate::domain::money::{Price, Sum};
use crate::domain::time::TimeFlag;
use crate::domain::usage::UsageRecord;

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "formats", name].iter().collect()
}

#[test]
fn every_shipped_layout_reads_its_sample_as_written_down() {
    for (name, _) in shipped_layouts() {
        let bytes = std::fs::read(fixture(&format!("{name}.csv"))).expect("every shipped layout has a sample");
        let reading = if shipped(name).is_services() { services(&bytes, name) } else { usage(&bytes, name) };
        let expected = fixture(&format!("{name}.reading.txt"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&expected, &reading).expect("the fixtures can be written");
        }
        let expected = std::fs::read_to_string(expected).expect("every sample has a reading");
        assert_eq!(reading, expected, "{name}");
    }
}

fn usage(bytes: &[u8], name: &str) -> String {
    let parsed = read_whole(bytes, &shipped(name), 200).expect("sound");
    assert_eq!(parsed.rejects, [], "{name}");
    parsed.records.iter().map(usage_reading).collect()
}

fn usage_reading(record: &UsageRecord) -> String {
    let price = |price: Option<Price>| price.map_or_else(|| "-".to_owned(), |price| price.to_string());
    let flag = match record.time_flag {
        TimeFlag::Plain => "",
        TimeFlag::InGap => " (in gap)",
        TimeFlag::Ambiguous => " (ambiguous)",
    };
    let mut text = String::new();
    let id = record.record_id.as_deref().unwrap_or("-");
    let (kind, direction) = (record.kind.name(), record.direction.name());
    _ = writeln!(text, "row {} line {} id {id}: {kind} {direction}", record.row, record.line);
    _ = writeln!(text, "  {} with {:?}, {} units", record.cli, record.other_party, record.units);
    _ = writeln!(text, "  {}{flag}, instant {}", record.started.civil, record.started.instant);
    let currency = record.currency.map_or_else(String::new, |currency| format!(" {currency}"));
    let (cost, sell, suggested) = (price(record.cost), price(record.file_sell), price(record.suggested_retail));
    _ = writeln!(text, "  cost {cost} sell {sell} suggested {suggested}{currency}");
    _ = writeln!(text, "  band {:?} time band {:?} {:?}", record.charge_band, record.time_band, record.description);
    let flags: Vec<&str> = record.flags.names().collect();
    _ = writeln!(text, "  extension {:?} call {:?} flags {flags:?}", record.extension, record.call_id);
    text
}

fn services(bytes: &[u8], name: &str) -> String {
    let (layout, zone) = (shipped(name), london());
    let source = open_source(name, bytes, &layout).expect("sound");
    let parsed = parse_services(&source, &context(&layout, &zone));
    assert_eq!(parsed.rejects, [], "{name}");
    let cost: Sum<8> = parsed.lines.iter().map(|line| line.cost).sum();
    let records = u64::try_from(parsed.lines.len()).expect("small");
    source.check_totals(records, 0, parsed.blank_lines, cost).expect("every line is accounted for");
    parsed.lines.iter().map(service_reading).collect()
}

fn service_reading(line: &ServiceLine) -> String {
    format!(
        "row {} line {}: {} {:?}\n  {} {} on {}, quantity {}, cost {}\n",
        line.row,
        line.line,
        line.cli,
        line.code,
        line.event.name(),
        line.description,
        line.date,
        line.quantity,
        line.cost
    )
}
