// The panel's entry point: it loads the module and the dataset; the rest is Rust (`src/ui/dom`).
import init, * as core from "./served_by.js";

const ext = (globalThis.ext = globalThis.browser ?? globalThis.chrome);
const load = (path) => fetch(ext.runtime.getURL(path));

Promise.all([
  init({ module_or_path: load("served_by_bg.wasm") }),
  load("dataset.img").then((response) => response.arrayBuffer()),
])
  .then(([, image]) => core.panel(new Uint8Array(image)))
  .catch((error) => console.error("Served By:", error));
