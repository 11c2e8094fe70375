//! The browser: bindings, listeners, storage, toolbar. `JsValue` does not leave this module and `ui::dom`.

#[cfg(feature = "bench")]
mod bench;
mod decode;
mod panel;
mod webext;
mod worker;
