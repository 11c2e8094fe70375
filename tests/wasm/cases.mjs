// Native and wasm verdicts are the same: every response of tests/cases, which the native tests
// wrote to target/cases.json as a browser would report it, is judged by the module and compared
// with the native verdict, evidence and all.
import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const module = new URL("target/bench/", root);
const { default: init, case_verdict } = await import(new URL("served_by.js", module));
await init({ module_or_path: readFileSync(new URL("served_by_bg.wasm", module)) });
const image = readFileSync(new URL("dataset.img", module));

const cases = JSON.parse(readFileSync(new URL("target/cases.json", root), "utf8"));
if (cases.length === 0) throw new Error("target/cases.json holds no cases");
const differing = cases.filter(({ name, details, verdict }) => {
  const found = case_verdict(image, details);
  if (found !== verdict) console.error(`${name}\n  native ${verdict}\n  wasm   ${found}`);
  return found !== verdict;
});
console.log(`${cases.length} responses, ${differing.length} differing verdicts`);
process.exitCode = differing.length === 0 ? 0 : 1;
