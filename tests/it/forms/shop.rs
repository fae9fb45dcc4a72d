//! A workspace with a book of the fixtures, as tests of forms use it; and openpyxl, where there is one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{Run, files_below, tollbook};

/// A workspace with a book, and files beside it.
pub(super) struct Shop {
    folder: tempfile::TempDir,
}

/// A row of a file of the book: its cells that are not blank, by column.
pub(super) type Row = BTreeMap<String, String>;

impl Shop {
    /// A new workspace with the book of a folder.
    pub fn with_book(book: &Path) -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        tollbook(shop.folder.path(), &["init", "workspace"]).done();
        shop.run(&["book", "import", book.to_str().unwrap(), "--quiet"]).done();
        shop
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        tollbook(self.folder.path(), &[&["--workspace", "workspace"][..], arguments].concat())
    }

    /// Every file of the workspace, but what SQLite leaves for readers that share its memory.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        files_below(&self.path("workspace"), &["ledger.db-shm", "ledger.db-wal"])
    }

    /// The whole book as it is written out.
    pub fn book(&self) -> Vec<(String, Vec<u8>)> {
        let folder = tempfile::tempdir_in(self.folder.path()).unwrap();
        self.run(&["book", "export", folder.path().to_str().unwrap()]).done();
        files_below(folder.path(), &[])
    }

    /// The rows of a file of the book.
    pub fn rows(&self, file: &str) -> Vec<Row> {
        let book = self.book();
        let (_, bytes) = book.iter().find(|(name, _)| *name == format!("{file}.csv")).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().unwrap().clone();
        let row = |record: csv::StringRecord| {
            let cells = header.iter().zip(&record).filter(|(_, cell)| !cell.is_empty());
            cells.map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
        };
        reader.records().map(|record| row(record.unwrap())).collect()
    }
}

/// What names the tariff of a form of rates; of other forms nothing does.
pub(super) fn tariff_options(tariff: &str) -> Vec<&str> {
    if tariff.is_empty() { Vec::new() } else { vec!["--tariff", tariff] }
}

/// The Python that has openpyxl; none, and a word about it, where there is none.
pub(super) fn openpyxl(what: &str) -> Option<String> {
    let python = std::env::var("TOLLBOOK_PYTHON").ok();
    let has_it = |python: &String| {
        let run = Command::new(python).args(["-c", "import openpyxl"]).output();
        run.is_ok_and(|run| run.status.success())
    };
    let found = python.filter(has_it);
    if found.is_none() {
        super::not_checked(what, "TOLLBOOK_PYTHON names no Python with openpyxl");
    }
    found
}

/// Runs tests/python/fill_form.py.
pub(super) fn fill_form(python: &str, arguments: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/fill_form.py");
    let run = Command::new(python).arg(script).args(arguments).output().unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}
