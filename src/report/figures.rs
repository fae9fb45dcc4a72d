//! What stages of the pipeline took → a table and JSON. Whole numbers only.

use serde::Serialize;

use super::screen::{count, table};

/// What some work took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Time on the wall; at least 1.
    pub microseconds: u64,
    /// Time of all processors, in steps of 10.
    pub cpu_milliseconds: u64,
    /// The most memory in use at once, pages of mapped files among it.
    pub peak_bytes: u64,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StageFigures {
    /// Its name, as `--stages` takes it.
    pub stage: String,
    /// What it does, in words.
    pub does: String,
    /// What `count` counts.
    pub unit: &'static str,
    /// How many it handled.
    pub count: u64,
    /// How many in a second.
    pub per_second: u64,
    /// Bytes of the usage file that it went through; 0 if it reads other things.
    pub bytes: u64,
    /// How many in a second.
    pub bytes_per_second: u64,
    /// What it took.
    #[serde(flatten)]
    pub taken: Taken,
}

impl StageFigures {
    /// Of a stage that handled `count` of a unit, and so many bytes of the file.
    pub fn new(stage: &str, does: &str, (unit, number): (&'static str, u64), bytes: u64, taken: Taken) -> Self {
        let per_second = |number: u64| {
            let scaled = u128::from(number) * 1_000_000 / u128::from(taken.microseconds.max(1));
            u64::try_from(scaled).unwrap_or(u64::MAX)
        };
        Self {
            stage: stage.to_owned(),
            does: does.to_owned(),
            unit,
            count: number,
            per_second: per_second(number),
            bytes,
            bytes_per_second: per_second(bytes),
            taken,
        }
    }
}

/// All stages of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// The program's version.
    pub version: &'static str,
    /// Worker threads.
    pub threads: usize,
    /// The usage file.
    pub usage: String,
    /// Its bytes.
    pub bytes: u64,
    /// Is the peak of memory that of each stage? Else that since the program began.
    pub peak_is_of_stage: bool,
    /// In the order in which they ran.
    pub stages: Vec<StageFigures>,
}

impl Figures {
    /// As a person reads them.
    pub fn in_words(&self) -> String {
        let peak = if self.peak_is_of_stage { "peak MiB" } else { "peak MiB since start" };
        let rows = self.stages.iter().map(|stage| {
            let mebibytes = |bytes: u64| if bytes == 0 { String::new() } else { count(u128::from(bytes >> 20)) };
            vec![
                stage.stage.clone(),
                count(u128::from(stage.count)),
                stage.unit.to_owned(),
                seconds(stage.taken.microseconds / 1_000),
                count(u128::from(stage.per_second)),
                mebibytes(stage.bytes_per_second),
                seconds(stage.taken.cpu_milliseconds),
                mebibytes(stage.taken.peak_bytes),
                stage.does.clone(),
            ]
        });
        let header = ["stage", "count", "of", "seconds", "a second", "MiB/s", "CPU s", peak, "does"];
        let threads = if self.threads == 1 { "1 thread".to_owned() } else { format!("{} threads", self.threads) };
        format!(
            "{}: {} bytes, {threads}\n{}",
            self.usage,
            count(u128::from(self.bytes)),
            table(&header, &[1, 3, 4, 5, 6, 7], rows)
        )
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_a_table() {
        let taken = Taken { microseconds: 2_500_000, cpu_milliseconds: 4_980, peak_bytes: 300 << 20 };
        let stage = StageFigures::new("rate", "the whole way", ("records", 10_000_000), 800 << 20, taken);
        assert_eq!((stage.per_second, stage.bytes_per_second), (4_000_000, 320 << 20));
        let figures = Figures {
            version: "1",
            threads: 2,
            usage: "usage.csv".into(),
            bytes: 800 << 20,
            peak_is_of_stage: true,
            stages: vec![stage],
        };
        let expected = "usage.csv: 838,860,800 bytes, 2 threads\n\
            stage       count  of       seconds   a second  MiB/s  CPU s  peak MiB  does\n\
            rate   10,000,000  records    2.500  4,000,000    320  4.980       300  the whole way\n";
        assert_eq!(figures.in_words(), expected);
    }
}
