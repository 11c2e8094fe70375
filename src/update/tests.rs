//! A publisher, a server and a device in memory; the device can be stopped at each thing that it does.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::Read as _;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use minisign::KeyPair;
use proptest::prelude::*;
use sha2::Digest as _;

use super::release::{self, Earlier, Release, sha256};
use super::*;
use crate::BUNDLED;
use crate::dataset::image::Image;

const DAY_S: i64 = 86_400;
const FORMAT: u16 = 7;
/// 2036-12-01, long after the bundled dataset was made, whenever that is: days of versions are of that year too.
const NOW_S: i64 = 2_111_702_400;

/// A pair of keys, and the public one as this module reads it.
struct Signer {
    pair: KeyPair,
    public: PublicKey,
}

impl Signer {
    fn new() -> Self {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let public = PublicKey::parse(&pair.pk.to_base64()).unwrap();
        Self { pair, public }
    }

    fn sign(&self, message: &str) -> Vec<u8> {
        let signature =
            minisign::sign(Some(&self.pair.pk), &self.pair.sk, message.as_bytes(), Some("a test"), None).unwrap();
        (signature.to_string() + message).into_bytes()
    }
}

/// The bundled image with another date, which its hash does not cover: a dataset that works.
fn image(day: u32) -> Vec<u8> {
    let mut image = BUNDLED.to_vec();
    let bundled = bundled_day().to_le_bytes();
    let at = image.windows(4).position(|window| window == bundled).unwrap();
    image[at..at + 4].copy_from_slice(&day.to_le_bytes());
    assert_eq!(Image::open(&image).unwrap().date().replace('-', ""), day.to_string());
    image
}

fn parts(day: u32) -> Vec<(String, Vec<u8>)> {
    // The second part stays the same through many versions.
    vec![("dataset.img".to_owned(), image(day)), ("more.img".to_owned(), vec![(day / 100 % 2) as u8; 5_000])]
}

/// Versions and keys, and what lies on the web server.
struct Publisher {
    signers: Vec<Signer>,
    generation: usize,
    earlier: Vec<Earlier>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Publisher {
    fn new() -> Self {
        let signers = (0..4).map(|_| Signer::new()).collect();
        Self { signers, generation: 0, earlier: Vec::new(), files: BTreeMap::new() }
    }

    fn keys(&self, generation: usize) -> Keys {
        let key = |at: usize| self.signers[at].public;
        Keys { generation: generation as u32 + 1, current: key(generation), next: key(generation + 1) }
    }

    fn channel(&self) -> Channel {
        Channel { address: Some("https://updates.example.org/".to_owned()), keys: self.keys(0) }
    }

    fn publish(&mut self, day: u32, issued_s: i64, expires_s: i64) -> Index {
        let parts = parts(day);
        let changes = [("en", format!("Dataset of {day}\n")), ("fr", format!("Jeu de données du {day}\n"))];
        let release = Release {
            parts: &parts.iter().cloned().map(|(name, bytes)| (name, FORMAT, bytes)).collect::<Vec<_>>(),
            changes: &changes,
            day,
            issued_s,
            expires_s,
            earlier: &self.earlier,
            deltas: 1,
        };
        let (index, files) = release::make(&release).unwrap();
        self.files.extend(files);
        self.put(&index);
        self.earlier.insert(0, Earlier { index: index.clone(), parts });
        index
    }

    fn put(&mut self, index: &Index) {
        self.files.insert(INDEX_FILE.to_owned(), self.signers[self.generation].sign(&index.to_string()));
    }

    /// The next generation of keys: the next key vouches for it.
    fn rotate(&mut self) {
        let keys = self.keys(self.generation + 1);
        self.generation += 1;
        self.files.insert(Keys::file(keys.generation), self.signers[self.generation].sign(&keys.statement()));
    }

    fn file(&self) -> Vec<u8> {
        let index = &self.earlier[0].index;
        let statements = (0..self.generation).map(|at| &self.files[&Keys::file(at as u32 + 2)]);
        let parts = index.parts.iter().map(|part| &self.files[&part.packed.path()]);
        let changes = index.changes.iter().map(|(_, _, packed)| &self.files[&packed.path()]);
        statements.chain([&self.files[INDEX_FILE]]).chain(parts).chain(changes).flatten().copied().collect()
    }
}

#[derive(Clone)]
struct Memory {
    now_s: i64,
    server: BTreeMap<String, Vec<u8>>,
    asked: Vec<String>,
    kept: BTreeMap<Sha256, Vec<u8>>,
    state: State,
    full: bool,
    /// Things that the device still does before it is stopped.
    left: usize,
}

impl Memory {
    fn new(publisher: &Publisher) -> Self {
        Self {
            now_s: NOW_S,
            server: publisher.files.clone(),
            asked: Vec::new(),
            kept: BTreeMap::new(),
            state: State::default(),
            full: false,
            left: usize::MAX,
        }
    }

    /// Never comes back once the device is stopped.
    async fn step(&mut self) {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => std::future::pending().await,
        }
    }

    /// Starts anew with what was written.
    fn restart(&mut self) -> State {
        self.left = usize::MAX;
        let bytes = self.state.save();
        State::load(&bytes).unwrap()
    }
}

impl Device for Memory {
    type Bytes = Vec<u8>;

    fn now_s(&self) -> i64 {
        self.now_s
    }

    async fn fetch(&mut self, path: &str, max: usize, since_s: Option<i64>) -> Result<Fetched<Vec<u8>>, Refusal> {
        self.step().await;
        self.asked.push(path.to_owned());
        let bytes = self.server.get(path).ok_or(Refusal::NotFound)?;
        if bytes.len() > max {
            return Err(Refusal::TooLarge);
        }
        if let Some(since_s) = since_s {
            let index = Signed::parse(bytes).ok().and_then(|signed| Index::parse(signed.message).ok());
            if index.is_some_and(|index| index.issued_s == since_s) {
                return Ok(Fetched::Unchanged);
            }
        }
        Ok(Fetched::Bytes(bytes.clone()))
    }

    async fn sha256(&mut self, bytes: &Vec<u8>) -> Sha256 {
        self.step().await;
        sha256(bytes)
    }

    async fn verify(&mut self, key: &PublicKey, signed: &Signed<'_>) -> bool {
        self.step().await;
        let by_claims = ed25519_compact::PublicKey::new(key.point);
        let claimed = signed.claims().iter().all(|(message, signature)| {
            by_claims.verify(message, &ed25519_compact::Signature::new(*signature)).is_ok()
        });
        // The library must think the same as what browsers do.
        let library = minisign_verify::PublicKey::from_base64(&key.text()).unwrap();
        let by_library = minisign_verify::Signature::decode(signed.head)
            .is_ok_and(|signature| library.verify(signed.message.as_bytes(), &signature, false).is_ok());
        assert_eq!(claimed, by_library);
        claimed
    }

    async fn unpack(&mut self, bytes: &Vec<u8>, max: usize) -> Option<Vec<u8>> {
        self.step().await;
        let mut unpacked = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(bytes.as_slice()).take(max as u64 + 1);
        reader.read_to_end(&mut unpacked).ok()?;
        (unpacked.len() <= max).then_some(unpacked)
    }

    async fn bundled(&mut self, name: &str) -> Option<Vec<u8>> {
        self.step().await;
        parts(bundled_day()).into_iter().find(|(of, _)| of == name).map(|(_, bytes)| bytes)
    }

    async fn kept(&mut self, hash: &Sha256) -> Option<Vec<u8>> {
        self.step().await;
        self.kept.get(hash).cloned()
    }

    async fn has(&mut self, hash: &Sha256) -> bool {
        self.step().await;
        self.kept.contains_key(hash)
    }

    async fn keep(&mut self, hash: &Sha256, bytes: &Vec<u8>) -> Result<(), Refusal> {
        self.step().await;
        if self.full {
            return Err(Refusal::Storage("no room".to_owned()));
        }
        self.kept.insert(*hash, bytes.to_vec());
        Ok(())
    }

    async fn forget_all_but(&mut self, hashes: &[Sha256]) {
        self.step().await;
        self.kept.retain(|hash, _| hashes.contains(hash));
    }

    async fn write(&mut self, state: &State) -> Result<(), Refusal> {
        self.step().await;
        if self.full {
            return Err(Refusal::Storage("no room".to_owned()));
        }
        self.state = state.clone();
        Ok(())
    }

    fn expect(&mut self, _bytes: usize) {}
}

fn bundled_day() -> u32 {
    Image::open(BUNDLED).unwrap().date().replace('-', "").parse().unwrap()
}

fn bundled() -> Bundled {
    let own = |(name, bytes): (String, Vec<u8>)| BundledPart { name, format: FORMAT, hash: sha256(&bytes) };
    let parts = parts(bundled_day()).into_iter().map(own).collect();
    Bundled { version: Version { day: bundled_day(), revision: 0 }, parts }
}

/// Runs until it is done or the device is stopped.
fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

async fn update(device: &mut Memory, state: &mut State, channel: &Channel) -> Result<bool, Refusal> {
    let bundled = bundled();
    let Some(found) = look(device, state, &bundled, channel).await? else { return Ok(false) };
    take(device, state, &bundled, &found, Supply::Channel).await?;
    Ok(true)
}

/// Whatever is in use is one whole version, as it was signed.
fn assert_whole(device: &Memory) {
    for index in [device.state.current(), device.state.previous()].into_iter().flatten() {
        for part in &index.parts {
            let bytes =
                device.kept.get(&part.hash).unwrap_or_else(|| panic!("{}: {} is gone", index.version, part.name));
            assert_eq!(sha256(bytes), part.hash, "{}", part.name);
        }
    }
}

fn days(count: i64) -> i64 {
    NOW_S + count * DAY_S
}

#[test]
fn a_version_is_taken_whole_and_nothing_is_fetched_twice() {
    let mut publisher = Publisher::new();
    publisher.publish(20_361_126, days(-5), days(60));
    let mut device = Memory::new(&publisher);
    let mut state = State::default();
    assert_eq!(run(update(&mut device, &mut state, &publisher.channel())), Some(Ok(true)));
    assert_whole(&device);
    assert_eq!(device.state.current().unwrap().version.to_string(), "2036-11-26");
    // The other part was in the package.
    assert_eq!(device.asked.len(), 4, "{:?}", device.asked);
    assert_eq!(state.changes[0], ("en".to_owned(), "Dataset of 20361126\n".to_owned()));
    // Unchanged: one question, no answer's body.
    assert_eq!(run(update(&mut device, &mut state, &publisher.channel())), Some(Ok(false)));
    assert_eq!(device.asked.len(), 5);
    // The next one comes as a delta.
    let index = publisher.publish(20_361_127, days(-4), days(60));
    device.server.clone_from(&publisher.files);
    assert_eq!(run(update(&mut device, &mut state, &publisher.channel())), Some(Ok(true)));
    assert_eq!(device.asked.last(), Some(&index.deltas[0].packed.path()));
    assert!(index.deltas[0].packed.len * 20 < index.parts[0].packed.len);
    assert_whole(&device);
}

#[test]
fn an_update_may_be_stopped_at_every_step() {
    let mut publisher = Publisher::new();
    let old = publisher.publish(20_361_126, days(-5), days(60));
    let mut before = Memory::new(&publisher);
    run(update(&mut before, &mut State::default(), &publisher.channel())).unwrap().unwrap();
    let new = publisher.publish(20_361_201, days(-1), days(60));
    before.server.clone_from(&publisher.files);
    let mut steps = 0;
    loop {
        let mut device = before.clone();
        let mut state = device.restart();
        device.left = steps;
        let done = run(update(&mut device, &mut state, &publisher.channel()));
        assert_whole(&device);
        let in_use = device.state.current().unwrap();
        assert!(in_use == old || in_use == new, "{steps}");
        // It starts again and ends.
        let mut state = device.restart();
        run(update(&mut device, &mut state, &publisher.channel())).unwrap().unwrap();
        assert_eq!(device.state.current(), Some(new.clone()), "{steps}");
        assert_whole(&device);
        if done.is_some() {
            break;
        }
        steps += 1;
    }
    assert!(steps > 15, "{steps} steps were told apart");
}

#[test]
fn every_byte_of_the_signed_index_counts() {
    let mut publisher = Publisher::new();
    publisher.publish(20_361_126, days(-5), days(60));
    let document = publisher.files[INDEX_FILE].clone();
    // The first line says of itself that nobody vouches for it.
    let vouched = document.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for at in vouched..document.len() {
        for bit in [0, 3, 7] {
            let mut device = Memory::new(&publisher);
            device.server.get_mut(INDEX_FILE).unwrap()[at] ^= 1 << bit;
            let refused = run(update(&mut device, &mut State::default(), &publisher.channel())).unwrap();
            assert!(refused.is_err(), "byte {at}, bit {bit}");
            assert_eq!(device.state.current(), None);
            assert_eq!(device.asked.iter().filter(|path| path.starts_with("files")).count(), 0, "{:?}", device.asked);
        }
    }
    for len in 0..document.len() {
        let mut device = Memory::new(&publisher);
        device.server.insert(INDEX_FILE.to_owned(), document[..len].to_vec());
        assert!(run(update(&mut device, &mut State::default(), &publisher.channel())).unwrap().is_err(), "{len} bytes");
    }
}

#[test]
fn every_byte_of_a_packed_image_counts() {
    let mut publisher = Publisher::new();
    let index = publisher.publish(20_361_126, days(-5), days(60));
    let part = &index.parts[0];
    let packed = publisher.files[&part.packed.path()].clone();
    let mut before = sha2::Sha256::new();
    for (at, byte) in packed.iter().enumerate() {
        let mut changed = before.clone();
        changed.update([byte ^ 1 << (at % 8)]);
        changed.update(&packed[at + 1..]);
        assert_ne!(Sha256(changed.finalize().into()), part.packed.hash, "{at}");
        before.update([*byte]);
    }
    // And what differs is refused, wherever in the file it does.
    for at in (0..packed.len()).step_by(packed.len() / 50) {
        let mut device = Memory::new(&publisher);
        device.server.get_mut(&part.packed.path()).unwrap()[at] ^= 0x10;
        let refused = run(update(&mut device, &mut State::default(), &publisher.channel())).unwrap();
        assert_eq!(refused, Err(Refusal::Damaged(part.packed.hash.to_string())));
        assert_eq!(device.state.current(), None);
    }
}

#[test]
fn each_refusal_leaves_what_was_in_use() {
    let mut publisher = Publisher::new();
    publisher.publish(20_361_126, days(-5), days(60));
    let mut before = Memory::new(&publisher);
    run(update(&mut before, &mut State::default(), &publisher.channel())).unwrap().unwrap();
    let signed = |index: &Index| publisher.signers[0].sign(&index.to_string());
    let good = {
        let mut next = publisher.earlier[0].index.clone();
        next.version.revision = 1;
        next.issued_s = days(-1);
        next
    };
    let older = Index { version: Version { day: 20_361_125, revision: 9 }, ..good.clone() };
    let expired = Index { expires_s: NOW_S, ..good.clone() };
    let ahead = Index { issued_s: days(3), ..good.clone() };
    let mut newer = good.clone();
    newer.parts[1].format = FORMAT + 1;
    let mut old_format = good.clone();
    old_format.parts[0].format = FORMAT - 1;
    let mut twofold = Index { version: publisher.earlier[0].index.version, ..good.clone() };
    twofold.parts.swap(0, 1);
    let mut lacking = good.clone();
    lacking.parts.pop();
    let mut broken = good.clone();
    broken.parts[0] = broken.parts[1].clone();
    broken.parts[0].name = "dataset.img".to_owned();
    let stranger = Signer::new();
    for (what, document, expected) in [
        ("a page of a hotel's network", b"<!doctype html>".to_vec(), Refusal::NotAnUpdate),
        (
            "an older version",
            signed(&older),
            Refusal::Older { found: older.version, known: publisher.earlier[0].index.version },
        ),
        ("an expired one", signed(&expired), Refusal::Expired { expires_s: NOW_S, now_s: NOW_S }),
        ("one from the future", signed(&ahead), Refusal::Clock { issued_s: days(3), now_s: NOW_S }),
        ("an old format", signed(&old_format), Refusal::OldFormat { found: FORMAT - 1, expected: FORMAT }),
        ("a new format", signed(&newer), Refusal::Newer { found: FORMAT + 1, expected: FORMAT }),
        ("the same version with other parts", signed(&twofold), Refusal::Twofold(twofold.version)),
        ("a part too few", signed(&lacking), Refusal::Unreadable("part more.img".to_owned())),
        ("a stranger's key", stranger.sign(&good.to_string()), Refusal::Key(stranger.public.name())),
        ("the next key, which signs keys only", publisher.signers[1].sign(&good.to_string()), {
            Refusal::Key(publisher.signers[1].public.name())
        }),
        ("more than may be", vec![b'x'; INDEX_MAX + 1], Refusal::TooLarge),
        ("a signed statement in the index's place", publisher.signers[0].sign(&publisher.keys(0).statement()), {
            Refusal::Unreadable("its first or last line".to_owned())
        }),
    ] {
        let mut device = before.clone();
        let mut state = device.restart();
        device.server.insert(INDEX_FILE.to_owned(), document);
        let refused = run(update(&mut device, &mut state, &publisher.channel())).unwrap();
        assert_eq!(refused, Err(expected.clone()), "{what}");
        assert_eq!(device.state.current(), before.state.current(), "{what}");
        assert_eq!(device.state.failed, Some(expected), "{what}");
        assert_whole(&device);
    }
    // A dataset that is signed and of no use.
    let mut device = before.clone();
    let mut state = device.restart();
    device.server.insert(INDEX_FILE.to_owned(), signed(&broken));
    let refused = run(update(&mut device, &mut state, &publisher.channel())).unwrap();
    assert!(matches!(refused, Err(Refusal::Trial(_))), "{refused:?}");
    assert_eq!(device.state.current(), before.state.current());
    // No room.
    let mut device = before.clone();
    let mut state = device.restart();
    device.server.insert(INDEX_FILE.to_owned(), signed(&good));
    device.full = true;
    let refused = run(update(&mut device, &mut state, &publisher.channel())).unwrap();
    assert!(matches!(refused, Err(Refusal::Storage(_))), "{refused:?}");
    assert_eq!(device.state, before.state);
}

#[test]
fn a_wrong_clock_locks_nobody_out() {
    let mut publisher = Publisher::new();
    publisher.publish(20_361_126, days(-5), days(60));
    for wrong_s in [0, 4_102_444_800, i64::MAX / 4, -1] {
        let mut device = Memory::new(&publisher);
        device.now_s = wrong_s;
        let mut state = State { schedule: Schedule::Weekly, ..State::default() };
        let refused = run(update(&mut device, &mut state, &publisher.channel())).unwrap();
        assert!(matches!(refused, Err(Refusal::Clock { .. } | Refusal::Expired { .. })), "{wrong_s}: {refused:?}");
        // Set right, it is asked again at once where the wrong clock ran ahead, and a day later otherwise.
        device.now_s = NOW_S;
        let mut state = device.restart();
        assert!(state.is_due(false, NOW_S), "{wrong_s}");
        assert_eq!(run(update(&mut device, &mut state, &publisher.channel())), Some(Ok(true)), "{wrong_s}");
    }
}

#[test]
fn what_is_in_use_stays_when_it_has_expired() {
    let mut publisher = Publisher::new();
    publisher.publish(20_361_126, days(-5), days(60));
    let mut device = Memory::new(&publisher);
    let mut state = State::default();
    run(update(&mut device, &mut state, &publisher.channel())).unwrap().unwrap();
    device.now_s = days(61);
    // A channel that never changes again freezes nobody in ignorance.
    let refused = run(update(&mut device, &mut state, &publisher.channel())).unwrap();
    assert_eq!(refused, Err(Refusal::Expired { expires_s: days(60), now_s: days(61) }));
    assert!(device.state.current().is_some());
    // Signed again, it is good again, without another byte of data.
    let renewed = Index { issued_s: days(61), expires_s: days(120), ..publisher.earlier[0].index.clone() };
    publisher.put(&renewed);
    device.server.clone_from(&publisher.files);
    let asked = device.asked.len();
    assert_eq!(run(update(&mut device, &mut state, &publisher.channel())), Some(Ok(false)));
    assert_eq!(device.asked.len(), asked + 1);
    assert_eq!(device.state.current().unwrap().expires_s, days(120));
}

#[test]
fn the_reader_goes_back_and_forward() {
    let mut publisher = Publisher::new();
    let first = publisher.publish(20_361_126, days(-5), days(60));
    let mut device = Memory::new(&publisher);
    let mut state = State::default();
    let channel = publisher.channel();
    run(update(&mut device, &mut state, &channel)).unwrap().unwrap();
    let second = publisher.publish(20_361_201, days(-1), days(60));
    device.server.clone_from(&publisher.files);
    run(update(&mut device, &mut state, &channel)).unwrap().unwrap();
    run(back(&mut device, &mut state, Back::Previous)).unwrap().unwrap();
    assert_eq!(device.state.current(), Some(first));
    assert_whole(&device);
    // What the reader left is offered when asked for, and known as such.
    let found = run(look(&mut device, &mut state, &bundled(), &channel)).unwrap().unwrap().unwrap();
    assert!(found.left);
    assert_eq!(found.cost, 0);
    run(back(&mut device, &mut state, Back::Previous)).unwrap().unwrap();
    assert_eq!(device.state.current(), Some(second.clone()));
    run(back(&mut device, &mut state, Back::Bundled)).unwrap().unwrap();
    assert_eq!((device.state.current(), device.state.previous()), (None, Some(second.clone())));
    run(back(&mut device, &mut state, Back::Previous)).unwrap().unwrap();
    assert_eq!(device.state.current(), Some(second));
    // A kept part that a bad disk changed is not gone back to.
    let hash = device.state.previous().map(|index| index.parts[0].hash);
    assert_eq!(hash, None);
}

#[test]
fn keys_follow_each_other_and_a_thief_of_the_current_one_cannot_say_which() {
    let mut publisher = Publisher::new();
    publisher.publish(20_361_126, days(-5), days(60));
    let channel = publisher.channel();
    let mut device = Memory::new(&publisher);
    let mut state = State::default();
    run(update(&mut device, &mut state, &channel)).unwrap().unwrap();
    // The thief signs a version that nothing could follow, and a statement of keys.
    let thief = Signer::new();
    let mut far = publisher.earlier[0].index.clone();
    far.version = Version { day: 99_991_231, revision: 0 };
    far.issued_s = days(-2);
    device.server.insert(INDEX_FILE.to_owned(), publisher.signers[0].sign(&far.to_string()));
    assert_eq!(run(update(&mut device, &mut state, &channel)), Some(Ok(true)));
    far.issued_s += 1;
    let mut taken = publisher.keys(1);
    taken.next = thief.public;
    device.server.insert(Keys::file(2), publisher.signers[0].sign(&taken.statement()));
    device.server.insert(INDEX_FILE.to_owned(), thief.sign(&far.to_string()));
    assert!(matches!(run(update(&mut device, &mut state, &channel)), Some(Err(Refusal::Key(_)))));
    // Two generations later, the device follows through both of them.
    publisher.rotate();
    publisher.rotate();
    let newest = publisher.publish(20_361_201, days(-1), days(60));
    device.server.clone_from(&publisher.files);
    assert_eq!(run(update(&mut device, &mut state, &channel)), Some(Ok(true)));
    assert_eq!(device.state.current(), Some(newest));
    // The old keys are worth nothing now, also after a restart.
    let mut state = device.restart();
    device.server.insert(INDEX_FILE.to_owned(), publisher.signers[0].sign(&far.to_string()));
    assert!(matches!(run(update(&mut device, &mut state, &channel)), Some(Err(Refusal::Key(_)))));
}

#[test]
fn a_file_holds_a_whole_version() {
    let mut publisher = Publisher::new();
    publisher.rotate();
    let index = publisher.publish(20_361_126, days(-5), days(60));
    let file = publisher.file();
    let channel = publisher.channel();
    let mut device = Memory::new(&publisher);
    device.server.clear();
    let mut state = State::default();
    let taken = run(try_file(&mut device, &mut state, &bundled(), &channel, &file)).unwrap();
    assert_eq!(taken, Ok(Some(index)));
    assert!(device.asked.is_empty(), "{:?}", device.asked);
    assert_whole(&device);
    let again = run(try_file(&mut device, &mut state, &bundled(), &channel, &file)).unwrap();
    assert_eq!(again, Ok(None));
    for len in (0..file.len()).step_by(97).chain([file.len() - 1]) {
        let mut device = Memory::new(&publisher);
        let cut = run(try_file(&mut device, &mut State::default(), &bundled(), &channel, &file[..len])).unwrap();
        assert!(cut.is_err(), "{len}");
        assert_eq!(device.state.current(), None);
    }
    let mut longer = file.clone();
    longer.push(0);
    let mut device = Memory::new(&publisher);
    let refused = run(try_file(&mut device, &mut State::default(), &bundled(), &channel, &longer)).unwrap();
    assert_eq!(refused, Err(Refusal::NotAnUpdate));
}

#[test]
fn a_newer_program_leaves_what_it_brought_along_itself() {
    let mut publisher = Publisher::new();
    publisher.publish(20_361_126, days(-5), days(60));
    let mut device = Memory::new(&publisher);
    let mut state = State::default();
    run(update(&mut device, &mut state, &publisher.channel())).unwrap().unwrap();
    assert!(!state.settle(&bundled()));
    let mut reads_another = bundled();
    reads_another.parts[0].format = FORMAT + 1;
    assert!(state.clone().settle(&reads_another));
    let newer = Bundled { version: Version { day: 20_361_127, revision: 0 }, ..bundled() };
    assert!(state.settle(&newer));
    assert_eq!(state.current(), None);
}

#[test]
fn what_is_due_is_told_by_the_last_time() {
    for (schedule, starting, tried, failed, due) in [
        (Schedule::Unasked, true, None, false, false),
        (Schedule::Never, true, None, false, false),
        (Schedule::Start, true, Some(days(0)), false, true),
        (Schedule::Start, false, None, false, false),
        (Schedule::Weekly, false, None, false, true),
        (Schedule::Weekly, true, Some(days(-6)), false, false),
        (Schedule::Weekly, false, Some(days(-7)), false, true),
        (Schedule::Weekly, false, Some(days(-1)), true, true),
        (Schedule::Weekly, false, Some(days(0)), true, false),
        (Schedule::Weekly, false, Some(days(400)), false, true),
    ] {
        let failed = failed.then_some(Refusal::NoConnection);
        let state = State { schedule, tried_at_s: tried, failed, ..State::default() };
        assert_eq!(state.is_due(starting, NOW_S), due, "{state:?}");
        let next_s = state.next_s(NOW_S);
        assert!(next_s.is_none_or(|next_s| next_s <= days(7)), "{state:?}");
        assert_eq!(next_s.is_some(), schedule == Schedule::Weekly, "{state:?}");
    }
}

#[test]
fn a_damaged_state_is_no_state() {
    let mut publisher = Publisher::new();
    publisher.publish(20_361_126, days(-5), days(60));
    let mut device = Memory::new(&publisher);
    let mut state = State::default();
    run(update(&mut device, &mut state, &publisher.channel())).unwrap().unwrap();
    let saved = state.save();
    assert_eq!(State::load(&saved), Some(state));
    for at in 0..saved.len() {
        let mut damaged = saved.clone();
        damaged[at] ^= 0x55;
        // It reads as something, or as nothing; whatever it is can be asked about.
        if let Some(state) = State::load(&damaged) {
            let _ = (state.current(), state.previous(), state.needed(), state.is_due(true, NOW_S));
        }
        assert!(State::load(&saved[..at]).is_none_or(|state| state != State::load(&saved).unwrap()));
    }
    assert_eq!(State::load(&[]), None);
}

#[test]
fn indexes_read_as_they_were_written() {
    let mut publisher = Publisher::new();
    publisher.publish(20_361_126, days(-5), days(60));
    let index = publisher.publish(20_361_126, days(-4), days(60));
    assert_eq!(index.version.to_string(), "2036-11-26.1");
    let text = index.to_string();
    assert_eq!(Index::parse(&text), Ok(index));
    assert_eq!(
        Index::parse(&text.replace("\nend", "\nlater word\nend")).map(|index| index.to_string()),
        Ok(text.clone())
    );
    for (from, to) in [
        ("version 2036-11-26.1", "version 2036-11-31"),
        ("version 2036-11-26.1", "version 2036-11-26.01"),
        ("version 2036-11-26.1", "version 2036-11-26.0"),
        ("part dataset.img ", "part ../dataset.img "),
        ("part dataset.img ", "part dataset.img 0"),
        ("part dataset.img ", "part dataset.img 99999999"),
        ("part more.img", "part dataset.img"),
        ("T00:00:00Z", "T24:00:00Z"),
        ("\nend", ""),
        ("served-by index 1", "served-by index 2"),
        ("expires", "expired"),
    ] {
        assert!(text.contains(from), "{from}");
        let read = Index::parse(&text.replacen(from, to, 1));
        assert!(matches!(read, Err(Refusal::Unreadable(_))), "{from} → {to}: {read:?}");
    }
}

/// What may happen to a device.
#[derive(Clone, Debug)]
enum Event {
    Publish,
    Rotate,
    /// The server has only what this many versions ago was there.
    Stale(usize),
    Honest,
    Flip(usize, u8),
    Update {
        steps: usize,
    },
    Back,
    Bundled,
    Clock(i64),
    Full(bool),
    Restart,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => Just(Event::Publish),
        1 => Just(Event::Rotate),
        1 => (0..4_usize).prop_map(Event::Stale),
        2 => Just(Event::Honest),
        1 => (0..100_000_usize, 0..8_u8).prop_map(|(at, bit)| Event::Flip(at, bit)),
        4 => (0..60_usize).prop_map(|steps| Event::Update { steps }),
        4 => Just(Event::Update { steps: usize::MAX }),
        2 => Just(Event::Back),
        1 => Just(Event::Bundled),
        1 => prop_oneof![Just(0), Just(4_102_444_800), Just(NOW_S), (0..90_i64).prop_map(days)].prop_map(Event::Clock),
        1 => any::<bool>().prop_map(Event::Full),
        1 => Just(Event::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_a_whole_version_is_in_use_and_the_newest_can_be_had(events in prop::collection::vec(event(), 1..25)) {
        let mut publisher = Publisher::new();
        publisher.publish(20_361_126, days(-5), days(200));
        let channel = publisher.channel();
        let mut device = Memory::new(&publisher);
        let mut state = State::default();
        let mut history = vec![publisher.files.clone()];
        for event in events {
            let before = device.state.current().map(|index| index.version);
            match event {
                Event::Publish => {
                    publisher.publish(20_361_126, days(-4) + history.len() as i64, days(200));
                    history.push(publisher.files.clone());
                    device.server.clone_from(&publisher.files);
                }
                Event::Rotate if publisher.generation < 2 => {
                    publisher.rotate();
                    publisher.publish(20_361_126, days(-4) + history.len() as i64, days(200));
                    history.push(publisher.files.clone());
                    device.server.clone_from(&publisher.files);
                }
                Event::Rotate => {}
                Event::Stale(ago) => device.server.clone_from(&history[history.len().saturating_sub(ago + 1)]),
                Event::Honest => device.server.clone_from(&publisher.files),
                Event::Flip(at, bit) => {
                    let files = device.server.len();
                    let file = device.server.values_mut().nth(at % files).unwrap();
                    let place = at % file.len();
                    file[place] ^= 1 << bit;
                }
                Event::Update { steps } => {
                    device.left = steps;
                    let done = run(update(&mut device, &mut state, &channel));
                    if done.is_none() {
                        state = device.restart();
                    }
                    device.left = usize::MAX;
                    // Without the reader's word nothing older comes into use.
                    prop_assert!(device.state.current().map(|index| index.version) >= before);
                }
                Event::Back => drop(run(back(&mut device, &mut state, Back::Previous))),
                Event::Bundled => drop(run(back(&mut device, &mut state, Back::Bundled))),
                Event::Clock(now_s) => device.now_s = now_s,
                Event::Full(full) => device.full = full,
                Event::Restart => state = device.restart(),
            }
            assert_whole(&device);
            let published = |index: Index| publisher.earlier.iter().any(|earlier| earlier.index.same_parts(&index));
            prop_assert!(device.state.current().is_none_or(published));
        }
        // The network is honest again, the clock right, and there is room: the newest version can be had.
        device.server.clone_from(&publisher.files);
        (device.now_s, device.full) = (NOW_S, false);
        let mut state = device.restart();
        run(update(&mut device, &mut state, &channel)).unwrap().unwrap();
        prop_assert_eq!(device.state.current().map(|index| index.version), Some(publisher.earlier[0].index.version));
        assert_whole(&device);
    }
}
