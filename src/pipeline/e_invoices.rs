//! Posted invoices and credit notes → structured e-invoices in a folder (O1): of those who have them attached, and of any by
//! command. Says which there cannot be, and why.

use std::fmt;

use super::documents::{Documents, document_name};
use crate::domain::bill::Bill;
use crate::domain::book::Book;
use crate::domain::contact::Attachment;
use crate::error::Result;
use crate::files::PartialFile;
use crate::invoicing::e_invoice::{Finding, Syntax};
use crate::ledger::Ledger;
use crate::workers::Workers;

/// Invoices that are read at once.
const WINDOW: u32 = 512;

/// A document of which there is no e-invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its number.
    pub number: String,
    /// What it lacks.
    pub findings: Vec<Finding>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no e-invoice of {}", self.number)?;
        self.findings.iter().try_for_each(|finding| write!(f, "\n  {finding}"))
    }
}

impl Documents<'_> {
    /// Writes the e-invoices of bills that were posted; returns how many there are, and which there are not.
    pub fn write_e_invoices(&self, workers: &Workers, bills: &[Bill], syntax: Syntax) -> Result<(usize, Vec<Missing>)> {
        crate::workspace::make_private_folder(&self.dir)?;
        let (mut files, mut missing) = (Vec::new(), Vec::new());
        for (bill, made) in bills.iter().zip(workers.map(bills.iter().collect(), |bill| syntax.render(bill))) {
            let number = bill.number.clone().unwrap_or_default();
            match made {
                Ok(bytes) => files.push(self.put(&format!("{}.{}", document_name(&number), syntax.ending()), &bytes)?),
                Err(findings) => missing.push(Missing { number, findings }),
            }
        }
        let count = files.len();
        self.settle(workers, files)?;
        Ok((count, missing))
    }

    /// The e-invoice of a customer that has it attached, if there can be one.
    pub(super) fn put_wanted_e_invoice(&self, bill: &Bill, stem: &str) -> Result<Option<PartialFile>> {
        if !is_wanted(self.book, &bill.customer.account) {
            return Ok(None);
        }
        let made = Syntax::Ubl.render(bill).ok();
        made.map(|bytes| self.put(&format!("{stem}.{}", Syntax::Ubl.ending()), &bytes)).transpose()
    }
}

/// Of which invoices of a run a customer has the e-invoice attached, and there is none.
pub fn missing_of_run(book: &Book, ledger: &Ledger, run: i64) -> Result<Vec<Missing>> {
    let (mut missing, mut after) = (Vec::new(), 0);
    loop {
        let window = ledger.stored_bills(run, after, WINDOW)?;
        let Some(last) = window.last() else { return Ok(missing) };
        after = last.place;
        for stored in window.iter().filter(|stored| is_wanted(book, &stored.account)) {
            missing.extend(missing_of(book, &stored.read()?));
        }
    }
}

/// What an e-invoice that a customer has attached lacks.
pub fn missing_of(book: &Book, bill: &Bill) -> Option<Missing> {
    let findings = is_wanted(book, &bill.customer.account).then(|| Syntax::Ubl.render(bill).err()).flatten()?;
    Some(Missing { number: bill.number.clone().unwrap_or_default(), findings })
}

fn is_wanted(book: &Book, account: &str) -> bool {
    let customer = book.find_customer(account).map(|id| book.customer(id));
    customer.is_some_and(|customer| customer.delivery.attachments.contains(&Attachment::EInvoice))
}
