//! A period's imported usage, billed or not, priced by a book as it stands → what is sold below its cost in the file.
//! Prices with the rater, as bills do; changes nothing.

use std::collections::BTreeMap;

use super::Engine;
use super::unbilled::OpenImport;
use crate::domain::book::{RateId, TariffId};
use crate::domain::money::{Rounding, Sum};
use crate::domain::time::DateRange;
use crate::domain::usage::{RatePath, RatedUsage, UsageRecord};
use crate::error::Result;
use crate::facts::{RowSet, UsageStore};
use crate::ledger::Ledger;
use crate::workers::Workers;

/// Usage of a period that was priced in one way, as far as it is sold below its cost. In the workspace's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodLoss {
    /// The row that priced it, if one did.
    pub row: Option<RateId>,
    /// Else the tariff that was asked, if any was.
    pub tariff: Option<TariffId>,
    /// Else how the price was found.
    pub path: RatePath,
    /// Records that were priced so.
    pub records: u64,
    /// Those of them that were sold below cost.
    pub below: u64,
    /// What these cost.
    pub cost: Sum<8>,
    /// What they are sold for.
    pub sell: Sum<8>,
}

impl PeriodLoss {
    /// Cost less sell, as a count of 10⁻⁸.
    pub fn loss(&self) -> i128 {
        self.cost.wide() - self.sell.wide()
    }
}

type Losses = BTreeMap<(Option<TariffId>, Option<RateId>, RatePath), PeriodLoss>;

/// Records decoded at once.
const BATCH_ROWS: usize = 8_192;
/// Batches in work per thread.
const WINDOW_PER_THREAD: usize = 4;

/// Everything that was imported for days of a period, billed or not, priced by a book as it stands; the greatest loss
/// first. What is deleted, marked or cannot be priced is left out.
pub fn below_cost(
    engine: &Engine,
    workers: &Workers,
    (ledger, store): (&Ledger, &UsageStore),
    period: DateRange,
) -> Result<Vec<PeriodLoss>> {
    let mut losses = Losses::new();
    for import in OpenImport::all(ledger, store, engine)? {
        let mut rows = RowSet::new();
        rows.insert_range(0..import.rows());
        let price = |record: UsageRecord| {
            let is_wanted = period.contains(record.started.civil.date) && import.mark_of(record.row).is_none();
            is_wanted.then(|| engine.price(import.supplier, record).ok()).flatten()
        };
        let mut window = Vec::new();
        let mut batches = store.scan_rows(import.facts_file(), &rows, BATCH_ROWS).peekable();
        while let Some(batch) = batches.next() {
            window.push(batch?);
            if window.len() < workers.threads() * WINDOW_PER_THREAD && batches.peek().is_some() {
                continue;
            }
            let priced = workers.map(std::mem::take(&mut window), |batch: Vec<UsageRecord>| {
                batch.into_iter().filter_map(price).collect::<Vec<_>>()
            });
            priced.into_iter().flatten().for_each(|rated| count(engine, &mut losses, &rated));
        }
    }
    let mut losses: Vec<PeriodLoss> = losses.into_values().filter(|loss| loss.below > 0).collect();
    losses.sort_by_key(|loss| std::cmp::Reverse(loss.loss()));
    Ok(losses)
}

fn count(engine: &Engine, losses: &mut Losses, rated: &RatedUsage) {
    let pair = (engine.book.customer(rated.matched.customer).currency, engine.book.settings.currency);
    let sell = rated.sell.rescaled::<8>(Rounding::HalfUp).ok();
    let on = rated.matched.record.started.civil.date;
    let Some(sell) = sell.and_then(|sell| engine.rater.exchanged(sell, pair, on)) else { return };
    // A credit of ours for which the file states none is a share of what it does not show (R15).
    if sell.is_negative() && rated.cost.is_zero() {
        return;
    }
    let (row, path) = (rated.rate_row, rated.path);
    let tariff = rated.tariff.filter(|_| row.is_none());
    let path = if row.is_some() { RatePath::Rate } else { path };
    let (cost, no_sell) = (Sum::default(), Sum::default());
    let empty = PeriodLoss { tariff, row, path, records: 0, below: 0, cost, sell: no_sell };
    let loss = losses.entry((tariff, row, path)).or_insert(empty);
    loss.records += 1;
    if sell < rated.cost {
        loss.below += 1;
        loss.cost.add(rated.cost);
        loss.sell.add(sell);
    }
}
