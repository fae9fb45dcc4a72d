//! Rated records → the file that was asked for. Rows become columns or text on the threads that rated them; this puts
//! their pieces in order and the file in its place.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::facts::{RatedBatch, RatedFile, RatedRow, csv_header};
use crate::files::AtomicFile;
use crate::workers::Workers;

/// Where rated records go.
pub enum RatedOutput {
    /// Nowhere: only the totals are wanted.
    Nothing,
    /// A Parquet file.
    Parquet(Box<RatedFile>),
    /// A file of one line for each record.
    Lines(LinesFile),
}

/// A file of text.
pub struct LinesFile {
    path: PathBuf,
    file: AtomicFile,
    format: LineFormat,
}

#[derive(Clone, Copy)]
enum LineFormat {
    Csv,
    Json,
}

/// What one thread makes of the rated records of one piece of a usage file.
pub enum RatedPiece {
    /// Nothing is kept.
    Nothing,
    /// Columns of a Parquet file.
    Columns(Box<RatedBatch>),
    /// Lines.
    Lines(RatedLines),
}

/// Rated records as text.
pub struct RatedLines {
    text: String,
    format: LineFormat,
}

impl RatedOutput {
    /// By the ending of the path: `.parquet`, `.csv`, `.json` or `.jsonl`.
    pub fn create(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::Nothing) };
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("parquet") => Ok(Self::Parquet(Box::new(RatedFile::create(path)?))),
            Some("csv") => {
                let mut lines = LinesFile::create(path, LineFormat::Csv)?;
                lines.write(&csv_header())?;
                Ok(Self::Lines(lines))
            }
            Some("json" | "jsonl") => Ok(Self::Lines(LinesFile::create(path, LineFormat::Json)?)),
            _ => Err(Error::refused(
                format!("{}: its ending names no format", path.display()),
                "end it in .parquet, .csv, .json or .jsonl",
            )),
        }
    }

    /// No records yet, for one thread to add to.
    pub fn new_piece(&self) -> RatedPiece {
        match self {
            Self::Nothing => RatedPiece::Nothing,
            Self::Parquet(_) => RatedPiece::Columns(Box::default()),
            Self::Lines(lines) => RatedPiece::Lines(RatedLines { text: String::new(), format: lines.format }),
        }
    }

    /// Adds the next piece, which [`Self::new_piece`] began.
    pub fn add(&mut self, piece: RatedPiece) -> Result<()> {
        match (self, piece) {
            (Self::Nothing, RatedPiece::Nothing) => Ok(()),
            (Self::Parquet(file), RatedPiece::Columns(columns)) => Ok(file.add(*columns)?),
            (Self::Lines(file), RatedPiece::Lines(lines)) => file.write(&lines.text),
            _ => panic!("a piece is of the kind of its output"),
        }
    }

    /// Makes what was added ready to be written, side by side.
    pub fn pack(&mut self, workers: &Workers) -> Result<()> {
        match self {
            Self::Parquet(file) => Ok(file.pack(Some(workers))?),
            Self::Nothing | Self::Lines(_) => Ok(()),
        }
    }

    /// Writes what is packed.
    pub fn write_packed(&mut self) -> Result<()> {
        match self {
            Self::Parquet(file) => Ok(file.write_packed()?),
            Self::Nothing | Self::Lines(_) => Ok(()),
        }
    }

    /// Puts the file in its place.
    pub fn commit(self, workers: &Workers) -> Result<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::Parquet(file) => Ok(file.commit(Some(workers)).map(drop)?),
            Self::Lines(lines) => lines.file.commit().map_err(|error| Error::io(&lines.path, &error)),
        }
    }
}

impl LinesFile {
    fn create(path: &Path, format: LineFormat) -> Result<Self> {
        let file = AtomicFile::create(path).map_err(|error| Error::io(path, &error))?;
        Ok(Self { path: path.to_owned(), file, format })
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.file.write_all(text.as_bytes()).map_err(|error| Error::io(&self.path, &error))
    }
}

impl RatedPiece {
    /// Adds records.
    pub fn add(&mut self, rows: &[RatedRow<'_>]) {
        match self {
            Self::Nothing => (),
            Self::Columns(columns) => columns.add(rows),
            Self::Lines(RatedLines { text, format: LineFormat::Csv }) => {
                rows.iter().for_each(|row| text.push_str(&row.csv_line()));
            }
            Self::Lines(RatedLines { text, format: LineFormat::Json }) => {
                rows.iter().for_each(|row| text.push_str(&row.json_line()));
            }
        }
    }
}
