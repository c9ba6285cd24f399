"""Signatures, judged by another program: dkimpy verifies what we signed."""

import datetime as dt
from dataclasses import replace

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from mailer.transports.dkim import DkimKeyError, Signer
from mailer.transports.mime import compose
from mailer.transports.relay import Dkim
from mailer.transports.request import Envelope, Reader

ENVELOPE = Envelope(
    send=7,
    attempt="a" * 32,
    list_slug="space-digest",
    list_host="news.example",
    sender_name="Вести с космодрома Восточный и не только",
    sender_address="editor@news.example",
    reply_to="desk@news.example",
    subject="Who builds,   who buys",
    html="<p>Read \t it.</p>\n\n<p>    more  \n</p>\n\n\n",
    text="Read it.  \n\n\tMore,  \tand more.\n\n",
    tracked=False,
)
ADA = Reader(1, "ada@x.example", "Ada", "https://news.example/u/1", "https://news.example/preferences/1")


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def verified(message: bytes, key: rsa.RSAPrivateKey) -> bool:
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:  # noqa: ARG001 - as dkimpy asks
        asked.append(name)
        return record

    result: bool = dkim.verify(message, dnsfunc=dns)
    assert asked == [b"s1._domainkey.news.example."]
    return result


@pytest.mark.parametrize(
    "envelope",
    [ENVELOPE, replace(ENVELOPE, html=""), replace(ENVELOPE, automatic=True, text="", html="")],
    ids=["both parts", "text alone", "an empty notice"],
)
def test_another_program_verifies_our_signature(envelope: Envelope, key: rsa.RSAPrivateKey) -> None:
    letter = compose(envelope, now=dt.datetime.now(dt.UTC)).for_reader(ADA)
    message = Signer(Dkim("news.example", "s1", pem(key))).signed(letter)
    assert verified(message, key)
    assert message.endswith(letter)
    assert all(len(line) <= 78 for line in message.partition(b"\r\nTo:")[0].split(b"\r\n"))


@pytest.mark.parametrize(
    ("signed", "changed"),
    [
        (b"Subject: ", b"Subject: Not "),
        (b"news.example/u/1>", b"evil.example/u/1>"),
        (b"One-Click", b"Two-Clicks"),
        (b"\r\nFrom:", b"\r\nFrom: <evil@x.example>\r\nFrom:"),
        (b"<p>Read", b"<p>Do not read"),
    ],
)
def test_what_is_signed_cannot_be_changed(signed: bytes, changed: bytes, key: rsa.RSAPrivateKey) -> None:
    letter = compose(ENVELOPE, now=dt.datetime.now(dt.UTC)).for_reader(ADA)
    message = Signer(Dkim("news.example", "s1", pem(key))).signed(letter)
    assert message.replace(signed, changed) != message
    assert not verified(message.replace(signed, changed), key)


def test_a_key_that_cannot_sign_is_told_so() -> None:
    for text in ("no key", pem(ec.generate_private_key(ec.SECP256R1()))):
        with pytest.raises(DkimKeyError, match="is no "):
            Signer(Dkim("news.example", "s1", text))
    assert "PRIVATE" not in repr(Dkim("news.example", "s1", "PRIVATE"))
