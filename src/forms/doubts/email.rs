//! E-mail addresses that the book allows → what looks mistyped in them. Asks no server; what can be no address at all is
//! refused by the book itself.

use super::Doubt;

/// Providers whose addresses many customers have. A host one slip away from one of them is doubted.
const COMMON_HOSTS: [&str; 30] = [
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "outlook.com",
    "live.com",
    "live.co.uk",
    "msn.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.ie",
    "ymail.com",
    "rocketmail.com",
    "icloud.com",
    "mac.com",
    "aol.com",
    "aol.co.uk",
    "btinternet.com",
    "btopenworld.com",
    "talktalk.net",
    "tiscali.co.uk",
    "sky.com",
    "virginmedia.com",
    "ntlworld.com",
    "blueyonder.co.uk",
    "protonmail.com",
    "fastmail.com",
    "zoho.com",
    "mail.com",
];

/// Real hosts that are one letter away from a common one.
const REAL_NEIGHBOURS: [&str; 12] = [
    "email.com",
    "gmx.com",
    "fmail.co.uk",
    "me.com",
    "yahoo.ca",
    "yahoo.de",
    "hotmail.it",
    "hotmail.de",
    "aim.com",
    "hotmail.ca",
    "gmail.co.uk",
    "live.ca",
];

/// Endings that are slips of the keyboard, and what was meant.
const ENDING_SLIPS: [(&str, &str); 18] = [
    (".con", ".com"),
    (".cmo", ".com"),
    (".ocm", ".com"),
    (".comm", ".com"),
    (".vom", ".com"),
    (".xom", ".com"),
    (".cpm", ".com"),
    (".coom", ".com"),
    (".co.ik", ".co.uk"),
    (".co.k", ".co.uk"),
    (".co.u", ".co.uk"),
    (".co.ukk", ".co.uk"),
    (".couk", ".co.uk"),
    (".c.uk", ".co.uk"),
    (".cou.k", ".co.uk"),
    (".org.k", ".org.uk"),
    (".nte", ".net"),
    (".ogr", ".org"),
];

/// RFC 5321: the longest name before the `@`, the longest label of a host, the longest address.
const LONGEST_NAME: usize = 64;
const LONGEST_LABEL: usize = 63;
const LONGEST_ADDRESS: usize = 254;

/// The first doubt about a cell of addresses separated by commas.
pub fn doubt_of_emails(cell: &str) -> Option<Doubt> {
    let addresses: Vec<&str> = addresses(cell).collect();
    for (place, address) in addresses.iter().enumerate() {
        if let Some(doubt) = doubt_of_address(address) {
            return Some(doubt);
        }
        if addresses[..place].iter().any(|earlier| earlier.eq_ignore_ascii_case(address)) {
            return Some(Doubt::new(format!("names {address} twice"), "each address once"));
        }
    }
    None
}

/// The addresses of a cell.
pub(super) fn addresses(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(',').map(str::trim).filter(|address| !address.is_empty())
}

fn doubt_of_address(address: &str) -> Option<Doubt> {
    let about = |reason: &str, hint: String| Some(Doubt::new(format!("{address}: {reason}"), hint));
    let (name, host) = address.rsplit_once('@')?;
    if let Some(foreign) = address.chars().find(|c| !c.is_ascii()) {
        let reason = format!("{foreign:?} is not a letter that every mail server takes");
        return about(&reason, "letters without accents".into());
    }
    if let Some(wrapping) =
        address.chars().find(|c| matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | ';' | ':' | '\\'))
    {
        return about(&format!("{wrapping:?} does not belong into an address"), "only name@host".into());
    }
    if address.len() > LONGEST_ADDRESS || name.len() > LONGEST_NAME {
        return about(
            "is longer than mail allows",
            format!("at most {LONGEST_NAME} letters before the @ and {LONGEST_ADDRESS} in all"),
        );
    }
    if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return about("has a dot too many before the @", format!("{}@{host}", single_dots(name)));
    }
    let host = host.to_ascii_lowercase();
    if host.starts_with('.') || host.ends_with('.') || host.contains("..") {
        return about("has a dot too many after the @", format!("{name}@{}", single_dots(&host)));
    }
    if let Some(doubt) = slip(&host) {
        return about("looks mistyped", format!("did you mean {name}@{doubt}?"));
    }
    host_fault(&host).and_then(|(reason, hint)| about(reason, hint.into()))
}

/// The text without dots at its ends and without empty parts.
fn single_dots(text: &str) -> String {
    text.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

/// What the host was probably meant to be.
fn slip(host: &str) -> Option<String> {
    if COMMON_HOSTS.contains(&host) || REAL_NEIGHBOURS.contains(&host) {
        return None;
    }
    let glued =
        |common: &&&str| common.bytes().filter(|byte| *byte != b'.').eq(host.bytes().filter(|byte| *byte != b'.'));
    let near = |common: &&&str| common.len() > SHORTEST_GUESSED && is_one_slip_away(common, host);
    if let Some(common) = COMMON_HOSTS.iter().find(glued).or_else(|| COMMON_HOSTS.iter().find(near)) {
        return Some((*common).to_owned());
    }
    let (slip, meant) = ENDING_SLIPS.iter().find(|(slip, _)| host.ends_with(slip))?;
    let start = &host[..host.len() - slip.len()];
    Some(slip_free(&format!("{start}{meant}")))
}

/// At most one letter is missing, too many, wrong, or has changed places with its neighbour.
fn is_one_slip_away(common: &str, host: &str) -> bool {
    common.len().abs_diff(host.len()) <= 1 && strsim::osa_distance(common, host) <= 1
}

/// Names of hosts up to this length have too many real neighbours.
const SHORTEST_GUESSED: usize = 8;

/// A host whose ending was put right may have a second slip before it.
fn slip_free(host: &str) -> String {
    let near = COMMON_HOSTS.iter().find(|common| is_one_slip_away(common, host));
    near.map_or_else(|| host.to_owned(), |common| (*common).to_owned())
}

fn host_fault(host: &str) -> Option<(&'static str, &'static str)> {
    let labels: Vec<&str> = host.split('.').collect();
    if labels.len() < 2 {
        return Some(("the host has no dot", "name@example.com"));
    }
    if labels.iter().any(|label| label.len() > LONGEST_LABEL) {
        return Some(("a part of the host is longer than 63 letters", "a shorter host"));
    }
    if labels.iter().any(|label| label.starts_with('-') || label.ends_with('-')) {
        return Some(("a part of the host starts or ends with a hyphen", "name@example.com"));
    }
    if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')) {
        return Some(("the host has a sign that hosts cannot have", "letters, digits, hyphens and dots"));
    }
    let last = labels.last()?;
    if last.len() < 2 || !last.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return Some(("the host does not end like a domain", "name@example.com"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cell, and what is said of it; blank: nothing.
    const CELLS: [(&str, &str); 45] = [
        ("", ""),
        ("ann@acme.example", ""),
        ("ann@gmail.com", ""),
        ("Ann@GMAIL.com", ""),
        ("ann@mail.com", ""),
        ("ann@ymail.com", ""),
        ("ann@email.com", ""),
        ("ann@sly.com", ""),
        ("o'neill+bills@acme.example, b@acme.example", ""),
        ("x@sub.xn--mnchen-3ya.example", ""),
        ("ann@gmial.com", "ann@gmial.com: looks mistyped — did you mean ann@gmail.com?"),
        ("ann@gmai.com", "ann@gmai.com: looks mistyped — did you mean ann@gmail.com?"),
        ("ann@gmail.con", "ann@gmail.con: looks mistyped — did you mean ann@gmail.com?"),
        ("ann@gmail.co", "ann@gmail.co: looks mistyped — did you mean ann@gmail.com?"),
        ("ann@gmailcom", "ann@gmailcom: looks mistyped — did you mean ann@gmail.com?"),
        ("ann@gmial.con", "ann@gmial.con: looks mistyped — did you mean ann@gmail.com?"),
        ("ann@hotnail.com", "ann@hotnail.com: looks mistyped — did you mean ann@hotmail.com?"),
        ("ann@hotmail.couk", "ann@hotmail.couk: looks mistyped — did you mean ann@hotmail.co.uk?"),
        ("ann@outlok.com", "ann@outlok.com: looks mistyped — did you mean ann@outlook.com?"),
        ("ann@yaho.com", "ann@yaho.com: looks mistyped — did you mean ann@yahoo.com?"),
        ("ann@btintenet.com", "ann@btintenet.com: looks mistyped — did you mean ann@btinternet.com?"),
        ("ann@acme.con", "ann@acme.con: looks mistyped — did you mean ann@acme.com?"),
        ("ann@acme.co.ik", "ann@acme.co.ik: looks mistyped — did you mean ann@acme.co.uk?"),
        ("ann@acme", "ann@acme: the host has no dot — name@example.com"),
        ("ann@acme..example", "ann@acme..example: has a dot too many after the @ — ann@acme.example"),
        ("ann@.acme.example", "ann@.acme.example: has a dot too many after the @ — ann@acme.example"),
        ("ann@acme.example.", "ann@acme.example.: has a dot too many after the @ — ann@acme.example"),
        ("ann.@acme.example", "ann.@acme.example: has a dot too many before the @ — ann@acme.example"),
        (".ann@acme.example", ".ann@acme.example: has a dot too many before the @ — ann@acme.example"),
        ("a..n@acme.example", "a..n@acme.example: has a dot too many before the @ — a.n@acme.example"),
        ("ann@acme.e", "ann@acme.e: the host does not end like a domain — name@example.com"),
        ("ann@192.0.2.1", "ann@192.0.2.1: the host does not end like a domain — name@example.com"),
        ("ann@-acme.example", "ann@-acme.example: a part of the host starts or ends with a hyphen — name@example.com"),
        (
            "ann@ac_me.example",
            "ann@ac_me.example: the host has a sign that hosts cannot have — letters, digits, hyphens and dots",
        ),
        (
            "jörg@acme.example",
            "jörg@acme.example: 'ö' is not a letter that every mail server takes — letters without accents",
        ),
        (
            "ann@ac\u{200b}me.example",
            "ann@ac\u{200b}me.example: '\\u{200b}' is not a letter that every mail server takes — letters without accents",
        ),
        ("<ann@acme.example>", "<ann@acme.example>: '<' does not belong into an address — only name@host"),
        ("mailto:ann@acme.example", "mailto:ann@acme.example: ':' does not belong into an address — only name@host"),
        ("ann@acme.example;", "ann@acme.example;: ';' does not belong into an address — only name@host"),
        ("a@b.example, A@B.example", "names A@B.example twice — each address once"),
        ("a@b.example, c@gmial.com", "c@gmial.com: looks mistyped — did you mean c@gmail.com?"),
        ("a@b.example,, ,c@d.example", ""),
        ("ann@talktalk.net", ""),
        ("ann@tiscali.couk", "ann@tiscali.couk: looks mistyped — did you mean ann@tiscali.co.uk?"),
        ("ann@acme.museum", ""),
    ];

    #[test]
    fn addresses_are_doubted_for_slips_and_nothing_else() {
        for (cell, expected) in CELLS {
            let said = doubt_of_emails(cell).map(|doubt| format!("{} — {}", doubt.reason, doubt.hint));
            assert_eq!(said.unwrap_or_default(), expected, "{cell:?}");
        }
    }

    #[test]
    fn addresses_that_are_too_long_are_doubted() {
        let long = |name: usize, label: usize, labels: usize| {
            format!("{}@{}.example", "a".repeat(name), vec!["b".repeat(label); labels].join("."))
        };
        for (address, doubted) in [
            (long(64, 63, 1), false),
            (long(65, 3, 1), true),
            (long(3, 64, 1), true),
            (long(64, 59, 3), false),
            (long(64, 61, 3), true),
        ] {
            assert_eq!(doubt_of_emails(&address).is_some(), doubted, "{} letters", address.len());
        }
    }

    #[test]
    fn no_common_host_is_taken_for_a_slip_of_another() {
        for host in COMMON_HOSTS.into_iter().chain(REAL_NEIGHBOURS) {
            assert_eq!(doubt_of_emails(&format!("ann@{host}")), None);
        }
    }
}
