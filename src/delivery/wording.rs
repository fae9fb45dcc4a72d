//! A document's figures and a language → the words of a mail: subject, text, HTML. Templates of the workspace take the place
//! of those built in; what they print of a bill is text, in HTML escaped (O3). Computes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::clean_name;
use super::figures::{Language, amount, date};
use crate::domain::bill::{Bill, DocumentKind};
use crate::domain::customer::Address;

/// What is built in, by name.
const BUILT_IN: [(&str, &str); 9] = [
    ("mail_layout.html", include_str!("../../config/templates/mail_layout.html")),
    ("mail.en.txt", include_str!("../../config/templates/mail.en.txt")),
    ("mail.en.html", include_str!("../../config/templates/mail.en.html")),
    ("mail.cy.txt", include_str!("../../config/templates/mail.cy.txt")),
    ("mail.cy.html", include_str!("../../config/templates/mail.cy.html")),
    ("mail.de.txt", include_str!("../../config/templates/mail.de.txt")),
    ("mail.de.html", include_str!("../../config/templates/mail.de.html")),
    ("mail.fr.txt", include_str!("../../config/templates/mail.fr.txt")),
    ("mail.fr.html", include_str!("../../config/templates/mail.fr.html")),
];

/// A template of the workspace may have so many bytes.
const LARGEST: u64 = 1 << 20;
/// What the first line of a text template begins with.
const SUBJECT: &str = "Subject:";

/// The words of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML; empty for none.
    pub html: String,
}

/// Why there are no words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordingError {
    /// The template, with the line where it is known.
    pub place: String,
    /// What is wrong.
    pub why: String,
}

impl std::fmt::Display for WordingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "templates/{}: {}", self.place, self.why)
    }
}

/// The templates of a workspace and those built in.
pub struct MailTemplates {
    environment: Environment<'static>,
    /// Those of the workspace.
    own: Vec<String>,
}

impl MailTemplates {
    /// With the files `mail*.txt` and `mail*.html` of a folder, or with what is built in alone.
    ///
    /// # Errors
    /// A file that cannot be read or is no template.
    pub fn load(folder: Option<&Path>) -> Result<Self, WordingError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
            true => AutoEscape::Html,
            false => AutoEscape::None,
        });
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|error| of_template(&error))?);
        let own = folder.map(own_templates).transpose()?.unwrap_or_default();
        let built_in = BUILT_IN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let names = own.keys().cloned().collect();
        for (name, text) in built_in.chain(own) {
            environment.add_template_owned(name, text).map_err(|error| of_template(&error))?;
        }
        Ok(Self { environment, own: names })
    }

    /// The words about a document, in the customer's language.
    ///
    /// # Errors
    /// The template names what is not there, or has no subject.
    pub fn words(&self, data: &MailData) -> Result<Wording, WordingError> {
        let (text_name, html_name) = self.names(&data.language);
        let text = self.render(&text_name, data)?;
        let text = text.trim_start_matches(['\n', '\r', ' ']);
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let subject = first.strip_prefix(SUBJECT).map(clean_name).filter(|subject| !subject.is_empty());
        let subject = subject.ok_or_else(|| WordingError {
            place: format!("{text_name}:1"),
            why: "does not begin with \"Subject:\" and a subject".into(),
        })?;
        let html = html_name.map(|name| self.render(&name, data)).transpose()?.unwrap_or_default();
        Ok(Wording { subject, text: rest.trim_matches(['\n', '\r']).to_owned() + "\n", html })
    }

    fn render(&self, name: &str, data: &MailData) -> Result<String, WordingError> {
        let template = self.environment.get_template(name).map_err(|error| of_template(&error))?;
        template.render(Serde(data)).map_err(|error| of_template(&error))
    }

    /// The templates of a language. Whoever writes a text of their own without HTML sends text alone.
    fn names(&self, language: &str) -> (String, Option<String>) {
        let is_own = |name: &String| self.own.contains(name);
        let own =
            |ending: &str| [format!("mail.{language}.{ending}"), format!("mail.{ending}")].into_iter().find(is_own);
        let built_in = |ending: &str| {
            let name = format!("mail.{language}.{ending}");
            let is_there = BUILT_IN.iter().any(|(known, _)| *known == name);
            if is_there { name } else { format!("mail.en.{ending}") }
        };
        match (own("txt"), own("html")) {
            (Some(text), html) => (text, html),
            (None, Some(html)) => (built_in("txt"), Some(html)),
            (None, None) => (built_in("txt"), Some(built_in("html"))),
        }
    }
}

/// What a template of a mail reads. Every value is ready to print.
#[derive(Clone, Debug, Serialize)]
pub struct MailData {
    /// `en`, `cy`, `de`, `fr`.
    language: String,
    /// `invoice`, `final_invoice` or `credit_note`.
    document: &'static str,
    /// The document's number.
    number: String,
    /// The day on it.
    date: String,
    /// When it is due.
    due_date: String,
    /// What it comes to, without a sign on a credit note.
    total: String,
    /// Nothing is to be paid for it.
    nothing_to_pay: bool,
    /// What the customer owes with it; empty if that is its total.
    balance: String,
    /// The invoice that a credit note is of; empty if it is of none.
    credits: String,
    /// It is collected by direct debit.
    direct_debit: bool,
    /// A password opens the PDF.
    is_protected: bool,
    /// The names of the files that go with it.
    attachments: Vec<String>,
    customer: MailCustomer,
    organisation: MailOrganisation,
}

#[derive(Clone, Debug, Serialize)]
struct MailCustomer {
    account: String,
    name: String,
    reference: String,
    purchase_order: String,
}

#[derive(Clone, Debug, Serialize)]
struct MailOrganisation {
    code: String,
    name: String,
    email: String,
    telephone: String,
    website: String,
    /// `#rrggbb`.
    colour: String,
    address: Vec<String>,
}

/// What the templates read of a bill.
pub fn mail_data(bill: &Bill, attachments: Vec<String>, is_protected: bool) -> MailData {
    let language = Language::of(&bill.customer.language);
    let money = |shown| amount(language, shown, bill.currency);
    let is_credit_note = bill.document == DocumentKind::CreditNote;
    let gross = bill.totals.gross;
    let organisation = &bill.organisation;
    MailData {
        language: language.code().to_owned(),
        document: match (is_credit_note, bill.is_final) {
            (true, _) => "credit_note",
            (false, true) => "final_invoice",
            (false, false) => "invoice",
        },
        number: clean_name(bill.number.as_deref().unwrap_or_default()),
        date: date(language, bill.invoice_date),
        due_date: date(language, bill.due_date),
        total: unsigned(&money(gross), is_credit_note),
        nothing_to_pay: gross.money.minor() <= 0,
        balance: match bill.balance.previous.money.minor() {
            0 => String::new(),
            _ => money(bill.balance.now),
        },
        credits: bill.credits.as_ref().map(|of| clean_name(&of.number)).unwrap_or_default(),
        direct_debit: bill.customer.pays_by_direct_debit(),
        is_protected,
        attachments,
        customer: MailCustomer {
            account: clean_name(&bill.customer.account),
            name: clean_name(&bill.customer.name),
            reference: clean_name(&bill.customer.reference),
            purchase_order: clean_name(&bill.customer.purchase_order),
        },
        organisation: MailOrganisation {
            code: organisation.code.clone(),
            name: clean_name(&organisation.name),
            email: clean_name(&organisation.contact.email),
            telephone: clean_name(&organisation.contact.telephone),
            website: clean_name(&organisation.contact.website),
            colour: if is_colour(&organisation.colour) { organisation.colour.clone() } else { "#1f3a5f".into() },
            address: address_lines(&organisation.address),
        },
    }
}

fn address_lines(address: &Address) -> Vec<String> {
    let parts = address.lines.iter().chain([&address.town, &address.county, &address.postcode, &address.country]);
    parts.map(|part| clean_name(part)).filter(|part| !part.is_empty()).collect()
}

fn unsigned(amount: &str, is_credit_note: bool) -> String {
    if is_credit_note { amount.replace('−', "") } else { amount.to_owned() }
}

fn is_colour(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `mail*.txt` and `mail*.html` of a folder; links and folders are not followed.
fn own_templates(folder: &Path) -> Result<BTreeMap<String, String>, WordingError> {
    let wrong = |name: &str, why: String| WordingError { place: name.to_owned(), why };
    let mut found = BTreeMap::new();
    let Ok(entries) = folder.read_dir() else { return Ok(found) };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_meant = name.starts_with("mail") && (name.ends_with(".txt") || name.ends_with(".html"));
        if !is_meant || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        if entry.metadata().is_ok_and(|metadata| metadata.len() > LARGEST) {
            return Err(wrong(&name, format!("is larger than {LARGEST} bytes")));
        }
        let text = std::fs::read_to_string(entry.path()).map_err(|error| wrong(&name, error.to_string()))?;
        found.insert(name, text);
    }
    Ok(found)
}

fn of_template(error: &minijinja::Error) -> WordingError {
    let name = error.name().unwrap_or("mail");
    let place = match error.line() {
        Some(line) => format!("{name}:{line}"),
        None => name.to_owned(),
    };
    let why = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    WordingError { place, why }
}
