//! `served-by dataset release` and `verify`: versions made for a web server, and looked at as a device does.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::{env, fs};

use jiff::Timestamp;
use minisign::{SecretKey, SecretKeyBox};
use served_by::dataset::image::{Head, verify as verify_hash};
use served_by::ui::words::Lang;
use served_by::update::release::{self, Earlier, Release, sha256};
use served_by::update::{
    self, Bundled, Device, Fetched, INDEX_FILE, Index, Keys, PublicKey, Refusal, Sha256, Signed, State,
};

use super::args::{Release as Options, Verify};
use super::changes::{Parts, changes};
use crate::{Outcome, messages};

/// What could not be done, in a sentence for whoever publishes.
type Failure = String;

/// Where a publisher signs what the index says.
const INDEX_TEXT: &str = "index.txt";
/// Names the variable with the key's password, so that none stands on a command line.
const PASSWORD: &str = "SERVED_BY_KEY_PASSWORD";

/// An error is one of writing to standard output.
pub fn run(options: &Options, out: &mut impl Write) -> io::Result<Outcome> {
    match images(&options.dir).and_then(|parts| make(options, &parts)) {
        Ok(lines) => {
            for line in lines {
                writeln!(out, "{line}")?;
            }
            Ok(Outcome::Clean)
        }
        Err(failure) => {
            messages::tell(failure);
            Ok(Outcome::Failed)
        }
    }
}

/// The images in a folder, whichever they are: name, format and bytes, in the order of their names.
fn images(folder: &Path) -> Result<Vec<(String, u16, Vec<u8>)>, Failure> {
    let failed = |error: io::Error| format!("{}: {error}", folder.display());
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".img")) else {
            continue;
        };
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        verify_hash(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        let format = Head::of(&bytes).map_err(|error| format!("{}: {error}", path.display()))?.format.get();
        parts.push((name.to_owned(), format, bytes));
    }
    parts.sort();
    if parts.is_empty() {
        return Err(format!("{}: no images; ./build.sh dist leaves them in dist/firefox", folder.display()));
    }
    Ok(parts)
}

fn make(options: &Options, parts: &[(String, u16, Vec<u8>)]) -> Result<Vec<String>, Failure> {
    let key = options.key.as_deref().map(secret_key).transpose()?;
    let issued_at = Timestamp::now();
    let issued_s = issued_at.as_second();
    let folder = &options.output;
    let earlier = earlier(folder)?;
    let named = parts.iter().map(|(name, _, bytes)| (name.as_str(), bytes.as_slice()));
    let now = Parts::open(named).map_err(|error| error.to_string())?.ok_or("there is no dataset.img")?;
    // A version whose format is of another time is told as if there had been none.
    let before = earlier.first().and_then(|earlier| {
        Parts::open(earlier.parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))).ok().flatten()
    });
    let changes = [Lang::En, Lang::Fr].map(|lang| (lang.tag(), changes(before.as_ref(), &now, lang)));
    let release = Release {
        parts,
        changes: &changes,
        day: now.detection.date().replace('-', "").parse().map_err(|_| "the dataset bears no date")?,
        issued_s,
        expires_s: issued_s + i64::from(options.days) * 86_400,
        earlier: &earlier,
        deltas: options.deltas,
    };
    let (index, files) = release::make(&release).map_err(|error| error.to_string())?;
    for (path, bytes) in &files {
        write(&folder.join(path), bytes)?;
    }
    // What earlier indexes name stays: a device may be fetching it just now.
    let text = index.to_string();
    write(&folder.join("versions").join(format!("{}.txt", index.version)), text.as_bytes())?;
    write(&folder.join(INDEX_TEXT), text.as_bytes())?;
    for (lang, text) in &changes {
        write(&folder.join(format!("changes.{lang}.txt")), text.as_bytes())?;
    }
    let mut lines = vec![format!("{}: version {}, {} files", folder.display(), index.version, files.len())];
    for part in &index.parts {
        lines.push(format!("  {:<14} {:>9} bytes, {:>9} packed", part.name, part.len, part.packed.len));
    }
    for delta in &index.deltas {
        let from = earlier.iter().find(|earlier| earlier.index.parts.iter().any(|part| part.hash == delta.from));
        let from = from.map_or_else(String::new, |earlier| earlier.index.version.to_string());
        lines.push(format!("  {:<14} {:>9} bytes from {from}", delta.name, delta.packed.len));
    }
    match key {
        Some(key) => {
            let comment = format!("served-by dataset {} issued {issued_s}", index.version);
            let signature = minisign::sign(None, &key, text.as_bytes(), Some(&comment), None)
                .map_err(|error| format!("the index cannot be signed: {error}"))?
                .to_string();
            write(&folder.join("index.txt.minisig"), signature.as_bytes())?;
            // The file's time is when it was issued: by it a web server knows what a device has already.
            let signed = folder.join(INDEX_FILE);
            write(&signed, (signature + &text).as_bytes())?;
            set_time(&signed, issued_at)?;
            lines.push(format!("  {INDEX_FILE}, signed"));
        }
        None => lines.push(format!(
            "not signed: minisign -S -s KEY -m {0}/{INDEX_TEXT} && cat {0}/{INDEX_TEXT}.minisig {0}/{INDEX_TEXT} > {0}/{INDEX_FILE}",
            folder.display()
        )),
    }
    if let Some(path) = &options.file {
        let mut file = Vec::new();
        for generation in 2.. {
            match fs::read(folder.join(Keys::file(generation))) {
                Ok(statement) => file.extend(statement),
                Err(_) => break,
            }
        }
        let signed = folder.join(INDEX_FILE);
        file.extend(fs::read(&signed).map_err(|error| format!("{}: {error}", signed.display()))?);
        let parts = index.parts.iter().map(|part| &part.packed);
        let packed = parts.chain(index.changes.iter().map(|(_, _, packed)| packed));
        packed.for_each(|packed| file.extend(&files[&packed.path()]));
        write(path, &file)?;
        lines.push(format!("{}: {} bytes", path.display(), file.len()));
    }
    Ok(lines)
}

/// The versions that the folder knows, the latest first, with those parts that are still there.
fn earlier(folder: &Path) -> Result<Vec<Earlier>, Failure> {
    let versions = folder.join("versions");
    if !versions.is_dir() {
        return Ok(Vec::new());
    }
    let mut earlier = Vec::new();
    for entry in fs::read_dir(&versions).map_err(|error| format!("{}: {error}", versions.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let index = Index::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let part = |part: &update::Part| {
            let bytes = unpack(&fs::read(folder.join(part.packed.path())).ok()?, part.len)?;
            (sha256(&bytes) == part.hash).then(|| (part.name.clone(), bytes))
        };
        let parts = index.parts.iter().filter_map(part).collect();
        earlier.push(Earlier { index, parts });
    }
    earlier.sort_by_key(|earlier| std::cmp::Reverse(earlier.index.version));
    Ok(earlier)
}

fn secret_key(path: &Path) -> Result<SecretKey, Failure> {
    let place = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| place(&error))?;
    let sealed = || SecretKeyBox::from_string(&text).map_err(|error| place(&error));
    if let Ok(open) = SecretKey::from_unencrypted_box(sealed()?) {
        return Ok(open);
    }
    // Without the variable, the library asks at the terminal. Keys without a password that minisign 0.11
    // made bear no checksum, which the library takes for damage.
    SecretKey::from_box(sealed()?, env::var(PASSWORD).ok()).map_err(|error| place(&error))
}

/// A reader of the old file never meets half of the new one.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: io::Error| format!("{}: cannot be written: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path)).map_err(failed)
}

fn set_time(path: &Path, at: Timestamp) -> Result<(), Failure> {
    // Web servers know whole seconds.
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(at.as_second().unsigned_abs());
    let set = fs::File::options().write(true).open(path).and_then(|file| file.set_modified(at));
    set.map_err(|error| format!("{}: {error}", path.display()))
}

fn unpack(bytes: &[u8], max: usize) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes).take(max as u64 + 1).read_to_end(&mut unpacked).ok()?;
    (unpacked.len() <= max).then_some(unpacked)
}

/// Looks at a folder or a file of updates as a device would, from the signature to the trial.
pub fn verify(options: &Verify, out: &mut impl Write) -> io::Result<Outcome> {
    let keys = match keys(options) {
        Ok(keys) => keys,
        Err(failure) => {
            messages::tell(failure);
            return Ok(Outcome::Failed);
        }
    };
    let mut shelf = Shelf { folder: options.path.clone(), kept: BTreeMap::new() };
    let channel = update::Channel { address: None, keys };
    // The version of this program does not count: what was published before it can be looked at too.
    let any = Bundled { version: update::Version::default(), parts: Vec::new() };
    let mut state = State::default();
    let verified = if options.path.is_dir() {
        run_now(async {
            let Some(found) = update::look(&mut shelf, &mut state, &any, &channel).await? else {
                return Err(Refusal::NothingThere);
            };
            update::take(&mut shelf, &mut state, &any, &found, update::Supply::Channel).await?;
            // What devices with an earlier version fetch must be there too.
            for delta in &found.index.deltas {
                shelf.delta(delta)?;
            }
            Ok(Some(found.index))
        })
    } else {
        let file = match fs::read(&options.path) {
            Ok(file) => file,
            Err(error) => {
                messages::tell(format_args!("{}: {error}", options.path.display()));
                return Ok(Outcome::Failed);
            }
        };
        run_now(update::try_file(&mut shelf, &mut state, &any, &channel, &file))
    };
    match verified {
        Ok(index) => {
            let Some(index) = index else { return Ok(Outcome::Clean) };
            let expires = Timestamp::from_second(index.expires_s).map_or_else(|_| String::new(), |at| at.to_string());
            writeln!(out, "{}: version {}, good until {expires}", options.path.display(), index.version)?;
            for part in &index.parts {
                writeln!(out, "  {:<14} format {}, {} bytes", part.name, part.format, part.len)?;
            }
            Ok(Outcome::Clean)
        }
        Err(refusal) => {
            writeln!(out, "{}: {refusal}", options.path.display())?;
            Ok(Outcome::Faults)
        }
    }
}

fn keys(options: &Verify) -> Result<Keys, Failure> {
    let key = |path: &Path| {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let line = text.lines().find(|line| !line.starts_with("untrusted comment:")).unwrap_or_default();
        PublicKey::parse(line.trim()).ok_or_else(|| format!("{}: no public key of minisign", path.display()))
    };
    let keys = Keys { generation: options.generation, current: key(&options.key)?, next: key(&options.next)? };
    if keys.current.id == keys.next.id {
        return Err("the current and the next key are the same".to_owned());
    }
    Ok(keys)
}

/// Nothing here waits.
fn run_now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("files are read at once"),
    }
}

/// A device whose channel is a folder.
struct Shelf {
    folder: PathBuf,
    kept: BTreeMap<Sha256, Vec<u8>>,
}

impl Shelf {
    /// That a delta is there, and is what was signed.
    fn delta(&self, delta: &update::Delta) -> Result<(), Refusal> {
        let path = self.folder.join(delta.packed.path());
        let bytes = fs::read(path).map_err(|_| Refusal::NotFound)?;
        let good = sha256(&bytes) == delta.packed.hash && unpack(&bytes, delta.len).is_some();
        if good { Ok(()) } else { Err(Refusal::Damaged(delta.packed.hash.to_string())) }
    }
}

impl Device for Shelf {
    type Bytes = Vec<u8>;

    fn now_s(&self) -> i64 {
        Timestamp::now().as_second()
    }

    async fn fetch(&mut self, path: &str, max: usize, _since_s: Option<i64>) -> Result<Fetched<Vec<u8>>, Refusal> {
        let bytes = fs::read(self.folder.join(path)).map_err(|_| Refusal::NotFound)?;
        if bytes.len() > max { Err(Refusal::TooLarge) } else { Ok(Fetched::Bytes(bytes)) }
    }

    async fn sha256(&mut self, bytes: &Vec<u8>) -> Sha256 {
        sha256(bytes)
    }

    async fn verify(&mut self, key: &PublicKey, signed: &Signed<'_>) -> bool {
        let Ok(key) = minisign_verify::PublicKey::from_base64(&key.text()) else { return false };
        let Ok(signature) = minisign_verify::Signature::decode(signed.head) else { return false };
        key.verify(signed.message.as_bytes(), &signature, false).is_ok()
    }

    async fn unpack(&mut self, bytes: &Vec<u8>, max: usize) -> Option<Vec<u8>> {
        unpack(bytes, max)
    }

    async fn bundled(&mut self, _name: &str) -> Option<Vec<u8>> {
        None
    }

    async fn kept(&mut self, hash: &Sha256) -> Option<Vec<u8>> {
        self.kept.get(hash).cloned()
    }

    async fn has(&mut self, hash: &Sha256) -> bool {
        self.kept.contains_key(hash)
    }

    async fn keep(&mut self, hash: &Sha256, bytes: &Vec<u8>) -> Result<(), Refusal> {
        self.kept.insert(*hash, bytes.to_vec());
        Ok(())
    }

    async fn forget_all_but(&mut self, _hashes: &[Sha256]) {}

    async fn write(&mut self, _state: &State) -> Result<(), Refusal> {
        Ok(())
    }

    fn expect(&mut self, _bytes: usize) {}
}
