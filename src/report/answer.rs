//! What a report answers: a table, of what and of when it is, the sums it ties to. As a person reads it in a terminal and
//! as JSON; files are written from the same value. Computes nothing.

use serde::Serialize;

use super::screen::plain;
use super::sheet::{Object, Sheet};
use crate::domain::money::Overflow;

/// What stands around the table of a report.
#[derive(Clone, Debug, Default)]
pub struct Cover {
    /// As it is asked for: `category-revenue`.
    pub name: &'static str,
    /// What it is, in words.
    pub title: String,
    /// Of what and of when: the customers, the period, as of when. Label and words.
    pub about: Vec<(&'static str, String)>,
    /// The sums that the rows come to, beside those of the ledger.
    pub control: Vec<String>,
    /// What to know of the figures.
    pub notes: Vec<String>,
}

/// A report, ready to be shown.
pub struct Answer {
    /// What stands around the table.
    pub cover: Cover,
    /// The rows.
    pub sheet: Sheet,
    /// Said in place of a table without rows.
    pub empty: String,
}

/// Why there is none.
#[derive(Debug)]
pub enum NoAnswer {
    /// A sum leaves its range (X1).
    Overflow(Overflow),
    /// The rows do not come to what the ledger says: a fault of the program, or damage.
    Untied(String),
}

impl From<Overflow> for NoAnswer {
    fn from(overflow: Overflow) -> Self {
        Self::Overflow(overflow)
    }
}

#[derive(Serialize)]
struct InJson<'a> {
    report: &'a str,
    title: &'a str,
    about: Vec<About<'a>>,
    rows: Vec<Object<'a>>,
    totals: Vec<Object<'a>>,
    control: &'a [String],
    notes: &'a [String],
}

#[derive(Serialize)]
struct About<'a> {
    label: &'a str,
    value: &'a str,
}

impl Serialize for Answer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Cover { name, title, about, control, notes } = &self.cover;
        InJson {
            report: name,
            title,
            about: about.iter().map(|(label, value)| About { label, value }).collect(),
            rows: self.sheet.objects(&self.sheet.rows),
            totals: self.sheet.objects(&self.sheet.totals),
            control,
            notes,
        }
        .serialize(serializer)
    }
}

impl Answer {
    /// For the screen, with at most so many rows.
    pub fn in_words(&self, most: usize) -> String {
        let Cover { title, about, control, notes, .. } = &self.cover;
        let mut text = format!("{title}\n");
        for (label, words) in about {
            text.push_str(&format!("{label}: {}\n", plain(words)));
        }
        text.push('\n');
        if self.sheet.rows.is_empty() {
            text.push_str(&format!("{}\n", self.empty));
        } else {
            text.push_str(&self.sheet.on_screen(most));
            let hidden = self.sheet.rows.len().saturating_sub(most);
            if hidden > 0 {
                text.push_str(&format!(
                    "and {hidden} more, which are in the sums; --top {} shows all\n",
                    self.sheet.rows.len()
                ));
            }
        }
        for lines in [control, notes].into_iter().filter(|lines| !lines.is_empty()) {
            text.push('\n');
            lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        }
        text
    }
}
