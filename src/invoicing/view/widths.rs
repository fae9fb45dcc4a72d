//! Texts → how much room they take in the built-in font, at most. A column whose width is known is laid out once instead of
//! twice, and so is a row of known height.

/// The most that a text is wide, in hundredths of the size of the type.
pub(super) fn widest(text: &str) -> u32 {
    text.chars().map(widest_of).sum()
}

/// The most points that a text takes, rounded up; the size of the type in tenths of a point.
pub(super) fn points(text: &str, size: u32) -> u32 {
    (widest(text) * size).div_ceil(1_000)
}

/// The width of a column in points: of the widest of its texts and of its head, and no less than `least`.
pub(super) fn column<'a>(texts: impl Iterator<Item = &'a str>, head: &str, least: u32) -> u32 {
    let widest = texts.map(|text| points(text, TEXT)).max().unwrap_or(0);
    widest.max(points(head, SMALL)).max(least)
}

/// The size of the type in tables, and of what is printed small in them, in tenths of a point.
pub(super) const TEXT: u32 = 85;
pub(super) const SMALL: u32 = 75;

/// The width of a page between its margins, and the blank before each column of a table but the first, in points.
pub(super) const PAGE: u32 = 487;
pub(super) const GAP: u32 = 12;

/// About how many lines a text takes in so many points.
pub(super) fn lines(text: &str, size: u32, width: u32) -> u32 {
    // Letters are narrower than at most, but words do not fill their lines.
    (points(text, size) * 17 / 20).div_ceil(width.max(1)).max(1)
}

/// The most that a character of the built-in font is wide, in hundredths of the size of the type; those of any other
/// font count as wide ones.
fn widest_of(character: char) -> u32 {
    match character {
        '\u{200b}' => 0,
        ' ' | '\u{a0}' | '\u{202f}' | '.' | ',' | ':' | ';' | '\'' | 'i' | 'j' | 'l' | 'I' => 30,
        'f' | 't' | 'r' | '(' | ')' | '/' | '-' | '·' => 48,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 96,
        'a'..='z' | '0'..='9' | '+' | '*' | '†' | '£' | '€' | '$' | '−' => 66,
        'A'..='Z' => 77,
        '–' => 70,
        'À'..='ƿ' => 100,
        _ => 140,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_text() {
        // Six digits and signs of 0.66, two of 0.30: 4.56 × 8.5 = 38.76.
        assert_eq!(points("£12,34.5", TEXT), 39);
        assert_eq!(column(["1", "£12,34.5"].into_iter(), "Net", 10), 39);
        assert_eq!(column(["1"].into_iter(), "Net", 10), points("Net", SMALL));
        assert_eq!(column([].into_iter(), "", 10), 10);
    }

    #[test]
    fn long_texts_take_more_lines() {
        assert_eq!(lines("", TEXT, 100), 1);
        assert_eq!(lines(&"a".repeat(100), TEXT, 100), 5); // 100 × 0.66 × 8.5 × 0.85 = 476.9
    }
}
