//! `action`: the toolbar button of one tab.

use wasm_bindgen::prelude::*;

use super::{ApiError, object, settled};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "action"], js_name = setBadgeText, catch)]
    fn set_badge_text(details: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "action"], js_name = setTitle, catch)]
    fn title_of(details: &JsValue) -> Result<js_sys::Promise, JsValue>;
}

/// Puts text on the badge of one tab. The call is made at once, awaited or not.
pub fn set_badge(tab: i32, text: &str) -> impl Future<Output = Result<(), ApiError>> + use<> {
    let set = set_badge_text(&object(&[("tabId", tab.into()), ("text", text.into())]));
    async { settled("action.setBadgeText", set).await.map(drop) }
}

/// Puts text on the tooltip of one tab. The call is made at once, awaited or not.
pub fn set_title(tab: i32, title: &str) -> impl Future<Output = Result<(), ApiError>> + use<> {
    let set = title_of(&object(&[("tabId", tab.into()), ("title", title.into())]));
    async { settled("action.setTitle", set).await.map(drop) }
}
