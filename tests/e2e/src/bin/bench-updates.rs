//! Click to switch: how long does the background take to check a whole new version of the dataset and to use
//! it, beside hashing the same bytes with the browser's own WebCrypto?

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use e2e::benches::{self, Settings, quantile};
use e2e::drivers::{Browser, Kind, Options};
use e2e::publisher::Publisher;
use e2e::sites;
use e2e::world::{Isolation, Request, Response, World};
use serde_json::{Value, json};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const HOST: &str = "updates.example";
/// The parts that differ from the package's: all of them.
const VERSIONS: [(&str, &[&str]); 1] = [("all parts", &["dataset.img", "records.img", "operators.img"])];

const HELP: &str = "\
Usage: bench-updates [--browser firefox|chromium] [--rounds N] [--at-most RATIO]

Prints the median time in which a version whose parts are all new is checked and switched to, from the moment
when its bytes have arrived, and the time in which WebCrypto hashes the same bytes; receiving, unpacking and
storing, which is done or could be done while more is fetched, are told apart. Exits 1 when the first is above
50 ms or above RATIO times the second (4 unless you say so). N is 15 unless you say so.
";

fn main() -> ExitCode {
    let settings = Settings { kinds: Kind::ALL.to_vec(), rounds: 15, at_most: 4.0 };
    benches::main("bench-updates", HELP, settings, run)
}

fn run(isolation: Isolation, settings: Settings) -> Outcome<bool> {
    let Settings { kinds, rounds, at_most } = settings;
    // All is published before the network begins, which then only hands out.
    let mut files = BTreeMap::new();
    let mut publishers = Vec::new();
    for kind in kinds {
        for (number, (name, dated)) in VERSIONS.into_iter().enumerate() {
            let folder = format!("bench-{number}");
            let address = format!("https://{HOST}/{kind}/{number}/");
            let publisher = Publisher::new(kind, &folder, &address)?;
            publisher.run_first(include_str!("../../bench/updates.js"))?;
            // Deltas are made from versions before; this is the first.
            publisher.publish(20_361_126, dated)?;
            let own = publisher.files()?.into_iter();
            files.extend(own.map(|(path, bytes)| (format!("/{kind}/{number}/{path}"), bytes)));
            publishers.push((publisher, name, dated, address));
        }
    }
    let pages = sites::answer();
    let answer = move |request: &Request| match files.get(&request.path) {
        _ if request.host != HOST => pages(request),
        Some(bytes) => Response::new(200).body("application/octet-stream", bytes.clone()),
        None => Response::new(404),
    };
    let mut records = sites::records();
    records.add(HOST, None, &["192.0.2.80".parse()?]);
    let world = World::start(isolation, records, Arc::new(answer))?;
    let mut reached = true;
    for (publisher, name, dated, address) in &publishers {
        let (checked, hashing) = measure(&world, publisher, name, dated, address, rounds)?;
        reached &= checked <= 50.0 && checked <= at_most * hashing;
    }
    Ok(reached)
}

/// The medians in milliseconds: of checking and switching, and of hashing alone.
fn measure(
    world: &World,
    publisher: &Publisher,
    name: &str,
    dated: &[&str],
    address: &str,
    rounds: usize,
) -> Outcome<(f64, f64)> {
    let kind = publisher.kind;
    let mut browser = Browser::start(&Options { extension: Some(&publisher.extension), ..Options::new(kind, world) })?;
    if kind == Kind::Firefox {
        // Its clock would tell whole milliseconds only.
        browser.privileged("Services.prefs.setBoolPref('privacy.reduceTimerPrecision', false)", json!([]))?;
    }
    let index = String::from_utf8(publisher.files()?.remove("index.txt").ok_or("there is no index")?)?;
    let part = |line: &str| {
        let words: Vec<&str> = line.strip_prefix("part ")?.split(' ').collect();
        dated.contains(&words[0]).then(|| format!("files/{}", words[5]))
    };
    let paths: Vec<String> = index.lines().filter_map(part).collect();
    let mut len = 0;
    let mut times: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    // The first rounds fill the caches of compiled code and are not counted.
    for round in 0..rounds + 2 {
        browser.control(
            "await ext.storage.local.clear(); await ext.storage.session.clear();
             for (const name of await caches.keys()) await caches.delete(name)",
            json!([]),
        )?;
        browser.kill_worker()?;
        thread::sleep(Duration::from_millis(500));
        browser.control("await ext.runtime.sendMessage({ kind: 'update:look', tab: 0 })", json!([]))?;
        browser.until("the channel was asked", |browser| {
            let state = browser.control("return (await ext.storage.local.get('update')).update ?? ''", json!([]))?;
            Ok((state != "", state))
        })?;
        // What was found is there a moment after what was learnt was written.
        thread::sleep(Duration::from_millis(300));
        len = ask(&mut browser, json!({ "bench": "load", "base": address, "paths": paths }))?.as_u64().unwrap_or(0);
        let taken = ask(&mut browser, json!({ "bench": "take" }))?;
        // What is tidied up after the switch shall not disturb the peer.
        thread::sleep(Duration::from_millis(500));
        let hashed = ask(&mut browser, json!({ "bench": "hash" }))?;
        if round >= 2 {
            for (name, time) in taken.as_object().into_iter().flatten() {
                times.entry(name.clone()).or_default().push(time.as_f64().unwrap_or_default());
            }
            times.entry("peer".to_owned()).or_default().push(hashed.as_f64().unwrap_or_default());
        }
    }
    let mut medians: BTreeMap<String, f64> =
        times.into_iter().map(|(name, mut times)| (name, quantile(&mut times, 0.5))).collect();
    let (took, hashing) = (medians.remove("took").unwrap_or(f64::MAX), medians.remove("peer").unwrap_or_default());
    let beside: f64 =
        ["receiving", "unpacking", "storing", "copies for storing"].iter().filter_map(|name| medians.get(*name)).sum();
    let checked = took - beside;
    println!(
        "{kind}, {name}, {len} bytes, {rounds} rounds: checked and switched to in {checked:.1} ms; WebCrypto hashes \
         them in {hashing:.1} ms, ratio {:.1}; with receiving, unpacking and storing {took:.1} ms",
        checked / hashing,
    );
    let rest = took - medians.values().sum::<f64>();
    let told: Vec<String> = medians.iter().map(|(name, time)| format!("{name} {time:.1}")).collect();
    println!("    {}, the rest {rest:.1}", told.join(", "));
    Ok((checked, hashing))
}

/// Has the script in the background do something.
fn ask(browser: &mut Browser, question: Value) -> Outcome<Value> {
    let answer = browser.control(
        "const line = new BroadcastChannel('bench');
         const answer = new Promise((resolve) => (line.onmessage = ({ data }) => resolve(data)));
         line.postMessage(arguments[0]);
         try { return await answer } finally { line.close() }",
        json!([question]),
    )?;
    match answer["error"].as_str() {
        Some(error) => Err(error.into()),
        None => Ok(answer["value"].clone()),
    }
}
