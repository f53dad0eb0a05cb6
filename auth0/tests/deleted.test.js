// A login of somebody whom the system holds for deleted: a system of its own, for a deletion needs a listing that
// names most of the table.
"use strict";

const assert = require("node:assert/strict");
const { it } = require("node:test");

const { instance } = require("./stand-in/action.js");
const { ORGANIZATION, api, event } = require("./stand-in/event.js");
const { start } = require("./stand-in/spine.js");

it("passes for somebody who is deleted here, shows nothing of it, and lets them stay deleted", async (test) => {
  const spine = await start();
  test.after(() => spine.stop());
  const action = instance();
  const logIn = async (user) => {
    const auth = api();
    const { lines } = await action.logIn(event({ user, secrets: spine.secrets(), organization: ORGANIZATION }), auth);
    return { lines, claims: auth.claims, denied: auth.denied };
  };

  await spine.reconcile({ source: "auth0", mode: "apply" });
  const user = await spine.someUser();
  const living = await logIn(user);
  assert.deepEqual(living.lines, []);
  assert.equal((await spine.row(user.user_id)).name, user.name);

  await spine.deleteAtAuth0(user.user_id);
  await spine.reconcile({ source: "auth0", mode: "apply", deleteOrphans: true });
  assert.ok((await spine.row(user.user_id)).identity_deleted_at > 0);

  assert.deepEqual(await logIn(user), { ...living, lines: ["identity-spine upsert-user: deleted"] });
  const row = await spine.row(user.user_id);
  assert.ok(row.identity_deleted_at > 0);
  assert.equal("name" in row, false);
});
