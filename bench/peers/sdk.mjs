// The peer on AWS's SDK v3 alone: the same requests to DynamoDB that the users API sends.
import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";

import { api } from "./api.mjs";
import { serve } from "./runtime.mjs";

const client = new DynamoDBClient({ endpoint: process.env.DYNAMODB_ENDPOINT });
const [USERS, CLAIMS] = [process.env.USERS_TABLE ?? "Users", process.env.CLAIMS_TABLE ?? "Claims"];

function plain(value) {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  return row(value.M ?? {});
}

function row(item) {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

/** The row, with the item behind it, whose map a write requires to be still the same. */
async function read(userId) {
  const wanted = { TableName: USERS, Key: { user_id: { S: userId } }, ConsistentRead: true };
  const { Item } = await client.send(new GetItemCommand(wanted));
  return Item && Object.assign(row(Item), { item: Item });
}

async function linkOnly({ user_id, item, public_keys }, key, by) {
  const now = String(Date.now());
  const values = {
    ":keys": { M: { [key]: { M: { linked_at: { N: now } } } } },
    ":by": { S: by },
    ":created_at": item.created_at,
  };
  let same = "attribute_not_exists(public_keys)";
  if (item.public_keys !== undefined) {
    values[":met"] = item.public_keys;
    same = "public_keys = :met";
  }
  const update = {
    TableName: USERS,
    Key: { user_id: { S: user_id } },
    UpdateExpression: "SET changed_by = :by, public_keys = :keys",
    ConditionExpression: `attribute_not_exists(identity_deleted_at) AND created_at = :created_at AND ${same}`,
    ExpressionAttributeValues: values,
  };
  const put = {
    TableName: CLAIMS,
    Item: { claim: { S: `public_key#${key}` }, user_id: { S: user_id }, claimed_at: { N: now } },
    ConditionExpression: "attribute_not_exists(claim) OR user_id = :user OR expires_at <= :now",
    ExpressionAttributeValues: { ":user": { S: user_id }, ":now": { N: String(Math.floor(Date.now() / 1000)) } },
  };
  const leaving = Object.keys(public_keys ?? {}).map((old) => ({
    Delete: {
      TableName: CLAIMS,
      Key: { claim: { S: `public_key#${old}` } },
      ConditionExpression: "user_id = :user",
      ExpressionAttributeValues: { ":user": { S: user_id } },
    },
  }));
  const items = [{ Update: update }, { Put: put }, ...leaving];
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: items }));
    return true;
  } catch (error) {
    if (error.name === "TransactionCanceledException") return false;
    throw error;
  }
}

await read("prime");
await serve(api({ read, linkOnly }));
