//! `invoice preview`: one invoice, or a sample, with the workspace's templates as PDF and as pictures; again whenever a file of
//! `templates/` changes. And `invoice template`: what is built in, to start own templates and strings from.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use clap::{Args, ValueEnum};

use crate::commands::{Global, print, say};
use crate::domain::bill::DocumentKind;
use crate::domain::customer::{InvoiceFormat, Itemisation};
use crate::domain::money::CallCharge;
use crate::error::{Error, Result, counted};
use crate::files::write_atomically;
use crate::invoicing::samples::{self, Sample};
use crate::invoicing::{InvoicePages, PdfRenderer, built_in_files};
use crate::ledger::Ledger;
use crate::pipeline::documents::{MONTHS_DRAWN, document_name};
use crate::workspace::{Workspace, make_private_folder};

/// What to render, and where to.
#[derive(Args)]
pub struct Preview {
    /// The number of an invoice or credit note
    #[arg(required_unless_present = "sample")]
    number: Option<String>,
    /// A made-up invoice instead: short, long, transfer, direct-debit, credit, credit-note, draft, empty, wordy, german,
    /// french, welsh, rates
    #[arg(long, value_name = "NAME", conflicts_with = "number")]
    sample: Option<String>,
    /// How much of it; the customer's format unless given
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// In this language instead of the customer's: en, cy, de, fr, or one of templates/
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// The PDF; unless given, a file named by the number in the workspace's preview folder
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// A picture of each page too, beside the PDF
    #[arg(long)]
    png: bool,
    /// Go on: render again whenever a file in templates/ changes, until interrupted
    #[arg(long)]
    watch: bool,
}

/// The formats of invoices.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One page
    Short,
    /// All charges and sums
    Long,
    /// All of that, usage in pictures, and every call
    Full,
}

/// How long to wait between two looks at the folder.
const PAUSE: Duration = Duration::from_millis(250);

impl Preview {
    pub fn run(self, global: &Global, workspace: &Workspace) -> Result<()> {
        let (mut sample, usual, above) = self.what(workspace)?;
        if let Some(language) = &self.language {
            sample.bill.customer.language.clone_from(language);
        }
        let format = self.format.map_or(usual, |format| match format {
            Format::Short => InvoiceFormat::Short,
            Format::Long => InvoiceFormat::Long,
            Format::Full => InvoiceFormat::Full,
        });
        let name = self.number.as_deref().map(document_name).or(self.sample).unwrap_or_default();
        let out = self.out.unwrap_or_else(|| workspace.dir.join("preview").join(format!("{name}.pdf")));
        if global.dry_run {
            say(&format!("would render {name} to {}", out.display()));
            return Ok(());
        }
        let templates = workspace.dir.join("templates");
        let of_bill = InvoicePages::of(&sample.bill, format);
        let pages = InvoicePages { calls: &sample.calls, history: &sample.history, itemise_above: above, ..of_bill };
        let rendering = Rendering { templates: &templates, pages, out: &out, png: self.png };
        if self.watch {
            return rendering.watch(global);
        }
        rendering.once(global)
    }

    /// What the pages are made from; the format that the customer has, and above which charge a call has a row of its own.
    fn what(&self, workspace: &Workspace) -> Result<(Sample, InvoiceFormat, Option<CallCharge>)> {
        if let Some(name) = &self.sample {
            let mut all = samples::all();
            let names = all.iter().map(|sample| sample.name).collect::<Vec<_>>().join(", ");
            let place = all.iter().position(|sample| sample.name == name);
            let missing = || Error::refused(format!("there is no sample {name:?}"), format!("there are {names}"));
            let mut sample = all.swap_remove(place.ok_or_else(missing)?);
            if !matches!(self.format, Some(Format::Full)) {
                sample.calls.clear();
            }
            return Ok((sample, InvoiceFormat::Long, None));
        }
        let number = self.number.as_deref().unwrap_or_default();
        let ledger = workspace.ledger()?;
        let bill = super::show::find(&ledger, number)?;
        let book = workspace.book(&ledger)?;
        let customer = book.find_customer(&bill.customer.account).map(|id| book.customer(id));
        let usual = customer.map(|customer| customer.invoice_format).unwrap_or_default();
        let lists = customer.is_some_and(|customer| customer.itemisation == Itemisation::Pdf);
        let is_full =
            matches!(self.format, Some(Format::Full)) || self.format.is_none() && usual == InvoiceFormat::Full;
        let history = ledger.spend_before(&bill.customer.account, number, MONTHS_DRAWN)?;
        let calls = match bill.document {
            DocumentKind::Invoice if is_full || lists => calls_of(workspace, &ledger, number)?,
            _ => Vec::new(),
        };
        let above = customer.and_then(|customer| customer.itemise_above);
        Ok((Sample { name: "", bill, calls, history }, usual, above))
    }
}

fn calls_of(workspace: &Workspace, ledger: &Ledger, number: &str) -> Result<Vec<crate::domain::bill::ItemisedCall>> {
    let run = ledger.invoice(number)?.map(|invoice| invoice.row.run).unwrap_or_default();
    let file = ledger.run(run)?.billed_file.unwrap_or_default();
    Ok(workspace.usage().calls_of_invoice(&file, number)?)
}

/// One document, rendered with whatever is in the folder of templates at the time.
struct Rendering<'a> {
    templates: &'a Path,
    pages: InvoicePages<'a>,
    out: &'a Path,
    png: bool,
}

impl Rendering<'_> {
    fn once(&self, global: &Global) -> Result<()> {
        let (files, said) = self.render()?;
        say(&said);
        let listed = || files.iter().map(|file| format!("{}\n", file.display())).collect();
        global.show(&serde_json::json!({ "files": files }), listed)
    }

    /// Renders again after each change, going on after errors.
    fn watch(&self, global: &Global) -> Result<()> {
        say(&format!("watching {}; stop with Ctrl-C", self.templates.display()));
        let mut before = None;
        loop {
            let now = stamps(self.templates);
            if before.as_ref() != Some(&now) {
                match self.once(global) {
                    Ok(()) => {}
                    Err(error) => say(&error.to_string()),
                }
                before = Some(now);
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Writes the files; returns them, and what to say of it.
    fn render(&self) -> Result<(Vec<PathBuf>, String)> {
        let refused = |error: crate::invoicing::RenderError| Error::refused(error.to_string(), "correct it");
        let started = Instant::now();
        let renderer = PdfRenderer::new(self.templates.is_dir().then_some(self.templates)).map_err(refused)?;
        let laid = renderer.lay_out(&self.pages).map_err(refused)?;
        let pdf = laid.pdf().map_err(refused)?;
        let taken = started.elapsed().as_millis();
        if let Some(folder) = self.out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            make_private_folder(folder)?;
        }
        let mut files = Vec::new();
        self.write(self.out.to_owned(), &pdf, &mut files)?;
        if self.png {
            for (page, picture) in (1..).zip(laid.pictures().map_err(refused)?) {
                self.write(self.picture(page), &picture, &mut files)?;
            }
            self.remove_after(laid.page_count())?;
        }
        let unknown = renderer.unknown_languages().into_keys().next();
        let instead =
            unknown.map(|code| format!("; in English: there are no strings for {code:?}")).unwrap_or_default();
        Ok((files, format!("{} in {taken} ms{instead}", counted(laid.page_count() as u64, "page"))))
    }

    fn write(&self, file: PathBuf, bytes: &[u8], files: &mut Vec<PathBuf>) -> Result<()> {
        write_atomically(&file, bytes).map_err(|error| Error::io(&file, &error))?;
        files.push(file);
        Ok(())
    }

    fn picture(&self, page: usize) -> PathBuf {
        let stem = self.out.file_stem().unwrap_or_default().to_string_lossy();
        self.out.with_file_name(format!("{stem}-{page}.png"))
    }

    /// Pictures of pages that there are no longer.
    fn remove_after(&self, pages: usize) -> Result<()> {
        for page in pages + 1.. {
            let file = self.picture(page);
            match std::fs::remove_file(&file) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
                Err(error) => return Err(Error::io(&file, &error)),
            }
        }
        Ok(())
    }
}

/// Name, length and time of each file of the folder.
fn stamps(folder: &Path) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut stamps: Vec<_> = entries
        .filter_map(|entry| {
            let metadata = entry.metadata().ok()?;
            Some((entry.path(), metadata.len(), metadata.modified().ok()))
        })
        .collect();
    stamps.sort();
    stamps
}

/// Which of what is built in.
#[derive(Args)]
pub struct Template {
    /// A template or strings file: invoice.typ, look.typ, letter.typ, tables.typ, pictures.typ, en.toml, cy.toml, de.toml,
    /// fr.toml
    #[arg(default_value = "invoice.typ")]
    name: String,
    /// Write all of them into a folder instead, but none over a file that is there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Template {
    pub fn run(self, global: &Global) -> Result<()> {
        let Some(folder) = self.out else {
            let names = built_in_files().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
            let found = built_in_files().find(|(name, _)| *name == self.name);
            let missing =
                || Error::refused(format!("there is no template {:?}", self.name), format!("there are {names}"));
            return print(found.ok_or_else(missing)?.1);
        };
        let there: Vec<_> = built_in_files().map(|(name, _)| name).filter(|name| folder.join(name).exists()).collect();
        if !there.is_empty() {
            let message = format!("{}: {} is there already", folder.display(), there.join(", "));
            return Err(Error::refused(message, "name another folder, or move your files away first"));
        }
        let count = counted(built_in_files().count() as u64, "file");
        if global.dry_run {
            say(&format!("would write {count} to {}", folder.display()));
            return Ok(());
        }
        make_private_folder(&folder)?;
        for (name, text) in built_in_files() {
            let file = folder.join(name);
            write_atomically(&file, text.as_bytes()).map_err(|error| Error::io(&file, &error))?;
        }
        say(&format!("wrote {count} to {}; remove those that you do not change", folder.display()));
        Ok(())
    }
}
