//! A supplier's service file loaded to be compared (P8): what is found, in figures worked by hand, and that nothing of it is
//! ever billed.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tollbook::domain::totals::ControlTotals;

use crate::program::{Run, fixture, tollbook};

/// The book of the scenario on service lines, with charges beside it.
///
/// - The shop's line: charged 14.00 at a cost of 12.19: agrees with the file.
/// - The shop's care: charged 4.50 at a cost of 4.75; the supplier charges 5.00: cost and negative margin.
/// - The call centre: 12 ISDN channels, the supplier has 10 + 5 = 15 for 143.40 + 71.70 = 215.10; 12 × 14.34 = 172.08.
/// - The call centre's line: charged, not in the file.
/// - `Premier directory` for 3.00: nobody is charged.
/// - A charge for a seat, of a product that is in no line: only with --all-products.
const CHARGES: &str = "\
account,charge,product,cli,type,interval,quantity,price,cost,from
A1001,line,LINE,020 7946 0018,recurring,monthly,1,14,12.19,2026-01-01
A1001,care,CARE,020 7946 0018,recurring,monthly,1,4.50,4.75,2026-01-01
A1001,isdn,ISDN,01632 960123,recurring,quarterly,12,48,43.02,2026-01-01
A1001,line-2,LINE,01632 960123,recurring,monthly,1,14,12.19,2026-01-01
A1001,ended,OTHER,020 7946 0018,recurring,monthly,1,7,3,2026-01-01
A1001,visit,DISPLAY,01632 960123,recurring,monthly,1,9,,2026-01-01
";
const CHARGE_ENDED: &str = "A1001,ended,OTHER,020 7946 0018,recurring,monthly,1,7,3,2026-01-01,2026-05-31\n";

fn workspace(folder: &Path) {
    let scenario = fixture("scenarios/service_lines");
    let utf8 = |path: &Path| path.to_str().unwrap().to_owned();
    tollbook(folder, &["init", "w"]).done();
    let in_w =
        |arguments: &[&str]| -> Run { tollbook(folder, &[&["--workspace", "w", "--quiet"], arguments].concat()) };
    in_w(&["book", "import", &utf8(&scenario.join("book"))]).done();
    let charges = folder.join("charges");
    fs::create_dir(&charges).unwrap();
    let header = CHARGES.replacen("from\n", "from,to\n", 1);
    let text: String = header
        .lines()
        .map(|line| match line.starts_with("A1001,ended") {
            true => CHARGE_ENDED.to_owned(),
            false if line.starts_with("account") => format!("{line}\n"),
            false => format!("{line},\n"),
        })
        .collect();
    fs::write(charges.join("charges.csv"), text).unwrap();
    in_w(&["book", "import", "charges"]).done();
    let files = fs::read_dir(scenario.join("services")).unwrap().next().unwrap().unwrap().path();
    let supplier = files.file_name().unwrap().to_str().unwrap().to_owned();
    for file in fs::read_dir(&files).unwrap() {
        let file = utf8(&file.unwrap().path());
        in_w(&["import", "services", &file, "--supplier", &supplier, "--reconcile"]).ended(0);
    }
}

fn report(folder: &Path, options: &[&str]) -> Value {
    let arguments = [&["--workspace", "w", "--json", "report", "reconciliation"], options].concat();
    serde_json::from_str(&tollbook(folder, &arguments).done().out).unwrap()
}

/// `cli product differences | quantity sell cost | quantity cost` of each row.
fn rows(report: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    let row = |row: &Value| {
        let differences: Vec<_> = row["differences"].as_array().unwrap().iter().map(text).collect();
        let figures =
            ["our_quantity", "our_sell", "our_cost", "supplier_quantity", "supplier_cost"].map(|name| text(&row[name]));
        let [many, sell, cost, theirs, they_charge] = figures;
        let (cli, product) = (text(&row["cli"]), text(&row["product"]));
        format!("{cli} {product} {} | {many} {sell} {cost} | {theirs} {they_charge}", differences.join("+"))
    };
    report["rows"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn tells_what_is_missing_extra_and_differs() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let report = report(folder.path(), &[]);
    let expected = [
        "+441632960123 LINE extra | 1 14 12.19 | - -",
        "+441632960123 ISDN quantity+cost+negative_margin | 12 192 172.08 | 15 215.1",
        "+441632960123 CEASE missing | - - - | 1 -4.0633",
        "+441632960123 VISIT missing | - - - | 0.5 60",
        "+441632960123 DISPLAY extra | 1 9 - | - -",
        "+442079460018 CARE cost+negative_margin | 1 4.5 4.75 | 1 5",
        "+442079460018 DISPLAY missing | - - - | 1 0",
        "+442079460018 FIBRE missing | - - - | 1 20",
        "+442079460018 OTHER missing | - - - | 1 3",
    ];
    let mut found = rows(&report);
    let mut expected = expected.map(str::to_owned).to_vec();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(report["agreed"], 1);
    // 12 lines: 9 compared; a seat that is no product, an unknown CLI, a CLI whose services are excluded.
    assert_eq!((&report["lines"], &report["lines_compared"]), (&12.into(), &9.into()));
    assert_eq!(report["unmatched"].as_array().unwrap().len(), 3);
    let text = tollbook(folder.path(), &["--workspace", "w", "report", "reconciliation"]).done().out;
    assert!(text.contains("both sides agree on 1, differ on 9"), "{text}");
}

#[test]
fn nothing_of_it_is_billed() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let drafted = tollbook(
        folder.path(),
        &["--workspace", "w", "--json", "--quiet", "bill", "draft", "--invoice-date", "2026-07-01", "--dry-run"],
    );
    let drafted: Value = serde_json::from_str(&drafted.done().out).unwrap();
    // The same run with nothing to compare has the same service lines: none.
    assert_eq!(drafted["services"], serde_json::to_value(ControlTotals::default()).unwrap());
    let files = tollbook(folder.path(), &["--workspace", "w", "--json", "usage", "files"]).done().out;
    assert!(files.contains("services, compared only"), "{files}");
}
