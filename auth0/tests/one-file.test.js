// The Action is one file to paste: CommonJS, without dependencies, on nothing but what the runtime has.
"use strict";

const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { describe, it } = require("node:test");
const vm = require("node:vm");

const { source } = require("./stand-in/action.js");

// All of the platform that the Action may use.
const PLATFORM = { AbortController, TextDecoder, URL, clearTimeout, console, fetch, setTimeout };
const LIMIT = 100_000;

/** What keeps a text from being pasted as an Action; nothing, when nothing does. */
function objection(text) {
  if (Buffer.byteLength(text) > LIMIT) {
    return "too large";
  }
  const code = text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
  if (/\b(require|import|process|Buffer|global|globalThis|__dirname|__filename)\b/.test(code)) {
    return "it needs more than the platform";
  }
  const context = vm.createContext({ ...PLATFORM, exports: {} });
  try {
    new vm.Script(text).runInContext(context);
  } catch (error) {
    return error.name;
  }
  return typeof context.exports.onExecutePostLogin === "function" ? undefined : "no handler";
}

describe("The file", () => {
  it("can be pasted as it is", () => {
    assert.equal(objection(source()), undefined);
  });

  it("would be found out, were it anything else", () => {
    const handler = "exports.onExecutePostLogin = async () => {};";
    assert.equal(objection(handler), undefined);
    for (const [text, why] of [
      [`const a = require("axios"); ${handler}`, "it needs more than the platform"],
      [`const load = require; ${handler}`, "it needs more than the platform"],
      [`import a from "axios"; ${handler}`, "it needs more than the platform"],
      [`exports.onExecutePostLogin = async () => import("axios");`, "it needs more than the platform"],
      [`process.exit(); ${handler}`, "it needs more than the platform"],
      ["export const onExecutePostLogin = async () => {};", "SyntaxError"],
      [`await null; ${handler}`, "SyntaxError"],
      [`structuredClone({}); ${handler}`, "ReferenceError"],
      [`// ${"x".repeat(LIMIT)}\n${handler}`, "too large"],
      ["exports.other = () => {};", "no handler"],
    ]) {
      assert.equal(objection(text), why, text.slice(0, 80));
    }
  });

  it("brings no dependency with it", () => {
    const manifest = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8"));
    assert.deepEqual(Object.keys(manifest).filter((name) => /dependencies/i.test(name)), []);
    assert.equal(manifest.private, true);
  });
});
