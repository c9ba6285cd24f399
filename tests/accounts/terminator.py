"""What stands in front of the product in production: it ends TLS, and says so to the web server behind it."""

import datetime as dt
import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# The proxy's own, or of one connection alone (RFC 9110 7.6.1).
_HOP = {"connection", "keep-alive", "transfer-encoding", "x-forwarded-proto", "x-forwarded-for"}


@dataclass(frozen=True)
class Certificate:
    """A throwaway certificate, which whoever has `file` trusts."""

    file: Path

    @classmethod
    def made(cls, host: str, folder: Path) -> "Certificate":
        """Make one for this host, good for an hour."""
        key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
        now = dt.datetime.now(dt.UTC)
        signed = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(minutes=5))
            .not_valid_after(now + dt.timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = folder / f"{host}.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
        return cls(file)


class Terminator(ThreadingHTTPServer):
    """Takes https, and asks the web server on `behind` the same by http."""

    daemon_threads = True
    behind = 0

    def __init__(self, certificate: Certificate) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file)
        self.socket = context.wrap_socket(self.socket, server_side=True)


class _Passing(BaseHTTPRequestHandler):
    server: Terminator

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = [(name, value) for name, value in self.headers.items() if name.lower() not in _HOP]
        told += [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.7"), ("Connection", "close")]
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in told:
            connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        octets = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)
        connection.close()

    do_GET = do_POST = _pass  # noqa: N815 - the server's own names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def terminating(certificate: Certificate) -> Iterator[Terminator]:
    """A terminator that runs as long as the block does; it is told what is `behind` it within."""
    server = Terminator(certificate)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
