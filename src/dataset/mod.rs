//! What people know about providers: the files, their checks, and the image compiled from them.

#[cfg(not(target_arch = "wasm32"))]
pub mod compile;
pub mod image;
#[cfg(not(target_arch = "wasm32"))]
pub mod lint;
#[cfg(not(target_arch = "wasm32"))]
pub mod operators;
#[cfg(not(target_arch = "wasm32"))]
pub mod read;
#[cfg(not(target_arch = "wasm32"))]
pub mod schema;
