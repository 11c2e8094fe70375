// From an address as text to the name of its operator, for whoever asks often: `names.rs` is the other half.
// An address is a few ASCII characters, which are written into the module's memory one by one: for so short a text
// that takes a fraction of what `TextEncoder` does. A name that was read is kept under its operator's place, so
// there are at most as many as the table has; and the addresses that were asked last are kept with their answers,
// because a page comes from a few addresses again and again.

const ADDRESS_MAX = 45;
const NAME_MAX = 512;
const ASKED = 1024; // A power of two.

/** Given the module's exports and its memory, what answers with a name, or with nothing. */
export function operatorNames(core, memory) {
  const decoder = new TextDecoder();
  const [toAddress, toName] = [core.names_address(), core.names_name()];
  const names = new Array(core.names_count()).fill(undefined);
  const asked = new Array(ASKED).fill("");
  const answers = new Array(ASKED).fill(undefined);
  let [address, name] = [new Uint8Array(), new Uint8Array()];

  const read = (place) => (names[place] = decoder.decode(name.subarray(0, core.names_read(place))));

  const find = (text, length) => {
    if (address.length === 0) {
      // The first time, and when the module's memory has grown, which makes it another one.
      address = new Uint8Array(memory.buffer, toAddress, ADDRESS_MAX);
      name = new Uint8Array(memory.buffer, toName, NAME_MAX);
    }
    const to = address;
    let all = 0;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      all |= code;
      to[at] = code;
    }
    const place = all < 128 ? core.names_place(length) : 0;
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
