//! The part of a sheet → its rows, one at a time, each with its typed cells from column A to the last that holds anything.
//! Keeps one row in memory. Rows and cells that come out of order or twice are refused: a value could hide behind them.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::merges::Merges;
use super::moments::{Moment, moment_of, moment_of_text};
use super::numbers::{decimal, shifted_decimal};
use super::package::Package;
use super::references::{MOST_COLUMNS, MOST_ROWS, letters, place_of};
use super::refused::Refused;
use super::styles::{Shown, Styles};
use super::texts::{Texts, decode, read_text, read_value};
use super::xml::{Part, Piece, Tag};
use super::{Cell, HiddenColumns, SheetFacts, SheetRow};

/// What a sheet may come to: a million rows of twenty cells.
pub(super) const LARGEST: u64 = 1 << 30;
/// Blank cells that are given before the last of a row, in all: 400,000 rows that say something only in their 42nd column. A
/// file of some kilobytes with one cell in the last column of each row would take a minute otherwise, and whoever keeps the
/// rows would keep gigabytes.
const MOST_FILLERS: u64 = 1 << 24;
/// Groups of hidden columns that are told.
const MOST_HIDDEN: usize = 1_000;

/// What cells need that is not in the sheet.
pub(super) struct Shared<'w> {
    pub texts: &'w Texts,
    pub styles: &'w Styles,
    pub from_1904: bool,
}

/// Takes each row that holds anything.
pub(super) type Each<'e> = &'e mut dyn FnMut(SheetRow<'_>) -> ControlFlow<()>;

/// Gives the rows of a sheet.
pub(super) fn read_sheet(
    package: &Package<'_>,
    part: &str,
    shared: Shared<'_>,
    each: Each<'_>,
) -> Result<SheetFacts, Refused> {
    let merges = Merges::read(package, part, LARGEST)?;
    let read = package.read(part, LARGEST, |part| Sheet::new(shared, merges).read(part, each))?;
    read.ok_or_else(|| Refused::strange(format!("lacks its part {part}")))
}

/// What a cell holds, its words in the buffer of the row.
#[derive(Clone, Copy)]
enum Held {
    Blank,
    Shared(u32),
    Words(Said, usize, usize),
    Moment(Moment),
    Flag(bool),
}

/// What kind of words.
#[derive(Clone, Copy)]
enum Said {
    Text,
    Number,
    Percent,
    Fault,
}

/// How a cell states its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Inline,
    Formula,
    Iso,
    Flag,
    Fault,
}

struct Sheet<'w> {
    shared: Shared<'w>,
    merges: Merges,
    facts: SheetFacts,
    row: u32,
    fillers: u64,
    held: Vec<Held>,
    words: String,
    value: String,
}

/// What a cell's tag says.
struct CellTag {
    column: u32,
    style: usize,
    kind: Kind,
}

impl<'w> Sheet<'w> {
    fn new(shared: Shared<'w>, merges: Merges) -> Self {
        let facts = SheetFacts { merged: merges.ranges.clone(), ..SheetFacts::default() };
        let (held, words, value) = (Vec::new(), String::new(), String::new());
        Self { shared, merges, facts, row: 0, fillers: 0, held, words, value }
    }

    fn read(mut self, part: &mut Part<'_>, each: Each<'_>) -> Result<SheetFacts, Refused> {
        let mut has_data = false;
        loop {
            match part.next()? {
                Piece::Open(tag) => match (tag.depth, tag.name()) {
                    (1, "worksheet") | (2, "cols") => {}
                    (1, _) => return Err(part.strange("holds no table")),
                    (3, "col") => self.add_columns(&tag)?,
                    (2, "sheetData") => {
                        if std::mem::replace(&mut has_data, true) {
                            return Err(part.strange("has its rows twice"));
                        }
                        if self.read_data(part, each)?.is_break() {
                            return Ok(self.facts);
                        }
                    }
                    (depth, _) => part.skip(depth)?,
                },
                Piece::End => return Ok(self.facts),
                _ => {}
            }
        }
    }

    fn add_columns(&mut self, tag: &Tag<'_>) -> Result<(), Refused> {
        let [first, last, hidden] = tag.attributes(["min", "max", "hidden"])?;
        let column = |stated: Option<Cow<'_, str>>| stated?.parse::<u32>().ok()?.checked_sub(1);
        if is_true(hidden.as_deref())
            && let (Some(first), Some(last)) = (column(first), column(last))
            && self.facts.hidden_columns.len() < MOST_HIDDEN
        {
            self.facts.hidden_columns.push(HiddenColumns { first, last: last.min(MOST_COLUMNS - 1) });
        }
        Ok(())
    }

    fn read_data(&mut self, part: &mut Part<'_>, each: Each<'_>) -> Result<ControlFlow<()>, Refused> {
        loop {
            match part.next()? {
                Piece::Open(tag) if tag.name() == "row" => {
                    let [number, hidden] = tag.attributes(["r", "hidden"])?;
                    let (number, hidden) = (self.row_number(number.as_deref())?, is_true(hidden.as_deref()));
                    self.row = number;
                    self.merges.enter(number)?;
                    self.read_row(part)?;
                    if self.give(hidden, each)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Piece::Open(tag) => {
                    let depth = tag.depth;
                    part.skip(depth)?;
                }
                Piece::Close(open) if open < 2 => return Ok(ControlFlow::Continue(())),
                _ => {}
            }
        }
    }

    /// Rows without a number follow the one before.
    fn row_number(&self, stated: Option<&str>) -> Result<u32, Refused> {
        let number = match stated {
            None => self.row + 1,
            Some(stated) => {
                let is_number = !stated.is_empty() && stated.bytes().all(|byte| byte.is_ascii_digit());
                let number = is_number.then(|| stated.parse().unwrap_or(u32::MAX));
                number.ok_or_else(|| Refused::strange(format!("has a row of the number {stated:?}")))?
            }
        };
        if number == 0 || number > MOST_ROWS {
            let stated = stated.map_or(number.to_string(), str::to_owned);
            return Err(Refused::strange(format!("has a row {stated}; a sheet has 1 to 1,048,576")));
        }
        if number <= self.row {
            return Err(Refused::strange(format!("has row {number} after row {}", self.row)));
        }
        Ok(number)
    }

    fn read_row(&mut self, part: &mut Part<'_>) -> Result<(), Refused> {
        self.held.clear();
        self.words.clear();
        let mut next = 0;
        loop {
            match part.next()? {
                Piece::Open(tag) if tag.name() == "c" => {
                    let cell = self.cell_tag(&tag, next)?;
                    next = cell.column + 1;
                    let held = self.read_cell(part, &cell).map_err(|refused| self.in_cell(cell.column, refused))?;
                    let is_blank = matches!(held, Held::Blank) || self.merges.cover(self.row, cell.column);
                    if !is_blank {
                        self.fillers += u64::from(cell.column) - self.held.len() as u64;
                        self.held.resize(cell.column as usize, Held::Blank);
                        self.held.push(held);
                    }
                }
                Piece::Open(tag) => {
                    let depth = tag.depth;
                    part.skip(depth)?;
                }
                Piece::Close(open) if open < 3 => return Ok(()),
                _ => {}
            }
        }
    }

    /// Cells without a place follow the one before.
    fn cell_tag(&self, tag: &Tag<'_>, next: u32) -> Result<CellTag, Refused> {
        let [place, style, kind] = tag.attributes(["r", "s", "t"])?;
        let column = match place.as_deref() {
            None => next,
            Some(place) => match place_of(place) {
                Some((column, row)) if row == self.row => column,
                Some(_) => return Err(Refused::strange(format!("has cell {place} in row {}", self.row))),
                None => {
                    let reason = format!("has a cell {place}; a sheet has A1 to XFD1048576");
                    return Err(Refused::strange(reason));
                }
            },
        };
        if column < next {
            let reason = "which comes twice or out of order".to_owned();
            return Err(Refused::strange(format!("has cell {}{}, {reason}", letters(column), self.row)));
        }
        if column >= MOST_COLUMNS {
            return Err(Refused::strange(format!("has more than 16,384 cells in row {}", self.row)));
        }
        let kind = match kind.as_deref() {
            None | Some("n") => Kind::Number,
            Some("s") => Kind::Shared,
            Some("inlineStr") => Kind::Inline,
            Some("str") => Kind::Formula,
            Some("d") => Kind::Iso,
            Some("b") => Kind::Flag,
            Some("e") => Kind::Fault,
            Some(kind) => return Err(self.in_cell(column, Refused::strange(format!("is of an unknown type {kind:?}")))),
        };
        let style = style.and_then(|style| style.parse().ok()).unwrap_or(0);
        Ok(CellTag { column, style, kind })
    }

    fn read_cell(&mut self, part: &mut Part<'_>, cell: &CellTag) -> Result<Held, Refused> {
        let (mut has_formula, mut has_value) = (false, false);
        let start = self.words.len();
        self.value.clear();
        loop {
            match part.next()? {
                Piece::Open(tag) => {
                    let depth = tag.depth;
                    match tag.name() {
                        "v" | "is" if has_value => return Err(Refused::strange("has two values")),
                        "v" => {
                            has_value = true;
                            read_value(part, depth, &mut self.value)?;
                        }
                        "is" => {
                            has_value = true;
                            read_text(part, depth, &mut self.words)?;
                        }
                        "f" => {
                            has_formula = true;
                            part.skip(depth)?;
                        }
                        _ => part.skip(depth)?,
                    }
                }
                Piece::Close(open) if open < 4 => break,
                _ => {}
            }
        }
        if cell.kind == Kind::Inline {
            return Ok(self.held_text(start));
        }
        // An empty text is a value that a formula can have; other empty values were never computed.
        let is_empty = self.value.trim().is_empty();
        if has_formula && is_empty && !(cell.kind == Kind::Formula && has_value) {
            return Ok(self.hold(Said::Fault, "a formula without a saved value"));
        }
        if is_empty && cell.kind != Kind::Formula {
            return Ok(Held::Blank);
        }
        self.held_value(cell)
    }

    /// What the value of a cell stands for, by its type and style.
    fn held_value(&mut self, cell: &CellTag) -> Result<Held, Refused> {
        let value = std::mem::take(&mut self.value);
        let stated = value.trim();
        let held = match cell.kind {
            Kind::Shared => {
                let place = stated.parse().ok();
                let place = place.filter(|place| self.shared.texts.get(*place).is_some());
                let place = place.ok_or_else(|| Refused::strange("has a text that is not in the workbook"))?;
                let is_empty = self.shared.texts.get(place).is_some_and(str::is_empty);
                if is_empty { Held::Blank } else { Held::Shared(place) }
            }
            Kind::Flag => match stated {
                "1" | "true" => Held::Flag(true),
                "0" | "false" => Held::Flag(false),
                _ => self.hold(Said::Fault, &format!("{stated:?}, which is neither true nor false")),
            },
            Kind::Fault => self.hold(Said::Fault, stated),
            Kind::Iso => match moment_of_text(stated) {
                Some(moment) => Held::Moment(moment),
                None => self.hold(Said::Text, stated),
            },
            Kind::Number => self.held_number(stated, cell.style),
            Kind::Inline | Kind::Formula => {
                let start = self.words.len();
                self.words.push_str(&value);
                decode(&mut self.words, start);
                self.held_text(start)
            }
        };
        self.value = value;
        Ok(held)
    }

    fn held_number(&mut self, stated: &str, style: usize) -> Held {
        let shown = self.shared.styles.shown(style);
        let is_exact =
            stated.len() <= 15 && !stated.starts_with('0') && stated.bytes().all(|byte| byte.is_ascii_digit());
        if is_exact && shown == Shown::Plain {
            return self.hold(Said::Number, stated);
        }
        let number = if shown == Shown::Percent { shifted_decimal(stated, 2) } else { decimal(stated) };
        match (number, shown) {
            (None, _) => self.hold(Said::Fault, &format!("the number {stated}, which is none that can be kept")),
            (Some(number), Shown::Plain) => self.hold(Said::Number, &number),
            (Some(number), Shown::Percent) => self.hold(Said::Percent, &number),
            (Some(number), Shown::Day) => match moment_of(&number, self.shared.from_1904) {
                Ok(moment) => Held::Moment(moment),
                Err(reason) => self.hold(Said::Fault, &format!("the number {number} as a day: {reason}")),
            },
        }
    }

    fn hold(&mut self, said: Said, words: &str) -> Held {
        let start = self.words.len();
        self.words.push_str(words);
        Held::Words(said, start, self.words.len())
    }

    /// The text that the buffer of the row has from a place on.
    fn held_text(&self, start: usize) -> Held {
        if start == self.words.len() { Held::Blank } else { Held::Words(Said::Text, start, self.words.len()) }
    }

    /// Gives the row that was read, if it holds anything.
    fn give(&mut self, hidden: bool, each: Each<'_>) -> Result<ControlFlow<()>, Refused> {
        if self.held.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        if self.fillers > MOST_FILLERS {
            let reason = "has too many blank cells before the last one of its rows";
            return Err(Refused::new(reason, "delete what is far to the right of the table, or split the sheet"));
        }
        self.facts.rows += 1;
        self.facts.hidden_rows += u32::from(hidden);
        let cells: Vec<Cell<'_>> = self.held.iter().map(|held| self.cell(*held)).collect();
        Ok(each(SheetRow { number: self.row, hidden, cells: &cells }))
    }

    fn cell(&self, held: Held) -> Cell<'_> {
        match held {
            Held::Blank => Cell::Blank,
            Held::Shared(place) => Cell::Text(Cow::Borrowed(self.shared.texts.get(place).unwrap_or_default())),
            Held::Words(said, start, end) => {
                let words = Cow::Borrowed(&self.words[start..end]);
                match said {
                    Said::Text => Cell::Text(words),
                    Said::Number => Cell::Number(words),
                    Said::Percent => Cell::Percent(words),
                    Said::Fault => Cell::Fault(words),
                }
            }
            Held::Moment((day, seconds)) => Cell::Moment { day, seconds },
            Held::Flag(flag) => Cell::Flag(flag),
        }
    }

    fn in_cell(&self, column: u32, refused: Refused) -> Refused {
        refused.within(&format!("cell {}{}", letters(column), self.row))
    }
}

fn is_true(stated: Option<&str>) -> bool {
    matches!(stated, Some("1" | "true" | "on"))
}
