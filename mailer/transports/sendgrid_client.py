"""The official client, held to one request and one deadline.

No redirect is followed, no proxy of the environment asked, nothing repeated, nothing waited for
without end; and of every failure it is known whether the request had left whole.
"""

import functools
import http.client
import ssl
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from python_http_client.client import Client
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from mailer.transports.sendgrid_wire import LONGEST_CONNECT, Connection, SecureConnection, Wire


@dataclass(frozen=True)
class Reply:
    """An answer whose status and headers came whole; of the body, as much as came in time."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    whole: bool  # whether the request had been handed over to its last byte


class NotHandedOverError(Exception):
    """The request did not leave whole, and there is no answer; the message says what happened."""


class NoAnswerError(Exception):
    """The request left whole, and no answer came that could be read; the message says what happened."""


class Once:
    """Asks the service at one address, each request once, and each over within `timeout` seconds in all."""

    def __init__(self, key: str, url: str, timeout: float) -> None:
        """Keep what every request needs; nothing is opened."""
        self._url, self._timeout = url, timeout
        self._headers = SendGridAPIClient(key, host=url).client.request_headers

    def post(self, path: Iterable[str], body: bytes, timeout: float | None = None) -> Reply:
        """Post the JSON in `body`; raises NotHandedOverError or NoAnswerError."""
        return self._ask("post", path, body, timeout)

    def get(
        self, path: Iterable[str], timeout: float | None = None, query: Mapping[str, int] | None = None
    ) -> Reply:
        """Get what stands at `path`, which is escaped here; raises as `post`."""
        return self._ask("get", path, None, timeout, query)

    def _ask(
        self,
        verb: str,
        path: Iterable[str],
        body: bytes | None,
        timeout: float | None,
        query: Mapping[str, int] | None = None,
    ) -> Reply:
        wire = Wire(self._timeout if timeout is None else timeout, body)
        client: Client = _OnceClient(wire, self._url, dict(self._headers))
        for segment in path:
            client = client._(urllib.parse.quote(segment, safe=""))
        try:
            # The library would encode the body anew: it is given none, and `_OnceClient` lays ours in.
            response = getattr(client, verb)(request_body=None if body is None else {}, query_params=query)
            return _reply(response.status_code, response.headers, response.body, wire)
        except HTTPError as error:
            return _reply(error.status_code, error.headers, error.body, wire)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            if wire.whole:
                raise NoAnswerError(wire.words(error)) from error
            raise NotHandedOverError(wire.words(wire.broken or error)) from error
        finally:
            wire.close()


def _reply(status: int, headers: Mapping[str, str] | None, body: bytes, wire: Wire) -> Reply:
    lowered = {name.lower(): value for name, value in (headers.items() if headers else ())}
    return Reply(status, lowered, body, wire.whole)


class _Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens each request on its own wire."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def connection(host: str, /, *, timeout: float = LONGEST_CONNECT, **_: object) -> Connection:
            return Connection(host, timeout=timeout).on(self._wire)

        return self.do_open(connection, req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def connection(host: str, /, *, timeout: float = LONGEST_CONNECT, **_: object) -> SecureConnection:
            return SecureConnection(host, timeout=timeout, context=trust()).on(self._wire)

        return self.do_open(connection, req)


@functools.cache
def trust() -> ssl.SSLContext:
    """Return what decides whom to trust: read once, since it takes longer than a request."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leave a 3xx as the answer it is: urllib would repeat the request elsewhere, key included."""

    def redirect_request(self, *_: object) -> None:
        return


class _OnceClient(Client):  # type: ignore[misc]  # the library ships no types
    """The library's client, with an opener and a body of ours."""

    def __init__(self, wire: Wire, url: str, headers: dict[str, str], path: list[str] | None = None) -> None:
        super().__init__(host=url, request_headers=headers, version=3, url_path=path, timeout=wire.timeout)
        self._wire = wire

    def _build_client(self, name: str | None = None) -> "_OnceClient":
        return _OnceClient(
            self._wire, self.host, self.request_headers, [*self._url_path, *([name] if name else [])]
        )

    def _make_request(
        self, _opener: object, request: urllib.request.Request, timeout: float | None = None
    ) -> object:
        opener = urllib.request.build_opener(
            _NoRedirect, urllib.request.ProxyHandler({}), _Handler(self._wire)
        )
        request.data = self._wire.body
        return super()._make_request(opener, request, timeout=timeout)
