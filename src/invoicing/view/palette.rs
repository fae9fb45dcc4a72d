//! The organisation's colour → the colours of its documents, each legible where it is used. All in integers.

use serde::Serialize;

/// The accent of an organisation that has no colour of its own.
const DEFAULT_ACCENT: Colour = Colour([0x1f, 0x3a, 0x5f]);
const WHITE: Colour = Colour([255; 3]);
const INK: Colour = Colour([0x17, 0x1c, 0x26]);

/// The least contrast of text with its background, in hundredths (WCAG 2 level AA).
const LEGIBLE: u64 = 450;

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour([u8; 3]);

/// The colours of a document, as `#rrggbb`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(in crate::invoicing) struct Palette {
    /// Rules and filled areas: the organisation's own.
    pub(in crate::invoicing) accent: String,
    /// Text on the accent.
    pub(in crate::invoicing) on_accent: String,
    /// The accent as text on white: the same, or darker until it can be read.
    accent_text: String,
    /// A very light background.
    pub(super) tint: String,
}

impl Palette {
    /// From `#rrggbb`, or from nothing for the default; `None` if it is neither.
    pub(in crate::invoicing) fn from_accent(colour: &str) -> Option<Self> {
        let accent = if colour.is_empty() { DEFAULT_ACCENT } else { Colour::parse(colour)? };
        let on_accent = if contrast(accent, WHITE) >= contrast(accent, INK) { WHITE } else { INK };
        let mut accent_text = accent;
        while contrast(accent_text, WHITE) < LEGIBLE {
            accent_text = accent_text.mixed(Colour([0; 3]), 10);
        }
        Some(Self {
            accent: accent.to_text(),
            on_accent: on_accent.to_text(),
            accent_text: accent_text.to_text(),
            tint: accent.mixed(WHITE, 93).to_text(),
        })
    }
}

impl Colour {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        let signless = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if signless { Some(Self([channel(0)?, channel(2)?, channel(4)?])) } else { None }
    }

    fn to_text(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// `percent` of the other colour, the rest of this one.
    fn mixed(self, other: Self, percent: u32) -> Self {
        let mut mixed = self;
        for (channel, of_other) in mixed.0.iter_mut().zip(other.0) {
            let sum = u32::from(*channel) * (100 - percent) + u32::from(of_other) * percent;
            *channel = u8::try_from(sum / 100).expect("a mean of two bytes is a byte");
        }
        mixed
    }

    /// Relative luminance, 0 to 65,025 × 10,000, with a gamma of 2 instead of sRGB's 2.4: near enough to choose by.
    fn luminance(self) -> u64 {
        let [red, green, blue] = self.0.map(|channel| u64::from(channel) * u64::from(channel));
        2126 * red + 7152 * green + 722 * blue
    }
}

/// Contrast of two colours as WCAG 2 defines it, in hundredths: 100 to 2,100.
fn contrast(one: Colour, other: Colour) -> u64 {
    // WCAG adds 0.05 of white's luminance to both sides, for light that falls on the page.
    let flare = WHITE.luminance() / 20;
    let (one, other) = (one.luminance() + flare, other.luminance() + flare);
    100 * one.max(other) / one.min(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(colour: &str, on_accent: &str, accent_text: &str) {
        let palette = Palette::from_accent(colour).expect(colour);
        assert_eq!((palette.on_accent.as_str(), palette.accent_text.as_str()), (on_accent, accent_text), "{colour}");
        let of = |text: &str| Colour::parse(text).expect(text);
        assert!(contrast(of(&palette.accent), of(on_accent)) >= LEGIBLE, "{colour}: text on the accent");
        assert!(contrast(of(accent_text), WHITE) >= LEGIBLE, "{colour}: accent as text");
        assert!(contrast(of(&palette.tint), INK) >= 1_000, "{colour}: text on the tint");
    }

    #[test]
    fn text_can_be_read_on_any_accent() {
        check("", "#ffffff", "#1f3a5f");
        check("#0b5fff", "#ffffff", "#0b5fff");
        check("#000000", "#ffffff", "#000000");
        check("#ffd400", "#171c26", "#786300");
        check("#ffffff", "#171c26", "#6c6c6c");
        check("#00FF7F", "#171c26", "#007839");
    }

    #[test]
    fn every_grey_and_primary_mix_is_legible() {
        for step in 0..=255_u8 {
            for colour in [[step; 3], [255, step, 0], [0, 255, step], [step, 0, 255]] {
                let text = Colour(colour).to_text();
                let palette = Palette::from_accent(&text).expect("a colour");
                let of = |text: &str| Colour::parse(text).expect(text);
                assert!(contrast(of(&palette.accent), of(&palette.on_accent)) >= 390, "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["red", "#fff", "#12345g", "0b5fff", "#+1+2+3", "#é1234"] {
            assert_eq!(Palette::from_accent(text), None, "{text}");
        }
    }
}
