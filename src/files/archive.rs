//! The bytes of a ZIP archive → the texts of its parts, checked by size and checksum. What is encrypted, packed in another way
//! or larger than memory should hold is refused.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

/// An archive whose list of parts was read.
pub(super) struct Archive<'b> {
    bytes: &'b [u8],
    parts: BTreeMap<String, Part>,
}

/// Where a part is, and what its bytes must come to.
struct Part {
    method: u16,
    is_encrypted: bool,
    checksum: u32,
    packed: usize,
    unpacked: usize,
    header: usize,
}

/// No part of a workbook that is imported is larger than this, unpacked.
const LARGEST: usize = 512 << 20;
const DAMAGED: &str = "is a damaged archive";

impl<'b> Archive<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, String> {
        // The list ends the file, but for a comment of at most 65,535 bytes.
        let last = bytes.len().checked_sub(22).ok_or(DAMAGED)?;
        let first = last.saturating_sub(0xffff);
        let end = (first..=last).rev().find(|at| bytes[*at..].starts_with(b"PK\x05\x06")).ok_or(DAMAGED)?;
        let count = short(bytes, end + 10)?;
        let mut at = long(bytes, end + 16)?;
        let mut parts = BTreeMap::new();
        for _ in 0..count {
            if bytes.get(at..).is_none_or(|rest| !rest.starts_with(b"PK\x01\x02")) {
                return Err(DAMAGED.into());
            }
            let lengths = [short(bytes, at + 28)?, short(bytes, at + 30)?, short(bytes, at + 32)?].map(usize::from);
            let name = bytes.get(at + 46..at + 46 + lengths[0]).ok_or(DAMAGED)?;
            let part = Part {
                is_encrypted: short(bytes, at + 8)? & 1 == 1,
                method: short(bytes, at + 10)?,
                checksum: word(bytes, at + 16)?,
                packed: long(bytes, at + 20)?,
                unpacked: long(bytes, at + 24)?,
                header: long(bytes, at + 42)?,
            };
            parts.insert(String::from_utf8_lossy(name).into_owned(), part);
            at += 46 + lengths.iter().sum::<usize>();
        }
        Ok(Self { bytes, parts })
    }

    /// The text of a part; none if there is no such part.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, String> {
        let Some(part) = self.parts.get(name) else { return Ok(None) };
        let damaged = || format!("its part {name} is damaged");
        if part.is_encrypted {
            return Err("is protected by a password".into());
        }
        if part.unpacked > LARGEST {
            return Err(format!("its part {name} is too large"));
        }
        let lengths = [short(self.bytes, part.header + 26)?, short(self.bytes, part.header + 28)?].map(usize::from);
        let start = part.header + 30 + lengths[0] + lengths[1];
        let packed = self.bytes.get(start..start + part.packed).ok_or_else(damaged)?;
        let mut unpacked = Vec::new();
        match part.method {
            0 => unpacked.extend_from_slice(packed),
            8 => {
                let most = part.unpacked as u64 + 1;
                DeflateDecoder::new(packed).take(most).read_to_end(&mut unpacked).map_err(|_| damaged())?;
            }
            _ => return Err(format!("its part {name} is packed in an unknown way")),
        }
        let mut checksum = Crc::new();
        checksum.update(&unpacked);
        if unpacked.len() != part.unpacked || checksum.sum() != part.checksum {
            return Err(damaged());
        }
        String::from_utf8(unpacked).map(Some).map_err(|_| format!("its part {name} is not UTF-8"))
    }
}

fn short(bytes: &[u8], at: usize) -> Result<u16, String> {
    let found = bytes.get(at..at + 2).and_then(|found| found.try_into().ok()).ok_or(DAMAGED)?;
    Ok(u16::from_le_bytes(found))
}

fn word(bytes: &[u8], at: usize) -> Result<u32, String> {
    let found = bytes.get(at..at + 4).and_then(|found| found.try_into().ok()).ok_or(DAMAGED)?;
    Ok(u32::from_le_bytes(found))
}

fn long(bytes: &[u8], at: usize) -> Result<usize, String> {
    usize::try_from(word(bytes, at)?).map_err(|_| DAMAGED.to_owned())
}
