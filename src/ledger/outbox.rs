//! Mail to customers, one row for each message, from `waiting` to how it ended. A state goes forward only: a message is
//! `sending`, durably, before its first byte leaves, so that no crash sends it twice; what nobody knows of is `unknown`.
//! Makes no message and speaks to no server.

use rusqlite::{OptionalExtension, Row, params};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::files::map::hex;

use super::columns::named;
use super::lock::WriterLock;
use super::{Change, Ledger, LedgerError, LedgerWriter};

/// The file whose lock is held by the only process that sends mail.
pub const OUTBOX_LOCK_FILE: &str = "outbox.lock";

/// After so many attempts that ended before the message could be accepted, it is refused.
pub const MOST_ATTEMPTS: u32 = 10;

/// How an invoice left that went in an envelope.
pub const BY_POST: &str = "post";

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailState {
    /// To be sent, at once or when its time has come.
    Waiting,
    /// Its first byte may have left. Nobody but the process that sends it sees it so; after a crash it becomes unknown.
    Sending,
    /// The server took it.
    Sent,
    /// It was not taken, and will not be; nobody has it.
    Refused,
    /// The server may have it or not. Never sent again by itself.
    Unknown,
}

impl MailState {
    /// All, in the order in which they come.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Sending, Self::Sent, Self::Refused, Self::Unknown];

    /// The name, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == text)
    }
}

/// A message to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail {
    /// The number of the invoice or credit note.
    pub document: String,
    /// Is it a credit note?
    pub is_credit_note: bool,
    /// The customer's account.
    pub account: String,
    /// Mail addresses, separated by `, `.
    pub recipients: String,
    /// What goes with it, as `pdf;csv`.
    pub attachments: String,
    /// Sent to somebody else for a look; says nothing of whether the customer has it.
    pub is_trial: bool,
    /// A person asked for it again although an earlier one may have arrived.
    pub is_again: bool,
    /// The part of its message id behind the `@`.
    pub host: String,
}

/// A message as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRow {
    /// Grows with every message.
    pub id: i64,
    /// The number of the invoice or credit note.
    pub document: String,
    /// Is it a credit note?
    pub is_credit_note: bool,
    /// The customer's account.
    pub account: String,
    /// Mail addresses, separated by `, `.
    pub recipients: String,
    /// What goes with it, as `pdf;csv`.
    pub attachments: String,
    /// Sent to somebody else for a look.
    pub is_trial: bool,
    /// The message that it repeats.
    pub again_of: Option<i64>,
    /// The header `Message-ID`, the same at each attempt.
    pub message_id: String,
    /// When it was queued (UTC).
    pub queued_at: String,
    /// How far it is.
    pub state: MailState,
    /// Attempts that ended before it could be accepted.
    pub attempts: u32,
    /// Not to be tried again before (UTC).
    pub next_at: Option<String>,
    /// SHA-256 of the message that went out last.
    pub digest: Option<String>,
    /// When its state last changed (UTC).
    pub changed_at: String,
    /// What the server answered, or why it did not come so far.
    pub answer: Option<String>,
    /// Nothing is left to be done about it by a person: it was repeated, or the invoice is known to have arrived.
    pub is_settled: bool,
}

/// Which messages are wanted; a filter that is not set lets all pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailFilter<'a> {
    /// Those of a document.
    pub document: Option<&'a str>,
    /// Those of an account.
    pub account: Option<&'a str>,
    /// Those that are so far.
    pub state: Option<MailState>,
    /// Of these documents' run.
    pub run: Option<i64>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailEnd {
    /// The server took it.
    Sent,
    /// It will not be taken.
    Refused,
    /// It was not taken; another attempt is made, not before so many seconds have passed.
    Later {
        /// Seconds.
        seconds: u32,
    },
    /// The server may have it.
    Unknown,
}

const ROW_COLUMNS: &str =
    "id, document, kind, account, recipients, attachments, is_trial, again_of, message_id, queued_at,
    state, attempts, next_at, digest, changed_at, answer,
    EXISTS (SELECT 1 FROM outbox n WHERE n.again_of = o.id)
      OR EXISTS (SELECT 1 FROM sent_invoices s WHERE s.invoice = o.document AND s.at >= o.changed_at) AS is_settled";

/// What must give no row, and what it means if it does. The first column names the thing. Run by [`super::verify`].
pub(super) const OUTBOX: &[(&str, &str)] = &[
    (
        "a mail was sent, and its invoice is not noted as sent (B13)",
        "SELECT document FROM outbox o WHERE state = 'sent' AND is_trial = 0 AND kind = 'invoice'
           AND NOT EXISTS (SELECT 1 FROM sent_invoices s WHERE s.invoice = o.document)",
    ),
    (
        "a mail is of another account's document",
        "SELECT o.document FROM outbox o LEFT JOIN invoices i ON i.number = o.document
           LEFT JOIN credit_notes c ON c.number = o.document WHERE coalesce(i.account, c.account) IS NOT o.account",
    ),
    (
        "a document was sent twice, and nobody asked for it",
        "SELECT document FROM outbox WHERE state IN ('sending', 'sent', 'unknown') AND is_trial = 0 AND again_of IS NULL
           GROUP BY document HAVING count(*) > 1",
    ),
];

/// Held by the only process that sends mail.
pub struct OutboxLock {
    _lock: WriterLock,
}

impl Ledger {
    /// Messages, the oldest first.
    pub fn mails(&self, filter: MailFilter<'_>) -> Result<Vec<MailRow>, LedgerError> {
        let sql = format!(
            "SELECT {ROW_COLUMNS} FROM outbox o WHERE (?1 IS NULL OR document = ?1) AND (?2 IS NULL OR account = ?2)
               AND (?3 IS NULL OR state = ?3)
               AND (?4 IS NULL OR EXISTS (SELECT 1 FROM invoices i WHERE i.number = o.document AND i.run = ?4))
             ORDER BY id"
        );
        let mut query = self.connection.prepare_cached(&sql)?;
        let state = filter.state.map(MailState::name);
        let rows = query.query_map(params![filter.document, filter.account, state, filter.run], read_mail)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether an invoice is noted as sent, other than in an envelope.
    pub fn is_sent_otherwise(&self, invoice: &str) -> Result<bool, LedgerError> {
        let mut query =
            self.connection.prepare_cached("SELECT 1 FROM sent_invoices WHERE invoice = ?1 AND how <> ?2")?;
        Ok(query.exists(params![invoice, BY_POST])?)
    }

    /// Makes this process the only one that sends mail, as long as what it returns lives.
    ///
    /// # Errors
    /// `Locked` while another one sends.
    pub fn lock_outbox(&self, at: &str) -> Result<OutboxLock, LedgerError> {
        let path = self.path().with_file_name(OUTBOX_LOCK_FILE);
        WriterLock::take(&path, Some(at)).map(|lock| OutboxLock { _lock: lock })
    }
}

impl LedgerWriter {
    /// Queues messages; returns their ids. A dry run does it all and undoes it.
    ///
    /// # Errors
    /// `Refused`: a document is not there, is void, or one of its messages is on its way, sent or of unknown outcome
    /// (unless a person asked for it again); all of them are named.
    pub fn queue_mails(&mut self, mails: &[NewMail], dry_run: bool) -> Result<Vec<i64>, LedgerError> {
        let change = self.begin()?;
        let (mut ids, mut obstacles) = (Vec::new(), Vec::new());
        for mail in mails {
            match change.obstacle_to(mail)? {
                Some(why) => obstacles.push(format!("{}: {why}", mail.document)),
                None => ids.push(change.insert_mail(mail)?),
            }
        }
        if obstacles.is_empty() {
            change.end(dry_run)?;
            return Ok(ids);
        }
        let hint = "leave them out; --again --reason sends one once more that was sent or whose outcome is unknown";
        Err(LedgerError::refused("send", obstacles.join("\n  "), hint))
    }

    /// Makes a message `sending`. Once this has returned true, it counts as possibly sent, come what may.
    /// False if it does not wait any more, or its invoice was voided meanwhile, which refuses it.
    pub fn claim_mail(&mut self, id: i64, digest: &str) -> Result<bool, LedgerError> {
        let change = self.begin()?;
        let document: Option<String> = change
            .prepare_cached("SELECT document FROM outbox WHERE id = ?1 AND state = 'waiting'")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        let Some(document) = document else { return Ok(false) };
        let void = change.void_of(&document)?;
        if let Some(note) = &void {
            change.end_mail(id, &MailEnd::Refused, &format!("the invoice is void by credit note {note}"))?;
        } else {
            change
                .prepare_cached("UPDATE outbox SET state = 'sending', digest = ?2, changed_at = ?3 WHERE id = ?1")?
                .execute(params![id, digest, change.actor.at])?;
        }
        change.commit()?;
        Ok(void.is_none())
    }

    /// Writes down how an attempt ended. A sent invoice is noted among those that left the house (B13).
    pub fn settle_mail(&mut self, id: i64, end: &MailEnd, answer: &str) -> Result<(), LedgerError> {
        let change = self.begin()?;
        change.end_mail(id, end, answer)?;
        change.commit()
    }

    /// Makes unknown what a process that died was sending; returns the messages. The caller holds [`OutboxLock`].
    pub fn settle_interrupted_mails(&mut self, _: &OutboxLock) -> Result<Vec<MailRow>, LedgerError> {
        let filter = MailFilter { state: Some(MailState::Sending), ..MailFilter::default() };
        let left = self.mails(filter)?;
        if !left.is_empty() {
            let change = self.begin()?;
            for mail in &left {
                change.end_mail(mail.id, &MailEnd::Unknown, "the program was stopped while it was sending")?;
            }
            change.commit()?;
        }
        Ok(left)
    }
}

impl Change<'_> {
    /// Why a document is not to be sent.
    fn obstacle_to(&self, mail: &NewMail) -> Result<Option<String>, LedgerError> {
        let table = if mail.is_credit_note { "credit_notes" } else { "invoices" };
        let account: Option<String> = self
            .prepare_cached(&format!("SELECT account FROM {table} WHERE number = ?1"))?
            .query_row([&mail.document], |row| row.get(0))
            .optional()?;
        match account {
            None => return Ok(Some("there is no such document".into())),
            Some(account) if account != mail.account => return Ok(Some("it is another customer's".into())),
            Some(_) => {}
        }
        if let Some(note) = self.void_of(&mail.document)? {
            return Ok(Some(format!("it is void by credit note {note}")));
        }
        let state: Option<String> = self
            .prepare_cached(
                "SELECT state FROM outbox WHERE document = ?1 AND is_trial = 0 AND state <> 'refused'
                 ORDER BY state IN ('waiting', 'sending') DESC, id DESC LIMIT 1",
            )?
            .query_row([&mail.document], |row| row.get(0))
            .optional()?;
        Ok(match state.as_deref().and_then(MailState::parse) {
            _ if mail.is_trial => None,
            Some(MailState::Waiting | MailState::Sending) => Some("a message of it is on its way".into()),
            Some(MailState::Sent) if !mail.is_again => Some("it was sent".into()),
            Some(MailState::Unknown) if !mail.is_again => Some("it may have been sent".into()),
            _ => None,
        })
    }

    fn insert_mail(&self, mail: &NewMail) -> Result<i64, LedgerError> {
        let at = &self.actor.at;
        let (earlier, last): (i64, Option<i64>) = self
            .prepare_cached(
                "SELECT count(*), (SELECT max(id) FROM outbox WHERE document = ?1 AND is_trial = 0) FROM outbox
                 WHERE document = ?1",
            )?
            .query_row([&mail.document], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let again_of = last.filter(|_| !mail.is_trial);
        let seed = format!("{}\n{}\n{at}\n{earlier}", mail.document, mail.account);
        let message_id = format!("<{}@{}>", &hex(&Sha256::digest(seed))[..32], mail.host);
        let kind = if mail.is_credit_note { "credit_note" } else { "invoice" };
        self.prepare_cached(
            "INSERT INTO outbox (document, kind, account, recipients, attachments, is_trial, again_of, message_id,
               queued_at, state, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'waiting', ?9)",
        )?
        .execute(params![
            mail.document,
            kind,
            mail.account,
            mail.recipients,
            mail.attachments,
            mail.is_trial,
            again_of,
            message_id,
            at
        ])?;
        let id = self.last_insert_rowid();
        self.audit("outbox", &mail.document, None, Some(&json!({"mail": id, "state": "waiting"}).to_string()))?;
        Ok(id)
    }

    fn end_mail(&self, id: i64, end: &MailEnd, answer: &str) -> Result<(), LedgerError> {
        let (document, kind, is_trial, attempts): (String, String, bool, u32) = self
            .prepare_cached("SELECT document, kind, is_trial, attempts FROM outbox WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let attempts = attempts.saturating_add(u32::from(matches!(end, MailEnd::Later { .. })));
        let (state, seconds) = match end {
            MailEnd::Sent => (MailState::Sent, None),
            MailEnd::Refused => (MailState::Refused, None),
            MailEnd::Unknown => (MailState::Unknown, None),
            MailEnd::Later { .. } if attempts >= MOST_ATTEMPTS => (MailState::Refused, None),
            MailEnd::Later { seconds } => (MailState::Waiting, Some(format!("+{seconds} seconds"))),
        };
        let at = &self.actor.at;
        self.prepare_cached(
            "UPDATE outbox SET state = ?2, attempts = ?3, changed_at = ?4, answer = nullif(?5, ''),
               next_at = CASE WHEN ?6 IS NULL THEN NULL ELSE strftime('%Y-%m-%dT%H:%M:%SZ', ?4, ?6) END
             WHERE id = ?1",
        )?
        .execute(params![id, state.name(), attempts, at, answer, seconds])?;
        if state == MailState::Sent && !is_trial && kind == "invoice" {
            self.prepare_cached("INSERT OR IGNORE INTO sent_invoices (invoice, at, how) VALUES (?1, ?2, 'e-mail')")?
                .execute(params![document, at])?;
        }
        let after = json!({"mail": id, "state": state.name(), "attempts": attempts}).to_string();
        self.audit("outbox", &document, None, Some(&after))
    }
}

fn read_mail(row: &Row<'_>) -> rusqlite::Result<MailRow> {
    Ok(MailRow {
        id: row.get("id")?,
        document: row.get("document")?,
        is_credit_note: row.get::<_, String>("kind")? == "credit_note",
        account: row.get("account")?,
        recipients: row.get("recipients")?,
        attachments: row.get("attachments")?,
        is_trial: row.get("is_trial")?,
        again_of: row.get("again_of")?,
        message_id: row.get("message_id")?,
        queued_at: row.get("queued_at")?,
        state: named(row, "state", MailState::parse)?,
        attempts: row.get("attempts")?,
        next_at: row.get("next_at")?,
        digest: row.get("digest")?,
        changed_at: row.get("changed_at")?,
        answer: row.get("answer")?,
        is_settled: row.get("is_settled")?,
    })
}
