//! What a device remembers of its updates: written whole, so that a version is in use or not, never half.

use serde::{Deserialize, Serialize};

use super::{CLOCK_S, Index, Keys, Refusal, Sha256, Signed, Version, day_of};

/// Raised when the saved form changes; another form is left, and the bundled dataset used.
const FORMAT: u8 = 1;
const DAY_S: i64 = 86_400;

/// When the device asks the channel by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Schedule {
    /// The reader was not asked yet: never.
    #[default]
    Unasked,
    Never,
    /// When the browser starts.
    Start,
    Weekly,
}

/// The dataset that came with the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundled {
    pub version: Version,
    /// In the order of the package.
    pub parts: Vec<BundledPart>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundledPart {
    pub name: String,
    /// The format that the program reads.
    pub format: u16,
    pub hash: Sha256,
}

impl Bundled {
    /// The formats of the first part that this program cannot read: what was found, what it reads.
    fn misfit(&self, index: &Index) -> Option<(u16, u16)> {
        let both = self.parts.iter().filter_map(|own| Some((index.part(&own.name)?.format, own.format)));
        both.filter(|(found, expected)| found != expected).max()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub schedule: Schedule,
    /// The last statement of keys that was accepted, without its signature; empty when none was.
    pub(super) keys: String,
    /// The newest version that was ever in use under these keys. Nothing older is accepted.
    pub(super) floor: Version,
    /// The signed index of the version in use; empty when it is the bundled one.
    pub(super) current: Vec<u8>,
    /// What changed with the version in use, by language.
    pub changes: Vec<(String, String)>,
    /// The signed index of the version before it, which is kept.
    pub(super) previous: Vec<u8>,
    /// When the channel was last asked, in seconds since 1970.
    pub tried_at_s: Option<i64>,
    /// When it last answered with something valid.
    pub checked_at_s: Option<i64>,
    /// What came of it the last time.
    pub failed: Option<Refusal>,
}

/// What an index means to a device that may take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It describes what is in use.
    InUse,
    /// The newest version that was in use here; the reader went back from it.
    Left,
    Newer,
}

impl State {
    pub fn load(bytes: &[u8]) -> Option<Self> {
        let (FORMAT, rest) = bytes.split_first().map(|(format, rest)| (*format, rest))? else { return None };
        postcard::from_bytes(rest).ok()
    }

    pub fn save(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend(postcard::to_allocvec(self).unwrap_or_default());
        bytes
    }

    /// The keys in force: those of the program, or what was stated since.
    pub fn keys(&self, program: &Keys) -> Keys {
        let stated = Keys::parse(&self.keys).filter(|stated| stated.generation > program.generation);
        stated.unwrap_or_else(|| program.clone())
    }

    /// Takes a statement whose signature was checked. Versions that retired keys signed count no more:
    /// whoever stole one may have signed a date that nothing could follow.
    pub(super) fn accept_keys(&mut self, statement: &str) {
        statement.clone_into(&mut self.keys);
        self.floor = Version::default();
    }

    pub fn current(&self) -> Option<Index> {
        read(&self.current)
    }

    pub fn previous(&self) -> Option<Index> {
        read(&self.previous)
    }

    pub fn current_document(&self) -> &[u8] {
        &self.current
    }

    pub fn floor(&self, bundled: &Bundled) -> Version {
        self.floor.max(bundled.version)
    }

    /// When the version in use was issued, if it is the newest that this device knows: an index that
    /// did not change since then need not be sent again.
    pub fn since_s(&self) -> Option<i64> {
        self.current().filter(|current| current.version >= self.floor).map(|current| current.issued_s)
    }

    /// What to make of an index whose signature was checked.
    pub fn judge(&self, index: &Index, bundled: &Bundled, now_s: i64) -> Result<Judgement, Refusal> {
        let misfit = bundled.misfit(index);
        if let Some((found, expected)) = misfit.filter(|(found, expected)| found > expected) {
            return Err(Refusal::Newer { found, expected });
        }
        // A clock that stands before what is dated already cannot say what has expired.
        if index.issued_s > now_s + CLOCK_S || bundled.version.day > day_of(now_s + CLOCK_S) {
            return Err(Refusal::Clock { issued_s: index.issued_s, now_s });
        }
        if index.expires_s <= now_s {
            return Err(Refusal::Expired { expires_s: index.expires_s, now_s });
        }
        let (found_version, known) = (index.version, self.floor(bundled));
        if found_version < known {
            return Err(Refusal::Older { found: found_version, known });
        }
        if let Some((found, expected)) = misfit {
            return Err(Refusal::OldFormat { found, expected });
        }
        if let Some(current) = self.current().filter(|current| current.version == found_version) {
            // The same version may be signed again, with another date of expiry.
            return if current.same_parts(index) { Ok(Judgement::InUse) } else { Err(Refusal::Twofold(found_version)) };
        }
        let is_bundled = |own: &BundledPart| index.part(&own.name).is_some_and(|part| part.hash == own.hash);
        if self.current.is_empty() && !bundled.parts.is_empty() && bundled.parts.iter().all(is_bundled) {
            return Ok(Judgement::InUse);
        }
        Ok(if found_version == self.floor { Judgement::Left } else { Judgement::Newer })
    }

    /// The version in use was signed anew.
    pub(super) fn renew(&mut self, document: &[u8]) {
        if let (Some(current), Some(new)) = (self.current(), read(document))
            && new.issued_s > current.issued_s
        {
            self.current = document.to_vec();
        }
    }

    /// A new version in place of the one in use.
    pub(super) fn switch(&mut self, document: &[u8], version: Version, changes: &[(String, String)]) {
        self.previous = std::mem::replace(&mut self.current, document.to_vec());
        self.floor = self.floor.max(version);
        self.changes = changes.to_vec();
    }

    pub(super) fn switch_to_previous(&mut self) {
        std::mem::swap(&mut self.current, &mut self.previous);
        self.changes.clear();
    }

    pub fn switch_to_bundled(&mut self) {
        if !self.current.is_empty() {
            self.previous = std::mem::take(&mut self.current);
            self.changes.clear();
        }
    }

    /// Leaves versions that this program cannot use or that are older than what it brought along: the
    /// program itself may have been updated. Says whether anything changed.
    pub fn settle(&mut self, bundled: &Bundled) -> bool {
        let stale = |document: &Vec<u8>| {
            !document.is_empty()
                && read(document)
                    .is_none_or(|index| bundled.misfit(&index).is_some() || index.version < bundled.version)
        };
        let (current, previous) = (stale(&self.current), stale(&self.previous));
        if current {
            self.current.clear();
            self.changes.clear();
        }
        if previous {
            self.previous.clear();
        }
        current || previous
    }

    /// Is it time to ask by oneself? A moment that lies ahead was noted by a clock that was wrong.
    pub fn is_due(&self, starting: bool, now_s: i64) -> bool {
        let since = self.tried_at_s.map(|tried| now_s.saturating_sub(tried)).filter(|since| *since >= 0);
        match self.schedule {
            Schedule::Unasked | Schedule::Never => false,
            Schedule::Start => starting,
            Schedule::Weekly => since.is_none_or(|since| since >= self.period_s()),
        }
    }

    /// When the channel is asked next while the browser runs, in seconds since 1970; at most a week ahead, whatever
    /// a wrong clock noted.
    pub fn next_s(&self, now_s: i64) -> Option<i64> {
        let next_s = || self.tried_at_s.map_or(0, |tried_s| tried_s.min(now_s) + self.period_s());
        (self.schedule == Schedule::Weekly).then(next_s)
    }

    /// From one look to the next: a week; after a failure, a day.
    fn period_s(&self) -> i64 {
        if self.failed.is_some() { DAY_S } else { 7 * DAY_S }
    }

    /// Every part that a version in use or kept needs.
    pub fn needed(&self) -> Vec<Sha256> {
        let parts = self.current().into_iter().chain(self.previous()).flat_map(|index| index.parts);
        parts.map(|part| part.hash).collect()
    }
}

/// The index in a document that was accepted before.
fn read(document: &[u8]) -> Option<Index> {
    Index::parse(Signed::parse(document).ok()?.message).ok()
}
