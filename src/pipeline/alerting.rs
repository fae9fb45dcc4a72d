//! The usage of an import → sums by customer and day, compared with what earlier imports brought, → alerts in the ledger
//! (L5). Prices by the book as it stands; one pass over the import, none over any other.

use std::collections::BTreeMap;

use ahash::AHashMap;

use super::unbilled::OpenImport;
use super::{BATCH_RECORDS, Engine};
use crate::alerts::{Alert, CustomerUse, LimitedUse, find_alerts, is_night};
use crate::allowances::billing_period_start;
use crate::domain::book::{AlertSettings, CallTypeId, CliId, CustomerId};
use crate::domain::money::{CallCharge, Sum};
use crate::domain::time::Date;
use crate::domain::usage::{Direction, Kind, UsageRecord};
use crate::domain::usage_days::{DayUse, UsageDays};
use crate::error::Result;
use crate::facts::UsageStore;
use crate::ledger::{CheckedUsage, LedgerWriter, UsageAlert, UsageHistory};
use crate::workers::Workers;

/// Looks at every live import that was not looked at yet, in order: what an earlier command left because it was cut short
/// comes first. Returns the alerts that were raised.
pub fn check_imports(
    ledger: &mut LedgerWriter,
    store: &UsageStore,
    workers: &Workers,
    engine: &Engine,
) -> Result<Vec<UsageAlert>> {
    let mut raised = Vec::new();
    let unchecked = ledger.unchecked_imports()?;
    for row in ledger.imports()?.into_iter().filter(|row| unchecked.contains(&row.id)) {
        let id = row.id;
        let import = OpenImport::one(ledger, store, engine, row)?;
        let seen = Seen::of(engine, store, workers, &import)?;
        let mut checked = Vec::new();
        for (customer, seen) in seen.by_customer() {
            let history = ledger.usage_history(&engine.book.customer(customer).account)?;
            checked.push(check_customer(engine, customer, seen, history));
        }
        raised.extend(ledger.record_alert_check(id, &checked)?);
    }
    Ok(raised)
}

/// What an import holds, by customer.
#[derive(Default)]
struct Seen {
    /// With no line: the customer as a whole.
    days: AHashMap<(CustomerId, Option<CliId>, Date), DayUse>,
    call_types: AHashMap<(CustomerId, CallTypeId), Sum<6>>,
}

/// What an import holds of one customer.
#[derive(Default)]
struct SeenOfCustomer {
    days: BTreeMap<Option<CliId>, UsageDays>,
    call_types: BTreeMap<CallTypeId, Sum<6>>,
}

impl Seen {
    fn of(engine: &Engine, store: &UsageStore, workers: &Workers, import: &OpenImport) -> Result<Self> {
        let mut seen = Self::default();
        let work = |records: Vec<UsageRecord>| {
            let mut part = Self::default();
            for records in records.chunks(BATCH_RECORDS) {
                engine.price_each(import.supplier, records, |record, priced| {
                    if let Ok((of, price)) = priced {
                        part.add(engine, record, (of.customer, of.cli, of.call_type), price.sell);
                    }
                });
            }
            part
        };
        import.each_live_batch(store, workers, work, |part: Self| {
            seen.merge(part);
            Ok(())
        })?;
        Ok(seen)
    }

    fn add(
        &mut self,
        engine: &Engine,
        record: &UsageRecord,
        (customer, cli, call_type): (CustomerId, CliId, CallTypeId),
        sell: CallCharge,
    ) {
        let settings = &engine.book.settings.alerts;
        let mut one = DayUse { calls: 1, ..DayUse::default() };
        one.spend.add(sell);
        if is_night(settings, record.started.civil) {
            one.night_spend.add(sell);
        }
        one.short_calls = u64::from(is_short(settings, record));
        let day = record.started.civil.date;
        self.days.entry((customer, None, day)).or_default().merge(one);
        if engine.book.cli(cli).usage_limit.is_some() {
            self.days.entry((customer, Some(cli), day)).or_default().merge(one);
        }
        self.call_types.entry((customer, call_type)).or_default().add(sell);
    }

    fn merge(&mut self, other: Self) {
        for (key, day) in other.days {
            self.days.entry(key).or_default().merge(day);
        }
        for (key, sum) in other.call_types {
            self.call_types.entry(key).or_default().merge(sum);
        }
    }

    /// In the order of the book, which no hash decides.
    fn by_customer(self) -> BTreeMap<CustomerId, SeenOfCustomer> {
        let mut customers = BTreeMap::<CustomerId, SeenOfCustomer>::new();
        for ((customer, cli, day), one) in self.days {
            let days = customers.entry(customer).or_default().days.entry(cli).or_default();
            days.entry(day).or_default().merge(one);
        }
        for ((customer, call_type), sum) in self.call_types {
            customers.entry(customer).or_default().call_types.entry(call_type).or_default().merge(sum);
        }
        customers
    }
}

/// An answered outbound call of a few seconds.
fn is_short(settings: &AlertSettings, record: &UsageRecord) -> bool {
    let is_call = record.kind == Kind::Voice && record.direction == Direction::Out;
    is_call && record.units > 0 && record.units <= settings.short_call_seconds
}

fn check_customer(
    engine: &Engine,
    customer: CustomerId,
    seen: SeenOfCustomer,
    mut history: UsageHistory,
) -> CheckedUsage {
    let book = engine.book;
    let of_book = book.customer(customer);
    let mut days = BTreeMap::<String, UsageDays>::new();
    let mut lines = BTreeMap::new();
    for (cli, of_cli) in seen.days {
        let name = cli.map_or(String::new(), |cli| book.cli(cli).cli.clone());
        lines.extend(cli.map(|cli| (name.clone(), cli)));
        let days = days.entry(name).or_default();
        of_cli.into_iter().for_each(|(day, one)| days.entry(day).or_default().merge(one));
    }
    let call_type = |id: CallTypeId| book.call_type(id).code.clone();
    let call_types: BTreeMap<String, Sum<6>> =
        seen.call_types.into_iter().map(|(id, sum)| (call_type(id), sum)).collect();
    let mut limits = Vec::new();
    if let (Some(limit), Some(new)) = (of_book.limits.unbilled, days.get("")) {
        limits.extend(unbilled_use(limit, new, &history));
    }
    for (name, cli) in lines {
        if let (Some(limit), Some(new)) = (book.cli(cli).usage_limit, days.get(&name)) {
            let start = |day: Date| billing_period_start(book, customer, day);
            let before = history.days.get(&name);
            let periods: std::collections::BTreeSet<Date> = new.keys().map(|day| start(*day)).collect();
            for since in periods {
                let all = before.into_iter().flatten().chain(new);
                let mut used = Sum::default();
                all.filter(|(day, _)| start(**day) == since).for_each(|(_, one)| used.merge(one.spend));
                limits.push(LimitedUse { cli: name.clone(), since, used, limit });
            }
        }
    }
    let usage = CustomerUse {
        currency: of_book.currency,
        before: history.days.remove("").unwrap_or_default(),
        new: days.get("").cloned().unwrap_or_default(),
        call_types_before: history.call_types,
        call_types,
        limits,
    };
    let alerts = find_alerts(&book.settings.alerts, &usage).into_iter();
    let words = |alert: Alert| [alert.cli, alert.kind.name().to_owned(), alert.key, alert.detail];
    CheckedUsage {
        account: of_book.account.clone(),
        days,
        call_types: usage.call_types.into_keys().collect(),
        alerts: alerts.map(words).collect(),
    }
}

/// Usage that waits to be billed: all that is new, and what earlier imports brought since the last invoice.
fn unbilled_use(limit: crate::domain::money::Money, new: &UsageDays, history: &UsageHistory) -> Option<LimitedUse> {
    let mut used = Sum::default();
    new.values().for_each(|one| used.merge(one.spend));
    let waits = |day: &Date| history.billed_until.is_none_or(|until| *day >= until);
    let before = history.days.get("").into_iter().flatten().filter(|(day, _)| waits(day));
    before.for_each(|(_, one)| used.merge(one.spend));
    let first = history.days.get("").into_iter().flatten().chain(new).map(|(day, _)| *day).min()?;
    Some(LimitedUse { cli: String::new(), since: history.billed_until.unwrap_or(first), used, limit })
}
