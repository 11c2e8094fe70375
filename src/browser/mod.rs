//! The browser: bindings, listeners, storage, toolbar. `JsValue` does not leave this module and `ui::dom`.
//!
//! The library is built for the browser twice. The first module is the background's, loaded at every wake,
//! so it holds nothing but the label; the second, with the feature `pages`, is what the extension's pages
//! load, and the background when versions of the dataset are dealt with.

// Each module uses a part of what both know.
#![allow(dead_code)]

mod address;
#[cfg(feature = "bench")]
mod bench;
#[cfg(feature = "bench")]
mod cases;
mod decode;
#[cfg(feature = "bench")]
mod names;
mod operators;
#[cfg(feature = "bench")]
mod operators_bench;
#[cfg(feature = "pages")]
mod options;
#[cfg(feature = "pages")]
mod panel;
#[cfg(feature = "pages")]
mod updates;
mod webext;
#[cfg(not(feature = "pages"))]
mod worker;
