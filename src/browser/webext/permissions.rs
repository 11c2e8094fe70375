//! `permissions`: what the reader allows.

use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use super::{ApiError, object, plain, settled, web_request};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "permissions"], js_name = contains, catch)]
    fn contains(permissions: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "permissions"], js_name = request, catch)]
    fn request(permissions: &JsValue) -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["ext", "permissions"], js_name = remove, catch)]
    fn remove(permissions: &JsValue) -> Result<js_sys::Promise, JsValue>;
}

/// All sites: what the manifest asks for.
pub const EVERYWHERE: &str = "<all_urls>";

fn origins(pattern: &str) -> JsValue {
    object(&[("origins", js_sys::Array::of1(&pattern.into()).into())])
}

/// May the extension see requests to these addresses, a match pattern?
pub async fn has_access(origin: &str) -> Result<bool, ApiError> {
    let answer = settled("permissions.contains", contains(&origins(origin))).await?;
    Ok(answer.is_truthy())
}

/// Asks the reader for access to all sites. Only a click may do so, and before anything is awaited.
pub fn ask_for_access() -> impl Future<Output = Result<bool, ApiError>> {
    ask_for(EVERYWHERE)
}

/// Asks the reader for access to these addresses, a match pattern; in the turn of a click too.
pub fn ask_for(origin: &str) -> impl Future<Output = Result<bool, ApiError>> + use<> {
    let asked = request(&origins(origin));
    async { Ok(settled("permissions.request", asked).await?.is_truthy()) }
}

/// What Firefox asks of an extension that reads who issued a certificate.
struct Blocking;

impl Serialize for Blocking {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("permissions", ["webRequestBlocking"])])
    }
}

/// May issuers of certificates be read? Nothing where the browser does not tell them.
pub async fn certificates() -> Result<Option<bool>, ApiError> {
    if !web_request::tells_more() {
        return Ok(None);
    }
    Ok(Some(settled("permissions.contains", contains(&plain(&Blocking))).await?.is_truthy()))
}

/// Asks for that, or gives it back; in the turn of a click.
pub fn let_certificates(be_read: bool) -> impl Future<Output = Result<(), ApiError>> {
    let answer = if be_read { request(&plain(&Blocking)) } else { remove(&plain(&Blocking)) };
    async { settled("permissions", answer).await.map(drop) }
}
