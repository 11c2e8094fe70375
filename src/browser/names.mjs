// From an address as text to the name of its operator, for whoever asks often: `names.rs` is the other half.
// An address is a few ASCII characters, which are written into the module's memory one by one: for so short a text
// that takes a fraction of what `TextEncoder` does. A name that was read is kept under its operator's place, so
// there are at most as many as the table has; and the addresses that were asked last are kept with their answers,
// because a page comes from a few addresses again and again.

const ADDRESS_MAX = 45;
const IPV4_MAX = 15;
const NAME_MAX = 512;
const ASKED = 1024; // A power of two.
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
  const asked = new Array(ASKED).fill("");
  const answers = new Array(ASKED).fill(undefined);
  // Both are empty at first, and again when the module's memory has grown, which makes it another one.
  let [address, name] = [new Uint8Array(), new Uint8Array()];

  const read = (place) => {
    const length = core.names_read(place);
    if (name.length === 0) name = new Uint8Array(memory.buffer, toName, NAME_MAX);
    return (names[place] = decoder.decode(name.subarray(0, length)));
  };

  // An IPv6 address with all its groups is read here: to hand over its 39 characters takes longer. What is written in
  // any other way, or is no address, is for the module to judge.
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

  const find = (text, length) => {
    const place = (length > IPV4_MAX ? placeOfGroups(text, length) : undefined) ?? placeOfText(text, length);
    return place === 0 ? undefined : (names[place] ?? read(place));
  };

  return (text) => {
    const { length } = text;
    if (length > ADDRESS_MAX) return undefined;
    // The last characters differ most.
    const mixed = text.charCodeAt(length - 1) + 11 * text.charCodeAt(length - 2) + 101 * text.charCodeAt(length - 4);
    const slot = mixed & (ASKED - 1);
    if (asked[slot] === text) return answers[slot];
    asked[slot] = text;
    return (answers[slot] = find(text, length));
  };
}
