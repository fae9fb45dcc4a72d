//! Billing runs as a user makes them: whom and what they bill, what they refuse, how they go on where they were stopped.

mod due;
mod guard;
mod options;

use std::path::PathBuf;

use serde_json::Value;

use crate::program::{Run, command, finished};

/// A workspace with a book of a few lines.
pub struct Office {
    folder: tempfile::TempDir,
}

const ORGANISATIONS: &str = "organisation,name,invoice_prefix\nACORN,Acorn Telecom Ltd,AC-\n";
const VAT_CODES: &str = "vat_code,rate,kind,label\nS,20,standard,VAT 20%\n";
const SUPPLIERS: &str = "supplier,layout\ncarrier,generic\n";
const TARIFFS: &str = "tariff,unit\nstandard,minor\n";
const RATES: &str = "tariff,match,rate\nstandard,class:national,1\n";
const USAGE: &str = "record_id,kind,cli,other_party,started_at,duration\n";

impl Office {
    /// With settings, groups, customers, their lines and charges; each group of lines without its header.
    pub fn new(settings: &str, groups: &str, customers: &str, clis: &str, charges: &str) -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap() };
        office.run("init w").done();
        office.write("w/tollbook.toml", settings);
        for (name, text) in [
            ("organisations", ORGANISATIONS),
            ("vat_codes", VAT_CODES),
            ("suppliers", SUPPLIERS),
            ("tariffs", TARIFFS),
            ("rates", RATES),
        ] {
            office.write(&format!("book/{name}.csv"), text);
        }
        office.load(groups, customers, clis, charges);
        office
    }

    /// Loads more of a book.
    pub fn load(&self, groups: &str, customers: &str, clis: &str, charges: &str) {
        const GROUPS: &str = "group,billing,method,interval,billing_day,offset_months\n";
        const CUSTOMERS: &str = "account,name,organisation,group,billing_day,vat_code,tariff_national,empty_invoice,empty_invoice_value,\
                                 low_invoice,low_invoice_value,low_invoice_action,low_invoice_action_value\n";
        const CLIS: &str = "cli,account\n";
        const CHARGES: &str = "account,charge,type,interval,timing,align,price,from,to,category,description\n";
        let customers = customers.lines().map(|line| {
            let cells = line.split(',').collect::<Vec<_>>();
            let more = cells.get(3..).map(|more| more.join(",")).unwrap_or_default();
            let more = if more.is_empty() { ",,,,,".to_owned() } else { more };
            format!("{0},Customer {0},ACORN,{1},{2},S,standard,{more}\n", cells[0], cells[1], cells[2])
        });
        let charges = charges.lines().map(|line| format!("{line},{}\n", line.split(',').nth(1).unwrap()));
        for (name, header, lines) in [
            ("groups", GROUPS, groups.to_owned()),
            ("customers", CUSTOMERS, customers.collect()),
            ("clis", CLIS, clis.to_owned()),
            ("charges", CHARGES, charges.collect()),
        ] {
            self.write(&format!("book/{name}.csv"), &format!("{header}{lines}"));
        }
        self.run("book import book --mode upsert").done();
    }

    /// Imports calls: id, line, start, seconds.
    pub fn import(&self, name: &str, calls: &[(&str, &str, &str, u32)]) {
        let lines = calls.iter().map(|(id, cli, at, seconds)| format!("{id},voice,{cli},01134960001,{at},{seconds}\n"));
        self.write(name, &(USAGE.to_owned() + &lines.collect::<String>()));
        self.run(&format!("import usage {name} --supplier carrier")).done();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs a command, its words separated by spaces.
    pub fn run(&self, line: &str) -> Run {
        let arguments: Vec<&str> = line.split(' ').chain(["--quiet"]).collect();
        let mut command = command(self.folder.path(), &arguments);
        command.env("TOLLBOOK_WORKSPACE", self.path("w"));
        finished(command.output().unwrap())
    }

    /// The same where the day matters.
    pub fn run_today(&self, line: &str) -> Run {
        let arguments: Vec<&str> = line.split(' ').collect();
        let mut command = command(self.folder.path(), &arguments);
        command.env("TOLLBOOK_WORKSPACE", self.path("w")).env_remove("TOLLBOOK_ALLOW_FUTURE");
        finished(command.output().unwrap())
    }

    pub fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(&format!("{line} --json")).done().out).unwrap()
    }

    /// `AC-000001 A1 2026-06-01 12.00`, one for each invoice.
    pub fn invoices(&self) -> Vec<String> {
        let listed = self.json("invoice list");
        let words = |invoice: &Value| {
            let cells =
                ["number", "account", "invoice_date", "gross"].map(|key| invoice[key].as_str().unwrap().to_owned());
            cells.join(" ")
        };
        listed.as_array().unwrap().iter().map(words).collect()
    }
}
