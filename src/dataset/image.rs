//! The compiled dataset: one block of bytes with magic, format, date, length and hash, then the tables.
//!
//! Opening checks the header and the bounds of every section; rows are then read in place. Reading
//! asks for no hash, so that waking the worker costs no pass over the bytes; whoever takes an image
//! from outside the package verifies it first.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::detect::table::Tables;

/// First bytes of every image.
pub const MAGIC: [u8; 8] = *b"servedby";
/// Raised whenever a row or a section changes its meaning.
pub const FORMAT: u16 = 2;
/// Number of sections, in the order of the fields of [`Tables`].
pub const SECTIONS: usize = 17;

/// Why a compiled dataset was refused; the bundled one stays in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    #[error("not a dataset image")]
    Magic,
    #[error("image format {found}; this program reads {expected}")]
    Format { found: u16, expected: u16 },
    #[error("image of {found} bytes; its header says {expected}")]
    Length { found: usize, expected: usize },
    #[error("section {section} does not fit the image")]
    Section { section: usize },
    #[error("damaged image: the hash differs")]
    Hash,
}

/// Byte range of one section.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Section {
    pub start: U32,
    pub len: U32,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Header {
    pub magic: [u8; 8],
    pub format: U16,
    /// Year, month, day as one number, 20261125.
    pub date: U32,
    /// Length of the whole image, header included.
    pub len: U32,
    /// SHA-256 of everything behind the header.
    pub hash: [u8; 32],
    pub sections: [Section; SECTIONS],
}

/// An opened image.
#[derive(Clone, Copy, Debug)]
pub struct Image<'d> {
    header: &'d Header,
    /// The tables, which borrow from the image's bytes.
    pub tables: Tables<'d>,
    #[cfg_attr(target_arch = "wasm32", allow(dead_code))]
    body: &'d [u8],
}

impl<'d> Image<'d> {
    /// Opens an image. What its rows point at is checked when they are read.
    pub fn open(bytes: &'d [u8]) -> Result<Self, ImageError> {
        if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err(ImageError::Magic);
        }
        let short = ImageError::Length { found: bytes.len(), expected: size_of::<Header>() };
        let (header, body) = Header::ref_from_prefix(bytes).map_err(|_| short)?;
        if header.format.get() != FORMAT {
            return Err(ImageError::Format { found: header.format.get(), expected: FORMAT });
        }
        let expected = header.len.get() as usize;
        if bytes.len() != expected {
            return Err(ImageError::Length { found: bytes.len(), expected });
        }
        let part = |section: usize| {
            let Section { start, len } = header.sections[section];
            let start = start.get() as usize;
            bytes.get(start..start.saturating_add(len.get() as usize)).ok_or(ImageError::Section { section })
        };
        let tables = Tables {
            strings: part(0)?,
            programs: part(1)?,
            providers: rows(part(2)?, 2)?,
            links: rows(part(3)?, 3)?,
            rules: rows(part(4)?, 4)?,
            fields: slots(part(5)?, 5)?,
            hosts: slots(part(6)?, 6)?,
            canonical_names: slots(part(7)?, 7)?,
            everywhere: rows(part(8)?, 8)?,
            words: rows(part(9)?, 9)?,
            lists: rows(part(10)?, 10)?,
            starts4: rows(part(11)?, 11)?,
            prefixes4: rows(part(12)?, 12)?,
            starts6: rows(part(13)?, 13)?,
            prefixes6: rows(part(14)?, 14)?,
            places: rows(part(15)?, 15)?,
            countries: rows(part(16)?, 16)?,
        };
        if tables.starts4.len() != tables.prefixes4.len() {
            return Err(ImageError::Section { section: 12 });
        }
        if tables.starts6.len() != tables.prefixes6.len() {
            return Err(ImageError::Section { section: 14 });
        }
        Ok(Self { header, tables, body })
    }

    /// Compares the body with the header's hash.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn verify(&self) -> Result<(), ImageError> {
        use sha2::Digest as _;
        if sha2::Sha256::digest(self.body).as_slice() == self.header.hash { Ok(()) } else { Err(ImageError::Hash) }
    }

    /// The dataset's date, `2026-11-25`.
    pub fn date(&self) -> String {
        date_text(self.header.date.get())
    }

    /// SHA-256 of the image's body: the dataset's identity.
    pub fn hash(&self) -> [u8; 32] {
        self.header.hash
    }
}

/// `20261125` as `2026-11-25`.
pub fn date_text(date: u32) -> String {
    let digits = |mut value: u32, width: usize| {
        let mut text = vec![b'0'; width];
        for place in text.iter_mut().rev() {
            *place = b'0' + (value % 10) as u8;
            value /= 10;
        }
        String::from_utf8(text).unwrap_or_default()
    };
    [digits(date / 10_000, 4), digits(date / 100 % 100, 2), digits(date % 100, 2)].join("-")
}

fn rows<T: FromBytes + Immutable + KnownLayout + Unaligned>(bytes: &[u8], section: usize) -> Result<&[T], ImageError> {
    <[T]>::ref_from_bytes(bytes).map_err(|_| ImageError::Section { section })
}

/// A table by hash: its length is a power of two.
fn slots<T: FromBytes + Immutable + KnownLayout + Unaligned>(bytes: &[u8], section: usize) -> Result<&[T], ImageError> {
    let slots: &[T] = rows(bytes, section)?;
    if slots.is_empty() || slots.len().is_power_of_two() { Ok(slots) } else { Err(ImageError::Section { section }) }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::BUNDLED;

    #[test]
    fn the_bundled_image_opens_and_is_whole() {
        let image = Image::open(BUNDLED).unwrap();
        image.verify().unwrap();
        assert_eq!(image.date().len(), 10);
        assert_eq!(image.tables.find("cloudflare").map(|p| image.tables.name(p)), Some("Cloudflare"));
    }

    #[test]
    fn a_truncated_image_is_refused_at_every_byte() {
        for len in 0..BUNDLED.len() {
            assert!(Image::open(&BUNDLED[..len]).is_err(), "{len}");
        }
    }

    #[test]
    fn a_changed_image_is_refused_or_read_without_panic() {
        let mut image = BUNDLED.to_vec();
        let header = size_of::<Header>();
        for at in (0..header).chain((header..image.len()).step_by(211)) {
            image[at] ^= 0x41;
            if let Ok(opened) = Image::open(&image) {
                let hashed = (18..50).contains(&at) || at >= header;
                assert_eq!(opened.verify().is_err(), hashed, "{at}");
                let tables = opened.tables;
                let _ = tables.find("fastly");
                let _ = tables.rules_for_field("server").count();
                let _ = tables.rules_for_host(b"a.b.example.com").count();
                let _ = tables.holder("104.16.0.1".parse().unwrap());
                let _ = tables.place(0, "CDG");
            }
            image[at] ^= 0x41;
        }
    }

    #[test]
    fn an_image_of_another_format_says_so() {
        let mut image = BUNDLED.to_vec();
        image[8] = 9;
        assert_eq!(Image::open(&image).unwrap_err(), ImageError::Format { found: 9, expected: FORMAT });
        image[0] = b'x';
        assert_eq!(Image::open(&image).unwrap_err(), ImageError::Magic);
    }
}
