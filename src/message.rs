//! What the worker and the extension's pages say to each other. Both ends share these types.
//!
//! They are written as maps and not as structs: for the names of a struct's fields `serde-wasm-bindgen` keeps a hash
//! table, which is a kilobyte of the package.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A question to the worker. Anything else is answered with an error.
///
/// Both ends read the members one by one: to decode whole types costs 45 kB of wasm.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub kind: String,
    pub tab: i32,
}

impl Serialize for Question {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("kind", &self.kind)?;
        map.serialize_entry("tab", &self.tab)?;
        map.end()
    }
}

impl Question {
    /// What is known of a tab.
    pub const PAGE: &str = "page";
    /// Begins what is asked about updates; the rest is the value of a button's `data-action`.
    pub const UPDATE: &str = "update:";
    /// Begins a question for a part of the dataset in use, whose name follows.
    pub const PART: &str = "part:";

    pub fn page(tab: i32) -> Self {
        Self { kind: Self::PAGE.to_owned(), tab }
    }
}

/// The worker's answer: a page, nothing when the tab is unknown, or an error.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// What was asked for, one character for each byte: the tab as [`crate::page::save`] writes it, the
    /// status of updates, a part of the dataset.
    pub page: Option<String>,
    pub error: Option<String>,
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("page", &self.page), ("error", &self.error)])
    }
}

impl Answer {
    pub fn error(error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::default() }
    }
}

/// Bytes as text, one character from U+0000 to U+00FF for each: what browsers store and pass unchanged.
pub fn to_text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The bytes of [`to_text`]; nothing if the text was not made by it.
pub fn from_text(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_as_text() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(from_text(&to_text(&bytes)), Some(bytes));
        assert_eq!(from_text("\u{100}"), None);
    }
}
