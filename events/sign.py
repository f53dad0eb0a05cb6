#!/usr/bin/env python3
"""Moves a sample to the present, and prints it: one of Clerk's webhooks, which it signs, or a batch of Auth0's events.

Usage: python3 events/sign.py EVENT.json [SECRET]
SECRET is a signing secret (whsec_...); without it, the one that `cargo dev` uses.
"""

import base64
import datetime
import hashlib
import hmac
import json
import sys
import time

LOCAL = "whsec_bG9jYWwtY2xlcmstd2ViaG9vay1zZWNyZXQtMDAwMQ=="


def signature(secret, delivery, seconds, body):
    """The `v1` signature of https://docs.svix.com/receiving/verifying-payloads/how-manual."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{delivery}.{seconds}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def sign(event, secret, now):
    """Moves the delivery and its envelope to `now`; what the envelope tells of the user stays."""
    body = json.loads(event["body"])
    body["timestamp"] = int(now * 1000)
    event["body"] = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    headers = event["headers"]
    headers["svix-timestamp"] = str(int(now))
    headers["svix-signature"] = signature(secret, headers["svix-id"], int(now), event["body"])
    return event


def send(batch, now):
    """Moves the envelopes of a batch to `now`; what cannot be read stays as it is."""
    for record in batch["Records"]:
        try:
            body = json.loads(record["body"])
        except ValueError:
            continue
        body.get("detail", body)["time"] = datetime.datetime.fromtimestamp(now, datetime.timezone.utc).isoformat()
        record["body"] = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return batch


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        sample = json.load(file)
    secret = (sys.argv[2:] or [LOCAL])[0]
    moved = send(sample, time.time()) if "Records" in sample else sign(sample, secret, time.time())
    print(json.dumps(moved, indent=2, ensure_ascii=False))
