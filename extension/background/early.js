// The background's beginning. The build joins stored.js, this file, the bindings of its module and
// listeners.js to one script, because a browser loads files one after the other when it wakes a background.
//
// What waking needs is asked for before the browser is asked for anything of its interface, which takes
// it some milliseconds.
globalThis.early = {
  module: WebAssembly.compileStreaming(fetch("served_by_bg.wasm")),
  bundled: fetch("dataset.img").then((response) => response.arrayBuffer()),
};
{
  const { storage } = globalThis.browser ?? globalThis.chrome;
  early.saved = storage.session.get();
  // Which parts are in use is a text on disk; once the browser runs, a copy of it stands with the tabs.
  // Who never had to do with updates has none, and nothing is ever due.
  const first = async () => {
    const update = await stored.onDisk();
    const parts = stored.partsOf(update);
    await storage.session.set(update ? { parts } : { parts, due: "" });
    return parts;
  };
  early.parts = early.saved.then(({ parts }) => parts ?? first());
  early.image = early.parts.then(async (parts) => {
    const found = await stored.kept(stored.hash("dataset.img", parts)).catch(() => undefined);
    return found ? found.arrayBuffer() : early.bundled;
  });
  /** A part that is not needed for waking, of the version in use by then. */
  globalThis.part = async (name) =>
    ((await stored.kept(stored.hash(name, await stored.parts()))) ?? (await fetch(name))).arrayBuffer();
}
