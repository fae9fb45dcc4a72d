//! What a single line is rejected for (F3), and how its values are read: the way from a line to a record.

use super::super::{Layout, Reject, parse_services};
use super::{context, four_columns, london, read_whole, shipped};
use crate::domain::money::Price;
use crate::domain::usage::{Direction, Kind, UsageRecord};

/// A generic file of one line under a header.
fn generic(header: &str, line: &str) -> Result<UsageRecord, Reject> {
    one(&format!("{header}\n{line}\n"), &shipped("generic"))
}

/// The only line of a file, as a record or as a reject.
fn one(text: &str, layout: &Layout) -> Result<UsageRecord, Reject> {
    let mut parsed = read_whole(text.as_bytes(), layout, 1 << 20).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(parsed.records.len() + parsed.rejects.len(), 1, "{text:?}");
    parsed.records.pop().ok_or_else(|| parsed.rejects.remove(0))
}

#[test]
fn a_bad_value_rejects_its_line_with_column_and_value() {
    const HEADER: &str = "kind,cli,other_party,started_at,duration,bytes,quantity,cost,charge_band,currency,flags";
    const GOOD: [&str; 11] =
        ["voice", "02079460018", "01632960123", "2026-06-01 09:15:02", "60", "", "", "0.5", "", "", ""];
    let long_band = "B".repeat(51);
    let long_text = "9".repeat(256);
    let cells: [(&str, &str, &str); 31] = [
        ("kind", "fax", "is none of the declared words: \"data\""),
        ("kind", "", "is missing"),
        ("cli", "", "is missing"),
        ("cli", "  ", "is missing"),
        ("cli", "4.42079E+11", "is a number that a spreadsheet has cut short"),
        ("cli", "０２０", "holds digits that are not 0 to 9"),
        ("cli", "020\u{202e}7946", "holds the control character U+202E"),
        ("other_party", "01632\t960123", "holds the control character U+0009"),
        ("other_party", long_text.as_str(), "is longer than 255 characters"),
        ("started_at", "", "is missing"),
        ("started_at", "2026-02-31 12:00:00", "is no day of the calendar"),
        ("started_at", "01/06/2026 09:15:02", "is not a time as YYYY-MM-DD HH:MM:SS"),
        ("started_at", "26-06-01 09:15:02", "is not a time as YYYY-MM-DD HH:MM:SS"),
        ("started_at", "2026-06-01 24:00:00", "is no time of day"),
        ("started_at", "2026-06-01 23:59:60", "is no time of day"),
        ("started_at", "1999-06-01 09:15:02", "is outside the years 2000 to 2100"),
        ("duration", "", "is missing"),
        ("duration", "-1", "is negative"),
        ("duration", "1e5", "is not a number of seconds"),
        ("duration", "1:02:03", "is not a number of seconds"),
        ("duration", "4294967297", "is more than 2^32 seconds"),
        ("bytes", "1.5", "is not a whole number"),
        ("cost", "£3", "is not a plain number"),
        ("cost", "NaN", "is not a plain number"),
        ("cost", "1e-7", "is not a plain number"),
        ("cost", "0.123456789", "has more than 8 decimal places"),
        ("cost", "99999999999999", "is beyond 92,233,720,368"),
        ("charge_band", long_band.as_str(), "is longer than 50 characters"),
        ("currency", "eur", "is no currency code"),
        ("currency", "EURO", "is no currency code"),
        ("flags", "payphone;loud", "holds the unknown flag \"loud\""),
    ];
    assert!(generic(HEADER, &GOOD.join(",")).is_ok());
    for (column, value, reason) in cells {
        let mut line = GOOD;
        line[HEADER.split(',').position(|name| name == column).expect("a column")] = value;
        let reject = generic(HEADER, &line.join(",")).expect_err(value);
        assert!(reject.reason.starts_with(reason), "{column} {value:?}: {}", reject.reason);
        assert_eq!((reject.column.as_str(), reject.line), (column, 2));
        assert!(value.trim().starts_with(reject.value.trim_end_matches('…').trim()), "{reject:?}");
        assert_eq!(usize::try_from(reject.offset), Ok(HEADER.len() + 1));
        assert_eq!(reject.raw, line.join(",").into_bytes());
    }
}

#[test]
fn a_line_that_cannot_be_cut_into_columns_is_rejected_whole() {
    let check = |line: &str, column: &str, reason: &str| {
        let reject = generic("kind,cli,started_at", line).expect_err(line);
        assert_eq!((reject.column.as_str(), reject.reason.as_str()), (column, reason), "{line:?}");
    };
    check("sms,1", "", "has 2 columns, expected 3");
    check("sms,1,2026-06-01 09:15:02,", "", "has 4 columns, expected 3");
    check(",,,", "", "has 4 columns, expected 3");
    check("sms,\"x\"y,2026-06-01 09:15:02", "cli", "goes on after its closing quote");
    check("sms,x\"y,2026-06-01 09:15:02", "cli", "holds a quote but does not begin with one");
    let long = format!("sms,{},2026-06-01 09:15:02", "x".repeat(64 * 1024 + 1));
    check(&long, "cli", "is longer than 64 KiB");
    let reject = one("a,b,c,1\n", &four_columns("column_count = 4", "")).expect_err("no time");
    assert_eq!(reject.to_string(), "line 1, column 2 (started), value \"b\": is not a time as YYYY-MM-DD HH:MM:SS");
}

#[test]
fn text_that_is_not_in_the_declared_encoding_is_rejected() {
    let read = |encoding: &str| {
        let layout = four_columns(&format!("column_count = 4\nencoding = \"{encoding}\""), "");
        let parsed = read_whole(b"Caf\xe9,2026-06-01 09:15:02,1,1\n", &layout, 100).expect("sound");
        (parsed.records.first().map(|record| record.cli.to_string()), parsed.rejects.len())
    };
    assert_eq!(read("latin-1"), (Some("CAFÉ".to_owned()), 0));
    assert_eq!(read("utf-8"), (None, 1));
}

#[test]
fn missing_values_have_their_defaults() {
    let record = generic("kind,cli,started_at", "sms, 020 7946 0018 ,2026-06-01 09:15:02").expect("good");
    assert_eq!((record.kind, record.direction, record.units), (Kind::Sms, Direction::Out, 1));
    assert_eq!((record.cost, record.record_id.as_ref(), record.currency), (None, None, None));
    assert_eq!((&*record.cli, &*record.other_party), ("+442079460018", ""));
    // A price of 0 in the file is a price (R4).
    let record = generic("kind,cli,started_at,cost,currency", "event,1,2026-06-01 09:15:02,0,GBP").expect("good");
    assert_eq!((record.cost, record.currency), (Some(Price::ZERO), None));
    assert!(generic("kind,cli,started_at", "voice,1,2026-06-01 09:15:02").is_err());
    assert!(generic("kind,cli,started_at", "data,1,2026-06-01 09:15:02").is_err());
    assert!(generic("kind,cli,started_at,direction", "sms,1,2026-06-01 09:15:02,inbound").is_err());
}

#[test]
fn what_a_layout_declares_is_how_values_are_read() {
    /// One semicolon line with the sections added, shown as units, cost and start.
    fn check(line: &str, file: &str, more: &str, expected: &str) {
        let layout = four_columns(&format!("column_count = 4\ndelimiter = \";\"\n{file}"), more);
        let record = one(&format!("{line}\n"), &layout).unwrap_or_else(|reject| panic!("{line}: {reject}"));
        let cost = record.cost.map_or_else(String::new, |cost| cost.to_string());
        assert_eq!(format!("{} {} {cost} {}", record.cli, record.units, record.started.civil), expected, "{line}");
    }
    const AT: &str = "2026-06-01 09:15:02";
    let line = |duration: &str, cost: &str| format!("02079460018;{AT};{duration};{cost}");
    check(&line("60", "0.5"), "", "", &format!("+442079460018 60 0.5 {AT}"));
    // X2: pence
    check(&line("60", "1.5"), "", "[price]\nunit = \"minor\"", &format!("+442079460018 60 0.015 {AT}"));
    let comma = "[price]\ndecimal = \",\"\nthousands = \".\"";
    check(&line("60", "1.234,50"), "", comma, &format!("+442079460018 60 1234.5 {AT}"));
    check(&line("1:00:05", ""), "", "[duration]\nunit = \"HH:MM:SS\"", &format!("+442079460018 3605  {AT}"));
    // R6: a begun second counts
    check(&line("60.2", "1"), "", "", &format!("+442079460018 61 1 {AT}"));
    check(&line("60", "1"), "quoting = true", "", &format!("+442079460018 60 1 {AT}"));
}

#[test]
fn the_layouts_zone_and_number_flags_are_used() {
    let toml = |top: &str, zone: &str| {
        format!(
            "type = \"usage\"\n{top}\n[file]\ncolumn_count = 2\ndelimiter = \"tab\"\n[columns]\ncli = 1\nstarted = 2\n\
             [time]\nformat = \"DD.MM.YYYY HH:MM\"\nzone = \"{zone}\"\n[kind]\nfixed = \"event\"\n"
        )
    };
    let check = |number: &str, top: &str, zone: &str, expected: &str| {
        let layout = Layout::parse("zoned", &toml(top, zone)).expect("sound");
        let record = one(&format!("{number}\t01.06.2026 23:30\n"), &layout).expect("good");
        assert_eq!(format!("{} {}", record.cli, record.started.civil), expected);
    };
    check("0033199001234", "", "UTC", "+33199001234 2026-06-02 00:30:00");
    check("33199001234", "", "Europe/London", "33199001234 2026-06-01 23:30:00");
    check("33199001234", "numbers = \"e164\"", "Europe/Paris", "+33199001234 2026-06-01 22:30:00");
    check("7700900123", "bare_national = true", "UTC", "+447700900123 2026-06-02 00:30:00");
}

#[test]
fn inbound_usage_belongs_to_the_called_number() {
    let line = |from: &str, to: &str, context: &str| {
        let times = "\"2026-06-01 09:15:02\",,\"\"";
        let empty = "\"\",\"\",\"\",\"\",\"\"";
        format!("\"\",\"{from}\",\"{to}\",\"{context}\",{empty},{times},1,1,\"A\",\"3\"\n")
    };
    let check = |text: &str, expected: Option<(Direction, &str, &str)>| {
        let read = one(text, &shipped("asterisk-master"));
        let read = read.as_ref().ok().map(|record| (record.direction, &*record.cli, &*record.other_party));
        assert_eq!(read, expected);
    };
    check(&line("201", "999", "internal"), Some((Direction::Out, "201", "999")));
    check(&line("01632960999", "02079460018", "from-trunk"), Some((Direction::In, "+442079460018", "+441632960999")));
    // M5: without the identifier that says whose it is, there is no record; the other end may be withheld.
    check(&line("", "02079460018", "From-Trunk"), Some((Direction::In, "+442079460018", "")));
    check(&line("", "02079460018", "internal"), None);
    let seventeen = line("201", "999", "x").replace("\"3\"\n", "\"3\",\"1780304400.17\"\n");
    assert_eq!(&*one(&seventeen, &shipped("asterisk-master")).expect("good").call_id, "1780304400.17");
    let nineteen = seventeen.replace('\n', ",\"\",\"\"\n");
    let reject = one(&nineteen, &shipped("asterisk-master")).expect_err("too many columns");
    assert_eq!(reject.reason, "has 19 columns, expected 16 to 18");
}

#[test]
fn service_lines_are_dated_and_priced_as_declared() {
    let zone = london();
    let (_, gamma) =
        super::super::shipped_layouts().iter().find(|(name, _)| name.starts_with("gamma")).expect("shipped");
    let check = |line: &str, toml: &str, expected: Result<&str, &str>| {
        let layout = Layout::parse("gamma", toml).expect("sound");
        let text = format!("{line}\n");
        let source = super::open_source("june.csv", text.as_bytes(), &layout).expect("sound");
        let parsed = parse_services(&source, &context(&layout, &zone));
        let read = match parsed.lines.first() {
            Some(line) => Ok(format!("{} {} {} {}", line.cli, line.date, line.cost, line.event.name())),
            None => Err(format!("{}: {}", parsed.rejects[0].column, parsed.rejects[0].reason)),
        };
        assert_eq!(read.as_deref().map_err(|error| &**error), expected, "{line}");
    };
    let added = gamma.replace("broken_part = \"included\"", "broken_part = \"added\"");
    check("02/06/2026,June 2026,2079460018,x,Rental,0.0000,9.7537,1", gamma, Ok("+442079460018 2026-06-02 0 rental"));
    check("02/06/2026,June 2026,2079460018,x,Rental,1,9.7537,1", &added, Ok("+442079460018 2026-06-02 10.7537 rental"));
    check("02/06/2026,July 2026,2079460018,x,cease,-4,,1", gamma, Ok("+442079460018 2026-07-01 -4 cease"));
    check("02/06/1998,July 2026,2079460018,x,Swap,4,,1", gamma, Ok("+442079460018 2026-07-01 4 other"));
    check("31/06/2026,July 2026,2079460018,x,Rental,4,,1", gamma, Err("1 (date): is no day of the calendar"));
    check("02/06/2026,07/2026,2079460018,x,Rental,4,,1", gamma, Err("2 (month): is not a month as Month YYYY"));
    check("02/06/2026,July 2026,,x,Rental,4,,1", gamma, Err("3 (cli): is missing"));
    check("02/06/2026,July 2026,1,x,Rental,,,1", gamma, Err("6 (cost): is missing"));
    check("02/06/2026,July 2026,1,x,Rental,4,,-1", gamma, Err("8 (quantity): is negative"));
    check("02/06/2026,July 2026,1,x,Rental,4,,", gamma, Err("8 (quantity): is missing"));
}
