//! What the reader is told of updates: the answer of the worker to the extension's pages.

use serde::{Deserialize, Serialize};

use super::{Bundled, Channel, Found, Index, Refusal, Schedule, State, Version};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The channel's address, if the build names one.
    pub address: Option<String>,
    pub schedule: Schedule,
    pub bundled: Version,
    /// The version in use, unless it is the bundled one.
    pub current: Option<Dated>,
    /// The version before it, unless that was the bundled one.
    pub previous: Option<Dated>,
    /// What changed with the version in use, by language.
    pub changes: Vec<(String, String)>,
    pub checked_at_s: Option<i64>,
    pub failed: Option<Refusal>,
    pub offer: Option<Offer>,
    /// Bytes fetched and bytes expected, while something is under way.
    pub busy: Option<(u64, u64)>,
    pub now_s: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    pub version: Version,
    pub issued_s: i64,
    pub expires_s: i64,
}

/// A version that can be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub version: Version,
    /// Bytes that remain to be fetched.
    pub cost: u64,
    /// The reader went back from it once.
    pub left: bool,
    pub changes: Vec<(String, String)>,
}

impl Status {
    pub fn of(
        state: &State,
        channel: &Channel,
        bundled: &Bundled,
        found: Option<&Found>,
        busy: Option<(u64, u64)>,
        now_s: i64,
    ) -> Self {
        let dated =
            |index: Index| Dated { version: index.version, issued_s: index.issued_s, expires_s: index.expires_s };
        let offer = |found: &Found| Offer {
            version: found.index.version,
            cost: found.cost as u64,
            left: found.left,
            changes: found.changes.clone(),
        };
        Self {
            address: channel.address.clone(),
            schedule: state.schedule,
            bundled: bundled.version,
            current: state.current().map(dated),
            previous: state.previous().map(dated),
            changes: state.changes.clone(),
            checked_at_s: state.checked_at_s,
            failed: state.failed.clone(),
            offer: found.map(offer),
            busy,
            now_s,
        }
    }

    pub fn load(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    pub fn save(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }
}
