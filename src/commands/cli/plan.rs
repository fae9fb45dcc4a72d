//! Lines, a customer, a day → the rows of the book by which the lines are that customer's from the day on (M2), and what stays
//! behind. Looks at rows only: what is billed, and whether the book is sound with them, is for the command.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::charges::{self, MovedCharge};
use crate::book::schema::{MARKUP_COLUMNS, TARIFF_COLUMNS};
use crate::book::{Tables, nearest};
use crate::commands::selection::{did_you_mean, status_of};
use crate::domain::customer::Status;
use crate::domain::time::Date;
use crate::tariffs::rows::{Row, rows};

/// What is to be done.
pub(super) struct Asked<'a> {
    /// Lines as the book writes them; all of `of`, where there is none.
    pub lines: &'a [String],
    /// Only while they are this customer's.
    pub of: Option<&'a str>,
    /// Whose they are to be.
    pub to: &'a str,
    /// From this day on.
    pub from: Date,
    /// The currency of customers that name none.
    pub currency: &'a str,
    /// A cost centre of the new customer.
    pub cost_centre: Option<&'a str>,
    /// Tariffs and markups of the lines go with them.
    pub keep_tariffs: bool,
    /// Recurring charges for the lines go with them.
    pub with_charges: bool,
}

/// A line that moves.
#[derive(Serialize)]
pub(super) struct MovedLine {
    pub cli: String,
    pub extension: Option<String>,
    pub from_account: String,
    pub to_account: String,
    /// Its last day at the customer before; none if it had not begun there.
    pub until: Option<Date>,
    /// Its first day at the new one.
    pub from: Date,
    /// Its last day there.
    pub to: Option<Date>,
    /// Its cost centre, tariffs and limits that do not go with it: column and value.
    pub left_behind: Vec<(String, String)>,
    /// All its identifiers.
    #[serde(skip)]
    pub identifiers: Vec<String>,
}

/// A row for a line that stays with the customer before.
#[derive(Serialize)]
pub(super) struct Staying {
    pub account: String,
    /// `charge` or `allowance`.
    pub what: &'static str,
    pub name: String,
    pub cli: String,
    pub why: String,
}

/// What moving comes to.
#[derive(Default)]
pub(super) struct Plan {
    /// Rows to write over those of the same keys.
    pub rows: Tables,
    pub lines: Vec<MovedLine>,
    pub charges: Vec<MovedCharge>,
    pub staying: Vec<Staying>,
    /// All that stands against it.
    pub wrong: Vec<String>,
}

/// Plans a move; nothing is to be done with it while anything is wrong.
pub(super) fn plan<'t>(tables: &'t Tables, asked: &Asked<'t>) -> Plan {
    let mut plan = Plan::default();
    check_target(tables, asked, &mut plan.wrong);
    let moving = moving_rows(tables, asked, &mut plan.wrong);
    let currencies = Currencies::new(tables, asked.currency);
    for row in &moving {
        let same_currency = currencies.of(row.text("account")) == currencies.of(asked.to);
        move_line(&mut plan, *row, asked, same_currency);
    }
    charges::plan(tables, asked, &moving, &currencies, &mut plan);
    plan
}

/// The customer exists, stays, and has the cost centre.
fn check_target(tables: &Tables, asked: &Asked, wrong: &mut Vec<String>) {
    let Some(customer) = customer(tables, asked.to) else {
        let near = nearest(asked.to, rows(tables, "customers").map(|row| row.text("account")));
        wrong.push(format!("there is no such customer: {:?}{}", asked.to, did_you_mean(near)));
        return;
    };
    let status = status_of(customer.text("status"));
    if status.is_gone() || status == Status::FinalBill {
        wrong.push(format!("{} is {}: it takes no lines", asked.to, status.name()));
    }
    let Some(wanted) = asked.cost_centre else { return };
    let own = || rows(tables, "cost_centres").filter(|row| row.text("account") == asked.to);
    if !own().any(|row| row.text("cost_centre") == wanted) {
        let near = nearest(wanted, own().map(|row| row.text("cost_centre")));
        wrong.push(format!("{} has no cost centre {wanted:?}{}", asked.to, did_you_mean(near)));
    }
}

fn customer<'t>(tables: &'t Tables, account: &str) -> Option<Row<'t>> {
    rows(tables, "customers").find(|row| row.text("account") == account)
}

/// What customers pay in.
pub(super) struct Currencies<'t> {
    named: BTreeMap<&'t str, &'t str>,
    of_workspace: &'t str,
}

impl<'t> Currencies<'t> {
    fn new(tables: &'t Tables, of_workspace: &'t str) -> Self {
        let named = rows(tables, "customers").filter_map(|row| Some((row.text("account"), row.get("currency")?)));
        Self { named: named.collect(), of_workspace }
    }

    pub(super) fn of(&self, account: &str) -> &'t str {
        self.named.get(account).unwrap_or(&self.of_workspace)
    }
}

/// The rows that move: of each line those of who holds it on the day, or next after it, that have not ended before.
fn moving_rows<'t>(tables: &'t Tables, asked: &Asked, wrong: &mut Vec<String>) -> Vec<Row<'t>> {
    let is_live = |row: &Row| row.valid().to.is_none_or(|to| to >= asked.from);
    if asked.lines.is_empty() {
        let of = asked.of.unwrap_or("");
        if of == asked.to {
            wrong.push(format!("the lines of {of} are its own already"));
        } else if customer(tables, of).is_none() {
            let near = nearest(of, rows(tables, "customers").map(|row| row.text("account")));
            wrong.push(format!("there is no such customer: {of:?}{}", did_you_mean(near)));
        }
        let live: Vec<Row> = rows(tables, "clis").filter(|row| row.text("account") == of && is_live(row)).collect();
        if live.is_empty() && wrong.is_empty() {
            wrong.push(format!("{of} has no line on {} or later", asked.from));
        }
        return live;
    }
    let wanted: BTreeSet<&str> = asked.lines.iter().map(String::as_str).collect();
    let mut rows_of: BTreeMap<&str, Vec<Row>> = wanted.iter().map(|cli| (*cli, Vec::new())).collect();
    for row in rows(tables, "clis").filter(|row| asked.of.is_none_or(|of| row.text("account") == of)) {
        if let Some(held) = rows_of.get_mut(row.text("cli")) {
            held.push(row);
        }
    }
    let mut moving = Vec::new();
    for (cli, held) in rows_of {
        let live: Vec<Row> = held.iter().copied().filter(is_live).collect();
        match holder(&live, asked) {
            Ok(account) => moving.extend(live.into_iter().filter(|row| row.text("account") == account)),
            Err(_) if held.is_empty() => wrong.push(unknown(tables, cli, asked.of)),
            Err(why) if live.is_empty() => {
                let last = held.iter().max_by_key(|row| row.valid().to).expect("somebody held it");
                let (account, to) = (last.text("account"), last.text("to"));
                wrong.push(format!("{cli} {why}: it ended on {to} at {account}"));
            }
            Err(why) => wrong.push(format!("{cli} {why}")),
        }
    }
    moving
}

/// Whose a line is on the day; of one that begins later, then.
fn holder<'t>(live: &[Row<'t>], asked: &Asked) -> Result<&'t str, String> {
    let on_day = live.iter().filter(|row| row.valid().contains(asked.from));
    let mut accounts: Vec<&str> = on_day.map(|row| row.text("account")).collect();
    if accounts.is_empty() {
        accounts.extend(live.iter().min_by_key(|row| row.valid().from).map(|row| row.text("account")));
    }
    accounts.sort_unstable();
    accounts.dedup();
    match accounts.as_slice() {
        [] => Err(format!("is nobody's on {} or later", asked.from)),
        [single] if *single == asked.to => Err(format!("is {single}'s on {} already", asked.from)),
        [single] => Ok(single),
        several => Err(format!("is held by {}, by extension: say whose with --of", several.join(" and "))),
    }
}

/// Why a line is not known.
fn unknown(tables: &Tables, cli: &str, of: Option<&str>) -> String {
    let all = || rows(tables, "clis");
    if let (Some(of), true) = (of, all().any(|row| row.text("cli") == cli)) {
        return format!("{cli} is not and was not {of}'s");
    }
    match all().find(|row| row.text("alternates").split(';').any(|one| one == cli)) {
        Some(row) => format!("{cli} is an alternate identifier of {}: move that", row.text("cli")),
        None => {
            let near = nearest(cli, all().map(|row| row.text("cli")));
            format!("there is no such CLI: {cli:?}{}", did_you_mean(near))
        }
    }
}

/// Ends a row on the day before and begins one at the new customer; a row that has not begun changes its customer.
fn move_line(plan: &mut Plan, row: Row, asked: &Asked, same_currency: bool) {
    let valid = row.valid();
    let begins_later = valid.from.filter(|from| *from >= asked.from);
    let begins = begins_later.unwrap_or(asked.from);
    let last = asked.from.previous();
    let mut left_behind = Vec::new();
    let mut changes = vec![
        ("account", Some(asked.to.to_owned())),
        ("cost_centre", asked.cost_centre.map(str::to_owned)),
        ("from", Some(begins.to_string())),
    ];
    let mut leave = |column: &'static str| {
        if let Some(value) = row.get(column) {
            left_behind.push((column.to_owned(), value.to_owned()));
            changes.push((column, None));
        }
    };
    if !asked.keep_tariffs {
        TARIFF_COLUMNS.into_iter().chain(MARKUP_COLUMNS).for_each(&mut leave);
    }
    if !same_currency {
        ["spending_cap", "usage_limit"].into_iter().for_each(&mut leave);
    }
    if let Some(cost_centre) = row.get("cost_centre") {
        left_behind.insert(0, ("cost_centre".to_owned(), cost_centre.to_owned()));
    }
    let clis = plan.rows.get_mut("clis");
    if begins_later.is_none() {
        clis.rows.push(row.with(&[("to", Some(last.to_string()))]));
    }
    clis.rows.push(row.with(&changes));
    let alternates = row.text("alternates").split(';').filter(|one| !one.is_empty());
    plan.lines.push(MovedLine {
        cli: row.text("cli").to_owned(),
        extension: row.get("extension").map(str::to_owned),
        from_account: row.text("account").to_owned(),
        to_account: asked.to.to_owned(),
        until: begins_later.is_none().then_some(last),
        from: begins,
        to: valid.to,
        left_behind,
        identifiers: std::iter::once(row.text("cli")).chain(alternates).map(str::to_owned).collect(),
    });
}
