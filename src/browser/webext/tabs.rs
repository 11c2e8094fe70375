//! `tabs`: which tabs there are.

use wasm_bindgen::prelude::*;

use super::{ApiError, object, settled};
use crate::browser::decode::Object;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "tabs"], js_name = query, catch)]
    fn query(filter: &JsValue) -> Result<js_sys::Promise, JsValue>;
}

/// Every tab of every window.
pub async fn all() -> Result<Vec<Object>, ApiError> {
    list(&object(&[])).await
}

/// The number of the tab that the reader is looking at.
pub async fn current() -> Result<Option<i32>, ApiError> {
    let found = list(&object(&[("active", true.into()), ("currentWindow", true.into())])).await?;
    Ok(found.first().and_then(|tab| tab.id("id")))
}

async fn list(filter: &JsValue) -> Result<Vec<Object>, ApiError> {
    let found = settled("tabs.query", query(filter)).await?;
    let found: js_sys::Array = found.dyn_into().unwrap_or_default();
    Ok(found.iter().map(Object::new).collect())
}
