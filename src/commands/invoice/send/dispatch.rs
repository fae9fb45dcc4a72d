//! Queued messages → the mail server, one after another, each noted before and after: the ledger's lock is held for these
//! moments only. Stops when the server lets nobody in.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::compose::{Addressed, Composer};
use crate::commands::{Global, say};
use crate::delivery::{Attempt, Fault, MailServer, Stage};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{LedgerError, LedgerWriter, MailEnd, MailFilter, MailRow, MailState};
use crate::progress::Progress;
use crate::workspace::Workspace;

/// So long another writer of the ledger is waited for before a message goes out. Afterwards, as long as it takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// Waited for the ledger between two tries.
const PAUSE: Duration = Duration::from_millis(100);
/// After so many failures in a row to reach the server, no more is tried.
const MOST_UNREACHED: u32 = 3;
/// What is not taken now is tried again after so many seconds at first, then twice as many, and so on.
const FIRST_DELAY: u32 = 300;
const LONGEST_DELAY: u32 = 6 * 3_600;

/// A sending under way.
pub(super) struct Dispatch<'a> {
    global: &'a Global,
    workspace: &'a Workspace,
    composer: Composer<'a>,
    server: MailServer,
    pace: Pace,
    unreached: u32,
    /// Why, by message: in words that name nobody.
    why: BTreeMap<i64, String>,
}

/// How the message's own attempt ended, or that no other would get through.
enum Next {
    Another,
    Stop(Error),
}

impl<'a> Dispatch<'a> {
    pub fn new(
        global: &'a Global,
        workspace: &'a Workspace,
        composer: Composer<'a>,
        server: MailServer,
        per_minute: u32,
    ) -> Self {
        let pace = Pace { per_minute, last: None };
        Self { global, workspace, composer, server, pace, unreached: 0, why: BTreeMap::new() }
    }

    /// Sends messages in their order.
    ///
    /// # Errors
    /// What is not about one message: the server lets nobody in, the disk, the ledger.
    pub fn run(&mut self, ids: &[i64]) -> Result<()> {
        let progress = Progress::new("sending mail", ids.len() as u64, self.global.quiet);
        let mut waiting: BTreeMap<i64, MailRow> = BTreeMap::new();
        let filter = MailFilter { state: Some(MailState::Waiting), ..MailFilter::default() };
        waiting.extend(self.composer.ledger.mails(filter)?.into_iter().map(|mail| (mail.id, mail)));
        for id in ids {
            if let Some(mail) = waiting.get(id)
                && let Next::Stop(error) = self.send(mail)?
            {
                progress.finish();
                return Err(error);
            }
            progress.advance(1);
        }
        progress.finish();
        Ok(())
    }

    /// Says goodbye to the server; why messages did not go, by message.
    pub fn finish(mut self) -> BTreeMap<i64, String> {
        self.server.close();
        self.why
    }

    fn send(&mut self, mail: &MailRow) -> Result<Next> {
        let composed = match self.composer.compose(&Addressed::from(mail))? {
            Ok(composed) => composed,
            Err(why) => {
                self.settle(mail, &MailEnd::Refused, &why, &why)?;
                return Ok(Next::Another);
            }
        };
        self.pace.wait();
        let digest = composed.sealed.digest();
        let (workspace, global) = (self.workspace, self.global);
        let begin = || {
            with_writer(workspace, global, &mut |writer: &mut LedgerWriter| Ok(writer.claim_mail(mail.id, &digest)?))
        };
        let attempt = self.server.send(&composed.sealed, begin);
        if !matches!(attempt, Attempt::Closed(_)) {
            self.unreached = 0;
        }
        match attempt {
            Attempt::Accepted(answer) => self.settle(mail, &MailEnd::Sent, "", &answer)?,
            Attempt::Refused(fault) => self.settle(mail, &MailEnd::Refused, &fault.in_words(), &fault.answer)?,
            Attempt::Unknown(fault) => self.settle(mail, &MailEnd::Unknown, &fault.in_words(), &fault.answer)?,
            Attempt::Later(fault) => self.later(mail, &fault)?,
            Attempt::Closed(fault) => return self.closed(mail, &fault),
            Attempt::Withdrawn => self.tell(mail, "is not to be sent any more"),
            Attempt::NotBegun(error) => return Ok(Next::Stop(error)),
        }
        Ok(Next::Another)
    }

    fn later(&mut self, mail: &MailRow, fault: &Fault) -> Result<()> {
        let doubled = FIRST_DELAY.checked_shl(mail.attempts.min(16)).unwrap_or(LONGEST_DELAY);
        let end = MailEnd::Later { seconds: doubled.min(LONGEST_DELAY) };
        self.settle(mail, &end, &fault.in_words(), &fault.answer)
    }

    /// Nothing was said about the message. Where the server was not reached, it counts as an attempt; where the settings are
    /// wrong, it does not.
    fn closed(&mut self, mail: &MailRow, fault: &Fault) -> Result<Next> {
        let stop = |kind, hint: &str| {
            let message = format!("{}: {}", fault.in_words(), fault.answer);
            Next::Stop(Error::new(kind, message, hint))
        };
        match fault.stage {
            Stage::Connection => {
                self.later(mail, fault)?;
                self.unreached += 1;
                if self.unreached < MOST_UNREACHED {
                    return Ok(Next::Another);
                }
                Ok(stop(ErrorKind::Partial, "what waits is sent by the next `tollbook invoice send`"))
            }
            _ => Ok(stop(ErrorKind::Partial, "see [mail] in tollbook.toml; what waits is sent by the next run")),
        }
    }

    fn settle(&mut self, mail: &MailRow, end: &MailEnd, why: &str, answer: &str) -> Result<()> {
        settle_patiently(self.workspace, self.global, mail.id, end, answer)?;
        if !why.is_empty() {
            self.tell(mail, why);
        }
        Ok(())
    }

    fn tell(&mut self, mail: &MailRow, why: &str) {
        self.why.insert(mail.id, why.to_owned());
        say(&format!("{} ({}): {why}", mail.document, mail.account));
    }
}

/// Changes the ledger; waits a while for whoever else is changing it.
pub(super) fn with_writer<T>(
    workspace: &Workspace,
    global: &Global,
    change: &mut dyn FnMut(&mut LedgerWriter) -> Result<T>,
) -> Result<T> {
    let began = Instant::now();
    loop {
        match crate::ledger::Ledger::open_for_writing(&workspace.dir, global.actor()) {
            Err(LedgerError::Locked { .. }) if began.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            opened => return change(&mut opened?),
        }
    }
}

/// Notes how an attempt ended, however long somebody else is changing the ledger: what went out must be known.
fn settle_patiently(workspace: &Workspace, global: &Global, id: i64, end: &MailEnd, answer: &str) -> Result<()> {
    loop {
        let settled = with_writer(workspace, global, &mut |writer| Ok(writer.settle_mail(id, end, answer)?));
        match settled {
            Err(error) if error.kind == ErrorKind::Locked => say("waiting for the ledger: another command is at work"),
            settled => return settled,
        }
    }
}

/// No more messages a minute than the server likes.
struct Pace {
    per_minute: u32,
    last: Option<Instant>,
}

impl Pace {
    fn wait(&mut self) {
        if let (Some(last), Some(gap)) = (self.last, Duration::from_secs(60).checked_div(self.per_minute)) {
            std::thread::sleep(gap.saturating_sub(last.elapsed()));
        }
        self.last = Some(Instant::now());
    }
}
