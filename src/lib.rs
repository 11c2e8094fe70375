#![forbid(unsafe_code)]
pub mod net;
pub mod field;
pub mod detect;
