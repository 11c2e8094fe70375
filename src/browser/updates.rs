//! Updates in the worker: the browser as the [`Device`] that the steps need, and what its pages ask for.
//!
//! All of it happens in the background, for there is one: two windows that ask at once are told of the
//! same work, and private windows, whose stores are their own, meet the same versions. It is in the second
//! file of the module, which the background loads when somebody asks or a check is due.

use std::cell::RefCell;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::decode::Object;
use super::webext::{log, permissions, plain, runtime, storage};
use crate::message::{Answer, Question, from_text, to_text};
use crate::ui::options;
use crate::update::{
    self, Back, Bundled, Channel, Device, Fetched, Found, PublicKey, Refusal, Sha256, Signed, State, Status, Supply,
};

#[wasm_bindgen(module = "/src/browser/device.js")]
extern "C" {
    // What cannot fail is imported past the bindings, where the build finds no function to put in.
    #[wasm_bindgen(catch, js_name = bytes_fetched)]
    fn count_fetched() -> Result<f64, JsValue>;
    #[wasm_bindgen(catch)]
    async fn fetch_file(url: &str, max: u32, since: Option<String>) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn sha256(bytes: &Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn verify(point: &[u8], message: &[u8], signature: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn unpack(bytes: &Uint8Array, max: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn kept(hash: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn has(hash: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn keep(hash: &str, bytes: &Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn forget_all_but(hashes: js_sys::Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn packaged(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    fn replace_image(image: &Uint8Array) -> Result<(), JsValue>;
}

/// Where the state stands on disk: the parts in use, an empty line, the rest. `extension/stored.js` reads the first.
const STATE: &str = "update";
/// The parts in use, in `storage.session`, for who loads them.
const PARTS: &str = "parts";
/// When to look next, in seconds, in `storage.session`; empty for never.
const DUE: &str = "due";

/// The part that the worker judges by.
const IMAGE: &str = "dataset.img";

struct Updates {
    state: State,
    channel: Channel,
    bundled: Bundled,
    found: Option<Found>,
    /// What is under way: bytes fetched before it, bytes that it will fetch.
    busy: Option<(f64, usize)>,
}

thread_local! {
    static UPDATES: RefCell<Option<Updates>> = const { RefCell::new(None) };
}

/// The one place where the state is borrowed; nothing is awaited inside.
fn with<R>(read: impl FnOnce(&mut Updates) -> R) -> Option<R> {
    UPDATES.with(|place| place.borrow_mut().as_mut().map(read))
}

/// Reads the state, unless that was done already.
async fn load() -> bool {
    if with(|_| ()).is_some() {
        return true;
    }
    let Some((channel, bundled, mut state)) = read().await else { return false };
    let settled = state.settle(&bundled);
    if settled {
        let _unwritten = Browser::of(&channel).write(&state).await;
    }
    UPDATES.with(|place| {
        let mut place = place.borrow_mut();
        // Somebody else may have asked meanwhile.
        if place.is_none() {
            *place = Some(Updates { state, channel, bundled, found: None, busy: None });
        }
    });
    if settled {
        reload().await;
    }
    true
}

/// What the package says of its channel and of itself, and what the disk says.
async fn read() -> Option<(Channel, Bundled, State)> {
    let text = String::from_utf8(bytes_of(packaged("channel.txt").await)?.to_vec()).ok()?;
    let (channel, bundled) = Channel::parse(&text)?;
    let saved = log(storage::kept(STATE).await).flatten().unwrap_or_default();
    // Whoever asks a text for "\n\n" brings the whole search for texts in texts into the module.
    let parts = saved.as_bytes().windows(2).position(|pair| pair == b"\n\n");
    let state = parts.and_then(|end| State::load(&from_text(saved.get(end + 2..)?)?));
    Some((channel, bundled, state.unwrap_or_default()))
}

/// What can be told without the background, for a page that only shows it.
pub async fn known() -> Option<Status> {
    let (channel, bundled, state) = read().await?;
    Some(Status::of(&state, &channel, &bundled, None, None, now_s()))
}

/// Answers a message of the extension's own pages that is about updates or parts.
#[wasm_bindgen]
pub async fn update_message(question: JsValue, sender: JsValue) -> JsValue {
    let kind = Object::new(question).text("kind").unwrap_or_default();
    let answer = match (kind.strip_prefix(Question::UPDATE), kind.strip_prefix(Question::PART)) {
        _ if Object::new(sender).text("id") != runtime::own_id() => {
            Answer::error("only the extension's own pages are answered")
        }
        (Some(asked), _) => Answer { page: answer(asked).await, error: None },
        (_, Some(name)) => Answer { page: part(name).await, error: None },
        _ => Answer::error("not a question about updates"),
    };
    plain(&answer)
}

/// What takes long is begun, and the page asks how far it is.
async fn answer(asked: &str) -> Option<String> {
    if !load().await {
        return None;
    }
    if with(|updates| updates.busy.is_none()) == Some(true) {
        let work = match asked {
            options::LOOK => Some(Work::Look),
            options::TAKE => Some(Work::Take),
            options::PREVIOUS => Some(Work::Back(Back::Previous)),
            options::BUNDLED => Some(Work::Back(Back::Bundled)),
            _ => asked.strip_prefix("file:").and_then(from_text).map(Work::File),
        };
        if let Some(work) = work {
            begin(work);
        } else if let Some((_, schedule)) = options::SCHEDULES.into_iter().find(|(word, _)| *word == asked) {
            change(|state| state.schedule = schedule).await;
        }
    }
    status()
}

fn status() -> Option<String> {
    with(|updates| {
        let Updates { state, channel, bundled, found, busy } = updates;
        let busy = busy.map(|(before, expected)| ((bytes_fetched() - before) as u64, expected as u64));
        let status = Status::of(state, channel, bundled, found.as_ref(), busy, now_s());
        to_text(&status.save())
    })
}

/// Changes the state at once, and writes it.
async fn change(change: impl FnOnce(&mut State)) {
    let changed = with(|updates| {
        change(&mut updates.state);
        (updates.state.clone(), Browser::of(&updates.channel))
    });
    if let Some((state, mut browser)) = changed {
        log(browser.write(&state).await.map_err(|refusal| refusal.word()));
    }
}

/// What takes long. It works on a copy of the state, which replaces the state when it is done.
enum Work {
    Look,
    Take,
    Back(Back),
    File(Vec<u8>),
    /// Without being asked.
    Scheduled,
}

fn begin(work: Work) {
    let copy = with(|updates| {
        updates.busy = Some((bytes_fetched(), 0));
        Updates {
            state: updates.state.clone(),
            channel: updates.channel.clone(),
            bundled: updates.bundled.clone(),
            found: updates.found.take(),
            busy: None,
        }
    });
    let Some(mut copy) = copy else { return };
    spawn_local(async move {
        let before = copy.state.current();
        let mut device = Browser::of(&copy.channel);
        copy.state.failed = perform(work, &mut copy, &mut device).await.err();
        let switched = copy.state.current() != before;
        with(|updates| *updates = copy);
        // An image that was stored just now went to the worker as soon as the switch was written.
        if switched && device.stored(hash_in_use(IMAGE)).is_none() {
            reload().await;
        }
    });
}

async fn perform(work: Work, updates: &mut Updates, device: &mut Browser) -> Result<(), Refusal> {
    let Updates { state, bundled, channel, found, .. } = updates;
    match work {
        Work::Back(to) => return update::back(device, state, to).await,
        Work::File(file) => return update::try_file(device, state, bundled, channel, &file).await.map(drop),
        Work::Look | Work::Take | Work::Scheduled => {}
    }
    let pattern = channel.pattern().ok_or(Refusal::NoChannel)?;
    // Without access the request would fail as if nobody were there.
    if log(permissions::has_access(&pattern).await) != Some(true) {
        state.tried_at_s = Some(now_s());
        return Err(Refusal::NoAccess);
    }
    let wanted = match work {
        Work::Take => found.take(),
        // What the reader went back from is not taken without being asked for.
        Work::Scheduled => update::look(device, state, bundled, channel).await?.filter(|found| !found.left),
        _ => {
            *found = update::look(device, state, bundled, channel).await?;
            return Ok(());
        }
    };
    match wanted {
        Some(wanted) => update::take(device, state, bundled, &wanted, Supply::Channel).await,
        None => Ok(()),
    }
}

/// The hash of a part of the version in use, if that is not the package's own.
fn hash_in_use(name: &str) -> Option<Sha256> {
    with(|updates| updates.state.current()?.part(name).map(|part| part.hash)).flatten()
}

/// Gives the worker the image of the version in use.
async fn reload() {
    let image = match hash_in_use(IMAGE) {
        Some(hash) => kept(&hash.to_string()).await,
        None => packaged(IMAGE).await,
    };
    if let Some(image) = bytes_of(image) {
        hand_over(&image);
    }
}

fn hand_over(image: &Uint8Array) {
    log(replace_image(image).map_err(|_| "the worker did not take the image"));
}

/// A part of the version in use, for a page that cannot get it by itself. If it is gone or damaged, the
/// whole version is left: parts of two are never shown together.
async fn part(name: &str) -> Option<String> {
    load().await;
    let hash = hash_in_use(name)?;
    match whole(&hash).await {
        Some(bytes) => Some(to_text(&bytes.to_vec())),
        None => {
            leave_damaged(name).await;
            None
        }
    }
}

async fn whole(hash: &Sha256) -> Option<Uint8Array> {
    let bytes = bytes_of(kept(&hash.to_string()).await)?;
    (hashed(&bytes).await == *hash).then_some(bytes)
}

async fn leave_damaged(name: &str) {
    change(|state| {
        state.switch_to_bundled();
        state.failed = Some(Refusal::Damaged(name.to_owned()));
    })
    .await;
    reload().await;
}

/// The background woke and found that its image is not what the state names, that it is time to look, or
/// that the browser has just started.
#[wasm_bindgen]
pub async fn update_settle(starting: bool) {
    if !load().await {
        return;
    }
    let hash = hash_in_use(IMAGE);
    if let Some(hash) = hash
        && whole(&hash).await.is_none()
    {
        leave_damaged(IMAGE).await;
    }
    let Some((state, channel)) = with(|updates| (updates.state.clone(), updates.channel.clone())) else { return };
    log(storage::set(&[(DUE, &due(&state))]).await);
    if channel.address.is_some() && state.is_due(starting, now_s()) {
        begin(Work::Scheduled);
    }
}

fn due(state: &State) -> String {
    state.next_s(now_s()).map(|next_s| next_s.to_string()).unwrap_or_default()
}

fn bytes_fetched() -> f64 {
    count_fetched().unwrap_or_default()
}

fn now_s() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
}

fn bytes_of(value: Result<JsValue, JsValue>) -> Option<Uint8Array> {
    value.ok()?.dyn_into().ok()
}

async fn hashed(bytes: &Uint8Array) -> Sha256 {
    let hash = bytes_of(sha256(bytes).await).and_then(|hash| hash.to_vec().try_into().ok());
    Sha256(hash.unwrap_or_default())
}

/// The browser, and the channel that it may ask.
struct Browser {
    address: String,
    /// What it stored, each checked before.
    stored: Vec<(Sha256, Uint8Array)>,
}

impl Browser {
    fn of(channel: &Channel) -> Self {
        Self { address: channel.address.clone().unwrap_or_default(), stored: Vec::new() }
    }

    /// The part with that hash, if it stored it.
    fn stored(&self, hash: Option<Sha256>) -> Option<&Uint8Array> {
        self.stored.iter().find(|(of, _)| Some(*of) == hash).map(|(_, bytes)| bytes)
    }
}

impl update::Bytes for Uint8Array {
    fn size(&self) -> usize {
        self.length() as usize
    }

    fn read(&self) -> Vec<u8> {
        self.to_vec()
    }

    fn put(bytes: &[u8]) -> Self {
        Self::from(bytes)
    }
}

impl Device for Browser {
    type Bytes = Uint8Array;

    fn now_s(&self) -> i64 {
        now_s()
    }

    async fn fetch(&mut self, path: &str, max: usize, since_s: Option<i64>) -> Result<Fetched<Uint8Array>, Refusal> {
        // RFC 9110, section 5.6.7.
        let since = since_s.map(|since_s| {
            let date = js_sys::Date::new(&JsValue::from_f64(since_s as f64 * 1000.0));
            String::from(date.to_utc_string())
        });
        let answer = fetch_file(&format!("{}{path}", self.address), max as u32, since).await;
        let answer = js_sys::Array::from(&answer.map_err(|_| Refusal::NoConnection)?);
        let status = answer.get(0).as_f64().unwrap_or(-4.0) as i32;
        match status {
            200 => bytes_of(Ok(answer.get(1))).map(Fetched::Bytes).ok_or(Refusal::BrokenOff),
            304 if since_s.is_some() => Ok(Fetched::Unchanged),
            404 | 410 => Err(Refusal::NotFound),
            -1 | 511 => Err(Refusal::Portal),
            -2 => Err(Refusal::TooLarge),
            -3 => Err(Refusal::BrokenOff),
            -4 => Err(Refusal::NoConnection),
            status => Err(Refusal::Server(status as u16)),
        }
    }

    async fn sha256(&mut self, bytes: &Uint8Array) -> Sha256 {
        hashed(bytes).await
    }

    async fn verify(&mut self, key: &PublicKey, signed: &Signed<'_>) -> bool {
        for (message, signature) in signed.claims() {
            if verify(&key.point, &message, &signature).await.ok().and_then(|good| good.as_bool()) != Some(true) {
                return false;
            }
        }
        true
    }

    async fn unpack(&mut self, bytes: &Uint8Array, max: usize) -> Option<Uint8Array> {
        bytes_of(unpack(bytes, max as u32).await)
    }

    async fn bundled(&mut self, name: &str) -> Option<Uint8Array> {
        bytes_of(packaged(name).await)
    }

    async fn kept(&mut self, hash: &Sha256) -> Option<Uint8Array> {
        bytes_of(kept(&hash.to_string()).await)
    }

    async fn has(&mut self, hash: &Sha256) -> bool {
        has(&hash.to_string()).await.is_ok_and(|there| there.is_truthy())
    }

    async fn keep(&mut self, hash: &Sha256, bytes: &Uint8Array) -> Result<(), Refusal> {
        let kept = keep(&hash.to_string(), bytes).await;
        self.stored.push((*hash, bytes.clone()));
        kept.map(drop).map_err(|error| Refusal::Storage(String::from(js_sys::Object::from(error).to_string())))
    }

    async fn forget_all_but(&mut self, hashes: &[Sha256]) {
        let hashes = hashes.iter().map(|hash| JsValue::from(hash.to_string())).collect();
        // What could not be removed takes room until the next update.
        let _kept = forget_all_but(hashes).await;
    }

    async fn write(&mut self, state: &State) -> Result<(), Refusal> {
        let current = state.current().map(|index| index.parts).unwrap_or_default();
        let lines: Vec<String> = current.iter().map(|part| format!("{} {}", part.name, part.hash)).collect();
        let parts = lines.join("\n");
        // Between the two writes nobody finds a copy, and whoever starts then reads the disk.
        log(storage::remove(PARTS).await);
        let written = storage::keep(STATE, &format!("{parts}\n\n{}", to_text(&state.save()))).await;
        if written.is_ok() {
            // The reader waits for this one; the copies and what is tidied up after it have time.
            let image = current.iter().find(|part| part.name == IMAGE).map(|part| part.hash);
            if let Some(image) = self.stored(image) {
                hand_over(image);
            }
            log(storage::set(&[(PARTS, &parts), (DUE, &due(state))]).await);
        }
        written.map_err(|error| Refusal::Storage(error.to_string()))
    }

    fn expect(&mut self, bytes: usize) {
        with(|updates| updates.busy = Some((bytes_fetched(), bytes)));
    }
}
