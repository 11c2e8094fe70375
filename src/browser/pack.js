// An event of webRequest as one piece of text, in which NUL stands between the parts: reading
// it in one piece costs a third of reading every property from Rust. Nothing is judged here, and
// nothing left out but what exceeds a megabyte.

const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");
let room = new Uint8Array(1 << 14);

/** Chromium gives values that are not UTF-8 as bytes; Firefox gives all as Latin-1. */
const valueOf = ({ value, binaryValue }) => value ?? (binaryValue ? latin1.decode(Uint8Array.from(binaryValue)) : "");

export function pack(d, clean) {
  const fields = d.responseHeaders ?? [];
  const parts = [
    d.url, d.requestId, d.tabId, d.type, d.statusCode ?? 0, d.ip ?? "", d.fromCache ? "1" : "", d.timeStamp ?? "",
    d.documentId ?? "", d.documentLifecycle ?? "", d.proxyInfo?.type ?? "", d.error ?? "", fields.length,
  ];
  let text = (clean ? parts.map(without) : parts).join("\0");
  for (const field of fields) {
    text += clean ? `\0${without(field.name)}\0${without(valueOf(field))}` : `\0${field.name}\0${valueOf(field)}`;
  }
  let { read, written } = encoder.encodeInto(text, room);
  while (read < text.length && room.length < 1 << 20) {
    room = new Uint8Array(room.length * 4);
    ({ read, written } = encoder.encodeInto(text, room));
  }
  return room.subarray(0, written);
}

const without = (part) => String(part).replaceAll("\0", "\ufffd");
