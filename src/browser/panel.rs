//! The panel: it asks the worker for the tab, shows it, and follows its changes. The records come later,
//! when the panel is on screen already.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::address::{language, parameter};
use super::webext::{log, permissions, runtime, storage, tabs};
use super::{operators, options, updates};
use crate::dataset::image::{self, Image};
use crate::detect::verdict::Origin;
use crate::message::{Question, from_text};
use crate::page::{Tab, load};
use crate::records::table::Records;
use crate::ui::options::{self as page, LOOK};
use crate::ui::tree::ASK_FOR_ACCESS;
use crate::ui::view::{self, FactKind, PanelView};
use crate::ui::words::{self, Lang};
use crate::ui::{dom, records};
use crate::update::{Refusal, Status};

/// Key under which the country is kept that the reader chose. It is a preference, and says nothing of browsing.
const COUNTRY: &str = "country";

/// Everything that is on screen.
struct Panel {
    image: Image<'static>,
    lang: Lang,
    tab: Option<Tab>,
    records: Option<Records<'static>>,
    country: String,
    /// Names of parts that are open.
    open: Vec<String>,
    /// What is known of updates, and whether the reader looked for one in this panel.
    updates: Option<Status>,
    looked: bool,
    /// Parts that are still to come, of those that nobody waits for: records, operators, updates.
    awaited: u8,
}

thread_local! {
    static PANEL: RefCell<Option<Panel>> = const { RefCell::new(None) };
}

/// Shows the current tab, or the one that `?tab=` names; `?lang=` speaks another language.
#[wasm_bindgen]
pub async fn panel(image: Vec<u8>) -> Result<(), JsValue> {
    let lang = language();
    // The image lives as long as the panel's document.
    let Some(image) = log(Image::open(Box::leak(image.into_boxed_slice()))) else {
        return dom::render_unreadable(lang);
    };
    PANEL.with(|panel| {
        *panel.borrow_mut() = Some(Panel {
            image,
            lang,
            tab: None,
            records: None,
            country: String::new(),
            open: Vec::new(),
            updates: None,
            looked: false,
            awaited: 3,
        });
    });
    dom::on_action(|action| match action {
        ASK_FOR_ACCESS => {
            // The question is put before anything is awaited, in the turn of the click.
            let asked = permissions::ask_for_access();
            spawn_local(async move {
                log(asked.await);
            });
        }
        LOOK => spawn_local(async {
            log(look().await.map_err(|_| NOT_DRAWN));
        }),
        _ => {}
    })?;
    let id = match parameter("tab").and_then(|id| id.parse().ok()) {
        Some(id) => Some(id),
        None => log(tabs::current().await).flatten(),
    };
    // Without a tab only the records are to come.
    let Some(id) = id else { return change(|panel| panel.awaited = 1) };
    follow(id).await?;
    // Nobody waits for the table of operators: what is shown without it is shown first.
    spawn_local(async {
        let operators = operators::load().await;
        let arrived = arrive(|panel| {
            if let Some(operators) = operators {
                panel.image.tables.operators = operators;
            }
        });
        log(arrived.map_err(|_| NOT_DRAWN));
    });
    spawn_local(async {
        let updates = updates::known().await;
        log(arrive(|panel| panel.updates = updates).map_err(|_| NOT_DRAWN));
    });
    let key = format!("tab:{id}");
    log(storage::on_changed(move |keys| {
        if keys.contains(&key) {
            spawn_local(async move {
                log(follow(id).await.map_err(|_| NOT_DRAWN));
            });
        }
    }));
    Ok(())
}

/// Takes the part with the records, and shows what is documented about the page.
#[wasm_bindgen]
pub async fn records(image: Vec<u8>) -> Result<(), JsValue> {
    let Some(records) = log(image::records(Box::leak(image.into_boxed_slice()))) else { return arrive(|_| {}) };
    let country = log(storage::kept(COUNTRY).await).flatten().unwrap_or_default();
    arrive(|panel| {
        panel.records = Some(records);
        panel.country = country;
    })?;
    dom::on_toggled(|name, is_open| {
        let changed = PANEL.with(|panel| {
            panel.borrow_mut().as_mut().is_some_and(|panel| {
                let known = panel.open.len();
                panel.open.retain(|open| *open != name);
                // What was opened once keeps its texts: only its `open` attribute is the reader's.
                panel.open.push(name);
                is_open && panel.open.len() > known
            })
        });
        if changed {
            log(show().map_err(|_| NOT_DRAWN));
        }
    })?;
    dom::on_country(|country| {
        let keep = country.clone();
        spawn_local(async move {
            log(storage::keep(COUNTRY, &keep).await);
        });
        log(change(|panel| panel.country = country).map_err(|_| NOT_DRAWN));
    })
}

const NOT_DRAWN: &str = "the panel could not be drawn";

/// Changes what is to be shown, and shows it. Nothing is awaited inside.
fn change(change: impl FnOnce(&mut Panel)) -> Result<(), JsValue> {
    PANEL.with(|panel| panel.borrow_mut().as_mut().map(change));
    show()
}

/// The same when one of the parts that are awaited is there, or known to stay away.
fn arrive(change_with_it: impl FnOnce(&mut Panel)) -> Result<(), JsValue> {
    change(|panel| {
        panel.awaited = panel.awaited.saturating_sub(1);
        change_with_it(panel);
    })
}

/// Has the background look for a newer dataset, and follows it. Where it may not ask the channel, the page
/// about updates can ask the reader to let it.
async fn look() -> Result<(), JsValue> {
    let mut lacks_access = false;
    let follow = |status: Option<&Status>| {
        lacks_access = status.is_some_and(|status| status.failed == Some(Refusal::NoAccess));
        change(|panel| {
            panel.updates = status.cloned();
            panel.looked = true;
        })
    };
    options::follow(LOOK.to_owned(), follow).await?;
    if lacks_access {
        log(runtime::open_options().await);
    }
    Ok(())
}

async fn follow(id: i32) -> Result<(), JsValue> {
    let tab = ask(id).await;
    change(|panel| panel.tab = tab)
}

async fn ask(id: i32) -> Option<Tab> {
    let answer = log(runtime::ask(&Question::page(id)).await)?;
    if let Some(error) = answer.error {
        return log(Err(error));
    }
    log(load(&from_text(&answer.page?)?))
}

fn show() -> Result<(), JsValue> {
    PANEL.with(|panel| {
        let panel = panel.borrow();
        let Some(panel) = panel.as_ref() else { return Ok(()) };
        let mut view = view::panel(panel.tab.as_ref(), &panel.image, panel.lang);
        if let Some(days) = days_since(&panel.image.date()) {
            view.dataset += &format!(" ({})", words::days_old(days, panel.lang));
        }
        let documented = panel.records.as_ref().map(|records| panel.documented(records, &view)).unwrap_or_default();
        let updates = panel.updates.as_ref().map(|status| page::brief(status, panel.looked, panel.lang));
        dom::render(&view, documented, updates, panel.awaited == 0)
    })
}

impl Panel {
    fn documented(&self, records: &Records<'_>, view: &PanelView) -> Vec<crate::ui::tree::Element> {
        let tables = &self.image.tables;
        let mut providers: Vec<&str> = Vec::new();
        for id in std::iter::once(&view.delivered_by).chain(view.chain.iter().map(|link| &link.provider)) {
            if !id.is_empty() && !providers.contains(&id.as_str()) {
                providers.push(id);
            }
        }
        let fronts = tables.find(&view.delivered_by).and_then(|id| tables.provider(id)).is_some_and(|row| row.fronts());
        let origin_seen = view.facts.iter().any(|fact| matches!(fact.kind, FactKind::Origin(Origin::Visible)));
        let reader = records::Reader {
            lang: self.lang,
            host: view.host.as_deref(),
            providers: &providers,
            relayed: fronts && !origin_seen,
            country: &self.country,
            open: &self.open,
            today: today(),
        };
        records::documented(records, tables, &reader)
    }
}

/// Whole days since that day, as `2026-11-25`; none when the clock stands before it.
fn days_since(day: &str) -> Option<u64> {
    let days = ((js_sys::Date::now() - js_sys::Date::parse(day)) / 86_400_000.0).floor();
    (days >= 0.0).then_some(days as u64)
}

/// Year, month, day as one number, where the reader is.
fn today() -> u32 {
    let now = js_sys::Date::new_0();
    now.get_full_year() * 10_000 + (now.get_month() + 1) * 100 + now.get_date()
}
