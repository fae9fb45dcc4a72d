//! A sealed message → a mail server, over one connection for many: how far it came is known exactly, because it decides
//! whether the message may be sent again. Encrypted as the settings ask, or not at all; decides nothing about what is sent.

use std::cell::Cell;
use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, CertificateStore, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Severity;

use super::Sealed;
use crate::domain::mail::{MailSecurity, MailSettings};

/// After so many messages a connection is made anew.
const MOST_ON_A_CONNECTION: u32 = 100;
/// A message goes out in pieces of so many bytes.
const PIECE: usize = 1 << 16;
/// So much is kept of what a server says.
const LONGEST_ANSWER: usize = 300;

/// What opens the mail server to us. Never printed.
#[derive(Clone)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// How far an attempt came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The server was not reached.
    Connection,
    /// The connection could not be encrypted as asked.
    Encryption,
    /// It did not let us in.
    Login,
    /// The sender was named.
    Sender,
    /// A recipient was named.
    Recipient,
    /// The message was on its way.
    Content,
    /// All of the message was out; the answer to it was awaited.
    Answer,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How far it had come.
    pub stage: Stage,
    /// The code of the server's answer.
    pub code: Option<String>,
    /// What was said; may name people.
    pub answer: String,
}

/// How an attempt to send a message ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Attempt<E> {
    /// The server took it, and said this.
    Accepted(String),
    /// It does not take it.
    Refused(Fault),
    /// It did not take it now.
    Later(Fault),
    /// It may have taken it.
    Unknown(Fault),
    /// It is not about the message: no other one would get through.
    Closed(Fault),
    /// The message is not to be sent any more.
    Withdrawn,
    /// What was to be done before the first byte failed; nothing was sent.
    NotBegun(E),
}

/// A mail server and the connection to it.
pub struct MailServer {
    settings: MailSettings,
    hello: ClientId,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    open: Option<SmtpConnection>,
    carried: u32,
}

impl MailServer {
    /// A server, not connected yet. `authorities` are the certificates (PEM) that may vouch for it, where not those of the
    /// system do.
    ///
    /// # Errors
    /// In words: the certificates do not read.
    pub fn new(settings: MailSettings, password: Option<Password>, authorities: Option<&[u8]>) -> Result<Self, String> {
        let tls = match settings.security {
            MailSecurity::None => None,
            MailSecurity::StartTls | MailSecurity::Tls => Some(tls_of(&settings.host, authorities)?),
        };
        let credentials = settings.user.clone().zip(password);
        let credentials = credentials.map(|(user, Password(password))| Credentials::new(user, password));
        let domain = settings.from.as_deref().and_then(|from| from.rsplit_once('@')).map(|(_, domain)| domain);
        let hello = match domain.filter(|domain| domain.is_ascii()) {
            Some(domain) => ClientId::Domain(domain.to_owned()),
            None => ClientId::default(),
        };
        Ok(Self { settings, hello, tls, credentials, open: None, carried: 0 })
    }

    /// Sends a message. `begin` is called when everything but the message itself was accepted, before its first byte goes
    /// out; false withdraws it.
    pub fn send<E>(&mut self, message: &Sealed, begin: impl FnOnce() -> Result<bool, E>) -> Attempt<E> {
        let mut connection = match self.connection() {
            Ok(connection) => connection,
            Err(fault) => return Attempt::Closed(fault),
        };
        let attempt = transmit(&mut connection, message, begin, seconds(self.settings.answer_seconds));
        let keeps = match &attempt {
            Attempt::Accepted(_) => true,
            Attempt::Withdrawn | Attempt::NotBegun(_) => connection.command(Rset).is_ok(),
            Attempt::Refused(fault) | Attempt::Later(fault) => {
                fault.code.as_deref().is_some_and(|code| code != "421") && connection.command(Rset).is_ok()
            }
            Attempt::Unknown(_) | Attempt::Closed(_) => false,
        };
        if keeps && connection.set_timeout(seconds(self.settings.timeout_seconds)).is_ok() {
            self.open = Some(connection);
        } else {
            connection.abort();
        }
        attempt
    }

    /// Says goodbye.
    pub fn close(&mut self) {
        if let Some(mut connection) = self.open.take() {
            let _ = connection.quit();
        }
    }

    /// The open connection, or a new one where it is worn out or has gone.
    fn connection(&mut self) -> Result<SmtpConnection, Fault> {
        self.carried += 1;
        if self.carried > MOST_ON_A_CONNECTION {
            self.close();
        }
        if let Some(mut connection) = self.open.take()
            && connection.test_connected()
        {
            return Ok(connection);
        }
        self.carried = 1;
        self.connect()
    }

    fn connect(&self) -> Result<SmtpConnection, Fault> {
        let addresses = self.addresses()?;
        let timeout = seconds(self.settings.timeout_seconds);
        let wrapped = self.tls.as_ref().filter(|_| self.settings.security == MailSecurity::Tls);
        let connected = SmtpConnection::connect(&addresses[..], timeout, &self.hello, wrapped, None);
        let mut connection = connected.map_err(|error| {
            let stage = if is_about_trust(&error) { Stage::Encryption } else { Stage::Connection };
            fault(stage, &error)
        })?;
        if let (MailSecurity::StartTls, Some(tls)) = (self.settings.security, &self.tls) {
            if !connection.can_starttls() {
                connection.abort();
                let answer = "the server offers no STARTTLS, and nothing is sent without encryption".to_owned();
                return Err(Fault { stage: Stage::Encryption, code: None, answer });
            }
            connection.starttls(tls, &self.hello).map_err(|error| fault(Stage::Encryption, &error))?;
        }
        if let Some(credentials) = &self.credentials {
            let login = connection.auth(DEFAULT_MECHANISMS, credentials);
            login.map_err(|error| {
                connection.abort();
                fault(Stage::Login, &error)
            })?;
        }
        Ok(connection)
    }

    /// Where the server is. Without encryption only what is really on this machine.
    fn addresses(&self) -> Result<Vec<SocketAddr>, Fault> {
        let unknown = |answer: String| Fault { stage: Stage::Connection, code: None, answer };
        let found = (self.settings.host.as_str(), self.settings.port).to_socket_addrs();
        let found = found.map_err(|error| unknown(format!("no such server: {error}")))?;
        let may_be_used = |address: &SocketAddr| self.tls.is_some() || address.ip().is_loopback();
        let addresses: Vec<SocketAddr> = found.filter(may_be_used).collect();
        if addresses.is_empty() { Err(unknown("no such server on this machine".into())) } else { Ok(addresses) }
    }
}

fn seconds(seconds: u32) -> Option<Duration> {
    Some(Duration::from_secs(u64::from(seconds)))
}

/// Names sender and recipients, then hands the message over.
fn transmit<E>(
    connection: &mut SmtpConnection,
    message: &Sealed,
    begin: impl FnOnce() -> Result<bool, E>,
    patience: Option<Duration>,
) -> Attempt<E> {
    let parameters = match mail_parameters(connection, message) {
        Ok(parameters) => parameters,
        Err(fault) => return Attempt::Refused(fault),
    };
    if let Err(error) = connection.command(Mail::new(Some(message.sender.clone()), parameters)) {
        return not_taken(fault(Stage::Sender, &error), &error);
    }
    for recipient in &message.recipients {
        if let Err(error) = connection.command(Rcpt::new(recipient.clone(), vec![])) {
            return not_taken(fault(Stage::Recipient, &error), &error);
        }
    }
    match begin() {
        Ok(true) => {}
        Ok(false) => return Attempt::Withdrawn,
        Err(error) => return Attempt::NotBegun(error),
    }
    match connection.command(Data) {
        Ok(go_on) if go_on.has_code(354) => {}
        Ok(other) => {
            let answer = plain(&format!("unexpected answer {}", other.code()));
            return Attempt::Later(Fault { stage: Stage::Content, code: None, answer });
        }
        Err(error) => return not_taken(fault(Stage::Content, &error), &error),
    }
    let _ = connection.set_timeout(patience);
    hand_over(connection, &message.bytes)
}

/// Until the last piece is out, the server cannot have the message; from then on it may, unless it says otherwise.
fn hand_over<E>(connection: &mut SmtpConnection, bytes: &[u8]) -> Attempt<E> {
    let is_out = Cell::new(false);
    let mut pieces = bytes.chunks(PIECE);
    let pieces = std::iter::from_fn(|| {
        let next = pieces.next();
        is_out.set(next.is_none());
        next
    });
    match connection.message_iter(pieces) {
        Ok(answer) if answer.code().severity == Severity::PositiveCompletion => {
            Attempt::Accepted(plain(&format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))))
        }
        Ok(answer) => {
            let code = Some(answer.code().to_string());
            Attempt::Unknown(Fault { stage: Stage::Answer, code, answer: "unexpected answer to the message".into() })
        }
        Err(error) if error.status().is_some() => not_taken(fault(Stage::Answer, &error), &error),
        Err(error) if is_out.get() => Attempt::Unknown(fault(Stage::Answer, &error)),
        Err(error) => Attempt::Later(fault(Stage::Content, &error)),
    }
}

fn mail_parameters(connection: &SmtpConnection, message: &Sealed) -> Result<Vec<MailParameter>, Fault> {
    if message.bytes.is_ascii() && message.recipients.iter().all(|address| address.to_string().is_ascii()) {
        return Ok(Vec::new());
    }
    let offers = |extension| connection.server_info().supports_feature(extension);
    if !offers(Extension::SmtpUtfEight) || !offers(Extension::EightBitMime) {
        let answer = "the server takes no addresses with letters beyond ASCII".to_owned();
        return Err(Fault { stage: Stage::Recipient, code: None, answer });
    }
    Ok(vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)])
}

/// An answer before the message could be accepted, or one that says that it was not.
fn not_taken<E>(fault: Fault, error: &SmtpError) -> Attempt<E> {
    if error.is_permanent() { Attempt::Refused(fault) } else { Attempt::Later(fault) }
}

fn tls_of(host: &str, authorities: Option<&[u8]>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authorities {
        builder = builder.certificate_store(CertificateStore::None);
        let certificate = Certificate::from_pem(pem).map_err(|error| format!("no certificate (PEM): {error}"))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| error.to_string())
}

fn fault(stage: Stage, error: &SmtpError) -> Fault {
    Fault { stage, code: error.status().map(|code| code.to_string()), answer: plain(&error.to_string()) }
}

/// What a server said, as it may be shown on a screen.
fn plain(text: &str) -> String {
    let spaced = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    spaced.take(LONGEST_ANSWER).collect::<String>().trim().to_owned()
}

/// Is it the certificate that is wrong, rather than the way to the server?
fn is_about_trust(error: &SmtpError) -> bool {
    error.is_tls() || error.to_string().contains("certificate")
}

impl Stage {
    fn in_words(self) -> &'static str {
        match self {
            Self::Connection => "the mail server is not reached",
            Self::Encryption => "the connection cannot be encrypted as asked",
            Self::Login => "the mail server does not let us in",
            Self::Sender => "the mail server does not take the sender",
            Self::Recipient => "the mail server does not take a recipient",
            Self::Content => "the mail server does not take the message",
            Self::Answer => "the answer to the message",
        }
    }
}

impl Fault {
    /// What went wrong, without what may name people.
    pub fn in_words(&self) -> String {
        match (&self.code, self.stage) {
            (Some(code), Stage::Answer) => format!("the mail server does not take the message ({code})"),
            (None, Stage::Answer) => "no answer to the whole message".into(),
            (Some(code), stage) => format!("{} ({code})", stage.in_words()),
            (None, stage) => stage.in_words().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(format!("{:?}", Some(Password("secret".into()))), "Some(•••)");
    }

    #[test]
    fn what_is_said_to_people_names_nobody() {
        let fault = Fault {
            stage: Stage::Recipient,
            code: Some("550".into()),
            answer: "permanent error (550): <ann@customer.example> unknown".into(),
        };
        assert_eq!(fault.in_words(), "the mail server does not take a recipient (550)");
    }
}
