//! `init`: a new workspace.

use std::path::PathBuf;

use clap::Args;

use super::{Global, say};
use crate::error::Result;
use crate::workspace::Workspace;

/// Where to.
#[derive(Args)]
pub struct Init {
    /// A new or an empty folder
    dir: PathBuf,
}

impl Init {
    pub fn run(self, global: &Global) -> Result<()> {
        let dir = self.dir.display();
        if global.dry_run {
            say(&format!("would make a workspace in {dir}"));
            return Ok(());
        }
        Workspace::create(&self.dir)?;
        say(&format!(
            "made a workspace in {dir}\n  settings: {dir}/tollbook.toml\n  next: tollbook --workspace {dir} book import BOOK-FOLDER"
        ));
        Ok(())
    }
}
