// The table of operators in the wasm module beside npm `maxmind` on the same rows, in Node.js: from an
// address as text to the operator's name, and how many bytes of a zip each takes. Needs target/operators/
// peer.mmdb and table.img, which `cargo bench --bench operators` writes, and target/bench.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";

const root = new URL("../", import.meta.url);
const require = createRequire(new URL("tests/checkers/package.json", root));
const maxmind = require("maxmind");
const { operatorNames } = await import(new URL("src/browser/names.mjs", root));
const core = await import(new URL("target/bench/served_by.js", root));
const { memory } = core.initSync({ module: readFileSync(new URL("target/bench/served_by_bg.wasm", root)) });
const table = readFileSync(new URL("target/operators/table.img", root));
const mmdb = readFileSync(new URL("target/operators/peer.mmdb", root));
core.operators_start(table);
const nameOf = operatorNames(core, memory);
// As its documentation says: it keeps 10,000 of the records read last.
const peer = await maxmind.open(fileURLToPath(new URL("target/operators/peer.mmdb", root)));

const ROUNDS = 11;
const COUNT = 50_000;
let failed = false;
const must = (fine, text) => {
  if (fine) return;
  console.error(text);
  failed = true;
};

const zipped = (bytes) => deflateRawSync(bytes, { level: 9 }).length;
const [ours, theirs] = [zipped(table), zipped(mmdb)];
console.log(`in a zip: ${ours} bytes; as mmdb ${theirs}, ratio ${(ours / theirs).toFixed(3)}`);
must(ours <= 2_500_000 && ours / theirs <= 0.41, "the table must take at most 2.5 MB and 0.41 of the other");

// Rows of 20 bytes with an address in each, as tests/operators wrote them; their order is by chance.
const questions = readFileSync(new URL("target/operators/questions.bin", root));
const rows = questions.length / 20;
let chance = 0x2545f491;
const below = (limit) => {
  chance ^= chance << 13;
  chance ^= chance >>> 17;
  chance ^= chance << 5;
  return (chance >>> 0) % limit;
};
const pick = (wanted) => {
  for (;;) {
    const row = questions.subarray(below(rows) * 20).subarray(0, 20);
    const ipv4 = row.readUInt32BE(8) === 0xffff && row.readUInt32BE(0) === 0;
    if (ipv4 === wanted && row.readUInt32LE(16) !== 0) return row;
  }
};
const random4 = Uint32Array.from({ length: COUNT }, () => pick(true).readUInt32BE(12));
const hot4 = random4.map((_, at) => random4[at % 64]);
const random6 = new Uint8Array(COUNT * 16);
for (let at = 0; at < COUNT; at += 1) random6.set(pick(false).subarray(0, 16), at * 16);
const text4 = (bits) => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
const text6 = (at) =>
  Array.from({ length: 8 }, (_, part) => ((random6[at * 16 + part * 2] << 8) | random6[at * 16 + part * 2 + 1]).toString(16)).join(":");

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
const nanoseconds = (count, run) => {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begin = process.hrtime.bigint();
    run();
    times.push(Number(process.hrtime.bigint() - begin) / count);
  }
  return median(times);
};

const inside = (addresses) => nanoseconds(COUNT * 10, () => core.operators_numbers(addresses, 10));
const inside6 = nanoseconds(COUNT * 10, () => core.operators_numbers6(random6, 10));
console.log(
  `in the module: AS number ${inside(random4).toFixed(1)} ns random, ${inside(hot4).toFixed(1)} ns hot, IPv6 ${inside6.toFixed(1)} ns`,
);

const sets = {
  "IPv4, random": Array.from(random4, text4),
  "IPv4, 64 again and again": Array.from(hot4, text4),
  "IPv6, random": Array.from({ length: COUNT }, (_, at) => text6(at)),
};
for (const [name, texts] of Object.entries(sets)) {
  for (const text of texts.slice(0, 500)) {
    const expected = peer.get(text)?.autonomous_system_organization;
    must(nameOf(text) === expected, `${text}: ${nameOf(text)}, and not ${expected}`);
  }
  let sum = 0;
  const times = [[], []];
  for (let round = 0; round < 3; round += 1) {
    times[0].push(nanoseconds(COUNT, () => { for (const text of texts) sum += nameOf(text).length; }));
    times[1].push(nanoseconds(COUNT, () => { for (const text of texts) sum += peer.get(text).autonomous_system_organization.length; }));
  }
  const [own, other] = times.map(median);
  console.log(`${name}: text to name ${own.toFixed(0)} ns; maxmind ${other.toFixed(0)} ns, ratio ${(other / own).toFixed(1)} (${sum})`);
  must(other / own >= 10, "a name must be found at least 10 times faster");
}
process.exitCode = failed ? 1 : 0;
