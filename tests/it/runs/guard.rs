//! What drafts say of earlier invoices and of what is unusual (B12, B15).

use super::Office;

/// Three months of £10.00 for A1 and £200.00 for A2, and in June a one-off charge of £100.00 for A1.
fn office() -> Office {
    let charges = "A1,line,recurring,monthly,advance,calendar:1,10,2026-03-01,,Lines\n\
                   A2,line,recurring,monthly,advance,calendar:1,200,2026-03-01,,Lines\n\
                   A1,visit,one_off,,,,100,2026-06-10,,Work\n";
    let groups = "monthly,automatic,standard,monthly,1,0\n";
    let office = Office::new("", groups, "A1,monthly,\nA2,monthly,\n", "02079460011,A1\n", charges);
    office.import("may.csv", &[("m1", "02079460011", "2026-05-20 10:00:00", 600)]);
    for month in ["03", "04", "05"] {
        office.run(&format!("bill run --strict --invoice-date 2026-{month}-01")).done();
    }
    office
}

#[test]
fn a_draft_says_what_changes() {
    let office = office();
    let first = office.json("bill show 1");
    assert!(first["customers"][0]["last"].is_null() && first["changes"]["first"] == 2, "{first}");
    office.run("bill draft --invoice-date 2026-06-01").done();
    let draft = office.json("bill show 4");
    let a1 = &draft["customers"][0];
    // 10.00 before; now 0.10 of calls, 10.00 and 100.00.
    let last = serde_json::json!({"number": "AC-000005", "date": "2026-05-01", "net": "10.00", "usage": "0.00", "charges": "10.00"});
    assert_eq!(a1["last"], last);
    assert_eq!(a1["change"], serde_json::json!({"net": "100.10", "usage": "0.10", "charges": "100.00"}));
    assert_eq!(draft["customers"][1]["change"]["net"], "0.00");
    assert_eq!(draft["changes"]["change"]["net"], "100.10");
    let shown = office.run("bill show 4").done().out;
    assert!(shown.contains("+100.10") && shown.contains("+0.10") && shown.contains("unusual_total"), "{shown}");
}

#[test]
fn strict_refuses_what_nobody_has_looked_at() {
    let office = office();
    office.run("bill draft --invoice-date 2026-06-01").done();
    office.run("bill approve 4").done();
    // 110.10 against a mean of 10.00: above the deviation, £100 and 15 %.
    office.run("bill post 4 --strict").ended(1).says("A1: unusual_total: 110.10 ex VAT").says("bill acknowledge 4");
    assert_eq!(office.invoices().len(), 6);
    office.run("bill acknowledge 4").ended(1).says("no reason is given");
    office.run("bill acknowledge 4 --account A2 --reason no").ended(1).says("no such flag stands");
    office.run("bill acknowledge 4 --account A1 --flag unusual_total --reason engineer").done();
    office.run("bill acknowledge 4 --reason again").ended(1).says("no such flag stands");
    // Drafted again, the same is said: who looked at it has looked.
    office.run("bill draft --run 4").done();
    let flags = office.json("bill show 4")["flags"].clone();
    assert_eq!(flags.as_array().unwrap().len(), 1);
    assert!(flags[0]["acknowledged"].as_str().unwrap().ends_with("engineer"), "{flags}");
    // Another sum is another thing to look at.
    office.import("late.csv", &[("m2", "02079460011", "2026-05-21 10:00:00", 600)]);
    office.run("bill draft --run 4").done();
    office.run("bill approve 4").done();
    office.run("bill post 4 --strict").ended(1).says("110.20 ex VAT");
    office.run("bill post 4").done();
    office.run("bill acknowledge 4 --reason late").ended(1).says("it is posted");
}

#[test]
fn the_setting_is_as_good_as_the_option() {
    let office = office();
    office.write("w/tollbook.toml", "[billing]\nstrict = true\n");
    office.run("bill run --invoice-date 2026-06-01").ended(1).says("nobody has acknowledged");
    office.run("bill acknowledge 4 --reason engineer").done();
    // It goes on with the run that was held back.
    office.run("bill run --invoice-date 2026-06-01").done();
    assert_eq!(office.json("bill list").as_array().unwrap().len(), 4);
}

#[test]
fn margins_nothing_to_pay_and_suspense_are_looked_at() {
    let groups = "monthly,automatic,standard,monthly,1,0\n";
    let office = Office::new(
        "",
        groups,
        "A1,monthly,\nA2,monthly,\nA3,monthly,\n",
        "02079460011,A1\n02079460012,A2\n02079460013,A3\n",
        "",
    );
    let mut lines = "record_id,kind,cli,other_party,started_at,duration,cost\n".to_owned();
    let mut call = |id: &str, cli: &str, seconds: u32, cost: &str| {
        lines.push_str(&format!("{id},voice,{cli},01134960001,2026-05-20 10:00:00,{seconds},{cost}\n"));
    };
    // Ten minutes sell at 0.10; a call of no length at nothing.
    call("dear", "02079460011", 600, "0.11");
    call("fair", "02079460012", 600, "0.10");
    call("free", "02079460013", 0, "0");
    (0..110).for_each(|number| call(&format!("lost-{number}"), "02079469999", 60, "0.01"));
    office.write("may.csv", &lines);
    office.run("import usage may.csv --supplier carrier").done();
    office.run("bill draft --invoice-date 2026-06-01").done();
    let flags = office.json("bill show 1")["flags"].clone();
    let flags: Vec<String> =
        flags.as_array().unwrap().iter().map(|flag| format!("{} {}", flag["account"], flag["flag"])).collect();
    assert_eq!(flags, ["\"\" \"unusual_suspense\"", "\"A1\" \"negative_margin\"", "\"A3\" \"zero_total\""]);
    office.run("bill approve 1").done();
    office.run("bill acknowledge 1 --account A1 --reason seen").done();
    office
        .run("bill post 1 --strict")
        .ended(1)
        .says("unusual_suspense: 110 of 113 usage records")
        .says("A3: zero_total");
}
