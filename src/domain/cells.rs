//! The cells of a row of the book, packed: one text and where each cell of it ends. A book of 100,000 customers with 80
//! columns each is held in memory as a whole; a text of its own for every cell would take several times as much. A copy shares
//! its text with what it is a copy of.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// The cells of a row. A cell that is set holds at least one letter; a blank one is none.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Cells {
    text: Arc<str>,
    ends: Ends,
}

/// Where the cells end in the text; hardly a row is longer than two bytes can say.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Ends {
    Short(Arc<[u16]>),
    Long(Arc<[u32]>),
}

impl Ends {
    fn of(ends: &[u32]) -> Self {
        let short = ends.iter().map(|end| u16::try_from(*end)).collect::<Result<Arc<[u16]>, _>>();
        short.map_or_else(|_| Self::Long(ends.into()), Self::Short)
    }

    fn len(&self) -> usize {
        match self {
            Self::Short(ends) => ends.len(),
            Self::Long(ends) => ends.len(),
        }
    }

    fn get(&self, position: usize) -> usize {
        match self {
            Self::Short(ends) => usize::from(ends[position]),
            Self::Long(ends) => ends[position] as usize,
        }
    }
}

impl Default for Ends {
    fn default() -> Self {
        Self::of(&[])
    }
}

impl Cells {
    /// So many blank cells.
    pub fn blank(width: usize) -> Self {
        Self { text: Arc::default(), ends: Ends::of(&vec![0; width]) }
    }

    /// How many cells there are, blank ones with them.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// No cell at all?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell; none if it is blank.
    ///
    /// # Panics
    /// Beyond the width.
    pub fn get(&self, position: usize) -> Option<&str> {
        let begin = if position == 0 { 0 } else { self.ends.get(position - 1) };
        let cell = &self.text[begin..self.ends.get(position)];
        (!cell.is_empty()).then_some(cell)
    }

    /// Sets a cell, or blanks it.
    ///
    /// # Panics
    /// Beyond the width.
    pub fn set(&mut self, position: usize, value: Option<&str>) {
        if self.get(position) != value {
            assert!(position < self.len(), "a cell beyond the row");
            *self = self.iter().enumerate().map(|(at, cell)| if at == position { value } else { cell }).collect();
        }
    }

    /// All cells in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Option<&str>> + ExactSizeIterator + Clone {
        (0..self.len()).map(|position| self.get(position))
    }

    /// The cells at some places, in that order; a place that is none is blank.
    pub fn arranged(&self, places: &[Option<usize>]) -> Self {
        places.iter().map(|place| place.and_then(|place| self.get(place))).collect()
    }

    /// The same cells with blank ones added or the last ones cut off.
    pub fn resized(&self, width: usize) -> Self {
        (0..width).map(|position| if position < self.len() { self.get(position) } else { None }).collect()
    }
}

impl<T: AsRef<str>> FromIterator<Option<T>> for Cells {
    /// # Panics
    /// If all texts together have more than 4 GiB.
    fn from_iter<I: IntoIterator<Item = Option<T>>>(cells: I) -> Self {
        let cells = cells.into_iter();
        let mut text = String::new();
        let mut ends = Vec::with_capacity(cells.size_hint().0);
        for cell in cells {
            text.push_str(cell.as_ref().map_or("", AsRef::as_ref));
            ends.push(u32::try_from(text.len()).expect("a row has less than 4 GiB"));
        }
        Self { text: text.into(), ends: Ends::of(&ends) }
    }
}

impl From<Vec<Option<String>>> for Cells {
    fn from(cells: Vec<Option<String>>) -> Self {
        cells.into_iter().collect()
    }
}

impl PartialOrd for Cells {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Cell by cell, blank before everything.
impl Ord for Cells {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_were_set() {
        let mut cells: Cells = [Some("A1"), None, Some("Ä&ß"), None].into_iter().collect();
        let shown =
            |cells: &Cells| cells.iter().map(|cell| cell.unwrap_or("-").to_owned()).collect::<Vec<_>>().join(" ");
        assert_eq!((cells.len(), shown(&cells).as_str()), (4, "A1 - Ä&ß -"));
        cells.set(1, Some("b"));
        cells.set(2, None);
        cells.set(3, Some("z"));
        assert_eq!(shown(&cells), "A1 b - z");
        assert_eq!(shown(&cells.resized(5)), "A1 b - z -");
        assert_eq!(shown(&cells.resized(1)), "A1");
        assert_eq!(shown(&cells.arranged(&[Some(3), None, Some(0)])), "z - A1");
        assert_eq!(shown(&Cells::blank(2)), "- -");
    }

    #[test]
    fn long_rows_are_rows_too() {
        let long = "x".repeat(70_000);
        let mut cells: Cells = [Some("a"), Some(long.as_str()), None, Some("z")].into_iter().collect();
        assert_eq!((cells.get(0), cells.get(1), cells.get(3)), (Some("a"), Some(long.as_str()), Some("z")));
        cells.set(1, None);
        assert_eq!(cells, [Some("a"), None, None, Some("z")].into_iter().collect());
    }

    #[test]
    fn an_empty_text_is_blank_and_blank_comes_first() {
        let row = |cells: &[Option<&str>]| cells.iter().copied().collect::<Cells>();
        assert_eq!(row(&[Some(""), Some("x")]), row(&[None, Some("x")]));
        assert!(row(&[None, Some("z")]) < row(&[Some("a"), None]));
        assert!(row(&[Some("ab"), None]) > row(&[Some("a"), Some("b")]));
    }
}
