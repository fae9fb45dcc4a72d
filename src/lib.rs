//! tollbook: from carriers' usage files to posted invoices.

pub mod allowances;
pub mod billing;
pub mod book;
pub mod commands;
pub mod demo;
pub mod domain;
pub mod error;
pub mod facts;
pub mod files;
pub mod invoicing;
pub mod ledger;
pub mod matching;
pub mod parsing;
pub mod pipeline;
pub mod rating;
pub mod report;
pub mod workers;
pub mod workspace;
