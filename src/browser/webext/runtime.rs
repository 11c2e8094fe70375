//! `runtime`: messages between the extension's own pages and its worker, and its own files.

use wasm_bindgen::prelude::*;

use super::{ApiError, plain, settled};
use crate::browser::decode::Object;
use crate::message::{Answer, Question};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "runtime"], js_name = sendMessage, catch)]
    fn send_message(message: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["ext", "runtime"], js_name = id)]
    static OWN_ID: JsValue;
}

#[wasm_bindgen]
extern "C" {
    type Loaded;
    #[wasm_bindgen(catch)]
    fn fetch(address: &str) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method, js_name = arrayBuffer, catch)]
    fn array_buffer(this: &Loaded) -> Result<js_sys::Promise, JsValue>;
}

/// The bytes of a file of this extension.
pub async fn file(name: &str) -> Result<Vec<u8>, ApiError> {
    let loaded: Loaded = settled("fetch", fetch(name)).await?.unchecked_into();
    Ok(js_sys::Uint8Array::new(&settled("arrayBuffer", loaded.array_buffer()).await?).to_vec())
}

/// This extension's id.
pub fn own_id() -> Option<String> {
    OWN_ID.with(JsValue::as_string)
}

/// Asks the worker, which wakes for it.
pub async fn ask(question: &Question) -> Result<Answer, ApiError> {
    let answer = Object::new(settled("runtime.sendMessage", send_message(&plain(question))).await?);
    Ok(Answer { page: answer.text("page"), error: answer.text("error") })
}
