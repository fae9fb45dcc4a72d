//! The folder that a reseller works in: finds it, makes it, opens what is in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::book::{self, BookError, TableRow, Tables};
use crate::domain::book::{Book, Settings};
use crate::domain::money::Currency;
use crate::domain::telephone::NumberRules;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result};
use crate::facts::UsageStore;
use crate::files::write_atomically;
use crate::ledger::{Actor, Ledger, LedgerWriter, StoredTable};
use crate::parsing::{Layout, shipped_layouts};

/// The file that makes a folder a workspace.
pub const SETTINGS_FILE: &str = "tollbook.toml";

/// An open workspace.
pub struct Workspace {
    /// Where it is.
    pub dir: PathBuf,
    /// What `tollbook.toml` says.
    pub settings: Settings,
}

impl Workspace {
    /// The workspace named, else the nearest folder upwards from here that is one.
    pub fn find(named: Option<&Path>) -> Result<Self> {
        match named {
            Some(dir) => Self::open(dir),
            None => {
                let here = std::env::current_dir().map_err(|error| Error::io(Path::new("."), &error))?;
                let found = here.ancestors().find(|dir| dir.join(SETTINGS_FILE).is_file());
                Self::open(found.ok_or_else(|| {
                    Error::refused(
                        format!("{}: neither this folder nor one above it holds {SETTINGS_FILE}", here.display()),
                        "make a workspace with `tollbook init DIR`, or name one with --workspace",
                    )
                })?)
            }
        }
    }

    /// Opens a folder that is a workspace.
    pub fn open(dir: &Path) -> Result<Self> {
        let settings = read_settings(dir)?.ok_or_else(|| {
            Error::refused(
                format!("{}: is not a workspace: it holds no {SETTINGS_FILE}", dir.display()),
                "make one with `tollbook init DIR`",
            )
        })?;
        Ok(Self { dir: dir.to_owned(), settings })
    }

    /// Makes a new workspace in an empty or missing folder. Its groups are billed by schedule from a day on (B17), if it
    /// is given.
    pub fn create(dir: &Path, due_from: Option<Date>) -> Result<Self> {
        let occupied = dir.read_dir().is_ok_and(|mut entries| entries.next().is_some());
        if occupied {
            let hint = "name a new or an empty folder";
            return Err(Error::refused(format!("{}: is not empty", dir.display()), hint));
        }
        for folder in ["layouts", "templates", "usage", "invoices", "rejects", "reports"] {
            make_private_folder(&dir.join(folder))?;
        }
        Ledger::create(dir)?;
        // Last, so that a folder is a workspace only when all of it is there.
        let path = dir.join(SETTINGS_FILE);
        let settings = book::settings_from(due_from);
        write_atomically(&path, settings.as_bytes()).map_err(|error| Error::io(&path, &error))?;
        Self::open(dir)
    }

    /// The ledger, for reading.
    pub fn ledger(&self) -> Result<Ledger> {
        Ok(Ledger::open(&self.dir)?)
    }

    /// The ledger, for one writer at a time.
    pub fn ledger_for_writing(&self, actor: Actor) -> Result<LedgerWriter> {
        Ok(Ledger::open_for_writing(&self.dir, actor)?)
    }

    /// The usage facts.
    pub fn usage(&self) -> UsageStore {
        UsageStore::open(&self.dir.join("usage"))
    }

    /// The book as the ledger holds it, compiled.
    pub fn book(&self, ledger: &Ledger) -> Result<Book> {
        let tables = self.tables(ledger)?;
        book::compile(&tables, &self.settings).map_err(|errors| refuse_book(&errors))
    }

    /// The book as the ledger holds it, row by row.
    pub fn tables(&self, ledger: &Ledger) -> Result<Tables> {
        Ok(tables_of(ledger.load_book()?))
    }

    /// The suppliers of the book, each with the layout that it names: all of the book that an import needs.
    pub fn layouts_of_suppliers(&self, ledger: &Ledger) -> Result<Vec<(String, String)>> {
        let tables = tables_of(vec![ledger.load_table("suppliers")?]);
        let table = tables.get("suppliers");
        let cells = |name: &str| {
            let place = table.schema.position(name).expect("the interface has the column");
            table.rows.iter().map(move |row| row.cells.get(place).unwrap_or_default().to_owned())
        };
        Ok(cells("supplier").zip(cells("layout")).collect())
    }

    /// The accounts of the book, each with the currency that it is billed in: all of the book that payments need.
    pub fn currencies_of_customers(&self, ledger: &Ledger) -> Result<BTreeMap<String, Currency>> {
        let tables = tables_of(vec![ledger.load_table("customers")?]);
        let table = tables.get("customers");
        let place = |name: &str| table.schema.position(name).expect("the interface has the column");
        let (account, currency) = (place("account"), place("currency"));
        let rows = table.rows.iter().map(|row| {
            let of_row = row.cells.get(currency).and_then(Currency::parse);
            (row.cells.get(account).unwrap_or_default().to_owned(), of_row.unwrap_or(self.settings.currency))
        });
        Ok(rows.collect())
    }

    /// The shipped layouts and the workspace's own; an own one replaces the shipped one of its name.
    pub fn layouts(&self) -> Result<Vec<Layout>> {
        let mut layouts = Vec::new();
        let folder = self.dir.join("layouts");
        if folder.is_dir() {
            let entries = folder.read_dir().map_err(|error| Error::io(&folder, &error))?;
            for entry in entries {
                let path = entry.map_err(|error| Error::io(&folder, &error))?.path();
                if path.extension().is_some_and(|extension| extension == "toml") {
                    layouts.push(read_layout(&path)?);
                }
            }
        }
        for (name, text) in shipped_layouts() {
            if !layouts.iter().any(|own| own.name() == *name) {
                layouts.push(parse_layout(name, text, name)?);
            }
        }
        layouts.sort_by(|left, right| left.name().cmp(right.name()));
        Ok(layouts)
    }

    /// How numbers are read where nothing else is said (M1).
    pub fn number_rules(&self) -> NumberRules {
        NumberRules::of_country(&self.settings.country_code)
    }
}

/// The settings of a folder, if it has any.
pub fn read_settings(dir: &Path) -> Result<Option<Settings>> {
    let path = dir.join(SETTINGS_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(&path, &error)),
    };
    let refuse = |reason| Error::refused(format!("{}: {reason}", path.display()), "correct the setting");
    book::parse_settings(&text).map(Some).map_err(refuse)
}

/// The layout of a name.
pub fn find_layout<'l>(layouts: &'l [Layout], name: &str) -> Result<&'l Layout> {
    layouts.iter().find(|layout| layout.name() == name).ok_or_else(|| {
        let known: Vec<_> = layouts.iter().map(Layout::name).collect();
        Error::refused(format!("there is no layout {name:?}"), format!("there are: {}", known.join(", ")))
    })
}

fn read_layout(path: &Path) -> Result<Layout> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, &error))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    parse_layout(&name, &text, &path.display().to_string())
}

fn parse_layout(name: &str, text: &str, place: &str) -> Result<Layout> {
    Layout::parse(name, text)
        .map_err(|error| Error::refused(format!("{place}: {error}"), "`tollbook layouts show generic` is an example"))
}

/// A book's rows as the ledger keeps them.
pub fn stored_tables(tables: &Tables) -> Vec<StoredTable> {
    let stored = tables.iter().map(|table| StoredTable {
        name: table.schema.name.to_owned(),
        columns: table.column_names().map(str::to_owned).collect(),
        key_columns: table.schema.key.iter().map(|name| (*name).to_owned()).collect(),
        rows: table.rows.iter().map(|row| row.cells.clone()).collect(),
    });
    stored.collect()
}

/// The rows of those files that have any, as the ledger keeps them; nothing is copied.
pub fn into_stored(tables: Tables) -> Vec<StoredTable> {
    let stored = tables.into_iter().filter(|table| !table.rows.is_empty()).map(|table| StoredTable {
        name: table.schema.name.to_owned(),
        columns: table.column_names().map(str::to_owned).collect(),
        key_columns: table.schema.key.iter().map(|name| (*name).to_owned()).collect(),
        rows: table.rows.into_iter().map(|row| row.cells).collect(),
    });
    stored.collect()
}

/// The book that stored rows make, compiled.
pub fn book_of(stored: &[StoredTable], settings: &Settings) -> std::result::Result<Book, Vec<BookError>> {
    book::compile(&tables_of(stored.to_vec()), settings)
}

/// A book's rows as the book reads them.
fn tables_of(stored: Vec<StoredTable>) -> Tables {
    let mut tables = Tables::new();
    for stored in stored {
        let table = tables.get_mut(&stored.name);
        table.extra_columns = stored.columns.iter().filter(|name| name.starts_with("x_")).cloned().collect();
        let place_of = |name: &str| stored.columns.iter().position(|column| column == name);
        let places: Vec<Option<usize>> = table.column_names().map(place_of).collect();
        let in_place = places.iter().enumerate().all(|(at, place)| *place == Some(at));
        let rows = stored.rows.into_iter().map(|row| if in_place { row } else { row.arranged(&places) });
        table.rows = rows.map(|cells| TableRow { line: 0, cells }).collect();
    }
    tables
}

/// Makes a folder that only its owner can enter.
pub fn make_private_folder(dir: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.map_err(|error| Error::io(dir, &error))
}

/// All that is wrong with a book, as one refusal.
pub fn refuse_book(errors: &[BookError]) -> Error {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let count = match errors.len() {
        1 => "1 error".to_owned(),
        many => format!("{many} errors"),
    };
    Error::new(ErrorKind::Refused, format!("the book has {count}; nothing was changed\n{}", lines.join("\n")), "")
}
