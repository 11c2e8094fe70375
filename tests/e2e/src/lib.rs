//! Real browsers, real pages, no internet: what the browser tests and the demonstration stand on.
//!
//! `world` is a network of its own, whose every address is answered by this program; `sites` are
//! the pages in it; `drivers` start Chromium and Firefox there and tell them what to do.

#![forbid(unsafe_code)]

/// What the benchmarks in browsers share.
pub mod benches;
/// Chromium and Firefox, driven in the same words.
pub mod drivers;
/// How a page of the extension is looked at.
pub mod looks;
/// Versions of the dataset, and an extension that takes them.
pub mod publisher;
/// A folder that goes away with the run it belongs to.
pub mod run_folder;
/// The demonstration: hosts, pages and the situations they bring about.
pub mod sites;
/// The network in which the browsers run.
pub mod world;
