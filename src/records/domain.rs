//! Whose name a host is: the domain that somebody registered, by the Public Suffix List.
//!
//! The list's rules are kept as numbers: a rule is known by the hash of its text, so that ten thousand
//! of them take 40 kB and nothing is parsed. A name that is on no list is taken for one that is with
//! a chance of one in 400,000; the linter looks whether that happens to a domain of the data.

use zerocopy::little_endian::U32;

/// How a rule of the list is written: `com`, `*.ck`, `!www.ck`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Plain,
    /// Every name directly below is a suffix.
    Wildcard,
    /// Not a suffix, although a wildcard says so.
    Exception,
}

/// The list's rules as [`rule`] writes them, sorted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Suffixes<'d>(pub &'d [U32]);

/// The number of a rule. `name` is the rule without `*.` and `!`, in lower case and ASCII.
pub fn rule(name: &str, form: Form) -> u32 {
    numbered(name.bytes().rev().fold(START, step), form)
}

const START: u32 = 0x811c_9dc5;

/// FNV-1a from the end of a name to its beginning, so that one pass meets every suffix on its way.
fn step(state: u32, byte: u8) -> u32 {
    (state ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

fn numbered(state: u32, form: Form) -> u32 {
    let mixed = (state ^ (form as u32).wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b);
    (mixed ^ mixed >> 13).wrapping_mul(0xc2b2_ae35)
}

impl Suffixes<'_> {
    fn has(&self, state: u32, form: Form) -> bool {
        let number = numbered(state, form);
        self.0.binary_search_by(|rule| rule.get().cmp(&number)).is_ok()
    }

    /// The domain that somebody registered, at the end of a host in lower case and ASCII; nothing for
    /// a public suffix, an address, or a name of one label.
    pub fn registrable<'h>(&self, host: &'h str) -> Option<&'h str> {
        let last = host.rsplit('.').next()?;
        if last.is_empty() || last.bytes().all(|byte| byte.is_ascii_digit()) || host.contains([':', '[']) {
            return None;
        }
        // A top-level domain is a suffix, whether the list knows it or not.
        let mut suffix = host.len() - last.len();
        let mut state = START;
        let mut parent_is_wildcard = false;
        let bytes = host.as_bytes();
        for at in (0..bytes.len()).rev() {
            state = step(state, bytes[at]);
            if at > 0 && bytes[at - 1] != b'.' {
                continue;
            }
            if self.has(state, Form::Exception) {
                return Some(&host[at..]);
            }
            if parent_is_wildcard || self.has(state, Form::Plain) {
                suffix = at;
            }
            parent_is_wildcard = self.has(state, Form::Wildcard);
        }
        let before = host[..suffix].strip_suffix('.')?;
        let start = before.rfind('.').map_or(0, |dot| dot + 1);
        (start < before.len()).then(|| &host[start..])
    }
}

/// The host itself and every name above it, the longest first.
pub fn names(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |name| name.split_once('.').map(|(_, above)| above))
}

/// Is this host the domain or a name below it?
pub fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Vec<U32> {
        let mut rules: Vec<u32> = [
            ("com", Form::Plain),
            ("uk", Form::Plain),
            ("co.uk", Form::Plain),
            ("github.io", Form::Plain),
            ("ck", Form::Wildcard),
            ("www.ck", Form::Exception),
            ("xn--55qx5d.cn", Form::Plain),
        ]
        .into_iter()
        .map(|(name, form)| rule(name, form))
        .collect();
        rules.sort_unstable();
        rules.into_iter().map(U32::new).collect()
    }

    /// The examples that the list's makers publish, and what hosts look like beside them.
    #[test]
    fn the_registered_domain_is_found() {
        let list = list();
        let suffixes = Suffixes(&list);
        for (host, expected) in [
            ("com", None),
            ("example.com", Some("example.com")),
            ("b.example.com", Some("example.com")),
            ("a.b.example.com", Some("example.com")),
            ("co.uk", None),
            ("www.example.co.uk", Some("example.co.uk")),
            // A platform gives each name below it to somebody else.
            ("github.io", None),
            ("someone.github.io", Some("someone.github.io")),
            ("a.someone.github.io", Some("someone.github.io")),
            // Every name below `ck` is a suffix, but for one.
            ("ck", None),
            ("test.ck", None),
            ("b.test.ck", Some("b.test.ck")),
            ("a.b.test.ck", Some("b.test.ck")),
            ("www.ck", Some("www.ck")),
            ("www.www.ck", Some("www.ck")),
            // What the list does not know ends in one label.
            ("example.unlisted", Some("example.unlisted")),
            ("a.example.unlisted", Some("example.unlisted")),
            ("xn--85x722f.xn--55qx5d.cn", Some("xn--85x722f.xn--55qx5d.cn")),
            ("localhost", None),
            ("192.0.2.1", None),
            ("[2001:db8::1]", None),
            ("", None),
            (".", None),
            (".com", None),
            ("example.com.", None),
        ] {
            assert_eq!(suffixes.registrable(host), expected, "{host}");
        }
    }

    #[test]
    fn a_name_is_below_at_a_dot_only() {
        assert!(is_below("8ch.net", "8ch.net"));
        assert!(is_below("www.8ch.net", "8ch.net"));
        assert!(!is_below("not8ch.net", "8ch.net"));
        assert!(!is_below("8ch.net.example.com", "8ch.net"));
        assert_eq!(names("a.b.c").collect::<Vec<_>>(), ["a.b.c", "b.c", "c"]);
    }
}
