// Times an update in the background, from the click to the new image in the worker. The network takes no
// time: the channel's files are fetched beforehand. Put before the background's own scripts by the benchmark.
{
  const ext = globalThis.browser ?? globalThis.chrome;
  const files = new Map();
  const times = {};
  let bytes = [];
  const now = () => performance.now();
  const timed = (object, method, name) => {
    const real = object[method];
    object[method] = async function (...words) {
      const begin = now();
      const result = await real.apply(this, words);
      times[name] = (times[name] ?? 0) + now() - begin;
      return result;
    };
  };
  const ask = globalThis.fetch.bind(globalThis);
  // A file has arrived when it is hashed, for that is done first.
  const RealResponse = globalThis.Response;
  // What is stored or unpacked is copied into a response first.
  globalThis.Response = new Proxy(RealResponse, {
    construct(real, words) {
      const begin = now();
      const made = new real(...words);
      times["copies for storing"] = (times["copies for storing"] ?? 0) + now() - begin;
      return made;
    },
  });
  let receiving;
  globalThis.fetch = async (url, ...rest) => {
    if (!files.has(String(url))) return ask(url, ...rest);
    receiving = now();
    return new RealResponse(files.get(String(url)));
  };
  // What was unpacked is tried meanwhile, so that this is the longer of the two.
  timed(SubtleCrypto.prototype, "digest", "hashing and the trial");
  timed(SubtleCrypto.prototype, "verify", "signatures");
  timed(CacheStorage.prototype, "open", "storing");
  timed(Cache.prototype, "put", "storing");
  timed(CacheStorage.prototype, "match", "looking for kept parts");
  timed(RealResponse.prototype, "arrayBuffer", "reading kept parts");
  timed(ext.permissions, "contains", "access");
  timed(ext.storage.local, "set", "writing");
  timed(ext.storage.session, "remove", "writing");
  // Unpacking ends when what came out of it is hashed.
  const { DecompressionStream: Real } = globalThis;
  let unpacking;
  globalThis.DecompressionStream = class extends Real {
    constructor(form) {
      unpacking = now();
      super(form);
    }
  };
  const digest = SubtleCrypto.prototype.digest;
  SubtleCrypto.prototype.digest = function (name, data) {
    if (unpacking) times.unpacking = (times.unpacking ?? 0) + now() - unpacking;
    if (receiving) times.receiving = (times.receiving ?? 0) + now() - receiving;
    unpacking = receiving = undefined;
    return digest.call(this, name, data);
  };
  // The switch is done when the worker has the new image.
  let core;
  let done = () => {};
  Object.defineProperty(globalThis, "core", {
    get: () => core,
    set: (real) => {
      core = { ...real, replace: (image) => { const begin = now(); real.replace(image); times.replacing = now() - begin; done(now()); } };
    },
  });
  // The module that the background makes last is the one that deals with updates.
  let make;
  let latest;
  Object.defineProperty(globalThis, "servedBy", { get: () => () => (latest = make()), set: (real) => (make = real) });
  const whole = {
    /** Fetches what the update will ask for, and the parts as they are unpacked, for the peer. */
    async load(base, paths) {
      bytes = [];
      for (const path of paths) {
        const file = await (await ask(base + path)).arrayBuffer();
        files.set(base + path, file);
        const unpacked = new Response(file).body.pipeThrough(new Real("gzip"));
        bytes.push(await new Response(unpacked).arrayBuffer());
      }
      return bytes.reduce((sum, part) => sum + part.byteLength, 0);
    },
    /** From the word to the new image in use. */
    async take(update) {
      for (const name of Object.keys(times)) delete times[name];
      unpacking = receiving = undefined;
      const ended = new Promise((resolve) => (done = resolve));
      const begin = now();
      update({ kind: "update:take", tab: 0 });
      const took = (await ended) - begin;
      return { took, ...times };
    },
    /** The same bytes, hashed by WebCrypto and nothing else. */
    async hash() {
      const begin = now();
      for (const part of bytes) await digest.call(crypto.subtle, "SHA-256", part);
      return now() - begin;
    },
  };
  // Not by the extension's messages: those the background answers.
  const line = new BroadcastChannel("bench");
  line.onmessage = async ({ data: { bench, base, paths } }) => {
    const take = () => whole.take((question) => latest.update_message(question, { id: ext.runtime.id }));
    const answer = { load: () => whole.load(base, paths), take, hash: whole.hash }[bench];
    if (answer) answer().then((value) => line.postMessage({ value }), (error) => line.postMessage({ error: String(error) }));
  };
}
