//! Evidence, signatures and findings: the verdict on one response.

mod judge;
mod observe;
pub mod pattern;
pub mod response;
pub mod table;
pub mod verdict;
pub mod vocabulary;

pub use observe::READ_ALWAYS;
use response::Response;
use table::Tables;
use verdict::Verdict;

/// The verdict on one response. Nothing is read but the response and the tables.
pub fn verdict<'a>(response: &Response<'a>, tables: &Tables<'_>) -> Verdict<'a> {
    judge::judge(response, observe::observe(response, tables), tables)
}
