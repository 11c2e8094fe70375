//! The part of the dataset with the records: a damaged image, read and drawn whole.
//!
//! The input is a list of changes to the bundled image: five bytes each, four for the place and one for
//! what stands there then. Checked is what the module `records` promises: what points outside reads as
//! empty, a host belongs to one site at most, and nothing panics.

use served_by::dataset::image::{Image, records};
use served_by::ui::records::{Reader, documented};
use served_by::ui::tree::html;
use served_by::ui::words::Lang;
use served_by::{BUNDLED, BUNDLED_RECORDS};

/// Changes in the head, in the first sections, far behind.
pub const SEEDS: &[&[u8]] = &[b"\x34\0\0\0\xff", b"\x38\0\0\0\x01\x40\0\0\0\xff", b"\0\0\x04\0\x80\xff\xff\x05\0\0"];

pub const PIECES: &[&[u8]] =
    &[b"\xff\xff\xff\xff\xff", b"\0\x10\x05\0\xff", b"\x3c\0\0\0\0", b"\x80\0\0\0\x7f", b"\0", b"\xff"];

pub fn run(bytes: &[u8]) {
    let mut changed = BUNDLED_RECORDS.to_vec();
    let len = changed.len();
    for change in bytes.chunks_exact(5).take(10_000) {
        let at = u32::from_le_bytes(change[..4].try_into().expect("four bytes")) as usize % len;
        changed[at] = change[4];
    }
    let Ok(opened) = records(&changed) else { return };
    let image = Image::open(BUNDLED).expect("the bundled image is whole");
    let first = opened.records.first().map(|record| format!("record-{}", opened.text(record.id)));
    let open = [Some("act".to_owned()), Some("records-cloudflare".to_owned()), first]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    for host in ["8ch.net", "www.8ch.net", "example.com", "a.b.co.uk", "xn--55qx5d.cn"] {
        let _ = opened.site_of(host);
    }
    let reader = Reader {
        lang: if bytes.len().is_multiple_of(2) { Lang::En } else { Lang::Fr },
        host: Some("8ch.net"),
        providers: &["cloudflare", "fastly"],
        relayed: true,
        country: "FR",
        open: &open,
        today: 20_261_125,
    };
    for element in documented(&opened, &image.tables, &reader) {
        let _ = html(&element);
    }
}
