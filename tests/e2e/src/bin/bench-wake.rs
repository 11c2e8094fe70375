//! Wake to badge: how long after a request begins is the badge there, when the background slept?
//!
//! Two browsers of each kind stand side by side, one with the extension, one with the peer, a
//! minimal extension in plain JavaScript. Round by round the one, then the other is put to sleep
//! and sent to the same page, so that whatever else the machine does meets both. They are started
//! anew after every few wakes, for what the start of a browser happens to bring stays with it.
//!
//! The peer is woken by the response, Served By by the navigation. So it counts how long the server takes to
//! answer: at once, as only a server on the same machine can, or after the time of a few round trips.
//!
//! All is as it is for a reader who goes to a page: the tab is in front, and no page of the extension is open, the
//! panel least of all. In Firefox an open panel runs in the background's own thread and keeps the browser's parent
//! process busy, which hands out responses only when it has nothing else to do.
//!
//! Firefox draws its toolbar once in a frame, so that times come in steps of 17 ms, and the median of one run lies on
//! one step and that of the next on another, where half of the wakes are early enough for the first. So the ratio
//! is of the means of the middle halves, and the medians stand beside them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{fs, thread};

use e2e::benches::{self, Settings, midmean, quantile};
use e2e::drivers::{Browser, GECKO_ID, Kind, Options, TOOLBAR, Tab};
use e2e::run_folder::RunFolder;
use e2e::sites::{self, CLOUDFLARE};
use e2e::world::{Isolation, World};
use serde_json::json;

/// How long the browser rests before the background is woken.
const REST: Duration = Duration::from_millis(1_500);

/// How long the server takes to answer, in milliseconds. A page from afar takes at least three round trips,
/// for TCP, TLS and the request (RFC 8446, section 2), and mostly the name's look-up.
const ANSWERS_MS: [u64; 4] = [0, 20, 50, 100];

/// How many wakes of each a start of both browsers has: what one start happens to bring stays with it, and
/// differs more from another's than its rounds do from each other, so that only more starts make a figure surer.
const ROUNDS_OF_A_START: usize = 5;

const HELP: &str = "\
Usage: bench-wake [--browser firefox|chromium] [--rounds N] [--at-most RATIO]

Prints the time from the start of a request to the badge, the background having slept, for the
extension in dist/ and for a minimal peer, less the time that the server took to answer: the mean
of the middle half, the median, and the time within which nine of ten came. The ratio is of the
means: for a server that answers at once, after 20, 50 and 100 ms. Exits 1 when a ratio is above
RATIO (1.3 unless you say so). N is the number of wakes of each for each of these (30 unless you
say so, and at least 15), in fives: the browsers are started anew after each.
";

fn main() -> ExitCode {
    let settings = Settings { kinds: Kind::ALL.to_vec(), rounds: 30, at_most: 1.3 };
    benches::main("bench-wake", HELP, settings, run)
}

fn run(isolation: Isolation, settings: Settings) -> Result<bool, Box<dyn std::error::Error>> {
    let Settings { kinds, rounds, at_most } = settings;
    let rounds = rounds.max(15);
    if let Isolation::Shared { why } = &isolation {
        println!("No private network ({why}): names are redirected inside the browsers instead.");
    }
    let world = World::start(isolation, sites::records(), sites::answer())?;
    let mut reached = true;
    for kind in kinds {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let run = RunFolder::new("bench")?;
        let extensions = [root.join("dist").join(kind.name()), peer(&run, kind)?];
        let mut times: [[Vec<f64>; 2]; ANSWERS_MS.len()] = Default::default();
        for start in 0..rounds.div_ceil(ROUNDS_OF_A_START) {
            let mut ours = Contestant::start("Served By", &world, kind, &extensions[0])?;
            let mut peer = Contestant::start("plain JavaScript", &world, kind, &extensions[1])?;
            for (answer_ms, times) in ANSWERS_MS.into_iter().zip(&mut times) {
                let before = times[0].len();
                measure([&mut ours, &mut peer], times, ROUNDS_OF_A_START, answer_ms)?;
                let [our_mean, peer_mean] = times.each_mut().map(|times| midmean(&mut times[before..]));
                println!("  start {}, {answer_ms} ms: {our_mean:.1} ms, {peer_mean:.1} ms", start + 1);
            }
        }
        for (answer_ms, [ours, peer]) in ANSWERS_MS.into_iter().zip(&mut times) {
            let (our_mean, peer_mean) = (midmean(ours), midmean(peer));
            println!(
                "wake to badge, {kind}, answered after {answer_ms} ms, {} rounds, without that time: \
                 Served By {our_mean:.1} ms in the middle ({}), plain JavaScript {peer_mean:.1} ms ({})",
                ours.len(),
                spread(ours),
                spread(peer),
            );
            let ratio = our_mean / peer_mean;
            println!("  ratio {ratio:.2}, at most {at_most}");
            reached &= ratio <= at_most;
        }
    }
    Ok(reached)
}

fn spread(times: &mut [f64]) -> String {
    format!("median {:.1}, p90 {:.1}", quantile(times, 0.5), quantile(times, 0.9))
}

/// Adds to the times of both, without the server's.
fn measure(
    [ours, peer]: [&mut Contestant; 2],
    [our_times, peer_times]: &mut [Vec<f64>; 2],
    rounds: usize,
    answer_ms: u64,
) -> Result<(), Box<dyn std::error::Error>> {
    // The first rounds fill the caches of compiled code and are not counted.
    for round in 0..rounds + 3 {
        let (our_time, peer_time) = if round % 2 == 0 {
            let our_time = ours.round(answer_ms)?;
            (our_time, peer.round(answer_ms)?)
        } else {
            let peer_time = peer.round(answer_ms)?;
            (ours.round(answer_ms)?, peer_time)
        };
        if round >= 3 {
            our_times.push(our_time);
            peer_times.push(peer_time);
        }
    }
    Ok(())
}

/// The peer with the manifest for this browser.
fn peer(run: &RunFolder, kind: Kind) -> std::io::Result<PathBuf> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("peer");
    let to = run.folder("peer")?;
    for name in ["background.js", "panel.html"] {
        fs::copy(from.join(name), to.join(name))?;
    }
    fs::copy(from.join(format!("manifest.{kind}.json")), to.join("manifest.json"))?;
    Ok(to)
}

struct Contestant {
    name: &'static str,
    browser: Browser,
    tab: Tab,
}

impl Contestant {
    fn start(
        name: &'static str,
        world: &World,
        kind: Kind,
        extension: &Path,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut browser = Browser::start(&Options { extension: Some(extension), ..Options::new(kind, world) })?;
        let tab = browser.open_tab()?;
        browser.activate(&tab)?;
        match kind {
            Kind::Chromium => browser.still_control()?,
            Kind::Firefox => browser.close_control()?,
        }
        Ok(Self { name, browser, tab })
    }

    /// One wake, in milliseconds beyond those that the server takes to answer.
    fn round(&mut self, answer_ms: u64) -> Result<f64, Box<dyn std::error::Error>> {
        self.browser.switch(&self.tab)?;
        self.browser.navigate("about:blank")?;
        let tab = self.tab.clone();
        self.browser.until("the badge is gone", |browser| {
            let text = match browser.kind {
                Kind::Chromium => json!(browser.badge(&tab)?.text),
                Kind::Firefox => browser.privileged(&format!("{TOOLBAR} return badge()"), json!([GECKO_ID]))?,
            };
            Ok((text == "", text))
        })?;
        self.browser.kill_worker()?;
        // A background is woken long after it was put to sleep, when nothing of it is left to be done:
        // neither the browser's tidying up nor Firefox's second compilation of the module.
        thread::sleep(REST);
        let url = format!("https://{CLOUDFLARE}/slow?ms={answer_ms}");
        let took = match self.browser.kind {
            Kind::Chromium => self.browser.control(IN_CHROMIUM, json!([self.tab.id, url]))?,
            Kind::Firefox => self.browser.privileged(&format!("{TOOLBAR}{IN_FIREFOX}"), json!([GECKO_ID, url]))?,
        };
        let took = took.as_f64().ok_or_else(|| format!("the badge of {} never came: {took}", self.name))?;
        Ok(took - answer_ms as f64)
    }
}

/// Runs in a page of the extension in which nothing else runs: the page sees the request begin by the
/// browser's own time stamp. Once the page is told of the commit, after which both paint, it asks for the
/// badge again and again; before, it would only take the processor from what it measures. It does so
/// without timers, which browsers slow down in tabs that are not in front.
const IN_CHROMIUM: &str = "
const [tabId, url] = arguments;
let begin;
const onBegin = (details) => { if (details.tabId === tabId) begin ??= details.timeStamp };
ext.webRequest.onBeforeRequest.addListener(onBegin, { urls: ['<all_urls>'], types: ['main_frame'] });
let onCommitted;
const committed = new Promise((resolve) => {
  onCommitted = (details) => { if (details.tabId === tabId && details.url === url) resolve() };
  ext.webNavigation.onCommitted.addListener(onCommitted);
});
const now = () => performance.timeOrigin + performance.now();
await ext.tabs.update(tabId, { url });
await committed;
const deadline = now() + 10000;
let end = null, text;
while (now() < deadline) {
  text = await ext.action.getBadgeText({ tabId });
  if (text === 'CF') { end = now(); break }
}
ext.webRequest.onBeforeRequest.removeListener(onBegin);
ext.webNavigation.onCommitted.removeListener(onCommitted);
return end === null || begin === undefined ? { begin, text } : end - begin;";

/// Runs with the browser's own rights, in the window: it looks at the toolbar and has no part in what it measures.
/// The request begins where the browser tells extensions that it does.
const IN_FIREFOX: &str = "
const [, url] = arguments;
const now = () => performance.timeOrigin + performance.now();
let begin, end, done;
const ended = new Promise((resolve) => { done = resolve });
const requests = {
  observe(request) {
    if (request.QueryInterface(Ci.nsIHttpChannel).URI.spec === url) begin ??= now();
  },
};
Services.obs.addObserver(requests, 'http-on-modify-request');
const changes = new MutationObserver(() => {
  if (badge() !== 'CF') return;
  end ??= now();
  done();
});
changes.observe(button, { attributes: true });
const { selectedBrowser } = gBrowser;
const triggeringPrincipal = Services.scriptSecurityManager.getSystemPrincipal();
selectedBrowser.fixupAndLoadURIString(url, { triggeringPrincipal });
const deadline = setTimeout(done, 10000);
await ended;
clearTimeout(deadline);
changes.disconnect();
Services.obs.removeObserver(requests, 'http-on-modify-request');
return end === undefined || begin === undefined ? { begin, text: badge() } : end - begin;";
