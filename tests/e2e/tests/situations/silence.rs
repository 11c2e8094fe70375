//! The extension asks nothing of the network: its policy forbids it, and the log of the network
//! in which the browsers run holds nothing but what pages and browsers asked.

use std::collections::BTreeSet;

use e2e::sites::{CLOUDFLARE, DOCUMENTED, SITES};
use serde_json::json;

use crate::stage::{Outcome, Stage};

/// Every way out of an extension page is shut, and each attempt is told as a breach of the policy.
pub fn policy_blocks_requests(stage: &mut Stage) -> Outcome {
    let target = format!("https://{CLOUDFLARE}/must-not-be-asked");
    let results = stage.browser.control(
        "const url = arguments[0];
         const breaches = [];
         document.addEventListener('securitypolicyviolation', (event) => breaches.push(event.effectiveDirective));
         const results = {};
         results.fetch = await fetch(url, { mode: 'no-cors' }).then(() => 'sent', () => 'refused');
         results.beacon = (() => { try { return navigator.sendBeacon(url, 'x') ? 'queued' : 'refused' } catch { return 'refused' } })();
         results.image = await new Promise((done) => {
           const image = new Image(); image.onload = () => done('sent'); image.onerror = () => done('refused'); image.src = url; });
         results.socket = await new Promise((done) => {
           try { const socket = new WebSocket(url.replace('https', 'wss')); socket.onopen = () => done('sent'); socket.onerror = () => done('refused') }
           catch { done('refused') } });
         results.frame = await new Promise((done) => {
           const frame = document.createElement('iframe'); frame.src = url; document.body.append(frame); setTimeout(done, 300, 'tried'); });
         await new Promise((done) => setTimeout(done, 200));
         return { results, breaches }",
        json!([target]),
    )?;
    let asked = stage.world.log().requests().iter().any(|request| request.path == "/must-not-be-asked");
    let refused = ["fetch", "image", "socket"].iter().all(|way| results["results"][way] == "refused");
    let told = results["breaches"].as_array().is_some_and(|breaches| breaches.contains(&json!("connect-src")));
    if asked || !refused || !told {
        return Err(format!("asked: {asked}; {results}").into());
    }
    // The manifest says the same to whoever reads it.
    let policy =
        stage.browser.control("return ext.runtime.getManifest().content_security_policy.extension_pages", json!([]))?;
    let policy = policy.as_str().unwrap_or_default();
    for part in ["default-src 'none'", "connect-src 'self'"] {
        if !policy.contains(part) {
            return Err(format!("`{part}` is not in the policy: {policy}").into());
        }
    }
    Ok(())
}

/// At the end of the run: every request came from a page, every name is one that a page used or
/// that the browser itself looks up when no extension is there.
pub fn only_pages_asked(stage: &mut Stage) -> Outcome {
    let log = stage.world.log();
    let strangers: Vec<String> = log
        .requests()
        .iter()
        .filter(|request| request.path == "/must-not-be-asked" || extension_sent(request.field("origin")))
        .map(|request| format!("{} {} {:?}", request.host, request.path, request.field("origin")))
        .collect();
    if !strangers.is_empty() {
        return Err(format!("requests that no page made: {}", strangers.join(", ")).into());
    }
    let ours: BTreeSet<&str> =
        SITES.iter().chain([&DOCUMENTED]).flat_map(|site| [Some(site.host), site.alias]).flatten().collect();
    let names: BTreeSet<String> = log
        .questions()
        .into_iter()
        .map(|question| question.name)
        .filter(|name| !ours.contains(name.as_str()) && !name.ends_with("missing.example") && !browsers_own(name))
        .collect();
    let names = json!(names);
    if names == json!([]) { Ok(()) } else { Err(format!("names that no page used: {names}").into()) }
}

fn extension_sent(origin: Option<&str>) -> bool {
    origin.is_some_and(|origin| origin.starts_with("chrome-extension:") || origin.starts_with("moz-extension:"))
}

/// Names that browsers look up without any extension: their makers', and Debian's start page.
fn browsers_own(name: &str) -> bool {
    const MAKERS: [&str; 9] = [
        "start.duckduckgo.com",
        "google.com",
        "googleapis.com",
        "gstatic.com",
        "gvt1.com",
        "mozilla.com",
        "mozilla.org",
        "mozilla.net",
        "firefox.com",
    ];
    MAKERS.iter().any(|maker| name.strip_suffix(maker).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}
