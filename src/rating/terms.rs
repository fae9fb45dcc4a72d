//! Line, supplier and class → the tariff to ask and the class markup, resolved once when the book is compiled (R1, R4,
//! R14). Does not look into tariffs.

use ahash::AHashMap;

use super::call::Call;
use crate::domain::book::{Book, CliId, SupplierId, TariffId};
use crate::domain::customer::ClassPrices;
use crate::domain::money::Percent;
use crate::domain::price_book::{CallClass, PerClass};

/// Which price is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// What we charge (R1).
    Retail,
    /// What the supplier charges us (R14).
    Wholesale,
}

/// What lines are priced by. Most lines of a book share their terms with many others.
#[derive(Debug)]
pub(super) struct Terms {
    of_line: Vec<TermsId>,
    kept: Vec<LineTerms>,
    defaults: SupplierDefaults,
}

/// The terms of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct TermsId(u32);

/// What a line and its customer say, the line first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LineTerms {
    tariffs: PerClass<Option<TariffId>>,
    markups: PerClass<Option<Percent>>,
    /// Its position among [`SupplierDefaults::types`].
    line_type: usize,
}

/// The tariffs of suppliers (R1 third step, R14).
#[derive(Debug)]
struct SupplierDefaults {
    /// The types of line that the book names; the first is any.
    types: usize,
    retail: Vec<PerClass<Option<TariffId>>>,
    wholesale: Vec<PerClass<Option<TariffId>>>,
}

impl Terms {
    pub(super) fn new(book: &Book) -> Self {
        let types = line_types(book);
        let mut kept = Kept::default();
        let of_line = book.clis.iter().map(|line| {
            let line_type = types.get(line.cli_type.as_str()).copied().unwrap_or(0);
            let customer = &book.customers[line.customer.index()].prices;
            match line.prices == ClassPrices::default() {
                true => kept.of_customer(line.customer.index(), line_type, customer),
                false => kept.keep(of_both(&line.prices, customer, line_type)),
            }
        });
        let of_line = of_line.collect();
        Self { of_line, kept: kept.terms, defaults: SupplierDefaults::new(book, &types) }
    }

    /// The tariff for a class: the line's, the customer's, the supplier's for this type of line, the supplier's for
    /// any. Only the last two are asked for wholesale prices.
    ///
    /// The tariffs of lines and customers are in the customer's currency, which the book guarantees (X7). It cannot
    /// for a supplier's default, so one in another currency does not count.
    pub(super) fn tariff(&self, side: Side, class: CallClass, call: &Call, book: &Book) -> Option<TariffId> {
        let terms = self.of(call.terms);
        let (class, line_type) = (class.index(), terms.line_type);
        match side {
            Side::Wholesale => {
                let of = |line_type| self.defaults.of(&self.defaults.wholesale, call.supplier_id, line_type)[class];
                of(line_type).or_else(|| of(0))
            }
            Side::Retail => terms.tariffs[class].or_else(|| {
                let of = |line_type| self.defaults.of(&self.defaults.retail, call.supplier_id, line_type)[class];
                let counts = |id: &TariffId| book.tariff(*id).currency == call.customer.currency;
                of(line_type).filter(counts).or_else(|| of(0).filter(counts))
            }),
        }
    }

    /// The class markup: the line's, else the customer's (R4).
    pub(super) fn markup(&self, terms: TermsId, class: CallClass) -> Option<Percent> {
        self.of(terms).markups[class.index()]
    }

    /// The terms of a line.
    pub(super) fn of_line(&self, line: CliId) -> TermsId {
        self.of_line[line.index()]
    }

    fn of(&self, TermsId(id): TermsId) -> &LineTerms {
        &self.kept[id as usize]
    }
}

/// The types of line by name, from 1.
fn line_types(book: &Book) -> AHashMap<&str, usize> {
    let mut types = AHashMap::new();
    for row in book.supplier_tariffs.iter().filter(|row| !row.cli_type.is_empty()) {
        let next = types.len() + 1;
        types.entry(row.cli_type.as_str()).or_insert(next);
    }
    types
}

fn of_both(line: &ClassPrices, customer: &ClassPrices, line_type: usize) -> LineTerms {
    LineTerms {
        tariffs: std::array::from_fn(|class| line.tariffs[class].or(customer.tariffs[class])),
        markups: std::array::from_fn(|class| line.markups[class].or(customer.markups[class])),
        line_type,
    }
}

impl SupplierDefaults {
    fn new(book: &Book, types: &AHashMap<&str, usize>) -> Self {
        let count = types.len() + 1;
        let none = vec![PerClass::default(); book.suppliers.len() * count];
        let mut defaults = Self { types: count, retail: none.clone(), wholesale: none };
        for row in &book.supplier_tariffs {
            let line_type = types.get(row.cli_type.as_str()).copied().unwrap_or(0);
            let side = if row.wholesale { &mut defaults.wholesale } else { &mut defaults.retail };
            let classes: &mut PerClass<Option<TariffId>> = &mut side[row.supplier.index() * count + line_type];
            classes[row.class.index()].get_or_insert(row.tariff);
        }
        defaults
    }

    fn of<'t>(
        &self,
        side: &'t [PerClass<Option<TariffId>>],
        supplier: SupplierId,
        line_type: usize,
    ) -> &'t PerClass<Option<TariffId>> {
        &side[supplier.index() * self.types + line_type]
    }
}

/// Keeps equal terms once.
#[derive(Default)]
struct Kept {
    terms: Vec<LineTerms>,
    known: AHashMap<LineTerms, TermsId>,
    /// Of lines without prices of their own: by customer and type of line.
    by_customer: AHashMap<(usize, usize), TermsId>,
}

impl Kept {
    fn keep(&mut self, terms: LineTerms) -> TermsId {
        let next = TermsId(u32::try_from(self.terms.len()).expect("no book has 2^32 lines"));
        *self.known.entry(terms).or_insert_with_key(|terms| {
            self.terms.push(terms.clone());
            next
        })
    }

    fn of_customer(&mut self, customer: usize, line_type: usize, prices: &ClassPrices) -> TermsId {
        if let Some(id) = self.by_customer.get(&(customer, line_type)) {
            return *id;
        }
        let id = self.keep(of_both(&ClassPrices::default(), prices, line_type));
        self.by_customer.insert((customer, line_type), id);
        id
    }
}
