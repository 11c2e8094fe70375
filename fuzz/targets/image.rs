//! The dataset's parts for detection and for records: damaged images, read and drawn whole.
//!
//! The input is a list of changes to the bundled images: five bytes each. One says which part and which
//! section of it, three the place there, and the last is what stands there then. Checked is what `detect` and
//! `records` promise: what points outside reads as empty, a host belongs to one site at most, and nothing
//! panics. The input as it is may be an image too, of empty sections.

use std::ops::Range;

use served_by::dataset::image::{self, Head, Image, RECORDS_SECTIONS, SECTIONS, Section};
use served_by::detect::response::Response;
use served_by::detect::table::Tables;
use served_by::field::Field;
use served_by::page::{Commit, Event, Kind, Request, Tab};
use served_by::records::table::Records;
use served_by::ui::records::{Reader, documented};
use served_by::ui::words::Lang;
use served_by::ui::{toolbar, tree, view};
use served_by::{BUNDLED, BUNDLED_RECORDS};

/// Changes in the heads, in the lists of sections, in the first sections, far behind.
pub const SEEDS: &[&[u8]] = &[
    b"\0\x34\0\0\xff\x80\x38\0\0\xff",
    b"\x80\x38\0\0\x01\x40\0\0\0\xff",
    b"\x03\0\0\x04\x80\x05\xff\xff\x05\0\x8f\0\x10\0\0",
    b"\x02\0\0\0\0\x82\0\0\0\xff\x85\x01\0\0\0",
];

pub const PIECES: &[&[u8]] = &[
    b"\xff\xff\xff\xff\xff",
    b"\x05\x10\x05\0\xff",
    b"\x03\x02\0\0\xff",
    b"\x04\x3c\0\0\0",
    b"\x84\x3c\0\0\0",
    b"\x80\0\0\0\x7f",
    b"\0",
    b"\xff",
];

/// Fields by which many providers are known, as one response would never have them.
const FIELDS: &[(&str, &str)] = &[
    ("server", "cloudflare"),
    ("cf-ray", "8c2f0a1b2c3d4e5f-CDG"),
    ("cf-cache-status", "HIT"),
    ("via", "1.1 varnish, 1.1 0123abcd.cloudfront.net (CloudFront)"),
    ("x-served-by", "cache-lhr-egll1980099-LHR, cache-cdg20743-CDG"),
    ("x-cache", "MISS, HIT"),
    ("x-amz-cf-pop", "CDG50-P1"),
    ("x-azure-ref", "0abcdEFGH"),
    ("x-vercel-id", "cdg1::iad1::abcde-1795000000000-0123456789ab"),
    ("cache-status", "\"Netlify Edge\"; hit"),
    ("set-cookie", "__cf_bm=x; Path=/"),
    ("server-timing", "cdn-cache; desc=HIT, edge; dur=1"),
    ("alt-svc", "h3=\":443\"; ma=86400"),
    ("age", "120"),
    ("date", "Mon, 14 Sep 2026 08:30:00 GMT"),
];

pub fn run(bytes: &[u8]) {
    let mut detection = (BUNDLED.to_vec(), ranges(BUNDLED, SECTIONS));
    let mut documents = (BUNDLED_RECORDS.to_vec(), ranges(BUNDLED_RECORDS, RECORDS_SECTIONS));
    for change in bytes.chunks_exact(5).take(10_000) {
        let (part, ranges) = if change[0] < 0x80 { &mut detection } else { &mut documents };
        let range = &ranges[usize::from(change[0] & 0x7f) % ranges.len()];
        let place = u32::from_le_bytes([change[1], change[2], change[3], 0]) as usize;
        part[range.start + place % range.len()] = change[4];
    }
    let lang = if bytes.len().is_multiple_of(2) { Lang::En } else { Lang::Fr };
    let whole = Image::open(BUNDLED).expect("the bundled image is whole");
    for (detection, documents) in [(&detection.0[..], &documents.0[..]), (bytes, bytes)] {
        let image = Image::open(detection);
        if let Ok(image) = &image {
            judge(image, lang);
        }
        if let Ok(records) = image::records(documents) {
            for tables in [&whole.tables].into_iter().chain(image.as_ref().map(|image| &image.tables)) {
                document(&records, tables, lang);
            }
        }
    }
}

/// The byte ranges into which a change may fall: head and list of sections, then each section.
fn ranges(image: &[u8], sections: usize) -> Vec<Range<usize>> {
    let number = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().expect("four bytes")) as usize;
    let list = (0..sections).map(|section| size_of::<Head>() + section * size_of::<Section>());
    let places = list.map(|at| number(at)..number(at) + number(at + 4)).filter(|range| !range.is_empty());
    let head = 0..size_of::<Head>() + sections * size_of::<Section>();
    [head].into_iter().chain(places).collect()
}

/// Pages of several hosts and addresses, on the badge and in the panel.
fn judge(image: &Image<'_>, lang: Lang) {
    let fields: Vec<_> = FIELDS.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
    let pages = [
        ("https://www.example.com/", "104.16.132.18", &fields[..3]),
        ("https://assets.example.com.edgekey.net/", "2606:4700::1", &fields[3..8]),
        ("https://project.github.io/", "185.199.108.153", &fields[..]),
        ("https://8ch.net/", "192.0.2.1", &[]),
    ];
    for (url, address, fields) in pages {
        let response = Response {
            url,
            status: 200,
            fields,
            server_address: address.parse().ok(),
            received_at_ms: Some(1_789_374_600_000),
            canonical_name: Some("d111111abcdef8.cloudfront.net"),
            issuer: Some("CN=WE1,O=Google Trust Services,C=US"),
            ..Response::default()
        };
        let mut tab = Tab::default();
        let page = Request { kind: Kind::Page, ..Request::default() };
        for event in [
            Event::Response { request: page, response: response.clone() },
            Event::Committed(Commit { url, ..Commit::default() }),
            Event::Response { request: Request::default(), response },
        ] {
            let _ = tab.apply(event, &image.tables);
        }
        assert!(tab.document.as_ref().is_some_and(|document| document.response.is_some()), "{url} is judged");
        let _ = (toolbar::badge(&tab, &image.tables), toolbar::tooltip(&tab, &image.tables, lang));
        let _ = tree::html(&tree::panel(&view::panel(Some(&tab), image, lang), Vec::new(), None));
    }
}

/// What is documented about a site and its providers, everything opened.
fn document(records: &Records<'_>, tables: &Tables<'_>, lang: Lang) {
    let first = records.records.first().map(|record| format!("record-{}", records.text(record.id)));
    let open = [Some("act".to_owned()), Some("records-cloudflare".to_owned()), first];
    let open: Vec<_> = open.into_iter().flatten().collect();
    for host in ["8ch.net", "www.8ch.net", "example.com", "a.b.co.uk", "xn--55qx5d.cn"] {
        let _ = records.site_of(host);
    }
    let reader = Reader {
        lang,
        host: Some("8ch.net"),
        providers: &["cloudflare", "fastly"],
        relayed: true,
        country: "FR",
        open: &open,
        today: 20_261_125,
    };
    for element in documented(records, tables, &reader) {
        let _ = tree::html(&element);
    }
}
