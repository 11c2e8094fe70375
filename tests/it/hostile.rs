use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use serde_json::{Value, json};
use served_by::dataset::read;
use served_by::har::{Entries, Fault};

use crate::{alike_everywhere, lines, repository, served_by_reading, text};

fn recording(entries: &Value) -> String {
    json!({ "log": { "version": "1.2", "entries": entries } }).to_string()
}

fn entry(address: Option<&str>, fields: &[(String, String)]) -> Value {
    let headers: Vec<Value> = fields.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    json!({
        "startedDateTime": "2026-09-14T08:30:00Z",
        "time": 20,
        "request": { "url": "https://www.example.com/" },
        "response": { "status": 200, "headers": headers },
        "serverIPAddress": address,
    })
}

/// Cut anywhere, a recording gives the entries that were whole, in order, and then one fault.
#[test]
fn a_recording_cut_at_every_byte_gives_what_was_whole() {
    let path = repository("tests/cases/redirects-each-with-its-own-edge/page.har");
    let whole = fs::read(path).expect("the case can be read");
    let urls: Vec<_> = Entries::new(&whole[..]).map(|entry| entry.expect("a good entry").url).collect();
    assert_eq!(urls.len(), 3);
    let end = whole.iter().rposition(|byte| *byte == b'}').expect("an object");
    let mut seen = 0;
    for len in 0..=end {
        let mut found = Vec::new();
        let mut faults = Vec::new();
        for item in Entries::new(&whole[..len]) {
            match item {
                Ok(entry) => found.push(entry.url),
                Err(fault) => faults.push(fault),
            }
        }
        assert_eq!(found, urls[..found.len()], "cut at {len}");
        assert!(found.len() >= seen, "cut at {len}: an entry that was whole is gone");
        seen = found.len();
        assert!(matches!(faults[..], [Fault::Broken { .. } | Fault::NoHar { .. }]), "cut at {len}: {faults:?}");
    }
    assert_eq!(seen, 3);
}

/// With every byte replaced in turn, reading ends without a panic, and each fault has its place.
#[test]
fn a_recording_with_any_byte_changed_is_read_or_refused() {
    let path = repository("tests/cases/redirects-each-with-its-own-edge/page.har");
    let mut bytes = fs::read(path).expect("the case can be read");
    for at in 0..bytes.len() {
        let kept = bytes[at];
        for other in [b'"', b'{', b']', 0, 0xff] {
            bytes[at] = other;
            for item in Entries::new(&bytes[..]) {
                if let Err(fault) = item {
                    let place = fault.place().expect("a place in the text");
                    assert!(place.line > 0 && place.column > 0, "{fault}");
                }
            }
        }
        bytes[at] = kept;
    }
}

/// The tool in 64 MB of address space, with what it reads, says and reports in pipes.
fn inspect_in_64_mb(format: &str) -> Child {
    let script = format!("ulimit -v 65536 && exec \"$0\" inspect --format={format}");
    alike_everywhere(Command::new("sh"))
        .args(["-c", &script, env!("CARGO_BIN_EXE_served-by")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("there is a shell")
}

/// Bodies are not kept, and of overlong values only the beginning: 80 MB fit into 64 MB of address space.
#[test]
fn memory_does_not_grow_with_bodies_and_values() {
    let mut child = inspect_in_64_mb("json");
    let mut stdin = child.stdin.take().expect("piped");
    let writer = thread::spawn(move || {
        let megabyte = "x".repeat(1 << 20);
        let mut long = |before: &str| {
            stdin.write_all(before.as_bytes())?;
            (0..40).try_for_each(|_| stdin.write_all(megabyte.as_bytes()))
        };
        long(
            r#"{"log":{"entries":[{"request":{"url":"https://www.example.com/"},"response":{"status":200,"content":{"text":""#,
        )?;
        long(r#""},"headers":[{"name":"server","value":""#)?;
        stdin.write_all(br#""}]}}]}}"#)
    });
    let output = child.wait_with_output().expect("the tool ends");
    writer.join().expect("no panic").expect("the tool reads everything");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
    assert_eq!(report["entries"][0]["observations"][0], "overlong texts that were cut: 1");
}

/// Entries are let go as they are judged: 128 MB of them, of either kind, fit into 64 MB of address space.
#[test]
fn memory_does_not_grow_with_the_number_of_entries() {
    const COUNT: usize = 4_000;
    let value = "x".repeat(32 << 10);
    let har = format!(
        r#"{{"request":{{"url":"https://www.example.com/"}},"response":{{"status":200,"headers":[{{"name":"x","value":"{value}"}}]}}}}"#
    );
    let line = format!(r#"{{"url":"https://www.example.com/","status":200,"headers":[["x","{value}"]]}}"#);
    for (before, each, between, behind) in [("{\"log\":{\"entries\":[", &har, ",\n", "]}}"), ("", &line, "\n", "\n")] {
        let mut child = inspect_in_64_mb("ndjson");
        let mut stdin = child.stdin.take().expect("piped");
        let part = |number| if number == 0 { before } else { between }.to_owned() + each;
        let output = thread::scope(|scope| {
            scope.spawn(move || {
                (0..COUNT).try_for_each(|number| stdin.write_all(part(number).as_bytes()))?;
                stdin.write_all(behind.as_bytes())
            });
            child.wait_with_output().expect("the tool ends")
        });
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), COUNT);
    }
}

#[test]
fn arrays_inside_arrays_end_the_reading() {
    let before = r#"{"log":{"entries":[{"request":{"url":"https://a.example/"},"response":{"headers":[]}},"#;
    let bomb = format!("{before}{{\"x\":{}", "[".repeat(1_000_000));
    let output = served_by_reading(["inspect", "--format=ndjson"], bomb.as_bytes());
    assert_eq!((output.status.code(), lines(&output).len()), (Some(1), 1));
    assert!(text(&output.stderr).contains("at most 128 arrays and objects"), "{}", text(&output.stderr));
}

/// Bytes that are not UTF-8 and surrogates that stand alone are read as U+FFFD; what follows is read too.
#[test]
fn text_that_is_none_does_not_end_the_reading() {
    let mut bytes = br#"{"log":{"entries":[
{"request":{"url":"https://a.example/\ud800"},"response":{"headers":[{"name":"server","value":"caf"#
        .to_vec();
    bytes.extend_from_slice(b"\xe9\xff");
    bytes.extend_from_slice(
        br#""}],"content":{"text":"\udc00\ud800"}}},
{"request":{"url":"https://b.example/"},"response":{"headers":[]}}]}}"#,
    );
    let output = served_by_reading(["inspect", "--format=ndjson"], &bytes);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let urls: Vec<Value> = lines(&output).into_iter().map(|line| line["url"].clone()).collect();
    assert_eq!(urls, ["https://a.example/\u{fffd}", "https://b.example/"]);
}

#[test]
fn nothing_invisible_reaches_the_screen() {
    let fields = [
        ("cf-ray", "974eddd419be203e\u{0}-CDG"),
        ("server", "cloudflare\u{1b}[31m"),
        ("x-served-by", "cache-par-lfpg1960032-PAR, \u{202e}gnihton\u{7}"),
        ("x-vercel-cache", "HIT\u{2028}\u{85}"),
        ("x-fastly-request-id", "\u{1b}]0;title\u{7}\u{9b}31m"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut page = entry(Some("151.101.1.1"), &fields);
    page["request"]["url"] = "https://www.\u{1b}[2J.example/\u{202e}\u{0}".into();
    page["serverIPAddress"] = "\u{1b}[2J".into();
    page["startedDateTime"] = "\u{7}\u{202e}".into();
    let input = recording(&json!([page]));
    for language in ["en", "fr"] {
        let output = served_by_reading(["inspect", "--lang", language], input.as_bytes());
        assert_eq!(output.status.code(), Some(1), "what is no address is told");
        let shown = &format!("{}{}", text(&output.stdout), text(&output.stderr));
        let invisible = |character: &char| {
            character.is_control() && *character != '\n' || ('\u{2028}'..='\u{202e}').contains(character)
        };
        assert_eq!(shown.chars().find(invisible), None, "{shown}");
        assert!(shown.contains('␛'), "{shown}");
    }
    let output = served_by_reading(["inspect", "--format=ndjson"], input.as_bytes());
    for evidence in lines(&output)[0]["evidence"].as_array().expect("an array") {
        let value = evidence["value"].as_str().expect("a text");
        assert!(!value.chars().any(char::is_control), "{evidence}");
    }
}

/// A clock can be any number: marks are then old, and never those of this very response.
#[test]
fn absurd_clocks_make_no_mark_fresh() {
    let fields = [("x-timer", "S1789374600.123456,VS0,VE1"), ("date", "Mon, 14 Sep 2026 08:30:00 GMT")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    for (time, expected) in
        [(json!(150), "its clock is that of this very response"), (json!(1e300), "stored with the copy")]
    {
        let mut page = entry(Some("192.0.2.1"), &fields);
        page["time"] = time;
        let output = served_by_reading(["explain", "--lang=en"], recording(&json!([page])).as_bytes());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(expected), "{expected}: {}", text(&output.stdout));
    }
}

/// Of several lines of `Age` the first number counts, as of several members of one (RFC 9111, section 5.1).
#[test]
fn the_first_age_counts() {
    for (ages, expected) in [(&["10", "20"][..], json!(10)), (&["10, 20"], json!(10)), (&["soon", "20"], json!(20))] {
        let mut fields = vec![("server".to_owned(), "cloudflare".to_owned())];
        fields.push(("cf-cache-status".to_owned(), "HIT".to_owned()));
        fields.extend(ages.iter().map(|age| ("age".to_owned(), (*age).to_owned())));
        let page = recording(&json!([entry(Some("104.18.44.7"), &fields)]));
        let output = served_by_reading(["inspect", "--format=ndjson"], page.as_bytes());
        assert_eq!(lines(&output)[0]["age_s"], expected, "{ages:?}");
    }
}

/// A page that sends every provider's marks is told as a contradiction: none of them is picked.
#[test]
fn every_provider_s_marks_at_once_name_nobody() {
    let (source, faults) = read::folder(Path::new(&repository("data")));
    assert_eq!(faults, []);
    let mut fields = Vec::new();
    for provider in source.providers.values() {
        for signature in &provider.value.signature {
            let Some(name) = signature.field.as_ref().or(signature.list.as_ref()) else { continue };
            let value = signature.example.first().map_or("1", |example| &example.value);
            fields.push((name.clone(), value.to_owned()));
        }
    }
    assert!(fields.len() > 200, "{} fields", fields.len());
    let mut backwards = fields.clone();
    backwards.reverse();
    for (fields, order) in [(&fields, "as in the data"), (&backwards, "backwards")] {
        let page = [None, Some("104.18.44.7"), Some("51.91.236.10")].map(|address| entry(address, fields));
        let output = served_by_reading(["inspect", "--format=json"], recording(&json!(page)).as_bytes());
        let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
        let expected = [(Value::Null, "unknown"), ("cloudflare".into(), "certain"), ("ovhcloud".into(), "likely")];
        for (entry, (provider, grade)) in report["entries"].as_array().expect("an array").iter().zip(expected) {
            assert_eq!((&entry["delivered_by"], &entry["grade"]), (&provider, &grade.into()), "{order}");
            let conflicts = entry["conflicts"].as_array().expect("an array");
            let told =
                conflicts.iter().any(|conflict| conflict.as_str().is_some_and(|text| text.contains("live marks")));
            assert!(told, "{order}: {conflicts:?}");
        }
    }
}
