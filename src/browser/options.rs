//! The page about updates: it asks the worker, shows the answer, and asks again while something is under way.

use std::cell::{Cell, RefCell};

use gloo::timers::future::TimeoutFuture;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::address::language;
use super::webext::{log, permissions, runtime};
use crate::detect::response;
use crate::message::{Question, from_text, to_text};
use crate::ui::words::UpdateLabel;
use crate::ui::{dom, options as page};
use crate::update::{FILE_MAX, Status};

/// How often the page asks while something is under way, in milliseconds.
const AGAIN_MS: u32 = 250;

thread_local! {
    /// The match pattern of the channel, for the question about access.
    static PATTERN: RefCell<Option<String>> = const { RefCell::new(None) };
    /// Are issuers of certificates read, in a browser that tells them?
    static CERTIFICATES: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Shows what is in use.
#[wasm_bindgen]
pub async fn options() -> Result<(), JsValue> {
    tell("status".to_owned()).await
}

/// What a button asks for.
#[wasm_bindgen]
pub fn options_action(action: String) {
    // The question is put before anything is awaited, in the turn of the click. Where access is granted
    // already, no browser asks the reader.
    let pattern = (action == page::LOOK).then(|| PATTERN.with(|pattern| pattern.borrow().clone())).flatten();
    let asked = pattern.map(|pattern| permissions::ask_for(&pattern));
    if action == page::CERTIFICATES {
        let let_be_read = permissions::let_certificates(CERTIFICATES.get() != Some(true));
        spawn_local(async move {
            log(let_be_read.await);
            log(tell("status".to_owned()).await.map_err(|_| "the page could not be drawn"));
        });
        return;
    }
    spawn_local(async move {
        if let Some(asked) = asked {
            log(asked.await);
        }
        log(tell(action).await.map_err(|_| "the page could not be drawn"));
    });
}

/// The longest file that is read.
#[wasm_bindgen]
pub fn file_max() -> f64 {
    FILE_MAX as f64
}

/// A file that the reader chose: its size, and its beginning as far as it may be read.
#[wasm_bindgen]
pub fn options_file(size: f64, bytes: Vec<u8>) {
    // What is longer than may be is cut, and refused for it.
    let whole = size <= file_max();
    let text = to_text(if whole { &bytes } else { &[] });
    spawn_local(async move {
        log(tell(format!("file:{text}")).await.map_err(|_| "the page could not be drawn"));
    });
}

async fn tell(asked: String) -> Result<(), JsValue> {
    let certificates = log(permissions::certificates().await).flatten();
    CERTIFICATES.set(certificates);
    let lang = language();
    let show = |status: Option<&Status>| {
        let pattern = status.and_then(|status| status.address.as_deref()).and_then(response::pattern);
        PATTERN.with(|place| *place.borrow_mut() = pattern);
        dom::show(&page::page(status, certificates, lang), UpdateLabel::Title.text(lang), lang)
    };
    follow(asked, show).await
}

/// Asks the worker for something about updates, and shows what it says until nothing is under way.
pub async fn follow(
    mut asked: String,
    mut show: impl FnMut(Option<&Status>) -> Result<(), JsValue>,
) -> Result<(), JsValue> {
    loop {
        let status = ask(&asked).await;
        show(status.as_ref())?;
        if status.is_none_or(|status| status.busy.is_none()) {
            return Ok(());
        }
        "status".clone_into(&mut asked);
        TimeoutFuture::new(AGAIN_MS).await;
    }
}

async fn ask(asked: &str) -> Option<Status> {
    let question = Question { kind: format!("{}{asked}", Question::UPDATE), tab: 0 };
    let answer = log(runtime::ask(&question).await)?;
    if let Some(error) = answer.error {
        return log(Err(error));
    }
    Status::load(&from_text(&answer.page?)?)
}
