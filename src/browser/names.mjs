// From an address as text to the name of its operator, for whoever asks often: `names.rs` is the other half.
// An address in its usual form is read here, and handed over as a number or as four: to hand over its characters takes
// longer. What is written in any other way, or is no address, is for the module to judge: its few ASCII characters are
// written into the module's memory one by one, in a fraction of the time that `TextEncoder` takes. A name that was read
// is kept under its operator's place, so there are at most as many as the table has; and the addresses that were asked
// last are kept with their answers, because a page comes from a few addresses again and again.

const ADDRESS_MAX = 45;
const IPV4_MAX = 15;
const NAME_MAX = 512;
const ASKED_BITS = 10;
const ASKED = 1 << ASKED_BITS;
/** Spreads numbers that differ little: the golden ratio's digits, as Knuth proposes (TAOCP 3, 6.4). */
const SPREAD = 0x9e3779b1;
const ZERO = 48;
const DOT = 46;
const COLON = 58;
const NONE = 16;
/** What each ASCII character is as a digit of base 16. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return digit >= 0 ? digit : NONE;
});

/** Given the module's exports and its memory, what answers with a name, or with nothing. */
export function operatorNames(core, memory) {
  const decoder = new TextDecoder();
  const [toAddress, toName] = [core.names_address(), core.names_name()];
  const names = new Array(core.names_count()).fill(undefined);
  const [asked, places] = [new Array(ASKED).fill(""), new Int32Array(ASKED)];
  const [asked4, places4] = [new Int32Array(ASKED), new Int32Array(ASKED)];
  asked4[0] = 1; // Nobody has asked for 0.0.0.0 yet, whose slot it is.
  // Both are empty at first, and again when the module's memory has grown, which makes it another one.
  let [address, name] = [new Uint8Array(), new Uint8Array()];

  const read = (place) => {
    const length = core.names_read(place);
    if (name.length === 0) name = new Uint8Array(memory.buffer, toName, NAME_MAX);
    return (names[place] = decoder.decode(name.subarray(0, length)));
  };

  // An IPv4 address. Who is asked again and again is found by the number.
  const placeOfBytes = (text, length) => {
    let [at, bits] = [0, 0];
    for (let which = 0; which < 4; which++) {
      const begin = at;
      let [code, byte] = [0, 0];
      while (at < length && (code = text.charCodeAt(at)) !== DOT) {
        const digit = code - ZERO;
        // The first digit of several is not zero.
        if (digit >>> 0 > 9 || (byte === 0 && at !== begin)) return undefined;
        byte = byte * 10 + digit;
        at++;
      }
      if (byte > 255 || at === begin) return undefined;
      bits = (bits << 8) | byte;
      at++; // The dot, or the end.
    }
    if (at !== length + 1) return undefined;
    const slot = Math.imul(bits, SPREAD) >>> (32 - ASKED_BITS);
    if (asked4[slot] === bits) return places4[slot];
    asked4[slot] = bits;
    return (places4[slot] = core.names_place_of_v4(bits));
  };

  // An IPv6 address with all its groups.
  const words = new Uint16Array(8);
  const placeOfGroups = (text, length) => {
    let [at, wrong] = [0, 0];
    for (let which = 0; which < 8; which++) {
      const begin = at;
      let [code, group] = [0, 0];
      while (at < length && (code = text.charCodeAt(at)) !== COLON) {
        const digit = DIGITS[code & 127];
        wrong |= (code & ~127) | (digit & NONE);
        group = (group << 4) | digit;
        at++;
      }
      // One to four digits.
      wrong |= (at - begin - 1) & ~3;
      words[which] = group;
      at++; // The colon, or the end.
    }
    if (wrong !== 0 || at !== length + 1) return undefined;
    const [a, b] = [(words[0] << 16) | words[1], (words[2] << 16) | words[3]];
    return core.names_place_of(a, b, (words[4] << 16) | words[5], (words[6] << 16) | words[7]);
  };

  const placeOfText = (text, length) => {
    if (address.length === 0) address = new Uint8Array(memory.buffer, toAddress, ADDRESS_MAX);
    const to = address;
    let all = 0;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      all |= code;
      to[at] = code;
    }
    return all < 128 ? core.names_place(length) : 0;
  };

  const placeOfAny = (text, length) => {
    // The last characters differ most.
    const mixed = text.charCodeAt(length - 1) + 11 * text.charCodeAt(length - 2) + 101 * text.charCodeAt(length - 4);
    const slot = mixed & (ASKED - 1);
    if (asked[slot] === text) return places[slot];
    asked[slot] = text;
    return (places[slot] = (length > IPV4_MAX ? placeOfGroups(text, length) : undefined) ?? placeOfText(text, length));
  };

  return (text) => {
    const { length } = text;
    if (length > ADDRESS_MAX) return undefined;
    const place = (length > IPV4_MAX ? undefined : placeOfBytes(text, length)) ?? placeOfAny(text, length);
    return place === 0 ? undefined : (names[place] ?? read(place));
  };
}
