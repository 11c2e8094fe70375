use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{blessing, folders, repository, text};

/// What stands around the file in question: `data/` as small as it can be.
const BASE: &str = "tests/lint/base";

/// Where each file of a rule's folder takes its place in the copy of the base.
const PLACES: [(&str, &str); 19] = [
    ("input.toml", "providers/example-cdn.toml"),
    ("other.toml", "providers/other-host.toml"),
    ("list.txt", "fetched/example-cdn.txt"),
    ("other-list.txt", "fetched/other-host.txt"),
    ("iata.toml", "places/iata.toml"),
    ("places-of-nobody.toml", "places/example-host.toml"),
    ("record.toml", "records/example-outage-2026.toml"),
    ("other-record.toml", "records/other-2026.toml"),
    ("record-named-as-a-provider.toml", "records/example-cdn.toml"),
    ("site.toml", "sites/example.net.toml"),
    ("other-site.toml", "sites/other.org.toml"),
    ("site-below.toml", "sites/forum.example.net.toml"),
    ("suffix-site.toml", "sites/co.uk.toml"),
    ("authorities.toml", "authorities.toml"),
    ("words.toml", "words.toml"),
    ("exemptions.toml", "exemptions.toml"),
    ("public_suffix_list.dat", "fetched/public_suffix_list.dat"),
    ("airports.tsv", "fetched/airports.tsv"),
    ("spots.csv", "operators/spots.csv"),
];

#[test]
fn every_rule_says_place_fault_and_way_out() {
    let rules: Vec<PathBuf> = folders("tests/lint").into_iter().filter(|folder| *folder != repository(BASE)).collect();
    let failures: Vec<String> = rules.iter().filter_map(|rule| check(rule).err()).collect();
    assert!(failures.is_empty(), "{} of {} rules:\n\n{}", failures.len(), rules.len(), failures.join("\n"));
}

#[test]
fn the_base_has_no_faults() {
    let folder = copy_of_base("base");
    assert_eq!(lint(&folder), (Some(0), String::new()));
}

/// What no fixture can hold well: bytes that are not text, files of another kind, files too long.
#[test]
fn files_that_cannot_be_read_are_told() {
    let folder = copy_of_base("unreadable");
    fs::write(folder.join("data/providers/example-cdn.toml"), b"name = \"caf\xe9\"").expect("can be written");
    fs::write(folder.join("data/providers/Readme.md"), b"").expect("can be written");
    fs::write(folder.join("data/places/iata.toml"), "# long\n".repeat(1 << 20)).expect("can be written");
    fs::remove_file(folder.join("data/countries.toml")).expect("can be removed");
    let (code, found) = lint(&folder);
    assert_eq!(code, Some(1));
    for expected in [
        "data/providers/Readme.md: unexpected file\n  here stand <id>.toml, id in a-z, 0-9 and -\n",
        "data/providers/example-cdn.toml: cannot be read: not UTF-8 at byte 11\n",
        "data/places/iata.toml: cannot be read: 7340032 bytes; at most 4194304 are read\n",
        "data/countries.toml: cannot be read: No such file or directory",
    ] {
        assert!(found.contains(expected), "{expected}\nis not in\n{found}");
    }
}

fn check(rule: &Path) -> Result<(), String> {
    let name = rule.file_name().expect("a rule has a name").to_string_lossy();
    let folder = copy_of_base(&name);
    let mut put = 0;
    for (file, place) in PLACES {
        if rule.join(file).exists() {
            let place = folder.join("data").join(place);
            fs::create_dir_all(place.parent().expect("a folder")).map_err(|error| format!("{name}: {error}"))?;
            fs::copy(rule.join(file), place).map_err(|error| format!("{name}: {error}"))?;
            put += 1;
        }
    }
    let (code, found) = lint(&folder);
    // What only warns keeps nothing from being built.
    let warns = found.lines().filter(|line| line.starts_with("data/")).all(|line| line.contains(": warning: "));
    if put == 0 || found.is_empty() || code != Some(i32::from(!warns)) {
        return Err(format!("{name}: {put} files put, exit code {code:?}\n{found}"));
    }
    let expected = rule.join("expected.txt");
    if blessing() {
        return fs::write(expected, found).map_err(|error| format!("{name}: {error}"));
    }
    let expected = fs::read_to_string(expected).map_err(|error| format!("{name}/expected.txt: {error}"))?;
    if found == expected { Ok(()) } else { Err(format!("{name}: expected\n{expected}\nfound\n{found}")) }
}

/// Exit code and report of the linter, run where `data/` lies.
fn lint(folder: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_served-by"))
        .args(["dataset", "lint", "--today", "2026-11-25"])
        .current_dir(folder)
        .output()
        .expect("the tool was built with the tests");
    (output.status.code(), text(&output.stdout).to_owned())
}

fn copy_of_base(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lint").join(name);
    let _ = fs::remove_dir_all(&folder);
    copy(&repository(BASE), &folder.join("data"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the base can be read") {
        let path = entry.expect("an entry can be read").path();
        let place = to.join(path.file_name().expect("entries have names"));
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, &place).expect("a file can be copied");
        }
    }
}
