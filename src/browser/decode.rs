//! Browser events as page events. Everything in them is somebody else's text.

use std::net::IpAddr;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::detect::response::Response;
use crate::field::Field;
use crate::page::{Kind, Request};

#[wasm_bindgen(module = "/src/browser/pack.js")]
extern "C" {
    /// The event's parts with NUL between them; with `clean`, NULs inside the parts are replaced first.
    #[wasm_bindgen(catch)]
    fn pack(details: &JsValue, clean: bool) -> Result<js_sys::Uint8Array, JsValue>;
}

/// Why an event was not understood; it is reported and nothing else happens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    #[error("the event could not be read: {0}")]
    Unreadable(String),
    #[error("the event has {found} parts instead of {expected}")]
    Parts { found: usize, expected: usize },
}

/// Parts that come before the fields.
const HEAD: usize = 13;

/// An event of `webRequest`.
pub struct Packed {
    text: String,
    parts: usize,
}

impl Packed {
    pub fn new(details: &JsValue) -> Result<Self, DecodeError> {
        let packed = Self::read(details, false)?;
        match packed.expected() {
            expected if expected == packed.parts => Ok(packed),
            // A part held a NUL of its own, or the event was cut at its limit.
            _ => Self::read(details, true),
        }
    }

    fn read(details: &JsValue, clean: bool) -> Result<Self, DecodeError> {
        let bytes = pack(details, clean).map_err(|_| DecodeError::Unreadable("not an event".to_owned()))?.to_vec();
        let text = String::from_utf8(bytes).map_err(|error| DecodeError::Unreadable(error.to_string()))?;
        let parts = text.bytes().filter(|byte| *byte == 0).count() + 1;
        if parts < HEAD { Err(DecodeError::Parts { found: parts, expected: HEAD }) } else { Ok(Self { text, parts }) }
    }

    fn expected(&self) -> usize {
        let count = self.text.split('\0').nth(HEAD - 1).and_then(|count| count.parse::<usize>().ok());
        count.map_or(0, |count| HEAD + 2 * count)
    }

    pub fn tab(&self) -> i32 {
        self.part(2).parse().unwrap_or(-1)
    }

    pub fn url(&self) -> &str {
        self.part(0)
    }

    pub fn error(&self) -> &str {
        self.part(11)
    }

    pub fn request(&self) -> Request<'_> {
        let document_id = self.part(8);
        Request {
            id: self.part(1),
            kind: if self.part(3) == "main_frame" { Kind::Page } else { Kind::Other },
            document_id: (!document_id.is_empty()).then_some(document_id),
            prerender: self.part(9) == "prerender",
        }
    }

    fn part(&self, number: usize) -> &str {
        self.text.split('\0').nth(number).unwrap_or("")
    }

    /// Hands out the response with its fields, which borrow from the packed text.
    pub fn with_response<R>(&self, read: impl FnOnce(Response<'_>) -> R) -> R {
        let mut parts = self.text.split('\0').skip(HEAD);
        let mut fields = Vec::with_capacity((self.parts - HEAD) / 2);
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            fields.push(Field { name, value: value.as_bytes() });
        }
        let mut head = self.text.split('\0');
        let url = head.next().unwrap_or("");
        let mut after = |skip: usize| head.nth(skip).unwrap_or("");
        let status = after(3).parse().unwrap_or(0);
        let server_address = address(after(0));
        let from_cache = !after(0).is_empty();
        let received_at_ms = millis(after(0));
        let proxied = !matches!(after(2), "" | "direct");
        read(Response {
            url,
            status,
            fields: &fields,
            server_address,
            received_at_ms,
            from_cache,
            proxied,
            canonical_name: None,
            issuer: None,
        })
    }
}

/// Browsers write IPv6 addresses with and without brackets.
fn address(text: &str) -> Option<IpAddr> {
    text.trim_matches(['[', ']']).parse().ok()
}

/// A browser's time stamp: milliseconds with a fraction.
fn millis(text: &str) -> Option<i64> {
    text.split('.').next()?.parse().ok()
}

/// An event of `webNavigation`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Navigation {
    pub tab_id: i32,
    pub frame_id: i32,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub time_stamp: f64,
    #[serde(default)]
    pub document_id: Option<String>,
    #[serde(default)]
    pub document_lifecycle: Option<String>,
    #[serde(default)]
    pub frame_type: Option<String>,
    #[serde(default)]
    pub transition_qualifiers: Vec<String>,
}

impl Navigation {
    /// The document of the tab, or one that is being prerendered for it; not a frame inside.
    pub fn is_page(&self) -> bool {
        self.frame_id == 0 || self.is_prerender() && self.frame_type.as_deref() == Some("outermost_frame")
    }

    pub fn is_prerender(&self) -> bool {
        self.document_lifecycle.as_deref() == Some("prerender")
    }
}

/// A tab as the browser lists it.
#[derive(Debug, Default, Deserialize)]
pub struct Tab {
    #[serde(default)]
    pub id: Option<i32>,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub discarded: Option<bool>,
    #[serde(default)]
    pub status: Option<String>,
}

/// `tabs.onUpdated`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabUpdate {
    pub tab_id: i32,
    pub change: TabChange,
}

#[derive(Debug, Default, Deserialize)]
pub struct TabChange {
    #[serde(default)]
    pub discarded: Option<bool>,
}

/// `tabs.onReplaced`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabReplacement {
    pub added_tab_id: i32,
    pub removed_tab_id: i32,
}

/// `tabs.onRemoved`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TabRemoval {
    pub tab_id: i32,
}

/// An event's details as one of the types above.
pub fn details<T: serde::de::DeserializeOwned>(value: JsValue) -> Result<T, DecodeError> {
    serde_wasm_bindgen::from_value(value).map_err(|error| DecodeError::Unreadable(error.to_string()))
}
