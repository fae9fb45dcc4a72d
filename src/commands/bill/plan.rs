//! What is asked of a run, and what a group's window says → who is billed, and for what (B1, B2). Also how a run keeps that,
//! and how it is read back.

use clap::Args;
use serde::{Deserialize, Serialize};

use super::parse_date;
use crate::billing::RunTerms;
use crate::billing::calendar::{Window, window};
use crate::commands::today;
use crate::domain::book::Book;
use crate::domain::customer::Group;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::RunTermsRow;
use crate::pipeline::draft::Scope;

/// Who is billed, and for what.
#[derive(Args, Clone)]
pub struct DraftArguments {
    /// Make this draft again, with the terms it had; of a run that was undone, a new draft with its terms
    #[arg(long, conflicts_with_all = ["group", "account", "exclude", "invoice_date", "usage_cutoff", "charge_cutoff", "due_date", "message", "without_old_usage", "exclude_category"])]
    pub(super) run: Option<i64>,
    /// Customers of this group only; may be given again
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// This customer only; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Not this customer; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    exclude: Vec<String>,
    /// The day on the invoices; today unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub invoice_date: Option<Date>,
    /// Usage that began before this day; by the group unless given, else the first of the invoice's month
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    usage_cutoff: Option<Date>,
    /// Charges in advance that begin before this day; by the group unless given, else the first of the month after the
    /// invoice's
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    charge_cutoff: Option<Date>,
    /// When payment is due; by each customer's terms unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    due_date: Option<Date>,
    /// Printed on every invoice of the run
    #[arg(long, value_name = "TEXT", default_value = "")]
    message: String,
    /// Leave usage of earlier months for another run
    #[arg(long)]
    without_old_usage: bool,
    /// Leave charges and services of this category for another run; may be given again
    #[arg(long, value_name = "NAME")]
    exclude_category: Vec<String>,
    /// Bill usage up to a day that is still to come
    #[arg(long, env = "TOLLBOOK_ALLOW_FUTURE", hide_env = true)]
    allow_future: bool,
    /// Bill what came late, or was voided, for a period that was posted
    #[arg(long)]
    pub(super) again: bool,
}

/// What a run is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Who is billed.
    pub scope: Scope,
    /// What the run settles.
    pub terms: RunTerms,
    /// The group whose due day the invoice date is, if it is a run of the schedule (B17).
    pub due_group: Option<String>,
}

/// What of a plan a run keeps as JSON.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    scope: Scope,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    usage_from: Option<Date>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    excluded_categories: Vec<String>,
}

impl DraftArguments {
    /// A run for everybody at a date.
    pub fn for_everybody(invoice_date: Date) -> Self {
        Self {
            run: None,
            group: Vec::new(),
            account: Vec::new(),
            exclude: Vec::new(),
            invoice_date: Some(invoice_date),
            usage_cutoff: None,
            charge_cutoff: None,
            due_date: None,
            message: String::new(),
            without_old_usage: false,
            exclude_category: Vec::new(),
            allow_future: true,
            again: false,
        }
    }

    /// What is asked, with what the group says where nothing is.
    pub(super) fn plan(&self, book: &Book) -> Result<Plan> {
        let today = today(&book.settings.zone);
        let invoice_date = self.invoice_date.unwrap_or(today);
        let (window, is_anniversary) = self.window(book, invoice_date)?;
        let has_cutoff = self.usage_cutoff.is_some() || self.charge_cutoff.is_some();
        let usage_cutoff = self.usage_cutoff.unwrap_or(window.usage_cutoff);
        let usage_from = match self.usage_cutoff {
            None => window.usage_from,
            Some(cutoff) => cutoff.plus_months(-1),
        };
        let scope = Scope {
            groups: named_once(&self.group),
            accounts: named_once(&self.account),
            excluded: named_once(&self.exclude),
            own_days: is_anniversary && !has_cutoff,
        };
        let terms = RunTerms {
            invoice_date,
            usage_cutoff,
            charge_cutoff: self.charge_cutoff.unwrap_or(window.charge_cutoff),
            due_date: self.due_date,
            message: self.message.clone(),
            usage_from: self.without_old_usage.then_some(usage_from),
            excluded_categories: named_once(&self.exclude_category),
        };
        check_terms(&terms)?;
        if !self.allow_future {
            refuse_future("the usage cutoff", usage_cutoff, today)?;
        }
        Ok(Plan { scope, terms, due_group: None })
    }

    /// The window of the groups named, else that of the invoice's month; and whether one of the groups is billed on its
    /// customers' own days.
    fn window(&self, book: &Book, invoice_date: Date) -> Result<(Window, bool)> {
        let groups: Vec<&Group> = book.groups.iter().filter(|group| self.group.contains(&group.code)).collect();
        let windows = groups.iter().map(|group| group_window(group, invoice_date));
        let Some(first) = windows.clone().next() else { return Ok((month_window(invoice_date), false)) };
        let is_same = |window: Window| {
            (self.usage_cutoff.is_some() || window.usage_cutoff == first.usage_cutoff)
                && (self.charge_cutoff.is_some() || window.charge_cutoff == first.charge_cutoff)
                && (!self.without_old_usage || self.usage_cutoff.is_some() || window.usage_from == first.usage_from)
        };
        if windows.clone().all(is_same) {
            return Ok((first, groups.iter().any(|group| group.anniversary)));
        }
        let words = groups.iter().zip(windows).map(|(group, window)| {
            let Window { usage_cutoff, charge_cutoff, .. } = window;
            format!("  {}: usage before {usage_cutoff}, charges before {charge_cutoff}", group.code)
        });
        Err(Error::refused(
            format!("these groups have different windows on {invoice_date}\n{}", words.collect::<Vec<_>>().join("\n")),
            "bill each in a run of its own, or give --usage-cutoff and --charge-cutoff",
        ))
    }
}

impl Plan {
    /// The run of a group that is due on a day (B17).
    pub(super) fn of_due_day(group: &Group, day: Date) -> Self {
        let Window { usage_cutoff, charge_cutoff, .. } = group_window(group, day);
        Self {
            scope: Scope { groups: vec![group.code.clone()], own_days: group.anniversary, ..Scope::default() },
            terms: RunTerms {
                invoice_date: day,
                usage_cutoff,
                charge_cutoff,
                due_date: None,
                message: String::new(),
                usage_from: None,
                excluded_categories: Vec::new(),
            },
            due_group: Some(group.code.clone()),
        }
    }

    /// The plan that a run was made by.
    pub(super) fn of_run(run: i64, row: &RunTermsRow) -> Result<Self> {
        let Kept { scope, usage_from, excluded_categories } = serde_json::from_str(&row.scope_json)
            .map_err(|error| Error::new(ErrorKind::Damaged, format!("run {run}: its scope: {error}"), ""))?;
        let RunTermsRow { invoice_date, usage_cutoff, charge_cutoff, due_date, message, due_group, .. } = row.clone();
        let terms =
            RunTerms { invoice_date, usage_cutoff, charge_cutoff, due_date, message, usage_from, excluded_categories };
        Ok(Self { scope, terms, due_group })
    }

    /// As the ledger keeps it.
    pub(super) fn row(&self) -> Result<RunTermsRow> {
        let Self { scope, terms, due_group } = self;
        let kept = Kept {
            scope: scope.clone(),
            usage_from: terms.usage_from,
            excluded_categories: terms.excluded_categories.clone(),
        };
        let scope_json = serde_json::to_string(&kept)
            .map_err(|error| Error::new(ErrorKind::Io, format!("cannot write JSON: {error}"), ""))?;
        Ok(RunTermsRow {
            invoice_date: terms.invoice_date,
            usage_cutoff: terms.usage_cutoff,
            charge_cutoff: terms.charge_cutoff,
            due_date: terms.due_date,
            message: terms.message.clone(),
            scope_json,
            due_group: due_group.clone(),
        })
    }

    /// Would both bill the same customers for the same period?
    pub(super) fn is_same_period(&self, other: &Self) -> bool {
        let cutoffs = |plan: &Self| (plan.terms.usage_cutoff, plan.terms.charge_cutoff);
        self.scope == other.scope
            && cutoffs(self) == cutoffs(other)
            && self.terms.excluded_categories == other.terms.excluded_categories
            && self.terms.usage_from == other.terms.usage_from
    }
}

/// Refuses a day that is still to come.
pub(super) fn refuse_future(what: &str, day: Date, today: Date) -> Result<()> {
    if day <= today {
        return Ok(());
    }
    Err(Error::refused(
        format!("{what} {day} is still to come: it is {today}"),
        "wait until then, or give --allow-future: usage that comes in later is billed by a later run",
    ))
}

/// Where months are counted from billing days, that of the run is the invoice date's own.
fn group_window(group: &Group, invoice_date: Date) -> Window {
    window(group, if group.anniversary { invoice_date.day() } else { 1 }, invoice_date)
}

/// B2: charges of the invoice's month, usage up to its first.
fn month_window(invoice_date: Date) -> Window {
    let first = invoice_date.first_of_month();
    Window { usage_from: first.plus_months(-1), usage_cutoff: first, charge_cutoff: first.plus_months(1) }
}

/// Sorted, so that the order on the command line makes no other run.
fn named_once(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort();
    names.dedup();
    names
}

fn check_terms(terms: &RunTerms) -> Result<()> {
    if terms.due_date.is_some_and(|due| due < terms.invoice_date) {
        let message = format!("the due date is before the invoice date {}", terms.invoice_date);
        return Err(Error::refused(message, "give a later --due-date"));
    }
    Ok(())
}
