// The token that reads the roles: asked for seldom, in this instance's memory and in the cache of the trigger.
"use strict";

const assert = require("node:assert/strict");
const { describe, it } = require("node:test");

const { instance } = require("./stand-in/action.js");
const { ORGANIZATION, api, cache, event } = require("./stand-in/event.js");
const { auth0, json } = require("./stand-in/servers.js");

const ROLES = "https://identity-spine.example/roles";
const HOUR_MS = 60 * 60 * 1000;

/** A login into the organisation by this instance, with this cache; the names of the roles, if it got them. */
async function roles(tenant, { action = instance(), shared = cache(), client = "client-1" } = {}) {
  const secrets = { AUTH0_DOMAIN: tenant.url, MGMT_CLIENT_ID: client, MGMT_CLIENT_SECRET: "management-secret" };
  const auth = api(shared);
  await action.logIn(event({ organization: ORGANIZATION, secrets, protocol: "oauth2-refresh-token" }), auth);
  return auth.claims[ROLES];
}

/** The only record of a cache. */
const record = (shared) => [...shared.records.values()][0];

/** A cache in which another instance has left a token that was good until then. */
function filled(tenant, { until, token = "token-old", owner = `${tenant.url} client-1` }) {
  const shared = cache();
  shared.set("identity-spine-management-token", JSON.stringify({ owner, token, until }), { ttl: HOUR_MS });
  return shared;
}

describe("The token", () => {
  it("serves all logins of an instance, even where the runtime has no cache", async (test) => {
    const tenant = await auth0(test);
    const action = instance();
    const throwing = () => {
      throw new Error("no cache");
    };
    for (const shared of [cache(), cache(), undefined, { get: throwing, set: throwing, delete: throwing }]) {
      assert.equal((await roles(tenant, { action, shared })).length, 3);
    }
    assert.equal(tenant.tokens().length, 1);
  });

  it("serves other instances by the cache, and expires there before its own end", async (test) => {
    const tenant = await auth0(test, { life: 7200 });
    const shared = cache();
    const until = Date.now() + 2 * HOUR_MS - 5 * 60 * 1000;
    assert.equal((await roles(tenant, { shared })).length, 3);
    assert.equal((await roles(tenant, { shared })).length, 3);
    assert.equal(tenant.tokens().length, 1);
    assert.ok(Math.abs(record(shared).expires_at - until) < 10_000);
  });

  it("that lives for longer than the cache keeps anything is kept there for a day", async (test) => {
    const tenant = await auth0(test, { life: 30 * 86_400 });
    const shared = cache();
    assert.equal((await roles(tenant, { shared })).length, 3);
    assert.equal((await roles(tenant, { shared })).length, 3);
    assert.equal(tenant.tokens().length, 1);
    assert.ok(record(shared).expires_at <= Date.now() + 24 * HOUR_MS);
  });

  it("is asked for anew when the kept one has ended", async (test) => {
    const tenant = await auth0(test, { good: (token) => token !== "token-old" });
    const shared = filled(tenant, { until: Date.now() - 1 });
    assert.equal((await roles(tenant, { shared })).length, 3);
    assert.equal(tenant.tokens().length, 1);
    assert.equal(tenant.pages().length, 1);
    assert.equal(JSON.parse(record(shared).value).token, "token-1");
  });

  it("is used while the kept one is good", async (test) => {
    const tenant = await auth0(test);
    assert.equal((await roles(tenant, { shared: filled(tenant, { until: Date.now() + HOUR_MS }) })).length, 3);
    assert.equal(tenant.tokens().length, 0);
    assert.equal(tenant.pages()[0].headers.authorization, "Bearer token-old");
  });

  it("is not kept when it lives for five minutes or less, or nobody knows how long", async (test) => {
    for (const life of [1, 300, null, "soon"]) {
      const tenant = await auth0(test, { life });
      const [action, shared] = [instance(), cache()];
      assert.equal((await roles(tenant, { action, shared })).length, 3);
      assert.equal((await roles(tenant, { action, shared })).length, 3);
      assert.equal(tenant.tokens().length, 2, String(life));
      assert.equal(shared.records.size, 0);
    }
  });

  it("of another application, or of another tenant, is not used", async (test) => {
    const tenant = await auth0(test);
    const [action, until] = [instance(), Date.now() + HOUR_MS];
    await roles(tenant, { action });
    await roles(tenant, { action, client: "client-2" });
    assert.equal(tenant.tokens().length, 2);
    await roles(tenant, { shared: filled(tenant, { until, owner: "https://other.auth0.com client-1" }) });
    assert.equal(tenant.tokens().length, 3);
  });

  it("is asked for where the cache holds nonsense", async (test) => {
    for (const value of ["", "null", "{", "[]", '{"owner":5}']) {
      const tenant = await auth0(test);
      const shared = cache();
      shared.set("identity-spine-management-token", value);
      assert.equal((await roles(tenant, { shared })).length, 3, value);
      assert.equal(tenant.tokens().length, 1);
    }
  });

  it("stays with the instance when it is too long for the cache", async (test) => {
    const long = "t".repeat(5000);
    const token = (_, response) => json(response, 200, { access_token: long, expires_in: 86400 });
    const tenant = await auth0(test, { token });
    const [action, shared] = [instance(), cache()];
    assert.equal((await roles(tenant, { action, shared })).length, 3);
    assert.equal((await roles(tenant, { action, shared })).length, 3);
    assert.equal(tenant.tokens().length, 1);
    assert.equal(shared.records.size, 0);
  });
});

describe("A token that is refused", () => {
  it("is dropped, and another one is asked for, once", async (test) => {
    const tenant = await auth0(test, { good: (token) => token === "token-1" });
    const [action, shared] = [instance(), filled(tenant, { until: Date.now() + HOUR_MS })];
    assert.equal((await roles(tenant, { action, shared })).length, 3);
    assert.equal((await roles(tenant, { action, shared })).length, 3);
    assert.equal(tenant.tokens().length, 1);
    assert.equal(tenant.pages().length, 3);
    assert.equal(JSON.parse(record(shared).value).token, "token-1");
  });

  it("with its successor ends the attempt, and nothing of both is kept", async (test) => {
    const tenant = await auth0(test, { good: () => false });
    const shared = filled(tenant, { until: Date.now() + HOUR_MS });
    assert.equal(await roles(tenant, { shared }), undefined);
    assert.equal(tenant.tokens().length, 1);
    assert.equal(tenant.pages().length, 2);
    assert.equal(shared.records.size, 0);
  });

  it("for its scope is dropped, so that a mended grant counts at the next login", async (test) => {
    const granted = { roles: 0, pages: (_, to) => json(to, 403, { errorCode: "insufficient_scope" }) };
    const tenant = await auth0(test, granted);
    const [action, shared] = [instance(), cache()];
    assert.equal(await roles(tenant, { action, shared }), undefined);
    assert.equal(tenant.pages().length, 1);
    assert.equal(shared.records.size, 0);
    assert.equal(await roles(tenant, { action, shared }), undefined);
    assert.equal(tenant.tokens().length, 2);
  });
});
