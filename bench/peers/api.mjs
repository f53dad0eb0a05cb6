// What both peers share: who is let in, what is asked for, and how it is told, as the users API does it.
import { createHash, timingSafeEqual } from "node:crypto";

const TOKENS = JSON.parse(process.env.SERVICE_TOKENS).map((entry) => ({ ...entry, digest: Buffer.from(entry.sha256, "hex") }));

function caller(headers) {
  const [scheme, token] = (headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || !token) return undefined;
  const digest = createHash("sha256").update(token).digest();
  let found;
  for (const entry of TOKENS) {
    const fits = timingSafeEqual(entry.digest, digest);
    if (fits && (entry.expiresAt === undefined || Date.now() < entry.expiresAt)) found = entry;
  }
  return found;
}

function told(statusCode, document) {
  const type = statusCode < 400 ? "application/json" : "application/problem+json";
  const body = document === undefined ? "" : JSON.stringify(document);
  return { statusCode, headers: { "content-type": type }, body, isBase64Encoded: false };
}

function problem(status, code, detail) {
  return told(status, { type: "about:blank", title: code, status, code, detail });
}

/** A row as the users API tells it; what is unknown is absent. */
export function document(row) {
  const keys = Object.entries(row.public_keys ?? {}).map(([key, { linked_at }]) => {
    const [type, spelled] = key.split("#");
    return { key: type === "evm" ? `0x${spelled}` : spelled, type, linkedAt: linked_at };
  });
  keys.sort((one, other) => other.linkedAt - one.linkedAt);
  return {
    userId: row.user_id,
    authProvider: row.auth_provider,
    authSubject: row.auth_subject,
    clerkUserId: row.auth_provider === "clerk" ? row.auth_subject : undefined,
    email: row.email,
    emailVerified: row.email === undefined ? undefined : row.verified_email === row.email,
    name: row.name,
    firstName: row.first_name,
    lastName: row.last_name,
    nickname: row.nickname,
    username: row.username,
    avatarUrl: row.avatar_url,
    publicKey: keys[0]?.key,
    publicKeys: keys,
    stripeCustomerId: row.stripe_customer_id,
    createdAt: row.created_at,
    providerCreatedAt: row.provider_created_at,
    updatedAt: row.profile_version === undefined ? undefined : Number(row.profile_version.slice(0, 13)),
    lastActiveAt: row.last_active_at,
  };
}

const READ = /^\/v1\/users\/(usr_[a-z2-7]{26})$/;
const LINK = /^\/v1\/users\/(usr_[a-z2-7]{26})\/public-key$/;
const EVM = /^0x[0-9a-fA-F]{40}$/;

/** The handler over a store of two operations: `read(userId)`, and `linkOnly(row, key, by)` with a key as rows name it. */
export function api({ read, linkOnly }) {
  return async (event) => {
    const known = caller(event.headers);
    if (known === undefined) return problem(401, "unauthorized", "the service token is unknown or has expired");
    const method = event.requestContext.http.method;
    const [, reading] = (method === "GET" && READ.exec(event.rawPath)) || [];
    const [, linking] = (method === "PUT" && LINK.exec(event.rawPath)) || [];
    const scope = reading ? "users:read" : "keys:write";
    if (!reading && !linking) return problem(404, "not_found", "there is no such route");
    if (!known.scopes.includes(scope)) return problem(403, "scope_missing", `the service token lacks the scope ${scope}`);
    const row = await read(reading ?? linking);
    if (row === undefined) return problem(404, "user_unknown", "nobody has this id");
    if (row.identity_deleted_at !== undefined) return problem(410, "user_deleted", "the user was deleted");
    if (reading) return told(200, document(row));
    const { publicKey } = JSON.parse(event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body);
    if (!EVM.test(publicKey)) return problem(400, "unsupported_key", "no key of a known type");
    const linked = await linkOnly(row, `evm#${publicKey.slice(2).toLowerCase()}`, `token:${known.id}`);
    return linked ? told(204) : problem(409, "public_key_taken", "the key is somebody else's");
  };
}
