use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::{lines, repository, served_by, served_by_reading, text, tool};

const ENTRY: &str = r#"{"startedDateTime":"2026-09-14T08:30:00Z","time":9,"request":{"url":"https://www.example.com/"},"response":{"status":200,"headers":[{"name":"Server","value":"nginx"}]}}"#;

fn har(entries: &[&str]) -> String {
    format!(r#"{{"log":{{"version":"1.2","entries":[{}]}}}}"#, entries.join(",\n"))
}

fn file(name: &str, content: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command-line");
    fs::create_dir_all(&folder).expect("the folder can be made");
    let path = folder.join(name);
    fs::write(&path, content).expect("the file can be written");
    path
}

fn case(name: &str) -> String {
    repository("tests/cases").join(name).join("page.har").display().to_string()
}

/// The names and their order are a promise: a program may read a line without a library for JSON.
#[test]
fn a_line_holds_the_promised_names_in_their_order() {
    let output = served_by(["inspect", "--format=ndjson", &case("cloudflare-in-front-of-cloudfront")]);
    let line = text(&output.stdout).lines().next().expect("one line");
    let names = [
        "file",
        "entry",
        "url",
        "delivered_by",
        "grade",
        "layers",
        "hosted_at",
        "origin",
        "pop",
        "copy",
        "age_s",
        "evidence",
        "why",
        "operator",
        "conflicts",
    ];
    let in_order = |line: &str, names: &[&str]| {
        let mut at = 0;
        for name in names {
            let quoted = format!("\"{name}\":");
            at += line[at..].find(&quoted).unwrap_or_else(|| panic!("{name} is missing or out of order in {line}"));
        }
    };
    in_order(line, &names);
    let report = served_by(["inspect", "--format=json", &case("cloudflare-in-front-of-cloudfront")]);
    let entry = text(&report.stdout).lines().nth(1).expect("one entry");
    in_order(entry, &[&names[..14], &["status", "conflicts", "observations"]].concat());
    let entry: Value = serde_json::from_str(entry).expect("JSON");
    assert_eq!(entry.as_object().expect("an object").len(), 17);
    let line: Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(line.as_object().expect("an object").len(), names.len());
    assert_eq!(line["file"], "page.har");
    assert_eq!(line["entry"], 0);
    let evidence = &line["evidence"][0];
    let members: Vec<&String> = evidence.as_object().expect("an object").keys().collect();
    assert_eq!(members.len(), 5, "{members:?}");
    assert_eq!(evidence["signature"], "cloudflare/address:cloudflare");
    assert_eq!(evidence["grade"], "certain");
    for piece in line["evidence"].as_array().expect("an array") {
        for name in ["signature", "field", "value", "grade", "source"] {
            assert!(piece[name].as_str().is_some_and(|text| !text.is_empty()), "{name} in {piece}");
        }
    }
}

/// What does not go together is told in the same words in every form.
#[test]
fn contradictions_stand_in_every_form() {
    let page = case("forged-server-value-at-a-host");
    let [of_lines, of_report] = ["ndjson", "json"].map(|format| {
        let output = served_by(["inspect", "--format", format, "--lang=fr", &page]);
        let text = text(&output.stdout);
        let line = if format == "json" { text.lines().nth(1) } else { text.lines().next() };
        serde_json::from_str::<Value>(line.expect("one entry")).expect("JSON")["conflicts"].clone()
    });
    assert_eq!(of_lines, of_report);
    let said = of_lines[0].as_str().expect("a sentence");
    for command in ["inspect", "explain"] {
        let output = served_by([command, "--lang=fr", &page]);
        assert!(text(&output.stdout).contains(said), "{said}: {}", text(&output.stdout));
    }
}

#[test]
fn output_follows_the_order_of_files_and_entries() {
    let two = file("two.har", &har(&[ENTRY, ENTRY]));
    let one = file("one.har", &har(&[ENTRY]));
    let output = served_by(["inspect".as_ref(), "--format=ndjson".as_ref(), two.as_os_str(), one.as_os_str()]);
    let found: Vec<(Value, Value)> =
        lines(&output).into_iter().map(|line| (line["file"].clone(), line["entry"].clone())).collect();
    let expected = [("two.har", 0), ("two.har", 1), ("one.har", 0)];
    assert_eq!(found, expected.map(|(file, entry)| (file.into(), entry.into())));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn standard_input_is_read_with_and_without_a_dash() {
    for arguments in [&["inspect", "--format=ndjson"][..], &["inspect", "--format=ndjson", "-"]] {
        let output = served_by_reading(arguments, har(&[ENTRY]).as_bytes());
        assert_eq!(lines(&output)[0]["file"], "-");
        assert_eq!(output.status.code(), Some(0));
    }
}

/// What is wrong, with what is read all the same, what is told, and the exit code.
#[test]
fn faults_are_told_with_their_place_and_end_in_an_exit_code() {
    let no_url = r#"{"request":{"url":7},"response":{"headers":[]}}"#;
    let no_fields = r#"{"request":{"url":"https://a.example/"},"response":{"status":200}}"#;
    let fields = r#"{"request":{"url":"https://a.example/"},"response":{"headers":{}}}"#;
    let value = r#"{"request":{"url":"https://a.example/"},"response":{"headers":[{"name":"a","value":null}]}}"#;
    for (content, entries, code, message) in [
        (har(&[]), 0, 0, ""),
        (har(&[no_url, ENTRY]), 1, 1, "-:1:54: entry 0: expected a text in `request.url`\n"),
        (har(&[ENTRY, no_fields]), 1, 1, "-:2:1: entry 1: expected an array in `response.headers`\n"),
        (har(&[fields, ENTRY]), 1, 1, "-:1:98: entry 0: expected an array in `response.headers`\n"),
        (har(&[value]), 0, 1, "-:1:119: entry 0: expected a text in `response.headers[].value`\n"),
        (har(&["7", "[]", "null", ENTRY]), 1, 1, "-:1:36: entry 0: expected an object in `log.entries[]`\n"),
        (
            format!(r#"{{"log":{{"entries":[{ENTRY},"#),
            1,
            1,
            "-:1:189: broken JSON: expected more: the text ends too early; nothing behind this can be read\n",
        ),
        (
            format!(r#"{{"log":{{"entries":[{ENTRY} {ENTRY}]}}}}"#),
            1,
            1,
            "-:1:189: broken JSON: expected a comma, or the end of the array or object; nothing behind this can be read\n",
        ),
        (
            format!("{}x", har(&[ENTRY])),
            1,
            1,
            "-:1:207: broken JSON: expected nothing behind the document; nothing behind this can be read\n",
        ),
        (String::new(), 0, 2, "-:1:1: no HAR file: expected JSON; there is nothing\n"),
        ("hello".into(), 0, 2, "-:1:1: no HAR file: expected JSON: a value\n"),
        ("\u{1f}\u{8b}".into(), 0, 2, "-:1:1: no HAR file: expected JSON: a value\n"),
        (
            "HTTP/2 200\r\nserver: cloudflare\r\n\r\n".into(),
            0,
            2,
            "-:1:1: no HAR file: expected a recording; this is the head of a response, which `served-by explain` reads\n",
        ),
        ("[]".into(), 0, 2, "-:1:1: no HAR file: expected an object in `log`\n"),
        ("{}".into(), 0, 2, "-:1:2: no HAR file: expected an object in `log`\n"),
        (r#"{"log":{}}"#.into(), 0, 2, "-:1:9: no HAR file: expected an array in `log.entries`\n"),
        (r#"{"log":{"entries":{}}}"#.into(), 0, 2, "-:1:19: no HAR file: expected an array in `log.entries`\n"),
    ] {
        let output = served_by_reading(["inspect", "--format=ndjson"], content.as_bytes());
        let told = text(&output.stderr);
        assert_eq!(lines(&output).len(), entries, "{content}\n{told}");
        assert_eq!(output.status.code(), Some(code), "{content}\n{told}");
        assert!(told.starts_with(message) && told.is_empty() == message.is_empty(), "{content}\n{told}");
    }
}

#[test]
fn a_file_that_fails_keeps_no_other_from_being_read() {
    let good = file("good.har", &har(&[ENTRY]));
    let output = served_by(["inspect".as_ref(), "--format=ndjson".as_ref(), "/nowhere.har".as_ref(), good.as_os_str()]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines(&output).len(), 1);
    assert!(text(&output.stderr).starts_with("/nowhere.har: cannot be read: "));
    let folder = served_by(["inspect".as_ref(), repository("tests").as_os_str()]);
    assert_eq!(folder.status.code(), Some(2), "{}", text(&folder.stderr));
}

#[test]
fn where_nothing_was_read_nothing_else_is_said() {
    for (arguments, input, out, told) in [
        (&["inspect", "/nowhere.har"][..], "", "No response was read.\n", "No such file"),
        (&["inspect"], &har(&[]), "No response was read.\n", ""),
        (&["inspect", "--lang=fr"], &har(&[]), "Aucune réponse n’a été lue.\n", ""),
        // The system has its reasons in English only.
        (
            &["inspect", "--lang=fr", "/nowhere.har"],
            "",
            "Aucune réponse n’a été lue.\n",
            "/nowhere.har: lecture impossible\u{a0}: fichier ou dossier introuvable\n",
        ),
    ] {
        let output = served_by_reading(arguments, input.as_bytes());
        assert_eq!(text(&output.stdout), out, "{arguments:?}");
        assert!(text(&output.stderr).contains(told), "{arguments:?}: {}", text(&output.stderr));
    }
}

/// Whoever reads a pipe sees each verdict that precedes a fault before the fault is told.
#[test]
fn good_entries_are_out_before_the_fault_is_told() {
    let mut child = tool()
        .args(["inspect", "--format=ndjson"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool was built with the tests");
    let mut stdin = child.stdin.take().expect("piped");
    // The input stays open: the verdict cannot be waiting for its end.
    write!(stdin, r#"{{"log":{{"entries":[{ENTRY},{{"request":3}},"#).expect("the tool reads");
    stdin.write_all(&b" ".repeat(1 << 17)).expect("the tool reads");
    let mut told = String::new();
    BufReader::new(child.stderr.take().expect("piped")).read_line(&mut told).expect("a line");
    assert!(told.contains("entry 1"), "{told}");
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
    stdout.read_line(&mut line).expect("a line");
    assert!(line.contains("\"entry\":0"), "{line}");
    drop(stdin);
    stdout.read_to_string(&mut line).expect("the rest");
    assert_eq!(child.wait().expect("the tool ends").code(), Some(1));
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let long = file("long.har", &har(&[ENTRY; 2_000]));
    for format in ["ndjson", "json", "text"] {
        let mut child = tool()
            .args(["inspect", "--format", format])
            .arg(&long)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tool was built with the tests");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the tool ends");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{format}");
    }
}

#[test]
fn a_json_report_names_the_tool_and_the_dataset() {
    let output = served_by_reading(["inspect", "--format=json"], har(&[ENTRY, "7"]).as_bytes());
    let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
    assert_eq!(report["format"], 1);
    assert_eq!(report["tool"], "served-by");
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["dataset"]["date"].as_str().map(str::len), Some(10));
    assert_eq!(report["dataset"]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(report["entries"].as_array().map(Vec::len), Some(1));
    let fault = &report["faults"][0];
    assert_eq!((&fault["entry"], &fault["line"], &fault["column"]), (&1.into(), &2.into(), &1.into()));
    let empty = served_by_reading(["inspect", "--format=json"], har(&[]).as_bytes());
    let report: Value = serde_json::from_slice(&empty.stdout).expect("one document");
    assert_eq!(report["entries"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_text_form_groups_by_host_and_speaks_french() {
    let page = case("cloudflare-in-front-of-cloudfront");
    let english = served_by(["inspect", &page]);
    let english = text(&english.stdout);
    assert!(
        english.starts_with("js.example.com  1 response\n  Cloudflare, Buenos Aires, stored copy (certain)\n"),
        "{english}"
    );
    let chain = "browser → Cloudflare (delivered by) → Amazon CloudFront (passed through, when the copy was stored) → … → \
                 origin server (hinted at)";
    assert!(english.contains(chain), "{english}");
    assert!(!english.contains('\u{1b}'), "colour in a pipe");
    let french = served_by(["inspect", "--lang=fr", &page]);
    let french = text(&french.stdout);
    assert!(french.starts_with("js.example.com  1 réponse\n"), "{french}");
    assert!(french.contains("navigateur → Cloudflare (livré par)"), "{french}");
    let doubled = file("doubled.har", &har(&[ENTRY; 3]));
    let doubled = served_by(["inspect".as_ref(), doubled.as_os_str()]);
    assert!(text(&doubled.stdout).starts_with("www.example.com  3 responses\n"), "{}", text(&doubled.stdout));
}

#[test]
fn every_message_has_a_french_form() {
    let broken = [
        har(&["7"]),
        har(&[r#"{"request":{"url":7}}"#]),
        format!(r#"{{"log":{{"entries":[{ENTRY},"#),
        r#"{"log":{"entries":["#.to_owned() + &"[".repeat(200),
        String::new(),
        "{}".into(),
    ];
    for content in broken {
        let output = served_by_reading(["inspect", "--lang=fr"], content.as_bytes());
        let told = text(&output.stderr);
        assert!(told.contains("il fallait") && !told.contains("expected"), "{told}");
        // The space before a colon is a no-break space in French.
        assert!(!told.contains(" :") && !told.contains(" ;"), "{told}");
    }
}

#[test]
fn help_teaches_and_arguments_are_checked() {
    for (arguments, code, expected) in [
        (&["--help"][..], 0, "served-by inspect page.har"),
        (&["inspect", "--help"], 0, "delivered_by"),
        (&["--version"], 0, "dataset 20"),
        (&["completions", "bash"], 0, "_served__by"),
        (&["completions", "zsh"], 0, "#compdef served-by"),
        (&["completions", "fish"], 0, "complete -c served-by"),
        (&["man"], 0, ".TH served-by 1"),
        (&["man", "dataset", "lint"], 0, ".TH served-by-dataset-lint 1"),
        (&["dataset", "show", "cloudflare"], 0, "cloudflare/cf-ray"),
        (&["dataset", "show"], 0, "cloudflare"),
        (&["dataset", "show", "nobody"], 2, ""),
        (&["man", "nothing"], 2, ""),
        (&["inspect", "--format", "xml"], 2, ""),
        (&["inspect", "--lang", "de"], 2, ""),
        (&["frobnicate"], 2, ""),
        (&[], 2, ""),
    ] {
        let output = served_by(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stdout).contains(expected), "{arguments:?}: {}", text(&output.stdout));
        assert_eq!(output.stderr.is_empty(), code == 0, "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn the_dataset_is_built_from_the_files_byte_for_byte() {
    let image = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dataset.img");
    let data = repository("data");
    let output = served_by(["dataset".as_ref(), "build".as_ref(), data.as_os_str(), "-o".as_ref(), image.as_os_str()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(fs::read(&image).expect("it was written") == served_by::BUNDLED);
    let nowhere = served_by(["dataset", "build", "/nowhere", "-o", "/nowhere.img"]);
    assert_eq!(nowhere.status.code(), Some(2));
}

const LINE: &str = r#"{"url":"https://www.example.com/","status":200,"headers":[["server","nginx"]]}"#;

#[test]
fn lines_are_told_from_a_har_file_and_each_stands_for_itself() {
    let faulty = format!("{LINE}\n\n{{\"url\":7,\"headers\":[]}}\n{LINE} x\n[\n{LINE}\n");
    let output = served_by_reading(["inspect", "--format=ndjson"], faulty.as_bytes());
    let numbers: Vec<Value> = lines(&output).into_iter().map(|line| line["entry"].clone()).collect();
    assert_eq!(numbers, [0, 4]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    for message in [
        "-:3:8: entry 1: expected a text in `url`\n",
        "-:4:80: entry 2: expected JSON: nothing behind",
        "-:5:2: entry 3: expected JSON: more",
    ] {
        assert!(told.contains(message), "{told}");
    }
    let forced = served_by_reading(["inspect", "--input=har"], LINE.as_bytes());
    assert_eq!(forced.status.code(), Some(2), "no HAR file");
}

/// An entry whose address or moment is none is judged without it, and that is told with its place.
#[test]
fn what_is_no_address_or_moment_is_told_and_the_entry_judged_without() {
    let faulty = r#"{"server_ip":"104.16.0.1:443","time":"yesterday","url":"u","headers":[["server","cloudflare"]]}"#;
    let lines_of = format!("{LINE}\n\n{faulty}\n{LINE}\n");
    let (address, moment) =
        ("an address, as \"192.0.2.1\", in", "a moment with its offset from UTC, as \"2026-09-14T08:30:00Z\", in");
    let told_of_lines = format!(
        "-:3:14: entry 1: expected {address} `server_ip`; the entry is judged without it\n\
         -:3:38: entry 1: expected {moment} `time`; the entry is judged without it\n"
    );
    let recording = har(&[ENTRY, &ENTRY.replace(r#""2026-09-14T08:30:00Z""#, r#"7,"serverIPAddress":[]"#), ENTRY]);
    let told_of_entries = format!(
        "-:2:40: entry 1: expected {address} `serverIPAddress`; the entry is judged without it\n\
         -:2:20: entry 1: expected {moment} `startedDateTime`; the entry is judged without it\n"
    );
    for (input, told) in [(&lines_of, told_of_lines), (&recording, told_of_entries)] {
        let output = served_by_reading(["inspect", "--format=ndjson"], input.as_bytes());
        let numbers: Vec<Value> = lines(&output).into_iter().map(|line| line["entry"].clone()).collect();
        assert_eq!((numbers, text(&output.stderr)), (vec![0.into(), 1.into(), 2.into()], told.as_str()));
        assert_eq!(output.status.code(), Some(1));
        let report = served_by_reading(["inspect", "--format=json"], input.as_bytes());
        let report: Value = serde_json::from_slice(&report.stdout).expect("one document");
        assert_eq!((&report["faults"][0]["entry"], &report["faults"][1]["entry"]), (&1.into(), &1.into()));
        let explained = served_by_reading(["explain", "--entry=1"], input.as_bytes());
        assert_eq!((text(&explained.stderr), explained.status.code()), (told.as_str(), Some(1)));
        assert!(text(&explained.stdout).contains("moment: not told"), "{}", text(&explained.stdout));
        let other = served_by_reading(["explain", "--entry=2"], input.as_bytes());
        assert_eq!((text(&other.stderr), other.status.code()), ("", Some(0)), "it is about another entry");
    }
    let status = served_by_reading(["inspect", "--format=json"], LINE.replace("200", "\"200\"").as_bytes());
    assert_eq!(
        text(&status.stderr),
        "-:1:44: entry 0: expected a number, as 200, in `status`; the entry is judged without it\n"
    );
    let report: Value = serde_json::from_slice(&status.stdout).expect("one document");
    assert_eq!(report["entries"][0]["observations"][0], "status holds no number: 200");
    let french = served_by_reading(["inspect", "--lang=fr"], lines_of.as_bytes());
    let expected = "-:3:14: entrée 1\u{a0}: il fallait une adresse, comme \"192.0.2.1\", dans «\u{a0}server_ip\u{a0}»\u{202f}; l’entrée est jugée sans cela\n";
    assert!(text(&french.stderr).starts_with(expected), "{}", text(&french.stderr));
    // So browsers and programs leave an address out, and write one of version 6.
    for good in [r#""""#, "null", r#""[2606:4700::1]""#, r#""fe80::1%eth0""#] {
        let line = LINE.replace("}", &format!(r#","server_ip":{good}}}"#));
        let output = served_by_reading(["inspect", "--format=ndjson"], line.as_bytes());
        assert_eq!((text(&output.stderr), output.status.code()), ("", Some(0)), "{good}");
    }
}

#[test]
fn packed_recordings_are_unpacked() {
    let mut gzip = Vec::new();
    for part in [&LINE[..40], &LINE[40..], "\n"] {
        // Members one behind the other are one text (RFC 1952, section 2.2).
        let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        member.write_all(part.as_bytes()).expect("memory takes it");
        gzip.extend(member.finish().expect("memory takes it"));
    }
    let frame = |text: &str| zstd::encode_all(text.as_bytes(), 1).expect("memory takes it");
    let zstandard = [frame(&har(&[ENTRY])[..100]), frame(&har(&[ENTRY])[100..])].concat();
    for (packed, name) in [(&gzip, "lines"), (&zstandard, "a HAR file")] {
        let output = served_by_reading(["inspect", "--format=ndjson"], packed);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{name}");
        assert_eq!(lines(&output)[0]["url"], "https://www.example.com/", "{name}");
        let cut = served_by_reading(["inspect", "--format=ndjson"], &packed[..packed.len() - 6]);
        assert_eq!(cut.status.code(), Some(2), "{name}: {}", text(&cut.stderr));
        assert!(text(&cut.stderr).contains("cannot be read: "), "{name}: {}", text(&cut.stderr));
        let french = served_by_reading(["inspect", "--lang=fr"], &packed[..packed.len() - 6]);
        assert_eq!(text(&french.stderr), "-: lecture impossible\u{a0}: le contenu s’arrête trop tôt\n", "{name}");
    }
}

/// More entries than pieces are under way, so that threads finish out of order.
#[test]
fn the_order_is_kept_over_all_pieces() {
    let long = file("order.har", &har(&[ENTRY; 20_000]));
    let output = served_by(["inspect".as_ref(), "--format=ndjson".as_ref(), long.as_os_str()]);
    let numbers: Vec<u64> = lines(&output).iter().map(|line| line["entry"].as_u64().expect("a number")).collect();
    assert_eq!(numbers, (0..20_000).collect::<Vec<_>>());
}

/// The report for people puts together what is alike, and nothing that is told of one response alone.
#[test]
fn responses_of_which_something_else_is_told_stand_apart() {
    let line = |more: &str| {
        format!(
            r#"{{"url":"https://a.example/","status":200,"headers":[["server","cloudflare"]{more}],"server_ip":"104.16.0.1"}}"#
        )
    };
    let made = line(r#",["cf-mitigated","challenge"]"#);
    let input = [made.as_str(), &line(""), &line("")].join("\n");
    let output = served_by_reading(["inspect", "--input=ndjson", "--format=text"], input.as_bytes());
    let told = text(&output.stdout);
    assert_eq!(told.matches("made this response itself").count(), 1, "{told}");
    assert!(told.contains("Cloudflare (certain) × 2\n"), "{told}");
}
