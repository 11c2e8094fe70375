//! Updates of the dataset: what a publisher signs, what a device accepts, and how it switches.
//!
//! A *version* is a set of parts with their hashes, described by one signed index; a device keeps a
//! version as one unit. Everything here is without I/O: [`Device`] is what a browser, a program or a
//! test does for it. Each function may end at any of its awaits, for the browser may end the worker:
//! parts are kept under their hashes, and only the one write of [`State`] makes them the version in use.

mod channel;
mod delta;
mod index;
mod lines;
#[cfg(not(target_arch = "wasm32"))]
pub mod release;
mod signed;
mod state;
mod status;
mod take;
mod trial;

pub use channel::Channel;
pub use delta::apply;
pub use index::{Delta, Index, Packed, Part, Version, day_of};
pub use signed::{Keys, PublicKey, Signed};
pub use state::{Bundled, BundledPart, Judgement, Schedule, State};
pub use status::{Dated, Offer, Status};
pub use take::{Back, Bytes, Device, Fetched, Found, Supply, back, look, take, try_file};
pub use trial::{CASES, Case, Trial};

use serde::{Deserialize, Serialize};

/// The file that a device asks for first: signature and index in one, so that none meets half of a change.
pub const INDEX_FILE: &str = "index.signed";
/// Longest signed index, in bytes; nothing longer is read.
pub const INDEX_MAX: usize = 64 * 1024;
/// Longest statement of keys, signature included.
pub const KEYS_MAX: usize = 4 * 1024;
/// Longest part, packed or not. The largest today has three million bytes.
pub const PART_MAX: usize = 16 * 1024 * 1024;
/// Longest list of changes in one language.
pub const CHANGES_MAX: usize = 64 * 1024;
/// Parts that one version may have.
pub const PARTS_MAX: usize = 16;
/// Generations of keys that a device goes through at once.
pub const GENERATIONS_MAX: u32 = 16;
/// Longest file with a whole version.
pub const FILE_MAX: usize = 32 * 1024 * 1024;
/// How far a clock may differ, in seconds: two days.
pub const CLOCK_S: i64 = 2 * 86_400;

/// SHA-256 of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// As 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        if text.len() != 64 || text.bytes().any(|digit| digit.is_ascii_uppercase()) {
            return None;
        }
        for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl std::fmt::Display for Sha256 {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// Why an update was not taken. What was in use stays in use; `ui::words` says what the reader can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_arch = "wasm32"), derive(thiserror::Error))]
#[non_exhaustive]
pub enum Refusal {
    #[cfg_attr(not(target_arch = "wasm32"), error("this build names no channel"))]
    NoChannel,
    #[cfg_attr(not(target_arch = "wasm32"), error("the channel may not be asked: access is not granted"))]
    NoAccess,
    #[cfg_attr(not(target_arch = "wasm32"), error("no connection to the channel"))]
    NoConnection,
    #[cfg_attr(not(target_arch = "wasm32"), error("somebody else answered in the channel's place"))]
    Portal,
    #[cfg_attr(not(target_arch = "wasm32"), error("the channel has no such file"))]
    NotFound,
    #[cfg_attr(not(target_arch = "wasm32"), error("the channel answered with status {0}"))]
    Server(u16),
    #[cfg_attr(not(target_arch = "wasm32"), error("longer than it may be"))]
    TooLarge,
    #[cfg_attr(not(target_arch = "wasm32"), error("damaged on the way: {0} differs from what was signed"))]
    Damaged(String),
    #[cfg_attr(not(target_arch = "wasm32"), error("not an update file"))]
    NotAnUpdate,
    #[cfg_attr(not(target_arch = "wasm32"), error("the signature is wrong"))]
    Signature,
    #[cfg_attr(not(target_arch = "wasm32"), error("signed with the key {0}, which is not in force"))]
    Key(String),
    #[cfg_attr(not(target_arch = "wasm32"), error("signed, and yet not readable: {0}"))]
    Unreadable(String),
    #[cfg_attr(not(target_arch = "wasm32"), error("older ({found}) than what is known already ({known})"))]
    Older { found: Version, known: Version },
    #[cfg_attr(not(target_arch = "wasm32"), error("two different datasets bear the version {0}"))]
    Twofold(Version),
    #[cfg_attr(not(target_arch = "wasm32"), error("expired at {expires_s}, and it is {now_s}"))]
    Expired { expires_s: i64, now_s: i64 },
    #[cfg_attr(not(target_arch = "wasm32"), error("issued at {issued_s}, and the clock says {now_s}"))]
    Clock { issued_s: i64, now_s: i64 },
    #[cfg_attr(
        not(target_arch = "wasm32"),
        error("made for a newer program: format {found}, this one reads {expected}")
    )]
    Newer { found: u16, expected: u16 },
    #[cfg_attr(
        not(target_arch = "wasm32"),
        error("made for an older program: format {found}, this one reads {expected}")
    )]
    OldFormat { found: u16, expected: u16 },
    #[cfg_attr(not(target_arch = "wasm32"), error("the new dataset fails its trial: {0}"))]
    Trial(String),
    #[cfg_attr(not(target_arch = "wasm32"), error("the device keeps nothing: {0}"))]
    Storage(String),
    #[cfg_attr(not(target_arch = "wasm32"), error("there is no such version to go back to"))]
    NothingThere,
    #[cfg_attr(not(target_arch = "wasm32"), error("the update was broken off"))]
    BrokenOff,
}

impl Refusal {
    /// One word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoChannel => "no-channel",
            Self::NoAccess => "no-access",
            Self::NoConnection => "no-connection",
            Self::Portal => "portal",
            Self::NotFound => "not-found",
            Self::Server(_) => "server",
            Self::TooLarge => "too-large",
            Self::Damaged(_) => "damaged",
            Self::NotAnUpdate => "not-an-update",
            Self::Signature => "signature",
            Self::Key(_) => "key",
            Self::Unreadable(_) => "unreadable",
            Self::Older { .. } => "older",
            Self::Twofold(_) => "twofold",
            Self::Expired { .. } => "expired",
            Self::Clock { .. } => "clock",
            Self::Newer { .. } => "newer",
            Self::OldFormat { .. } => "old-format",
            Self::Trial(_) => "trial",
            Self::Storage(_) => "storage",
            Self::NothingThere => "nothing-there",
            Self::BrokenOff => "broken-off",
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
