// identity-spine's Auth0 post-login Action: tells the system who logged in, and the ID token of the organisation.
//
// Paste this file as it is into an Action for `post-login` on Node.js 22, without dependencies. Its secrets are
// told in the README beside it. Whatever happens in here, the login goes on, and waits for 2 s at the most.
"use strict";

// For everything. Requests end a little earlier, so that there is time to write down that they did.
const ALL_MS = 2000;
const REQUESTS_MS = 1900;

// A token of the Management API is replaced so long before its end.
const EARLY_MS = 5 * 60 * 1000;
// What `api.cache` keeps at the most.
const DAY_MS = 24 * 60 * 60 * 1000;
const CACHE_KEY = "identity-spine-management-token";

// Of answers, in bytes. A page of a hundred roles has about 50,000.
const ANSWER_LIMIT = 256 * 1024;
// Of texts. The system cuts them to less, and counts that; this only keeps a body within what a door takes in.
const TEXT_LIMIT = 4096;

// `.example` belongs to nobody, so no other Action can mean the same claims.
const NAMESPACE = "https://identity-spine.example";

// What the system reads of a user: never metadata, never tokens of identity providers.
const USER_FIELDS = [
  "user_id",
  "email",
  "email_verified",
  "name",
  "nickname",
  "given_name",
  "family_name",
  "username",
  "picture",
  "created_at",
  "updated_at",
];

// The Management API's token, beside the one in `api.cache`: one instance of the runtime serves many logins.
let kept = null;

exports.onExecutePostLogin = async (event, api) => {
  const timers = [];
  try {
    const patience = new AbortController();
    const over = new Promise((resolve) => {
      timers.push(setTimeout(() => patience.abort(), REQUESTS_MS), setTimeout(resolve, ALL_MS));
    });
    const { signal } = patience;
    const parts = [
      failOpen("upsert-user", () => upsertUser(event, signal)),
      failOpen("claims", () => setClaims(event, api, signal)),
    ];
    await Promise.race([Promise.all(parts), over]);
  } catch (error) {
    note("action", error);
  } finally {
    timers.forEach((timer) => clearTimeout(timer));
  }
};

/** What went wrong, in a word that names nobody. */
class Trouble extends Error {
  constructor(kind, status) {
    super("an expected trouble");
    this.kind = kind;
    this.status = status;
  }
}

/** Does a part of the work. Its failure is a line in the log, and nobody else's concern. */
async function failOpen(part, work) {
  try {
    await work();
  } catch (error) {
    note(part, error);
  }
}

/** A line in the Action's log: which part, status and kind. Never a message, for messages carry values. */
function note(part, error) {
  try {
    const status = error?.status ? `${error.status} ` : "";
    console.error(`identity-spine ${part}: ${status}${kindOf(error)}`);
  } catch {
    // A log that fails must not fail the login.
  }
}

/** The kind of an error: ours, `timeout`, a code of the network such as `ECONNREFUSED`, or the error's class. */
function kindOf(error) {
  if (error instanceof Trouble) {
    return error.kind;
  }
  if (error?.name === "AbortError") {
    return "timeout";
  }
  const words = [error?.cause?.code, error?.code, error?.name];
  return words.find((word) => typeof word === "string" && /^\w{1,40}$/.test(word)) ?? "unknown";
}

/** A secret's text; empty, when it is not set. */
function secret(event, name) {
  const value = event.secrets?.[name];
  return typeof value === "string" ? value.trim() : "";
}

function required(event, name) {
  const value = secret(event, name);
  if (!value) {
    throw new Trouble(`${name} is missing`);
  }
  return value;
}

/** An address: https, which may be left out, or http on this very machine. */
function address(event, name) {
  const text = required(event, name);
  let url;
  try {
    url = new URL(text.includes("://") ? text : `https://${text}`);
  } catch {
    throw new Trouble(`${name} is no address`);
  }
  const loopback = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !(loopback && url.protocol === "http:")) {
    throw new Trouble(`${name} is not https`);
  }
  return url;
}

/** Tells the system of the login. A refresh token's exchange is none, and comes far too often to be told. */
async function upsertUser(event, signal) {
  if (event.transaction?.protocol === "oauth2-refresh-token") {
    return;
  }
  const bearer = required(event, "AUTH0_ACTION_SECRET");
  const answer = await ask(upsertUrl(event), postOf(loginOf(event), bearer), signal);
  if (!text(answer.userId)) {
    throw new Trouble("unexpected answer");
  }
  if (answer.deleted === true) {
    // The system holds this user for deleted. Whether they may log in is for Auth0 to say, and it has said so.
    note("upsert-user", new Trouble("deleted"));
  }
}

/** The door: the system's base address, or the whole one. */
function upsertUrl(event) {
  const { origin, pathname } = address(event, "SPINE_HTTP_URL");
  const base = pathname.replace(/\/+$/, "").replace(/\/auth0\/upsert-user$/, "");
  return `${origin}${base}/auth0/upsert-user`;
}

/** The body. The issuer is what is configured, for a request's host name is any of the tenant's domains. */
function loginOf(event) {
  const named = secret(event, "AUTH0_ISSUER_URL") ? "AUTH0_ISSUER_URL" : "AUTH0_DOMAIN";
  const issuer = address(event, named);
  const user = {};
  for (const field of USER_FIELDS) {
    const value = event.user?.[field];
    if (typeof value === "string") {
      user[field] = value.slice(0, TEXT_LIMIT).toWellFormed();
    } else if (typeof value === "boolean") {
      user[field] = value;
    }
  }
  if (!user.user_id) {
    throw new Trouble("no user_id");
  }
  return {
    tokenIdentifier: `${issuer.origin}/|${user.user_id}`,
    email: text(user.email),
    name: text(user.name) ?? text(user.nickname),
    avatarUrl: text(user.picture),
    user,
  };
}

/** A text that says something; anything else is left out of the body. */
function text(value) {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Puts the organisation, and what the user is in it, into the ID token. Without an organisation there is nothing. */
async function setClaims(event, api, signal) {
  const organization = event.organization;
  if (!organization) {
    return;
  }
  const namespace = claimsNamespace(event);
  setClaim(api, `${namespace}/org_id`, organization.id);
  setClaim(api, `${namespace}/org_name`, organization.display_name ?? organization.name);
  if (!secret(event, "MGMT_CLIENT_ID") && !secret(event, "MGMT_CLIENT_SECRET")) {
    return;
  }
  await failOpen("roles", async () => {
    const roles = await roleNames(event, api, signal);
    // After the time is over the token may be on its way, and what is set then belongs to nobody.
    if (!signal.aborted) {
      setClaim(api, `${namespace}/roles`, roles);
    }
  });
}

function claimsNamespace(event) {
  if (!secret(event, "CLAIMS_NAMESPACE")) {
    return NAMESPACE;
  }
  const { origin, pathname } = address(event, "CLAIMS_NAMESPACE");
  return `${origin}${pathname}`.replace(/\/+$/, "");
}

function setClaim(api, name, value) {
  if (value !== undefined) {
    api.idToken.setCustomClaim(name, value);
  }
}

/** The names of all roles of the user in the organisation. Half of them would be a lie: it is all or an error. */
async function roleNames(event, api, signal) {
  const application = managementApplication(event);
  const ids = [event.organization.id, event.user.user_id].map(encodeURIComponent);
  const url = `${application.origin}/api/v2/organizations/${ids[0]}/members/${ids[1]}/roles`;
  const names = new Map();
  for (let page = 0; ; page += 1) {
    const query = `per_page=100&page=${page}&include_totals=true`;
    const answer = await askManagement(application, api, `${url}?${query}`, signal);
    const roles = Array.isArray(answer) ? answer : answer.roles;
    if (!Array.isArray(roles)) {
      throw new Trouble("unexpected answer");
    }
    const before = names.size;
    roles.forEach((role) => names.set(role.id, role.name));
    // A page may be shorter than was asked for: the total ends the listing, or an empty page where none is told.
    const whole = Number.isInteger(answer.total) ? names.size >= answer.total : roles.length === 0;
    if (whole) {
      return [...names.values()];
    }
    if (names.size === before) {
      throw new Trouble("incomplete");
    }
  }
}

function managementApplication(event) {
  const { origin } = address(event, "AUTH0_DOMAIN");
  const id = required(event, "MGMT_CLIENT_ID");
  return { origin, id, secret: required(event, "MGMT_CLIENT_SECRET"), owner: `${origin} ${id}` };
}

/** Reads from the Management API. A kept token that is refused is dropped, and another one tried, once. */
async function askManagement(application, api, url, signal) {
  for (let known = keptToken(application, api); ; known = undefined) {
    try {
      const token = known ?? (await newToken(application, api, signal));
      return await ask(url, { headers: { authorization: `Bearer ${token}` } }, signal);
    } catch (error) {
      // 403 is a grant that lacks a scope: the token of the mended grant must not wait for this one's end.
      if (error?.status === 401 || error?.status === 403) {
        dropToken(api);
      }
      if (error?.status !== 401 || known === undefined) {
        throw error;
      }
    }
  }
}

/** The token that is still good and this application's own, of this instance or else of `api.cache`. */
function keptToken(application, api) {
  for (const read of [() => kept, () => JSON.parse(api.cache.get(CACHE_KEY).value)]) {
    try {
      const { owner, token, until } = read();
      if (owner === application.owner && until > Date.now() && text(token)) {
        kept = { owner, token, until };
        return token;
      }
    } catch {
      // Nothing is kept, or not by us, or there is no cache: another one is asked for.
    }
  }
  return undefined;
}

async function newToken(application, api, signal) {
  const { origin, id, secret: key, owner } = application;
  const body = {
    grant_type: "client_credentials",
    client_id: id,
    client_secret: key,
    audience: `${origin}/api/v2/`,
  };
  let answer;
  try {
    answer = await ask(`${origin}/oauth/token`, postOf(body), signal);
  } catch (error) {
    // The status goes into the kind, so that it is not taken for that of the roles.
    throw new Trouble(["token", error?.status, kindOf(error)].filter(Boolean).join(" "));
  }
  const token = text(answer.access_token);
  if (!token) {
    throw new Trouble("token unexpected answer");
  }
  keepToken(api, { owner, token, until: Date.now() + answer.expires_in * 1000 - EARLY_MS });
  return token;
}

function keepToken(api, token) {
  const life = token.until - Date.now();
  // Also false where no life was told.
  if (!(life > 0)) {
    return;
  }
  kept = token;
  try {
    api.cache.set(CACHE_KEY, JSON.stringify(token), { ttl: Math.min(life, DAY_MS) });
  } catch {
    // This instance has it.
  }
}

function dropToken(api) {
  kept = null;
  try {
    api.cache.delete(CACHE_KEY);
  } catch {
    // It is replaced in a moment.
  }
}

function postOf(body, bearer) {
  const headers = { "content-type": "application/json" };
  if (bearer) {
    headers.authorization = `Bearer ${bearer}`;
  }
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/**
 * Asks, and reads the JSON of a 2xx. Where no answer came it asks once more: what is asked here may be repeated.
 * An answer is never asked for twice, and a redirect is not followed, for it would take the bearer elsewhere.
 */
async function ask(url, request, signal) {
  const once = () => fetch(url, { ...request, redirect: "manual", signal });
  let answer;
  try {
    answer = await once();
  } catch {
    // When the time is over, this ends before it began.
    answer = await once();
  }
  if (!answer.ok) {
    answer.body?.cancel().catch(() => {});
    throw new Trouble("refused", answer.status);
  }
  try {
    const read = await readJson(answer);
    if (typeof read !== "object" || read === null) {
      throw new Trouble("unexpected answer");
    }
    return read;
  } catch (error) {
    throw new Trouble(kindOf(error), answer.status);
  }
}

async function readJson(answer) {
  const decoder = new TextDecoder();
  let read = "";
  let size = 0;
  for await (const piece of answer.body ?? []) {
    size += piece.length;
    if (size > ANSWER_LIMIT) {
      throw new Trouble("too large");
    }
    read += decoder.decode(piece, { stream: true });
  }
  try {
    return JSON.parse(read);
  } catch {
    throw new Trouble("not JSON");
  }
}
