//! The workshop of records: what `served-by dataset` does with them, on the small data of `tests/lint/base`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{repository, served_by, served_by_reading, text};

/// The small data, in a folder of the test's own.
fn data(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("records").join(name);
    let _ = fs::remove_dir_all(&folder);
    copy(&repository("tests/lint/base"), &folder);
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &place) } else { _ = fs::copy(&path, &place).unwrap() }
    }
}

/// Runs `served-by dataset` and gives its exit code and what it wrote.
fn dataset(arguments: &[&str]) -> (Option<i32>, String) {
    let output = served_by(["dataset"].iter().chain(arguments));
    (output.status.code(), text(&output.stdout).to_owned())
}

const RECORD: &str = "records/example-outage-2026.toml";

fn change(folder: &Path, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
}

#[test]
fn records_are_counted() {
    let folder = data("stats");
    let svg = folder.join("stats.svg");
    let (code, found) =
        dataset(&["stats", folder.to_str().unwrap(), "--today", "2026-11-25", "--svg", svg.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    for line in [
        "state\n     1  published",
        "provider\n     1  example-cdn",
        "country of the provider\n     1  FR",
        "     2  en",
        "     1  main view",
    ] {
        assert!(found.contains(line), "{line}\nis not in\n{found}");
    }
    let drawn = fs::read_to_string(svg).unwrap();
    assert!(drawn.starts_with("<svg ") && drawn.contains(">example-cdn</text>"), "{drawn}");
    // Two years and a day later the outage is in the archive.
    let (_, later) = dataset(&["stats", folder.to_str().unwrap(), "--today", "2028-03-03"]);
    assert!(later.contains("     1  archive"), "{later}");
}

#[test]
fn reviews_fall_due() {
    let folder = data("due");
    let folder = folder.to_str().unwrap();
    assert_eq!(dataset(&["due", folder, "--today", "2028-08-20"]), (Some(0), String::new()));
    let (code, found) = dataset(&["due", folder, "--today", "2028-08-21"]);
    assert_eq!(code, Some(1));
    assert!(found.contains("example-outage-2026.toml:8:14: warning: the review was due on 2028-08-20"), "{found}");
    // Overdue reviews keep nothing from being built.
    assert_eq!(dataset(&["lint", folder, "--today", "2028-08-21"]).0, Some(0));
}

#[test]
fn changes_are_told_in_words() {
    let (old, new) = (data("diff-old"), data("diff-new"));
    let both = [old.to_str().unwrap(), new.to_str().unwrap()];
    assert_eq!(dataset(&["diff", both[0], both[1]]), (Some(0), String::new()));
    change(&new, RECORD, "did not answer for an hour.\"\nfr", "did not answer for two hours.\"\nfr");
    change(&new, RECORD, "status = \"resolved\"", "status = \"disputed\"");
    change(&new, "sites/example.net.toml", "former-domains = [\"example-net.org\"]", "former-domains = []");
    fs::remove_file(new.join("providers/other-host.toml")).unwrap();
    let (code, found) = dataset(&["diff", both[0], both[1]]);
    assert_eq!(code, Some(1));
    assert_eq!(
        found,
        "provider other-host: removed\n\
         record example-outage-2026: the status went from resolved to disputed; the summary was reworded in English\n\
         site example.net: former domain example-net.org removed\n"
    );
}

#[test]
fn files_are_put_into_their_form() {
    let folder = data("fmt");
    let path = folder.to_str().unwrap();
    assert_eq!(dataset(&["fmt", path, "--check"]), (Some(0), String::new()));
    change(&folder, RECORD, "date = ", "\n\ndate = ");
    let (code, found) = dataset(&["fmt", path, "--check"]);
    assert!(code == Some(1) && found.contains("example-outage-2026.toml"), "{found}");
    assert_eq!(dataset(&["fmt", path]).0, Some(0));
    assert_eq!(dataset(&["fmt", path, "--check"]).0, Some(0));
}

#[test]
fn records_are_exported() {
    let folder = data("export");
    let path = folder.to_str().unwrap();
    let (code, json) = dataset(&["export", "json", path]);
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["format"], 1);
    assert_eq!(json["records"][0]["id"], "example-outage-2026");
    assert_eq!(json["records"][0]["reviewed"], "2026-08-20");
    assert_eq!(json["sites"][0]["id"], "example.net");
    let (_, csv) = dataset(&["export", "csv", path]);
    assert_eq!(csv.lines().count(), 2);
    assert!(
        csv.starts_with("id,state,date,kind,") && csv.contains("\r\nexample-outage-2026,published,2026-03-02,outage,")
    );
    let site = folder.join("site");
    assert_eq!(dataset(&["export", "html", path, "-o", site.to_str().unwrap()]).0, Some(0));
    let page = fs::read_to_string(site.join("fr/record/example-outage-2026.html")).unwrap();
    for part in [
        "<html lang=\"fr\">",
        "href=\"../../en/record/example-outage-2026.html\"",
        "Position du prestataire",
        "id=\"part-1\"",
    ] {
        assert!(page.contains(part), "{part}\nis not in\n{page}");
    }
    let index = fs::read_to_string(site.join("en/index.html")).unwrap();
    assert!(index.contains("<li id=\"example-outage-2026\">") && index.contains("role=\"search\""));
    // What is not fit to be published is not exported.
    change(&folder, RECORD, "sites = [\"example.net\"]", "sites = [\"nobody.example\"]");
    assert_eq!(dataset(&["export", "json", path]).0, Some(1));
}

#[test]
fn a_draft_is_never_exported_and_a_withdrawn_record_leaves_its_reason() {
    let folder = data("states");
    let path = folder.to_str().unwrap();
    change(&folder, RECORD, "state = \"published\"", "state = \"draft\"\nmissing = [\"a second reader\"]");
    let (_, csv) = dataset(&["export", "csv", path]);
    assert_eq!(csv.lines().count(), 1, "{csv}");
    change(
        &folder,
        RECORD,
        "state = \"draft\"\nmissing = [\"a second reader\"]",
        "state = \"withdrawn\"\nwithdrawn = 2026-10-01\nwithdrawn-because = { en = \"The date was wrong.\", fr = \"La date était fausse.\" }",
    );
    let (_, csv) = dataset(&["export", "csv", path]);
    assert!(csv.contains("The date was wrong.") && !csv.contains("did not answer"), "{csv}");
}

#[test]
fn a_site_is_asked_for() {
    let folder = data("new");
    let answers = b"A Site\n\n\nno\nNo decision was found.\nAucune d\xc3\xa9cision n\xe2\x80\x99a \xc3\xa9t\xc3\xa9 trouv\xc3\xa9e.\n\n";
    let arguments = ["dataset", "new", "site", "forum.org", "--data", folder.to_str().unwrap()];
    let output = served_by_reading(arguments, answers);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let written = fs::read_to_string(folder.join("sites/forum.org.toml")).unwrap();
    assert!(written.contains("never-link = true") && written.contains("name = \"A Site\""), "{written}");
    let again = served_by_reading(arguments, answers);
    assert_eq!((again.status.code(), text(&again.stderr).contains("is there already")), (Some(2), true));
}

/// On the dataset that the program carries.
#[test]
fn bundled_records_are_listed_and_shown() {
    let (code, listed) =
        dataset(&["list", "--provider", "cloudflare", "--kind", "service-terminated", "--today", "2026-11-25"]);
    assert_eq!(code, Some(0));
    let id = listed.lines().next().expect("Cloudflare ended services").to_owned();
    let (code, shown) = dataset(&["show", &id, "--lang", "fr"]);
    assert_eq!(code, Some(0));
    assert!(shown.contains("Position du prestataire") && shown.contains(&id), "{shown}");
    let (_, of_site) = dataset(&["list", "--site", "www.8ch.net"]);
    assert!(!of_site.is_empty());
    assert_eq!(dataset(&["list", "--site", "not8ch.net"]), (Some(0), String::new()), "a look-alike is another site");
    assert_eq!(dataset(&["list", "--provider", "cloudflair"]), (Some(2), String::new()), "a slip is told");
    let (_, provider) = dataset(&["show", "cloudflare", "--lang", "fr"]);
    for told in ["sur une liste que Cloudflare publie", "valeur du champ", "observée, vérifiée le "] {
        assert!(provider.contains(told), "{told}: {provider}");
    }
    let (_, site) = dataset(&["show", "8ch.net"]);
    assert!(site.contains("8ch.net") && site.contains("Dated reports, not a statement about today"), "{site}");
}

#[test]
fn bad_files_are_told_and_hide_nothing() {
    let folder = data("bad");
    let path = folder.to_str().unwrap();
    fs::write(folder.join("records/broken.toml"), "date = \n").unwrap();
    fs::write(folder.join("records/latin.toml"), b"date = \"ao\xfbt\"").unwrap();
    change(&folder, RECORD, "state = \"published\"", "state = \"draft\"");
    let (code, found) = dataset(&["lint", path, "--today", "2026-11-25"]);
    assert_eq!(code, Some(1));
    for told in ["broken.toml:1:8: ", "latin.toml: cannot be read: not UTF-8 at byte 10", "a draft says what it lacks"]
    {
        assert!(found.contains(told), "{told}\nis not in\n{found}");
    }
}
