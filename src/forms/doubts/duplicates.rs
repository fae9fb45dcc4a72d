//! Customers that come and customers that there are → which of those that come look like one that is there already, or that
//! came before in the same file (K4). Says so; decides nothing.
//!
//! A row that changes a customer is not its own duplicate, and what it leaves as it is in the book is not questioned again.

use ahash::AHashMap;

use super::names::normal_name;
use super::postcode::normal_postcode;
use super::sharing::Sharing;
use super::similar::{MOST_COMPARED, SimilarNames};
use super::{CustomerView, Doubt};
use crate::domain::telephone::NumberRules;

/// What makes two customers look like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The same name, in normal form, and the same postcode.
    NameAndPostcode,
    /// A name nearly the same, with the same postcode, or with the same first letters and the same town.
    SimilarName {
        /// How alike the names are, from [`SIMILAR`] to 100.
        percent: u32,
    },
    /// The same telephone number.
    Telephone,
    /// An e-mail address in common, whether for letters or for invoices.
    Email,
    /// The same VAT number.
    VatNumber,
    /// The same company number.
    CompanyNumber,
}

/// The least likeness of names that is reported, in percent.
pub const SIMILAR: u32 = 85;

/// A customer that another one looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Other {
    /// One that there is, by its place among the existing ones.
    Existing(usize),
    /// One that came before, by its place among the candidates.
    Candidate(usize),
}

/// A candidate that looks like another customer in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// Its place among the candidates.
    pub candidate: usize,
    /// The column of the value that is shared, as [`CustomerColumns`](super::CustomerColumns) calls it.
    pub column: &'static str,
    /// In which way.
    pub likeness: Likeness,
    /// The first customer that it looks like; of similar names the most similar one.
    pub first: Other,
    /// How many more it looks like in the same way. Of similar names: of those that were compared.
    pub more: usize,
}

impl Duplicate {
    /// The doubt in words; `first` says who the other customer is: `account A17`, `row 12`.
    pub fn doubt(&self, first: &str) -> Doubt {
        let others = match self.more {
            0 => first.to_owned(),
            more => format!("{first} and {more} more"),
        };
        let reason = match self.likeness {
            Likeness::NameAndPostcode => format!("has the name and the postcode of {others}"),
            Likeness::SimilarName { percent } => format!("has a name like that of {others} ({percent} % alike)"),
            Likeness::Telephone => format!("has the telephone number of {others}"),
            Likeness::Email => format!("has an e-mail address of {others}"),
            Likeness::VatNumber => format!("has the VAT number of {others}"),
            Likeness::CompanyNumber => format!("has the company number of {others}"),
        };
        Doubt::new(reason, "look whether it is one customer that is entered twice")
    }
}

/// What [`duplicates`] finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// By candidate; of one candidate in the order of [`Likeness`]. Each candidate once for each likeness, or, of e-mail
    /// addresses, once for each address.
    pub found: Vec<Duplicate>,
    /// There were so many similar names that not all were compared.
    pub names_left_out: bool,
}

/// The candidates that look like an existing customer, or like a candidate before them.
///
/// Of candidates with one account the first counts: the others are refused elsewhere. Candidates are views of customers as
/// they would be after the import, with what an update leaves as it is.
pub fn duplicates<'r>(
    candidates: impl Iterator<Item = CustomerView<'r>>,
    existing: impl Iterator<Item = CustomerView<'r>>,
    rules: &NumberRules,
) -> Duplicates {
    let (mut values, mut names) = (Sharing::default(), SimilarNames::default());
    let mut accounts: AHashMap<&'r str, Identity> = AHashMap::new();
    for (place, customer) in existing.enumerate() {
        let (name, postcode) = (normal_name(customer.name), normal_postcode(customer.postcode));
        values.add_existing(&customer, &name, &postcode, rules);
        names.add(&customer, &name, &postcode);
        accounts.insert(customer.account, Identity::Updates(place));
    }
    let existing = names.len();
    let mut identities = Vec::new();
    for customer in candidates {
        let (name, postcode) = (normal_name(customer.name), normal_postcode(customer.postcode));
        values.add_candidate(&customer, &name, &postcode, rules);
        names.add(&customer, &name, &postcode);
        let unknown = Identity::New;
        identities.push(match customer.account {
            "" => unknown,
            account => accounts.insert(account, Identity::Repeated).unwrap_or(unknown),
        });
    }
    let mut found = Vec::new();
    values.report(&identities, &mut found);
    let (similar, names_left_out) = names.similar(&identities, existing, MOST_COMPARED);
    found.extend(similar);
    // Stable: addresses of one candidate stay in the order in which they stand.
    found.sort_by_key(|duplicate| (duplicate.candidate, duplicate.likeness));
    Duplicates { found, names_left_out }
}

/// Which customer a candidate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// None that there is.
    New,
    /// The existing one at a place.
    Updates(usize),
    /// One that another candidate before it is already.
    Repeated,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> NumberRules {
        NumberRules::of_country("44")
    }

    fn customer<'r>(account: &'r str, name: &'r str, postcode: &'r str) -> CustomerView<'r> {
        CustomerView { account, name, postcode, ..CustomerView::default() }
    }

    /// What is found, as `candidate column likeness first +more`.
    fn found(candidates: &[CustomerView<'_>], existing: &[CustomerView<'_>]) -> Vec<String> {
        let found = duplicates(candidates.iter().copied(), existing.iter().copied(), &rules());
        assert!(!found.names_left_out);
        let shown = |duplicate: &Duplicate| {
            let Duplicate { candidate, column, likeness, first, more } = duplicate;
            format!("{candidate} {column}: {likeness:?} {first:?} +{more}")
        };
        found.found.iter().map(shown).collect()
    }

    #[test]
    fn customers_are_alike_by_each_of_their_values() {
        let existing = [
            CustomerView { telephone: "020 7946 0018", ..customer("A1", "Acme Telecom Ltd", "M1 1AE") },
            CustomerView { email: "ann@acme.example, bob@acme.example", ..customer("A2", "Bell & Sons", "") },
            CustomerView { vat_number: "GB980780684", ..customer("A3", "Carter", "") },
            CustomerView { company_number: "01234567", ..customer("A4", "Dean", "") },
        ];
        let new = |account| customer(account, "", "");
        let candidates = [
            customer("B1", "ACME TELECOM LIMITED", "m11ae"),
            CustomerView { telephone: "+44 20 7946-0018", ..new("B2") },
            CustomerView { email: "x@y.example", delivery_email: "BOB@acme.example", ..new("B3") },
            CustomerView { vat_number: "980 7806 84", country: "UK", ..new("B4") },
            CustomerView { company_number: "1234567", ..new("B5") },
            customer("B6", "Acme Telecom", "M1 1AF"),
            customer("B7", "Acme Telecoms", "M1 1AE"),
        ];
        assert_eq!(
            found(&candidates, &existing),
            [
                "0 name: NameAndPostcode Existing(0) +0",
                "1 telephone: Telephone Existing(0) +0",
                "2 delivery_email: Email Existing(1) +0",
                "3 vat_number: VatNumber Existing(2) +0",
                "4 company_number: CompanyNumber Existing(3) +0",
                "6 name: SimilarName { percent: 93 } Existing(0) +1",
            ]
        );
    }

    #[test]
    fn names_are_similar_within_a_postcode_or_a_town() {
        let in_town = |account, name, town| CustomerView { town, ..customer(account, name, "") };
        let existing = [
            in_town("A1", "Northgate Dental", "Leeds"),
            in_town("A2", "Miller Bakery", "York"),
            customer("A3", "Branch 12", "M1 1AE"),
        ];
        let candidates = [
            in_town("B1", "Northgate Dentol Ltd", "LEEDS"),
            in_town("B2", "Northgate Dental", "leeds"),
            in_town("B3", "Northgate Dental", "Bradford"),
            in_town("B4", "Bakery Miller", "York"),
            customer("B5", "Branch 13", "M1 1AE"),
            customer("B6", "Brnach 12", "M1 1AE"),
            in_town("B7", "", "Leeds"),
        ];
        assert_eq!(
            found(&candidates, &existing),
            [
                "0 name: SimilarName { percent: 94 } Existing(0) +0",
                "1 name: SimilarName { percent: 100 } Existing(0) +1",
                "5 name: SimilarName { percent: 89 } Existing(2) +0",
            ]
        );
    }

    #[test]
    fn an_update_is_not_its_own_duplicate_and_what_it_leaves_is_not_questioned() {
        let with_mail = |account, email| CustomerView { email, ..customer(account, account, "") };
        let existing = [with_mail("A1", "a@x.example"), with_mail("A2", "a@x.example"), with_mail("A3", "c@x.example")];
        assert_eq!(found(&existing, &existing), Vec::<String>::new(), "nothing changes");
        let shared = "0 email: Email Existing(0) +1";
        assert_eq!(found(&[with_mail("A3", "a@x.example")], &existing), [shared], "takes an address of others");
        let freed = [with_mail("A3", "d@x.example"), with_mail("B1", "c@x.example")];
        assert_eq!(found(&freed, &existing), Vec::<String>::new(), "an address that is given up is free");
        let kept = [with_mail("B1", "c@x.example"), with_mail("A3", "c@x.example")];
        assert_eq!(
            found(&kept, &existing),
            ["0 email: Email Existing(2) +0"],
            "the new one is questioned, not the old one"
        );
    }

    #[test]
    fn a_value_of_thousands_is_reported_once_for_each() {
        let many: Vec<String> = (0..5_000).map(|number| format!("A{number}")).collect();
        let with_mail = |account| CustomerView { email: "all@x.example", ..customer(account, "", "") };
        let candidates: Vec<_> = many.iter().map(|account| with_mail(account)).collect();
        let found = found(&candidates, &[]);
        assert_eq!(found.len(), 4_999);
        assert_eq!(found[4_998], "4999 email: Email Candidate(0) +4998");
    }

    #[test]
    fn doubts_say_who_and_how_many() {
        let of = |likeness, more| {
            Duplicate { candidate: 0, column: "name", likeness, first: Other::Existing(0), more }
                .doubt("account A1")
                .reason
        };
        assert_eq!(of(Likeness::NameAndPostcode, 0), "has the name and the postcode of account A1");
        assert_eq!(
            of(Likeness::SimilarName { percent: 93 }, 2),
            "has a name like that of account A1 and 2 more (93 % alike)"
        );
    }
}
