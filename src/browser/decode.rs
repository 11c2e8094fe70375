//! Browser events as page events. Everything in them is somebody else's text.

use std::cell::Cell;
use std::net::IpAddr;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::detect::response::Response;
use crate::field::Field;
use crate::page::{Kind, Request};

#[wasm_bindgen(module = "/src/browser/pack.js")]
extern "C" {
    /// Writes the event's numbers and the ends of its texts to `table`, its texts to `room`. Returns how
    /// many texts there are, or zero when they did not fit; the script says more.
    #[wasm_bindgen(catch)]
    fn pack(details: &JsValue, table: &mut [f64], room: &mut [u8]) -> Result<u32, JsValue>;
}

/// Why an event was not understood; it is reported and nothing else happens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    #[error("the event could not be read: {0}")]
    Unreadable(String),
}

/// Numbers at the head of the table.
const NUMBERS: usize = 5;
/// Texts that come before the fields.
const HEAD: usize = 7;

thread_local! {
    /// The memory in which the last event was read, for the next one.
    static ROOM: Cell<Room> = const { Cell::new(Room { table: Vec::new(), text: Vec::new() }) };
}

/// What `pack` writes to.
#[derive(Default)]
struct Room {
    table: Vec<f64>,
    text: Vec<u8>,
}

/// An event of `webRequest`.
pub struct Packed {
    room: Room,
    /// How many texts there are, those of the head included.
    texts: usize,
}

impl Drop for Packed {
    fn drop(&mut self) {
        ROOM.set(std::mem::take(&mut self.room));
    }
}

impl Packed {
    pub fn new(details: &JsValue) -> Result<Self, DecodeError> {
        let mut room = ROOM.take();
        if room.table.is_empty() {
            room = Room { table: vec![0.0; 128], text: vec![0; 1 << 13] };
        }
        // Again when the table was too short, and again when the room was.
        for _ in 0..3 {
            let texts = pack(details, &mut room.table, &mut room.text);
            match texts.map_err(|_| DecodeError::Unreadable("not an event".to_owned()))? as usize {
                0 => {
                    let (entries, bytes) = (room.table[0] as usize, room.table[1] as usize);
                    room.table.resize(room.table.len().max(entries), 0.0);
                    room.text.resize(room.text.len().max(bytes), 0);
                }
                texts => return Ok(Self { room, texts }),
            }
        }
        Err(DecodeError::Unreadable("it does not hold still".to_owned()))
    }

    pub fn tab(&self) -> i32 {
        self.room.table[0] as i32
    }

    pub fn url(&self) -> &str {
        self.text(0)
    }

    pub fn error(&self) -> &str {
        self.text(6)
    }

    pub fn request(&self) -> Request<'_> {
        let document_id = self.text(4);
        Request {
            id: self.text(1),
            kind: if self.text(2) == "main_frame" { Kind::Page } else { Kind::Other },
            document_id: (!document_id.is_empty()).then_some(document_id),
            prerender: self.room.table[4] != 0.0,
        }
    }

    fn text(&self, number: usize) -> &str {
        std::str::from_utf8(self.bytes(number)).unwrap_or("")
    }

    fn bytes(&self, number: usize) -> &[u8] {
        let ends = &self.room.table[NUMBERS..];
        let start = number.checked_sub(1).map_or(0, |before| ends[before] as usize);
        self.room.text.get(start..ends[number] as usize).unwrap_or(&[])
    }

    /// Hands out the response with its fields, which borrow from the packed texts.
    pub fn with_response<R>(&self, read: impl FnOnce(Response<'_>) -> R) -> R {
        // Checked in one piece: name by name it takes four times as long.
        let ends = &self.room.table[NUMBERS..NUMBERS + self.texts];
        let len = ends.last().map_or(0, |end| *end as usize).min(self.room.text.len());
        let text = std::str::from_utf8(&self.room.text[..len]).unwrap_or("");
        let mut start = ends[HEAD - 1] as usize;
        let mut fields = Vec::with_capacity((self.texts - HEAD) / 2);
        for pair in ends[HEAD..].chunks_exact(2) {
            let (name_end, end) = (pair[0] as usize, pair[1] as usize);
            let name = text.get(start..name_end).unwrap_or("");
            fields.push(Field { name, value: text.as_bytes().get(name_end..end).unwrap_or(&[]) });
            start = end;
        }
        let [_, status, received_at_ms, from_cache] = self.room.table[..4] else {
            unreachable!("the table holds more")
        };
        read(Response {
            url: self.text(0),
            status: status as u16,
            fields: &fields,
            server_address: address(self.text(3)),
            received_at_ms: received_at_ms.is_finite().then_some(received_at_ms as i64),
            from_cache: from_cache != 0.0,
            proxied: !matches!(self.text(5), "" | "direct"),
            canonical_name: None,
            issuer: None,
        })
    }
}

/// Browsers write IPv6 addresses with and without brackets.
fn address(text: &str) -> Option<IpAddr> {
    text.trim_matches(['[', ']']).parse().ok()
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
    #[serde(default)]
    pub tab: Tab,
}

#[derive(Debug, Default, Deserialize)]
pub struct TabChange {
    #[serde(default)]
    pub discarded: Option<bool>,
    #[serde(default)]
    pub status: Option<String>,
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
