use super::delivery::machine_of;
use super::writing::{elides, possessive};
use super::*;
use crate::BUNDLED;
use crate::dataset::image::Image;
use crate::detect::response::Response;
use crate::detect::short::Short;
use crate::detect::table::{Provider, Tables};
use crate::detect::verdict::{Conflict, Copy, Freshness, LayerFound, LayerRole, Origin, Pop, Reason, Stamp, Verdict};
use crate::detect::vocabulary::{CacheWord, Grade, Layer, Strength};
use crate::net::Reach;
use crate::net::operators::AsNumber;
use crate::page::State;

pub const LANGS: [Lang; 2] = [Lang::En, Lang::Fr];

pub const STATES: [State; 18] = [
    State::Network,
    State::Revalidated,
    State::BrowserCache,
    State::ServiceWorker,
    State::BackForwardCache,
    State::Prefetched,
    State::Prerendered,
    State::Download,
    State::NoContent,
    State::Proxied,
    State::OlderThanExtension,
    State::Discarded,
    State::NoAccess,
    State::BrowserPage,
    State::LocalFile,
    State::Waiting,
    State::Failed,
    State::Missed,
];

/// What is wrong with the marks of a text, or with what it says; texts of others are not to be in it.
pub fn fault(text: &str, lang: Lang) -> Option<String> {
    let fault = |what: &str| Some(format!("{what}: {text:?}"));
    let letters: Vec<char> = text.chars().collect();
    let before = |at: usize| at.checked_sub(1).map(|at| letters[at]);
    if text.trim().is_empty() || text.trim() != text {
        return fault("empty, or space at an end");
    }
    if text.contains('\'') || text.contains('"') || text.contains("...") || text.contains("  ") {
        return fault("typewriter's marks");
    }
    for (at, letter) in letters.iter().enumerate() {
        let ends_word = letters.get(at + 1).is_none_or(|next| [' ', '\u{a0}', '\n'].contains(next));
        let spaced = matches!(before(at), Some(' ' | '\u{a0}' | '\u{202f}'));
        match (letter, lang) {
            ('!' | '?' | ';' | ':' | ',' | '.', Lang::En) if spaced => return fault("space before a mark"),
            ('\u{a0}' | '\u{202f}' | '«' | '»', Lang::En) => return fault("French marks"),
            ('!' | '?' | ';', Lang::Fr) if before(at) != Some('\u{202f}') => {
                return fault("narrow space is missing");
            }
            (':', Lang::Fr) if ends_word && before(at) != Some('\u{a0}') => return fault("space is missing"),
            (',' | '.', Lang::Fr) if spaced => return fault("space before a mark"),
            ('«', Lang::Fr) if letters.get(at + 1) != Some(&'\u{a0}') => return fault("space inside guillemets"),
            ('»', Lang::Fr) if before(at) != Some('\u{a0}') => return fault("space inside guillemets"),
            ('“' | '”', Lang::Fr) => return fault("English marks"),
            _ => {}
        }
    }
    if lang == Lang::Fr {
        for word in ["de ", "De ", "que ", "Que "] {
            let whole = |at: usize| !text[..at].ends_with(char::is_alphanumeric);
            // Cagayan de Oro is a name of another language.
            let ours = |name: &str| elides(name) && !name.starts_with("Oro ");
            if text.match_indices(word).any(|(at, _)| whole(at) && ours(&text[at + word.len()..])) {
                return fault("not elided");
            }
        }
    }
    let lower = text.to_lowercase();
    ["no cdn", "without a cdn", "pas de cdn", "aucun cdn", "sans cdn"]
        .iter()
        .find(|claim| lower.contains(*claim))
        .and_then(|_| fault("claims an absence"))
}

fn tables() -> Tables<'static> {
    Image::open(BUNDLED).unwrap().tables
}

/// A provider whose name begins with a vowel, and one whose name does not.
fn two(tables: &Tables<'_>) -> [Provider; 2] {
    ["akamai", "cloudflare"].map(|id| tables.find(id).unwrap())
}

fn reasons(platform: Provider) -> Vec<Reason> {
    let reaches = [Reach::Loopback, Reach::Private, Reach::Benchmark, Reach::Reserved];
    let mut reasons = vec![
        Reason::Address,
        Reason::AddressOnMachines { platform },
        Reason::HostNetwork,
        Reason::RentedMachine { network: platform },
        Reason::Fields,
        Reason::PlatformCarrier { platform },
        Reason::HostName,
        Reason::CanonicalName,
        Reason::Network { number: AsNumber(64_500) },
        Reason::Operator { number: AsNumber(64_500) },
        Reason::NothingSeen,
        Reason::AddressUnlisted,
        Reason::BehindProxy,
        Reason::OnlyFossils { provider: platform },
        Reason::OnlyWeak,
        Reason::ServiceOnly { provider: platform },
        Reason::Contradiction,
        Reason::MadeByBrowser,
    ];
    reasons.extend(reaches.map(|reach| Reason::AddressSpecial { reach }));
    reasons
}

fn verdict(delivered_by: Option<Provider>, reason: Reason, grade: Grade) -> Verdict<'static> {
    Verdict {
        delivered_by,
        operator: None,
        grade,
        reason,
        layers: Short::default(),
        hosted_at: None,
        origin: Origin::Unobservable,
        pop: None,
        copy: Copy::Unknown,
        word: None,
        age_s: None,
        conflicts: Vec::new(),
        evidence: Vec::new(),
        left_out: 0,
    }
}

fn names_nobody(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::NothingSeen
            | Reason::AddressUnlisted
            | Reason::Operator { .. }
            | Reason::AddressSpecial { .. }
            | Reason::BehindProxy
            | Reason::OnlyFossils { .. }
            | Reason::OnlyWeak
            | Reason::ServiceOnly { .. }
            | Reason::Contradiction
            | Reason::MadeByBrowser
    )
}

#[test]
fn every_reason_is_told_in_both_languages() {
    let tables = tables();
    let [vowel, consonant] = two(&tables);
    let addresses = [None, Some("198.51.100.7"), Some("104.17.128.172"), Some("10.0.0.1"), Some("2001:db8::1")];
    for (edge, other) in [(vowel, consonant), (consonant, vowel), (consonant, consonant)] {
        for reason in reasons(other) {
            for grade in [Grade::Certain, Grade::Likely, Grade::Possible, Grade::Unknown] {
                let verdict = verdict((!names_nobody(reason)).then_some(edge), reason, grade);
                let mut seen = Vec::new();
                for (lang, address) in LANGS.into_iter().flat_map(|lang| addresses.map(|address| (lang, address))) {
                    for (voice, from_cache, proxied) in [
                        (Voice::Live, false, false),
                        (Voice::Live, true, false),
                        (Voice::Recorded, false, true),
                        (Voice::Recorded, true, false),
                    ] {
                        let response = Response {
                            url: "https://www.example.com/",
                            server_address: address.map(|address| address.parse().unwrap()),
                            canonical_name: Some("www.example.com.example.net"),
                            from_cache,
                            proxied,
                            ..Response::default()
                        };
                        let text = why(&verdict, &response, &tables, lang, voice);
                        assert_eq!(fault(&text, lang), None);
                        assert!(text.ends_with('.'), "{text}");
                        let named = verdict.delivered_by.is_none_or(|edge| text.contains(tables.name(edge)));
                        assert!(named, "{reason:?}: {text}");
                        seen.push(text);
                    }
                }
                for lang in LANGS {
                    let short = sentence(&verdict, &tables, lang);
                    assert_eq!(fault(&short, lang), None);
                    assert!(!short.ends_with('.'), "{short}");
                    for state in STATES {
                        assert_eq!(fault(&headline(state, Some(&verdict), &tables, lang), lang), None);
                        assert_eq!(fault(&headline(state, None, &tables, lang), lang), None);
                    }
                }
                let (english, french) = seen.split_at(seen.len() / 2);
                assert!(english.iter().all(|text| !french.contains(text)), "{reason:?} is not translated");
            }
        }
    }
}

#[test]
fn sentences_read_as_agreed() {
    let tables = tables();
    let cloudflare = tables.find("cloudflare").unwrap();
    let mut verdict = verdict(Some(cloudflare), Reason::Address, Grade::Certain);
    verdict.pop = Some(Pop { code: "CDG".into(), coding: Some(0) });
    verdict.copy = Copy::Stored;
    verdict.word = Some(("HIT".into(), CacheWord::Stored));
    verdict.age_s = Some(264);
    let response = Response { server_address: Some("104.17.128.172".parse().unwrap()), ..Response::default() };
    assert_eq!(sentence(&verdict, &tables, Lang::En), "Cloudflare, Paris, stored copy");
    assert_eq!(sentence(&verdict, &tables, Lang::Fr), "Cloudflare, Paris, copie conservée");
    let told = |lang, voice, verdict: &Verdict<'_>| why(verdict, &response, &tables, lang, voice);
    assert!(
        told(Lang::En, Voice::Live, &verdict)
            .starts_with("Your browser was connected to a Cloudflare machine (104.17.128.172).")
    );
    assert!(
        told(Lang::Fr, Voice::Live, &verdict)
            .starts_with("Votre navigateur était connecté à une machine de Cloudflare (104.17.128.172).")
    );
    assert!(told(Lang::En, Voice::Recorded, &verdict).starts_with("The response came from a Cloudflare machine"));
    assert_eq!(copy(&verdict, &tables, Lang::En), "Cloudflare sent a stored copy, 4 min 24 s old.");
    assert_eq!(
        copy(&verdict, &tables, Lang::Fr),
        "Cloudflare a envoyé une copie conservée, âgée de 4\u{a0}min\u{a0}24\u{a0}s."
    );
    verdict.reason = Reason::Fields;
    assert_eq!(
        told(Lang::En, Voice::Live, &verdict),
        "Your browser was connected to a Cloudflare machine (104.17.128.172). Routing data place the address with Cloudflare, and the \
         response carries its mark."
    );
    verdict.grade = Grade::Likely;
    assert_eq!(sentence(&verdict, &tables, Lang::En), "Probably Cloudflare, Paris, stored copy");
    let unchecked = why(&verdict, &Response::default(), &tables, Lang::En, Voice::Live);
    assert_eq!(unchecked, "Probably served by Cloudflare; the address could not be checked.");
    assert_eq!(
        headline(State::BrowserCache, Some(&verdict), &tables, Lang::Fr),
        "Du cache de votre navigateur, livré auparavant\u{a0}: probablement Cloudflare, Paris, copie conservée"
    );
}

#[test]
fn origins_copies_and_conflicts_are_told_in_both_languages() {
    let tables = tables();
    let [vowel, consonant] = two(&tables);
    let words = [
        CacheWord::Stored,
        CacheWord::StoredElsewhere,
        CacheWord::Revalidated,
        CacheWord::Fetched,
        CacheWord::Passed,
        CacheWord::Made,
    ];
    let copies = [Copy::Stored, Copy::Passed, Copy::Revalidated, Copy::Unknown];
    let origins = [Origin::Visible, Origin::Hidden, Origin::Hinted, Origin::Unobservable];
    for lang in LANGS {
        for edge in [None, Some(vowel), Some(consonant)] {
            for (copied, word) in copies.iter().flat_map(|copied| words.map(|word| (*copied, word))) {
                for age_s in [None, Some(0), Some(86_400)] {
                    let verdict = Verdict {
                        copy: copied,
                        word: Some(("HIT".into(), word)),
                        age_s,
                        ..verdict(edge, Reason::Address, Grade::Certain)
                    };
                    assert_eq!(fault(&copy(&verdict, &tables, lang), lang), None);
                }
                assert_eq!(fault(&word_note("HIT", word, lang), lang), None);
                assert_eq!(fault(&word_read("HIT", word, lang), lang), None);
            }
            for held in [None, Some(vowel)] {
                for role in [LayerRole::Inner, LayerRole::Platform] {
                    for (origin, reason) in origins
                        .iter()
                        .flat_map(|origin| [Reason::Address, Reason::HostNetwork].map(|reason| (*origin, reason)))
                    {
                        let verdict = Verdict {
                            origin,
                            hosted_at: held,
                            layers: [LayerFound { provider: vowel, role, when_stored: true }].into_iter().collect(),
                            ..verdict(edge, reason, Grade::Certain)
                        };
                        assert_eq!(fault(&origin_why(&verdict, &tables, lang), lang), None);
                        assert_eq!(fault(super::origin(origin, lang), lang), None);
                    }
                }
            }
        }
        for told in [
            Conflict::AddressAgainstFields { address: vowel, fields: consonant },
            Conflict::AddressAgainstFields { address: consonant, fields: vowel },
            Conflict::OperatorAgainstFields { operator: AsNumber(64_500), fields: vowel },
            Conflict::TwoInFront { first: vowel, second: consonant },
            Conflict::TooMany { count: 5 },
        ] {
            assert_eq!(fault(&conflict(told, &tables, lang), lang), None);
        }
    }
}

#[test]
fn single_words_are_set_well() {
    let tables = tables();
    for lang in LANGS {
        let mut texts: Vec<String> = Vec::new();
        texts.extend(Label::ALL.map(|label| label.text(lang).to_owned()));
        texts.extend(STATES.map(|state| state_title(state, lang).to_owned()));
        texts.extend(STATES.map(|state| state_meaning(state, lang).to_owned()));
        for grade in [Grade::Unknown, Grade::Possible, Grade::Likely, Grade::Certain] {
            texts.push(super::grade(grade, lang).to_owned());
            texts.extend(reasons(two(&tables)[0]).iter().map(|reason| grade_meaning(grade, *reason, lang).to_owned()));
        }
        for strength in [Strength::Reading, Strength::Weak, Strength::Strong, Strength::Definitive] {
            texts.extend([false, true].map(|in_use| super::evidence::strength(strength, in_use, lang).to_owned()));
        }
        texts.extend(
            [Layer::Any, Layer::LastWriter, Layer::Origin].map(|layer| super::evidence::layer(layer, lang).to_owned()),
        );
        tables.rules.iter().for_each(|rule| proves(rule, &mut texts, lang));
        for role in [
            LayerRole::Edge,
            LayerRole::Inner,
            LayerRole::Platform,
            LayerRole::Host,
            LayerRole::Storage,
            LayerRole::Origin,
        ] {
            texts.push(super::role(role, lang).to_owned());
        }
        for (freshness, at_ms, now) in [
            (Freshness::Fresh, 1, None),
            (Freshness::Fossil, 1, Some(90_000_000)),
            (Freshness::Fossil, 1, None),
            (Freshness::Fossil, i64::MAX, Some(i64::MIN / 2)),
            (Freshness::Undated, 1, None),
            (Freshness::Undated, i64::MIN, None),
        ] {
            texts.push(super::freshness(Stamp { at_ms, freshness }, now, lang));
        }
        for code in ["CDG", "FRX", "QQQ"] {
            for coding in [None, Some(0)] {
                texts.push(place(&Pop { code: code.into(), coding }, &tables, lang));
            }
        }
        texts.extend(tables.lists.iter().map(|list| list_basis(list, &tables, lang)));
        texts.extend([
            in_page(lang).to_owned(),
            member(2, 3, lang),
            place_read("Paris", lang),
            checked(20_261_125, lang).unwrap(),
            copied(20_260_101, lang).unwrap(),
            in_prefix("2001:db8::1", "2001:db8::/32", lang),
            requests(0, lang),
            requests(1, lang),
            requests(12_345, lang),
            requests_beyond(1, lang),
            requests_beyond(2, lang),
            requests_to_own_host(2, "www.example.com", None, lang),
            requests_to_own_host(2, "www.example.com", Some(("Cloudflare", Grade::Possible)), lang),
            dated(0, lang).unwrap(),
            browser_error("net::ERR_FAILED", lang),
            dataset("2026-11-25", &[0xab; 32], lang),
            dataset("", &[], lang).trim_end_matches(", ").to_owned(),
        ]);
        for text in texts {
            assert_eq!(fault(&text, lang), None);
        }
    }
}

/// Every provider and every place that the dataset names must read well inside the sentences.
#[test]
fn names_of_the_dataset_are_set_well() {
    let tables = tables();
    for lang in LANGS {
        for number in 0..tables.providers.len() as u16 {
            assert_eq!(fault(tables.name(Provider(number)), lang), None);
            assert_eq!(fault(&machine_of(tables.name(Provider(number)), lang), lang), None);
        }
        for row in tables.places {
            let pop = Pop { code: tables.text(row.code).into(), coding: Some(row.coding()) };
            assert_eq!(fault(&place(&pop, &tables, lang), lang), None);
        }
    }
}

#[test]
fn a_country_is_left_out_only_where_it_says_the_city() {
    let tables = tables();
    let told = |city: &str, lang: Lang| {
        let row = tables.places.iter().find(|row| tables.text(row.city) == city && row.confidence != 2).unwrap();
        place(&Pop { code: tables.text(row.code).into(), coding: Some(row.coding()) }, &tables, lang)
    };
    for (city, english, french) in [
        ("Tunis", "Tunis, Tunisia", "Tunis (Tunisie)"),
        ("Hong Kong", "Hong Kong", "Hong Kong"),
        ("Macao", "Macao", "Macao"),
        ("Singapore", "Singapore", "Singapour"),
        ("Kuwait City", "Kuwait City, Kuwait", "Koweït"),
    ] {
        assert_eq!((told(city, Lang::En).as_str(), told(city, Lang::Fr).as_str()), (english, french));
    }
}

#[test]
fn articles_and_elisions() {
    for (name, french, english) in [
        ("Cloudflare", "de Cloudflare", "a Cloudflare machine"),
        ("Akamai", "d’Akamai", "an Akamai machine"),
        ("OVHcloud", "d’OVHcloud", "an OVHcloud machine"),
        ("IONOS", "d’IONOS", "an IONOS machine"),
        ("Hetzner", "de Hetzner", "a Hetzner machine"),
        ("one.com", "de one.com", "a one.com machine"),
        ("imgix", "d’imgix", "an imgix machine"),
        ("F5 Distributed Cloud", "de F5 Distributed Cloud", "an F5 Distributed Cloud machine"),
        ("Yandex", "de Yandex", "a Yandex machine"),
        ("LWS", "de LWS", "an LWS machine"),
        ("UCloud", "d’UCloud", "a UCloud machine"),
        ("UpCloud", "d’UpCloud", "an UpCloud machine"),
        ("X", "de X", "an X machine"),
        ("Xserver", "de Xserver", "an Xserver machine"),
        ("Xneelo", "de Xneelo", "a Xneelo machine"),
    ] {
        assert_eq!(de(name), french);
        assert_eq!(que(name), french.replacen('d', "qu", 1));
        assert_eq!(machine_of(name, Lang::En), english);
    }
    assert_eq!(possessive("Fastly"), "Fastly’s");
    assert_eq!(possessive("Amazon Web Services"), "Amazon Web Services’");
}

#[test]
fn lengths_of_time_numbers_and_dates() {
    for (age_s, english, french) in [
        (0, "0 s", "0\u{a0}s"),
        (59, "59 s", "59\u{a0}s"),
        (60, "1 min", "1\u{a0}min"),
        (264, "4 min 24 s", "4\u{a0}min\u{a0}24\u{a0}s"),
        (3_600, "1 h", "1\u{a0}h"),
        (11_100, "3 h 5 min", "3\u{a0}h\u{a0}5\u{a0}min"),
        (86_400, "1 day", "1\u{a0}jour"),
        (2 * 86_400 + 7_200, "2 days 2 h", "2\u{a0}jours\u{a0}2\u{a0}h"),
        (16 * 86_400 + 5, "16 days", "16\u{a0}jours"),
        (u64::MAX, "213,503,982,334,601 days", "213\u{202f}503\u{202f}982\u{202f}334\u{202f}601\u{a0}jours"),
    ] {
        assert_eq!(age(age_s, Lang::En), english);
        assert_eq!(age(age_s, Lang::Fr), french);
    }
    assert_eq!(number(1_000, Lang::En), "1,000");
    assert_eq!(number(999, Lang::Fr), "999");
    assert_eq!(date(20_261_125, Lang::En).as_deref(), Some("25 November 2026"));
    assert_eq!(date(20_260_801, Lang::Fr).as_deref(), Some("1er\u{a0}août 2026"));
    assert_eq!(date(20_261_325, Lang::En), None);
    assert_eq!(date(0, Lang::Fr), None);
    for (at_ms, english) in [
        (0, Some("1 January 1970, 00:00 UTC")),
        (1_710_766_217_000, Some("18 March 2024, 12:50 UTC")),
        (951_782_400_000, Some("29 February 2000, 00:00 UTC")),
        (-1, Some("31 December 1969, 23:59 UTC")),
        (i64::MAX, None),
        (i64::MIN, None),
    ] {
        assert_eq!(instant(at_ms, Lang::En).as_deref(), english);
    }
    assert_eq!(instant(1_710_766_217_000, Lang::Fr).as_deref(), Some("18\u{a0}mars 2024, 12\u{a0}h\u{a0}50 UTC"));
}

#[test]
fn prefixes_are_told_by_their_first_address() {
    for (address, length, expected) in [
        ("104.17.128.172", 13, "104.16.0.0/13"),
        ("104.17.128.172", 32, "104.17.128.172/32"),
        ("104.17.128.172", 0, "0.0.0.0/0"),
        ("::ffff:104.17.128.172", 13, "104.16.0.0/13"),
        ("2001:db8:1:2::3", 48, "2001:db8:1::/48"),
        ("2001:db8::1", 0, "::/0"),
        ("2001:db8::1", 255, "2001:db8::1/255"),
    ] {
        assert_eq!(prefix_of(address.parse().unwrap(), length), expected);
    }
}

#[test]
fn languages_are_taken_from_tags_and_locales() {
    for (tag, lang) in [("fr", Lang::Fr), ("fr-CA", Lang::Fr), ("fr_FR.UTF-8", Lang::Fr), ("FR", Lang::Fr)] {
        assert_eq!(Lang::from_tag(tag), lang);
    }
    for tag in ["", "en", "en-GB", "de", "frr", "fro", "C"] {
        assert_eq!(Lang::from_tag(tag), Lang::En);
    }
}

#[test]
fn the_language_of_every_bundled_source_and_authority_is_named_in_words() {
    let bundled = crate::dataset::image::records(crate::BUNDLED_RECORDS).unwrap();
    assert!(bundled.sources.len() > 100);
    let of_authorities = bundled.authorities.iter().flat_map(|row| bundled.text(row.languages).split(", "));
    for code in bundled.sources.iter().map(|source| source.language()).chain(of_authorities) {
        assert!(records::in_language(code, Lang::En).starts_with("in "), "{code}");
        assert!(records::in_language(code, Lang::Fr).starts_with("en "), "{code}");
    }
    assert_eq!(records::in_language("xx", Lang::Fr), "xx");
}

/// Sentences that no test above reaches are read in the source: whatever stands between quotes there.
#[test]
fn no_typewriter_marks_in_the_source() {
    let sources = [
        include_str!("delivery.rs"),
        include_str!("evidence.rs"),
        include_str!("label.rs"),
        include_str!("operator.rs"),
        include_str!("records.rs"),
        include_str!("state.rs"),
        include_str!("update.rs"),
        include_str!("writing.rs"),
    ];
    for (line, text) in sources.into_iter().flat_map(str::lines).enumerate() {
        let code = text.split("//").next().unwrap();
        for literal in code.split('"').skip(1).step_by(2) {
            assert!(!literal.contains('\''), "line {}: {literal}", line + 1);
            assert!(!literal.contains("..."), "line {}: {literal}", line + 1);
            for pair in [" !", " ?", " ;", " :", "« ", " »"] {
                assert!(!literal.contains(pair), "line {}: {literal}", line + 1);
            }
        }
    }
}

#[test]
fn other_peoples_text_is_bounded_and_visible() {
    let long = "x".repeat(10_000);
    assert!(quoted(&long, Lang::En).chars().count() < 100);
    assert!(field_name(&long, Lang::En).chars().count() < 100);
    assert_eq!(quoted("a\u{202e}b\n", Lang::En), "“a\u{fffd}b\u{240a}”");
}
