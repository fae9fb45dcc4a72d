//! Civil dates and times, zones, date ranges (X5, X6). The one place that knows a time zone database.
//! Reads no clock: today's date comes in as an argument.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A calendar date between 2000-01-01 and 2100-12-31, as days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// The first year of usage and of the book (X5).
pub const FIRST_YEAR: i32 = 2000;
/// The last year of usage and of the book (X5).
pub const LAST_YEAR: i32 = 2100;

const SECONDS_PER_DAY: i64 = 86_400;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The three-letter name used in the book's files.
    pub fn name(self) -> &'static str {
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][self as usize]
    }

    /// Reads the three-letter name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.name() == text)
    }
}

/// Days in a month of the proleptic Gregorian calendar; `month` is 1–12.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl Date {
    /// From year, month 1–12, day 1–31; `None` if there is no such day or the year is outside 2000–2100.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let real = (FIRST_YEAR..=LAST_YEAR).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day);
        real.then(|| Self(days_from_civil(year, month, day)))
    }

    /// From days since 1970-01-01; `None` outside 2000–2100.
    pub fn from_days(days: i32) -> Option<Self> {
        (days_from_civil(FIRST_YEAR, 1, 1)..=days_from_civil(LAST_YEAR, 12, 31)).contains(&days).then_some(Self(days))
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i32 {
        self.0
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let year = i32::try_from(digits(&bytes[..4])?).ok()?;
        Self::new(year, digits(&bytes[5..7])?, digits(&bytes[8..])?)
    }

    /// Year, month 1–12, day 1–31.
    pub fn ymd(self) -> (i32, u32, u32) {
        civil_from_days(self.0)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.ymd().0
    }

    /// The month, 1–12.
    pub fn month(self) -> u32 {
        self.ymd().1
    }

    /// The day of the month, 1–31.
    pub fn day(self) -> u32 {
        self.ymd().2
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        Weekday::ALL[usize::try_from((self.0 + 3).rem_euclid(7)).expect("0 to 6")]
    }

    /// So many days later (earlier if negative), held to the calendar's ends.
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(days_from_civil(FIRST_YEAR, 1, 1), days_from_civil(LAST_YEAR, 12, 31)))
    }

    /// The day after.
    pub fn next(self) -> Self {
        self.plus_days(1)
    }

    /// The day before.
    pub fn previous(self) -> Self {
        self.plus_days(-1)
    }

    /// So many months later (earlier if negative) on day `day` of the month, or on its last day if it is shorter (P3).
    pub fn plus_months_on(self, months: i32, day: u32) -> Self {
        let (year, month, _) = self.ymd();
        let index = year * 12 + i32::try_from(month).expect("1 to 12") - 1 + months;
        let (year, month) = (index.div_euclid(12), u32::try_from(index.rem_euclid(12)).expect("0 to 11") + 1);
        if year < FIRST_YEAR {
            return Self(days_from_civil(FIRST_YEAR, 1, 1));
        }
        if year > LAST_YEAR {
            return Self(days_from_civil(LAST_YEAR, 12, 31));
        }
        Self(days_from_civil(year, month, day.clamp(1, days_in_month(year, month))))
    }

    /// So many months later on the same day of the month, or on the last day if the month is shorter.
    pub fn plus_months(self, months: i32) -> Self {
        self.plus_months_on(months, self.day())
    }

    /// The latest date up to this one on day `day` of a month, or on the last day of a month that is shorter: the start
    /// of the month counted from that day.
    pub fn latest_on_day(self, day: u32) -> Self {
        let same_month = self.plus_months_on(0, day);
        if same_month <= self { same_month } else { self.plus_months_on(-1, day) }
    }

    /// The first of its month.
    pub fn first_of_month(self) -> Self {
        self.plus_months_on(0, 1)
    }

    /// The last day of its month.
    pub fn last_of_month(self) -> Self {
        self.plus_months_on(0, 31)
    }

    /// Days in its month, 28–31.
    pub fn days_in_month(self) -> u32 {
        let (year, month, _) = self.ymd();
        days_in_month(year, month)
    }

    /// Days from `earlier` to this date: 0 if they are equal.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// Writes it as people read it: `1 June 2026`.
    pub fn in_words(self) -> String {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let (year, month, day) = self.ymd();
        format!("{day} {} {year}", MONTHS[month as usize - 1])
    }
}

/// Writes `YYYY-MM-DD`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("no such date: {text}")))
    }
}

/// The value of a run of ASCII digits, at most 9 of them.
fn digits(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 9 {
        return None;
    }
    bytes.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
}

/// Days since 1970-01-01, by counting 400-year eras from 1 March (Howard Hinnant's `days_from_civil`).
fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i32::try_from((month + 9) % 12).expect("0 to 11");
    let day_of_year = (153 * month_from_march + 2) / 5 + i32::try_from(day).expect("1 to 31") - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, u32::try_from(month).expect("1 to 12"), u32::try_from(day).expect("1 to 31"))
}

/// A civil date and time to the second, without a zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDateTime {
    /// The date.
    pub date: Date,
    /// Seconds since midnight, 0–86,399.
    pub second_of_day: u32,
}

impl CivilDateTime {
    /// From a date and a clock time; `None` unless 0 ≤ hour < 24, minute < 60, second < 60.
    pub fn new(date: Date, hour: u32, minute: u32, second: u32) -> Option<Self> {
        (hour < 24 && minute < 60 && second < 60)
            .then(|| Self { date, second_of_day: hour * 3600 + minute * 60 + second })
    }

    /// Reads `YYYY-MM-DD HH:MM:SS`, with a space or a `T` between.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_at_checked(10)?;
        let time = time.strip_prefix(' ').or_else(|| time.strip_prefix('T'))?;
        let (hour, minute, second) = parse_clock(time)?;
        Self::new(Date::parse(date)?, hour, minute, second)
    }

    /// Hour, minute, second.
    pub fn clock(self) -> (u32, u32, u32) {
        (self.second_of_day / 3600, self.second_of_day / 60 % 60, self.second_of_day % 60)
    }

    /// Seconds since 1970-01-01 00:00:00 as if the zone were UTC.
    pub fn as_utc_seconds(self) -> i64 {
        i64::from(self.date.0) * SECONDS_PER_DAY + i64::from(self.second_of_day)
    }

    /// The inverse of [`Self::as_utc_seconds`]; `None` outside 2000–2100.
    pub fn from_utc_seconds(seconds: i64) -> Option<Self> {
        let date = Date::from_days(i32::try_from(seconds.div_euclid(SECONDS_PER_DAY)).ok()?)?;
        let second_of_day = u32::try_from(seconds.rem_euclid(SECONDS_PER_DAY)).expect("below 86,400");
        Some(Self { date, second_of_day })
    }
}

/// Reads `HH:MM:SS`.
pub fn parse_clock(text: &str) -> Option<(u32, u32, u32)> {
    let bytes = text.as_bytes();
    if bytes.len() != 8 || bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    Some((digits(&bytes[..2])?, digits(&bytes[3..5])?, digits(&bytes[6..])?))
}

/// Writes `YYYY-MM-DD HH:MM:SS`.
impl fmt::Display for CivilDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = self.clock();
        write!(f, "{} {hour:02}:{minute:02}:{second:02}", self.date)
    }
}

impl fmt::Debug for CivilDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A point in time, with the civil date and time that the workspace's zone shows at it (X5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub instant: i64,
    /// What a clock on the wall of the workspace shows.
    pub civil: CivilDateTime,
}

/// How a civil time relates to its zone (X5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TimeFlag {
    /// It happens once.
    #[default]
    Plain,
    /// The clock skipped it in spring: shifted forward by the gap.
    InGap,
    /// The clock showed it twice in autumn: the earlier instant was taken.
    Ambiguous,
}

/// A time zone, as the list of its changes of offset between 2000 and 2100.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    first_offset: i64,
    /// (instant of the change, offset from UTC in seconds from then on), ascending.
    changes: Vec<(i64, i64)>,
    /// By day from the first of 2000 on: the offset of all times of the day, or [`CHANGING`] near a change of offset.
    plain_days: Arc<[i32]>,
}

/// A day on which, or the day after or before which, the offset changes: its times are resolved one by one.
const CHANGING: i32 = i32::MAX;

impl Zone {
    /// Looks up an IANA name (`Europe/London`, `UTC`) in the database that is built in; `None` if there is none.
    pub fn load(name: &str) -> Option<Self> {
        let zone = jiff::tz::TimeZone::get(name).ok()?;
        let start = jiff::Timestamp::from_second(946_684_800 - 366 * SECONDS_PER_DAY).ok()?;
        let end = jiff::Timestamp::from_second(4_133_980_800 + 366 * SECONDS_PER_DAY).ok()?;
        let changes = zone
            .following(start)
            .take_while(|change| change.timestamp() < end)
            .map(|change| (change.timestamp().as_second(), i64::from(change.offset().seconds())))
            .collect();
        let first_offset = i64::from(zone.to_offset(start).seconds());
        let mut zone = Self { name: name.to_owned(), first_offset, changes, plain_days: Arc::new([]) };
        let days = days_from_civil(FIRST_YEAR, 1, 1)..=days_from_civil(LAST_YEAR, 12, 31);
        zone.plain_days = days.map(|day| zone.offset_of_day(day).unwrap_or(CHANGING)).collect();
        Some(zone)
    }

    /// The offset of all times of a day, if it does not change from the day before to the day after.
    fn offset_of_day(&self, day: i32) -> Option<i32> {
        let midnight = i64::from(day) * SECONDS_PER_DAY;
        let offset = self.offset_at(midnight - SECONDS_PER_DAY);
        let until = midnight + 2 * SECONDS_PER_DAY;
        let next = self.changes.partition_point(|(change, _)| *change < midnight - SECONDS_PER_DAY);
        let changes = self.changes.get(next).is_some_and(|(change, _)| *change <= until);
        if changes { None } else { i32::try_from(offset).ok() }
    }

    /// The offset of all times of a civil date, if there is one.
    fn plain_offset(&self, date: Date) -> Option<i64> {
        let day = usize::try_from(date.0 - days_from_civil(FIRST_YEAR, 1, 1)).ok()?;
        self.plain_days.get(day).filter(|offset| **offset != CHANGING).map(|offset| i64::from(*offset))
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds to add to UTC at an instant.
    pub fn offset_at(&self, instant: i64) -> i64 {
        let after = self.changes.partition_point(|(change, _)| *change <= instant);
        if after == 0 { self.first_offset } else { self.changes[after - 1].1 }
    }

    /// The civil time at an instant; `None` outside 2000–2100.
    pub fn civil_at(&self, instant: i64) -> Option<CivilDateTime> {
        CivilDateTime::from_utc_seconds(instant + self.offset_at(instant))
    }

    /// The instant at which a clock of this zone shows `civil`: the earlier one if there are two; shifted forward by
    /// the gap if there is none (X5).
    pub fn resolve(&self, civil: CivilDateTime) -> (i64, TimeFlag) {
        let wall = civil.as_utc_seconds();
        if let Some(offset) = self.plain_offset(civil.date) {
            return (wall - offset, TimeFlag::Plain);
        }
        self.resolve_near_change(wall)
    }

    /// The same for a time as if in UTC, whatever the day.
    pub(super) fn resolve_near_change(&self, wall: i64) -> (i64, TimeFlag) {
        // Offsets never exceed a day, so the offset that applies is that of the day before, of the day after, or both.
        let before = self.offset_at(wall - SECONDS_PER_DAY);
        let after = self.offset_at(wall + SECONDS_PER_DAY);
        let (early, late) = (wall - before, wall - after);
        let shows = |instant: i64| instant + self.offset_at(instant) == wall;
        match (shows(early), shows(late)) {
            (true, true) if early != late => (early.min(late), TimeFlag::Ambiguous),
            (true, _) => (early, TimeFlag::Plain),
            (false, true) => (late, TimeFlag::Plain),
            // Read with the offset before the gap, the clock is shifted forward by exactly the gap.
            (false, false) => (early, TimeFlag::InGap),
        }
    }

    /// The moment, as this (the workspace's) zone shows it, at which a clock of zone `of` shows `civil`.
    /// `None` if the workspace's date falls outside 2000–2100.
    pub fn moment(&self, civil: CivilDateTime, of: &Self) -> Option<(Moment, TimeFlag)> {
        let (instant, flag) = of.resolve(civil);
        // What the file's clock shows, the workspace's shows too.
        if flag == TimeFlag::Plain && std::ptr::eq(self, of) {
            return Some((Moment { instant, civil }, flag));
        }
        Some((Moment { instant, civil: self.civil_at(instant)? }, flag))
    }
}

/// Dates from and to, both included; an open end is `None` (X6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DateRange {
    /// First date, or open.
    pub from: Option<Date>,
    /// Last date, or open.
    pub to: Option<Date>,
}

impl DateRange {
    /// All dates.
    pub const ALWAYS: Self = Self { from: None, to: None };

    /// From and to, both included.
    pub fn new(from: Date, to: Date) -> Self {
        Self { from: Some(from), to: Some(to) }
    }

    /// Does it include the date?
    pub fn contains(self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    /// Do the two share a date?
    pub fn overlaps(self, other: Self) -> bool {
        let starts_before_end = |from: Option<Date>, to: Option<Date>| match (from, to) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        starts_before_end(self.from, other.to) && starts_before_end(other.from, self.to)
    }

    /// Ends before it starts?
    pub fn is_reversed(self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if to < from)
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (None, None) => f.write_str("always"),
            (Some(from), None) => write!(f, "from {from}"),
            (None, Some(to)) => write!(f, "until {to}"),
            (Some(from), Some(to)) => write!(f, "{from} to {to}"),
        }
    }
}
