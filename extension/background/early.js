// The background's beginning. The build joins this file, the bindings of its module and listeners.js to
// one script, because a browser loads files one after the other when it wakes a background.
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
  const onDisk = async () => (await storage.local.get("update")).update;
  const partsOf = (update = "") => update.split("\n\n")[0];
  const first = async () => {
    const update = await onDisk();
    const parts = partsOf(update);
    await storage.session.set(update ? { parts } : { parts, due: "" });
    return parts;
  };
  /** The hash of a part, if it is not the package's own; and the part as it is kept under its hash. */
  early.hash = (name, parts) => parts.split("\n").find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  const kept = async (hash) => hash && (await (await caches.open("parts")).match(`https://parts.invalid/${hash}`));
  early.parts = early.saved.then(({ parts }) => parts ?? first());
  early.image = early.parts.then(async (parts) => {
    const found = await kept(early.hash("dataset.img", parts)).catch(() => undefined);
    return found ? found.arrayBuffer() : early.bundled;
  });
  /** A part that is not needed for waking, of the version in use by then. There is no copy during a switch. */
  globalThis.part = async (name) => {
    const { parts = partsOf(await onDisk()) } = await storage.session.get("parts");
    return ((await kept(early.hash(name, parts))) ?? (await fetch(name))).arrayBuffer();
  };
}
