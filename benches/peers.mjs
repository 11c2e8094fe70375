// The module's verdict beside other ways to match the same rules on the same responses, in Node.js:
// wappalyzer-core, and regular expressions by field name. `cargo bench --bench peers` writes the rules and
// says what the native verdict takes. node benches/peers.mjs [FOLDER [ROUNDS]].
//
// All of them begin with the browser's object. A verdict needs every rule that matches: three ways by field
// name find them all, which is compared with the rules that our own matcher finds; a fourth one finds the
// strongest of each field and is done. None of them looks at members, places and clocks in what matched,
// reads host and address, or orders the layers, as ours does.

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
const { rules, found, native_ns: native } = JSON.parse(readFileSync(new URL("target/bench/peers.json", root)));

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

// Three ways to find every rule that matches, as numbers of rules. The plain one has an expression for each
// rule. The second has one for each name, in which each rule is an optional look ahead whose empty group
// says whether it matched. The third asks one expression for each name whether any rule matches at all, and
// only then each of them.
const anywhere = (regex) => (regex.startsWith("^") ? regex : `[^]*?(?:${regex})`);
const all = new Map();
for (const [number, { field, regex }] of rules.entries()) {
  if (!all.has(field)) all.set(field, { present: [], numbers: [], sources: [] });
  const entry = all.get(field);
  if (regex === "") entry.present.push(number);
  else {
    entry.numbers.push(number);
    entry.sources.push(regex);
  }
}
for (const entry of all.values()) {
  entry.expressions = entry.sources.map((source) => new RegExp(source, "i"));
  const ahead = entry.sources.map((source) => `(?:(?=${anywhere(source)}())|)`).join("");
  entry.ahead = ahead === "" ? undefined : new RegExp(`^${ahead}`, "i");
  entry.any = ahead === "" ? undefined : new RegExp(entry.sources.join("|"), "i");
}
const ofEach = (entry, value, matched) => {
  for (let at = 0; at < entry.expressions.length; at += 1) {
    if (entry.expressions[at].test(value)) matched.push(entry.numbers[at]);
  }
};
const lookAhead = (entry, value, matched) => {
  const groups = entry.ahead?.exec(value);
  if (!groups) return;
  for (let at = 1; at < groups.length; at += 1) if (groups[at] !== undefined) matched.push(entry.numbers[at - 1]);
};
const anyThenEach = (entry, value, matched) => {
  if (entry.any?.test(value)) ofEach(entry, value, matched);
};
const every = (find) => ({ responseHeaders }) => {
  const matched = [];
  for (const { name, value } of responseHeaders) {
    const entry = all.get(name) ?? all.get(name.toLowerCase());
    if (entry === undefined) continue;
    for (const number of entry.present) matched.push(number);
    find(entry, value, matched);
  }
  return matched;
};
const finders = { each: every(ofEach), ahead: every(lookAhead), any: every(anyThenEach) };

const count = (way) => (events) => events.reduce((sum, event) => sum + (way(event) ? 1 : 0), 0);
const ways = {
  module: core.bench_verdict,
  read: core.bench_read,
  judged: (events) => core.bench_judge(events, 20),
  byName: count(match),
  each: count((event) => finders.each(event).length > 0),
  ahead: count((event) => finders.ahead(event).length > 0),
  any: count((event) => finders.any(event).length > 0),
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
  `peers: the strongest rule of each field alone, one expression for each name ${show(ns.byName)} ns, ratio ${plain.toFixed(2)}; ` +
    `to judging alone ${ratio("byName", "judged").toFixed(2)}; to the native verdict ${(ns.byName / native).toFixed(2)}`,
);
const equal = {
  any: "one expression for each name, then one for each rule where it matches",
  each: "one expression for each rule, by name",
  ahead: "one expression for each name with a look ahead for each rule",
};
const fastest = Object.keys(equal).reduce((best, way) => (ns[way] < ns[best] ? way : best));
for (const [way, words] of Object.entries(equal)) {
  console.log(
    `peers: every rule that matches: ${words} ${show(ns[way])} ns, ratio ${ratio(way, "module").toFixed(2)}; ` +
      `to judging alone ${ratio(way, "judged").toFixed(2)}; to the native verdict ${(ns[way] / native).toFixed(2)}`,
  );
}
// Each way has to find what our own matcher finds, or else its time says nothing. Expressions that stand for
// several rules take letters of either case for all of them, so those may find a rule that asks for one case.
const differences = [];
const eitherCase = new Set(rules.filter((rule) => rule.case === "any").map((rule) => rule.id));
for (const [number, text] of texts.entries()) {
  const ours = new Set(found[number]);
  for (const [way, find] of Object.entries(finders)) {
    const theirs = new Set(find(JSON.parse(text)).map((rule) => rules[rule].id));
    for (const id of ours) if (!theirs.has(id)) differences.push(`${way} misses ${id} in response ${number}`);
    for (const id of theirs) if (!ours.has(id) && eitherCase.has(id)) differences.push(`${way} finds ${id} in response ${number}`);
  }
}
const pairs = found.reduce((sum, { length }) => sum + length, 0);
console.log(`peers: ${pairs} times a rule matches by ours; the ways that find every rule differ ${differences.length} times`);
for (const difference of differences.slice(0, 10)) console.log(`peers: ${difference}`);
console.log(`peers: of ${texts.length} responses named: ours ${named.module}, wappalyzer-core ${named.wappalyzer}, by name ${named.byName}`);
if (old < WAPPALYZER || plain < BY_NAME || ratio(fastest, "module") < BY_NAME || differences.length > 0) {
  console.log(`peers: less than ${WAPPALYZER} times, or less than ${BY_NAME} times faster, or other rules`);
  process.exitCode = 1;
}
