//! `cli`: lines, and whose they are (M2). A CLI is a line identifier, never the command line. One file per thing that is done.

mod charges;
mod list;
mod moving;
mod plan;

use clap::Subcommand;

use super::Global;
use super::trail::show_trail;
use crate::book::{CellKind, canonical_cell};
use crate::domain::telephone::NumberRules;
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// What to do.
#[derive(Subcommand)]
pub enum CliCommand {
    /// List lines and whose they are
    List(list::List),
    /// Show whose a line was and is, and what is charged for it
    Show {
        /// The line
        cli: String,
    },
    /// Show what was changed of a line: when, by whom, why
    History {
        /// The line
        cli: String,
    },
    /// Move lines from one customer to another, from a day on
    Move(moving::Move),
}

impl CliCommand {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        match self {
            Self::List(list) => list.run(global, &workspace),
            Self::Show { cli } => list::show(global, &workspace, &cli),
            Self::History { cli } => history(global, &workspace, &cli),
            Self::Move(moving) => moving.run(global, &workspace),
        }
    }
}

fn history(global: &Global, workspace: &Workspace, cli: &str) -> Result<()> {
    let cli = line_of(cli, &workspace.number_rules());
    let entries = workspace.ledger()?.history_of_line(&cli)?;
    if entries.is_empty() {
        return Err(missing(&cli));
    }
    show_trail(global, entries)
}

/// A line as the book writes it (M1).
fn line_of(text: &str, rules: &NumberRules) -> String {
    canonical_cell(CellKind::Identifier, text, rules).ok().flatten().unwrap_or_else(|| text.to_owned())
}

fn missing(cli: &str) -> Error {
    Error::refused(format!("there is no such CLI: {cli:?}"), "see `tollbook cli list`")
}
