// Chromium's background: the same two scripts that Firefox's background page names.
import "./early.js";
import "./background.js";
