//! Updates of the dataset in real browsers, from a channel of our own: taken, refused, broken off, left.
//!
//! The extension is the built one with another `channel.txt` and the channel's address in its policy, as a
//! build with `SERVED_BY_CHANNEL` has them. Arguments choose a browser, or a scene by its name.

/// The server, its moods, and who publishes there.
mod channel;
/// A clock that is wrong by decades.
mod clock;
/// A full disk.
mod full;
/// Updates that are killed at any step.
mod killed;
/// The same from nginx.
mod nginx;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, panic, thread};

use base64::Engine as _;
use channel::{HOST, Mood, Publisher};
use e2e::drivers::{Browser, Kind, Options, Tab};
use e2e::looks;
use e2e::publisher::root;
use e2e::sites::{self, CLOUDFLARE};
use e2e::world::{self, Isolation, Request, World};
use serde_json::{Value, json};

pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// What is played, each with its own browser.
type Scene = fn(Kind, &World) -> Outcome;
const SCENES: [(&str, Scene); 5] = [
    ("life", life),
    ("clock", clock::a_wrong_clock_locks_nobody_out),
    ("full", full::a_full_disk_is_told_of),
    ("nginx", nginx::an_ordinary_server_will_do),
    ("killed", killed::every_step),
];

/// What the page about updates shows.
pub fn shown(browser: &mut Browser) -> e2e::drivers::Result<Value> {
    browser.script(
        "const of = (selector, name) => document.querySelector(selector)?.getAttribute(name) ?? null;
         return { version: of('[data-version]', 'data-version'), offer: of('[data-offer]', 'data-offer'),
                  refused: of('[data-refused]', 'data-refused'), busy: of('[data-busy]', 'data-busy'),
                  text: document.body.innerText.slice(0, 2000) }",
        json!([]),
    )
}

pub fn click(browser: &mut Browser, action: &str) -> Outcome {
    browser.until(&format!("the button {action} is there"), |browser| {
        let clicked = browser.script(
            "const button = document.querySelector(`[data-action=${arguments[0]}]:not([aria-disabled])`); button?.click(); return !!button",
            json!([action]),
        )?;
        Ok((clicked == json!(true), clicked))
    })?;
    Ok(())
}

/// Waits until nothing is under way and the page shows this.
pub fn see(browser: &mut Browser, what: &str, expected: &Value) -> Outcome {
    browser.until(what, |browser| {
        let seen = shown(browser)?;
        let fits = expected.as_object().is_some_and(|wanted| wanted.iter().all(|(name, value)| seen[name] == *value));
        Ok((fits && seen["busy"].is_null(), seen))
    })?;
    Ok(())
}

/// A background that wakes takes that version, and nobody asked it to.
pub fn taken_by_itself(browser: &mut Browser, version: &str) -> Outcome {
    browser.kill_worker()?;
    browser.navigate(&format!("https://{CLOUDFLARE}/"))?;
    Ok(browser.until("the version is taken by itself", |browser| {
        let parts = browser.control("return (await ext.storage.local.get('update')).update", json!([]))?;
        let is_taken = parts.as_str().is_some_and(|text| text.contains(&format!("version {version}")));
        Ok((is_taken, json!("another one")))
    })?)
}

/// The date of the dataset by which the worker and the panel judge.
pub fn panel_says(browser: &mut Browser, day: &str) -> Outcome {
    let base = browser.extension_url("panel.html?tab=-1");
    browser.navigate(&base)?;
    browser.until("the panel names the dataset", |browser| {
        let text = browser.script("return document.querySelector('[data-part=dataset]')?.textContent", json!([]))?;
        Ok((text.as_str().is_some_and(|text| text.contains(day)), text))
    })?;
    let options = browser.extension_url("options.html");
    Ok(browser.navigate(&options)?)
}

/// One browser in which an extension lives through everything, and what it lives with.
struct Stage<'w> {
    publisher: Publisher,
    browser: Browser,
    tab: Tab,
    /// Address of the page about updates.
    page: String,
    shots: std::path::PathBuf,
    world: &'w World,
}

impl Stage<'_> {
    /// The requests to the channel since there were so many in all.
    fn asked_since(&self, count: usize) -> Vec<Request> {
        let requests = self.world.log().requests();
        let ours = |request: &&Request| request.host == HOST && request.path.contains(self.publisher.kind.name());
        requests[count..].iter().filter(ours).cloned().collect()
    }

    fn shot(&mut self, name: &str) -> Outcome {
        Ok(self.browser.screenshot(&self.shots.join(name), true)?)
    }
}

/// From the first day to a damaged disk, each part with what the one before left.
fn life(kind: Kind, world: &World) -> Outcome {
    let publisher = Publisher::new(kind, "life", &format!("https://{HOST}/{kind}/"))?;
    publisher.publish(20_361_126, false)?;
    let mut browser = Browser::start(&Options { extension: Some(&publisher.extension), ..Options::new(kind, world) })?;
    let tab = browser.open_tab()?;
    // As a reader has it: in a tab that nobody sees, Firefox lets a page look once in a second.
    browser.activate(&tab)?;
    let page = browser.extension_url("options.html");
    browser.navigate(&page)?;
    let shots = root().join("target/screenshots").join(kind.name());
    let mut stage = Stage { publisher, browser, tab, page, shots, world };
    see(
        &mut stage.browser,
        "the bundled version is in use",
        &json!({ "version": stage.publisher.bundled("%Y-%m-%d"), "refused": null }),
    )?;
    stage.shot("updates-first.png")?;
    type Part = fn(&mut Stage<'_>) -> Outcome;
    let parts: [(&str, Part); 12] = [
        ("without access", without_access_nothing_is_asked),
        ("asked on use", access_is_asked_for_on_use),
        ("the panel", the_panel_tells_of_updates_and_looks),
        ("each way to fail", each_way_to_fail_is_told),
        ("a killed background", a_killed_background_changes_nothing),
        ("two windows", two_windows_ask_for_each_file_once),
        ("looks", the_page_reads_well),
        ("nothing newer", an_unchanged_index_is_not_sent_again),
        ("requests", nothing_about_the_reader_goes_along),
        ("back and forward", the_reader_goes_back_and_forward),
        ("a file and a start", a_file_and_a_start_bring_versions),
        ("a damaged disk", a_disk_that_lost_the_parts_is_told_of),
    ];
    for (name, part) in parts {
        part(&mut stage).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// What the panel says of updates: where the dataset comes from, and what came of looking.
fn panel_tells(browser: &mut Browser, lang: &str, expected: &str) -> Outcome {
    let panel = browser.extension_url(&format!("panel.html?tab=-1&lang={lang}"));
    browser.navigate(&panel)?;
    browser.until(&format!("the panel says: {expected}"), |browser| {
        let text = browser.script("return document.querySelector('[data-part=updates]')?.textContent", json!([]))?;
        Ok((text.as_str().is_some_and(|text| text.contains(expected)), text))
    })?;
    Ok(())
}

/// Source and last check in both languages, and a button that looks.
fn the_panel_tells_of_updates_and_looks(stage: &mut Stage<'_>) -> Outcome {
    let browser = &mut stage.browser;
    panel_tells(
        browser,
        "fr",
        "Provient de l’extension elle-même\u{202f}; n’a pas de date d’expiration. Aucune vérification n’a encore abouti.",
    )?;
    panel_tells(
        browser,
        "en",
        "Comes from the extension’s own package; has no expiry date. No check has succeeded yet.",
    )?;
    click(browser, "look")?;
    see(browser, "the panel tells of the new version", &json!({ "offer": "2036-11-26", "refused": null }))?;
    stage.shot("updates-panel.png")?;
    panel_tells(&mut stage.browser, "en", "Last successful check: ")?;
    stage.publisher.mood(Mood::Gone);
    click(&mut stage.browser, "look")?;
    see(&mut stage.browser, "the panel tells of a refusal", &json!({ "offer": null, "refused": "not-found" }))?;
    stage.publisher.mood(Mood::Honest);
    Ok(stage.browser.navigate(&stage.page)?)
}

/// A reader who took the access back is told so, in the page and in the panel, and the channel is not asked. The
/// panel leads to the page, because asking for access is the page's business.
fn without_access_nothing_is_asked(stage: &mut Stage<'_>) -> Outcome {
    stage.browser.let_in_everywhere(false)?;
    let asked = stage.world.log().requests().len();
    panel_tells(&mut stage.browser, "en", "Comes from")?;
    let tabs = "(await ext.tabs.query({})).map((tab) => tab.id)";
    let before = stage.browser.control(&format!("return {tabs}"), json!([]))?;
    click(&mut stage.browser, "look")?;
    see(&mut stage.browser, "the panel tells that access is lacking", &json!({ "refused": "no-access" }))?;
    let page = stage.page.clone();
    stage.browser.until("the panel opens the page about updates", |browser| {
        let script = "return ext.extension.getViews({ type: 'tab' }).map((view) => view.location.href)";
        let open = browser.control(script, json!([]))?;
        Ok((open.as_array().is_some_and(|open| open.contains(&json!(page))), open))
    })?;
    let close = format!("for (const id of {tabs}) if (!arguments[0].includes(id)) await ext.tabs.remove(id)");
    stage.browser.control(&close, json!([before]))?;
    // What the page asks of the background when the reader says no.
    stage.browser.control("await ext.runtime.sendMessage({ kind: 'update:look', tab: 0 })", json!([]))?;
    stage.browser.navigate(&page)?;
    see(&mut stage.browser, "the page tells that access is lacking", &json!({ "refused": "no-access" }))?;
    let asked = stage.asked_since(asked);
    if !asked.is_empty() {
        return Err(format!("without access it asked for {asked:?}").into());
    }
    Ok(())
}

/// The button asks the reader for the channel's host and no other, and looks. In Chromium nobody but a reader can
/// answer the browser's question, so there it is only seen that the button looks once access is there.
fn access_is_asked_for_on_use(stage: &mut Stage<'_>) -> Outcome {
    let browser = &mut stage.browser;
    if browser.kind == Kind::Firefox {
        browser.say_yes()?;
    } else {
        browser.let_in_everywhere(true)?;
    }
    browser.navigate(&stage.page)?;
    see(browser, "the page is there", &json!({ "version": stage.publisher.bundled("%Y-%m-%d"), "busy": null }))?;
    browser.press("[data-action=look]")?;
    see(browser, "the button finds the new version", &json!({ "offer": "2036-11-26", "refused": null }))?;
    if browser.kind == Kind::Firefox {
        let all = browser.control("return (await ext.permissions.getAll()).origins", json!([]))?;
        if all != json!([format!("https://{HOST}/*")]) {
            return Err(format!("access was asked for to {all}").into());
        }
        let back = "await ext.permissions.remove({ origins: (await ext.permissions.getAll()).origins })";
        browser.control(back, json!([]))?;
        browser.let_in_everywhere(true)?;
    }
    // As before anybody looked.
    browser.navigate("about:blank")?;
    browser.control("await ext.storage.local.clear(); await ext.storage.session.clear()", json!([]))?;
    browser.kill_worker()?;
    Ok(browser.navigate(&stage.page)?)
}

/// Each with its word, in bounded time and memory; what was in use stays.
fn each_way_to_fail_is_told(stage: &mut Stage<'_>) -> Outcome {
    let mut told = "";
    // No two neighbours have one word: the page shows the last one until the next look has begun.
    for (mood, word) in [
        (Mood::Portal, "not-an-update"),
        (Mood::Elsewhere, "portal"),
        (Mood::Gone, "not-found"),
        (Mood::Failing, "server"),
        (Mood::Cut, "broken-off"),
        (Mood::SaysTooMuch, "too-large"),
        (Mood::SaysMore, "broken-off"),
        (Mood::Endless, "too-large"),
        (Mood::SaysLess, "broken-off"),
        (Mood::Bomb, "too-large"),
        (Mood::Silent, "broken-off"),
        (Mood::Mute, "no-connection"),
        (Mood::Dripping, "broken-off"),
        (Mood::Forged, "signature"),
        (Mood::Overlong, "too-large"),
        (Mood::Flipped, "damaged"),
    ] {
        if word == std::mem::replace(&mut told, word) {
            return Err(format!("{mood:?} would be told by what was shown before it").into());
        }
        stage.publisher.mood(mood);
        let begin = Instant::now();
        click(&mut stage.browser, "look")?;
        let expected = json!({ "version": stage.publisher.bundled("%Y-%m-%d"), "refused": word });
        see(&mut stage.browser, &format!("{mood:?} is told"), &expected)?;
        // Three seconds of patience, as the test's extension has it, and as much again for the rest.
        if begin.elapsed() > Duration::from_secs(6) {
            return Err(format!("{mood:?} took {:?}", begin.elapsed()).into());
        }
    }
    // An index has 64 kB; what was sent beyond that stood in the buffers of both sides.
    let sent = stage.publisher.endless();
    if !(64 * 1024..16 * 1024 * 1024).contains(&sent) {
        return Err(format!("{sent} bytes without end were taken").into());
    }
    thread::sleep(Duration::from_millis(500));
    if stage.publisher.endless() != sent {
        return Err("bytes without end still flow".into());
    }
    stage.shot("updates-refused.png")
}

/// Killed while something is fetched: nothing changed, and the next attempt succeeds.
fn a_killed_background_changes_nothing(stage: &mut Stage<'_>) -> Outcome {
    stage.publisher.mood(Mood::Slow);
    click(&mut stage.browser, "look")?;
    thread::sleep(Duration::from_millis(1000));
    stage.browser.kill_worker()?;
    stage.browser.navigate(&stage.page)?;
    let before = json!({ "version": stage.publisher.bundled("%Y-%m-%d"), "refused": "damaged" });
    see(&mut stage.browser, "nothing changed", &before)?;

    stage.publisher.mood(Mood::Honest);
    click(&mut stage.browser, "look")?;
    see(&mut stage.browser, "the new version is offered", &json!({ "offer": "2036-11-26", "refused": null }))?;
    stage.shot("updates-offer.png")
}

fn two_windows_ask_for_each_file_once(stage: &mut Stage<'_>) -> Outcome {
    stage.publisher.mood(Mood::Slow);
    let asked = stage.world.log().requests().len();
    let other = stage.browser.open_window()?;
    stage.browser.switch(&other)?;
    stage.browser.navigate(&stage.page)?;
    see(&mut stage.browser, "the other window offers it too", &json!({ "offer": "2036-11-26" }))?;
    click(&mut stage.browser, "take")?;
    stage.browser.switch(&stage.tab)?;
    click(&mut stage.browser, "take")?;
    stage.browser.until("it is shown how far it is", |browser| {
        let bar =
            "const bar = document.querySelector('[data-part=progress] progress'); return bar && [bar.value, bar.max]";
        let seen = browser.script(bar, json!([]))?;
        Ok((seen[1].as_f64() > Some(0.0) && seen[0].as_f64() <= seen[1].as_f64(), seen))
    })?;
    let taken = json!({ "version": "2036-11-26", "refused": null });
    see(&mut stage.browser, "the first window has the new version", &taken)?;
    stage.browser.close(&other)?;
    stage.browser.switch(&stage.tab)?;
    stage.publisher.mood(Mood::Honest);
    let mut paths: Vec<String> = stage.asked_since(asked).into_iter().map(|request| request.path).collect();
    paths.sort();
    if paths.is_empty() || paths.windows(2).any(|two| two[0] == two[1]) {
        return Err(format!("two windows asked for {paths:?}").into());
    }
    see(&mut stage.browser, "the new version is in use", &taken)?;
    stage.shot("updates-taken.png")
}

fn the_page_reads_well(stage: &mut Stage<'_>) -> Outcome {
    let axe = looks::axe()?;
    let mut faults = Vec::new();
    for look in looks::all() {
        look.begin(&mut stage.browser, &stage.tab)?;
        stage.browser.navigate(&format!("{}?lang={}", stage.page, look.lang))?;
        see(&mut stage.browser, "the page is there", &json!({ "version": "2036-11-26" }))?;
        stage.shot(&format!("updates-{}.png", look.name()))?;
        faults.extend(look.faults(&mut stage.browser, &axe)?);
        let source = if look.lang == "fr" {
            "Provient de son éditeur, dont le serveur est https://"
        } else {
            "Comes from its publisher, whose server is https://"
        };
        panel_tells(&mut stage.browser, look.lang, source)?;
        looks::whole_panel(&mut stage.browser)?;
        stage.shot(&format!("updates-panel-{}.png", look.name()))?;
        faults.extend(look.faults(&mut stage.browser, &axe)?);
    }
    if !faults.is_empty() {
        return Err(faults.join("\n    ").into());
    }
    looks::end(&mut stage.browser)?;
    panel_says(&mut stage.browser, "26 November 2036")
}

/// One question, which is answered with 304.
fn an_unchanged_index_is_not_sent_again(stage: &mut Stage<'_>) -> Outcome {
    let asked = stage.world.log().requests().len();
    click(&mut stage.browser, "look")?;
    let name = stage.publisher.kind.name();
    let log = stage.world.log().clone();
    stage.browser.until("the channel is asked", |_| {
        let ours = log.requests()[asked..].iter().filter(|request| request.path.contains(name)).count();
        Ok((ours > 0, json!(ours)))
    })?;
    let nothing = json!({ "version": "2036-11-26", "offer": null, "refused": null });
    see(&mut stage.browser, "nothing newer", &nothing)?;
    let ours = stage.asked_since(asked);
    if ours.len() == 1 && ours[0].field("if-modified-since").is_some() {
        return Ok(());
    }
    Err(format!("asked again for {ours:?}").into())
}

fn nothing_about_the_reader_goes_along(stage: &mut Stage<'_>) -> Outcome {
    for request in stage.asked_since(0) {
        for name in ["cookie", "referer", "origin", "authorization", "if-none-match"] {
            if let Some(value) = request.field(name) {
                return Err(format!("{} was asked for with {name}: {value}", request.path).into());
            }
        }
        if request.field("accept-language") != Some("*") {
            return Err(format!("languages were told: {:?}", request.fields).into());
        }
    }
    Ok(())
}

fn the_reader_goes_back_and_forward(stage: &mut Stage<'_>) -> Outcome {
    // The worker wakes with it, and judges by it.
    stage.browser.kill_worker()?;
    stage.browser.navigate(&format!("https://{CLOUDFLARE}/"))?;
    stage.browser.open_tab()?;
    let tab = stage.tab.clone();
    stage.browser.until("the badge is there", |browser| {
        let badge = browser.badge(&tab)?;
        Ok((badge.text == "CF", json!(badge.text)))
    })?;
    stage.browser.navigate(&stage.page)?;
    see(&mut stage.browser, "it is still in use", &json!({ "version": "2036-11-26" }))?;

    click(&mut stage.browser, "bundled")?;
    see(
        &mut stage.browser,
        "the bundled version is in use again",
        &json!({ "version": stage.publisher.bundled("%Y-%m-%d") }),
    )?;
    panel_says(&mut stage.browser, &stage.publisher.bundled("%-d %B %Y"))?;
    click(&mut stage.browser, "previous")?;
    see(&mut stage.browser, "the version before is in use again", &json!({ "version": "2036-11-26" }))
}

fn a_file_and_a_start_bring_versions(stage: &mut Stage<'_>) -> Outcome {
    // A version from a file; the channel is not asked.
    stage.publisher.publish(20_361_127, false)?;
    stage.publisher.mood(Mood::Gone);
    let file = fs::read(stage.publisher.folder.join("version.update"))?;
    let file = base64::engine::general_purpose::STANDARD.encode(file);
    stage.browser.script(
        "const bytes = Uint8Array.from(atob(arguments[0]), (character) => character.charCodeAt(0));
         const chosen = new DataTransfer();
         chosen.items.add(new File([bytes], 'version.update'));
         const input = document.querySelector('#file');
         input.files = chosen.files;
         input.dispatchEvent(new Event('change', { bubbles: true }))",
        json!([file]),
    )?;
    let taken = json!({ "version": "2036-11-27", "refused": null });
    see(&mut stage.browser, "the version from the file is in use", &taken)?;

    // By itself, when the browser starts: then nothing of the session is there.
    stage.publisher.publish(20_361_128, false)?;
    stage.publisher.mood(Mood::Honest);
    click(&mut stage.browser, "start")?;
    stage.browser.until("the choice is kept", |browser| {
        let chosen = browser
            .script("return document.querySelector('[data-action=start]')?.getAttribute('aria-pressed')", json!([]))?;
        Ok((chosen == json!("true"), chosen))
    })?;
    stage.browser.navigate("about:blank")?;
    stage.browser.control("await ext.storage.session.clear()", json!([]))?;
    taken_by_itself(&mut stage.browser, "2036-11-28")?;
    stage.browser.navigate(&stage.page)?;
    see(&mut stage.browser, "it is in use", &json!({ "version": "2036-11-28", "refused": null }))?;
    click(&mut stage.browser, "never")
}

/// The package's own is used, and the reader told.
fn a_disk_that_lost_the_parts_is_told_of(stage: &mut Stage<'_>) -> Outcome {
    stage.browser.control("for (const name of await caches.keys()) await caches.delete(name)", json!([]))?;
    stage.browser.kill_worker()?;
    stage.browser.navigate(&stage.page)?;
    stage.browser.until("the loss is noted", |browser| {
        let update = browser.control("return (await ext.storage.local.get('update')).update", json!([]))?;
        // In use are the parts that are named before the first empty line.
        Ok((update.as_str().is_some_and(|update| update.starts_with("\n\n")), update))
    })?;
    stage.browser.navigate(&stage.page)?;
    see(
        &mut stage.browser,
        "the loss is told",
        &json!({ "version": stage.publisher.bundled("%Y-%m-%d"), "refused": "damaged" }),
    )
}

fn main() -> ExitCode {
    let isolation = world::enter();
    if let Isolation::Shared { why } = &isolation {
        eprintln!("The browsers need a network of their own, and none could be made: {why}");
        return ExitCode::FAILURE;
    }
    let mut records = sites::records();
    records.add(HOST, None, &["192.0.2.80".parse().expect("an address")]);
    let pages = sites::answer();
    let answer = move |request: &Request| if request.host == HOST { channel::answer(request) } else { pages(request) };
    let world = match World::start(isolation, records, Arc::new(answer)) {
        Ok(world) => &*Box::leak(Box::new(world)),
        Err(error) => {
            eprintln!("The servers could not be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let words: Vec<String> = env::args().skip(1).collect();
    let chosen = |name: &str, of: &[&str]| {
        let named: Vec<&String> = words.iter().filter(|word| of.contains(&word.as_str())).collect();
        named.is_empty() || named.iter().any(|word| *word == name)
    };
    let (kinds, scenes) = (Kind::ALL.map(Kind::name), SCENES.map(|(name, _)| name));
    let wanted: Vec<_> = SCENES.into_iter().filter(|(name, _)| chosen(name, &scenes)).collect();
    // Side by side, for each browser mostly waits; they share nothing but the server.
    let runs: Vec<_> = Kind::ALL
        .into_iter()
        .filter(|kind| chosen(kind.name(), &kinds))
        .map(|kind| {
            let wanted = wanted.clone();
            let fails = move |(name, scene): &(&str, Scene)| !play(kind, world, name, *scene);
            thread::spawn(move || wanted.into_iter().filter(fails).count())
        })
        .collect();
    let failed: usize = runs.into_iter().map(|run| run.join().unwrap_or(1)).sum();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays a scene, and says how that went.
fn play(kind: Kind, world: &World, name: &str, scene: Scene) -> bool {
    let begin = Instant::now();
    let played = || scene(kind, world).map_err(|error| error.to_string());
    let outcome = panic::catch_unwind(panic::AssertUnwindSafe(played));
    let outcome = outcome.unwrap_or_else(|_| Err("by a panic".to_owned()));
    let seconds = begin.elapsed().as_secs();
    match &outcome {
        Ok(()) => println!("{kind:<8} updates, {name}: ok, {seconds} s"),
        Err(error) => println!("{kind:<8} updates, {name}: FAILED after {seconds} s\n    {error}"),
    }
    outcome.is_ok()
}
