// The background's beginning. The build joins stored.js, this file, the bindings of its module and
// listeners.js to one script, because a browser loads files one after the other when it wakes a background.
//
// What waking needs is asked for first.
{
  const MODULE = "served_by_bg.wasm";
  const packagedModule = () => WebAssembly.compileStreaming(fetch(MODULE));
  const packaged = async (name) => (await fetch(name)).arrayBuffer();
  // To ask for a file, Firefox wakes two processes; storage.session, which is asked for the tabs in any case, keeps
  // files too. So both are kept there, as blobs: of these the browser's parent process hands out a reference, where it
  // would copy bytes. Chromium's keeps neither, and asking for files before the browser's interface is touched, which
  // takes some milliseconds, is quicker there.
  const keeps = !globalThis.importScripts;
  globalThis.early = keeps ? {} : { module: packagedModule(), bundled: packaged("dataset.img") };
  const ext = globalThis.browser ?? globalThis.chrome;
  const { storage } = ext;
  let kept;
  early.saved = storage.session.get().then(({ files, ...saved }) => {
    kept = files;
    return saved;
  });
  const again = () =>
    WebAssembly.compileStreaming(new Response(kept.module)).catch(() => {
      kept = undefined;
      return packagedModule();
    });
  if (keeps) early.module = early.saved.then(() => (kept ? again() : packagedModule()));
  /** The package's own image, because what was kept is of no use. */
  early.own = () => {
    kept = undefined;
    return (early.bundled ??= packaged("dataset.img"));
  };
  /** Gives all badges one neutral colour, which the browser keeps as long as it keeps what stands with the tabs. */
  const colour = async () => {
    await ext.action.setBadgeBackgroundColor({ color: "#4a4a55" });
    await ext.action.setBadgeTextColor({ color: "#ffffff" });
  };
  // Which parts are in use is a text on disk; once the browser runs, a copy of it stands with the tabs.
  // Who never had to do with updates has none, and nothing is ever due.
  const first = async () => {
    colour().catch((error) => console.error("Served By:", error));
    const update = await stored.onDisk();
    const parts = stored.partsOf(update);
    await storage.session.set(update ? { parts } : { parts, due: "" });
    return parts;
  };
  const isKept = (hash) => Boolean(kept) && kept.hash === hash;
  early.parts = early.saved.then(({ parts }) => parts ?? first());
  let read;
  const onDisk = async (hash) => (await stored.kept(hash))?.arrayBuffer();
  /** The image with the hash that was in use at the start, as the disk has it; it is read once. */
  early.onDisk = (hash) => (read ??= onDisk(hash).catch(() => undefined));
  early.image = early.parts.then(async (parts) => {
    const hash = stored.hash("dataset.img", parts);
    try {
      if (isKept(hash)) return await kept.image.arrayBuffer();
    } catch {
      kept = undefined;
    }
    return (await early.onDisk(hash)) ?? early.own();
  });
  /** Keeps what the next wake needs: the module, and the image with this hash, or the package's. */
  early.keep = async (hash, image) => {
    if (!keeps || isKept(hash)) return;
    const module = new Blob([await packaged(MODULE)], { type: "application/wasm" });
    await storage.session.set({ files: { module, image: new Blob([image ?? (await early.own())]), hash } });
  };
  /** A part that is not needed for waking, of the version in use by then. */
  globalThis.part = async (name) =>
    (await onDisk(stored.hash(name, await stored.parts()))) ?? packaged(name);
}
