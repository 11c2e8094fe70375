// Asks the test's server before and after each step of the background, so that the browser can be ended
// right there: the server that does not answer holds the step. The test puts in where to ask.
{
  const ask = globalThis.fetch.bind(globalThis);
  const step = (name) => ask(STEPS + name, { cache: "no-store" }).catch(() => {});
  const around = (object, method, name, isMeant = () => true) => {
    const real = object[method];
    object[method] = async function (...words) {
      if (!isMeant(...words)) return real.apply(this, words);
      await step(`${name}-begins`);
      const result = await real.apply(this, words);
      await step(`${name}-ended`);
      return result;
    };
  };
  around(globalThis, "fetch", "fetch", (url) => String(url).startsWith("https:"));
  around(SubtleCrypto.prototype, "verify", "verify");
  around(SubtleCrypto.prototype, "digest", "digest");
  around(Cache.prototype, "match", "find");
  around(CacheStorage.prototype, "match", "find");
  around(Cache.prototype, "put", "keep");
  around(Cache.prototype, "delete", "forget");
  const { storage } = globalThis.browser ?? globalThis.chrome;
  around(storage.local, "set", "write");
  around(storage.session, "remove", "leave-copy");
  around(storage.session, "set", "copy");
}
