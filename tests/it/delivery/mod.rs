//! Documents that leave the house: mail, handed to a real mail server on the loopback and read by the Python standard library.
//! `TOLLBOOK_PYTHON` names a Python with aiosmtpd; `openssl` makes the certificates. Without them nothing is sent, and the
//! tests say so.

mod archived;
mod faults;
mod killed;
mod post;
mod printed;
mod protected;
mod received;
mod server;

/// Says that another program did not look at it.
fn not_checked(what: &str, why: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "NOT CHECKED FROM OUTSIDE: {what}: {why}");
}
