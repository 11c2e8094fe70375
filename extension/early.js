// Begins to load what waking needs before the rest of the background's scripts is there, and before
// the browser is asked for anything of its interface, which takes it some milliseconds.
globalThis.early = {
  module: WebAssembly.compileStreaming(fetch("served_by_bg.wasm")),
  image: fetch("dataset.img").then((response) => response.arrayBuffer()),
};
early.saved = (globalThis.browser ?? globalThis.chrome).storage.session.get();
