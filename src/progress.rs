//! How far long work is: a bar on a terminal, a line a minute elsewhere, nothing when asked to be quiet.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far work is; cheap to call often.
pub struct Progress(Kind);

enum Kind {
    Quiet,
    Bar(ProgressBar),
    Lines(Mutex<Lines>),
}

struct Lines {
    title: String,
    total: u64,
    done: u64,
    next: Instant,
}

const EVERY: Duration = Duration::from_mins(1);

impl Progress {
    /// Work of `total` units (bytes, invoices) under a title.
    pub fn new(title: &str, total: u64, quiet: bool) -> Self {
        if quiet {
            return Self(Kind::Quiet);
        }
        if !std::io::stderr().is_terminal() {
            let next = Instant::now() + EVERY;
            return Self(Kind::Lines(Mutex::new(Lines { title: title.to_owned(), total, done: 0, next })));
        }
        let style = ProgressStyle::with_template("{msg:24} {bar:30} {percent:>3} %  {per_sec}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(Kind::Bar(ProgressBar::new(total).with_style(style).with_message(title.to_owned())))
    }

    /// So many units more are done.
    pub fn advance(&self, units: u64) {
        match &self.0 {
            Kind::Quiet => {}
            Kind::Bar(bar) => bar.inc(units),
            Kind::Lines(lines) => {
                let Ok(mut lines) = lines.lock() else { return };
                lines.done += units;
                if Instant::now() >= lines.next {
                    lines.next += EVERY;
                    let percent = lines.done * 100 / lines.total.max(1);
                    // A closed standard error must not stop the work.
                    let _ = writeln!(std::io::stderr(), "{}: {percent} %", lines.title);
                }
            }
        }
    }

    /// Takes the bar away.
    pub fn finish(self) {
        if let Kind::Bar(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
