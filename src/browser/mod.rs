//! The browser: bindings, listeners, storage, toolbar. `JsValue` does not leave this module and `ui::dom`.
//!
//! The build splits the module into two files: what the background calls at every wake, which is the label, and
//! the rest, for the extension's pages and for versions of the dataset.

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
mod options;
mod panel;
mod updates;
mod webext;
mod worker;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
