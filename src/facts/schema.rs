//! The columns of each kind of file, as Parquet's own message text, and how each column is packed.
//! What the columns mean is told in `docs/usage-files.md`.

use std::sync::Arc;

use parquet::basic::{Compression, Encoding, Type as PhysicalType, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, Type};

/// One kind of file.
pub(super) struct Schema {
    /// Its columns, in order.
    message: &'static str,
    /// The columns that files of its kind had before, which are still read.
    earlier: Option<&'static str>,
    /// Is the first column the row's own number?
    pub is_numbered: bool,
    /// Rows that are packed together: what a reader decodes at once and may skip at once.
    pub rows_in_group: usize,
}

/// The columns of usage records, which are the same in all versions of their files.
macro_rules! usage_columns {
    () => {
        "required int32 row;
        required int64 line;
        optional binary record_id (STRING);
        required binary kind (STRING);
        required binary direction (STRING);
        required binary cli (STRING);
        optional binary other_party (STRING);
        required int64 started_at (TIMESTAMP(MILLIS,false));
        required int64 started_utc (TIMESTAMP(MILLIS,true));
        optional binary time_flag (STRING);
        required int64 units;
        optional int64 cost (DECIMAL(18,8));
        optional int64 file_sell (DECIMAL(18,8));
        optional int64 suggested_retail (DECIMAL(18,8));
        optional binary currency (STRING);
        optional binary charge_band (STRING);
        optional binary time_band (STRING);
        optional binary description (STRING);
        optional binary extension (STRING);
        optional binary call_id (STRING);
        required boolean mobile_origin;
        required boolean payphone;
        required boolean recorded;"
    };
}

/// The facts: usage records as suppliers' files have them, with two digests.
pub(super) const USAGE: Schema = Schema {
    message: concat!(
        "message usage {",
        usage_columns!(),
        "required int64 record_key;
        required int64 content;
    }"
    ),
    // Decision 0011: the digests were parts of a SHA-256 of other bytes.
    earlier: Some(concat!(
        "message usage {",
        usage_columns!(),
        "required fixed_len_byte_array(16) record_key;
        required int64 content;
    }"
    )),
    is_numbered: true,
    rows_in_group: 131_072,
};

/// How many columns of [`USAGE`] come before the two digests.
pub(super) const USAGE_FIELDS: usize = 23;

/// Rows that were not taken on import, with what became of them (F2).
pub(super) const MARKS: Schema = Schema {
    message: "message marks {
        required int32 row;
        required binary disposition (STRING);
    }",
    earlier: None,
    is_numbered: false,
    rows_in_group: 131_072,
};

/// The columns of rated records, which rated and billed files share.
macro_rules! rated_columns {
    () => {
        "required binary record (STRING);
        required binary file (STRING);
        required int64 line;
        required binary supplier (STRING);
        optional binary account (STRING);
        optional binary cli (STRING);
        optional binary cost_centre (STRING);
        required binary direction (STRING);
        optional binary other_party (STRING);
        required int64 started_at (TIMESTAMP(MILLIS,false));
        required int64 started_utc (TIMESTAMP(MILLIS,true));
        required binary kind (STRING);
        required int64 units;
        optional int64 billable_units;
        optional binary call_type (STRING);
        optional binary class (STRING);
        optional binary time_band (STRING);
        optional binary tariff (STRING);
        optional binary rate_row (STRING);
        required binary path (STRING);
        optional int64 cost (DECIMAL(18,8));
        optional int64 expected_cost (DECIMAL(18,8));
        optional int64 connection (DECIMAL(18,8));
        optional int64 usage (DECIMAL(18,8));
        optional int64 access (DECIMAL(18,8));
        optional int64 surcharges (DECIMAL(18,8));
        optional int64 sell (DECIMAL(18,6));
        required binary disposition (STRING);
        optional binary reason (STRING);"
    };
}

/// Rated records, as `rate --out` writes them.
pub(super) const RATED: Schema = Schema {
    message: concat!(
        "message rated {",
        rated_columns!(),
        "optional binary call_id (STRING);
    }"
    ),
    earlier: None,
    is_numbered: false,
    rows_in_group: 131_072,
};

/// Usage on posted invoices. Its groups are small, because documents read one invoice at a time.
pub(super) const BILLED: Schema = Schema {
    message: concat!(
        "message billed {
        required int64 import;
        required int32 row;
        required binary invoice (STRING);",
        rated_columns!(),
        "required int64 charge (DECIMAL(18,6));
        optional binary description (STRING);
    }"
    ),
    earlier: None,
    is_numbered: false,
    rows_in_group: 32_768,
};

/// Columns of text by whose smallest and largest value a reader finds what it looks for.
const LOOKED_UP: [&str; 4] = ["record_id", "record", "invoice", "account"];
/// Columns whose neighbours are close to each other: packed as differences.
const PACKED_AS_DIFFERENCES: [&str; 4] = ["row", "line", "started_at", "started_utc"];
/// Columns whose values hardly repeat: a dictionary of them would be as long as the column.
const WITHOUT_DICTIONARY: [&str; 6] = ["record_id", "record", "call_id", "other_party", "record_key", "content"];
/// Columns of digests: their smallest and largest value tell a reader nothing.
const DIGESTS: [&str; 2] = ["record_key", "content"];

/// Who wrote a file, for readers that ask. Not the program's version: the same records give the same bytes.
const CREATED_BY: &str = "tollbook version 1";

impl Schema {
    /// Do values of a column repeat, so that each different one is written once?
    pub fn has_dictionary(column: &str) -> bool {
        !WITHOUT_DICTIONARY.contains(&column) && !PACKED_AS_DIFFERENCES.contains(&column)
    }

    /// The columns as Parquet sees them.
    pub fn columns(&self) -> Arc<Type> {
        Arc::new(parse_message_type(self.message).expect("each message text is parsed by a test"))
    }

    /// The columns that files of this kind had before.
    pub fn earlier_columns(&self) -> Option<Type> {
        self.earlier.map(|text| parse_message_type(text).expect("each message text is parsed by a test"))
    }

    /// How the columns are packed. Plain pages of the first version, which every reader reads.
    pub fn properties(&self) -> WriterProperties {
        let level = ZstdLevel::try_new(1).expect("zstd has a level 1");
        let mut properties = WriterProperties::builder()
            .set_created_by(CREATED_BY.to_owned())
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_max_row_group_row_count(Some(self.rows_in_group));
        for name in PACKED_AS_DIFFERENCES {
            let column = ColumnPath::from(name);
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
        }
        for name in WITHOUT_DICTIONARY {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
        }
        for column in
            self.columns().get_fields().iter().filter(|column| column.get_physical_type() == PhysicalType::BYTE_ARRAY)
        {
            if !LOOKED_UP.contains(&column.name()) {
                let name = ColumnPath::from(column.name());
                properties = properties.set_column_statistics_enabled(name, EnabledStatistics::None);
            }
        }
        for name in DIGESTS {
            properties = properties.set_column_statistics_enabled(ColumnPath::from(name), EnabledStatistics::None);
            // Digests do not shrink.
            properties = properties.set_column_compression(ColumnPath::from(name), Compression::UNCOMPRESSED);
        }
        properties.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_text_is_understood() {
        let check = |schema: &Schema, columns: usize| assert_eq!(schema.columns().get_fields().len(), columns);
        check(&USAGE, USAGE_FIELDS + 2);
        assert_eq!(
            USAGE.earlier_columns().unwrap().get_fields()[..USAGE_FIELDS],
            USAGE.columns().get_fields()[..USAGE_FIELDS]
        );
        check(&MARKS, 2);
        check(&RATED, 30);
        check(&BILLED, 34);
    }
}
