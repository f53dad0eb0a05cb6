// Logins that reach the real function: what they leave in the table.
"use strict";

const assert = require("node:assert/strict");
const { after, before, describe, it } = require("node:test");

const { instance } = require("./stand-in/action.js");
const { CANARIES, USER, api, event } = require("./stand-in/event.js");
const { start } = require("./stand-in/spine.js");

let spine;
before(async () => {
  spine = await start();
});
after(() => spine?.stop());

/** Logs in as `user`, against the system itself. */
async function logIn(user, secrets = {}) {
  const auth = api();
  const login = await instance().logIn(event({ user, secrets: { ...spine.secrets(), ...secrets } }), auth);
  assert.deepEqual(auth.denied, []);
  return login;
}

describe("A login", () => {
  it("leaves the whole profile in the table, and nothing of the metadata", async () => {
    const login = await logIn({ user_id: "auth0|whole" });
    assert.deepEqual(login.lines, []);
    const row = await spine.row("auth0|whole");
    const { user_id: _, created_at, last_active_at, profile_version, email_key, ...rest } = row;
    assert.deepEqual(rest, {
      auth_provider: "auth0",
      auth_subject: "auth0|whole",
      email: USER.email,
      verified_email: USER.email,
      name: USER.name,
      first_name: USER.given_name,
      last_name: USER.family_name,
      nickname: USER.nickname,
      username: USER.username,
      avatar_url: USER.picture,
      provider_created_at: Date.parse(USER.created_at),
      changed_by: "login",
    });
    assert.equal(profile_version.slice(0, 13), String(Date.parse(USER.updated_at)));
    assert.equal(email_key, USER.email);
    assert.ok(created_at > 0 && last_active_at > 0);
    assert.equal(CANARIES.some((canary) => JSON.stringify(row).includes(canary)), false);
  });

  it("is the same row the second time, and a later activity", async () => {
    await logIn({ user_id: "auth0|twice" });
    const first = await spine.row("auth0|twice");
    const later = { user_id: "auth0|twice", name: "Ada King", updated_at: "2025-04-02T17:56:01.566Z" };
    assert.deepEqual((await logIn(later)).lines, []);
    const second = await spine.row("auth0|twice");
    assert.equal(second.user_id, first.user_id);
    assert.equal(second.name, "Ada King");
    assert.ok(second.last_active_at > first.last_active_at);
  });

  it("needs no e-mail", async () => {
    const without = { user_id: "sms|1", email: undefined, email_verified: undefined, picture: undefined };
    assert.deepEqual((await logIn(without)).lines, []);
    const row = await spine.row("sms|1");
    assert.equal(row.name, USER.name);
    assert.equal("email" in row, false);
  });

  it("may come from the tenant's custom domain, if that is configured", async () => {
    const custom = { AUTH0_ISSUER_URL: "your-tenant.auth0.com" };
    assert.deepEqual((await logIn({ user_id: "auth0|custom" }, custom)).lines, []);
    assert.equal((await spine.row("auth0|custom")).auth_provider, "auth0");
  });

  it("goes to the address of the door as well as to that of the system", async () => {
    for (const [n, path] of ["/", "/auth0/upsert-user", "/auth0/upsert-user/"].entries()) {
      const login = await logIn({ user_id: `auth0|door-${n}` }, { SPINE_HTTP_URL: spine.http + path });
      assert.deepEqual(login.lines, [], path);
      assert.ok(await spine.row(`auth0|door-${n}`), path);
    }
  });

  it("is told though its texts are broken or longer than a body may be", async () => {
    const odd = { user_id: "auth0|odd", name: "a\ud83d", picture: "p".repeat(300_000), nickname: { not: "a text" } };
    assert.deepEqual((await logIn(odd)).lines, []);
    const row = await spine.row("auth0|odd");
    assert.equal(row.name, "a\ufffd");
    assert.equal(row.avatar_url.length, 2048);
    assert.equal("nickname" in row, false);
  });

  it("passes with another secret than the system's, and leaves nothing", async () => {
    const login = await logIn({ user_id: "auth0|wrong" }, { AUTH0_ACTION_SECRET: "wrong" });
    assert.deepEqual(login.lines, ["identity-spine upsert-user: 401 refused"]);
    assert.equal(await spine.row("auth0|wrong"), undefined);
  });

  it("passes from an issuer that the system does not know", async () => {
    const login = await logIn({ user_id: "auth0|foreign" }, { AUTH0_DOMAIN: "other.eu.auth0.com" });
    assert.deepEqual(login.lines, ["identity-spine upsert-user: 400 refused"]);
    assert.equal(await spine.row("auth0|foreign"), undefined);
  });
});
