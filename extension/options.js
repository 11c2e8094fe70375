// The entry point of the page about updates; the rest is Rust (`src/browser/options.rs`). A click is
// handed over in its own turn, because browsers take a question about access only then.
import init, * as core from "./served_by_updates.js";

const ext = (globalThis.ext = globalThis.browser ?? globalThis.chrome);
const report = (error) => console.error("Served By:", error);

init({ module_or_path: fetch(ext.runtime.getURL("served_by_updates_bg.wasm")) })
  .then(() => core.options())
  .then(() => {
    document.addEventListener("click", ({ target }) => {
      const action = target.closest("[data-action]")?.dataset.action;
      if (action) core.options_action(action);
    });
    document.addEventListener("change", async ({ target }) => {
      const file = target.files?.[0];
      if (file) core.options_file(file.size, new Uint8Array(await file.slice(0, core.file_max()).arrayBuffer()));
      target.value = "";
    });
  })
  .catch(report);
