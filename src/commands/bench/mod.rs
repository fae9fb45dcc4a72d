//! `bench`: a workload of any size, and the pipeline's figures on it.

mod documents;
mod form;
mod generate;
mod meter;
mod run;
mod stages;
#[cfg(test)]
mod test_same_bytes;

use clap::Subcommand;

use super::Global;
use crate::error::Result;

/// What to do.
#[derive(Subcommand)]
pub enum Bench {
    /// Write a workload as plain files: a book, and a carrier's usage file of one month
    Generate(generate::Generate),
    /// Write a filled form of customers, and the small book that it fits
    Form(form::Form),
    /// Measure how fast invoices are laid out as PDF
    Documents(documents::Documents),
    /// Measure the pipeline on a workload, stage by stage and the whole way
    Run(Box<run::Run>),
}

impl Bench {
    pub fn run(self, global: &Global) -> Result<()> {
        match self {
            Self::Generate(generate) => generate.run(global),
            Self::Form(form) => form.run(global),
            Self::Documents(documents) => documents.run(global),
            Self::Run(run) => run.run(global),
        }
    }
}
