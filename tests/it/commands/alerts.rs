//! Alerts after imports (L5), from the settings to the list; limits of lines in the credit limit report (L4).

use serde_json::Value;

use super::{HEADER, Place};

/// Calls of customer A1 at 2p a minute: (id, start, minutes, number).
fn file(calls: &[(&str, &str, u32)]) -> String {
    let call = |(id, started, minutes): &(&str, &str, u32)| {
        format!("{id},voice,02079460018,01632960123,{started},{},0.01\n", minutes * 60)
    };
    HEADER.to_owned() + &calls.iter().map(call).collect::<String>()
}

/// A workspace in which £5 on a day may be unusual after five days of history; eight days of £1.20 each.
fn with_history() -> Place {
    let place = Place::new();
    let settings = place.path("workspace/tollbook.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let text = text.replace("daily_spend = \"20\"", "daily_spend = \"5\"");
    let text = text.replace("least_history_days = 7", "least_history_days = 5");
    std::fs::write(&settings, text.replace("night_spend = \"20\"", "night_spend = \"5\"")).unwrap();
    let days: Vec<String> = (1..9).map(|day| format!("2026-06-0{day} 10:00:00")).collect();
    let ids: Vec<String> = (1..9).map(|day| format!("a{day}")).collect();
    let calls: Vec<(&str, &str, u32)> =
        ids.iter().zip(&days).map(|(id, day)| (id.as_str(), day.as_str(), 60)).collect();
    place.write("june.csv", &file(&calls));
    place
}

fn switch(place: &Place, enabled: bool) {
    let settings = place.path("workspace/tollbook.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let (from, to) = (format!("enabled = {}", !enabled), format!("enabled = {enabled}"));
    assert!(text.contains(&from));
    std::fs::write(&settings, text.replace(&from, &to)).unwrap();
}

fn alerts(place: &Place, options: &str) -> Vec<String> {
    let out = place.run(&format!("usage alerts --json{options}")).done().out;
    let list: Value = serde_json::from_str(&out).unwrap();
    let word = |alert: &Value| format!("{}: {}", alert["alert"].as_str().unwrap(), alert["detail"].as_str().unwrap());
    list.as_array().unwrap().iter().map(word).collect()
}

#[test]
fn a_day_unlike_the_others_is_said_once_l5() {
    let place = with_history();
    let quiet = place.run("import usage june.csv --supplier carrier").done();
    assert!(!quiet.err.contains("alert"), "{}", quiet.err);
    place.write("ninth.csv", &file(&[("b1", "2026-06-09 23:00:00", 600)]));
    let loud = place.run("import usage ninth.csv --supplier carrier").done();
    assert!(loud.err.contains("alert 1: A1: daily_spend: 12.00 GBP on 2026-06-09"), "{}", loud.err);
    let expected = [
        "daily_spend: 12.00 GBP on 2026-06-09, in 1 record; the mean of the 8 days with usage before it is 1.20",
        "night_and_weekend: 12.00 GBP at night or at the weekend on 2026-06-09; the mean of the 8 days with usage before it is 0.30",
    ];
    assert_eq!(alerts(&place, ""), expected);
    // More of the same day says nothing new; neither does the same file.
    place.write("more.csv", &file(&[("b2", "2026-06-09 22:30:00", 700)]));
    assert!(!place.run("import usage more.csv --supplier carrier").done().err.contains("alert"));
    place.run("import usage ninth.csv --supplier carrier").ended(1);
    assert_eq!(alerts(&place, "").len(), 2);
    place.run("usage alerts --acknowledge 1 --by ann").done();
    assert_eq!((alerts(&place, "").len(), alerts(&place, " --all").len()), (1, 2));
    place.run("usage alerts --acknowledge 1").ended(1).says("ann did before");
    place.run("usage alerts --acknowledge 9").ended(1).says("there is no such alert");
    place.run("verify").done();
}

#[test]
fn an_import_never_fails_for_its_alerts_and_what_was_left_is_made_up_for() {
    let place = with_history();
    switch(&place, false);
    place.write("ninth.csv", &file(&[("b1", "2026-06-09 12:00:00", 600)]));
    place.run("import usage june.csv --supplier carrier").done();
    place.run("import usage ninth.csv --supplier carrier").done();
    assert_eq!(alerts(&place, ""), Vec::<String>::new(), "switched off");
    switch(&place, true);
    let facts = place.path("workspace/usage/import-000001.parquet");
    let bytes = std::fs::read(&facts).unwrap();
    std::fs::remove_file(&facts).unwrap();
    let other = std::fs::read_to_string(crate::program::fixture("formats/asterisk-master.csv")).unwrap();
    place.write("other.csv", &format!("{}\n", other.lines().next().unwrap()));
    let run = place.run("import usage other.csv --supplier exchange").done();
    assert!(run.err.contains("alerts were not looked for"), "{}", run.err);
    std::fs::write(&facts, bytes).unwrap();
    place.write("eleventh.csv", &file(&[("c1", "2026-06-11 12:00:00", 60)]));
    place.run("import usage eleventh.csv --supplier carrier").done();
    assert_eq!(alerts(&place, "").len(), 1, "the ninth, made up for");
}

#[test]
fn a_line_above_its_limit_is_in_the_report_and_an_alert_l4() {
    let place = Place::new();
    let now = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::get("Europe/London").unwrap());
    place.write("clis.csv", "cli,account,usage_limit\n02079460018,A1,1.00\n");
    std::fs::create_dir(place.path("limits")).unwrap();
    std::fs::rename(place.path("clis.csv"), place.path("limits/clis.csv")).unwrap();
    place.run("book import limits --mode upsert").done();
    let today = now.strftime("%Y-%m-%d 00:00:01").to_string();
    place.write("now.csv", &file(&[("n1", &today, 45)]));
    place.run("import usage now.csv --supplier carrier").done();
    assert_eq!(alerts(&place, ""), Vec::<String>::new(), "0.90 of 1.00");
    let limits = |options: &str| place.run(&format!("report credit-limits{options}")).done().out;
    assert!(limits("").contains("0.90   1.00  90.0"), "{}", limits(""));
    assert!(limits(" --above 90").contains("nobody is above 90 %"));
    place.write("more.csv", &file(&[("n2", &today, 6)]));
    place.run("import usage more.csv --supplier carrier").done();
    let said = alerts(&place, "");
    assert!(said.len() == 1 && said[0].contains("is 1.02 GBP, the limit is 1.00"), "{said:?}");
    assert!(limits(" --above 100").contains("102.0"));
}
