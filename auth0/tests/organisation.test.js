// Logins into an organisation: its claims in the ID token, with the roles that the Management API tells.
"use strict";

const assert = require("node:assert/strict");
const { describe, it } = require("node:test");

const { instance } = require("./stand-in/action.js");
const { ORGANIZATION, USER, api, event } = require("./stand-in/event.js");
const { auth0, door, json, refusing, serve } = require("./stand-in/servers.js");

const WAIT_MS = 2500;
const NAMESPACE = "https://identity-spine.example";
const named = (roles) => Array.from({ length: roles }, (_, n) => `role ${n}`);
const known = { [`${NAMESPACE}/org_id`]: "org_abc", [`${NAMESPACE}/org_name`]: "Analytical Engines" };
const whole = (roles) => ({ ...known, [`${NAMESPACE}/roles`]: named(roles) });

/** Logs into the organisation, at the tenant of this address. The login must pass in time and tell nothing private. */
async function logIn(domain, { action = instance(), auth = api(), secrets = {}, ...more } = {}) {
  const application = { AUTH0_DOMAIN: domain, MGMT_CLIENT_ID: "client-1", MGMT_CLIENT_SECRET: "management-secret" };
  const told = event({ organization: ORGANIZATION, secrets: { ...application, ...secrets }, ...more });
  const { ms, lines } = await action.logIn(told, auth);
  assert.ok(ms < WAIT_MS, `${ms} ms`);
  assert.deepEqual(auth.denied, []);
  for (const word of ["management-secret", "token-", USER.user_id, USER.email, "Analytical"]) {
    assert.equal(lines.join("\n").includes(word), false, word);
  }
  const kinds = lines.filter((line) => !line.includes("SPINE_HTTP_URL is missing"));
  return { ms, claims: auth.claims, kinds: kinds.map((line) => line.replace("identity-spine ", "")) };
}

describe("An organisation's claims", () => {
  it("are its id, its name and all roles of the user, beside the upsert", async (test) => {
    const [tenant, system] = [await auth0(test), await door(test)];
    const login = await logIn(tenant.url, { secrets: { SPINE_HTTP_URL: system.url } });
    assert.deepEqual(login.claims, whole(3));
    assert.deepEqual(login.kinds, []);
    assert.equal(system.requests.length, 1);
    assert.deepEqual(JSON.parse(tenant.tokens()[0].body), {
      grant_type: "client_credentials",
      client_id: "client-1",
      client_secret: "management-secret",
      audience: `${tenant.url}/api/v2/`,
    });
  });

  it("are none without an organisation", async (test) => {
    const tenant = await auth0(test);
    assert.deepEqual((await logIn(tenant.url, { organization: undefined })).claims, {});
    assert.equal(tenant.requests.length, 0);
  });

  it("have all of 120 roles, however long the pages are", async (test) => {
    const counted = [[100, false, 2], [50, false, 3], [7, false, 18]];
    const bareLists = [[100, true, 3], [50, true, 4]];
    for (const [perPage, bare, pages] of [...counted, ...bareLists]) {
      const tenant = await auth0(test, { roles: 120, perPage, bare });
      assert.deepEqual((await logIn(tenant.url)).claims, whole(120));
      assert.equal(tenant.pages().length, pages);
    }
  });

  it("have an empty list for somebody without roles", async (test) => {
    const tenant = await auth0(test, { roles: 0 });
    assert.deepEqual((await logIn(tenant.url)).claims, whole(0));
  });

  it("are asked for with ids that cannot leave their place in the path", async (test) => {
    const tenant = await auth0(test);
    const [user, organization] = [{ user_id: "auth0|a/b?c#d%" }, { ...ORGANIZATION, id: "org/../x" }];
    await logIn(tenant.url, { user, organization });
    const path = "/api/v2/organizations/org%2F..%2Fx/members/auth0%7Ca%2Fb%3Fc%23d%25/roles?";
    assert.ok(tenant.pages()[0].url.startsWith(path), tenant.pages()[0].url);
  });

  it("stand below the configured namespace", async (test) => {
    const tenant = await auth0(test);
    for (const namespace of ["https://app.example.com", "https://app.example.com/", "app.example.com"]) {
      const { claims } = await logIn(tenant.url, { secrets: { CLAIMS_NAMESPACE: namespace } });
      const names = ["org_id", "org_name", "roles"].map((name) => `https://app.example.com/${name}`);
      assert.deepEqual(Object.keys(claims), names);
    }
    const { claims, kinds } = await logIn(tenant.url, { secrets: { CLAIMS_NAMESPACE: "ftp://app" } });
    assert.deepEqual([claims, kinds], [{}, ["claims: CLAIMS_NAMESPACE is not https"]]);
  });

  it("are set again when a refresh token is exchanged, which is no login to tell of", async (test) => {
    const [tenant, system] = [await auth0(test), await door(test)];
    const secrets = { SPINE_HTTP_URL: system.url };
    const refresh = await logIn(tenant.url, { secrets, protocol: "oauth2-refresh-token" });
    assert.deepEqual([refresh.claims, refresh.kinds], [whole(3), []]);
    assert.equal(system.requests.length, 0);
  });

  it("lack the roles where no application is configured to read them", async (test) => {
    const tenant = await auth0(test);
    const none = { MGMT_CLIENT_ID: undefined, MGMT_CLIENT_SECRET: undefined };
    const off = await logIn(tenant.url, { secrets: none });
    assert.deepEqual([off.claims, off.kinds], [known, []]);
    for (const name of ["MGMT_CLIENT_ID", "MGMT_CLIENT_SECRET"]) {
      const half = await logIn(tenant.url, { secrets: { [name]: undefined } });
      assert.deepEqual([half.claims, half.kinds], [known, [`roles: ${name} is missing`]]);
    }
    assert.equal(tenant.requests.length, 0);
  });
});

describe("Roles that cannot be had", { concurrency: true }, () => {
  const empty = (_, response) => json(response, 200, { start: 0, limit: 100, total: 120, roles: [] });
  const page = (roles, total) => (_, response) => json(response, 200, { start: 0, limit: 100, total, roles });
  for (const [name, answers, kind] of [
    ["the token is refused", { token: (_, to) => json(to, 401, {}) }, "roles: token 401 refused"],
    ["the token's answer has none", { token: (_, to) => json(to, 200, {}) }, "roles: token unexpected answer"],
    ["a new token is refused", { good: () => false }, "roles: 401 refused"],
    ["the listing fails", { pages: (_, to) => json(to, 500, {}) }, "roles: 500 refused"],
    ["there are too many requests", { pages: (_, to) => json(to, 429, {}) }, "roles: 429 refused"],
    ["the listing is a page", { pages: (_, to) => to.end("<html>") }, "roles: 200 not JSON"],
    ["the listing has no roles", { pages: (_, to) => json(to, 200, { total: 1 }) }, "roles: unexpected answer"],
    ["fewer are listed than counted", { pages: empty }, "roles: incomplete"],
    ["the same page comes for ever", { pages: page([{ id: "rol_0", name: "role 0" }], 120) }, "roles: incomplete"],
    ["a role is nothing", { pages: page([null], 1) }, "roles: TypeError"],
  ]) {
    it(`are absent, not half there, when ${name}`, async (test) => {
      const tenant = await auth0(test, answers);
      const login = await logIn(tenant.url);
      assert.deepEqual([login.claims, login.kinds], [known, [kind]]);
    });
  }

  it("are absent when nobody listens", async () => {
    const login = await logIn(await refusing());
    assert.deepEqual([login.claims, login.kinds], [known, ["roles: token ECONNREFUSED"]]);
  });

  it("are absent when the second page is late, and are not set after the login", async (test) => {
    const late = new Promise((resolve) => setTimeout(resolve, WAIT_MS).unref());
    const all = Array.from({ length: 100 }, (_, n) => ({ id: `rol_${n}`, name: `role ${n}` }));
    const pages = async (request, response) => {
      if (request.url.includes("page=1")) {
        await late;
      }
      json(response, 200, { start: 0, limit: 100, total: 120, roles: all });
    };
    const tenant = await auth0(test, { pages });
    const login = await logIn(tenant.url);
    assert.deepEqual([login.claims, login.kinds], [known, ["roles: timeout"]]);
    await late;
    assert.deepEqual(login.claims, known);
  });

  it("are not set after the login by a platform that reads on", async (test) => {
    const late = new Promise((resolve) => setTimeout(resolve, WAIT_MS).unref());
    let read;
    const reading = new Promise((resolve) => {
      read = resolve;
    });
    const deaf = async (url, { signal: _, ...request }) => {
      const answer = await fetch(url, request);
      if (String(url).includes("/roles?")) {
        await late;
        setImmediate(() => setImmediate(read));
      }
      return answer;
    };
    const tenant = await auth0(test);
    const login = await logIn(tenant.url, { action: instance({ fetch: deaf }) });
    await reading;
    assert.deepEqual(login.claims, known);
  });

  it("share the time with a system that hangs: both together are one wait", async (test) => {
    const silent = () => {};
    const [tenant, system] = [await auth0(test, { token: silent }), await serve(test, silent)];
    const login = await logIn(tenant.url, { secrets: { SPINE_HTTP_URL: system.url } });
    assert.deepEqual(login.claims, known);
    assert.deepEqual(login.kinds.sort(), ["roles: token timeout", "upsert-user: timeout"]);
  });

  it("are there though the system hangs", async (test) => {
    const [tenant, system] = [await auth0(test), await serve(test, () => {})];
    const login = await logIn(tenant.url, { secrets: { SPINE_HTTP_URL: system.url } });
    assert.deepEqual([login.claims, login.kinds], [whole(3), ["upsert-user: timeout"]]);
  });
});
