//! What the extension may see: sites it has no access to, private windows, and a proxy on the way.

use std::thread;
use std::time::Duration;

use e2e::drivers::{Browser, Kind, Options, Tab};
use e2e::looks;
use e2e::sites::{CLOUDFLARE, CLOUDFRONT, FASTLY, STORES};
use serde_json::{Value, json};

use crate::stage::{DidNotComeAbout, Outcome, SAVED, Stage, expected, root};

pub fn revoked_and_granted(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&format!("https://{CLOUDFLARE}/"))?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    stage.browser.let_in_everywhere(false)?;
    stage.browser.switch(&tab)?;
    stage.browser.navigate(&format!("https://{FASTLY}/"))?;
    stage.see(&tab, &expected("no-access", None))?;
    asked_for(stage, &tab)?;
    // Granted while the page stands there: its response has gone by.
    stage.see(&tab, &expected("older-than-extension", None))?;
    stage.browser.navigate(&format!("https://{FASTLY}/"))?;
    stage.see(&tab, &expected("network", Some("fastly"))).map(drop)
}

/// The background hears of the grant only once it is awake, and by then of nothing that it heard before.
pub fn granted_while_asleep(stage: &mut Stage) -> Outcome {
    stage.browser.let_in_everywhere(false)?;
    let tab = stage.visit(&format!("https://{FASTLY}/"))?;
    stage.see(&tab, &expected("no-access", None))?;
    stage.browser.kill_worker()?;
    stage.browser.let_in_everywhere(true)?;
    stage.see(&tab, &expected("older-than-extension", None)).map(drop)
}

/// Who lets the extension in at one site has no need to let it in everywhere.
pub fn granted_for_one_site(stage: &mut Stage) -> Outcome {
    stage.browser.let_in_everywhere(false)?;
    let page = format!("https://{FASTLY}/");
    let tab = stage.visit(&page)?;
    stage.see(&tab, &expected("no-access", None))?;
    stage.browser.permit(true, &[], &[&format!("{page}*")])?;
    stage.see(&tab, &expected("older-than-extension", None))?;
    stage.browser.navigate(&page)?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.navigate(&format!("https://{CLOUDFLARE}/"))?;
    stage.see(&tab, &expected("no-access", None))?;
    Ok(stage.browser.let_in_everywhere(true)?)
}

/// Each browser keeps the site that its extensions come from to itself, though the reader allows all sites.
pub fn shown_to_no_extension(stage: &mut Stage) -> Outcome {
    let store = match stage.kind {
        Kind::Chromium => STORES[0],
        Kind::Firefox => STORES[1],
    };
    let tab = stage.visit(&format!("https://{FASTLY}/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.navigate(&format!("https://{store}/"))?;
    stage.see(&tab, &expected("no-access", None).with("host", json!(store)).with("asks", Value::Null))?;
    // The background asks anew what it may see, and may see all that the reader can allow.
    stage.browser.kill_worker()?;
    stage.panel(&tab, "en", &[("state", json!("no-access"))].into())?;
    thread::sleep(Duration::from_millis(500)); // It asks a moment after its start.
    stage.see(&tab, &expected("no-access", None)).map(drop)
}

/// The panel offers to ask for access, to everybody who can press a button; one click asks. Nobody can answer
/// Chromium's question in a test, so there access is granted in the browser's settings.
fn asked_for(stage: &mut Stage, tab: &Tab) -> Outcome {
    let axe = looks::axe()?;
    let panel = stage.panel_tab();
    let mut faults = Vec::new();
    for look in looks::all() {
        look.begin(&mut stage.browser, &panel)?;
        let asks =
            if look.lang == "fr" { "Autoriser l’accès à tous les sites" } else { "Allow access to all sites" };
        stage.panel(tab, look.lang, &[("state", json!("no-access")), ("asks", json!(asks))].into())?;
        stage.shot(&format!("no-access-{}", look.name()))?;
        faults.extend(look.faults(&mut stage.browser, &axe)?);
    }
    looks::end(&mut stage.browser)?;
    if !faults.is_empty() {
        return Err(faults.join("\n    ").into());
    }
    if stage.kind == Kind::Chromium {
        return Ok(stage.browser.let_in_everywhere(true)?);
    }
    stage.browser.say_yes()?;
    stage.panel(tab, "en", &[("state", json!("no-access"))].into())?;
    stage.browser.press("[data-action=ask-for-access]")?;
    Ok(stage.browser.knows_access(true)?)
}

/// Firefox tells who issued the certificate, if the reader allows it, and not before.
pub fn issuer(stage: &mut Stage) -> Outcome {
    let page = format!("https://{CLOUDFRONT}/");
    let tab = stage.visit(&page)?;
    stage.see(&tab, &expected("network", Some("amazon-cloudfront")))?;
    if stage.saved(tab.id)?.as_str().is_none_or(|saved| saved.contains(ISSUER)) {
        return Err("the issuer was told without being allowed".into());
    }
    stage.browser.permit(true, &["webRequestBlocking"], &[])?;
    stage.browser.switch(&tab)?;
    let mut attempts = 0;
    stage.browser.until("the issuer is told", |browser| {
        // The background hears of the permission some time after it was given.
        attempts += 1;
        browser.navigate(&format!("{page}?attempt={attempts}"))?;
        thread::sleep(Duration::from_millis(300)); // What is told of a page is saved in a moment.
        let saved = browser.control(SAVED, json!([format!("tab:{}", tab.id)]))?;
        Ok((saved.as_str().is_some_and(|saved| saved.contains(ISSUER)), saved))
    })?;
    // From then on it is told of every page; what is saved has those before too.
    let told = |saved: &Value| saved.as_str().unwrap_or_default().matches(ISSUER).count();
    let before = told(&stage.saved(tab.id)?);
    stage.browser.switch(&tab)?;
    stage.browser.navigate(&format!("{page}?told"))?;
    stage.browser.until("the issuer is told again", |browser| {
        let saved = browser.control(SAVED, json!([format!("tab:{}", tab.id)]))?;
        Ok((told(&saved) > before, saved))
    })?;
    stage.see(&tab, &expected("network", Some("amazon-cloudfront")))?;
    // The options tell so, and take it back.
    let options = stage.browser.extension_url("options.html");
    let panel = stage.panel_tab();
    stage.browser.switch(&panel)?;
    stage.browser.navigate(&options)?;
    for (pressed, then) in [("true", "click"), ("false", "leave")] {
        stage.browser.until("the options tell whether issuers are read", |browser| {
            let script = "const button = document.querySelector('[data-action=certificates]');
                const pressed = button?.getAttribute('aria-pressed') ?? null;
                if (pressed === arguments[0] && arguments[1] === 'click') button.click();
                return pressed";
            let seen = browser.script(script, json!([pressed, then]))?;
            Ok((seen == pressed, seen))
        })?;
    }
    let left = stage.browser.control("return (await ext.permissions.getAll()).permissions", json!([]))?;
    match left.as_array() {
        Some(left) if !left.contains(&json!("webRequestBlocking")) => Ok(()),
        _ => Err(format!("the permission was not given back: {left}").into()),
    }
}

const ISSUER: &str = "CN=Served By demonstration";

pub fn private_window(stage: &mut Stage) -> Outcome {
    stage.browser.allow_private_windows()?;
    stage.renew_panel()?;
    let tab = stage.browser.open_private_window()?;
    stage.browser.navigate(&format!("https://{CLOUDFLARE}/"))?;
    let private = stage.browser.control("return (await ext.tabs.get(arguments[0])).incognito", json!([tab.id]))?;
    if private != true {
        return DidNotComeAbout::because("the window is not private");
    }
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    stage.shot_panel("private-window", &tab)?;
    stage.browser.close(&tab)?;
    let key = format!("tab:{}", tab.id);
    stage.browser.until("nothing of the private window is left", |browser| {
        let kept = browser.control(
            "return [Object.keys(await ext.storage.session.get()), Object.keys(await ext.storage.local.get())]",
            json!([]),
        )?;
        let session = kept[0].as_array().is_some_and(|keys| keys.contains(&json!(key)));
        // What the reader chose may stand there: the country of "a documented site", nothing of a visit.
        let disk = kept[1].as_array().is_some_and(|keys| keys.iter().any(|key| key != "country"));
        Ok((!session && !disk, kept))
    })?;
    Ok(())
}

/// A browser of its own, because Chromium takes a proxy only at its start.
pub fn behind_a_proxy(stage: &mut Stage) -> Outcome {
    let proxy = stage.world.start_proxy()?;
    let extension = root().join("dist").join(stage.kind.name());
    let options =
        Options { extension: Some(&extension), proxy: Some(proxy.address()), ..Options::new(stage.kind, stage.world) };
    let browser = Browser::start(&options)?;
    stage.elsewhere(browser, |stage| {
        for scheme in ["https", "http"] {
            let before = proxy.connections();
            let tab = stage.visit(&format!("{scheme}://{CLOUDFLARE}/"))?;
            if proxy.connections() == before {
                return DidNotComeAbout::because("the browser went past the proxy");
            }
            // The address is the proxy's, and the fields still tell.
            stage.see(&tab, &expected("proxied", Some("cloudflare")))?;
        }
        Ok(())
    })
}
