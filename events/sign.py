#!/usr/bin/env python3
"""Signs a sample of Clerk's webhooks as of now, and prints it.

Usage: python3 events/sign.py EVENT.json [SECRET]
SECRET is a signing secret (whsec_...); without it, the one that `cargo dev` uses.
"""

import base64
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


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        signed = sign(json.load(file), (sys.argv[2:] or [LOCAL])[0], time.time())
    print(json.dumps(signed, indent=2, ensure_ascii=False))
