//! What holds for every parser of this module, whatever the bytes.
use super::*;

/// Real values of each field: the points from which the hostile ones are made.
const VALUES: &[&str] = &[
    r#"1.1 d25b.cloudfront.net (CloudFront), https/1.1 [2001:db8::1]:80 (a (b\) c) "x), cache[0,H]"#,
    r#""Netlify Durable"; fwd=bypass, "Netlify \"Edge\""; hit; ttl=-3; key="a, b"; detail=x, HIT"#,
    r#"cdn.example; error=dns_timeout; next-hop="192.0.2.1"; received-status=200, b"#,
    r#"cdn-cache; desc=HIT, edge; dur=1.25, ak_p; desc="17537999\"10634_1;2,3";dur=1"#,
    "HIT TCP_REFRESH_HIT from a23, Miss from cloudfront, cp3066 hit/6",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "2025-08-25T23:10:35.123+02:00",
    "nginx/1.2 (Ubuntu (x) \\) y) PHP/7",
    "__cf_bm=1; Path=/\n_cfuvid=2",
    "S1756163435.123456,VS0",
    "974eddd419be203e-EZE",
    "99999999999999999999, -1, x",
];

/// Runs every parser and checks what each promises of its result.
fn read_all(value: &[u8]) {
    let bounded = |problems: &Problems| {
        assert!(problems.kept().len() <= MAX_PROBLEMS);
        for problem in problems.kept() {
            assert!(problem.at <= value.len(), "{problem:?} of {}", value.len());
        }
    };
    let via = via::parse(value);
    bounded(&via.problems);
    assert!(via.members.len() <= MAX_MEMBERS);
    let cache_status = cache_status::parse(value);
    bounded(&cache_status.problems);
    assert!(cache_status.members.len() + cache_status.words.len() <= MAX_MEMBERS);
    let proxy_status = proxy_status::parse(value);
    bounded(&proxy_status.problems);
    assert!(proxy_status.members.len() <= MAX_MEMBERS);
    bounded(&age::parse(value).problems);
    bounded(&server::parse(value).problems);
    bounded(&set_cookie::parse(value).problems);
    let mut metrics = server_timing::metrics(value);
    let mut canonical = Vec::new();
    for metric in metrics.by_ref() {
        canonical.clear();
        metric.write_canonical(&mut canonical);
        assert!(canonical.len() <= MAX_MEMBER_LEN + 6);
    }
    bounded(metrics.problems());
    let words = x_cache::words(value);
    bounded(&words.problems);
    let hits = x_cache::hits(value);
    bounded(&hits.problems);
    let tiers = x_cache::tiers(&words, &hits, &x_cache::served_by(value));
    assert!(tiers.is_ok(), "three readings of one list have one length");
    for clock in clock::Clock::ALL {
        if let Ok(at_ms) = clock.read(value) {
            assert!((clock::EARLIEST_MS..clock::LATEST_MS).contains(&at_ms));
        }
    }
    let _ = date::parse(value);
    let _ = date::parse_iso(value);
    let shown = text(value);
    assert!(shown.chars().count() <= MAX_TEXT + 1);
    assert!(!shown.chars().any(char::is_control));
    for grammar in [
        list::Grammar::PLAIN,
        list::Grammar::QUOTED,
        list::Grammar::COMMENTED,
        list::Grammar::QUOTED_AND_COMMENTED,
    ] {
        let mut after = 0;
        for member in list::members(value, grammar) {
            assert!(!member.bytes.is_empty() && member.at >= after);
            assert_eq!(member.bytes, &value[member.range()]);
            after = member.range().end;
        }
    }
}

#[test]
fn values_cut_at_every_byte() {
    for value in VALUES {
        for end in 0..=value.len() {
            read_all(&value.as_bytes()[..end]);
            read_all(&value.as_bytes()[end..]);
        }
    }
}

#[test]
fn values_with_bytes_changed() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    // Half of the new bytes are those that mean something somewhere.
    let meaning = b"\"\\(),;=[]/:.-? \t\n@%0aZ";
    for _ in 0..20_000 {
        let mut value = VALUES[random(VALUES.len())].as_bytes().to_vec();
        for _ in 0..=random(6) {
            let at = random(value.len());
            let byte = match random(2) {
                0 => meaning[random(meaning.len())],
                _ => u8::try_from(random(256)).unwrap(),
            };
            match random(3) {
                0 => value[at] = byte,
                1 => value.insert(at, byte),
                _ => value.extend_from_within(at..),
            }
        }
        read_all(&value);
    }
}

#[test]
fn long_values_take_linear_time() {
    // Each is the worst for someone: no members, many, one, never closed, nested, escaped. A
    // quadratic reader would not end within hours, so that no time needs to be measured.
    #[rustfmt::skip]
    let patterns: &[&[u8]] = &[
        b"\0", b"a", b",", b"\"", b"(", b")", b"\\", b"\"\\", b"[", b"(,", b"\",", b";", b";a=", b"\n",
        b"a=\n", b" ", b"\t,", b"1", b"\xff", b"\xf0\x9f", "\u{202e}".as_bytes(), b"a;hit,",
        b"1.1 a,", b"a;desc=\"\\\"\",",
    ];
    for pattern in patterns {
        read_all(&pattern.repeat(300_000 / pattern.len()));
    }
    for pattern in [&b"a,"[..], b"\",("] {
        read_all(&pattern.repeat(10_000_000 / pattern.len()));
    }
}

#[test]
fn text_shows_what_is_there() {
    #[rustfmt::skip]
    let rows: &[(&[u8], &str)] = &[
        (b"", ""),
        (b"plain", "plain"),
        ("été".as_bytes(), "été"),
        // Control characters have pictures; a line feed cannot make a second line.
        (b"a\0b\r\n\tc\x7f", "a\u{2400}b\u{240d}\u{240a}\u{2409}c\u{2421}"),
        // Latin-1 is not UTF-8: each byte that cannot be read is one mark.
        (b"caf\xe9 \xff\xff", "caf\u{fffd} \u{fffd}\u{fffd}"),
        // Text that turns the reading direction or hides is disarmed.
        ("a\u{202e}b\u{200b}c\u{2028}".as_bytes(), "a\u{fffd}b\u{fffd}c\u{fffd}"),
    ];
    for (value, expected) in rows {
        assert_eq!(text(value), *expected);
    }
    assert!(matches!(text(b"plain"), Cow::Borrowed(_)));
    assert_eq!(text_within(b"abcd", 4), "abcd");
    assert_eq!(text_within(b"abcde", 4), "abcd…");
    // The limit counts characters, not bytes, and never cuts one in two.
    assert_eq!(text_within("éééé".as_bytes(), 4), "éééé");
    assert_eq!(text_within("ééééé".as_bytes(), 4), "éééé…");
    assert_eq!(text_within(b"abc", 0), "…");
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let problems = age::parse("x,".repeat(100).as_bytes()).problems;
    assert_eq!(problems.kept().len(), MAX_PROBLEMS);
    assert_eq!(problems.count(), 101);
}
