//! Real gateways, chained on loopback in every order: nginx, Varnish, HAProxy, Squid and Apache
//! Traffic Server, before a plain nginx as the origin server.
//!
//! Everybody may run these programs, and several providers do, so their fields prove which program
//! answered and never whose machine it was. The tests need the programs of Debian's packages and
//! fail without them; `./build.sh test proxies` installs what is missing.

mod capture;
mod programs;

use capture::Exchange;
use programs::Kind;
use std::{path::Path, process::Command, sync::LazyLock, thread, time::Duration};

/// Everything the chains answered. The programs run only while this is captured.
static EXCHANGES: LazyLock<Vec<Exchange>> = LazyLock::new(|| {
    let programs = programs::start();
    let mut exchanges = Vec::new();
    for chain in chains() {
        // The first response fills the caches, the second comes out of one, the third must not.
        let get = |path| capture::get(&programs, chain.clone(), "", path);
        let first = get("/stored");
        let mut second = get("/stored");
        // A cache may file a copy a moment after it has sent it on.
        let mut tries = 0;
        while may_keep(&first) && !chain[0].says_hit(&second) && tries < 50 {
            thread::sleep(Duration::from_millis(10));
            second = get("/stored");
            tries += 1;
        }
        exchanges.extend([first, second, get("/passed")]);
    }
    for kind in Kind::ALL {
        // What each says itself when nobody answers behind it.
        exchanges.push(capture::get(&programs, vec![kind], "-nowhere", "/stored"));
    }
    exchanges
});

/// Whether the outermost gateway keeps a copy: HAProxy 2.6 keeps none of what comes with an Age.
fn may_keep(first: &Exchange) -> bool {
    first.chain[0] != Kind::Haproxy || !first.has("age", "")
}

/// Every selection of one to five different gateways in every order, reader first: 325 chains.
fn chains() -> Vec<Vec<Kind>> {
    let mut all: Vec<Vec<Kind>> = vec![vec![]];
    let mut from = 0;
    for _ in Kind::ALL {
        let longest = all.len();
        for index in from..longest {
            for kind in Kind::ALL {
                if !all[index].contains(&kind) {
                    let chain = [all[index].as_slice(), &[kind]].concat();
                    all.push(chain);
                }
            }
        }
        from = longest;
    }
    all.split_off(1)
}

#[test]
fn every_gateway_leaves_its_own_field() {
    for exchange in EXCHANGES.iter().filter(|exchange| exchange.status == 200) {
        for kind in &exchange.chain {
            assert!(kind.signed(exchange), "{kind:?} left no field in {exchange}");
        }
    }
    let answered = EXCHANGES.iter().filter(|exchange| exchange.status == 200).count();
    assert_eq!(answered, 325 * 3, "each chain answers three times");
}

#[test]
fn the_second_response_comes_out_of_a_cache_and_an_uncacheable_one_does_not() {
    for pair in EXCHANGES.windows(2).filter(|pair| pair[0].url == pair[1].url) {
        let outermost = pair[0].chain[0];
        assert!(!outermost.says_hit(&pair[0]), "{outermost:?} had no copy yet: {}", pair[0]);
        assert!(outermost.says_hit(&pair[1]) || !may_keep(&pair[0]), "{outermost:?} had a copy: {}", pair[1]);
    }
    for passed in EXCHANGES.iter().filter(|exchange| exchange.url.ends_with("/passed")) {
        assert!(!passed.chain[0].says_hit(passed), "a private page was kept: {passed}");
    }
}

#[test]
fn a_gateway_without_anyone_behind_it_answers_itself() {
    let lonely = EXCHANGES.iter().filter(|exchange| exchange.url.contains("-nowhere"));
    let status: Vec<u16> = lonely.map(|exchange| exchange.status).collect();
    assert_eq!(status.len(), 5);
    assert!(status.iter().all(|status| matches!(status, 502..=504)), "{status:?}");
}

#[test]
fn no_gateway_is_taken_for_a_provider() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("proxies.har");
    std::fs::write(&file, capture::har(&EXCHANGES)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_served-by"))
        .args(["inspect", "--format", "ndjson"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = String::from_utf8(output.stdout).unwrap();
    let mut lines = report.lines();
    for exchange in EXCHANGES.iter() {
        let line: serde_json::Value = serde_json::from_str(lines.next().expect("a line for each")).unwrap();
        let said = format!("{exchange}\nwas said to be\n{line:#}");
        assert!(line["delivered_by"].is_null(), "{said}");
        assert!(line["hosted_at"].is_null(), "{said}");
        for layer in line["layers"].as_array().expect("layers are a list") {
            assert!(layer["provider"].is_null(), "{said}");
        }
    }
    assert_eq!(lines.next(), None, "no line more than responses");
}
