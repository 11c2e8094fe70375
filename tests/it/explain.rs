use crate::{repository, served_by, served_by_reading, text};

const HEAD: &[u8] = b"HTTP/1.1 301 Moved Permanently\r\nLocation: https://www.example.com/\r\nServer: nginx\r\n\r\nHTTP/2 200\r\nserver: cloudflare\r\ncf-ray: a3ae06f219be203e-CDG\r\ncf-cache-status: HIT\r\nage: 9\r\nx-cache: Hit from\r\n cloudfront\r\n\r\n";

/// As `curl -sD -` prints it: the last head is explained, the first on demand.
#[test]
fn the_head_of_a_response_is_explained() {
    let output = served_by_reading(["explain", "--url=https://www.example.com/"], HEAD);
    let told = text(&output.stdout);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    assert!(told.starts_with("Probably Cloudflare"), "{told}");
    for expected in [
        "address of the page: https://www.example.com/",
        "status: 200",
        "cf-ray: a3ae06f219be203e-CDG\n    speaks for Cloudflare",
        "What was weighed\n  No list settles it by the address",
        "Server carries the value that it writes over any other",
        "named as the one who answered",
        "(--address)",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    let marked = served_by_reading(["explain", "--url=https://www.example.com/"], &[b"\xef\xbb\xbf", HEAD].concat());
    assert_eq!(text(&marked.stdout), told, "a mark of the byte order is no part of it");
    let short = served_by_reading(["explain", "--entry=0"], b"HTTP/2");
    assert!(text(&short.stdout).contains("status: not told"), "{}", text(&short.stderr));
    let first = served_by_reading(["explain", "--entry=0"], HEAD);
    assert!(text(&first.stdout).contains("status: 301"), "{}", text(&first.stdout));
    let by_address = served_by_reading(["explain", "--address=104.16.0.1"], HEAD);
    assert!(text(&by_address.stdout).contains("The address settles who answered"), "{}", text(&by_address.stdout));
    assert!(text(&by_address.stdout).ends_with("\n  Nothing: the answer is certain.\n"));
    let in_brackets = served_by_reading(["explain", "--address=[2606:4700::1]"], HEAD);
    assert!(
        text(&in_brackets.stdout).contains("address of the server: 2606:4700::1\n"),
        "{}",
        text(&in_brackets.stderr)
    );
}

#[test]
fn entries_of_recordings_are_explained_in_both_languages() {
    let page = repository("tests/cases/cloudflare-in-front-of-cloudfront/page.har").display().to_string();
    let english = served_by(["explain", &page]);
    let english = text(&english.stdout);
    assert!(english.starts_with("Cloudflare, Buenos Aires, stored copy (certain)\n"), "{english}");
    assert!(english.contains("Amazon CloudFront: "), "the layer behind was weighed too: {english}");
    let french = served_by(["explain", "--lang=fr", &page]);
    let french = text(&french.stdout);
    assert!(french.contains("\nCe qui a été pesé\n  L’adresse règle la question\u{a0}: "), "{french}");
    // What a rule proves, in the words of its author.
    let (said, dit) = ("outside of it passes it on.\n", "une passerelle extérieure le transmet.\n");
    assert!(english.contains(said) && !french.contains(said), "{french}");
    assert!(french.contains(dit) && !english.contains(dit), "{english}");
    let line = b"{\"url\":\"https://a.example/\",\"headers\":[]}\n{\"url\":\"https://b.example/\",\"headers\":[[\"server\",\"nginx\"]]}\n";
    let second = served_by_reading(["explain", "--entry=1"], line);
    assert!(text(&second.stdout).contains("https://b.example/"), "{}", text(&second.stdout));
    assert!(text(&second.stdout).contains("The moment when the response arrived"), "{}", text(&second.stdout));
}

/// What a field holds that its specification does not allow is told, and judged for what it is worth.
#[test]
fn malformed_fields_are_told_of() {
    let head =
        b"HTTP/2 200\r\nage: soon\r\nage: 9\r\ndate: yesterday\r\nvia: varnish\r\nserver-timing: a;desc=\"b\r\n\r\n";
    for (lang, expected) in [
        (
            "--lang=en",
            [
                "  ! age: not a number, at byte 0\n",
                "  ! age: several values, where one may stand, at byte 0\n",
                "  ! date: not a date, at byte 0\n",
                "  ! via: a part is missing, at byte 0\n",
                "  ! server-timing: a quoted string that does not end, at byte 7\n",
            ],
        ),
        (
            "--lang=fr",
            [
                "  ! age\u{a0}: ce n’est pas un nombre, à l’octet 0\n",
                "  ! age\u{a0}: plusieurs valeurs, au lieu d’une seule, à l’octet 0\n",
                "  ! date\u{a0}: ce n’est pas une date, à l’octet 0\n",
                "  ! via\u{a0}: il manque une partie, à l’octet 0\n",
                "  ! server-timing\u{a0}: une chaîne entre guillemets qui ne se termine pas, à l’octet 7\n",
            ],
        ),
    ] {
        let output = served_by_reading(["explain", lang], head);
        assert_eq!(output.status.code(), Some(0));
        for line in expected {
            assert!(text(&output.stdout).contains(line), "{line}: {}", text(&output.stdout));
        }
    }
    let many = [&b"HTTP/2 200\r\n"[..], &b"via: varnish\r\n".repeat(20)].concat();
    let output = served_by_reading(["explain", "--lang=fr"], &many);
    assert!(text(&output.stdout).contains("  ! autres fautes dans les champs\u{a0}: 4\n"), "{}", text(&output.stdout));
    let honest = served_by_reading(["explain"], HEAD);
    assert!(!text(&honest.stdout).contains("  ! "), "{}", text(&honest.stdout));
}

#[test]
fn what_cannot_be_explained_is_told() {
    let line = b"{\"url\":\"https://a.example/\",\"headers\":[]}\n{\"url\":7,\"headers\":[]}\n";
    for (arguments, input, code, message) in [
        (&["explain", "--entry=1"][..], &line[..], 1, "-:2:8: entry 1: expected a text in `url`\n"),
        (&["explain", "--entry=2"], line, 2, "-: there is no entry 2\n"),
        (&["explain", "--entry=2", "--lang=fr"], HEAD, 2, "-\u{a0}: il n’y a pas d’entrée 2\n"),
        (&["explain"], b"hello", 2, "-:1:1: no HAR file"),
        (&["explain"], b"{\"log\":{\"entries\":[", 1, "-:1:20: broken JSON"),
        (&["explain", "/nowhere.har"], b"", 2, "/nowhere.har: cannot be read"),
    ] {
        let output = served_by_reading(arguments, input);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.starts_with(message), "{arguments:?}: {told}");
    }
}
