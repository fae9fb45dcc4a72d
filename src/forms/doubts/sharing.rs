//! Customers → which candidates share a name and postcode, a number or an address with another customer. Values are compared
//! as digests of 64 bits, so that 100,000 customers fit into a few megabytes; a pair that only looks equal is less likely
//! than one in a million million.

use ahash::AHashMap;
use twox_hash::XxHash3_64;

use super::duplicates::{Duplicate, Identity, Likeness, Other};
use super::email::addresses;
use super::{CustomerView, full_number, normal_company_number, normal_vat_number};
use crate::domain::telephone::NumberRules;

/// What kind of value a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    NameAndPostcode,
    Telephone,
    Email,
    DeliveryEmail,
    VatNumber,
    CompanyNumber,
}

impl Source {
    fn likeness(self) -> Likeness {
        match self {
            Self::NameAndPostcode => Likeness::NameAndPostcode,
            Self::Telephone => Likeness::Telephone,
            Self::Email | Self::DeliveryEmail => Likeness::Email,
            Self::VatNumber => Likeness::VatNumber,
            Self::CompanyNumber => Likeness::CompanyNumber,
        }
    }

    fn column(self) -> &'static str {
        match self {
            Self::NameAndPostcode => "name",
            Self::Telephone => "telephone",
            Self::Email => "email",
            Self::DeliveryEmail => "delivery_email",
            Self::VatNumber => "vat_number",
            Self::CompanyNumber => "company_number",
        }
    }

    /// Keeps values of different kinds apart, and addresses for letters and for invoices together.
    fn seed(self) -> u64 {
        match self {
            Self::NameAndPostcode => 1,
            Self::Telephone => 2,
            Self::Email | Self::DeliveryEmail => 3,
            Self::VatNumber => 4,
            Self::CompanyNumber => 5,
        }
    }
}

/// A value by which a customer is known, as a digest.
#[derive(Clone, Copy, Debug)]
struct Mark {
    digest: u64,
    source: Source,
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
        let mut add = |source: Source, value: &str| {
            if value.is_empty() {
                return;
            }
            let digest = XxHash3_64::oneshot_with_seed(source.seed(), value.as_bytes());
            if !self.marks[start..].iter().any(|mark| mark.digest == digest) {
                self.marks.push(Mark { digest, source });
            }
        };
        if !name.is_empty() && !postcode.is_empty() {
            add(Source::NameAndPostcode, &format!("{name}\n{postcode}"));
        }
        add(Source::Telephone, &full_number(customer.telephone, rules).unwrap_or_default());
        for (source, cell) in [(Source::Email, customer.email), (Source::DeliveryEmail, customer.delivery_email)] {
            for address in addresses(cell) {
                add(source, &address.to_lowercase());
            }
        }
        add(Source::VatNumber, &normal_vat_number(customer.vat_number, customer.country));
        add(Source::CompanyNumber, &normal_company_number(customer.company_number));
        self.ends.push(self.marks.len());
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
        let questioned = |candidate: usize| {
            let identity = identities[candidate];
            let (existing, candidates) = (&existing, &candidates);
            candidates.of(candidate).iter().copied().filter(move |mark| match identity {
                Identity::New => true,
                Identity::Updates(known) => !existing.have(known, mark.digest),
                Identity::Repeated => false,
            })
        };
        let mut owners: AHashMap<u64, Owners> = AHashMap::new();
        for mark in (0..identities.len()).flat_map(&questioned) {
            owners.insert(mark.digest, Owners::default());
        }
        for customer in 0..existing.ends.len() {
            let update = updated_by.get(&customer);
            for mark in existing.of(customer) {
                let stays = update.is_none_or(|candidate| candidates.have(*candidate, mark.digest));
                if let Some(owners) = owners.get_mut(&mark.digest).filter(|_| stays) {
                    owners.add(Other::Existing(customer));
                }
            }
        }
        for candidate in 0..identities.len() {
            for Mark { digest, source } in questioned(candidate) {
                let owners = owners.entry(digest).or_default();
                if let Some(first) = owners.first {
                    let (column, likeness) = (source.column(), source.likeness());
                    found.push(Duplicate { candidate, column, likeness, first, more: owners.more });
                }
                owners.add(Other::Candidate(candidate));
            }
        }
    }
}

/// The customers that have a value.
#[derive(Default)]
struct Owners {
    first: Option<Other>,
    more: usize,
}

impl Owners {
    fn add(&mut self, owner: Other) {
        match self.first {
            None => self.first = Some(owner),
            Some(_) => self.more += 1,
        }
    }
}
