//! What the browser keeps for the extension: a tab, what a device remembers of updates, and their status.
//!
//! Each is read from the input as it is, and from a whole one into which the input's changes are written:
//! three bytes each, two for the place and one for what stands there then, a byte or the highest or lowest
//! number. A tab's checksum is put right, for it tells a write that was cut off and no forger. Checked is what
//! `page` and `update` promise: a state is refused, or it is drawn, takes further events and is saved and read
//! again as it was; nothing panics.

use std::sync::LazyLock;

use served_by::BUNDLED;
use served_by::dataset::image::Image;
use served_by::detect::response::Response;
use served_by::field::Field;
use served_by::page::{self, Commit, Event, FrameId, Kind, Request, Tab};
use served_by::ui::words::Lang;
use served_by::ui::{options, toolbar, tree, view};
use served_by::update::{Bundled, Channel, Keys, PublicKey, Refusal, Schedule, State, Status, Version};

/// An empty tab, one with a document, a state and a status of updates; then changes.
pub const SEEDS: &[&[u8]] = &[
    b"\x05\x9d\x87\x77\x7f\0\0\0\0\0\0",
    b"\x01\0\0\x0fhttps://a.test/\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"\x01\x03\0\0\0\0\0\0\x01\x01\x01\x02\0",
    b"\0\0\xfb\xd4\xd4\xb6\x13\0\0\0\0\0\0\0\0\x02",
    b"\0\0\xff\x10\0\x01\x30\0\x80\xff\0\x7f",
];

/// Lengths, numbers, and changes; the first two are the longest inputs.
pub const PIECES: &[&[u8]] = &[
    b"\x01",
    HIGHEST,
    LOWEST,
    b"\0\0\xff",
    b"\0\0\xfe",
    b"\xff\xff\xff\xff\x0f",
    b"\0",
    b"\x7f",
    b"\xf0\x9f",
    b"\xff",
];

/// The highest and the lowest number of 64 bits, as they are kept.
const HIGHEST: &[u8] = b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01";
const LOWEST: &[u8] = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
/// Some moment after whatever the states speak of.
const NOW_S: i64 = 1_795_000_000;
const LANGUAGES: [Lang; 2] = [Lang::En, Lang::Fr];

static IMAGE: LazyLock<Image<'static>> = LazyLock::new(|| Image::open(BUNDLED).expect("the bundled image is whole"));
/// A tab of everything that is kept of one, without format and checksum.
static TAB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut tab = Tab::default();
    lead_on(&mut tab);
    page::save(&mut tab)[5..].to_vec()
});

pub fn run(bytes: &[u8]) {
    let _ = page::load(bytes);
    tab(bytes);
    tab(&changed(&TAB, bytes));
    updates(bytes);
    let mut remembered = State::default();
    remembered.schedule = Schedule::Weekly;
    remembered.changes = vec![("en".to_owned(), "A line\n".to_owned())];
    remembered.tried_at_s = Some(NOW_S - 90_000);
    remembered.failed = Some(Refusal::Server(503));
    updates(&changed(&remembered.save(), bytes));
}

/// The whole one, with the changes written into it.
fn changed(whole: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut changed = whole.to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % changed.len();
        // A number goes on while bytes have their highest bit.
        let len = changed[at..].iter().position(|byte| *byte < 0x80).map_or(1, |last| last + 1);
        match change[2] {
            0xfe => drop(changed.splice(at..at + len, HIGHEST.iter().copied())),
            0xff => drop(changed.splice(at..at + len, LOWEST.iter().copied())),
            byte => changed[at] = byte,
        }
    }
    changed
}

/// What a tab's state is in the store: format, checksum (FNV-1a, 32 bits), and the rest.
fn sealed(body: &[u8]) -> Vec<u8> {
    let sum = body.iter().fold(0x811c_9dc5, |sum: u32, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    let format = page::save(&mut Tab::default())[0];
    [&[format][..], &sum.to_le_bytes(), body].concat()
}

fn tab(body: &[u8]) {
    let Ok(mut tab) = page::load(&sealed(body)) else { return };
    let saved = page::save(&mut tab);
    assert_eq!(page::load(&saved).as_ref(), Ok(&tab));
    show(&tab);
    lead_on(&mut tab);
    show(&tab);
}

fn show(tab: &Tab) {
    let _ = (tab.waits(), toolbar::badge(tab, &IMAGE.tables), toolbar::wants_operator(tab, &IMAGE.tables));
    for lang in LANGUAGES {
        let _ = toolbar::tooltip(tab, &IMAGE.tables, lang);
        let _ = tree::html(&tree::panel(&view::panel(Some(tab), &IMAGE, lang), Vec::new(), None));
    }
}

/// Every kind of event, so that whatever can be kept of a tab is kept once and comes out again.
fn lead_on(tab: &mut Tab) {
    const URL: &str = "https://www.example.com/";
    const AT_MS: i64 = NOW_S * 1_000;
    let fields = [
        ("server", "cloudflare"),
        ("cf-ray", "8c2f0a1b2c3d4e5f-CDG"),
        ("date", "Mon, 14 Sep 2026 08:30:00 GMT"),
        ("content-type", "text/html"),
        ("content-disposition", "attachment"),
    ]
    .map(|(name, value)| Field { name, value: value.as_bytes() });
    let response = |url, fields, status| Response {
        url,
        status,
        fields,
        server_address: "104.16.132.18".parse().ok(),
        received_at_ms: Some(AT_MS),
        canonical_name: Some("www.example.com.cdn.cloudflare.net"),
        issuer: Some("CN=Example"),
        ..Response::default()
    };
    let request = |id, kind, document_id, prerender| Request { id, kind, document_id, prerender };
    let commit = Commit { url: URL, document_id: Some("A"), at_ms: AT_MS, silence_tells: true, ..Commit::default() };
    let (page, frame) = (request("1", Kind::Page, None, None), Some(FrameId(7)));
    let events = [
        Event::Found { url: "https://old.example/", discarded: false },
        Event::Redirect { request: page, response: response("http://www.example.com/", &fields[..3], 301) },
        Event::Response { request: page, response: response(URL, &fields[..4], 200) },
        Event::Committed(commit),
        Event::Response { request: request("2", Kind::Other, Some("A"), None), response: response(URL, &fields, 200) },
        Event::Response { request: request("3", Kind::Page, Some("B"), frame), response: response(URL, &fields, 200) },
        Event::Committed(Commit { document_id: Some("B"), prerender: frame, ..commit }),
        Event::Response { request: request("4", Kind::Page, None, None), response: response(URL, &fields, 200) },
        Event::RequestFailed { request: page, url: URL, error: "net::ERR_ABORTED", under_way: false },
        Event::InPage { url: "https://www.example.com/#a" },
        Event::Committed(Commit { document_id: Some("C"), ..commit }),
        Event::Overdue { committed_at_ms: AT_MS, access: true },
        Event::Committed(Commit { document_id: Some("A"), forward_back: true, ..commit }),
        Event::Access { granted: false },
        Event::Discarded(true),
        Event::Redirect { request: page, response: response("http://www.example.com/", &fields[..3], 301) },
        Event::Response { request: page, response: response(URL, &fields[..4], 204) },
        Event::NavigationFailed { url: URL, error: "net::ERR_ABORTED", at_ms: AT_MS, under_way: true },
        Event::Response { request: page, response: response(URL, &fields[..4], 200) },
    ];
    for event in events {
        let _ = tab.apply(event, &IMAGE.tables);
    }
}

fn updates(bytes: &[u8]) {
    let key = |number: u8| PublicKey { id: [number; 8], point: [number; 32] };
    let keys = Keys { generation: 1, current: key(1), next: key(2) };
    let channel = Channel { address: None, keys };
    let bundled = Bundled { version: Version { day: 20_261_125, revision: 0 }, parts: Vec::new() };
    if let Some(mut state) = State::load(bytes) {
        assert_eq!(State::load(&state.save()).as_ref(), Some(&state));
        let _ = (state.keys(&channel.keys), state.needed(), state.since_s(), state.floor(&bundled));
        let _ = (state.is_due(true, NOW_S), state.next_s(NOW_S));
        status(&Status::of(&state, &channel, &bundled, None, None, NOW_S));
        state.settle(&bundled);
        state.switch_to_bundled();
        status(&Status::of(&state, &channel, &bundled, None, Some((1, 2)), NOW_S));
    }
    if let Some(told) = Status::load(bytes) {
        assert_eq!(Status::load(&told.save()).as_ref(), Some(&told));
        status(&told);
    }
}

fn status(status: &Status) {
    for lang in LANGUAGES {
        let _ = tree::html(&options::page(Some(status), Some(true), lang));
        let _ = tree::html(&options::brief(status, true, lang));
    }
}
