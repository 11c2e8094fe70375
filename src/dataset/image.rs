//! The compiled dataset: blocks of bytes, each with magic, part, format, date, length and hash, then tables.
//!
//! Opening checks the head and the bounds of every section; rows are then read in place. Reading
//! asks for no hash, so that waking the worker costs no pass over the bytes; whoever takes an image
//! from outside the package verifies it first.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::detect::table::Tables;
use crate::net::operators::Operators;
use crate::records::table::Records;

/// First bytes of every image.
pub const MAGIC: [u8; 8] = *b"servedby";
/// Number of sections of the part for detection, in the order of the fields of [`Tables`].
pub const SECTIONS: usize = 20;
/// Number of sections of the part for records, in the order of the fields of [`Records`].
pub const RECORDS_SECTIONS: usize = 15;

/// The dataset's parts, one file each. No part holds row numbers of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Part {
    /// Providers, signatures, prefixes, places: what the worker needs for badge and tooltip.
    Detection = 1,
    /// Records, sites, contacts, authorities: what the panel loads once it is on screen.
    Records = 3,
    /// Address to AS number to operator, for all of the Internet.
    Operators = 4,
}

impl Part {
    /// Raised whenever a row or a section of the part changes its meaning.
    pub fn format(self) -> u16 {
        match self {
            Self::Detection => 7,
            Self::Records => 2,
            Self::Operators => 5,
        }
    }
}

/// Why a compiled dataset was refused; the bundled one stays in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    #[error("not a dataset image")]
    Magic,
    #[error("part {found} of a dataset; part {expected} was expected")]
    Part { found: u16, expected: u16 },
    #[error("image format {found}; this program reads {expected}")]
    Format { found: u16, expected: u16 },
    #[error("image of {found} bytes; its header says {expected}")]
    Length { found: usize, expected: usize },
    #[error("section {section} does not fit the image")]
    Section { section: usize },
    #[error("damaged image: the hash differs")]
    Hash,
}

/// What a dataset says of addresses holds for so many whole years before its own, as far as nothing else speaks for it.
const LONG_YEARS: i64 = 2;

/// What every part begins with; the byte ranges of its sections follow.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Head {
    pub magic: [u8; 8],
    pub part: U16,
    pub format: U16,
    /// Year, month, day as one number, 20261125.
    pub date: U32,
    /// Length of the whole image, head included.
    pub len: U32,
    /// SHA-256 of everything behind the head.
    pub hash: [u8; 32],
}

/// Byte range of one section, counted from the image's first byte.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Section {
    pub start: U32,
    pub len: U32,
}

impl Head {
    /// The head of whichever part this is.
    pub fn of(bytes: &[u8]) -> Result<&Self, ImageError> {
        let short = ImageError::Length { found: bytes.len(), expected: size_of::<Self>() };
        let (head, _) = Self::ref_from_prefix(bytes).map_err(|_| short)?;
        if head.magic == MAGIC { Ok(head) } else { Err(ImageError::Magic) }
    }

    /// The dataset's date, `2026-11-25`.
    pub fn date(&self) -> String {
        date_text(self.date.get())
    }
}

/// Checks the head of a part and cuts it into its sections. What their rows point at is checked when they are read.
pub fn sections<const N: usize>(bytes: &[u8], part: Part) -> Result<(&Head, [&[u8]; N]), ImageError> {
    if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
        return Err(ImageError::Magic);
    }
    let short = ImageError::Length { found: bytes.len(), expected: size_of::<Head>() };
    let (head, body) = Head::ref_from_prefix(bytes).map_err(|_| short)?;
    if head.part.get() != part as u16 {
        return Err(ImageError::Part { found: head.part.get(), expected: part as u16 });
    }
    if head.format.get() != part.format() {
        return Err(ImageError::Format { found: head.format.get(), expected: part.format() });
    }
    let expected = head.len.get() as usize;
    if bytes.len() != expected {
        return Err(ImageError::Length { found: bytes.len(), expected });
    }
    let (table, _) = <[Section; N]>::ref_from_prefix(body).map_err(|_| short)?;
    let mut sections: [&[u8]; N] = [&[]; N];
    for (section, (place, range)) in sections.iter_mut().zip(table).enumerate() {
        let start = range.start.get() as usize;
        let end = start.saturating_add(range.len.get() as usize);
        *place = bytes.get(start..end).ok_or(ImageError::Section { section })?;
    }
    Ok((head, sections))
}

/// Compares the body of a part with the hash in its head.
#[cfg(not(target_arch = "wasm32"))]
pub fn verify(bytes: &[u8]) -> Result<(), ImageError> {
    use sha2::Digest as _;
    let short = ImageError::Length { found: bytes.len(), expected: size_of::<Head>() };
    let (head, body) = Head::ref_from_prefix(bytes).map_err(|_| short)?;
    if sha2::Sha256::digest(body).as_slice() == head.hash { Ok(()) } else { Err(ImageError::Hash) }
}

/// The opened part for detection.
#[derive(Clone, Copy, Debug)]
pub struct Image<'d> {
    head: &'d Head,
    /// The tables, which borrow from the image's bytes.
    pub tables: Tables<'d>,
}

impl<'d> Image<'d> {
    pub fn open(bytes: &'d [u8]) -> Result<Self, ImageError> {
        let (head, part) = sections::<SECTIONS>(bytes, Part::Detection)?;
        let tables = Tables {
            strings: part[0],
            programs: part[1],
            providers: rows(part[2], 2)?,
            links: rows(part[3], 3)?,
            rules: rows(part[4], 4)?,
            masks: rows(part[5], 5)?,
            fields: slots(part[6], 6)?,
            hosts: slots(part[7], 7)?,
            canonical_names: slots(part[8], 8)?,
            everywhere: rows(part[9], 9)?,
            words: rows(part[10], 10)?,
            lists: rows(part[11], 11)?,
            starts4: rows(part[12], 12)?,
            prefixes4: rows(part[13], 13)?,
            starts6: rows(part[14], 14)?,
            prefixes6: rows(part[15], 15)?,
            places: rows(part[16], 16)?,
            countries: rows(part[17], 17)?,
            networks: rows(part[18], 18)?,
            sites: rows(part[19], 19)?,
            operators: Operators::default(),
            // By the mean year of the Gregorian calendar: a day more or less does not matter.
            long_ago_ms: (i64::from(head.date.get() / 10_000) - LONG_YEARS - 1970) * 31_556_952_000,
        };
        if tables.starts4.len() != tables.prefixes4.len() {
            return Err(ImageError::Section { section: 13 });
        }
        if tables.starts6.len() != tables.prefixes6.len() {
            return Err(ImageError::Section { section: 15 });
        }
        Ok(Self { head, tables })
    }

    /// The dataset's date, `2026-11-25`.
    pub fn date(&self) -> String {
        self.head.date()
    }

    /// SHA-256 of the image's body: the dataset's identity.
    pub fn hash(&self) -> [u8; 32] {
        self.head.hash
    }
}

/// Opens the table of operators.
pub fn operators(bytes: &[u8]) -> Result<Operators<'_>, ImageError> {
    let (head, sections) = sections(bytes, Part::Operators)?;
    Operators::open(head.date.get(), &sections).map_err(|section| ImageError::Section { section })
}

/// Opens the part for records.
pub fn records(bytes: &[u8]) -> Result<Records<'_>, ImageError> {
    let (_, part) = sections::<RECORDS_SECTIONS>(bytes, Part::Records)?;
    Ok(Records {
        english: part[0],
        french: part[1],
        strings: part[2],
        records: rows(part[3], 3)?,
        sources: rows(part[4], 4)?,
        notes: rows(part[5], 5)?,
        providers: rows(part[6], 6)?,
        sites: rows(part[7], 7)?,
        domains: rows(part[8], 8)?,
        said: rows(part[9], 9)?,
        history: rows(part[10], 10)?,
        contacts: rows(part[11], 11)?,
        authorities: rows(part[12], 12)?,
        numbers: rows(part[13], 13)?,
        suffixes: rows(part[14], 14)?,
    })
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

/// A section as rows.
pub fn rows<T: FromBytes + Immutable + KnownLayout + Unaligned>(
    bytes: &[u8],
    section: usize,
) -> Result<&[T], ImageError> {
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
    use crate::detect::{self, response::Response};
    use crate::field::Field;

    #[test]
    fn the_bundled_image_opens_and_is_whole() {
        let image = Image::open(BUNDLED).unwrap();
        verify(BUNDLED).unwrap();
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
        let header = size_of::<Head>();
        for at in (0..header).chain((header..image.len()).step_by(211)) {
            image[at] ^= 0x41;
            if let Ok(opened) = Image::open(&image) {
                let hashed = (20..52).contains(&at) || at >= header;
                assert_eq!(verify(&image).is_err(), hashed, "{at}");
                let tables = opened.tables;
                let _ = tables.find("fastly");
                let _ = tables.rules_for_field("server").count();
                tables.each_for_host(b"a.b.example.com", |rule| _ = tables.rule(rule));
                let _ = tables.holder("104.16.0.1".parse().unwrap());
                let _ = tables.place(0, "CDG");
                if let Some((_, slot)) = tables.field("server") {
                    tables.each_rule(slot, &[b"cloudflare"], &[], |_, row| _ = tables.program(row));
                }
            }
            image[at] ^= 0x41;
        }
    }

    /// HTTP/1.1 has capitals and HTTP/2 has none (RFC 9113, section 8.2.1): it is one field all the same.
    #[test]
    fn names_of_fields_have_no_case() {
        let tables = Image::open(BUNDLED).unwrap().tables;
        let found = |names: [&'static str; 4]| {
            let values =
                ["nginx", "Miss from cloudfront", "1.1 varnish, 1.1 0123abcd.cloudfront.net (CloudFront)", "7"];
            let fields = names.into_iter().zip(values);
            let fields: Vec<_> = fields.map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
            let response =
                Response { url: "https://www.example.com/", status: 200, fields: &fields, ..Response::default() };
            let verdict = detect::verdict(&response, &tables);
            let name = verdict.delivered_by.map(|provider| tables.id(provider).to_owned());
            (name, verdict.grade, verdict.reason, verdict.copy, verdict.age_s, format!("{:?}", verdict.layers))
        };
        let expected = found(["server", "x-cache", "via", "age"]);
        assert_eq!(expected.0.as_deref(), Some("amazon-cloudfront"));
        assert_eq!(found(["Server", "X-Cache", "Via", "Age"]), expected);
        assert_eq!(found(["SERVER", "X-CACHE", "VIA", "AGE"]), expected);
    }

    #[test]
    fn the_bundled_records_open_and_know_their_sites() {
        let records = records(crate::BUNDLED_RECORDS).unwrap();
        verify(crate::BUNDLED_RECORDS).unwrap();
        for (host, expected) in [
            ("8ch.net", Some("8ch.net")),
            ("www.8ch.net", Some("8ch.net")),
            ("8ch.net.", Some("8ch.net")),
            ("not8ch.net", None),
            ("8ch.net.example.com", None),
            // A Cyrillic letter instead of a Latin one.
            ("xn--8h-tlc.net", None),
            ("net", None),
            ("104.16.132.18", None),
        ] {
            assert_eq!(records.site_of(host).map(|site| records.text(site.domain)), expected, "{host}");
        }
    }

    /// The badge looks into a small table of its own; it must say what the whole rule says.
    #[test]
    fn badge_and_panel_know_the_same_sites() {
        let (tables, records) = (Image::open(BUNDLED).unwrap().tables, records(crate::BUNDLED_RECORDS).unwrap());
        assert!(!tables.sites.is_empty());
        for row in tables.sites {
            let domain = tables.text(row.domain);
            for host in [domain.to_owned(), format!("www.{domain}"), format!("not{domain}"), format!("{domain}.com")] {
                let published = |site: &crate::records::table::SiteRow| {
                    let about = records.numbers(site.records).iter().filter_map(|number| records.record(*number));
                    about.filter(|record| record.state() == crate::records::vocabulary::State::Published).count()
                };
                let expected = records.site_of(&host).map_or(0, published);
                assert_eq!(usize::from(tables.records_about(&host)), expected, "{host}");
            }
        }
    }

    #[test]
    fn damaged_records_are_refused_or_read_without_panic() {
        let whole = crate::BUNDLED_RECORDS;
        for len in 0..whole.len() {
            assert!(records(&whole[..len]).is_err(), "{len}");
        }
        assert_eq!(records(BUNDLED).unwrap_err(), ImageError::Part { found: 1, expected: 3 });
        let mut image = whole.to_vec();
        image[10] = 99;
        let expected = Part::Records.format();
        assert_eq!(records(&image).unwrap_err(), ImageError::Format { found: 99, expected });
    }

    #[test]
    fn an_image_of_another_format_says_so() {
        let mut image = BUNDLED.to_vec();
        image[10] = 99;
        let expected = Part::Detection.format();
        assert_eq!(Image::open(&image).unwrap_err(), ImageError::Format { found: 99, expected });
        image[8] = 9;
        assert_eq!(Image::open(&image).unwrap_err(), ImageError::Part { found: 9, expected: 1 });
        image[0] = b'x';
        assert_eq!(Image::open(&image).unwrap_err(), ImageError::Magic);
    }
}
