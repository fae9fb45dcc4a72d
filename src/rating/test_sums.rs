//! Known answers: rate rows, calls and the sums worked by hand. The tests of rating as a whole.

use super::test_book::*;
use super::*;
use crate::domain::money::Price;
use crate::domain::price_book::CallClass;
use crate::domain::usage::Kind;

/// Rates one record; `sell path`, or the reason.
fn rated(book: &Book, matched: MatchedUsage) -> String {
    match Rater::new(book).rate(GAMMA, matched) {
        Ok(rated) => format!("{} {}", rated.sell.to_places(4), rated.path.name()),
        Err(aside) => {
            assert_eq!(aside.disposition, Disposition::Suspense);
            aside.reason.to_string()
        }
    }
}

/// Rates a call of so many seconds by one row.
fn check(row: &str, seconds: u64, expected: &str, sum: &str) {
    let path = if row.contains(" file") { "from_file" } else { "rate" };
    assert_eq!(rated(&book_with(&[row]), call(seconds)), format!("{expected} {path}"), "{row}, {seconds} s: {sum}");
}

#[test]
fn calls_by_the_minute() {
    let blocks = "type:geo rate=0.006 blocks=30/6";
    check(blocks, 32, "0.0036", "R6: 0.006 × 36 / 60");
    check(blocks, 57, "0.0060", "R6: 0.006 × 60 / 60");
    check(blocks, 75, "0.0078", "R6: 0.006 × 78 / 60");
    let minutes = "type:geo connection=0.40 rate=0.0066 blocks=60/60 minimum=0.60";
    check(minutes, 61, "0.6000", "R5: 0.40 + 0.0066 × 2 = 0.4132, at least 0.60");
    check(minutes, 1801, "0.6046", "R5: 0.40 + 0.0066 × 31");
    check("type:geo rate=0.01 blocks=15/15", 46, "0.0100", "R6: 60 s billable");
    check("type:geo rate=0.01 minimum=0.03", 30, "0.0300", "R5: 0.005, at least 0.03");
    check("type:geo rate=0.01 minimum=0.03", 300, "0.0500", "R5: 0.01 × 5");
    check("type:geo connection=0.02 rate=0.01 maximum=0.05", 600, "0.0500", "R5: 0.02 + 0.10, at most 0.05");
    check("type:geo rate=0.015", 125, "0.0313", "X3: 0.015 × 125 / 60 = 0.03125");
    check("type:geo connection=0.05 minimum=0.03", 0, "0.0000", "R6: below min_seconds 1 nothing is charged");
    check("type:geo connection=0.05 min_seconds=5", 4, "0.0000", "R6: below min_seconds 5");
    check("type:geo connection=0.05 min_seconds=5", 5, "0.0500", "R6: 5 s are answered");
    check(
        "type:geo connection=0.05 rate=0.01 min_seconds=0",
        0,
        "0.0500",
        "R6: min_seconds 0 sells what was not answered",
    );
}

#[test]
fn connection_charges_that_cover_the_first_seconds() {
    let row = "type:geo connection=0.10 rate=0.05 included=60";
    check(row, 59, "0.1000", "R7: max(0, 59 − 60) = 0");
    check(row, 60, "0.1000", "R7: 60 − 60 = 0");
    check(row, 90, "0.1250", "R7: 0.10 + 0.05 × 30 / 60");
    check(&format!("{row} blocks=60/60"), 61, "0.1500", "R7: 0.10 + 0.05 × (120 − 60) / 60");
}

#[test]
fn stepped_rates() {
    let row = "type:geo steps=0:0.25:0:3600;3600:0:0.05:60";
    check(row, 1, "0.2500", "R10: 25p for up to an hour");
    check(row, 3600, "0.2500", "R10: the hour is not exceeded");
    check(row, 3601, "0.3000", "R10: 0.25 + 0.05 × 60 / 60");
    check(row, 4000, "0.6000", "R10: 0.25 + 0.05 × 420 / 60");
    check(&format!("{row} maximum=0.50"), 4000, "0.5000", "R5, R10");
    check(row, 0, "0.0000", "R6: unanswered");
    // R10: a step is a stretch of time; what has no duration has no rate by it.
    let by_class = book_with(&["class:mobile steps=0:0.25:0:3600"]);
    assert_eq!(rated(&by_class, used(CallTypeId(4), Kind::Sms, 1)), "no rate");
}

#[test]
fn data_and_messages() {
    let (data, sms) = (CallTypeId(3), CallTypeId(4));
    let rows = [
        ("type:data rate=0.02", data, Kind::Data, 2_500_000, "0.0500 rate", "R6: 0.02 × 2.5 MB"),
        ("type:data rate=0.02 blocks=1000000/1000000", data, Kind::Data, 2_500_000, "0.0600 rate", "R6: 0.02 × 3 MB"),
        ("type:data rate=0.02 included=60", data, Kind::Data, 1_000_000, "0.0200 rate", "R7 is of seconds"),
        ("type:sms rate=0.04", sms, Kind::Sms, 3, "0.1200 rate", "R6: 3 × 0.04"),
        ("type:sms connection=0.01 rate=0.04 blocks=10/10", sms, Kind::Sms, 3, "0.1300 rate", "R6: no increments"),
        ("class:mobile rate=0.04", sms, Kind::Event, 2, "0.0800 class_default", "R2, R6"),
    ];
    for (row, call_type, kind, units, expected, sum) in rows {
        assert_eq!(rated(&book_with(&[row]), used(call_type, kind, units)), expected, "{row}: {sum}");
    }
    let mut book = book_with(&["type:data rate=1"]);
    book.suppliers[0].bytes_per_mb = 1_048_576;
    // 1 × 2,097,152 / 1,048,576
    assert_eq!(rated(&book, used(data, Kind::Data, 2_097_152)), "2.0000 rate", "R6: the supplier's megabyte");
}

#[test]
fn daytime_into_evening() {
    let rows = ["type:geo band=daytime connection=0.05 rate=0.06", "type:geo band=evening connection=0.01 rate=0.03"];
    let check = |rows: &[&str], started: &str, seconds, at_start: &str, split: &str, sum: &str| {
        let mut book = book_with(rows);
        assert_eq!(rated(&book, call_at(started, seconds)), format!("{at_start} rate"), "R9 at_start: {sum}");
        book.tariffs[RETAIL.index()].split_bands = true;
        assert_eq!(rated(&book, call_at(started, seconds)), format!("{split} rate"), "R9 split: {sum}");
    };
    let monday = "2026-03-02 18:59:00";
    check(&rows, monday, 120, "0.1700", "0.1400", "0.05 + 0.06 × 2; 0.05 + 0.06 × 1 + 0.03 × 1");
    check(&rows, "2026-03-02 19:00:00", 120, "0.0700", "0.0700", "0.01 + 0.03 × 2, both");
    // In the morning of the next day the call ends in daytime again: 12 hours of evening between.
    check(&rows, monday, 60 + 43_200 + 60, "43.3700", "21.7700", "0.05 + 0.06 × 722; 0.05 + 0.06 × 2 + 0.03 × 720");
    let blocks = ["type:geo band=daytime rate=0.06 blocks=90/45", "type:geo band=evening rate=0.03 blocks=1/1"];
    // Blocks begin at 0 and 90 s: the second in the evening; the blocks are those of the row at the start.
    check(&blocks, monday, 120, "0.1350", "0.1125", "0.06 × 135 / 60; 0.06 × 90 / 60 + 0.03 × 45 / 60");
    let included = ["type:geo band=daytime rate=0.06 included=30", "type:geo band=evening rate=0.03"];
    check(&included, monday, 120, "0.0900", "0.0600", "0.06 × 90 / 60; 0.06 × 30 / 60 + 0.03 × 60 / 60");
    let included = ["type:geo band=daytime rate=0.06 included=90", "type:geo band=evening rate=0.03"];
    check(&included, monday, 120, "0.0300", "0.0150", "0.06 × 30 / 60; nothing by day + 0.03 × 30 / 60");
    check(&["type:geo band=daytime rate=0.06"], monday, 120, "0.1200", "0.1200", "no row for the evening: as at start");
    let for_all = ["type:geo band=daytime rate=0.06", "type:geo rate=0.03"];
    check(&for_all, monday, 120, "0.1200", "0.0900", "the evening's row is that for all bands");
    let marked_up = ["type:geo band=daytime rate=0.06", "type:geo band=evening markup=10"];
    check(&marked_up, monday, 120, "0.1200", "0.1200", "a markup is no rate per minute: as at start");
    let bounds = ["type:geo band=daytime rate=0.06 maximum=0.08", "type:geo band=evening rate=0.03 maximum=0.01"];
    check(&bounds, monday, 120, "0.0800", "0.0800", "0.12 and 0.09, at most 0.08 as at the start");
}

#[test]
fn a_call_without_end_is_still_split() {
    let mut book = book_with(&["type:geo band=daytime rate=0.06", "type:geo rate=0.000001"]);
    book.tariffs[RETAIL.index()].split_bands = true;
    let result = Rater::new(&book).rate(GAMMA, call(u64::MAX));
    assert_eq!(result.unwrap_err().reason, Reason::AmountOutOfRange, "X1");
}

#[test]
fn the_rate_changes_at_midnight() {
    let book = book_with(&["type:geo rate=0.01 to=2026-03-02", "type:geo rate=0.02 from=2026-03-03"]);
    assert_eq!(rated(&book, call_at("2026-03-02 23:59:59", 60)), "0.0100 rate", "R2: by the civil day of the start");
    assert_eq!(rated(&book, call_at("2026-03-03 00:00:00", 60)), "0.0200 rate", "R2: a second later");
}

#[test]
fn prices_of_the_file() {
    let with = |cost: &str, suggested: &str, sell: &str| {
        let mut matched = call(60);
        let priced = |text: &str| (!text.is_empty()).then(|| price(text));
        (matched.record.cost, matched.record.suggested_retail, matched.record.file_sell) =
            (priced(cost), priced(suggested), priced(sell));
        matched
    };
    // (row, cost, suggested retail, sell price, result)
    let rows = [
        ("type:geo markup=10", "0.0123", "", "", "0.0135 rate", "R3: 0.0123 × 1.1 = 0.01353"),
        ("type:geo markup=0", "0.0123", "", "", "0.0123 rate", "R3: × 1"),
        ("type:geo markup=100", "0.0123", "", "", "0.0246 rate", "R3: × 2"),
        ("type:geo markup=-50", "0.0123", "", "", "0.0062 rate", "R3: × 0.5 = 0.00615"),
        ("type:geo markup=-100", "0.0123", "", "", "0.0000 rate", "R3: × 0"),
        ("type:geo markup=10000", "0.0123", "", "", "1.2423 rate", "R3: × 101"),
        ("type:geo markup=10 minimum=0.05", "0.0123", "", "", "0.0500 rate", "R3: the minimum applies in every mode"),
        ("type:geo markup=10 maximum=0.01", "0.0123", "", "", "0.0100 rate", "R3: and the maximum"),
        ("type:geo markup=10 access=0.05:0:1", "0.0123", "", "", "0.0635 rate", "R3: and access: 0.01353 + 0.05"),
        ("type:geo markup=10 connection=1 blocks=60/60", "0.0123", "", "", "0.0135 rate", "R3: connection does not"),
        ("type:geo markup=10", "0", "", "", "0.0000 rate", "R4: 0 is a price"),
        ("type:geo markup=10", "-0.05", "", "", "-0.0550 rate", "R3: a credit stays one"),
        ("type:geo markup=10", "", "0.1", "0.2", "no rate", "R3: no cost"),
        ("type:geo suggested=-25", "0.01", "0.08", "", "0.0600 rate", "R3: 0.08 × 0.75"),
        ("type:geo suggested=0", "0.01", "", "0.2", "no rate", "R3: no suggested price"),
        ("type:geo file=y", "0.01", "0.1", "0.2", "0.2000 from_file", "R3: as is"),
        ("type:geo file=y", "0.01", "0.1", "", "no rate", "R3: no sell price"),
    ];
    for (row, cost, suggested, sell, expected, sum) in rows {
        assert_eq!(rated(&book_with(&[row]), with(cost, suggested, sell)), expected, "{row}: {sum}");
    }
    // R4: (class markup of the line, of the customer, fallback on suggested, fallback on cost, cost, suggested, result)
    let rows = [
        ("10", "20", "30", "40", "0.1", "0.2", "0.1100 class_markup"),
        ("", "20", "30", "40", "0.1", "0.2", "0.1200 class_markup"),
        ("10", "20", "30", "40", "", "0.2", "0.2600 fallback_suggested"),
        ("", "", "30", "40", "0.1", "0.2", "0.2600 fallback_suggested"),
        ("", "", "30", "40", "0.1", "", "0.1400 fallback_markup"),
        ("", "", "", "40", "0.1", "0.2", "0.1400 fallback_markup"),
        ("", "", "", "40", "", "0.2", "no rate"),
        ("", "", "", "", "0.1", "0.2", "no rate"),
        ("-100", "", "", "", "0.1", "", "0.0000 class_markup"),
        ("10", "", "", "", "0", "", "0.0000 class_markup"),
    ];
    for (of_line, of_customer, on_suggested, on_cost, cost, suggested, expected) in rows {
        let mut book = book();
        let markup = |text: &str| (!text.is_empty()).then(|| percent(text));
        let class = CallClass::National.index();
        book.clis[0].prices.markups[class] = markup(of_line);
        book.customers[0].prices.markups[class] = markup(of_customer);
        book.customers[0].fallback_suggested_markup = markup(on_suggested);
        book.customers[0].fallback_markup = markup(on_cost);
        assert_eq!(rated(&book, with(cost, suggested, "")), expected, "R4");
    }
}

#[test]
fn credits() {
    let row = "type:geo rate=-0.01 minimum=0.02 maximum=0.05";
    check(row, 60, "-0.0200", "R15: |−0.01| is at least 0.02");
    check(row, 180, "-0.0300", "R15: −0.01 × 3");
    check(row, 600, "-0.0500", "R15: |−0.10| is at most 0.05");
    check("type:geo connection=0.10 rate=-0.01 minimum=0.02", 120, "0.0800", "R15: 0.10 − 0.02 is no credit");
    check("type:geo rate=-0.01 included=60 minimum=0.02", 60, "-0.0200", "R15: a credit of 0 is at least one of 0.02");
    check("type:geo rate=-0.00005", 60, "-0.0001", "X3: half up is away from zero");
}

#[test]
fn access_charges() {
    check(
        "type:geo connection=0.05 rate=0.10 access=0.01:0.08:60",
        61,
        "0.3217",
        "R11: 0.05 + 0.10 × 61 / 60 + 0.01 + 0.16",
    );
    check("type:geo access=0:0.05:1:up:2", 61, "0.0600", "R11: 0.05 × 61 / 60 = 0.0508…, up to 2 decimals");
    check("type:geo rate=0.01 maximum=0.02 access=0.10:0:1", 600, "0.1200", "R5: access is outside the maximum");
    let access_only = book_with(&["type:sms rate=0.04 access=0.01:0.08:60"]);
    assert_eq!(rated(&access_only, used(CallTypeId(4), Kind::Sms, 2)), "0.0900 rate", "R11: 0.08 + 0.01: no duration");
}

#[test]
fn surcharges() {
    let rows = [
        "type:geo rate=0.01",
        "prefix:+44161 rate=0.02",
        "type:payphone connection=0.30",
        "type:mobile_origin tariff=base rate=0.06 blocks=60/60",
    ];
    let flagged = |book: &Book, bits| {
        let mut matched = call(90);
        matched.record.flags = UsageFlags::from_bits(bits);
        rated(book, matched)
    };
    let mut book = book_with(&rows);
    // The call itself: 0.02 × 90 / 60 = 0.03.
    let expected = [
        (0b000, "0.0300 rate", "R12: no flag"),
        (0b010, "0.3300 rate", "R12: payphone 0.30; not the row for the number called"),
        (0b011, "0.4500 rate", "R12: and mobile origin 0.06 × 2"),
        (0b100, "0.0300 rate", "R12: recorded has no rate: none"),
    ];
    for (bits, expected, sum) in expected {
        assert_eq!(flagged(&book, bits), expected, "{sum}");
    }
    book.rates.truncate(1);
    let mut unanswered = call(0);
    unanswered.record.flags.payphone = true;
    book.rates.push(rate("type:payphone connection=0.30 min_seconds=0"));
    assert_eq!(rated(&book, unanswered), "0.0000 rate", "R6: an unanswered call is not charged at all");
    book.rates.remove(0);
    book.customers[0].fallback_markup = Some(percent("0"));
    let mut marked_up = call(90);
    (marked_up.record.flags.payphone, marked_up.record.cost) = (true, Some(price("0.01")));
    assert_eq!(rated(&book, marked_up), "0.3100 fallback_markup", "R4, R12: 0.01 + 0.30");

    let mut book = book_with(&rows);
    book.customers[0].prices.tariffs[CallClass::Surcharges.index()] = None;
    assert_eq!(flagged(&book, 0b011), "0.0300 rate", "R12: no tariff for surcharges: none");
    assert_eq!(
        rated(&book_with(&["type:payphone connection=0.30"]), call(60)),
        "no rate",
        "R12: nor a price by itself"
    );
}

#[test]
fn the_tariff_is_chosen_in_order() {
    let mut book = book_with(&["type:geo rate=1 tariff=base", "type:geo rate=2", "type:geo rate=3 tariff=carrier"]);
    let class = CallClass::National;
    book.tariffs[RETAIL.index()].parent = None;
    book.supplier_tariffs = vec![
        supplier_tariff("", class, CARRIER, false),
        supplier_tariff("sip", class, BASE, false),
        supplier_tariff("", class, RETAIL, true),
    ];
    book.clis[0].prices.tariffs[class.index()] = Some(BASE);
    assert_eq!(rated(&book, call(60)), "1.0000 rate", "R1: the line's");
    book.clis[0].prices.tariffs[class.index()] = None;
    assert_eq!(rated(&book, call(60)), "2.0000 rate", "R1: the customer's");
    book.customers[0].prices.tariffs[class.index()] = None;
    assert_eq!(rated(&book, call(60)), "1.0000 rate", "R1: the supplier's for lines of type sip");
    book.clis[0].cli_type = "wlr".into();
    assert_eq!(rated(&book, call(60)), "3.0000 rate", "R1: the supplier's for any");
    book.tariffs[CARRIER.index()].currency = currency("EUR");
    assert_eq!(rated(&book, call(60)), "no rate", "X7: a default in another currency does not count");
}

#[test]
fn rounding_is_the_suppliers_then_the_tariffs() {
    let mut book = book_with(&["type:geo rate=0.015"]);
    // 0.015 × 125 / 60 = 0.03125
    (book.tariffs[1].decimals, book.tariffs[1].rounding) = (2, Rounding::Up);
    assert_eq!(rated(&book, call(125)), "0.0400 rate", "X3: up to 2 decimals");
    book.suppliers[0].call_decimals = Some(6);
    assert_eq!(rated(&book, call(125)), "0.03125 rate", "X3: the supplier's decimals");
    (book.suppliers[0].call_decimals, book.suppliers[0].call_rounding) = (Some(4), Some(Rounding::Down));
    assert_eq!(rated(&book, call(125)), "0.0312 rate", "X3: the supplier's rounding");
}

#[test]
fn other_currencies() {
    let mut book = book_with(&["type:geo markup=10"]);
    let mut matched = call(60);
    (matched.record.cost, matched.record.currency) = (Some(price("0.10")), Some(currency("EUR")));
    assert_eq!(rated(&book, matched.clone()), "no exchange rate", "X7");
    book.exchange_rates = vec![exchange_rate("EUR", "GBP", "2026-03-02", "0.85")];
    // 0.10 × 0.85 × 1.1 = 0.0935
    assert_eq!(rated(&book, matched.clone()), "0.0935 rate", "X7");
    let priced = Rater::new(&book).rate(GAMMA, matched.clone()).unwrap();
    assert_eq!(priced.cost, price("0.085"), "X7: 0.10 × 0.85");
    matched.record.started = moment("2026-03-01 23:59:59");
    assert_eq!(rated(&book, matched.clone()), "no exchange rate", "X7: not yet in force");

    // A customer and its tariff in EUR: the cost in EUR needs no rate for the markup, but one for the cost in GBP.
    book.customers[0].currency = currency("EUR");
    book.tariffs[1].currency = currency("EUR");
    matched.record.started = moment("2026-03-02 00:00:00");
    assert_eq!(rated(&book, matched.clone()), "0.1100 rate", "X7: 0.10 × 1.1 in EUR");
    matched.record.currency = None;
    assert_eq!(rated(&book, matched), "no exchange rate", "X7: GBP to EUR is another rate");
}

#[test]
fn expected_cost() {
    let rows = ["type:geo rate=0.02", "type:geo tariff=carrier rate=0.0055 blocks=60/60"];
    let mut book = book_with(&rows);
    let expected = |book: &Book, matched| Rater::new(book).rate(GAMMA, matched).map(|rated| rated.expected_cost);
    assert_eq!(expected(&book, call(61)), Ok(None), "R14: no tariff of the carrier");
    book.supplier_tariffs = vec![supplier_tariff("", CallClass::National, CARRIER, true)];
    // 0.0055 × 2
    assert_eq!(expected(&book, call(61)), Ok(Some(price("0.011"))), "R14");
    assert_eq!(rated(&book, call(61)), "0.0203 rate", "R1: the carrier's tariff is not ours: 0.02 × 61 / 60");
    book.tariffs[CARRIER.index()].currency = currency("USD");
    book.exchange_rates = vec![exchange_rate("USD", "GBP", "2026-01-01", "0.8")];
    assert_eq!(expected(&book, call(61)), Ok(Some(price("0.0088"))), "X7: 0.011 × 0.8");
    book.rates.truncate(1);
    assert_eq!(expected(&book, call(61)), Ok(None), "R14: no row of the carrier");
}

#[test]
fn a_rated_record_keeps_how_it_was_priced() {
    let row = "type:geo tariff=base connection=0.40 rate=0.0066 blocks=60/60 minimum=0.60 access=0.01:0.02:1";
    let mut matched = call(61);
    matched.record.cost = Some(price("0.0123"));
    let rated = Rater::new(&book_with(&[row])).rate(GAMMA, matched.clone()).unwrap();
    let expected = RatedUsage {
        matched,
        cost: price("0.0123"),
        expected_cost: None,
        // 0.60 + 0.01 + 0.02 × 61 / 60 = 0.63033…
        sell: CallCharge::parse("0.6303").unwrap(),
        components: ChargeComponents {
            connection: price("0.40"),
            // 0.0066 × 2
            usage: price("0.0132"),
            // 0.01 + 0.02033333…
            access: price("0.03033333"),
            surcharges: Price::ZERO,
        },
        billable_units: 120,
        band: DAYTIME,
        tariff: Some(RETAIL),
        rate_row: Some(RateId(0)),
        path: RatePath::Parent,
        unanswered: false,
    };
    assert_eq!(rated, expected, "R13");
    let unanswered = Rater::new(&book_with(&[row])).rate(GAMMA, call(0)).unwrap();
    assert!(unanswered.unanswered && unanswered.components == ChargeComponents::default(), "R6");
    assert_eq!((unanswered.sell, unanswered.billable_units), (CallCharge::ZERO, 0), "R6");
}

#[test]
fn what_is_set_aside_keeps_what_was_known() {
    let matched = call(60);
    let aside = Rater::new(&book()).rate(GAMMA, matched.clone()).unwrap_err();
    let expected = SetAside {
        record: matched.record,
        disposition: Disposition::Suspense,
        reason: Reason::NoRate,
        cli: Some(matched.cli),
        customer: Some(matched.customer),
        call_type: Some(matched.call_type),
    };
    assert_eq!(*aside, expected, "R4: never a silent zero");
}
