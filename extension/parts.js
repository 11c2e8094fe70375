// The dataset's parts for the extension's pages: those of the version in use, else the package's.
import "./stored.js";

const ext = globalThis.browser ?? globalThis.chrome;
const packaged = async (name) => (await fetch(ext.runtime.getURL(name))).arrayBuffer();

globalThis.part = async (name) => {
  const hash = stored.hash(name, await stored.parts());
  if (!hash) return packaged(name);
  const kept = await stored.kept(hash).catch(() => undefined);
  if (kept) return kept.arrayBuffer();
  // A private window of Firefox has a store of its own, and a disk may lose things: the worker knows.
  const { page } = await ext.runtime.sendMessage({ kind: `part:${name}`, tab: 0 });
  return page ? Uint8Array.from(page, (character) => character.charCodeAt(0)).buffer : packaged(name);
};
