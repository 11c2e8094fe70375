//! `webRequest`: what the browser tells of requests.

use wasm_bindgen::prelude::*;

/// Firefox tells who issued a certificate, of requests that a page's service worker takes, and whether somebody was
/// asked about a copy from the browser's store. It is known by the first, which can be asked for.
pub fn tells_more() -> bool {
    TELLS_MORE.with(|tells| *tells)
}

thread_local! {
    /// Asked once: a browser stays what it is, and asking takes as long as reading a whole response.
    static TELLS_MORE: bool = {
        // Member by member: where there is no browser at all, as in the tests of the module alone, none is there.
        let member = |object: JsValue, name: &str| js_sys::Reflect::get(&object, &name.into()).unwrap_or_default();
        ["ext", "webRequest", "getSecurityInfo"].into_iter().fold(js_sys::global().into(), member).is_truthy()
    };
}
