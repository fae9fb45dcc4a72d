//! A small reseller with a posted run: seven customers who each owe for one visit, and how each wants its invoice.

use std::path::{Path, PathBuf};

use super::super::program::{Run, command, finished, tollbook};

/// A posted run of a small reseller.
pub struct Post {
    pub workspace: PathBuf,
    _folder: tempfile::TempDir,
}

const FILES: [(&str, &str); 4] = [
    (
        "organisations.csv",
        "organisation,name,vat_number,invoice_prefix,credit_prefix,address_1,town,postcode,email,telephone\n\
         AC,Anchor & Cable Ltd,GB123456789,AC-,AC-CN-,1 Quay,Whitby,YO21 1AA,accounts@anchor.example,020 7946 0100\n",
    ),
    ("groups.csv", "group,billing,method,interval\nmonthly,manual,standard,monthly\n"),
    ("vat_codes.csv", "vat_code,rate,kind,label\nS,20,standard,VAT 20%\n"),
    ("charges.csv", ""),
];

/// A customer and its wishes: columns of customers.csv.
pub struct Wishes<'a> {
    pub name: &'a str,
    pub email: &'a str,
    /// Values of `send_email,language,attachments,pdf_password,itemisation`.
    pub rest: &'a str,
}

/// A customer who gets the PDF.
pub fn to<'a>(email: &'a str) -> Wishes<'a> {
    Wishes { name: "Harbour Lights", email, rest: "y,,,,none" }
}

impl Post {
    /// The invoices `AC-000001` … of customers `A01` … with these wishes.
    pub fn of(customers: &[Wishes<'_>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (book, workspace) = (folder.path().join("book"), folder.path().join("work"));
        std::fs::create_dir(&book).unwrap();
        for (name, text) in FILES {
            std::fs::write(book.join(name), text).unwrap();
        }
        let mut rows = csv::Writer::from_writer(Vec::new());
        let head = "account,name,status,organisation,group,address_1,town,vat_code,delivery_email,send_email,language,\
                    attachments,pdf_password,itemisation";
        rows.write_record(head.split(',')).unwrap();
        let mut charges = String::from("account,charge,description,type,quantity,price,from,category\n");
        for (place, wishes) in customers.iter().enumerate() {
            let account = format!("A{:02}", place + 1);
            let known = [&account, wishes.name, "active", "AC", "monthly", "1 Quay Road", "Whitby", "S", wishes.email];
            rows.write_record(known.into_iter().chain(wishes.rest.split(','))).unwrap();
            charges.push_str(&format!("{account},1,Engineer's visit,one_off,1,1234.50,2026-04-20,Support\n"));
        }
        std::fs::write(book.join("customers.csv"), rows.into_inner().unwrap()).unwrap();
        std::fs::write(book.join("charges.csv"), charges).unwrap();
        tollbook(folder.path(), &["init", workspace.to_str().unwrap()]).done();
        super::super::workload::Reseller::print_briefly(&workspace);
        tollbook(&workspace, &["book", "import", book.to_str().unwrap(), "--quiet"]).done();
        tollbook(&workspace, &["bill", "run", "--quiet", "--invoice-date", "2026-05-01"]).done();
        Self { workspace, _folder: folder }
    }

    /// Names a mail server in the settings, with a password that is known.
    pub fn use_server(&self, lines: &str) {
        let path = self.workspace.join("tollbook.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let before = text.split("\n[mail]").next().unwrap();
        let patience = if lines.contains("answer_seconds") { "" } else { "answer_seconds = 60\n" };
        let usual = format!("per_minute = 0\ntimeout_seconds = 60\n{patience}");
        std::fs::write(path, format!("{before}\n[mail]\n{lines}\n{usual}")).unwrap();
    }

    /// Runs `invoice …` with the password in the environment.
    pub fn invoice(&self, arguments: &[&str]) -> Run {
        finished(self.command(arguments).output().unwrap())
    }

    pub fn command(&self, arguments: &[&str]) -> std::process::Command {
        let all: Vec<&str> = ["invoice"].iter().chain(arguments).copied().chain(["--quiet"]).collect();
        let mut command = command(&self.workspace, &all);
        command.env("TOLLBOOK_SMTP_PASSWORD", super::server::PASSWORD);
        command
    }

    /// `AC-000001 sent`, … of the outbox, in the order of queueing.
    pub fn states(&self) -> Vec<String> {
        let listed = self.invoice(&["outbox", "--json"]).done();
        let rows: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
        let word = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
        rows.as_array().unwrap().iter().map(|row| format!("{} {}", word(row, "document"), word(row, "state"))).collect()
    }

    /// Another workspace like this one.
    pub fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path().join("work");
        super::super::snapshot::copy_folder(&self.workspace, &workspace);
        Self { workspace, _folder: folder }
    }

    pub fn document(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.workspace.join("invoices/run-000001").join(name)).unwrap()
    }

    pub fn folder(&self) -> &Path {
        self._folder.path()
    }
}
