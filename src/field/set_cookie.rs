//! `Set-Cookie` (RFC 6265, section 5.2): the names of the cookies, never their values.
//!
//! Names such as `__cf_bm` are marks of a provider; values may hold the reader's address or place
//! and are not looked at. Firefox joins several lines of this field by line feeds, so that every
//! value is split at them; a comma separates nothing here (RFC 9110, section 5.3).

use crate::field::{Fault, MAX_MEMBER_LEN, MAX_MEMBERS, Problems, list, plain_text, trimmed};

/// The cookie names of one value, in the order sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetCookie<'a> {
    /// Names as sent; they compare with regard to case.
    pub names: Vec<&'a str>,
    /// Cookies at the end that were left out ([`MAX_MEMBERS`]).
    pub dropped: usize,
    pub problems: Problems,
}

/// Reads the names out of one `Set-Cookie` value, which may be several lines.
#[must_use]
pub fn parse(value: &[u8]) -> SetCookie<'_> {
    let mut cookies = SetCookie::default();
    for line in list::lines(value) {
        if cookies.names.len() == MAX_MEMBERS {
            cookies.dropped += 1;
            continue;
        }
        match name(line.bytes) {
            Ok(name) => cookies.names.push(name),
            Err(fault) => cookies.problems.add(fault, line.at),
        }
    }
    cookies
}

/// As [`parse`], the names alone.
pub fn names(value: &[u8]) -> impl Iterator<Item = &str> {
    list::lines(value).filter_map(|line| name(line.bytes).ok()).take(MAX_MEMBERS)
}

/// The name of one cookie: what stands before `=` in the first part.
fn name(line: &[u8]) -> Result<&str, Fault> {
    let head = &line[..line.len().min(MAX_MEMBER_LEN)];
    let end = head.iter().position(|byte| matches!(byte, b'=' | b';'));
    match end {
        // Without `=` the text would be a value, for which this program has no use.
        None if line.len() > MAX_MEMBER_LEN => Err(Fault::TooLong),
        Some(end) if head[end] == b'=' => {
            let (start, end) = trimmed(head, 0, end);
            if start == end {
                return Err(Fault::NoCookieName);
            }
            plain_text(&head[start..end]).ok_or(Fault::NotText)
        }
        _ => Err(Fault::NoCookieName),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_values() {
        #[rustfmt::skip]
        let rows: &[(&[u8], &[&str], &[Fault])] = &[
            // RFC 6265, section 3.1.
            (b"SID=31d4d96e407aad42; Path=/; Secure; HttpOnly", &["SID"], &[]),
            (b"lang=en-US; Expires=Wed, 09 Jun 2021 10:18:14 GMT", &["lang"], &[]),
            // An empty value removes a cookie and still names it.
            (b"lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT", &["lang"], &[]),
            // Firefox: several lines in one value.
            (b"__cf_bm=x; Path=/\n_cfuvid=y", &["__cf_bm", "_cfuvid"], &[]),
            (b" a b = 1", &["a b"], &[]),
            // Browsers take these as values without a name: they are not shown.
            (b"secret", &[], &[Fault::NoCookieName]),
            (b"=secret", &[], &[Fault::NoCookieName]),
            (b"secret; a=b", &[], &[Fault::NoCookieName]),
            (b"\xff=1\nb=2", &["b"], &[Fault::NotText]),
            (b"a\x01=1", &[], &[Fault::NotText]),
            (b"", &[], &[]),
        ];
        for (value, names, faults) in rows {
            let cookies = parse(value);
            assert_eq!(cookies.names, *names, "{value:?}");
            assert!(super::names(value).eq(cookies.names.iter().copied()), "{value:?}");
            let found: Vec<_> = cookies.problems.kept().iter().map(|p| p.fault).collect();
            assert_eq!(found, *faults, "{value:?}");
        }
        let many = "a=1\n".repeat(1000);
        assert_eq!(parse(many.as_bytes()).dropped, 1000 - MAX_MEMBERS);
    }
}
