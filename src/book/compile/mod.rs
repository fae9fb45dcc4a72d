//! Tables → [`Book`]: names become dense ids in the order of keys, and everything that rows mean together is checked.
//! All errors are found in one pass over the tables.

mod allowances;
mod bands;
mod charges;
mod checks;
mod clis;
mod contacts;
mod customers;
mod numbering;
mod prices;
mod products;
mod rates;
mod rows;

use crate::domain::book::{Book, Settings};

use super::errors::BookError;
use super::plan::{Plan, default_plan};
use super::tables::Tables;

use rows::{Input, Names};

/// Compiles a book. The tables hold canonical text, as [`super::read_folder`] and [`super::canonical_cell`] make it;
/// the order of their rows does not matter.
///
/// # Errors
/// Everything that is wrong, by file, line and column; of rows without a line, the reason names the row by its key.
pub fn compile(tables: &Tables, settings: &Settings) -> Result<Book, Vec<BookError>> {
    let plan = default_plan()?;
    let call_types = Plan::beneath(tables.get("call_types"), &plan.call_types);
    let prefixes = Plan::beneath(tables.get("prefixes"), &plan.prefixes);
    let input = Input::new(tables, &call_types, &prefixes, settings);
    checks::refuse_duplicate_keys(tables, &input);
    checks::refuse_unknown_names(&input);
    let book = assemble(&input);
    input.errors.into_result(book)
}

/// The book as far as its rows are sound: what is not reported an error, and then the book is thrown away.
fn assemble(input: &Input) -> Book {
    let names = Names::new(input);
    let bands = bands::Bands::new(input);
    let clis = clis::clis(input, &names);
    let products = products::products(input);
    let call_types = numbering::call_types(input, &names);
    let charges = charges::charges(input, &names, &products, &clis);
    Book {
        settings: input.settings.clone(),
        organisations: customers::organisations(input),
        groups: customers::groups(input),
        vat_codes: prices::vat_codes(input),
        customers: customers::customers(input, &names),
        cost_centres: customers::cost_centres(input, &names),
        suppliers: prices::suppliers(input, &names),
        supplier_tariffs: prices::supplier_tariffs(input, &names),
        charge_bands: numbering::charge_bands(input, &names),
        prefixes: numbering::prefixes(input, &names),
        ignored: numbering::ignored(input, &names),
        exchange_rates: prices::exchange_rates(input),
        tariffs: prices::tariffs(input, &names),
        rates: rates::rates(input, &names, &bands),
        time_bands: bands.time_bands(input, &names),
        holidays: bands::holidays(input),
        product_prices: products::product_prices(input, &names),
        customer_tariffs: products::customer_tariffs(input, &names),
        allowances: allowances::allowances(input, &names, &bands, &call_types),
        customer_allowances: allowances::customer_allowances(input, &names, &clis),
        band_names: bands.into_names(),
        call_types,
        clis,
        products,
        charges,
    }
}
