//! What is documented about providers and sites: records, their order and ageing, and which site a host belongs to.
//!
//! Nothing here knows the data files or the screen; [`crate::dataset::compile`] writes the tables.

pub mod domain;
pub mod order;
pub mod table;
pub mod vocabulary;
pub mod when;
