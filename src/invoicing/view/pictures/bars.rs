//! Values → upright bars: how far each rises above the line of nothing, or hangs below it.

use serde::Serialize;

use crate::domain::bill::{Amount, Bill, MonthlySpend};
use crate::domain::money::Money;
use crate::invoicing::language::Style;

/// Bars side by side.
#[derive(Serialize)]
pub(super) struct Bars {
    title: String,
    note: String,
    /// All of it in a sentence, for those who do not see it.
    alternative: String,
    /// How much of the height lies below the line of nothing, in thousandths.
    below: u32,
    bars: Vec<Bar>,
}

#[derive(Serialize)]
struct Bar {
    label: String,
    value: String,
    /// Above and below the line of nothing, in thousandths of the whole height.
    up: u32,
    down: u32,
    /// The one that the picture is about.
    is_marked: bool,
}

/// A bar before its length is known.
pub(super) struct Value {
    /// What stands below it.
    pub(super) label: String,
    /// What it is called in the sentence.
    pub(super) name: String,
    /// What stands at its end.
    pub(super) text: String,
    /// How long it is, in any unit.
    pub(super) length: i128,
}

impl Bars {
    /// Bars with their lengths; the `marked` one is drawn stronger.
    pub(super) fn new(title: String, note: String, values: Vec<Value>, marked: Option<usize>, style: Style) -> Self {
        let highest = values.iter().map(|value| value.length).max().unwrap_or(0).max(0);
        let lowest = values.iter().map(|value| value.length).min().unwrap_or(0).min(0);
        let range = highest - lowest;
        let alternative = alternative(&title, values.iter().map(|value| (&*value.name, &*value.text)), style);
        let bar = |(place, value): (usize, Value)| Bar {
            up: thousandths(value.length.max(0), range),
            down: thousandths((-value.length).max(0), range),
            label: value.label,
            value: value.text,
            is_marked: marked == Some(place),
        };
        Self {
            note,
            alternative,
            below: thousandths(-lowest, range),
            bars: values.into_iter().enumerate().map(bar).collect(),
            title,
        }
    }
}

/// A part of a whole in thousandths; what is anything at all can be seen.
pub(super) fn thousandths(part: i128, whole: i128) -> u32 {
    if part <= 0 || whole <= 0 {
        return 0;
    }
    u32::try_from(part * 1_000 / whole).unwrap_or(1_000).clamp(LEAST_SEEN, 1_000)
}

const LEAST_SEEN: u32 = 6;

/// A picture in a sentence.
pub(super) fn alternative<'a>(title: &str, values: impl Iterator<Item = (&'a str, &'a str)>, style: Style) -> String {
    let value =
        |(name, amount): (&str, &str)| style.language.fill("pictures.value", &[("name", name), ("amount", amount)]);
    let values = values.map(value).collect::<Vec<_>>().join("; ");
    style.language.fill("pictures.alternative", &[("title", title), ("values", &values)])
}

/// What invoices came to, month by month, this one last.
pub(super) fn spend(bill: &Bill, history: &[MonthlySpend], style: Style) -> Bars {
    let this = (bill.invoice_date, bill.totals.net.money);
    let all = history.iter().map(|past| (past.date, past.net)).chain([this]);
    let value = |(date, net): (_, Money)| Value {
        label: style.language.month_year(date),
        name: style.language.long_date(date),
        text: style.amount(Amount { money: net, digits: bill.totals.net.digits }),
        length: net.minor().into(),
    };
    let values: Vec<Value> = all.map(value).collect();
    let note = if history.is_empty() { "pictures.spend_first" } else { "pictures.spend_note" };
    let last = values.len() - 1;
    Bars::new(style.word("pictures.spend"), style.word(note), values, Some(last), style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::invoicing::samples;

    #[test]
    fn lengths_are_parts_of_the_whole_height() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let of = |lengths: &[i128]| {
            let value = |length: &i128| Value {
                label: String::new(),
                name: "n".into(),
                text: length.to_string(),
                length: *length,
            };
            let bars = Bars::new("T".into(), String::new(), lengths.iter().map(value).collect(), None, style);
            (bars.below, bars.bars.iter().map(|bar| (bar.up, bar.down)).collect::<Vec<_>>(), bars.alternative)
        };
        let (below, bars, text) = of(&[50, 100, 0]);
        assert_eq!((below, bars), (0, vec![(500, 0), (1_000, 0), (0, 0)]));
        assert_eq!(text, "Bar chart: T. n: 50; n: 100; n: 0.");
        // From −50 to 150: the line of nothing is a quarter up.
        assert_eq!(of(&[150, -50]).1, [(750, 0), (0, 250)]);
        assert_eq!(of(&[150, -50]).0, 250);
        assert_eq!(of(&[0, 0]).1, [(0, 0), (0, 0)]);
        assert_eq!(of(&[1_000_000, 1]).1, [(1_000, 0), (6, 0)], "what is anything can be seen");
        assert_eq!(of(&[]).1, []);
    }

    #[test]
    fn this_invoice_is_the_last_bar() {
        let languages = samples::languages();
        let style = Style::new(languages.default(), Currency::GBP);
        let bars = spend(&samples::short(), &samples::history(2, 2_995), style);
        let texts: Vec<_> = bars.bars.iter().map(|bar| (&*bar.label, &*bar.value, bar.is_marked)).collect();
        assert_eq!(texts, [("Sep 26", "£32.04", false), ("Oct 26", "£28.15", false), ("Nov 26", "£29.95", true)]);
        assert_eq!(spend(&samples::short(), &[], style).bars.len(), 1);
    }
}
