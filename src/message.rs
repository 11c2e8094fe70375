//! What the worker and the extension's pages say to each other. Both ends share these types.

use serde::{Deserialize, Serialize};

/// A question to the worker. Anything else is answered with an error.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Question {
    /// What is known of a tab.
    Page { tab: i32 },
}

/// The worker's answer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Answer {
    Page {
        /// The tab as [`crate::page::save`] writes it, one character for each byte; nothing when it is unknown.
        page: Option<String>,
    },
    Error {
        error: String,
    },
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
