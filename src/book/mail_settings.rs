//! The section `[mail]` of `tollbook.toml` → [`MailSettings`]. Keys that are left out have the values of the commented default
//! file; a key that is none is refused, and so is any password: it is not to stand in a file that others read.

use std::ops::RangeInclusive;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::mail::{MailSecurity, MailSettings, addresses, is_loopback};

use super::settings::{located, read};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    host: Option<Spanned<String>>,
    port: Option<Spanned<u16>>,
    security: Option<Spanned<String>>,
    user: Option<Spanned<String>>,
    password: Option<Spanned<String>>,
    password_file: Option<Spanned<String>>,
    ca_file: Option<Spanned<String>>,
    from: Option<Spanned<String>>,
    reply_to: Option<Spanned<String>>,
    bcc: Option<Spanned<String>>,
    per_minute: Option<Spanned<u32>>,
    timeout_seconds: Option<Spanned<u32>>,
    answer_seconds: Option<Spanned<u32>>,
    largest_megabytes: Option<Spanned<u32>>,
}

impl Mail {
    /// None without a host.
    pub(super) fn read(&self, text: &str) -> Result<Option<MailSettings>, String> {
        if let Some(password) = &self.password {
            let reason = "a password does not stand here; name a file that only you can read with password_file, or set \
                          TOLLBOOK_SMTP_PASSWORD";
            return Err(located(text, password.span(), reason));
        }
        let Some(host) = &self.host else { return Ok(None) };
        let name = |name: &str| Some(name.to_owned()).filter(|name| is_plain(name));
        let address = |address: &str| Some(address.to_owned()).filter(|address| is_address(address));
        let addresses = |list: &str| {
            let good = addresses(list).count() > 0 && addresses(list).all(is_address);
            good.then(|| list.to_owned())
        };
        let usual = MailSettings::of_host(
            read(text, &self.host, "host", name, "the name of a mail server, as smtp.example.com")?.unwrap_or_default(),
        );
        let security = read(text, &self.security, "security", MailSecurity::parse, "starttls, tls or none")?
            .unwrap_or(usual.security);
        if security == MailSecurity::None && !is_loopback(&usual.host) {
            let reason = "security \"none\" is only for a mail server on the same machine (localhost); mail with bills \
                          goes by starttls or tls";
            return Err(located(text, self.security.as_ref().unwrap_or(host).span(), reason));
        }
        let number = |value: &Option<Spanned<u32>>, key, usual, range| in_range(text, value, key, usual, range);
        Ok(Some(MailSettings {
            port: self.port.as_ref().map_or(security.port(), |port| *port.get_ref()),
            security,
            user: read(text, &self.user, "user", name, "a name without blanks")?,
            password_file: read(text, &self.password_file, "password_file", path, "the name of a file")?,
            ca_file: read(text, &self.ca_file, "ca_file", path, "the name of a file")?,
            from: read(text, &self.from, "from", address, "one mail address")?,
            reply_to: read(text, &self.reply_to, "reply_to", address, "one mail address")?,
            bcc: read(text, &self.bcc, "bcc", addresses, "mail addresses separated by commas")?,
            per_minute: number(&self.per_minute, "per_minute", usual.per_minute, 0..=6_000)?,
            timeout_seconds: number(&self.timeout_seconds, "timeout_seconds", usual.timeout_seconds, 1..=600)?,
            answer_seconds: number(&self.answer_seconds, "answer_seconds", usual.answer_seconds, 1..=3_600)?,
            largest_megabytes: number(&self.largest_megabytes, "largest_megabytes", usual.largest_megabytes, 1..=150)?,
            host: usual.host,
        }))
    }
}

fn in_range(
    text: &str,
    value: &Option<Spanned<u32>>,
    key: &str,
    usual: u32,
    range: RangeInclusive<u32>,
) -> Result<u32, String> {
    match value {
        None => Ok(usual),
        Some(value) if range.contains(value.get_ref()) => Ok(*value.get_ref()),
        Some(value) => {
            let reason =
                format!("{key} is {}; {} to {} would be accepted", value.get_ref(), range.start(), range.end());
            Err(located(text, value.span(), &reason))
        }
    }
}

fn path(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty() && !text.contains(char::is_control))
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Enough to tell an address from a slip; what is really one is said when a message is made.
fn is_address(text: &str) -> bool {
    is_plain(text) && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::book::parse_settings;
    use crate::domain::mail::{MailSecurity, MailSettings};

    fn mail(text: &str) -> Result<Option<MailSettings>, String> {
        parse_settings(&format!("[mail]\n{text}\n")).map(|settings| settings.mail)
    }

    #[test]
    fn without_a_host_nothing_is_sent() {
        assert_eq!(mail(""), Ok(None));
        let usual = MailSettings::of_host("smtp.example.com".into());
        assert_eq!(mail("host = \"smtp.example.com\""), Ok(Some(usual)));
    }

    #[test]
    fn the_port_follows_the_security() {
        for (text, security, port) in [
            ("host = \"m.example\"", MailSecurity::StartTls, 587),
            ("host = \"m.example\"\nsecurity = \"tls\"", MailSecurity::Tls, 465),
            ("host = \"localhost\"\nsecurity = \"none\"", MailSecurity::None, 25),
            ("host = \"m.example\"\nport = 2525", MailSecurity::StartTls, 2525),
        ] {
            let mail = mail(text).expect(text).expect(text);
            assert_eq!((mail.security, mail.port), (security, port), "{text}");
        }
    }

    #[test]
    fn what_would_leak_or_cannot_be_is_refused_with_its_line() {
        for (text, expected) in [
            ("host = \"m.example\"\nsecurity = \"none\"", "line 3: security \"none\" is only for a mail server on the"),
            ("host = \"m.example\"\npassword = \"x\"", "line 3: a password does not stand here"),
            ("host = \"m.example\"\nsecurity = \"maybe\"", "line 3: security \"maybe\" is not accepted"),
            ("host = \"m.example\"\nfrom = \"nobody\"", "line 3: from \"nobody\" is not accepted"),
            ("host = \"m.example\"\nbcc = \"a@b.example;c\"", "line 3: bcc \"a@b.example;c\" is not accepted"),
            ("host = \"a b\"", "line 2: host \"a b\" is not accepted"),
            ("host = \"m.example\"\nper_minute = 9999", "line 3: per_minute is 9999; 0 to 6000 would be accepted"),
            ("host = \"m.example\"\nfrom = \"a@b\\r\\nBcc: c@d\"", "line 3: from"),
        ] {
            let error = mail(text).expect_err(text);
            assert!(error.contains(expected), "{error}");
        }
    }
}
