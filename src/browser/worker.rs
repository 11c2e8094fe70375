//! The background: it takes events, keeps each tab's state, paints the toolbar and saves.
//!
//! The browser may end it at any moment. What the reader sees is written before anything else waits, and what
//! nobody has seen yet, such as a response whose page is not there, behind the events that have come already. One
//! write for each tab is under way at a time, and what changed meanwhile is written after it.

use std::cell::RefCell;

use gloo::timers::future::TimeoutFuture;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::decode::{self, Object, Packed};
use super::operators;
use super::webext::{action, i18n, log, object, permissions, runtime, storage, tabs, web_request};
use crate::dataset::image::Image;
use crate::detect::response::{self, Response};
use crate::detect::table::Tables;
use crate::message::{Answer, Question, from_text, to_text};
use crate::page::{self, Changes, Commit, Event, Owner, Request, Save, Strays, Tab};
use crate::ui::toolbar;

/// Counts are saved this long after they changed, in milliseconds.
const SOON_MS: u32 = 500;
/// After a start, access and unknown tabs are asked for this late, in milliseconds.
const SETTLE_MS: u32 = 200;
/// Prefix of the keys under which tabs are saved.
const KEY: &str = "tab:";

struct Worker {
    tables: Tables<'static>,
    /// A dozen as a rule, so that a list is the smallest thing that finds them.
    tabs: Vec<(i32, Slot)>,
    /// Responses of no tab. Lost with the worker: what a page shows of them is saved with the page.
    strays: Strays,
    /// What `storage.session` held at the start. A tab is read out of it when something happens in it:
    /// reading all of them would hold up what woke the worker.
    saved: JsValue,
    /// The table of operators is loaded, or was asked for: no wake waits for it, and most pages do without.
    operators: bool,
}

impl Worker {
    /// The tab's state, read from the store if nothing has happened in it since the start.
    fn slot(&mut self, id: i32) -> Option<&mut Slot> {
        if self.at(id).is_none()
            && let Some(text) = storage::take(&self.saved, &format!("{KEY}{id}"))
        {
            let loaded = from_text(&text).ok_or(page::SavedError::Damaged).and_then(|bytes| page::load(&bytes));
            if let Some(tab) = log(loaded) {
                expect(id, tab.waits());
                self.tabs.push((id, Slot { tab, ..Slot::default() }));
            }
        }
        self.held(id)
    }

    fn at(&self, id: i32) -> Option<usize> {
        self.tabs.iter().position(|(tab, _)| *tab == id)
    }

    /// The tab's state, if something has happened in it since the start.
    fn held(&mut self, id: i32) -> Option<&mut Slot> {
        self.tabs.iter_mut().find(|(tab, _)| *tab == id).map(|(_, slot)| slot)
    }

    fn slot_or_new(&mut self, id: i32) -> &mut Slot {
        if self.slot(id).is_none() {
            self.tabs.push((id, Slot::default()));
        }
        self.held(id).expect("it was found or put there")
    }

    fn remove(&mut self, id: i32) -> Option<Slot> {
        let _known = self.slot(id).is_some();
        self.at(id).map(|at| self.tabs.swap_remove(at).1)
    }

    /// Why the tab's navigation to this page failed, if it did, and the latest `Date` of what other tabs show of the page.
    /// Of what happened in them a moment ago, all is loaded.
    fn known_of(&self, id: i32, url: &str) -> (Option<String>, Option<i64>) {
        let others = self.tabs.iter().filter(|(other, _)| *other != id);
        let shown = others.filter_map(|(_, slot)| slot.tab.document.as_ref()?.response_of(url)?.date_ms());
        (self.strays.failed(id, url).map(str::to_owned), shown.max())
    }

    /// Every tab that something is known of.
    fn ids(&self) -> Vec<i32> {
        let saved = storage::keys(&self.saved).into_iter().filter_map(|key| key.strip_prefix(KEY)?.parse().ok());
        self.tabs.iter().map(|(id, _)| *id).chain(saved).collect()
    }
}

#[derive(Default)]
struct Slot {
    tab: Tab,
    /// A write is under way.
    writing: bool,
    /// A write comes at the latest when so many milliseconds have gone by.
    planned: Option<u32>,
    /// The state changed since the last write began.
    behind: bool,
}

thread_local! {
    static WORKER: RefCell<Option<Worker>> = const { RefCell::new(None) };
}

/// The one place where the worker's state is borrowed; nothing is awaited inside.
fn with<R>(read: impl FnOnce(&mut Worker) -> R) -> Option<R> {
    WORKER.with(|worker| worker.borrow_mut().as_mut().map(read))
}

/// Starts with the image of the version in use and with what `storage.session` held.
#[wasm_bindgen]
pub fn start(image: Vec<u8>, saved: JsValue) -> Result<(), JsValue> {
    // The image lives as long as the worker.
    let image = Image::open(Box::leak(image.into_boxed_slice())).map_err(|error| JsValue::from(error.to_string()))?;
    decode::read_for(&image.tables);
    let worker = Worker { tables: image.tables, tabs: Vec::new(), strays: Strays::default(), saved, operators: false };
    WORKER.with(|place| *place.borrow_mut() = Some(worker));
    spawn_local(async {
        // What woke the worker comes first.
        TimeoutFuture::new(SETTLE_MS).await;
        look_around().await;
    });
    Ok(())
}

/// Goes on with the image of another version: pages keep what was seen, so all of them are judged anew.
#[wasm_bindgen]
pub fn replace(image: Vec<u8>) {
    // The old one stays too, until the browser ends the worker.
    if let Some(image) = log(Image::open(Box::leak(image.into_boxed_slice()))) {
        decode::read_for(&image.tables);
        let ids = with(|worker| {
            worker.tables = image.tables;
            // Its operators come when a page wants them.
            worker.operators = false;
            worker.ids()
        });
        ids.into_iter().flatten().for_each(paint);
    }
}

/// Takes one event of the browser. `kind` is the listener's name in `extension/background/listeners.js`.
#[wasm_bindgen]
pub fn event(kind: &str, details: JsValue) {
    let taken = match kind {
        "response" | "redirect" | "request-failed" => web_request(kind, &details),
        "before-navigate" | "committed" | "navigation-failed" | "history-state" | "fragment" => {
            web_navigation(kind, details)
        }
        "tab-updated" => tab_updated(&Object::new(details)),
        "tab-removed" => decode::tab(&Object::new(details), "tabId").map(forget),
        "tab-replaced" => tab_replaced(&Object::new(details)),
        "permissions" => {
            spawn_local(look_around());
            Ok(())
        }
        _ => Ok(()),
    };
    log(taken);
}

/// Loads the table of operators because a page's deliverer is not known without it, and paints such pages again.
async fn load_operators() {
    let Some(operators) = operators::load().await else { return };
    let waiting = with(|worker| {
        let before = worker.tables;
        worker.tables.operators = operators;
        let waits = |(id, slot): &(i32, Slot)| toolbar::wants_operator(&slot.tab, &before).then_some(*id);
        worker.tabs.iter().filter_map(waits).collect::<Vec<_>>()
    });
    waiting.unwrap_or_default().into_iter().for_each(paint);
}

/// Answers a message of the extension's own pages.
#[wasm_bindgen]
pub async fn message(question: JsValue, sender: JsValue) -> JsValue {
    let (question, sender) = (Object::new(question), Object::new(sender));
    let answer = match (question.text("kind"), question.id("tab")) {
        _ if sender.text("id") != runtime::own_id() => Answer::error("only the extension's own pages are answered"),
        (Some(kind), Some(tab)) if kind == Question::PAGE => {
            let page = || with(|worker| worker.slot(tab).map(|slot| to_text(&page::save(&mut slot.tab)))).flatten();
            let mut found = page();
            if found.is_none() {
                look_around().await;
                found = page();
            }
            Answer { page: found, error: None }
        }
        (Some(kind), _) => Answer::error(format!("no such question: {kind}")),
        (None, _) => Answer::error("not a question: it has no kind"),
    };
    object(&[("page", answer.page.into()), ("error", answer.error.into())])
}

#[inline(never)]
fn tab_updated(details: &Object) -> Result<(), decode::DecodeError> {
    let id = decode::tab(details, "tabId")?;
    let (change, tab) = (details.object("change"), details.object("tab"));
    if let Some(discarded) = change.flag("discarded") {
        apply(id, Event::Discarded(discarded));
    }
    // Chromium tells of each title and icon too, for which no tab need be read.
    let Some(status) = change.text("status") else { return Ok(()) };
    see_window(id, &tab);
    if status != "complete" {
        return Ok(());
    }
    // Firefox sometimes wipes the toolbar after it told of the commit.
    paint(id);
    // Firefox tells nothing else of its own pages, such as about:support. Without access the
    // addresses of sites are not told either. Chromium tells of every commit.
    if web_request::tells_more() && tab.text("url").is_none() {
        let expected = with(|worker| worker.strays.leads_to_own_page(id)).unwrap_or(false);
        spawn_local(async move {
            if log(permissions::has_access(permissions::EVERYWHERE).await) == Some(true) {
                apply(id, Event::Concealed { expected });
            }
        });
    }
    Ok(())
}

/// Remembers whether the tab is in a private window.
fn see_window(id: i32, tab: &Object) {
    let is_private = tab.flag("incognito") == Some(true);
    let is_new = |worker: &mut Worker| {
        let slot = if is_private { Some(worker.slot_or_new(id)) } else { worker.slot(id) };
        slot.is_some_and(|slot| std::mem::replace(&mut slot.tab.is_private, is_private) != is_private)
    };
    if with(is_new) == Some(true) {
        plan(id, 0);
    }
}

#[inline(never)]
fn tab_replaced(details: &Object) -> Result<(), decode::DecodeError> {
    let (added, removed) = (decode::tab(details, "addedTabId")?, decode::tab(details, "removedTabId")?);
    let moved = with(|worker| worker.remove(removed)).flatten();
    forget(removed);
    if let Some(slot) = moved {
        let waits = slot.tab.waits();
        with(|worker| worker.slot_or_new(added).tab = slot.tab);
        carry_out(added, Changes { paint: true, save: Save::Now, waits });
    }
    Ok(())
}

fn web_request(kind: &str, details: &JsValue) -> Result<(), decode::DecodeError> {
    let packed = Packed::new(details)?;
    if packed.tab() < 0 {
        if kind == "response" {
            packed.with_response(|response| stray(packed.initiator(), response));
        }
        return Ok(());
    }
    match kind {
        "request-failed" => {
            apply(
                packed.tab(),
                Event::RequestFailed {
                    request: packed.request(),
                    url: packed.url(),
                    error: packed.error(),
                    under_way: with(|worker| worker.strays.began(packed.tab())).unwrap_or(false),
                },
            );
        }
        _ => packed.with_response(|response| {
            let request = packed.request();
            let event = match kind {
                "redirect" => Event::Redirect { request, response },
                _ => Event::Response { request, response },
            };
            apply(packed.tab(), event);
        }),
    }
    Ok(())
}

/// A response of no tab: is there a page whose service worker asked for it?
#[inline(never)]
fn stray(initiator: &str, response: Response<'_>) {
    let Some(origin) = page::origin(initiator) else { return };
    let owner = with(|worker| {
        // Any tab may be the one.
        worker.ids().into_iter().for_each(|id| {
            worker.slot(id);
        });
        let tabs = worker.tabs.iter().map(|(id, slot)| (*id, &slot.tab));
        let owner = worker.strays.owner(response.url, origin, tabs)?;
        if let Owner::Next(id) = owner {
            worker.strays.hold(id, page::Kept::new(&response, &worker.tables));
        }
        Some(owner)
    });
    if let Some(Some(Owner::Tab(id))) = owner {
        apply(id, by_worker(response));
    }
}

fn by_worker(response: Response<'_>) -> Event<'_> {
    Event::Response { request: Request { kind: page::Kind::Worker, ..Request::default() }, response }
}

fn web_navigation(kind: &str, details: JsValue) -> Result<(), decode::DecodeError> {
    let navigation = decode::Navigation::read(&Object::new(details))?;
    // A page that is built ahead begins, moves and fails beside the tab's own, which knows nothing of it; only
    // that it was built counts.
    if !navigation.is_page || navigation.prerender.is_some() && kind != "committed" {
        return Ok(());
    }
    let url = navigation.url.as_str();
    if kind == "before-navigate" {
        with(|worker| worker.strays.begin(navigation.tab_id, url));
        return Ok(());
    }
    let under_way = with(|worker| worker.strays.began(navigation.tab_id)).unwrap_or(false);
    // A page that moves inside itself, perhaps often, needs nothing of this.
    let known = (kind == "committed").then(|| with(|worker| worker.known_of(navigation.tab_id, url))).flatten();
    let (failed, shown_elsewhere_ms) = known.unwrap_or_default();
    let event = match kind {
        "committed" => Event::Committed(Commit {
            url,
            is_source: navigation.is_source,
            document_id: navigation.document_id.as_deref(),
            at_ms: navigation.at_ms,
            forward_back: navigation.forward_back,
            prerender: navigation.prerender,
            silence_tells: under_way && !web_request::tells_more(),
            failed: failed.as_deref(),
            shown_elsewhere_ms,
        }),
        "navigation-failed" => {
            Event::NavigationFailed { url, error: &navigation.error, at_ms: navigation.at_ms, under_way }
        }
        _ => Event::InPage { url },
    };
    apply(navigation.tab_id, event);
    // What is on screen about it already needs no other commit.
    let is_shown = |worker: &mut Worker| {
        worker.held(navigation.tab_id).is_some_and(|slot| slot.tab.shows_failure(url, navigation.at_ms))
    };
    if kind == "navigation-failed" && with(is_shown) != Some(true) {
        with(|worker| worker.strays.fail(navigation.tab_id, url, &navigation.error));
    }
    // Firefox tells of a failure just before it commits a navigation, so that only a commit ends one, and
    // only its own: the tab may be on its way elsewhere while a page is built ahead in it.
    if kind == "committed" && navigation.prerender.is_none() {
        for response in with(|worker| worker.strays.end(navigation.tab_id)).unwrap_or_default() {
            response.with(|response| apply(navigation.tab_id, by_worker(response.clone())));
        }
    }
    Ok(())
}

fn apply(id: i32, event: Event<'_>) {
    let changes = with(|worker| {
        let tables = worker.tables;
        worker.slot_or_new(id).tab.apply(event, &tables)
    });
    if let Some(changes) = changes {
        carry_out(id, changes);
    }
}

fn carry_out(id: i32, changes: Changes) {
    if changes.paint {
        paint(id);
    }
    match changes.save {
        Save::No => {}
        Save::Now if changes.paint => save(id),
        // The reader has seen nothing of it yet: what waits behind it, such as the commit, goes first, and one write
        // does for both.
        Save::Now => plan(id, 0),
        Save::Soon => plan(id, SOON_MS),
    }
    expect(id, changes.waits);
}

/// Sees in a moment whether the document that was committed at this instant still waits for its response.
fn expect(id: i32, committed_at_ms: Option<i64>) {
    if let Some(committed_at_ms) = committed_at_ms {
        spawn_local(async move {
            TimeoutFuture::new(page::LATE_MS).await;
            overdue(id, committed_at_ms).await;
        });
    }
}

/// No response came: was it not seen because the extension may not see it?
async fn overdue(id: i32, committed_at_ms: i64) {
    if with(|worker| worker.slot(id).and_then(|slot| slot.tab.waits())) == Some(Some(committed_at_ms)) {
        let access = may_see(id).await;
        apply(id, Event::Overdue { committed_at_ms, access });
    }
}

/// May the extension see the site of the tab's page?
async fn may_see(id: i32) -> bool {
    let pattern = with(|worker| response::pattern(&worker.slot(id)?.tab.document.as_ref()?.url));
    let Some(Some(pattern)) = pattern else { return true };
    log(permissions::has_access(&pattern).await).unwrap_or(true)
}

/// Paints what is known of the tab's page. One that waits is painted when it has waited: Firefox tells of responses
/// late, often after the end of a load.
fn paint(id: i32) {
    let badge = with(|worker| {
        let tables = worker.tables;
        let tab = &worker.slot(id)?.tab;
        tab.waits().is_none().then(|| toolbar::badge(tab, &tables))
    });
    let Some(Some(badge)) = badge else { return };
    let badge = action::set_badge(id, &badge);
    spawn_local(async move {
        // The badge is there before the sentence is put together. If it could not be set, the tab is gone.
        if badge.await.is_ok() {
            describe(id).await;
        }
    });
}

/// Sets the tooltip, and sees to the table of operators if the tab wants it.
async fn describe(id: i32) {
    let known = with(|worker| {
        let tables = worker.tables;
        let tab = &worker.slot(id)?.tab;
        let wanted = toolbar::wants_operator(tab, &tables);
        let title = toolbar::tooltip(tab, &tables, i18n::language());
        Some((title, wanted && !std::mem::replace(&mut worker.operators, true)))
    });
    let Some(Some((title, load))) = known else { return };
    let _gone = action::set_title(id, &title).await;
    if load {
        load_operators().await;
    }
}

/// Saves in a moment, or earlier if something else is saved until then.
fn plan(id: i32, wait_ms: u32) {
    let is_sooner = with(|worker| {
        let slot = worker.held(id)?;
        slot.behind = true;
        let is_sooner = !slot.writing && slot.planned.is_none_or(|planned_ms| wait_ms < planned_ms);
        is_sooner.then(|| slot.planned = Some(wait_ms))
    });
    if is_sooner.flatten().is_some() {
        spawn_local(async move {
            TimeoutFuture::new(wait_ms).await;
            if with(|worker| worker.held(id).is_some_and(|slot| slot.behind)) == Some(true) {
                save(id);
            }
        });
    }
}

fn save(id: i32) {
    let begin = with(|worker| {
        let slot = worker.slot(id)?;
        slot.planned = None;
        slot.behind = true;
        (!std::mem::replace(&mut slot.writing, true)).then_some(())
    });
    if begin.flatten().is_some() {
        spawn_local(write(id));
    }
}

async fn write(id: i32) {
    let key = format!("{KEY}{id}");
    loop {
        let text = with(|worker| {
            let slot = worker.slot(id)?;
            if !std::mem::take(&mut slot.behind) {
                slot.writing = false;
                return None;
            }
            Some(to_text(&page::save(&mut slot.tab)))
        });
        let Some(Some(text)) = text else { break };
        if let Err(error) = storage::set(&[(&key, &text)]).await {
            log::<(), _>(Err(error));
            // The store is full: documents that were left go first.
            let shed = with(|worker| worker.held(id).is_some_and(|slot| slot.tab.shed()));
            if shed != Some(true) {
                // What stands there may be of another page. What comes meanwhile is tried again.
                log(storage::remove(&key).await);
                continue;
            }
            with(|worker| worker.held(id).map(|slot| slot.behind = true));
        }
    }
    // The tab was closed while its state was being written.
    if with(|worker| worker.held(id).is_some()) == Some(false) {
        log(storage::remove(&key).await);
    }
}

#[inline(never)]
fn forget(id: i32) {
    with(|worker| {
        worker.remove(id);
        worker.strays.end(id);
    });
    spawn_local(async move {
        log(storage::remove(&format!("{KEY}{id}")).await);
    });
}

/// Asks for tabs that are not known yet, and for the access that is granted: it may have been another when what is
/// known of a page was saved.
async fn look_around() {
    let access = log(permissions::has_access(permissions::EVERYWHERE).await).unwrap_or(true);
    for tab in log(tabs::all().await).unwrap_or_default() {
        // A tab that is loading tells of itself.
        let (Some(id), Some("complete" | "unloaded")) = (tab.id("id"), tab.text("status").as_deref()) else { continue };
        let url = tab.address("url").unwrap_or_default();
        apply(id, Event::Found { url: &url, discarded: tab.flag("discarded") == Some(true) });
        see_window(id, &tab);
    }
    for id in with(|worker| worker.ids()).unwrap_or_default() {
        let granted = access || may_see(id).await;
        apply(id, Event::Access { granted });
    }
}
