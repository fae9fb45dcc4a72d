//! How documents leave the house: mail to customers by SMTP, one PDF for the post, an archive of a run. Knows documents as
//! bytes; makes none, keeps no books of what was sent: that is the ledger's outbox.

mod archive;
mod figures;
mod letter;
mod mail_server;
mod pdf_objects;
mod print_bundle;
mod protected_pdf;
mod wording;

pub use archive::{Archived, ArchivedFile, archive};
pub use letter::{Enclosure, Letter, LetterError, Sealed, Sender, clean_name};
pub use mail_server::{Attempt, Fault, MailServer, Password, Stage};
pub use print_bundle::{BundleError, Placed, PrintBundle};
pub use protected_pdf::{ProtectionError, protect};
pub use wording::{MailTemplates, Wording, WordingError, mail_data};
