use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use minisign::KeyPair;
use served_by::BUNDLED;

use crate::{served_by, text};

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
fn image(day: u32) -> Vec<u8> {
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
    fs::write(folder.join("images/dataset.img"), image(day)).unwrap();
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
