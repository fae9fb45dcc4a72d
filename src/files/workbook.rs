//! The bytes of an .xlsx workbook → the cells of one sheet, row by row: texts, numbers as exact decimals, days. Formulas
//! give the value that was saved with them. Writes nothing, knows nothing of what cells mean.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use super::archive::Archive;

/// What every .xlsx file begins with.
pub const ARCHIVE_START: &[u8] = b"PK\x03\x04";

/// One sheet.
#[derive(Debug, PartialEq, Eq)]
pub struct WorkbookSheet {
    /// Its name.
    pub name: String,
    /// Rows that hold anything, with their numbers from 1.
    pub rows: Vec<(u64, Vec<Cell>)>,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// Words.
    Text(String),
    /// A number in its shortest decimal form, to the 15 digits that a spreadsheet keeps.
    Number(String),
    /// A day, in days since 1970-01-01; with a time of day or without.
    Day(i32, bool),
    /// An error, as `#REF!`.
    Fault(String),
}

/// The sheet of a name, whatever its capitals, else the first.
///
/// # Errors
/// Why it is no workbook that can be read.
pub fn read_workbook(bytes: &[u8], wanted: &str) -> Result<WorkbookSheet, String> {
    let archive = Archive::open(bytes)?;
    let text = archive.text("xl/workbook.xml")?.ok_or("is an archive, but no .xlsx workbook")?;
    let document = parse(&text, "xl/workbook.xml")?;
    let from_1904 =
        elements(&document, "workbookPr").any(|node| matches!(node.attribute("date1904"), Some("1" | "true")));
    let sheets: Vec<(&str, &str)> = elements(&document, "sheet")
        .filter_map(|node| Some((node.attribute("name")?, any_namespace(node, "id")?)))
        .collect();
    let named = sheets.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let (name, id) = named.or(sheets.first()).ok_or("has no sheet")?;
    let path = part_of(&archive, id)?;
    let sheet = archive.text(&path)?.ok_or_else(|| format!("lacks its part {path}"))?;
    let reading = Reading { texts: shared_texts(&archive)?, is_day: day_styles(&archive)?, from_1904 };
    Ok(WorkbookSheet { name: (*name).to_owned(), rows: reading.rows(&parse(&sheet, &path)?)? })
}

fn parse<'t>(text: &'t str, part: &str) -> Result<Document<'t>, String> {
    Document::parse(text).map_err(|error| format!("its part {part} cannot be read: {error}"))
}

fn elements<'a>(document: &'a Document<'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(move |node| node.tag_name().name() == name)
}

fn any_namespace<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// Where the part is that the workbook calls by an id.
fn part_of(archive: &Archive, id: &str) -> Result<String, String> {
    let relations = "xl/_rels/workbook.xml.rels";
    let text = archive.text(relations)?.ok_or_else(|| format!("lacks its part {relations}"))?;
    let document = parse(&text, relations)?;
    let target = elements(&document, "Relationship").find(|node| node.attribute("Id") == Some(id));
    let target = target.and_then(|node| node.attribute("Target")).ok_or("does not say where its sheet is")?;
    Ok(match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    })
}

fn shared_texts(archive: &Archive) -> Result<Vec<String>, String> {
    let part = "xl/sharedStrings.xml";
    let Some(text) = archive.text(part)? else { return Ok(Vec::new()) };
    Ok(elements(&parse(&text, part)?, "si").map(text_of).collect())
}

/// All text of an element but for what says how it is pronounced.
fn text_of(node: Node<'_, '_>) -> String {
    let pronounced = |node: &Node<'_, '_>| node.ancestors().any(|above| above.tag_name().name() == "rPh");
    let parts = node.descendants().filter(|node| node.tag_name().name() == "t" && !pronounced(node));
    parts.filter_map(|node| node.text()).collect()
}

/// By style: does it show a number as a day?
fn day_styles(archive: &Archive) -> Result<Vec<bool>, String> {
    let part = "xl/styles.xml";
    let Some(text) = archive.text(part)? else { return Ok(Vec::new()) };
    let document = parse(&text, part)?;
    let formats: BTreeMap<&str, &str> = elements(&document, "numFmt")
        .filter_map(|node| Some((node.attribute("numFmtId")?, node.attribute("formatCode")?)))
        .collect();
    let is_day = |node: Node<'_, '_>| {
        let id = node.attribute("numFmtId").unwrap_or("0");
        match formats.get(id) {
            Some(format) => shows_day(format),
            None => matches!(id.parse(), Ok(14_u32..=17 | 22 | 27..=31 | 36 | 50..=54 | 57..=58)),
        }
    };
    let styles = elements(&document, "cellXfs").flat_map(|node| node.children());
    Ok(styles.filter(|node| node.tag_name().name() == "xf").map(is_day).collect())
}

/// A format with a day or a year in it, outside of quotes and brackets.
fn shows_day(format: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    format.chars().any(|letter| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        match letter {
            '\\' | '_' | '*' => escaped = true,
            '"' => quoted = !quoted,
            '[' => bracketed = true,
            ']' => bracketed = false,
            'd' | 'D' | 'y' | 'Y' => return !quoted && !bracketed,
            _ => {}
        }
        false
    })
}

struct Reading {
    texts: Vec<String>,
    is_day: Vec<bool>,
    from_1904: bool,
}

impl Reading {
    fn rows(&self, sheet: &Document<'_>) -> Result<Vec<(u64, Vec<Cell>)>, String> {
        let mut rows = Vec::new();
        let mut number = 0;
        for row in elements(sheet, "row") {
            number = match row.attribute("r") {
                Some(stated) => stated.parse().map_err(|_| format!("has a row {stated:?}"))?,
                None => number + 1,
            };
            let mut cells = Vec::new();
            for cell in row.children().filter(|node| node.tag_name().name() == "c") {
                let place = cell.attribute("r").map_or(Some(cells.len()), column_of);
                let place = place.filter(|place| *place < MOST_COLUMNS).ok_or("has a cell beyond its columns")?;
                if cells.len() <= place {
                    cells.resize(place + 1, Cell::Blank);
                }
                cells[place] = self.cell(cell);
            }
            if cells.iter().any(|cell| *cell != Cell::Blank) {
                rows.push((number, cells));
            }
        }
        Ok(rows)
    }

    fn cell(&self, cell: Node<'_, '_>) -> Cell {
        let child = |name: &str| cell.children().find(|node| node.tag_name().name() == name);
        let value = child("v").and_then(|node| node.text()).unwrap_or("").trim();
        let text = |text: String| if text.is_empty() { Cell::Blank } else { Cell::Text(text) };
        match cell.attribute("t").unwrap_or("n") {
            "s" => text(value.parse().ok().and_then(|place: usize| self.texts.get(place)).cloned().unwrap_or_default()),
            "inlineStr" => text(child("is").map(text_of).unwrap_or_default()),
            "str" | "d" => text(value.to_owned()),
            "b" => text(if value == "1" { "TRUE" } else { "FALSE" }.to_owned()),
            "e" => Cell::Fault(value.to_owned()),
            _ if value.is_empty() && child("f").is_some() => Cell::Fault("a formula without a saved value".to_owned()),
            _ if value.is_empty() => Cell::Blank,
            _ => {
                let style = cell.attribute("s").and_then(|style| style.parse::<usize>().ok()).unwrap_or(0);
                match decimal(value) {
                    Some(number) if self.is_day.get(style) == Some(&true) => self.day(number),
                    Some(number) => Cell::Number(number),
                    None => Cell::Text(value.to_owned()),
                }
            }
        }
    }

    /// Days are counted from the end of 1899, or from the beginning of 1904.
    fn day(&self, number: String) -> Cell {
        let (whole, rest) = number.split_once('.').unwrap_or((&number, ""));
        let epoch = if self.from_1904 { 24_107 } else { 25_569 };
        match whole.parse::<i32>() {
            Ok(days) if (1..3_000_000).contains(&days) => Cell::Day(days - epoch, !rest.is_empty()),
            _ => Cell::Number(number),
        }
    }
}

/// Columns that are looked at.
const MOST_COLUMNS: usize = 1_024;

/// `B7` → 1.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_uppercase);
    let column = letters
        .fold(0_usize, |column, letter| column.saturating_mul(26).saturating_add(usize::from(letter - b'A') + 1));
    column.checked_sub(1)
}

/// A number as XML has it (`1.5E-2`, `120.30000000000001`) → its shortest decimal form, rounded to 15 digits. None for what
/// is no number, or has more than 40 places.
fn decimal(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
    let mut point = i64::try_from(whole.len()).ok()? + exponent;
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..zeros);
    point -= i64::try_from(zeros).ok()?;
    if digits.len() > KEPT_DIGITS {
        let round_up = digits[KEPT_DIGITS] >= 5;
        digits.truncate(KEPT_DIGITS);
        if round_up && add_one(&mut digits) {
            point += 1;
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    if digits.is_empty() {
        return Some("0".into());
    }
    if !(-20..=20).contains(&point) {
        return None;
    }
    let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let point = usize::try_from(point).map_err(|_| usize::try_from(-point).unwrap_or_default());
    Some(match point {
        Err(zeros) => format!("{sign}0.{}{text}", "0".repeat(zeros)),
        Ok(0) => format!("{sign}0.{text}"),
        Ok(point) if point >= text.len() => format!("{sign}{text}{}", "0".repeat(point - text.len())),
        Ok(point) => format!("{sign}{}.{}", &text[..point], &text[point..]),
    })
}

const KEPT_DIGITS: usize = 15;

/// Adds one to the last digit; true if a digit was put before the first.
fn add_one(digits: &mut Vec<u8>) -> bool {
    for digit in digits.iter_mut().rev() {
        *digit += 1;
        if *digit < 10 {
            return false;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_to_fifteen_digits() {
        for (text, expected) in [
            ("120.5", Some("120.5")),
            ("120.30000000000001", Some("120.3")),
            ("0.30000000000000004", Some("0.3")),
            ("29.999999999999996", Some("30")),
            ("99999999999999.996", Some("100000000000000")),
            ("1001", Some("1001")),
            ("1001.0", Some("1001")),
            ("1.5E-2", Some("0.015")),
            ("1E3", Some("1000")),
            ("-0.005", Some("-0.005")),
            ("0", Some("0")),
            ("0.00", Some("0")),
            (".5", Some("0.5")),
            ("1E99", None),
            ("", None),
            ("1,5", None),
        ] {
            assert_eq!(decimal(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn formats_that_show_days_are_known() {
        for (format, expected) in [
            ("yyyy\\-mm\\-dd", true),
            ("dd/mm/yy;@", true),
            ("[$-809]d mmmm yyyy", true),
            ("#,##0.00", false),
            ("\"day\" 0.00", false),
            ("[Red]0.00", false),
            ("hh:mm", false),
        ] {
            assert_eq!(shows_day(format), expected, "{format}");
        }
    }

    #[test]
    fn columns_are_counted_from_their_letters() {
        assert_eq!(["A1", "Z9", "AA3", "AZ12", "7"].map(column_of), [Some(0), Some(25), Some(26), Some(51), None]);
    }
}
