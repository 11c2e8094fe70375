//! `Server` (RFC 9110, section 10.2.4): the software of the origin server, or of whoever
//! overwrote the value on the way.
//!
//! ```text
//! Server  = product *( RWS ( product / comment ) )
//! product = token [ "/" product-version ]
//! ```
//!
//! The value names software, not a company: which values name a provider is for signatures to say.
//! `Google Frontend` is two products to the grammar; signatures match the whole value.

use crate::field::{Fault, MAX_MEMBER_LEN, MAX_MEMBERS, Problems, is_space, is_tchar};

/// One `Server` line. Unlike lists, it begins with the most significant part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server<'a> {
    pub parts: Vec<Part<'a>>,
    /// Parts at the end that were left out ([`MAX_MEMBERS`]).
    pub dropped: usize,
    pub problems: Problems,
}

/// A product or a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    Product {
        name: &'a str,
        version: Option<&'a str>,
    },
    /// A comment without its outer parentheses.
    Comment(&'a [u8]),
}

impl<'a> Server<'a> {
    /// The name of the first product.
    #[must_use]
    pub fn first_product(&self) -> Option<&'a str> {
        self.parts.iter().find_map(|part| match part {
            Part::Product { name, .. } => Some(*name),
            Part::Comment(_) => None,
        })
    }
}

/// Reads one `Server` line, of which at most [`MAX_MEMBER_LEN`] bytes.
#[must_use]
pub fn parse(value: &[u8]) -> Server<'_> {
    let mut server = Server::default();
    let value = match value.get(..MAX_MEMBER_LEN) {
        Some(beginning) if value.len() > MAX_MEMBER_LEN => {
            server.problems.add(Fault::TooLong, MAX_MEMBER_LEN);
            beginning
        }
        _ => value,
    };
    let mut at = 0;
    while at < value.len() {
        if is_space(value[at]) {
            at += 1;
        } else if value[at] == b'(' {
            let end = comment_end(&value[at..]).map(|len| at + len);
            if end.is_none() {
                server.problems.add(Fault::UnbalancedComment, at);
            }
            let inside = at + 1..end.map_or(value.len(), |end| end - 1);
            add(&mut server, Part::Comment(&value[inside]));
            at = end.unwrap_or(value.len());
        } else {
            let len = value[at..].iter().take_while(|byte| !is_space(**byte) && **byte != b'(').count();
            match product(&value[at..at + len]) {
                Ok(part) => add(&mut server, part),
                Err(index) => server.problems.add(Fault::Syntax, at + index),
            }
            at += len;
        }
    }
    if value.is_empty() {
        server.problems.add(Fault::Empty, 0);
    }
    server
}

fn add<'a>(server: &mut Server<'a>, part: Part<'a>) {
    if server.parts.len() < MAX_MEMBERS {
        server.parts.push(part);
    } else {
        server.dropped += 1;
    }
}

/// The length of the comment at the start, parentheses included (RFC 9110, section 5.6.5).
fn comment_end(value: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// A word as a product, or the index of the byte that is no product's.
fn product(word: &[u8]) -> Result<Part<'_>, usize> {
    let slash = word.iter().position(|byte| *byte == b'/');
    let name_len = slash.unwrap_or(word.len());
    let name = &word[..name_len];
    if let Some(index) = name.iter().position(|byte| !is_tchar(*byte)) {
        return Err(index);
    }
    let name = std::str::from_utf8(name).map_err(|_| 0_usize)?;
    if name.is_empty() {
        return Err(0);
    }
    let Some(slash) = slash else {
        return Ok(Part::Product { name, version: None });
    };
    // Off-spec: a version with further slashes or colons is kept as text; the name is what counts.
    let version = crate::field::plain_text(&word[slash + 1..]).ok_or(slash + 1)?;
    Ok(Part::Product { name, version: Some(version) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(server: &Server) -> String {
        let mut shown = String::new();
        for part in &server.parts {
            match part {
                Part::Product { name, version } => {
                    shown += &format!("<{name}|{}>", version.unwrap_or("-"));
                }
                Part::Comment(comment) => {
                    shown += &format!("({})", String::from_utf8_lossy(comment));
                }
            }
        }
        shown
    }

    #[test]
    fn products_and_comments() {
        #[rustfmt::skip]
        let rows: &[(&str, &str, &[Fault])] = &[
            // RFC 9110, section 10.2.4.
            ("CERN/3.0 libwww/2.17", "<CERN|3.0><libwww|2.17>", &[]),
            ("nginx/1.2 (Ubuntu)", "<nginx|1.2>(Ubuntu)", &[]),
            ("cloudflare", "<cloudflare|->", &[]),
            ("Google Frontend", "<Google|-><Frontend|->", &[]),
            ("Apache/2.4.29 (Unix (x) \\) y) PHP/7", "<Apache|2.4.29>(Unix (x) \\) y)<PHP|7>", &[]),
            // A node's name in a comment right behind the product.
            ("ECAcc(lac/55D2)", "<ECAcc|->(lac/55D2)", &[]),
            ("BunnyCDN-DE1-1081", "<BunnyCDN-DE1-1081|->", &[]),
            ("  ", "", &[]),
            ("", "", &[Fault::Empty]),
            // One bad word does not hide the others.
            ("a@b c/1", "<c|1>", &[Fault::Syntax]),
            ("/1 c", "<c|->", &[Fault::Syntax]),
            ("a/1/2:3", "<a|1/2:3>", &[]),
            ("a (b", "<a|->(b", &[Fault::UnbalancedComment]),
            ("a )", "<a|->", &[Fault::Syntax]),
        ];
        for (value, expected, faults) in rows {
            let server = parse(value.as_bytes());
            // The comment that is never closed is shown by the table without its end.
            let found = shown(&server);
            let found = if faults.contains(&Fault::UnbalancedComment) {
                found.trim_end_matches(')').to_string()
            } else {
                found
            };
            assert_eq!(found, *expected, "{value}");
            let problems: Vec<_> = server.problems.kept().iter().map(|p| p.fault).collect();
            assert_eq!(problems, *faults, "{value}");
        }
        assert_eq!(parse(b"(x) nginx/1").first_product(), Some("nginx"));
        assert_eq!(parse(b"(x)").first_product(), None);
    }
}
