//! What comes with the binary for the shell: completions and man pages.

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use super::{Arguments, Global, print, say};
use crate::error::{Error, Result};
use crate::files::write_atomically;

/// Which shell.
#[derive(Args)]
pub struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(self) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "tollbook", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}

/// Where to.
#[derive(Args)]
pub struct Man {
    /// The folder, which is made if it is not there
    dir: PathBuf,
}

impl Man {
    pub fn run(self, global: &Global) -> Result<()> {
        let mut program = Arguments::command();
        program.build();
        if global.dry_run {
            say(&format!("would write man pages into {}", self.dir.display()));
            return Ok(());
        }
        write_pages(&self.dir, &program)
    }
}

/// A command's page and those of all below it; `help` repeats the whole tree.
fn write_pages(dir: &std::path::Path, command: &clap::Command) -> Result<()> {
    write_page(dir, command)?;
    command.get_subcommands().filter(|below| below.get_name() != "help").try_for_each(|below| write_pages(dir, below))
}

fn write_page(dir: &std::path::Path, command: &clap::Command) -> Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let path = dir.join(format!("{name}.1"));
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command.clone()).title(name).render(&mut page);
    rendered.and_then(|()| write_atomically(&path, &page)).map_err(|error| Error::io(&path, &error))
}
