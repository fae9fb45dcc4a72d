//! `import payments`: a filled form of payments → the ledger, all or nothing (L2), with every mistake at its cell.

use std::path::PathBuf;

use clap::Args;

use super::rows::{Known, PaymentRows, read_payments};
use super::shown::show_entered;
use crate::commands::customer::drop_settled;
use crate::commands::form::{FormFacts, FormOptions, FormReport, open_source, read_bytes, refuse_file, write_copy};
use crate::commands::{Global, say, today};
use crate::domain::money::Money;
use crate::error::{Result, counted};
use crate::forms::kinds::Kind;
use crate::forms::{
    Accounts, Asked, Counts, Filled, Findings, Form, Place, Severity, Source, Unreadable, forms_of, no_sheet,
    read_filled, refuse_missing,
};
use crate::ledger::Settled;
use crate::workspace::Workspace;

/// Which file.
#[derive(Args)]
#[command(
    after_help = "A form of payments is a workbook (.xlsx) or a CSV file (UTF-8) with the columns Account, Date, Amount, \
    Reference, and Method, Invoice (the one to pay first), Currency, Note, in any order; `tollbook template payments` writes \
    it. Of a workbook the sheet Payments is read, else the first. A reference that the account has already, a row that is \
    wrong: nothing is entered. With --mode update or upsert, rows that say what is posted are passed over; a posted payment \
    is never changed. See also `tollbook payment`."
)]
pub struct PaymentsFile {
    /// The filled form: a CSV file (UTF-8) or an .xlsx workbook
    file: PathBuf,
    #[command(flatten)]
    options: FormOptions,
}

impl PaymentsFile {
    pub fn run(self, global: &Global) -> Result<()> {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let bytes = read_bytes(&self.file)?;
        let file = self.file.display().to_string();
        let source = open_source(&self.file, &bytes)?;
        let mut ledger = workspace.ledger_for_writing(global.actor())?;
        let tables = workspace.tables(&ledger)?;
        let known = Known {
            ledger: &ledger,
            currencies: workspace.currencies_of_customers(&ledger)?,
            accounts: Accounts::of(tables.get("customers")),
            numbers: workspace.number_rules(),
            today: today(&workspace.settings.zone),
        };
        let mut findings = Findings::default();
        let form = forms_of(Kind::Payments, &tables, &workspace.settings).remove(0);
        let filled = self.read_form(&source, &form, &workspace, &mut findings);
        let filled = filled.map_err(|bad| refuse_file(&file, &bad))?;
        let rows = read_payments(&filled, self.options.mode.into(), &known, &mut findings)?;
        findings.sort(&[]);
        let counts = counts(&filled, &rows);
        let sheets = vec![(&*filled.place.sheet, counts)];
        let facts = FormFacts {
            file: &file,
            kind: Kind::Payments,
            mode: self.options.mode.name(),
            dry_run: global.dry_run,
            notices: source.notices(),
        };
        let report = FormReport::of_findings(facts, sheets, &findings);
        if let Some(copy) = &self.options.annotate {
            write_copy(&self.file, copy, &source, &[(&form, &filled)], &findings)?;
        }
        let is_refused =
            report.count(Severity::Error) > 0 || (self.options.strict && report.count(Severity::Warning) > 0);
        if is_refused {
            report.show(global, self.options.all)?;
            return report.refuse(self.options.strict);
        }
        let settled = match rows.new.is_empty() {
            true => Vec::new(),
            false => ledger.record_payments(&rows.new, global.dry_run)?,
        };
        show_entered(global, &report, &settled, self.options.all)?;
        let verb = if global.dry_run { "would enter" } else { "entered" };
        match settled.len() {
            0 => say("nothing is different: nothing changed"),
            count => say(&format!("{verb} {}{}", counted(count as u64, "payment"), left_over(&settled))),
        }
        drop_settled(global, &mut ledger)
    }

    /// The rows of the form, with what is wrong with single cells.
    fn read_form(
        &self,
        source: &Source<'_>,
        form: &Form,
        workspace: &Workspace,
        findings: &mut Findings,
    ) -> std::result::Result<Filled, Unreadable> {
        let asked = Asked {
            kind: Kind::Payments,
            mode: self.options.mode.into(),
            sheet: self.options.sheet.as_deref(),
            numbers: workspace.number_rules(),
            settings: &workspace.settings,
        };
        let Some((sheet, name)) = source.sheet_of(Kind::Payments, 0, asked.sheet) else {
            return Err(no_sheet(source, &asked));
        };
        let place = Place { sheet: name, is_workbook: source.is_workbook() };
        let filled = read_filled(source, sheet, place, form, &asked.numbers, findings)?;
        refuse_missing(form, &filled, asked.mode, true, findings);
        Ok(filled)
    }
}

fn counts(filled: &Filled, rows: &PaymentRows) -> Counts {
    Counts {
        rows: filled.rows.len() as u64,
        added: rows.new.len() as u64,
        changed: 0,
        as_before: rows.as_before,
        examples: filled.examples,
    }
}

/// How many of them are not all used.
fn left_over(settled: &[Settled]) -> String {
    match settled.iter().filter(|one| one.entry.open > Money::ZERO).count() {
        0 => String::new(),
        left => format!("; of {left} something is left on the account"),
    }
}
