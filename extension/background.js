// The background's entry point: it registers every listener in the first turn, because a
// browser wakes a sleeping background only for the listeners it registers then, holds the
// events until the module is ready, and hands them over unchanged and in order.
// What an event means is decided in Rust (`src/browser`).
import init, * as core from "./served_by.js";

const ext = (globalThis.ext = globalThis.browser ?? globalThis.chrome);
const { module, image, saved } = globalThis.early;
const ready = Promise.all([init({ module_or_path: module }), image, saved]).then(([, image, saved]) =>
  core.start(new Uint8Array(image), saved),
);

const report = (error) => console.error("Served By:", error);
/** A listener that passes its event on as `kind`; `pack` joins the arguments of events with several. */
const as = (kind, pack = (details) => details ?? {}) => (...details) =>
  void ready.then(() => core.event(kind, pack(...details))).catch(report);

const { webRequest, webNavigation, tabs, permissions, runtime } = ext;
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
  try {
    webRequest.onHeadersReceived.addListener(tellIssuer, { ...everywhere, types: ["main_frame"] }, ["blocking"]);
  } catch {}
};
const withIssuer = (details) => {
  const issuer = issuers.get(details.requestId);
  issuers.delete(details.requestId);
  return issuer ? { ...details, issuer } : details;
};
if (webRequest.getSecurityInfo) watchCertificates();

webRequest.onResponseStarted.addListener(as("response", withIssuer), everywhere, extras("OnResponseStartedOptions"));
webRequest.onBeforeRedirect.addListener(as("redirect"), everywhere, extras("OnBeforeRedirectOptions"));
webRequest.onErrorOccurred.addListener(as("request-failed"), everywhere);
webNavigation.onBeforeNavigate.addListener(as("before-navigate"));
webNavigation.onCommitted.addListener(as("committed"));
webNavigation.onErrorOccurred.addListener(as("navigation-failed"));
webNavigation.onHistoryStateUpdated.addListener(as("history-state"));
webNavigation.onReferenceFragmentUpdated.addListener(as("fragment"));
tabs.onUpdated.addListener(as("tab-updated", (tabId, change, tab) => ({ tabId, change, tab })));
tabs.onRemoved.addListener(as("tab-removed", (tabId, removal) => ({ tabId, ...removal })));
tabs.onReplaced.addListener(as("tab-replaced", (addedTabId, removedTabId) => ({ addedTabId, removedTabId })));
if (webRequest.getSecurityInfo) permissions.onAdded.addListener(watchCertificates);
permissions.onAdded.addListener(as("permissions", (added) => ({ added })));
permissions.onRemoved.addListener(as("permissions", (removed) => ({ removed })));
runtime.onInstalled.addListener(as("installed"));
runtime.onStartup.addListener(as("startup"));
runtime.onMessage.addListener((request, sender, reply) => {
  ready.then(() => core.message(request, sender)).then(reply, (error) => reply({ error: String(error) }));
  return true; // The answer comes later.
});
