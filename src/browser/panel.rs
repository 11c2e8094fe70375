//! The panel: it asks the worker for the tab, shows it, and follows its changes.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::webext::{i18n, log, permissions, runtime, storage, tabs};
use crate::dataset::image::Image;
use crate::message::{Question, from_text};
use crate::page::{self, Tab};
use crate::ui::words::Lang;
use crate::ui::{dom, view};

/// Shows the current tab, or the one that `?tab=` names; `?lang=` speaks another language.
#[wasm_bindgen]
pub async fn panel(image: Vec<u8>) -> Result<(), JsValue> {
    let lang = parameter("lang").map_or_else(i18n::language, |tag| Lang::from_tag(&tag));
    // The image lives as long as the panel's document.
    let Some(image) = log(Image::open(Box::leak(image.into_boxed_slice()))) else {
        return dom::render_unreadable(lang);
    };
    dom::on_ask_for_access(|| {
        // The question is put before anything is awaited, in the turn of the click.
        let asked = permissions::ask_for_access();
        spawn_local(async move {
            log(asked.await);
        });
    })?;
    let id = match parameter("tab").and_then(|id| id.parse().ok()) {
        Some(id) => Some(id),
        None => log(tabs::current().await).flatten(),
    };
    let Some(id) = id else { return show(&image, None, lang) };
    show(&image, ask(id).await.as_ref(), lang)?;
    let key = format!("tab:{id}");
    log(storage::on_changed(move |keys| {
        if keys.contains(&key) {
            spawn_local(async move {
                let shown = show(&image, ask(id).await.as_ref(), lang);
                log(shown.map_err(|_| "the panel could not be drawn"));
            });
        }
    }));
    Ok(())
}

async fn ask(id: i32) -> Option<Tab> {
    let answer = log(runtime::ask(&Question::page(id)).await)?;
    if let Some(error) = answer.error {
        return log(Err(error));
    }
    log(page::load(&from_text(&answer.page?)?))
}

fn show(image: &Image<'_>, tab: Option<&Tab>, lang: Lang) -> Result<(), JsValue> {
    dom::render(&view::panel(tab, image, lang))
}

fn parameter(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}
