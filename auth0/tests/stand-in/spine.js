// The whole system on this machine, as `cargo dev` runs it: the binary that SPINE_LOCAL names, or what cargo makes.
"use strict";

const { spawn } = require("node:child_process");
const { join } = require("node:path");
const { createInterface } = require("node:readline");

const CARGO = ["run", "--quiet", "--package", "local", "--bin", "local", "--"];
const PARTS = ["http", "lambda", "dynamodb", "auth0", "clerk", "stripe"].flatMap((part) => [`--${part}`, "127.0.0.1:0"]);
// What would tell the system of another database, another tenant or other secrets.
const TOLD = /^(AUTH0|AWS|CLERK|DYNAMODB|SERVICE|STRIPE)_|_TABLE$/;
// No signature is checked, but that there is one is.
const SIGNED =
  "AWS4-HMAC-SHA256 Credential=local/20250101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

/** Starts it, and waits for `ready`: for a build, where cargo has to make it first. */
async function start() {
  const binary = process.env.SPINE_LOCAL;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !TOLD.test(name)));
  const child = spawn(binary || "cargo", binary ? PARTS : [...CARGO, ...PARTS], {
    cwd: join(__dirname, "..", "..", ".."),
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.on("exit", () => child.kill());
  const ended = new Promise((resolve) => child.once("close", resolve));
  const said = new Map();
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => reject(new Error(`the system ended with ${status} before it was ready`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, name, value] = /^  (\S.*?) {1,}(\S+)$/.exec(line) ?? [];
      said.set(name, value);
      if (line === "ready") {
        resolve();
      }
    });
  });
  return new Spine(child, ended, said);
}

class Spine {
  constructor(child, ended, said) {
    Object.assign(this, { child, ended, said });
    this.http = said.get("HTTP routes");
    this.auth0 = said.get("stand-in for Auth0");
  }

  async stop() {
    this.child.kill("SIGINT");
    await this.ended;
  }

  /** The secrets that let the Action in here. */
  secrets() {
    return {
      SPINE_HTTP_URL: this.http,
      AUTH0_ACTION_SECRET: this.said.get("AUTH0_ACTION_SECRET"),
      AUTH0_DOMAIN: this.auth0,
    };
  }

  /** The row of a subject, with DynamoDB's types taken off, or nothing. */
  async row(subject) {
    const headers = {
      authorization: SIGNED,
      "x-amz-date": "20250101T000000Z",
      "x-amz-target": "DynamoDB_20120810.Scan",
      "content-type": "application/x-amz-json-1.0",
    };
    const filter = { FilterExpression: "auth_subject = :s", ExpressionAttributeValues: { ":s": { S: subject } } };
    const { Items: rows } = await this.#post(this.said.get("DynamoDB"), { TableName: "Users", ...filter }, headers);
    const plain = ([name, typed]) => [name, typed.N === undefined ? Object.values(typed)[0] : Number(typed.N)];
    return rows.length === 1 ? Object.fromEntries(Object.entries(rows[0]).map(plain)) : undefined;
  }

  /** Invokes `reconcile`. */
  reconcile(request) {
    const lambda = this.said.get("Lambda's Invoke API");
    return this.#post(`${lambda}/2015-03-31/functions/reconcile/invocations`, request);
  }

  /** One of the people whom Auth0's stand-in begins with, as its Management API tells of them. */
  async someUser() {
    const answer = await fetch(`${this.auth0}/api/v2/users`, { headers: await this.#manage() });
    return (await answer.json())[0];
  }

  /** Deletes a user there. */
  async deleteAtAuth0(subject) {
    const url = `${this.auth0}/api/v2/users/${encodeURIComponent(subject)}`;
    await fetch(url, { method: "DELETE", headers: await this.#manage() });
  }

  async #manage() {
    const { access_token: token } = await this.#post(`${this.auth0}/oauth/token`, {
      grant_type: "client_credentials",
      client_id: this.said.get("AUTH0_CLIENT_ID"),
      client_secret: this.said.get("AUTH0_CLIENT_SECRET"),
      audience: `${this.auth0}/api/v2/`,
    });
    return { authorization: `Bearer ${token}` };
  }

  async #post(url, body, headers = {}) {
    const all = { "content-type": "application/json", ...headers };
    const answer = await fetch(url, { method: "POST", headers: all, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${url}: ${answer.status} ${text}`);
    }
    return JSON.parse(text);
  }
}

module.exports = { start };
