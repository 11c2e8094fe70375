//! How a page can arrive: over the network, from a store, ahead of time, or not at all.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use e2e::drivers::{Kind, Tab};
use e2e::sites::{BUNNY, CLOUDFLARE, CLOUDFRONT, FASTLY, HOSTILE, MANY, PLAIN, SITES};
use e2e::world::Request;
use serde_json::{Value, json};

use crate::stage::{DidNotComeAbout, Outcome, Stage, delivered_by, expected, led_on};

fn url(host: &str, path: &str) -> String {
    format!("https://{host}{path}")
}

/// Every imitated provider and chain gets the verdict that its page promises.
pub fn plain_load(stage: &mut Stage) -> Outcome {
    let tab = stage.tab()?;
    let mut faults = Vec::new();
    for site in SITES.iter().filter(|site| site.host != HOSTILE) {
        stage.browser.switch(&tab)?;
        stage.browser.navigate(&url(site.host, "/"))?;
        let mut wanted = expected("network", site.delivered_by).with("host", json!(site.host));
        if site.host == PLAIN {
            // Nobody stands in front: the network that answered is named, by a table that is loaded late.
            wanted = wanted.badge("AS").with("operator", json!("Renater (AS2200)"));
        }
        let outcome = stage.see(&tab, &wanted).and_then(|panel| {
            let name = site.host.replace('.', "-");
            let panel_tab = stage.panel_tab();
            stage.browser.switch(&panel_tab)?;
            stage.shot(&format!("host-{name}"))?;
            let faults = check(&panel, site.delivered_by);
            if faults.is_empty() { Ok(()) } else { Err(format!("{}: {panel}", faults.join(", ")).into()) }
        });
        // Each host is its own finding: one wrong verdict shall not hide another.
        if let Err(error) = outcome {
            faults.push(format!("{}: {error}", site.host));
        }
    }
    // http: is as good as https: here.
    stage.browser.switch(&tab)?;
    stage.browser.navigate(&format!("http://{CLOUDFLARE}/"))?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    // Of a long address only the beginning is kept.
    stage.browser.navigate(&url(FASTLY, &format!("/?{}", "q".repeat(6_000))))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    let saved = stage.saved(tab.id)?;
    if saved.as_str().is_none_or(|saved| !saved.contains("qqqq") || saved.contains(&"q".repeat(4_097))) {
        return Err("not the beginning of the address is kept".into());
    }
    let colours = stage.browser.control(
        "const of = { tabId: arguments[0] };
         return [await ext.action.getBadgeBackgroundColor(of), await ext.action.getBadgeTextColor(of)].map((colour) => [...colour])",
        json!([tab.id]),
    )?;
    if colours != json!([[74, 74, 85, 255], [255, 255, 255, 255]]) {
        faults.push(format!("the badge has the colours {colours}, and every one is to be white on grey"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n    ").into()) }
}

/// What every panel of a plain load has.
fn check(panel: &Value, delivered_by: Option<&str>) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let mut must = |fine: bool, fault: &'static str| {
        if !fine {
            faults.push(fault);
        }
    };
    let chain = panel["chain"].as_array().map(Vec::as_slice).unwrap_or_default();
    must(panel["sentence"].as_str().is_some_and(|text| !text.trim().is_empty()), "no sentence");
    must(panel["dataset"].as_str().is_some_and(|text| text.contains("20")), "no date of the dataset");
    must(!panel["copy"].is_null(), "nothing about the copy");
    must(!panel["origin"].is_null(), "nothing about the origin server");
    must(!chain.is_empty(), "no chain");
    if let Some(provider) = delivered_by {
        must(chain.iter().any(|layer| layer[0] == provider), "the deliverer is not in the chain");
        must(panel["evidence"].as_u64() > Some(0), "no evidence");
        must(panel["grade"] != "unknown", "no grade");
    }
    faults
}

/// A page with everybody's fields is no reason to be certain, and its values stay text.
pub fn hostile_page(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(HOSTILE, "/"))?;
    stage.browser.until("there is a badge", |browser| {
        let badge = browser.badge(&tab)?;
        Ok((!badge.text.is_empty(), json!(badge.title)))
    })?;
    let panel = stage.panel(&tab, "en", &[("state", json!("network"))].into())?;
    stage.shot("hostile")?;
    if panel["grade"] == "certain" {
        return Err(format!("certain of a page that sends everybody’s fields: {panel}").into());
    }
    if panel["active"] != 0 || panel["title"] == "taken" {
        return Err(format!("a field’s value became markup: {panel}").into());
    }
    Ok(())
}

pub fn redirect_chain(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/hop"))?;
    stage.arrive(&url(CLOUDFLARE, "/"))?;
    let page = expected("network", delivered_by(CLOUDFLARE)).with("redirects", led_on(0, "", 0));
    stage.see(&tab, &page).map(drop)
}

/// Waits until the clock shows another second: the states of a cache are told apart by `Date`.
fn next_second() {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    thread::sleep(Duration::from_millis(u64::from(1050 - since.subsec_millis())));
}

pub fn revalidated(stage: &mut Stage) -> Outcome {
    confirmed(stage, "/revalidated")
}

/// Firefox tells that somebody was asked, so that it does not matter of when the `Date` is.
pub fn revalidated_with_an_old_date(stage: &mut Stage) -> Outcome {
    confirmed(stage, "/old/revalidated")
}

fn confirmed(stage: &mut Stage, path: &str) -> Outcome {
    let page = url(CLOUDFLARE, path);
    let tab = stage.visit(&page)?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    stage.browser.navigate(&url(FASTLY, "/"))?;
    next_second();
    stage.browser.navigate(&page)?;
    stage.asked("the browser asked whether its copy is good", |request| {
        request.path == path && request.field("if-none-match").is_some()
    })?;
    stage.see(&tab, &expected("revalidated", Some("cloudflare"))).map(drop)
}

pub fn browser_cache(stage: &mut Stage) -> Outcome {
    let page = url(CLOUDFLARE, &format!("/kept?by={}", stage.kind));
    let tab = stage.visit(&page)?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    stage.browser.navigate(&url(FASTLY, "/"))?;
    next_second();
    stage.browser.navigate(&page)?;
    stage.see(&tab, &expected("browser-cache", Some("cloudflare")))?;
    let query = format!("by={}", stage.kind);
    let times = stage.world.log().requests().iter().filter(|request| request.query == query).count();
    if times == 1 { Ok(()) } else { Err(format!("the page was fetched {times} times").into()) }
}

/// The copy that came for one tab serves another a moment later.
pub fn browser_cache_of_another_tab(stage: &mut Stage) -> Outcome {
    let page = url(CLOUDFLARE, &format!("/kept?tabs={}", stage.kind));
    let first = stage.visit(&page)?;
    stage.see(&first, &expected("network", Some("cloudflare")))?;
    let second = stage.visit(&page)?;
    if stage.requests().iter().filter(|request| request.path == "/kept").count() != 1 {
        return DidNotComeAbout::because("the browser did not take its copy");
    }
    stage.see(&second, &expected("browser-cache", Some("cloudflare")))?;
    stage.see(&first, &expected("network", Some("cloudflare"))).map(drop)
}

/// A redirect that the browser kept leads to a page that comes over the network.
pub fn kept_redirect(stage: &mut Stage) -> Outcome {
    let moved = url(FASTLY, &format!("/moved?by={}", stage.kind));
    let tab = stage.visit(&moved)?;
    let page = expected("network", Some("cloudflare")).with("redirects", json!([format!("301 {moved}")]));
    stage.see(&tab, &page)?;
    stage.browser.navigate(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.navigate(&moved)?;
    let times = |stage: &Stage, path: &str| stage.requests().iter().filter(|request| request.path == path).count();
    if (times(stage, "/moved"), times(stage, "/old")) != (1, 2) {
        return DidNotComeAbout::because("the browser kept the page, or did not keep the redirect");
    }
    stage.see(&tab, &page).map(drop)
}

pub fn service_worker(stage: &mut Stage) -> Outcome {
    let tab = stage.visit_with_worker()?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    // Answered from the worker's cache; then passed through it: neither response is the page's own.
    stage.browser.navigate(&url(CLOUDFLARE, "/worker/stored"))?;
    stage.see(&tab, &expected("service-worker", None))?;
    stage.browser.navigate(&url(CLOUDFLARE, "/worker/passed"))?;
    stage.see(&tab, &expected("service-worker", None))?;
    // What the worker fetched for the page is told, and by whom it was answered; Firefox may tell of it late.
    let told = format!("{CLOUDFLARE}; the surest answer over the network: Cloudflare");
    let panel = stage.panel_tab();
    stage.browser.switch(&panel)?;
    stage.browser.until(&format!("the panel says `{told}`"), |browser| {
        let text = browser.script("return document.body.textContent", json!([]))?;
        Ok((text.as_str().is_some_and(|text| text.contains(&told)), text))
    })?;
    // Brought back, it says so, and what the worker fetched for it is still told.
    stage.browser.switch(&tab)?;
    stage.browser.script("window.mark = 'kept'", json!([]))?;
    stage.browser.navigate(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.go_back_to_kept(&url(CLOUDFLARE, "/worker/passed"))?;
    let panel = stage.see(&tab, &expected("back-forward-cache", None))?;
    match panel["hosts"].as_str() {
        Some(hosts) if hosts.contains(&told) => Ok(()),
        _ => Err(format!("the panel no longer says `{told}`: {}", panel["hosts"]).into()),
    }
}

/// Firefox keeps the number of the empty document that such a tab begins with.
pub fn opened_by_its_own_site(stage: &mut Stage) -> Outcome {
    let opener = stage.visit(&url(CLOUDFLARE, "/"))?;
    stage.see(&opener, &expected("network", Some("cloudflare")))?;
    stage.browser.switch(&opener)?;
    let opened = stage.open(&url(CLOUDFLARE, "/opened"))?;
    stage.see(&opened, &expected("network", Some("cloudflare")).with("host", json!(CLOUDFLARE))).map(drop)
}

/// A script of the page writes another document in its place: nobody delivered it, and no service worker made it.
pub fn made_by_a_script(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.script("setTimeout(() => { location.href = 'javascript:\"made\"' }, 0)", json!([]))?;
    stage.browser.until("the document is the script’s", |browser| {
        let text = browser.script("return document.body.textContent", json!([]))?;
        Ok((text == "made", text))
    })?;
    stage.see(&tab, &expected("missed", None)).map(drop)
}

pub fn back_forward_cache(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(CLOUDFLARE, "/"))?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    stage.browser.script("window.mark = 'kept'", json!([]))?;
    stage.browser.navigate(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.go_back_to_kept(&url(CLOUDFLARE, "/"))?;
    stage.see(&tab, &expected("back-forward-cache", Some("cloudflare"))).map(drop)
}

/// Each browser says in its own field that it fetches something for later.
fn is_ahead(request: &Request) -> bool {
    request.field("sec-purpose").is_some() || request.field("x-moz").is_some()
}

/// Did the browser take what it had fetched, or fetch it anew?
fn took_what_was_fetched_ahead(stage: &Stage, is_it: impl Fn(&Request) -> bool) -> Outcome {
    if stage.requests().iter().any(|request| is_it(request) && !is_ahead(request)) {
        return DidNotComeAbout::because("the browser did not take what it had fetched ahead");
    }
    Ok(())
}

pub fn prefetched_by_link(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(CLOUDFLARE, "/prefetch"))?;
    let is_it = |request: &Request| request.path == "/kept" && request.query == "ahead";
    stage.asked("the page is fetched ahead", |request| is_it(request) && is_ahead(request))?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    next_second();
    stage.click("go")?;
    stage.arrive(&url(CLOUDFLARE, "/kept?ahead"))?;
    took_what_was_fetched_ahead(stage, is_it)?;
    stage.see(&tab, &expected("prefetched", Some("cloudflare"))).map(drop)
}

/// A script of the page asked for another page, which bears the `Date` of its storing; then the reader goes there, and
/// it comes over the network again.
pub fn fetched_by_a_script(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.script("await (await fetch('/old')).text()", json!([]))?;
    stage.browser.leave_for(&url(FASTLY, "/old"))?;
    stage.arrive(&url(FASTLY, "/old"))?;
    let times = stage.requests().iter().filter(|request| request.path == "/old").count();
    if times != 2 {
        return Err(format!("the page was fetched {times} times").into());
    }
    stage.see(&tab, &expected("network", Some("fastly"))).map(drop)
}

pub fn prefetched_by_rule(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/ahead?with=prefetch&to=fetched"))?;
    let is_it = |request: &Request| request.path == "/ahead/fetched";
    stage.asked("the page is fetched ahead", |request| is_it(request) && is_ahead(request))?;
    // What is fetched for later says nothing about the page on screen.
    stage.see(&tab, &expected("network", Some("fastly")))?;
    next_second();
    stage.click("go")?;
    stage.arrive(&url(FASTLY, "/ahead/fetched"))?;
    took_what_was_fetched_ahead(stage, is_it)?;
    stage.see(&tab, &expected("prefetched", Some("fastly"))).map(drop)
}

pub fn prerendered(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/ahead?with=prerender&to=drawn"))?;
    stage.asked("the page is drawn ahead", |request| {
        request.path == "/ahead/drawn" && request.field("sec-purpose").is_some_and(|value| value.contains("prerender"))
    })?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    thread::sleep(Duration::from_millis(300)); // The document is built without any sign to the page.
    let tab = stage.click_to_prerendered(&tab, "go", &url(FASTLY, "/ahead/drawn"))?;
    stage.see(&tab, &expected("prerendered", Some("fastly"))).map(drop)
}

/// A page that is built ahead moves inside itself, and not inside the page on screen.
pub fn moving_prerender(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/ahead?with=prerender&to=moving"))?;
    stage.asked("the page has moved", |request| request.path == "/dot" && request.query == "from=moved")?;
    thread::sleep(Duration::from_millis(300)); // The browser tells of it without any sign to the page.
    stage.see(&tab, &expected("network", Some("fastly")).with("inPage", json!("false")))?;
    let tab = stage.click_to_prerendered(&tab, "go", &url(FASTLY, "/ahead/moved"))?;
    stage.see(&tab, &expected("prerendered", Some("fastly"))).map(drop)
}

/// What a page fetches while it is built ahead stands among its own hosts, not among those of the page on screen.
pub fn fetching_prerender(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/ahead?with=prerender&to=fetching"))?;
    for host in [BUNNY, CLOUDFRONT] {
        stage.asked("the page fetches", |request| request.host == host && request.query == "ahead")?;
    }
    thread::sleep(Duration::from_millis(300)); // The browser tells of it without any sign to the page.
    stage.see(&tab, &expected("network", Some("fastly")).with("hosts", Value::Null))?;
    let tab = stage.click_to_prerendered(&tab, "go", &url(FASTLY, "/ahead/fetching"))?;
    let panel = stage.see(&tab, &expected("prerendered", Some("fastly")))?;
    match panel["hosts"].as_str() {
        Some(hosts) if hosts.contains(BUNNY) && hosts.contains(CLOUDFRONT) => Ok(()),
        _ => Err(format!("it fetched from {BUNNY} and {CLOUDFRONT}, and shows {}", panel["hosts"]).into()),
    }
}

/// While the page's worker has the tab's navigation in hand, a page is built ahead in the same tab.
pub fn service_worker_beside_a_prerender(stage: &mut Stage) -> Outcome {
    let tab = stage.visit_with_worker()?;
    stage.browser.script(
        "const rules = document.createElement('script');
         rules.type = 'speculationrules';
         rules.textContent = JSON.stringify({ prerender: [{ urls: ['/slow?ms=1000'], eagerness: 'immediate' }] });
         document.head.append(rules);
         setTimeout(() => { location.href = '/worker/late?by=prerender' }, 300)",
        json!([]),
    )?;
    stage.arrive(&url(CLOUDFLARE, "/worker/late?by=prerender"))?;
    stage.asked("a page is built ahead", |request| {
        request.path == "/slow" && request.field("sec-purpose").is_some_and(|value| value.contains("prerender"))
    })?;
    stage.see(&tab, &expected("service-worker", None)).map(drop)
}

pub fn in_page(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(CLOUDFLARE, "/in-page"))?;
    let plain = expected("network", Some("cloudflare"));
    for (button, address) in
        [("push", "/in-page/pushed"), ("replace", "/in-page/replaced"), ("fragment", "/in-page#part")]
    {
        stage.browser.navigate(&url(CLOUDFLARE, "/in-page"))?;
        stage.see(&tab, &plain.clone().with("inPage", json!("false")))?;
        stage.click(button)?;
        stage.arrive(&url(CLOUDFLARE, address))?;
        stage.see(&tab, &plain.clone().with("inPage", json!("true")))?;
    }
    stage.shot_panel("in-page", &tab)
}

pub fn download(stage: &mut Stage) -> Outcome {
    aside(stage, "/download", "download")
}

pub fn no_content(stage: &mut Stage) -> Outcome {
    aside(stage, "/nothing", "no-content")
}

/// A response that no document comes of, asked for by a page of another provider's.
fn aside(stage: &mut Stage, path: &str, state: &'static str) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.leave_for(&url(CLOUDFLARE, path))?;
    stage.asked("the response was asked for", |request| request.path == path)?;
    // The page on screen is still the one from before.
    thread::sleep(Duration::from_millis(500));
    let mut last = Value::Null;
    let page = expected("network", Some("fastly"));
    for _ in 0..20 {
        last = stage.see(&tab, &page)?;
        if last["states"].as_array().is_some_and(|states| states.contains(&json!(state))) {
            return stage.shot_panel(&format!("state-{state}"), &tab);
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(format!("nothing in the panel has the state {state}: {last}").into())
}

pub fn failed(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.leave_for("https://missing.example/")?;
    stage.see(&tab, &expected("failed", None))?;
    stage.browser.navigate(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    // The failure is what wakes the background; whatever loads next is not taken for it.
    stage.browser.kill_worker()?;
    stage.browser.switch(&tab)?;
    stage.browser.leave_for("https://missing.example/again")?;
    stage.see(&tab, &expected("failed", None))?;
    stage.browser.switch(&tab)?;
    stage.browser.navigate(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly"))).map(drop)
}

/// An error with nothing in it: whatever the browser shows in its place, the page before is gone.
pub fn error_without_content(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    for asleep in [false, true] {
        if asleep {
            stage.browser.kill_worker()?;
            stage.browser.switch(&tab)?;
        }
        stage.browser.leave_for(&url(CLOUDFLARE, "/unwell"))?;
        stage.see(&tab, &expected("network", Some("cloudflare")))?;
        stage.browser.navigate(&url(FASTLY, "/"))?;
        stage.see(&tab, &expected("network", Some("fastly")))?;
    }
    Ok(())
}

/// The page's service worker took the request and has nothing to give, as where a page is not to be had offline.
pub fn failing_service_worker(stage: &mut Stage) -> Outcome {
    let tab = stage.visit_with_worker()?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    stage.browser.leave_for(&url(CLOUDFLARE, "/worker/never"))?;
    stage.see(&tab, &expected("failed", None))?;
    stage.browser.navigate(&url(CLOUDFLARE, "/worker/stored"))?;
    stage.see(&tab, &expected("service-worker", None)).map(drop)
}

/// What came of a page before its connection ended is on screen, and its label stays.
pub fn broken(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/"))?;
    let page = expected("network", Some("cloudflare"));
    stage.browser.leave_for(&url(CLOUDFLARE, "/broken"))?;
    // Such a page is never complete, but it is there.
    stage.browser.until("the broken page is on screen", |browser| {
        let found = browser.script("return location.href", json!([]))?;
        Ok((found == url(CLOUDFLARE, "/broken"), found))
    })?;
    thread::sleep(Duration::from_millis(500)); // That it ended is told without any sign to the page.
    stage.see(&tab, &page).map(drop)
}

pub fn many_requests(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&format!("http://{CLOUDFLARE}/many"))?;
    let begin = Instant::now();
    while stage.browser.script("return document.title", json!([]))? != format!("done {MANY}") {
        if begin.elapsed() > Duration::from_secs(180) {
            return Err(format!("the page did not get {MANY} answers in three minutes").into());
        }
        thread::sleep(Duration::from_millis(100));
    }
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    // The panel follows the count, which the browser may still be telling: a quarter went to the
    // page's own host, the rest to others.
    let (others, own) = (thousands(MANY / 4 * 3), thousands(MANY / 4));
    let panel = stage.panel_tab();
    stage.browser.switch(&panel)?;
    let url = stage.browser.extension_url(&format!("panel.html?tab={}&lang=en", tab.id));
    stage.browser.navigate(&url)?;
    stage.browser.until("every request is counted", |browser| {
        let text = browser.script("return document.getElementById('panel').textContent", json!([]))?;
        let text = text.as_str().unwrap_or_default();
        let counted = text.contains(&format!("{others} requests")) && text.contains(&format!("{own} requests"));
        Ok((counted && text.contains(CLOUDFRONT), json!(text)))
    })?;
    stage.shot("many")?;
    // The state of a tab has a limit, whatever the page does.
    let saved = stage.saved(tab.id)?;
    let len = saved.as_str().map_or(0, str::len);
    if len == 0 || len > 200_000 {
        return Err(format!("the saved state has {len} characters").into());
    }
    Ok(())
}

/// As the panel writes numbers in English.
fn thousands(number: u32) -> String {
    format!("{},{:03}", number / 1000, number % 1000)
}

pub fn browser_page(stage: &mut Stage) -> Outcome {
    let (first, second) = match stage.kind {
        Kind::Chromium => ("chrome://version/", "about:blank"),
        Kind::Firefox => ("about:support", "about:blank"),
    };
    let tab = stage.tab()?;
    for page in [first, second] {
        stage.browser.switch(&tab)?;
        stage.browser.navigate(&url(FASTLY, "/"))?;
        stage.see(&tab, &expected("network", Some("fastly")))?;
        stage.browser.navigate(page)?;
        stage.see(&tab, &expected("browser-page", None).badge(""))?;
    }
    Ok(())
}

/// The browser's page about a failure is of no address, and neither is the one that the reader opens then.
pub fn browser_page_after_a_failure(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.leave_for("https://missing.example/")?;
    stage.see(&tab, &expected("failed", None))?;
    let own = if stage.kind == Kind::Firefox { "about:support" } else { "chrome://version/" };
    stage.browser.navigate(own)?;
    stage.see(&tab, &expected("browser-page", None).badge("")).map(drop)
}

/// What comes cannot be read, or leads to a scheme that nobody knows: the browser's own page about it is no page of
/// the site's.
pub fn shown_by_nobody(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/"))?;
    for path in ["/garbled", "/nowhere"] {
        stage.browser.switch(&tab)?;
        stage.browser.navigate(&url(FASTLY, "/"))?;
        stage.see(&tab, &expected("network", Some("fastly")))?;
        // What a page asks for may lead nowhere, and the page stays.
        from_the_address_bar(stage, &tab, &url(CLOUDFLARE, path))?;
        stage.see(&tab, &expected("failed", None).with("host", json!(CLOUDFLARE)))?;
    }
    Ok(())
}

/// In Firefox, as no script of a page could.
fn from_the_address_bar(stage: &mut Stage, tab: &Tab, address: &str) -> Outcome {
    let load =
        "const { ExtensionParent } = ChromeUtils.importESModule('resource://gre/modules/ExtensionParent.sys.mjs');
        ExtensionParent.apiManager.global.tabTracker.getTab(arguments[0]).linkedBrowser.fixupAndLoadURIString(
          arguments[1], { triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() })";
    Ok(stage.browser.privileged(load, json!([tab.id, address])).map(drop)?)
}

/// The text of a page is as much the server's as the page.
pub fn source_of_a_page(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    let source = format!("view-source:{}", url(CLOUDFLARE, "/?the-source"));
    match stage.kind {
        Kind::Chromium => stage.browser.navigate(&source)?,
        Kind::Firefox => from_the_address_bar(stage, &tab, &source)?,
    }
    stage.see(&tab, &expected("network", Some("cloudflare"))).map(drop)
}

pub fn local_file(stage: &mut Stage) -> Outcome {
    let path = stage.local_file("page.html", "<!doctype html><title>A file</title><p>A file.")?;
    let tab = stage.visit(&url(FASTLY, "/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.navigate(&format!("file://{}", path.display()))?;
    // No server took part, so there is nothing to put on the badge; the tooltip says why.
    stage.see(&tab, &expected("local-file", None).badge(""))?;
    let title = stage.browser.badge(&tab)?.title;
    if title.is_empty() { Err("the tooltip is empty".into()) } else { Ok(()) }
}
