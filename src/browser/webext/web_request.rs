//! `webRequest`: what the browser tells of requests.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = ["ext", "webRequest"], js_name = getSecurityInfo)]
    static SECURITY_INFO: JsValue;
}

/// Firefox tells who issued a certificate, of requests that a page's service worker takes, and whether somebody was
/// asked about a copy from the browser's store. It is known by the first, which can be asked for.
pub fn tells_more() -> bool {
    SECURITY_INFO.with(JsValue::is_truthy)
}
