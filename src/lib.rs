//! Who delivered this page? Served By reads one response as a browser reports it and names the
//! provider whose machine answered, the layers behind it, and the evidence for both.
//!
//! The modules stand in order: each uses those above it and none below.

#![forbid(unsafe_code)]

/// Addresses and prefixes.
pub mod net;
/// Response fields, one file each.
pub mod field;
/// Evidence, signatures, findings: the verdict on one response.
pub mod detect;
/// What is documented about providers and sites: order, ageing, matching.
pub mod records;
/// The data files, their checks, and the image compiled from them.
pub mod dataset;
/// Updates of the dataset: what is signed, what is accepted, how a device switches.
pub mod update;

/// One page view: requests, redirects, caches, totals; its lifecycle.
pub mod page;
/// A HAR file as responses.
#[cfg(not(target_arch = "wasm32"))]
pub mod har;
/// Words, rows, and in the browser elements.
pub mod ui;
/// What the worker and the extension's pages say to each other.
pub mod message;
/// The browser: bindings, listeners, storage, toolbar.
#[cfg(target_arch = "wasm32")]
mod browser;

/// The image compiled from `data/` when this program was built.
#[cfg(not(target_arch = "wasm32"))]
pub const BUNDLED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/dataset.img"));
/// Its part with the records.
#[cfg(not(target_arch = "wasm32"))]
pub const BUNDLED_RECORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/records.img"));
