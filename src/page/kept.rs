//! What is kept of a response: enough to judge it again, and no more than that.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::cut;
use crate::detect::pattern;
use crate::detect::response::{Response, host};
use crate::detect::table::{ReadAlways, Tables};
use crate::field::{Field, date, set_cookie};
use crate::net::{Reach, reach, text};

/// Fields of one response that are kept.
const FIELDS_MAX: usize = 96;
/// Bytes of one field value that are kept; patterns compare no longer ones.
const VALUE_MAX: usize = pattern::TEXT_MAX;
/// Bytes of all values of one response that are kept.
const VALUES_MAX: usize = 24 << 10;

/// A response whose fields nobody judges by are gone, and cookies' values with them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub url: String,
    pub status: u16,
    pub fields: Vec<(String, Vec<u8>)>,
    pub server_address: Option<IpAddr>,
    pub received_at_ms: Option<i64>,
    pub from_cache: bool,
    pub asked: bool,
    pub proxied: bool,
    pub canonical_name: Option<String>,
    pub issuer: Option<String>,
    /// Fields that somebody is judged by, and names of cookies, that are too many or too long to be kept.
    pub left_out: u32,
}

impl Kept {
    pub fn new(response: &Response<'_>, tables: &Tables<'_>) -> Self {
        let mut fields = Vec::new();
        let (mut bytes, mut left_out) = (0, 0);
        let mut keep = |name: &str, value: &[u8]| {
            if fields.len() >= FIELDS_MAX || value.len() > VALUE_MAX || bytes + value.len() > VALUES_MAX {
                left_out += 1;
            } else {
                bytes += value.len();
                fields.push((name.to_ascii_lowercase(), value.to_vec()));
            }
        };
        for field in response.fields {
            let Some((_, slot)) = tables.field(field.name) else { continue };
            if slot.always() == Some(ReadAlways::SetCookie) {
                set_cookie::names(field.value).for_each(|name| keep(field.name, format!("{name}=").as_bytes()));
            } else {
                keep(field.name, field.value);
            }
        }
        Self {
            url: cut(response.url),
            status: response.status,
            fields,
            server_address: response.server_address,
            received_at_ms: response.received_at_ms,
            from_cache: response.from_cache,
            asked: response.asked,
            proxied: response.proxied,
            canonical_name: response.canonical_name.map(cut),
            issuer: response.issuer.map(cut),
            left_out,
        }
    }

    /// The response as it is judged.
    pub fn with<R>(&self, read: impl FnOnce(&Response<'_>) -> R) -> R {
        let fields: Vec<Field<'_>> = self.fields.iter().map(|(name, value)| Field { name, value }).collect();
        read(&Response {
            url: &self.url,
            status: self.status,
            fields: &fields,
            server_address: self.server_address,
            received_at_ms: self.received_at_ms,
            from_cache: self.from_cache,
            asked: self.asked,
            proxied: self.proxied,
            canonical_name: self.canonical_name.as_deref(),
            issuer: self.issuer.as_deref(),
        })
    }

    /// `Date` of the response (RFC 9110, section 6.6.1), in milliseconds since 1970.
    pub fn date_ms(&self) -> Option<i64> {
        let (_, value) = self.fields.iter().find(|(name, _)| name == "date")?;
        date::parse(value).ok()
    }

    /// A machine near the reader answered for a name that is not its own: a proxy, a VPN client, a filter.
    pub fn is_answered_locally(&self) -> bool {
        let Some(host) = host(&self.url) else { return false };
        let host = host.strip_suffix('.').unwrap_or(host);
        let last = host.rsplit('.').next().unwrap_or(host);
        // Names that no public name system knows (RFC 6761, section 6; RFC 6762, section 3; ICANN's decision of 2024 on
        // `internal`), and addresses.
        let own = last == host
            || ["localhost", "test", "local", "internal"].contains(&last)
            || text::address(host.as_bytes()).is_some();
        let near = |address: IpAddr| matches!(reach(address), Reach::Loopback | Reach::Benchmark);
        !own && self.server_address.is_some_and(near)
    }
}
