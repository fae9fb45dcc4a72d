//! A moment → the time band that it is in (R8): by the supplier's rows, else the workspace's, else those that ship.

use super::rows::{PlainBook, Row};

const WEEK: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A civil day and the minute of it; bands begin and end at whole minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    pub date: jiff::civil::Date,
    pub hour: i8,
    pub minute: i8,
}

impl Minute {
    /// What a clock in the zone shows so many seconds after 1970 began. The calendar ends with 2100 (X5); a call that
    /// goes on stays in its last minute, and so in its band.
    pub fn at(instant: i64, zone: &jiff::tz::TimeZone) -> Self {
        let shown = zone.to_datetime(jiff::Timestamp::from_second(instant).unwrap());
        match shown.year() > 2100 {
            true => Self { date: jiff::civil::date(2100, 12, 31), hour: 23, minute: 59 },
            false => Self { date: shown.date(), hour: shown.hour(), minute: shown.minute() },
        }
    }

    /// `07:30`
    pub fn clock(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }
}

/// R8: the first row of the supplier's set that covers the moment; uncovered time is the set's default, else the
/// workspace's default, else the first band of the set.
pub fn band_at(book: &PlainBook, supplier: &str, minute: Minute) -> String {
    let set_of = |owner: &str| -> Vec<Row> {
        book.sheet("time_bands").rows().filter(|row| row.cell("supplier") == owner).collect()
    };
    let (own, general) = (set_of(supplier), set_of(""));
    let set = if own.is_empty() { &general } else { &own };
    let day = day_kind(book, minute);
    if set.is_empty() {
        return shipped_band(&day, &minute.clock()).to_owned();
    }
    let shipped_default = if general.is_empty() { Some(SHIPPED_DEFAULT) } else { None };
    let clock = minute.clock();
    let covers = |row: &&Row| {
        names_day(row.cell("days"), &day) && row.cell("start") <= clock.as_str() && clock.as_str() < row.cell("end")
    };
    match set.iter().find(covers) {
        Some(row) => row.cell("time_band").to_owned(),
        None => default_of(set)
            .or_else(|| default_of(&general))
            .or(shipped_default)
            .unwrap_or(set[0].cell("time_band"))
            .to_owned(),
    }
}

fn default_of<'b>(set: &[Row<'b>]) -> Option<&'b str> {
    set.iter().find(|row| row.is_set("default")).map(|row| row.cell("time_band"))
}

/// R8: a bank holiday is treated as the day that its row names.
fn day_kind(book: &PlainBook, minute: Minute) -> String {
    let date = minute.date.to_string();
    match book.sheet("holidays").find("date", &date) {
        Some(holiday) => holiday.cell("as").to_owned(),
        None => WEEK[usize::try_from(minute.date.weekday().to_monday_zero_offset()).unwrap()].to_owned(),
    }
}

/// `Mon-Fri,Hol`
fn names_day(days: &str, day: &str) -> bool {
    let place = |day: &str| WEEK.iter().position(|known| *known == day);
    days.split(',').any(|part| match part.split_once('-') {
        None => part == day,
        Some((first, last)) => place(day).is_some_and(|day| place(first) <= Some(day) && Some(day) <= place(last)),
    })
}

/// The band of the shipped set that covers what no row covers.
const SHIPPED_DEFAULT: &str = "weekend";

/// R8: the workspace default, where the book declares none. A day that is treated as `Hol` is none of its days.
fn shipped_band(day: &str, clock: &str) -> &'static str {
    match day {
        "Sat" | "Sun" | "Hol" => "weekend",
        _ if ("07:00".."19:00").contains(&clock) => "daytime",
        _ => "evening",
    }
}

/// Every band name that the book knows.
pub fn is_known(book: &PlainBook, name: &str) -> bool {
    let sheet = book.sheet("time_bands");
    let is_shipped = sheet.find("supplier", "").is_none() && ["daytime", "evening", "weekend"].contains(&name);
    is_shipped || sheet.find("time_band", name).is_some()
}

/// X5: the product's moments of records, which the oracle takes as they are, are those of another reader of the zones.
#[test]
fn civil_times_become_the_moments_that_jiff_makes_of_them() {
    use tollbook::domain::time::{CivilDateTime, Date, TimeFlag, Zone};
    for name in ["Europe/London", "Australia/Lord_Howe", "America/New_York", "UTC"] {
        let (zone, other) = (Zone::load(name).unwrap(), jiff::tz::TimeZone::get(name).unwrap());
        for quarter in 0..3 * 366 * 96 {
            let day = Date::parse("2024-01-01").unwrap().plus_days(quarter / 96);
            let second_of_day = u32::try_from(quarter % 96).unwrap() * 900;
            let (moment, flag) = zone.moment(CivilDateTime { date: day, second_of_day }, &zone).unwrap();
            let civil = jiff::civil::date(i16::try_from(day.year()).unwrap(), 1, 1)
                .checked_add(jiff::Span::new().days(day.days_since(Date::new(day.year(), 1, 1).unwrap())))
                .unwrap()
                .at(0, 0, 0, 0)
                .checked_add(jiff::Span::new().seconds(second_of_day))
                .unwrap();
            let found = other.to_ambiguous_timestamp(civil);
            let expected = match found.offset() {
                jiff::tz::AmbiguousOffset::Unambiguous { .. } => TimeFlag::Plain,
                jiff::tz::AmbiguousOffset::Gap { .. } => TimeFlag::InGap,
                jiff::tz::AmbiguousOffset::Fold { .. } => TimeFlag::Ambiguous,
            };
            let instant = found.compatible().unwrap().as_second();
            assert_eq!((moment.instant, flag), (instant, expected), "{civil} in {name}");
            let shown = Minute::at(instant, &other);
            let clock = format!("{} {}", shown.date, shown.clock());
            assert!(moment.civil.to_string().starts_with(&clock), "{civil} in {name} is shown as {clock}");
        }
    }
}
