// The module's verdict beside two other ways to match the same rules on the same responses, in Node.js:
// wappalyzer-core, and one regular expression for each field name. `cargo bench --bench peers` writes the
// rules and says what the native verdict takes. node benches/peers.mjs [FOLDER [ROUNDS]].
//
// All of them begin with the browser's object. The peers find a provider by the strongest rule that
// matches and are done; ours also reads host, address and clocks, orders the layers and keeps the evidence.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { responses } from "../tests/e2e/bench/responses.mjs";

const WAPPALYZER = 150;
const BY_NAME = 4;
const root = new URL("../", import.meta.url);
const [folder = "target/bench", rounds = "40"] = process.argv.slice(2);
const built = new URL(`${pathToFileURL(folder)}/`, root);
const core = await import(new URL("served_by.js", built));
core.initSync({ module: readFileSync(new URL("served_by_bg.wasm", built)) });
core.bench_start(readFileSync(new URL("dataset.img", built)));
const { rules, native_ns: native } = JSON.parse(readFileSync(new URL("target/bench/peers.json", root)));

// wappalyzer-core: a technology for each provider, with its rules in `headers`. What its driver does before,
// it does here too: fields by their names in lower case, each with the list of its values.
const wappalyzer = createRequire(new URL("tests/checkers/package.json", root))("wappalyzer-core");
const technologies = {};
for (const { provider, field, regex } of rules) {
  const { headers } = (technologies[provider] ??= { cats: [1], headers: {} });
  (headers[field] ??= []).push(regex);
}
wappalyzer.setCategories({ 1: { name: "CDN", priority: 1 } });
wappalyzer.setTechnologies(technologies);
function ask({ responseHeaders }) {
  const headers = {};
  for (const { name, value } of responseHeaders) (headers[name.toLowerCase()] ??= []).push(value);
  return wappalyzer.resolve(wappalyzer.analyze({ headers }));
}

// One regular expression for each name. Its groups, one for each rule, say which rule it was; a value that
// none of them matches, as most are, costs one `exec`. Where the presence suffices there is no expression.
const byName = new Map();
for (const rule of rules) {
  if (!byName.has(rule.field)) byName.set(rule.field, { list: [], expression: undefined });
  byName.get(rule.field).list.push(rule);
}
for (const entry of byName.values()) {
  entry.list.sort((a, b) => b.strength - a.strength);
  const asked = entry.list.filter(({ regex }) => regex !== "");
  entry.present = entry.list.find(({ regex }) => regex === "");
  entry.list = asked;
  if (asked.length > 0) entry.expression = new RegExp(asked.map(({ regex }) => `(${regex})`).join("|"), "i");
}
function match({ responseHeaders }) {
  let best;
  for (const { name, value } of responseHeaders) {
    const entry = byName.get(name) ?? byName.get(name.toLowerCase());
    if (entry === undefined) continue;
    let found = entry.present;
    const groups = entry.expression?.exec(value);
    if (groups) {
      let at = 1;
      while (groups[at] === undefined) at += 1;
      const rule = entry.list[at - 1];
      if (found === undefined || rule.strength > found.strength) found = rule;
    }
    if (found !== undefined && (best === undefined || found.strength > best.strength)) best = found;
  }
  return best?.provider;
}

const count = (way) => (events) => events.reduce((sum, event) => sum + (way(event) ? 1 : 0), 0);
const ways = {
  module: core.bench_verdict,
  read: core.bench_read,
  judged: (events) => core.bench_judge(events, 20),
  byName: count(match),
  wappalyzer: count((event) => ask(event).length > 0),
};
const texts = responses("chromium");
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
const named = {};
for (let round = 0; round < Number(rounds) + 5; round += 1) {
  for (const [name, way] of Object.entries(ways)) {
    // Each runs once unmeasured, or else it would pay for what the one before it left in caches and heap:
    // wappalyzer-core takes a fifth of a second in each round. Objects are fresh each time, as the browser's are.
    way(texts.map((text) => JSON.parse(text)));
    const events = texts.map((text) => JSON.parse(text));
    const begin = performance.now();
    named[name] = way(events);
    const took = ((performance.now() - begin) * 1e6) / events.length / (name === "judged" ? 20 : 1);
    // The first rounds are for the compilers.
    if (round >= 5) times[name].push(took);
  }
}
const ns = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
// Each round's ratio is that of neighbours in time, so that a busy machine weighs on both.
const ratio = (peer, ours) => median(times[peer].map((time, round) => time / times[ours][round]));
const [old, plain] = [ratio("wappalyzer", "module"), ratio("byName", "module")];
const show = (number) => number.toFixed(0);
console.log(
  `peers, node ${process.versions.node}, ${rules.length} rules, 25 fields: to the verdict ${show(ns.module)} ns ` +
    `(reading the object ${show(ns.read)} ns, judging ${show(ns.judged)} ns; native ${show(native)} ns)`,
);
console.log(`peers: wappalyzer-core ${show(ns.wappalyzer)} ns, ratio ${old.toFixed(0)}; to the native verdict ${show(ns.wappalyzer / native)}`);
console.log(
  `peers: one expression for each field name ${show(ns.byName)} ns, ratio ${plain.toFixed(2)}; ` +
    `to judging alone ${ratio("byName", "judged").toFixed(2)}; to the native verdict ${(ns.byName / native).toFixed(2)}`,
);
console.log(`peers: of ${texts.length} responses named: ours ${named.module}, wappalyzer-core ${named.wappalyzer}, by name ${named.byName}`);
if (old < WAPPALYZER || plain < BY_NAME) {
  console.log(`peers: less than ${WAPPALYZER} times, or less than ${BY_NAME} times faster`);
  process.exitCode = 1;
}
