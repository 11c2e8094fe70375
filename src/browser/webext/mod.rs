//! The browser's extension API, one file per namespace. Browsers differ here and nowhere else.
//!
//! Every import is declared `catch`: what is missing in one browser is an error here, not a crash.

pub mod action;
pub mod i18n;
pub mod permissions;
pub mod runtime;
pub mod storage;
pub mod tabs;
pub mod web_request;

use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Why a call to the browser failed: its own words.
#[derive(Debug, thiserror::Error)]
#[error("{call}: {said}")]
pub struct ApiError {
    pub call: &'static str,
    pub said: String,
}

impl ApiError {
    fn new(call: &'static str, said: &JsValue) -> Self {
        let said = js_sys::Reflect::get(said, &"message".into()).ok().and_then(|text| text.as_string());
        Self { call, said: said.unwrap_or_else(|| "no reason given".to_owned()) }
    }
}

/// An object of these members, put together one by one: for what the background does until the badge is there,
/// `serde-wasm-bindgen` would be 3 kB more to compile at each wake.
pub fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in members {
        let _own_objects_take_everything = js_sys::Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// A value as plain objects: what pages and updates say to the browser and to each other.
pub fn plain<T: Serialize>(value: &T) -> JsValue {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}

async fn settled(call: &'static str, promise: Result<js_sys::Promise, JsValue>) -> Result<JsValue, ApiError> {
    let promise = promise.map_err(|error| ApiError::new(call, &error))?;
    wasm_bindgen_futures::JsFuture::from(promise).await.map_err(|error| ApiError::new(call, &error))
}

/// Goes on after an error on purpose, and says so in the browser's console.
pub fn log<T, E: std::fmt::Display>(result: Result<T, E>) -> Option<T> {
    result.map_err(|error| web_sys::console::warn_1(&format!("Served By: {error}").into())).ok()
}
