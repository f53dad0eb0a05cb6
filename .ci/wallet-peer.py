"""Links keys by what eth-account and PyNaCl sign, and looks at what became of them.

Usage: python .ci/wallet-peer.py HTTP_URL AUTH0_URL CLERK_URL
"""

import json
import sys
import urllib.error
import urllib.request

import base58
from eth_account import Account
from eth_account.messages import encode_defunct
from nacl.signing import SigningKey

HTTP, AUTH0, CLERK = sys.argv[1:] if len(sys.argv) == 4 else sys.exit(__doc__)


class Evm:
    """A wallet that signs by `personal_sign`."""

    kind = "evm"

    def __init__(self):
        self.account = Account.create()
        self.key = self.account.address

    def sign(self, text):
        return "0x" + self.account.sign_message(encode_defunct(text=text)).signature.hex().removeprefix("0x")


class Solana:
    """A wallet that signs by `signMessage`."""

    kind = "solana"

    def __init__(self):
        self.secret = SigningKey.generate()
        self.key = base58.b58encode(bytes(self.secret.verify_key)).decode()

    def sign(self, text):
        return base58.b58encode(self.secret.sign(text.encode()).signature).decode()


def request(method, url, body=None, token=None):
    """Status and JSON of an answer."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    asked = urllib.request.Request(url, json.dumps(body or {}).encode(), headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        status, text = refusal.code, refusal.read()
    return status, json.loads(text) if text else None


def token(issuer, user_id):
    """A user's token, as the stand-in issues it."""
    status, answer = request("POST", f"{issuer}/_control/tokens", {"user_id": user_id})
    assert status in (200, 201), (status, answer)
    return answer["token"]


def refused(answer, status, code):
    assert (answer[0], answer[1]["code"]) == (status, code), answer


def challenge(bearer, key):
    status, answer = request("POST", f"{HTTP}/v1/me/key-challenges", {"publicKey": key}, bearer)
    assert status == 201, (status, answer)
    return answer


def prove(bearer, asked, wallet, text=None):
    body = {"nonce": asked["nonce"], "publicKey": wallet.key, "signature": wallet.sign(text or asked["message"])}
    return request("POST", f"{HTTP}/v1/me/public-keys", body, bearer)


def keys(bearer):
    status, user = request("GET", f"{HTTP}/v1/me", token=bearer)
    assert status == 200, (status, user)
    return [(key["type"], key["key"]) for key in user["publicKeys"]]


def played(bearer, stranger, kind):
    """One wallet of a kind, through all that can become of a challenge."""
    wallet, other = kind(), kind()
    asked = challenge(bearer, wallet.key)
    assert wallet.key in asked["message"] and asked["nonce"] in asked["message"], asked
    refused(prove(bearer, asked, wallet, asked["message"] + "."), 400, "signature_invalid")
    refused(prove(bearer, asked, other), 409, "challenge_unknown")
    refused(prove(stranger, asked, wallet), 409, "challenge_unknown")
    assert (kind.kind, wallet.key) not in keys(bearer)

    # Twice: the second is what a browser sends after a reply that was lost.
    assert prove(bearer, asked, wallet)[0] == 204
    assert prove(bearer, asked, wallet)[0] == 204
    assert (kind.kind, wallet.key) in keys(bearer), keys(bearer)
    refused(prove(bearer, asked, other), 409, "challenge_unknown")
    refused(prove(stranger, challenge(stranger, wallet.key), wallet), 409, "public_key_taken")

    unlink = f"{HTTP}/v1/me/public-keys/{wallet.key}"
    assert request("DELETE", unlink, token=bearer)[0] == 204
    refused(prove(bearer, asked, wallet), 409, "challenge_spent")
    assert prove(bearer, challenge(bearer, wallet.key), wallet)[0] == 204
    print(f"{kind.kind}: {wallet.key} linked, repeated, refused to others, unlinked and linked anew")


def main():
    people = [token(CLERK, "user_ada"), token(AUTH0, "auth0|wallet-peer")]
    for bearer in people:
        status, answer = request("PUT", f"{HTTP}/v1/me", token=bearer)
        assert status == 200, (status, answer)
    for kind in (Evm, Solana):
        played(people[0], people[1], kind)
        played(people[1], people[0], kind)
    assert [len(keys(bearer)) for bearer in people] == [2, 2]


main()
