//! Line, customer, supplier and class → the tariff to ask (R1, R14). Does not look into tariffs.

use ahash::AHashMap;

use super::call::Call;
use super::explanation::Trace;
use crate::domain::book::{Book, SupplierId, TariffId};
use crate::domain::price_book::CallClass;

/// Which price is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// What we charge (R1).
    Retail,
    /// What the supplier charges us (R14).
    Wholesale,
}

/// The tariffs of suppliers by class and type of line.
#[derive(Debug)]
pub(super) struct Tariffs<'b> {
    book: &'b Book,
    of_suppliers: AHashMap<(Side, SupplierId, CallClass, &'b str), TariffId>,
}

impl<'b> Tariffs<'b> {
    pub(super) fn new(book: &'b Book) -> Self {
        let mut of_suppliers = AHashMap::new();
        for row in &book.supplier_tariffs {
            let side = if row.wholesale { Side::Wholesale } else { Side::Retail };
            of_suppliers.entry((side, row.supplier, row.class, row.cli_type.as_str())).or_insert(row.tariff);
        }
        Self { book, of_suppliers }
    }

    /// The tariff for a class: the line's, the customer's, the supplier's for this type of line, the supplier's for
    /// any. Only the last two are asked for wholesale prices.
    ///
    /// The tariffs of lines and customers are in the customer's currency, which the book guarantees (X7). It cannot
    /// for a supplier's default, so one in another currency does not count.
    pub(super) fn choose(&self, side: Side, call: &Call, class: CallClass, trace: &mut Trace) -> Option<TariffId> {
        let of_supplier = |cli_type: &str| {
            let tariff = self.of_suppliers.get(&(side, call.supplier_id, class, cli_type)).copied();
            tariff.filter(|id| side == Side::Wholesale || self.book.tariff(*id).currency == call.customer.currency)
        };
        let of_line = || call.cli.prices.tariffs[class.index()];
        let of_customer = || call.customer.prices.tariffs[class.index()];
        let of_line_type = || of_supplier(&call.cli.cli_type).filter(|_| !call.cli.cli_type.is_empty());
        let of_any_type = || of_supplier("");
        let steps: [(&str, &dyn Fn() -> Option<TariffId>); 4] = [
            ("the line", &of_line),
            ("the customer", &of_customer),
            ("the supplier, for this type of line:", &of_line_type),
            ("the supplier, for any line:", &of_any_type),
        ];
        let asked = if side == Side::Wholesale { &steps[2..] } else { &steps[..] };
        for (who, ask) in asked {
            let tariff = ask();
            trace.line(|| match tariff {
                Some(id) => format!("{who} has {} for class {}", self.book.tariff(id).code, class.name()),
                None => format!("{who} has none for class {}", class.name()),
            });
            if tariff.is_some() {
                return tariff;
            }
        }
        None
    }
}
