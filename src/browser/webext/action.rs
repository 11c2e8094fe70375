//! `action`: the toolbar button of one tab.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{ApiError, plain, settled};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "action"], js_name = setBadgeText, catch)]
    fn set_badge_text(details: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "action"], js_name = setTitle, catch)]
    fn title_of(details: &JsValue) -> Result<js_sys::Promise, JsValue>;
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

/// Puts text on the badge of one tab. The call is made at once, awaited or not.
pub fn set_badge(tab: i32, text: &str) -> impl Future<Output = Result<(), ApiError>> + use<> {
    let set = set_badge_text(&plain(&Badge { tab_id: tab, text }));
    async { settled("action.setBadgeText", set).await.map(drop) }
}

/// Puts text on the tooltip of one tab. The call is made at once, awaited or not.
pub fn set_title(tab: i32, title: &str) -> impl Future<Output = Result<(), ApiError>> + use<> {
    let set = title_of(&plain(&Title { tab_id: tab, title }));
    async { settled("action.setTitle", set).await.map(drop) }
}

/// Gives all badges one neutral colour.
pub async fn colour(background: &str, text: &str) -> Result<(), ApiError> {
    let background = set_badge_background_color(&plain(&Colour { color: background }));
    let text = set_badge_text_color(&plain(&Colour { color: text }));
    settled("action.setBadgeBackgroundColor", background).await?;
    settled("action.setBadgeTextColor", text).await.map(drop)
}
