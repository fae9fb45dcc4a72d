//! The fields that a layout can give a column to, and where it says each one stands.

use super::LayoutError;

/// What a column can hold; [`Self::name`] is its key in `[columns]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The supplier's own record id.
    RecordId,
    /// The word that tells the kind.
    Kind,
    /// The word that tells the direction.
    Direction,
    /// The identifier that says whose it is, whatever the direction.
    Cli,
    /// The other end, whatever the direction.
    OtherParty,
    /// Who called: whose it is when outbound, the other end when inbound (M5).
    Calling,
    /// Who was called: whose it is when inbound, the other end when outbound (M5).
    Called,
    /// Date and time of the start in one column.
    Started,
    /// Date of the start, where the time has its own column.
    StartedDate,
    /// Time of the start, where the date has its own column.
    StartedTime,
    /// How long a call lasted.
    Duration,
    /// Bytes in all.
    Bytes,
    /// Bytes one way, where the file has no sum of both.
    BytesSent,
    /// Bytes the other way.
    BytesReceived,
    /// How many messages, events or services.
    Quantity,
    /// What the supplier charges us.
    Cost,
    /// The part of a service line's cost that pays for a broken month.
    BrokenPart,
    /// The sell price that the file states.
    Sell,
    /// The supplier's suggested retail price.
    SuggestedRetail,
    /// The currency of the prices.
    Currency,
    /// The supplier's charge band.
    ChargeBand,
    /// The supplier's time-band code (R8).
    TimeBand,
    /// The supplier's description.
    Description,
    /// The extension.
    Extension,
    /// An id that the legs of one call share.
    CallId,
    /// Names of flags, `;` between them.
    Flags,
    /// Whether the call came from a mobile.
    MobileOrigin,
    /// Whether the call came from a payphone.
    Payphone,
    /// Whether the call was recorded.
    Recorded,
    /// The date of a service line.
    Date,
    /// The billing month of a service line.
    Month,
    /// The supplier's service code.
    Code,
    /// The word that tells what a service line is about.
    Event,
}

/// In which type of layout a field means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UsedIn {
    Usage,
    Services,
    Both,
}

/// Every field with its name in `[columns]`.
pub(super) const FIELDS: [(&str, Field, UsedIn); 33] = [
    ("record_id", Field::RecordId, UsedIn::Usage),
    ("kind", Field::Kind, UsedIn::Usage),
    ("direction", Field::Direction, UsedIn::Usage),
    ("cli", Field::Cli, UsedIn::Both),
    ("other_party", Field::OtherParty, UsedIn::Usage),
    ("calling", Field::Calling, UsedIn::Usage),
    ("called", Field::Called, UsedIn::Usage),
    ("started", Field::Started, UsedIn::Usage),
    ("started_date", Field::StartedDate, UsedIn::Usage),
    ("started_time", Field::StartedTime, UsedIn::Usage),
    ("duration", Field::Duration, UsedIn::Usage),
    ("bytes", Field::Bytes, UsedIn::Usage),
    ("bytes_sent", Field::BytesSent, UsedIn::Usage),
    ("bytes_received", Field::BytesReceived, UsedIn::Usage),
    ("quantity", Field::Quantity, UsedIn::Both),
    ("cost", Field::Cost, UsedIn::Both),
    ("broken_part", Field::BrokenPart, UsedIn::Services),
    ("sell", Field::Sell, UsedIn::Usage),
    ("suggested_retail", Field::SuggestedRetail, UsedIn::Usage),
    ("currency", Field::Currency, UsedIn::Usage),
    ("charge_band", Field::ChargeBand, UsedIn::Usage),
    ("time_band", Field::TimeBand, UsedIn::Usage),
    ("description", Field::Description, UsedIn::Both),
    ("extension", Field::Extension, UsedIn::Usage),
    ("call_id", Field::CallId, UsedIn::Usage),
    ("flags", Field::Flags, UsedIn::Usage),
    ("mobile_origin", Field::MobileOrigin, UsedIn::Usage),
    ("payphone", Field::Payphone, UsedIn::Usage),
    ("recorded", Field::Recorded, UsedIn::Usage),
    ("date", Field::Date, UsedIn::Services),
    ("month", Field::Month, UsedIn::Services),
    ("code", Field::Code, UsedIn::Services),
    ("event", Field::Event, UsedIn::Services),
];

impl Field {
    /// How many fields there are: the length of an array with one place for each.
    pub const COUNT: usize = FIELDS.len();

    /// All fields.
    pub fn all() -> impl Iterator<Item = Self> {
        FIELDS.iter().map(|(_, field, _)| *field)
    }

    /// The name used in `[columns]`.
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|(_, field, _)| *field == self).map_or("", |(name, ..)| name)
    }

    /// The field of that name in a layout of that type.
    pub(super) fn parse(name: &str, services: bool) -> Result<Self, LayoutError> {
        let meant = |used: UsedIn| used == UsedIn::Both || (used == UsedIn::Services) == services;
        let found = FIELDS.iter().find(|(known, _, used)| *known == name && meant(*used));
        found.map(|(_, field, _)| *field).ok_or_else(|| {
            let known: Vec<&str> = FIELDS.iter().filter(|(.., used)| meant(*used)).map(|(known, ..)| *known).collect();
            LayoutError::at(&format!("columns.{name}"), format!("no such field; there are {}", known.join(", ")))
        })
    }
}

/// Where a layout says a field stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the column of this index, from 0. The layout counts from 1.
    Position(usize),
    /// In the column whose header is one of these words, whatever their case.
    Names(Vec<String>),
}

/// The highest column number that a layout may name.
const LAST_COLUMN: i64 = 10_000;

impl Place {
    /// Reads `3`, `"Customer Identifier"` or `["Customer Identifier", "CLI"]`.
    pub(super) fn parse(key: &str, value: &toml::Value) -> Result<Self, LayoutError> {
        let wrong = || LayoutError::at(key, "give a column number from 1, a header word, or a list of header words");
        match value {
            toml::Value::Integer(number) if (1..=LAST_COLUMN).contains(number) => {
                usize::try_from(*number - 1).map(Self::Position).map_err(|_| wrong())
            }
            toml::Value::String(name) if !name.trim().is_empty() => Ok(Self::Names(vec![name.trim().to_owned()])),
            toml::Value::Array(names) if !names.is_empty() => {
                let words = names.iter().map(|name| name.as_str().map(|name| name.trim().to_owned()));
                words.collect::<Option<Vec<String>>>().map(Self::Names).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, Field};

    #[test]
    fn every_field_has_one_name_and_the_place_of_its_number() {
        for (place, (name, field, _)) in FIELDS.iter().enumerate() {
            assert_eq!(field.name(), *name);
            let same_number = FIELDS.iter().filter(|(_, other, _)| other == field).count();
            assert_eq!(same_number, 1, "{name}");
            assert!((*field as usize) < Field::COUNT, "{name} {place}");
        }
    }
}
