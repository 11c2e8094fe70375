//! Several tabs at once, tabs that were there before, and tabs that the browser took away.

use e2e::sites::{BUNNY, CLOUDFLARE, CLOUDFRONT, FASTLY, OVHCLOUD};
use serde_json::json;

use crate::stage::{DidNotComeAbout, Outcome, Stage, delivered_by, expected, short_code};

pub fn older_than_the_extension(stage: &mut Stage) -> Outcome {
    let old = match (stage.kind, stage.old_tab.clone()) {
        (_, Some(tab)) => tab,
        (_, None) => {
            // The page is loaded, then the extension starts anew, as after an update: all it held
            // is gone, and for it the tab has always been there.
            let tab = stage.visit(&format!("https://{OVHCLOUD}/"))?;
            stage.see(&tab, &expected("network", Some("ovhcloud")))?;
            stage.browser.restart_extension()?;
            stage.renew_panel()?;
            tab
        }
    };
    stage.see(&old, &expected("older-than-extension", None))?;
    // Loaded again, it is like any other.
    stage.browser.navigate(&format!("https://{OVHCLOUD}/"))?;
    stage.see(&old, &expected("network", Some("ovhcloud"))).map(drop)
}

/// The browser brings back a page that it kept since before the extension was there, without asking anybody.
pub fn back_to_one_older_than_the_extension(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&format!("https://{CLOUDFLARE}/"))?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    stage.browser.script("window.mark = 'kept'", json!([]))?;
    stage.browser.navigate(&format!("https://{FASTLY}/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    // As after an installation, the extension knows nothing of what there is.
    stage.browser.control("await ext.storage.session.clear()", json!([]))?;
    stage.browser.kill_worker()?;
    // The panel wakes it.
    stage.panel(&tab, "en", &[("state", json!("older-than-extension"))].into())?;
    stage.browser.switch(&tab)?;
    stage.go_back_to_kept(&format!("https://{CLOUDFLARE}/"))?;
    stage.see(&tab, &expected("missed", None)).map(drop)
}

/// Firefox commits the page of a tab that is doubled before it asks for it anew.
pub fn doubled(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&format!("https://{CLOUDFLARE}/slow?ms=0"))?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    for _ in 0..5 {
        let earlier = stage.requests().len();
        let id = stage.browser.control("return (await ext.tabs.duplicate(arguments[0])).id", json!([tab.id]))?;
        let double = tab.renumbered(id.as_i64().unwrap_or(-1));
        stage.browser.until("the page is complete", |browser| {
            let status = browser.control("return (await ext.tabs.get(arguments[0])).status", json!([double.id]))?;
            Ok((status == "complete", status))
        })?;
        let asked = stage.requests().iter().skip(earlier).any(|request| request.path == "/slow");
        stage.see_unloaded(&double, &expected("network", Some("cloudflare")))?;
        stage.browser.control("await ext.tabs.remove(arguments[0])", json!([double.id]))?;
        if !asked {
            return DidNotComeAbout::because("the browser did not ask for the page anew");
        }
    }
    Ok(())
}

/// Pages that load at the same time keep apart.
pub fn several(stage: &mut Stage) -> Outcome {
    let hosts = [CLOUDFLARE, FASTLY, CLOUDFRONT, BUNNY];
    let mut tabs = Vec::new();
    for (index, host) in hosts.into_iter().enumerate() {
        let tab = if index == 2 { stage.window()? } else { stage.tab()? };
        tabs.push((tab, host));
    }
    for (tab, host) in &tabs {
        stage.browser.switch(tab)?;
        stage.browser.leave_for(&format!("https://{host}/slow?ms=300"))?;
    }
    for (tab, host) in &tabs {
        stage.see(tab, &expected("network", delivered_by(host)))?;
    }
    // Going on in one changes nothing in the others.
    stage.browser.switch(&tabs[0].0)?;
    stage.browser.navigate(&format!("https://{OVHCLOUD}/"))?;
    stage.see(&tabs[0].0, &expected("network", Some("ovhcloud")))?;
    for (tab, host) in &tabs[1..] {
        stage.see(tab, &expected("network", delivered_by(host)))?;
    }
    // A closed tab takes its state along.
    let closed = tabs[1].0.clone();
    stage.close(&closed)?;
    let key = format!("tab:{}", closed.id);
    Ok(stage.browser.until("the closed tab is forgotten", |browser| {
        let keys = browser.control("return Object.keys(await ext.storage.session.get())", json!([]))?;
        Ok((!keys.as_array().is_some_and(|keys| keys.contains(&json!(key))), keys))
    })?)
}

/// The browser takes a tab out of memory, and loads it anew when the reader comes back to it.
pub fn discarded(stage: &mut Stage) -> Outcome {
    let tab = stage.tab()?;
    // In Chromium a driver's attention brings a discarded tab back at once, and until it is there
    // the driver hears nobody. So this page takes eight seconds to come back, and in these the
    // remote control looks at the panel by itself.
    stage.browser.navigate(&format!("https://{CLOUDFRONT}/slower?by={}", stage.kind))?;
    stage.see(&tab, &expected("network", Some("amazon-cloudfront")))?;
    // The one in front cannot be discarded.
    let panel = stage.panel_tab();
    stage.browser.activate(&panel)?;
    let seen = stage.browser.control(DISCARD_AND_LOOK, json!([tab.id, panel.id]))?;
    if seen["state"] != "discarded"
        || seen["deliveredBy"] != "amazon-cloudfront"
        || seen["badge"] != short_code("amazon-cloudfront")
    {
        return Err(format!("a discarded tab is shown like this: {seen}").into());
    }
    // Chromium gives it another number.
    let discarded = tab.renumbered(seen["id"].as_i64().unwrap_or(tab.id));
    stage.browser.control("await ext.tabs.update(arguments[0], { active: true })", json!([discarded.id]))?;
    stage.see_unloaded(&discarded, &expected("network", Some("amazon-cloudfront")))?;
    stage.browser.control("await ext.tabs.remove(arguments[0])", json!([discarded.id]))?;
    Ok(())
}

/// Discards a tab and says what the panel shows of it as soon as it says so, or after seven seconds.
/// It uses no timers, which browsers slow down in tabs that are not in front.
const DISCARD_AND_LOOK: &str = "
const [tabId, panelId] = arguments;
const id = (await ext.tabs.discard(tabId))?.id ?? tabId;
const url = ext.runtime.getURL(`panel.html?tab=${id}&lang=en`);
await ext.tabs.update(panelId, { url });
const begin = performance.now();
let panel, state;
while (state !== 'discarded' && performance.now() - begin < 7000) {
  const view = ext.extension.getViews().find((view) => view.location.href === url);
  panel = view?.document.getElementById('panel');
  state = panel?.querySelector('[data-part=state]')?.dataset.state;
  await ext.tabs.get(panelId);
}
return { id, state, deliveredBy: panel?.dataset.deliveredBy, badge: await ext.action.getBadgeText({ tabId: id }) };";
