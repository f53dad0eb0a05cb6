// A fresh instance of the Action, as the runtime makes one: its own module scope, its own console, and no `require`.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { performance } = require("node:perf_hooks");
const vm = require("node:vm");

const FILE = join(__dirname, "..", "..", "post-login.js");

/** The Action's text. */
const source = () => readFileSync(FILE, "utf8");

/**
 * An instance. `logIn` runs it, and tells how long it took, in ms, and what it wrote to its log in that time;
 * a login that the Action refuses by throwing rejects. `log` takes the place of the console's functions, `fetch` that
 * of the platform's.
 */
function instance({ log, fetch = globalThis.fetch } = {}) {
  const lines = [];
  const write = log ?? ((...words) => lines.push(words.join(" ")));
  const console = { debug: write, error: write, info: write, log: write, warn: write };
  const module = { exports: {} };
  const scope = { exports: module.exports, module, console, fetch };
  vm.compileFunction(source(), Object.keys(scope), { filename: FILE })(...Object.values(scope));
  const logIn = async (event, api) => {
    const begun = performance.now();
    const first = lines.length;
    await module.exports.onExecutePostLogin(event, api);
    return { ms: performance.now() - begun, lines: lines.slice(first) };
  };
  return { logIn, lines, exports: module.exports };
}

module.exports = { FILE, instance, source };
