//! Arguments → commands → exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use tollbook::commands::{Arguments, run};

fn main() -> ExitCode {
    ignore_file_size_signal();
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(error.kind as u8)
        }
    }
}

/// A file size limit then shows as an error of the write, which is reported, rather than as a signal, which kills.
#[allow(unsafe_code)]
fn ignore_file_size_signal() {
    // SAFETY: called once, before any thread; sets a disposition and touches no memory of ours.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}
