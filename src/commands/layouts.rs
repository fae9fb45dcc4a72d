//! `layouts`: which layouts there are, what one says, which one fits a file.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;

use super::Global;
use crate::book;
use crate::domain::book::Settings;
use crate::domain::charge::ServiceLine;
use crate::domain::money::Price;
use crate::domain::telephone::NumberRules;
use crate::domain::usage::UsageRecord;
use crate::error::{Error, Result};
use crate::files::map::MappedFile;
use crate::parsing::{
    Layout, LayoutFit, ParseContext, open_source, parse_services, parse_usage, shipped_layouts, suggest_layouts,
};
use crate::pipeline::import::refuse_file;
use crate::report::screen::table;
use crate::workspace::{Workspace, find_layout};

/// What to do.
#[derive(Subcommand)]
pub enum Layouts {
    /// List the shipped layouts and the workspace's own
    List,
    /// Print a layout as TOML, to read or to copy into layouts/
    Show {
        /// Its name
        name: String,
    },
    /// Say which layout fits a file and how its first lines read
    Check {
        /// The file
        file: PathBuf,
        /// Check this layout only
        #[arg(long)]
        layout: Option<String>,
    },
}

#[derive(Serialize)]
struct Listed<'a> {
    layout: &'a str,
    r#type: &'a str,
    description: &'a str,
}

#[derive(Serialize)]
struct Shown<'a> {
    layout: &'a str,
    toml: &'a str,
}

impl Layouts {
    pub fn run(self, global: &Global) -> Result<()> {
        let (layouts, settings, workspace) = available(global)?;
        match self {
            Self::List => list(global, &layouts),
            Self::Show { name } => {
                find_layout(&layouts, &name)?;
                let toml = text_of(&name, workspace.as_ref())?;
                global.show(&Shown { layout: &name, toml: &toml }, || toml.clone())
            }
            Self::Check { file, layout } => {
                let chosen = match &layout {
                    Some(name) => vec![find_layout(&layouts, name)?.clone()],
                    None => layouts,
                };
                check(global, &chosen, &settings, &file)
            }
        }
    }
}

/// The layouts of the workspace if there is one, else the shipped ones.
fn available(global: &Global) -> Result<(Vec<Layout>, Settings, Option<Workspace>)> {
    if let Ok(workspace) = Workspace::find(global.workspace.as_deref()) {
        return Ok((workspace.layouts()?, workspace.settings.clone(), Some(workspace)));
    }
    if let Some(named) = &global.workspace {
        Workspace::open(named)?;
    }
    let shipped = shipped_layouts().iter().map(|(name, text)| Layout::parse(name, text));
    let layouts = shipped.collect::<std::result::Result<Vec<_>, _>>();
    let layouts = layouts.map_err(|error| Error::refused(error.to_string(), "please report this fault"))?;
    let settings = book::parse_settings(book::DEFAULT_SETTINGS).map_err(|error| Error::refused(error, ""))?;
    Ok((layouts, settings, None))
}

fn text_of(name: &str, workspace: Option<&Workspace>) -> Result<String> {
    if let Some(workspace) = workspace {
        let path = workspace.dir.join("layouts").join(format!("{name}.toml"));
        if path.is_file() {
            return std::fs::read_to_string(&path).map_err(|error| Error::io(&path, &error));
        }
    }
    let shipped = shipped_layouts().iter().find(|(shipped, _)| *shipped == name);
    Ok(shipped.map(|(_, text)| (*text).to_owned()).unwrap_or_default())
}

fn list(global: &Global, layouts: &[Layout]) -> Result<()> {
    let listed: Vec<_> = layouts
        .iter()
        .map(|layout| Listed {
            layout: layout.name(),
            r#type: if layout.is_services() { "services" } else { "usage" },
            description: layout.description(),
        })
        .collect();
    global.show(&listed, || {
        let rows = listed.iter().map(|row| vec![row.layout.into(), row.r#type.into(), row.description.into()]);
        table(&["layout", "type", "description"], &[], rows)
    })
}

#[derive(Serialize)]
struct Checked {
    layouts: Vec<LayoutFit>,
    /// How the first lines read by the best layout.
    first_lines: Vec<ReadLine>,
}

#[derive(Serialize)]
struct ReadLine {
    line: u64,
    fields: Vec<(&'static str, String)>,
}

const FIRST_LINES: usize = 5;

fn check(global: &Global, layouts: &[Layout], settings: &Settings, file: &Path) -> Result<()> {
    let mapped = MappedFile::open(file).map_err(|error| Error::unreadable(file, &error))?;
    let numbers = NumberRules::of_country(&settings.country_code);
    let fits = suggest_layouts(mapped.bytes(), layouts, &settings.zone, &numbers, settings.currency);
    let best = fits.first().filter(|fit| fit.fits).and_then(|fit| find_layout(layouts, &fit.layout).ok());
    let first_lines = match best {
        Some(layout) => {
            let workspace_zone = &settings.zone;
            let context = ParseContext { layout, workspace_zone, numbers, currency: settings.currency };
            read_first_lines(&context, file, mapped.bytes())?
        }
        None => Vec::new(),
    };
    let checked = Checked { layouts: fits, first_lines };
    global.show(&checked, || in_words(&checked))?;
    match best {
        Some(_) => Ok(()),
        None => Err(Error::refused(
            format!("{}: no layout fits", file.display()),
            "write one: `tollbook layouts show generic` is an example; put it into the workspace's layouts/ folder",
        )),
    }
}

fn read_first_lines(context: &ParseContext, file: &Path, bytes: &[u8]) -> Result<Vec<ReadLine>> {
    let source = open_source(&file.display().to_string(), bytes, context.layout).map_err(refuse_file)?;
    if context.layout.is_services() {
        let lines = parse_services(&source, context).lines;
        return Ok(lines.iter().take(FIRST_LINES).map(service_fields).collect());
    }
    let Some(chunk) = source.chunks(1 << 16).first().copied() else { return Ok(Vec::new()) };
    let records = parse_usage(&source, &chunk, context).records;
    Ok(records.iter().take(FIRST_LINES).map(usage_fields).collect())
}

fn usage_fields(record: &UsageRecord) -> ReadLine {
    let price = |price: Option<Price>| price.map(|price| price.to_string()).unwrap_or_default();
    let fields = vec![
        ("record id", record.record_id.as_deref().unwrap_or_default().to_owned()),
        ("kind", record.kind.name().to_owned()),
        ("direction", record.direction.name().to_owned()),
        ("cli", record.cli.to_string()),
        ("other party", record.other_party.to_string()),
        ("started", record.started.civil.to_string()),
        ("units", record.units.to_string()),
        ("cost", price(record.cost)),
        ("charge band", record.charge_band.to_string()),
        ("description", record.description.to_string()),
    ];
    ReadLine { line: record.line, fields }
}

fn service_fields(line: &ServiceLine) -> ReadLine {
    let fields = vec![
        ("cli", line.cli.clone()),
        ("event", line.event.name().to_owned()),
        ("date", line.date.to_string()),
        ("quantity", line.quantity.to_string()),
        ("cost", line.cost.to_string()),
        ("description", line.description.clone()),
    ];
    ReadLine { line: line.line, fields }
}

fn in_words(checked: &Checked) -> String {
    let rows = checked.layouts.iter().map(|fit| {
        vec![
            fit.layout.clone(),
            if fit.fits { "fits".into() } else { "no".into() },
            fit.records.to_string(),
            fit.rejects.to_string(),
            fit.why_not.clone().unwrap_or_default().replace('\n', "; "),
        ]
    });
    let mut text = table(&["layout", "", "lines read", "rejected", "why not"], &[2, 3], rows);
    for line in &checked.first_lines {
        text.push_str(&format!("\nline {}\n", line.line));
        for (name, value) in line.fields.iter().filter(|(_, value)| !value.is_empty()) {
            text.push_str(&format!("  {name:12} {value}\n"));
        }
    }
    text
}
