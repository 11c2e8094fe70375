// Chromium's background: the same two scripts that Firefox's background page names.
import "./early.js";
import "./background.js";
// A worker can import nothing later. This is text until it is needed; its module is not even loaded.
import * as updates from "./served_by_updates.js";
globalThis.updates = updates;
