//! What the product says of a record, in the words that the oracle uses: asked for one record, and for many at once.

use tollbook::domain::book::{Book, CallTypeId, CliId, CustomerId, SupplierId};
use tollbook::domain::usage::{ClassifiedBy, MatchedUsage, RatedUsage, SetAside, UsageRecord};
use tollbook::pipeline::{BATCH_RECORDS, Engine};

use super::answer::{Answer, Priced};

/// The product's answers to records of one supplier that are priced together, the fast way: by row.
pub fn answers(engine: &Engine, supplier: SupplierId, records: &[UsageRecord]) -> Vec<(u32, Answer)> {
    let mut answers = Vec::with_capacity(records.len());
    for batch in records.chunks(BATCH_RECORDS) {
        engine.price_each(supplier, batch, |record, priced| {
            let answer = match priced {
                Ok((found, price)) => {
                    let matched = MatchedUsage::new(record.clone(), found, None);
                    of_rated(engine.book, &RatedUsage::new(matched, price))
                }
                Err(why) => of_set_aside(engine.book, &SetAside::new(record.clone(), why)),
            };
            answers.push((record.row, answer));
        });
    }
    answers
}

/// The product's answer to one record.
pub fn answer(engine: &Engine, supplier: SupplierId, record: &UsageRecord) -> Answer {
    match engine.price(supplier, record.clone()) {
        Ok(rated) => of_rated(engine.book, &rated),
        Err(aside) => of_set_aside(engine.book, &aside),
    }
}

/// What is told of a record is what is billed for it; `explain` itself holds the plain rule against the look-ups.
pub fn check_told(engine: &Engine, supplier: SupplierId, record: &UsageRecord, billed: &Answer) {
    let Ok(matched) = engine.matcher.match_usage(supplier, record.clone()) else { return };
    let told = engine.rater.explain(supplier, &matched);
    assert_eq!(
        told.sell.map(|sell| sell.scaled()),
        billed.price.as_ref().map(|price| price.sell),
        "{record:?}\n{told}"
    );
    assert_eq!(told.reason.unwrap_or_default(), billed.reason, "{record:?}\n{told}");
}

fn of_rated(book: &Book, rated: &RatedUsage) -> Answer {
    let matched = &rated.matched;
    let classified_by = match matched.classified_by {
        ClassifiedBy::ChargeBand => "charge band".to_owned(),
        ClassifiedBy::SupplierPrefix(length) => format!("supplier's prefix of {length}"),
        ClassifiedBy::Prefix(length) => format!("prefix of {length}"),
        ClassifiedBy::Fallback => "fallback".to_owned(),
    };
    let row = rated.rate_row.map(|id| &book.rates[id.index()]);
    let tariff = |id: tollbook::domain::book::TariffId| book.tariff(id).code.clone();
    Answer {
        disposition: "rated".into(),
        classified_by,
        price: Some(Priced {
            cost: rated.cost.scaled(),
            expected_cost: rated.expected_cost.map(|cost| cost.scaled()),
            sell: rated.sell.scaled(),
            connection: rated.components.connection.scaled(),
            usage: rated.components.usage.scaled(),
            access: rated.components.access.scaled(),
            surcharges: rated.components.surcharges.scaled(),
            billable_units: rated.billable_units,
            band: book.band_names[rated.band.index()].clone(),
            tariff: rated.tariff.map(tariff).unwrap_or_default(),
            rate_row: row.map(|row| (tariff(row.tariff), row.name.clone())),
            path: rated.path.name().into(),
            unanswered: rated.unanswered,
        }),
        ..known(book, Some(matched.cli), Some(matched.customer), Some(matched.call_type))
    }
}

fn of_set_aside(book: &Book, aside: &SetAside) -> Answer {
    Answer {
        disposition: aside.disposition.name().into(),
        reason: aside.reason.name().into(),
        ..known(book, aside.cli, aside.customer, aside.call_type)
    }
}

fn known(book: &Book, cli: Option<CliId>, customer: Option<CustomerId>, call_type: Option<CallTypeId>) -> Answer {
    let line = cli.map(|id| {
        let cli = book.cli(id);
        (cli.cli.clone(), cli.extension.clone(), cli.valid.from.map(|from| from.to_string()).unwrap_or_default())
    });
    Answer {
        line,
        account: customer.map(|id| book.customer(id).account.clone()).unwrap_or_default(),
        call_type: call_type.map(|id| book.call_type(id).code.clone()).unwrap_or_default(),
        ..Answer::default()
    }
}
