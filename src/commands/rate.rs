//! `rate`: the pure pipeline, a book folder and files in, rated records and control totals out.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::Global;
use crate::book;
use crate::domain::telephone::NumberRules;
use crate::domain::totals::ControlTotals;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::parsing::{Layout, ParseContext, shipped_layouts};
use crate::pipeline::Engine;
use crate::pipeline::find_supplier;
use crate::pipeline::import::{CHUNK_BYTES, ImportOptions, check_layout_kind, file_name};
use crate::pipeline::rate::rate_file;
use crate::pipeline::rated_output::RatedOutput;
use crate::pipeline::rejects::rejects_in_words;
use crate::report::screen::control_totals;
use crate::workers::Workers;
use crate::workspace::{find_layout, read_settings, refuse_book};

/// What to rate, against what, and where to.
#[derive(Args)]
pub struct Rate {
    /// Usage files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Whose files: a supplier of the book
    #[arg(long)]
    supplier: String,
    /// A book folder; a tollbook.toml in it gives the settings
    #[arg(long, value_name = "DIR")]
    book: PathBuf,
    /// Where rated records go; .parquet, .csv or .json by its ending; nowhere unless given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Read the files by this layout instead of the supplier's: its name, or a .toml file
    #[arg(long)]
    layout: Option<String>,
    /// One line that cannot be read refuses its file
    #[arg(long)]
    strict: bool,
}

#[derive(Serialize)]
struct Rated {
    files: Vec<RatedFileReport>,
    totals: ControlTotals,
}

#[derive(Serialize)]
struct RatedFileReport {
    file: String,
    totals: ControlTotals,
    rejected: Vec<crate::pipeline::rejects::Rejected>,
}

impl Rate {
    pub fn run(self, global: &Global) -> Result<()> {
        let settings = match read_settings(&self.book)? {
            Some(settings) => settings,
            None => book::parse_settings(book::DEFAULT_SETTINGS).map_err(|error| Error::refused(error, ""))?,
        };
        let numbers = NumberRules::of_country(&settings.country_code);
        let workers = global.workers()?;
        let tables =
            book::read_folder_with(&self.book, &numbers, Some(&workers)).map_err(|errors| refuse_book(&errors))?;
        let compiled = book::compile(&tables, &settings).map_err(|errors| refuse_book(&errors))?;
        // As large as what was made of it.
        drop(tables);
        let supplier = find_supplier(&compiled, &self.supplier)?;
        let named = self.layout.as_deref().unwrap_or(&compiled.supplier(supplier).layout);
        let layout = layout_of(&self.book, named)?;
        check_layout_kind(&layout, false)?;
        let options = ImportOptions {
            supplier_code: &self.supplier,
            context: ParseContext {
                layout: &layout,
                workspace_zone: &settings.zone,
                numbers,
                currency: settings.currency,
            },
            strict: self.strict,
            max_rejects: (settings.max_reject_share, settings.max_reject_count),
            only_compare: false,
            dry_run: global.dry_run,
            quiet: global.quiet,
            chunk_bytes: CHUNK_BYTES,
        };
        let engine = Engine::new(&compiled);
        let rated = self.rate_files(global, &workers, &engine, &options)?;
        global.show(&rated, || in_words(&rated))?;
        let rejects: usize = rated.files.iter().map(|file| file.rejected.len()).sum();
        match rejects {
            0 => Ok(()),
            _ => Err(Error::new(
                ErrorKind::Partial,
                format!("{} could not be read", counted(rejects as u64, "line")),
                "",
            )),
        }
    }

    fn rate_files(
        &self,
        global: &Global,
        workers: &Workers,
        engine: &Engine,
        options: &ImportOptions,
    ) -> Result<Rated> {
        let mut output = RatedOutput::create(self.out.as_deref().filter(|_| !global.dry_run))?;
        let mut rated = Rated { files: Vec::new(), totals: ControlTotals::default() };
        for path in &self.files {
            let done = rate_file(engine, workers, options, path, &mut output)?;
            done.totals.check().map_err(|reason| Error::new(ErrorKind::Damaged, reason, "please report this fault"))?;
            rated.totals.merge(&done.totals);
            let file = file_name(path);
            rated.files.push(RatedFileReport { file, totals: done.totals, rejected: done.rejected });
        }
        output.commit(workers)?;
        Ok(rated)
    }
}

/// The layout of a name: a `.toml` file, one of the book folder's, or a shipped one.
pub(super) fn layout_of(book: &Path, name: &str) -> Result<Layout> {
    let refuse = |error: crate::parsing::LayoutError| Error::refused(format!("{name}: {error}"), "");
    let own = [PathBuf::from(name), book.join("layouts").join(format!("{name}.toml"))];
    if let Some(path) = own.iter().find(|path| path.extension().is_some_and(|end| end == "toml") && path.is_file()) {
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, &error))?;
        return Layout::parse(name, &text).map_err(refuse);
    }
    let shipped = shipped_layouts().iter().map(|(name, text)| Layout::parse(name, text));
    let shipped = shipped.collect::<std::result::Result<Vec<_>, _>>().map_err(refuse)?;
    find_layout(&shipped, name).cloned()
}

fn in_words(rated: &Rated) -> String {
    let mut text = String::new();
    for file in &rated.files {
        text.push_str(&format!("{}\n{}", file.file, control_totals(&file.totals)));
        text.push_str(&rejects_in_words(&file.file, &file.rejected));
    }
    if rated.files.len() > 1 {
        text.push_str(&format!("in all\n{}", control_totals(&rated.totals)));
    }
    text
}
