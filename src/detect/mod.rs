//! Evidence, signatures and findings: the verdict on one response.

pub mod pattern;
pub mod table;
pub mod vocabulary;
