//! What a person worked out by hand, held against what was posted. The claims are read from text, one a line; nothing
//! here computes a price. `fixtures/README.md` lists what can be claimed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What a posted run left behind.
pub struct Posted {
    report: Value,
    invoices: BTreeMap<String, Value>,
    /// Charge and disposition of each itemised record.
    calls: BTreeMap<String, (String, String)>,
}

impl Posted {
    /// A run by its report.
    pub fn new(report: Value) -> Self {
        Self { report, invoices: BTreeMap::new(), calls: BTreeMap::new() }
    }

    /// One of its invoices, by the JSON model.
    pub fn add_invoice(&mut self, number: &str, model: Value) {
        self.invoices.insert(number.to_owned(), model);
    }

    /// The itemisation of one of its invoices.
    pub fn add_calls(&mut self, csv: &[u8]) {
        let mut reader = csv::Reader::from_reader(csv);
        let header = reader.headers().unwrap().clone();
        let place = |name: &str| header.iter().position(|column| column == name).unwrap();
        let (record, charge, disposition) = (place("record"), place("charge"), place("disposition"));
        for row in reader.records() {
            let row = row.unwrap();
            let known =
                self.calls.insert(row[record].to_owned(), (row[charge].to_owned(), row[disposition].to_owned()));
            assert!(known.is_none(), "record {} is itemised twice", &row[record]);
        }
    }
}

/// The claims that do not hold, each with what was found instead. Every invoice must have its gross claimed.
pub fn check_sums(claims: &[String], posted: &Posted, explain: impl Fn(&str) -> String) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut unclaimed: BTreeSet<&str> = posted.invoices.keys().map(String::as_str).collect();
    for claim in claims {
        let words = words(claim);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let [invoice, "gross", _] = words[..] {
            unclaimed.remove(invoice);
        }
        if let Err(found) = check(&words, posted, &explain) {
            wrong.push(format!("{claim}: {found}"));
        }
    }
    wrong.extend(unclaimed.iter().map(|invoice| format!("{invoice} was posted, and its gross is not claimed")));
    wrong
}

/// Words between blanks; quotes hold words together.
pub fn words(claim: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (position, part) in claim.split('"').enumerate() {
        match position % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

fn check(claim: &[&str], posted: &Posted, explain: impl Fn(&str) -> String) -> Result<(), String> {
    match claim {
        ["record", id, "charge", charge, disposition @ ..] => check_charge(posted, id, charge, disposition.first()),
        ["record", id, "priced", price] => check_outcome(id, &explain(id), |outcome| {
            let price_of = outcome.strip_prefix("priced at ").and_then(|rest| rest.split(' ').next());
            price_of.is_some_and(|found| plain(found) == plain(price))
        }),
        ["record", id, outcome @ ..] => check_outcome(id, &explain(id), |found| found == outcome.join(" ")),
        [kind @ ("usage" | "services"), end @ .., count] => check_count(&posted.report[kind], &end.join(" "), count),
        [account, "outcome", outcome @ ..] => check_customer(posted, account, &outcome.join(" ")),
        [invoice, claim @ ..] => {
            let model = posted.invoices.get(*invoice);
            check_invoice(
                model.ok_or_else(|| format!("no such invoice; there are {:?}", posted.invoices.keys()))?,
                claim,
            )
        }
        [] => Err("an empty claim".into()),
    }
}

fn check_charge(posted: &Posted, id: &str, charge: &str, disposition: Option<&&str>) -> Result<(), String> {
    let (found, found_disposition) = posted.calls.get(id).ok_or("is not itemised on an invoice of this run")?;
    let disposition = disposition.copied().unwrap_or("billed");
    match plain(found) == plain(charge) && found_disposition == disposition {
        true => Ok(()),
        false => Err(format!("found {found} {found_disposition}")),
    }
}

/// Any of the records of this id: a duplicate has the id of the one that came first.
fn check_outcome(id: &str, explained: &str, fits: impl Fn(&str) -> bool) -> Result<(), String> {
    let explained: Value = serde_json::from_str(explained).unwrap();
    let outcomes: Vec<&str> =
        explained.as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    match outcomes.iter().any(|outcome| fits(outcome)) {
        true => Ok(()),
        false => Err(format!("found {}: {outcomes:?}", id)),
    }
}

/// How many records ended so: `billed`, or `suspense: no rate`.
fn check_count(totals: &Value, end: &str, count: &str) -> Result<(), String> {
    let name = |row: &Value| match row["reason"].as_str() {
        Some(reason) => format!("{}: {reason}", row["disposition"].as_str().unwrap()),
        None => row["disposition"].as_str().unwrap().to_owned(),
    };
    let rows = match end {
        "in" => totals["in"].as_array().unwrap().iter().collect::<Vec<_>>(),
        _ => totals["out"].as_array().unwrap().iter().filter(|row| name(row) == end).collect(),
    };
    let found: u64 = rows.iter().map(|row| row["records"].as_u64().unwrap()).sum();
    if found.to_string() == count { Ok(()) } else { Err(format!("found {found}")) }
}

fn check_customer(posted: &Posted, account: &str, outcome: &str) -> Result<(), String> {
    let customers = posted.report["customers"].as_array().unwrap();
    let customer = customers.iter().find(|customer| customer["account"] == account).ok_or("no such customer")?;
    let found = customer["outcome"].as_str().unwrap();
    // In whole, or up to the colon after which the details stand: `parked`, `rolled over`.
    let head = found.split_once(": ").map_or(found, |(head, _)| head);
    if found == outcome || head == outcome { Ok(()) } else { Err(format!("found {found}")) }
}

fn check_invoice(model: &Value, claim: &[&str]) -> Result<(), String> {
    let found = match claim {
        ["lines", _] => model["lines"].as_array().unwrap().len().to_string(),
        ["line", description, .., amount] => {
            let of_line = lines_of(model, description, &claim[2..claim.len() - 1]);
            return match of_line.iter().any(|found| found == amount) {
                true => Ok(()),
                false => Err(format!("found {of_line:?}")),
            };
        }
        ["vat", code, amount] => {
            let vat = model["vat"].as_array().unwrap().iter().find(|vat| vat["code"] == *code);
            let found = vat.ok_or("no VAT of this code")?["vat"].as_str().unwrap();
            return if found == *amount { Ok(()) } else { Err(format!("found {found}")) };
        }
        ["allowance", name, from, measure, "used", used, "left", left] => {
            let found = limits_of(model, name, from, measure);
            let claimed = (used.to_string(), left.to_string());
            return if found.contains(&claimed) { Ok(()) } else { Err(format!("found {found:?}")) };
        }
        ["balance", _] => model["balance"]["now"].as_str().unwrap().to_owned(),
        ["due", _] => model["due_date"].as_str().unwrap().to_owned(),
        [total, _] if model["totals"].get(total).is_some() => model["totals"][total].as_str().unwrap().to_owned(),
        _ => return Err("is no claim that can be checked".into()),
    };
    if found == claim[1] { Ok(()) } else { Err(format!("found {found}")) }
}

/// What a bill says is used and left of a limit of an allowance, by the first day of its units.
fn limits_of(model: &Value, name: &str, from: &str, measure: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("unlimited").to_owned();
    let mut found = Vec::new();
    for allowance in model["allowances"].as_array().into_iter().flatten() {
        if allowance["name"] == name && allowance["from"] == from {
            let limits = allowance["limits"].as_array().unwrap().iter().filter(|limit| limit["measure"] == measure);
            found.extend(limits.map(|limit| (text(&limit["used"]), text(&limit["left"]))));
        }
    }
    found
}

/// The amounts of the lines of a description and, if they are given, a period and a cost centre.
fn lines_of(model: &Value, description: &str, place: &[&str]) -> Vec<String> {
    let (period, cost_centre) = match place {
        [period @ .., "in", cost_centre] => (period, Some(cost_centre)),
        period => (period, None),
    };
    let fits = |line: &&Value| {
        let of_period = match period {
            [] => true,
            [from, "to", to] => line["from"] == *from && line["to"] == *to,
            _ => false,
        };
        line["description"] == description && of_period && cost_centre.is_none_or(|name| line["cost_centre"] == **name)
    };
    let lines = model["lines"].as_array().unwrap().iter().filter(fits);
    lines.map(|line| line["amount"].as_str().unwrap().to_owned()).collect()
}

/// A decimal without the noughts that mean nothing: `0.0360` and `0.036` are the same charge.
fn plain(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
}

#[test]
fn claims_are_held_against_what_was_found() {
    let report = r#"{"customers": [{"account": "A1", "outcome": "rolled over: too low"}],
        "usage": {"in": [{"records": 3}], "out": [{"disposition": "suspense", "reason": "no rate", "records": 2},
        {"disposition": "billed", "reason": null, "records": 1}]}}"#;
    let mut posted = Posted::new(serde_json::from_str(report).unwrap());
    let model = r#"{"totals": {"gross": "12.00"}, "vat": [{"code": "S", "vat": "2.00"}],
        "lines": [{"description": "Line rental", "from": "2026-06-01", "to": "2026-06-30",
        "cost_centre": "Shop", "amount": "10.00"}],
        "allowances": [{"name": "UK 5", "from": "2026-06-01", "limits": [{"measure": "seconds", "used": "60", "left": "240"}]}]}"#;
    posted.add_invoice("AC-1", serde_json::from_str(model).unwrap());
    posted.add_calls(b"record,charge,disposition\nx7,0.036,billed\nx8,0.00,capped\n");
    let explain =
        |_: &str| r#"[{"outcome": "suspense: no rate"}, {"outcome": "priced at 0.4 before caps"}]"#.to_owned();
    let rows = [
        ("AC-1 gross 12.00", ""),
        ("AC-1 gross 12.0", "found 12.00"),
        ("AC-1 vat S 2.00", ""),
        ("AC-1 vat S 2.01", "found 2.00"),
        ("AC-1 line \"Line rental\" 10.00", ""),
        ("AC-1 line \"Line rental\" 2026-06-01 to 2026-06-30 10.00", ""),
        ("AC-1 line \"Line rental\" 2026-06-02 to 2026-06-30 10.00", "found []"),
        ("AC-1 line \"Line rental\" in Shop 10.00", ""),
        ("AC-1 line \"Line rental\" 2026-06-01 to 2026-06-30 in Depot 10.00", "found []"),
        ("AC-1 allowance \"UK 5\" 2026-06-01 seconds used 60 left 240", ""),
        ("AC-1 allowance \"UK 5\" 2026-06-01 seconds used 60 left 239", "found [(\"60\", \"240\")]"),
        ("AC-1 allowance \"UK 5\" 2026-05-01 seconds used 60 left 240", "found []"),
        ("AC-1 lines 2", "found 1"),
        ("AC-1 colour blue", "is no claim that can be checked"),
        ("A1 outcome rolled over", ""),
        ("A1 outcome billed", "found rolled over: too low"),
        ("record x7 charge 0.0360", ""),
        ("record x7 charge 0.0361", "found 0.036 billed"),
        ("record x8 charge 0 capped", ""),
        ("record x8 charge 0", "found 0.00 capped"),
        ("record x9 suspense: no rate", ""),
        ("record x9 priced 0.40", ""),
        ("usage in 3", ""),
        ("usage suspense: no rate 2", ""),
        ("usage suspense: unknown CLI 2", "found 0"),
    ];
    for (claim, expected) in rows {
        let wrong = check_sums(&["AC-1 gross 12.00".into(), claim.into()], &posted, explain);
        let expected: Vec<_> =
            Some(expected).filter(|text| !text.is_empty()).map(|text| format!("{claim}: {text}")).into_iter().collect();
        assert_eq!(wrong, expected, "{claim}");
    }
    assert_eq!(check_sums(&[], &posted, explain), ["AC-1 was posted, and its gross is not claimed"]);
}
