//! A file mapped for reading, its fingerprint, and the check that it stayed as it was (F2, F5).
//! Does not parse. `unsafe` for two things: a map, and the signal that a shrunken map raises.

#![allow(unsafe_code)]

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use memmap2::Mmap;
use sha2::{Digest, Sha256};

/// A regular file, mapped. Reading beyond a new, earlier end gives zeros instead of a crash, and
/// [`MappedFile::check_unchanged`] then says so.
pub struct MappedFile {
    path: PathBuf,
    file: File,
    seen: Identity,
    /// Before the map: fields are dropped in this order, and what is watched must be there.
    watch: Option<Watch>,
    map: Mmap,
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

impl MappedFile {
    /// Maps a regular file. Folders, pipes and devices are refused.
    pub fn open(path: &Path) -> io::Result<Self> {
        let kind = std::fs::metadata(path)?;
        if !kind.is_file() {
            let what = if kind.is_dir() { "is a folder" } else { "is not a regular file but a pipe or a device" };
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let file = File::open(path)?;
        let seen = Identity::of(&file.metadata()?);
        // SAFETY: the map is read-only and private to this value. Another process may still write to or shorten the
        // file: bytes may then change under the reader, who treats them as untrusted input, and a missing page raises
        // SIGBUS, which `Watch` turns into zeros. `check_unchanged` reports both before anything is kept.
        let map = unsafe { Mmap::map(&file)? };
        let watch = Watch::over(&map);
        Ok(Self { path: path.to_owned(), file, seen, watch, map })
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// SHA-256 of the bytes.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.bytes()).into()
    }

    /// Says what happened if the file was changed, shortened or replaced since it was opened; `fingerprint` is the one
    /// taken before it was read (F5).
    pub fn check_unchanged(&self, fingerprint: &[u8; 32]) -> Result<(), String> {
        if self.check_same().is_ok() && self.fingerprint() != *fingerprint {
            return Err("its content was changed".into());
        }
        self.check_same()
    }

    /// The same by what the file system says of it, without reading it again: for work that keeps nothing of the file.
    pub fn check_same(&self) -> Result<(), String> {
        let now = Identity::of(&self.file.metadata().map_err(|error| error.to_string())?);
        if now.size < self.seen.size || self.watch.as_ref().is_some_and(Watch::was_hit) {
            return Err(format!("it was shortened from {} to {} bytes", self.seen.size, now.size));
        }
        if now.size > self.seen.size {
            return Err(format!("it grew from {} to {} bytes", self.seen.size, now.size));
        }
        if now != self.seen {
            return Err("its content was changed".into());
        }
        match std::fs::metadata(&self.path) {
            Ok(metadata) if Identity::of(&metadata).inode == self.seen.inode => Ok(()),
            Ok(_) => Err("it was replaced by another file".into()),
            Err(error) => Err(format!("it is gone: {error}")),
        }
    }
}

/// Writes a fingerprint as 64 hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How many maps can be watched at once. More are mapped without a watch.
const WATCHED: usize = 64;

struct Slot {
    taken: AtomicBool,
    start: AtomicUsize,
    end: AtomicUsize,
    hit: AtomicBool,
}

static SLOTS: [Slot; WATCHED] = [const {
    Slot {
        taken: AtomicBool::new(false),
        start: AtomicUsize::new(0),
        end: AtomicUsize::new(0),
        hit: AtomicBool::new(false),
    }
}; WATCHED];

/// A map's entry in the table that the signal handler reads; freed when the map is.
struct Watch(&'static Slot);

impl Watch {
    fn over(map: &Mmap) -> Option<Self> {
        static HANDLER: Once = Once::new();
        HANDLER.call_once(install_handler);
        let slot = SLOTS.iter().find(|slot| !slot.taken.swap(true, Ordering::AcqRel))?;
        slot.hit.store(false, Ordering::Release);
        slot.start.store(map.as_ptr() as usize, Ordering::Release);
        slot.end.store(map.as_ptr() as usize + map.len(), Ordering::Release);
        Some(Self(slot))
    }

    fn was_hit(&self) -> bool {
        self.0.hit.load(Ordering::Acquire)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.end.store(0, Ordering::Release);
        self.0.start.store(0, Ordering::Release);
        self.0.taken.store(false, Ordering::Release);
    }
}

fn install_handler() {
    // SAFETY: `action` is a valid, zeroed `sigaction` whose handler has the signature that SA_SIGINFO asks for and uses
    // only atomics, `mmap` and `sigaction`.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_missing_page as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO;
        libc::sigemptyset(&raw mut action.sa_mask);
        libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut());
    }
}

/// Puts a page of zeros where a watched map lost one, so that the interrupted read goes on; any other SIGBUS gets its
/// default end.
extern "C" fn on_missing_page(signal: libc::c_int, facts: *mut libc::siginfo_t, _: *mut libc::c_void) {
    const PAGE: usize = 4096;
    // SAFETY: the kernel passes a valid `siginfo_t` to an SA_SIGINFO handler. The page that is replaced lies in a map
    // that `SLOTS` names, whose owner is alive (a `Watch` is dropped before its map), and is replaced by a readable one
    // of the same extent.
    unsafe {
        let address = (*facts).si_addr() as usize;
        let inside = |slot: &&Slot| {
            let start = slot.start.load(Ordering::Acquire);
            start != 0 && start <= address && address < slot.end.load(Ordering::Acquire).next_multiple_of(PAGE)
        };
        if let Some(slot) = SLOTS.iter().find(inside) {
            slot.hit.store(true, Ordering::Release);
            let page = (address & !(PAGE - 1)) as *mut libc::c_void;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            if libc::mmap(page, PAGE, libc::PROT_READ, flags, -1, 0) != libc::MAP_FAILED {
                return;
            }
        }
        libc::signal(signal, libc::SIG_DFL);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn a_file_that_stays_is_unchanged() {
        let file = file_of(b"one\n");
        let map = MappedFile::open(file.path()).unwrap();
        assert_eq!(map.bytes(), b"one\n");
        assert_eq!(map.check_unchanged(&map.fingerprint()), Ok(()));
    }

    #[test]
    fn a_file_of_whole_pages_is_read_to_its_last_byte() {
        for length in [4096, 8192, 16 * 4096] {
            let content: Vec<u8> = (0..length).map(|place: u32| place.to_le_bytes()[1]).collect();
            let file = file_of(&content);
            let map = MappedFile::open(file.path()).unwrap();
            assert_eq!(map.bytes(), content);
            assert_eq!(map.check_unchanged(&Sha256::digest(&content).into()), Ok(()), "{length}");
        }
    }

    #[test]
    fn an_empty_file_maps_to_nothing() {
        let file = file_of(b"");
        assert!(MappedFile::open(file.path()).unwrap().bytes().is_empty());
    }

    #[test]
    fn a_file_that_shrinks_under_the_map_is_an_error_not_a_crash() {
        let file = file_of(&[b'x'; 64 * 1024]);
        let map = MappedFile::open(file.path()).unwrap();
        let before = map.fingerprint();
        file.as_file().set_len(4096).unwrap();
        let beyond: u64 = map.bytes().iter().map(|byte| u64::from(*byte)).sum();
        assert_eq!(beyond, 4096 * u64::from(b'x'), "what is left, then zeros");
        assert_eq!(map.check_unchanged(&before).unwrap_err(), "it was shortened from 65536 to 4096 bytes");
    }

    #[test]
    fn a_file_that_grows_changes_or_is_replaced_is_an_error() {
        let mut file = file_of(b"one\n");
        let map = MappedFile::open(file.path()).unwrap();
        let before = map.fingerprint();
        file.write_all(b"two\n").unwrap();
        assert!(map.check_unchanged(&before).unwrap_err().starts_with("it grew"));

        let file = file_of(b"one\n");
        let map = MappedFile::open(file.path()).unwrap();
        std::fs::write(file.path(), b"won\n").unwrap();
        assert_eq!(map.check_unchanged(&before).unwrap_err(), "its content was changed");

        let file = file_of(b"one\n");
        let map = MappedFile::open(file.path()).unwrap();
        let before = map.fingerprint();
        let other = file_of(b"one\n");
        std::fs::rename(other.path(), file.path()).unwrap();
        assert_eq!(map.check_unchanged(&before).unwrap_err(), "it was replaced by another file");
    }

    #[test]
    fn folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(MappedFile::open(folder.path()).is_err());
    }
}
