//! Rows of a payments file → payments, or everything that is wrong with them (L2). Looks things up in the ledger, posts
//! nothing.

use std::collections::BTreeMap;

use super::table::TableFile;
use crate::book::{BookError, CellKind, canonical_cell, nearest};
use crate::domain::money::{Currency, Money};
use crate::domain::telephone::NumberRules;
use crate::domain::time::Date;
use crate::error::Result;
use crate::ledger::{EntryKind, Ledger, Movement};

const COLUMNS: [&str; 8] = ["account", "date", "amount", "reference", "method", "invoice", "currency", "note"];
const REQUIRED: [&str; 4] = ["account", "date", "amount", "reference"];

/// What payments are checked against.
pub(super) struct Known<'k> {
    pub ledger: &'k Ledger,
    /// The currency of every account.
    pub currencies: BTreeMap<String, Currency>,
    pub numbers: NumberRules,
    pub today: Date,
}

/// Why, and what to do.
type Refusal = (String, String);

/// Reads all rows. The payments are worth nothing if there are errors, which are added to the table's.
pub(super) fn read_payments(table: &mut TableFile, known: &Known) -> Result<Vec<Movement>> {
    let places = table.places(COLUMNS, &REQUIRED);
    let mut errors = std::mem::take(&mut table.errors);
    let mut payments = Vec::with_capacity(table.rows.len());
    let mut first = BTreeMap::new();
    for (line, cells) in &table.rows {
        let mut row = PaymentRow { table, known, places, line: *line, cells, errors: &mut errors };
        if let Some(payment) = row.payment(&mut first)? {
            payments.push(payment);
        }
    }
    errors.sort_by_key(|error| error.line);
    table.errors = errors;
    Ok(payments)
}

/// Why a payment of an account cannot name an invoice.
pub(super) fn refuse_invoice(ledger: &Ledger, account: &str, number: &str) -> Result<Option<Refusal>> {
    let listed = || "see `tollbook invoice list`; leave it out to pay the oldest".to_owned();
    Ok(match ledger.named_invoice(number)? {
        None => Some(("is no posted invoice".to_owned(), listed())),
        Some(invoice) if invoice.account != account => {
            Some((format!("is an invoice of {}, not of {account}", invoice.account), listed()))
        }
        Some(invoice) if invoice.is_void => Some(("is voided".to_owned(), listed())),
        Some(_) => None,
    })
}

struct PaymentRow<'r> {
    table: &'r TableFile,
    known: &'r Known<'r>,
    places: [Option<usize>; 8],
    line: u64,
    cells: &'r [String],
    errors: &'r mut Vec<BookError>,
}

impl PaymentRow<'_> {
    /// The payment of the row; none if anything is wrong with it, all of which is reported.
    fn payment(&mut self, first: &mut BTreeMap<(String, String), u64>) -> Result<Option<Movement>> {
        let account = self.required("account");
        let currency = account.as_deref().and_then(|account| self.currency_of(account));
        let date = self.required("date").and_then(|text| self.date(&text));
        let amount = self.required("amount").and_then(|text| self.amount(&text, currency));
        let reference = match (self.required("reference"), &account) {
            (Some(reference), Some(account)) => self.reference(account, reference, first)?,
            _ => None,
        };
        let invoice = match (self.text("invoice"), &account) {
            (Ok(Some(number)), Some(account)) => match refuse_invoice(self.known.ledger, account, &number)? {
                Some((reason, hint)) if currency.is_some() => {
                    self.fail("invoice", &reason, &hint);
                    Err(Refused)
                }
                _ => Ok(Some(number)),
            },
            (read, _) => read,
        };
        let (method, note) = (self.text("method"), self.text("note"));
        let stated = self.stated_currency(currency);
        let read = (account, currency, date, amount, reference, invoice, method, note, stated);
        let (Some(account), Some(currency), Some(date), Some(amount), Some(reference), Ok(invoice), ..) = read else {
            return Ok(None);
        };
        let (Ok(method), Ok(note), Ok(())) = (read.6, read.7, read.8) else { return Ok(None) };
        Ok(Some(Movement { account, amount, currency, date, reference, method, invoice, note }))
    }

    /// A cell that may be blank; what is no text of one line is reported.
    fn text(&mut self, column: &str) -> std::result::Result<Option<String>, Refused> {
        let kind = if column == "note" { CellKind::Text } else { CellKind::Code };
        canonical_cell(kind, self.raw(column), &self.known.numbers).map_err(|refusal| {
            self.fail(column, &refusal.reason, &refusal.hint);
            Refused
        })
    }

    fn required(&mut self, column: &str) -> Option<String> {
        match self.text(column) {
            Ok(None) if self.place(column).is_some() => {
                self.fail(column, "is blank", "every row has an account, a date, an amount and a reference");
                None
            }
            read => read.ok().flatten(),
        }
    }

    fn currency_of(&mut self, account: &str) -> Option<Currency> {
        let found = self.known.currencies.get(account).copied();
        if found.is_none() {
            let near = nearest(account, self.known.currencies.keys().map(String::as_str));
            let near = near.map_or(String::new(), |near| format!("did you mean {near:?}? "));
            self.fail("account", "is no customer of the book", &format!("{near}see `tollbook customer list`"));
        }
        found
    }

    fn date(&mut self, text: &str) -> Option<Date> {
        let today = self.known.today;
        match Date::parse(text) {
            Some(date) if date > today => {
                self.fail("date", &format!("is in the future: today is {today}"), "the day on which it came in");
                None
            }
            None => {
                self.fail("date", "is not a date", "YYYY-MM-DD");
                None
            }
            date => date,
        }
    }

    fn amount(&mut self, text: &str, currency: Option<Currency>) -> Option<Money> {
        let currency = currency?;
        match Money::parse(text, currency) {
            Ok(amount) if amount > Money::ZERO => Some(amount),
            Ok(_) => {
                let hint = "what bounced is taken back with `tollbook payment reverse`, a refund is not imported";
                self.fail("amount", "is not more than 0", hint);
                None
            }
            Err(error) => {
                self.fail("amount", &format!("{error}, as an amount in {currency}"), "12.50, without signs");
                None
            }
        }
    }

    fn reference(
        &mut self,
        account: &str,
        reference: String,
        first: &mut BTreeMap<(String, String), u64>,
    ) -> Result<Option<String>> {
        let earlier = first.insert((account.to_owned(), reference.clone()), self.line);
        if let Some(line) = earlier {
            first.insert((account.to_owned(), reference), line);
            let reason = format!("is the reference of line {line} too, of the same account");
            self.fail("reference", &reason, "leave one out if it is the same payment, else name them differently");
            return Ok(None);
        }
        if self.known.ledger.has_reference(account, EntryKind::Payment, &reference)? {
            let hint = "leave it out if it is the same payment, else name it differently";
            self.fail("reference", &format!("was entered before for {account}"), hint);
            return Ok(None);
        }
        Ok(Some(reference))
    }

    fn stated_currency(&mut self, currency: Option<Currency>) -> std::result::Result<(), Refused> {
        let Some(stated) = self.text("currency")? else { return Ok(()) };
        match currency {
            Some(currency) if stated != currency.code() => {
                self.fail(
                    "currency",
                    &format!("is not that of the account, {currency}"),
                    "pay each account in its own",
                );
                Err(Refused)
            }
            _ => Ok(()),
        }
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.places[COLUMNS.iter().position(|known| *known == column)?]
    }

    fn raw(&self, column: &str) -> &str {
        self.place(column).and_then(|place| self.cells.get(place)).map_or("", String::as_str)
    }

    fn fail(&mut self, column: &str, reason: &str, hint: &str) {
        self.errors.push(BookError {
            file: self.table.file.clone(),
            line: self.line,
            column: self.table.column_name(column, self.place(column), self.line),
            value: self.raw(column).trim().to_owned(),
            reason: reason.to_owned(),
            hint: hint.to_owned(),
        });
    }
}

/// A cell is refused, and was reported.
struct Refused;
