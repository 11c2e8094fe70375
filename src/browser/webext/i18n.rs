//! `i18n`: the language of the browser's own words.

use wasm_bindgen::prelude::*;

use crate::ui::words::Lang;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["ext", "i18n"], js_name = getUILanguage, catch)]
    fn get_ui_language() -> Result<String, JsValue>;
}

pub fn language() -> Lang {
    get_ui_language().map(|tag| Lang::from_tag(&tag)).unwrap_or_default()
}
