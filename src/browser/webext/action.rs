//! `action`: the toolbar button of one tab.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{ApiError, plain, settled};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "action"], js_name = setBadgeText, catch)]
    fn set_badge_text(details: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "action"], js_name = setTitle, catch)]
    fn set_title(details: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "action"], js_name = setBadgeBackgroundColor, catch)]
    fn set_badge_background_color(details: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "action"], js_name = setBadgeTextColor, catch)]
    fn set_badge_text_color(details: &JsValue) -> Result<js_sys::Promise, JsValue>;
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Badge<'a> {
    tab_id: i32,
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Title<'a> {
    tab_id: i32,
    title: &'a str,
}

#[derive(Serialize)]
struct Colour<'a> {
    color: &'a str,
}

/// Puts text on the badge and the tooltip of one tab. Both calls are made before either is awaited.
pub async fn paint(tab: i32, badge: &str, title: &str) -> Result<(), ApiError> {
    let badge = set_badge_text(&plain(&Badge { tab_id: tab, text: badge }));
    let title = set_title(&plain(&Title { tab_id: tab, title }));
    settled("action.setBadgeText", badge).await?;
    settled("action.setTitle", title).await.map(drop)
}

/// Gives all badges one neutral colour.
pub async fn colour(background: &str, text: &str) -> Result<(), ApiError> {
    let background = set_badge_background_color(&plain(&Colour { color: background }));
    let text = set_badge_text_color(&plain(&Colour { color: text }));
    settled("action.setBadgeBackgroundColor", background).await?;
    settled("action.setBadgeTextColor", text).await.map(drop)
}
