//! Rows of amounts → a picture of bars: places in permille of the width, words, and the same in a sentence for those who
//! cannot see it. Draws nothing: the template does.

use serde::Serialize;

use super::words::{Minor, cut};
use crate::domain::money::{Rounding, divide};

/// Horizontal bars, as a template draws them: widths in percent, heights in pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chart {
    /// Unique on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// All of it in words.
    pub description: String,
    /// Of the whole picture.
    pub height: u32,
    /// What kinds of bars mean.
    pub legend: Vec<Legend>,
    /// Where the line of nothing is, if it is not the left edge.
    pub axis: Option<String>,
    /// From top to bottom.
    pub rows: Vec<ChartRow>,
}

/// What one kind of bars means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Legend {
    /// The kind.
    pub class: &'static str,
    /// What it means.
    pub label: String,
}

/// A row: words above its bars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChartRow {
    /// On the left; short enough for a telephone.
    pub label: String,
    /// On the right.
    pub value: String,
    /// The line on which the words stand.
    pub base: u32,
    /// Where its bars end.
    pub end: u32,
    /// Below them.
    pub bars: Vec<Bar>,
}

/// A bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// Its left edge: `12.5%`.
    pub x: String,
    /// How long it is.
    pub width: String,
    /// Its upper edge.
    pub y: u32,
    /// How thick it is.
    pub height: u32,
    /// `main`, `other` (hollow), `up`, `down`.
    pub class: &'static str,
}

/// What a row shows: its words and the amounts of its bars, one for each kind.
pub(super) struct Shown {
    pub label: String,
    pub value: String,
    /// The same in a sentence; `value` if there is no more to say.
    pub told: String,
    pub amounts: Vec<Option<Minor>>,
}

/// A kind of bars and what it means.
pub(super) type KindOfBar = (&'static str, String);

const LABEL_LONGEST: usize = 28;
const WORDS_HEIGHT: u32 = 17;
const FIRST_BAR: u32 = 10;
const OTHER_BAR: u32 = 6;
const GAP: u32 = 12;

/// A picture of rows; none if there are no rows.
pub(super) fn chart(id: &str, title: &str, kinds: &[KindOfBar], rows: &[Shown]) -> Option<Chart> {
    if rows.is_empty() {
        return None;
    }
    let amounts = || rows.iter().flat_map(|row| row.amounts.iter().flatten().copied());
    let (least, most) = (amounts().min().unwrap_or(0).min(0), amounts().max().unwrap_or(0).max(0));
    let scale = Scale { least, span: (most - least).max(1) };
    let (mut y, mut drawn) = (0, Vec::with_capacity(rows.len()));
    for row in rows {
        let base = y + WORDS_HEIGHT - 4;
        y += WORDS_HEIGHT;
        let mut bars = Vec::new();
        for (place, ((class, _), amount)) in kinds.iter().zip(&row.amounts).enumerate() {
            let Some(amount) = amount else { continue };
            // Bars of the second kind and on are thinner, so that nobody needs colours to tell them apart.
            let height = if place == 0 { FIRST_BAR } else { OTHER_BAR };
            let class = match *class {
                "both" if *amount < 0 => "down",
                "both" => "up",
                class => class,
            };
            let (x, width) = scale.bar(*amount);
            bars.push(Bar { x: percent(x), width: percent(width), y, height, class });
            y += height + 2;
        }
        drawn.push(ChartRow { label: cut(&row.label, LABEL_LONGEST), value: row.value.clone(), base, end: y, bars });
        y += GAP;
    }
    let told: Vec<String> = rows.iter().map(|row| format!("{}: {}", row.label, row.told)).collect();
    let legend = kinds.iter().filter(|(_, label)| !label.is_empty());
    Some(Chart {
        id: id.to_owned(),
        title: title.to_owned(),
        description: told.join("; ") + ".",
        height: y - GAP,
        legend: legend.map(|(class, label)| Legend { class, label: label.clone() }).collect(),
        axis: (least < 0).then(|| percent(scale.place(0))),
        rows: drawn,
    })
}

/// From the least amount to the most, in 1000 parts.
struct Scale {
    least: Minor,
    span: Minor,
}

impl Scale {
    fn place(&self, amount: Minor) -> Minor {
        divide((amount - self.least) * 1_000, self.span, Rounding::HalfUp)
    }

    /// Left edge and length; what is not nothing is seen.
    fn bar(&self, amount: Minor) -> (Minor, Minor) {
        let (zero, end) = (self.place(0), self.place(amount));
        let length = (end - zero).abs().max(Minor::from(amount != 0) * 3);
        let start = if amount < 0 { zero - length } else { zero };
        let start = start.clamp(0, 1_000 - length);
        (start, length)
    }
}

fn percent(permille: Minor) -> String {
    match permille % 10 {
        0 => format!("{}%", permille / 10),
        tenth => format!("{}.{tenth}%", permille / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(label: &str, amounts: &[Option<Minor>]) -> Shown {
        Shown { label: label.into(), value: "v".into(), told: "told".into(), amounts: amounts.to_vec() }
    }

    fn bars(kinds: &[KindOfBar], rows: &[Shown]) -> Vec<String> {
        let chart = chart("c", "t", kinds, rows).unwrap();
        let bars = chart.rows.iter().flat_map(|row| &row.bars);
        bars.map(|bar| format!("{} {}+{}", bar.class, bar.x, bar.width)).collect()
    }

    #[test]
    fn the_longest_bar_fills_the_width() {
        let kinds = [("main", "now".to_owned()), ("other", "before".to_owned())];
        let rows = [row("a", &[Some(400), Some(300)]), row("b", &[Some(1), None]), row("c", &[Some(0), Some(100)])];
        let expected = ["main 0%+100%", "other 0%+75%", "main 0%+0.3%", "main 0%+0%", "other 0%+25%"];
        assert_eq!(bars(&kinds, &rows), expected);
    }

    #[test]
    fn less_than_nothing_goes_to_the_left() {
        let kinds = [("both", String::new())];
        let rows = [row("up", &[Some(300)]), row("down", &[Some(-100)])];
        assert_eq!(bars(&kinds, &rows), ["up 25%+75%", "down 0%+25%"]);
        let chart = chart("c", "t", &kinds, &rows).unwrap();
        assert_eq!((chart.axis.as_deref(), chart.legend.len()), (Some("25%"), 0));
        assert_eq!(chart.description, "up: told; down: told.");
        // Words of 17, a bar of 10, 2 below it, twice, and 12 in between.
        assert_eq!(chart.height, 2 * 29 + 12);
        // The smallest loss beside the largest gain is still seen, and on the left.
        assert_eq!(bars(&kinds, &[row("a", &[Some(1_000_000)]), row("b", &[Some(-1)])])[1], "down 0%+0.3%");
    }

    #[test]
    fn nothing_is_no_picture() {
        assert_eq!(chart("c", "t", &[], &[]), None);
        let zero = chart("c", "t", &[("main", String::new())], &[row("a", &[Some(0)])]).unwrap();
        assert_eq!(zero.rows[0].bars[0].width, "0%");
    }

    #[test]
    fn labels_fit_a_telephone() {
        let long = chart("c", "t", &[("main", String::new())], &[row(&"wide ".repeat(20), &[Some(1)])]).unwrap();
        assert!(long.rows[0].label.ends_with('…') && long.rows[0].label.chars().count() <= LABEL_LONGEST);
        assert!(long.description.contains("wide wide wide wide wide wide wide"));
    }
}
