//! Unbilled usage, charges and service lines of a scope of customers → a draft: one outcome per customer, and control
//! totals that account for every record of the store (B2–B9, B14, B16). Changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Engine;
use super::drafting::{CustomerDraft, DraftInput, add_json, tally_service};
use super::gathering::{Found, Gathering, Part, RECORDS_AT_ONCE, UsageSpan};
use super::members::members;
use super::suspense::SuspenseGroup;
use super::unbilled::OpenImport;
use crate::allowances::CapUse;
use crate::billing::calendar::window_of;
use crate::billing::{CustomerBill, NoBill, Outcome, RunTerms};
use crate::domain::allowance::AllowanceDraw;
use crate::domain::book::CustomerId;
use crate::domain::charge::MatchedService;
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::time::Date;
use crate::domain::totals::ControlTotals;
use crate::domain::usage::ChargedUsage;
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
    /// Of anniversary groups only the customers whose billing day is the invoice date, each with the window of its own
    /// day instead of the run's (B1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_days: bool,
}

/// One customer's part of a draft.
pub struct Drafted {
    /// The account.
    pub account: String,
    /// Billed, not billed, or parked with the reason.
    pub result: std::result::Result<Outcome, String>,
    /// What its spending caps will have counted once it is posted (S3).
    pub cap_use: Vec<CapUse>,
    /// What its usage draws from allowances (A1).
    pub allowance_use: Vec<AllowanceDraw>,
}

/// A draft: what posting would do.
pub struct Draft {
    /// In the order of the accounts.
    pub customers: Vec<Drafted>,
    /// Every record of the store that earlier runs did not bill.
    pub totals: ControlTotals,
    /// Every service line that earlier runs did not bill.
    pub service_totals: ControlTotals,
    /// What of the usage cannot be billed, the most money at stake first.
    pub suspense: Vec<SuspenseGroup>,
    /// Records that earlier runs billed.
    pub billed_before: u64,
    /// The file of each import.
    pub file_names: BTreeMap<i64, String>,
    /// Over all that posting would write; equal drafts have equal digests (B12).
    pub digest: String,
}

/// What a draft is made from.
#[derive(Clone, Copy)]
pub struct Drafting<'a> {
    /// The book made ready.
    pub engine: &'a Engine<'a>,
    /// Where usage is.
    pub store: &'a UsageStore,
    /// Who does the work.
    pub workers: &'a Workers,
    /// Who is billed.
    pub scope: &'a Scope,
    /// What the run settles.
    pub terms: &'a RunTerms,
    /// How many usage records are held at once; the draft is the same whatever it is.
    pub records_at_once: usize,
}

/// Neighbouring customers of a draft with their usage, as long as it is held.
pub struct DraftedPart<'a> {
    /// The imports it came with.
    pub imports: &'a [OpenImport],
    /// The customers.
    pub customers: &'a [Drafted],
    /// Their usage, in their order, each one's in time order (A1).
    pub usage: &'a [ChargedUsage],
    /// Which of it is whose.
    pub spans: &'a [Range<usize>],
}

impl<'a> Drafting<'a> {
    /// A draft that holds as many records at once as is usual.
    pub fn new(
        engine: &'a Engine<'a>,
        store: &'a UsageStore,
        workers: &'a Workers,
        scope: &'a Scope,
        terms: &'a RunTerms,
    ) -> Self {
        Self { engine, store, workers, scope, terms, records_at_once: RECORDS_AT_ONCE }
    }

    /// Drafts a run on what earlier ones left behind.
    pub fn draft(&self, ledger: &Ledger) -> Result<Draft> {
        self.draft_by_parts(ledger, |_| Ok(()))
    }

    /// The same; gives its customers with their usage to `take`, part by part.
    pub fn draft_by_parts(&self, ledger: &Ledger, mut take: impl FnMut(DraftedPart) -> Result<()>) -> Result<Draft> {
        let Self { engine, store, workers, terms, records_at_once, .. } = *self;
        let members = members(engine, self.scope, terms)?;
        let own_spans = self.own_spans();
        let imports = OpenImport::all(ledger, store, engine)?;
        let (mut services, mut service_totals) = self.sort_services(ledger, &members)?;
        let billed_in_window = ledger.accounts_billed_in_window(terms.usage_cutoff, terms.charge_cutoff)?;
        let (members, own_spans) = (members.as_slice(), own_spans.as_slice());
        let gathering =
            Gathering { engine, store, workers, terms, imports: &imports, members, own_spans, records_at_once };
        let (mut found, mut ended) = (Found::default(), ControlTotals::default());
        let (mut customers, mut hash) = (Vec::with_capacity(members.len()), Sha256::new());
        gathering.each_part(&mut found, |Part { customers: positions, mut usage }| {
            let first = customers.len();
            let within = members.partition_point(|id| id.index() < positions.start)
                ..members.partition_point(|id| id.index() < positions.end);
            let members = &members[within];
            let spans = spans(members, &usage);
            let mut rest = usage.as_mut_slice();
            for (members, spans) in members.chunks(CUSTOMERS_AT_ONCE).zip(spans.chunks(CUSTOMERS_AT_ONCE)) {
                let inputs = self.inputs(ledger, members, (spans, &mut rest), &mut services, &billed_in_window)?;
                for customer in workers.map(inputs, |input| self.draft_one(input)) {
                    let CustomerDraft { drafted, totals, service_totals: of_services, digest } = customer?;
                    ended.merge(&totals);
                    service_totals.merge(&of_services);
                    hash.update(digest);
                    customers.push(drafted);
                }
            }
            take(DraftedPart { imports: &imports, customers: &customers[first..], usage: &usage, spans: &spans })
        })?;
        let Found { mut totals, suspense } = found;
        totals.merge(&ended);
        let suspense = suspense.ranked();
        for totals in [&totals, &service_totals] {
            totals.check().map_err(|reason| Error::new(ErrorKind::Damaged, reason, FAULT_OF_OURS))?;
        }
        add_json(&mut hash, &totals)?;
        add_json(&mut hash, &service_totals)?;
        let digest = hex(&hash.finalize());
        let billed_before = imports.iter().map(OpenImport::billed_rows).sum();
        let file_names = imports.into_iter().map(|import| (import.import, import.file_name)).collect();
        Ok(Draft { customers, totals, service_totals, suspense, billed_before, file_names, digest })
    }

    fn draft_one(&self, input: DraftInput) -> Result<CustomerDraft> {
        match self.scope.own_days {
            false => input.draft(self.engine, self.workers, self.terms),
            true => {
                let terms = self.own_terms(input.customer);
                input.draft(self.engine, self.workers, &terms)
            }
        }
    }

    /// The terms of a customer where each has the window of its own billing day.
    fn own_terms(&self, id: CustomerId) -> RunTerms {
        let window = window_of(self.engine.book, id, self.terms.invoice_date);
        RunTerms {
            usage_cutoff: window.usage_cutoff,
            charge_cutoff: window.charge_cutoff,
            usage_from: self.terms.usage_from.map(|_| window.usage_from),
            ..self.terms.clone()
        }
    }

    fn own_spans(&self) -> Vec<UsageSpan> {
        let customers = if self.scope.own_days { self.engine.book.customers.len() } else { 0 };
        let own = (0..customers).map(|customer| self.own_terms(CustomerId::from_index(customer)));
        own.map(|terms| (terms.usage_from, terms.usage_cutoff)).collect()
    }

    /// Sends service lines to their customers; counts in all of them, and out those that no customer of the run gets.
    fn sort_services(
        &self,
        ledger: &Ledger,
        members: &[CustomerId],
    ) -> Result<(BTreeMap<CustomerId, Vec<MatchedService>>, ControlTotals)> {
        let Self { engine, terms, .. } = *self;
        let mut services = BTreeMap::<CustomerId, Vec<MatchedService>>::new();
        let mut totals = ControlTotals::default();
        for UnbilledService { import, supplier, line } in ledger.unbilled_services()? {
            let tally = tally_service(&line);
            totals.take_in(&tally);
            let supplier = engine.supplier_of(import, &supplier)?;
            match engine.matcher.match_service(supplier, import, line) {
                Err(aside) => totals.end(aside.disposition, Some(aside.reason), &tally),
                Ok(service) if service.line.date >= self.charge_cutoff(service.customer) => {
                    totals.end(Disposition::Held, Some(Reason::AfterCutoff), &tally);
                }
                Ok(service) if members.binary_search(&service.customer).is_err() => {
                    totals.end(Disposition::Held, Some(Reason::NotInRun), &tally);
                }
                Ok(service) => {
                    let category = &engine.book.products[service.product.index()].category;
                    match terms.excluded_categories.contains(category) {
                        true => totals.end(Disposition::Held, Some(Reason::CategoryExcluded), &tally),
                        false => services.entry(service.customer).or_default().push(service),
                    }
                }
            }
        }
        Ok((services, totals))
    }

    fn charge_cutoff(&self, id: CustomerId) -> Date {
        match self.scope.own_days {
            false => self.terms.charge_cutoff,
            true => window_of(self.engine.book, id, self.terms.invoice_date).charge_cutoff,
        }
    }

    /// What the drafts of some customers start from; takes their usage off the front of `rest`.
    fn inputs<'u>(
        &self,
        ledger: &Ledger,
        members: &[CustomerId],
        (spans, rest): (&[Range<usize>], &mut &'u mut [ChargedUsage]),
        services: &mut BTreeMap<CustomerId, Vec<MatchedService>>,
        billed_in_window: &BTreeSet<String>,
    ) -> Result<Vec<DraftInput<'u>>> {
        let account = |id: &CustomerId| self.engine.book.customer(*id).account.as_str();
        let accounts = || members.iter().map(account);
        let mut states = match accounts().min().zip(accounts().max()) {
            Some((first, last)) => ledger.account_states(first, last)?,
            None => BTreeMap::new(),
        };
        let input = |(customer, span): (&CustomerId, &Range<usize>)| DraftInput {
            customer: *customer,
            usage: rest.split_off_mut(..span.len()).expect("the spans cover the usage"),
            services: services.remove(customer).unwrap_or_default(),
            state: states.remove(account(customer)).unwrap_or_default(),
            is_billed_in_window: billed_in_window.contains(account(customer)),
        };
        Ok(members.iter().zip(spans).map(input).collect())
    }
}

/// Customers that are drafted side by side before the next are prepared.
const CUSTOMERS_AT_ONCE: usize = 4_096;

const FAULT_OF_OURS: &str = "this is a fault of the program: nothing was changed; please report it";

/// Where the usage of each customer lies in a list by customer.
fn spans(members: &[CustomerId], usage: &[ChargedUsage]) -> Vec<Range<usize>> {
    let mut end = 0;
    let span = |member: &CustomerId| {
        let start = end;
        end += usage[start..].iter().take_while(|one| one.customer == *member).count();
        start..end
    };
    members.iter().map(span).collect()
}

impl Drafted {
    /// Its bills: none, one, or one for each cost centre (O1).
    pub fn bills(&self) -> &[CustomerBill] {
        match &self.result {
            Ok(Outcome::Bills(bills)) => bills,
            _ => &[],
        }
    }

    /// The same, to number them.
    pub(super) fn bills_mut(&mut self) -> &mut [CustomerBill] {
        match &mut self.result {
            Ok(Outcome::Bills(bills)) => bills,
            _ => &mut [],
        }
    }

    /// The place among its bills of the one that usage of a cost centre is on.
    pub(super) fn bill_of(&self, cost_centre: &str) -> usize {
        let bills = self.bills();
        bills.iter().position(|bill| bill.bill.customer.cost_centre == cost_centre).unwrap_or(0)
    }

    /// What became of the customer, in a word or two.
    pub fn outcome(&self) -> String {
        match &self.result {
            Ok(Outcome::Bills(_)) => "billed".into(),
            Ok(Outcome::NoBill(NoBill::Empty)) => "nothing to bill".into(),
            Ok(Outcome::NoBill(NoBill::RolledOver(_))) => "rolled over: too low".into(),
            Ok(Outcome::NoBill(NoBill::DoNotBill)) => "not billed: accrues".into(),
            Ok(Outcome::NoBill(NoBill::Suspended)) => "not billed: suspended".into(),
            Ok(Outcome::NoBill(NoBill::Gone)) => "not billed: gone".into(),
            Err(reason) => format!("parked: {reason}"),
        }
    }
}
