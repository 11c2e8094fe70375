//! `runtime`: messages between the extension's own pages and its worker, and the dataset's parts.

use wasm_bindgen::prelude::*;

use super::{ApiError, plain, settled};
use crate::browser::decode::Object;
use crate::message::{Answer, Question};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "runtime"], js_name = sendMessage, catch)]
    fn send_message(message: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "runtime"], js_name = openOptionsPage, catch)]
    fn open_options_page() -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["ext", "runtime"], js_name = id)]
    static OWN_ID: JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// Defined where waking begins (`extension/background/early.js`) and for the pages (`parts.js`).
    #[wasm_bindgen(js_name = part, catch)]
    fn load_part(name: &str) -> Result<js_sys::Promise, JsValue>;
}

/// The bytes of a part of the dataset, of the version in use.
pub async fn part(name: &str) -> Result<Vec<u8>, ApiError> {
    Ok(js_sys::Uint8Array::new(&settled("part", load_part(name)).await?).to_vec())
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

/// Opens the page about updates, or brings it to the front.
pub async fn open_options() -> Result<(), ApiError> {
    settled("runtime.openOptionsPage", open_options_page()).await.map(drop)
}
