//! The table of operators, which worker and panel load when they first need it.

use super::webext::{log, runtime};
use crate::dataset::image;
use crate::net::operators::Operators;

/// Loads the table; it lives as long as the worker or the panel.
pub async fn load() -> Option<Operators<'static>> {
    let bytes = log(runtime::part("operators.img").await)?;
    log(image::operators(Box::leak(bytes.into_boxed_slice())))
}
