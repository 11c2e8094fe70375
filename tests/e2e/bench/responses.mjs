// Responses as `webRequest` reports them: 400 of each browser's form, 25 fields and about 1.2 kB
// each, in the shapes that providers document. The values are made up and the same in every run.

const NOW = Date.UTC(2026, 10, 25, 12);

/** Numbers that look random and are the same each time (mulberry32). */
function numbers(seed) {
  return (limit) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const HEX = "0123456789abcdef";
const TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const PLACES = ["CDG", "AMS", "FRA", "LHR", "MRS", "MAD", "IAD", "NRT", "SIN", "GRU"];

/** What the providers' field sets are made of, for one response. */
function maker(random) {
  const make = {
    of: (list) => list[random(list.length)],
    number: (below) => String(random(below)),
    text: (alphabet, length) => Array.from({ length }, () => alphabet[random(alphabet.length)]).join(""),
    hex: (length) => make.text(HEX, length),
    token: (length) => make.text(TOKEN, length),
    place: () => make.of(PLACES),
    date: (agoS = 0) => new Date(NOW - agoS * 1000).toUTCString(),
    ray: () => Math.floor((NOW - 1_350_000_000_000) / 160).toString(16).padStart(8, "0") + make.hex(8),
    stamp: () => new Date(NOW).toISOString().replaceAll(/[-:]|\.\d+/g, ""),
  };
  return make;
}

const cloudflare = (make, word) => [
  ["server", "cloudflare"],
  ["cf-ray", `${make.ray()}-${make.place()}`],
  ["cf-cache-status", word],
  ["nel", '{"report_to":"cf-nel","success_fraction":0.0,"max_age":604800}'],
  ["report-to", `{"group":"cf-nel","max_age":604800,"endpoints":[{"url":"https://reports.example/report/v4?s=${make.token(60)}"}]}`],
  ["server-timing", `cfCacheStatus;desc="${word}", cfEdge;dur=${make.number(90)},cfOrigin;dur=${make.number(300)}`],
];

const fastly = (make) => [
  ["via", "1.1 varnish, 1.1 varnish"],
  ["x-served-by", `cache-iad-kiad700${make.number(9)}${make.number(9)}${make.number(9)}-IAD, cache-cdg207${make.number(9)}${make.number(9)}-CDG`],
  ["x-cache", make.of(["HIT, HIT", "MISS, HIT", "MISS, MISS"])],
  ["x-cache-hits", `${make.number(40)}, ${make.number(9)}`],
  ["x-timer", `S${Math.floor(NOW / 1000)}.${make.number(900000)},VS0,VE${make.number(80)}`],
];

const cloudfront = (make, word) => [
  ["x-cache", `${word} from cloudfront`],
  ["via", `1.1 ${make.hex(32)}.cloudfront.net (CloudFront)`],
  ["x-amz-cf-pop", `${make.place()}${make.number(60)}-P${make.number(5)}`],
  ["x-amz-cf-id", `${make.token(54)}==`],
];

/** One entry for each kind of response: host, address, and the fields by which it is known. */
const KINDS = [
  ["www.example.com", "104.16.132.17", (make) => [...cloudflare(make, "HIT"), ["age", make.number(9000)], ["set-cookie", `__cf_bm=${make.token(80)}; path=/; HttpOnly; Secure`]]],
  ["shop.example.com", "23.227.38.74", (make) => [...cloudflare(make, "DYNAMIC"), ["powered-by", "Shopify"], ["x-shopid", make.number(99999999)], ["x-sorting-hat-podid", make.number(300)], ["x-storefront-renderer-rendered", "1"]]],
  ["news.example.net", "151.101.1.69", (make) => [["server", "nginx"], ...fastly(make), ["age", make.number(600)]]],
  ["user.github.io", "185.199.108.153", (make) => [["server", "GitHub.com"], ["x-github-request-id", `${make.hex(4).toUpperCase()}:2F0B1:1A4C2E:1B0D7F:68ACE1D2`], ...fastly(make), ["x-fastly-request-id", make.hex(40)], ["age", "48"]]],
  ["video.example.org", "13.32.99.12", (make) => [["server", "AmazonS3"], ["x-amz-request-id", make.token(16).toUpperCase()], ["x-amz-id-2", `${make.token(75)}=`], ...cloudfront(make, make.of(["Hit", "Miss", "RefreshHit"])), ["age", make.number(900)]]],
  ["app.example.com", "76.76.21.21", (make) => [["server", "Vercel"], ["x-vercel-cache", make.of(["HIT", "MISS", "STALE"])], ["x-vercel-id", `cdg1::iad1::${make.hex(5)}-${NOW}-${make.hex(12)}`], ["age", "0"]]],
  ["docs.example.net", "75.2.60.5", (make) => [["server", "Netlify"], ["cache-status", '"Netlify Edge"; hit; ttl=3600'], ["cache-status", '"Netlify Durable"; fwd=bypass'], ["x-nf-request-id", `01K${make.token(23).toUpperCase()}`]]],
  ["photos.example.org", "138.199.37.230", (make) => [["server", `BunnyCDN-FR1-${make.number(999)}`], ["cdn-pullzone", make.number(900000)], ["cdn-requestcountrycode", "FR"], ["cdn-cachedat", "11/25/2026 11:00:00"], ["cdn-edgestorageid", "951"], ["cdn-requestid", make.hex(32)], ["cdn-cache", "HIT"], ["cdn-status", "200"]]],
  ["bank.example.com", "23.45.12.9", (make) => [["server", "Apache"], ["x-akamai-transformed", "9 - 0 pmb=mRUM,2"], ["server-timing", `cdn-cache; desc=HIT, edge; dur=${make.number(30)}, ak_p; desc="${make.number(99999)}_${make.number(99999)}_${make.number(99999)}_1203_5810_15_0_-";dur=1`], ["set-cookie", `ak_bmsc=${make.token(120)}; Domain=.example.com; Path=/; HttpOnly`]]],
  ["intranet.example.org", "13.107.246.45", (make) => [["x-azure-ref", `${make.stamp()}-${make.token(48)}`], ["x-cache", make.of(["TCP_HIT", "TCP_MISS", "CONFIG_NOCACHE"])], ["x-fd-int-roxy-purgeid", "0"]]],
  ["search.example.com", "142.250.75.228", (make) => [["server", "gws"], ["x-xss-protection", "0"], ["p3p", 'CP="This is not a P3P policy!"'], ["set-cookie", `NID=${make.token(140)}; expires=Thu, 27-May-2027 12:00:00 GMT; path=/`]]],
  ["mairie.example.org", "51.91.236.193", (make) => [["server", "OVHcloud"], ["x-iplb-request-id", `${make.hex(8).toUpperCase()}:${make.hex(4).toUpperCase()}_${make.hex(8).toUpperCase()}:01BB_${make.hex(8)}_${make.hex(4)}:${make.hex(4)}`], ["x-iplb-instance", make.number(60000)]]],
  ["club.example.net", "95.216.10.20", () => [["server", "nginx/1.26.2"], ["x-powered-by", "PHP/8.3.14"], ["link", '<https://club.example.net/wp-json/>; rel="https://api.w.org/"']]],
  ["theatre.example.net", "198.51.100.7", (make) => [["server", "nginx/1.22.1"], ["x-varnish", `${make.number(99999)} ${make.number(99999)}`], ["via", "1.1 theatre (Varnish/7.1)"], ["x-cache", "HIT"], ["age", make.number(500)]]],
];

/** What every site sends, whoever delivers it. */
const COMMON = (make) => [
  ["content-type", "text/html; charset=utf-8"],
  ["cache-control", `public, max-age=${make.number(9000)}, s-maxage=${make.number(90000)}, stale-while-revalidate=60`],
  ["vary", "Accept-Encoding, Accept-Language, Cookie"],
  ["content-encoding", make.of(["gzip", "br", "zstd"])],
  ["etag", `W/"${make.hex(32)}"`],
  ["last-modified", make.date(400000)],
  ["strict-transport-security", "max-age=31536000; includeSubDomains; preload"],
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "SAMEORIGIN"],
  ["referrer-policy", "strict-origin-when-cross-origin"],
  ["content-security-policy", "default-src 'self'; img-src 'self' https://images.example.com data:; script-src 'self' https://scripts.example.com; object-src 'none'"],
  ["permissions-policy", "camera=(), microphone=(), geolocation=()"],
  ["access-control-allow-origin", "*"],
  ["alt-svc", 'h3=":443"; ma=86400'],
  ["cross-origin-opener-policy", "same-origin"],
  ["accept-ranges", "bytes"],
  ["content-language", make.of(["en", "fr"])],
  ["x-request-id", `${make.hex(8)}-${make.hex(4)}-4${make.hex(3)}-a${make.hex(3)}-${make.hex(12)}`],
  ["expires", make.date(-3600)],
  ["timing-allow-origin", "*"],
  ["content-length", make.number(90000)],
  ["pragma", "cache"],
  ["x-permitted-cross-domain-policies", "none"],
];

const FIELDS = 25;

/** The events of one browser, as JSON: whoever measures makes fresh objects from it. */
export function responses(form) {
  return Array.from({ length: 400 }, (_, index) => {
    const make = maker(numbers(index + 1));
    const [host, ip, own] = KINDS[index % KINDS.length];
    const fields = [["date", make.date()], ...own(make)];
    fields.push(...COMMON(make).slice(0, FIELDS - fields.length));
    // HTTP/1.1 keeps the server's capitals.
    const capitals = index % 5 === 4;
    const spelled = (name) => (capitals ? name.replaceAll(/(^|-)[a-z]/g, (letters) => letters.toUpperCase()) : name);
    const url = `https://${host}/${make.of(["", "news/", "assets/", "fr/accueil/"])}${make.token(12)}?id=${make.number(99999)}`;
    const main = index % 10 === 0;
    const common = {
      requestId: String(10000 + index), url, method: "GET", frameId: 0, parentFrameId: -1, tabId: 7,
      type: main ? "main_frame" : make.of(["script", "image", "stylesheet", "font", "xmlhttprequest"]),
      timeStamp: NOW + index + 0.125, fromCache: index % 9 === 8, ip, statusCode: 200,
      statusLine: capitals ? "HTTP/1.1 200 OK" : "HTTP/1.1 200",
      responseHeaders: fields.map(([name, value]) => ({ name: spelled(name), value })),
    };
    const event = form === "firefox"
      ? {
          ...common, originUrl: `https://${host}/`, documentUrl: main ? undefined : `https://${host}/`, frameAncestors: [],
          cookieStoreId: "firefox-default", incognito: false, thirdParty: false, requestSize: 0, responseSize: 0,
          proxyInfo: null, urlClassification: { firstParty: [], thirdParty: [] }, statusLine: "HTTP/2.0 200 OK",
        }
      : { ...common, documentId: make.hex(32).toUpperCase(), documentLifecycle: "active", frameType: "outermost_frame", initiator: `https://${host}` };
    return JSON.stringify(event);
  });
}
