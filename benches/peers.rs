//! The verdict beside other ways to match the same rules: `cargo bench --bench peers`, then
//! `node benches/peers.mjs`, in this order.
//!
//! This half writes the rules as regular expressions for the peers, which are programs in JavaScript, with
//! the rules that our own matcher finds in each response, and judges the same responses natively. Rules are
//! those that look at a field, in whole or in part: field, member of a list, metric, cookie, name of a cache.
//! Those that look at the name of the host are left out, though our verdict reads them too. The responses
//! are those of `tests/e2e/bench/responses.mjs`.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use serde::Deserialize;
use served_by::BUNDLED;
use served_by::dataset::compile::{signature_id, target};
use served_by::dataset::image::Image;
use served_by::dataset::read;
use served_by::detect::response::Response;
use served_by::detect::verdict::Basis;
use served_by::detect::vocabulary::Where;
use served_by::detect::{self};
use served_by::field::Field;

const ROUNDS: u32 = 200;
/// Times that the measurement is repeated; the least counts, because others only ever add.
const RUNS: usize = 5;

/// A response as the browser reports it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    url: String,
    status_code: u16,
    ip: IpAddr,
    from_cache: bool,
    time_stamp: f64,
    response_headers: Vec<Header>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder)?;
    let rules = rules(root);
    let (native_ns, found) = native(&events(root)?);
    println!("a verdict on 25 fields, native: {native_ns:.0} ns; {} rules written for the peers", rules.len());
    let kept = serde_json::json!({ "native_ns": native_ns, "rules": rules, "found": found });
    fs::write(folder.join("peers.json"), kept.to_string())
}

/// The responses, as the script makes them for Chromium.
fn events(root: &Path) -> io::Result<Vec<Event>> {
    let script = "import { responses } from './tests/e2e/bench/responses.mjs';
        process.stdout.write('[' + responses('chromium').join() + ']');";
    let output = Command::new("node").args(["--input-type=module", "--eval", script]).current_dir(root).output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Nanoseconds for one verdict, and the rules about fields that each of the responses matches.
fn native(events: &[Event]) -> (f64, Vec<BTreeSet<&'static str>>) {
    let tables = Image::open(BUNDLED).expect("the bundled image is whole").tables;
    let fields: Vec<Vec<Field<'_>>> = events
        .iter()
        .map(|event| {
            event.response_headers.iter().map(|h| Field { name: &h.name, value: h.value.as_bytes() }).collect()
        })
        .collect();
    let responses: Vec<Response<'_>> = events
        .iter()
        .zip(&fields)
        .map(|(event, fields)| Response {
            url: &event.url,
            status: event.status_code,
            fields,
            server_address: Some(event.ip),
            received_at_ms: Some(event.time_stamp as i64),
            from_cache: event.from_cache,
            ..Response::default()
        })
        .collect();
    let run = || {
        let begin = Instant::now();
        for _ in 0..ROUNDS {
            for response in &responses {
                black_box(detect::verdict(black_box(response), &tables));
            }
        }
        begin.elapsed()
    };
    let least = (0..RUNS).map(|_| run()).min().expect("several runs");
    let named = |response: &Response<'_>| {
        let evidence = detect::verdict(response, &tables).evidence;
        let rules = evidence.iter().filter_map(|evidence| match evidence.basis {
            Basis::Rule(rule) => tables.rule(rule),
            Basis::Prefix(_) => None,
        });
        let of_fields =
            rules.filter(|row| !matches!(row.place(), Some(Where::Host | Where::CanonicalName | Where::Issuer)));
        of_fields.map(|row| tables.text(row.id)).collect()
    };
    (least.as_nanos() as f64 / f64::from(ROUNDS) / responses.len() as f64, responses.iter().map(named).collect())
}

/// The rules that look at fields: provider, field name, regular expression, and how much it proves.
fn rules(root: &Path) -> Vec<BTreeMap<&'static str, String>> {
    let (source, _) = read::folder(&root.join("data"));
    let mut rules = Vec::new();
    for (id, file) in &source.providers {
        for signature in &file.value.signature {
            let target = target(signature).expect("the data was checked");
            let pattern = target.pattern.as_deref();
            let (name, regex) = match target.place {
                Where::Field => (target.key.as_str(), pattern.map_or(String::new(), |text| regex(text, "^", "$", "."))),
                Where::Member => {
                    let member = |text: &str| regex(text, r"(?:^|,\s{0,9})", r"\s{0,9}(?:,|$)", "[^,]");
                    (target.key.as_str(), pattern.map_or(String::new(), member))
                }
                Where::CacheStatus => ("cache-status", regex(pattern.unwrap_or(""), "", r"\b", "[^,;]")),
                Where::Metric => {
                    // Described metrics are compared as `name;desc=value`; a field may have spaces and quotes there.
                    let text = pattern.unwrap_or("").replace(";desc=", ";desc=\\\"");
                    let regex = regex(&text, r"(?:^|,\s{0,9})", r"(?![\w-])", "[^,]");
                    ("server-timing", regex.replace('"', "\"?").replace(";desc=", r";\s{0,9}desc="))
                }
                Where::Cookie => ("set-cookie", regex(pattern.unwrap_or(""), "^", "=", "[^=]")),
                Where::Host | Where::CanonicalName | Where::Issuer => continue,
            };
            rules.push(BTreeMap::from([
                ("id", format!("{id}/{}", signature_id(signature, &target))),
                ("provider", id.clone()),
                ("field", name.to_owned()),
                ("regex", regex),
                ("strength", (signature.strength as u8).to_string()),
                ("case", String::from(if signature.case_sensitive { "as written" } else { "any" })),
            ]));
        }
    }
    rules
}

/// Our pattern language as a regular expression between two anchors. Anything at an end needs no anchor there.
fn regex(pattern: &str, before: &str, behind: &str, any: &str) -> String {
    let mut out = String::from(if pattern.starts_with("{any}") { "" } else { before });
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '{' => {
                let (inside, after) = rest.split_once('}').expect("the data was checked");
                rest = after;
                let (name, bounds) =
                    inside.split_once(':').map_or((inside, None), |(name, bounds)| (name, Some(bounds)));
                let at_an_end = rest.is_empty() || out.is_empty();
                match name {
                    "any" if at_an_end => continue,
                    "any" => out.push_str(&format!("{any}*?")),
                    _ => {
                        out.push_str(class(name));
                        match (bounds, name) {
                            (Some(bounds), _) => out.push_str(&format!("{{{}}}", bounds.replace('-', ","))),
                            (None, "clock-ray" | "epoch-hex") => out.push_str("{8}"),
                            (None, "epoch-s") => out.push_str("{10}"),
                            (None, "epoch-ms") => out.push_str("{13}"),
                            (None, _) => out.push('+'),
                        }
                    }
                }
            }
            '[' => out.push_str("(?:"),
            ']' => out.push_str(")?"),
            '\\' => {
                let literal = rest.chars().next().expect("the data was checked");
                rest = &rest[literal.len_utf8()..];
                escape(literal, &mut out);
            }
            literal => escape(literal, &mut out),
        }
    }
    if !pattern.ends_with("{any}") {
        out.push_str(behind);
    }
    out
}

fn escape(literal: char, out: &mut String) {
    if r"\^$.|?*+()[]{}".contains(literal) {
        out.push('\\');
    }
    out.push(literal);
}

/// The characters of a placeholder, without those that wappalyzer takes for quantifiers.
fn class(name: &str) -> &'static str {
    match name {
        "digits" | "epoch-s" | "epoch-ms" | "age" => r"\d",
        "hex" | "clock-ray" | "epoch-hex" => r"[\da-f]",
        "upper" | "lower" | "letters" | "pop-letters" => "[a-z]",
        "alnum" | "pop" => r"[a-z\d]",
        "pop-name" | "word" => r"[\w-]",
        "words" => r"[\w -]",
        "stamp" => r"[\dTZ:.-]",
        "base64" => r"[\w\x2b\x2f=-]",
        "token" => r"[\w!#$%&'\x2a\x2b.^`|~-]",
        other => panic!("no class {other}"),
    }
}
