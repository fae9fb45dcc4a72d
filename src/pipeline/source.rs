//! The bytes of a file → a file whose frame is sound, looked at side by side.

use super::import::refuse_file;
use crate::error::Result;
use crate::parsing::{Layout, SourceFile, cut_pieces, open_surveyed, survey};
use crate::workers::Workers;

/// Bytes that one thread looks at once.
const PIECE_BYTES: usize = 1 << 20;

/// Checks the frame of a whole file on all threads. `file_name` is for messages only.
pub fn open_mapped<'a>(file_name: &str, bytes: &'a [u8], layout: &Layout, workers: &Workers) -> Result<SourceFile<'a>> {
    let pieces = workers.map(cut_pieces(bytes, PIECE_BYTES), |piece| survey(bytes, piece, layout));
    open_surveyed(file_name, bytes, layout, pieces).map_err(refuse_file)
}
