//! Rows of a filled form of payments → payments to enter, those that are there already, or everything that is wrong (L2).
//! Looks things up in the ledger, posts nothing.

use std::collections::BTreeMap;

use crate::book::{CellKind, canonical_cell, nearest};
use crate::domain::money::{Currency, Money};
use crate::domain::telephone::NumberRules;
use crate::domain::time::Date;
use crate::error::Result;
use crate::forms::kinds::PAYMENTS;
use crate::forms::{Accounts, At, Filled, FilledRow, Findings, Header, Mode, Severity, Target};
use crate::ledger::{AccountEntry, EntryKind, Ledger, Movement};

/// What payments are checked against.
pub(super) struct Known<'k> {
    pub ledger: &'k Ledger,
    /// The currency of every account.
    pub currencies: BTreeMap<String, Currency>,
    /// Whose references are whose.
    pub accounts: Accounts,
    pub numbers: NumberRules,
    pub today: Date,
}

/// What the rows of a form do.
#[derive(Default)]
pub(super) struct PaymentRows {
    /// To be entered.
    pub new: Vec<Movement>,
    /// Rows that say of a payment what is posted.
    pub as_before: u64,
}

/// Why, and what to do.
type Refusal = (String, String);

/// Reads all rows. They are worth nothing if there are errors among the findings.
pub(super) fn read_payments(
    filled: &Filled,
    mode: Mode,
    known: &Known<'_>,
    findings: &mut Findings,
) -> Result<PaymentRows> {
    let mut read = PaymentRows::default();
    let Some(header) = &filled.header else { return Ok(read) };
    let mut first = BTreeMap::new();
    for row in &filled.rows {
        let mut row = PaymentRow { filled, header, row, known, mode, findings };
        match row.read(&mut first)? {
            Some(Payment::New(payment)) => read.new.push(payment),
            Some(Payment::AsBefore) => read.as_before += 1,
            None => {}
        }
    }
    Ok(read)
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

/// What a row is.
enum Payment {
    New(Movement),
    AsBefore,
}

struct PaymentRow<'r> {
    filled: &'r Filled,
    header: &'r Header,
    row: &'r FilledRow,
    known: &'r Known<'r>,
    mode: Mode,
    findings: &'r mut Findings,
}

impl PaymentRow<'_> {
    /// The payment of the row; none if anything is wrong with it, all of which is reported.
    fn read(&mut self, first: &mut BTreeMap<(String, String), u64>) -> Result<Option<Payment>> {
        let account = self.account();
        let currency = account.as_deref().and_then(|account| self.known.currencies.get(account).copied());
        let reference = self.required("reference");
        let named = account.clone().zip(reference);
        let posted = match &named {
            Some((account, reference)) => self.known.ledger.payment(account, reference)?,
            None => None,
        };
        if let Some((account, reference)) = &named
            && !self.is_expected(account, reference, posted.as_ref(), first)
        {
            // What else is wrong with it is still worth knowing.
            self.movement(account, currency, reference)?;
            return Ok(None);
        }
        match (named, posted) {
            (Some((account, _)), Some(entry)) => {
                Ok(self.is_as_posted(&account, currency, &entry)?.then_some(Payment::AsBefore))
            }
            (Some((account, reference)), None) => Ok(self.movement(&account, currency, &reference)?.map(Payment::New)),
            (None, _) => {
                self.movement(account.as_deref().unwrap_or(""), currency, "")?;
                Ok(None)
            }
        }
    }

    /// Is a payment of this reference what the mode asks for, and is it named once?
    fn is_expected(
        &mut self,
        account: &str,
        reference: &str,
        posted: Option<&AccountEntry>,
        first: &mut BTreeMap<(String, String), u64>,
    ) -> bool {
        let earlier = *first.entry((account.to_owned(), reference.to_owned())).or_insert(self.row.row);
        if earlier != self.row.row {
            let place = if self.filled.place.is_workbook { "row" } else { "line" };
            let reason = format!("is the reference of {place} {earlier} too, of the same account");
            self.fail("reference", &reason, "leave one out if it is the same payment, else name them differently");
            return false;
        }
        match (posted, self.mode) {
            (Some(_), Mode::Insert) => {
                let hint = "leave it out if it is the same payment, else name it differently";
                self.fail("reference", &format!("was entered before for {account}"), hint);
                false
            }
            (None, Mode::Update) => {
                let hint = "new payments come with --mode insert or upsert";
                self.fail("reference", &format!("is no payment of {account}"), hint);
                false
            }
            _ => true,
        }
    }

    /// The account that is meant: by its number, or by the reference of a customer that only one has.
    fn account(&mut self) -> Option<String> {
        let named = self.required("account")?;
        if self.known.currencies.contains_key(&named) {
            return Some(named);
        }
        match self.known.accounts.with_reference(&named) {
            [account] => Some(account.clone()),
            [] => {
                let near = nearest(&named, self.known.currencies.keys().map(String::as_str));
                let near = near.map_or(String::new(), |near| format!("did you mean {near:?}? "));
                self.fail("account", "is no customer of the book", &format!("{near}see `tollbook customer list`"));
                None
            }
            several => {
                let reason = format!("is the reference of {} customers: {}", several.len(), several.join(", "));
                self.fail("account", &reason, "give the account number");
                None
            }
        }
    }

    /// A payment to be entered; none if anything is wrong with it. An unknown account is blank.
    fn movement(&mut self, account: &str, currency: Option<Currency>, reference: &str) -> Result<Option<Movement>> {
        let date = self.required("date").and_then(|text| self.date(&text));
        let amount = self.required("amount").and_then(|text| self.amount(&text, currency?));
        let is_currency = self.is_currency(currency);
        let invoice = self.text("invoice");
        let is_invoice = match &invoice {
            Some(number) if currency.is_some() => match refuse_invoice(self.known.ledger, account, number)? {
                Some((reason, hint)) => {
                    self.fail("invoice", &reason, &hint);
                    false
                }
                None => true,
            },
            _ => true,
        };
        let is_sound = self.row.refused.is_empty() && is_currency && is_invoice;
        let (Some(currency), Some(date), Some(amount), true) = (currency, date, amount, is_sound) else {
            return Ok(None);
        };
        Ok(Some(Movement {
            account: account.to_owned(),
            amount,
            currency,
            date,
            reference: reference.to_owned(),
            method: self.text("method"),
            invoice,
            note: self.text("note"),
        }))
    }

    /// Does the row say what is posted? Blank cells say nothing.
    fn is_as_posted(&mut self, account: &str, currency: Option<Currency>, entry: &AccountEntry) -> Result<bool> {
        let paid = entry.amount.negated().unwrap_or_default();
        let mut different: Vec<(&str, String)> = Vec::new();
        if let (Some(text), Some(currency)) = (self.text("amount"), currency)
            && Money::parse(&text, currency) != Ok(paid)
        {
            different.push(("amount", paid.format(entry.currency)));
        }
        for (column, posted) in [
            ("date", Some(entry.date.to_string())),
            ("currency", Some(entry.currency.code().to_owned())),
            ("method", self.canonical(CellKind::Code, entry.method.as_deref())),
            ("note", self.canonical(CellKind::Text, entry.note.as_deref())),
        ] {
            if self.text(column).is_some_and(|stated| Some(&stated) != posted.as_ref()) {
                different.push((column, posted.unwrap_or_else(|| "nothing".to_owned())));
            }
        }
        if let Some(number) = self.text("invoice")
            && !self.pays(account, entry, &number)?
        {
            different.push(("invoice", "it does not pay this invoice".to_owned()));
        }
        let cleared: Vec<usize> = self.row.cleared.clone();
        for field in cleared {
            let column = self.column_name(field);
            different.push((column, "it is not blank there".to_owned()));
        }
        let hint = match entry.reversed_by {
            None => format!(
                "a posted payment is never changed: take it back with `tollbook payment reverse {} --reason …` and enter \
                 the right one under another reference",
                entry.id
            ),
            Some(by) => format!("it was reversed by entry {by}: enter the right one under another reference"),
        };
        for (column, posted) in &different {
            self.fail(column, &format!("differs from the payment that is posted: {posted}"), &hint);
        }
        Ok(different.is_empty() && self.row.refused.is_empty())
    }

    fn pays(&self, account: &str, entry: &AccountEntry, number: &str) -> Result<bool> {
        for made in self.known.ledger.allocations(account)?.iter().filter(|made| made.credit == entry.id) {
            let debt = self.known.ledger.entry(made.debt)?;
            if debt.is_some_and(|debt| debt.kind == EntryKind::Invoice && debt.invoice.as_deref() == Some(number)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn canonical(&self, kind: CellKind, posted: Option<&str>) -> Option<String> {
        let posted = posted?;
        canonical_cell(kind, posted, &self.known.numbers).unwrap_or_else(|_| Some(posted.to_owned()))
    }

    fn date(&mut self, text: &str) -> Option<Date> {
        let date = Date::parse(text)?;
        if date > self.known.today {
            let reason = format!("is in the future: today is {}", self.known.today);
            self.fail("date", &reason, "the day on which it came in");
            return None;
        }
        Some(date)
    }

    fn amount(&mut self, text: &str, currency: Currency) -> Option<Money> {
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

    fn is_currency(&mut self, currency: Option<Currency>) -> bool {
        match (self.text("currency"), currency) {
            (Some(stated), Some(currency)) if stated != currency.code() => {
                let reason = format!("is not that of the account, {currency}");
                self.fail("currency", &reason, "pay each account in its own");
                false
            }
            _ => true,
        }
    }

    /// A cell that every payment has. What is refused was said of the cell before.
    fn required(&mut self, column: &str) -> Option<String> {
        let text = self.text(column);
        if text.is_none() && self.field(column).is_none_or(|field| !self.row.refused.contains(&field)) {
            let is_column = self.field(column).is_some();
            if is_column || self.mode != Mode::Insert {
                let reason = if is_column { "is blank" } else { "is missing, and the payment is new" };
                self.fail(column, reason, "every payment has an account, a date, an amount and a reference");
            }
        }
        text
    }

    fn text(&self, column: &str) -> Option<String> {
        self.row.cells.get(self.field(column)?).map(str::to_owned)
    }

    /// The field of the header that is a column of payments; none if no column of the sheet is.
    fn field(&self, column: &str) -> Option<usize> {
        let target = Target::Column(PAYMENTS.position(column)?);
        let field = self.header.fields.iter().position(|field| field.target == target)?;
        self.header.column_of(field).map(|_| field)
    }

    fn column_name(&self, field: usize) -> &'static str {
        match self.header.fields[field].target {
            Target::Column(place) => PAYMENTS.columns[place].name,
            _ => "",
        }
    }

    fn fail(&mut self, column: &str, reason: &str, hint: &str) {
        let field = self.field(column);
        let header = field.map_or(column, |field| self.header.fields[field].header.as_str());
        let value = field.and_then(|field| self.row.cells.get(field)).unwrap_or("");
        let at = At { row: self.row.row, column: field.and_then(|field| self.header.column_of(field)), header, value };
        let finding = self.filled.place.finding(Severity::Error, at, reason, hint);
        self.findings.add(finding);
    }
}
