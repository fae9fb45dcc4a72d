//! `tariff list`.

use crate::commands::Global;
use crate::error::{Error, Result};

pub fn run(_global: &Global) -> Result<()> {
    Err(Error::refused("not built", ""))
}
