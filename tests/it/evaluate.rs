use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{served_by, served_by_reading, text};

const CLOUDFLARE: &str = r#""url":"https://www.example.com/","status":200,"headers":[["server","cloudflare"],["cf-ray","a3ae06f219be203e-CDG"]],"server_ip":"104.16.0.1","time":"2026-09-14T08:30:00Z""#;
const NGINX: &str = r#""url":"https://www.example.com/","status":200,"headers":[["server","nginx"]]"#;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evaluate").join(name);
    fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

/// The figures of four labels, counted by hand: one name right, one wrong, one missed, one rightly withheld.
#[test]
fn figures_are_those_of_the_labels() {
    let labelled = [
        format!(
            r#"{{{CLOUDFLARE},"expected":{{"delivered_by":"cloudflare","layers":["cloudflare"],"tags":["edge"]}}}}"#
        ),
        format!(r#"{{{CLOUDFLARE},"expected":{{"delivered_by":"fastly","copy":"unknown","hard":true}}}}"#),
        format!(r#"{{{NGINX},"hard":true,"expected":{{"delivered_by":"netlify"}}}}"#),
        String::new(),
        format!(r#"{{{NGINX},"expected":{{"delivered_by":null}}}}"#),
        format!("{{{NGINX}}}"),
    ]
    .join("\n");
    let output = served_by_reading(["evaluate", "--format=json", "-"], labelled.as_bytes());
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
    let delivered_by = &report["all"]["delivered_by"];
    assert_eq!(
        (&delivered_by["right"], &delivered_by["said"], &delivered_by["expected"]),
        (&1.into(), &2.into(), &3.into())
    );
    assert_eq!(delivered_by["precision"], 0.5);
    assert_eq!(report["all"]["macro_f1"].as_f64().map(|figure| (figure * 9.0).round()), Some(2.0), "2/3, 0 and 0");
    assert_eq!(report["all"]["nobody"], serde_json::json!({ "right": 1, "of": 1 }));
    assert_eq!((&report["unlabelled"], &report["unread"]), (&1.into(), &0.into()));
    assert_eq!(report["tags"]["hard"]["responses"], 2, "told beside the label or in it");
    assert_eq!(report["tags"]["edge"]["delivered_by"]["f1"], 1.0);
    assert_eq!(report["confusions"].as_array().map(Vec::len), Some(2));
    let text_form = served_by_reading(["evaluate", "--lang=fr", "-"], labelled.as_bytes());
    assert!(text(&text_form.stdout).contains("0,500"), "{}", text(&text_form.stdout));
}

#[test]
fn cases_are_read_with_their_labels() {
    let case = folder("cases").join("one");
    fs::create_dir_all(&case).expect("the folder can be made");
    let entry = r#"{"startedDateTime":"2026-09-14T08:30:00Z","request":{"url":"https://www.example.com/"},"response":{"status":200,"headers":[{"name":"server","value":"cloudflare"},{"name":"cf-ray","value":"a3ae06f219be203e-CDG"}]},"serverIPAddress":"104.16.0.1"}"#;
    fs::write(case.join("page.har"), format!(r#"{{"log":{{"entries":[{entry},{entry}]}}}}"#)).expect("written");
    let labels = "shows = \"x\"\nsource = \"y\"\n[[entry]]\ndelivered-by = \"cloudflare\"\ntags = [\"hard\"]\n";
    fs::write(case.join("case.toml"), labels).expect("written");
    for path in [folder("cases"), case] {
        let arguments = ["evaluate".as_ref(), "--without-address".as_ref(), "--format=json".as_ref(), path.as_os_str()];
        let output = served_by(arguments);
        let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
        assert_eq!((&report["all"]["responses"], &report["unlabelled"]), (&1.into(), &1.into()));
        assert_eq!(report["all"]["delivered_by"]["f1"], 1.0);
        assert_eq!(report["all"]["certain"]["said"], 0, "nothing is certain without an address");
    }
}

#[test]
fn labelled_files_may_be_packed_and_begin_with_a_mark() {
    let label = format!("\u{feff}{{{CLOUDFLARE},\"expected\":{{\"delivered_by\":\"cloudflare\"}}}}\r\n");
    let packed = zstd::encode_all(label.as_bytes(), 1).expect("memory takes it");
    for input in [label.as_bytes(), &packed] {
        let output = served_by_reading(["evaluate", "--format=json", "-"], input);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
        let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
        assert_eq!(report["all"]["delivered_by"]["right"], 1);
    }
}

/// A response with an address that is none is judged without it: it is not unread, and labels go on with the next.
#[test]
fn a_faulty_member_is_told_and_its_response_counted() {
    let label = r#""expected":{"delivered_by":"cloudflare"}"#;
    let line = format!("{{{},{label}}}\n", CLOUDFLARE.replace("104.16.0.1", "nowhere"));
    let case = folder("misfit");
    let entry = |address: &str, server: &str| {
        format!(
            r#"{{"startedDateTime":"2026-09-14T08:30:00Z","request":{{"url":"https://www.example.com/"}},"response":{{"status":200,"headers":[{{"name":"server","value":"{server}"}}]}},"serverIPAddress":"{address}"}}"#
        )
    };
    let entries = [entry("nowhere", "nginx"), entry("104.16.0.1", "cloudflare")].join(",");
    fs::write(case.join("page.har"), format!(r#"{{"log":{{"entries":[{entries}]}}}}"#)).expect("written");
    let labels = "shows = \"x\"\nsource = \"y\"\n[[entry]]\n[[entry]]\ndelivered-by = \"cloudflare\"\n";
    fs::write(case.join("case.toml"), labels).expect("written");
    for (path, responses) in [("-", 1), (case.to_str().expect("UTF-8"), 2)] {
        let output = served_by_reading(["evaluate", "--format=json", path], line.as_bytes());
        let told = text(&output.stderr);
        assert!(told.contains(": entry 0: expected an address") && told.lines().count() == 1, "{told}");
        assert_eq!(output.status.code(), Some(1), "{told}");
        let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
        assert_eq!((&report["unread"], &report["all"]["responses"]), (&0.into(), &responses.into()));
        assert_eq!(report["all"]["delivered_by"]["right"], 1);
    }
}

#[test]
fn faulty_lines_are_told_and_the_rest_is_counted() {
    let label = format!(r#"{{{CLOUDFLARE},"expected":{{"delivered_by":"cloudflare"}}}}"#);
    for (faulty, message) in [
        ("7", "-:1:1: entry 0: expected an object in `the line`\n"),
        (r#"{"url":"u","headers":[["a"]]}"#, "-:1:27: entry 0: expected a name and a value"),
        (r#"{"url":"u","headers":[],"expected":{"by":1}}"#, "-:1:40: expected a label in `expected`"),
    ] {
        let output = served_by_reading(["evaluate", "--format=json", "-"], format!("{faulty}\n{label}\n").as_bytes());
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.starts_with(message), "{told}");
        let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
        assert_eq!((&report["unread"], &report["all"]["responses"]), (&1.into(), &1.into()));
    }
    for nowhere in ["/nowhere.ndjson", env!("CARGO_TARGET_TMPDIR")] {
        assert_eq!(served_by(["evaluate", nowhere]).status.code(), Some(2), "{nowhere}");
    }
}
