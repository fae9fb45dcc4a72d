//! `tariff lint`.

use clap::Args;

use crate::commands::Global;
use crate::error::{Error, Result};

/// Options.
#[derive(Args)]
pub struct Lint {}

impl Lint {
    pub fn run(self, _global: &Global) -> Result<()> {
        Err(Error::refused("not built", ""))
    }
}
