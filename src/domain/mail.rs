//! How a workspace sends mail: the section `[mail]` of its settings, as values. Names no password: that is in a file or in the
//! environment.

use std::net::IpAddr;

/// How mail is sent. There is no default host: a workspace without one sends nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// The name of the mail server; its certificate must be of this name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// The user to log in as; without one nobody logs in.
    pub user: Option<String>,
    /// The file that holds the password, from the workspace's folder; else the environment does.
    pub password_file: Option<String>,
    /// Certificates (PEM) of those who may vouch for the server, instead of those the system trusts.
    pub ca_file: Option<String>,
    /// The sender's address; else that of each organisation.
    pub from: Option<String>,
    /// Where answers go of an organisation that has no address.
    pub reply_to: Option<String>,
    /// Who gets a copy that customers do not see.
    pub bcc: Option<String>,
    /// At most so many messages a minute; 0 for no limit.
    pub per_minute: u32,
    /// Seconds to wait for a connection and for an answer.
    pub timeout_seconds: u32,
    /// Seconds to wait for the answer to a whole message: too few make outcomes unknown.
    pub answer_seconds: u32,
    /// The largest message, in millions of bytes.
    pub largest_megabytes: u32,
}

/// How the connection to the mail server is protected. There is no way to do without where it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS, begun by STARTTLS: nothing is sent before (port 587).
    StartTls,
    /// TLS from the first byte (port 465).
    Tls,
    /// None; only to a server on the same machine.
    None,
}

impl MailSecurity {
    /// Reads the name used in settings.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "starttls" => Some(Self::StartTls),
            "tls" => Some(Self::Tls),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// The usual port.
    pub fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

impl MailSettings {
    /// For a server of which nothing more is said.
    pub fn of_host(host: String) -> Self {
        let security = MailSecurity::StartTls;
        Self {
            host,
            port: security.port(),
            security,
            user: None,
            password_file: None,
            ca_file: None,
            from: None,
            reply_to: None,
            bcc: None,
            per_minute: 60,
            timeout_seconds: 60,
            answer_seconds: 600,
            largest_megabytes: 20,
        }
    }
}

/// Is it a name or a number of the same machine?
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Mail addresses of a list, separated by `,` or `;`.
pub fn addresses(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', ';']).map(str::trim).filter(|address| !address.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_machine_is_told_by_name_or_number() {
        for (host, expected) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("127.8.9.1", true),
            ("::1", true),
            ("localhost.example", false),
            ("10.0.0.1", false),
            ("mail.example", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(is_loopback(host), expected, "{host}");
        }
    }

    #[test]
    fn a_list_of_addresses_is_separated_by_commas_or_semicolons() {
        let list: Vec<&str> = addresses(" a@x.example, b@y.example;c@z.example ;; ").collect();
        assert_eq!(list, ["a@x.example", "b@y.example", "c@z.example"]);
    }
}
