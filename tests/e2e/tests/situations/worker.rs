//! The background may end at any moment: nothing that the reader saw is lost by it.

use std::thread;
use std::time::Duration;

use e2e::drivers::{GECKO_ID, TOOLBAR};
use e2e::sites::{CLOUDFLARE, FASTLY, HOPS, OVHCLOUD};
use serde_json::json;

use crate::stage::{Outcome, Stage, expected, led_on};

pub fn killed_and_woken(stage: &mut Stage) -> Outcome {
    let seen = stage.visit(&format!("https://{OVHCLOUD}/"))?;
    stage.see(&seen, &expected("network", Some("ovhcloud")))?;
    let tab = stage.tab()?;
    stage.browser.kill_worker()?;
    // The panel wakes it, and it knows what it knew.
    stage.see(&seen, &expected("network", Some("ovhcloud")))?;
    stage.browser.kill_worker()?;
    stage.browser.switch(&tab)?;
    // A navigation wakes it.
    stage.browser.navigate(&format!("https://{CLOUDFLARE}/"))?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    stage.see(&seen, &expected("network", Some("ovhcloud")))?;
    // Back to what was left before it was killed.
    stage.browser.switch(&tab)?;
    stage.browser.script("window.mark = 'kept'", json!([]))?;
    stage.browser.navigate(&format!("https://{FASTLY}/"))?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    stage.browser.kill_worker()?;
    stage.browser.switch(&tab)?;
    stage.go_back_to_kept(&format!("https://{CLOUDFLARE}/"))?;
    stage.see(&tab, &expected("back-forward-cache", Some("cloudflare"))).map(drop)
}

/// From an empty badge to the label, and nothing else in between: Firefox tells of a response late, often after the
/// load is complete.
pub fn woken_to_the_label(stage: &mut Stage) -> Outcome {
    let panel = stage.panel_tab();
    stage.browser.switch(&panel)?;
    stage.browser.navigate("about:blank")?;
    let tab = stage.tab()?;
    stage.browser.activate(&tab)?;
    let watch = format!("{TOOLBAR}{BADGES}");
    for _ in 0..8 {
        stage.browser.navigate("about:blank")?;
        stage.browser.until("the badge is gone", |browser| {
            let text = browser.badge(&tab)?.text;
            Ok((text.is_empty(), json!(text)))
        })?;
        stage.browser.kill_worker()?;
        let shown = stage.browser.privileged(&watch, json!([GECKO_ID, format!("https://{CLOUDFLARE}/"), "CF"]))?;
        if shown != json!(["CF"]) {
            return Err(format!("the toolbar showed {shown}").into());
        }
        stage.browser.switch(&tab)?;
    }
    stage.see(&tab, &expected("network", Some("cloudflare"))).map(drop)
}

/// Goes to a page in the tab in front, and collects what the toolbar shows until it is what is expected.
const BADGES: &str = "
const [, url, expected] = arguments;
const shown = [];
await new Promise((resolve) => {
  const deadline = setTimeout(resolve, 10000);
  const changes = new MutationObserver(() => {
    const text = badge();
    if (text && text !== shown.at(-1)) shown.push(text);
    if (text !== expected) return;
    changes.disconnect();
    clearTimeout(deadline);
    resolve();
  });
  changes.observe(button, { attributes: true });
  const triggeringPrincipal = Services.scriptSecurityManager.getSystemPrincipal();
  gBrowser.selectedBrowser.fixupAndLoadURIString(url, { triggeringPrincipal });
});
return shown";

pub fn killed_mid_load(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&format!("https://{OVHCLOUD}/"))?;
    stage.see(&tab, &expected("network", Some("ovhcloud")))?;
    // Between the request and its response.
    let query = format!("ms=1200&by={}", stage.kind);
    stage.browser.leave_for(&format!("https://{CLOUDFLARE}/slow?{query}"))?;
    stage.asked("the slow page is asked for", |request| request.query == query)?;
    stage.browser.kill_worker()?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    // After each of the hops of a chain of redirects, before the page itself arrives.
    for hop in 1..HOPS.len() {
        stage.browser.switch(&tab)?;
        // All chains end at one page: what stood there before is another one.
        stage.browser.navigate(&format!("https://{OVHCLOUD}/"))?;
        stage.see(&tab, &expected("network", Some("ovhcloud")))?;
        // Firefox loses what arrives while it ends a background, which takes a busy machine some time.
        let step = format!("step={}&ms=1200&by={}", hop - 1, stage.kind);
        stage.browser.leave_for(&format!("https://{}/hop?{step}", HOPS[hop - 1]))?;
        stage.asked("the hop is asked for", |request| request.path == "/hop" && request.query == step)?;
        stage.browser.kill_worker()?;
        stage.browser.switch(&tab)?;
        stage.arrive(&format!("https://{CLOUDFLARE}/"))?;
        let redirects = led_on(hop - 1, &format!("?{step}"), 1200);
        stage.see(&tab, &expected("network", Some("cloudflare")).with("redirects", redirects))?;
    }
    Ok(())
}

/// The module and the dataset are kept beside the tabs; whatever else stands there, the package has its own.
pub fn woken_with_what_was_kept(stage: &mut Stage) -> Outcome {
    let tab = stage.tab()?;
    let pages = [(CLOUDFLARE, "cloudflare"), (FASTLY, "fastly"), (OVHCLOUD, "ovhcloud")].into_iter().cycle();
    let damages = [
        "await ext.storage.session.remove('files'); return",
        "",
        "files.module = files.module.slice(9)",
        "files.image = files.image.slice(9)",
        "files.image = await files.image.arrayBuffer()",
        "files.hash = 'of another version'",
        "files = true",
        "files = null",
    ];
    for (damage, (host, provider)) in damages.into_iter().zip(pages) {
        let damage = format!(
            "let {{ files }} = await ext.storage.session.get('files'); {damage}; await ext.storage.session.set({{ files }})"
        );
        stage.browser.control(&damage, json!([]))?;
        stage.browser.kill_worker()?;
        stage.browser.switch(&tab)?;
        stage.browser.navigate(&format!("https://{host}/"))?;
        stage.see(&tab, &expected("network", Some(provider)))?;
        stage.browser.until("both files are kept as they are in the package", |browser| {
            let as_packaged = browser.control(
                "const { files } = await ext.storage.session.get('files');
                 const isPackaged = async (kept, name) => {
                   const packaged = new Uint8Array(await (await fetch(ext.runtime.getURL(name))).arrayBuffer());
                   const found = new Uint8Array(kept instanceof Blob ? await kept.arrayBuffer() : 0);
                   return packaged.length === found.length && found.every((byte, at) => byte === packaged[at]);
                 };
                 return [
                   await isPackaged(files?.module, 'served_by_bg.wasm'),
                   await isPackaged(files?.image, 'dataset.img'),
                   files?.hash ?? 'the package',
                 ]",
                json!([]),
            )?;
            Ok((as_packaged == json!([true, true, "the package"]), as_packaged))
        })?;
    }
    Ok(())
}

/// What was kept outlives the process that kept it, labels and files alike.
pub fn woken_in_another_process(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&format!("https://{CLOUDFLARE}/"))?;
    let before = expected("network", Some("cloudflare"));
    stage.see(&tab, &before)?;
    stage.browser.end_extension_process()?;
    stage.see(&tab, &before)?;
    stage.browser.kill_worker()?;
    stage.browser.switch(&tab)?;
    stage.browser.navigate(&format!("https://{FASTLY}/"))?;
    stage.see(&tab, &expected("network", Some("fastly"))).map(drop)
}

/// What a page does to itself says nothing of who delivered it.
pub fn asleep_while_a_title_changes(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&format!("https://{OVHCLOUD}/"))?;
    stage.see(&tab, &expected("network", Some("ovhcloud")))?;
    stage.browser.kill_worker()?;
    stage.browser.switch(&tab)?;
    for title in ["one", "two"] {
        stage.browser.script("document.title = arguments[0]", json!([title]))?;
        thread::sleep(Duration::from_millis(300));
        if stage.browser.is_awake()? {
            return Err(format!("the title `{title}` woke the background").into());
        }
    }
    stage.browser.navigate(&format!("https://{CLOUDFLARE}/"))?;
    stage.see(&tab, &expected("network", Some("cloudflare"))).map(drop)
}

/// No response is ever seen, and the background that is woken by the commit does not know that none was sent.
pub fn killed_while_a_service_worker_answers(stage: &mut Stage) -> Outcome {
    let tab = stage.visit_with_worker()?;
    let query = format!("by={}", stage.kind);
    stage.browser.leave_for(&format!("https://{CLOUDFLARE}/worker/late?{query}"))?;
    stage.asked("the page’s worker has the request", |request| {
        request.path == "/worker/asked" && request.query == query
    })?;
    stage.browser.kill_worker()?;
    stage.see(&tab, &expected("missed", None)).map(drop)
}

/// The moment in which a page waits is short; so what was saved in it is put back after the background is gone.
pub fn killed_while_a_page_waits(stage: &mut Stage) -> Outcome {
    let tab = stage.visit_with_worker()?;
    stage.see(&tab, &expected("network", Some("cloudflare")))?;
    let url = format!("https://{CLOUDFLARE}/worker/stored");
    let waiting = stage.browser.control(
        "const [id, url] = arguments;
         return await new Promise((done) => {
           ext.storage.session.onChanged.addListener(function listen(changes) {
             const saved = changes[`tab:${id}`]?.newValue;
             // What the page before fetched may still be saved.
             if (!saved?.includes(url)) return;
             ext.storage.session.onChanged.removeListener(listen);
             done(saved);
           });
           ext.tabs.update(id, { url });
         })",
        json!([tab.id, url]),
    )?;
    stage.see(&tab, &expected("service-worker", None))?;
    stage.browser.kill_worker()?;
    let put_back = "await ext.storage.session.set({ [`tab:${arguments[0]}`]: arguments[1] })";
    stage.browser.control(put_back, json!([tab.id, waiting]))?;
    // Something else may have woken it meanwhile.
    stage.browser.kill_worker()?;
    stage.see(&tab, &expected("missed", None)).map(drop)
}

pub fn killed_while_prerendering(stage: &mut Stage) -> Outcome {
    let tab = stage.visit(&format!("https://{FASTLY}/ahead?with=prerender&to=outlived"))?;
    stage.asked("the page is drawn ahead", |request| request.path == "/ahead/outlived")?;
    stage.see(&tab, &expected("network", Some("fastly")))?;
    thread::sleep(Duration::from_millis(400));
    stage.browser.kill_worker()?;
    stage.browser.switch(&tab)?;
    let tab = stage.click_to_prerendered(&tab, "go", &format!("https://{FASTLY}/ahead/outlived"))?;
    stage.see(&tab, &expected("prerendered", Some("fastly"))).map(drop)
}

/// Whatever is sent to the worker gets an answer that is an error, and the worker goes on.
pub fn messages(stage: &mut Stage) -> Outcome {
    for message in [
        json!(null),
        json!(7),
        json!("page"),
        json!([]),
        json!({}),
        json!({ "kind": "everything" }),
        json!({ "kind": "page" }),
        json!({ "kind": "page", "tab": "1" }),
        json!({ "kind": "page", "tab": 1e99 }),
        json!({ "kind": "x".repeat(1_000_000), "tab": 1 }),
    ] {
        let answer = stage.browser.control(
            "return await Promise.race([
               ext.runtime.sendMessage(arguments[0]).then((answer) => answer ?? null, (error) => ({ thrown: String(error) })),
               new Promise((done) => setTimeout(done, 3000, 'silent'))])",
            json!([message]),
        )?;
        if !answer["error"].is_string() {
            return Err(format!(
                "{} was answered with {answer}",
                message.to_string().chars().take(80).collect::<String>()
            )
            .into());
        }
    }
    let tab = stage.visit(&format!("https://{CLOUDFLARE}/"))?;
    stage.see(&tab, &expected("network", Some("cloudflare"))).map(drop)
}
