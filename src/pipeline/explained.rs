//! A record's name → why it costs what it costs: whose it is, its price step by step, what allowances and
//! the spending cap of its line leave, and what a posted invoice charged for it (R13, A1, S1). Joins what the stages say of themselves.

use serde::Serialize;

use super::unbilled::OpenImport;
use super::{BATCH_RECORDS, Engine, cap_use, left_to_pay};
use crate::allowances::{allowance_story, cap_story};
use crate::domain::book::CustomerId;
use crate::domain::money::{CallCharge, Overflow};
use crate::domain::usage::{ChargedUsage, Direction, Kind, MatchedUsage, UsageRecord};
use crate::error::{Error, Result};
use crate::facts::{BilledRow, UsageStore};
use crate::ledger::Ledger;
use crate::rating::{Explanation, ExplanationStep};
use crate::workers::Workers;

/// Everything that there is to say of one record.
#[derive(Serialize)]
pub struct Explained {
    /// The supplier's record id, else `file:line`.
    pub record: String,
    /// Whose file.
    pub supplier: String,
    /// The file.
    pub file: String,
    /// Its physical line in the file.
    pub line: u64,
    /// What the file says, in a sentence.
    pub facts: String,
    /// Whose it is and what kind of usage, step by step.
    pub matching: Vec<String>,
    /// Its price by the book as it stands, step by step; none if it was not matched.
    pub rating: Option<Explanation>,
    /// What stands on a posted invoice for it.
    pub invoice: Option<OnInvoice>,
    /// Where it stands, in a sentence.
    pub outcome: String,
}

/// A record on a posted invoice.
#[derive(Serialize)]
pub struct OnInvoice {
    /// The number of the invoice.
    pub number: String,
    /// What it was priced at when it was billed.
    pub sell: Option<CallCharge>,
    /// The tariff, the row and the path by which it was.
    pub by: String,
    /// What was charged for it, after allowances and caps.
    pub charge: CallCharge,
}

/// Where records are looked for.
pub struct Explainer<'e> {
    /// The book as it stands.
    pub engine: &'e Engine<'e>,
    /// Runs, invoices and what caps have counted.
    pub ledger: &'e Ledger,
    /// Imported and billed usage.
    pub store: &'e UsageStore,
    /// For the usage of a whole customer, where a cap asks for it.
    pub workers: &'e Workers,
}

impl Explainer<'_> {
    /// All records with an id: the supplier's own, or `FILE:LINE`.
    ///
    /// # Errors
    /// Refused if there is none.
    pub fn explain(&self, id: &str) -> Result<Vec<Explained>> {
        let imports = OpenImport::all(self.ledger, self.store, self.engine)?;
        let mut explained = Vec::new();
        for (file, row) in self.store.find_record(id)? {
            // A file that the ledger does not know was left by an import that was cut short: it is not there.
            if let Some(import) = imports.iter().find(|import| import.facts_file() == file) {
                explained.push(self.record(&imports, import, self.store.record(&file, row)?)?);
            }
        }
        if explained.is_empty() {
            return Err(Error::refused(
                format!("no imported record is called {id:?}"),
                "give the supplier's record id, or FILE:LINE as `tollbook usage errors` and the itemisation show it",
            ));
        }
        Ok(explained)
    }

    fn record(&self, imports: &[OpenImport], import: &OpenImport, record: UsageRecord) -> Result<Explained> {
        let mut matching = self.engine.matcher.explain_match(import.supplier, &record);
        let (row, line, facts) = (record.row, record.line, facts_in_words(&record));
        let id = record.id(&import.file_name);
        let marked = import.mark_of(row);
        let invoice = if import.billed().contains(row) { self.on_invoice(import.import, row)? } else { None };
        let (rating, mut outcome) = match self.engine.matcher.match_usage(import.supplier, record) {
            Err(aside) => (None, format!("{}: {}", aside.disposition, aside.reason)),
            Ok(matched) => {
                let mut explanation = self.engine.rater.explain(import.supplier, &matched);
                let outcome = match (explanation.sell, explanation.reason) {
                    (Some(sell), _) => format!("priced at {sell} before allowances and caps"),
                    (None, reason) => format!("suspense: {}", reason.unwrap_or_default()),
                };
                if explanation.sell.is_some() && invoice.is_none() && marked.is_none() {
                    explanation.steps.extend(self.after_rating(imports, import.origin().1, &matched)?);
                }
                (Some(explanation), outcome)
            }
        };
        if let Some((disposition, reason)) = marked {
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            matching.insert(0, format!("marked {disposition}{reason}: it is not billed"));
            outcome = format!("{disposition}{reason}");
        }
        if let Some(invoice) = &invoice {
            let charged = format!("charged {} on invoice {}", invoice.charge, invoice.number);
            let then = invoice.sell.map_or(String::new(), |sell| format!(", priced at {sell} then by {}", invoice.by));
            outcome = format!("{charged}{then}; a change of the book does not touch it. Now {outcome}");
        }
        let supplier = self.engine.book.supplier(import.supplier).code.clone();
        Ok(Explained {
            record: id,
            supplier,
            file: import.file_name.clone(),
            line,
            facts,
            matching,
            rating,
            invoice,
            outcome,
        })
    }

    /// What happens to the price of a record that waits: allowances, the cap of its line.
    fn after_rating(
        &self,
        imports: &[OpenImport],
        import: u32,
        matched: &MatchedUsage,
    ) -> Result<Vec<ExplanationStep>> {
        let book = self.engine.book;
        let has_allowances = !book.allowances_of(matched.customer).is_empty();
        if !has_allowances && book.cli(matched.cli).spending_cap.is_none() {
            return Ok(Vec::new());
        }
        let mut usage = self.usage_of(imports, matched.customer)?;
        let account = &book.customer(matched.customer).account;
        let state = self.ledger.account_states(account, account)?.remove(account).unwrap_or_default();
        let place = (import, matched.record.row);
        let told = || {
            let allowed = allowance_story(book, matched.customer, &mut usage, &state.allowance_use, place)?;
            Ok((allowed, cap_story(book, matched.customer, usage, &cap_use(state.cap_use), place)?))
        };
        let (allowed, capped) =
            told().map_err(|error: Overflow| Error::refused(format!("account {account}: {error}"), ""))?;
        let units = matched.record.kind;
        let steps = allowed.map(|story| left_to_pay::allowances_in_words(&story, units));
        Ok(steps.into_iter().chain(capped.map(|story| left_to_pay::cap_in_words(&story))).collect())
    }

    /// All priced usage of a customer that waits.
    fn usage_of(&self, imports: &[OpenImport], customer: CustomerId) -> Result<Vec<ChargedUsage>> {
        let mut usage = Vec::new();
        for import in imports {
            let work = |records: Vec<UsageRecord>| {
                let mut found = Vec::new();
                for records in records.chunks(BATCH_RECORDS) {
                    self.engine.price_each(import.supplier, records, |record, priced| {
                        if let Ok((of, price)) = priced
                            && of.customer == customer
                            && import.mark_of(record.row).is_none()
                        {
                            found.push(ChargedUsage::new(import.origin(), record, of, &price));
                        }
                    });
                }
                found
            };
            import.each_batch(&import.open_rows(), self.store, self.workers, work, |mut found| {
                usage.append(&mut found);
                Ok(())
            })?;
        }
        Ok(usage)
    }

    fn on_invoice(&self, import: i64, row: u32) -> Result<Option<OnInvoice>> {
        for file in self.ledger.runs()?.into_iter().filter_map(|run| run.billed_file) {
            if let Some(billed) = self.store.billed_call(&file, import, row)? {
                return Ok(Some(OnInvoice::from(billed)));
            }
        }
        Ok(None)
    }
}

impl From<BilledRow<'_>> for OnInvoice {
    fn from(billed: BilledRow) -> Self {
        let rated = billed.rated;
        let by = match (rated.tariff.is_empty(), rated.rate_row.is_empty()) {
            (false, false) => format!("row {} of {}", rated.rate_row, rated.tariff),
            _ => rated.path.name().replace('_', " "),
        };
        Self { number: billed.invoice.into_owned(), sell: rated.sell, by, charge: billed.charge }
    }
}

/// `out voice from +44… to +44…, 61 seconds, started 2026-03-02 12:00:00`.
fn facts_in_words(record: &UsageRecord) -> String {
    format!(
        "{} {} from {} {} {}, {} {}, started {}",
        record.direction.name(),
        record.kind.name(),
        record.cli,
        if record.direction == Direction::Out { "to" } else { "called by" },
        if record.other_party.is_empty() { "(not given)" } else { &record.other_party },
        record.units,
        match record.kind {
            Kind::Voice => "seconds",
            Kind::Data => "bytes",
            _ => "units",
        },
        record.started.civil
    )
}
