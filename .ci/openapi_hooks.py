"""What Schemathesis needs to be let in: the bearer that an operation's `security` names, and a webhook's signature.

Half of the requests about a user are about one who is there, half of the issuers are configured ones, half of the keys
are keys.
"""

import atexit
import base64
import collections
import hashlib
import hmac
import json
import os
import time
import urllib.request
import uuid
import zlib

import schemathesis

FAR = int(time.time()) + 86_400


def post(url, body, bearer=None, method="POST"):
    headers = {"content-type": "application/json"}
    if bearer:
        headers["authorization"] = f"Bearer {bearer}"
    asked = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.loads(answer.read())


def user_token(stand_in, user_id):
    """A token that outlasts the run, of somebody who is known."""
    asked = {"user_id": user_id, "claims": {"exp": FAR, "email": "ann@example.com"}}
    token = post(f"{os.environ[stand_in]}/_control/tokens", asked)["token"]
    return token, post(f"{os.environ['HTTP_URL']}/v1/me", None, token, "PUT")["userId"]


AUTH0, ANN = user_token("AUTH0_URL", "auth0|ann")
CLERK, ZOE = user_token("CLERK_URL", "user_zoe")
BEARERS = {
    "actionSecret": [os.environ["AUTH0_ACTION_SECRET"]],
    "eventsSecret": [os.environ["AUTH0_EVENTS_SECRET"]],
    "serviceToken": [os.environ["SERVICE_TOKEN"]],
    "userToken": [AUTH0, CLERK],
}


def chance(of):
    """A number that depends on nothing but what is sent, so that a run can be repeated."""
    return zlib.crc32(repr(of).encode())


# EVM addresses in one case, which need no checksum.
KEYS = [f"0x{number:040x}" for number in range(1, 30)]


def key(drawn):
    """One of a few keys, so that they meet each other's owners."""
    return KEYS[drawn // 2 % len(KEYS)]


class Signed:
    """Signs the very bytes that are sent, as Svix does."""

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        delivery, now = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
        key = base64.b64decode(os.environ["CLERK_WEBHOOK_SECRET"].removeprefix("whsec_"))
        signature = hmac.new(key, f"{delivery}.{now}.".encode() + body, hashlib.sha256).digest()
        request.headers["svix-id"] = delivery
        request.headers["svix-timestamp"] = now
        request.headers["svix-signature"] = "v1," + base64.b64encode(signature).decode()
        return request


@schemathesis.hook
def before_call(context, case, kwargs):
    """Lets nine of ten requests in."""
    drawn = chance((case.path_parameters, case.query, case.body))
    if drawn % 10 == 0:
        return
    if case.operation.path == "/clerk/webhook":
        kwargs["auth"] = Signed()
        return
    for scheme in case.operation.definition.raw.get("security") or []:
        for name in scheme:
            # A door with a lock of its own is asked without its key.
            if known := BEARERS.get(name):
                case.headers["Authorization"] = f"Bearer {known[drawn % len(known)]}"


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """A user who is there, in every other path that names one, and a key likewise."""
    drawn = chance(path_parameters)
    if path_parameters and "userId" in path_parameters and drawn % 2:
        path_parameters["userId"] = ANN if drawn % 4 == 1 else ZOE
    if path_parameters and "key" in path_parameters and drawn // 4 % 2:
        path_parameters["key"] = key(drawn)
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    """An issuer that is configured, in every other body that names one, and a key likewise."""
    if isinstance(body, dict) and isinstance(body.get("publicKey"), str) and chance(body) % 2:
        body["publicKey"] = key(chance(body))
    if isinstance(body, dict) and isinstance(body.get("tokenIdentifier"), str) and chance(body) % 2:
        body["tokenIdentifier"] = f"https://your-tenant.auth0.com/|auth0|{chance(body) % 50}"
    return body


ANSWERS = collections.defaultdict(collections.Counter)


@schemathesis.hook
def after_call(context, case, response):
    ANSWERS[f"{case.operation.method.upper()} {case.operation.path}"][response.status_code] += 1


@atexit.register
def tell():
    """What each operation answered: a run that nobody let in would find nothing."""
    for operation, answers in sorted(ANSWERS.items()):
        print(operation, *(f"{status}: {count}" for status, count in sorted(answers.items())), sep="  ")
