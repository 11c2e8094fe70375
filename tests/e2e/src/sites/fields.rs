//! The fields of each imitated provider and chain of providers, in the shapes that the providers
//! send. The values are made up; the clocks in them are right, or an hour slow in a stored layer.

use super::clock::Clock;
use crate::world::Field;

const ALPHANUMERIC: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const CROCKFORD: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How long ago the stored layers were written.
const HOUR: u64 = 3600;

fn list<const N: usize>(fields: [(&str, String); N]) -> Vec<Field> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.into_bytes())).collect()
}

fn text(value: &str) -> String {
    value.to_owned()
}

fn cloudflare(clock: Clock, word: &str, age_s: Option<u64>) -> Vec<Field> {
    let mut fields = list([
        ("date", clock.http_date()),
        ("server", text("cloudflare")),
        ("cf-ray", clock.cf_ray("CDG")),
        ("cf-cache-status", text(word)),
        ("nel", text(r#"{"report_to":"cf-nel","success_fraction":0.0,"max_age":604800}"#)),
        ("alt-svc", text("clear")),
    ]);
    if let Some(age_s) = age_s {
        fields.extend(list([("age", age_s.to_string())]));
    }
    fields
}

fn cloudfront(clock: Clock, word: &str, place: &str) -> Vec<Field> {
    list([
        ("x-cache", format!("{word} from cloudfront")),
        ("via", format!("1.1 {}.cloudfront.net (CloudFront)", clock.hex("cloudfront", 32))),
        ("x-amz-cf-pop", text(place)),
        ("x-amz-cf-id", format!("{}==", clock.token("cf-id", ALPHANUMERIC, 54))),
    ])
}

fn amazon_s3(clock: Clock) -> Vec<Field> {
    list([
        ("x-amz-id-2", format!("{}=", clock.token("id-2", ALPHANUMERIC, 63))),
        ("x-amz-request-id", clock.token("request", CROCKFORD, 16)),
        ("x-amz-server-side-encryption", text("AES256")),
    ])
}

/// A page that Cloudflare keeps.
pub fn cloudflare_hit(clock: Clock) -> Vec<Field> {
    cloudflare(clock, "HIT", Some(264))
}

/// A page that Cloudflare only passes on.
pub fn cloudflare_dynamic(clock: Clock) -> Vec<Field> {
    cloudflare(clock, "DYNAMIC", None)
}

/// A shop: Shopify's application on Shopify's address, on Cloudflare's machines.
pub fn shopify(clock: Clock) -> Vec<Field> {
    let mut fields = cloudflare(clock, "DYNAMIC", None);
    fields.extend(list([
        ("powered-by", text("Shopify")),
        ("x-shopid", text("61204893")),
        ("x-sorting-hat-podid", text("217")),
        ("x-sorting-hat-shopid", text("61204893")),
        ("x-dc", text("gcp-europe-west3,gcp-europe-west3")),
        ("x-storefront-renderer-rendered", text("1")),
        ("server-timing", text(r#"processing;dur=41, cfRequestDuration;dur=77.0, edge;desc="CDG""#)),
    ]));
    fields
}

/// Two Fastly nodes, of which both had a copy.
pub fn fastly(clock: Clock) -> Vec<Field> {
    list([
        ("date", clock.http_date()),
        ("server", text("nginx")),
        ("via", text("1.1 varnish, 1.1 varnish")),
        ("x-served-by", text("cache-ams2100142-AMS, cache-cdg20753-CDG")),
        ("x-cache", text("HIT, HIT")),
        ("x-cache-hits", text("4, 1")),
        ("x-timer", clock.x_timer(1)),
        ("age", text("311")),
    ])
}

/// A copy that CloudFront keeps: its `Date` is that of storing.
pub fn cloudfront_hit(clock: Clock) -> Vec<Field> {
    let mut fields = list([("date", clock.ago(900).http_date()), ("server", text("nginx/1.26.2"))]);
    fields.extend(cloudfront(clock, "Hit", "CDG52-P4"));
    fields.extend(list([("age", text("900"))]));
    fields
}

/// An answer of Akamai's in which nothing but the address is Akamai's.
pub fn akamai_by_address(clock: Clock) -> Vec<Field> {
    list([("date", clock.http_date()), ("server", text("Apache")), ("vary", text("Accept-Encoding"))])
}

/// CloudFront relays what Vercel keeps; `Server` stays Vercel's.
pub fn vercel_behind_cloudfront(clock: Clock) -> Vec<Field> {
    let mut fields = list([
        ("date", clock.http_date()),
        ("server", text("Vercel")),
        ("x-vercel-cache", text("HIT")),
        ("x-vercel-id", format!("cdg1::{}-{}-{}", clock.hex("node", 5), clock.epoch_ms(), clock.hex("vercel", 12))),
        ("age", text("1204")),
    ]);
    fields.extend(cloudfront(clock, "Miss", "CDG50-P1"));
    fields
}

/// GitHub's pages, on GitHub's addresses, carried by Fastly.
pub fn github_pages(clock: Clock) -> Vec<Field> {
    list([
        ("date", clock.http_date()),
        ("server", text("GitHub.com")),
        ("x-github-request-id", format!("{}:2F0B1:1A4C2E:1B0D7F:68ACE1D2", clock.hex("github", 4).to_uppercase())),
        ("x-proxy-cache", text("MISS")),
        ("via", text("1.1 varnish")),
        ("x-served-by", text("cache-cdg20732-CDG")),
        ("x-cache", text("HIT")),
        ("x-cache-hits", text("2")),
        ("x-timer", clock.x_timer(2)),
        ("x-fastly-request-id", clock.hex("fastly", 40)),
        ("age", text("48")),
    ])
}

/// Netlify's own edge, on rented addresses.
pub fn netlify(clock: Clock) -> Vec<Field> {
    list([
        ("date", clock.http_date()),
        ("server", text("Netlify")),
        ("cache-status", text(r#""Netlify Durable"; fwd=bypass"#)),
        ("cache-status", text(r#""Netlify Edge"; hit; ttl=3600"#)),
        ("x-nf-request-id", format!("01K{}", clock.token("netlify", CROCKFORD, 23))),
        ("age", text("77")),
    ])
}

/// A photograph's page that Bunny keeps.
pub fn bunny(clock: Clock) -> Vec<Field> {
    list([
        ("date", clock.http_date()),
        ("server", text("BunnyCDN-FR1-951")),
        ("cdn-pullzone", text("418207")),
        ("cdn-uid", text("5e2f7c1a-0000-4000-8000-0a1b2c3d4e5f")),
        ("cdn-requestcountrycode", text("FR")),
        ("cdn-proxyver", text("1.22")),
        ("cdn-requestpullsuccess", text("True")),
        ("cdn-requestpullcode", text("200")),
        ("cdn-cachedat", clock.ago(HOUR).american()),
        ("cdn-edgestorageid", text("951")),
        ("cdn-requestid", clock.hex("bunny", 32)),
        ("cdn-cache", text("HIT")),
        ("cdn-status", text("200")),
        ("cdn-requesttime", text("0")),
    ])
}

/// The site's own server, at a host.
pub fn apache(clock: Clock) -> Vec<Field> {
    list([("date", clock.http_date()), ("server", text("Apache/2.4.62 (Debian)")), ("vary", text("Accept-Encoding"))])
}

/// The site's own server with the site's own cache before it, which is no provider's.
pub fn own_varnish(clock: Clock) -> Vec<Field> {
    list([
        ("date", clock.http_date()),
        ("server", text("nginx/1.22.1")),
        ("x-varnish", text("98572 32771")),
        ("age", text("35")),
        ("via", text("1.1 theatre (Varnish/7.1)")),
        ("x-cache", text("HIT")),
    ])
}

/// Nothing that tells of anybody.
pub fn nginx(clock: Clock) -> Vec<Field> {
    list([("date", clock.http_date()), ("server", text("nginx"))])
}

/// Cloudflare keeps what CloudFront delivered from Amazon S3 an hour ago.
pub fn cloudflare_over_cloudfront(clock: Clock) -> Vec<Field> {
    let mut fields = cloudflare(clock, "HIT", Some(HOUR));
    fields.extend(cloudfront(clock.ago(HOUR), "Hit", "IAD55-P7"));
    fields.extend(amazon_s3(clock.ago(HOUR)));
    fields
}

/// A library from jsDelivr: Cloudflare keeps what Fastly delivered an hour ago.
pub fn jsdelivr_over_cloudflare(clock: Clock) -> Vec<Field> {
    let stored = clock.ago(HOUR);
    let mut fields = cloudflare(clock, "HIT", Some(HOUR));
    fields.extend(list([
        ("access-control-allow-origin", text("*")),
        ("x-jsd-version", text("3.7.1")),
        ("x-jsd-version-type", text("version")),
        ("x-served-by", text("cache-fra-eddf8230122-FRA, cache-lga21922-LGA")),
        ("x-cache", text("HIT, HIT")),
        ("x-timer", stored.x_timer(1)),
    ]));
    fields
}

/// Google's load balancer keeps what Cloudflare delivered an hour ago: `Server` is Cloudflare's,
/// and so is the ray, but the ray's clock agrees with `Date` and not with now.
pub fn google_over_cloudflare(clock: Clock) -> Vec<Field> {
    let stored = clock.ago(HOUR);
    list([
        ("date", stored.http_date()),
        ("server", text("cloudflare")),
        ("cf-ray", stored.cf_ray("FRA")),
        ("cf-cache-status", text("DYNAMIC")),
        ("via", text("1.1 google")),
        ("age", HOUR.to_string()),
    ])
}

/// Azure Front Door, which keeps a copy.
pub fn front_door(clock: Clock) -> Vec<Field> {
    list([
        ("date", clock.http_date()),
        ("x-azure-ref", format!("{}-{}", clock.stamp(), clock.token("azure", ALPHANUMERIC, 48))),
        ("x-fd-int-roxy-purgeid", text("0")),
        ("x-cache", text("TCP_HIT")),
    ])
}

/// A page that wants to be taken for everybody: the fields of all providers above, twice, with
/// what a hostile server may add to them.
pub fn hostile(clock: Clock) -> Vec<Field> {
    let all: [fn(Clock) -> Vec<Field>; 13] = [
        cloudflare_hit,
        shopify,
        fastly,
        cloudfront_hit,
        vercel_behind_cloudfront,
        github_pages,
        netlify,
        bunny,
        cloudflare_over_cloudfront,
        jsdelivr_over_cloudflare,
        google_over_cloudflare,
        front_door,
        own_varnish,
    ];
    let mut fields: Vec<Field> = all.iter().flat_map(|fields| fields(clock)).collect();
    fields.extend(list([
        ("x-iinfo", format!("11-117974237-117974245 NNNN CT(3 5 0) RT({} 12) q(0 0 0 -1) r(0 0)", clock.epoch_ms())),
        ("x-cdn", text("Imperva")),
        ("akamai-grn", format!("0.01020304.{}.1a2b3c4d", clock.epoch_s())),
        ("x-77-pop", text("parisFR")),
        ("x-served-by", text("<script>document.title = 'taken'</script><img src=x onerror=alert(1)>")),
        ("x-cache", text("\u{202e}TIH, \u{202e}SSIM")),
        ("server-timing", format!("{};dur=1e308", "a".repeat(2000))),
    ]));
    // Neither ASCII nor UTF-8.
    fields.push(("x-amz-cf-pop".to_owned(), vec![0xFF, 0xFE, b'C', b'D', b'G', 0x80]));
    fields
}
