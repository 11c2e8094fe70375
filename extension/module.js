// The module for the extension's pages, which need both of its files.
import "./served_by.js";

const ext = (globalThis.ext = globalThis.browser ?? globalThis.chrome);
const compiled = (name) => WebAssembly.compileStreaming(fetch(ext.runtime.getURL(name)));

globalThis.pages = servedBy();
globalThis.loaded = Promise.all(["served_by_bg.wasm", "served_by_rest.wasm"].map(compiled)).then((files) => pages.init(...files));
