//! `explain`: why a record costs what it costs, step by step (R13).

use clap::Args;

use super::Global;
use crate::error::Result;
use crate::pipeline::Engine;
use crate::pipeline::explained::{Explained, Explainer};
use crate::workspace::Workspace;

/// Which record.
#[derive(Args)]
pub struct Explain {
    /// The supplier's record id, or FILE:LINE
    record: String,
}

impl Explain {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let ledger = workspace.ledger()?;
        let book = workspace.book(&ledger)?;
        let (engine, store, workers) = (Engine::new(&book), workspace.usage(), global.workers()?);
        let explainer = Explainer { engine: &engine, ledger: &ledger, store: &store, workers: &workers };
        let explained = explainer.explain(&self.record)?;
        global.show(&explained, || explained.iter().map(in_words).collect::<Vec<_>>().join("\n"))
    }
}

fn in_words(explained: &Explained) -> String {
    let Explained { record, supplier, file, line, facts, matching, rating, outcome, .. } = explained;
    let mut text = format!("record {record} of {supplier} ({file}, line {line})\n  {facts}\n\nmatching\n");
    matching.iter().for_each(|step| text.push_str(&format!("  {step}\n")));
    if let Some(rating) = rating {
        text.push_str(&format!("\nrating\n{}\n", rating.to_string().trim_end()));
    }
    text.push_str(&format!("\n{outcome}\n"));
    text
}
