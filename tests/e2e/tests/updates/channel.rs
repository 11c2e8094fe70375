//! The channel of the tests, and who publishes there: each browser has its own folder and its own keys.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use e2e::drivers::Kind;
use e2e::world::{Manner, Request, Response};
use flate2::{Compression, write::GzEncoder};

use crate::Outcome;

pub const HOST: &str = "updates.example";

/// How the channel answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Honest,
    /// Somebody else's page in place of everything.
    Portal,
    Elsewhere,
    Gone,
    Failing,
    /// Half of the index, whole as a response.
    Cut,
    /// Half of what the length says, and then the connection ends.
    SaysMore,
    /// The length of half of it.
    SaysLess,
    /// A length that no file may have.
    SaysTooMuch,
    /// Bytes for ever, without a length.
    Endless,
    /// A hundred million bytes, which are few on the way.
    Bomb,
    /// Half of it and then nothing.
    Silent,
    /// Nothing at all, for longer than anybody waits.
    Mute,
    /// The list of changes comes by a byte now and then: never silent, and not done in a minute.
    Dripping,
    /// One bit of every packed file is wrong.
    Flipped,
    /// The index is signed and then changed.
    Forged,
    Overlong,
    Slow,
}

/// Bytes that were sent without end, by browser, so far.
static ENDLESS: Mutex<BTreeMap<String, Arc<AtomicU64>>> = Mutex::new(BTreeMap::new());

fn endless(whose: &str) -> Arc<AtomicU64> {
    let mut all = ENDLESS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(all.entry(whose.to_owned()).or_default())
}

#[derive(Default)]
struct Server {
    /// By browser, for both go through this at once.
    files: BTreeMap<String, Vec<u8>>,
    moods: BTreeMap<String, Mood>,
    /// When what lies there was issued, as a web server tells it.
    modified: BTreeMap<String, String>,
}

static SERVER: Mutex<Option<Server>> = Mutex::new(None);

fn server() -> MutexGuard<'static, Option<Server>> {
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    server.get_or_insert_default();
    server
}

pub fn answer(request: &Request) -> Response {
    let (mood, bytes, modified) = {
        let mut server = server();
        let server = server.as_mut().expect("made above");
        let whose = request.path.split('/').nth(1).unwrap_or_default();
        let mood = server.moods.get(whose).copied().unwrap_or_default();
        (mood, server.files.get(&request.path).cloned(), server.modified.get(whose).cloned().unwrap_or_default())
    };
    if let Some(answer) = crate::killed::step(request) {
        return answer;
    }
    let whose = request.path.split('/').nth(1).unwrap_or_default();
    let is_index = request.path.ends_with("index.signed");
    let Some(mut bytes) = bytes else { return Response::new(404) };
    let half = bytes.len() as u64 / 2;
    let mut manner = Manner::Whole;
    match mood {
        Mood::Portal => return Response::new(200).body("text/html", "<!doctype html><title>Sign in</title>"),
        Mood::Elsewhere => return Response::new(302).field("location", "https://portal.example/"),
        Mood::Gone => return Response::new(404),
        Mood::Failing => return Response::new(503),
        Mood::Cut => bytes.truncate(bytes.len() / 2),
        Mood::SaysMore => manner = Manner::Says(bytes.len() as u64 * 2),
        Mood::SaysLess => manner = Manner::Says(half),
        Mood::SaysTooMuch => manner = Manner::Says(1 << 40),
        Mood::Endless => {
            bytes = vec![b'x'; 16 * 1024];
            manner = Manner::Endless(endless(whose));
        }
        Mood::Bomb => {
            return Response::new(200).field("content-encoding", "gzip").body("application/octet-stream", BOMB.clone());
        }
        Mood::Silent => manner = Manner::Silent,
        Mood::Mute => thread::sleep(Duration::from_secs(8)),
        Mood::Dripping if !is_index => manner = Manner::Dripping(Duration::from_millis(250)),
        Mood::Flipped if !is_index => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        Mood::Forged if is_index => {
            let at = bytes.windows(8).position(|window| window == b"version ").expect("an index") + 8;
            bytes[at + 3] = b'7';
        }
        Mood::Overlong => bytes.resize(20_000_000, b'x'),
        Mood::Slow if !is_index => thread::sleep(Duration::from_millis(1_500)),
        _ => {}
    }
    if is_index && request.field("if-modified-since") == Some(&modified) && mood == Mood::Honest {
        return Response::new(304);
    }
    Response::new(200).field("last-modified", modified).body("application/octet-stream", bytes).manner(manner)
}

/// 105 MB of zeros, packed once, for that takes a while.
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = [0; 1 << 16];
    (0..1600).for_each(|_| packed.write_all(&zeros).expect("memory can be written to"));
    packed.finish().expect("memory can be written to")
});

/// The publisher of one browser, on this server.
pub struct Publisher(e2e::publisher::Publisher);

impl Deref for Publisher {
    type Target = e2e::publisher::Publisher;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Publisher {
    /// One whose channel is honest, whatever the scene before it left.
    pub fn new(kind: Kind, name: &str, address: &str) -> Outcome<Self> {
        let publisher = Self(e2e::publisher::Publisher::new(kind, name, address)?);
        publisher.mood(Mood::Honest);
        Ok(publisher)
    }

    /// Puts a version of that day on the server. With `all`, the records differ too.
    pub fn publish(&self, day: u32, all: bool) -> Outcome {
        self.0.publish(day, if all { &["dataset.img", "records.img"] } else { &["dataset.img"] })?;
        let mut server = server();
        let server = server.as_mut().expect("made above");
        let files = self.files()?.into_iter().map(|(path, bytes)| (format!("/{}/{path}", self.kind), bytes));
        server.files.extend(files);
        server.modified.insert(self.kind.name().to_owned(), self.modified()?);
        Ok(())
    }

    pub fn mood(&self, mood: Mood) {
        if mood == Mood::Bomb {
            LazyLock::force(&BOMB);
        }
        server().as_mut().expect("made above").moods.insert(self.kind.name().to_owned(), mood);
    }

    /// Bytes that were sent to this browser without end.
    pub fn endless(&self) -> u64 {
        endless(self.kind.name()).load(Ordering::Relaxed)
    }
}
