//! Work on tariffs as rows of the book: what is wrong with them, price increases, rate sheets of others, what differs
//! between two versions. Computes rows and findings; changes nothing by itself and prices no usage.

pub mod contents;
pub mod differences;
pub mod increase;
pub mod lint;
pub mod listing;
pub(crate) mod rows;
pub mod sheets;
pub mod terms;
