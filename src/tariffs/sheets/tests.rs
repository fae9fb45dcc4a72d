//! Small sheets of each format and the rows that they become: `MATCH BAND FROM TO` and the terms in words, or the reasons
//! for which they are refused.

use super::*;
use crate::tariffs::terms::RateColumns;

fn declared() -> Declared {
    Declared {
        format: None,
        delimiter: None,
        decimal_comma: false,
        date_order: None,
        from: Date::parse("2026-06-01"),
        increments: None,
        matching: None,
        bands: ["daytime", "evening", "weekend"].map(str::to_owned),
        ignored: Vec::new(),
        numbers: NumberRules::of_country("44"),
        example_mark: "(example, ignored)",
    }
}

fn target(code: &str, minor: bool, sheet_minor: bool) -> Target {
    Target { code: code.to_owned(), currency: Currency::GBP, minor, sheet_minor, minimum_is_minor: true }
}

fn names() -> KnownNames {
    let bands = ["UKL", "44"].map(str::to_owned).into_iter().collect();
    let types = [("local", "UK Landline"), ("premium_1", "Premium"), ("premium_2", "Premium")];
    KnownNames { bands, call_types: types.map(|(code, name)| (code.to_owned(), name.to_owned())).to_vec() }
}

fn shown(rows: &[TableRow]) -> Vec<String> {
    let columns = RateColumns::of(&rows::rates_table());
    let cell = |row: &TableRow, place: usize| row.cells.get(place).map(str::to_owned).unwrap_or_else(|| "-".to_owned());
    let places = [columns.matches, columns.band, columns.from, columns.to];
    rows.iter()
        .map(|row| format!("{} {}", places.map(|place| cell(row, place)).join(" "), columns.in_words(row)))
        .collect()
}

fn read(text: &str, declared: &Declared, target: &Target, costs_to: Option<&Target>) -> Sheet {
    match Recognised::find("s.csv", text.as_bytes(), declared) {
        Ok(recognised) => recognised.read(target, costs_to, declared, &names()),
        Err(found) => Sheet { errors: vec![found.error.into()], ..Sheet::default() },
    }
}

#[track_caller]
fn check(text: &str, declared: &Declared, target: &Target, expected: Result<&[&str], &[&str]>) {
    let sheet = read(text, declared, target, None);
    let reasons: Vec<String> =
        sheet.errors.iter().map(|error| format!("{} {}: {}", error.line, error.column, error.reason)).collect();
    let rows = shown(&sheet.rows);
    let found = if reasons.is_empty() { Ok(rows) } else { Err(reasons) };
    let expected = expected.map(|rows| rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>());
    let expected = expected.map_err(|reasons| reasons.iter().map(|reason| (*reason).to_owned()).collect::<Vec<_>>());
    assert_eq!(found, expected, "{text}");
}

#[test]
fn decks() {
    let (plain, pounds) = (declared(), target("t", false, false));
    let check = |text: &str, expected: Result<&[&str], &[&str]>| check(text, &plain, &pounds, expected);
    check("Prefix,Rate\n4420,0.01\n", Ok(&["prefix:+4420 - 2026-06-01 - 0.01"]));
    check(
        "A letter\n\nDial Code;Destination;Price/min;Interval\n\"4420;44161\";Cities;0.01;30/6\n",
        Ok(&["prefix:+4420 - 2026-06-01 - 0.01 30/6", "prefix:+44161 - 2026-06-01 - 0.01 30/6"]),
    );
    check(
        "Country Code\tArea Code\tRate\tFirst Increment\tNext Increment\tSetup Fee\n44\t20-21\t0.01\t60\t1\t0.05\n44\t\t0.02\t60\t60\t0\n",
        Ok(&[
            "prefix:+4420 - 2026-06-01 - 0.01 connection 0.05 60/1",
            "prefix:+4421 - 2026-06-01 - 0.01 connection 0.05 60/1",
            "prefix:+44 - 2026-06-01 - 0.02 60/60",
        ]),
    );
    // Columns of a spreadsheet's width, a row of blanks, a repeated row.
    check("Prefix,Rate,,\n4420,0.01,,\n,,,\n4420,0.010,,\n", Ok(&["prefix:+4420 - 2026-06-01 - 0.01"]));
    check("Prefix,Rate,\n4420,0.01,x\n", Err(&["2 : stands in a column without a name"]));
    check(
        "Prefix,Rate\n4420,0.01\n4420,0.02\n",
        Err(&["3 Prefix: line 2 has it with other terms on the same dates: 0.01, here 0.02"]),
    );
    check(
        "Prefix,Rate,Increment\nx,y,0\n",
        Err(&[
            "2 Prefix: \"x\" is not a code",
            "2 Rate: is not a plain number (digits, one decimal point, an optional leading minus)",
            "2 Increment: is an increment of 0",
        ]),
    );
    check("Prefix,Rate,Peak Rate\n4420,0.01,1\n", Err(&["1 Peak Rate: is no column that this format knows"]));
    check("Prefix,Rate\n", Err(&["1 : has a header and no rows"]));
}

#[test]
fn decks_with_dates_units_and_declarations() {
    let dated = Declared { from: None, ..declared() };
    let pounds = target("t", false, false);
    check(
        "Prefix,Rate,Valid From,End Date\n4420,0.01,2026-06-01,\n4420,0.02,15-Jul-26,2026-12-31\n",
        &dated,
        &pounds,
        Ok(&["prefix:+4420 - 2026-06-01 - 0.01", "prefix:+4420 - 2026-07-15 2026-12-31 0.02"]),
    );
    check("Prefix,Rate\n4420,0.01\n", &dated, &pounds, Err(&["2 : states no first day"]));
    let pence_sheet = target("t", false, true);
    check("Prefix,Rate p/min\n4420,0.61\n", &declared(), &pence_sheet, Ok(&["prefix:+4420 - 2026-06-01 - 0.0061"]));
    let reason = "1 Rate p/min: states the minor unit, but is read in the major unit (X2)";
    check("Prefix,Rate p/min\n4420,0.61\n", &declared(), &pounds, Err(&[reason]));
    let comma = Declared { decimal_comma: true, increments: Increments::parse("60/1").ok(), ..declared() };
    check("Prefix;Rate\n4420;0,0061\n", &comma, &pounds, Ok(&["prefix:+4420 - 2026-06-01 - 0.0061 60/1"]));
    let ignoring = Declared { ignored: vec!["peak rate".into()], ..declared() };
    check("Prefix,Rate,Peak Rate\n4420,0.01,1\n", &ignoring, &pounds, Ok(&["prefix:+4420 - 2026-06-01 - 0.01"]));
}

#[test]
fn classic_sheets() {
    let (plain, pence) = (declared(), target("t", true, true));
    let check_here = |text: &str, expected: Result<&[&str], &[&str]>| check(text, &plain, &pence, expected);
    // Duration block 15 (46 seconds are 60), 3p minimum; equal prices are one row.
    check_here(
        "Destination,Minimum Charge,Connection Fee,Peak,Offpeak,Weekend,Duration Block\nUKL,3,0,1,1,1,15\n",
        Ok(&["band:UKL - 2026-06-01 - 1 minimum 3 15/15"]),
    );
    check_here(
        "Destination,Peak,Offpeak,Weekend\nuk landline,3,2,1\n",
        Ok(&[
            "type:local daytime 2026-06-01 - 3",
            "type:local evening 2026-06-01 - 2",
            "type:local weekend 2026-06-01 - 1",
        ]),
    );
    // A band goes before a number; a number may be national.
    check_here(
        "Destination,Peak,Offpeak,Weekend\n44,1,1,1\n0161 496,1,1,1\n+33,1,1,1\n118,1,1,1\n",
        Ok(&[
            "band:44 - 2026-06-01 - 1",
            "prefix:+44161496 - 2026-06-01 - 1",
            "prefix:+33 - 2026-06-01 - 1",
            "prefix:118 - 2026-06-01 - 1",
        ]),
    );
    check_here(
        "Destination,Minimum Charge,Peak,Offpeak,Weekend\nPremium,1,1,1,1\nlocla,1,1,1,1\n4420,-1,1,,1\n",
        Err(&[
            "2 Destination: is the name of several call types",
            "3 Destination: is no charge band, no call type and no number",
            "4 Destination: may be an international number without its +, or a short code",
            "4 Offpeak: is blank",
            "4 Minimum Charge: is negative",
        ]),
    );
    // Pounds, and still the minimum in pence.
    let pounds = target("t", false, false);
    check(
        "Destination,Minimum Charge,Peak,Offpeak,Weekend\nlocal,3,0.01,0.01,0.01\n",
        &plain,
        &pounds,
        Ok(&["type:local - 2026-06-01 - 0.01 minimum 0.03"]),
    );
}

#[test]
fn costs_become_rows_of_the_wholesale_tariff() {
    let text = "Destination,Minimum Charge,Peak,Offpeak,Weekend,Cost Peak,Cost Offpeak,Cost Weekend,Duration Block\n\
                UKL,3,1.2,1,1,0.5,0.5,0.5,60\nlocal,3,1,1,1,1.1,0.9,0.9,60\n";
    let sheet = read(text, &declared(), &target("t", true, true), Some(&target("cost", false, true)));
    assert_eq!(
        shown(&sheet.costs),
        [
            "band:UKL - 2026-06-01 - 0.005",
            "type:local daytime 2026-06-01 - 0.011",
            "type:local evening 2026-06-01 - 0.009",
            "type:local weekend 2026-06-01 - 0.009",
        ]
    );
    assert!(sheet.costs.iter().all(|row| row.cells.get(0) == Some("cost")) && sheet.left_out.is_empty());
    let warned: Vec<(u64, &str)> = sheet.warnings.iter().map(|warning| (warning.line, warning.text.as_str())).collect();
    assert_eq!(warned, [(3, "type:local sells below its cost: daytime 1 below 1.1")]);
    let sheet = read(text, &declared(), &target("t", true, true), None);
    assert_eq!((sheet.costs.len(), sheet.warnings.len()), (0, 1));
    assert_eq!(sheet.left_out, ["Cost Peak", "Cost Offpeak", "Cost Weekend"]);
}

#[test]
fn sheets_of_our_own_columns() {
    let (plain, pence) = (Declared { from: None, ..declared() }, target("t", true, true));
    let check = |text: &str, expected: Result<&[&str], &[&str]>| check(text, &plain, &pence, expected);
    check(
        "tariff,match,time_band,from,to,rate,minimum\nt,type:local,daytime,2026-06-01,,1.20,3\nt,prefix:0033,,2026-07-01,2026-07-31,4,\n",
        Ok(&["type:local daytime 2026-06-01 - 1.2 minimum 3", "prefix:+33 - 2026-07-01 2026-07-31 4"]),
    );
    check(
        "tariff,match,from,rate\nother,type:local,2026-06-01,1\nt,,2026-06-01,1\nt,type:local,,x\n",
        Err(&[
            "2 tariff: is another tariff than t, which is imported",
            "3 match: is blank",
            "4 rate: is not a plain number (digits, one decimal point, an optional leading minus)",
        ]),
    );
    // As templates and people have it: capitals, blanks, stars, an example, a total, a rate since ever.
    check(
        "Match*,Time Band,FROM,Rate\n\"prefix:+4420 (example, ignored)\",,2026-01-01,0.5\ntype:local,,,1\nTotal,,,1\n",
        Ok(&["type:local - - - 1"]),
    );
    check("match,rate\ntype:local,1\n", Err(&["2 from: states no first day"]));
    check("match,from,rate,incremnt\ntype:local,2026-06-01,1,1\n", Err(&["1 incremnt: is no column of rates.csv"]));
}

#[test]
fn a_header_that_is_not_certain_is_refused() {
    let check = |text: &str, reason: &str| {
        let error = Recognised::find("s.csv", text.as_bytes(), &declared()).map(|_| ()).expect_err(text);
        assert!(error.error.reason.contains(reason), "{text}: {}", error.error);
    };
    check("Place,Cost\nLondon,1\n", "the nearest holds \"Place\", \"Cost\"");
    check("Prefix,Rate,Destination,Peak,Offpeak,Weekend\n1,1,1,1,1,1\n", "fits more than one format: classic, deck");
    let declared = Declared { delimiter: Some(b';'), ..declared() };
    assert!(Recognised::find("s.csv", b"Prefix,Rate\n1,1\n", &declared).is_err());
}

/// Rows as a workbook has them: a title, numbers as prefixes and prices, dates, a fault.
fn workbook(rows: &[(u64, &[(CellNature, &str)])]) -> Vec<Record> {
    let row = |(number, cells): &(u64, &[(CellNature, &str)])| {
        let mut record = Record::of_row(*number);
        cells.iter().for_each(|(nature, text)| record.push(*nature, text));
        record
    };
    rows.iter().map(row).collect()
}

#[test]
fn a_sheet_of_a_workbook_is_read_as_its_twin_in_csv() {
    use CellNature::{Day, Fault, Number, Percent, Text};
    let declared = Declared { from: None, date_order: Some(DateOrder::DayFirst), ..declared() };
    let pounds = target("t", false, false);
    let header: &[(CellNature, &str)] =
        &[(Text, "Prefix"), (Text, "Destination"), (Text, "Rate"), (Text, "Interval"), (Text, "Effective Date")];
    let sound = workbook(&[
        (1, &[(Text, "Made-up Carrier Ltd")]),
        (4, header),
        (5, &[(Number, "4420"), (Text, "London"), (Number, "0.0061"), (Text, "30/6"), (Day, "2026-06-01")]),
        (6, &[(Text, "+44161"), (Text, ""), (Number, "0.01"), (Number, "60"), (Text, "15/06/2026")]),
        (7, &[(Text, "Total"), (Text, ""), (Number, "0.0161")]),
    ]);
    let recognised = Recognised::find_in_rows("s.xlsx", sound, &declared).expect("a deck");
    let sheet = recognised.read(&pounds, None, &declared, &names());
    assert_eq!(sheet.errors, []);
    assert_eq!(
        shown(&sheet.rows),
        ["prefix:+4420 - 2026-06-01 - 0.0061 30/6", "prefix:+44161 - 2026-06-15 - 0.01 60/60"]
    );
    let warned: Vec<(u64, &str)> = sheet.warnings.iter().map(|warning| (warning.line, &warning.text[..20])).collect();
    assert_eq!(warned, [(0, "the column Effective"), (7, "is a total, and is n")]);

    let wrong = workbook(&[
        (1, header),
        (2, &[(Number, "44.5"), (Text, "x"), (Percent, "20"), (Day, "2026-06-30"), (Number, "46174")]),
        (3, &[(Number, "4420"), (Text, "x"), (Fault, "#REF!")]),
        (4, &[(Number, "4421"), (Text, "x"), (Number, "1"), (Text, "1/1"), (Day, "2026-06-01"), (Text, "stray")]),
    ]);
    let recognised = Recognised::find_in_rows("s.xlsx", wrong, &declared).expect("a deck");
    let sheet = recognised.read(&pounds, None, &declared, &names());
    let said: Vec<String> = sheet
        .errors
        .iter()
        .map(|error| format!("{} {:?} {:?}: {}", error.line, error.place, error.value, error.reason))
        .collect();
    assert_eq!(
        said,
        [
            "2 Some(0) \"44.5\": \"44.5\" is not a code",
            "2 Some(2) \"20\": is formatted as a percentage",
            "2 Some(3) \"2026-06-30\": is the date 2026-06-30 to the spreadsheet, not what was typed",
            "2 Some(4) \"46174\": is a number, not a date",
            "3 Some(2) \"#REF!\": is no value",
            "3 Some(4) \"\": states no first day",
            "4 Some(5) \"stray\": stands in a column without a name",
        ]
    );
}

#[test]
fn numbers_of_a_workbook_have_their_point_whatever_its_texts_have() {
    use CellNature::{Number, Text};
    let declared = Declared { decimal_comma: true, ..declared() };
    let rows = workbook(&[
        (1, &[(Text, "Prefix"), (Text, "Rate")]),
        (2, &[(Number, "49"), (Number, "0.0072")]),
        (3, &[(Text, "4930"), (Text, "0,0061")]),
    ]);
    let recognised = Recognised::find_in_rows("s.xlsx", rows, &declared).expect("a deck");
    let sheet = recognised.read(&target("t", false, false), None, &declared, &names());
    assert_eq!(shown(&sheet.rows), ["prefix:+49 - 2026-06-01 - 0.0072", "prefix:+4930 - 2026-06-01 - 0.0061"]);
}
