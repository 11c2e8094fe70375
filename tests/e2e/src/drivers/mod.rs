//! Real Chromium and real Firefox behind one small interface.
//!
//! Chromium is driven through ChromeDriver, Firefox through its own Marionette port: both
//! understand the commands of W3C WebDriver with the same bodies, so that one table of names
//! (`Command`) serves both. A WebDriver library was weighed and left: the well-kept ones
//! (fantoccini, thirtyfour) bring 127 crates and an asynchronous runtime, 23 to 40 s of a first
//! build, and would serve Chromium only, because for Firefox they need geckodriver, which no
//! distribution packages and which takes another 94 s to build.

mod chromium;
mod display;
mod firefox;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fmt, fs, io, process, str::FromStr, thread};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::run_folder::RunFolder;
use crate::world::World;

pub use display::Display;

/// How long an assertion is repeated before it counts as failed.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// The gecko id of the extension, from which Firefox derives the page addresses.
pub const GECKO_ID: &str = "served-by@served-by.example";
/// What leads to a tab for so long stays its handle.
const STAYS: Duration = Duration::from_millis(300);
/// The pattern of all sites.
const EVERYWHERE: &str = "<all_urls>";

/// Begins a script with Firefox's own rights, whose first argument is the extension: `badge()` is the badge of the tab in
/// front, as the toolbar shows it.
pub const TOOLBAR: &str = "
const button = document.querySelector(`[data-extensionid='${arguments[0]}'] .unified-extensions-item-action-button`);
const badge = () => button.getAttribute('badge') ?? '';";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Chromium,
    Firefox,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| format!("no browser is named `{name}`"))
    }
}

/// Why a browser did not do what it was told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    #[error("none of these programs is installed: {0}")]
    Missing(String),
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    /// The connection to the browser ended; the reader may have closed it.
    #[error("the browser is gone ({0})")]
    Gone(String),
    #[error("{command} was refused: {message}")]
    Refused { command: String, message: String },
    #[error("the script failed: {0}")]
    Script(String),
    #[error("after {waited:?} still not: {what}; last seen: {seen}")]
    Deadline { what: String, waited: Duration, seen: String },
    #[error("{0} cannot do this")]
    Unsupported(Kind),
}

pub type Result<T> = std::result::Result<T, DriverError>;

fn io_error(what: impl Into<String>) -> impl FnOnce(io::Error) -> DriverError {
    let what = what.into();
    move |source| DriverError::Io { what, source }
}

/// A command of W3C WebDriver that both browsers understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    NewSession,
    Navigate,
    Url,
    NewWindow,
    CloseWindow,
    SwitchWindow,
    Windows,
    SetWindowRect,
    Script,
    Actions,
    Screenshot,
    SetTimeouts,
}

/// A connection that carries commands.
trait Wire: Send {
    fn send(&mut self, command: Command, body: Value) -> Result<Value>;
    /// ChromeDriver's own command, Chromium only.
    fn cdp(&mut self, method: &str, parameters: Value) -> Result<Value>;
    /// Installs an extension for this run, Firefox only.
    fn install(&mut self, extension: &Path) -> Result<()>;
    /// The same script command, run with the rights of the browser itself, Firefox only.
    fn privileged(&mut self, command: Command, body: Value) -> Result<Value>;
    /// The browser's own process, where that is a child of the driver.
    fn process_id(&self) -> Option<u64> {
        None
    }
}

/// What to start.
pub struct Options<'a> {
    pub kind: Kind,
    pub world: &'a World,
    /// The folder of the built extension. In Firefox it can also be installed later.
    pub extension: Option<&'a Path>,
    /// Further folders of extensions.
    pub others: Vec<&'a Path>,
    /// No window on a screen; `display` is then not needed.
    pub headless: bool,
    pub display: Option<String>,
    /// `host:port` of an HTTP proxy for every address.
    pub proxy: Option<String>,
    pub size: (u32, u32),
    /// The reader's languages, the first preferred.
    pub languages: &'a str,
}

impl<'a> Options<'a> {
    pub fn new(kind: Kind, world: &'a World) -> Self {
        Self {
            kind,
            world,
            extension: None,
            others: Vec::new(),
            headless: true,
            display: None,
            proxy: None,
            size: (1000, 760),
            languages: "en",
        }
    }

    /// The preferred language, which is that of the browser's own words where they are installed in it.
    fn language(&self) -> &'a str {
        self.languages.split([',', ';']).next().unwrap_or("en")
    }
}

/// A tab as both sides know it: WebDriver by its handle, the extension by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    handle: String,
    pub id: i64,
}

impl Tab {
    /// The same tab under the number that the browser gave it anew.
    #[must_use]
    pub fn renumbered(&self, id: i64) -> Self {
        Self { handle: self.handle.clone(), id }
    }
}

/// What the toolbar shows for a tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Badge {
    pub text: String,
    pub title: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A running browser; dropping it ends it and removes what it wrote.
pub struct Browser {
    pub kind: Kind,
    wire: Box<dyn Wire>,
    /// Address of the extension's pages, ending in a slash.
    base: Option<String>,
    /// A page of the extension that stays open: the remote control through which the tests ask
    /// the browser what the extension could ask.
    control: Option<String>,
    current: String,
    // Dropped in this order: first the processes, then the folder they write to.
    processes: Vec<Process>,
    run: RunFolder,
}

impl Browser {
    /// Starts the browser; with an extension, waits until its background answers.
    pub fn start(options: &Options<'_>) -> Result<Self> {
        let run = RunFolder::new(options.kind.name()).map_err(io_error("making the run's folder"))?;
        let (wire, processes, current) = begin(options, &run)?;
        let mut browser = Self { kind: options.kind, wire, base: None, control: None, current, processes, run };
        browser.settle_in(options)?;
        Ok(browser)
    }

    /// Kills the browser as a failing machine would, and starts it again with whatever it had written.
    pub fn crash(&mut self, options: &Options<'_>) -> Result<()> {
        if let Some(id) = self.wire.process_id() {
            let killed = process::Command::new("kill").args(["-KILL", &id.to_string()]).status();
            killed.map_err(io_error("killing the browser"))?;
            // Its entry stays until ChromeDriver, whose child it is, asks how it ended.
            let killed_at = Instant::now();
            let lives = || fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
            while lives() && killed_at.elapsed() < DEADLINE {
                thread::sleep(Duration::from_millis(10));
            }
        }
        // Each is killed when it is dropped.
        self.processes.clear();
        (self.wire, self.processes, self.current) = begin(options, &self.run)?;
        self.control = None;
        self.settle_in(options)
    }

    fn settle_in(&mut self, options: &Options<'_>) -> Result<()> {
        if options.kind == Kind::Firefox {
            for other in &options.others {
                self.wire.install(other)?;
            }
        }
        options.extension.map_or(Ok(()), |extension| self.install(extension))
    }

    /// Installs the extension, where that was not done at the start, and opens the remote control.
    pub fn install(&mut self, extension: &Path) -> Result<()> {
        self.base = Some(match self.kind {
            // Chromium got the folder on its command line; the id follows from the folder's name.
            Kind::Chromium => format!("chrome-extension://{}/", chromium::extension_id(extension)?),
            Kind::Firefox => {
                self.wire.install(extension)?;
                format!("moz-extension://{}/", firefox::UUID)
            }
        });
        self.open_control()
    }

    /// Opens the remote control anew and waits until the background answers it: a page that is
    /// opened earlier than that is older than the extension.
    pub fn open_control(&mut self) -> Result<()> {
        let url = format!("{}panel.html?tab=-1", self.base.as_deref().expect("the extension is installed"));
        let back = self.current.clone();
        let handle = self.new_window("tab")?;
        self.switch_to(&handle)?;
        self.until("the extension's page opens", |browser| {
            browser.navigate(&url)?;
            browser.script("return location.href", json!([])).map(|found| (found == json!(url), found))
        })?;
        self.control = Some(handle);
        self.until("the extension's background answers", |browser| {
            let answer = browser.script(
                "const ext = globalThis.browser ?? globalThis.chrome;
                 return await Promise.race([
                   ext.runtime.sendMessage({ kind: 'page', tab: -1 }).then(() => 'answered', String),
                   new Promise((done) => setTimeout(done, 500, 'silent'))])",
                json!([]),
            )?;
            Ok((answer == "answered", answer))
        })?;
        self.switch_to(&back)
    }

    /// Closes the remote control, for a reader who shall see the pages only.
    pub fn close_control(&mut self) -> Result<()> {
        if let Some(control) = self.control.take() {
            let back = self.current.clone();
            self.switch_to(&control)?;
            self.wire.send(Command::CloseWindow, json!({}))?;
            self.current.clear();
            self.switch_to(&back)?;
        }
        Ok(())
    }

    /// Leaves the panel for a page of the extension in which nothing runs.
    pub fn still_control(&mut self) -> Result<()> {
        let url = self.extension_url("manifest.json");
        self.control("location.replace(arguments[0])", json!([url]))?;
        self.until("the panel is left", |browser| {
            let found = browser.control("return [location.href, typeof ext?.action]", json!([]))?;
            Ok((found == json!([url, "object"]), found))
        })
    }

    /// Brings a tab to the front.
    pub fn activate(&mut self, tab: &Tab) -> Result<()> {
        self.control("await ext.tabs.update(arguments[0], { active: true })", json!([tab.id]))?;
        self.switch(tab)
    }

    /// Opens the panel from its button, in the window that is in front; it takes up to two seconds.
    pub fn open_popup(&mut self) -> Result<()> {
        match self.kind {
            // ChromeDriver brings the tab it talks to to the front, and that closes the panel: so
            // the remote control does it a second later, when nobody talks any more.
            Kind::Chromium => self
                .control(
                    "const { windowId } = await ext.tabs.getCurrent();
                     setTimeout(() => ext.action.openPopup({ windowId }), 1000)",
                    json!([]),
                )
                .map(drop),
            Kind::Firefox => self
                .privileged(
                    "const { ExtensionParent } = ChromeUtils.importESModule('resource://gre/modules/ExtensionParent.sys.mjs');
                     const { extension } = WebExtensionPolicy.getByID(arguments[0]);
                     await ExtensionParent.apiManager.global.browserActionFor(extension).openPopup(window, true)",
                    json!([GECKO_ID]),
                )
                .map(drop),
        }
    }

    /// The address of one of the extension's pages.
    pub fn extension_url(&self, page: &str) -> String {
        format!("{}{page}", self.base.as_deref().expect("the extension is installed"))
    }

    pub fn run_folder(&self) -> &RunFolder {
        &self.run
    }

    // ---- Tabs and windows ----

    /// Goes to an address in the current tab and waits until it is loaded.
    pub fn navigate(&mut self, url: &str) -> Result<()> {
        self.wire.send(Command::Navigate, json!({ "url": url }))?;
        match self.kind {
            Kind::Firefox => Ok(()),
            Kind::Chromium => self.until(&format!("{url} is loaded"), |browser| {
                let state = browser.script("return document.readyState", json!([]))?;
                Ok((state == "complete", state))
            }),
        }
    }

    /// Sets off for an address as a click on a link would, and waits for nothing.
    pub fn leave_for(&mut self, url: &str) -> Result<()> {
        self.script("setTimeout(() => { location.href = arguments[0] }, 0)", json!([url])).map(drop)
    }

    pub fn url(&mut self) -> Result<String> {
        let url = self.wire.send(Command::Url, json!({}))?;
        Ok(url.as_str().unwrap_or_default().to_owned())
    }

    /// The tab that commands go to now. Needs the remote control.
    pub fn open_tab(&mut self) -> Result<Tab> {
        self.open("tab")
    }

    pub fn open_window(&mut self) -> Result<Tab> {
        self.open("window")
    }

    fn open(&mut self, kind: &str) -> Result<Tab> {
        let before = self.tab_ids()?;
        let handle = self.new_window(kind)?;
        self.adopt(handle, &before)
    }

    /// Makes the window with this handle the current one; its number is the one not in `before`.
    fn adopt(&mut self, handle: String, before: &[i64]) -> Result<Tab> {
        let mut id = None;
        self.until("the new tab has a number", |browser| {
            id = browser.tab_ids()?.into_iter().find(|id| !before.contains(id));
            Ok((id.is_some(), json!(id)))
        })?;
        self.switch_to(&handle)?;
        Ok(Tab { handle, id: id.expect("found above") })
    }

    /// Opens a private window on an address. The extension must be allowed there to see it.
    pub fn open_private_window(&mut self) -> Result<Tab> {
        let before = self.tab_ids()?;
        let handles = self.handles()?;
        match self.kind {
            Kind::Firefox => {
                let opened = self.wire.send(Command::NewWindow, json!({ "type": "window", "private": true }))?;
                let handle = opened["handle"].as_str().unwrap_or_default().to_owned();
                self.adopt(handle, &before)
            }
            Kind::Chromium => {
                self.control("await ext.windows.create({ incognito: true, url: 'about:blank' })", json!([]))?;
                // The window's first document is exchanged at once, and with it the handle.
                let mut handle = None;
                self.until("the private window has a handle", |browser| {
                    let Some(found) = browser.handles()?.into_iter().find(|handle| !handles.contains(handle)) else {
                        return Ok((false, Value::Null));
                    };
                    browser.current.clear();
                    browser.wire.send(Command::SwitchWindow, json!({ "handle": found }))?;
                    let answer = browser.wire.send(Command::Script, script_body("return 1", json!([])))?;
                    handle = Some(found);
                    Ok((answer["value"] == 1, answer))
                })?;
                self.adopt(handle.expect("found above"), &before)
            }
        }
    }

    /// Whether the extension may run in private windows; neither browser allows it by itself.
    pub fn allow_private_windows(&mut self) -> Result<()> {
        match self.kind {
            Kind::Firefox => {
                self.privileged(
                    "const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
                     const { extension } = WebExtensionPolicy.getByID(arguments[0]);
                     await ExtensionPermissions.add(extension.id, { permissions: ['internal:privateBrowsingAllowed'], origins: [] }, extension);
                     const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
                     await (await AddonManager.getAddonByID(extension.id)).reload();",
                    json!([GECKO_ID]),
                )?;
                self.forget_control()?;
            }
            Kind::Chromium => {
                self.configure(json!({ "incognitoAccess": true }))?;
                self.forget_control()?;
            }
        }
        self.open_control()
    }

    /// Starts the extension anew, as after an update: what it kept for the session is gone.
    pub fn restart_extension(&mut self) -> Result<()> {
        // The page that asks for it goes away before it could be answered.
        self.control("setTimeout(() => ext.runtime.reload(), 100)", json!([]))?;
        let control = self.control.clone();
        self.until("the extension's pages are closed", |browser| {
            let handles = browser.handles()?;
            Ok((control.as_ref().is_none_or(|control| !handles.contains(control)), json!(handles)))
        })?;
        self.forget_control()?;
        self.open_control()
    }

    /// Ends the process in which Firefox runs its extensions, as a fault of it or the system would.
    pub fn end_extension_process(&mut self) -> Result<()> {
        let ended = self.privileged(
            "const { children } = await ChromeUtils.requestProcInfo();
             const { pid } = children.find(({ type }) => type === 'extension');
             Cc['@mozilla.org/processtools-service;1'].getService(Ci.nsIProcessToolsService).kill(pid);
             return pid",
            json!([]),
        )?;
        self.until("the extension's process is gone", |browser| {
            let processes = browser
                .privileged("return (await ChromeUtils.requestProcInfo()).children.map(({ pid }) => pid)", json!([]))?;
            Ok((processes.as_array().is_some_and(|pids| !pids.contains(&ended)), processes))
        })?;
        self.forget_control()?;
        self.open_control()
    }

    /// The remote control went away with the extension's reload, or with its process.
    fn forget_control(&mut self) -> Result<()> {
        let gone = self.control.take();
        let handles = self.handles()?;
        if let Some(gone) = gone.filter(|gone| handles.contains(gone)) {
            let back = self.current.clone();
            self.switch_to(&gone)?;
            self.wire.send(Command::CloseWindow, json!({}))?;
            self.current = String::new();
            let to = if back == gone { self.handles()?[0].clone() } else { back };
            self.switch_to(&to)?;
        } else if !handles.contains(&self.current) {
            self.current = String::new();
            self.switch_to(&handles[0])?;
        }
        Ok(())
    }

    /// Changes what the reader may change on Chromium's page of extensions.
    pub fn configure(&mut self, changes: Value) -> Result<()> {
        let id = self.extension_url("").trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        let back = self.current.clone();
        let handle = self.new_window("tab")?;
        self.switch_to(&handle)?;
        self.navigate("chrome://extensions/")?;
        let mut update = changes;
        update["extensionId"] = json!(id);
        self.script("await chrome.developerPrivate.updateExtensionConfiguration(arguments[0])", json!([update]))?;
        self.wire.send(Command::CloseWindow, json!({}))?;
        self.current.clear();
        // Some changes restart the extension, which closes its pages.
        let handles = self.handles()?;
        let to = handles.iter().find(|handle| **handle == back).or(handles.first()).cloned().unwrap_or_default();
        self.switch_to(&to)
    }

    /// Gives the extension its access to all sites, or takes it, as the reader does on the browser's page of
    /// extensions.
    pub fn let_in_everywhere(&mut self, granted: bool) -> Result<()> {
        match self.kind {
            Kind::Chromium => {
                self.configure(json!({ "hostAccess": if granted { "ON_ALL_SITES" } else { "ON_CLICK" } }))?;
            }
            Kind::Firefox => self.permit(granted, &[], &[EVERYWHERE])?,
        }
        self.knows_access(granted)
    }

    /// Gives or takes permissions and origins, as the reader does it in the extension's options, where Firefox asks no
    /// further question; Firefox only.
    pub fn permit(&mut self, granted: bool, permissions: &[&str], origins: &[&str]) -> Result<()> {
        self.privileged(
            "const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
             const [id, how, permissions, origins] = arguments;
             const { extension } = WebExtensionPolicy.getByID(id);
             await ExtensionPermissions[how](id, { permissions, origins }, extension)",
            json!([GECKO_ID, if granted { "add" } else { "remove" }, permissions, origins]),
        )
        .map(drop)
    }

    /// Waits until the extension is told that it has access to all sites, or that it has none any more.
    pub fn knows_access(&mut self, granted: bool) -> Result<()> {
        self.until("the extension knows its access", |browser| {
            let asked = "return await ext.permissions.contains({ origins: [arguments[0]] })";
            let found = browser.control(asked, json!([EVERYWHERE]))?;
            Ok((found == granted, found))
        })
    }

    /// Lets the reader say yes to whatever permission is asked for from here on, Firefox only.
    pub fn say_yes(&mut self) -> Result<()> {
        let pref = "Services.prefs.setBoolPref('extensions.webextOptionalPermissionPrompts', false)";
        self.privileged(pref, json!([])).map(drop)
    }

    pub fn close(&mut self, tab: &Tab) -> Result<()> {
        self.switch_to(&tab.handle)?;
        self.wire.send(Command::CloseWindow, json!({}))?;
        self.current = String::new();
        let control = self.control.clone();
        match control {
            Some(control) => self.switch_to(&control),
            None => Ok(()),
        }
    }

    /// Finds a tab again whose document was exchanged for one that had been built ahead: to
    /// ChromeDriver that is another window. `before` are the handles from before the exchange, and `url` is what the
    /// tab shows after it, under its old handle where nothing was exchanged.
    pub fn find_again(&mut self, tab: &Tab, before: &[String], url: &str) -> Result<Tab> {
        let mut found: Option<(Tab, Instant)> = None;
        self.until(&format!("the tab shows {url}"), |browser| {
            let handles = browser.handles()?;
            let (old, new): (Vec<_>, Vec<_>) = handles
                .iter()
                .filter(|handle| **handle == tab.handle || !before.contains(handle))
                .partition(|handle| **handle == tab.handle);
            for handle in new.into_iter().chain(old) {
                // It may go while it is looked at.
                browser.current.clear();
                let is_there = browser.switch_to(handle).is_ok() && browser.loaded().is_ok_and(|shown| shown == url);
                if is_there {
                    // For a moment the old handle may lead there too, before it goes.
                    let _other = found.take_if(|(seen, _)| seen.handle != *handle);
                    let seen = Tab { handle: handle.clone(), id: tab.id };
                    let (_, since) = found.get_or_insert((seen, Instant::now()));
                    return Ok((since.elapsed() >= STAYS, json!(handles)));
                }
            }
            Ok((false, json!(handles)))
        })?;
        Ok(found.expect("found above").0)
    }

    /// Has the page in the current tab open this address in another one.
    pub fn open_by_script(&mut self, url: &str) -> Result<Tab> {
        let (handles, ids) = (self.handles()?, self.tab_ids()?);
        self.script("window.open(arguments[0])", json!([url]))?;
        let mut tab = Tab { handle: String::new(), id: -1 };
        self.until("another tab is there", |browser| {
            let id = browser.tab_ids()?.into_iter().find(|id| !ids.contains(id));
            tab.id = id.unwrap_or(-1);
            Ok((id.is_some(), json!(id)))
        })?;
        self.find_again(&tab, &handles, url)
    }

    /// The address of the page in the current tab, once it is complete.
    pub fn loaded(&mut self) -> Result<Value> {
        self.script("return document.readyState === 'complete' ? location.href : ''", json!([]))
    }

    pub fn switch(&mut self, tab: &Tab) -> Result<()> {
        self.switch_to(&tab.handle)
    }

    /// The tab that was there when the browser started.
    pub fn first_tab(&mut self) -> Result<Tab> {
        let control = self.control.clone();
        let handle = self.handles()?.into_iter().find(|handle| Some(handle) != control.as_ref());
        let ids = self.tab_ids()?;
        Ok(Tab { handle: handle.unwrap_or_default(), id: ids.first().copied().unwrap_or(-1) })
    }

    pub fn handles(&mut self) -> Result<Vec<String>> {
        let handles = self.wire.send(Command::Windows, json!({}))?;
        Ok(handles.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    fn new_window(&mut self, kind: &str) -> Result<String> {
        let opened = self.wire.send(Command::NewWindow, json!({ "type": kind }))?;
        Ok(opened["handle"].as_str().unwrap_or_default().to_owned())
    }

    fn switch_to(&mut self, handle: &str) -> Result<()> {
        if self.current != handle {
            // `focus` is Firefox's: without it, asking the remote control would hide the tab under test.
            self.wire.send(Command::SwitchWindow, json!({ "handle": handle, "focus": false }))?;
            handle.clone_into(&mut self.current);
        }
        Ok(())
    }

    fn tab_ids(&mut self) -> Result<Vec<i64>> {
        let ids = self.control("return (await ext.tabs.query({})).map((tab) => tab.id)", json!([]))?;
        Ok(ids.as_array().into_iter().flatten().filter_map(Value::as_i64).collect())
    }

    // ---- Scripts ----

    /// Runs the body of an asynchronous function in the current tab; `arguments` are its own.
    pub fn script(&mut self, body: &str, arguments: Value) -> Result<Value> {
        let answer = self.wire.send(Command::Script, script_body(body, arguments))?;
        unwrap_script(answer)
    }

    /// Clicks on an element as a hand does: browsers take a question about permissions only from a reader.
    pub fn press(&mut self, selector: &str) -> Result<()> {
        let place = self.script(
            "const element = document.querySelector(arguments[0]);
             element.scrollIntoView({ block: 'center', behavior: 'instant' });
             const { x, y, width, height } = element.getBoundingClientRect();
             return [Math.round(x + width / 2), Math.round(y + height / 2)]",
            json!([selector]),
        )?;
        let hand = json!([
            { "type": "pointerMove", "x": place[0], "y": place[1] },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerUp", "button": 0 },
        ]);
        let actions = json!({ "actions": [{ "type": "pointer", "id": "hand", "actions": hand }] });
        self.wire.send(Command::Actions, actions).map(drop)
    }

    /// Runs a script in the remote control, with `ext` as the browser's interface for extensions.
    pub fn control(&mut self, body: &str, arguments: Value) -> Result<Value> {
        let control = self.control.clone().expect("the remote control is open");
        let back = self.current.clone();
        self.switch_to(&control)?;
        let answer = self.script(&format!("const ext = globalThis.browser ?? globalThis.chrome; {body}"), arguments);
        if !back.is_empty() {
            self.switch_to(&back)?;
        }
        answer
    }

    /// Runs a script with the browser's own rights; Firefox only.
    pub fn privileged(&mut self, body: &str, arguments: Value) -> Result<Value> {
        let answer = self.wire.privileged(Command::Script, script_body(body, arguments))?;
        unwrap_script(answer)
    }

    /// Chromium's developer protocol.
    pub fn cdp(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.wire.cdp(method, parameters)
    }

    // ---- The extension ----

    pub fn badge(&mut self, tab: &Tab) -> Result<Badge> {
        let found = self.control(
            "const tabId = arguments[0];
             return [await ext.action.getBadgeText({ tabId }), await ext.action.getTitle({ tabId })]",
            json!([tab.id]),
        )?;
        let text = |index: usize| found[index].as_str().unwrap_or_default().to_owned();
        Ok(Badge { text: text(0), title: text(1) })
    }

    /// Ends the background as the browser does after some idle time, and waits until it is gone.
    pub fn kill_worker(&mut self) -> Result<()> {
        match self.kind {
            Kind::Firefox => self
                .privileged(
                    // Otherwise one that is about to answer somebody would live on.
                    "await WebExtensionPolicy.getByID(arguments[0]).extension
                       .terminateBackground({ disableResetIdleForTest: true })",
                    json!([GECKO_ID]),
                )
                .map(drop),
            Kind::Chromium => {
                let base = self.extension_url("");
                self.cdp("ServiceWorker.enable", json!({}))?;
                self.until("the worker is gone", |browser| {
                    browser.cdp("ServiceWorker.stopAllWorkers", json!({}))?;
                    let targets = browser.cdp("Target.getTargets", json!({}))?;
                    let running = targets["targetInfos"].as_array().into_iter().flatten().any(|target| {
                        target["type"] == "service_worker"
                            && target["url"].as_str().is_some_and(|url| url.starts_with(&base))
                    });
                    Ok((!running, targets))
                })
            }
        }
    }

    /// Does the background run? Firefox only.
    pub fn is_awake(&mut self) -> Result<bool> {
        let state = self.privileged(
            "return WebExtensionPolicy.getByID(arguments[0]).extension.backgroundState",
            json!([GECKO_ID]),
        )?;
        Ok(state != "stopped")
    }

    // ---- Looks ----

    /// Sets the inner size of the current tab, also below what the browser's windows allow.
    pub fn viewport(&mut self, width: u32, height: u32) -> Result<()> {
        match self.kind {
            Kind::Chromium => self
                .cdp(
                    "Emulation.setDeviceMetricsOverride",
                    json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
                )
                .map(drop),
            Kind::Firefox => self
                .privileged(
                    "const frame = gBrowser.selectedBrowser.style;
                     for (const [name, value] of [['width', arguments[0]], ['height', arguments[1]]])
                       for (const which of ['', 'min-', 'max-']) frame.setProperty(which + name, value + 'px');",
                    json!([width, height]),
                )
                .map(drop),
        }
    }

    pub fn window_size(&mut self, width: u32, height: u32) -> Result<()> {
        self.wire.send(Command::SetWindowRect, json!({ "width": width, "height": height })).map(drop)
    }

    /// Sets what pages are told of the reader's preference; Chromium sets it for the current tab.
    pub fn colour_scheme(&mut self, scheme: Scheme) -> Result<()> {
        match self.kind {
            Kind::Chromium => self
                .cdp(
                    "Emulation.setEmulatedMedia",
                    json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme.name() }] }),
                )
                .map(drop),
            Kind::Firefox => self
                .privileged(
                    "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0]);
                     Services.prefs.setIntPref('ui.systemUsesDarkTheme', arguments[0] ? 0 : 1);",
                    json!([i32::from(scheme == Scheme::Light)]),
                )
                .map(drop),
        }
    }

    /// Writes the current tab as PNG; `whole` includes what one must scroll to.
    pub fn screenshot(&mut self, path: &Path, whole: bool) -> Result<()> {
        let image = match (self.kind, whole) {
            (Kind::Chromium, true) => {
                let shot = self.cdp("Page.captureScreenshot", json!({ "captureBeyondViewport": true }))?;
                shot["data"].clone()
            }
            (_, whole) => self.wire.send(Command::Screenshot, json!({ "full": whole }))?,
        };
        write_image(path, &image)
    }

    /// Writes the browser's window with its toolbar as PNG; Firefox only, for Chromium see `Display`.
    pub fn screenshot_window(&mut self, path: &Path) -> Result<()> {
        let image = self.wire.privileged(Command::Screenshot, json!({ "full": false }))?;
        write_image(path, &image)
    }

    // ---- Waiting ----

    /// Repeats a question until its answer is right; the second half of the answer is what is
    /// shown when it never is. A question that fails counts as not answered yet.
    pub fn until(&mut self, what: &str, mut question: impl FnMut(&mut Self) -> Result<(bool, Value)>) -> Result<()> {
        let begin = Instant::now();
        loop {
            let seen = match question(self) {
                Ok((true, _)) => return Ok(()),
                Ok((false, seen)) => seen.to_string(),
                Err(error @ DriverError::Gone(_)) => return Err(error),
                Err(error) => error.to_string(),
            };
            if begin.elapsed() > DEADLINE {
                return Err(DriverError::Deadline { what: what.to_owned(), waited: DEADLINE, seen });
            }
            thread::sleep(Duration::from_millis(25));
        }
    }

    /// Waits until the reader closes the browser.
    pub fn wait_until_closed(&mut self) {
        while matches!(self.handles(), Ok(handles) if !handles.is_empty()) {
            thread::sleep(Duration::from_millis(500));
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium's processes are ChromeDriver's children: it ends them when the session ends.
        if self.kind == Kind::Chromium {
            let _ = self.wire.send(Command::CloseWindow, json!({ "quit": true }));
        }
    }
}

/// Starts the programs, and looks which window is there.
fn begin(options: &Options<'_>, run: &RunFolder) -> Result<(Box<dyn Wire>, Vec<Process>, String)> {
    let (mut wire, processes) = match options.kind {
        Kind::Chromium => chromium::start(options, run)?,
        Kind::Firefox => firefox::start(options, run)?,
    };
    // Scripts wait for what may take a while; a test has its own, shorter deadline.
    wire.send(Command::SetTimeouts, json!({ "script": 60_000, "pageLoad": 60_000 }))?;
    let current = first_window(wire.as_mut())?;
    Ok((wire, processes, current))
}

fn first_window(wire: &mut dyn Wire) -> Result<String> {
    let handles = wire.send(Command::Windows, json!({}))?;
    Ok(handles[0].as_str().unwrap_or_default().to_owned())
}

/// The body of the WebDriver command: the same text works in both browsers.
fn script_body(body: &str, arguments: Value) -> Value {
    let script = format!(
        "const done = arguments[arguments.length - 1];
         (async function () {{ {body} }}).apply(null, [...arguments].slice(0, -1))
           .then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
    );
    json!({ "script": script, "args": arguments })
}

fn unwrap_script(answer: Value) -> Result<Value> {
    match answer.get("error") {
        Some(error) => Err(DriverError::Script(error.as_str().unwrap_or_default().to_owned())),
        None => Ok(answer.get("value").cloned().unwrap_or(Value::Null)),
    }
}

fn write_image(path: &Path, image: &Value) -> Result<()> {
    let bytes = BASE64
        .decode(image.as_str().unwrap_or_default())
        .map_err(|error| DriverError::Script(format!("the screenshot is not base64: {error}")))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io_error(folder.display().to_string()))?;
    }
    fs::write(path, bytes).map_err(io_error(path.display().to_string()))
}

/// The first of the programs that is installed.
fn find_program(names: &[&str]) -> Result<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| path.is_file())
        .ok_or_else(|| DriverError::Missing(names.join(", ")))
}

/// A child process that ends with its owner.
struct Process(process::Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
