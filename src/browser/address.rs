//! What the address of one of our pages says: `?tab=` and `?lang=`.

use super::webext::i18n;
use crate::ui::words::Lang;

/// The browser's language, or the one that `?lang=` names.
pub fn language() -> Lang {
    parameter("lang").map_or_else(i18n::language, |tag| Lang::from_tag(&tag))
}

pub fn parameter(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}
