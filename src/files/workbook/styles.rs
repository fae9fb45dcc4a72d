//! The styles of a workbook → how each shows a number: as it is, as a day, as a percentage.

use std::collections::BTreeMap;

use super::package::Package;
use super::refused::Refused;
use super::xml::{Part, Piece};

const LARGEST: u64 = 64 << 20;
/// Excel allows 64,000 styles.
const MOST: usize = 1 << 16;

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Plain,
    Day,
    Percent,
}

/// How numbers are shown, by style.
#[derive(Default)]
pub(super) struct Styles {
    shown: Vec<Shown>,
}

impl Styles {
    pub(super) fn read(package: &Package<'_>, part: &str) -> Result<Self, Refused> {
        let read = package.read(part, LARGEST, Self::read_part)?;
        read.ok_or_else(|| Refused::strange(format!("lacks its part {part}")))
    }

    fn read_part(part: &mut Part<'_>) -> Result<Self, Refused> {
        let mut formats = BTreeMap::new();
        let mut ids = Vec::new();
        let mut is_of_cells = false;
        loop {
            match part.next()? {
                Piece::Open(tag) => match (tag.depth, tag.name()) {
                    (2, name) => is_of_cells = name == "cellXfs",
                    (3, "numFmt") => {
                        let [id, code] = tag.attributes(["numFmtId", "formatCode"])?;
                        if let (Some(Ok(id)), Some(code)) = (id.map(|id| id.parse::<u32>()), code) {
                            formats.insert(id, shown_by(&code));
                        }
                    }
                    (3, "xf") if is_of_cells => {
                        let [id] = tag.attributes(["numFmtId"])?;
                        ids.push(id.and_then(|id| id.parse::<u32>().ok()).unwrap_or(0));
                    }
                    _ => {}
                },
                Piece::End => break,
                _ => {}
            }
            if ids.len() > MOST || formats.len() > MOST {
                return Err(part.strange("has too many styles"));
            }
        }
        // Formats may follow the styles that use them.
        let shown = ids.iter().map(|id| formats.get(id).copied().unwrap_or_else(|| shown_by_number(*id)));
        Ok(Self { shown: shown.collect() })
    }

    /// How a style shows a number; one that there is not shows it as it is.
    pub(super) fn shown(&self, style: usize) -> Shown {
        self.shown.get(style).copied().unwrap_or(Shown::Plain)
    }
}

/// Of the formats that every workbook has.
fn shown_by_number(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57..=58 => Shown::Day,
        _ => Shown::Plain,
    }
}

/// A format with a day, a month in letters or a year in it shows a day, outside of quotes and brackets.
fn shown_by(format: &str) -> Shown {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    let (mut months, mut shown) = (0, Shown::Plain);
    for letter in format.chars() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        let is_plain = !quoted && !bracketed;
        months = if is_plain && matches!(letter, 'm' | 'M') { months + 1 } else { 0 };
        match letter {
            '\\' | '_' | '*' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if is_plain => bracketed = true,
            ']' => bracketed = false,
            'd' | 'D' | 'y' | 'Y' if is_plain => return Shown::Day,
            'm' | 'M' if months == 3 => return Shown::Day,
            '%' if is_plain => shown = Shown::Percent,
            _ => {}
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_show_days_and_percentages_are_known() {
        for (format, expected) in [
            ("General", Shown::Plain),
            ("@", Shown::Plain),
            ("yyyy\\-mm\\-dd", Shown::Day),
            ("dd/mm/yy;@", Shown::Day),
            ("[$-809]d mmmm yyyy", Shown::Day),
            ("mmm", Shown::Day),
            ("#,##0.00", Shown::Plain),
            ("\"day\" 0.00", Shown::Plain),
            ("\"a\\\" 0", Shown::Plain),
            ("[Red]0.00", Shown::Plain),
            ("hh:mm", Shown::Plain),
            ("[mmm]:ss", Shown::Plain),
            ("0.00%", Shown::Percent),
            ("0\\%", Shown::Plain),
            ("0\"%\"", Shown::Plain),
        ] {
            assert_eq!(shown_by(format), expected, "{format}");
        }
    }

    #[test]
    fn formats_may_follow_the_styles_that_use_them() {
        let xml = r#"<styleSheet><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="170"/>
            <xf numFmtId="14"/><xf numFmtId="9"/></cellXfs><numFmts><numFmt numFmtId="170" formatCode="dd.mm."/></numFmts>
            </styleSheet>"#;
        let styles = Styles::read_part(&mut Part::of(xml)).unwrap();
        let shown: Vec<_> = (0..5).map(|style| styles.shown(style)).collect();
        assert_eq!(shown, [Shown::Plain, Shown::Day, Shown::Day, Shown::Percent, Shown::Plain]);
    }
}
