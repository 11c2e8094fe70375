//! Updates of the dataset in real browsers, from a channel of our own: taken, refused, broken off, left.
//!
//! The extension is the built one with another `channel.txt` and the channel's address in its policy, as a
//! build with `SERVED_BY_CHANNEL` has them. Arguments choose a browser.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{env, fs, panic, thread};

use base64::Engine as _;
use e2e::drivers::{Browser, Kind, Options};
use e2e::looks;
use e2e::sites::{self, CLOUDFLARE};
use e2e::world::{self, Isolation, Request, Response, World};
use minisign::KeyPair;
use serde_json::{Value, json};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const HOST: &str = "updates.example";

/// How the channel answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Honest,
    /// Somebody else's page in place of everything.
    Portal,
    Elsewhere,
    Gone,
    Failing,
    /// Half of what is promised.
    Cut,
    /// One bit of every packed file is wrong.
    Flipped,
    /// The index is signed and then changed.
    Forged,
    Overlong,
    Slow,
}

#[derive(Default)]
struct Server {
    /// By browser, for both go through this at once.
    files: BTreeMap<String, Vec<u8>>,
    moods: BTreeMap<String, Mood>,
    /// When what lies there was issued, as a web server tells it.
    modified: BTreeMap<String, String>,
}

static SERVER: Mutex<Option<Server>> = Mutex::new(None);

fn server() -> MutexGuard<'static, Option<Server>> {
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    server.get_or_insert_default();
    server
}

fn answer(request: &Request) -> Response {
    let (mood, bytes, modified) = {
        let mut server = server();
        let server = server.as_mut().expect("made above");
        let whose = request.path.split('/').nth(1).unwrap_or_default();
        let mood = server.moods.get(whose).copied().unwrap_or_default();
        (mood, server.files.get(&request.path).cloned(), server.modified.get(whose).cloned().unwrap_or_default())
    };
    let is_index = request.path.ends_with("index.signed");
    let Some(mut bytes) = bytes else { return Response::new(404) };
    match mood {
        Mood::Portal => return Response::new(200).body("text/html", "<!doctype html><title>Sign in</title>"),
        Mood::Elsewhere => return Response::new(302).field("location", "https://portal.example/"),
        Mood::Gone => return Response::new(404),
        Mood::Failing => return Response::new(503),
        Mood::Cut => bytes.truncate(bytes.len() / 2),
        Mood::Flipped if !is_index => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        Mood::Forged if is_index => {
            let at = bytes.windows(8).position(|window| window == b"version ").expect("an index") + 8;
            bytes[at + 3] = b'7';
        }
        Mood::Overlong => bytes.resize(20_000_000, b'x'),
        Mood::Slow if !is_index => thread::sleep(Duration::from_secs(3)),
        _ => {}
    }
    if is_index && request.field("if-modified-since") == Some(&modified) && mood == Mood::Honest {
        return Response::new(304);
    }
    Response::new(200).field("last-modified", modified).body("application/octet-stream", bytes)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A publisher with keys of its own, and the built extension that trusts them.
struct Publisher {
    kind: Kind,
    folder: PathBuf,
    extension: PathBuf,
}

impl Publisher {
    fn new(kind: Kind) -> Outcome<Self> {
        let folder = root().join("target/updates").join(kind.name());
        let _ = fs::remove_dir_all(&folder);
        let extension = folder.join("extension");
        fs::create_dir_all(folder.join("images"))?;
        let built = root().join("dist").join(kind.name());
        copy(&built, &extension)?;
        let mut text = fs::read_to_string(built.join("channel.txt"))?;
        for name in ["current", "next"] {
            let pair = KeyPair::generate_unencrypted_keypair()?;
            fs::write(folder.join(name), pair.sk.to_box(None)?.to_string())?;
            let start = text.find(&format!("\n{name} ")).expect("the key's line") + 1;
            let end = start + text[start..].find('\n').expect("a line's end");
            text.replace_range(start..end, &format!("{name} {}", pair.pk.to_base64()));
        }
        let address = format!("https://{HOST}/{kind}/");
        text = text.replacen('\n', &format!("\naddress {address}\n"), 1);
        fs::write(extension.join("channel.txt"), text)?;
        let manifest = fs::read_to_string(extension.join("manifest.json"))?;
        let manifest = manifest.replace("connect-src 'self'", &format!("connect-src 'self' {address}"));
        fs::write(extension.join("manifest.json"), manifest)?;
        Ok(Self { kind, folder, extension })
    }

    /// Puts a version of that day on the server, as our tool makes it.
    fn publish(&self, day: u32) -> Outcome {
        let images = self.folder.join("images");
        for name in ["dataset.img", "operators.img", "records.img", "details.img"] {
            let built = self.extension.join(name);
            if built.exists() {
                let mut image = fs::read(built)?;
                if name == "dataset.img" {
                    image[12..16].copy_from_slice(&day.to_le_bytes());
                }
                fs::write(images.join(name), image)?;
            }
        }
        let channel = self.folder.join("channel");
        let made = Command::new(root().join("target/debug/served-by"))
            .args(["dataset", "release"])
            .arg(&images)
            .arg("-o")
            .arg(&channel)
            .arg("--key")
            .arg(self.folder.join("current"))
            .arg("--file")
            .arg(self.folder.join("version.update"))
            .output()?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into());
        }
        let mut server = server();
        let server = server.as_mut().expect("made above");
        for entry in fs::read_dir(channel.join("files"))?.chain(fs::read_dir(&channel)?) {
            let path = entry?.path();
            if path.is_file() {
                let inside = path.strip_prefix(&channel)?.display().to_string();
                server.files.insert(format!("/{}/{inside}", self.kind), fs::read(&path)?);
            }
        }
        let index = fs::read_to_string(channel.join("index.txt"))?;
        let issued = index.lines().find_map(|line| line.strip_prefix("issued ")).expect("an index");
        let issued: jiff::Timestamp = issued.parse()?;
        let modified = issued.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        server.modified.insert(self.kind.name().to_owned(), modified);
        Ok(())
    }

    fn mood(&self, mood: Mood) {
        server().as_mut().expect("made above").moods.insert(self.kind.name().to_owned(), mood);
    }
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// What the page about updates shows.
fn shown(browser: &mut Browser) -> e2e::drivers::Result<Value> {
    browser.script(
        "const of = (selector, name) => document.querySelector(selector)?.getAttribute(name) ?? null;
         return { version: of('[data-version]', 'data-version'), offer: of('[data-offer]', 'data-offer'),
                  refused: of('[data-refused]', 'data-refused'), busy: of('[data-busy]', 'data-busy'),
                  text: document.body.innerText.slice(0, 2000) }",
        json!([]),
    )
}

fn click(browser: &mut Browser, action: &str) -> Outcome {
    browser.until(&format!("the button {action} is there"), |browser| {
        let clicked = browser.script(
            "const button = document.querySelector(`[data-action=${arguments[0]}]`); button?.click(); return !!button",
            json!([action]),
        )?;
        Ok((clicked == json!(true), clicked))
    })?;
    Ok(())
}

/// Waits until nothing is under way and the page shows this.
fn see(browser: &mut Browser, what: &str, expected: &Value) -> Outcome {
    browser.until(what, |browser| {
        let seen = shown(browser)?;
        let fits = expected.as_object().is_some_and(|wanted| wanted.iter().all(|(name, value)| seen[name] == *value));
        Ok((fits && seen["busy"].is_null(), seen))
    })?;
    Ok(())
}

/// The date of the dataset by which the worker and the panel judge.
fn panel_says(browser: &mut Browser, day: &str) -> Outcome {
    let base = browser.extension_url("panel.html?tab=-1");
    browser.navigate(&base)?;
    browser.until("the panel names the dataset", |browser| {
        let text = browser.script("return document.querySelector('[data-part=dataset]')?.textContent", json!([]))?;
        Ok((text.as_str().is_some_and(|text| text.contains(day)), text))
    })?;
    let options = browser.extension_url("options.html");
    Ok(browser.navigate(&options)?)
}

fn play(kind: Kind, world: &World) -> Outcome {
    let publisher = Publisher::new(kind)?;
    publisher.publish(20_261_126)?;
    let mut browser = Browser::start(&Options { extension: Some(&publisher.extension), ..Options::new(kind, world) })?;
    let tab = browser.open_tab()?;
    let options = browser.extension_url("options.html");
    browser.navigate(&options)?;
    see(&mut browser, "the bundled version is in use", &json!({ "version": "2026-11-25", "refused": null }))?;
    let shots = root().join("target/screenshots").join(kind.name());
    browser.screenshot(&shots.join("updates-first.png"), true)?;

    // Each way to fail, with its word; what was in use stays.
    for (mood, word) in [
        (Mood::Portal, "not-an-update"),
        (Mood::Elsewhere, "portal"),
        (Mood::Gone, "not-found"),
        (Mood::Failing, "server"),
        (Mood::Cut, "broken-off"),
        (Mood::Forged, "signature"),
        (Mood::Overlong, "too-large"),
        (Mood::Flipped, "damaged"),
    ] {
        publisher.mood(mood);
        click(&mut browser, "look")?;
        see(&mut browser, &format!("{mood:?} is told"), &json!({ "version": "2026-11-25", "refused": word }))?;
    }
    browser.screenshot(&shots.join("updates-refused.png"), true)?;

    // Killed while something is fetched: nothing changed, and the next attempt succeeds.
    publisher.mood(Mood::Slow);
    click(&mut browser, "look")?;
    thread::sleep(Duration::from_millis(1000));
    browser.kill_worker()?;
    browser.navigate(&options)?;
    see(&mut browser, "nothing changed", &json!({ "version": "2026-11-25" }))?;

    publisher.mood(Mood::Honest);
    click(&mut browser, "look")?;
    see(&mut browser, "the new version is offered", &json!({ "offer": "2026-11-26", "refused": null }))?;
    browser.screenshot(&shots.join("updates-offer.png"), true)?;
    // Two windows take it at once: every file is asked for once.
    publisher.mood(Mood::Slow);
    let asked = world.log().requests().len();
    let other = browser.open_window()?;
    browser.switch(&other)?;
    browser.navigate(&options)?;
    see(&mut browser, "the other window offers it too", &json!({ "offer": "2026-11-26" }))?;
    click(&mut browser, "take")?;
    browser.switch(&tab)?;
    click(&mut browser, "take")?;
    see(&mut browser, "the first window has the new version", &json!({ "version": "2026-11-26", "refused": null }))?;
    browser.close(&other)?;
    browser.switch(&tab)?;
    publisher.mood(Mood::Honest);
    let mut paths: Vec<String> = world.log().requests()[asked..]
        .iter()
        .filter(|request| request.path.contains(kind.name()))
        .map(|request| request.path.clone())
        .collect();
    paths.sort();
    if paths.is_empty() || paths.windows(2).any(|two| two[0] == two[1]) {
        return Err(format!("two windows asked for {paths:?}").into());
    }
    see(&mut browser, "the new version is in use", &json!({ "version": "2026-11-26", "refused": null }))?;
    browser.screenshot(&shots.join("updates-taken.png"), true)?;
    let axe = looks::axe()?;
    let mut faults = Vec::new();
    for look in looks::all() {
        look.begin(&mut browser, &tab)?;
        browser.navigate(&format!("{options}?lang={}", look.lang))?;
        see(&mut browser, "the page is there", &json!({ "version": "2026-11-26" }))?;
        browser.screenshot(&shots.join(format!("updates-{}.png", look.name())), true)?;
        faults.extend(look.faults(&mut browser, &axe)?);
    }
    if !faults.is_empty() {
        return Err(faults.join("\n    ").into());
    }
    looks::end(&mut browser)?;
    panel_says(&mut browser, "26 November 2026")?;

    // Nothing changed: 304.
    let asked = world.log().requests().len();
    click(&mut browser, "look")?;
    browser.until("the channel is asked", |_| {
        let requests = world.log().requests();
        let ours = requests[asked..].iter().filter(|request| request.path.contains(kind.name())).count();
        Ok((ours > 0, json!(ours)))
    })?;
    see(&mut browser, "nothing newer", &json!({ "version": "2026-11-26", "offer": null, "refused": null }))?;
    let requests = world.log().requests();
    let ours: Vec<&Request> = requests[asked..].iter().filter(|request| request.path.contains(kind.name())).collect();
    if ours.len() != 1 || ours[0].field("if-modified-since").is_none() {
        return Err(format!("asked again for {ours:?}").into());
    }
    for request in requests.iter().filter(|request| request.host == HOST && request.path.contains(kind.name())) {
        for name in ["cookie", "referer", "origin", "authorization", "if-none-match"] {
            if let Some(value) = request.field(name) {
                return Err(format!("{} was asked for with {name}: {value}", request.path).into());
            }
        }
        if request.field("accept-language") != Some("*") {
            return Err(format!("languages were told: {:?}", request.fields).into());
        }
    }

    // The worker wakes with it, and judges by it.
    browser.kill_worker()?;
    browser.navigate(&format!("https://{CLOUDFLARE}/"))?;
    let badge = browser.open_tab().map(drop);
    badge?;
    browser.until("the badge is there", |browser| {
        let badge = browser.badge(&tab)?;
        Ok((badge.text == "CF", json!(badge.text)))
    })?;
    browser.navigate(&options)?;
    see(&mut browser, "it is still in use", &json!({ "version": "2026-11-26" }))?;

    // Back, and forward again.
    click(&mut browser, "bundled")?;
    see(&mut browser, "the bundled version is in use again", &json!({ "version": "2026-11-25" }))?;
    panel_says(&mut browser, "25 November 2026")?;
    click(&mut browser, "previous")?;
    see(&mut browser, "the version before is in use again", &json!({ "version": "2026-11-26" }))?;

    // A version from a file; the channel is not asked.
    publisher.publish(20_261_127)?;
    publisher.mood(Mood::Gone);
    let file = base64::engine::general_purpose::STANDARD.encode(fs::read(publisher.folder.join("version.update"))?);
    browser.script(
        "const bytes = Uint8Array.from(atob(arguments[0]), (character) => character.charCodeAt(0));
         const chosen = new DataTransfer();
         chosen.items.add(new File([bytes], 'version.update'));
         const input = document.querySelector('#file');
         input.files = chosen.files;
         input.dispatchEvent(new Event('change', { bubbles: true }))",
        json!([file]),
    )?;
    see(&mut browser, "the version from the file is in use", &json!({ "version": "2026-11-27", "refused": null }))?;

    // By itself, when the browser starts: then nothing of the session is there.
    publisher.publish(20_261_128)?;
    publisher.mood(Mood::Honest);
    click(&mut browser, "start")?;
    browser.until("the choice is kept", |browser| {
        let chosen = browser
            .script("return document.querySelector('[data-action=start]')?.getAttribute('aria-pressed')", json!([]))?;
        Ok((chosen == json!("true"), chosen))
    })?;
    browser.navigate("about:blank")?;
    browser.control("await ext.storage.session.clear()", json!([]))?;
    browser.kill_worker()?;
    browser.navigate(&format!("https://{CLOUDFLARE}/"))?;
    browser.until("the worker takes the version by itself", |browser| {
        let parts = browser.control("return (await ext.storage.local.get('update')).update", json!([]))?;
        let asked = world.log().requests().iter().filter(|request| request.path.contains(kind.name())).count();
        Ok((parts.as_str().is_some_and(|text| text.contains("version 2026-11-28")), json!(asked)))
    })?;
    browser.navigate(&options)?;
    see(&mut browser, "it is in use", &json!({ "version": "2026-11-28", "refused": null }))?;
    click(&mut browser, "never")?;

    // A disk that lost the kept parts: the package's own is used, and the reader told.
    browser.control("for (const name of await caches.keys()) await caches.delete(name)", json!([]))?;
    browser.kill_worker()?;
    browser.navigate(&options)?;
    thread::sleep(Duration::from_millis(1000));
    browser.navigate(&options)?;
    see(&mut browser, "the loss is told", &json!({ "version": "2026-11-25", "refused": "damaged" }))
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
    let answer = move |request: &Request| if request.host == HOST { answer(request) } else { pages(request) };
    let world = match World::start(isolation, records, Arc::new(answer)) {
        Ok(world) => &*Box::leak(Box::new(world)),
        Err(error) => {
            eprintln!("The servers could not be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let wanted: Vec<String> = env::args().skip(1).filter(|word| word.parse::<Kind>().is_ok()).collect();
    let kinds = Kind::ALL.into_iter().filter(|kind| wanted.is_empty() || wanted.iter().any(|word| word == kind.name()));
    let mut failed = false;
    for kind in kinds {
        let outcome =
            panic::catch_unwind(panic::AssertUnwindSafe(|| play(kind, world).map_err(|error| error.to_string())));
        match outcome {
            Ok(Ok(())) => println!("{kind:<8} updates: ok"),
            Ok(Err(error)) => {
                failed = true;
                println!("{kind:<8} updates: FAILED\n    {error}");
            }
            Err(_) => {
                failed = true;
                println!("{kind:<8} updates: FAILED by a panic");
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
