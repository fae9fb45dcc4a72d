//! `customer tag add|remove|replace`: tags of many customers at once (K6). A tag is a word of the reseller's own; the engine
//! selects by it and does nothing else with it. Tags keep their order, new ones come last, none is there twice.

use std::collections::BTreeMap;

use clap::{ArgGroup, Args, Subcommand};

use super::changes::{Wanted, change_customers, show_changes};
use crate::book::{CellKind, canonical_cell};
use crate::commands::Global;
use crate::commands::selection::{Selection, cell_of, refuse_all, split_tags};
use crate::error::Result;
use crate::workspace::Workspace;

/// What to do with tags.
#[derive(Subcommand)]
pub enum TagCommand {
    /// Add tags to those that customers have
    Add(Tags),
    /// Take tags away
    Remove(Tags),
    /// Give customers these tags in place of those that they have
    Replace(NewTags),
}

/// Which tags, of whom.
#[derive(Args)]
pub struct Tags {
    #[command(flatten)]
    selection: Selection,
    /// Tags, separated by commas
    #[arg(long, required = true, value_delimiter = ',', value_name = "TAG,…")]
    tags: Vec<String>,
}

/// The new tags, of whom.
#[derive(Args)]
#[command(group = ArgGroup::new("new").required(true).args(["tags", "none"]))]
pub struct NewTags {
    #[command(flatten)]
    selection: Selection,
    /// Tags, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "TAG,…")]
    tags: Vec<String>,
    /// No tags at all
    #[arg(long)]
    none: bool,
}

impl TagCommand {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        match self {
            Self::Add(Tags { selection, tags }) => {
                change(global, workspace, &selection, &tags, |old, tags| [old, tags].concat())
            }
            Self::Remove(Tags { selection, tags }) => change(global, workspace, &selection, &tags, |old, tags| {
                old.iter().filter(|tag| !tags.contains(tag)).copied().collect()
            }),
            Self::Replace(NewTags { selection, tags, .. }) => {
                change(global, workspace, &selection, &tags, |_, tags| tags.to_vec())
            }
        }
    }
}

/// Gives each customer chosen the tags that `new` makes of its own and those named.
fn change(
    global: &Global,
    workspace: &Workspace,
    selection: &Selection,
    tags: &[String],
    new: impl for<'t> Fn(&[&'t str], &[&'t str]) -> Vec<&'t str>,
) -> Result<()> {
    let mut ledger = workspace.ledger_for_writing(global.actor())?;
    let tables = workspace.tables(&ledger)?;
    let places = selection.for_change(workspace, &tables)?;
    let customers = tables.get("customers");
    let rules = workspace.number_rules();
    let named: Vec<&str> = tags.iter().flat_map(|tags| split_tags(tags)).collect();
    let mut wrong = Vec::new();
    if named.is_empty() && !tags.is_empty() {
        wrong.push("--tags: names no tag".to_owned());
    }
    let mut wanted: Vec<Wanted> = Vec::new();
    for place in places {
        let row = &customers.rows[place];
        let old: Vec<&str> = split_tags(cell_of(customers, row, "tags").unwrap_or("")).collect();
        let mut all = Vec::new();
        for tag in new(&old, &named) {
            if !all.contains(&tag) {
                all.push(tag);
            }
        }
        match canonical_cell(CellKind::Codes, &all.join(";"), &rules) {
            Ok(cell) => wanted.push((place, BTreeMap::from([("tags".to_owned(), cell)]))),
            Err(refusal) => {
                let account = cell_of(customers, row, "account").unwrap_or("");
                wrong.push(format!("{account}: its list of tags {}", refusal.reason));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(refuse_all(&wrong, "a tag is a word or two: --tags \"late payer,vip\""));
    }
    let changed = change_customers(global, workspace, &mut ledger, tables, &wanted)?;
    show_changes(global, &changed, wanted.len())
}
