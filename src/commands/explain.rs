//! `explain`: why a record costs what it costs, step by step (R13).

use clap::Args;
use serde::Serialize;

use super::Global;
use crate::error::{Error, Result};
use crate::pipeline::Engine;
use crate::pipeline::unbilled::OpenImport;
use crate::rating::Explanation;
use crate::workspace::Workspace;

/// Which record.
#[derive(Args)]
pub struct Explain {
    /// The supplier's record id, or FILE:LINE
    record: String,
}

#[derive(Serialize)]
struct Explained {
    record: String,
    supplier: String,
    file: String,
    line: u64,
    facts: String,
    matching: Vec<String>,
    rating: Option<Explanation>,
    outcome: String,
}

impl Explain {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let ledger = workspace.ledger()?;
        let book = workspace.book(&ledger)?;
        let engine = Engine::new(&book);
        let store = workspace.usage();
        let imports = OpenImport::all(&ledger, &store, &engine)?;
        let mut explained = Vec::new();
        for (file, row) in store.find_record(&self.record)? {
            // A file that the ledger does not know was left by an import that was cut short: it is not there.
            if let Some(import) = imports.iter().find(|import| import.facts_file() == file) {
                explained.push(explain(&engine, import, store.record(&file, row)?));
            }
        }
        if explained.is_empty() {
            return Err(Error::refused(
                format!("no imported record is called {:?}", self.record),
                "give the supplier's record id, or FILE:LINE as `tollbook usage errors` and the itemisation show it",
            ));
        }
        global.show(&explained, || explained.iter().map(in_words).collect::<Vec<_>>().join("\n"))
    }
}

fn explain(engine: &Engine, import: &OpenImport, record: crate::domain::usage::UsageRecord) -> Explained {
    let book = engine.book;
    let mut matching = engine.matcher.explain_match(import.supplier, &record);
    let facts = format!(
        "{} {} from {} {} {}, {} {}, started {}",
        record.direction.name(),
        record.kind.name(),
        record.cli,
        if record.direction == crate::domain::usage::Direction::Out { "to" } else { "called by" },
        if record.other_party.is_empty() { "(not given)" } else { &record.other_party },
        record.units,
        match record.kind {
            crate::domain::usage::Kind::Voice => "seconds",
            crate::domain::usage::Kind::Data => "bytes",
            _ => "units",
        },
        record.started.civil
    );
    let marked = import.mark_of(record.row);
    let billed = import.billed().contains(record.row);
    let (id, line) = (record.id(&import.file_name), record.line);
    let (rating, mut outcome) = match engine.matcher.match_usage(import.supplier, record) {
        Err(aside) => (None, format!("{}: {}", aside.disposition, aside.reason)),
        Ok(matched) => {
            let explanation = engine.rater.explain(import.supplier, &matched);
            let outcome = match engine.rater.rate(import.supplier, matched) {
                Ok(rated) => format!("priced at {} before allowances and caps", rated.sell),
                Err(aside) => format!("{}: {}", aside.disposition, aside.reason),
            };
            (Some(explanation), outcome)
        }
    };
    if let Some((disposition, reason)) = marked {
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        matching.insert(0, format!("marked {disposition}{reason}: it is not billed"));
        outcome = format!("{disposition}{reason}");
    }
    if billed {
        outcome.push_str("; it is on a posted invoice, which a change of the book does not touch");
    }
    let supplier = book.supplier(import.supplier).code.clone();
    Explained { record: id, supplier, file: import.file_name.clone(), line, facts, matching, rating, outcome }
}

fn in_words(explained: &Explained) -> String {
    let Explained { record, supplier, file, line, facts, matching, rating, outcome } = explained;
    let mut text = format!("record {record} of {supplier} ({file}, line {line})\n  {facts}\n\nmatching\n");
    matching.iter().for_each(|step| text.push_str(&format!("  {step}\n")));
    if let Some(rating) = rating {
        text.push_str(&format!("\nrating\n{}\n", rating.to_string().trim_end()));
    }
    text.push_str(&format!("\n{outcome}\n"));
    text
}
