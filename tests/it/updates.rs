use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use minisign::KeyPair;
use served_by::BUNDLED;
use served_by::dataset::{image, operators};
use sha2::Digest as _;

use crate::{repository, served_by, text};

/// A folder that is made anew for each test and left for who wants to look.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("updates").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("images")).unwrap();
    folder
}

/// A pair of keys without a password, in files.
fn keys(folder: &Path, name: &str) {
    let pair = KeyPair::generate_unencrypted_keypair().unwrap();
    fs::write(folder.join(name).with_extension("pub"), pair.pk.to_box().unwrap().to_string()).unwrap();
    fs::write(folder.join(name).with_extension("key"), pair.sk.to_box(None).unwrap().to_string()).unwrap();
}

/// The bundled dataset with another day, which its hash does not cover.
fn dataset(day: u32) -> Vec<u8> {
    let mut image = BUNDLED.to_vec();
    image[12..16].copy_from_slice(&day.to_le_bytes());
    image
}

/// The stock program, which `./build.sh test` installs.
fn minisign(arguments: &[&str], folder: &Path, password: &str) -> bool {
    let mut child = Command::new("minisign")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("minisign is installed; ./build.sh test does that");
    // It asks twice for a new key's password and once for a key's; to verify it asks nothing, and may be done.
    let _unasked = write!(child.stdin.take().unwrap(), "{password}\n{password}\n");
    child.wait().unwrap().success()
}

fn release(folder: &Path, day: u32, key: Option<&str>) -> String {
    fs::write(folder.join("images/dataset.img"), dataset(day)).unwrap();
    let (images, output) = (folder.join("images"), folder.join("channel"));
    let mut arguments = vec!["dataset", "release", images.to_str().unwrap(), "-o", output.to_str().unwrap()];
    let key = key.map(|key| folder.join(key));
    if let Some(key) = &key {
        arguments.extend(["--key", key.to_str().unwrap()]);
    }
    let file = folder.join("version.update");
    if key.is_some() {
        arguments.extend(["--file", file.to_str().unwrap()]);
    }
    let made = served_by(arguments);
    assert!(made.status.success(), "{}", text(&made.stderr));
    text(&made.stdout).to_owned()
}

fn verify(folder: &Path, what: &str, key: &str, next: &str) -> (Option<i32>, String) {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let looked = served_by(["dataset", "verify", &path(what), "--key", &path(key), "--next", &path(next)]);
    (looked.status.code(), text(&looked.stdout).to_owned())
}

#[test]
fn what_our_tool_signs_the_stock_minisign_verifies() {
    let folder = folder("ours");
    keys(&folder, "current");
    keys(&folder, "next");
    let told = release(&folder, 20_261_201, Some("current.key"));
    assert!(told.contains("version 2026-12-01"), "{told}");
    assert!(minisign(&["-V", "-p", "current.pub", "-m", "channel/index.txt"], &folder, ""));
    assert!(!minisign(&["-V", "-p", "next.pub", "-m", "channel/index.txt"], &folder, ""));
    for what in ["channel", "version.update"] {
        let (code, said) = verify(&folder, what, "current.pub", "next.pub");
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("version 2026-12-01"), "{said}");
        let (code, said) = verify(&folder, what, "next.pub", "current.pub");
        assert_eq!(code, Some(1));
        assert!(said.contains("not in force"), "{said}");
    }
    for lang in ["en", "fr"] {
        assert!(!fs::read_to_string(folder.join(format!("channel/changes.{lang}.txt"))).unwrap().is_empty());
    }
}

#[test]
fn what_the_stock_minisign_signs_our_tool_verifies() {
    let folder = folder("stock");
    keys(&folder, "next");
    assert!(minisign(&["-G", "-p", "current.pub", "-s", "current.key"], &folder, "a password"));
    let told = release(&folder, 20_261_201, None);
    assert!(told.contains("not signed: minisign -S"), "{told}");
    assert!(minisign(&["-S", "-s", "current.key", "-m", "channel/index.txt"], &folder, "a password"));
    let read = |name: &str| fs::read(folder.join("channel").join(name)).unwrap();
    fs::write(folder.join("channel/index.signed"), [read("index.txt.minisig"), read("index.txt")].concat()).unwrap();
    let (code, said) = verify(&folder, "channel", "current.pub", "next.pub");
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn the_table_of_operators_travels_with_a_date_of_its_own() {
    let folder = folder("operators");
    keys(&folder, "current");
    keys(&folder, "next");
    let text = "192.0.34.0,192.0.34.255,40528,ICANN\n";
    let mut source = operators::read_text(Path::new("text"), text.as_bytes()).unwrap();
    source.date = 20_260_617;
    fs::write(folder.join("images/operators.img"), operators::image(&source)).unwrap();
    let part = || {
        let index = fs::read_to_string(folder.join("channel/index.txt")).unwrap();
        let line = index.lines().find(|line| line.starts_with("part operators.img ")).expect("a part").to_owned();
        (line, index.contains("delta operators.img "))
    };
    release(&folder, 20_261_201, Some("current.key"));
    let (first, _) = part();
    let packed = fs::File::open(folder.join("channel/files").join(first.rsplit(' ').next().unwrap())).unwrap();
    let mut table = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut table).unwrap();
    assert_eq!(image::operators(&table).unwrap().date, 20_260_617);
    // A later dataset with the same table is signed with the same file: nobody fetches it again.
    release(&folder, 20_261_202, Some("current.key"));
    assert_eq!(part(), (first, false));
}

#[test]
fn a_later_version_comes_with_a_small_delta_and_a_damaged_folder_is_noticed() {
    let folder = folder("later");
    keys(&folder, "current");
    keys(&folder, "next");
    release(&folder, 20_261_201, Some("current.key"));
    let told = release(&folder, 20_261_201, Some("current.key"));
    assert!(told.contains("version 2026-12-01.1"), "{told}");
    let told = release(&folder, 20_261_202, Some("current.key"));
    assert!(told.contains("bytes from 2026-12-01"), "{told}");
    assert_eq!(verify(&folder, "channel", "current.pub", "next.pub").0, Some(0));
    let index = fs::read_to_string(folder.join("channel/index.txt")).unwrap();
    for word in ["part ", "delta ", "changes "] {
        let line = index.lines().find(|line| line.starts_with(word)).unwrap();
        let path = folder.join("channel/files").join(line.rsplit(' ').next().unwrap());
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 1;
        fs::write(&path, bad).unwrap();
        let (code, said) = verify(&folder, "channel", "current.pub", "next.pub");
        assert_eq!(code, Some(1), "{word}: {said}");
        fs::write(&path, good).unwrap();
    }
}

/// The data folder of this repository, in a test's own folder, for changes.
fn data_of(folder: &Path) -> PathBuf {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap().path();
            let target = to.join(entry.file_name().unwrap());
            if entry.is_dir() { copy(&entry, &target) } else { fs::write(target, fs::read(entry).unwrap()).unwrap() }
        }
    }
    let data = folder.join("data");
    copy(&repository("data"), &data);
    data
}

/// Changes one file of the data; what is to be replaced must be there.
fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{} has no {from}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Takes the first prefixes off a fetched list, whose head states the hash of the rest.
fn shorten(list: &Path, by: usize) {
    let text = fs::read_to_string(list).unwrap();
    let (head, prefixes): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
    let rest = prefixes[by..].join("\n") + "\n";
    let hash: String = sha2::Sha256::digest(&rest).iter().map(|byte| format!("{byte:02x}")).collect();
    let head: Vec<String> = head
        .iter()
        .map(|line| if line.starts_with("# sha256: ") { format!("# sha256: {hash}") } else { (*line).to_owned() })
        .collect();
    fs::write(list, head.join("\n") + "\n" + &rest).unwrap();
}

/// Compiles the data and makes a version of it.
fn release_data(folder: &Path, data: &Path) {
    let path = |name: &str| folder.join("images").join(name).to_str().unwrap().to_owned();
    let data = data.to_str().unwrap();
    let built = served_by(["dataset", "build", data, "-o", &path("dataset.img"), "--records", &path("records.img")]);
    assert!(built.status.success(), "{}", text(&built.stderr));
    let (images, output) = (path("."), folder.join("channel"));
    let made = served_by(["dataset", "release", &images, "-o", output.to_str().unwrap()]);
    assert!(made.status.success(), "{}", text(&made.stderr));
}

/// What a week brings: ten records with other words, one list of addresses renewed.
fn a_week_passes(data: &Path) -> Vec<String> {
    let mut records: Vec<PathBuf> =
        fs::read_dir(data.join("records")).unwrap().map(|entry| entry.unwrap().path()).collect();
    records.sort();
    for record in &records[..10] {
        let text = fs::read_to_string(record).unwrap();
        let (before, summary) = text.split_once("[summary]").unwrap();
        let summary = summary.replacen("en = \"", "en = \"As was confirmed since, ", 1);
        let summary = summary.replacen("fr = \"", "fr = \"Confirmé depuis, ", 1);
        fs::write(record, format!("{before}[summary]{summary}")).unwrap();
    }
    shorten(&data.join("fetched/fastly.txt"), 3);
    let title = |record: &PathBuf| {
        let text = fs::read_to_string(record).unwrap();
        let title = text.split("[title]\nen = \"").nth(1).and_then(|rest| rest.split("\"\n").next());
        title.unwrap().to_owned()
    };
    records[..10].iter().map(title).collect()
}

#[test]
fn a_weekly_delta_is_a_small_part_of_the_whole() {
    let folder = folder("weekly");
    let data = data_of(&folder);
    release_data(&folder, &data);
    let titles = a_week_passes(&data);
    release_data(&folder, &data);
    let index = fs::read_to_string(folder.join("channel/index.txt")).unwrap();
    let sum = |word: &str, column: usize| -> usize {
        let lines = index.lines().filter(|line| line.starts_with(word));
        lines.map(|line| line.split(' ').nth(column).unwrap().parse::<usize>().unwrap()).sum()
    };
    // The table of operators is most of a version and did not change: it is left out, which is stricter.
    let (whole, deltas, changes) = (sum("part ", 5), sum("delta ", 4), sum("changes ", 3));
    println!("whole {whole}, deltas {deltas}, lists of changes {changes}, index {}", index.len());
    assert_eq!(index.lines().filter(|line| line.starts_with("delta ")).count(), 2, "{index}");
    assert!((deltas + changes + index.len()) * 100 <= whole * 15, "{index}");
    let told = fs::read_to_string(folder.join("channel/changes.en.txt")).unwrap();
    for title in titles {
        assert!(told.contains(&title), "{title} is not in {told}");
    }
    assert!(told.contains("Fastly: address ranges, "), "{told}");
}

const WITHDRAWN: &str = r#"state = "withdrawn"
withdrawn = 2026-11-25
withdrawn-because = { en = "It was wrong.", fr = "Elle était fausse." }"#;

#[test]
fn readers_are_told_what_changed_in_both_languages() {
    let folder = folder("changes");
    let data = data_of(&folder);
    release_data(&folder, &data);
    let told = |lang: &str| fs::read_to_string(folder.join(format!("channel/changes.{lang}.txt"))).unwrap();
    assert!(told("en").contains(" records, ") && told("fr").contains(" fiches, "), "{}{}", told("en"), told("fr"));
    let record = |id: &str| data.join("records").join(id).with_extension("toml");
    // A new one, one that is withdrawn, a corrected one, one with other words.
    fs::copy(record("akamai-krebs-2016"), record("akamai-something-2026")).unwrap();
    edit(&record("akamai-something-2026"), "en = \"Akamai ends", "en = \"Akamai anew ends");
    edit(&record("aws-parler-2021"), "state = \"published\"", WITHDRAWN);
    let corrected = fs::read_to_string(record("aws-capital-one-2019")).unwrap();
    let change = "\n[[change]]\ndate = 2026-11-26\nen = \"The number was wrong.\"\nfr = \"Le nombre était faux.\"\n";
    fs::write(record("aws-capital-one-2019"), corrected + change).unwrap();
    edit(&record("arvancloud-sanctions"), "[summary]\nen = \"", "[summary]\nen = \"Again, ");
    // A site's words, a provider's name, its list, its pages for reports; an authority; a place.
    edit(&data.join("sites/gab.com.toml"), "social network popular", "a social network popular");
    edit(
        &data.join("providers/fastly.toml"),
        "https://www.fastly.com/dmca-dsa\", basis",
        "https://www.fastly.com/dsa\", basis",
    );
    shorten(&data.join("fetched/fastly.txt"), 1);
    edit(&data.join("authorities.toml"), "https://report.cybertip.org\"", "https://report.cybertip.org/\"");
    edit(&data.join("providers/akamai.toml"), "name = \"Akamai\"", "name = \"Akamai Anew\"");
    release_data(&folder, &data);
    let (en, fr) = (told("en"), told("fr"));
    for (text, expected) in [
        (&en, "New record: Akamai anew ends"),
        (&fr, "Nouvelle fiche\u{a0}: Akamai"),
        (&en, "Withdrawn record: "),
        (&fr, "Fiche retirée\u{a0}: "),
        (&en, ". The number was wrong."),
        (&fr, ". Le nombre était faux."),
        (&en, "Revised record: "),
        (&en, "Sites about which other words stand here: Gab."),
        (&en, "Other pages for reports: Fastly."),
        (&fr, "Autres pages de signalement\u{a0}: Fastly."),
        (&en, "Fastly: address ranges, 0 new and 1 gone."),
        (&en, "Akamai is now called Akamai Anew."),
        (&fr, "Akamai s’appelle désormais Akamai Anew."),
        (&en, "Authorities: 1 new or corrected, 0 gone."),
        (&fr, "Autorités nouvelles ou corrigées\u{a0}: 1, retirées\u{a0}: 0."),
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
    // Only in English were those other words.
    assert!(!fr.contains("Sites dont la description a changé"), "{fr}");
}

/// Every row of the table of threats names tests, and each of them is there.
#[test]
fn the_tests_that_the_table_of_threats_names_exist() {
    let read = |path: &str| fs::read_to_string(repository(path)).unwrap();
    let mut of_browsers = String::new();
    for entry in fs::read_dir(repository("tests/e2e/tests/updates")).unwrap() {
        of_browsers += &fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let [units, whole] = ["src/update/tests.rs", "tests/it/updates.rs"].map(read);
    let units = units + &read("src/update/trial.rs");
    let security = read("docs/security.md");
    let rows: Vec<&str> = security.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 15, "{} threats", rows.len());
    for row in rows {
        let tests = row.rsplit('|').nth(1).unwrap();
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test: {row}");
        for test in named {
            let (place, name) = test.split_once("::").unwrap_or_else(|| panic!("{test}: update::, it:: or e2e::"));
            let sources = match place {
                "update" => &units,
                "it" => &whole,
                "e2e" => &of_browsers,
                other => panic!("{other} in {row}"),
            };
            assert!(sources.contains(&format!("fn {name}(")), "{test} does not exist: {row}");
        }
    }
}

/// `docs/scale.sh` reads an index as it is made.
#[test]
fn what_a_channel_costs_is_computed_from_its_index() {
    let folder = folder("scale");
    keys(&folder, "current");
    release(&folder, 20_261_201, Some("current.key"));
    release(&folder, 20_261_202, Some("current.key"));
    let computed = Command::new("sh").arg(repository("docs/scale.sh")).arg(folder.join("channel")).output().unwrap();
    assert!(computed.status.success(), "{}", text(&computed.stderr));
    let computed = text(&computed.stdout);
    let index = fs::read_to_string(folder.join("channel/index.txt")).unwrap();
    assert!(computed.starts_with(&format!("index {} bytes", index.len())), "{computed}");
    for copies in ["1 copies", "100000 copies", "100000000 copies"] {
        assert!(computed.contains(copies), "{computed}");
    }
    assert!(!computed.contains(" 0.000 requests a second") || computed.contains("165.344 requests"), "{computed}");
}
