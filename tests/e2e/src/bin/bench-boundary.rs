//! From the browser's object to the verdict, beside `serde-wasm-bindgen` that only decodes it.
//!
//! The pages of `tests/e2e/bench` do the measuring, in both browsers and without the extension: a
//! page of the loopback server loads the module with its measurements. See also `benches/boundary.mjs`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use e2e::benches::{self, Settings};
use e2e::drivers::{Browser, Kind, Options};
use e2e::world::{Isolation, Records, Request, Response, World};
use serde_json::{Value, json};

const HELP: &str = "\
Usage: bench-boundary [--browser firefox|chromium] [--rounds N] [--at-most RATIO]

Prints, for each browser, the median time from the object of webRequest to the verdict, the time
that serde-wasm-bindgen takes to only decode the same object, and the ratio of the two; then how
long the shipped module takes to be compiled and instantiated. Exits 1 when a ratio is above RATIO
(0.6 unless you say so). N is 60 unless you say so.
";

/// The page measures for seconds, on a busy machine for minutes.
const LIMIT: Duration = Duration::from_secs(600);
const HOST: &str = "bench.example";

fn main() -> ExitCode {
    let settings = Settings { kinds: Kind::ALL.to_vec(), rounds: 60, at_most: 0.6 };
    benches::main("bench-boundary", HELP, settings, run)
}

fn run(isolation: Isolation, settings: Settings) -> Result<bool, Box<dyn std::error::Error>> {
    let Settings { kinds, rounds, at_most } = settings;
    let mut records = Records::default();
    records.add(HOST, None, &["127.0.0.1".parse()?]);
    let world = World::start(isolation, records, Arc::new(|request: &Request| answer(&request.path)))?;
    let mut reached = true;
    for kind in kinds {
        reached &= measure(&world, kind, rounds, at_most)?;
    }
    Ok(reached)
}

fn measure(world: &World, kind: Kind, rounds: usize, at_most: f64) -> Result<bool, Box<dyn std::error::Error>> {
    let mut browser = Browser::start(&Options::new(kind, world))?;
    browser.navigate(&format!("https://{HOST}/boundary.html?form={kind}&rounds={rounds}"))?;
    let begin = Instant::now();
    let found = loop {
        let outcome = browser.script("return document.documentElement.dataset.outcome ?? null", json!([]))?;
        match outcome.as_str() {
            Some(outcome) => break serde_json::from_str::<Value>(outcome)?,
            None if begin.elapsed() > LIMIT => return Err(format!("no figures after {LIMIT:?}").into()),
            None => thread::sleep(Duration::from_millis(500)),
        }
    };
    let number = |name: &str| found[name].as_f64().ok_or_else(|| format!("the page gave no {name}: {found}"));
    let ratio = number("ratio")?;
    println!(
        "boundary, {kind}, {rounds} rounds of 1,200 responses: to the verdict {} ns (reading the object {} ns), \
         serde-wasm-bindgen decoding {} ns, ratio {ratio:.2}, at most {at_most}; five fields in JavaScript {} ns",
        number("verdict")?,
        number("read")?,
        number("decode")?,
        number("reference")?,
    );
    println!("start, {kind}: the shipped module is compiled and instantiated in {:.1} ms", number("start")?);
    Ok(ratio <= at_most)
}

/// The pages, the module with its measurements, and the module that is shipped.
fn answer(path: &str) -> Response {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.trim_start_matches('/');
    let file = match path.split_once('/') {
        Some(("built", rest)) => root.join("../../target/bench").join(rest),
        Some(("shipped", rest)) => root.join("../../dist/chromium").join(rest),
        _ => root.join("bench").join(path),
    };
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("js" | "mjs") => "text/javascript",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    };
    match fs::read(&file) {
        // Isolated pages have the finer clock.
        Ok(bytes) => Response::new(200)
            .field("cross-origin-opener-policy", "same-origin")
            .field("cross-origin-embedder-policy", "require-corp")
            .body(kind, bytes),
        Err(error) => Response::new(404).body("text/plain", format!("{}: {error}", file.display())),
    }
}
