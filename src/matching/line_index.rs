//! Identifier, extension and day → the line (CLI) that holds them (M2–M4, M6). Knows nothing of what is billed.

use std::ops::Range;

use super::Identity;
use super::identifier_groups::Groups;
use super::notes::Notes;
use crate::domain::book::{Book, CliId, CustomerId};
use crate::domain::disposition::Reason;
use crate::domain::time::{Date, DateRange};

/// All lines of the book by each identifier that means them.
#[derive(Debug)]
pub(super) struct LineIndex<'b> {
    book: &'b Book,
    /// Grouped by identifier; in each group those that it names first come before those that it is an alternate of.
    holders: Vec<Holder<'b>>,
    groups: Groups<'b>,
    /// How long identifiers are, in bytes, longest first; for suppliers that match by prefix (M4).
    lengths: Vec<usize>,
}

/// As much of a line and its customer as decides what becomes of a record. Copied, so that the holders of one identifier
/// lie side by side: lines and customers of the book lie far apart, and going from one to the other is most of the time
/// of a look-up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder<'b> {
    pub(super) id: CliId,
    pub(super) customer: CustomerId,
    valid: DateRange,
    extension: &'b str,
    /// Usage of it is never billed (M7).
    pub(super) exclude_usage: bool,
    /// The customer has gone: it has no more usage charges, even for calls before it went (B10).
    pub(super) is_gone: bool,
    /// The last day on which the customer's lines are in service (B10).
    pub(super) last_in_service: Option<Date>,
    /// The last day before the customer goes (M8).
    pub(super) last_before_drop: Option<Date>,
}

impl<'b> Holder<'b> {
    fn new(book: &'b Book, id: CliId) -> Self {
        let line = book.cli(id);
        let customer = book.customer(line.customer);
        Self {
            id,
            customer: line.customer,
            valid: line.valid,
            extension: &line.extension,
            exclude_usage: line.exclude_usage,
            is_gone: customer.status.is_gone(),
            last_in_service: customer.final_bill_date.filter(|_| !customer.status.is_gone()),
            last_before_drop: customer.dropped_date,
        }
    }

    /// After the final bill date of a customer that has not gone yet? Its lines are no longer in service (B10).
    pub(super) fn is_out_of_service(&self, date: Date) -> bool {
        self.last_in_service.is_some_and(|last| date > last)
    }

    /// Gone, or to go on a date before this one (M8)?
    pub(super) fn is_dropped(&self, date: Date) -> bool {
        self.is_gone || self.last_before_drop.is_some_and(|last| date > last)
    }

    /// For this very extension?
    fn is_own(&self, identity: &Identity) -> bool {
        match (self.extension, identity.extension) {
            ("", "") => true,
            (own, asked) => own == asked,
        }
    }

    /// For this extension, or for any that no other line holds (M3)?
    fn fits(&self, identity: &Identity) -> bool {
        self.extension.is_empty() || self.is_own(identity)
    }

    /// Fits, and on its day (M2)?
    fn holds(&self, identity: &Identity) -> bool {
        self.valid.contains(identity.date) && self.fits(identity)
    }
}

impl<'b> LineIndex<'b> {
    pub(super) fn new(book: &'b Book) -> Self {
        let mut entries: Vec<(&str, bool, CliId)> = Vec::with_capacity(book.clis.len());
        for (index, line) in book.clis.iter().enumerate() {
            let id = CliId::from_index(index);
            entries.push((&line.cli, false, id));
            entries.extend(line.alternates.iter().map(|alternate| (alternate.as_str(), true, id)));
        }
        entries.sort_unstable();

        let groups = Groups::new(&entries);
        let mut lengths: Vec<usize> = entries.iter().map(|entry| entry.0.len()).filter(|length| *length > 0).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        lengths.dedup();
        Self { book, holders: entries.into_iter().map(|(.., id)| Holder::new(book, id)).collect(), groups, lengths }
    }

    /// The line that holds an identifier on its day; else `unknown CLI` or `CLI not billable on date` (M6).
    /// By prefix (M4) the longest identifier of the book that is in force on the day wins, so that a number that left
    /// a range falls back to the range.
    pub(super) fn find(&self, identity: Identity, by_prefix: bool, notes: &mut Notes) -> Result<&Holder<'b>, Reason> {
        if !by_prefix {
            return self.find_exactly(identity, notes).inspect_err(|reason| {
                notes.add(|| format!("no line of the book holds it: {reason} (M6)"));
            });
        }
        let mut refusal = Reason::UnknownCli;
        for start in self.lengths.iter().filter_map(|length| identity.identifier.get(..*length)) {
            match self.find_exactly(Identity { identifier: start, ..identity }, notes) {
                Ok(holder) => return Ok(holder),
                Err(Reason::CliNotBillableOnDate) => refusal = Reason::CliNotBillableOnDate,
                Err(_) => {}
            }
        }
        notes.add(|| format!("no line of the book holds it or begins it: {refusal} (M4, M6)"));
        Err(refusal)
    }

    /// The lines of many identities, each to be found by exactly its identifier. First the places of all, then what lies
    /// there: so that the memory fetches the next ones while one is looked at.
    pub(super) fn find_each<'i>(
        &self,
        identities: impl Iterator<Item = Identity<'i>> + Clone,
    ) -> Vec<Result<&Holder<'b>, Reason>> {
        let groups: Vec<Range<u32>> = identities.clone().map(|identity| self.groups.get(identity.identifier)).collect();
        identities.zip(groups).map(|(identity, group)| holder_of(self.among(group), &identity)).collect()
    }

    /// The line among the holders of exactly this identifier.
    fn find_exactly(&self, identity: Identity, notes: &mut Notes) -> Result<&Holder<'b>, Reason> {
        let holders = self.among(self.groups.get(identity.identifier));
        notes.add_all(|| holders.iter().map(|holder| self.verdict(holder, &identity)).collect());
        holder_of(holders, &identity)
    }

    fn among(&self, group: Range<u32>) -> &[Holder<'b>] {
        &self.holders[group.start as usize..group.end as usize]
    }

    /// `line +4420… of A001 (Acme Ltd), from 2026-01-01, extension 12: holds it on 2026-03-02`.
    fn verdict(&self, holder: &Holder, identity: &Identity) -> String {
        let line = self.book.cli(holder.id);
        let verdict = match (holder.fits(identity), holder.holds(identity)) {
            (false, _) => "is for another extension (M3)".to_owned(),
            (true, false) => format!("does not hold it on {} (M2)", identity.date),
            (true, true) => format!("holds it on {} (M2)", identity.date),
        };
        let customer = self.book.customer(line.customer);
        let extension =
            if line.extension.is_empty() { String::new() } else { format!(", extension {}", line.extension) };
        format!("line {} of {} ({}), {}{extension}: {verdict}", line.cli, customer.account, customer.name, line.valid)
    }
}

/// M2 and M3: the line for this very extension, else the line without extension, which catches all that no other line
/// holds on the day.
fn holder_of<'h, 'b>(holders: &'h [Holder<'b>], identity: &Identity) -> Result<&'h Holder<'b>, Reason> {
    let on_the_day = holders.iter().filter(|holder| holder.holds(identity));
    match on_the_day.min_by_key(|holder| !holder.is_own(identity)) {
        Some(holder) => Ok(holder),
        None if holders.iter().any(|holder| holder.fits(identity)) => Err(Reason::CliNotBillableOnDate),
        None => Err(Reason::UnknownCli),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_book::*;
    use super::*;
    use crate::domain::customer::Cli;

    const NUMBER: &str = "+442079460018";

    /// Lines as (identifier, extension, dates); alternates of the first are given apart.
    fn check(lines: &[(&str, &str, &str)], alternates: &[&str], asked: (&str, &str), by_prefix: bool) -> String {
        let mut book = book();
        book.customers = vec![customer("A001")];
        for (identifier, extension, valid) in lines {
            let line = Cli { extension: (*extension).into(), valid: dates(valid), ..line(identifier, 0) };
            book.clis.push(line);
        }
        book.clis[0].alternates = alternates.iter().map(|alternate| (*alternate).into()).collect();
        let (identifier, extension) = asked;
        let identity = Identity { supplier: GAMMA, identifier, extension, date: date("2026-03-02") };
        match LineIndex::new(&book).find(identity, by_prefix, &mut Notes::silent()) {
            Ok(holder) => holder.id.0.to_string(),
            Err(reason) => reason.to_string(),
        }
    }

    #[test]
    fn the_day_decides_who_holds_an_identifier() {
        // M2: two customers one after the other; M6: neither on the day.
        let moved = [(NUMBER, "", "..2026-03-01"), (NUMBER, "", "2026-03-02..")];
        assert_eq!(check(&moved, &[], (NUMBER, ""), false), "1");
        let gap = [(NUMBER, "", "..2026-03-01"), (NUMBER, "", "2026-03-03..")];
        assert_eq!(check(&gap, &[], (NUMBER, ""), false), "CLI not billable on date");
        let last_day = [(NUMBER, "", "..2026-03-02")];
        assert_eq!(check(&last_day, &[], (NUMBER, ""), false), "0", "X6: the end is in the range");
        assert_eq!(check(&gap, &[], ("+442079460019", ""), false), "unknown CLI");
    }

    #[test]
    fn alternates_mean_the_same_line() {
        assert_eq!(check(&[("TRUNK-7", "", "..")], &[NUMBER], (NUMBER, ""), false), "0", "M3");
        let both = [("TRUNK-7", "", ".."), (NUMBER, "", "..")];
        assert_eq!(check(&both, &[NUMBER], (NUMBER, ""), false), "1", "M3: its own name before another's alternate");
    }

    #[test]
    fn an_extension_must_match_exactly() {
        let lines = [(NUMBER, "", ".."), (NUMBER, "101", ".."), (NUMBER, "102", "..2026-03-01")];
        // (extension of the record, line)
        let rows = [("101", "1"), ("103", "0"), ("", "0"), ("102", "0"), ("0101", "0")];
        for (extension, expected) in rows {
            assert_eq!(check(&lines, &[], (NUMBER, extension), false), expected, "M3: extension {extension}");
        }
        let only_101 = [(NUMBER, "101", "..")];
        assert_eq!(check(&only_101, &[], (NUMBER, "102"), false), "unknown CLI", "M3");
        assert_eq!(check(&only_101, &[], (NUMBER, ""), false), "unknown CLI", "M3: no extension is not 101");
        let was_102 = [(NUMBER, "102", "..2026-03-01")];
        assert_eq!(check(&was_102, &[], (NUMBER, "102"), false), "CLI not billable on date", "M6");
    }

    #[test]
    fn by_prefix_the_longest_identifier_in_force_wins() {
        let lines = [("+44207946", "", ".."), ("+4420794600", "", ".."), (NUMBER, "", "..2026-03-01")];
        // M4, and a number that left its range falls back to the range.
        let rows = [(NUMBER, "1"), ("+442079469999", "0"), ("+44207946", "0"), ("+4420794", "unknown CLI")];
        for (asked, expected) in rows {
            assert_eq!(check(&lines, &[], (asked, ""), true), expected, "M4: {asked}");
        }
        assert_eq!(check(&lines, &[], ("+442079469999", ""), false), "unknown CLI", "M4: exact is exact");
        let ended = [("+44207946", "", "..2026-03-01")];
        assert_eq!(check(&ended, &[], (NUMBER, ""), true), "CLI not billable on date", "M6");
        assert_eq!(check(&[("É", "", "..")], &[], ("Éa", ""), true), "0", "identifiers need not be ASCII");
    }
}
