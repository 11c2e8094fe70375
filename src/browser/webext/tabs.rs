//! `tabs`: which tabs there are.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{ApiError, plain, settled};
use crate::browser::decode::Tab;

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
pub async fn all() -> Result<Vec<Tab>, ApiError> {
    list(&Filter::default()).await
}

/// The tab that the reader is looking at.
pub async fn current() -> Result<Option<Tab>, ApiError> {
    Ok(list(&Filter { active: Some(true), current_window: Some(true) }).await?.into_iter().next())
}

async fn list(filter: &Filter) -> Result<Vec<Tab>, ApiError> {
    let found = settled("tabs.query", query(&plain(filter))).await?;
    serde_wasm_bindgen::from_value(found).map_err(|error| ApiError { call: "tabs.query", said: error.to_string() })
}
