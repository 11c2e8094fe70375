// The dataset's parts for the extension's pages: those of the version in use, else the package's.
const ext = globalThis.browser ?? globalThis.chrome;
const packaged = async (name) => (await fetch(ext.runtime.getURL(name))).arrayBuffer();

globalThis.part = async (name) => {
  // A background that was ended in the middle of a switch left no copy of what the disk says.
  const onDisk = async () => (await ext.storage.local.get("update")).update?.split("\n\n")[0] ?? "";
  const { parts = await onDisk() } = await ext.storage.session.get("parts");
  const line = parts.split("\n").find((line) => line.startsWith(`${name} `));
  if (!line) return packaged(name);
  const address = `https://parts.invalid/${line.slice(name.length + 1)}`;
  const kept = await caches.open("parts").then((store) => store.match(address)).catch(() => undefined);
  if (kept) return kept.arrayBuffer();
  // A private window of Firefox has a store of its own, and a disk may lose things: the worker knows.
  const { page } = await ext.runtime.sendMessage({ kind: `part:${name}`, tab: 0 });
  return page ? Uint8Array.from(page, (character) => character.charCodeAt(0)).buffer : packaged(name);
};
