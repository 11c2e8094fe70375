//! Who publishes versions of the dataset for tests and measurements: with keys of their own, by our own tool,
//! for an extension that is the built one with another `channel.txt` and another address in its policy.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use minisign::KeyPair;

use crate::drivers::Kind;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// How long the extension waits for a silent server, as its bindings say it.
const PATIENCE: &str = "SILENCE_MS = 30_000";

/// A publisher with keys of its own, and the built extension that trusts them.
pub struct Publisher {
    pub kind: Kind,
    pub folder: PathBuf,
    pub extension: PathBuf,
}

impl Publisher {
    /// `name` is for the folder; the address is the channel's.
    pub fn new(kind: Kind, name: &str, address: &str) -> Outcome<Self> {
        let folder = root().join("target/updates").join(kind.name()).join(name);
        let _ = fs::remove_dir_all(&folder);
        let extension = folder.join("extension");
        fs::create_dir_all(folder.join("images"))?;
        let built = root().join("dist").join(kind.name());
        copy(&built, &extension)?;
        let mut text = fs::read_to_string(built.join("channel.txt"))?;
        for name in ["current", "next"] {
            let pair = KeyPair::generate_unencrypted_keypair()?;
            fs::write(folder.join(name), pair.sk.to_box(None)?.to_string())?;
            let start = text.find(&format!("\n{name} ")).expect("the key's line") + 1;
            let end = start + text[start..].find('\n').expect("a line's end");
            text.replace_range(start..end, &format!("{name} {}", pair.pk.to_base64()));
        }
        text = text.replacen('\n', &format!("\naddress {address}\n"), 1);
        fs::write(extension.join("channel.txt"), text)?;
        let manifest = fs::read_to_string(extension.join("manifest.json"))?;
        let manifest = manifest.replace("connect-src 'self'", &format!("connect-src 'self' {address}"));
        fs::write(extension.join("manifest.json"), manifest)?;
        // A test need not wait half a minute for a silent server.
        let mut shortened = 0;
        for entry in fs::read_dir(&extension)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "js") {
                let script = fs::read_to_string(&path)?;
                shortened += script.matches(PATIENCE).count();
                fs::write(&path, script.replace(PATIENCE, "SILENCE_MS = 3_000"))?;
            }
        }
        if shortened != 1 {
            return Err(format!("`{PATIENCE}` stands in the scripts {shortened} times, not once").into());
        }
        Ok(Self { kind, folder, extension })
    }

    /// Has the background run a script before its own.
    pub fn run_first(&self, script: &str) -> Outcome {
        let path = self.extension.join("background.js");
        let text = fs::read_to_string(&path)?;
        Ok(fs::write(&path, format!("{script}\n{text}"))?)
    }

    /// The day of the package's own dataset, in a form of `strftime`. What is published bears days of 2036, later
    /// than any of these.
    pub fn bundled(&self, form: &str) -> String {
        let image = fs::read(self.extension.join("dataset.img")).expect("the package's dataset");
        let day = u32::from_le_bytes(image[12..16].try_into().expect("four bytes"));
        let date = jiff::civil::Date::strptime("%Y%m%d", day.to_string()).expect("a date");
        date.strftime(form).to_string()
    }

    /// Makes a version of that day with our tool. Parts that are named bear that day, which their hash does
    /// not cover, and so differ from those of the package; the others are the package's own.
    pub fn publish(&self, day: u32, dated: &[&str]) -> Outcome {
        let images = self.folder.join("images");
        for name in ["dataset.img", "operators.img", "records.img"] {
            let mut image = fs::read(self.extension.join(name))?;
            if dated.contains(&name) {
                image[12..16].copy_from_slice(&day.to_le_bytes());
            }
            fs::write(images.join(name), image)?;
        }
        let made = Command::new(root().join("target/debug/served-by"))
            .args(["dataset", "release"])
            .arg(&images)
            .arg("-o")
            .arg(self.channel())
            .arg("--key")
            .arg(self.folder.join("current"))
            .arg("--file")
            .arg(self.folder.join("version.update"))
            .output()?;
        if made.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&made.stderr).into()) }
    }

    /// What lies in the folder for a web server, by its path there.
    pub fn files(&self) -> Outcome<BTreeMap<String, Vec<u8>>> {
        let channel = self.channel();
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(channel.join("files"))?.chain(fs::read_dir(&channel)?) {
            let path = entry?.path();
            if path.is_file() {
                files.insert(path.strip_prefix(&channel)?.display().to_string(), fs::read(&path)?);
            }
        }
        Ok(files)
    }

    /// When the last version was issued, as a web server says it (RFC 9110, section 5.6.7).
    pub fn modified(&self) -> Outcome<String> {
        let issued: jiff::Timestamp = self.said("issued ")?.parse()?;
        Ok(issued.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
    }

    /// The folder for a web server.
    pub fn channel(&self) -> PathBuf {
        self.folder.join("channel")
    }

    /// What the index says behind a word.
    fn said(&self, word: &str) -> Outcome<String> {
        let index = fs::read_to_string(self.channel().join("index.txt"))?;
        Ok(index.lines().find_map(|line| line.strip_prefix(word)).ok_or("the index lacks a word")?.to_owned())
    }

    /// The parts of the version that was published last: names and hashes, as the extension writes them.
    pub fn parts(&self) -> Outcome<Vec<String>> {
        let index = fs::read_to_string(self.channel().join("index.txt"))?;
        let words = index.lines().filter_map(|line| line.strip_prefix("part "));
        let words = words.map(|rest| rest.split(' ').collect::<Vec<_>>());
        Ok(words.map(|words| format!("{} {}", words[0], words[3])).collect())
    }
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
