// One response, from the browser's object to the verdict, beside `serde-wasm-bindgen` that only
// decodes the same object. Runs in pages of both browsers and in node.

import { responses } from "./responses.mjs";

/** Objects of one sample: 400 responses, each of them made afresh this many times. */
const COPIES = 3;

/** The least that JavaScript alone has to do: find five fields by name. It names the scale, no more. */
function reference(events) {
  const wanted = new Set(["server", "via", "x-cache", "cf-ray", "x-served-by"]);
  let found = 0;
  for (const { responseHeaders } of events) {
    for (const { name, value } of responseHeaders) {
      if (wanted.has(name.toLowerCase()) && value.length > 0) found += 1;
    }
  }
  return found;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** Medians in nanoseconds for one response, over rounds in which the ways take turns. */
export async function measure(core, image, form, rounds, breathe) {
  core.bench_start(image);
  const ways = { verdict: core.bench_verdict, read: core.bench_read, decode: core.bench_decode, reference };
  const texts = responses(form);
  const names = Object.keys(ways);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const results = {};
  for (let round = 0; round < rounds + 10; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      // Objects are fresh each time, as the browser's are: nothing is remembered about them.
      const events = [];
      for (let copy = 0; copy < COPIES; copy += 1) for (const text of texts) events.push(JSON.parse(text));
      const begin = performance.now();
      const result = ways[name](events);
      const took = performance.now() - begin;
      if (results[name] !== undefined && results[name] !== result) throw new Error(`${name}: ${results[name]}, then ${result}`);
      results[name] = result;
      // The first rounds are for the compilers.
      if (round >= 10) times[name].push((took * 1e6) / events.length);
    }
    await breathe?.();
  }
  const fields = texts.length * COPIES * 25;
  if (results.decode !== fields) throw new Error(`${results.decode} fields were decoded, not ${fields}`);
  const ns = Object.fromEntries(names.map((name) => [name, Math.round(median(times[name]))]));
  // Each round's ratio is that of neighbours in time, so that a busy machine weighs on both.
  const ratio = median(times.verdict.map((time, round) => time / times.decode[round]));
  return { ...ns, ratio, named: results.verdict / (texts.length * COPIES) };
}
