//! One response as a browser or a HAR file reports it, before any judgement.

use std::net::IpAddr;

use crate::field::Field;

/// What was observed of one response. Everything in it is somebody else's text.
#[derive(Clone, Debug, Default)]
pub struct Response<'a> {
    pub url: &'a str,
    /// Status code (RFC 9110, section 15); zero when none was told.
    pub status: u16,
    /// In the order of arrival, repeats kept.
    pub fields: &'a [Field<'a>],
    /// The address that the browser was connected to, if it told.
    pub server_address: Option<IpAddr>,
    /// The browser's clock when the response arrived, in milliseconds since 1970.
    pub received_at_ms: Option<i64>,
    /// The body came from the browser's own store; the fields are those of the day it was stored.
    pub from_cache: bool,
    /// Somebody on the network was asked all the same, where the browser tells it (Firefox).
    pub asked: bool,
    /// A proxy is known to stand between browser and server, so the address is not the server's.
    pub proxied: bool,
    /// Canonical name of the host, where the browser tells it (Firefox).
    pub canonical_name: Option<&'a str>,
    /// Issuer of the server's certificate, where the browser tells it (Firefox).
    pub issuer: Option<&'a str>,
}

impl Response<'_> {
    /// A redirect that the browser made itself and asked nobody for: so Chromium marks it.
    pub fn made_by_browser(&self) -> bool {
        matches!(self.status, 301..=308) && self.fields.iter().any(|field| field.is("non-authoritative-reason"))
    }

    /// Nothing came: no status, no field, no address.
    pub fn is_empty(&self) -> bool {
        self.status == 0 && self.fields.is_empty() && self.server_address.is_none()
    }
}

/// The host of an absolute URL (RFC 3986, section 3.2.2): without user, port and brackets, as written.
pub fn host(url: &str) -> Option<&str> {
    let scheme = url.bytes().position(|byte| byte == b':')?;
    let rest = url.get(scheme..)?.strip_prefix("://")?;
    // All that separates here is ASCII, so no character is cut in two.
    let (mut start, mut end, mut port) = (0, rest.len(), None);
    let mut at = 0;
    while let Some(skipped) = rest.as_bytes()[at..].iter().position(|byte| SEPARATES[usize::from(*byte)]) {
        at += skipped;
        match rest.as_bytes()[at] {
            b'@' => (start, port) = (at + 1, None),
            b':' => port = port.or(Some(at)),
            _ => {
                end = at;
                break;
            }
        }
        at += 1;
    }
    let host = match rest[start..end].strip_prefix('[') {
        Some(v6) => v6.split_once(']')?.0,
        None => &rest[start..port.unwrap_or(end)],
    };
    (!host.is_empty()).then_some(host)
}

/// Bytes at which a part of an authority ends, or the authority itself.
static SEPARATES: [bool; 256] = {
    let mut separates = [false; 256];
    let (bytes, mut at) = (b"/?#\\@:", 0);
    while at < bytes.len() {
        separates[bytes[at] as usize] = true;
        at += 1;
    }
    separates
};

/// The match pattern of a URL's host, by which browsers grant access. It names no port: browsers know none there.
pub fn pattern(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    Some(format!("{scheme}://{}/*", host(url)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found() {
        for (url, expected) in [
            ("https://www.example.com/a?b#c", Some("www.example.com")),
            ("https://user:word@example.com:8443/", Some("example.com")),
            ("http://[2001:db8::1]:80/", Some("2001:db8::1")),
            ("https://example.com\\@example.org/", Some("example.com")),
            ("about:blank", None),
            ("file:///tmp/a", None),
            ("https://", None),
            ("https://[::1", None),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }
}
