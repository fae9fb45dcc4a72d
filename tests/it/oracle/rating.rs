//! A record and the book → the answer: whose it is, what kind, what it costs (M9, R1–R4, R12–R14). The specification,
//! read from top to bottom.

use tollbook::domain::money::Price;
use tollbook::domain::usage::UsageFlags;

use super::amounts::{Amount, kept, marked_up, of_units, round, zero};
use super::answer::{Answer, Aside, Priced};
use super::call::Call;
use super::charging::{Charge, RecordPrices, charge_by_row, is_unanswered, unit_of};
use super::classifying::find_call_type;
use super::matching::find_line;
use super::rows::Row;
use super::tariffs::{
    Found, Keys, find_row, keys_of_surcharge, keys_of_usage, name_of, retail_tariff, wholesale_tariff,
};

/// The whole answer for one record.
pub fn answer(call: &Call) -> Answer {
    let line = match find_line(call) {
        Ok(line) => line,
        Err(aside) => return set_aside(call, aside, None),
    };
    let Some((call_type, classified_by)) = find_call_type(call) else {
        return set_aside(call, Aside::suspense("unknown call type", Some(line)), None);
    };
    let known = Some((call_type, classified_by));
    if call.book.call_type(call_type).is_set("exclude") {
        return set_aside(call, Aside::excluded("call type excluded", Some(line)), known);
    }
    match rate(call, line, call_type) {
        Ok(price) => {
            let priced = Aside { disposition: "rated", reason: "", line: Some(line) };
            Answer { price: Some(price), ..set_aside(call, priced, known) }
        }
        Err(reason) => set_aside(call, Aside::suspense(reason, Some(line)), known),
    }
}

fn set_aside(call: &Call, aside: Aside, known: Option<(&str, String)>) -> Answer {
    call.note(if aside.reason.is_empty() { aside.disposition } else { aside.reason });
    let of_line = |line: Row| ["cli", "extension", "from"].map(|column| line.cell(column).to_owned());
    let (call_type, classified_by) = known.unwrap_or_default();
    Answer {
        disposition: aside.disposition.to_owned(),
        reason: aside.reason.to_owned(),
        line: aside.line.map(|line| of_line(line).into()),
        account: aside.line.map_or("", |line| call.customer(line).cell("account")).to_owned(),
        call_type: call_type.to_owned(),
        classified_by,
        price: None,
    }
}

const NO_EXCHANGE_RATE: &str = "no exchange rate";

/// How a call's charge is rounded (X3): decimals and mode.
struct CallRounding {
    decimals: u32,
    mode: String,
}

/// X3: the supplier's, else the tariff's, else the default.
fn call_rounding(call: &Call, tariff: Option<&str>) -> CallRounding {
    let tariff = tariff.map(|tariff| call.book.tariff(tariff));
    let cell = |own: &str, general: &str, default: &str| {
        let beneath = tariff.map_or(default, |tariff| tariff.cell_or(general, default));
        call.supplier.cell_or(own, beneath).to_owned()
    };
    if !call.supplier.cell("call_decimals").is_empty() {
        call.note("rounding: supplier's decimals");
    }
    if !call.supplier.cell("call_rounding").is_empty() {
        call.note("rounding: supplier's mode");
    }
    let decimals = cell("call_decimals", "decimals", "4").parse().unwrap();
    CallRounding { decimals, mode: cell("call_rounding", "rounding", "half_up") }
}

fn exact(price: Option<Price>) -> Option<Amount> {
    price.map(|price| of_units(price.scaled(), 8))
}

/// X1: the amount as it is kept; the reason if it is beyond what is.
fn fitting(amount: &Amount, decimals: u32) -> Result<i64, &'static str> {
    kept(amount, decimals).ok_or("amount out of range")
}

/// X7: a price of the record in another currency; the reason if there is no rate for the day.
fn in_currency(call: &Call, price: Option<Price>, to: &str) -> Result<Option<Amount>, &'static str> {
    let Some(amount) = exact(price) else { return Ok(None) };
    call.converted(amount, &call.currency(), to).map(Some).ok_or(NO_EXCHANGE_RATE)
}

/// R1–R4, R12, R14. Whether an amount fits (X1) is asked of cost, sell and the carrier's charge as they are found, of the
/// parts at the end: M9 does not rank *amount out of range* among the other reasons.
fn rate<'b>(call: &Call<'b>, line: Row<'b>, call_type: &str) -> Result<Priced, &'static str> {
    let class = call.book.call_type(call_type).cell("class");
    let cost = in_currency(call, call.record.cost, &call.book.currency)?.unwrap_or_else(zero);
    let cost = fitting(&cost, 8)?;
    let tariff = retail_tariff(call, line, class);
    let keys = keys_of_usage(call, call_type);
    let sale = sale(call, line, class, tariff, &keys)?;
    let surcharges: Vec<_> = match sale.is_unanswered {
        true => Vec::new(),
        false => surcharges(call, retail_tariff(call, line, "surcharges")),
    };
    let surcharges: Amount = surcharges.into_iter().map(|(_, amount)| amount).sum();
    let rounding = call_rounding(call, tariff);
    let sell = round(&(sale.bounded + &sale.charge.access + &surcharges), rounding.decimals, &rounding.mode);
    note_sell(call, &sell, &rounding.mode);
    let sell = fitting(&sell, 6)?;
    let expected_cost = expected_cost(call, line, class, &keys)?;
    Ok(Priced {
        cost,
        expected_cost: expected_cost.map(|cost| fitting(&cost, 8)).transpose()?,
        sell,
        connection: fitting(&sale.charge.connection, 8)?,
        usage: fitting(&sale.charge.usage, 8)?,
        access: fitting(&sale.charge.access, 8)?,
        surcharges: fitting(&surcharges, 8)?,
        billable_units: sale.charge.billable_units,
        band: call.band.clone(),
        tariff: tariff.unwrap_or_default().to_owned(),
        rate_row: sale.row.map(|row| (row.cell("tariff").to_owned(), name_of(row))),
        path: sale.path.to_owned(),
        unanswered: sale.is_unanswered,
    })
}

/// What the call is sold for before surcharges and rounding, and by what.
struct Sale<'b> {
    charge: Charge,
    /// Connection and usage within the bounds of the row (R5).
    bounded: Amount,
    row: Option<Row<'b>>,
    path: &'static str,
    is_unanswered: bool,
}

/// By the row of the tariff (R2, R3), else by a markup (R4).
fn sale<'b>(
    call: &Call<'b>,
    line: Row<'b>,
    class: &str,
    tariff: Option<&'b str>,
    keys: &Keys,
) -> Result<Sale<'b>, &'static str> {
    if let Some(tariff) = tariff
        && let Some(found) = find_row(call, tariff, keys, &call.band)
    {
        let row = found.row;
        if is_unanswered(call, row) {
            call.note("unanswered");
            let path = path_of(call, found, keys);
            return Ok(Sale { charge: Charge::nothing(), bounded: zero(), row: Some(row), path, is_unanswered: true });
        }
        if let Some(charge) = by_row(call, tariff, found, keys)? {
            let bounded = charge.within_bounds(call, row, unit_of(call, row));
            let path = path_of(call, found, keys);
            return Ok(Sale { charge, bounded, row: Some(row), path, is_unanswered: false });
        }
        call.note("row without its price");
    }
    let (path, usage) = by_markup(call, line, class)?;
    let charge = Charge { usage: usage.clone(), billable_units: call.record.units, ..Charge::nothing() };
    Ok(Sale { charge, bounded: usage, row: None, path, is_unanswered: false })
}

fn note_sell(call: &Call, sell: &Amount, mode: &str) {
    call.note(match mode {
        "half_up" => "rounding: half_up",
        "half_even" => "rounding: half_even",
        "up" => "rounding: up",
        _ => "rounding: down",
    });
    if *sell < zero() {
        call.note("charge: credit");
    }
}

/// R3 in the tariff's currency; split over bands where the tariff says so (R9).
fn by_row(call: &Call, tariff: &str, found: Found, keys: &Keys) -> Result<Option<Charge>, &'static str> {
    let currency = call.book.currency_of(call.book.tariff(tariff));
    let mode = found.row.cell("mode");
    let needed = |wanted: &str, price| if mode == wanted { in_currency(call, price, currency) } else { Ok(None) };
    let prices = RecordPrices {
        cost: needed("markup", call.record.cost)?,
        suggested_retail: needed("suggested", call.record.suggested_retail)?,
        file_sell: needed("from_file", call.record.file_sell)?,
    };
    Ok(charge_by_row(call, found.row, &prices, is_split(call, tariff).then_some((tariff, keys))))
}

/// R9: where the tariff says so, unless the file's own band holds for the whole call (R8).
fn is_split(call: &Call, tariff: &str) -> bool {
    call.book.tariff(tariff).cell("band_mode") == "split" && !call.band_is_the_files
}

/// R13: the path by which a row was chosen.
fn path_of(call: &Call, found: Found, keys: &Keys) -> &'static str {
    let row = found.row;
    let key = row.cell("match");
    let own_type = keys.iter().find(|key| key.starts_with("type:")).unwrap();
    let (path, note) = if row.cell("mode") == "from_file" {
        ("from_file", "path: from_file")
    } else if key.starts_with("class:") {
        ("class_default", "path: class_default")
    } else if key.starts_with("type:") && key != own_type {
        ("fallback_type", "path: fallback_type")
    } else if found.generation > 0 {
        ("parent", "path: parent")
    } else {
        ("rate", "path: rate")
    };
    call.note(note);
    call.note(match key.split_once(':') {
        Some(("band", _)) => "key: charge band",
        Some(("prefix", _)) => "key: prefix",
        Some(("type", _)) => "key: call type",
        _ => "key: class",
    });
    call.note(match row.cell_or("mode", "calculated") {
        "markup" => "mode: markup",
        "suggested" => "mode: suggested",
        "from_file" => "mode: from_file",
        _ if row.cell("steps").is_empty() => "mode: calculated",
        _ => "mode: steps",
    });
    if found.generation == 2 {
        call.note("tariff: of the parent's parent");
    }
    path
}

/// R4: the class markup of the CLI, else of the customer, on cost; the fallback markup on the suggested retail price; the
/// fallback markup on cost. A markup whose price the record lacks does not apply.
fn by_markup(call: &Call, line: Row, class: &str) -> Result<(&'static str, Amount), &'static str> {
    let customer = call.book.sheet("customers").find("account", line.cell("account")).unwrap();
    let currency = call.book.currency_of(customer);
    let column = format!("markup_{class}");
    let class_markup = line.cell_or(&column, customer.cell(&column));
    let steps = [
        ("class_markup", "path: class_markup", class_markup, call.record.cost),
        (
            "fallback_suggested",
            "path: fallback_suggested",
            customer.cell("fallback_suggested_markup"),
            call.record.suggested_retail,
        ),
        ("fallback_markup", "path: fallback_markup", customer.cell("fallback_markup"), call.record.cost),
    ];
    for (path, note, percent, base) in steps {
        if percent.is_empty() || base.is_none() {
            continue;
        }
        let amount = in_currency(call, base, currency)?.unwrap();
        call.note(note);
        return Ok((path, marked_up(&amount, percent)));
    }
    Err("no rate")
}

/// R12: for each flag of the record the charge by the row for its reserved call type, in the tariff for surcharges.
fn surcharges<'b>(call: &Call<'b>, tariff: Option<&'b str>) -> Vec<(&'b str, Amount)> {
    let mut charged = Vec::new();
    let nothing = RecordPrices { cost: None, suggested_retail: None, file_sell: None };
    let flags: UsageFlags = call.record.flags;
    for flag in flags.names() {
        let Some(tariff) = tariff else { continue };
        let keys = keys_of_surcharge(flag);
        let Some(found) = find_row(call, tariff, &keys, &call.band) else { continue };
        let row = found.row;
        if row.cell_or("mode", "calculated") != "calculated" || is_unanswered(call, row) {
            continue;
        }
        let split = is_split(call, tariff).then_some((tariff, &keys));
        let Some(charge) = charge_by_row(call, row, &nothing, split) else { continue };
        call.note(match flag {
            "mobile_origin" => "surcharge: mobile_origin",
            "payphone" => "surcharge: payphone",
            _ => "surcharge: recorded",
        });
        let amount = charge.within_bounds(call, row, unit_of(call, row)) + charge.access;
        charged.push((call.book.currency_of(call.book.tariff(tariff)), amount));
    }
    charged
}

/// R14: what the wholesale tariff makes of the call, rounded as a call's charge, in the workspace's currency.
fn expected_cost<'b>(call: &Call<'b>, line: Row<'b>, class: &str, keys: &Keys) -> Result<Option<Amount>, &'static str> {
    let Some(tariff) = wholesale_tariff(call, line, class) else { return Ok(None) };
    let Some(found) = find_row(call, tariff, keys, &call.band) else { return Ok(None) };
    let currency = call.book.currency_of(call.book.tariff(tariff));
    let mut amount = zero();
    if !is_unanswered(call, found.row) {
        let Some(charge) = by_row(call, tariff, found, keys)? else { return Ok(None) };
        amount += charge.within_bounds(call, found.row, unit_of(call, found.row)) + charge.access;
        for (of, surcharge) in surcharges(call, wholesale_tariff(call, line, "surcharges")) {
            amount += call.converted(surcharge, of, currency).ok_or(NO_EXCHANGE_RATE)?;
        }
    }
    call.note("expected cost");
    let rounding = call_rounding(call, Some(tariff));
    let rounded = round(&amount, rounding.decimals, &rounding.mode);
    fitting(&rounded, 6)?;
    call.converted(rounded, currency, &call.book.currency).map(Some).ok_or(NO_EXCHANGE_RATE)
}
