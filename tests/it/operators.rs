use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;
use served_by::BUNDLED;
use served_by::dataset::image::{self, Image};
use served_by::dataset::operators;
use served_by::detect;
use served_by::detect::response::Response;
use served_by::detect::table::Tables;
use served_by::detect::verdict::{Conflict, Origin, Reason};
use served_by::detect::vocabulary::Grade;
use served_by::field::Field;
use served_by::net::operators::AsNumber;
use served_by::ui::words::{self, Lang, Voice};

use crate::{served_by, served_by_reading, text, tool};

/// Addresses that no list of the dataset holds, in the networks of a provider in front, of a host that
/// others rent from, and of somebody whom the dataset does not know.
const TEXT: &str = "\
192.0.32.0,192.0.32.255,13335,\"Cloudflare, Inc.\"\n\
192.0.33.0,192.0.33.255,16276,OVH SAS\n\
192.0.34.0,192.0.34.255,40528,ICANN\n\
192.0.36.0,192.0.36.255,1234,Société Générale\n\
192.0.37.0,192.0.37.255,3320,Deutsche Telekom AG\n\
192.0.38.0,192.0.38.255,20940,\"Akamai Technologies, Inc.\"\n\
192.175.48.0,192.175.48.255,112,DNS-OARC\n\
2001:20::,2001:2f:ffff:ffff:ffff:ffff:ffff:ffff,112,DNS-OARC\n\
2620:0:2830::,2620:0:2830:ffff:ffff:ffff:ffff:ffff,16876,ICANN\n";

fn table() -> Vec<u8> {
    operators::image(&operators::read_text(Path::new("text"), TEXT.as_bytes()).expect("a good text"))
}

/// A response at half past eight on 14 September 2026, UTC.
fn judged<R>(
    address: &str,
    fields: &[(&str, &str)],
    proxied: bool,
    read: impl FnOnce(&detect::verdict::Verdict<'_>, &Response<'_>, &Tables<'_>) -> R,
) -> R {
    let table = table();
    let mut tables = Image::open(BUNDLED).expect("bundled").tables;
    tables.operators = image::operators(&table).expect("just made");
    let fields: Vec<Field<'_>> = fields.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
    let response = Response {
        url: "https://www.example.com/",
        status: 200,
        fields: &fields,
        server_address: Some(address.parse::<IpAddr>().expect("an address")),
        received_at_ms: Some(1_789_374_600_000),
        proxied,
        ..Response::default()
    };
    read(&detect::verdict(&response, &tables), &response, &tables)
}

/// Fields of Cloudflare with a clock of a few seconds ago.
const CLOUDFLARE: &[(&str, &str)] =
    &[("server", "cloudflare"), ("cf-ray", "a3ae06f219be203e-CDG"), ("date", "Mon, 14 Sep 2026 08:30:00 GMT")];

#[test]
fn an_operator_is_named_when_nothing_stronger_speaks() {
    judged("192.0.34.7", &[("server", "nginx")], false, |verdict, response, tables| {
        let number = AsNumber(40528);
        assert_eq!((verdict.delivered_by, verdict.reason), (None, Reason::Operator { number }));
        assert_eq!((verdict.operator, verdict.origin), (Some(number), Origin::Unobservable));
        let why = words::why(verdict, response, tables, Lang::En, Voice::Live);
        assert!(why.starts_with("The network that answered is operated by ICANN (AS40528)."), "{why}");
        assert_eq!(words::sentence(verdict, tables, Lang::En), "A machine in the network of ICANN (AS40528)");
        assert_eq!(words::sentence(verdict, tables, Lang::Fr), "Une machine du réseau d’ICANN (AS40528)");
    });
}

#[test]
fn a_host_s_own_network_names_the_host_and_a_cdn_s_only_possibly_the_cdn() {
    judged("192.0.33.7", &[("server", "nginx")], false, |verdict, _, tables| {
        assert_eq!(verdict.delivered_by, tables.find("ovhcloud"));
        assert_eq!(
            (verdict.reason, verdict.grade, verdict.origin),
            (Reason::HostNetwork, Grade::Likely, Origin::Visible)
        );
    });
    judged("192.0.32.7", &[], false, |verdict, _, tables| {
        assert_eq!(verdict.delivered_by, tables.find("cloudflare"));
        assert_eq!((verdict.reason, verdict.grade), (Reason::Network { number: AsNumber(13335) }, Grade::Possible));
        assert_eq!(verdict.origin, Origin::Hidden);
    });
}

#[test]
fn agreement_raises_the_grade_and_disagreement_is_shown() {
    let grade = |address: &str| {
        judged(address, CLOUDFLARE, false, |verdict, _, tables| {
            assert_eq!(verdict.delivered_by, tables.find("cloudflare"), "{address}");
            (verdict.grade, verdict.conflicts.clone())
        })
    };
    assert_eq!(grade("192.0.35.7"), (Grade::Likely, vec![]));
    assert_eq!(grade("192.0.32.7"), (Grade::Certain, vec![]));
    let (lower, conflicts) = grade("192.0.33.7");
    assert_eq!(lower, Grade::Possible);
    assert!(
        matches!(conflicts[..], [Conflict::OperatorAgainstFields { operator: AsNumber(16276), .. }]),
        "{conflicts:?}"
    );
}

/// Akamai and Google publish a part of their addresses, and have machines in networks of access providers: being
/// there speaks against neither. A host whom the dataset knows is none: there something relays, or copies a name.
#[test]
fn machines_at_access_providers_are_no_contradiction() {
    let grn: &[(&str, &str)] = &[("akamai-grn", "0.01020307.1789374598.abcdef02")];
    let media: &[(&str, &str)] = &[("server", "gvs 1.0")];
    let made: &[(&str, &str)] = &[("server", "AkamaiGHost")];
    for (fields, provider, alive) in [
        (grn, "akamai", true),
        (media, "google-frontend", false),
        (made, "akamai", false),
        (CLOUDFLARE, "cloudflare", true),
    ] {
        let found = |address: &str| {
            judged(address, fields, false, |verdict, _, tables| {
                assert_eq!(verdict.delivered_by, tables.find(provider), "{address} {fields:?}");
                (verdict.grade, verdict.conflicts.len())
            })
        };
        // Without a table the network is not known: nothing speaks for or against.
        let (before, _) = found("192.0.35.7");
        let partly = provider != "cloudflare";
        assert_eq!(found("192.0.37.7"), if partly { (before, 0) } else { (Grade::Possible, 1) }, "{fields:?}");
        assert_eq!(found("192.0.33.7"), (Grade::Possible, 1), "{fields:?}");
        if provider == "akamai" {
            let own = if alive { Grade::Certain } else { Grade::Likely };
            assert_eq!(found("192.0.38.7"), (own, 0), "{fields:?}");
        }
    }
}

#[test]
fn a_proxy_hides_the_operator_too() {
    judged("192.0.34.7", &[], true, |verdict, _, _| {
        assert_eq!((verdict.operator, verdict.reason), (None, Reason::BehindProxy));
    });
}

/// Services of one company share its networks: each names the one on whose machines the others run.
#[test]
fn a_shared_network_names_its_owner() {
    let tables = Image::open(BUNDLED).expect("bundled").tables;
    for (number, owner) in
        [(8075, "azure"), (14061, "digitalocean"), (15169, "google-frontend"), (16509, "amazon-web-services")]
    {
        assert_eq!(tables.provider_of(AsNumber(number)), tables.find(owner), "AS{number}");
    }
}

/// The small table as a file that the tool can be given.
fn file() -> PathBuf {
    let path = env::temp_dir().join(format!("served-by-{}-operators.img", std::process::id()));
    fs::write(&path, table()).expect("a temporary file");
    path
}

#[test]
fn addresses_are_looked_up_in_order() {
    let file = file();
    let arguments = |format: &'static str| {
        ["lookup".as_ref(), "--operators".as_ref(), file.as_os_str(), "--format".as_ref(), format.as_ref()]
    };
    let output = served_by_reading(
        arguments("csv"),
        b"192.0.34.7\r\n\n10.0.0.1\n::ffff:192.0.33.1\nexample.com\n2620:0:2830::1\n",
    );
    assert_eq!(output.status.code(), Some(1), "one line is no address");
    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    for (line, expected) in lines.iter().zip([
        "address,kind,as_number,operator,country,provider,source",
        "192.0.34.7,public,40528,ICANN,,,",
        ",blank,,,,,",
        "10.0.0.1,private,,,,,",
        "::ffff:192.0.33.1,ipv4-mapped,16276,OVH SAS,,ovhcloud,",
        "example.com,invalid,,,,,",
        "2620:0:2830::1,public,16876,ICANN,,,",
    ]) {
        assert!(line.starts_with(expected), "{line}\nand not {expected}");
    }
    assert_eq!(lines.len(), 7);
    // A dash stands for standard input; an answer stands beside its line.
    let dashed = |format| arguments(format).into_iter().chain(["-".as_ref(), "10.0.0.2".as_ref()]);
    let output = served_by_reading(dashed("text"), b"\n192.0.34.7\n \r\n\n[2620:0:2830::1]\n[fe80::1%25en0]\n\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let answers: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(
        answers[..8],
        [
            "",
            "192.0.34.7  ICANN (AS40528)",
            "",
            "",
            "[2620:0:2830::1]  ICANN (AS16876)",
            "[fe80::1%25en0]  local link only",
            "",
            "10.0.0.2  private network (RFC 1918)",
        ]
    );

    let output = served_by_reading(arguments("json"), b"192.0.34.7\n192.0.33.1\n");
    assert_eq!(output.status.code(), Some(0));
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document["answers"][1]["operator"], "OVH SAS");
    assert_eq!(document["answers"][1]["provider"], "ovhcloud");

    // What is set apart is named as what it is; whoever announces it is told, unless no machine has it.
    for (lang, expected) in [
        (
            "--lang=en",
            "192.175.48.6  answers for private addresses, from many networks (AS112, RFC 7534)  DNS-OARC (AS112)\n\
             2001:20::1  an identifier, not a machine’s address\n",
        ),
        (
            "--lang=fr",
            "192.175.48.6  répond pour les adresses privées, depuis de nombreux réseaux (AS112, RFC 7534)  DNS-OARC (AS112)\n\
             2001:20::1  un identifiant, pas l’adresse d’une machine\n",
        ),
    ] {
        let addresses = [lang.as_ref(), "192.175.48.6".as_ref(), "2001:20::1".as_ref()];
        let output = served_by(arguments("text").into_iter().chain(addresses));
        assert!(text(&output.stdout).starts_with(expected), "{}", text(&output.stdout));
    }

    // Explaining one response names whom recordings of it are told to come from.
    let one = r#"{"url":"https://www.example.com/","status":200,"headers":[],"server_ip":"192.0.34.7"}"#;
    for command in ["explain", "inspect"] {
        let output = served_by_reading([command, "--operators", file.to_str().unwrap()], one.as_bytes());
        assert!(text(&output.stdout).contains("A machine in the network of ICANN (AS40528)"), "{command}");
    }

    for nothing in [" ", "\u{301}"] {
        let empty = served_by(["operators", "--operators", file.to_str().unwrap(), nothing]);
        assert_eq!((empty.status.code(), text(&empty.stdout)), (Some(1), ""), "it is no part of every name");
    }
    for name in ["societe generale", "SOCIÉTÉ GÉNÉRALE", "Socie\u{301}té"] {
        let output = served_by(["operators", "--operators", file.to_str().unwrap(), name]);
        assert!(text(&output.stdout).starts_with("Société Générale (AS1234)\n"), "{name}: {}", text(&output.stdout));
    }
    let output = served_by(["operators", "--operators", file.to_str().unwrap(), "icann", "AS13335", "nobody"]);
    assert_eq!(output.status.code(), Some(1), "one was not found");
    let found: Vec<&str> = text(&output.stdout).lines().take(3).collect();
    assert_eq!(found, ["ICANN (AS16876)", "ICANN (AS40528)", "Cloudflare, Inc. (AS13335)  [cloudflare]"]);
}

/// What the licences of the data ask for: whom it is from, with a link, and that it was changed.
#[test]
fn every_output_and_the_read_me_name_the_sources_of_the_table() {
    let text_of = |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path);
    let pinned: toml::Table = text_of("data/operators/source.toml").parse().expect("TOML");
    let licence = pinned["licence"].as_str().expect("a text");
    let mut source = operators::read_text(Path::new("text"), TEXT.as_bytes()).expect("a good text");
    source.about = vec![("name", "the text".to_owned()), ("licence", licence.to_owned())];
    let file = env::temp_dir().join(format!("served-by-{}-licence.img", std::process::id()));
    fs::write(&file, operators::image(&source)).expect("a temporary file");
    let answers = |format: &str, lang: &str| {
        let table = file.to_str().unwrap();
        let arguments = ["lookup", "--operators", table, "--format", format, "--lang", lang, "192.0.34.7"];
        text(&served_by(arguments).stdout).to_owned()
    };
    for (what, shown) in [
        ("text", answers("text", "en")),
        ("texte", answers("text", "fr")),
        ("csv", answers("csv", "en")),
        ("json", answers("json", "en")),
        ("README.md", text_of("README.md")),
    ] {
        for name in ["IP Geolocation by DB-IP", "https://db-ip.com", "Route Views", "https://www.nro.net", "CC BY 4.0"]
        {
            assert!(shown.contains(name), "{what}: {name} is missing\n{shown}");
        }
        assert!(shown.contains("changed") || shown.contains("modifiées"), "{what}\n{shown}");
    }
}

#[test]
fn why_standard_input_cannot_be_read_is_told_in_french_too() {
    let file = file();
    let folder = fs::File::open(env!("CARGO_TARGET_TMPDIR")).expect("a folder can be opened");
    let output = tool()
        .args(["lookup", "--lang=fr", "--operators", file.to_str().unwrap()])
        .stdin(folder)
        .output()
        .expect("the tool was built with the tests");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stderr), "lecture de l’entrée standard impossible\u{a0}: c’est un dossier\n");
}

#[test]
fn a_missing_table_says_how_it_is_made() {
    let output = served_by(["lookup", "--operators", "/nowhere/operators.img", "192.0.34.7"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("./build.sh dist"), "{}", text(&output.stderr));
    let output = served_by(["lookup", "--lang", "fr", "--operators", "Cargo.toml", "192.0.34.7"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).starts_with("la table des opérateurs\u{a0}: elle est endommagée\u{202f};"),
        "{}",
        text(&output.stderr)
    );
    // `none` is no file.
    let output = served_by(["lookup", "--operators", "none", "192.0.34.7"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("nothing to answer from"), "{}", text(&output.stderr));
}
