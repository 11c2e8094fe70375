//! The trial of a new dataset, before it becomes the one in use: every row is read, every part belongs
//! to the others, and a few responses that everybody knows are judged as they must be.

use super::Refusal;
use crate::dataset::image::Image;
use crate::detect::response::Response;
use crate::detect::table::{Provider, Tables};
use crate::field::Field;

/// A response and who must be named for it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub fields: &'static [(&'static str, &'static str)],
    pub delivered_by: &'static str,
}

/// Fields that their providers document, or have sent for many years. A dataset that does not know them
/// is broken, however well it is signed.
pub const CASES: [Case; 4] = [
    Case {
        fields: &[("server", "cloudflare"), ("cf-ray", "8c1d2e3f4a5b6c7d-CDG"), ("cf-cache-status", "HIT")],
        delivered_by: "cloudflare",
    },
    Case {
        fields: &[
            ("via", "1.1 0123456789abcdef0123456789abcdef.cloudfront.net (CloudFront)"),
            ("x-amz-cf-pop", "CDG50-P1"),
            ("x-cache", "Hit from cloudfront"),
        ],
        delivered_by: "amazon-cloudfront",
    },
    Case {
        fields: &[("x-served-by", "cache-cdg-lfpg1960042-CDG"), ("x-timer", "S1764072000.123456,VS0,VE1")],
        delivered_by: "fastly",
    },
    Case { fields: &[("server", "nginx"), ("content-type", "text/html")], delivered_by: "" },
];

/// Reads everything once and judges the cases.
pub fn trial(parts: &[(String, Vec<u8>)]) -> Result<(), Refusal> {
    let failed = |what: &dyn std::fmt::Display| Refusal::Trial(what.to_string());
    let (_, bytes) = parts.iter().find(|(name, _)| name == "dataset.img").ok_or_else(|| failed(&"dataset.img"))?;
    let image = Image::open(bytes).map_err(|error| failed(&error))?;
    let tables = &image.tables;
    if let Some(fault) = unreadable(tables) {
        return Err(failed(&fault));
    }
    for Case { fields, delivered_by } in CASES {
        let fields: Vec<Field<'_>> =
            fields.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
        let response =
            Response { url: "https://www.example.com/", status: 200, fields: &fields, ..Response::default() };
        let named = crate::detect::verdict(&response, tables).delivered_by;
        let named = named.map_or("", |provider| tables.id(provider));
        if named != delivered_by {
            return Err(failed(&format_args!("{delivered_by} / {named}")));
        }
    }
    Ok(())
}

/// The first row that points at nothing.
fn unreadable(tables: &Tables<'_>) -> Option<String> {
    let providers = tables.providers.len();
    let known = |provider: Provider| usize::from(provider.0) < providers;
    for number in 0..providers {
        let provider = Provider(number as u16);
        if tables.id(provider).is_empty() || tables.name(provider).is_empty() {
            return Some(format!("provider {number}"));
        }
    }
    let rule = tables
        .rules
        .iter()
        .position(|rule| !known(rule.provider()) || rule.place().is_none() || tables.text(rule.id).is_empty());
    if let Some(number) = rule {
        return Some(format!("rule {number}"));
    }
    let lists = tables.lists.len();
    if let Some(number) = tables.lists.iter().position(|list| !known(list.provider()) || !known(list.machines())) {
        return Some(format!("list {number}"));
    }
    let listed = |row: &crate::detect::table::PrefixRow| {
        row.list.get() == crate::detect::table::NONE || usize::from(row.list.get()) < lists
    };
    let prefix = tables.prefixes4.iter().chain(tables.prefixes6).position(|row| !listed(row));
    prefix.map(|number| format!("prefix {number}"))
}
