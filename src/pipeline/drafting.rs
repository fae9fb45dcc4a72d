//! One customer's usage, charges and services → its bill or why there is none, where its records end, and a digest of all
//! that posting it would write. A customer with very much usage is worked on in pieces, side by side.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::draft::Drafted;
use super::{Engine, cap_use};
use crate::allowances::{AllowanceUse, CapUse, apply_allowances, apply_caps};
use crate::billing::{BillingError, CustomerInput, NoBill, Outcome, RunTerms, UsageSums, bill_customer};
use crate::domain::allowance::AllowanceDraw;
use crate::domain::book::CustomerId;
use crate::domain::charge::{MatchedService, ServiceLine};
use crate::domain::disposition::{Disposition, Reason};
use crate::domain::money::{CallCharge, Overflow, Sum};
use crate::domain::totals::{ControlTotals, Tally};
use crate::domain::usage::{ChargedUsage, Kind};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::AccountState;
use crate::workers::Workers;

/// Usage that is summed up at once. Digests depend on it: it is the same for all.
const PIECE_RECORDS: usize = 65_536;

/// What the draft of one customer starts from.
pub struct DraftInput<'a> {
    /// Who.
    pub customer: CustomerId,
    /// Its usage, in time order (A1). Allowances and caps are applied to it where it lies.
    pub usage: &'a mut [ChargedUsage],
    /// Its service lines.
    pub services: Vec<MatchedService>,
    /// What earlier runs left behind.
    pub state: AccountState,
    /// It has an invoice of a run with the same cutoffs.
    pub is_billed_in_window: bool,
}

/// What the draft of one customer comes to.
pub struct CustomerDraft {
    /// Its bill, or why there is none.
    pub drafted: Drafted,
    /// Where its usage ended.
    pub totals: ControlTotals,
    /// Where its service lines ended.
    pub service_totals: ControlTotals,
    /// Over all that posting it would write.
    pub digest: [u8; 32],
}

impl DraftInput<'_> {
    /// Drafts the customer.
    pub fn draft(self, engine: &Engine, workers: &Workers, terms: &RunTerms) -> Result<CustomerDraft> {
        let Self { customer: id, usage, services, state, is_billed_in_window } = self;
        let customer = engine.book.customer(id);
        let used = cap_use(state.cap_use);
        let tallies: Vec<_> = services.iter().map(|service| tally_service(&service.line)).collect();
        let applied = apply_both(engine, id, usage, &state.allowance_use, &used);
        let pieces = match usage.len() {
            0..=PIECE_RECORDS => vec![Piece::of(usage)],
            _ => workers.map(usage.chunks(PIECE_RECORDS).collect(), Piece::of),
        };
        let mut counted = Counted::default();
        pieces.iter().for_each(|piece| counted.merge(&piece.counted));
        let (result, cap_use, allowance_use) = match applied {
            Err(overflow) => (Err(overflow.to_string()), Vec::new(), Vec::new()),
            Ok((AllowanceUse { draws, shown }, cap_use)) => {
                let bill = || {
                    let input = CustomerInput {
                        customer: id,
                        usage: sum_up(&pieces)?,
                        allowances: shown,
                        services,
                        billed_periods: &state.billed_periods,
                        previous_balance: state.balance,
                        has_next_message: !customer.next_invoice_message.is_empty()
                            && state.next_message_used.as_ref() != Some(&customer.next_invoice_message),
                        is_billed_in_window,
                    };
                    bill_customer(engine.book, terms, input)
                };
                (bill().map_err(|error| error.to_string()), cap_use, draws)
            }
        };
        let (totals, service_totals) = count_ended(&result, &counted, &tallies);
        let drafted = Drafted { account: customer.account.clone(), result, cap_use, allowance_use };
        let digest = digest(&drafted, &pieces)?;
        Ok(CustomerDraft { drafted, totals, service_totals, digest })
    }
}

/// Takes off a customer's usage what its allowances do, and then what its caps do.
fn apply_both(
    engine: &Engine,
    id: CustomerId,
    usage: &mut [ChargedUsage],
    drawn: &[AllowanceDraw],
    used: &[CapUse],
) -> std::result::Result<(AllowanceUse, Vec<CapUse>), Overflow> {
    let allowed = apply_allowances(engine.book, id, usage, drawn)?;
    Ok((allowed, apply_caps(engine.book, id, usage, used)?))
}

/// What a piece of a customer's usage comes to.
struct Piece {
    sums: std::result::Result<UsageSums, Overflow>,
    counted: Counted,
    digest: [u8; 32],
}

/// Usage by kind and by what becomes of it if there is a bill.
#[derive(Default)]
struct Counted([CountedKind; Kind::ALL.len()]);

#[derive(Default)]
struct CountedKind {
    billed: Tally,
    covered: Tally,
    capped: Tally,
    /// What the customer would pay for it with neither allowance nor cap.
    sell: Sum<6>,
}

impl Piece {
    fn of(usage: &[ChargedUsage]) -> Self {
        let (mut counted, mut hash) = (Counted::default(), Sha256::new());
        for one in usage {
            let disposition = one.disposition();
            counted.add(one, disposition);
            hash.update(one.import.to_le_bytes());
            hash.update(one.row.to_le_bytes());
            hash.update(one.charge.scaled().to_le_bytes());
            hash.update([disposition as u8]);
        }
        Self { sums: UsageSums::of(usage), counted, digest: hash.finalize().into() }
    }
}

impl Counted {
    /// A priced record, counted with its cost as it came in so that in and out can be compared.
    fn add(&mut self, one: &ChargedUsage, disposition: Disposition) {
        let CountedKind { billed, covered, capped, sell } = &mut self.0[one.kind as usize];
        let tally = Tally::of(one.kind, one.units, one.stated_cost, one.charge);
        let place = match disposition {
            Disposition::Capped => capped,
            Disposition::Allowance => covered,
            _ => billed,
        };
        place.merge(&tally);
        sell.add(one.sell);
    }

    fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.billed.merge(&theirs.billed);
            mine.covered.merge(&theirs.covered);
            mine.capped.merge(&theirs.capped);
            mine.sell.merge(theirs.sell);
        }
    }

    /// Where it ends if there is a bill.
    fn charged(&self) -> ControlTotals {
        let mut totals = ControlTotals::default();
        for (kind, CountedKind { billed, covered, capped, .. }) in Kind::ALL.into_iter().zip(&self.0) {
            totals.end(Disposition::Billed, None, &Tally { kind: Some(kind), ..*billed });
            totals.end(Disposition::Allowance, None, &Tally { kind: Some(kind), ..*covered });
            totals.end(Disposition::Capped, None, &Tally { kind: Some(kind), ..*capped });
        }
        totals
    }

    /// Where it ends if there is none.
    fn held_back(&self, disposition: Disposition, reason: Reason) -> ControlTotals {
        let mut totals = ControlTotals::default();
        for (kind, CountedKind { billed, covered, capped, sell }) in Kind::ALL.into_iter().zip(&self.0) {
            let mut tally = *billed;
            tally.merge(covered);
            tally.merge(capped);
            totals.end(disposition, Some(reason), &Tally { kind: Some(kind), sell: *sell, ..tally });
        }
        totals
    }
}

fn sum_up(pieces: &[Piece]) -> std::result::Result<UsageSums, BillingError> {
    let mut sums = UsageSums::default();
    for piece in pieces {
        sums.merge(piece.sums.clone()?)?;
    }
    Ok(sums)
}

/// A service line, counted as one event with its cost.
pub fn tally_service(line: &ServiceLine) -> Tally {
    Tally::of(Kind::Event, 1, line.cost, CallCharge::ZERO)
}

/// Where the records of a customer ended, by what became of its bill: usage, then service lines.
fn count_ended(
    result: &std::result::Result<Outcome, String>,
    usage: &Counted,
    services: &[Tally],
) -> (ControlTotals, ControlTotals) {
    let mut services_ended = ControlTotals::default();
    let (disposition, reason) = match result {
        Ok(Outcome::Bills(_)) => {
            services.iter().for_each(|tally| services_ended.end(Disposition::Billed, None, tally));
            return (usage.charged(), services_ended);
        }
        Ok(Outcome::NoBill(NoBill::RolledOver(_))) => (Disposition::RolledOver, Reason::LowInvoice),
        Ok(Outcome::NoBill(NoBill::Suspended)) => (Disposition::Held, Reason::CustomerSuspended),
        Ok(Outcome::NoBill(NoBill::Gone)) => (Disposition::Excluded, Reason::CustomerDropped),
        Ok(Outcome::NoBill(NoBill::Empty | NoBill::DoNotBill)) => (Disposition::Held, Reason::CustomerNotBilled),
        Err(_) => (Disposition::Held, Reason::CustomerParked),
    };
    services.iter().for_each(|tally| services_ended.end(disposition, Some(reason), tally));
    (usage.held_back(disposition, reason), services_ended)
}

/// SHA-256 over what became of the customer, its bill, and the pieces of the usage on it.
fn digest(drafted: &Drafted, pieces: &[Piece]) -> Result<[u8; 32]> {
    let mut hash = Sha256::new();
    add_json(&mut hash, &(&drafted.account, drafted.outcome()))?;
    if !drafted.bills().is_empty() {
        drafted.bills().iter().try_for_each(|bill| add_json(&mut hash, &bill.bill))?;
        add_json(&mut hash, &drafted.allowance_use)?;
        pieces.iter().for_each(|piece| hash.update(piece.digest));
    }
    Ok(hash.finalize().into())
}

/// Adds a value, led by its length so that no two lists of values look alike.
pub(super) fn add_json(hash: &mut Sha256, value: &impl Serialize) -> Result<()> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| Error::new(ErrorKind::Io, format!("cannot write JSON: {error}"), ""))?;
    hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
    hash.update(bytes);
    Ok(())
}
