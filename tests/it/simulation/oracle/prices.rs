//! What a product or a charge costs on a day (P2): the first in the order of the rule, the latest that has begun.

use jiff::civil::Date;

use super::Bill;
use crate::oracle::amounts::{Amount, number};
use crate::simulation::fixed::look_up;
use crate::simulation::world::Charge;

impl Bill<'_> {
    pub fn charge_price(&self, charge: &Charge, on: Date) -> Amount {
        let schedule = self.world.charge_prices.iter();
        let begun = schedule.filter(|row| row.account == charge.account && row.charge == charge.id && row.from <= on);
        match begun.max_by_key(|row| row.from) {
            Some(row) => number(&row.price),
            None if !charge.price.is_empty() => number(&charge.price),
            None => self.product_price(charge.product, on),
        }
    }

    pub fn product_price(&self, product: &str, on: Date) -> Amount {
        let latest = |account: &str, tariff: &str| {
            let rows = self.world.product_prices.iter().filter(|row| row.product == product && row.from <= on);
            let rows = rows.filter(|row| row.account == account && row.tariff == tariff);
            rows.max_by_key(|row| row.from).map(|row| number(&row.price))
        };
        let tariff = match look_up("products", product, "category") {
            "Broadband" => self.customer.broadband_tariff,
            _ => "",
        };
        let by_tariff = || if tariff.is_empty() { None } else { latest("", tariff) };
        latest(&self.customer.account, "")
            .or_else(by_tariff)
            .or_else(|| latest("", ""))
            .unwrap_or_else(|| number(look_up("products", product, "price")))
    }
}
