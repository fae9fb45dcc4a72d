//! `tariff increase`.

use clap::Args;

use crate::commands::Global;
use crate::error::{Error, Result};

/// Options.
#[derive(Args)]
pub struct Increase {}

impl Increase {
    pub fn run(self, _global: &Global) -> Result<()> {
        Err(Error::refused("not built", ""))
    }
}
