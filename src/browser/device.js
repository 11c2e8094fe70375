// What an update needs of the browser: requests, hashes, signatures, gzip, a store for parts. Nothing
// is judged here. Files stay in the browser's memory from the request to the store; what comes from the
// module's own is copied before anything is awaited, because that may move meanwhile.

/** A server that sends nothing for this long is given up, and one that sends less than a byte in a millisecond. */
const SILENCE_MS = 30_000;

let fetched = 0;

/** Bytes that requests have brought since the background began. */
export function bytes_fetched() {
  return fetched;
}

/** Everything that a stream holds; nothing if that is more than `max` bytes. */
async function read(stream, max, sign = () => {}) {
  const reader = stream.getReader();
  const pieces = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    sign(value.length);
    length += value.length;
    if (length > max) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    pieces.push(value);
  }
  // A Blob would do the same, and take both browsers through another process for it.
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * A file of the channel: its status and its bytes. Status -1 is a redirect, -2 an answer that is too
 * long, -3 one that stopped coming, -4 none at all. The request is the same from every browser that
 * has the same version: no cookie, no referrer, no language, nothing from a cache.
 */
export async function fetch_file(url, max, since) {
  const stop = new AbortController();
  let timer;
  const end = performance.now() + SILENCE_MS + max;
  const sign = (length) => {
    fetched += length;
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), Math.min(SILENCE_MS, end - performance.now()));
  };
  let begun = false;
  try {
    sign(0);
    const headers = { accept: "*/*", "accept-language": "*", ...(since && { "if-modified-since": since }) };
    const response = await fetch(url, {
      headers,
      cache: "no-store",
      credentials: "omit",
      redirect: "manual",
      referrerPolicy: "no-referrer",
      signal: stop.signal,
    });
    begun = true;
    if (response.type === "opaqueredirect") return [-1];
    if (response.status !== 200) return [response.status];
    if (Number(response.headers.get("content-length")) > max) {
      stop.abort();
      return [-2];
    }
    const bytes = await read(response.body, max, sign);
    return bytes ? [200, bytes] : [-2];
  } catch {
    return [begun ? -3 : -4];
  } finally {
    clearTimeout(timer);
  }
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Ed25519 (RFC 8032). */
export async function verify(point, message, signature) {
  [point, message, signature] = [point.slice(), message.slice(), signature.slice()];
  const key = await crypto.subtle.importKey("raw", point, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

export async function unpack(bytes, max) {
  return read(new Response(bytes).body.pipeThrough(new DecompressionStream("gzip")), max);
}

/** The store takes addresses only; these lead nowhere. */
const address = (hash) => `https://parts.invalid/${hash}`;

const find = (hash) => caches.match(address(hash), { cacheName: "parts" });

export async function kept(hash) {
  const found = await find(hash);
  return found && new Uint8Array(await found.arrayBuffer());
}

/** Is it there? Its bytes are not read for that. */
export async function has(hash) {
  return (await find(hash)) !== undefined;
}

export async function keep(hash, bytes) {
  const part = new Response(bytes);
  await (await caches.open("parts")).put(address(hash), part);
}

export async function forget_all_but(hashes) {
  const store = await caches.open("parts");
  const needed = new Set(hashes.map(address));
  for (const request of await store.keys()) if (!needed.has(request.url)) await store.delete(request);
}

/** The label is judged by this image from here on, in another memory; the background says how. */
export function replace_image(image) {
  globalThis.core.replace(image);
}

/** A file of the package. */
export async function packaged(name) {
  return new Uint8Array(await (await fetch(ext.runtime.getURL(name))).arrayBuffer());
}
