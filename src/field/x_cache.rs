//! The `X-Cache` families: cache words, hit counts and node names, one list member per tier.
//!
//! No specification defines them. Squid began it (`HIT from host`), and providers went on:
//! `Hit from cloudfront`, `TCP_MISS`, `HIT, MISS`, `HIT: 75`, `cp3066 hit/6`. The same reader
//! serves `X-Cache`, `CF-Cache-Status`, `X-Cache-Status` and the other one-word fields. Tiers
//! append, so the last member is nearest the reader. A word by itself has no owner: whose cache it
//! speaks of is for signatures to say.
//!
//! `X-Cache`, `X-Cache-Hits` and `X-Served-By` describe the same tiers only where they have the
//! same number of members ([`tiers`]): an inner cache or a customer's code may add to one of them.

use crate::field::list::{self, Grammar, Member};
use crate::field::{Fault, Problems, digits, is_space};

/// The words of one line, in the order sent: the last is nearest the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words<'a> {
    pub words: Vec<Word<'a>>,
    /// Words farther from the reader that were left out ([`MAX_MEMBERS`](crate::field::MAX_MEMBERS)).
    pub dropped: usize,
    pub problems: Problems,
}

/// What one tier says of its cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The whole member as sent, `Miss from cloudfront`.
    pub text: &'a [u8],
    /// What the word means where nothing more is known of the sender; `None` for a word that
    /// means nothing by itself.
    pub result: Option<CacheResult>,
    /// What follows `from`: a host or a company, in the sender's words.
    pub from: Option<&'a [u8]>,
    /// Where the member stands in the field value.
    pub at: usize,
}

/// What a cache did, in the terms of RFC 9211 as far as one word tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CacheResult {
    /// `hit`: answered from the cache.
    Hit,
    /// `hit` with a negative `ttl`: answered from a copy past its time.
    Stale,
    /// `fwd=stale; fwd-status=304`: the copy was confirmed by asking further, then used.
    Revalidated,
    /// `fwd=stale`: there was a copy past its time, and the response is a new one.
    Expired,
    /// `fwd=miss`: no copy; whether there is one from now on is not said.
    Miss,
    /// `fwd=bypass`: this response is not for this cache.
    Bypass,
    /// The cache, or whoever it asked, made an error page.
    Error,
}

/// Reads a line of cache words.
#[must_use]
pub fn words(value: &[u8]) -> Words<'_> {
    let mut read = Words::default();
    let listed = list::nearest(value, Grammar::PLAIN, &mut read.problems);
    read.dropped = listed.dropped;
    read.words.reserve(listed.members.len());
    for member in listed.members {
        let word = word(member);
        if member.is_too_long() {
            read.problems.add(Fault::TooLong, member.at);
        } else if word.result.is_none() {
            read.problems.add(Fault::UnknownValue, member.at);
        }
        // Kept even when not understood: the count of members is what pairs the lists.
        read.words.push(word);
    }
    read
}

/// Bytes of a member in which its word is looked for.
const WORD_LEN: usize = 256;

/// How many of a member's first parts may be the word: `Edge : HIT`, `cp3066 hit/6`.
const WORD_PARTS: usize = 3;

/// Reads the word of one member.
///
/// Of several known ones before `from` the last counts, since it is the finer one: after
/// `MISS TCP_REFRESH_MISS` there was a stale copy.
#[must_use]
pub fn word(member: Member<'_>) -> Word<'_> {
    let text = member.bytes;
    let mut word = Word { text, result: None, from: None, at: member.at };
    let head = &text[..text.len().min(WORD_LEN)];
    let mut at = 0;
    let mut parts = 0;
    while at < head.len() {
        let len = head[at..].iter().take_while(|byte| !separates(**byte)).count();
        let part = &head[at..at + len];
        at += len + 1;
        if part.is_empty() {
            continue;
        }
        if part.eq_ignore_ascii_case(b"from") {
            let rest = text.get(at..).unwrap_or_default();
            let space = rest.iter().take_while(|byte| is_space(**byte)).count();
            word.from = Some(&rest[space..]).filter(|from| !from.is_empty());
            break;
        }
        if parts < WORD_PARTS {
            parts += 1;
            word.result = result(part).or(word.result);
        }
    }
    word
}

/// Whether a text begins with a word that means something by itself.
pub(crate) fn begins_with_word(text: &[u8]) -> bool {
    let len = text.iter().take_while(|byte| !separates(**byte)).count();
    result(&text[..len]).is_some()
}

fn separates(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b':' | b'/' | b';' | b'(')
}

/// The words that mean the same whoever says them, in lower case and without `tcp_`.
///
/// As text and not as patterns: comparing in a loop takes a fraction of the code.
const WORDS: [(CacheResult, &str); 7] = [
    (
        CacheResult::Hit,
        "hit mem_hit memory_hit disk_hit remote_hit ims_hit inm_hit offline_hit hit-front \
         hit-local hit-remote",
    ),
    (CacheResult::Miss, "miss mem_miss cachemiss swapfail_miss remote_miss"),
    (CacheResult::Bypass, "bypass pass dynamic uncacheable config_nocache private_nostore nocache no-cache"),
    (CacheResult::Expired, "expired refresh_miss expired_miss refresh_modified"),
    (CacheResult::Revalidated, "refreshhit refresh_hit revalidated refresh_unmodified"),
    (CacheResult::Stale, "stale stale_hit hit-stale updating grace refresh_fail_hit refresh_fail_old"),
    (CacheResult::Error, "error err denied"),
];

/// What a word means whoever says it; `None` where senders differ.
fn result(part: &[u8]) -> Option<CacheResult> {
    let bare = match part.split_at_checked(4) {
        Some((prefix, bare)) if prefix.eq_ignore_ascii_case(b"tcp_") => bare,
        _ => part,
    };
    let known = |words: &str| words.split(' ').any(|word| word.as_bytes().eq_ignore_ascii_case(bare));
    WORDS.iter().find(|(_, words)| known(words)).map(|(result, _)| *result)
}

/// The hit counts of one `X-Cache-Hits` line, in the order sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// How often each tier had answered from its copy; `None` for a member that is no number.
    pub counts: Vec<Option<u64>>,
    /// Members farther from the reader that were left out ([`MAX_MEMBERS`](crate::field::MAX_MEMBERS)).
    pub dropped: usize,
    pub problems: Problems,
}

/// Reads one `X-Cache-Hits` line.
#[must_use]
pub fn hits(value: &[u8]) -> Hits {
    let mut hits = Hits::default();
    let listed = list::nearest(value, Grammar::PLAIN, &mut hits.problems);
    hits.dropped = listed.dropped;
    for member in listed.members {
        let count = digits(member.bytes);
        if count.is_none() {
            hits.problems.add(Fault::NotANumber, member.at);
        }
        hits.counts.push(count);
    }
    hits
}

/// The nodes of one `X-Served-By` line, in the order sent.
///
/// The field is also free text elsewhere (`X-Served-By: Substack`); the shape of a name is for
/// signatures to test.
#[must_use]
pub fn served_by(value: &[u8]) -> list::Nearest<'_> {
    list::nearest(value, Grammar::PLAIN, &mut Problems::default())
}

/// What the three lists say of one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier<'a> {
    pub served_by: Option<Member<'a>>,
    pub word: Option<Word<'a>>,
    pub hits: Option<u64>,
}

/// The lists have different lengths, so that no position can be trusted.
///
/// Only the last member of each still says something: it is nearest the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountsDiffer {
    pub words: usize,
    pub hits: usize,
    pub served_by: usize,
}

/// Pairs the lists of one response by position, first = nearest the origin server.
///
/// An absent list is an empty one and pairs with any length.
///
/// # Errors
/// [`CountsDiffer`] where two lists that are present have different lengths.
pub fn tiers<'a>(words: &Words<'a>, hits: &Hits, served_by: &list::Nearest<'a>) -> Result<Vec<Tier<'a>>, CountsDiffer> {
    let counts = CountsDiffer {
        words: words.words.len() + words.dropped,
        hits: hits.counts.len() + hits.dropped,
        served_by: served_by.members.len() + served_by.dropped,
    };
    let lengths = [counts.words, counts.hits, counts.served_by];
    let length = lengths.into_iter().max().unwrap_or(0);
    if lengths.iter().any(|len| *len != 0 && *len != length) {
        return Err(counts);
    }
    let kept = words.words.len().max(hits.counts.len()).max(served_by.members.len());
    Ok((0..kept)
        .map(|index| Tier {
            served_by: served_by.members.get(index).copied(),
            word: words.words.get(index).copied(),
            hits: hits.counts.get(index).copied().flatten(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use CacheResult::{Bypass, Error, Expired, Hit, Miss, Revalidated, Stale};

    type Row<'a> = (&'a str, &'a [(Option<CacheResult>, Option<&'a str>)]);

    #[test]
    fn words_of_real_values() {
        #[rustfmt::skip]
        let rows: &[Row] = &[
            ("HIT", &[(Some(Hit), None)]),
            ("Miss from cloudfront", &[(Some(Miss), Some("cloudfront"))]),
            ("RefreshHit from cloudfront", &[(Some(Revalidated), Some("cloudfront"))]),
            ("Error from cloudfront", &[(Some(Error), Some("cloudfront"))]),
            // A word that only its sender can explain.
            ("LambdaGeneratedResponse from cloudfront", &[(None, Some("cloudfront"))]),
            ("TCP_HIT from a23-205-243-131.deploy.example (AkamaiGHost/11.1)", &[(Some(Hit), Some("a23-205-243-131.deploy.example (AkamaiGHost/11.1)"))]),
            // First = nearest the origin server.
            ("HIT, MISS", &[(Some(Hit), None), (Some(Miss), None)]),
            ("Miss from cloudfront, HIT", &[(Some(Miss), Some("cloudfront")), (Some(Hit), None)]),
            // A number of hits behind a colon; a node's name before the word; a label before it.
            ("HIT: 75", &[(Some(Hit), None)]),
            ("cp3066 miss, cp3066 hit/6", &[(Some(Miss), None), (Some(Hit), None)]),
            ("Edge : HIT", &[(Some(Hit), None)]),
            ("Hit From Upstream Cluster", &[(Some(Hit), Some("Upstream Cluster"))]),
            // The finer word comes second.
            ("HIT TCP_REFRESH_HIT dirn:1:2", &[(Some(Revalidated), None)]),
            ("MISS TCP_REFRESH_MISS dirn:-2:-2", &[(Some(Expired), None)]),
            ("CONFIG_NOCACHE", &[(Some(Bypass), None)]),
            ("DYNAMIC", &[(Some(Bypass), None)]),
            ("UPDATING", &[(Some(Stale), None)]),
            // A host that is called like a word says nothing.
            ("node from hit", &[(None, Some("hit"))]),
            ("HIT from", &[(Some(Hit), None)]),
            ("hitman", &[(None, None)]),
            ("a-word-longer-than-any-that-is-known", &[(None, None)]),
            ("", &[]),
        ];
        for (value, expected) in rows {
            let found: Vec<_> = words(value.as_bytes())
                .words
                .iter()
                .map(|word| (word.result, word.from.map(|from| std::str::from_utf8(from).unwrap())))
                .collect();
            assert_eq!(found, *expected, "{value}");
        }
    }

    #[test]
    fn lists_pair_only_at_equal_length() {
        let nodes = served_by(b"cache-iah1-IAH, cache-pdk2-PDK");
        // One response, two tiers: the shield had a young copy, the delivery node none.
        let paired = tiers(&words(b"HIT, MISS"), &hits(b"1, 0"), &nodes).unwrap();
        assert_eq!(paired.len(), 2);
        assert_eq!(paired[0].word.unwrap().result, Some(Hit));
        assert_eq!(paired[1].served_by.unwrap().bytes, b"cache-pdk2-PDK");
        assert_eq!(paired[1].hits, Some(0));
        // An absent list takes part with nothing.
        assert_eq!(tiers(&words(b""), &hits(b""), &nodes).unwrap().len(), 2);
        // Real: four words, two nodes. Only the last node can be read.
        assert_eq!(
            tiers(&words(b"HIT, HIT, MISS, MISS"), &hits(b"1, 0"), &nodes),
            Err(CountsDiffer { words: 4, hits: 2, served_by: 2 })
        );
        // What is no number keeps its place.
        let counted = hits(b"1, x");
        assert_eq!(counted.counts, [Some(1), None]);
        assert_eq!(counted.problems.kept(), [Fault::NotANumber.at(3)]);
    }
}
