//! Files → a zip archive of them with a list (`manifest.csv`) of what is in it, to be checked without us. Names are safe on any
//! system; times and order are fixed, so that the same files give the same bytes. Reads the files one by one.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::domain::spreadsheet::as_text;
use crate::files::map::hex;

/// The list's name.
const MANIFEST: &str = "manifest.csv";
/// From so many bytes on an entry needs the larger format.
const LARGE: u64 = 4_000_000_000;

/// A file to be archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedFile {
    /// Where it is.
    pub path: PathBuf,
    /// The folder in the archive; one plain name.
    pub folder: String,
    /// The number of the document it is of; empty for what is of the whole run.
    pub number: String,
    /// The customer's account; empty for what is of the whole run.
    pub account: String,
}

/// What is in an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Archived {
    /// Files, without the list.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Writes an archive of files in their order.
///
/// # Errors
/// A file cannot be read, with its path; the archive cannot be written, with none.
pub fn archive<W: Write>(out: W, files: &[ArchivedFile]) -> Result<(W, Archived), (Option<PathBuf>, io::Error)> {
    let of_archive = |error: io::Error| (None, error);
    let mut zip = ZipWriter::new_stream(out);
    let mut list = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let head = ["file", "sha256", "size", "number", "account"];
    list.write_record(head).map_err(|error| of_archive(error.into()))?;
    let (mut done, mut names) = (Archived::default(), BTreeSet::new());
    for file in files {
        let bytes = std::fs::read(&file.path).map_err(|error| (Some(file.path.clone()), error))?;
        let name = own_name(&mut names, &file.folder, &file.path);
        put(&mut zip, &name, &bytes).map_err(of_archive)?;
        let row = [&name, &hex(&Sha256::digest(&bytes)), &bytes.len().to_string(), &file.number, &file.account];
        list.write_record(row.map(|cell| as_text(cell).into_owned())).map_err(|error| of_archive(error.into()))?;
        done.files += 1;
        done.bytes += bytes.len() as u64;
    }
    let list = list.into_inner().map_err(|error| of_archive(error.into_error()))?;
    put(&mut zip, MANIFEST, &list).map_err(of_archive)?;
    let out = zip.finish().map_err(|error| of_archive(error.into()))?;
    Ok((out.into_inner(), done))
}

fn put<W: Write>(zip: &mut ZipWriter<StreamWriter<W>>, name: &str, bytes: &[u8]) -> io::Result<()> {
    let packed = !(name.ends_with(".pdf") || name.ends_with(".xlsx"));
    let options = SimpleFileOptions::default()
        .compression_method(if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored })
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600)
        .large_file(bytes.len() as u64 >= LARGE);
    zip.start_file(name, options)?;
    zip.write_all(bytes)
}

/// `folder/name` with nothing that leads out of it, and that no other has, on systems too that take `A` and `a` for the same.
fn own_name(names: &mut BTreeSet<String>, folder: &str, path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, ending) = file.trim_start_matches('.').split_once('.').unwrap_or((&file, ""));
    let stem: String = stem.chars().map(plain).collect();
    let ending: String = ending.chars().map(plain).collect();
    let mut name = format!("{folder}/{stem}.{ending}");
    let mut turn = 2;
    while !names.insert(name.to_lowercase()) {
        name = format!("{folder}/{stem}~{turn}.{ending}");
        turn += 1;
    }
    name
}

fn plain(character: char) -> char {
    match character {
        '.' | '-' | '_' => character,
        other if other.is_alphanumeric() => other,
        _ => '_',
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn write(folder: &Path, names: &[&str]) -> Vec<ArchivedFile> {
        let file = |name: &&str| {
            let path = folder.join(name);
            std::fs::write(&path, format!("of {name}")).expect("written");
            let (number, account) = ("=1+1".into(), "A1".into());
            ArchivedFile { path, folder: "run-000001".into(), number, account }
        };
        names.iter().map(file).collect()
    }

    #[test]
    fn the_list_names_what_is_there_and_names_stay_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = write(folder.path(), &["ac-1.pdf", "AC-1.pdf", "a\\b .json", "..x.csv"]);
        let (bytes, done) = archive(Vec::new(), &files).expect("archived");
        assert_eq!((done.files, done.bytes), (4, 44));
        let mut zip = zip::ZipArchive::new(io::Cursor::new(&bytes)).expect("a zip");
        let name = |place| zip.by_index(place).expect("read").name().expect("a name").into_owned();
        let names: Vec<String> = (0..5).map(name).collect();
        let expected = [
            "run-000001/ac-1.pdf",
            "run-000001/AC-1~2.pdf",
            "run-000001/a_b_.json",
            "run-000001/x.csv",
            "manifest.csv",
        ];
        assert_eq!(names, expected);
        let mut list = String::new();
        zip.by_name("manifest.csv").expect("the list").read_to_string(&mut list).expect("text");
        let digest = hex(&Sha256::digest("of ac-1.pdf"));
        assert!(list.contains(&format!("run-000001/ac-1.pdf,{digest},11,'=1+1,A1\r\n")), "{list}");
        let (again, _) = archive(Vec::new(), &files).expect("archived");
        assert!(again == bytes, "the same files give the same bytes");
    }

    #[test]
    fn a_file_that_is_gone_is_named() {
        let missing = ArchivedFile {
            path: "/nowhere/x.pdf".into(),
            folder: "run".into(),
            number: String::new(),
            account: String::new(),
        };
        let (path, _) = archive(Vec::new(), &[missing]).expect_err("the file is not there");
        assert_eq!(path, Some(PathBuf::from("/nowhere/x.pdf")));
    }
}
