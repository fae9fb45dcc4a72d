//! The book: everything the reseller decided, with all names resolved to dense ids. Read-only once compiled.
//! Customers and lines are in [`super::customer`], prices in [`super::price_book`], charges in [`super::charge`].

use std::collections::BTreeMap;

use super::accounting::AccountingSettings;
use super::allowance::{Allowance, CustomerAllowance};
use super::charge::{Charge, Product, ProductPrice};
use super::customer::{Cli, CostCentre, Customer, Group, Organisation};
use super::mail::MailSettings;
use super::money::{CallCharge, Currency, Percent, Price, Rounding};
use super::numbering::NumberSeries;
use super::price_book::{
    CallType, ChargeBand, ExchangeRate, Holiday, Ignored, Prefix, Rate, Supplier, SupplierTariff, Tariff, TimeBand,
    VatCode,
};
use super::time::{Date, Zone};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the book's list.
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// From the position in the book's list.
            ///
            /// # Panics
            /// Beyond 2^32 entries.
            pub fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("no book has 2^32 rows of one kind"))
            }
        }
    )*};
}

ids! {
    /// A row of [`Book::organisations`].
    OrganisationId,
    /// A row of [`Book::groups`].
    GroupId,
    /// A row of [`Book::vat_codes`]: a code within a range of dates.
    VatCodeId,
    /// A row of [`Book::customers`].
    CustomerId,
    /// A row of [`Book::cost_centres`].
    CostCentreId,
    /// A row of [`Book::clis`]: an identifier within a range of dates.
    CliId,
    /// A row of [`Book::suppliers`].
    SupplierId,
    /// A row of [`Book::call_types`].
    CallTypeId,
    /// A name in [`Book::band_names`].
    BandId,
    /// A row of [`Book::tariffs`].
    TariffId,
    /// A row of [`Book::rates`].
    RateId,
    /// A row of [`Book::products`].
    ProductId,
    /// A row of [`Book::charges`].
    ChargeId,
    /// A row of [`Book::allowances`].
    AllowanceId,
}

/// What the workspace settles once for all (`tollbook.toml`).
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The currency of everything that names no other (X7).
    pub currency: Currency,
    /// The zone in which days begin (X5).
    pub zone: Zone,
    /// The country calling code of numbers written nationally (M1): `44`.
    pub country_code: String,
    /// Rejected lines that stop an import, as a share of the lines in 8-decimal units (F3): 0.001 is 0.1 %.
    pub max_reject_share: Price,
    /// Rejected lines that never stop an import by themselves (F3).
    pub max_reject_count: u64,
    /// The VAT code of customers that name none.
    pub default_vat_code: Option<String>,
    /// What a day is of a month's price (P4).
    pub proration_basis: ProrationBasis,
    /// How VAT is rounded where the organisation does not say (V3).
    pub vat_rounding: VatRounding,
    /// After how many days what is known of a deleted customer is removed (K8).
    pub purge_after_days: u32,
    /// The first day on which groups are billed by schedule (B17); else the latest due day is the first.
    pub due_from: Option<Date>,
    /// No run is posted while what the guard found is not acknowledged (B15).
    pub is_strict: bool,
    /// Whose series invoices and credit notes are numbered in (B11).
    pub number_series: NumberSeries,
    /// Days after the due date before an invoice counts as overdue, by payment method in small letters (L4).
    pub grace_days: BTreeMap<String, u32>,
    /// What usage is worth a look (L5).
    pub alerts: AlertSettings,
    /// Accounts and tax codes of an accounting package.
    pub accounting: AccountingSettings,
    /// How mail is sent; none where no server is named.
    pub mail: Option<MailSettings>,
}

/// When usage is worth a look (L5). Amounts are in the currency of each customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSettings {
    /// Look at all after an import.
    pub enabled: bool,
    /// With how many of a customer's last days with usage a day is compared.
    pub history_days: u32,
    /// Fewer days of history than this say nothing.
    pub least_history_days: u32,
    /// How many standard deviations above the mean are unusual.
    pub deviations: Percent,
    /// A day's spend below this is never unusual.
    pub daily_spend: CallCharge,
    /// Answered calls of at most so many seconds are short.
    pub short_call_seconds: u64,
    /// So many short calls on a day, and more than usual, are too many.
    pub short_calls: u64,
    /// Spend on a call type that the customer never used before.
    pub new_destination_spend: CallCharge,
    /// When the night begins, in seconds since midnight.
    pub night_from: u32,
    /// When it ends; earlier than it begins if it goes over midnight.
    pub night_to: u32,
    /// A day's spend at night or at the weekend below this is never unusual.
    pub night_spend: CallCharge,
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            history_days: 28,
            least_history_days: 7,
            deviations: Percent::from_scaled(30_000),
            daily_spend: CallCharge::from_scaled(20_000_000),
            short_call_seconds: 10,
            short_calls: 100,
            new_destination_spend: CallCharge::from_scaled(10_000_000),
            night_from: 22 * 3_600,
            night_to: 6 * 3_600,
            night_spend: CallCharge::from_scaled(20_000_000),
        }
    }
}

/// What part of a month's price a day is (P4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProrationBasis {
    /// One over the days of that month.
    #[default]
    Calendar,
    /// One thirtieth.
    Thirty,
}

/// How VAT is computed and rounded (V3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VatRounding {
    /// On the sum of a code's lines, half up.
    #[default]
    HalfUp,
    /// On the sum of a code's lines, down.
    Down,
    /// On each line, half up; then summed.
    PerLine,
}

impl VatRounding {
    /// Reads `half_up`, `down` or `per_line`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "half_up" => Self::HalfUp,
            "down" => Self::Down,
            "per_line" => Self::PerLine,
            _ => return None,
        })
    }

    /// The mode in which the amount is rounded.
    pub fn mode(self) -> Rounding {
        match self {
            Self::Down => Rounding::Down,
            Self::HalfUp | Self::PerLine => Rounding::HalfUp,
        }
    }
}

/// The compiled book. Lists are in the order of their keys, so that ids do not depend on the order of the files.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// The workspace's settings.
    pub settings: Settings,
    /// Brands, by code.
    pub organisations: Vec<Organisation>,
    /// When customers are billed, by code.
    pub groups: Vec<Group>,
    /// VAT codes with their dates, by code and date.
    pub vat_codes: Vec<VatCode>,
    /// Customers, by account.
    pub customers: Vec<Customer>,
    /// Cost centres, by account and name.
    pub cost_centres: Vec<CostCentre>,
    /// Lines with their dates, by identifier and date.
    pub clis: Vec<Cli>,
    /// Suppliers, by code.
    pub suppliers: Vec<Supplier>,
    /// Default tariffs of suppliers (R1).
    pub supplier_tariffs: Vec<SupplierTariff>,
    /// Call types, by code: the book's own and those of the default plan that it does not redefine.
    pub call_types: Vec<CallType>,
    /// Charge bands of suppliers.
    pub charge_bands: Vec<ChargeBand>,
    /// Prefixes: the book's own and those of the default plan that it does not redefine.
    pub prefixes: Vec<Prefix>,
    /// Identifiers to ignore (M8).
    pub ignored: Vec<Ignored>,
    /// Exchange rates (X7).
    pub exchange_rates: Vec<ExchangeRate>,
    /// Tariffs, by code.
    pub tariffs: Vec<Tariff>,
    /// Rate rows, by tariff and key.
    pub rates: Vec<Rate>,
    /// The names of time bands.
    pub band_names: Vec<String>,
    /// When each band is in force (R8); the default set where the book has none.
    pub time_bands: Vec<TimeBand>,
    /// Bank holidays, by date.
    pub holidays: BTreeMap<Date, Holiday>,
    /// Products, by code.
    pub products: Vec<Product>,
    /// Dated prices of products, by product, audience and date.
    pub product_prices: Vec<ProductPrice>,
    /// The tariff of a customer in a product category (P2): (customer, category) → tariff.
    pub customer_tariffs: BTreeMap<(CustomerId, String), TariffId>,
    /// Charges, by account and charge id.
    pub charges: Vec<Charge>,
    /// Allowances, by name.
    pub allowances: Vec<Allowance>,
    /// Who has which allowance: by customer, then in the order in which usage draws on them (A4).
    pub customer_allowances: Vec<CustomerAllowance>,
}

impl Book {
    /// The customer of an id.
    pub fn customer(&self, id: CustomerId) -> &Customer {
        &self.customers[id.index()]
    }

    /// The line of an id.
    pub fn cli(&self, id: CliId) -> &Cli {
        &self.clis[id.index()]
    }

    /// The call type of an id.
    pub fn call_type(&self, id: CallTypeId) -> &CallType {
        &self.call_types[id.index()]
    }

    /// The tariff of an id.
    pub fn tariff(&self, id: TariffId) -> &Tariff {
        &self.tariffs[id.index()]
    }

    /// The supplier of an id.
    pub fn supplier(&self, id: SupplierId) -> &Supplier {
        &self.suppliers[id.index()]
    }

    /// The allowance of an id.
    pub fn allowance(&self, id: AllowanceId) -> &Allowance {
        &self.allowances[id.index()]
    }

    /// The allowances of a customer, in the order in which usage draws on them (A4).
    pub fn allowances_of(&self, customer: CustomerId) -> &[CustomerAllowance] {
        let rows = &self.customer_allowances;
        &rows[rows.partition_point(|row| row.customer < customer)..rows.partition_point(|row| row.customer <= customer)]
    }

    /// What one of a currency is in another on a day: the latest direct rate on or before it; none is turned round (X7).
    pub fn exchange_rate(&self, from: Currency, to: Currency, on: Date) -> Option<Price> {
        if from == to {
            return Some(Price::ONE);
        }
        let rates = self.exchange_rates.iter().filter(|row| (row.from, row.to) == (from, to) && row.date <= on);
        rates.max_by_key(|row| row.date).map(|row| row.rate)
    }

    /// The id of a supplier's code.
    pub fn find_supplier(&self, code: &str) -> Option<SupplierId> {
        self.suppliers.binary_search_by(|supplier| supplier.code.as_str().cmp(code)).ok().map(SupplierId::from_index)
    }

    /// The id of a customer's account.
    pub fn find_customer(&self, account: &str) -> Option<CustomerId> {
        let found = self.customers.binary_search_by(|customer| customer.account.as_str().cmp(account));
        found.ok().map(CustomerId::from_index)
    }

    /// Days after the due date before an invoice of a customer counts as overdue: its own, else those of its payment
    /// method, else none (L4).
    pub fn grace_days(&self, customer: &Customer) -> u32 {
        let of_method = || self.settings.grace_days.get(&customer.payment_method.to_lowercase()).copied();
        customer.grace_days.or_else(of_method).unwrap_or(0)
    }

    /// The VAT code of a name in force on a date (V1, V4).
    pub fn find_vat_code(&self, code: &str, on: Date) -> Option<&VatCode> {
        self.vat_codes.iter().find(|vat| vat.code == code && vat.valid.contains(on))
    }
}
