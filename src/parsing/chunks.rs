//! The body of a file → pieces that can be read on different threads. Cuts only where a record ends, so that any size
//! of piece gives the same records, rejects, line numbers and offsets.

use super::cutter::Cutter;
use super::frame::SourceFile;
use super::lines::RecordLines;

/// A piece of a file's body: whole records only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Offset of its first byte in the file.
    pub start: usize,
    /// Offset after its last byte.
    pub end: usize,
    /// The physical line on which it begins, from 1.
    pub first_line: u64,
}

impl Chunk {
    /// Its length in bytes.
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.end - self.start).unwrap_or(u64::MAX)
    }
}

impl SourceFile<'_> {
    /// Cuts the body into pieces of at least `target_bytes` (but for the last). Together they are the whole body, in
    /// order.
    pub fn chunks(&self, target_bytes: usize) -> Vec<Chunk> {
        if self.pieces.is_empty() { self.walked_chunks(target_bytes) } else { self.joined_pieces(target_bytes) }
    }

    /// Pieces that are known, joined until they are large enough.
    fn joined_pieces(&self, target_bytes: usize) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        let (mut start, mut first_line, mut next_line) = (self.body.start, self.body_line, 1);
        for piece in &self.pieces {
            next_line += piece.lines;
            let end = piece.range.end;
            if end > start && (end - start >= target_bytes || end == self.body.end) {
                chunks.push(Chunk { start, end, first_line });
                (start, first_line) = (end, next_line);
            }
        }
        chunks
    }

    /// By walking from record to record.
    fn walked_chunks(&self, target_bytes: usize) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        let mut walk = self.lines(self.body.start, self.body.end, self.body_line);
        let (mut start, mut first_line) = (walk.position(), walk.line());
        while walk.next().is_some() {
            if walk.position() - start >= target_bytes {
                chunks.push(Chunk { start, end: walk.position(), first_line });
                (start, first_line) = (walk.position(), walk.line());
            }
        }
        if start < self.body.end {
            chunks.push(Chunk { start, end: self.body.end, first_line });
        }
        chunks
    }

    /// The whole body as one piece.
    pub(super) fn body_chunk(&self) -> Chunk {
        Chunk { start: self.body.start, end: self.body.end, first_line: self.body_line }
    }

    /// The lines of a piece.
    pub(super) fn lines_of(&self, chunk: &Chunk) -> RecordLines<'_> {
        self.lines(chunk.start, chunk.end, chunk.first_line)
    }

    /// The records of a piece, cut into fields.
    pub(super) fn cutter_of(&self, chunk: &Chunk) -> Cutter<'_> {
        Cutter::new(self.bytes, chunk.start, chunk.end, chunk.first_line, self.dialect)
    }

    fn lines(&self, start: usize, end: usize, line: u64) -> RecordLines<'_> {
        RecordLines::new(self.bytes, start, end, line, self.dialect)
    }
}
