"""Posts events that Svix's library signed, and looks at what became of them in the table.

Usage: python .ci/svix-peer.py HTTP_URL DYNAMODB_URL SIGNING_SECRET
"""

import base64
import datetime
import hashlib
import itertools
import json
import sys
import time
import urllib.error
import urllib.request
import uuid

from svix.webhooks import Webhook

HTTP, DYNAMODB, SECRET = sys.argv[1:] if len(sys.argv) == 4 else sys.exit(__doc__)
INSTANCE = "ins_local"
# A user's own name in the table, and our clock: these may differ between two users of one history.
OWN = {"user_id", "auth_subject", "created_at", "deleted_at", "expires_at"}


def request(url, body, headers):
    """Status and body of a POST."""
    asked = urllib.request.Request(url, body.encode(), {"content-type": "application/json", **headers})
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def deliver(event, secret=SECRET, seconds=None, family="svix", tampered=lambda body: body):
    """Signs an event as Svix does, posts it, and returns the status."""
    body = json.dumps(event, ensure_ascii=False)
    delivery = f"msg_{uuid.uuid4().hex}"
    sent = datetime.datetime.fromtimestamp(int(seconds or time.time()), datetime.timezone.utc)
    headers = {
        f"{family}-id": delivery,
        f"{family}-timestamp": str(int(sent.timestamp())),
        f"{family}-signature": Webhook(secret).sign(delivery, sent, body),
    }
    return request(f"{HTTP}/clerk/webhook", tampered(body), headers)[0]


def user_id(subject):
    """The id that the design computes of a subject."""
    hashed = hashlib.sha256()
    for part in (b"identity-spine/user-id/v1", b"clerk", subject.encode()):
        hashed.update(len(part).to_bytes(4, "big") + part)
    return "usr_" + base64.b32encode(hashed.digest()).decode().lower()[:26]


def row(subject):
    """The user's item, strongly consistent."""
    asked = {"TableName": "Users", "Key": {"user_id": {"S": user_id(subject)}}, "ConsistentRead": True}
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "DynamoDB_20120810.GetItem",
        "authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=0",
        "x-amz-date": "20260101T000000Z",
    }
    status, body = request(DYNAMODB, json.dumps(asked), headers)
    assert status == 200, (status, body)
    return json.loads(body).get("Item")


def life(subject, now):
    """Created, updated and deleted, a second apart."""

    def user(first_name, updated_at):
        return {
            "object": "user", "id": subject, "first_name": first_name, "last_name": "Müller 🍍", "username": None,
            "image_url": "https://img.clerk.com/xxx", "primary_email_address_id": "idn_1",
            "email_addresses": [{"id": "idn_1", "object": "email_address", "email_address": "zoe@example.com",
                                 "verification": {"status": "verified", "strategy": "email_code"}}],
            "created_at": now - 9000, "updated_at": updated_at,
        }  # fmt: skip

    def event(kind, at, data):
        return {"object": "event", "type": kind, "timestamp": at, "instance_id": INSTANCE, "data": data}

    return [
        event("user.created", now - 8990, user("Zo", now - 9000)),
        event("user.updated", now - 7990, user("Zoë", now - 8000)),
        event("user.deleted", now - 7000, {"object": "user", "id": subject, "deleted": True}),
    ]


def repeats(order):
    """One order: once, each twice, all again, and all again backwards."""
    return [order, [at for at in order for _ in range(2)], order + order, order + order[::-1]]


def fresh():
    return f"user_{uuid.uuid4().hex}"


def played(events, sequence):
    for at in sequence:
        status = deliver(events[at], family="webhook" if at == 1 else "svix")
        assert status == 200, (sequence, at, status)


def state(subject):
    item = row(subject)
    assert item is not None, f"{subject} has no row"
    return {name: value for name, value in item.items() if name not in OWN}


def ends(now, count):
    """What each order of the first `count` events ends in; all of them must be the same."""
    sequences = [again for order in itertools.permutations(range(count)) for again in repeats(list(order))]
    found = []
    for sequence in sequences:
        subject = fresh()
        played(life(subject, now), sequence)
        found.append(state(subject))
        assert found[-1] == found[0], (sequence, found[-1], found[0])
    return len(sequences), found[0]


def main():
    now = int(time.time() * 1000)
    count, dead = ends(now, 3)
    assert dead["identity_deleted_at"] == {"N": str(now - 7000)}, dead
    assert not {"email", "email_key", "name", "first_name", "profile_version"} & set(dead), dead
    print(f"created, updated, deleted: {count} sequences end in one tombstone")

    count, living = ends(now, 2)
    assert living["name"] == {"S": "Zoë Müller 🍍"} and living["verified_email"] == {"S": "zoe@example.com"}, living
    print(f"created, updated: {count} sequences end in one profile")

    subject = fresh()
    created = life(subject, now)[0]
    other = "whsec_" + base64.b64encode(bytes(24)).decode()
    assert deliver(created, secret=other) == 401
    assert deliver(created, tampered=lambda body: body.replace("Zo", "Eve")) == 401
    for off in (-310, 310):
        assert deliver(created, seconds=time.time() + off) == 401
    assert row(subject) is None
    assert deliver(created) == 200
    assert row(subject) is not None
    print("wrong secret, changed body, wrong time: 401, and nothing written")


main()
