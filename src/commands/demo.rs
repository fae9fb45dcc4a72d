//! `demo`: placeholder
use super::Global;
use crate::error::Result;
use clap::Args;
/// Where to.
#[derive(Args)]
pub struct Demo {
    dir: Option<std::path::PathBuf>,
}
impl Demo {
    pub fn run(self, _: &Global) -> Result<()> {
        Ok(())
    }
}
