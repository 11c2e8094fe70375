//! `storage.session`: kept in memory while the browser runs, never on disk.

use wasm_bindgen::prelude::*;

use super::{ApiError, settled};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "storage", "session"], js_name = set, catch)]
    fn session_set(items: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "storage", "session"], js_name = remove, catch)]
    fn session_remove(key: &str) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "storage", "session", "onChanged"], js_name = addListener, catch)]
    fn on_session_changed(listener: &js_sys::Function) -> Result<(), JsValue>;
}

/// Writes one text under one key.
pub async fn set(key: &str, text: &str) -> Result<(), ApiError> {
    let items = js_sys::Object::new();
    js_sys::Reflect::set(&items, &key.into(), &text.into()).map_err(|error| ApiError::new("storage.set", &error))?;
    settled("storage.session.set", session_set(&items)).await.map(drop)
}

pub async fn remove(key: &str) -> Result<(), ApiError> {
    settled("storage.session.remove", session_remove(key)).await.map(drop)
}

/// The entries of the object that `storage.session.get()` gave.
pub fn entries(saved: &JsValue) -> Vec<(String, String)> {
    let Some(saved) = saved.dyn_ref::<js_sys::Object>() else { return Vec::new() };
    let entry = |pair: JsValue| {
        let pair: js_sys::Array = pair.dyn_into().ok()?;
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    };
    js_sys::Object::entries(saved).iter().filter_map(entry).collect()
}

/// Calls back with the changed keys. The listener lives as long as its page.
pub fn on_changed(mut listener: impl FnMut(Vec<String>) + 'static) -> Result<(), ApiError> {
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |changes: JsValue| {
        let keys = changes.dyn_ref::<js_sys::Object>().map(js_sys::Object::keys).unwrap_or_default();
        listener(keys.iter().filter_map(|key| key.as_string()).collect());
    });
    let added = on_session_changed(closure.as_ref().unchecked_ref());
    // The page that listens is gone when its document is.
    closure.forget();
    added.map_err(|error| ApiError::new("storage.session.onChanged", &error))
}
