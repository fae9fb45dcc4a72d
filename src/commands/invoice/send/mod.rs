//! `invoice send` and `invoice outbox`: documents to the customers who want them by mail, through the ledger's outbox, each at
//! most once unless a person asks; and what became of them.

mod chosen;
mod compose;
mod dispatch;
mod preview;
mod shown;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::commands::bill::parse_date;
use crate::commands::{Global, now, say};
use crate::delivery::{MailServer, MailTemplates, Password};
use crate::domain::book::Book;
use crate::domain::mail::MailSettings;
use crate::domain::time::Date;
use crate::error::{Error, ErrorKind, Result, counted};
use crate::facts::UsageStore;
use crate::ledger::{Ledger, MailFilter, MailState, NewMail};
use crate::workspace::Workspace;

use chosen::Chosen;
use compose::Composer;
use dispatch::Dispatch;
pub(super) use shown::show_outbox;

/// The environment variable that holds the password of the mail server.
const PASSWORD_VARIABLE: &str = "TOLLBOOK_SMTP_PASSWORD";

/// What to send.
#[derive(Args)]
pub struct SendArguments {
    /// The numbers of invoices or credit notes; sent also to customers who do not get theirs by mail
    numbers: Vec<String>,
    /// The invoices of this run, to customers who get theirs by mail
    #[arg(long, conflicts_with = "numbers")]
    run: Option<i64>,
    /// All invoices and credit notes not sent yet, to customers who get theirs by mail
    #[arg(long, conflicts_with_all = ["numbers", "run"])]
    all_unsent: bool,
    /// With --all-unsent: dated on this day or later; 31 days back unless given
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "all_unsent")]
    since: Option<Date>,
    /// What waits, at once, and what was refused, to the addresses of now
    #[arg(long, conflicts_with_all = ["run", "all_unsent", "again"])]
    retry: bool,
    /// Once more, although it was sent or may have arrived; needs --reason
    #[arg(long, requires = "numbers")]
    again: bool,
    /// To this address instead, for a look: counts as sent to nobody
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Print the mails instead of sending them
    #[arg(long)]
    show: bool,
    /// Write the mails into a folder instead of sending them
    #[arg(long, value_name = "DIR")]
    eml: Option<PathBuf>,
}

/// Which messages to list.
#[derive(Args)]
pub struct OutboxArguments {
    /// Those in this state only
    #[arg(long)]
    state: Option<StateName>,
    /// Of this run only
    #[arg(long)]
    run: Option<i64>,
    /// To this customer only
    #[arg(long)]
    account: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum StateName {
    Waiting,
    Sending,
    Sent,
    Refused,
    Unknown,
}

impl From<StateName> for MailState {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Waiting => Self::Waiting,
            StateName::Sending => Self::Sending,
            StateName::Sent => Self::Sent,
            StateName::Refused => Self::Refused,
            StateName::Unknown => Self::Unknown,
        }
    }
}

impl SendArguments {
    pub(super) fn send(self, global: &Global, workspace: &Workspace) -> Result<()> {
        self.check(global)?;
        let ledger = workspace.ledger()?;
        let (book, store) = (workspace.book(&ledger)?, workspace.usage());
        let chosen = self.choose(global, &ledger, &book)?;
        let is_preview = global.dry_run || self.show || self.eml.is_some();
        let settings = match (&workspace.settings.mail, is_preview) {
            (Some(settings), _) => settings.clone(),
            (None, true) => MailSettings::of_host("localhost".into()),
            (None, false) => return Err(no_server()),
        };
        let composer = self.composer(global, workspace, (&ledger, &book, &store), &settings)?;
        let composer = Composer { is_preview, ..composer };
        if is_preview {
            return preview::preview(global, &composer, &chosen, self.show, self.eml.as_deref());
        }
        let server = connect_to(workspace, settings.clone())?;
        // From here on nobody else sends; what somebody was sending who died is of unknown outcome.
        let lock = ledger.lock_outbox(&now()).map_err(already_sending)?;
        compose::remove_leftovers(workspace)?;
        let interrupted =
            dispatch::with_writer(workspace, global, &mut |writer| Ok(writer.settle_interrupted_mails(&lock)?))?;
        for mail in &interrupted {
            say(&format!("{} ({}): stopped while it was sent; it may have arrived", mail.document, mail.account));
        }
        let queued = self.queue(global, workspace, &composer, &chosen)?;
        let ids = self.due(&ledger, &queued, &chosen)?;
        let mut dispatch = Dispatch::new(global, workspace, composer, server, settings.per_minute);
        let stopped = dispatch.run(&ids);
        let outcomes = dispatch.finish();
        shown::show_outcomes(global, &ledger, &ids, &interrupted, &outcomes)?;
        stopped?;
        shown::verdict(&ledger, &ids, &interrupted)
    }

    fn check(&self, global: &Global) -> Result<()> {
        if self.numbers.is_empty() && self.run.is_none() && !self.all_unsent && !self.retry {
            let hint = "name invoices by number, or --run N, --all-unsent or --retry";
            return Err(Error::new(ErrorKind::Usage, "nothing is named that is to be sent", hint));
        }
        if self.again && global.given_reason().is_none() {
            return Err(Error::refused(
                "there is no reason; nothing was sent",
                "say with --reason why it goes out once more",
            ));
        }
        Ok(())
    }

    fn choose(&self, global: &Global, ledger: &Ledger, book: &Book) -> Result<Vec<Chosen>> {
        if self.retry {
            return chosen::refused(ledger, &self.numbers);
        }
        match self.run {
            Some(run) => chosen::of_run(ledger, book, run, self.to.is_some()),
            None if self.all_unsent => {
                chosen::unsent(ledger, book, chosen::first_day(self.since, &book.settings.zone), global)
            }
            None => chosen::of_numbers(ledger, &self.numbers, self.to.is_some()),
        }
    }

    fn composer<'a>(
        &self,
        global: &'a Global,
        workspace: &'a Workspace,
        (ledger, book, store): (&'a Ledger, &'a Book, &'a UsageStore),
        settings: &MailSettings,
    ) -> Result<Composer<'a>> {
        let folder = workspace.dir.join("templates");
        let templates = MailTemplates::load(Some(&folder))
            .map_err(|error| Error::refused(error.to_string(), "correct the template of the mail"))?;
        let (settings, to) = (settings.clone(), self.to.clone());
        Ok(Composer { global, workspace, ledger, book, store, settings, templates, to, is_preview: false })
    }

    /// Queues what is chosen; all or nothing.
    fn queue(
        &self,
        global: &Global,
        workspace: &Workspace,
        composer: &Composer<'_>,
        chosen: &[Chosen],
    ) -> Result<Vec<i64>> {
        let new = chosen.iter().map(|chosen| composer.new_mail(chosen, self.again));
        let new = new.collect::<Result<Vec<NewMail>>>()?;
        dispatch::with_writer(workspace, global, &mut |writer| Ok(writer.queue_mails(&new, false)?))
    }

    /// What is to be sent now: what was queued, and what waits from before and is meant too, once its time has come.
    fn due(&self, ledger: &Ledger, queued: &[i64], chosen: &[Chosen]) -> Result<Vec<i64>> {
        let (at, mut ids) = (now(), queued.to_vec());
        if self.to.is_none() {
            let filter = MailFilter { state: Some(MailState::Waiting), run: self.run, ..MailFilter::default() };
            let earlier = ledger.mails(filter)?.into_iter().filter(|mail| !mail.is_trial && !queued.contains(&mail.id));
            let at_once = self.retry || !self.numbers.is_empty();
            let has_come = |next: &Option<String>| at_once || next.as_ref().is_none_or(|next| *next <= at);
            let is_meant = |document: &String| {
                let named = self.numbers.contains(document) || chosen.iter().any(|chosen| chosen.number == *document);
                self.numbers.is_empty() || named
            };
            ids.extend(earlier.filter(|mail| has_come(&mail.next_at) && is_meant(&mail.document)).map(|mail| mail.id));
        }
        ids.sort_unstable();
        Ok(ids)
    }
}

fn no_server() -> Error {
    let hint = "name it in tollbook.toml, section [mail]; --eml DIR writes the mails without sending them";
    Error::refused("no mail server is named; nothing was sent", hint)
}

fn already_sending(error: crate::ledger::LedgerError) -> Error {
    match Error::from(error) {
        Error { kind: ErrorKind::Locked, message, .. } => {
            let message = message.replace("the ledger is", "the outbox is");
            Error::new(ErrorKind::Locked, message, "another `tollbook invoice send` is at work")
        }
        other => other,
    }
}

/// The mail server of the settings, with its password and who may vouch for it.
fn connect_to(workspace: &Workspace, settings: MailSettings) -> Result<MailServer> {
    let path = |name: &String| workspace.dir.join(name);
    let password = match (&settings.user, &settings.password_file) {
        (None, _) => None,
        (Some(_), Some(file)) => Some(read_password(&path(file))?),
        (Some(_), None) => Some(environment_password()?),
    };
    let authorities = settings.ca_file.as_ref().map(path);
    let pem = authorities.as_deref().map(|path| std::fs::read(path).map_err(|error| Error::unreadable(path, &error)));
    let pem = pem.transpose()?;
    let place = authorities.map(|path| path.display().to_string()).unwrap_or_else(|| settings.host.clone());
    MailServer::new(settings, password, pem.as_deref())
        .map_err(|why| Error::refused(format!("{place}: {why}"), "see [mail] in tollbook.toml"))
}

fn read_password(path: &std::path::Path) -> Result<Password> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).map_err(|error| Error::unreadable(path, &error))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        let message = format!("{}: others can read the password", path.display());
        return Err(Error::refused(message, format!("make it yours alone: chmod 600 {}", path.display())));
    }
    let text = std::fs::read_to_string(path).map_err(|error| Error::unreadable(path, &error))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(Error::refused(format!("{}: holds no password", path.display()), "write it on its first line")),
        password => Ok(Password(password.to_owned())),
    }
}

fn environment_password() -> Result<Password> {
    let set = std::env::var(PASSWORD_VARIABLE).ok().filter(|password| !password.is_empty());
    set.map(Password).ok_or_else(|| {
        let hint = format!("set {PASSWORD_VARIABLE}, or name a password_file in tollbook.toml, section [mail]");
        Error::refused("there is no password for the mail server", hint)
    })
}

/// How many are left out, said once.
fn say_left_out(number: usize, why: &str) {
    if number > 0 {
        say(&format!("{} {why}", counted(number as u64, "document")));
    }
}
