use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::{repository, served_by, text};

/// A copy of the data, and a folder for downloads, of their own for each test.
struct Place {
    data: PathBuf,
    downloads: PathBuf,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("refresh").join(name);
        let _ = fs::remove_dir_all(&folder);
        let place = Self { data: folder.join("data"), downloads: folder.join("downloads") };
        copy(&repository("data"), &place.data);
        fs::create_dir_all(&place.downloads).expect("the folder can be made");
        place
    }

    fn download(&self, name: &str, content: &str) -> &Self {
        fs::write(self.downloads.join(name), content).expect("the file can be written");
        self
    }

    /// Puts a small list in the place of the one of today, so that downloads can be small too.
    fn before(&self, list: &str, prefixes: &[&str]) -> &Self {
        let path = self.data.join("fetched").join(format!("{list}.txt"));
        let old = fs::read_to_string(&path).expect("the list is there");
        let head: Vec<&str> =
            old.lines().filter(|line| line.starts_with('#') && !line.starts_with("# sha256")).collect();
        fs::write(&path, format!("{}\n{}\n", head.join("\n"), prefixes.join("\n"))).expect("the list can be written");
        self
    }

    fn list(&self, list: &str) -> String {
        fs::read_to_string(self.data.join("fetched").join(format!("{list}.txt"))).expect("the list is there")
    }

    fn prefixes(&self, list: &str) -> Vec<String> {
        self.list(list).lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    }

    fn refresh(&self, more: &[&str]) -> Output {
        let (downloads, data) = (self.downloads.display().to_string(), self.data.display().to_string());
        let arguments = ["dataset", "refresh", &downloads, "--data", &data, "--today=2026-11-25"];
        served_by(arguments.into_iter().chain(more.iter().copied()))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let path = entry.expect("an entry can be read").path();
        let target = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("the file can be copied");
        }
    }
}

/// One small file in each published form, and what is made of it.
#[test]
fn every_published_form_is_read() {
    let place = Place::new("forms");
    place
        .download("ips-v4", "203.0.112.0/24\n198.51.99.0/24\n")
        .download("ips-v6.txt", "2a06:98c0::/29\n")
        .download(
            "ip-ranges.json",
            r#"{"prefixes":[{"ip_prefix":"3.10.16.0/25","service":"CLOUDFRONT"},{"ip_prefix":"3.10.16.128/25","service":"CLOUDFRONT"},{"ip_prefix":"3.10.18.0/24","service":"CLOUDFRONT_ORIGIN_FACING"}],"ipv6_prefixes":[{"ipv6_prefix":"2600:9000::/28","service":"CLOUDFRONT"}]}"#,
        )
        .download("public-ip-list", r#"{"addresses":["151.101.0.0/16"],"ipv6_addresses":["2a04:4e40::/32"]}"#)
        .download("goog.json", r#"{"prefixes":[{"ipv4Prefix":"8.8.4.0/23"},{"ipv6Prefix":"2001:4860::/32"}]}"#)
        .download("cloud.json", r#"{"prefixes":[{"ipv4Prefix":"8.8.4.0/24","service":"Google Cloud"}]}"#)
        .download(
            "ServiceTags_Public_20261123.json",
            r#"{"values":[{"name":"AzureFrontDoor.Frontend","properties":{"addressPrefixes":["13.107.246.0/24"]}},{"name":"AzureFrontDoor.Backend","properties":{"addressPrefixes":["13.73.248.16/29"]}}]}"#,
        )
        .download(
            "meta",
            r#"{"web":["140.82.112.0/20","185.199.108.0/22","20.201.28.151/32","2606:50c0::/32"],"pages":["192.30.252.153/32","185.199.108.153/32"]}"#,
        )
        .download("public_ip_ranges.json", r#"{"regions":[{"cidrs":[{"cidr":"129.146.0.0/21","tags":["OCI"]}]}]}"#)
        .download("google.csv", "5.101.96.0/21,NL,NL-NH,Amsterdam,1098 XH\n")
        .download("geoip.linode.com.csv", "# Linode geofeed\n23.92.16.0/20,US,US-NJ,Cedar Knolls,\n")
        .download("geofeed.constant.com.json", r#"{"subnets":[{"ip_prefix":"45.32.0.0/20","alpha2code":"US"}]}"#)
        .download("edgeserverlist.txt", "5.9.71.119\r\n5.9.71.118\r\n");
    let lists = [
        ("cloudflare", &["198.51.99.0/24", "203.0.112.0/24", "2a06:98c0::/29"][..]),
        ("amazon-cloudfront", &["3.10.16.0/24", "2600:9000::/28"]),
        ("fastly", &["151.101.0.0/16", "2a04:4e40::/32"]),
        ("google-cloud", &["8.8.4.0/24"]),
        ("google-frontend", &["8.8.5.0/24", "2001:4860::/32"]),
        ("azure-front-door", &["13.107.246.0/24"]),
        ("github", &["140.82.112.0/20"]),
        ("github-on-fastly", &["185.199.108.0/22", "2606:50c0::/32"]),
        ("github-pages", &["185.199.108.153/32"]),
        ("oracle-cloud", &["129.146.0.0/21"]),
        ("digitalocean", &["5.101.96.0/21"]),
        ("linode", &["23.92.16.0/20"]),
        ("vultr", &["45.32.0.0/20"]),
        ("bunny", &["5.9.71.118/31"]),
    ];
    let accepted: Vec<String> = lists
        .iter()
        .map(|(list, _)| *list)
        .chain(["amazon-web-services"])
        .map(|list| format!("--accept={list}"))
        .collect();
    let output = place.refresh(&accepted.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{}", text(&output.stdout));
    for (list, expected) in lists {
        assert_eq!(place.prefixes(list), expected, "{list}");
    }
    assert!(!place.list("amazon-cloudfront").contains("3.10.18.0"), "machines that call origin servers");
    let head = place.list("cloudflare");
    assert!(head.starts_with("# provider: cloudflare\n# published-at: https://www.cloudflare.com/ips/\n"), "{head}");
    assert!(head.contains("# copied-on: 2026-11-25\n# sha256: "), "{head}");
    // The linter compares the hash and everything else.
    let lint = served_by(["dataset".as_ref(), "lint".as_ref(), place.data.as_os_str()]);
    assert_eq!(lint.status.code(), Some(0), "{}", text(&lint.stdout));
}

#[test]
fn a_change_is_shown_and_what_is_unchanged_is_dated() {
    let place = Place::new("shown");
    let today = place.prefixes("cloudflare");
    let (v4, v6): (Vec<String>, Vec<String>) = today.iter().cloned().partition(|prefix| !prefix.contains(':'));
    place.download("ips-v4", &(v4[1..].join("\n") + "\n203.0.112.0/24\n")).download("ips-v6", &v6.join("\n"));
    let before = place.list("cloudflare");
    let dry = place.refresh(&["--dry-run"]);
    assert_eq!(dry.status.code(), Some(0), "{}", text(&dry.stderr));
    assert!(text(&dry.stdout).contains("  + 203.0.112.0/24\n  - 103.21.244.0/22\n"), "{}", text(&dry.stdout));
    assert_eq!(place.list("cloudflare"), before, "nothing is written, as asked");
    assert_eq!(place.refresh(&[]).status.code(), Some(0));
    assert!(place.prefixes("cloudflare").contains(&"203.0.112.0/24".to_owned()));
    let again = place.refresh(&[]);
    assert!(text(&again.stdout).starts_with("cloudflare: 22 prefixes, unchanged\n"), "{}", text(&again.stdout));
}

/// What is hard to believe is refused as a whole, and taken only when it is named.
#[test]
fn absurd_lists_are_refused_and_nothing_is_written() {
    let fastly = r#"{"addresses":["151.101.0.0/16"],"ipv6_addresses":["2a04:4e40::/32"]}"#;
    let front_door = |prefix: &str| {
        format!(
            r#"{{"values":[{{"name":"AzureFrontDoor.Frontend","properties":{{"addressPrefixes":["{prefix}"]}}}}]}}"#
        )
    };
    let tags = "ServiceTags_Public_1.json";
    for (name, list, before, file, content, message) in [
        (
            "shrink",
            "azure-front-door",
            &["13.107.0.0/16"][..],
            tags,
            front_door("13.107.246.0/24"),
            "it covers 0 % of the IPv4 addresses",
        ),
        (
            "growth",
            "azure-front-door",
            &["13.107.246.0/24"],
            tags,
            front_door("13.107.0.0/16"),
            "it covers 25600 % of the IPv4 addresses",
        ),
        (
            "broad",
            "azure-front-door",
            &["13.64.0.0/10"],
            tags,
            front_door("13.0.0.0/9"),
            "13.0.0.0/9 is new, and very broad",
        ),
        (
            "rival",
            "azure-front-door",
            &["13.107.246.0/24"],
            tags,
            front_door("104.16.1.0/24"),
            "104.16.1.0/24 overlaps 104.16.0.0/13 of `cloudflare`",
        ),
    ] {
        let place = Place::new(name);
        place
            .before(list, before)
            .download(file, &content)
            .download("public-ip-list", fastly)
            .before("fastly", &["151.101.0.0/16", "2a04:4e40::/32"]);
        let (old, other) = (place.list(list), place.list("fastly"));
        let output = place.refresh(&[]);
        // The small list of the test has no hash: that is repaired by writing, so it is no fault here.
        assert_eq!(output.status.code(), Some(1), "{name}: {}{}", text(&output.stdout), text(&output.stderr));
        assert!(text(&output.stdout).contains(message), "{name}: {}", text(&output.stdout));
        assert!(text(&output.stderr).contains(&format!("--accept {list}")), "{name}: {}", text(&output.stderr));
        assert_eq!((place.list(list), place.list("fastly")), (old, other), "{name}: all or nothing");
        let accepted = place.refresh(&["--accept", list]);
        assert_eq!(accepted.status.code(), Some(0), "{name}: {}{}", text(&accepted.stdout), text(&accepted.stderr));
    }
}

/// What cannot be taken is told of a file that is there and that somebody can repair.
#[test]
fn what_is_wrong_is_told_of_the_file_where_it_is() {
    let tags = |prefix: &str| {
        format!(
            r#"{{"values":[{{"name":"AzureFrontDoor.Frontend","properties":{{"addressPrefixes":["{prefix}"]}}}}]}}"#
        )
    };
    // The list that would be written is nowhere yet.
    let place = Place::new("told-of-download");
    let private =
        place.download("ServiceTags_Public_1.json", &tags("10.0.0.0/24")).refresh(&["--accept=azure-front-door"]);
    let expected = "`azure-front-door`, from ServiceTags_Public_*.json: not a public address\n  10.0.0.0/24\n";
    assert_eq!(
        (private.status.code(), text(&private.stderr).starts_with(expected)),
        (Some(1), true),
        "{}",
        text(&private.stderr)
    );
    // The other provider's list comes later, by its name, and is not among the downloads.
    let place = Place::new("told-of-rival");
    let two =
        place.download("ServiceTags_Public_1.json", &tags("104.16.0.0/13")).refresh(&["--accept=azure-front-door"]);
    let expected = "`azure-front-door` and `cloudflare` both list 104.16.0.0/13";
    let cloudflare = place.data.join("fetched/cloudflare.txt").display().to_string();
    let told = text(&two.stderr);
    assert_eq!(two.status.code(), Some(1), "{}{told}", text(&two.stdout));
    assert!(told.starts_with(&cloudflare) && told.contains(expected), "{told}");
    // The data may be anywhere.
    let place = Place::new("told-of-data");
    let list = place.data.join("fetched/azure-front-door.txt");
    fs::remove_file(&list).expect("the list is there");
    let unused = place.download("ServiceTags_Public_1.json", &tags("13.107.246.0/24")).refresh(&[]);
    let expected = format!("`azure-front-door`: {} is not there", list.display());
    assert!(text(&unused.stderr).starts_with(&expected), "{}", text(&unused.stderr));
    // Of the whole folder, the file that could not be written.
    let place = Place::new("told-of-writing");
    let in_the_way = place.data.join("fetched/azure-front-door.txt.new");
    place
        .before("azure-front-door", &["13.107.246.0/24"])
        .download("ServiceTags_Public_1.json", &tags("13.107.246.0/24"));
    fs::create_dir(&in_the_way).expect("the folder can be made");
    let output = place.refresh(&[]);
    let told = text(&output.stderr);
    assert!(output.status.code() == Some(2) && told.contains(&in_the_way.display().to_string()), "{told}");
}

#[test]
fn downloads_that_are_none_are_told() {
    for (name, file, content, code, message) in [
        ("unknown", "cloudflare.txt", "203.0.112.0/24", 1, "of no published list"),
        ("half", "ips-v4", "203.0.112.0/24", 1, "`cloudflare` needs the file ips-v6* too"),
        ("page", "public-ip-list", "<html>", 1, "expected JSON"),
        ("form", "public-ip-list", r#"{"prefixes":[]}"#, 1, "the published form; it may have changed"),
        ("prefix", "google.csv", "5.101.96.0/21,NL\nhello,NL\n", 1, "google.csv:2: hello: not an address"),
        ("host", "google.csv", "5.101.96.1/21,NL\n", 1, "bits are set behind the prefix length"),
        ("private", "google.csv", "10.0.0.0/8,NL\n", 1, "not a public address"),
        ("all", "google.csv", "0.0.0.0/0,NL\n", 1, "too broad to be anybody's"),
        ("empty", "google.csv", "# nothing\n", 1, "no prefix is left"),
        ("pair", "goog.json", r#"{"prefixes":[{"ipv4Prefix":"8.8.4.0/23"}]}"#, 1, "needs the list `google-cloud` too"),
    ] {
        let place = Place::new(name);
        let old = place.list("digitalocean");
        let output = place.download(file, content).refresh(&["--accept=digitalocean"]);
        assert_eq!(output.status.code(), Some(code), "{name}: {}{}", text(&output.stdout), text(&output.stderr));
        assert!(text(&output.stderr).contains(message), "{name}: {}", text(&output.stderr));
        assert_eq!(place.list("digitalocean"), old, "{name}");
    }
    let place = Place::new("nothing");
    assert_eq!(place.refresh(&[]).status.code(), Some(2), "no download at all");
    assert_eq!(place.refresh(&["--accept=nobody"]).status.code(), Some(2), "no such list");
    assert_eq!(served_by(["dataset", "refresh"]).status.code(), Some(2), "no folder");
    assert!(text(&served_by(["dataset", "refresh", "--list"]).stdout).contains("https://api.github.com/meta"));
}
