//! The browser: bindings, listeners, storage, toolbar. `JsValue` does not leave this module and `ui::dom`.

#[cfg(feature = "bench")]
mod bench;
#[cfg(feature = "bench")]
mod cases;
mod decode;
#[cfg(feature = "bench")]
mod operators;
mod panel;
mod webext;
mod worker;
