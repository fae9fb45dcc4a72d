//! One part of an archive → its bytes, inflated block by block, held to the size that is stated and to what is allowed: in
//! all, against its packed size, and for each tag or text in it.

use std::io::{self, BufRead, Read};

use super::refused::Refused;

/// How often its size what is packed may come to. 100,000 rows of 40 equal cells come to 21 times, different ones to 16;
/// rows whose cells do not state their places come to more, and the packing's utmost is 1,032. What bounds memory and time is
/// the size of the part.
const HIGHEST_RATIO: u64 = 400;
/// From where on the ratio is looked at.
const RATIO_FROM: u64 = 1 << 20;
/// The longest tag, comment or text between two tags: a text of 32,767 characters is less than a quarter of it.
const LONGEST_PIECE: usize = 1 << 20;

/// What the bytes of a part must come to.
pub(super) struct Bound<'n> {
    pub name: &'n str,
    /// Its size in the archive.
    pub packed: u64,
    /// The size that the archive states.
    pub stated: u64,
    /// The size that is allowed.
    pub most: u64,
}

impl Bound<'_> {
    pub(super) fn too_large(&self) -> Refused {
        let reason = format!("its part {} comes to more than {} MiB", self.name, self.most >> 20);
        Refused::new(reason, "split the workbook into several")
    }
}

/// The bytes of a part as they are inflated, held to what is stated and allowed.
pub(super) struct Inflated<'p> {
    packed: Box<dyn Read + 'p>,
    bound: Bound<'p>,
    block: Vec<u8>,
    at: usize,
    filled: usize,
    total: u64,
    since_piece: usize,
}

const BLOCK: usize = 64 << 10;

impl<'p> Inflated<'p> {
    pub(super) fn new(packed: Box<dyn Read + 'p>, bound: Bound<'p>) -> Self {
        Self { packed, bound, block: vec![0; BLOCK], at: 0, filled: 0, total: 0, since_piece: 0 }
    }

    /// A tag or a text begins here.
    pub(super) fn begin_piece(&mut self) {
        self.since_piece = 0;
    }

    fn fill(&mut self) -> Result<(), Refused> {
        let damaged = || Refused::strange(format!("its part {} is damaged", self.bound.name));
        self.at = 0;
        self.filled = loop {
            match self.packed.read(&mut self.block) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(|_| damaged())?,
            }
        };
        self.total += self.filled as u64;
        let ended = self.filled == 0;
        if self.total > self.bound.stated || (ended && self.total < self.bound.stated) {
            return Err(Refused::strange(format!("its part {} is not as large as it says", self.bound.name)));
        }
        if self.total > self.bound.most {
            return Err(self.bound.too_large());
        }
        if self.total > RATIO_FROM && self.total > self.bound.packed.saturating_mul(HIGHEST_RATIO) {
            let reason =
                format!("its part {} comes to more than {HIGHEST_RATIO} times its packed size", self.bound.name);
            return Err(Refused::strange(reason));
        }
        Ok(())
    }
}

impl BufRead for Inflated<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_piece > LONGEST_PIECE {
            let reason = format!("its part {} has a tag or a text of more than 1 MiB", self.bound.name);
            return Err(io::Error::other(Refused::strange(reason)));
        }
        if self.at == self.filled {
            self.fill().map_err(io::Error::other)?;
        }
        Ok(&self.block[self.at..self.filled])
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.filled);
        self.since_piece += count;
    }
}

impl Read for Inflated<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let found = self.fill_buf()?;
        let count = found.len().min(into.len());
        into[..count].copy_from_slice(&found[..count]);
        self.consume(count);
        Ok(count)
    }
}
