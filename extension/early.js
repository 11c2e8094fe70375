// Begins to load what waking needs before the rest of the background's scripts is there. Firefox
// runs this file by itself, first; to Chromium it is one import among others.
const ext = globalThis.browser ?? globalThis.chrome;
const load = (path) => fetch(ext.runtime.getURL(path));

export const module = WebAssembly.compileStreaming(load("served_by_bg.wasm"));
export const image = load("dataset.img").then((response) => response.arrayBuffer());
export const saved = ext.storage.session.get();
