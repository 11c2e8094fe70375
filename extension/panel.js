// The panel's entry point: it loads the module and the dataset, and the records once the panel is
// on screen; the rest is Rust (`src/ui/dom`).
import "./parts.js";
import "./served_by_pages.js";

const ext = (globalThis.ext = globalThis.browser ?? globalThis.chrome);
const load = (path) => fetch(ext.runtime.getURL(path));

const image = async (name) => new Uint8Array(await part(name));

Promise.all([pages.init({ module_or_path: load("served_by_pages_bg.wasm") }), image("dataset.img")])
  .then(([, dataset]) => pages.panel(dataset))
  .then(() => image("records.img"))
  .then((records) => pages.records(records))
  .catch((error) => console.error("Served By:", error));
