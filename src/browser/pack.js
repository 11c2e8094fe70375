// An event of webRequest, copied into the module's memory in one piece: reading every property from
// Rust costs three times as much. Nothing is judged here. What is left out are fields that the module
// never reads, and what exceeds the first megabyte.
//
// `wanted` has a bit for each length, first and last character that the name of a field may have, as
// `decode.rs` puts them together. Encoding all fields takes as long as the rest of the way, and a Set
// of names nearly as long, because it hashes each of them.
//
// `room` receives the texts without anything between them, as UTF-8. `table` receives five numbers,
// then the place at which each text ends. What is returned is the number of texts, or zero when they
// did not fit; the first two numbers then are the entries and the bytes that would do. What is no event
// is less than zero.
//
// All three are places in the module's memory. They are mostly where they were, and a view is kept until
// one has moved, or until the memory has grown, which leaves a view without any length.

const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");
const NUMBERS = 5;
const ROOM_MAX = 1 << 20;
const WANTED = 1 << 12;
let [wanted, table, room] = [new Uint8Array(), new Float64Array(), new Uint8Array()];

export function pack(memory, details, wantedAt, tableAt, entries, roomAt, bytes) {
  try {
    if (!lies(wanted, wantedAt, WANTED)) wanted = new Uint8Array(memory.buffer, wantedAt, WANTED);
    if (!lies(table, tableAt, entries)) table = new Float64Array(memory.buffer, tableAt, entries);
    if (!lies(room, roomAt, bytes)) room = new Uint8Array(memory.buffer, roomAt, bytes);
    return write(details);
  } catch {
    return -1;
  }
}

const lies = (view, at, length) => view.byteOffset === at && view.length === length;

function write(details) {
  const fields = details.responseHeaders ?? [];
  const count = 9 + 2 * fields.length;
  if (table.length < NUMBERS + count) return ask(NUMBERS + count, room.length);
  table[0] = details.tabId ?? -1;
  table[1] = details.statusCode ?? 0;
  table[2] = details.timeStamp ?? NaN;
  table[3] = details.fromCache ? 1 : 0;
  const ahead = details.documentLifecycle === "prerender";
  // The background knows pages that are built ahead, and none of their frames.
  table[4] = ahead ? (details.parentFrameId > 0 ? details.parentFrameId : details.frameId) : 0;
  let text = details.url ?? "";
  // Without user and password, as everywhere.
  if (text.includes("@")) text = text.replace(/^([a-z]+:\/\/)[^/?#]*@/, "$1");
  let at = NUMBERS;
  table[at++] = text.length;
  table[at++] = (text += details.requestId ?? "").length;
  table[at++] = (text += details.type ?? "").length;
  table[at++] = (text += details.ip ?? "").length;
  table[at++] = (text += details.documentId ?? "").length;
  table[at++] = (text += details.proxyInfo?.type ?? "").length;
  table[at++] = (text += details.error ?? "").length;
  table[at++] = (text += details.initiator ?? details.originUrl ?? "").length;
  table[at++] = (text += details.issuer ?? "").length;
  for (const field of fields) {
    const name = field.name;
    const kind = ((name.length & 31) << 10) | ((name.charCodeAt(0) & 31) << 5) | (name.charCodeAt(name.length - 1) & 31);
    if (((wanted[kind >> 3] >> (kind & 7)) & 1) === 0) continue;
    table[at++] = (text += name).length;
    table[at++] = (text += field.value ?? bytesOf(field)).length;
  }
  const { read, written } = encoder.encodeInto(text, room);
  if (read < text.length && room.length < ROOM_MAX) return ask(0, Math.min(ROOM_MAX, 3 * text.length));
  if (written !== text.length) encodeApart(text, at);
  return at - NUMBERS;
}

/** Chromium gives values that are not UTF-8 as bytes; Firefox gives all as Latin-1. */
const bytesOf = ({ binaryValue }) => (binaryValue ? latin1.decode(Uint8Array.from(binaryValue)) : "");

function ask(entries, bytes) {
  [table[0], table[1]] = [entries, bytes];
  return 0;
}

/** Some text is not ASCII, or all of them are too long: each is encoded for itself to learn where it ends. */
function encodeApart(text, end) {
  let [from, to] = [0, 0];
  for (let at = NUMBERS; at < end; at++) {
    const part = text.slice(from, table[at]);
    from = table[at];
    to += encoder.encodeInto(part, room.subarray(to)).written;
    table[at] = to;
  }
}
