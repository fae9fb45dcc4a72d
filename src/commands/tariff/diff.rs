//! `tariff diff`.

use clap::Args;

use crate::commands::Global;
use crate::error::{Error, Result};

/// Options.
#[derive(Args)]
pub struct Diff {}

impl Diff {
    pub fn run(self, _global: &Global) -> Result<()> {
        Err(Error::refused("not built", ""))
    }
}
