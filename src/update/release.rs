//! Making a version: what a publisher puts on a web server. Files are given back, nothing is written here.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use flate2::{Compression, GzBuilder};
use sha2::Digest as _;

use super::{Delta, Index, Packed, Part, Sha256, Version};

/// A version that was published before, with the parts that are still at hand.
#[derive(Clone, Debug)]
pub struct Earlier {
    pub index: Index,
    pub parts: Vec<(String, Vec<u8>)>,
}

/// What a new version is made from.
#[derive(Clone, Debug)]
pub struct Release<'a> {
    /// Name, format and bytes.
    pub parts: &'a [(String, u16, Vec<u8>)],
    /// Language and text.
    pub changes: &'a [(&'a str, String)],
    /// Day of the dataset.
    pub day: u32,
    pub issued_s: i64,
    pub expires_s: i64,
    /// The latest first.
    pub earlier: &'a [Earlier],
    /// From how many of them deltas are made.
    pub deltas: usize,
}

/// The index of a new version, and the files that it names, by their paths.
pub fn make(release: &Release<'_>) -> io::Result<(Index, BTreeMap<String, Vec<u8>>)> {
    let mut files = BTreeMap::new();
    let mut parts = Vec::new();
    let mut deltas = Vec::new();
    for (name, format, bytes) in release.parts {
        let packed = pack(bytes, &mut files)?;
        let hash = sha256(bytes);
        let mut from = Vec::new();
        for earlier in release.earlier.iter().take(release.deltas) {
            let Some((_, old)) = earlier.parts.iter().find(|(of, _)| of == name) else { continue };
            let old_hash = sha256(old);
            if old_hash == hash || from.contains(&old_hash) {
                continue;
            }
            from.push(old_hash);
            let mut delta = Vec::new();
            bsdiff::diff(old, bytes, &mut delta)?;
            let mut file = BTreeMap::new();
            let packed_delta = pack(&delta, &mut file)?;
            // A delta that saves little is not worth a file.
            if packed_delta.len * 2 < packed.len && delta.len() <= super::PART_MAX {
                files.append(&mut file);
                deltas.push(Delta { name: name.clone(), from: old_hash, len: delta.len(), packed: packed_delta });
            }
        }
        parts.push(Part { name: name.clone(), format: *format, len: bytes.len(), hash, packed });
    }
    let mut changes = Vec::new();
    for (lang, text) in release.changes {
        changes.push(((*lang).to_owned(), text.len(), pack(text.as_bytes(), &mut files)?));
    }
    let versions: Vec<Version> = release.earlier.iter().map(|earlier| earlier.index.version).collect();
    let index = Index {
        version: next_version(release.day, &versions),
        issued_s: release.issued_s,
        expires_s: release.expires_s,
        parts,
        deltas,
        changes,
        previous: versions,
    };
    Ok((index, files))
}

/// The version of a dataset of this day: the next one after all before it.
fn next_version(day: u32, earlier: &[Version]) -> Version {
    match earlier.iter().max() {
        Some(last) if last.day >= day => Version { day: last.day, revision: last.revision + 1 },
        _ => Version { day, revision: 0 },
    }
}

/// Compresses without a time or a name, so that the same bytes always give the same file.
fn pack(bytes: &[u8], files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<Packed> {
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    let file = gzip.finish()?;
    let packed = Packed { len: file.len(), hash: sha256(&file) };
    files.insert(packed.path(), file);
    Ok(packed)
}

/// SHA-256 as this module names it.
pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}
