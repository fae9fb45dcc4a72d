//! What work took: time, processor time, the most memory at once. As Linux tells it; elsewhere those are 0.

use std::time::Instant;

use crate::report::figures::Taken;

/// Started before work, stopped after it.
pub(super) struct Meter {
    started: Instant,
    /// In hundredths of a second.
    cpu: u64,
}

impl Meter {
    /// Forgets the memory that was used before, if the system can; see [`Meter::forgets`].
    pub fn start() -> Self {
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self { cpu: cpu_hundredths().unwrap_or(0), started: Instant::now() }
    }

    pub fn stop(&self) -> Taken {
        let time = self.started.elapsed();
        Taken {
            microseconds: u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1),
            cpu_milliseconds: cpu_hundredths().unwrap_or(0).saturating_sub(self.cpu) * 10,
            peak_bytes: peak_bytes().unwrap_or(0),
        }
    }

    /// Is the most memory that of each stage, and not that since the program began?
    pub fn forgets() -> bool {
        std::fs::write("/proc/self/clear_refs", "5").is_ok()
    }
}

/// User and system time of all threads: the 14th and 15th field, after a name in brackets that may hold anything. Linux
/// counts them in hundredths of a second whatever its clock does.
fn cpu_hundredths() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let mut fields = after_name.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

/// The most memory in use at once, pages of mapped files among it.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time_and_memory() {
        let meter = Meter::start();
        let bytes = std::hint::black_box(vec![1_u8; 8 << 20]);
        let taken = meter.stop();
        assert!(taken.microseconds > 0 && bytes.len() == 8 << 20);
        if cfg!(target_os = "linux") {
            assert!(taken.peak_bytes > 8 << 20, "{taken:?}");
        }
    }
}
