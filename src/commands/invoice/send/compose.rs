//! A document → its mail: who it is to, the words, and the files that go with it, read where they are or made again from what
//! was posted, PDFs protected where the customer wants it. Sends nothing.

use std::path::{Path, PathBuf};

use super::chosen::Chosen;
use crate::commands::invoice::export::documents;
use crate::commands::invoice::show::find;
use crate::commands::{Global, clock};
use crate::delivery::{Enclosure, Letter, MailTemplates, Sealed, Sender, Wording, mail_data, protect};
use crate::domain::bill::{Bill, DocumentKind};
use crate::domain::book::Book;
use crate::domain::contact::Attachment;
use crate::domain::customer::{Customer, Itemisation, Organisation};
use crate::domain::mail::{MailSettings, addresses};
use crate::error::{Error, Result};
use crate::facts::UsageStore;
use crate::invoicing::json;
use crate::ledger::{Ledger, MailRow, NewMail};
use crate::pipeline::documents::{Documents, credit_note_folder, document_name, run_folder};
use crate::workspace::{Workspace, make_private_folder};

/// Makes mails of documents.
pub(super) struct Composer<'a> {
    pub global: &'a Global,
    pub workspace: &'a Workspace,
    pub ledger: &'a Ledger,
    pub book: &'a Book,
    pub store: &'a UsageStore,
    pub settings: MailSettings,
    pub templates: MailTemplates,
    /// Whom all goes to instead, for a look.
    pub to: Option<String>,
    /// Nothing is sent.
    pub is_preview: bool,
}

/// A mail, ready to be sent.
pub(super) struct Composed {
    pub sealed: Sealed,
    pub wording: Wording,
    /// The files' names and sizes.
    pub enclosures: Vec<(String, usize)>,
}

/// What a mail is made of beside its document.
pub(super) struct Addressed<'a> {
    pub document: &'a str,
    pub recipients: &'a str,
    pub attachments: &'a str,
    pub message_id: &'a str,
    /// Nobody but the recipients gets it.
    pub is_trial: bool,
}

impl<'a> From<&'a MailRow> for Addressed<'a> {
    fn from(row: &'a MailRow) -> Self {
        Self {
            document: &row.document,
            recipients: &row.recipients,
            attachments: &row.attachments,
            message_id: &row.message_id,
            is_trial: row.is_trial,
        }
    }
}

impl Composer<'_> {
    /// The message that is to be queued for a document.
    ///
    /// # Errors
    /// Nobody is named who sends it.
    pub fn new_mail(&self, chosen: &Chosen, is_again: bool) -> Result<NewMail> {
        let bill = find(self.ledger, &chosen.number)?;
        let customer = self.customer(&bill);
        let recipients = self.to.as_deref().or(customer.map(|customer| customer.delivery.email.as_str()));
        let sender = self.sender(&bill);
        if sender.email.is_empty() && !self.is_preview {
            let message = format!("organisation {} has no mail address to send from", bill.organisation.code);
            return Err(Error::refused(message, "fill in its email, or name [mail] from in tollbook.toml"));
        }
        let wanted = wanted(customer, bill.document).into_iter().map(Attachment::name);
        Ok(NewMail {
            document: chosen.number.clone(),
            is_credit_note: chosen.is_credit_note,
            account: chosen.account.clone(),
            recipients: addresses(recipients.unwrap_or_default()).collect::<Vec<_>>().join(", "),
            attachments: wanted.collect::<Vec<_>>().join(";"),
            is_trial: self.to.is_some(),
            is_again,
            host: host_of(&sender.email),
        })
    }

    /// The mail, or why there is none: in words that name nobody.
    ///
    /// # Errors
    /// What is not about this mail: the disk, the store, a template.
    pub fn compose(&self, addressed: &Addressed<'_>) -> Result<std::result::Result<Composed, String>> {
        let bill = find(self.ledger, addressed.document)?;
        let customer = self.customer(&bill);
        let kinds: Vec<Attachment> = addressed.attachments.split(';').filter_map(Attachment::parse).collect();
        let mut enclosures = match self.enclosures(&bill, &kinds)? {
            Ok(enclosures) => enclosures,
            Err(why) => return Ok(Err(why)),
        };
        let password = customer.map(|customer| customer.delivery.pdf_password.as_str()).unwrap_or_default();
        let is_protected = !password.is_empty() && enclosures.iter().any(|enclosure| is_pdf(&enclosure.name));
        if is_protected && let Err(why) = protect_all(&mut enclosures, password) {
            return Ok(Err(why));
        }
        let names = enclosures.iter().map(|enclosure| enclosure.name.clone()).collect();
        let wording = self.templates.words(&mail_data(&bill, names, is_protected));
        let wording = wording.map_err(|error| Error::refused(error.to_string(), "correct the template of the mail"))?;
        let sender = self.sender(&bill);
        let letter = Letter {
            from: &sender,
            reply_to: self.reply_to(&bill),
            to: &bill.customer.name,
            recipients: addressed.recipients,
            bcc: self.settings.bcc.as_deref().filter(|_| !addressed.is_trial).unwrap_or_default(),
            subject: &wording.subject,
            text: &wording.text,
            html: &wording.html,
            enclosures: &enclosures,
            message_id: addressed.message_id,
            seconds: clock(),
        };
        let sealed = match letter.seal() {
            Ok(sealed) => sealed,
            Err(error) => return Ok(Err(error.why.to_owned())),
        };
        if let Some(why) = self.too_large(sealed.bytes.len()) {
            return Ok(Err(why));
        }
        let enclosures = enclosures.into_iter().map(|enclosure| (enclosure.name, enclosure.bytes.len())).collect();
        Ok(Ok(Composed { sealed, wording, enclosures }))
    }

    fn too_large(&self, bytes: usize) -> Option<String> {
        let most = u64::from(self.settings.largest_megabytes).saturating_mul(1_000_000);
        let megabytes = (bytes as u64).div_ceil(1_000_000);
        (bytes as u64 > most).then(|| {
            format!(
                "the message has {megabytes} MB; [mail] largest_megabytes allows {}: attach less",
                self.settings.largest_megabytes
            )
        })
    }

    fn customer(&self, bill: &Bill) -> Option<&Customer> {
        self.book.find_customer(&bill.customer.account).map(|id| self.book.customer(id))
    }

    /// The organisation as it is now: a mail is answered now.
    fn organisation(&self, bill: &Bill) -> Option<&Organisation> {
        self.book.organisations.iter().find(|organisation| organisation.code == bill.organisation.code)
    }

    fn own_address(&self, bill: &Bill) -> &str {
        self.organisation(bill).map(|organisation| organisation.contact.email.as_str()).unwrap_or_default()
    }

    fn sender(&self, bill: &Bill) -> Sender {
        let email = self.settings.from.as_deref().unwrap_or_else(|| self.own_address(bill)).to_owned();
        Sender { name: bill.organisation.name.clone(), email }
    }

    fn reply_to(&self, bill: &Bill) -> &str {
        match self.own_address(bill) {
            "" => self.settings.reply_to.as_deref().unwrap_or_default(),
            own => own,
        }
    }

    /// The files of a document that a customer wants, in the order of [`Attachment::ALL`].
    fn enclosures(&self, bill: &Bill, kinds: &[Attachment]) -> Result<std::result::Result<Vec<Enclosure>, String>> {
        let number = bill.number.as_deref().unwrap_or_default();
        let stem = document_name(number);
        let folder = self.folder(bill, number)?;
        if let Some(found) = read_files(&folder, &stem, kinds)?
            && is_of(&folder, &stem, bill)
        {
            return Ok(Ok(found));
        }
        let made = self.make_again(bill, number, kinds)?;
        let mut enclosures = Vec::new();
        for kind in Attachment::ALL.into_iter().filter(|kind| kinds.contains(kind)) {
            let files = files_of(made.path(), &stem, kind)?;
            if files.is_empty() && !lists_calls(kind) {
                return Ok(Err(format!("there is no {} of the document", kind.name())));
            }
            for path in files {
                enclosures.push(read(&path)?);
            }
        }
        Ok(Ok(enclosures))
    }

    /// Where the documents of a bill are.
    fn folder(&self, bill: &Bill, number: &str) -> Result<PathBuf> {
        let invoices = self.workspace.dir.join("invoices");
        match bill.document {
            DocumentKind::CreditNote => Ok(credit_note_folder(&invoices)),
            DocumentKind::Invoice => {
                let run = self.ledger.invoice(number)?.map(|invoice| invoice.row.run).unwrap_or_default();
                Ok(run_folder(&invoices, run))
            }
        }
    }

    /// The documents of a bill, made from what was posted, in a folder that goes when it is dropped.
    fn make_again(&self, bill: &Bill, number: &str, kinds: &[Attachment]) -> Result<tempfile::TempDir> {
        let invoices = self.workspace.dir.join("invoices");
        make_private_folder(&invoices)?;
        let made = tempfile::Builder::new().prefix(MADE_AGAIN).tempdir_in(&invoices);
        let made = made.map_err(|error| Error::io(&invoices, &error))?;
        let usual = documents(self.global, self.workspace, (self.book, self.store), made.path().to_owned());
        let documents = Documents { only: Some(kinds.to_vec()), quiet: true, ..usual };
        let workers = self.global.workers()?;
        if bill.document == DocumentKind::CreditNote {
            documents.write_credit_notes(&workers, std::slice::from_ref(bill))?;
            return Ok(made);
        }
        let run = self.ledger.invoice(number)?.map(|invoice| invoice.row.run).unwrap_or_default();
        let billed_file = self.ledger.run(run)?.billed_file.unwrap_or_default();
        documents.write_one(&workers, self.ledger, bill, &billed_file)?;
        Ok(made)
    }
}

/// What folders of documents that are made again begin with.
const MADE_AGAIN: &str = ".partial-mail-";

/// Removes what sendings that were killed left. The caller holds the lock of the outbox.
pub(super) fn remove_leftovers(workspace: &Workspace) -> Result<()> {
    let invoices = workspace.dir.join("invoices");
    let Ok(entries) = invoices.read_dir() else { return Ok(()) };
    for entry in entries.filter_map(std::result::Result::ok) {
        if entry.file_name().to_string_lossy().starts_with(MADE_AGAIN) {
            std::fs::remove_dir_all(entry.path()).map_err(|error| Error::io(&entry.path(), &error))?;
        }
    }
    Ok(())
}

/// What goes with the mails of a customer.
fn wanted(customer: Option<&Customer>, document: DocumentKind) -> Vec<Attachment> {
    let Some(customer) = customer else { return vec![Attachment::Pdf] };
    let delivery = &customer.delivery;
    let is_note = document == DocumentKind::CreditNote;
    let chosen = delivery.attachments.iter().copied().filter(|kind| !is_note || !lists_calls(*kind));
    let chosen: Vec<Attachment> = chosen.collect();
    if !chosen.is_empty() {
        return chosen;
    }
    // Where a password was asked for, nothing goes beside the PDF unless it was asked for too.
    match customer.itemisation {
        _ if !delivery.pdf_password.is_empty() || is_note => vec![Attachment::Pdf],
        Itemisation::Csv => vec![Attachment::Pdf, Attachment::Csv],
        Itemisation::Xlsx => vec![Attachment::Pdf, Attachment::Xlsx],
        Itemisation::None | Itemisation::Pdf => vec![Attachment::Pdf],
    }
}

/// Is it a list of calls? There is none of a credit note.
fn lists_calls(kind: Attachment) -> bool {
    matches!(kind, Attachment::Csv | Attachment::Xlsx)
}

/// The files of a kind, of a document: usually one.
fn files_of(folder: &Path, stem: &str, kind: Attachment) -> Result<Vec<PathBuf>> {
    let ending = match kind {
        Attachment::EInvoice => "xml",
        other => other.name(),
    };
    let first = folder.join(format!("{stem}.{ending}"));
    Ok(if first.is_file() { vec![first] } else { Vec::new() })
}

/// All files that are wanted, if all are there.
fn read_files(folder: &Path, stem: &str, kinds: &[Attachment]) -> Result<Option<Vec<Enclosure>>> {
    let mut enclosures = Vec::new();
    for kind in Attachment::ALL.into_iter().filter(|kind| kinds.contains(kind)) {
        let files = files_of(folder, stem, kind)?;
        if files.is_empty() {
            return Ok(None);
        }
        for path in files {
            enclosures.push(read(&path)?);
        }
    }
    Ok(Some(enclosures))
}

/// Whether the documents in a folder are those of a bill: the model beside them says so, byte for byte.
fn is_of(folder: &Path, stem: &str, bill: &Bill) -> bool {
    std::fs::read(folder.join(format!("{stem}.json"))).is_ok_and(|bytes| bytes == json::render(bill))
}

fn read(path: &Path) -> Result<Enclosure> {
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, &error))?;
    Ok(Enclosure { name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes })
}

fn is_pdf(name: &str) -> bool {
    name.ends_with(".pdf")
}

fn protect_all(enclosures: &mut [Enclosure], password: &str) -> std::result::Result<(), String> {
    for enclosure in enclosures.iter_mut().filter(|enclosure| is_pdf(&enclosure.name)) {
        enclosure.bytes = protect(&enclosure.bytes, password).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// What is behind the `@`.
fn host_of(email: &str) -> String {
    let host = email.rsplit_once('@').map(|(_, host)| host).unwrap_or_default();
    let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if host.is_empty() || !is_plain { "tollbook.invalid".to_owned() } else { host.to_owned() }
}
