//! Which customers a command is about: accounts, filters, a file of accounts → rows of `customers.csv`, in their order.
//! Names that the book does not have are all told at once, each with the nearest that it has. Changes nothing.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::listed::listed_names;
use super::say;
use crate::book::{Table, TableRow, Tables, canonical_cell, nearest};
use crate::domain::customer::Status;
use crate::error::{Error, Result, counted};
use crate::ledger::Ledger;
use crate::workspace::Workspace;

/// Customers: accounts, or what they have in common.
#[derive(Args)]
pub struct Selection {
    /// Accounts
    #[arg(value_name = "ACCOUNT")]
    pub(super) accounts: Vec<String>,
    #[command(flatten)]
    pub(super) which: Which,
}

/// What customers have in common. Options of one kind widen the choice, those of another narrow it; with accounts, only
/// those among them.
#[derive(Args)]
#[command(next_help_heading = "Which customers")]
pub struct Which {
    /// Of this group; may be given again
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// Of this organisation; may be given again
    #[arg(long, value_name = "ORGANISATION")]
    organisation: Vec<String>,
    /// With this tag; given again, with any of them
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// With this status; may be given again
    #[arg(long, value_name = "STATUS", value_parser = parse_status)]
    status: Vec<Status>,
    /// With exactly this value in a column of customers.csv, also of your own (x_…); nothing after the = for a blank one
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    cells: Vec<String>,
    /// Accounts listed in this file: one a line, or the column account of a CSV file
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// All customers
    #[arg(long, conflicts_with_all = ["group", "organisation", "tag", "status", "cells", "from_file"])]
    all: bool,
}

/// Reads a status of an option.
pub(super) fn parse_status(text: &str) -> std::result::Result<Status, String> {
    let names = || Status::ALL.map(Status::name).join(", ");
    Status::parse(text).ok_or_else(|| format!("not a status: {}", names()))
}

impl Selection {
    /// Whom a change is about: at least one.
    pub(super) fn for_change(&self, workspace: &Workspace, tables: &Tables) -> Result<Vec<usize>> {
        self.which.for_change(&self.accounts, workspace, tables)
    }

    /// Whom a look is about: everybody, unless something is said.
    pub(super) fn for_look(&self, workspace: &Workspace, tables: &Tables) -> Result<Vec<usize>> {
        self.which.choose(&self.accounts, workspace, tables, false)
    }
}

impl Which {
    /// The places of customers that a change is about: at least one, none by mistake.
    pub(super) fn for_change(&self, accounts: &[String], workspace: &Workspace, tables: &Tables) -> Result<Vec<usize>> {
        if accounts.is_empty() && self.is_silent() {
            let hint =
                "name accounts, or choose by --group, --organisation, --tag, --status, --where, --from-file or --all";
            return Err(Error::refused("no customer is named; nothing was changed", hint));
        }
        if self.all && !accounts.is_empty() {
            return Err(Error::refused(
                "accounts are named beside --all; nothing was changed",
                "leave one of them out",
            ));
        }
        let chosen = self.choose(accounts, workspace, tables, true)?;
        if chosen.is_empty() {
            let hint = "see `tollbook customer list` with the same options";
            return Err(Error::refused("no customer is as chosen; nothing was changed", hint));
        }
        Ok(chosen)
    }

    /// Nothing was said.
    pub(super) fn is_silent(&self) -> bool {
        let lists = [&self.group, &self.organisation, &self.tag, &self.cells];
        !self.all && lists.iter().all(|list| list.is_empty()) && self.status.is_empty() && self.from_file.is_none()
    }

    /// The places of customers in their table, in its order. A tag that nobody has is no reason to refuse a look.
    fn choose(&self, accounts: &[String], workspace: &Workspace, tables: &Tables, strict: bool) -> Result<Vec<usize>> {
        let mut named: Vec<String> = accounts.to_vec();
        if let Some(path) = &self.from_file {
            named.extend(listed_names(path, "account")?);
        }
        let customers = tables.get("customers");
        let mut wrong = Vec::new();
        refuse_unknown(&mut wrong, "customer", &named, cells_of(customers, "account"));
        refuse_unknown(&mut wrong, "group", &self.group, cells_of(tables.get("groups"), "group"));
        let organisations = cells_of(tables.get("organisations"), "organisation");
        refuse_unknown(&mut wrong, "organisation", &self.organisation, organisations);
        let mut unused = Vec::new();
        refuse_unknown(&mut unused, "tag", &self.tag, cells_of(customers, "tags").flat_map(split_tags));
        match strict {
            true => wrong.append(&mut unused),
            false => unused.iter().for_each(|words| say(&format!("note: {words}"))),
        }
        let cells = self.wanted_cells(workspace, customers, &mut wrong);
        if !wrong.is_empty() {
            return Err(refuse_all(&wrong, "see `tollbook customer list`"));
        }
        let named: Option<BTreeSet<&str>> =
            (!accounts.is_empty() || self.from_file.is_some()).then(|| named.iter().map(String::as_str).collect());
        let place_of = |column: &str| customers.column_names().position(|known| known == column);
        let [account, group, organisation, tags, status] =
            ["account", "group", "organisation", "tags", "status"].map(place_of);
        let cells: Vec<_> = cells.into_iter().map(|(column, value)| (place_of(&column), value)).collect();
        let chosen = customers.rows.iter().enumerate().filter(|(_, row)| {
            let cell = |place: Option<usize>| place.and_then(|place| row.cells.get(place)).unwrap_or("");
            named.as_ref().is_none_or(|named| named.contains(cell(account)))
                && is_among(&self.group, cell(group))
                && is_among(&self.organisation, cell(organisation))
                && (self.tag.is_empty() || split_tags(cell(tags)).any(|tag| self.tag.iter().any(|one| one == tag)))
                && (self.status.is_empty() || self.status.contains(&status_of(cell(status))))
                && cells.iter().all(|(place, value)| cell(*place) == value)
        });
        Ok(chosen.map(|(place, _)| place).collect())
    }

    /// What `--where` asks for, as the book writes it: column and value, empty for a blank one.
    fn wanted_cells(&self, workspace: &Workspace, customers: &Table, wrong: &mut Vec<String>) -> Vec<(String, String)> {
        let rules = workspace.number_rules();
        let mut wanted = Vec::new();
        for text in &self.cells {
            let Some((column, value)) = text.split_once('=') else {
                wrong.push(format!("--where {text:?}: write COLUMN=VALUE, as --where town=Leeds"));
                continue;
            };
            let column = column.trim();
            if !customers.column_names().any(|known| known == column) {
                let near = nearest(column, customers.column_names());
                wrong.push(format!("--where: customers have no column {column:?}{}", did_you_mean(near)));
                continue;
            }
            let kind = customers.schema.columns.iter().find(|known| known.name == column).map(|known| known.kind);
            let read = match kind {
                Some(kind) => canonical_cell(kind, value, &rules),
                None => Ok(Some(value.trim().to_owned())),
            };
            match read {
                Ok(cell) => wanted.push((column.to_owned(), cell.unwrap_or_default())),
                Err(refusal) => wrong.push(format!("--where {column}, {value:?}: {}", refusal.reason)),
            }
        }
        wanted
    }
}

/// Whose figures a report is of: everybody's, unless something is said. Options of one kind widen the choice, those of
/// another narrow it.
#[derive(Args)]
#[command(next_help_heading = "Whose")]
pub struct Customers {
    /// Only this customer; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Only customers of this organisation; may be given again
    #[arg(long, value_name = "ORGANISATION")]
    organisation: Vec<String>,
    /// Only customers of this billing group; may be given again
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// Only customers with this tag; given again, with any of them
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
}

impl Customers {
    /// The accounts of those that are meant; none if all are.
    pub(super) fn accounts(&self, workspace: &Workspace, ledger: &Ledger) -> Result<Option<BTreeSet<String>>> {
        let Self { account, organisation, group, tag } = self;
        if [account, organisation, group, tag].iter().all(|list| list.is_empty()) {
            return Ok(None);
        }
        let which = Which {
            group: group.clone(),
            organisation: organisation.clone(),
            tag: tag.clone(),
            status: Vec::new(),
            cells: Vec::new(),
            from_file: None,
            all: false,
        };
        let tables = workspace.tables(ledger)?;
        let customers = tables.get("customers");
        let rows = which.choose(account, workspace, &tables, false)?.into_iter().map(|place| &customers.rows[place]);
        Ok(Some(rows.filter_map(|row| cell_of(customers, row, "account")).map(str::to_owned).collect()))
    }

    /// `all`, or what they have in common.
    pub(super) fn in_words(&self) -> String {
        let lists = [
            ("account", &self.account),
            ("organisation", &self.organisation),
            ("group", &self.group),
            ("tag", &self.tag),
        ];
        let said = lists.into_iter().filter(|(_, list)| !list.is_empty());
        let said: Vec<_> = said.map(|(what, list)| format!("{what} {}", list.join(" or "))).collect();
        if said.is_empty() { "all".to_owned() } else { said.join(", ") }
    }
}

/// Customers with any of some tags (K6).
#[derive(Args)]
pub struct Tagged {
    /// Only customers with this tag; given again, with any of them
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
}

impl Tagged {
    /// The accounts of those that are meant; none if all are.
    pub(super) fn accounts(&self, workspace: &Workspace, ledger: &Ledger) -> Result<Option<BTreeSet<String>>> {
        if self.tag.is_empty() {
            return Ok(None);
        }
        let tables = workspace.tables(ledger)?;
        let customers = tables.get("customers");
        let mut unused = Vec::new();
        refuse_unknown(&mut unused, "tag", &self.tag, cells_of(customers, "tags").flat_map(split_tags));
        unused.iter().for_each(|words| say(&format!("note: {words}")));
        let is_meant = |row: &&TableRow| {
            let tags = cell_of(customers, row, "tags").unwrap_or("");
            split_tags(tags).any(|tag| self.tag.iter().any(|one| one == tag))
        };
        let accounts = customers.rows.iter().filter(is_meant).filter_map(|row| cell_of(customers, row, "account"));
        Ok(Some(accounts.map(str::to_owned).collect()))
    }
}

/// The tags in a cell.
pub(super) fn split_tags(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|tag| !tag.is_empty())
}

/// The status that a cell means.
pub(super) fn status_of(cell: &str) -> Status {
    Status::parse(cell).unwrap_or_default()
}

/// A cell of a row by its column, also one of the reseller's own.
pub(super) fn cell_of<'t>(table: &Table, row: &'t TableRow, column: &str) -> Option<&'t str> {
    let place = table.column_names().position(|known| known == column)?;
    row.cells.get(place)
}

/// The cells of a column that are set, row by row.
pub(super) fn cells_of<'t>(table: &'t Table, column: &str) -> impl Iterator<Item = &'t str> {
    let place = table.column_names().position(|known| known == column);
    table.rows.iter().filter_map(move |row| row.cells.get(place?))
}

/// Several reasons as one refusal.
pub(super) fn refuse_all(wrong: &[String], hint: &str) -> Error {
    match wrong {
        [single] => Error::refused(format!("{single}; nothing was changed"), hint),
        several => {
            let count = counted(several.len() as u64, "error");
            Error::refused(format!("{count}; nothing was changed\n  {}", several.join("\n  ")), hint)
        }
    }
}

/// Unknown names that are told one by one.
const MOST_UNKNOWN: usize = 50;

/// Adds a line for every name that is not among those known, with the nearest of them.
pub(super) fn refuse_unknown<'k>(
    wrong: &mut Vec<String>,
    what: &str,
    asked: &[String],
    known: impl Iterator<Item = &'k str>,
) {
    if asked.is_empty() {
        return;
    }
    let known: BTreeSet<&str> = known.collect();
    let unknown: Vec<&String> = asked.iter().filter(|asked| !known.contains(asked.as_str())).collect();
    for name in unknown.iter().take(MOST_UNKNOWN) {
        let near = did_you_mean(nearest(name, known.iter().copied()));
        wrong.push(match what {
            "tag" => format!("no customer has the tag {name:?}{near}"),
            _ => format!("there is no such {what}: {name:?}{near}"),
        });
    }
    if unknown.len() > MOST_UNKNOWN {
        wrong.push(format!("and {} more", unknown.len() - MOST_UNKNOWN));
    }
}

pub(super) fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!(" — did you mean {near:?}?")).unwrap_or_default()
}

fn is_among(wanted: &[String], value: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|one| one == value)
}
