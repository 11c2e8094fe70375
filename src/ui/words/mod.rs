//! Every sentence that a reader sees, in English and French.
//!
//! The words keep four things apart: who *delivered* a copy, where the site is *hosted*, who runs its
//! DNS (never told from a delivery, so never claimed), and whose domain a *third party* is. They say how
//! a thing is known and praise or blame nobody. An unknown is told with its reason, and nothing that was
//! not seen is ever said to be absent.
//!
//! French no-break spaces are written as escapes, `\u{a0}` before a colon and inside guillemets,
//! `\u{202f}` before the other tall marks and between thousands, because nobody sees them otherwise.

mod delivery;
mod evidence;
mod label;
mod operator;
pub mod records;
mod state;
mod update;
mod writing;

pub use delivery::*;
pub use evidence::*;
pub use label::*;
pub use operator::*;
pub use state::*;
pub use update::*;
pub use writing::*;

/// The languages that are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    En,
    Fr,
}

impl Lang {
    /// From a language tag (RFC 5646) or a locale's name: `fr-CA`, `fr_FR.UTF-8`. Other languages read English.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or("");
        if primary.eq_ignore_ascii_case("fr") { Self::Fr } else { Self::En }
    }

    /// The tag for a `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// Of two texts, the one in this language.
    pub fn pick<'s>(self, en: &'s str, fr: &'s str) -> &'s str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }
}

/// Whose connection a sentence tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Voice {
    /// The browser in front of the reader.
    #[default]
    Live,
    /// A recording, such as a HAR file, perhaps somebody else's.
    Recorded,
}

#[cfg(test)]
pub mod tests;
