//! The customer being billed, with the book and the run's terms at hand: names, VAT codes and days that lines need.
//! Computes no amounts.

use super::days::Days;
use super::{BillingError, RunTerms};
use crate::domain::bill::{Amount, BillLine, LineKind};
use crate::domain::book::{Book, CliId, CostCentreId, CustomerId, ProductId};
use crate::domain::charge::Product;
use crate::domain::customer::Customer;
use crate::domain::money::Money;
use crate::domain::time::Date;

/// The code of what is exempt from VAT by the customer or the call type (V1). Built in: the book need not hold it.
pub(super) const EXEMPT: &str = "exempt";

/// What each step of billing looks at.
pub(super) struct Context<'a> {
    pub book: &'a Book,
    pub terms: &'a RunTerms,
    pub id: CustomerId,
    pub customer: &'a Customer,
}

impl<'a> Context<'a> {
    pub fn new(book: &'a Book, terms: &'a RunTerms, id: CustomerId) -> Self {
        Self { book, terms, id, customer: book.customer(id) }
    }

    /// An amount in the customer's currency.
    pub fn amount(&self, money: Money) -> Amount {
        Amount::new(money, self.customer.currency)
    }

    /// The name on invoices; empty for none.
    pub fn cost_centre_name(&self, id: Option<CostCentreId>) -> &'a str {
        id.map_or("", |id| &self.book.cost_centres[id.index()].name)
    }

    /// The identifier of a line and the name of its cost centre; empty for none.
    pub fn cli_names(&self, id: Option<CliId>) -> (&'a str, &'a str) {
        id.map_or(("", ""), |id| {
            let cli = self.book.cli(id);
            (&cli.cli, self.cost_centre_name(cli.cost_centre))
        })
    }

    pub fn product(&self, id: ProductId) -> &'a Product {
        &self.book.products[id.index()]
    }

    /// V1 for anything but usage: the exemption of the customer, else the first of `own` codes (the charge's, the
    /// product's) that is set, else the customer's code for charges.
    pub fn vat_code<const N: usize>(&self, own: [Option<&String>; N]) -> String {
        if self.customer.vat_exempt {
            return EXEMPT.to_owned();
        }
        own.into_iter().flatten().next().unwrap_or(&self.customer.vat_code).clone()
    }

    /// V1 for usage: the exemption of the customer or of the call type, else the customer's code for calls.
    pub fn usage_vat_code(&self, call_type_is_exempt: bool) -> String {
        if self.customer.vat_exempt || call_type_is_exempt {
            return EXEMPT.to_owned();
        }
        self.customer.vat_code_calls.clone()
    }

    /// The last day on which the customer has service at all (B10): recurring charges end on it whatever their own
    /// dates and minimum terms say.
    pub fn last_day_of_service(&self) -> Option<Date> {
        [self.customer.final_bill_date, self.customer.dropped_date].into_iter().flatten().min()
    }

    /// Does what is listed under a category wait for another run (B2)?
    pub fn is_excluded(&self, category: &str) -> bool {
        self.terms.excluded_categories.iter().any(|excluded| excluded == category)
    }

    /// A line with nothing set but what every line has.
    pub fn line(&self, kind: LineKind, amount: Money, vat_code: String) -> BillLine {
        BillLine::new(kind, self.amount(amount), vat_code)
    }

    /// The days of a period as a line prints them.
    pub fn printed(&self, days: Days, hidden: bool) -> (Option<Date>, Option<Date>) {
        if hidden { (None, None) } else { (Some(days.from), Some(days.to)) }
    }

    /// The error of a product or charge that has no price on a day (P2, B16).
    pub fn no_price(&self, what: &str, product: Option<ProductId>, on: Date) -> BillingError {
        let Some(product) = product.map(|id| self.product(id)) else {
            return BillingError::new(format!("{what} has neither a price nor a product: give it one of them"));
        };
        let currency = self.customer.currency;
        let base = if currency == self.book.settings.currency {
            "a base price"
        } else {
            "a price for the customer or its tariff, since base prices are in another currency"
        };
        BillingError::new(format!(
            "{what}: product {} has no price in {currency} on {on}: give it {base}, dated that day or before",
            product.code
        ))
    }
}
