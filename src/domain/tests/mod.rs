//! The arithmetic held to its rules: tables for what people can check, random values against plain definitions.

mod money;
mod telephone;
mod time;
