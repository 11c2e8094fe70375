//! A page or a verdict as words and rows; what is shown is decided here, elements are not.

pub mod words;
pub mod toolbar;
pub mod view;
pub mod tree;
#[cfg(target_arch = "wasm32")]
pub mod dom;
