// What the runtime hands to a post-login Action: `event` and `api`, with the limits that Auth0 documents.
"use strict";

/** What must never leave the Action, wherever it stands in an event. */
const CANARIES = ["canary-app-metadata", "canary-user-metadata", "canary-idp-token", "canary-phone", "canary-ip"];

const USER = {
  user_id: "auth0|507f1f77bcf86cd799439020",
  email: "ada@example.com",
  email_verified: true,
  name: "Ada Lovelace",
  nickname: "ada",
  given_name: "Ada",
  family_name: "Lovelace",
  username: "ada.l",
  picture: "https://img.example.com/ada.png",
  created_at: "2025-02-02T17:56:01.566Z",
  updated_at: "2025-03-02T17:56:01.566Z",
  phone_number: "canary-phone",
  app_metadata: { plan: "canary-app-metadata" },
  user_metadata: { colour: "canary-user-metadata" },
  identities: [{ provider: "auth0", user_id: "507f1f77bcf86cd799439020", access_token: "canary-idp-token" }],
};

const ORGANIZATION = { id: "org_abc", name: "analytical", display_name: "Analytical Engines", metadata: {} };

/** A login by the browser. `user` and `secrets` are laid over the usual ones; `undefined` takes one away. */
function event({ user = {}, secrets = {}, organization, protocol = "oidc-basic-profile" } = {}) {
  return {
    user: { ...USER, ...user },
    secrets: { AUTH0_ACTION_SECRET: "action-secret", AUTH0_DOMAIN: "tenant.eu.auth0.com", ...secrets },
    organization,
    transaction: { id: "t", protocol, requested_scopes: [] },
    request: { hostname: "login.evil.example", ip: "canary-ip", method: "GET", query: {}, body: {}, geoip: {} },
    client: { client_id: "c", name: "app", metadata: {} },
    connection: { id: "con_1", name: "Username-Password-Authentication", strategy: "auth0" },
    stats: { logins_count: 1 },
    tenant: { id: "tenant" },
  };
}

const failure = (code) => ({ type: "error", code });

/** `api.cache`, which is the trigger's own: several instances may share one. */
function cache() {
  const records = new Map();
  return {
    records,
    get(key) {
      const record = records.get(key);
      return record && record.expires_at > Date.now() ? record : undefined;
    },
    set(key, value, { ttl = 15 * 60 * 1000 } = {}) {
      if (typeof value !== "string" || Buffer.byteLength(key) > 64 || Buffer.byteLength(value) > 4096) {
        return failure("CacheSizeExceeded");
      }
      // Auth0 says that a day is the most, and not what becomes of more.
      if (!(ttl > 0 && ttl <= 24 * 60 * 60 * 1000)) {
        return failure("InvalidTtl");
      }
      records.set(key, { value, expires_at: Date.now() + ttl });
      return { type: "success", record: records.get(key) };
    },
    delete(key) {
      records.delete(key);
      return { type: "success" };
    },
  };
}

/** `api`, which notes the claims of the ID token, and whether the login was refused. */
function api(shared = cache()) {
  const claims = {};
  const denied = [];
  const deny = (reason) => denied.push(reason);
  const setCustomClaim = (name, value) => {
    claims[name] = value;
  };
  return { claims, denied, access: { deny }, idToken: { setCustomClaim }, cache: shared };
}

module.exports = { CANARIES, ORGANIZATION, USER, api, cache, event };
