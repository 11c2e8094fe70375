use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};
use served_by::dataset::image::Image;
use served_by::detect;
use served_by::har::Entries;

use crate::{blessing, folders, repository, served_by, text};

/// What a case says of itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    /// The situation, and what the answer must be.
    shows: String,
    /// What makes that the right answer.
    source: String,
    /// Why the verdict differs for now; the case then fails on the day it passes.
    #[serde(default)]
    known_failure: Option<String>,
    /// Labels, one for each response of the page. `served-by evaluate` counts by them.
    #[serde(default)]
    entry: Vec<Label>,
}

/// Who delivered one response, by reasoning and not by the tool.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Label {
    /// Id of the provider whose machine answered; absent where nobody can be named.
    delivered_by: Option<String>,
    /// Groups that are counted apart, as `hard` and `no-address`.
    #[serde(default)]
    tags: Vec<String>,
    /// Where it differs from the case's.
    source: Option<String>,
    /// Why the tool says something else for now; the test fails on the day it does not.
    missed: Option<String>,
}

/// What is asserted of each entry. Evidence is left to the tests of the rules themselves.
const ASSERTED: [&str; 12] = [
    "url",
    "delivered_by",
    "grade",
    "layers",
    "hosted_at",
    "origin",
    "pop",
    "copy",
    "age_s",
    "why",
    "conflicts",
    "observations",
];
/// Left out of `expected.json` where it is empty.
const OFTEN_EMPTY: [&str; 2] = ["conflicts", "observations"];

#[test]
fn every_case_gives_its_verdicts() {
    let cases = folders("tests/cases");
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(failures.is_empty(), "{} of {} cases:\n\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// A recording cannot tell the canonical name, and Firefox can.
#[test]
fn a_canonical_name_of_today_says_more_than_an_old_stamp() {
    let image = Image::open(served_by::BUNDLED).expect("the bundled image is whole");
    let file = repository("tests/cases/last-in-via-with-an-old-stamp/page.har");
    let entry = Entries::new(fs::File::open(file).expect("a page")).flatten().next().expect("a response of Fastly's");
    let fields = entry.fields();
    for (name, expected) in [
        (None, "fastly"),
        (Some("shop.fastly.net"), "fastly"),
        (Some("shop-example.cdnvideo.ru"), "cdnvideo"),
        // GitHub Pages has no machines of its own: Fastly's carry it.
        (Some("shop-example.github.io"), "fastly"),
    ] {
        let mut response = entry.response(&fields);
        response.canonical_name = name;
        let verdict = detect::verdict(&response, &image.tables);
        assert_eq!(verdict.delivered_by.map(|provider| image.tables.id(provider)), Some(expected), "{name:?}");
        assert_eq!(verdict.grade, detect::vocabulary::Grade::Possible, "{name:?}");
    }
}

fn check(folder: &Path) -> Result<(), String> {
    let name = folder.file_name().expect("a case has a name").to_string_lossy();
    let read = |file: &str| fs::read_to_string(folder.join(file)).map_err(|error| format!("{name}/{file}: {error}"));
    let case: Case = toml::from_str(&read("case.toml")?).map_err(|error| format!("{name}/case.toml: {error}"))?;
    if case.shows.len() < 20 || case.source.is_empty() {
        return Err(format!("{name}/case.toml: `shows` is a sentence, `source` is not empty"));
    }
    let found = verdicts(&folder.join("page.har")).map_err(|what| format!("{name}/page.har: {what}"))?;
    labels(&case.entry, &found).map_err(|what| format!("{name}/case.toml: {what}"))?;
    // What a known failure should give is written by hand and stays.
    if blessing() && case.known_failure.is_none() {
        let mut text = serde_json::to_string_pretty(&found).expect("JSON can be written");
        text.push('\n');
        return fs::write(folder.join("expected.json"), text).map_err(|error| format!("{name}: {error}"));
    }
    let expected = serde_json::from_str(&read("expected.json")?).map_err(|error| format!("{name}: {error}"))?;
    match (case.known_failure, found == expected) {
        (None, true) | (Some(_), false) => Ok(()),
        (None, false) => Err(format!("{name}: {}\n{}", case.shows, difference(&expected, &found))),
        (Some(why), true) => Err(format!("{name}: passes now, so strike `known-failure = {why:?}`\n")),
    }
}

/// Each label is what the tool says, or says why it is not.
fn labels(labels: &[Label], found: &Value) -> Result<(), String> {
    let found = found.as_array().map_or(&[][..], Vec::as_slice);
    if !labels.is_empty() && labels.len() != found.len() {
        return Err(format!("{} labels for {} responses", labels.len(), found.len()));
    }
    for (number, (label, found)) in labels.iter().zip(found).enumerate() {
        let addressed = label.tags.iter().all(|tag| tag != "no-address");
        if label.source.as_deref() == Some("") || label.tags.iter().any(|tag| tag.contains(' ')) {
            return Err(format!("[{number}] an empty source, or a tag that is no word"));
        }
        let said = found["delivered_by"].as_str();
        match (&label.missed, said == label.delivered_by.as_deref()) {
            (None, true) | (Some(_), false) => {}
            (None, false) => {
                return Err(format!(
                    "[{number}] {} ({}): labelled {:?}, found {said:?}: {}",
                    found["url"],
                    if addressed { "with an address" } else { "no address" },
                    label.delivered_by,
                    found["why"]
                ));
            }
            (Some(why), true) => return Err(format!("[{number}] is right now, so strike `missed = {why:?}`")),
        }
    }
    Ok(())
}

fn verdicts(har: &Path) -> Result<Value, String> {
    let output = served_by(["inspect".as_ref(), "--format=json".as_ref(), har.as_os_str()]);
    if !output.status.success() {
        return Err(format!("{}: {}", output.status, text(&output.stderr)));
    }
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let entries = report["entries"].as_array().ok_or("no entries")?;
    Ok(entries.iter().map(asserted).collect())
}

fn asserted(entry: &Value) -> Value {
    let mut kept = Map::new();
    for key in ASSERTED {
        let empty = entry[key].as_array().is_some_and(Vec::is_empty) && OFTEN_EMPTY.contains(&key);
        if !empty {
            kept.insert(key.to_owned(), entry[key].clone());
        }
    }
    Value::Object(kept)
}

/// The members that differ, one under another.
fn difference(expected: &Value, found: &Value) -> String {
    let nothing = Vec::new();
    let (expected, found) = (expected.as_array().unwrap_or(&nothing), found.as_array().unwrap_or(&nothing));
    let mut text = String::new();
    if expected.len() != found.len() {
        let _ = writeln!(text, "  {} entries expected, {} found", expected.len(), found.len());
    }
    for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
        for key in ASSERTED.iter().filter(|key| expected[*key] != found[*key]) {
            let _ = writeln!(text, "  [{number}] {key}\n    expected {}\n    found    {}", expected[key], found[key]);
        }
    }
    text
}
