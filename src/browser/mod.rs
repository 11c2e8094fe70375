//! The browser: bindings, listeners, storage, toolbar. `JsValue` does not leave this module and `ui::dom`.
//!
//! The library is built for the browser twice. The first module is what the background and the panel load,
//! again and again, so it is small; the second, with the feature `updates`, is loaded when versions of the
//! dataset are dealt with.

// What the pages share is used in part by each module.
#![cfg_attr(feature = "updates", allow(dead_code))]

mod address;
#[cfg(feature = "bench")]
mod bench;
#[cfg(feature = "bench")]
mod cases;
mod decode;
#[cfg(not(feature = "updates"))]
mod operators;
#[cfg(feature = "bench")]
mod operators_bench;
#[cfg(feature = "updates")]
mod options;
#[cfg(not(feature = "updates"))]
mod panel;
#[cfg(feature = "updates")]
mod updates;
mod webext;
#[cfg(not(feature = "updates"))]
mod worker;
