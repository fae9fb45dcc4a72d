//! The world → the files that a user has: the book's CSV files, usage files of the generic layout, rental files.

use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Date;

use super::fixed::FIXED_FILES;
use super::world::{Call, Charge, ServiceLine, World};

/// A file of the book: name, header, rows.
pub type Sheet = (&'static str, &'static str, Vec<String>);

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// The whole book.
pub fn book(world: &World) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    for (name, text) in FIXED_FILES {
        if let Some((header, rows)) = text.split_once('\n') {
            sheets.push((name, header, rows.lines().map(str::to_owned).collect()));
        }
    }
    sheets.extend([customers(world), cost_centres(world), customer_tariffs(world), lines(world), rates(world)]);
    let charges = world.charges.iter().map(charge_row).collect();
    sheets.push(("charges", CHARGES, charges));
    let prices = world.charge_prices.iter();
    let prices = prices.map(|row| format!("{},{},{},{}", row.account, row.charge, row.from, row.price)).collect();
    sheets.push(("charge_prices", "account,charge,from,price", prices));
    let prices = world.product_prices.iter();
    let prices = prices
        .map(|row| format!("{},{},{},{},{}", row.product, row.account, row.tariff, row.from, row.price))
        .collect();
    sheets.push(("product_prices", "product,account,tariff,from,price", prices));
    let bundles = world.customer_allowances.iter().map(|row| {
        let priority = row.priority.map(|priority| priority.to_string()).unwrap_or_default();
        format!(
            "{},{},{},{},{priority},{},{}",
            row.account,
            row.allowance,
            row.quantity,
            row.scope,
            row.from,
            day(row.to)
        )
    });
    sheets.push(("customer_allowances", "account,allowance,quantity,scope,priority,from,to", bundles.collect()));
    sheets
}

fn customers(world: &World) -> Sheet {
    let rows = world.customers.iter().map(|one| {
        let t = one.tariff;
        format!(
            "{},Customer {},{},{},{},{},{},{},{},{t},{t},{t},{t},{t},{},{},{},{},{},{},{},{},{}",
            one.account,
            one.account,
            one.status,
            one.organisation,
            one.group,
            one.billing_day.map(|day| day.to_string()).unwrap_or_default(),
            one.vat_code,
            one.vat_code_calls,
            if one.vat_exempt { "y" } else { "" },
            one.empty.0,
            one.empty.1,
            one.low.0,
            one.low.1,
            one.low.2,
            one.low.3,
            day(one.final_bill_date),
            day(one.dropped_date),
            one.opening_balance,
        )
    });
    let header = "account,name,status,organisation,group,billing_day,vat_code,vat_code_calls,vat_exempt,tariff_national,\
                  tariff_mobile,tariff_international,tariff_non_geographic,tariff_bespoke_1,empty_invoice,\
                  empty_invoice_value,low_invoice,low_invoice_value,low_invoice_action,low_invoice_action_value,\
                  final_bill_date,dropped_date,opening_balance";
    ("customers", header, rows.collect())
}

fn cost_centres(world: &World) -> Sheet {
    let rows = world
        .customers
        .iter()
        .flat_map(|one| ["SHOP,The shop", "VAN,The van"].map(|centre| format!("{},{centre}", one.account)));
    ("cost_centres", "account,cost_centre,name", rows.collect())
}

fn customer_tariffs(world: &World) -> Sheet {
    let rows = world.customers.iter().filter(|one| !one.broadband_tariff.is_empty());
    let rows = rows.map(|one| format!("{},Broadband,{}", one.account, one.broadband_tariff));
    ("customer_tariffs", "account,category,tariff", rows.collect())
}

fn lines(world: &World) -> Sheet {
    let rows = world.lines.iter().map(|line| {
        let exclude = if line.exclude_usage { "y" } else { "" };
        let (cli, account, centre, cap) = (&line.cli, &line.account, line.cost_centre, &line.spending_cap);
        format!("{cli},{account},{centre},{},{},{exclude},{cap}", line.from, day(line.to))
    });
    ("clis", "cli,account,cost_centre,from,to,exclude_usage,spending_cap", rows.collect())
}

fn rates(world: &World) -> Sheet {
    let rows = world.rates.iter().map(|rate| {
        format!(
            "{},type:{},{},{},{},{},{},{},{}",
            rate.tariff,
            rate.call_type,
            day(rate.from),
            day(rate.to),
            rate.connection,
            rate.rate,
            rate.minimum,
            rate.initial_increment,
            rate.increment,
        )
    });
    ("rates", "tariff,match,from,to,connection,rate,minimum,initial_increment,increment", rows.collect())
}

const CHARGES: &str = "account,charge,product,description,cli,cost_centre,type,interval,timing,align,quantity,price,\
                       vat_code,from,to,minimum_term,category,hide_period";

/// A row of `charges.csv`.
pub fn charge_row(charge: &Charge) -> String {
    format!(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}",
        charge.account,
        charge.id,
        charge.product,
        charge.description,
        charge.cli,
        charge.cost_centre,
        if charge.interval.is_empty() { "one_off" } else { "recurring" },
        charge.interval,
        charge.timing,
        charge.align,
        charge.quantity,
        charge.price,
        charge.vat_code,
        charge.from,
        day(charge.to),
        day(charge.minimum_term),
        charge.category,
        if charge.hide_period { "y" } else { "" },
    )
}

/// A file of calls in the generic layout.
pub fn write_usage(path: &Path, calls: &[Call]) {
    let mut text = String::from("record_id,kind,cli,started_at,duration,bytes,quantity,cost,charge_band\n");
    for call in calls {
        let (mut seconds, mut bytes, mut quantity) = (String::new(), String::new(), String::new());
        let kind = super::fixed::look_up("call_types", call.call_type, "kind");
        *(match kind {
            "voice" => &mut seconds,
            "data" => &mut bytes,
            _ => &mut quantity,
        }) = call.units.to_string();
        let clock = format!("{:02}:{:02}:{:02}", call.second / 3600, call.second / 60 % 60, call.second % 60);
        writeln!(
            text,
            "{},{kind},{},{} {clock},{seconds},{bytes},{quantity},{},{}",
            call.id, call.cli, call.day, call.cost, call.call_type
        )
        .unwrap();
    }
    std::fs::write(path, text).unwrap();
}

/// A file of rentals in the layout that ships for them: the line's own day, as it falls in the billing month.
pub fn write_services(path: &Path, services: &[ServiceLine]) {
    let mut text = String::from(
        "Service Activation Date,Billing Month And Year,CLI,Billing Description,Event Type,Total Cost,\
         Broken Part Cost,Quantity\n",
    );
    for one in services {
        writeln!(
            text,
            "{},{},{},{},Rental,{},,{}",
            one.day.strftime("%d/%m/%Y"),
            one.day.strftime("%B %Y"),
            &one.cli[3..],
            one.description,
            one.cost,
            one.quantity
        )
        .unwrap();
    }
    std::fs::write(path, text).unwrap();
}
