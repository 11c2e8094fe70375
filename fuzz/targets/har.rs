//! The reader of recordings: any bytes as a HAR file, and what it reads to the judge.
//!
//! Checked is what the module `har` promises: no panic, a fault with its place, an end behind every
//! fault but a faulty entry's, kept things within their limits. Whether the bytes are JSON at all,
//! serde_json is asked too.

use serde::de::IgnoredAny;
use served_by::BUNDLED;
use served_by::dataset::image::Image;
use served_by::detect;
use served_by::har::{Entries, Expected, Fault, VALUE_MAX};

/// Recordings as browsers write them, and faulty ones.
pub const SEEDS: &[&[u8]] = &[
    br#"{"log":{"version":"1.2","entries":[{"startedDateTime":"2026-09-14T08:30:00.000Z","time":180.5,"request":{"url":"https://www.example.com/"},"response":{"status":200,"headers":[{"name":"cf-ray","value":"9b1fbbeb19be203e-CDG"},{"name":"server","value":"cloudflare"}],"content":{"text":"\u00e9\ud83d\ude42"}},"serverIPAddress":"[2606:4700::1]","timings":{"receive":40}}]}}"#,
    br#"{"log":{"pages":[{}],"entries":[{"response":{"headers":[{"name":"Set-Cookie","value":"a=1\nb=2"},{"name":":status","value":"304"}],"status":304,"_error":""},"_fromCache":"disk","_securityDetails":{"issuer":"R11"},"request":{"url":"data:,"}},7,{"request":{"url":null}}]},"x":[1e400,-0,true]}"#,
    b"\xef\xbb\xbf{\"log\":{\"entries\":[]}}\r\n",
    br#"{"log":{"entries":[{"request":{"url":"\ud800"},"response":{"headers":[{}]}}]}}"#,
    br#"{"log":{"entries":[{"startedDateTime":"2026-09-14T08:30:00Z","time":1e300,"request":{"url":"https://a.test/"},"response":{"status":200,"headers":[{"name":"x-timer","value":"S1789374600.123456,VS0,VE1"},{"name":"date","value":"Mon, 14 Sep 2026 08:30:00 GMT"}]}}]}}"#,
];

/// What means something in JSON or in a recording; the first two nest and number the most.
pub const PIECES: &[&[u8]] = &[
    b"[",
    br#"{"request":{"url":"u"},"response":{"headers":[]}},"#,
    br#"{"log":{"entries":["#,
    br#"{"name":"via","value":"1.1 varnish"},"#,
    br#""url":"#,
    br#""headers":"#,
    br#""serverIPAddress":"#,
    b"{",
    b"}",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\",
    b"\\ud800",
    b"\\udc00",
    b"\\u0000",
    b"\xff",
    b"\xe2\x80",
    b"null",
    b"-1e99",
    b"\n",
    b"/*",
];

pub fn run(bytes: &[u8]) {
    let image = Image::open(BUNDLED).expect("the bundled image is whole");
    let mut entries = Entries::new(bytes);
    let mut fatal = None;
    while let Some(item) = entries.next() {
        assert!(fatal.is_none(), "something follows {fatal:?}");
        match item {
            Ok(entry) => {
                assert!(entry.url.len() <= VALUE_MAX);
                let fields = entry.fields();
                assert!(fields.iter().all(|field| field.value.len() <= VALUE_MAX && !field.value.contains(&b'\n')));
                let verdict = detect::verdict(&entry.response(&fields), &image.tables);
                assert!(verdict.evidence.len() <= fields.len() * 64 + 64);
            }
            Err(Fault::Entry { entry, at, .. } | Fault::Member { entry, at, .. }) => {
                assert!(at.line > 0 && at.column > 0);
                assert_eq!(entry, entries.last_number());
            }
            Err(fault) => {
                assert!(fault.place().is_some_and(|at| at.line > 0 && at.column > 0), "{fault}");
                fatal = Some(fault);
            }
        }
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_json = serde_json::from_slice::<IgnoredAny>(text).is_ok();
    match fatal {
        None => assert!(is_json, "accepted, and no JSON"),
        Some(Fault::Broken { .. } | Fault::NoHar { expected: Expected::Json(_) | Expected::Something, .. }) => {
            assert!(!is_json, "refused, and JSON: {fatal:?}");
        }
        // Refused for what it holds.
        Some(_) => {}
    }
}
