//! Choices → sets of time bands, of all suppliers and of some, with gaps and overlaps; and bank holidays.

use tollbook::book::Tables;

use super::dice::Dice;
use super::random_book::add;

/// R8: sets of time bands and holidays; the names that rates may use.
pub fn add_calendar(tables: &mut Tables, dice: &mut Dice) -> Vec<&'static str> {
    const SETS: [&[(&str, &str, &str, &str)]; 4] = [
        &[
            ("day", "Mon-Fri", "08:00", "18:00"),
            ("night", "Mon-Fri", "00:00", "08:00"),
            ("night", "Mon-Fri", "18:00", "24:00"),
            ("weekend", "Sat,Sun", "00:00", "24:00"),
        ],
        &[
            ("peak", "Mon-Fri", "07:30", "09:30"),
            ("holiday", "Hol", "00:00", "24:00"),
            ("day", "Mon-Sun", "06:00", "20:00"),
        ],
        &[
            ("night", "Mon-Thu", "22:00", "24:00"),
            ("weekend", "Sun,Hol", "00:00", "12:01"),
            ("day", "Mon-Sat", "00:00", "12:00"),
        ],
        // Edges about the hours at which clocks change.
        &[
            ("night", "Mon-Sun", "00:00", "01:30"),
            ("peak", "Sun", "01:30", "02:15"),
            ("day", "Mon-Sun", "02:15", "24:00"),
        ],
    ];
    for (date, kind) in [("2025-12-25", "Hol"), ("2025-12-26", "Sun"), ("2024-02-29", "Hol"), ("2025-03-31", "Sat")] {
        if dice.chance(60) {
            add(tables, "holidays", &[("date", date), ("as", kind)]);
        }
    }
    let mut names: Vec<&str> = Vec::new();
    for owner in ["", "alpha", "beta"] {
        if dice.chance(35) {
            continue;
        }
        let mut rows = dice.pick(&SETS).to_vec();
        rows.retain(|_| !dice.chance(15));
        let default = dice.below(2 * rows.len().max(1) as u64);
        for (position, (name, days, start, end)) in rows.into_iter().enumerate() {
            let default = if position as u64 == default { "y" } else { "" };
            let cells = [
                ("supplier", owner),
                ("time_band", name),
                ("days", days),
                ("start", start),
                ("end", end),
                ("default", default),
            ];
            add(tables, "time_bands", &cells);
            names.push(name);
        }
    }
    names.sort_unstable();
    names.dedup();
    let table = tables.get("time_bands");
    if table.rows.iter().all(|row| row.cells.get(0).is_some()) {
        names.extend(["daytime", "evening", "weekend"]);
        names.sort_unstable();
        names.dedup();
    }
    names
}
