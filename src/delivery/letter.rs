//! A letter in parts → the bytes of a mail message, and whom to hand it to. Names, subjects and file names that came from
//! files stay what they are: none can begin a header of its own (O3). The same letter gives the same bytes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MessageId};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use sha2::{Digest, Sha256};

use crate::domain::mail::addresses;
use crate::files::map::hex;

/// Longer names and subjects are cut.
const LONGEST_NAME: usize = 120;

/// Who sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// As it is shown.
    pub name: String,
    /// The mail address.
    pub email: String,
}

/// A document that goes with a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosure {
    /// The file's name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A letter before it is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter<'a> {
    /// Who sends it.
    pub from: &'a Sender,
    /// Where answers go, if not to the sender.
    pub reply_to: &'a str,
    /// Whom it is to, as it is shown.
    pub to: &'a str,
    /// Their mail addresses, separated by `,` or `;`.
    pub recipients: &'a str,
    /// Mail addresses of those who get a copy that nobody sees.
    pub bcc: &'a str,
    /// One line; what is none becomes one.
    pub subject: &'a str,
    /// The text.
    pub text: &'a str,
    /// The same as HTML; empty for none.
    pub html: &'a str,
    /// The documents.
    pub enclosures: &'a [Enclosure],
    /// `<…@…>`.
    pub message_id: &'a str,
    /// When it is sent, in seconds since 1970 (UTC).
    pub seconds: i64,
}

/// A message, ready to be handed over.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Who gets it back if it cannot be delivered.
    pub sender: Address,
    /// Whom the server is to bring it to; the hidden ones too.
    pub recipients: Vec<Address>,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// Why there is no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterError {
    /// In words; names no address.
    pub why: &'static str,
}

impl Sealed {
    /// SHA-256 of the bytes.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(&self.bytes))
    }
}

impl Letter<'_> {
    /// Makes the message.
    ///
    /// # Errors
    /// An address is none, or nobody is named.
    pub fn seal(&self) -> Result<Sealed, LetterError> {
        // The library panics on a name that it cannot write; one letter must not end all the others.
        catch_unwind(AssertUnwindSafe(|| self.build())).unwrap_or_else(|_| failed("it cannot be made into a message"))
    }

    fn build(&self) -> Result<Sealed, LetterError> {
        let sender = address(&self.from.email, "the sender's address is none")?;
        let recipients = addresses(self.recipients)
            .map(|one| address(one, "an address of the customer is none"))
            .collect::<Result<Vec<_>, _>>()?;
        if recipients.is_empty() {
            return failed("the customer has no mail address");
        }
        let mut builder = Message::builder()
            .from(mailbox(&self.from.name, sender.clone()))
            .subject(clean_name(self.subject))
            .date(UNIX_EPOCH + Duration::from_secs(u64::try_from(self.seconds).unwrap_or_default()))
            .header(MessageId::from(self.message_id.to_owned()))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()));
        if !self.reply_to.is_empty() {
            let answers = address(self.reply_to, "the address for answers is none")?;
            builder = builder.reply_to(mailbox(&self.from.name, answers));
        }
        for recipient in &recipients {
            builder = builder.to(mailbox(self.to, recipient.clone()));
        }
        let mut all = recipients;
        for copy in addresses(self.bcc) {
            all.push(address(copy, "the address for copies is none")?);
        }
        all.dedup();
        let message = builder.multipart(self.parts()).map_err(|_| LetterError { why: "it lacks a header" })?;
        Ok(Sealed { sender, recipients: all, bytes: message.formatted() })
    }

    fn parts(&self) -> MultiPart {
        let text = SinglePart::plain(plain_lines(self.text));
        let body = MultiPart::alternative().boundary(self.boundary("alternative")).singlepart(text);
        let body = match self.html {
            "" => body,
            html => body.singlepart(SinglePart::html(plain_lines(html))),
        };
        let mixed = MultiPart::mixed().boundary(self.boundary("mixed")).multipart(body);
        self.enclosures.iter().fold(mixed, |parts, enclosure| {
            let content = ContentType::parse(content_type(&enclosure.name)).expect("the types are well formed");
            let attachment = Attachment::new(clean_name(&enclosure.name));
            parts.singlepart(attachment.body(in_base64(&enclosure.bytes), content))
        })
    }

    /// What stands between the parts: the same for the same letter, not to be guessed by who writes a part of it.
    fn boundary(&self, what: &str) -> String {
        let mut digest = Sha256::new();
        for part in [what, self.message_id, self.subject, self.text, self.html] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
        format!("={}=", &hex(&digest.finalize())[..40])
    }
}

/// Always so: left to itself the library sends bytes that look like text as they are, and a lone line feed and a dot among
/// them end the message early at some servers, or have lines longer than servers take.
fn in_base64(bytes: &[u8]) -> Body {
    Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64).expect("base64 takes any bytes")
}

/// Text whose only controls are ends of lines.
fn plain_lines(text: &str) -> String {
    text.chars().filter(|character| *character == '\n' || !character.is_control()).collect()
}

/// A name as it may stand in a header: on one line, without what turns the direction of writing or has no width, not
/// endlessly long.
pub fn clean_name(name: &str) -> String {
    let spaced = |character: char| match character {
        '\u{2028}' | '\u{2029}' => ' ',
        character if character.is_control() => ' ',
        character => character,
    };
    let shown = name.chars().filter(|character| !is_deceiving(*character)).map(spaced);
    let words = shown.collect::<String>();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(LONGEST_NAME).collect::<String>().trim_end().to_owned()
}

fn is_deceiving(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn mailbox(name: &str, address: Address) -> Mailbox {
    Mailbox::new(Some(clean_name(name)).filter(|name| !name.is_empty()), address)
}

fn address(text: &str, why: &'static str) -> Result<Address, LetterError> {
    let plain = !text.chars().any(|character| character.is_control() || is_deceiving(character));
    text.parse().ok().filter(|_| plain).ok_or(LetterError { why })
}

fn failed(why: &'static str) -> Result<Sealed, LetterError> {
    Err(LetterError { why })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("pdf") => "application/pdf",
        Some("csv") => "text/csv; charset=utf-8",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("xml") => "application/xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(name: &str) -> Sender {
        Sender { name: name.into(), email: "billing@reseller.example".into() }
    }

    fn letter<'a>(from: &'a Sender, to: &'a str, recipients: &'a str, subject: &'a str) -> Letter<'a> {
        Letter {
            from,
            reply_to: "",
            to,
            recipients,
            bcc: "",
            subject,
            text: "Hello",
            html: "",
            enclosures: &[],
            message_id: "<1@reseller.example>",
            seconds: 1_782_000_000,
        }
    }

    fn header_lines(bytes: &[u8]) -> Vec<String> {
        let text = String::from_utf8(bytes.to_vec()).expect("a message is ASCII");
        let head = text.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        head.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn no_name_begins_a_header_of_its_own() {
        let attacks = [
            "Acme\r\nBcc: thief@evil.example",
            "Acme\nX-Injected: yes",
            "Acme\rX-Injected: yes",
            "Acme\u{0}X-Injected: yes",
            "Acme\u{2028}X-Injected: yes",
            "\"Acme\" <thief@evil.example>, \"Other\"",
            "Acme, thief@evil.example",
            "\u{202e}emcA",
            "Acme\\",
            "=?utf-8?q?=0D=0ABcc:_thief@evil.example?=",
            "",
            "Ærø & Söhne ☎",
        ];
        for attack in attacks {
            let from = sender(attack);
            let sealed = letter(&from, attack, "a@customer.example", attack).seal().expect(attack);
            let names: Vec<String> = header_lines(&sealed.bytes)
                .iter()
                .map(|line| line.split(':').next().unwrap_or_default().to_owned())
                .collect();
            let expected =
                ["From", "Subject", "Date", "Message-ID", "Auto-Submitted", "To", "MIME-Version", "Content-Type"];
            assert_eq!(names, expected, "{attack:?}");
            assert_eq!(sealed.recipients.len(), 1, "{attack:?}");
            assert!(sealed.bytes.is_ascii(), "{attack:?}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_without_naming_it() {
        let from = sender("Reseller");
        for recipients in [
            "",
            "nobody",
            "a@b@c",
            "a@x.example\r\nRCPT TO:<b@x.example>",
            "<a@x.example>",
            "a b@x.example",
            "a@x.example>",
        ] {
            let error =
                letter(&from, "Acme", recipients, "Bill").seal().err().unwrap_or_else(|| panic!("{recipients:?}"));
            assert!(!error.why.contains('@'), "{}", error.why);
        }
    }

    #[test]
    fn everybody_named_gets_it_and_the_hidden_stay_hidden() {
        let from = sender("Reseller");
        let letter =
            Letter { bcc: "archive@reseller.example", ..letter(&from, "Acme", "a@x.example; b@x.example", "Bill") };
        let sealed = letter.seal().expect("a message");
        let to: Vec<String> = sealed.recipients.iter().map(ToString::to_string).collect();
        assert_eq!(to, ["a@x.example", "b@x.example", "archive@reseller.example"]);
        assert!(!String::from_utf8_lossy(&sealed.bytes).contains("archive@"));
    }

    /// A line feed and a dot alone on a line would end the message at some servers, and begin another.
    #[test]
    fn nothing_in_a_letter_ends_it_early() {
        let from = sender("Reseller");
        let smuggled = "Hello\n.\r\n.\n\r.\r\nMAIL FROM:<a@evil.example>\n";
        let enclosures = [Enclosure { name: "a.json".into(), bytes: smuggled.as_bytes().to_vec() }];
        let letter = Letter {
            text: smuggled,
            html: smuggled,
            enclosures: &enclosures,
            ..letter(&from, "A", "a@x.example", "B")
        };
        let bytes = letter.seal().expect("a message").bytes;
        for (place, pair) in bytes.windows(2).enumerate() {
            assert!(pair[1] != b'\n' || pair[0] == b'\r', "a lone line feed at {place}");
            assert!(pair[0] != b'\r' || pair[1] == b'\n', "a lone carriage return at {place}");
        }
        let longest = bytes.split(|byte| *byte == b'\n').map(<[u8]>::len).max();
        assert!(longest < Some(998), "{longest:?}");
    }

    #[test]
    fn the_same_letter_gives_the_same_bytes() {
        let from = sender("Reseller");
        let enclosures = [Enclosure { name: "AC-000001.pdf".into(), bytes: vec![0, 13, 10, 46, 255] }];
        let letter =
            Letter { html: "<p>Hello</p>", enclosures: &enclosures, ..letter(&from, "Acme", "a@x.example", "Bill") };
        let (one, other) = (letter.seal().expect("a message"), letter.seal().expect("a message"));
        assert!(one.bytes == other.bytes);
        assert_eq!(one.digest().len(), 64);
    }
}
