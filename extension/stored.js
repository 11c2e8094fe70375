// Which parts of the dataset are in use, and where they are kept: for the background, whose script the build
// begins with this file, and for the extension's pages.
{
  // Asked for when it is used: what waking needs is fetched before the browser's interface is touched.
  const storage = () => (globalThis.browser ?? globalThis.chrome).storage;
  const onDisk = async () => (await storage().local.get("update")).update;
  const partsOf = (update = "") => update.split("\n\n")[0];
  globalThis.stored = {
    /** What the disk says of updates: the parts in use, an empty line, the rest. Nothing if there was never one. */
    onDisk,
    /** The first of it, a line for each part that is not the package's own. */
    partsOf,
    /** The same, from the copy beside the tabs; during a switch, and after one that was cut short, there is none. */
    async parts() {
      const { parts = partsOf(await onDisk()) } = await storage().session.get("parts");
      return parts;
    },
    /** The hash of a part, if it is not the package's own. */
    hash: (name, parts) => parts.split("\n").find((line) => line.startsWith(`${name} `))?.slice(name.length + 1),
    /** The part with that hash. */
    kept: async (hash) => hash && (await (await caches.open("parts")).match(`https://parts.invalid/${hash}`)),
  };
}
