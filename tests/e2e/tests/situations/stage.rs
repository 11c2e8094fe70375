//! A browser on which situations are played, and the questions that are asked of it afterwards.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use e2e::drivers::{Browser, Kind, Options, Tab};
use e2e::looks;
use e2e::sites::{self, CLOUDFLARE, OVHCLOUD};
use e2e::world::{Request, World};
use serde_json::{Value, json};

pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The browser did not do what the situation is about, so that nothing of the extension can be seen in it.
#[derive(Debug)]
pub struct DidNotComeAbout(&'static str);

impl DidNotComeAbout {
    pub fn because(why: &'static str) -> Outcome {
        Err(Self(why).into())
    }
}

impl fmt::Display for DidNotComeAbout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, so the situation did not come about", self.0)
    }
}

impl Error for DidNotComeAbout {}

/// The folder that holds the whole project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the panel and the badge should show; what is left out may be anything.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    pub badge: Option<String>,
    pub panel: BTreeMap<&'static str, Value>,
}

/// The page came by this state, and this provider delivered it; `None`: none can be named.
pub fn expected(state: &str, delivered_by: Option<&str>) -> Expected {
    let badge = delivered_by.map_or_else(|| "?".to_owned(), short_code);
    let panel = BTreeMap::from([("state", json!(state)), ("deliveredBy", json!(delivered_by.unwrap_or_default()))]);
    Expected { badge: Some(badge), panel }
}

impl Expected {
    pub fn with(mut self, part: &'static str, value: Value) -> Self {
        self.panel.insert(part, value);
        self
    }

    pub fn badge(mut self, text: &str) -> Self {
        self.badge = Some(text.to_owned());
        self
    }
}

/// Did this browser send the request?
fn is_of(kind: Kind, request: &Request) -> bool {
    let name = match kind {
        Kind::Chromium => "Chrome/",
        Kind::Firefox => "Firefox/",
    };
    request.field("user-agent").is_some_and(|agent| agent.contains(name))
}

/// The badge of a provider, as its record says.
pub fn short_code(provider: &str) -> String {
    let path = root().join(format!("data/providers/{provider}.toml"));
    let record = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let line = record.lines().find_map(|line| line.strip_prefix("short = ")).expect("every record has a short code");
    line.split('"').nth(1).unwrap_or_default().to_owned()
}

/// What is saved under a name.
pub const SAVED: &str = "return (await ext.storage.session.get(arguments[0]))[arguments[0]] ?? null";

pub struct Stage {
    pub kind: Kind,
    pub browser: Browser,
    pub world: &'static World,
    /// In which the panel is shown for other tabs.
    panel: Tab,
    /// Opened by the situation that is being played; closed after it.
    opened: Vec<Tab>,
    shots: PathBuf,
    /// Open since before the extension was installed, where the browser allows that.
    pub old_tab: Option<Tab>,
    /// How many requests the servers had seen when the situation began.
    earlier: usize,
}

impl Stage {
    pub fn new(kind: Kind, world: &'static World) -> Outcome<Self> {
        let extension = root().join("dist").join(kind.name());
        if !extension.join("manifest.json").exists() {
            return Err(format!("{} is missing; ./build.sh dist makes it", extension.display()).into());
        }
        let mut old_tab = None;
        let mut browser = match kind {
            Kind::Chromium => Browser::start(&Options { extension: Some(&extension), ..Options::new(kind, world) })?,
            Kind::Firefox => {
                // Firefox takes an extension at any time, so this page is truly older than it.
                let mut browser = Browser::start(&Options::new(kind, world))?;
                browser.navigate(&format!("https://{OVHCLOUD}/"))?;
                browser.install(&extension)?;
                old_tab = Some(browser.first_tab()?);
                browser
            }
        };
        let panel = browser.open_tab()?;
        let shots = root().join("target/screenshots").join(kind.name());
        Ok(Self { kind, browser, world, panel, opened: Vec::new(), shots, old_tab, earlier: 0 })
    }

    /// What is asked of the servers from here on is of the next situation.
    pub fn begin(&mut self) {
        self.earlier = self.world.log().count();
    }

    /// A new tab, which is closed after the situation.
    pub fn tab(&mut self) -> Outcome<Tab> {
        let tab = self.browser.open_tab()?;
        self.opened.push(tab.clone());
        Ok(tab)
    }

    /// A new window.
    pub fn window(&mut self) -> Outcome<Tab> {
        let tab = self.browser.open_window()?;
        self.opened.push(tab.clone());
        Ok(tab)
    }

    /// A new tab on an address.
    pub fn visit(&mut self, url: &str) -> Outcome<Tab> {
        let tab = self.tab()?;
        self.browser.navigate(url)?;
        Ok(tab)
    }

    /// The tab that the page in the current one opens by a script for this address.
    pub fn open(&mut self, url: &str) -> Outcome<Tab> {
        let tab = self.browser.open_by_script(url)?;
        self.opened.push(tab.clone());
        Ok(tab)
    }

    /// A new tab on a page whose service worker is ready to answer for the next one.
    pub fn visit_with_worker(&mut self) -> Outcome<Tab> {
        let tab = self.visit(&format!("https://{CLOUDFLARE}/worker/"))?;
        self.browser.until("the page’s worker is ready", |browser| {
            let text = browser.script("return document.getElementById('worker').textContent", json!([]))?;
            Ok((text == "ready", text))
        })?;
        Ok(tab)
    }

    /// Closes a tab that was opened here.
    pub fn close(&mut self, tab: &Tab) -> Outcome {
        self.opened.retain(|opened| opened != tab);
        Ok(self.browser.close(tab)?)
    }

    pub fn clear_up(&mut self) -> Outcome {
        for tab in std::mem::take(&mut self.opened) {
            // A situation may have closed it in its own way.
            let _ = self.browser.close(&tab);
        }
        Ok(())
    }

    /// Clicks on an element of the current page.
    pub fn click(&mut self, id: &str) -> Outcome {
        self.browser.script("document.getElementById(arguments[0]).click()", json!([id]))?;
        Ok(())
    }

    /// Clicks on a link to a page that was built ahead, which then has this address; the tab may have another handle
    /// afterwards.
    pub fn click_to_prerendered(&mut self, tab: &Tab, id: &str, url: &str) -> Outcome<Tab> {
        let before = self.browser.handles()?;
        self.click(id)?;
        let found = self.browser.find_again(tab, &before, url)?;
        self.opened.retain(|opened| opened != tab);
        self.opened.push(found.clone());
        let activated = self
            .browser
            .script("return performance.getEntriesByType('navigation')[0].activationStart > 0", json!([]))?;
        if activated != true {
            DidNotComeAbout::because("the browser did not draw the page ahead")?;
        }
        Ok(found)
    }

    /// The requests of this browser since the situation began.
    pub fn requests(&self) -> Vec<Request> {
        let mut requests = self.world.log().since(self.earlier);
        requests.retain(|request| is_of(self.kind, request));
        requests
    }

    /// Waits until the current tab shows this address.
    pub fn arrive(&mut self, url: &str) -> Outcome {
        Ok(self.browser.until(&format!("the tab shows {url}"), |browser| {
            let found = browser.loaded()?;
            Ok((found == url, found))
        })?)
    }

    /// Goes back to a page that the browser has kept whole, with its mark.
    pub fn go_back_to_kept(&mut self, url: &str) -> Outcome {
        self.browser.script("setTimeout(() => history.back(), 0)", json!([]))?;
        self.arrive(url)?;
        let mark = self.browser.script("return window.mark ?? null", json!([]))?;
        if mark == "kept" {
            return Ok(());
        }
        DidNotComeAbout::because("the browser did not keep the page")
    }

    /// Waits until this browser has sent a request like this in this situation, and hands it out.
    pub fn asked(&mut self, what: &str, like: impl Fn(&Request) -> bool) -> Outcome<Request> {
        let (kind, log, earlier) = (self.kind, self.world.log().clone(), self.earlier);
        let mut found = None;
        self.browser.until(what, |_| {
            found = log.since(earlier).into_iter().rev().find(|request| is_of(kind, request) && like(request));
            Ok((found.is_some(), Value::Null))
        })?;
        Ok(found.expect("found above"))
    }

    /// Waits until badge and panel show what is expected of the tab, and takes a picture.
    pub fn see(&mut self, tab: &Tab, expected: &Expected) -> Outcome<Value> {
        if let Some(wanted) = &expected.badge {
            self.browser.until(&format!("the badge is `{wanted}`"), |browser| {
                let badge = browser.badge(tab)?;
                Ok((badge.text == *wanted, json!([badge.text, badge.title])))
            })?;
        }
        let panel = self.panel(tab, "en", &expected.panel)?;
        let title = self.browser.badge(tab)?.title;
        for text in [panel["text"].as_str().unwrap_or_default(), &title] {
            let lower = text.to_lowercase();
            if let Some(words) =
                ["no cdn", "without a cdn", "aucun cdn", "pas de cdn"].iter().find(|words| lower.contains(**words))
            {
                return Err(format!("`{words}` is never to be said: {text}").into());
            }
        }
        if let Some(state) = panel["state"].as_str() {
            self.shot(&format!("state-{state}"))?;
        }
        self.browser.switch(tab)?;
        Ok(panel)
    }

    /// The same for a tab that the driver cannot switch to, because the browser unloaded it.
    pub fn see_unloaded(&mut self, tab: &Tab, expected: &Expected) -> Outcome<Value> {
        let panel = self.panel.clone();
        let mut looked = expected.clone();
        let badge = looked.badge.take();
        if let Some(wanted) = badge {
            self.browser.until(&format!("the badge is `{wanted}`"), |browser| {
                let badge = browser.badge(tab)?;
                Ok((badge.text == wanted, json!([badge.text, badge.title])))
            })?;
        }
        let seen = self.panel(tab, "en", &looked.panel)?;
        if let Some(state) = seen["state"].as_str() {
            self.shot(&format!("state-{state}"))?;
        }
        self.browser.switch(&panel)?;
        Ok(seen)
    }

    /// Opens the panel for a tab and waits until it shows all of this; leaves the panel current.
    pub fn panel(&mut self, tab: &Tab, lang: &str, wanted: &BTreeMap<&'static str, Value>) -> Outcome<Value> {
        let url = self.browser.extension_url(&format!("panel.html?tab={}&lang={lang}", tab.id));
        let panel = self.panel.clone();
        self.browser.switch(&panel)?;
        self.browser.navigate(&url)?;
        let mut seen = Value::Null;
        let what = format!("the panel shows {}", json!(wanted));
        self.browser.until(&what, |browser| {
            seen = browser.script(READ_PANEL, json!([]))?;
            let ready = seen["ready"] == "true" && wanted.iter().all(|(part, value)| seen[*part] == *value);
            Ok((ready, seen.clone()))
        })?;
        Ok(seen)
    }

    /// The tab in which the panel is shown.
    pub fn panel_tab(&self) -> Tab {
        self.panel.clone()
    }

    /// Writes the panel as it is shown once everything is there.
    pub fn shot(&mut self, name: &str) -> Outcome {
        looks::whole_panel(&mut self.browser)?;
        let path = self.shots.join(format!("{name}.png"));
        Ok(self.browser.screenshot(&path, true)?)
    }

    /// Writes the panel of a tab under a name of its own, and goes back to the tab.
    pub fn shot_panel(&mut self, name: &str, tab: &Tab) -> Outcome {
        self.panel(tab, "en", &BTreeMap::new())?;
        self.shot(name)?;
        Ok(self.browser.switch(tab)?)
    }

    /// Plays with another browser, which is ended afterwards.
    pub fn elsewhere(&mut self, mut browser: Browser, play: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let panel = browser.open_tab()?;
        let (browser, panel) =
            (std::mem::replace(&mut self.browser, browser), std::mem::replace(&mut self.panel, panel));
        let opened = std::mem::take(&mut self.opened);
        let outcome = play(self);
        if outcome.is_err() {
            self.keep_evidence("elsewhere");
        }
        (self.browser, self.panel, self.opened) = (browser, panel, opened);
        outcome
    }

    /// After a failure: a picture of the tab that is current.
    pub fn keep_evidence(&mut self, name: &str) {
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        // As it is: nobody knows whether it will ever be whole.
        let _ = self.browser.screenshot(&self.shots.join(format!("failed-{name}.png")), true);
    }

    /// After the extension was restarted, its pages are gone.
    pub fn renew_panel(&mut self) -> Outcome {
        self.panel = self.browser.open_tab()?;
        Ok(())
    }

    /// What is saved of a tab.
    pub fn saved(&mut self, id: i64) -> Outcome<Value> {
        Ok(self.browser.control(SAVED, json!([format!("tab:{id}")]))?)
    }

    /// A file for `file:` addresses.
    pub fn local_file(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let path = self.browser.run_folder().path().join(name);
        fs::write(&path, text)?;
        Ok(path)
    }
}

/// Everything that the tests want to know of a panel.
const READ_PANEL: &str = "
const panel = document.getElementById('panel');
const part = (name) => panel.querySelector(`[data-part=\"${name}\"]`);
return {
  ready: panel.dataset.ready ?? null,
  deliveredBy: panel.dataset.deliveredBy ?? '',
  grade: panel.dataset.grade ?? null,
  host: part('host')?.textContent ?? null,
  state: part('state')?.dataset.state ?? null,
  inPage: part('state')?.dataset.inPage ?? null,
  states: [...panel.querySelectorAll('[data-state]')].map((found) => found.dataset.state),
  copy: part('copy')?.dataset.copy ?? null,
  origin: part('origin')?.dataset.origin ?? null,
  place: part('place')?.textContent ?? null,
  sentence: part('sentence')?.textContent ?? null,
  operator: part('operator')?.querySelector('p')?.textContent ?? null,
  dataset: part('dataset')?.textContent ?? null,
  hosts: part('hosts')?.closest('details').textContent ?? null,
  conflicts: part('conflicts')?.textContent ?? null,
  chain: [...(part('chain')?.children ?? [])].map((item) => [item.dataset.provider ?? '', item.dataset.role ?? '']),
  redirects: [...(part('redirects')?.children ?? [])].map((item) => item.querySelector('code').textContent),
  asks: part('access')?.querySelector('[data-action=ask-for-access]')?.innerText ?? null,
  evidence: part('evidence')?.children.length ?? 0,
  lang: document.documentElement.lang,
  title: document.title,
  active: panel.querySelectorAll('script, img, iframe, object, embed, a[href^=\"javascript:\"]').length,
  text: panel.innerText,
};";

/// The provider that a host of the demonstration is delivered by.
pub fn delivered_by(host: &str) -> Option<&'static str> {
    sites::site(host).and_then(|site| site.delivered_by)
}

/// What the panel says of the chain of redirects from a step of it, which was asked for with these parameters.
pub fn led_on(first: usize, asked: &str, wait_ms: u32) -> Value {
    let hops = sites::HOPS[..sites::HOPS.len() - 1].iter().enumerate().skip(first).map(|(step, host)| {
        let query = if step == first { asked.to_owned() } else { format!("?step={step}&ms={wait_ms}") };
        format!("302 https://{host}/hop{query}")
    });
    hops.collect()
}
