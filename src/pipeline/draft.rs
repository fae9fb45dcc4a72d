//! Unbilled usage, charges and service lines of a scope of customers → a draft: one outcome per customer, and control
//! totals that account for every record of the store (B2–B9, B14, B16). Changes nothing.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::unbilled::{OpenImport, OpenRecord};
use super::{Engine, cap_use};
use crate::allowances::{CapUse, apply_caps};
use crate::billing::{CustomerBill, CustomerInput, NoBill, Outcome, RunTerms, bill_customer};
use crate::domain::book::CustomerId;
use crate::domain::charge::{BilledPeriod, MatchedService, ServiceLine};
use crate::domain::customer::Status;
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::{CallCharge, Money, Price};
use crate::domain::totals::{ControlTotals, Tally};
use crate::domain::usage::{Kind, RatedUsage, SourcedUsage, UsageRecord};
use crate::error::{Error, ErrorKind, Result};
use crate::facts::UsageStore;
use crate::files::map::hex;
use crate::ledger::{Ledger, UnbilledService};
use crate::workers::Workers;

/// Which customers a run is for. Empty lists mean all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Scope {
    /// Customer groups.
    pub groups: Vec<String>,
    /// Accounts.
    pub accounts: Vec<String>,
    /// Accounts left out.
    pub excluded: Vec<String>,
}

/// One customer's part of a draft.
pub struct Drafted {
    /// The account.
    pub account: String,
    /// Billed, not billed, or parked with the reason.
    pub result: std::result::Result<Outcome, String>,
    /// What its spending caps will have counted once it is posted (S3).
    pub cap_use: Vec<CapUse>,
}

/// A draft: what posting would do.
pub struct Draft {
    /// In the order of the accounts.
    pub customers: Vec<Drafted>,
    /// Every record of the store that earlier runs did not bill.
    pub totals: ControlTotals,
    /// Every service line that earlier runs did not bill.
    pub service_totals: ControlTotals,
    /// Records that earlier runs billed.
    pub billed_before: u64,
    /// The file of each import.
    pub file_names: BTreeMap<i64, String>,
    /// Over all that posting would write; equal drafts have equal digests (B12).
    pub digest: String,
}

/// What the draft of one customer starts from.
#[derive(Default)]
struct Gathered {
    usage: Vec<SourcedUsage>,
    services: Vec<MatchedService>,
}

/// Drafts a run.
pub fn draft(
    engine: &Engine,
    ledger: &Ledger,
    store: &UsageStore,
    workers: &Workers,
    scope: &Scope,
    terms: &RunTerms,
) -> Result<Draft> {
    let members = members(engine, scope)?;
    let mut totals = ControlTotals::default();
    let mut gathered: BTreeMap<CustomerId, Gathered> =
        members.iter().map(|customer| (*customer, Gathered::default())).collect();
    let imports = OpenImport::all(ledger, store, engine)?;
    for import in &imports {
        import.each_open_record(engine, store, workers, |record| {
            sort_record(engine, terms, import, record, &mut gathered, &mut totals);
            Ok(())
        })?;
        let rejected = Tally::of_lines(import.rejects);
        totals.take_in(&rejected);
        totals.end(Disposition::Rejected, None, &rejected);
    }
    let mut service_totals = sort_services(engine, ledger, &mut gathered)?;
    let prepared = prepare(engine, ledger, gathered)?;
    let customers = workers.map(prepared, |customer| customer.draft(engine, terms));
    let mut drafted = Vec::with_capacity(customers.len());
    for (customer, ended, services_ended) in customers {
        totals.merge(&ended);
        service_totals.merge(&services_ended);
        drafted.push(customer);
    }
    for totals in [&totals, &service_totals] {
        totals.check().map_err(|reason| Error::new(ErrorKind::Damaged, reason, FAULT_OF_OURS))?;
    }
    let digest = digest(&drafted, &totals, &service_totals)?;
    let billed_before = imports.iter().map(OpenImport::billed_rows).sum();
    let file_names = imports.into_iter().map(|import| (import.import, import.file_name)).collect();
    Ok(Draft { customers: drafted, totals, service_totals, billed_before, file_names, digest })
}

const FAULT_OF_OURS: &str = "this is a fault of the program: nothing was changed; please report it";

/// Sends service lines to their customers; counts in all of them, and out those that no customer of the run gets.
fn sort_services(
    engine: &Engine,
    ledger: &Ledger,
    gathered: &mut BTreeMap<CustomerId, Gathered>,
) -> Result<ControlTotals> {
    let mut totals = ControlTotals::default();
    for UnbilledService { import, supplier, line } in ledger.unbilled_services()? {
        let tally = tally_service(&line);
        totals.take_in(&tally);
        let supplier = engine.supplier_of(import, &supplier)?;
        match engine.matcher.match_service(supplier, import, line) {
            Err(aside) => totals.end(aside.disposition, Some(aside.reason), &tally),
            Ok(service) => match gathered.get_mut(&service.customer) {
                Some(customer) => customer.services.push(service),
                None => totals.end(Disposition::Held, Some(Reason::NotInRun), &tally),
            },
        }
    }
    Ok(totals)
}

/// A service line, counted as one event with its cost.
fn tally_service(line: &ServiceLine) -> Tally {
    Tally::of(Kind::Event, 1, line.cost, CallCharge::ZERO)
}

/// The customers of a scope, in the order of their accounts.
fn members(engine: &Engine, scope: &Scope) -> Result<Vec<CustomerId>> {
    let book = engine.book;
    for group in &scope.groups {
        let known = book.groups.iter().find(|known| known.code == *group);
        let Some(known) = known else {
            let names: Vec<_> = book.groups.iter().map(|group| group.code.as_str()).collect();
            let hint = format!("there are: {}", names.join(", "));
            return Err(Error::refused(format!("there is no customer group {group:?}"), hint));
        };
        if known.offset_months != 0 {
            let message = format!("group {group:?} has offset_months {}", known.offset_months);
            return Err(Error::refused(message, "give the cutoffs yourself: bill its customers with --account"));
        }
    }
    for account in scope.accounts.iter().chain(&scope.excluded) {
        if book.find_customer(account).is_none() {
            return Err(Error::refused(format!("there is no customer {account:?}"), "see `tollbook customer list`"));
        }
    }
    let wanted = |list: &[String], name: &String| list.is_empty() || list.contains(name);
    let ids = (0..book.customers.len()).map(CustomerId::from_index);
    let members: Vec<_> = ids
        .filter(|id| {
            let customer = book.customer(*id);
            wanted(&scope.groups, &book.groups[customer.group.index()].code)
                && wanted(&scope.accounts, &customer.account)
                && !scope.excluded.contains(&customer.account)
        })
        .collect();
    if members.is_empty() {
        return Err(Error::refused("no customer is in this run", "check --group, --account and --exclude"));
    }
    Ok(members)
}

/// Sends a record to its customer, or counts where it ends.
fn sort_record(
    engine: &Engine,
    terms: &RunTerms,
    import: &OpenImport,
    record: OpenRecord,
    gathered: &mut BTreeMap<CustomerId, Gathered>,
    totals: &mut ControlTotals,
) {
    match record {
        OpenRecord::Marked(disposition, reason, record) => {
            let tally = Tally::of_record(&record);
            totals.take_in(&tally);
            totals.end(disposition, reason, &tally);
        }
        OpenRecord::SetAside(aside) => {
            let tally = Tally::of_record(&aside.record);
            totals.take_in(&tally);
            totals.end(aside.disposition, Some(aside.reason), &tally);
        }
        OpenRecord::Rated(rated) => {
            totals.take_in(&Tally::of_record(&rated.matched.record));
            let reason = reason_to_hold(engine, terms, &rated);
            match gathered.get_mut(&rated.matched.customer).filter(|_| reason.is_none()) {
                Some(customer) => customer.usage.push(SourcedUsage {
                    supplier: import.supplier,
                    import: import.import,
                    record_id: rated.matched.record.id(&import.file_name).into(),
                    rated: *rated,
                }),
                None => {
                    let reason = reason.unwrap_or(Reason::NotInRun);
                    totals.end(Disposition::Held, Some(reason), &tally_rated(&rated, rated.sell));
                }
            }
        }
    }
}

/// Why a priced record of a customer in the run is not billed in it (B2, B3).
fn reason_to_hold(engine: &Engine, terms: &RunTerms, rated: &RatedUsage) -> Option<Reason> {
    match engine.book.customer(rated.matched.customer).status {
        Status::Suspended => return Some(Reason::CustomerSuspended),
        Status::ActiveDoNotBill => return Some(Reason::CustomerNotBilled),
        _ => {}
    }
    (rated.matched.record.started.civil.date >= terms.usage_cutoff).then_some(Reason::AfterCutoff)
}

/// A priced record, counted with its cost as it came in so that in and out can be compared.
fn tally_rated(rated: &RatedUsage, sell: CallCharge) -> Tally {
    let record: &UsageRecord = &rated.matched.record;
    Tally::of(record.kind, record.units, record.cost.unwrap_or(Price::ZERO), sell)
}

/// A customer with all that its bill is made from.
struct Prepared {
    customer: CustomerId,
    gathered: Gathered,
    billed_periods: Vec<BilledPeriod>,
    cap_use: Vec<CapUse>,
    previous_balance: Money,
    has_next_message: bool,
}

fn prepare(engine: &Engine, ledger: &Ledger, gathered: BTreeMap<CustomerId, Gathered>) -> Result<Vec<Prepared>> {
    let prepared = gathered.into_iter().map(|(id, gathered)| {
        let customer = engine.book.customer(id);
        let account = customer.account.as_str();
        let used_message = ledger.next_message_used(account)?;
        Ok(Prepared {
            customer: id,
            gathered,
            billed_periods: ledger.billed_periods(account)?,
            cap_use: cap_use(ledger, account)?,
            previous_balance: ledger.balance(account)?,
            has_next_message: !customer.next_invoice_message.is_empty()
                && used_message.as_ref() != Some(&customer.next_invoice_message),
        })
    });
    prepared.collect()
}

/// What the records of one customer ended as: usage, then service lines.
type Ended = (ControlTotals, ControlTotals);

impl Prepared {
    fn draft(self, engine: &Engine, terms: &RunTerms) -> (Drafted, ControlTotals, ControlTotals) {
        let account = engine.book.customer(self.customer).account.clone();
        // What is needed to count where the records end if the customer is not billed.
        let usage: Vec<_> =
            self.gathered.usage.iter().map(|usage| tally_rated(&usage.rated, usage.rated.sell)).collect();
        let services: Vec<_> = self.gathered.services.iter().map(|service| tally_service(&service.line)).collect();
        let capped = apply_caps(engine.book, self.customer, self.gathered.usage, &self.cap_use);
        let (result, cap_use) = match capped {
            Err(overflow) => (Err(overflow.to_string()), Vec::new()),
            Ok((usage, cap_use)) => {
                let input = CustomerInput {
                    customer: self.customer,
                    usage,
                    services: self.gathered.services,
                    billed_periods: &self.billed_periods,
                    previous_balance: self.previous_balance,
                    has_next_message: self.has_next_message,
                };
                (bill_customer(engine.book, terms, input).map_err(|error| error.to_string()), cap_use)
            }
        };
        let (ended, services_ended) = count_ended(&result, &usage, &services);
        (Drafted { account, result, cap_use }, ended, services_ended)
    }
}

/// Where the records of a customer ended, by what became of its bill.
fn count_ended(result: &std::result::Result<Outcome, String>, usage: &[Tally], services: &[Tally]) -> Ended {
    let (mut ended, mut services_ended) = Ended::default();
    let (disposition, reason) = match result {
        Ok(Outcome::Bill(bill)) => {
            for usage in &bill.usage {
                ended.end(usage.disposition, None, &tally_rated(&usage.rated, usage.charge));
            }
            services.iter().for_each(|tally| services_ended.end(Disposition::Billed, None, tally));
            return (ended, services_ended);
        }
        Ok(Outcome::NoBill(NoBill::RolledOver(_))) => (Disposition::RolledOver, Reason::LowInvoice),
        Ok(Outcome::NoBill(NoBill::Suspended)) => (Disposition::Held, Reason::CustomerSuspended),
        Ok(Outcome::NoBill(NoBill::Gone)) => (Disposition::Excluded, Reason::CustomerDropped),
        Ok(Outcome::NoBill(NoBill::Empty | NoBill::DoNotBill)) => (Disposition::Held, Reason::CustomerNotBilled),
        Err(_) => (Disposition::Held, Reason::CustomerParked),
    };
    usage.iter().for_each(|tally| ended.end(disposition, Some(reason), tally));
    services.iter().for_each(|tally| services_ended.end(disposition, Some(reason), tally));
    (ended, services_ended)
}

impl Drafted {
    /// The bill, if there is one.
    pub fn bill(&self) -> Option<&CustomerBill> {
        match &self.result {
            Ok(Outcome::Bill(bill)) => Some(bill),
            _ => None,
        }
    }

    /// What became of the customer, in a word or two.
    pub fn outcome(&self) -> String {
        match &self.result {
            Ok(Outcome::Bill(_)) => "billed".into(),
            Ok(Outcome::NoBill(NoBill::Empty)) => "nothing to bill".into(),
            Ok(Outcome::NoBill(NoBill::RolledOver(_))) => "rolled over: too low".into(),
            Ok(Outcome::NoBill(NoBill::DoNotBill)) => "not billed: accrues".into(),
            Ok(Outcome::NoBill(NoBill::Suspended)) => "not billed: suspended".into(),
            Ok(Outcome::NoBill(NoBill::Gone)) => "not billed: gone".into(),
            Err(reason) => format!("parked: {reason}"),
        }
    }
}

/// SHA-256 over the bills, the usage on them and the totals.
fn digest(customers: &[Drafted], totals: &ControlTotals, service_totals: &ControlTotals) -> Result<String> {
    let mut hash = Sha256::new();
    for customer in customers {
        add_json(&mut hash, &(&customer.account, customer.outcome()))?;
        if let Some(bill) = customer.bill() {
            add_json(&mut hash, &bill.bill)?;
            for usage in &bill.usage {
                let row = usage.rated.matched.record.row;
                add_json(&mut hash, &(usage.import, row, usage.charge, usage.disposition.name()))?;
            }
        }
    }
    add_json(&mut hash, totals)?;
    add_json(&mut hash, service_totals)?;
    Ok(hex(&hash.finalize()))
}

/// Adds a value, led by its length so that no two lists of values look alike.
fn add_json(hash: &mut Sha256, value: &impl Serialize) -> Result<()> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| Error::new(ErrorKind::Io, format!("cannot write JSON: {error}"), ""))?;
    hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
    hash.update(bytes);
    Ok(())
}
