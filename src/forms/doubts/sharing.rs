//! Customers → which candidates share a name and postcode, a number or an address with another customer. Values are compared
//! as digests of 64 bits, so that 100,000 customers fit into a few megabytes; a pair that only looks equal is less likely
//! than one in a million million.

use ahash::AHashMap;
use twox_hash::XxHash3_64;

use super::duplicates::{Duplicate, Identity, Likeness, Other};
use super::email::addresses;
use super::{CustomerView, full_number, normal_company_number, normal_vat_number};
use crate::domain::telephone::NumberRules;

/// A value by which a customer is known, as a digest.
#[derive(Clone, Copy, Debug)]
struct Mark {
    digest: u64,
    likeness: Likeness,
    column: &'static str,
}

/// The marks of customers, one after the other.
#[derive(Default)]
struct Marks {
    marks: Vec<Mark>,
    ends: Vec<usize>,
}

impl Marks {
    fn of(&self, customer: usize) -> &[Mark] {
        let start = customer.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.marks[start..self.ends[customer]]
    }

    fn have(&self, customer: usize, digest: u64) -> bool {
        self.of(customer).iter().any(|mark| mark.digest == digest)
    }

    /// Adds a customer; a value that it has twice counts once.
    fn add(&mut self, customer: &CustomerView<'_>, name: &str, postcode: &str, rules: &NumberRules) {
        let start = self.marks.len();
        let mut add = |likeness: Likeness, column: &'static str, value: &str| {
            if value.is_empty() {
                return;
            }
            let digest = XxHash3_64::oneshot_with_seed(seed(likeness), value.as_bytes());
            if !self.marks[start..].iter().any(|mark| mark.digest == digest) {
                self.marks.push(Mark { digest, likeness, column });
            }
        };
        if !name.is_empty() && !postcode.is_empty() {
            add(Likeness::NameAndPostcode, "name", &format!("{name}\n{postcode}"));
        }
        add(Likeness::Telephone, "telephone", &full_number(customer.telephone, rules).unwrap_or_default());
        for (column, cell) in [("email", customer.email), ("delivery_email", customer.delivery_email)] {
            for address in addresses(cell) {
                add(Likeness::Email, column, &address.to_lowercase());
            }
        }
        add(Likeness::VatNumber, "vat_number", &normal_vat_number(customer.vat_number, customer.country));
        add(Likeness::CompanyNumber, "company_number", &normal_company_number(customer.company_number));
        self.ends.push(self.marks.len());
    }
}

/// Keeps values of different kinds apart.
fn seed(likeness: Likeness) -> u64 {
    match likeness {
        Likeness::NameAndPostcode => 1,
        Likeness::SimilarName { .. } => 2,
        Likeness::Telephone => 3,
        Likeness::Email => 4,
        Likeness::VatNumber => 5,
        Likeness::CompanyNumber => 6,
    }
}

/// The values of all customers, gathered one by one.
#[derive(Default)]
pub(super) struct Sharing {
    existing: Marks,
    candidates: Marks,
}

impl Sharing {
    pub(super) fn add_existing(
        &mut self,
        customer: &CustomerView<'_>,
        name: &str,
        postcode: &str,
        rules: &NumberRules,
    ) {
        self.existing.add(customer, name, postcode, rules);
    }

    pub(super) fn add_candidate(
        &mut self,
        customer: &CustomerView<'_>,
        name: &str,
        postcode: &str,
        rules: &NumberRules,
    ) {
        self.candidates.add(customer, name, postcode, rules);
    }

    /// Adds what is shared. A value that an update leaves as it is stands in the book and is not questioned; one that it takes
    /// away is free.
    pub(super) fn report(self, identities: &[Identity], found: &mut Vec<Duplicate>) {
        let Self { existing, candidates } = self;
        let mut updated_by: AHashMap<usize, usize> = AHashMap::new();
        for (candidate, identity) in identities.iter().enumerate() {
            if let Identity::Updates(known) = identity {
                updated_by.insert(*known, candidate);
            }
        }
        let mut owners: AHashMap<u64, Owners> = AHashMap::with_capacity(existing.marks.len() + candidates.marks.len());
        for customer in 0..existing.ends.len() {
            let update = updated_by.get(&customer);
            for mark in existing.of(customer) {
                if update.is_none_or(|candidate| candidates.have(*candidate, mark.digest)) {
                    owners.entry(mark.digest).or_insert(Owners { first: Other::Existing(customer), count: 0 }).count +=
                        1;
                }
            }
        }
        for (candidate, identity) in identities.iter().enumerate() {
            for mark in candidates.of(candidate) {
                let stands = match identity {
                    Identity::Repeated => true,
                    Identity::Updates(known) => existing.have(*known, mark.digest),
                    Identity::New => false,
                };
                if stands {
                    continue;
                }
                let Mark { digest, likeness, column } = *mark;
                let owner = owners.entry(digest).or_insert(Owners { first: Other::Candidate(candidate), count: 0 });
                if let Some(more) = owner.count.checked_sub(1) {
                    found.push(Duplicate { candidate, column, likeness, first: owner.first, more });
                }
                owner.count += 1;
            }
        }
    }
}

/// The customers that have a value.
struct Owners {
    first: Other,
    count: usize,
}
