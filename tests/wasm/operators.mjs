// The wasm module finds the operators that the native program found: every boundary of the table,
// one before and one after, and millions of addresses, which tests/operators wrote to target/operators.
import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const module = new URL("target/bench/", root);
const core = await import(new URL("served_by.js", module));
const { memory } = await core.default({ module_or_path: readFileSync(new URL("served_by_bg.wasm", module)) });
const { operatorNames } = await import(new URL("src/browser/names.mjs", root));
const table = readFileSync(new URL("target/operators/table.img", root));
const questions = readFileSync(new URL("target/operators/questions.bin", root));

const ROW = 20;
if (questions.length === 0 || questions.length % ROW !== 0) throw new Error("target/operators/questions.bin holds no questions");
const differing = core.operators_differ(table, questions);
console.log(`${questions.length / ROW} addresses, ${differing} differing operators`);

// From text to name: who has a number has a name, what is no address has none, and names that are kept stay right
// when the module's memory has grown.
core.operators_start(table);
const nameOf = operatorNames(core, memory);
const wrong = [];
const expect = (text, name) => {
  if (nameOf(text) !== name) wrong.push(`${text}: ${nameOf(text)}, and not ${name}`);
};
// Whichever way of writing is asked first, and for whichever name.
for (const text of ["2606:4700:0:0:0:0:0:1111", "1.1.1.1"]) {
  const name = operatorNames(core, memory)(text);
  if (name !== "Cloudflare, Inc.") wrong.push(`${text}: ${name} at first`);
}
const known = { "1.1.1.1": "Cloudflare, Inc.", "2606:4700::1111": "Cloudflare, Inc.", "2606:4700:0:0:0:0:0:1111": "Cloudflare, Inc.", "2606:4700:0000:0000:0000:0000:0000:AbCd": "Cloudflare, Inc.", "2606:4700:0:0:0:0::1111": "Cloudflare, Inc.", "2606:4700:0:0:0:0:1.2.3.4": "Cloudflare, Inc.", "::ffff:8.8.8.8": "Google LLC", "8.8.8.8": "Google LLC", "10.0.0.1": undefined, "0.0.0.0": undefined, "255.255.255.255": undefined };
const none = ["", "1.1.1", "1.1.1.1 ", "01.1.1.1", "00.1.1.1", "1.1.1.01", "1.1.1.256", "1.1.1.0001", "257.1.1.1", "1..1.1", ".1.1.1.1", "1.1.1.", "1.1.1.1.", "1.1.1.1.1", "1.1.1.-1", "1.1.1./", "1.1.1.:", "\u0131.1.1.1", "1.1.1.1".padEnd(46, "1"), "cloudflare", ":::", "2606:4700:0:0:0:0:0:11111", "2606:4700:0:0:0:0:0", "2606:4700:0:0:0:0:0:0:1", "2606:4700:0:0:0:0:0:", "2606:4700:0:0:0:0:0:g", "2606:4700:0:0:0:0:0:1111:", "2606:4700:0:0:0:0:0:\u0131111", "2606:4700::0:0:0:0:0:1111"];
for (const round of [1, 2]) {
  for (const [text, name] of Object.entries(known)) expect(text, name);
  for (const text of none) expect(text, undefined);
  if (round === 1) memory.grow(1);
}
for (let at = 0; at < questions.length; at += ROW * 997) {
  const row = questions.subarray(at, at + ROW);
  const text = Array.from({ length: 8 }, (_, part) => row.readUInt16BE(part * 2).toString(16)).join(":");
  if ((nameOf(text) !== undefined) !== (row.readUInt32LE(16) !== 0)) wrong.push(`${text}: ${nameOf(text)}`);
  const bytes = Array.from(row.subarray(12, 16)).join(".");
  if (text.startsWith("0:0:0:0:0:ffff:")) expect(bytes, nameOf(text));
}
for (const text of wrong.slice(0, 20)) console.error(text);
process.exitCode = differing === 0 && wrong.length === 0 ? 0 : 1;
