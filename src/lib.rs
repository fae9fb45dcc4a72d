//! tollbook turns carriers' usage files into posted invoices, in batches, exactly.
//!
//! ```text
//! files ──parsing──▶ UsageRecord ──▶ facts
//!                                     │            per record: any thread, any chunk, no state
//!                     Book ──matching─┼─▶ MatchedUsage ──rating──▶ RatedUsage
//!                                     │
//!                              one regrouping by customer
//!                                     │            per customer: in time order
//!                     allowances ─▶ spending caps ─▶ billing (charges, VAT, empty/low/rollover) ─▶ Bill
//!                                     │
//!                     posting (one transaction) ─▶ invoice ─▶ documents
//! ```
//!
//! # The rooms
//!
//! Words and arithmetic, known to all:
//! - [`domain`]: money, time, identifiers, usage in its states, the book, the bill, control totals
//!
//! Stages: pure, each from one state to the next; they know [`domain`] and never each other:
//! - [`parsing`]: bytes → [`UsageRecord`](domain::usage::UsageRecord), by a supplier's layout
//! - [`matching`]: → [`MatchedUsage`](domain::usage::MatchedUsage): whose it is, what kind of usage
//! - [`rating`]: → [`RatedUsage`](domain::usage::RatedUsage): what it costs, and why
//! - [`allowances`]: → [`ChargedUsage`](domain::usage::ChargedUsage): what allowances and spending caps leave of it
//! - [`billing`]: → [`Bill`](domain::bill::Bill): lines, VAT, sums
//! - [`invoicing`]: a bill → JSON, CSV, workbook, PDF
//! - [`accounting`]: bills and payments → what accounting packages import, and what banks collect by
//! - [`alerts`]: a customer's usage by day → what is worth a look
//!
//! Edges: the only input and output:
//! - [`book`]: a folder of CSV files, or the ledger's rows → the compiled [`Book`](domain::book::Book)
//! - [`tariffs`]: a book's tariffs as rows: lint, increases, rate sheets of others, differences between versions
//! - [`forms`]: the spreadsheets by which customers, lines, charges … come in bulk; their templates
//! - [`facts`]: the usage store, Parquet files
//! - [`ledger`]: one SQLite file: the book, imports, runs, invoices, entries, the audit
//! - [`delivery`]: documents by mail, by post, in an archive
//! - [`files`], [`workspace`]: maps and atomic writes; the folder a reseller works in
//!
//! Joining, showing, asking:
//! - [`pipeline`]: the data's whole way; joins the stages, computes nothing
//! - [`workers`]: the only threads; [`threads`]: work that may be done on lent ones; [`progress`]: how far they are
//! - [`report`]: what a run says of itself, as tables and as JSON
//! - [`commands`]: one file per noun of the command line
//! - [`demo`]: a sample reseller's files
//! - [`mod@bench`]: a workload of any size, for figures
//! - [`error`]: what ends a command, and with which exit code
//!
//! # What always holds
//!
//! - Money is an integer with a scale; nothing on the way from a file to an invoice is a floating-point number.
//!   It is rounded where rule X3 names it, nowhere else.
//! - A price is a pure function of a fact and the book: derived whenever needed, never stored before it is posted.
//! - Every input record ends in exactly one [`Disposition`](domain::disposition::Disposition), and every run counts in
//!   against out before it may be kept.
//! - Posting is one transaction; what is posted is never changed.
//! - The same input gives the same bytes, whatever the number of threads, the order of imports, the machine's clock.
//! - A bad record is counted data with a position; only a run that cannot go on is an error.

pub mod accounting;
pub mod alerts;
pub mod allowances;
pub mod bench;
pub mod billing;
pub mod book;
pub mod commands;
pub mod delivery;
pub mod demo;
pub mod domain;
pub mod error;
pub mod facts;
pub mod files;
pub mod forms;
pub mod invoicing;
pub mod ledger;
pub mod matching;
pub mod parsing;
pub mod pipeline;
pub mod progress;
pub mod rating;
pub mod report;
pub mod tariffs;
pub mod threads;
pub mod workers;
pub mod workspace;
