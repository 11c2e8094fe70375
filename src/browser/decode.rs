//! Browser events as page events. Everything in them is somebody else's text.

use std::cell::{Cell, RefCell};

use wasm_bindgen::prelude::*;

use super::webext::web_request;
use crate::detect::response::Response;
use crate::detect::table::Tables;
use crate::field::Field;
use crate::net::text;
use crate::page::{self, FrameId, Kind, Request};

#[wasm_bindgen(module = "/src/browser/pack.js")]
extern "C" {
    /// Writes the event's numbers and the ends of its texts to `table`, its texts to `room`, fields that
    /// nobody reads left out. Returns how many texts there are, zero when they did not fit, and less when it
    /// is no event; the script says more.
    ///
    /// Pointers, because a slice is a new view in JavaScript each time, and three of them take longer than all
    /// the rest.
    fn pack(
        memory: &JsValue,
        details: &JsValue,
        wanted: *const u8,
        table: *mut f64,
        entries: usize,
        room: *mut u8,
        bytes: usize,
    ) -> i32;
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
const HEAD: usize = 9;

thread_local! {
    /// A bit for each kind of name: may a field be read whose name is of this kind?
    static WANTED: RefCell<[u8; KINDS / 8]> = const { RefCell::new([0; KINDS / 8]) };
    /// The module's own memory, as the script sees it.
    static MEMORY: JsValue = wasm_bindgen::memory();
    /// The room in which the last event was read, for the next one.
    static ROOM: Cell<Room> = const { Cell::new(Room { table: Vec::new(), text: Vec::new() }) };
}

/// Kinds of names: by length, first and last character, the lower five bits of each, in which no letter's
/// case is.
const KINDS: usize = 1 << 15;
/// So many bytes the script reads of them.
const _: () = assert!(KINDS / 8 == 1 << 12);

/// From now on events are read for a verdict by these tables: fields that it does not depend on are left
/// where they are, as far as the kind of their name tells. Before this, no field is read.
pub fn read_for(tables: &Tables<'_>) {
    let mut wanted = [0; KINDS / 8];
    for name in tables.field_names().chain(page::FIELDS_READ.map(str::as_bytes)) {
        let bits = |byte: Option<&u8>| usize::from(byte.map_or(0, |byte| byte & 31));
        let kind = (name.len() & 31) << 10 | bits(name.first()) << 5 | bits(name.last());
        wanted[kind >> 3] |= 1 << (kind & 7);
    }
    WANTED.set(wanted);
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
            let Room { table, text } = &mut room;
            let (entries, bytes) = (table.len(), text.len());
            let texts = MEMORY.with(|memory| {
                WANTED.with_borrow(|wanted| {
                    pack(memory, details, wanted.as_ptr(), table.as_mut_ptr(), entries, text.as_mut_ptr(), bytes)
                })
            });
            match usize::try_from(texts) {
                Ok(0) => {
                    let (entries, bytes) = (table[0] as usize, table[1] as usize);
                    table.resize(table.len().max(entries), 0.0);
                    text.resize(text.len().max(bytes), 0);
                }
                Ok(texts) => return Ok(Self { room, texts }),
                Err(_) => return Err(DecodeError::Unreadable("not an event".to_owned())),
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

    /// Who asked: an origin in Chromium, a document's or a worker's address in Firefox.
    pub fn initiator(&self) -> &str {
        self.text(7)
    }

    pub fn request(&self) -> Request<'_> {
        let document_id = self.text(4);
        Request {
            id: self.text(1),
            kind: if self.text(2) == "main_frame" { Kind::Page } else { Kind::Other },
            document_id: (!document_id.is_empty()).then_some(document_id),
            prerender: Some(FrameId(self.room.table[4] as i32)).filter(|frame| frame.0 != 0),
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
        let (from_cache, server_address) = (from_cache != 0.0, text::dressed(self.text(3)));
        // Of a copy Chromium tells whose it was when it was stored, and Firefox tells no address.
        let asked = from_cache && server_address.is_some() && web_request::tells_more();
        read(Response {
            url: self.text(0),
            status: status as u16,
            fields: &fields,
            server_address,
            received_at_ms: received_at_ms.is_finite().then_some(received_at_ms as i64),
            from_cache,
            asked,
            proxied: !matches!(self.text(5), "" | "direct"),
            canonical_name: None,
            issuer: Some(self.text(8)).filter(|issuer| !issuer.is_empty()),
        })
    }
}

/// An object of the browser's, read member by member: what is missing or of another kind reads as nothing.
///
/// `serde-wasm-bindgen` would read whole types. The code for that is a tenth of the module, and the
/// module is compiled each time the worker wakes.
pub struct Object(JsValue);

impl Object {
    pub fn new(value: JsValue) -> Self {
        Self(value)
    }

    fn member(&self, name: &str) -> JsValue {
        js_sys::Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.member(name).as_string()
    }

    /// An address, without user and password (RFC 3986, section 3.2.1), which are nobody's business here.
    pub fn address(&self, name: &str) -> Option<String> {
        let mut url = self.text(name)?;
        let bytes = url.as_bytes();
        let slashes = bytes.iter().position(|byte| *byte == b'/').filter(|at| bytes.get(at + 1) == Some(&b'/'));
        let Some(start) = slashes.map(|at| at + 2) else { return Some(url) };
        let authority = bytes[start..].iter().take_while(|byte| !matches!(byte, b'/' | b'?' | b'#')).count();
        if let Some(at) = bytes[start..start + authority].iter().rposition(|byte| *byte == b'@') {
            url.drain(start..=start + at);
        }
        Some(url)
    }

    /// The number of a tab or a frame.
    pub fn id(&self, name: &str) -> Option<i32> {
        self.number(name).filter(|number| f64::from(*number as i32) == *number).map(|number| number as i32)
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        self.member(name).as_f64()
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.member(name).as_bool()
    }

    pub fn object(&self, name: &str) -> Self {
        Self(self.member(name))
    }

    /// The member's elements, if it is a list.
    pub fn list(&self, name: &str) -> Vec<JsValue> {
        self.member(name).dyn_into().map(|list: js_sys::Array| list.to_vec()).unwrap_or_default()
    }
}

/// A tab's number, without which nothing can be told of an event.
pub fn tab(details: &Object, name: &str) -> Result<i32, DecodeError> {
    details.id(name).ok_or_else(|| DecodeError::Unreadable(format!("it has no {name}")))
}

/// An event of `webNavigation`.
#[derive(Debug)]
pub struct Navigation {
    pub tab_id: i32,
    pub url: String,
    /// The text of the page with this address is to be shown, not the page.
    pub is_source: bool,
    /// Why it failed, as the browser says it; empty if it did not.
    pub error: String,
    pub at_ms: i64,
    pub document_id: Option<String>,
    pub forward_back: bool,
    /// Where the document is, if it is being prerendered.
    pub prerender: Option<FrameId>,
    /// The document of the tab, or one that is being prerendered for it; not a frame inside.
    pub is_page: bool,
}

impl Navigation {
    pub fn read(details: &Object) -> Result<Self, DecodeError> {
        let prerender = details.text("documentLifecycle").as_deref() == Some("prerender");
        let outermost = || details.text("frameType").as_deref() == Some("outermost_frame");
        let frame = details.id("frameId");
        let qualifiers = details.list("transitionQualifiers");
        let url = details.address("url").unwrap_or_default();
        let source = url.strip_prefix("view-source:");
        Ok(Self {
            tab_id: tab(details, "tabId")?,
            is_source: source.is_some(),
            url: source.map(str::to_owned).unwrap_or(url),
            error: details.text("error").unwrap_or_default(),
            at_ms: details.number("timeStamp").unwrap_or_default() as i64,
            document_id: details.text("documentId"),
            forward_back: qualifiers.iter().any(|name| name.as_string().as_deref() == Some("forward_back")),
            prerender: frame.filter(|_| prerender).map(FrameId),
            is_page: frame == Some(0) || prerender && outermost(),
        })
    }
}
