//! The steps of an update. Whichever of them is the last that is done, what was in use stays whole.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use super::state::Judgement;
use super::{
    Bundled, CHANGES_MAX, Channel, Delta, GENERATIONS_MAX, INDEX_FILE, INDEX_MAX, Index, KEYS_MAX, Keys, PART_MAX,
    Packed, Part, PublicKey, Refusal, Sha256, Signed, State, Trial, apply,
};

/// What a request brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched<B> {
    Bytes(B),
    /// Nothing changed since the moment that was named.
    Unchanged,
}

/// Bytes where a device has them. In a browser that is outside of the module's memory, where they are
/// fetched, hashed, unpacked and stored; only what is read here is copied into it.
pub trait Bytes {
    fn size(&self) -> usize;
    fn read(&self) -> Vec<u8>;
    fn put(bytes: &[u8]) -> Self;
}

impl Bytes for Vec<u8> {
    fn size(&self) -> usize {
        self.len()
    }

    fn read(&self) -> Vec<u8> {
        self.clone()
    }

    fn put(bytes: &[u8]) -> Self {
        bytes.to_vec()
    }
}

/// What a device does for an update.
// Devices have one thread each, so nothing has to be `Send`.
#[allow(async_fn_in_trait)]
pub trait Device {
    type Bytes: Bytes;
    /// Seconds since 1970, as the device believes.
    fn now_s(&self) -> i64;
    /// A file of the channel, of at most so many bytes; of a longer one no more is read.
    async fn fetch(&mut self, path: &str, max: usize, since_s: Option<i64>) -> Result<Fetched<Self::Bytes>, Refusal>;
    async fn sha256(&mut self, bytes: &Self::Bytes) -> Sha256;
    /// Did this key sign the document? [`Signed::claims`] says what that means in Ed25519 (RFC 8032).
    async fn verify(&mut self, key: &PublicKey, signed: &Signed<'_>) -> bool;
    /// Unpacks gzip (RFC 1952), to at most so many bytes.
    async fn unpack(&mut self, bytes: &Self::Bytes, max: usize) -> Option<Self::Bytes>;
    /// A part of the package.
    async fn bundled(&mut self, name: &str) -> Option<Self::Bytes>;
    /// A part that was kept, as it is read now.
    async fn kept(&mut self, hash: &Sha256) -> Option<Self::Bytes>;
    /// Is there such a part? It is not read for that.
    async fn has(&mut self, hash: &Sha256) -> bool;
    async fn keep(&mut self, hash: &Sha256, bytes: &Self::Bytes) -> Result<(), Refusal>;
    async fn forget_all_but(&mut self, hashes: &[Sha256]);
    /// Replaces the state as one, or leaves it.
    async fn write(&mut self, state: &State) -> Result<(), Refusal>;
    /// Says how many bytes the update will fetch from here on.
    fn expect(&mut self, bytes: usize);
}

/// A version that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub index: Index,
    document: Vec<u8>,
    /// The reader went back from it once.
    pub left: bool,
    /// What remains to be fetched, in bytes.
    pub cost: usize,
    /// What changes with it, by language.
    pub changes: Vec<(String, String)>,
}

/// Where the packed parts come from.
#[derive(Clone, Copy, Debug)]
pub enum Supply<'f> {
    Channel,
    /// The parts in a file, in the order of its index; the lists of changes follow.
    File(&'f [u8]),
}

/// How a part is had.
enum Way<'i> {
    Bundled,
    Kept,
    Delta(&'i Delta),
    Whole,
}

/// Asks the channel. Nothing when there is nothing new.
pub async fn look<D: Device>(
    device: &mut D,
    state: &mut State,
    bundled: &Bundled,
    channel: &Channel,
) -> Result<Option<Found>, Refusal> {
    state.tried_at_s = Some(device.now_s());
    let looked = look_now(device, state, bundled, channel).await;
    state.failed = looked.as_ref().err().cloned();
    if looked.is_ok() {
        state.checked_at_s = state.tried_at_s;
    }
    // What was learnt is kept; if it cannot be, it will be learnt again.
    let _unwritten = device.write(state).await;
    looked
}

async fn look_now<D: Device>(
    device: &mut D,
    state: &mut State,
    bundled: &Bundled,
    channel: &Channel,
) -> Result<Option<Found>, Refusal> {
    let document = match device.fetch(INDEX_FILE, INDEX_MAX, state.since_s()).await? {
        Fetched::Bytes(document) => document.read(),
        Fetched::Unchanged => {
            // The answer carries no signature: it can only confirm what has not expired.
            let Some(current) = state.current() else { return Err(Refusal::NotAnUpdate) };
            state.judge(&current, bundled, device.now_s())?;
            return Ok(None);
        }
    };
    let signed = Signed::parse(&document)?;
    if signed.len != document.len() {
        return Err(Refusal::NotAnUpdate);
    }
    let mut keys = state.keys(&channel.keys);
    // Keys changed since; each generation is vouched for by the one before it.
    for _ in 0..GENERATIONS_MAX {
        if keys.current.id == signed.key {
            break;
        }
        let file = Keys::file(keys.generation.saturating_add(1));
        match device.fetch(&file, KEYS_MAX, None).await {
            Ok(Fetched::Bytes(statement)) => {
                keys = follow(device, state, &keys, &Signed::parse(&statement.read())?).await?;
            }
            Ok(Fetched::Unchanged) | Err(Refusal::NotFound) => break,
            Err(refusal) => return Err(refusal),
        }
    }
    let mut found = found(device, state, bundled, &keys, &signed, &document).await?;
    if let Some(Found { index, changes, .. }) = &mut found {
        for (lang, len, packed) in &index.changes {
            changes.push((lang.clone(), text(fetch_packed(device, packed, *len, CHANGES_MAX).await?.read())?));
        }
    }
    Ok(found)
}

/// Takes what a file holds: statements of keys, the signed index, the packed parts and lists of changes.
pub async fn try_file<D: Device>(
    device: &mut D,
    state: &mut State,
    bundled: &Bundled,
    channel: &Channel,
    mut file: &[u8],
) -> Result<Option<Index>, Refusal> {
    let mut keys = state.keys(&channel.keys);
    let signed = loop {
        let signed = Signed::parse(file)?;
        let Some(statement) = Keys::parse(signed.message) else { break signed };
        if statement.generation > keys.generation {
            keys = follow(device, state, &keys, &signed).await?;
        }
        file = &file[signed.len..];
    };
    let (document, parts) = file.split_at(signed.len);
    let Some(mut found) = found(device, state, bundled, &keys, &signed, document).await? else {
        let _unwritten = device.write(state).await;
        return Ok(None);
    };
    let whole = found.index.parts.iter().map(|part| part.packed.len).sum();
    let (parts, mut behind) = parts.split_at_checked(whole).ok_or(Refusal::BrokenOff)?;
    for (lang, len, packed) in &found.index.changes {
        let (bytes, rest) = behind.split_at_checked(packed.len).ok_or(Refusal::BrokenOff)?;
        behind = rest;
        found.changes.push((lang.clone(), text(unpack(device, &D::Bytes::put(bytes), packed, *len).await?.read())?));
    }
    if !behind.is_empty() {
        return Err(Refusal::NotAnUpdate);
    }
    take(device, state, bundled, &found, Supply::File(parts)).await?;
    Ok(Some(found.index))
}

/// The next generation of keys, if the one before vouches for it: its next key signs, and becomes the
/// current one. So a thief of the current key cannot say which keys follow.
async fn follow<D: Device>(
    device: &mut D,
    state: &mut State,
    keys: &Keys,
    signed: &Signed<'_>,
) -> Result<Keys, Refusal> {
    check(device, &keys.next, signed).await?;
    let stated = Keys::parse(signed.message).ok_or_else(|| Refusal::Unreadable("the statement of keys".to_owned()))?;
    if keys.generation.checked_add(1) != Some(stated.generation) || stated.current != keys.next {
        return Err(Refusal::Unreadable("the statement of keys".to_owned()));
    }
    state.accept_keys(signed.message);
    Ok(stated)
}

/// Is the document signed with this key?
async fn check<D: Device>(device: &mut D, key: &PublicKey, signed: &Signed<'_>) -> Result<(), Refusal> {
    if signed.key != key.id {
        return Err(Refusal::Key(signed.key_name()));
    }
    if device.verify(key, signed).await { Ok(()) } else { Err(Refusal::Signature) }
}

/// What a signed index has to offer, once its signature is checked.
async fn found<D: Device>(
    device: &mut D,
    state: &mut State,
    bundled: &Bundled,
    keys: &Keys,
    signed: &Signed<'_>,
    document: &[u8],
) -> Result<Option<Found>, Refusal> {
    check(device, &keys.current, signed).await?;
    let index = Index::parse(signed.message)?;
    let judgement = state.judge(&index, bundled, device.now_s())?;
    if judgement == Judgement::InUse {
        state.renew(document);
        return Ok(None);
    }
    if let Some(lacking) = bundled.parts.iter().find(|own| index.part(&own.name).is_none()) {
        return Err(Refusal::Unreadable(format!("part {}", lacking.name)));
    }
    let mut cost = 0;
    for part in &index.parts {
        cost += match way(device, state, bundled, &index, part).await {
            Way::Bundled | Way::Kept => 0,
            Way::Delta(delta) => delta.packed.len,
            Way::Whole => part.packed.len,
        };
    }
    Ok(Some(Found {
        document: document.to_vec(),
        left: judgement == Judgement::Left,
        cost,
        changes: Vec::new(),
        index,
    }))
}

/// The cheapest way to a part. What is kept is checked again when it is read.
async fn way<'i, D: Device>(
    device: &mut D,
    state: &State,
    bundled: &Bundled,
    index: &'i Index,
    part: &Part,
) -> Way<'i> {
    if bundled.parts.iter().any(|own| own.hash == part.hash) {
        return Way::Bundled;
    }
    if device.has(&part.hash).await {
        return Way::Kept;
    }
    let needed = state.needed();
    let at_hand = |hash: &Sha256| needed.contains(hash) || bundled.parts.iter().any(|own| own.hash == *hash);
    let deltas = index.deltas.iter().filter(|delta| delta.name == part.name && at_hand(&delta.from));
    match deltas.min_by_key(|delta| delta.packed.len) {
        Some(delta) if delta.packed.len < part.packed.len => Way::Delta(delta),
        _ => Way::Whole,
    }
}

fn text(bytes: Vec<u8>) -> Result<String, Refusal> {
    String::from_utf8(bytes).map_err(|_| Refusal::Unreadable("the list of changes".to_owned()))
}

/// Fetches what is missing, tries it, and makes it the version in use.
pub async fn take<D: Device>(
    device: &mut D,
    state: &mut State,
    bundled: &Bundled,
    found: &Found,
    supply: Supply<'_>,
) -> Result<(), Refusal> {
    let index = &found.index;
    device.expect(found.cost);
    let mut trial = Trial::default();
    let mut rest = match supply {
        Supply::File(rest) => rest,
        Supply::Channel => &[],
    };
    for part in &index.parts {
        let from_file = match supply {
            Supply::Channel => None,
            Supply::File(_) => {
                let (packed, behind) = rest.split_at_checked(part.packed.len).ok_or(Refusal::BrokenOff)?;
                rest = behind;
                Some(packed)
            }
        };
        let (bytes, is_new) = obtain(device, state, bundled, index, part, from_file, &mut trial).await?;
        // Each is kept as soon as it is whole: an update that was broken off goes on from there.
        if is_new {
            device.keep(&part.hash, &bytes).await?;
        }
    }
    trial.end()?;
    // Time has passed, and the same version may have come by another way.
    if state.judge(index, bundled, device.now_s())? == Judgement::InUse {
        return Ok(());
    }
    let mut switched = state.clone();
    switched.switch(&found.document, index.version, &found.changes);
    switched.failed = None;
    device.write(&switched).await?;
    *state = switched;
    device.forget_all_but(&state.needed()).await;
    Ok(())
}

/// A part, checked against its hash and tried, and whether it has to be kept.
async fn obtain<D: Device>(
    device: &mut D,
    state: &State,
    bundled: &Bundled,
    index: &Index,
    part: &Part,
    from_file: Option<&[u8]>,
    trial: &mut Trial,
) -> Result<(D::Bytes, bool), Refusal> {
    let way = way(device, state, bundled, index, part).await;
    let at_hand = match way {
        Way::Bundled => bundled_part(device, bundled, &part.hash).await,
        Way::Kept => device.kept(&part.hash).await,
        Way::Delta(_) | Way::Whole => None,
    };
    if let Some(bytes) = checked(device, &part.hash, at_hand).await {
        trial.part(&part.name, bytes.read())?;
        // What the package holds is kept all the same: with the program's next version it holds another.
        return Ok((bytes, matches!(way, Way::Bundled)));
    }
    if let (Way::Delta(delta), None) = (way, from_file) {
        let old = match device.kept(&delta.from).await {
            Some(old) => Some(old),
            None => bundled_part(device, bundled, &delta.from).await,
        };
        if let Some(old) = checked(device, &delta.from, old).await {
            let delta = fetch_packed(device, &delta.packed, delta.len, PART_MAX).await?;
            if let Some(made) = apply(&old.read(), &delta.read(), part.len)
                && let Some(bytes) = tried(device, part, D::Bytes::put(&made), trial).await?
            {
                return Ok((bytes, true));
            }
        }
    }
    let bytes = match from_file {
        Some(packed) => unpack(device, &D::Bytes::put(packed), &part.packed, part.len).await?,
        None => fetch_packed(device, &part.packed, part.len, PART_MAX).await?,
    };
    let bytes = tried(device, part, bytes, trial).await?;
    bytes.map(|bytes| (bytes, true)).ok_or_else(|| Refusal::Damaged(part.name.clone()))
}

/// Checks a part that was made from checked bytes, and tries it while the device is hashing, which a browser
/// does beside the module. Nothing of it is kept or used before both are done.
async fn tried<D: Device>(
    device: &mut D,
    part: &Part,
    bytes: D::Bytes,
    trial: &mut Trial,
) -> Result<Option<D::Bytes>, Refusal> {
    let (hash, outcome) = {
        let mut hash = pin!(device.sha256(&bytes));
        // Asked once, the device begins.
        let begun = poll_fn(|context| Poll::Ready(hash.as_mut().poll(context))).await;
        let outcome = trial.part(&part.name, bytes.read());
        let hash = match begun {
            Poll::Ready(hash) => hash,
            Poll::Pending => hash.await,
        };
        (hash, outcome)
    };
    // Of a wrong part it does not matter how it fared.
    if hash == part.hash { outcome.map(|()| Some(bytes)) } else { Ok(None) }
}

async fn bundled_part<D: Device>(device: &mut D, bundled: &Bundled, hash: &Sha256) -> Option<D::Bytes> {
    let own = bundled.parts.iter().find(|own| own.hash == *hash)?;
    device.bundled(&own.name).await
}

async fn checked<D: Device>(device: &mut D, hash: &Sha256, bytes: Option<D::Bytes>) -> Option<D::Bytes> {
    let bytes = bytes?;
    (device.sha256(&bytes).await == *hash).then_some(bytes)
}

async fn fetch_packed<D: Device>(device: &mut D, packed: &Packed, len: usize, max: usize) -> Result<D::Bytes, Refusal> {
    let Fetched::Bytes(bytes) = device.fetch(&packed.path(), packed.len.min(max), None).await? else {
        return Err(Refusal::NotAnUpdate);
    };
    unpack(device, &bytes, packed, len).await
}

/// Unpacks what was checked first.
async fn unpack<D: Device>(device: &mut D, bytes: &D::Bytes, packed: &Packed, len: usize) -> Result<D::Bytes, Refusal> {
    if bytes.size() < packed.len {
        return Err(Refusal::BrokenOff);
    }
    if device.sha256(bytes).await != packed.hash {
        return Err(Refusal::Damaged(packed.hash.to_string()));
    }
    let unpacked = device.unpack(bytes, len).await.filter(|unpacked| unpacked.size() == len);
    unpacked.ok_or_else(|| Refusal::Damaged(packed.hash.to_string()))
}

/// Where the reader goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// To the version before; from there, the same step leads forward again.
    Previous,
    Bundled,
}

/// Goes back. The channel is not asked.
pub async fn back<D: Device>(device: &mut D, state: &mut State, to: Back) -> Result<(), Refusal> {
    let mut switched = state.clone();
    match to {
        Back::Bundled => switched.switch_to_bundled(),
        Back::Previous => {
            let previous = state.previous().ok_or(Refusal::NothingThere)?;
            let mut trial = Trial::default();
            for part in previous.parts {
                let kept = device.kept(&part.hash).await;
                let bytes = checked(device, &part.hash, kept).await.ok_or(Refusal::Damaged(part.name.clone()))?;
                trial.part(&part.name, bytes.read())?;
            }
            trial.end()?;
            switched.switch_to_previous();
        }
    }
    device.write(&switched).await?;
    *state = switched;
    Ok(())
}
