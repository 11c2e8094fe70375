//! The parsers of response fields: any bytes, in every field.
//!
//! Each parser is fed the same value, since a server may send anything anywhere. Checked is what
//! the module `field` promises: no panic, kept things within their limits, positions inside the
//! value, members that are what stands at their positions, and text without control characters.

use served_by::field::{
    Field, MAX_MEMBER_LEN, MAX_MEMBERS, MAX_PROBLEMS, MAX_TEXT, Problems, age, cache_status, clock, date, list,
    problems, proxy_status, server, server_timing, set_cookie, text, via, x_cache,
};

/// One real value of each field, with what is hard about it.
pub const SEEDS: &[&[u8]] = &[
    br#"1.1 d25b.example (CDN), https/1.1 [2001:db8::1]:80 (a (b\) c) "x), cache[0,H]"#,
    br#""Durable"; fwd=bypass, "An \"Edge\""; hit; ttl=-3; key="a, b"; detail=x, HIT from y"#,
    br#"cdn.example; error=dns_timeout; next-hop="192.0.2.1"; received-status=200, b"#,
    br#"cdn-cache; desc=HIT, edge; dur=1.25, ak_p; desc="17537999\"10634_1;2,3";dur=1"#,
    b"HIT TCP_REFRESH_HIT from a23, Miss from cloudfront, cp3066 hit/6",
    b"nginx/1.2 (Ubuntu (x) \\) y) PHP/7",
    b"__cf_bm=1; Path=/; Expires=Sun, 06 Nov 1994 08:49:37 GMT\n_cfuvid=2",
    b"99999999999999999999, -1, x",
    b"Sun, 06 Nov 1994 08:49:37 GMT",
    b"Sunday, 06-Nov-94 08:49:37 GMT",
    b"Sun Nov  6 08:49:37 1994",
    b"2025-08-25T23:10:35.123+02:00",
    b"20250825T231035Z-r1abc",
    b"03/18/2024 12:50:17",
    b"S1756163435.123456,VS0",
    b"974eddd419be203e-EZE",
    b"1753799910634_388",
];

/// What means something to some parser; the first two make the most members and the most
/// reading again.
pub const PIECES: &[&[u8]] = &[
    b"a,",
    b"\",(",
    b",",
    b"\"",
    b"(",
    b")",
    b"[",
    b"]",
    b"\\",
    b"\"\\",
    b"(,",
    b";",
    b"; a=",
    b"=",
    b":",
    b"/",
    b" ",
    b"\t,",
    b"\r\n",
    b"a=\n",
    b"\0",
    b"\x7f",
    b"\xff",
    b"\xc2\x85",
    b"\xf0\x9f",
    "\u{202e}".as_bytes(),
    b"1",
    b"-1",
    b"0.",
    b"@1",
    b"%\"%c3%a9\"",
    b":aGk=:",
    b"?1",
    b"; hit",
    b"; fwd=miss",
    b"; ttl=1",
    b"1.1 a,",
    b"HIT,",
    b"a;desc=\"\\\"\",",
    b" from ",
    b"+23:59",
    b"60",
];

/// Reads the bytes as each field and checks what each parser promises of its result.
pub fn run(value: &[u8]) {
    let of_all = ["age", "cache-status", "date", "proxy-status", "server", "server-timing", "set-cookie", "via", "age"]
        .map(|name| Field { name, value });
    assert!(problems(&of_all).iter().all(|(number, problem)| *number < of_all.len() && problem.at <= value.len()));

    let check = |problems: &Problems| {
        assert!(problems.kept().len() <= MAX_PROBLEMS);
        assert!(problems.count() >= problems.kept().len());
        for problem in problems.kept() {
            assert!(problem.at <= value.len(), "{problem:?}");
        }
    };

    let via = via::parse(value);
    check(&via.problems);
    assert!(via.members.len() <= MAX_MEMBERS);
    for member in &via.members {
        assert!(member.received_by.starts_with(member.host) && member.at < value.len());
    }

    let cache_status = cache_status::parse(value);
    check(&cache_status.problems);
    assert!(cache_status.members.len() + cache_status.words.len() <= MAX_MEMBERS);
    let proxy_status = proxy_status::parse(value);
    check(&proxy_status.problems);
    assert!(proxy_status.members.len() <= MAX_MEMBERS);

    let age = age::parse(value);
    check(&age.problems);
    assert!(age.age_s.is_some_and(|seconds| seconds <= age::MAX_AGE_S) || !age.problems.is_empty());

    let server = server::parse(value);
    check(&server.problems);
    assert!(server.parts.len() <= MAX_MEMBERS);

    let cookies = set_cookie::parse(value);
    check(&cookies.problems);
    assert!(cookies.names.len() <= MAX_MEMBERS);
    for name in &cookies.names {
        assert!(!name.is_empty() && !name.contains(['=', ';']), "part of a value");
    }

    let mut metrics = server_timing::metrics(value);
    let mut canonical = Vec::new();
    for metric in metrics.by_ref() {
        canonical.clear();
        metric.write_canonical(&mut canonical);
        assert!(canonical.starts_with(metric.name.as_bytes()));
        assert!(canonical.len() <= MAX_MEMBER_LEN);
    }
    check(metrics.problems());

    let words = x_cache::words(value);
    check(&words.problems);
    let hits = x_cache::hits(value);
    check(&hits.problems);
    let tiers = x_cache::tiers(&words, &hits, &x_cache::served_by(value));
    // Three readings of one list have one length.
    assert!(tiers.is_ok_and(|tiers| tiers.len() <= MAX_MEMBERS));

    for clock in clock::Clock::ALL {
        if let Ok(at_ms) = clock.read(value) {
            assert!((clock::EARLIEST_MS..clock::LATEST_MS).contains(&at_ms));
        }
    }
    for problem in [date::parse(value).err(), date::parse_iso(value).err()] {
        assert!(problem.is_none_or(|problem| problem.at <= value.len()));
    }

    let shown = text(value);
    assert!(shown.chars().count() <= MAX_TEXT + 1);
    assert!(!shown.chars().any(char::is_control));

    for grammar in
        [list::Grammar::PLAIN, list::Grammar::QUOTED, list::Grammar::COMMENTED, list::Grammar::QUOTED_AND_COMMENTED]
    {
        let mut after = 0;
        for member in list::members(value, grammar) {
            assert!(!member.bytes.is_empty() && member.at >= after);
            assert_eq!(member.bytes, &value[member.range()]);
            after = member.range().end;
        }
    }
}
