//! Names that are code (`fixtures/attacks/names.json`) through everything that is written: documents, mails, archives, reports,
//! accounting files, the page of a run. Nothing of it may run, load, follow or leave its folder (O3), and nobody but the owner
//! may read it. Each name must still be there as text.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::forms::not_checked;
use crate::program::{files_below, fixture, tollbook};

fn names() -> Vec<String> {
    serde_json::from_slice(&std::fs::read(fixture("attacks/names.json")).unwrap()).unwrap()
}

/// A workspace whose customers, cost centres, lines, charges, categories and calls are called by the names, billed.
struct Attacked {
    folder: tempfile::TempDir,
    names: Vec<String>,
}

impl Attacked {
    fn new() -> Self {
        let attacked = Self { folder: tempfile::tempdir().unwrap(), names: names() };
        tollbook(attacked.folder.path(), &["init", "w"]).done();
        attacked.write_book();
        attacked.run(&["book", "import", "../book"]);
        attacked.run(&["import", "usage", "../usage.csv", "--supplier", "carrier", "--quiet"]);
        attacked.run(&["bill", "run", "--invoice-date", "2026-10-01", "--quiet"]);
        attacked
    }

    fn workspace(&self) -> PathBuf {
        self.folder.path().join("w")
    }

    /// Runs it, and looks at what it says of its own accord: numbers and accounts, no names.
    #[track_caller]
    fn run(&self, arguments: &[&str]) {
        let run = tollbook(&self.workspace(), arguments);
        // 3: lines of usage with characters that none may hold were rejected.
        assert!(matches!(run.code, 0 | 3), "{arguments:?}: {}\n{}", run.out, run.err);
        let told = self.names.iter().find(|name| name.chars().count() > 8 && run.err.contains(name.as_str()));
        assert_eq!(told, None, "{arguments:?} names a customer: {}", run.err);
    }

    fn write_book(&self) {
        let book = self.folder.path().join("book");
        std::fs::create_dir(&book).unwrap();
        let file = |name: &str, header: &str, rows: Vec<Vec<String>>| {
            let mut writer = csv::Writer::from_path(book.join(format!("{name}.csv"))).unwrap();
            writer.write_record(header.split(',')).unwrap();
            rows.iter().for_each(|row| writer.write_record(row).unwrap());
            writer.flush().unwrap();
        };
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let each = |of: &dyn Fn(&str, &str, &str) -> Vec<String>| {
            let named = self.names.iter().enumerate();
            named.map(|(n, name)| of(&format!("X{n:02}"), name, &format!("0207946{n:04}"))).collect::<Vec<_>>()
        };
        file(
            "organisations",
            "organisation,name,vat_number,address_1,town,postcode,country,email,invoice_prefix,bank_sort_code,bank_account_number",
            vec![row(&[
                "ACORN",
                "=\"><b>& Söhne",
                "GB123456789",
                "#panic(1)",
                "{{7*7}}",
                "LS1 1AA",
                "United Kingdom",
                "billing@acorn.example",
                "AC-",
                "000000",
                "12345678",
            ])],
        );
        file("groups", "group", vec![row(&["monthly"])]);
        file("vat_codes", "vat_code,rate,kind,label", vec![row(&["S", "20", "standard", "@VAT <20%>"])]);
        file("suppliers", "supplier,layout", vec![row(&["carrier", "generic"])]);
        file("tariffs", "tariff,unit", vec![row(&["standard", "major"])]);
        file("rates", "tariff,match,rate", vec![row(&["standard", "class:national", "0.5"])]);
        file(
            "call_types",
            "call_type,description,class,kind,use_supplier_description",
            vec![row(&["UK", "=1+1", "national", "voice", "y"])],
        );
        file("prefixes", "prefix,call_type", vec![row(&["+44", "UK"])]);
        let customers = "account,name,organisation,group,vat_code,tariff_national,address_1,town,postcode,country,reference,\
            purchase_order,invoice_message,email,send_email,send_post,attachments,itemisation,invoice_format,language,tags";
        file(
            "customers",
            customers,
            each(&|account, name, _| {
                let number: usize = account[1..].parse().unwrap();
                let format = ["short", "long", "full"][number % 3];
                let language = ["en", "cy", "de", "fr"][number % 4];
                row(&[
                    account,
                    name,
                    "ACORN",
                    "monthly",
                    "S",
                    "standard",
                    name,
                    name,
                    "LS1 1AA",
                    "United Kingdom",
                    name,
                    name,
                    name,
                    "post@customer.example",
                    "y",
                    "y",
                    "pdf;csv;xlsx;e_invoice;json",
                    "xlsx",
                    format,
                    language,
                    "",
                ])
            }),
        );
        file("cost_centres", "account,cost_centre,name", each(&|account, name, _| row(&[account, "C", name])));
        file(
            "clis",
            "cli,account,cost_centre,description",
            each(&|account, name, number| row(&[number, account, "C", name])),
        );
        file("products", "product,name,category,price", each(&|account, name, _| row(&[account, name, name, "1"])));
        file(
            "charges",
            "account,charge,product,type,description,details,price,quantity,from,category,cli",
            each(&|account, name, number| {
                row(&[account, "c", account, "one_off", name, name, "5", "1", "2026-09-03", name, number])
            }),
        );
        let mut usage = csv::Writer::from_path(self.folder.path().join("usage.csv")).unwrap();
        let header = ["record_id", "kind", "cli", "other_party", "started_at", "duration", "description"];
        usage.write_record(header).unwrap();
        for call in each(&|account, name, number| {
            row(&[account, "voice", number, "01134960001", "2026-09-05 10:00:00", "60", name])
        }) {
            usage.write_record(&call).unwrap();
        }
        usage.flush().unwrap();
    }

    /// Everything that can be written, in one folder.
    fn outputs(&self) -> PathBuf {
        let out = self.folder.path().join("out");
        std::fs::DirBuilder::new().mode(0o700).create(&out).unwrap();
        let file = |name: &str| out.join(name).to_str().unwrap().to_owned();
        self.run(&["invoice", "export", "--run", "1", "--out", &file("documents"), "--quiet"]);
        self.run(&["invoice", "export", "--run", "1", "--format", "cii", "--out", &file("cii"), "--quiet"]);
        self.run(&["invoice", "send", "--run", "1", "--eml", &file("mails")]);
        self.run(&["invoice", "archive", "--run", "1", "--out", &file("archive.zip")]);
        self.run(&["invoice", "bundle", "--run", "1", "--out", &file("bundle.pdf"), "--quiet"]);
        self.run(&["bill", "page", "1", "--out", &file("page.html")]);
        for package in ["xero", "sage50", "quickbooks", "journal"] {
            self.run(&["accounting", "export", "--format", package, "--out", &file(&format!("{package}.csv"))]);
        }
        for report in [
            "aged-debt",
            "billing-errors",
            "carrier-costs",
            "category-revenue",
            "credit-limits",
            "customer-growth",
            "dormant-clis",
            "margin",
            "product-revenue",
            "reconciliation",
            "terminating-charges",
            "top-destinations",
            "unbilled-usage",
        ] {
            let (csv, xlsx) = (file(&format!("{report}.csv")), file(&format!("{report}.xlsx")));
            self.run(&["report", report, "--csv", &csv, "--xlsx", &xlsx]);
        }
        out
    }
}

const SETTINGS: &str = "[accounting]\nreceivables = \"1100\"\nbank = \"1200\"\nvat = \"2200\"\nwrite_offs = \"8100\"\nsales = \"4000\"\n\
    [accounting.tax_codes.xero]\nS = \"20\"\n[accounting.tax_codes.sage50]\nS = \"T1\"\n[accounting.tax_codes.quickbooks]\nS = \"S\"\n\
    [mail]\nhost = \"localhost\"\nsecurity = \"none\"\n";

#[test]
fn names_that_are_code_stay_text_in_everything_o3() {
    let attacked = Attacked::new();
    let settings = attacked.workspace().join("tollbook.toml");
    std::fs::write(&settings, SETTINGS).unwrap();
    let out = attacked.outputs();
    let written = files_below(&out, &[]);
    // A JSON model, a PDF, a list of calls, a workbook and two structured invoices of each customer, at the least.
    assert!(written.len() >= 6 * attacked.names.len(), "{}", written.len());
    each_name_is_in_its_model(&attacked, &out.join("documents"));
    let Some(said) = look_for_active(&out) else { return };
    let (seen, found) = said.trim_end().rsplit_once("seen: ").map(|(found, seen)| (seen, found)).unwrap();
    assert_eq!(found, "", "{seen}");
    for kind in ["csv", "eml", "html", "json", "pdf", "xlsx", "xml", "zip"] {
        assert!(seen.contains(kind), "no {kind} was looked at: {seen}");
    }
}

fn each_name_is_in_its_model(attacked: &Attacked, documents: &Path) {
    for (place, name) in attacked.names.iter().enumerate() {
        let model = std::fs::read(documents.join(format!("AC-{:06}.json", place + 1))).unwrap();
        let model: serde_json::Value = serde_json::from_slice(&model).unwrap();
        let trimmed = name.trim();
        for said in [&model["customer"]["name"], &model["lines"][0]["description"], &model["messages"][0]] {
            assert_eq!(said.as_str().unwrap().trim(), trimmed, "X{place:02}");
        }
    }
}

#[test]
fn what_is_active_is_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let put = |name: &str, text: &str, mode: u32| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let planted: [(&str, &str, u32, &str); 7] = [
        ("a.csv", "name,amount\n=1+1,-5.00\n", 0o600, "'=1+1' would be a formula"),
        ("b.html", "<p onclick=\"x()\">x</p>", 0o600, "<p onclick>"),
        ("c.html", "<script>x()</script>", 0o600, "<script>"),
        ("d.xml", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", 0o600, "declares entities"),
        ("e.pdf", "%PDF-1.7 /OpenAction", 0o600, "/OpenAction in it"),
        ("f.eml", "From: a@b.example\nBcc: e@b.example\n\nx", 0o600, "Bcc: e@b.example"),
        ("g.json", "{}", 0o644, "a file of mode 644"),
    ];
    planted.iter().for_each(|(name, text, mode, _)| put(name, text, *mode));
    let Some(said) = look_for_active(folder.path()) else { return };
    for (name, _, _, expected) in planted {
        assert!(said.lines().any(|line| line.starts_with(name) && line.contains(expected)), "{name}: {said}");
    }
}

/// What an independent program finds in a folder; none where there is no Python.
fn look_for_active(folder: &Path) -> Option<String> {
    let Ok(python) = std::env::var("TOLLBOOK_PYTHON") else {
        not_checked("names that are code", "TOLLBOOK_PYTHON names no Python");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/find_active.py");
    let run = Command::new(python).arg(script).arg(folder).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(String::from_utf8(run.stdout).unwrap())
}
