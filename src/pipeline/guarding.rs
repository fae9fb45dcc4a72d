//! A draft and what was posted before → the last invoices of its customers (B12) and what is unusual about it (B15).
//! Looks things up; what is unusual is decided in `billing`.

use std::collections::BTreeMap;

use super::draft::{Draft, Drafted};
use crate::billing::RunTerms;
use crate::billing::guard::{COMPARED, Unusual, unusual, unusual_suspense};
use crate::domain::book::Book;
use crate::domain::disposition::Disposition;
use crate::domain::money::Money;
use crate::error::Result;
use crate::ledger::{DraftFlag, Ledger, RecentInvoice};

/// What a draft is compared with.
pub struct Before {
    /// What the last runs billed each account, the latest first, without voided invoices.
    pub invoices: BTreeMap<String, Vec<RecentInvoice>>,
    /// How many usage records were in suspense in the last runs of earlier windows, the latest first.
    suspense: Vec<u64>,
}

impl Before {
    /// What was posted before the draft of a run with these terms.
    pub fn of(ledger: &Ledger, terms: &RunTerms, draft: &Draft) -> Result<Self> {
        let most = u32::try_from(COMPARED).expect("a few");
        let outlines = ledger.run_outlines()?.into_iter().rev();
        let earlier = outlines.filter(|run| run.stands() && run.terms.usage_cutoff < terms.usage_cutoff);
        let reports = earlier.take(COMPARED).map(|run| suspense_in(ledger, run.id));
        let suspense = reports.filter_map(Result::transpose).collect::<Result<_>>()?;
        let accounts = draft.customers.iter().map(|customer| customer.account.as_str());
        Ok(Self { invoices: ledger.recent_invoices(accounts, most)?, suspense })
    }

    /// The last invoice of an account.
    pub fn last_invoice(&self, account: &str) -> Option<&RecentInvoice> {
        self.invoices.get(account)?.first()
    }

    /// What is unusual about a draft, by account and flag; what is of the run itself first.
    pub fn unusual(&self, book: &Book, draft: &Draft) -> Vec<DraftFlag> {
        let records = draft.totals.records_of(Disposition::Suspense);
        let of_run = unusual_suspense(records, draft.totals.records_in(), &self.suspense);
        let of_run = of_run.map(|detail| (String::new(), Unusual::Suspense, detail));
        let of_customers = draft.customers.iter().flat_map(|customer| self.unusual_bill(book, customer));
        let flags = of_run.into_iter().chain(of_customers);
        let mut flags: Vec<_> =
            flags.map(|(account, flag, detail)| DraftFlag { account, flag: flag.name().to_owned(), detail }).collect();
        flags.sort_by(|a, b| (&a.account, &a.flag).cmp(&(&b.account, &b.flag)));
        flags
    }

    fn unusual_bill(&self, book: &Book, customer: &Drafted) -> Vec<(String, Unusual, String)> {
        let Some(first) = customer.bills().first() else { return Vec::new() };
        let last = self.invoices.get(&customer.account).map(Vec::as_slice).unwrap_or_default();
        // What was billed in another currency is no measure.
        let last = last.iter().take_while(|invoice| invoice.currency == first.bill.currency);
        let last: Vec<Money> = last.map(|invoice| invoice.net).collect();
        let found = unusual(book, customer.bills(), &last).into_iter();
        found.map(|(flag, detail)| (customer.account.clone(), flag, detail)).collect()
    }
}

/// The usage records in suspense by the report of a run; none if it says nothing of them.
fn suspense_in(ledger: &Ledger, run: i64) -> Result<Option<u64>> {
    let ended = ledger.report_part(run, "$.usage.out")?;
    let ended: Option<serde_json::Value> = ended.and_then(|text| serde_json::from_str(&text).ok());
    Ok(ended.as_ref().and_then(serde_json::Value::as_array).map(|rows| {
        let suspense = rows.iter().filter(|row| row["disposition"] == Disposition::Suspense.name());
        suspense.filter_map(|row| row["records"].as_u64()).sum()
    }))
}
