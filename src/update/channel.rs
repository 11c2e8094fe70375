//! What a build carries of its channel, and of itself: the file `channel.txt` of the package.

use super::state::{Bundled, BundledPart};
use super::{Keys, Sha256, Version, lines};
use crate::detect::response;

/// Where updates come from, and who may sign them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Ends with a slash. A build without one takes files only.
    pub address: Option<String>,
    pub keys: Keys,
}

impl Channel {
    /// The channel, and the dataset that the package holds.
    pub fn parse(text: &str) -> Option<(Self, Bundled)> {
        let lines = lines::of(text, "served-by channel 1")?;
        let address = lines::one(&lines, "address").map(str::to_owned);
        let version = Version::parse(lines::one(&lines, "version")?)?;
        let part = |rest: &str| {
            let mut words = rest.split(' ');
            let name = words.next()?.to_owned();
            Some(BundledPart { name, format: lines::number(words.next()?)?, hash: Sha256::parse(words.next()?)? })
        };
        let parts = lines.iter().filter(|(word, _)| *word == "part").map(|(_, rest)| part(rest));
        let parts = parts.collect::<Option<Vec<_>>>()?;
        Some((Self { address, keys: Keys::of(&lines)? }, Bundled { version, parts }))
    }

    /// The channel's host as a match pattern, for asking for access to it.
    pub fn pattern(&self) -> Option<String> {
        response::pattern(self.address.as_ref()?)
    }
}
