//! What matching says about its steps when somebody asks why; costs nothing when nobody does.

/// Sentences, or nothing at all.
#[derive(Debug)]
pub(super) struct Notes(Option<Vec<String>>);

impl Notes {
    /// Takes no notes.
    pub(super) fn silent() -> Self {
        Self(None)
    }

    /// Keeps every note.
    pub(super) fn kept() -> Self {
        Self(Some(Vec::new()))
    }

    /// Adds a sentence; it is only made if it is kept.
    #[inline]
    pub(super) fn add(&mut self, note: impl FnOnce() -> String) {
        self.add_all(|| vec![note()]);
    }

    /// Adds sentences; they are only made if they are kept.
    #[inline]
    pub(super) fn add_all(&mut self, notes: impl FnOnce() -> Vec<String>) {
        if let Some(lines) = &mut self.0 {
            lines.extend(notes());
        }
    }

    /// All that was kept.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.0.unwrap_or_default()
    }
}
