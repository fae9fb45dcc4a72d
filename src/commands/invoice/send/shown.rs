//! What became of messages → what a person reads, JSON, the exit code. Addresses are shown by `invoice outbox` only.

use std::collections::BTreeMap;

use serde::Serialize;

use super::OutboxArguments;
use crate::commands::Global;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::ledger::{Ledger, MailFilter, MailRow, MailState};
use crate::report::screen::table;
use crate::workspace::Workspace;

/// A message after a sending.
#[derive(Serialize)]
struct Outcome {
    document: String,
    account: String,
    state: &'static str,
    is_trial: bool,
    attempts: u32,
    /// Not to be tried again before (UTC).
    next_at: Option<String>,
    /// Why it did not go; empty if it did.
    why: String,
}

/// A message of the outbox.
#[derive(Serialize)]
struct Listed {
    id: i64,
    document: String,
    account: String,
    recipients: String,
    attachments: String,
    is_trial: bool,
    again_of: Option<i64>,
    message_id: String,
    state: &'static str,
    /// A person need not look at it any more.
    is_settled: bool,
    attempts: u32,
    queued_at: String,
    changed_at: String,
    next_at: Option<String>,
    digest: Option<String>,
    answer: Option<String>,
}

/// Shows what became of the messages of a sending.
pub(super) fn show_outcomes(
    global: &Global,
    ledger: &Ledger,
    ids: &[i64],
    interrupted: &[MailRow],
    why: &BTreeMap<i64, String>,
) -> Result<()> {
    let outcomes: Vec<Outcome> = meant(ledger, ids, interrupted)?
        .into_iter()
        .map(|mail| Outcome {
            why: why.get(&mail.id).cloned().unwrap_or_else(|| usual_words(&mail)),
            document: mail.document,
            account: mail.account,
            state: mail.state.name(),
            is_trial: mail.is_trial,
            attempts: mail.attempts,
            next_at: mail.next_at,
        })
        .collect();
    global.show(&outcomes, || {
        let rows = outcomes.iter().map(|mail| {
            vec![
                mail.document.clone(),
                mail.account.clone(),
                if mail.is_trial { format!("{} (trial)", mail.state) } else { mail.state.to_owned() },
                mail.next_at.clone().unwrap_or_default(),
                mail.why.clone(),
            ]
        });
        table(&["document", "account", "state", "not before", "why"], &[], rows)
    })
}

fn usual_words(mail: &MailRow) -> String {
    match mail.state {
        MailState::Unknown => "stopped while it was sent".into(),
        MailState::Waiting => "not tried".into(),
        _ => String::new(),
    }
}

/// The messages of a sending as they are now.
fn meant(ledger: &Ledger, ids: &[i64], interrupted: &[MailRow]) -> Result<Vec<MailRow>> {
    let is_meant = |id: &i64| ids.contains(id) || interrupted.iter().any(|mail| mail.id == *id);
    Ok(ledger.mails(MailFilter::default())?.into_iter().filter(|mail| is_meant(&mail.id)).collect())
}

/// Nothing but what was sent is done.
pub(super) fn verdict(ledger: &Ledger, ids: &[i64], interrupted: &[MailRow]) -> Result<()> {
    let mails = meant(ledger, ids, interrupted)?;
    let number = |state| mails.iter().filter(|mail| mail.state == state).count() as u64;
    let parts: Vec<String> = [MailState::Refused, MailState::Unknown, MailState::Waiting, MailState::Sending]
        .into_iter()
        .filter(|state| number(*state) > 0)
        .map(|state| format!("{} {}", number(state), state.name()))
        .collect();
    if parts.is_empty() {
        return Ok(());
    }
    let message = format!("sent {}; {}", counted(number(MailState::Sent), "message"), parts.join(", "));
    let hint = "`tollbook invoice outbox` has what the server said; --retry sends what was refused or waits, \
                --again --reason what may have arrived";
    Err(Error::new(ErrorKind::Partial, message, hint))
}

/// Lists the outbox: all, or what is in a state. Of unknown outcomes those that nobody looked after yet.
pub(in crate::commands::invoice) fn show_outbox(
    global: &Global,
    workspace: &Workspace,
    arguments: &OutboxArguments,
) -> Result<()> {
    let ledger = workspace.ledger()?;
    let state = arguments.state.map(MailState::from);
    let filter = MailFilter { state, run: arguments.run, account: arguments.account.as_deref(), document: None };
    let is_open = |mail: &MailRow| state != Some(MailState::Unknown) || !mail.is_settled;
    let listed: Vec<Listed> = ledger.mails(filter)?.into_iter().filter(is_open).map(Listed::from).collect();
    global.show(&listed, || {
        let rows = listed.iter().map(|mail| {
            vec![
                mail.id.to_string(),
                mail.document.clone(),
                mail.account.clone(),
                if mail.is_trial { format!("{} (trial)", mail.state) } else { mail.state.to_owned() },
                mail.changed_at.clone(),
                mail.attempts.to_string(),
                mail.next_at.clone().unwrap_or_default(),
                mail.recipients.clone(),
                mail.answer.clone().unwrap_or_default(),
            ]
        });
        let head = ["mail", "document", "account", "state", "since", "attempts", "not before", "to", "answer"];
        table(&head, &[0, 5], rows)
    })
}

impl From<MailRow> for Listed {
    fn from(mail: MailRow) -> Self {
        Self {
            id: mail.id,
            document: mail.document,
            account: mail.account,
            recipients: mail.recipients,
            attachments: mail.attachments,
            is_trial: mail.is_trial,
            again_of: mail.again_of,
            message_id: mail.message_id,
            state: mail.state.name(),
            is_settled: mail.is_settled,
            attempts: mail.attempts,
            queued_at: mail.queued_at,
            changed_at: mail.changed_at,
            next_at: mail.next_at,
            digest: mail.digest,
            answer: mail.answer,
        }
    }
}
