//! The cells of a column of one group → its pages: a dictionary and codes where values repeat, else the values plainly.
//! Texts, and numbers of columns that have a dictionary; the others are packed by the Parquet library's own encoders.

use std::hash::Hash;

use ahash::AHashMap;
use parquet::basic::{Compression, Encoding, PageType};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::cells::Column;
use super::hybrid;
use super::texts::{Names, Texts};

/// Rows of a page: what a reader decodes at once, and may step over at once.
const PAGE_ROWS: usize = 16_384;
/// A dictionary of more bytes is not worth its place: the values are then written plainly.
const MOST_DICTIONARY_BYTES: usize = 2 << 20;
/// More different numbers are not looked for.
const MOST_DIFFERENT_NUMBERS: usize = 1 << 16;
/// How dictionaries and the codes that stand for their values are called in pages of the first version.
const BY_DICTIONARY: Encoding = Encoding::PLAIN_DICTIONARY;

/// A column of one group as the file will have it.
pub(super) type ColumnBytes = (Vec<u8>, ColumnCloseResult);

/// The cells of a column and how it is packed.
pub(super) struct ColumnPages<'c> {
    /// What the file says of the column.
    pub column: &'c ColumnDescPtr,
    /// How its columns are packed.
    pub properties: &'c WriterProperties,
    /// For each row, 1 if it has a value and 0 if it is null; nothing if none is null.
    pub present: Option<&'c [i16]>,
}

impl<'c> ColumnPages<'c> {
    /// The pages of a column's cells, whose values are given with it.
    pub fn new(column: &'c ColumnDescPtr, properties: &'c WriterProperties, cells: &'c Column) -> Self {
        Self { column, properties, present: cells.present.as_deref() }
    }

    /// Texts that hardly repeat.
    pub fn of_texts(&self, texts: &Texts) -> Result<ColumnBytes, ParquetError> {
        let plain = |position, page: &mut Vec<u8>| put_text(texts.get(position), page);
        self.plain(texts.len(), plain, || text_range((0..texts.len()).map(|position| texts.get(position))))
    }

    /// Texts that repeat.
    pub fn of_names(&self, names: &Names, codes: &[u32]) -> Result<ColumnBytes, ParquetError> {
        let texts = names.texts();
        let range = || text_range((0..texts.len()).map(|code| texts.get(code)));
        let put = |code: usize, page: &mut Vec<u8>| put_text(texts.get(code), page);
        match texts.bytes() + texts.len() * size_of::<u32>() <= MOST_DICTIONARY_BYTES {
            true => self.by_dictionary(texts.len(), put, codes, range),
            false => self.plain(codes.len(), |position, page| put(codes[position] as usize, page), range),
        }
    }

    /// Numbers that may repeat.
    pub fn of_numbers(&self, numbers: &[i64]) -> Result<ColumnBytes, ParquetError> {
        let put = |number: i64, page: &mut Vec<u8>| page.extend_from_slice(&number.to_le_bytes());
        let range = |numbers: &[i64]| number_range(numbers);
        match different(numbers) {
            Some((values, codes)) => {
                self.by_dictionary(values.len(), |code, page| put(values[code], page), &codes, || range(&values))
            }
            None => self.plain(numbers.len(), |position, page| put(numbers[position], page), || range(numbers)),
        }
    }

    fn by_dictionary(
        &self,
        values: usize,
        put: impl Fn(usize, &mut Vec<u8>),
        codes: &[u32],
        range: impl Fn() -> Range,
    ) -> Result<ColumnBytes, ParquetError> {
        let mut sink = TrackedWrite::new(Vec::new());
        let mut chunk = ColumnChunk::begin(self, &mut sink)?;
        let mut dictionary = Vec::new();
        (0..values).for_each(|code| put(code, &mut dictionary));
        chunk.write_dictionary(dictionary, values)?;
        let width = hybrid::width_of(u32::try_from(values.saturating_sub(1)).unwrap_or(u32::MAX));
        for rows in self.pages(codes.len()) {
            let mut page = rows.levels;
            page.push(width.to_le_bytes()[0]);
            hybrid::encode(&codes[rows.values], width, |code| code, &mut page);
            chunk.write_data(page, rows.count, BY_DICTIONARY)?;
        }
        let close = chunk.close(range)?;
        Ok((sink.into_inner()?, close))
    }

    fn plain(
        &self,
        values: usize,
        put: impl Fn(usize, &mut Vec<u8>),
        range: impl Fn() -> Range,
    ) -> Result<ColumnBytes, ParquetError> {
        let mut sink = TrackedWrite::new(Vec::new());
        let mut chunk = ColumnChunk::begin(self, &mut sink)?;
        for rows in self.pages(values) {
            let mut page = rows.levels;
            rows.values.for_each(|position| put(position, &mut page));
            chunk.write_data(page, rows.count, Encoding::PLAIN)?;
        }
        let close = chunk.close(range)?;
        Ok((sink.into_inner()?, close))
    }

    /// Cuts the rows of the column, which has so many values, into pages.
    fn pages(&self, values: usize) -> impl Iterator<Item = PageRows> {
        let rows = self.present.map_or(values, <[i16]>::len);
        let mut before = 0;
        (0..rows).step_by(PAGE_ROWS).map(move |start| {
            let rows = start..rows.min(start + PAGE_ROWS);
            let (count, mut levels, mut values) = (rows.len(), Vec::new(), rows.len());
            if let Some(present) = self.present {
                let present = &present[rows];
                values = present.iter().filter(|one| **one == 1).count();
                hybrid::encode(present, 1, |one| u32::from(one == 1), &mut levels);
                let length = u32::try_from(levels.len()).unwrap_or(u32::MAX).to_le_bytes();
                levels.splice(0..0, length);
            }
            before += values;
            PageRows { count, levels, values: before - values..before }
        })
    }
}

/// The rows of one page.
struct PageRows {
    count: usize,
    /// Which of them have a value, as the page says it.
    levels: Vec<u8>,
    /// Their values among those of the column.
    values: std::ops::Range<usize>,
}

/// The least and the largest value, for readers that look for one.
enum Range {
    Texts(Option<(ByteArray, ByteArray)>),
    Numbers(Option<(i64, i64)>),
}

fn text_range<'t>(texts: impl Iterator<Item = &'t [u8]>) -> Range {
    let bounds = texts.fold(None, |bounds: Option<(&[u8], &[u8])>, text| match bounds {
        None => Some((text, text)),
        Some((least, most)) => Some((least.min(text), most.max(text))),
    });
    let owned = |text: &[u8]| ByteArray::from(text.to_vec());
    Range::Texts(bounds.map(|(least, most)| (owned(least), owned(most))))
}

fn number_range(numbers: &[i64]) -> Range {
    Range::Numbers(numbers.iter().min().copied().zip(numbers.iter().max().copied()))
}

fn put_text(text: &[u8], page: &mut Vec<u8>) {
    page.extend_from_slice(&u32::try_from(text.len()).expect("a field is shorter").to_le_bytes());
    page.extend_from_slice(text);
}

/// The different values in the order in which they come, and the code of each; nothing if they are too many.
fn different<T: Copy + Eq + Hash>(values: &[T]) -> Option<(Vec<T>, Vec<u32>)> {
    let (mut different, mut found) = (Vec::new(), AHashMap::new());
    let mut codes = Vec::with_capacity(values.len());
    let (mut last, mut next) = (None, 0);
    for value in values {
        let code = match last {
            Some((same, code)) if same == *value => code,
            _ => *found.entry(*value).or_insert_with(|| {
                different.push(*value);
                next += 1;
                next - 1
            }),
        };
        if different.len() > MOST_DIFFERENT_NUMBERS {
            return None;
        }
        last = Some((*value, code));
        codes.push(code);
    }
    Some((different, codes))
}

/// A column of one group, being written.
struct ColumnChunk<'s> {
    column: &'s ColumnDescPtr,
    writer: SerializedPageWriter<'s, Vec<u8>>,
    compression: Compression,
    compressor: Option<zstd::bulk::Compressor<'static>>,
    has_statistics: bool,
    dictionary_offset: Option<u64>,
    data_offset: Option<u64>,
    compressed: usize,
    uncompressed: usize,
    rows: usize,
    nulls: usize,
    encodings: Vec<PageEncodingStats>,
}

impl<'s> ColumnChunk<'s> {
    fn begin(of: &ColumnPages<'s>, sink: &'s mut TrackedWrite<Vec<u8>>) -> Result<Self, ParquetError> {
        let path = of.column.path();
        let compression = of.properties.compression(path);
        let compressor = match compression {
            Compression::ZSTD(level) => Some(zstd::bulk::Compressor::new(level.compression_level())?),
            Compression::UNCOMPRESSED => None,
            other => return Err(ParquetError::NYI(format!("pages packed by {other}"))),
        };
        let nulls = of.present.map_or(0, |present| present.iter().filter(|one| **one == 0).count());
        Ok(Self {
            column: of.column,
            writer: SerializedPageWriter::new(sink),
            compression,
            compressor,
            has_statistics: of.properties.statistics_enabled(path) != EnabledStatistics::None,
            dictionary_offset: None,
            data_offset: None,
            compressed: 0,
            uncompressed: 0,
            rows: 0,
            nulls,
            encodings: Vec::new(),
        })
    }

    fn write_dictionary(&mut self, values: Vec<u8>, count: usize) -> Result<(), ParquetError> {
        let num_values = u32::try_from(count).unwrap_or(u32::MAX);
        let page = |buf| Page::DictionaryPage { buf, num_values, encoding: BY_DICTIONARY, is_sorted: false };
        self.dictionary_offset = Some(self.write(values, page)?);
        self.note(PageType::DICTIONARY_PAGE, BY_DICTIONARY);
        Ok(())
    }

    fn write_data(&mut self, page: Vec<u8>, rows: usize, encoding: Encoding) -> Result<(), ParquetError> {
        let num_values = u32::try_from(rows).unwrap_or(u32::MAX);
        let (def_level_encoding, rep_level_encoding) = (Encoding::RLE, Encoding::RLE);
        let page_of = |buf| Page::DataPage {
            buf,
            num_values,
            encoding,
            def_level_encoding,
            rep_level_encoding,
            statistics: None,
        };
        let offset = self.write(page, page_of)?;
        self.data_offset.get_or_insert(offset);
        self.rows += rows;
        self.note(PageType::DATA_PAGE, encoding);
        Ok(())
    }

    fn write(&mut self, bytes: Vec<u8>, page: impl Fn(bytes::Bytes) -> Page) -> Result<u64, ParquetError> {
        let uncompressed = bytes.len();
        let bytes = match &mut self.compressor {
            Some(compressor) => compressor.compress(&bytes)?,
            None => bytes,
        };
        let written = self.writer.write_page(CompressedPage::new(page(bytes.into()), uncompressed))?;
        self.compressed += written.compressed_size;
        self.uncompressed += written.uncompressed_size;
        Ok(written.offset)
    }

    fn note(&mut self, page_type: PageType, encoding: Encoding) {
        match self.encodings.last_mut().filter(|last| last.page_type == page_type) {
            Some(last) => last.count += 1,
            None => self.encodings.push(PageEncodingStats { page_type, encoding, count: 1 }),
        }
    }

    fn close(mut self, range: impl Fn() -> Range) -> Result<ColumnCloseResult, ParquetError> {
        self.writer.close()?;
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let offset = |offset: u64| i64::try_from(offset).unwrap_or(i64::MAX);
        let mut encodings: Vec<Encoding> = self.encodings.iter().map(|pages| pages.encoding).collect();
        encodings.push(Encoding::RLE);
        let mut metadata = ColumnChunkMetaData::builder(self.column.clone())
            .set_compression(self.compression)
            .set_encodings(encodings)
            .set_page_encoding_stats(self.encodings)
            .set_total_compressed_size(number(self.compressed))
            .set_total_uncompressed_size(number(self.uncompressed))
            .set_num_values(number(self.rows))
            .set_data_page_offset(offset(self.data_offset.unwrap_or(0)))
            .set_dictionary_page_offset(self.dictionary_offset.map(offset));
        if self.has_statistics {
            let nulls = Some(self.nulls as u64);
            metadata = metadata.set_statistics(match range() {
                Range::Texts(bounds) => {
                    let (least, most) = bounds.unzip();
                    Statistics::byte_array(least, most, None, nulls, false)
                }
                Range::Numbers(bounds) => {
                    let (least, most) = bounds.unzip();
                    Statistics::int64(least, most, None, nulls, false)
                }
            });
        }
        Ok(ColumnCloseResult {
            bytes_written: self.compressed as u64,
            rows_written: self.rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        })
    }
}
