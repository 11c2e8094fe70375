//! An update that ends at any of its steps, because the background or the whole browser is killed there:
//! what is in use afterwards is the old version or the new one, whole, and the next check works.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use e2e::drivers::{Browser, Kind, Options};
use e2e::world::{Request, Response, World};
use serde_json::json;

use crate::channel::{HOST, Publisher};
use crate::{Outcome, click, panel_says, see, shown};

/// The steps of an update, by browser.
#[derive(Default)]
struct Steps {
    /// Steps count only while an update is under way.
    counting: bool,
    names: Vec<String>,
    /// The number of the step that is not answered.
    hold: Option<usize>,
    is_held: bool,
}

static STEPS: Mutex<BTreeMap<String, Steps>> = Mutex::new(BTreeMap::new());

fn all() -> MutexGuard<'static, BTreeMap<String, Steps>> {
    STEPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers a step of `steps.js`; the one to be held waits for longer than anybody lives.
pub fn step(request: &Request) -> Option<Response> {
    let (whose, name) = request.path.strip_prefix('/')?.split_once("/step/")?;
    // Nothing is done between the end of a step and the beginning of the next.
    let counts = name.ends_with("-begins") || name == "write-ended";
    let is_held = {
        let mut all = all();
        let steps = all.entry(whose.to_owned()).or_default();
        let is_held = counts && steps.counting && steps.hold == Some(steps.names.len());
        if counts && steps.counting {
            steps.names.push(name.to_owned());
        }
        steps.is_held |= is_held;
        is_held
    };
    if is_held {
        thread::sleep(Duration::from_secs(600));
    }
    Some(Response::new(204))
}

/// The background, then the browser, is killed at each step.
pub fn every_step(kind: Kind, world: &World) -> Outcome {
    let address = format!("https://{HOST}/{kind}/");
    let publisher = Publisher::new(kind, "killed", &address)?;
    publisher.run_first(&include_str!("steps.js").replace("STEPS", &json!(address + "step/").to_string()))?;
    publisher.publish(20_361_126, false)?;
    let old = publisher.parts()?;
    let options = Options { extension: Some(&publisher.extension), ..Options::new(kind, world) };
    let mut browser = Browser::start(&options)?;
    let page = browser.extension_url("options.html");
    browser.navigate(&page)?;
    update(&mut browser)?;
    see(&mut browser, "the old version is in use", &json!({ "version": "2036-11-26" }))?;
    let state = browser.control("return (await ext.storage.local.get('update')).update", json!([]))?;
    publisher.publish(20_361_127, true)?;
    let mut killed = Killed { browser, kind, options, old, new: publisher.parts()?, state };

    // Once undisturbed, to know the steps.
    killed.restore()?;
    killed.attempt(None)?;
    see(&mut killed.browser, "the new version is in use", &json!({ "version": "2036-11-27" }))?;
    let names = killed.names();
    for wanted in ["fetch-begins", "verify-begins", "digest-begins", "keep-begins", "write-begins", "write-ended"] {
        if !names.iter().any(|name| name == wanted) {
            return Err(format!("no step is called {wanted}: {names:?}").into());
        }
    }
    let steps: Vec<(usize, &String)> = names.iter().enumerate().collect();
    let mut outcomes = [0, 0];
    for (number, name) in &steps {
        killed.at(*number, name, false, &mut outcomes)?;
    }
    println!("{kind:<8} the background was killed at {} steps: {} old, {} new", steps.len(), outcomes[0], outcomes[1]);
    // The last step of each name: the switch among the writes, the last part among what is checked.
    outcomes = [0, 0];
    let is_last = |(at, (_, name)): &(usize, &(usize, &String))| steps[at + 1..].iter().all(|(_, later)| later != name);
    let lasts: Vec<(usize, &String)> = steps.iter().enumerate().filter(is_last).map(|(_, step)| *step).collect();
    for (number, name) in &lasts {
        killed.at(*number, name, true, &mut outcomes)?;
    }
    println!("{kind:<8} the browser was killed at {} steps: {} old, {} new", lasts.len(), outcomes[0], outcomes[1]);
    if outcomes.contains(&0) {
        return Err(format!("the switch was not among {lasts:?}").into());
    }
    Ok(())
}

/// Asks for the version that is there, and takes it.
fn update(browser: &mut Browser) -> Outcome {
    click(browser, "look")?;
    click(browser, "take")
}

struct Killed<'a> {
    browser: Browser,
    kind: Kind,
    options: Options<'a>,
    /// Name and hash of each part.
    old: Vec<String>,
    new: Vec<String>,
    /// What the disk says while the old version is in use.
    state: serde_json::Value,
}

impl Killed<'_> {
    /// Makes everything as it was before the update.
    fn restore(&mut self) -> Outcome {
        self.browser.navigate("about:blank")?;
        // One that is awake would look after what is taken away here; the second one may have been woken by this.
        self.browser.kill_worker()?;
        self.browser.control(
            "const [state, old] = arguments;
             await ext.storage.local.set({ update: state });
             const store = await caches.open('parts');
             for (const request of await store.keys())
               if (!old.some((part) => request.url.endsWith(part.split(' ')[1]))) await store.delete(request);
             await ext.storage.session.clear()",
            json!([self.state, self.old]),
        )?;
        Ok(self.browser.kill_worker()?)
    }

    /// Begins the update, which stops at that step.
    fn attempt(&mut self, hold: Option<usize>) -> Outcome {
        let page = self.browser.extension_url("options.html");
        self.browser.navigate(&page)?;
        see(&mut self.browser, "the old version is in use again", &json!({ "version": "2036-11-26" }))?;
        // What a background does for itself after it was woken is none of the update's steps.
        self.browser.until("the background has settled", |browser| {
            let due = browser.control("return (await ext.storage.session.get('due')).due ?? null", json!([]))?;
            Ok((!due.is_null(), due))
        })?;
        let steps = Steps { counting: true, hold, ..Steps::default() };
        all().insert(self.kind.name().to_owned(), steps);
        click(&mut self.browser, "look")?;
        let whose = self.kind.name();
        // The first half of the steps comes before there is anything to take.
        self.browser.until("the update goes on or is held", |browser| {
            let is_held = all()[whose].is_held;
            let there = browser.script(
                "const button = document.querySelector('[data-action=take]:not([aria-disabled])'); button?.click(); return !!button",
                json!([]),
            )?;
            Ok((is_held || there == json!(true), there))
        })?;
        let mut seen = json!(null);
        self.browser.until("the update is held or done", |browser| {
            let is_held = all()[whose].is_held;
            seen = shown(browser)?;
            Ok((is_held || seen["version"] == "2036-11-27" && seen["busy"].is_null(), seen.clone()))
        })?;
        if hold.is_some() && !all()[whose].is_held {
            return Err("the update was done before it came to this step".into());
        }
        all().entry(whose.to_owned()).or_default().counting = false;
        Ok(())
    }

    fn names(&self) -> Vec<String> {
        all()[self.kind.name()].names.clone()
    }

    /// Kills at that step, and looks what is left.
    fn at(&mut self, number: usize, name: &str, whole_browser: bool, outcomes: &mut [usize; 2]) -> Outcome {
        self.tried(number, whole_browser, outcomes).map_err(|error| {
            let what = if whole_browser { "the browser" } else { "the background" };
            format!("{what} was killed at step {number}, {name}: {error}").into()
        })
    }

    fn tried(&mut self, number: usize, whole_browser: bool, outcomes: &mut [usize; 2]) -> Outcome {
        self.restore()?;
        self.attempt(Some(number))?;
        if whole_browser {
            self.browser.crash(&self.options)?;
        } else {
            // A page that asks how far it is would wake it at once.
            self.browser.navigate("about:blank")?;
            self.browser.kill_worker()?;
        }
        let is_new = self.whole()?;
        outcomes[usize::from(is_new)] += 1;
        let (version, day) = if is_new { ("2036-11-27", "27 November") } else { ("2036-11-26", "26 November") };
        panel_says(&mut self.browser, &format!("{day} 2036"))?;
        see(&mut self.browser, "the version is told", &json!({ "version": version }))?;
        // The next check works.
        if !is_new {
            update(&mut self.browser)?;
        }
        see(&mut self.browser, "the new version is in use", &json!({ "version": "2036-11-27", "refused": null }))?;
        if self.whole()? { Ok(()) } else { Err("the new version was told, and the old one is in use".into()) }
    }

    /// Is it the new version, every part of it as it was signed? If it is neither, that is told.
    fn whole(&mut self) -> Outcome<bool> {
        let found = self.browser.control(
            "const { update } = await ext.storage.local.get('update');
             const [parts] = update.split('\\n\\n');
             const store = await caches.open('parts');
             const found = [];
             for (const line of parts.split('\\n')) {
               const [name, hash] = line.split(' ');
               const kept = await store.match(`https://parts.invalid/${hash}`);
               const bytes = kept && await kept.arrayBuffer();
               const digest = kept && new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
               found.push(`${name} ${Array.from(digest ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('')}`);
             }
             return found",
            json!([]),
        )?;
        let mut found: Vec<String> =
            found.as_array().into_iter().flatten().filter_map(|line| line.as_str()).map(str::to_owned).collect();
        found.sort();
        let sorted = |parts: &[String]| {
            let mut parts = parts.to_vec();
            parts.sort();
            parts
        };
        match (found == sorted(&self.old), found == sorted(&self.new)) {
            (true, _) => Ok(false),
            (_, true) => Ok(true),
            _ => Err(format!("neither version is in use: {found:?}").into()),
        }
    }
}
