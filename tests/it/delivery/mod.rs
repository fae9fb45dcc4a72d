//! Documents that leave the house: mail, handed to a real mail server on the loopback and read by the Python standard library.
//! `TOLLBOOK_PYTHON` names a Python with aiosmtpd; `openssl` makes the certificates. Without them nothing is sent, and the
//! tests say so.

mod faults;
mod killed;
mod post;
mod received;
mod server;
