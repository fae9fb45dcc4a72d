//! [`UsageRecord`] → [`MatchedUsage`], [`ServiceLine`] → [`MatchedService`]: whose it is (M1–M9), what kind of usage
//! it is (C1), which product it is (P7). Does not price anything, reads no file, keeps no state between records.
//!
//! The order of M9 stands in one place, `Matcher::matched`.

mod classification;
mod identifier_groups;
mod line_index;
mod notes;
mod service_codes;
#[cfg(test)]
mod test_book;

use ahash::AHashSet;

use crate::domain::book::{Book, CallTypeId, CliId, CustomerId, ProductId, SupplierId};
use crate::domain::charge::{MatchedService, ServiceLine, ServiceSetAside};
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::time::Date;
use crate::domain::usage::{ClassifiedBy, Direction, MatchedUsage, SetAside, UsageMatch, UsageRecord, WhyAside};
use classification::Classification;
use line_index::{Holder, LineIndex};
use notes::Notes;
use service_codes::ServiceCodes;

/// The book, indexed for matching. Built once per run, shared by all threads.
#[derive(Debug)]
pub struct Matcher<'b> {
    book: &'b Book,
    ignored: AHashSet<(Option<SupplierId>, &'b str)>,
    lines: LineIndex<'b>,
    classification: Classification<'b>,
    service_codes: ServiceCodes<'b>,
}

/// What is known of a record when a reason of M9 stops it.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    cli: Option<CliId>,
    customer: Option<CustomerId>,
    call_type: Option<CallTypeId>,
}

/// What usage and service lines have in common: an identifier in a supplier's file on a day.
#[derive(Clone, Copy, Debug)]
struct Identity<'a> {
    supplier: SupplierId,
    identifier: &'a str,
    extension: &'a str,
    date: Date,
}

impl Known {
    fn aside(self, reason: Reason) -> WhyAside {
        let Self { cli, customer, call_type } = self;
        WhyAside { disposition: disposition_of(reason), reason, cli, customer, call_type }
    }
}

impl<'a> Identity<'a> {
    fn of(supplier: SupplierId, record: &'a UsageRecord) -> Self {
        Self { supplier, identifier: &record.cli, extension: &record.extension, date: record.started.civil.date }
    }
}

impl<'b> Matcher<'b> {
    /// Indexes a book.
    pub fn new(book: &'b Book) -> Self {
        Self {
            book,
            ignored: book.ignored.iter().map(|row| (row.supplier, row.identifier.as_str())).collect(),
            lines: LineIndex::new(book),
            classification: Classification::new(book),
            service_codes: ServiceCodes::new(book),
        }
    }

    /// Finds the line, the customer and the call type of a record, or the first reason of M9 why it goes no further.
    pub fn match_usage(&self, supplier: SupplierId, record: UsageRecord) -> Result<MatchedUsage, Box<SetAside>> {
        match self.find(supplier, &record) {
            Ok(found) => Ok(MatchedUsage::new(record, found, self.book.cli(found.cli).cost_centre)),
            Err(why) => Err(Box::new(SetAside::new(record, why))),
        }
    }

    /// The same without the record.
    pub fn find(&self, supplier: SupplierId, record: &UsageRecord) -> Result<UsageMatch, WhyAside> {
        let mut known = Known::default();
        let found = self.matched(supplier, record, &mut known, &mut Notes::silent());
        found.map_err(|reason| known.aside(reason))
    }

    /// The same for many records, in their order; faster than one by one.
    pub fn find_each(&self, supplier: SupplierId, records: &[UsageRecord]) -> Vec<Result<UsageMatch, WhyAside>> {
        if self.book.supplier(supplier).longest_prefix {
            return records.iter().map(|record| self.find(supplier, record)).collect();
        }
        let lines = self.lines.find_each(records.iter().map(|record| Identity::of(supplier, record)));
        let silent = &mut Notes::silent();
        let found = records.iter().zip(lines).map(|(record, line)| {
            let mut known = Known::default();
            let found = self.matched_to(supplier, record, |_| line, &mut known, silent);
            found.map_err(|reason| known.aside(reason))
        });
        found.collect()
    }

    /// The call type of a record, whoever's it is (C1).
    pub fn classify(&self, supplier: SupplierId, record: &UsageRecord) -> Option<(CallTypeId, ClassifiedBy)> {
        self.classification.find(supplier, record, &mut Notes::silent())
    }

    /// Finds the line, the customer and the product of a service line (P7), or the reason why it goes no further.
    /// `import` is carried through: it says which import the line came with.
    pub fn match_service(
        &self,
        supplier: SupplierId,
        import: i64,
        line: ServiceLine,
    ) -> Result<MatchedService, Box<ServiceSetAside>> {
        let mut known = Known::default();
        match self.product_of(supplier, &line, &mut known) {
            Ok((cli, product)) => {
                Ok(MatchedService { line, import, cli, customer: self.book.cli(cli).customer, product })
            }
            Err(reason) => Err(Box::new(ServiceSetAside {
                line,
                disposition: disposition_of(reason),
                reason,
                customer: known.customer,
            })),
        }
    }

    /// In words: which line and why, which call type and why, with hints at near misses. The same code as
    /// [`Self::match_usage`], made to take notes.
    pub fn explain_match(&self, supplier: SupplierId, record: &UsageRecord) -> Vec<String> {
        let mut notes = Notes::kept();
        if let Err(reason) = self.matched(supplier, record, &mut Known::default(), &mut notes) {
            notes.add(|| format!("{}: {reason}", disposition_of(reason)));
        }
        notes.into_lines()
    }

    /// Usage, with the line that its identifier means.
    fn matched(
        &self,
        supplier: SupplierId,
        record: &UsageRecord,
        known: &mut Known,
        notes: &mut Notes,
    ) -> Result<UsageMatch, Reason> {
        let by_prefix = self.book.supplier(supplier).longest_prefix;
        let line = |notes: &mut Notes| self.lines.find(Identity::of(supplier, record), by_prefix, notes);
        self.matched_to(supplier, record, line, known, notes)
    }

    /// Usage: M9 as far as matching decides it. The order of these lines is the order of the rule.
    fn matched_to<'h>(
        &'h self,
        supplier: SupplierId,
        record: &UsageRecord,
        find_line: impl FnOnce(&mut Notes) -> Result<&'h Holder<'b>, Reason>,
        known: &mut Known,
        notes: &mut Notes,
    ) -> Result<UsageMatch, Reason> {
        let identity = Identity::of(supplier, record);
        notes.add(|| {
            let end = if record.direction == Direction::Out { "calling" } else { "called" };
            format!("identifier: {}, the {end} one of usage {}bound (M5)", identity.identifier, record.direction.name())
        });
        refuse_if(self.is_ignored(identity), Reason::IgnoredIdentifier)?;
        // Refuses as unknown CLI or CLI not billable on date.
        let line = find_line(notes)?;
        let (cli, customer) = (line.id, line.customer);
        (known.cli, known.customer) = (Some(cli), Some(customer));
        notes.add(|| self.standing(customer));
        refuse_if(line.is_out_of_service(identity.date), Reason::CliNotBillableOnDate)?;
        refuse_if(line.is_dropped(identity.date), Reason::CustomerDropped)?;
        refuse_if(line.exclude_usage, Reason::CliExcluded)?;
        let classified = self.classification.find(supplier, record, notes);
        let (call_type, classified_by) = classified.ok_or(Reason::UnknownCallType)?;
        known.call_type = Some(call_type);
        refuse_if(self.book.call_type(call_type).exclude, Reason::CallTypeExcluded)?;
        Ok(UsageMatch { cli, customer, call_type, classified_by })
    }

    /// A service line: the same order, with products in the place of call types (P7).
    fn product_of(
        &self,
        supplier: SupplierId,
        line: &ServiceLine,
        known: &mut Known,
    ) -> Result<(CliId, ProductId), Reason> {
        let identity = Identity { supplier, identifier: &line.cli, extension: "", date: line.date };
        refuse_if(self.is_ignored(identity), Reason::IgnoredIdentifier)?;
        let by_prefix = self.book.supplier(supplier).longest_prefix;
        let holder = self.lines.find(identity, by_prefix, &mut Notes::silent())?;
        (known.cli, known.customer) = (Some(holder.id), Some(holder.customer));
        refuse_if(holder.is_out_of_service(line.date), Reason::CliNotBillableOnDate)?;
        refuse_if(holder.is_dropped(line.date), Reason::CustomerDropped)?;
        refuse_if(self.book.cli(holder.id).exclude_services, Reason::CliExcluded)?;
        let product = self.service_codes.find(&line.code, &line.description).ok_or(Reason::UnknownProduct)?;
        Ok((holder.id, product))
    }

    /// `customer A001 is final_bill, final bill date 2026-03-31`.
    fn standing(&self, customer: CustomerId) -> String {
        let customer = self.book.customer(customer);
        let dated = |what, date: Option<Date>| date.map_or(String::new(), |date| format!(", {what} {date}"));
        let dates = dated("final bill date", customer.final_bill_date) + &dated("dropped date", customer.dropped_date);
        format!("customer {} is {}{dates}", customer.account, customer.status.name())
    }

    /// Listed for this supplier, or for all (M8)?
    fn is_ignored(&self, identity: Identity) -> bool {
        let listed = |supplier| self.ignored.contains(&(supplier, identity.identifier));
        !self.ignored.is_empty() && (listed(Some(identity.supplier)) || listed(None))
    }
}

/// Stops a record for a reason.
fn refuse_if(applies: bool, reason: Reason) -> Result<(), Reason> {
    if applies { Err(reason) } else { Ok(()) }
}

/// What the book decided never to bill is excluded; what the book does not know yet waits in suspense (M6–M8).
fn disposition_of(reason: Reason) -> Disposition {
    match reason {
        Reason::IgnoredIdentifier | Reason::CustomerDropped | Reason::CliExcluded | Reason::CallTypeExcluded => {
            Disposition::Excluded
        }
        _ => Disposition::Suspense,
    }
}

#[cfg(test)]
mod tests {
    use super::test_book::*;
    use super::*;
    use crate::domain::customer::Status;
    use crate::domain::usage::Kind;

    const HELD: &str = "+442079460018";

    /// One customer with one line, and a numbering plan of one call type.
    fn small_book() -> Book {
        let mut book = book();
        book.customers = vec![customer("A001")];
        book.clis = vec![line(HELD, 0)];
        book.call_types = vec![call_type("uk_geographic", Kind::Voice)];
        book.prefixes = vec![prefix(None, "+44", Direction::Out, 0)];
        book
    }

    fn check(book: &Book, record: UsageRecord, expected: Result<&str, (Disposition, Reason)>, rule: &str) {
        let matched = Matcher::new(book).match_usage(GAMMA, record);
        let found = matched
            .as_ref()
            .map(|matched| book.call_type(matched.call_type).code.as_str())
            .map_err(|aside| (aside.disposition, aside.reason));
        assert_eq!(found, expected, "{rule}");
    }

    #[test]
    fn the_first_reason_that_applies_decides() {
        use Disposition::{Excluded, Suspense};
        let usual = || call(HELD, "+441619460000");
        check(&small_book(), usual(), Ok("uk_geographic"), "M2, C1");
        check(&small_book(), call("+441", "+44161"), Err((Suspense, Reason::UnknownCli)), "M6: nobody holds it");
        check(
            &small_book(),
            call(HELD, "+33100"),
            Err((Suspense, Reason::UnknownCallType)),
            "C1: nothing classifies it",
        );

        // Each row makes one more reason apply, each earlier in the order of M9 than all before it.
        type Change = fn(&mut Book);
        let rows: [(Change, Disposition, Reason); 7] = [
            (|book| book.call_types[0].exclude = true, Excluded, Reason::CallTypeExcluded),
            (|book| book.prefixes.clear(), Suspense, Reason::UnknownCallType),
            (|book| book.clis[0].exclude_usage = true, Excluded, Reason::CliExcluded),
            (|book| book.customers[0].status = Status::Dropped, Excluded, Reason::CustomerDropped),
            (|book| book.clis[0].valid = dates("2026-03-03.."), Suspense, Reason::CliNotBillableOnDate),
            (|book| book.clis[0].cli = "+442079460019".into(), Suspense, Reason::UnknownCli),
            (|book| book.ignored = vec![ignored(None, HELD)], Excluded, Reason::IgnoredIdentifier),
        ];
        let mut book = small_book();
        for (change, disposition, reason) in rows {
            change(&mut book);
            check(&book, usual(), Err((disposition, reason)), "M9");
        }
    }

    #[test]
    fn identifiers_are_ignored_for_one_supplier_or_for_all() {
        // M8: the list of another supplier does not count.
        let rows = [(None, true), (Some(GAMMA), true), (Some(RANGES), false)];
        for (supplier, is_ignored) in rows {
            let mut book = small_book();
            book.ignored = vec![ignored(supplier, HELD)];
            let expected = Err((Disposition::Excluded, Reason::IgnoredIdentifier));
            let expected = if is_ignored { expected } else { Ok("uk_geographic") };
            check(&book, call(HELD, "+44161"), expected, "M8");
        }
    }

    #[test]
    fn a_customer_that_leaves_has_no_usage_charges() {
        use Status::{Active, ActiveDoNotBill, Cancelled, Dropped, FinalBill, Suspended};
        let dropped = Err((Disposition::Excluded, Reason::CustomerDropped));
        let out_of_service = Err((Disposition::Suspense, Reason::CliNotBillableOnDate));
        let billed = Ok("uk_geographic");
        // (status, dropped date, final bill date, what becomes of a call on 2 March)
        let rows = [
            (Dropped, Some("2026-03-31"), None, dropped, "B10: no more usage charges, even before the date"),
            (Cancelled, None, None, dropped, "M8: cancelled"),
            (Active, Some("2026-03-01"), None, dropped, "M8: after the date on which it is to be dropped"),
            (Active, Some("2026-03-02"), None, billed, "X6: the end of a range is in it"),
            (FinalBill, None, Some("2026-03-02"), billed, "B10: up to and including the final bill date"),
            (FinalBill, None, Some("2026-03-01"), out_of_service, "B10: after the final bill date"),
            (Suspended, None, None, billed, "B3: kept; billing decides"),
            (ActiveDoNotBill, None, None, billed, "B3: accrues; billing decides"),
        ];
        for (status, dropped_date, final_bill_date, expected, rule) in rows {
            let mut book = small_book();
            book.customers[0].status = status;
            book.customers[0].dropped_date = dropped_date.map(date);
            book.customers[0].final_bill_date = final_bill_date.map(date);
            check(&book, call(HELD, "+44161"), expected, rule);
        }
    }

    #[test]
    fn what_is_set_aside_keeps_what_was_known() {
        let record = call(HELD, "+33100");
        let aside = Matcher::new(&small_book()).match_usage(GAMMA, record.clone()).unwrap_err();
        assert_eq!((aside.cli, aside.customer, aside.call_type), (Some(CliId(0)), Some(CustomerId(0)), None));
        assert_eq!(aside.record, record);
    }

    #[test]
    fn service_lines_find_customer_and_product() {
        use crate::domain::charge::ServiceCodeKind::Text;
        let mut book = small_book();
        book.products = vec![product("LINE", Text, &["WLR3 Analogue"])];
        let check = |book: &Book, code: &str, expected: Result<u32, (Disposition, Reason)>| {
            let found = Matcher::new(book).match_service(GAMMA, 7, service_line(HELD, code, "a line"));
            assert_eq!(found.as_ref().map(|found| found.import).unwrap_or(7), 7);
            assert_eq!(found.map(|found| found.product.0).map_err(|aside| (aside.disposition, aside.reason)), expected);
        };
        check(&book, "WLR3 Analogue", Ok(0));
        check(&book, "WLR3", Err((Disposition::Suspense, Reason::UnknownProduct)));
        book.clis[0].exclude_usage = true;
        check(&book, "WLR3 Analogue", Ok(0));
        book.clis[0].exclude_services = true;
        check(&book, "WLR3 Analogue", Err((Disposition::Excluded, Reason::CliExcluded)));
        book.clis[0].valid = dates("..2026-02-28");
        check(&book, "WLR3 Analogue", Err((Disposition::Suspense, Reason::CliNotBillableOnDate)));
        book.clis.clear();
        check(&book, "WLR3 Analogue", Err((Disposition::Suspense, Reason::UnknownCli)));
    }

    #[test]
    fn an_explanation_tells_each_step() {
        let mut book = small_book();
        book.customers[0].final_bill_date = Some(date("2026-03-31"));
        book.charge_bands = vec![charge_band("UK Geo", 0)];
        let mut record = call(HELD, "+441619460000");
        record.charge_band = "UKGEO".into();
        let expected = [
            "identifier: +442079460018, the calling one of usage outbound (M5)",
            "line +442079460018 of A001 (Customer A001), always: holds it on 2026-03-02 (M2)",
            "customer A001 is active, final bill date 2026-03-31",
            "charge band: gamma has no band UKGEO",
            "hint: did the file mean the charge band UK Geo?",
            "outbound voice prefixes of gamma: none begins +441619460000",
            "outbound voice prefixes of the general plan: +441619460000 begins with +44: call type uk_geographic (C1)",
        ];
        assert_eq!(Matcher::new(&book).explain_match(GAMMA, &record), expected);
        record.cli = "+4420".into();
        let expected = [
            "identifier: +4420, the calling one of usage outbound (M5)",
            "no line of the book holds it: unknown CLI (M6)",
            "suspense: unknown CLI",
        ];
        assert_eq!(Matcher::new(&book).explain_match(GAMMA, &record), expected);
    }
}
