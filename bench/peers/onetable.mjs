// The peer on OneTable, over the same SDK.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Dynamo } from "dynamodb-onetable/Dynamo";
import { Table } from "dynamodb-onetable";

import { api } from "./api.mjs";
import { serve } from "./runtime.mjs";

const client = new Dynamo({ client: new DynamoDBClient({ endpoint: process.env.DYNAMODB_ENDPOINT }) });
const text = { type: String };
const time = { type: Number };

function table(name, hash, model, fields) {
  const schema = {
    format: "onetable:1.1.0",
    version: "0.0.1",
    indexes: { primary: { hash } },
    models: { [model]: fields },
    // The one attribute of OneTable's own that goes into an item.
    params: { typeField: "changed_by_onetable", isoDates: false, timestamps: false },
  };
  const made = new Table({ client, name, schema, hidden: true, partial: false });
  return made;
}

const usersTable = table(process.env.USERS_TABLE ?? "Users", "user_id", "User", {
  user_id: { ...text, required: true },
  auth_provider: text,
  auth_subject: text,
  email: text,
  verified_email: text,
  name: text,
  first_name: text,
  last_name: text,
  nickname: text,
  username: text,
  avatar_url: text,
  profile_version: text,
  provider_created_at: time,
  created_at: time,
  last_active_at: time,
  identity_deleted_at: time,
  public_keys: { type: Object },
  stripe_customer_id: text,
  changed_by: text,
});
const claimsTable = table(process.env.CLAIMS_TABLE ?? "Claims", "claim", "Claim", {
  claim: { ...text, required: true },
  user_id: text,
  claimed_at: time,
  expires_at: time,
});
const [Users, Claims] = [usersTable.getModel("User"), claimsTable.getModel("Claim")];

async function read(user_id) {
  return Users.get({ user_id }, { consistent: true });
}

async function linkOnly({ user_id, created_at, public_keys }, key, by) {
  const now = Date.now();
  const transaction = {};
  const same = public_keys === undefined ? "attribute_not_exists(${public_keys})" : "${public_keys} = @{met}";
  const where = "attribute_not_exists(${identity_deleted_at}) and ${created_at} = @{created_at} and " + same;
  const linked = { user_id, public_keys: { [key]: { linked_at: now } }, changed_by: by };
  await Users.update(linked, { transaction, where, substitutions: { created_at, met: public_keys } });
  const free = "attribute_not_exists(${claim}) or ${user_id} = @{user} or ${expires_at} <= @{now}";
  const substitutions = { user: user_id, now: Math.floor(now / 1000) };
  await Claims.create({ claim: `public_key#${key}`, user_id, claimed_at: now }, { transaction, exists: null, where: free, substitutions });
  for (const old of Object.keys(public_keys ?? {})) {
    await Claims.remove({ claim: `public_key#${old}` }, { transaction, where: "${user_id} = @{user}", substitutions: { user: user_id } });
  }
  try {
    await usersTable.transact("write", transaction);
    return true;
  } catch (error) {
    if (error.name === "TransactionCanceledException" || error.code === "TransactionCanceledException") return false;
    throw error;
  }
}

await read("prime");
await serve(api({ read, linkOnly }));
