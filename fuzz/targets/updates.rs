//! What a channel for updates sends, before and after its signature: any bytes as each of it.
//!
//! Checked is what `update` promises: a document is refused with a reason or reads again as it was written,
//! nothing longer than its limit comes of it, and nothing panics.

use served_by::update::{Channel, Index, Keys, PARTS_MAX, PublicKey, Sha256, Signed, Version, apply};

/// An index, keys, a package's own channel, a signed document, a delta.
pub const SEEDS: &[&[u8]] = &[
    b"served-by index 1\nversion 2026-11-25.2\nissued 2026-11-25T14:00:00Z\nexpires 2027-05-25T14:00:00Z\npart dataset.img 7 667000 0000000000000000000000000000000000000000000000000000000000000000 194000 1111111111111111111111111111111111111111111111111111111111111111\ndelta dataset.img 0000000000000000000000000000000000000000000000000000000000000000 7 5 1111111111111111111111111111111111111111111111111111111111111111\nchanges en 5 3 0000000000000000000000000000000000000000000000000000000000000000\nprevious 2026-11-24\nend\n",
    b"served-by keys 1\ngeneration 2\ncurrent RWQAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nnext RWQAAAAAAAAAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nend\n",
    b"served-by channel 1\naddress https://updates.example.org/\nversion 2026-11-25\npart dataset.img 7 0000000000000000000000000000000000000000000000000000000000000000\ngeneration 1\ncurrent RWQAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nnext RWQAAAAAAAAAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nend\n",
    b"untrusted comment: a\nRUQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\ntrusted comment: b\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\nserved-by index 1\nend\n",
    b"\x02\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\x80\x01\x02z",
];

/// What means something in these; the first two number the most lines.
pub const PIECES: &[&[u8]] = &[
    b"previous 2026-11-24\n",
    b"\n",
    b"end\n",
    b" ",
    b"part a 7 1 0000000000000000000000000000000000000000000000000000000000000000 1 0000000000000000000000000000000000000000000000000000000000000000\n",
    b"version 9999-12-31.65535\n",
    b"issued 0000-01-01T00:00:00Z\n",
    b"18446744073709551615",
    b"-",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\0\0\0\0\0\0\0\x80",
    b"untrusted comment: ",
    b"AAAA",
    b"=",
    "é".as_bytes(),
];

pub fn run(bytes: &[u8]) {
    if let Ok(signed) = Signed::parse(bytes) {
        assert!(signed.len <= bytes.len() && signed.head.len() + signed.message.len() == signed.len);
        let _ = (signed.claims(), signed.key_name());
        document(signed.message);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        document(text);
    }
    let old: Vec<u8> = (0..=255).collect();
    for len in [0, 3, old.len()] {
        assert!(apply(&old, bytes, len).is_none_or(|made| made.len() == len));
    }
}

fn document(text: &str) {
    if let Ok(index) = Index::parse(text) {
        assert!(index.parts.len() <= PARTS_MAX);
        assert_eq!(Index::parse(&index.to_string()).as_ref(), Ok(&index));
        let _ = (index.version.age_days(i64::MIN), index.version.age_days(i64::MAX));
    }
    if let Some(keys) = Keys::parse(text) {
        assert_eq!(Keys::parse(&keys.statement()).as_ref(), Some(&keys));
    }
    if let Some((channel, _)) = Channel::parse(text) {
        let _ = channel.pattern();
    }
    for word in text.split([' ', '\n']).take(64) {
        if let Some(version) = Version::parse(word) {
            assert_eq!(version.to_string(), word);
        }
        if let Some(hash) = Sha256::parse(word) {
            assert_eq!(hash.to_string(), word);
        }
        if let Some(key) = PublicKey::parse(word) {
            assert_eq!(key.text(), word);
        }
    }
}
