//! A collection → a Bacs file (Standard 18, single processing day): labels of 80 characters, a debit of 100 characters for
//! each mandate, one contra that credits the collector with all of it. Every line ends in CR LF.

use super::letters::for_bacs;
use super::{Collection, Debit, Sequence};
use crate::domain::money::Overflow;
use crate::domain::time::Date;

/// Days for which the file is not to be overwritten.
const KEPT_DAYS: i32 = 7;
/// The most pence of one record.
const LARGEST: i64 = 99_999_999_999;

pub(super) fn file(collection: &Collection, id: i64, created_at: &str) -> Result<Vec<u8>, Overflow> {
    let created = created_at.get(..10).and_then(Date::parse).unwrap_or(collection.process_on);
    let total = collection.total()?.minor();
    let user = &collection.creditor.service_user_number;
    let serial = format!("{:06}", id.rem_euclid(1_000_000));
    let expires = day(collection.process_on.plus_days(KEPT_DAYS));
    let header = format!("A{user}S   {user}{serial}00010001      {}{expires} 000000{:20}", day(created), "");
    let format = format!("F0200000100{:35}00{:28}", "", "");
    let mut lines = vec![
        format!("VOL1{serial}{:31}{user}{:32}1", "", ""),
        format!("HDR1{header}"),
        format!("HDR2{format}"),
        format!("UHL1{}999999    000000001 DAILY  {:03}{:40}", day(collection.process_on), id.rem_euclid(1_000), ""),
    ];
    for debit in &collection.debits {
        lines.push(record(collection, debit)?);
    }
    lines.push(contra(collection, total)?);
    lines.push(format!("EOF1{header}"));
    lines.push(format!("EOF2{format}"));
    let debits = collection.debits.len();
    lines.push(format!("UTL1{total:013}{total:013}{debits:07}{:07}{:36}", 1, ""));
    Ok(lines.into_iter().flat_map(|line| (line + "\r\n").into_bytes()).collect())
}

fn record(collection: &Collection, debit: &Debit) -> Result<String, Overflow> {
    let code = match debit.sequence {
        Sequence::First => "01",
        Sequence::Recurring => "17",
        Sequence::Again => "18",
        Sequence::Last => "19",
    };
    let (to, ours) = (&debit.bank, &collection.creditor.bank);
    let texts = [&collection.creditor.name, &debit.mandate, &debit.name].map(|text| for_bacs(text, 18));
    Ok(format!(
        "{}{}0{code}{}{}    {:011}{:18}{:18}{:18}",
        to.sort_code,
        to.account_number,
        ours.sort_code,
        ours.account_number,
        pence(debit.amount.money.minor())?,
        texts[0],
        texts[1],
        texts[2],
    ))
}

/// The credit of all debits to the collector's own account.
fn contra(collection: &Collection, total: i64) -> Result<String, Overflow> {
    let ours = &collection.creditor.bank;
    let name = for_bacs(&collection.creditor.name, 18);
    let account = format!("{}{}", ours.sort_code, ours.account_number);
    Ok(format!("{account}099{account}    {:011}{name:18}{:18}{name:18}", pence(total)?, "CONTRA"))
}

fn pence(minor: i64) -> Result<i64, Overflow> {
    if (1..=LARGEST).contains(&minor) { Ok(minor) } else { Err(Overflow) }
}

/// ` YYDDD`: the year and the day of it.
fn day(date: Date) -> String {
    let first = Date::new(date.year(), 1, 1).map_or(0, |first| date.days_since(first));
    format!(" {:02}{:03}", date.year() % 100, first + 1)
}
