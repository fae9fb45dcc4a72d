//! A workspace opened in the test's own process, for what the command line does not offer: any size of chunks, and
//! drafts as values.

use std::path::Path;

use tollbook::billing::RunTerms;
use tollbook::book;
use tollbook::domain::book::{Book, Settings};
use tollbook::domain::time::Date;
use tollbook::ledger::{Actor, LedgerWriter};
use tollbook::parsing::{Layout, ParseContext};
use tollbook::pipeline::Engine;
use tollbook::pipeline::draft::{Draft, DraftedPart, Drafting, Scope};
use tollbook::pipeline::gathering::RECORDS_AT_ONCE;
use tollbook::pipeline::import::{ImportOptions, ImportedFile, import_usage};
use tollbook::pipeline::post::Posting;
use tollbook::workers::Workers;
use tollbook::workspace::{Workspace, find_layout};

/// A workspace with its book, locked for writing.
pub struct Opened {
    pub workspace: Workspace,
    ledger: LedgerWriter,
    book: Book,
    layouts: Vec<Layout>,
}

/// How much is done at once.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    pub threads: usize,
    pub chunk_bytes: usize,
}

pub const PLAIN: Effort = Effort { threads: 1, chunk_bytes: 4 << 20 };

impl Opened {
    pub fn at(folder: &Path) -> Self {
        let workspace = Workspace::open(folder).unwrap();
        let actor = Actor {
            by: "tester".into(),
            reason: None,
            at: "2026-05-02T09:00:00Z".into(),
            command: "import usage".into(),
        };
        let ledger = workspace.ledger_for_writing(actor).unwrap();
        let book = workspace.book(&ledger).unwrap();
        let layouts = workspace.layouts().unwrap();
        Self { workspace, ledger, book, layouts }
    }

    pub fn import(&mut self, supplier: &str, file: &Path, effort: Effort) -> ImportedFile {
        let options = import_options(&self.workspace.settings, &self.book, &self.layouts, supplier, effort);
        let workers = Workers::new(Some(effort.threads)).unwrap();
        let rejects = self.workspace.dir.join("rejects");
        let store = self.workspace.usage();
        import_usage(&mut self.ledger, &store, &workers, &rejects, &options, file)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Everybody's bills for usage before a day.
    pub fn draft(&self, invoice_date: &str, threads: usize) -> Draft {
        self.draft_in_parts(invoice_date, threads, RECORDS_AT_ONCE, |_| {})
    }

    /// The same with at most so many records held at once; `take` sees each part.
    pub fn draft_in_parts(
        &self,
        invoice_date: &str,
        threads: usize,
        records_at_once: usize,
        mut take: impl FnMut(&DraftedPart),
    ) -> Draft {
        let workers = &Workers::new(Some(threads)).unwrap();
        let (engine, store) = (&Engine::new(&self.book), &self.workspace.usage());
        let (scope, terms) = (&Scope::default(), &terms_of(invoice_date));
        let drafting = Drafting { records_at_once, ..Drafting::new(engine, store, workers, scope, terms) };
        let draft = drafting.draft_by_parts(&self.ledger, |part| {
            take(&part);
            Ok(())
        });
        draft.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Posts an approved run for everybody, with at most so many records held at once, small and whole.
    pub fn post(&mut self, run: i64, invoice_date: &str, threads: usize, (records, rows): (usize, usize)) {
        let approved = self.ledger.run(run).unwrap().digest;
        let workers = Workers::new(Some(threads)).unwrap();
        let (engine, store) = (Engine::new(&self.book), self.workspace.usage());
        let (scope, terms) = (Scope::default(), terms_of(invoice_date));
        let drafting = Drafting::new(&engine, &store, &workers, &scope, &terms);
        let drafting = Drafting { records_at_once: records, ..drafting };
        Posting { drafting, rows_at_once: rows }
            .post(&mut self.ledger, run, &approved)
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Those of a run for a day, as the command line has them unless told otherwise.
fn terms_of(invoice_date: &str) -> RunTerms {
    let date = Date::parse(invoice_date).unwrap();
    RunTerms {
        invoice_date: date,
        usage_cutoff: date,
        charge_cutoff: date.last_of_month().next(),
        due_date: None,
        message: String::new(),
        usage_from: None,
        excluded_categories: Vec::new(),
    }
}

/// How a supplier's files are read.
pub fn import_options<'a>(
    settings: &'a Settings,
    book: &'a Book,
    layouts: &'a [Layout],
    supplier: &'a str,
    effort: Effort,
) -> ImportOptions<'a> {
    let id = book.find_supplier(supplier).unwrap();
    ImportOptions {
        supplier_code: supplier,
        context: ParseContext {
            layout: find_layout(layouts, &book.supplier(id).layout).unwrap(),
            workspace_zone: &settings.zone,
            numbers: tollbook::domain::telephone::NumberRules::of_country(&settings.country_code),
            currency: settings.currency,
        },
        strict: false,
        max_rejects: (settings.max_reject_share, settings.max_reject_count),
        only_compare: false,
        dry_run: false,
        quiet: true,
        chunk_bytes: effort.chunk_bytes,
    }
}

/// The settings of a workspace that nobody changed.
pub fn default_settings() -> Settings {
    book::parse_settings(book::DEFAULT_SETTINGS).unwrap()
}
