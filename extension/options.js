// The entry point of the page about updates; the rest is Rust (`src/browser/options.rs`). A click is
// handed over in its own turn, because browsers take a question about access only then.
import "./module.js";

const report = (error) => console.error("Served By:", error);

loaded
  .then(() => {
    document.addEventListener("click", ({ target }) => {
      const action = target.closest("[data-action]:not([aria-disabled])")?.dataset.action;
      if (action) pages.options_action(action);
    });
    document.addEventListener("change", async ({ target }) => {
      const file = target.files?.[0];
      if (file) pages.options_file(file.size, new Uint8Array(await file.slice(0, pages.file_max()).arrayBuffer()));
      target.value = "";
    });
    // Only now: whoever clicks what has just been drawn is heard.
    return pages.options();
  })
  .catch(report);
