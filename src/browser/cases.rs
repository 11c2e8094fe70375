//! The verdict on one event as text, so that tests can compare it with the native one; not part of the extension.

use wasm_bindgen::prelude::*;

use super::decode::{self, Packed};
use crate::dataset::image::Image;
use crate::detect;

/// Everything that the verdict holds, in Rust's own notation.
#[wasm_bindgen]
pub fn case_verdict(image: &[u8], details: &JsValue) -> Result<String, JsValue> {
    let refused = |error: String| JsValue::from(error);
    let image = Image::open(image).map_err(|error| refused(error.to_string()))?;
    decode::read_for(&image.tables);
    let packed = Packed::new(details).map_err(|error| refused(error.to_string()))?;
    Ok(packed.with_response(|response| format!("{:?}", detect::verdict(&response, &image.tables))))
}
