// The background listens to everything it needs, in each browser. Firefox for Android runs in no test here; what it
// refuses is told by its own schemas (mobile/shared/components/extensions/schemas in Firefox's sources): its
// tabs.onUpdated takes no second argument, and throws for one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

const script = readFileSync(new URL("../../extension/background/listeners.js", import.meta.url), "utf8");

/** Runs the script in a browser that takes only what `refuses` lets through, and returns what it listens to. */
function listened({ isChromium, refuses }) {
  const heard = [];
  const api = (path) =>
    new Proxy({}, {
      get: (_, name) => {
        if (name === "addListener") {
          return (...given) => {
            if (refuses(path, given)) throw new TypeError(`Incorrect argument types for ${path}`);
            heard.push(path);
          };
        }
        if (/^On[A-Z]\w+Options$/.test(name)) return { RESPONSE_HEADERS: "responseHeaders" };
        return api(path ? `${path}.${name}` : name);
      },
    });
  const never = new Promise(() => {});
  const world = { early: { module: never, image: never, parts: never, saved: never }, servedBy: () => ({}), console };
  world.browser = api("");
  if (isChromium) Object.assign(world, { importScripts() {}, addEventListener() {} });
  runInContext(script, createContext(world));
  return heard.sort();
}

const certificates = (path, [, , extras]) => path === "webRequest.onHeadersReceived" && extras.includes("blocking");
const always = [
  "permissions.onAdded",
  "permissions.onRemoved",
  "runtime.onMessage",
  "tabs.onRemoved",
  "tabs.onUpdated",
  "webNavigation.onBeforeNavigate",
  "webNavigation.onCommitted",
  "webNavigation.onErrorOccurred",
  "webNavigation.onHistoryStateUpdated",
  "webNavigation.onReferenceFragmentUpdated",
  "webRequest.onBeforeRedirect",
  "webRequest.onErrorOccurred",
  "webRequest.onResponseStarted",
];
const browsers = {
  Chromium: [{ isChromium: true, refuses: certificates }, [...always, "tabs.onReplaced"]],
  Firefox: [{ isChromium: false, refuses: certificates }, always],
  "Firefox for Android": [
    {
      isChromium: false,
      refuses: (path, given) => certificates(path, given) || (path === "tabs.onUpdated" && given.length > 1),
    },
    always,
  ],
};
for (const [name, [world, expected]] of Object.entries(browsers)) {
  assert.deepEqual(listened(world), [...expected].sort(), name);
}
console.log(`what the background listens to: as it should be in ${Object.keys(browsers).join(", ")}`);
