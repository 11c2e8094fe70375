//! `tabs`: which tabs there are.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{ApiError, plain, settled};
use crate::browser::decode::Object;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "tabs"], js_name = query, catch)]
    fn query(filter: &JsValue) -> Result<js_sys::Promise, JsValue>;
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_window: Option<bool>,
}

/// Every tab of every window.
pub async fn all() -> Result<Vec<Object>, ApiError> {
    list(&Filter::default()).await
}

/// The number of the tab that the reader is looking at.
pub async fn current() -> Result<Option<i32>, ApiError> {
    let found = list(&Filter { active: Some(true), current_window: Some(true) }).await?;
    Ok(found.first().and_then(|tab| tab.id("id")))
}

async fn list(filter: &Filter) -> Result<Vec<Object>, ApiError> {
    let found = settled("tabs.query", query(&plain(filter))).await?;
    let found: js_sys::Array = found.dyn_into().unwrap_or_default();
    Ok(found.iter().map(Object::new).collect())
}
