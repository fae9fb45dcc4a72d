//! A collection → a SEPA core direct debit message (pain.008.001.08, or .02): one block for each kind of sequence, one
//! transaction for each mandate.

use std::fmt::Write;

use super::letters::for_sepa;
use super::{Collection, Debit, Sequence};
use crate::domain::bill::Amount;
use crate::domain::money::{Currency, Money, Overflow};

/// The version of the message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V2,
    V8,
}

impl Version {
    fn number(self) -> &'static str {
        if self == Self::V2 { "02" } else { "08" }
    }

    /// What the element of a bank's identifier is called.
    fn bic(self) -> &'static str {
        if self == Self::V2 { "BIC" } else { "BICFI" }
    }
}

/// The most cents of one transaction.
const LARGEST: i64 = 99_999_999_999;

/// Indented XML of elements and texts.
struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    fn line(&mut self, line: &str) {
        let indent = self.open.len() * 2;
        // Writing to a text does not fail.
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }

    fn begin(&mut self, name: &'static str) {
        self.line(&format!("<{name}>"));
        self.open.push(name);
    }

    fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            self.line(&format!("</{name}>"));
        }
    }

    fn leaf(&mut self, name: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.line(&format!("<{name}>{text}</{name}>"));
    }

    /// Elements within each other, the last with a text.
    fn path(&mut self, names: &[&'static str], text: &str) {
        let Some((last, outer)) = names.split_last() else { return };
        outer.iter().for_each(|name| self.begin(name));
        self.leaf(last, text);
        outer.iter().for_each(|_| self.end());
    }
}

pub(super) fn file(collection: &Collection, id: i64, created_at: &str, version: Version) -> Result<Vec<u8>, Overflow> {
    let message = format!("COLLECTION-{id:06}");
    let name = for_sepa(&collection.creditor.name, 70);
    let mut xml = Xml { text: String::new(), open: Vec::new() };
    xml.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml.line(&format!("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.{}\">", version.number()));
    xml.open.push("Document");
    xml.begin("CstmrDrctDbtInitn");
    xml.begin("GrpHdr");
    xml.leaf("MsgId", &message);
    xml.leaf("CreDtTm", created_at);
    xml.leaf("NbOfTxs", &collection.debits.len().to_string());
    xml.leaf("CtrlSum", &euros(collection.total()?));
    xml.path(&["InitgPty", "Nm"], &name);
    xml.end();
    for (sequence, code) in
        [(Sequence::First, "FRST"), (Sequence::Recurring, "RCUR"), (Sequence::Again, "RCUR"), (Sequence::Last, "FNAL")]
    {
        // The number of a debit is its place in the collection, whatever block it is in.
        let of_kind: Vec<(usize, &Debit)> =
            (1..).zip(&collection.debits).filter(|(_, debit)| debit.sequence == sequence).collect();
        if !of_kind.is_empty() {
            let block = format!("{message}-{}", sequence as u8 + 1);
            write_block(&mut xml, collection, &of_kind, (&block, &message, code), version)?;
        }
    }
    xml.end();
    xml.end();
    Ok(xml.text.into_bytes())
}

fn write_block(
    xml: &mut Xml,
    collection: &Collection,
    debits: &[(usize, &Debit)],
    (block, message, code): (&str, &str, &str),
    version: Version,
) -> Result<(), Overflow> {
    let creditor = &collection.creditor;
    xml.begin("PmtInf");
    xml.leaf("PmtInfId", block);
    xml.leaf("PmtMtd", "DD");
    xml.leaf("NbOfTxs", &debits.len().to_string());
    xml.leaf("CtrlSum", &euros(Money::total(debits.iter().map(|(_, debit)| debit.amount.money))?));
    xml.begin("PmtTpInf");
    xml.path(&["SvcLvl", "Cd"], "SEPA");
    xml.path(&["LclInstrm", "Cd"], "CORE");
    xml.leaf("SeqTp", code);
    xml.end();
    xml.leaf("ReqdColltnDt", &collection.collect_on.to_string());
    xml.path(&["Cdtr", "Nm"], &for_sepa(&creditor.name, 70));
    xml.path(&["CdtrAcct", "Id", "IBAN"], &creditor.bank.iban);
    write_agent(xml, "CdtrAgt", &creditor.bank.bic, version);
    xml.leaf("ChrgBr", "SLEV");
    xml.begin("CdtrSchmeId");
    xml.begin("Id");
    xml.begin("PrvtId");
    xml.begin("Othr");
    xml.leaf("Id", &creditor.creditor_id);
    xml.path(&["SchmeNm", "Prtry"], "SEPA");
    (0..4).for_each(|_| xml.end());
    for (number, debit) in debits {
        write_transaction(xml, debit, &format!("{message}-{number:06}"), version)?;
    }
    xml.end();
    Ok(())
}

fn write_transaction(xml: &mut Xml, debit: &Debit, name: &str, version: Version) -> Result<(), Overflow> {
    if !(1..=LARGEST).contains(&debit.amount.money.minor()) {
        return Err(Overflow);
    }
    xml.begin("DrctDbtTxInf");
    xml.path(&["PmtId", "EndToEndId"], name);
    xml.line(&format!("<InstdAmt Ccy=\"EUR\">{}</InstdAmt>", euros(debit.amount.money)));
    xml.begin("DrctDbtTx");
    xml.begin("MndtRltdInf");
    xml.leaf("MndtId", &debit.mandate);
    if let Some(signed) = debit.signed {
        xml.leaf("DtOfSgntr", &signed.to_string());
    }
    xml.end();
    xml.end();
    write_agent(xml, "DbtrAgt", &debit.bank.bic, version);
    xml.path(&["Dbtr", "Nm"], &for_sepa(&debit.name, 70));
    xml.path(&["DbtrAcct", "Id", "IBAN"], &debit.bank.iban);
    let numbers: Vec<&str> = debit.invoices.iter().map(|invoice| invoice.number.as_str()).collect();
    xml.path(&["RmtInf", "Ustrd"], &for_sepa(&numbers.join(" "), 140));
    xml.end();
    Ok(())
}

/// The bank; without an identifier the IBAN tells it.
fn write_agent(xml: &mut Xml, name: &'static str, bic: &str, version: Version) {
    xml.begin(name);
    xml.begin("FinInstnId");
    if bic.is_empty() {
        xml.path(&["Othr", "Id"], "NOTPROVIDED");
    } else {
        xml.leaf(version.bic(), bic);
    }
    xml.end();
    xml.end();
}

fn euros(money: Money) -> String {
    Currency::parse("EUR").map_or_else(String::new, |euro| Amount::new(money, euro).to_string())
}
