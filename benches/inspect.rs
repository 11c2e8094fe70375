//! The verdict on one response, and `inspect` on a long recording beside the fastest reader of JSON:
//! `cargo bench --bench inspect [-- MEGABYTES]`.
//!
//! The reader is `serde_json`, which only skips (`IgnoredAny`); docs/benchmarks.md names the others that
//! were measured. Both read the same file, one after the other, and the least of several runs counts.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use served_by::BUNDLED;
use served_by::dataset::image::Image;
use served_by::detect;
use served_by::har::{Entries, Entry};

/// Fields of a response as browsers see it on the average.
const FIELDS: usize = 25;
/// Fields that no rule knows, to fill up with.
const FILLERS: [(&str, &str); 12] = [
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "public, max-age=31536000, immutable"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains; preload"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("etag", "\"5f3e-18c9d2a4b00\""),
    ("last-modified", "Tue, 08 Sep 2026 10:11:12 GMT"),
    ("vary", "Accept-Encoding"),
    ("content-encoding", "br"),
    ("accept-ranges", "bytes"),
    ("access-control-allow-origin", "*"),
    ("content-length", "18342"),
];
/// Times that each measurement is repeated; the least counts, because others only ever add.
const RUNS: usize = 5;
/// Bytes of the body in an entry of the recording.
const BODY: usize = 32 << 10;

fn main() -> io::Result<()> {
    let megabytes = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(500);
    let entries = cases()?;
    let verdict_ns = verdict(&entries);
    println!("verdict on a response with {FIELDS} fields: {verdict_ns:.0} ns (goal: 1000 ns)");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench.har");
    let len = recording(&entries, megabytes << 20, &path)?;
    let reader = least(|| {
        let text = fs::read(&path).expect("written above");
        black_box(serde_json::from_slice::<IgnoredAny>(&text).expect("JSON"));
    });
    let tool = least(|| {
        let mut inspect = Command::new(env!("CARGO_BIN_EXE_served-by"));
        let status = inspect.args(["inspect", "--format=ndjson"]).arg(&path).stdout(Stdio::null()).status();
        assert!(status.expect("the tool was built with this").success());
    });
    fs::remove_file(&path)?;
    let ratio = tool.as_secs_f64() / reader.as_secs_f64();
    println!(
        "inspect on {} MB: {} ms; serde_json reading and skipping: {} ms; ratio {ratio:.2} (goal: 1.5), on {} cores",
        len >> 20,
        tool.as_millis(),
        reader.as_millis(),
        std::thread::available_parallelism()?
    );
    if verdict_ns > 1_000.0 || ratio > 1.5 {
        return Err(io::Error::other("slower than it must be"));
    }
    Ok(())
}

fn least(mut run: impl FnMut()) -> Duration {
    (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            run();
            begin.elapsed()
        })
        .min()
        .expect("several runs")
}

/// The responses of all cases, filled up to the usual number of fields.
fn cases() -> io::Result<Vec<Entry<'static>>> {
    let mut entries = Vec::new();
    for case in fs::read_dir("tests/cases")? {
        let page = case?.path().join("page.har");
        if page.is_file() {
            entries.extend(Entries::new(File::open(page)?).flatten());
        }
    }
    for entry in &mut entries {
        let missing = FIELDS.saturating_sub(entry.fields.len());
        let fillers = FILLERS.iter().cycle().take(missing);
        entry.fields.extend(fillers.map(|(name, value)| ((*name).into(), (*value).into())));
    }
    Ok(entries)
}

/// Nanoseconds for one verdict, on the average over the cases.
fn verdict(entries: &[Entry<'_>]) -> f64 {
    let image = Image::open(BUNDLED).expect("the bundled image is whole");
    let fields: Vec<_> = entries.iter().map(Entry::fields).collect();
    let responses: Vec<_> = entries.iter().zip(&fields).map(|(entry, fields)| entry.response(fields)).collect();
    let rounds = 200;
    let all = least(|| {
        for _ in 0..rounds {
            for response in &responses {
                black_box(detect::verdict(black_box(response), &image.tables));
            }
        }
    });
    all.as_nanos() as f64 / (rounds * responses.len()) as f64
}

/// A recording of this many bytes, with bodies as browsers save them; how long it is.
fn recording(entries: &[Entry<'_>], len: u64, path: &Path) -> io::Result<u64> {
    let mut out = BufWriter::new(File::create(path)?);
    let body = "<a href=\"https://www.example.com/\">Café &amp; crème</a>\n\t<script>var a = [1,2,3];</script>\n";
    let body = body.repeat(BODY / body.len());
    out.write_all(b"{\"log\":{\"version\":\"1.2\",\"entries\":[\n")?;
    let mut written = 0;
    for (number, entry) in entries.iter().cycle().enumerate() {
        let headers: Vec<_> =
            entry.fields.iter().map(|(name, value)| serde_json::json!({ "name": name, "value": value })).collect();
        let text = serde_json::json!({
            "startedDateTime": "2026-09-14T08:30:00.000Z",
            "time": 180.5,
            "request": { "method": "GET", "url": entry.url, "headers": [] },
            "response": { "status": entry.status, "headers": headers, "content": { "text": body.get(..body.len() * (number % 7) / 6) } },
            "timings": { "send": 0.2, "wait": 140, "receive": 40.3 },
            "serverIPAddress": entry.server_address.map(|address| address.to_string()),
        })
        .to_string();
        if number > 0 {
            out.write_all(b",\n")?;
        }
        out.write_all(text.as_bytes())?;
        written += text.len() as u64;
        if written >= len {
            break;
        }
    }
    out.write_all(b"]}}\n")?;
    out.flush()?;
    Ok(fs::metadata(path)?.len())
}
