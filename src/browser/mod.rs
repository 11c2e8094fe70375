//! The browser: bindings, listeners, storage, toolbar. `JsValue` does not leave this module and `ui::dom`.

#[cfg(feature = "bench")]
mod bench;
#[cfg(feature = "bench")]
mod cases;
mod decode;
mod operators;
#[cfg(feature = "bench")]
mod operators_bench;
mod panel;
mod webext;
mod worker;
