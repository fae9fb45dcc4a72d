//! A written Parquet file → the same file with a seal: a SHA-256 of all its bytes inside its own footer, so that a
//! flipped bit anywhere is found with the file alone. It guards against damage, not against a forger.
//!
//! The seal is an entry of the footer's key-value metadata. It is taken over the file with zeros in its place, and
//! then written over the zeros. No byte of a file is parsed before its seal was found to be right.

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use parquet::file::metadata::KeyValue;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::error::FactsError;

/// The name of the footer's entry.
const SEAL_NAME: &str = "tollbook.seal";
/// What stands before the 64 hexadecimal digits.
const SEAL_PREFIX: &str = "sha256:";
const DIGITS: usize = 64;
/// The footer's length and Parquet's mark, at the end of each file.
const TAIL: usize = 8;
/// No footer of ours comes near: about 4 KB for each group of rows.
const LONGEST_FOOTER: u64 = 1 << 28;

/// The metadata entry that [`HashedFile::seal`] fills in; the last entry of the footer.
pub(super) fn empty_seal() -> KeyValue {
    KeyValue::new(SEAL_NAME.to_owned(), format!("{SEAL_PREFIX}{}", "0".repeat(DIGITS)))
}

/// A file being written that takes the SHA-256 of its bytes as they pass, but for the footer, which it holds.
pub(super) struct HashedFile {
    file: NamedTempFile,
    hasher: Sha256,
    written: u64,
    /// Set when what comes is the footer.
    in_footer: Cell<bool>,
    footer: Vec<u8>,
}

impl HashedFile {
    /// Begins with an empty file.
    pub fn new(file: NamedTempFile) -> Self {
        Self { file, hasher: Sha256::new(), written: 0, in_footer: Cell::new(false), footer: Vec::new() }
    }

    /// What is written from now on is the footer.
    pub fn begin_footer(&self) {
        self.in_footer.set(true);
    }

    /// Writes the seal into the complete file, which has an empty one. Gives the SHA-256 of the file as it now is, in
    /// hexadecimal, as `sha256sum` prints it.
    pub fn seal(mut self) -> io::Result<(NamedTempFile, String)> {
        let measured = Measured::of_footer(self.hasher, self.written, &self.footer)
            .ok_or_else(|| io::Error::other("the file has no place for its seal"))?;
        let file = self.file.as_file_mut();
        file.seek(SeekFrom::Start(measured.seal_at))?;
        file.write_all(measured.seal.as_bytes())?;
        let sha256 = measured.sha256_with(measured.seal.as_bytes());
        Ok((self.file, sha256))
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.file.write(bytes)?;
        if self.in_footer.get() {
            self.footer.extend_from_slice(&bytes[..length]);
        } else {
            self.hasher.update(&bytes[..length]);
            self.written += length as u64;
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What is wrong with a sealed file, in words; `None` if its bytes are those that were sealed.
fn find_damage(file: &mut File) -> io::Result<Option<&'static str>> {
    Ok(match Measured::take(file)? {
        None => Some("it was cut short or is not a file of this store"),
        Some(measured) if measured.stated != measured.seal.as_bytes() => Some("its bytes are not those of its seal"),
        Some(_) => None,
    })
}

/// Refuses a file whose bytes are not those that were sealed.
pub(super) fn check_seal(path: &Path) -> Result<(), FactsError> {
    let mut file = File::open(path).map_err(|error| FactsError::io(path, error))?;
    match find_damage(&mut file).map_err(|error| FactsError::io(path, error))? {
        Some(found) => Err(FactsError::damaged(path, found)),
        None => Ok(()),
    }
}

/// The SHA-256 of a whole file, in hexadecimal.
pub(super) fn sha256(path: &Path) -> Result<String, FactsError> {
    let mut hasher = Sha256::new();
    File::open(path)
        .and_then(|mut file| hash(&mut file, u64::MAX, &mut hasher))
        .map_err(|error| FactsError::io(path, error))?;
    Ok(hexadecimal(&hasher.finalize()))
}

/// The digests of one file.
struct Measured {
    /// Where the digits of the seal begin.
    seal_at: u64,
    /// The digits that stand there.
    stated: [u8; DIGITS],
    /// The digits that ought to stand there.
    seal: String,
    /// All bytes before the digits.
    before: Sha256,
    /// All bytes after the digits.
    after: Vec<u8>,
}

impl Measured {
    /// Reads the whole file; `None` if it does not end in a footer with a seal.
    fn take(file: &mut File) -> io::Result<Option<Self>> {
        let Some((footer_at, footer)) = read_footer(file)? else { return Ok(None) };
        let mut before = Sha256::new();
        file.seek(SeekFrom::Start(0))?;
        hash(file, footer_at, &mut before)?;
        Ok(Self::of_footer(before, footer_at, &footer))
    }

    /// The digests of a file from the SHA-256 of what stands before its footer, how much that is, and the footer.
    fn of_footer(mut before: Sha256, footer_at: u64, footer: &[u8]) -> Option<Self> {
        // The last one: what comes from suppliers' files stands before it.
        let found = footer.windows(SEAL_PREFIX.len()).rposition(|window| window == SEAL_PREFIX.as_bytes())?;
        let digits_at = found + SEAL_PREFIX.len();
        let (stated, after) = footer[digits_at..].split_first_chunk::<DIGITS>()?;
        before.update(&footer[..digits_at]);
        let mut measured = Self {
            seal_at: footer_at + digits_at as u64,
            stated: *stated,
            seal: String::new(),
            before,
            after: after.to_vec(),
        };
        measured.seal = measured.sha256_with(&[b'0'; DIGITS]);
        Some(measured)
    }

    fn sha256_with(&self, digits: &[u8]) -> String {
        let mut hasher = self.before.clone();
        hasher.update(digits);
        hasher.update(&self.after);
        hexadecimal(&hasher.finalize())
    }
}

/// Where the footer begins, and all bytes from there to the end of the file.
fn read_footer(file: &mut File) -> io::Result<Option<(u64, Vec<u8>)>> {
    let length = file.seek(SeekFrom::End(0))?;
    let Some(tail_at) = length.checked_sub(TAIL as u64) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(tail_at))?;
    let mut tail = [0; TAIL];
    file.read_exact(&mut tail)?;
    let [a, b, c, d, mark @ ..] = tail;
    let footer_length = u64::from(u32::from_le_bytes([a, b, c, d])) + TAIL as u64;
    if mark != *b"PAR1" || footer_length > length.min(LONGEST_FOOTER) {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(length - footer_length))?;
    let mut footer = Vec::new();
    file.take(footer_length).read_to_end(&mut footer)?;
    Ok(Some((length - footer_length, footer)))
}

/// Hashes at most `length` bytes from where the file stands.
fn hash(file: &mut File, length: u64, hasher: &mut Sha256) -> io::Result<()> {
    let mut rest = file.take(length);
    let mut block = vec![0; 1 << 20];
    loop {
        match rest.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(read) => hasher.update(&block[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples::{TestStore, record};
    use super::super::{FactsHeader, Repeats};
    use super::*;

    fn published() -> (TestStore, std::path::PathBuf, Vec<u8>) {
        let test = TestStore::new();
        let records: Vec<_> = (0..20).map(record).collect();
        let path = test.store.path_of(&test.publish(1, &records).facts_file);
        let bytes = std::fs::read(&path).unwrap();
        (test, path, bytes)
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let (test, path, bytes) = published();
        // One byte in place: writing the file anew each time would wait for the disk.
        let mut file = File::options().write(true).open(&path).unwrap();
        let mut set = |position: usize, byte: u8| {
            file.seek(SeekFrom::Start(position as u64)).unwrap();
            file.write_all(&[byte]).unwrap();
        };
        for (position, byte) in bytes.iter().enumerate() {
            set(position, byte ^ (1 << (position % 8)));
            let error = test.reopened().record("import-000001.parquet", 3).unwrap_err();
            assert!(matches!(error, FactsError::Damaged { .. }), "byte {position}: {error}");
            set(position, *byte);
        }
        assert_eq!(test.reopened().record("import-000001.parquet", 3).unwrap(), record(3));
    }

    #[test]
    fn every_shortened_file_is_found() {
        let (test, path, bytes) = published();
        let file = File::options().write(true).open(&path).unwrap();
        for length in (0..bytes.len()).rev() {
            file.set_len(length as u64).unwrap();
            let error = test.reopened().scan("import-000001.parquet", 10).next().unwrap().unwrap_err();
            assert!(error.to_string().contains("import-000001.parquet is damaged"), "{length} bytes: {error}");
        }
    }

    #[test]
    fn a_file_under_another_name_is_found() {
        let (test, path, _) = published();
        std::fs::rename(&path, test.store.path_of("import-000002.parquet")).unwrap();
        let error = test.reopened().record("import-000002.parquet", 3).unwrap_err().to_string();
        assert!(error.contains("it was written as import-000001.parquet"), "{error}");
    }

    #[test]
    fn a_whole_file_of_another_import_is_found_by_its_sha256() {
        let (test, path, bytes) = published();
        let sha256 = sha256(&path).unwrap();
        test.store.verify("import-000001.parquet", &sha256).unwrap();
        std::fs::write(&path, &bytes[1..]).unwrap();
        assert!(test.store.verify("import-000001.parquet", &sha256).is_err());
    }

    #[test]
    fn words_that_look_like_a_seal_do_not_take_its_place() {
        let test = TestStore::new();
        let source_file = format!("{SEAL_NAME}{SEAL_PREFIX}{}", "0".repeat(DIGITS));
        let header = FactsHeader { source_file, ..super::super::samples::header() };
        let mut writer = test.store.create(1, &header).unwrap();
        writer.write(&[record(0)]).unwrap();
        let published = writer.finish(None).unwrap().publish(&test.store, &Repeats::default()).unwrap();
        assert_eq!(test.reopened().record(&published.facts_file, 0).unwrap(), record(0));
        assert_eq!(test.reopened().header(&published.facts_file).unwrap(), header);
    }
}
