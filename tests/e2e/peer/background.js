// The peer of the benchmark: the least that a plain extension does to set a badge from one field.
// It keeps no state, reads no dataset, and knows one provider. Like any correct extension it
// paints after the commit, which wipes what was painted before.
const ext = globalThis.browser ?? globalThis.chrome;
const responses = new Map();
const pages = new Map();

const paint = (tabId) => {
  const response = responses.get(tabId);
  if (response === undefined || response.url !== pages.get(tabId)) return;
  const server = response.responseHeaders.find(({ name }) => name.toLowerCase() === "server");
  ext.action.setBadgeText({ tabId, text: server?.value === "cloudflare" ? "CF" : "?" });
};

ext.webRequest.onResponseStarted.addListener(
  (details) => {
    responses.set(details.tabId, details);
    paint(details.tabId);
  },
  { urls: ["<all_urls>"], types: ["main_frame"] },
  ["responseHeaders"],
);
ext.webNavigation.onCommitted.addListener(({ tabId, frameId, url }) => {
  if (frameId !== 0) return;
  pages.set(tabId, url);
  paint(tabId);
});
ext.runtime.onMessage.addListener((message, sender, reply) => reply({}));
