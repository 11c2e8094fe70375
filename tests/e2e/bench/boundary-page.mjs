// The page of the measurement, `boundary.html?form=firefox&rounds=60`: it leaves its figures, or what
// went wrong, in an attribute of the document. What drives a browser waits for that, for no script
// that it calls may take as long.

import { measure } from "./boundary.mjs";

const fetched = (path) => fetch(path).then((response) => response.arrayBuffer());
const turn = () => new Promise((done) => setTimeout(done));

async function boundary(form, rounds) {
  const core = await import("./built/served_by.js");
  await core.default({ module_or_path: await fetched("built/served_by_bg.wasm") });
  return measure(core, new Uint8Array(await fetched("built/dataset.img")), form, rounds, turn);
}

/** Milliseconds to compile and instantiate the module that is shipped, the median of several. */
async function instantiate(rounds) {
  const bytes = await fetched("shipped/served_by_bg.wasm");
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    // Another byte at the end each time, in a section that means nothing: a cache by content would
    // otherwise answer from the second round on.
    const fresh = new Uint8Array(bytes.byteLength + 8);
    fresh.set(new Uint8Array(bytes));
    fresh.set([0, 6, 1, 120, round & 127, 1, 2, 3], bytes.byteLength);
    const begin = performance.now();
    const module = await WebAssembly.compile(fresh);
    await WebAssembly.instantiate(module, imports(module));
    times.push(performance.now() - begin);
    await turn();
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Stand-ins for whatever the module imports: none of it is called before `start`. */
function imports(module) {
  const given = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    given[from] ??= {};
    given[from][name] = kind === "function" ? () => {} : new WebAssembly.Table({ initial: 128, element: "externref" });
  }
  return given;
}

const parameters = new URLSearchParams(location.search);
const say = (outcome) => { document.documentElement.dataset.outcome = JSON.stringify(outcome) };
boundary(parameters.get("form"), Number(parameters.get("rounds")))
  .then(async (found) => say({ ...found, start: await instantiate(21) }))
  .catch((error) => say({ error: `${error}\n${error.stack}` }));
