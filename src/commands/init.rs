//! `init`: a new workspace.

use std::path::PathBuf;

use clap::Args;

use super::{Global, say};
use crate::error::{Error, Result};
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
        // There is no book yet: the zone is the one of the default settings.
        let zone = crate::book::parse_settings("").map_err(|reason| Error::refused(reason, ""))?.zone;
        Workspace::create(&self.dir, Some(super::today(&zone)))?;
        say(&format!(
            "made a workspace in {dir}\n  settings: {dir}/tollbook.toml\n  next: tollbook --workspace {dir} book import BOOK-FOLDER"
        ));
        Ok(())
    }
}
