"""A small provider of OpenID Connect, real on its own port: whoever is sent there is Nina, and comes back.

What it answers may be spoilt, one thing at a time.
"""

import json
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

CLIENT, SECRET = "desk", "a secret of the client"
_KEY, _STRANGERS_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


@dataclass
class Provider:
    """What it says of whoever signs in, and how it is to misbehave."""

    url: str = ""
    claims: dict[str, Any] = field(
        default_factory=lambda: {"email": "nina@news.example", "email_verified": True}
    )
    userinfo: dict[str, Any] = field(default_factory=dict)
    spoil: Callable[[dict[str, Any]], dict[str, Any]] = dict
    issuer: str = ""
    key: Any = _KEY
    algorithm: str = "RS256"
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        name = request.path.rpartition("/")[2].replace("-", "_")
        answer: Response = getattr(self, f"_{name}")(request)
        return answer(environ, start)

    def _openid_configuration(self, _: Request) -> Response:
        return _json(
            {
                "issuer": self.issuer or self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/jwks",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    def _jwks(self, _: Request) -> Response:
        return _json(
            {"keys": [json.loads(RSAAlgorithm.to_jwk(_KEY.public_key())) | {"kid": "1", "alg": "RS256"}]}
        )

    def _authorize(self, request: Request) -> Response:
        asked = dict(request.args)
        self.asked.append(asked)
        code = secrets.token_hex(8)
        self._codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        return Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def _token(self, request: Request) -> Response:
        asked = self._codes.pop(request.form["code"], None)
        verifier = sha256(request.form.get("code_verifier", "").encode()).digest()
        challenge = b64encode(verifier, b"-_").decode().rstrip("=")
        proved = request.authorization and request.authorization.password == SECRET
        if asked is None or asked["code_challenge"] != challenge or not proved:
            return Response("invalid_grant", status=400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "nina-1", "iat": now, "exp": now + 300}
        claims = self.spoil(claims | {"nonce": asked["nonce"], "jti": secrets.token_hex(8)} | self.claims)
        key = {"RS256": self.key, "HS256": SECRET, "none": ""}[self.algorithm]
        token = jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "1"})
        return _json({"access_token": "a", "token_type": "Bearer", "id_token": token} | self.answers)

    def _userinfo(self, request: Request) -> Response:
        assert request.headers["Authorization"] == "Bearer a"
        return _json({"sub": "nina-1"} | self.userinfo)


STRANGERS_KEY = _STRANGERS_KEY


@contextmanager
def provided() -> Iterator[Provider]:
    """A provider that runs as long as the block does."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider, threaded=True, request_handler=_Silent)
    provider.url = f"http://127.0.0.1:{server.server_port}/realms/news"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the server's own signature
        """Say nothing."""


def _json(value: object) -> Response:
    return Response(json.dumps(value), content_type="application/json")
