//! Evidence, signatures and findings: the verdict on one response.

mod judge;
mod observe;
pub mod pattern;
pub mod response;
pub mod short;
pub mod table;
pub mod verdict;
pub mod vocabulary;

#[cfg(not(target_arch = "wasm32"))]
pub use judge::Weighed;
use response::Response;
use table::Tables;
use verdict::Verdict;

/// The verdict on one response. Nothing is read but the response and the tables.
pub fn verdict<'a>(response: &Response<'a>, tables: &Tables<'_>) -> Verdict<'a> {
    judge::judge(response, observe::observe(response, tables), tables)
}

/// How each provider that left marks fared, for those who ask why it was named or not.
#[cfg(not(target_arch = "wasm32"))]
pub fn weigh(response: &Response<'_>, tables: &Tables<'_>) -> Vec<Weighed> {
    judge::weigh(response, &observe::observe(response, tables), tables)
}
