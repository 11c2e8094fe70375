// Registers every listener in the first turn, because a browser wakes a sleeping background only for
// the listeners it registers then, holds the events until the module is ready, and hands them over
// unchanged and in order. What an event means is decided in Rust (`src/browser`).
const ext = (globalThis.ext = globalThis.browser ?? globalThis.chrome);
const { module, image, parts, saved } = early;
globalThis.core = servedBy();
const ready = Promise.all([module, image, saved]).then(async ([module, image, saved]) => {
  core.init(module);
  try {
    core.start(new Uint8Array(image), saved);
  } catch {
    // A version that an earlier program kept, or a disk that lost something: the package has its own.
    core.start(new Uint8Array(await early.own()), saved);
  }
});

const report = (error) => console.error("Served By:", error);

// Chromium's workers take a script later only if they took it when they were installed.
if (globalThis.importScripts) addEventListener("install", () => importScripts("served_by.js"));

let updates;
/** The whole module, with a memory of its own. The rest of it is loaded when somebody asks or a check is due. */
const updating = () =>
  (updates ??= (async () => {
    const rest = WebAssembly.compileStreaming(fetch("served_by_rest.wasm"));
    if (globalThis.importScripts) importScripts("served_by.js");
    else await import("./served_by.js");
    const whole = servedBy();
    whole.init(await module, await rest);
    return whole;
  })());

/** After what woke the background: is the image in use whole on disk, and is it time to look for a newer one? */
const settle = async () => {
  const { due } = await ext.storage.session.get("due");
  const wanted = stored.hash("dataset.img", await parts);
  const bytes = await early.onDisk(wanted);
  const found = bytes && new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const whole = !wanted || wanted === Array.from(found ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
  // It never lies more than a week ahead, unless a clock was wrong when it was noted.
  const aheadMs = 1000 * due - Date.now();
  const isDue = due === undefined || (due !== "" && (aheadMs <= 0 || aheadMs > 8 * DAY_MS));
  if (whole) await early.keep(wanted, bytes).catch(report);
  if (!whole || isDue) await (await updating()).update_settle(due === undefined);
};
const SETTLE_MS = 500;
const DAY_MS = 86_400_000;
ready.then(() => setTimeout(() => settle().catch(report), SETTLE_MS));

/** A listener that passes its event on as `kind`; `pack` joins the arguments of events with several. */
const as = (kind, pack = (details) => details ?? {}) => (...details) =>
  void ready.then(() => core.event(kind, pack(...details))).catch(report);

const { webRequest, webNavigation } = ext;
const everywhere = { urls: ["<all_urls>"] };
// Every extra the browser offers for an event, asked of the browser itself: an unknown one throws.
const extras = (name) => Object.values(webRequest[name]);

// Firefox tells the issuer of a certificate only while it holds the response back, which the reader
// has to allow (`permissions` in Rust asks); without that, adding the listener throws.
const issuers = new Map();
const tellIssuer = async ({ requestId }) => {
  const { certificates } = await webRequest.getSecurityInfo(requestId, {});
  if (issuers.size > 63) issuers.clear(); // Requests that failed left theirs behind.
  if (certificates?.length) issuers.set(requestId, certificates[0].issuer);
  return {};
};
const watchCertificates = () => {
  if (!webRequest.getSecurityInfo) return;
  try {
    webRequest.onHeadersReceived.addListener(tellIssuer, { ...everywhere, types: ["main_frame"] }, ["blocking"]);
  } catch {}
};
const withIssuer = (details) => {
  const issuer = issuers.get(details.requestId);
  issuers.delete(details.requestId);
  return issuer ? { ...details, issuer } : details;
};

// What a label waits for comes first: Firefox hands out what woke the background listener by listener, as its parent
// process gets to each.
webRequest.onResponseStarted.addListener(as("response", withIssuer), everywhere, extras("OnResponseStartedOptions"));
webRequest.onBeforeRedirect.addListener(as("redirect"), everywhere, extras("OnBeforeRedirectOptions"));
webRequest.onErrorOccurred.addListener(as("request-failed"), everywhere);
webNavigation.onBeforeNavigate.addListener(as("before-navigate"));
webNavigation.onCommitted.addListener(as("committed"));
watchCertificates();
webNavigation.onErrorOccurred.addListener(as("navigation-failed"));
webNavigation.onHistoryStateUpdated.addListener(as("history-state"));
webNavigation.onReferenceFragmentUpdated.addListener(as("fragment"));
const { tabs, permissions, runtime } = ext;
const tabUpdated = as("tab-updated", (tabId, change, tab) => ({ tabId, change, tab }));
if (globalThis.importScripts) {
  tabs.onUpdated.addListener(tabUpdated);
  // Firefox never replaces a tab, and each listener is one more that its parent process takes in at a wake.
  tabs.onReplaced.addListener(as("tab-replaced", (addedTabId, removedTabId) => ({ addedTabId, removedTabId })));
} else {
  try {
    // Firefox can be told what is wanted; else each title that a page gives itself would wake the background.
    tabs.onUpdated.addListener(tabUpdated, { properties: ["status", "discarded"] });
  } catch {
    // Not on Android, where it throws for it (bugzilla.mozilla.org, 1713819).
    tabs.onUpdated.addListener(tabUpdated);
  }
}
tabs.onRemoved.addListener(as("tab-removed", (tabId, removal) => ({ tabId, ...removal })));
const granted = as("permissions", (added) => ({ added }));
permissions.onAdded.addListener((added) => {
  watchCertificates();
  granted(added);
});
permissions.onRemoved.addListener(as("permissions", (removed) => ({ removed })));
runtime.onMessage.addListener((request, sender, reply) => {
  const isOfUpdates = /^(update|part):/.test(request?.kind);
  const answer = async () => (isOfUpdates ? (await updating()).update_message(request, sender) : core.message(request, sender));
  ready.then(answer).then(reply, (error) => reply({ error: String(error) }));
  return true; // The answer comes later.
});
