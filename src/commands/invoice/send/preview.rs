//! The mails that would be sent → a list, their words, or `.eml` files. Sends nothing, queues nothing.

use std::path::Path;

use serde::Serialize;

use super::chosen::Chosen;
use super::compose::{Addressed, Composer};
use crate::commands::{Global, print, say};
use crate::error::{Error, ErrorKind, Result, counted};
use crate::files::write_atomically;
use crate::pipeline::documents::document_name;
use crate::report::screen::table;
use crate::workspace::make_private_folder;

/// A mail, as it would be.
#[derive(Serialize)]
struct Previewed {
    document: String,
    account: String,
    recipients: String,
    subject: String,
    attachments: Vec<PreviewedFile>,
    /// Of the whole message.
    bytes: usize,
    text: String,
    /// Why it would not be sent; empty if nothing stands against it.
    problem: String,
}

#[derive(Serialize)]
struct PreviewedFile {
    name: String,
    bytes: usize,
}

/// Lists the mails; prints their words, or writes them into a folder.
pub(super) fn preview(
    global: &Global,
    composer: &Composer<'_>,
    chosen: &[Chosen],
    show: bool,
    eml: Option<&Path>,
) -> Result<()> {
    if let Some(folder) = eml {
        make_private_folder(folder)?;
    }
    let mut mails = Vec::new();
    for chosen in chosen {
        mails.push(preview_one(composer, chosen, eml)?);
    }
    global.show(&mails, || listing(&mails))?;
    if show && !global.json {
        for mail in mails.iter().filter(|mail| mail.problem.is_empty()) {
            print(&format!("\n── {}: {}\n\n{}", mail.document, mail.subject, mail.text))?;
        }
    }
    let problems = mails.iter().filter(|mail| !mail.problem.is_empty()).count();
    say(&format!("would send {}", counted((mails.len() - problems) as u64, "message")));
    if problems == 0 {
        return Ok(());
    }
    let message = format!("{} would be refused", counted(problems as u64, "message"));
    Err(Error::new(ErrorKind::Partial, message, "the list says why"))
}

fn preview_one(composer: &Composer<'_>, chosen: &Chosen, eml: Option<&Path>) -> Result<Previewed> {
    let new = composer.new_mail(chosen, false)?;
    let addressed = Addressed {
        document: &new.document,
        recipients: &new.recipients,
        attachments: &new.attachments,
        message_id: &format!("<preview@{}>", new.host),
        is_trial: new.is_trial,
    };
    let composed = composer.compose(&addressed)?;
    let empty = Previewed {
        document: new.document.clone(),
        account: new.account.clone(),
        recipients: new.recipients.clone(),
        subject: String::new(),
        attachments: Vec::new(),
        bytes: 0,
        text: String::new(),
        problem: String::new(),
    };
    let composed = match composed {
        Ok(composed) => composed,
        Err(problem) => return Ok(Previewed { problem, ..empty }),
    };
    if let Some(folder) = eml {
        let path = folder.join(format!("{}.eml", document_name(&new.document)));
        write_atomically(&path, &composed.sealed.bytes).map_err(|error| Error::io(&path, &error))?;
    }
    let attachments = composed.enclosures.into_iter().map(|(name, bytes)| PreviewedFile { name, bytes });
    Ok(Previewed {
        subject: composed.wording.subject,
        attachments: attachments.collect(),
        bytes: composed.sealed.bytes.len(),
        text: composed.wording.text,
        ..empty
    })
}

fn listing(mails: &[Previewed]) -> String {
    let rows = mails.iter().map(|mail| {
        let files: Vec<&str> = mail.attachments.iter().map(|file| file.name.as_str()).collect();
        vec![
            mail.document.clone(),
            mail.account.clone(),
            mail.recipients.clone(),
            mail.subject.clone(),
            files.join(", "),
            mail.bytes.div_ceil(1_000).to_string(),
            mail.problem.clone(),
        ]
    });
    table(&["document", "account", "to", "subject", "attached", "kB", "problem"], &[5], rows)
}
