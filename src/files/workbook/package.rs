//! The bytes of a ZIP archive → its parts by name, each inflated piece by piece and counted. Nothing is written to disk, no
//! archive in an archive is opened. What is encrypted, overlaps, comes twice or grows beyond its bound is refused.

use std::collections::BTreeMap;
use std::io::Cursor;

use memchr::memmem;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::inflated::{Bound, Inflated};
use super::refused::Refused;
use super::xml::Part;

/// In bytes. Larger files are no forms that people fill in: 1,000,000 rows of 40 columns take some 150 MiB.
pub const LARGEST_FILE: usize = 256 << 20;
/// Honest workbooks have some dozens of parts, with pictures some hundreds.
const MOST_ENTRIES: usize = 10_000;
/// An archive whose list of parts was read and found sound.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// Places in the list by name; capitals do not tell names of parts apart.
    places: BTreeMap<String, usize>,
}

impl<'b> Package<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Refused> {
        if bytes.len() > LARGEST_FILE {
            return Err(Refused::new("is larger than 256 MiB", "split it into several workbooks, or save it as CSV"));
        }
        if most_listed(bytes) > MOST_ENTRIES as u64 {
            return Err(Refused::strange("has more than 10,000 parts"));
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        if archive.offset() != 0 {
            return Err(damaged());
        }
        if archive.has_duplicate_names() {
            return Err(Refused::strange("has two parts of the same name"));
        }
        if archive.has_overlapping_entries().map_err(|_| damaged())? {
            return Err(Refused::strange("has parts that overlap"));
        }
        let mut places = BTreeMap::new();
        for (place, name) in archive.file_names_raw().enumerate() {
            let name = String::from_utf8_lossy(name).replace('\\', "/").to_lowercase();
            if !stays_inside(&name) {
                return Err(Refused::strange(format!("has a part {name:?}, which points outside of it")));
            }
            if places.insert(name, place).is_some() {
                return Err(Refused::strange("has two parts of the same name"));
            }
        }
        Ok(Self { archive, places })
    }

    /// Is there a part of this name?
    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(&name.to_lowercase())
    }

    /// The names of all parts, in small letters.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// Lets a part be read that comes to no more than `most` bytes; None if there is none of the name. What was read of
    /// it is to be dropped if this fails: only at its end is its checksum known.
    pub(super) fn read<T>(
        &self,
        name: &str,
        most: u64,
        read: impl FnOnce(&mut Part<'_>) -> Result<T, Refused>,
    ) -> Result<Option<T>, Refused> {
        let Some(place) = self.places.get(&name.to_lowercase()) else { return Ok(None) };
        // A clone shares the list and has a place of its own in the bytes.
        let mut archive = self.archive.clone();
        let entry = archive.by_index_data(*place).map_err(|_| damaged())?;
        let bound = Bound { name, packed: entry.compressed_size(), stated: entry.size(), most };
        if entry.encrypted() {
            return Err(Refused::new("is protected by a password", "save it without a password"));
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(Refused::strange(format!("its part {name} is packed in an unknown way")));
        }
        if bound.stated > most {
            return Err(bound.too_large());
        }
        let file = archive.by_index(*place).map_err(|error| unreadable(name, &error))?;
        let mut part = Part::new(Inflated::new(Box::new(file), bound), name);
        read(&mut part).map(Some)
    }
}

fn damaged() -> Refused {
    Refused::new("is a damaged or cut archive", "get it again, or save it anew as .xlsx")
}

fn unreadable(part: &str, error: &ZipError) -> Refused {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            Refused::new("is protected by a password", "save it without a password")
        }
        _ => Refused::strange(format!("its part {part} is damaged")),
    }
}

/// How many entries its list can have at the most, counted without reading the list: each has a mark, and a long list states
/// its count.
fn most_listed(bytes: &[u8]) -> u64 {
    let marks = memmem::find_iter(bytes, b"PK\x01\x02").count() as u64;
    let stated = memmem::find_iter(bytes, b"PK\x06\x06").map(|at| {
        let count = bytes.get(at + 32..at + 40).and_then(|count| count.try_into().ok());
        count.map_or(0, u64::from_le_bytes)
    });
    stated.max().unwrap_or(0).max(marks)
}

fn stays_inside(name: &str) -> bool {
    !name.starts_with('/') && !name.contains([':', '\0']) && name.split('/').all(|step| step != "..")
}
