//! `storage.session`, kept in memory while the browser runs, never on disk; and `storage.local`, for what
//! the reader chose, never for anything about browsing.

use wasm_bindgen::prelude::*;

use super::{ApiError, object, settled};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "storage", "session"], js_name = set, catch)]
    fn session_set(items: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "storage", "session"], js_name = remove, catch)]
    fn session_remove(key: &str) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "storage", "local"], js_name = get, catch)]
    fn local_get(key: &str) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "storage", "local"], js_name = set, catch)]
    fn local_set(items: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "storage", "session", "onChanged"], js_name = addListener, catch)]
    fn on_session_changed(listener: &js_sys::Function) -> Result<(), JsValue>;
}

/// Writes texts under their keys, all of them or none.
pub async fn set(texts: &[(&str, &str)]) -> Result<(), ApiError> {
    settled("storage.session.set", session_set(&items(texts))).await.map(drop)
}

/// What the reader chose, if anything.
pub async fn kept(key: &str) -> Result<Option<String>, ApiError> {
    settled("storage.local.get", local_get(key)).await.map(|found| take(&found, key))
}

/// Keeps what the reader chose, on disk.
pub async fn keep(key: &str, text: &str) -> Result<(), ApiError> {
    settled("storage.local.set", local_set(&items(&[(key, text)]))).await.map(drop)
}

fn items(texts: &[(&str, &str)]) -> JsValue {
    let items: Vec<(&str, JsValue)> = texts.iter().map(|(key, text)| (*key, (*text).into())).collect();
    object(&items)
}

pub async fn remove(key: &str) -> Result<(), ApiError> {
    settled("storage.session.remove", session_remove(key)).await.map(drop)
}

/// The keys of the object that `storage.session.get()` gave.
pub fn keys(saved: &JsValue) -> Vec<String> {
    let keys = saved.dyn_ref::<js_sys::Object>().map(js_sys::Object::keys).unwrap_or_default();
    keys.iter().filter_map(|key| key.as_string()).collect()
}

/// Takes one text out of that object.
pub fn take(saved: &JsValue, key: &str) -> Option<String> {
    let saved: &js_sys::Object = saved.dyn_ref()?;
    let text = js_sys::Reflect::get(saved, &key.into()).ok()?.as_string()?;
    // An object that cannot be changed gives the same text again, which does no harm.
    let _taken = js_sys::Reflect::delete_property(saved, &key.into());
    Some(text)
}

/// Calls back with the changed keys. The listener lives as long as its page.
pub fn on_changed(mut listener: impl FnMut(Vec<String>) + 'static) -> Result<(), ApiError> {
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |changes: JsValue| {
        listener(keys(&changes));
    });
    let added = on_session_changed(closure.as_ref().unchecked_ref());
    // The page that listens is gone when its document is.
    closure.forget();
    added.map_err(|error| ApiError::new("storage.session.onChanged", &error))
}
