// From the browser's object to the verdict, beside `serde-wasm-bindgen` that only decodes it, in node:
// node benches/boundary.mjs [FOLDER [ROUNDS]]. The browsers' figures are those of `bench-boundary`.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { measure } from "../tests/e2e/bench/boundary.mjs";

const root = new URL("../", import.meta.url);
const [folder = "target/bench", rounds = "60"] = process.argv.slice(2);
const built = new URL(`${pathToFileURL(folder)}/`, root);
const core = await import(new URL("served_by.js", built));
core.initSync({ module: readFileSync(new URL("served_by_bg.wasm", built)) });
for (const form of ["chromium", "firefox"]) {
  const found = await measure(core, readFileSync(new URL("dataset.img", built)), form, Number(rounds));
  console.log(
    `boundary, node ${process.versions.node}, objects as in ${form}: to the verdict ${found.verdict} ns (reading the object ${found.read} ns), ` +
      `serde-wasm-bindgen decoding ${found.decode} ns, ratio ${found.ratio.toFixed(2)}; ` +
      `five fields in JavaScript ${found.reference} ns`,
  );
}
