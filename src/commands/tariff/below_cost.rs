//! What sells below cost, as findings of `tariff lint`: what the pipeline prices, put into words.

use crate::book::Tables;
use crate::commands::Global;
use crate::domain::book::{Book, RateId};
use crate::domain::price_book::{Rate, RateMode};
use crate::domain::time::{Date, DateRange};
use crate::domain::usage::Kind;
use crate::error::{Result, counted};
use crate::pipeline::Engine;
use crate::pipeline::below_cost::{SoldBelow, TariffPair, below_wholesale};
use crate::pipeline::usage_losses::{PeriodLoss, below_cost};
use crate::tariffs::lint::{Finding, FindingKind, Findings, Place, bands_of_suppliers, place_of_rate, priced_twice};
use crate::workspace::Workspace;

/// Adds what sells below the suppliers' tariffs and, for a period, below the cost of its usage; returns how many pairs
/// of rows were compared.
pub fn check(
    global: &Global,
    tables: &Tables,
    book: &Book,
    on: Date,
    period: Option<DateRange>,
    findings: &mut Findings,
) -> Result<usize> {
    let pair = |((supplier, retail, wholesale), classes)| TariffPair { supplier, classes, retail, wholesale };
    let pairs: Vec<TariffPair> = priced_twice(book, on).into_iter().map(pair).collect();
    if pairs.is_empty() && period.is_none() {
        return Ok(0);
    }
    let (engine, workers) = (Engine::new(book), global.workers()?);
    let compared = below_wholesale(&engine, &workers, &pairs, &bands_of_suppliers(book), on);
    compared.below.iter().for_each(|sold| findings.add(of_wholesale(tables, book, sold)));
    for pair in &compared.without_exchange_rate {
        findings.add(not_compared(tables, book, pair));
    }
    if let Some(period) = period {
        let workspace = Workspace::find(global.workspace.as_deref())?;
        let losses = below_cost(&engine, &workers, (&workspace.ledger()?, &workspace.usage()), period)?;
        losses.iter().for_each(|loss| findings.add(of_period(tables, book, loss)));
    }
    Ok(compared.compared)
}

fn rate(book: &Book, id: RateId) -> &Rate {
    &book.rates[id.index()]
}

fn of_wholesale(tables: &Tables, book: &Book, sold: &SoldBelow) -> Finding {
    let (row, wholesale) = (rate(book, sold.row), rate(book, sold.wholesale_row));
    let call_type = book.call_type(sold.call_type);
    let supplier = book.supplier(sold.supplier);
    let units = match call_type.kind {
        Kind::Voice => format!("{} s", sold.units),
        Kind::Data => format!("{} MB", sold.units / u64::from(supplier.bytes_per_mb.max(1))),
        Kind::Sms | Kind::Event => format!("{} {}", sold.units, call_type.kind.name()),
    };
    let (sell, cost) = (sold.sell.to_places(4), sold.cost.to_places(4));
    let what = format!(
        "{units} to {} in {} on {}: {sell} by {} ({}), {} charges {cost} by {} of {} ({})",
        call_type.code,
        book.band_names[sold.band.index()],
        sold.on,
        row.name,
        terms(row, call_type.kind),
        supplier.code,
        wholesale.name,
        book.tariff(wholesale.tariff).code,
        terms(wholesale, call_type.kind),
    );
    let finding = Finding::new(FindingKind::BelowWholesale, place_of_rate(tables, sold.row, "rate"), what);
    finding.about(&book.tariff(row.tariff).code)
}

/// What a row charges: `0.02 + 0.015 a minute, blocks of 60/1, at least 0.05`.
fn terms(row: &Rate, kind: Kind) -> String {
    let unit = match kind {
        Kind::Voice => "a minute",
        Kind::Data => "an MB",
        Kind::Sms | Kind::Event => "each",
    };
    let mut words = match row.mode {
        RateMode::Calculated if !row.steps.is_empty() => "by steps".to_owned(),
        RateMode::Calculated => format!("{} + {} {unit}", row.connection, row.rate),
        RateMode::Markup => format!("cost and {} %", row.percent),
        RateMode::Suggested => "by the suggested retail price".to_owned(),
        RateMode::FromFile => "by the file's price".to_owned(),
    };
    if (row.initial_increment, row.increment) != (1, 1) {
        words.push_str(&format!(", blocks of {}/{}", row.initial_increment, row.increment));
    }
    if row.included_seconds > 0 {
        words.push_str(&format!(", {} s included", row.included_seconds));
    }
    for (word, bound) in [("at least", row.minimum), ("at most", row.maximum)] {
        words.extend(bound.map(|bound| format!(", {word} {bound}")));
    }
    words.extend(row.access.map(|access| format!(", access {} + {} a minute", access.connection, access.rate)));
    words
}

fn not_compared(tables: &Tables, book: &Book, pair: &TariffPair) -> Finding {
    let table = tables.get("tariffs");
    let (retail, wholesale) = (book.tariff(pair.retail), book.tariff(pair.wholesale));
    let to = [retail.currency, book.settings.currency].into_iter().filter(|to| *to != wholesale.currency);
    let to = to.map(|currency| currency.to_string()).collect::<std::collections::BTreeSet<_>>();
    let what = format!(
        "cannot be compared with {} of supplier {}: no exchange rate from {} to {}",
        wholesale.code,
        book.supplier(pair.supplier).code,
        wholesale.currency,
        to.into_iter().collect::<Vec<_>>().join(" or to "),
    );
    let place = Place::of(table, &table.rows[pair.retail.index()], "currency");
    Finding::new(FindingKind::NotCompared, place, what).about(&retail.code)
}

fn of_period(tables: &Tables, book: &Book, loss: &PeriodLoss) -> Finding {
    let place = match (loss.row, loss.tariff) {
        (Some(row), _) => place_of_rate(tables, row, "rate"),
        (None, Some(tariff)) => {
            let table = tables.get("tariffs");
            Place::of(table, &table.rows[tariff.index()], "tariff")
        }
        (None, None) => Place { file: "customers.csv".into(), ..Place::default() },
    };
    let currency = book.settings.currency;
    let amount = |scaled: i128| crate::domain::money::Sum::<8>::from_wide(scaled).to_places(4);
    let what = format!(
        "priced by {}: {} of {} below cost: cost {}, sold for {}, loss {} {currency}",
        loss.row.map_or(loss.path.name(), |row| &rate(book, row).name),
        loss.below,
        counted(loss.records, "record"),
        amount(loss.cost.wide()),
        amount(loss.sell.wide()),
        amount(loss.loss()),
    );
    let finding = Finding::new(FindingKind::BelowCost, place, what).ranked(-loss.loss());
    let tariff = loss.row.map(|row| rate(book, row).tariff).or(loss.tariff);
    tariff.map_or(finding.clone(), |tariff| finding.about(&book.tariff(tariff).code))
}
