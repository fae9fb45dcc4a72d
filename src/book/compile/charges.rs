//! Charges on customers (P1): what a row leaves blank comes from its product; what cannot be billed is refused.

use ahash::{AHashMap, AHashSet};

use crate::book::notation;
use crate::domain::book::{CostCentreId, CustomerId, ProductId};
use crate::domain::charge::{Alignment, Charge, ChargeType, Interval, Product};
use crate::domain::customer::Cli;
use crate::domain::money::{Price, Quantity};
use crate::domain::time::Date;

use super::clis::CliLookup;
use super::rows::{Input, Names, Row};

/// What a charge without product and category is listed under.
const DEFAULT_CATEGORY: &str = "Charges";
/// Where periods begin if nothing is said (P3).
const DEFAULT_ALIGNMENT: Alignment = Alignment::Calendar(1);

pub(super) fn charges(input: &Input, names: &Names, products: &[Product], clis: &[Cli]) -> Vec<Charge> {
    let named_clis = input.rows("charges").any(|row| row.get("cli").is_some());
    let context = Context {
        input,
        names,
        products,
        clis,
        lookup: CliLookup::new(if named_clis { clis } else { &[] }),
        priced: priced(input),
        customer_tariffs: customer_tariffs(input),
        schedules: schedules(input),
    };
    input.rows("charges").filter_map(|row| context.charge(row)).collect()
}

/// Dated prices by account and charge, by date. Refuses those of no charge.
fn schedules<'i>(input: &'i Input) -> AHashMap<(&'i str, &'i str), Vec<(Date, Price)>> {
    let key = |row: Row<'i>| (row.get("account").unwrap_or(""), row.get("charge").unwrap_or(""));
    let mut schedules = AHashMap::<_, Vec<_>>::new();
    if input.rows("charge_prices").len() == 0 {
        return schedules;
    }
    let charges: AHashSet<_> = input.rows("charges").map(key).collect();
    for row in input.rows("charge_prices") {
        let (account, charge) = key(row);
        if !charges.contains(&(account, charge)) {
            let of_account = input.rows("charges").filter(|known| known.get("account") == Some(account));
            let known = of_account.filter_map(|known| known.get("charge"));
            row.fail_unknown("charge", charge, &format!("account {account} has no such charge in charges.csv"), known);
        }
        schedules.entry((account, charge)).or_default().extend(row.date("from").zip(row.decimal("price")));
    }
    schedules.values_mut().for_each(|prices| prices.sort_unstable());
    schedules
}

/// Which products have a dated price, and for which account or tariff; both blank for everybody.
fn priced<'i>(input: &'i Input) -> AHashSet<(&'i str, &'i str, &'i str)> {
    let text = |row: Row<'i>, column| row.get(column).unwrap_or("");
    input.rows("product_prices").map(|row| (text(row, "product"), text(row, "account"), text(row, "tariff"))).collect()
}

/// The tariff of an account in a category.
fn customer_tariffs<'i>(input: &'i Input) -> AHashMap<(&'i str, &'i str), &'i str> {
    let text = |row: Row<'i>, column| row.get(column).unwrap_or("");
    let rows = input.rows("customer_tariffs");
    rows.map(|row| ((text(row, "account"), text(row, "category")), text(row, "tariff"))).collect()
}

/// What charges refer to.
struct Context<'i> {
    input: &'i Input<'i>,
    names: &'i Names<'i>,
    products: &'i [Product],
    clis: &'i [Cli],
    lookup: CliLookup<'i>,
    priced: AHashSet<(&'i str, &'i str, &'i str)>,
    customer_tariffs: AHashMap<(&'i str, &'i str), &'i str>,
    schedules: AHashMap<(&'i str, &'i str), Vec<(Date, Price)>>,
}

impl Context<'_> {
    fn charge(&self, row: Row) -> Option<Charge> {
        let product = row.id("product", &self.names.products);
        let product_row = product.map(|product| self.input.row("products", product as usize));
        let charge_type = charge_type(row, product_row);
        let from = row.date("from");
        row.dates();
        row.date_range("from", "minimum_term");
        let customer = CustomerId(row.id("account", &self.names.customers)?);
        let from = from?;
        let product = product.and_then(|product| Some((ProductId(product), self.products.get(product as usize)?)));
        let prices = self.schedule(row);
        if prices.first().is_none_or(|(first, _)| *first > from) {
            self.check_price(row, customer, product.map(|(_, product)| product));
        }
        let cli = row.get("cli").map(|cli| (cli, self.lookup.find(customer, cli, from)));
        if let Some((cli, None)) = cli {
            let account = row.text("account");
            row.fail("cli", &format!("account {account} has no such CLI in clis.csv"), &self.near_cli(customer, cli));
        }
        let cli = cli.and_then(|(_, found)| found);
        let product_name = product.map_or("", |(_, product)| product.name.as_str());
        Some(Charge {
            customer,
            id: row.text("charge"),
            product: product.map(|(id, _)| id),
            description: row.get("description").unwrap_or(product_name).to_owned(),
            details: row.text("details"),
            cli,
            cost_centre: self.cost_centre(row).or_else(|| self.clis[cli?.index()].cost_centre),
            charge_type: charge_type?,
            quantity: row.decimal("quantity").unwrap_or(Quantity::ONE),
            price: row.decimal("price"),
            prices,
            cost: row.decimal("cost"),
            vat_code: row.get("vat_code").map(str::to_owned),
            from,
            to: row.date("to"),
            minimum_term: row.date("minimum_term"),
            category: match (row.get("category"), product) {
                (Some(category), _) => category.to_owned(),
                (None, Some((_, product))) => product.category.clone(),
                (None, None) => DEFAULT_CATEGORY.to_owned(),
            },
            hide_period: row.flag("hide_period"),
        })
    }

    fn schedule(&self, row: Row) -> Vec<(Date, Price)> {
        let key = (row.get("account").unwrap_or(""), row.get("charge").unwrap_or(""));
        self.schedules.get(&key).cloned().unwrap_or_default()
    }

    fn cost_centre(&self, row: Row) -> Option<CostCentreId> {
        self.names.cost_centre(self.input, row, "cost_centre", row.get("cost_centre")?)
    }

    fn near_cli(&self, customer: CustomerId, cli: &str) -> String {
        let held = self.clis.iter().filter(|held| held.customer == customer).map(|held| held.cli.as_str());
        self.input.errors.did_you_mean(cli, held)
    }

    /// A charge has a price from somewhere (P2), and it has a name.
    fn check_price(&self, row: Row, customer: CustomerId, product: Option<&Product>) {
        let Some(product) = product else {
            if row.get("product").is_none() {
                if row.get("price").is_none() {
                    row.fail("price", "is needed: the charge has no product", "a price, or a product that has one");
                }
                if row.get("description").is_none() {
                    row.fail("description", "is needed: the charge has no product", "what invoices are to print");
                }
            }
            return;
        };
        if row.get("price").is_some() {
            return;
        }
        let (code, account) = (product.code.as_str(), row.get("account").unwrap_or(""));
        let tariff = self.customer_tariffs.get(&(account, product.category.as_str()));
        let own = self.priced.contains(&(code, account, ""))
            || tariff.is_some_and(|tariff| self.priced.contains(&(code, "", *tariff)));
        let currency = self.names.customer_currencies[customer.0 as usize];
        let workspace = self.input.settings.currency;
        if own {
            return;
        }
        if product.price.is_none() && !self.priced.contains(&(code, "", "")) {
            let reason = format!("is needed: product {code} has no price");
            row.fail("price", &reason, "a price here, or one of the product");
        } else if currency != workspace {
            let reason = format!("is needed: the bill is in {currency}, product {code} is priced in {workspace} (X7)");
            row.fail("price", &reason, &format!("a price in {currency}"));
        }
    }
}

/// One-off or recurring: what the row says, else its product, else whether there is an interval.
fn charge_type(row: Row, product: Option<Row>) -> Option<ChargeType> {
    let interval_of = |row: Row| row.parsed("interval", Interval::parse);
    let own_interval = interval_of(row);
    let interval = own_interval.or_else(|| product.and_then(interval_of));
    let said = row.get("type").or_else(|| product.and_then(|product| product.get("type")));
    let recurring = match said {
        Some(word) => word == "recurring",
        None => interval.is_some(),
    };
    if !recurring {
        for column in
            ["interval", "timing", "align", "minimum_term"].into_iter().filter(|column| row.get(column).is_some())
        {
            row.fail(column, "means nothing: the charge is one_off", "the type recurring, or a blank");
        }
        return Some(ChargeType::OneOff);
    }
    let Some(interval) = interval else {
        row.fail(
            "interval",
            "is needed: the charge is recurring",
            "daily, weekly, fortnightly, monthly, quarterly, yearly or a number of months",
        );
        return None;
    };
    Some(ChargeType::Recurring {
        interval,
        in_advance: row.get("timing") != Some("arrears"),
        alignment: row.parsed("align", notation::alignment).unwrap_or(DEFAULT_ALIGNMENT),
    })
}
