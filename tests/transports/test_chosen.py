"""Which transport an installation uses, and how many of it there are."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from mailer.environment import Configuration, read
from mailer.transports.chosen import transport_of
from mailer.transports.request import Envelope, Reader
from mailer.transports.sendgrid import SendGrid
from mailer.transports.smtp import Smtp
from tests.provider import NoWitness, provider, says
from tests.vector import VECTOR_KEY


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"MAILER_DATA_DIR": str(tmp_path)}


def configured(environ: Mapping[str, str], **more: str) -> Configuration:
    return read({**environ, **more})


def test_an_installation_without_an_account_uses_the_sandbox(environ: dict[str, str]) -> None:
    with provider(says(202)) as sandbox:
        transport = transport_of(configured(environ, MAILER_SANDBOX_URL=sandbox.url))
        letter = Envelope(
            send=1,
            attempt="a" * 32,
            list_slug="digest",
            list_host="n.example",
            sender_name="Digest",
            sender_address="ed@n.example",
            reply_to="",
            subject="Orbits",
            html="",
            text="text",
            tracked=False,
        )
        ada = Reader(41, "ada@x.example", "", "https://n.example/u/a", "https://n.example/p/a")
        assert transport.submit(transport.pack(letter, [ada]), NoWitness()).status == 202
    [(_, headers, body)] = sandbox.asked
    assert headers["Authorization"] == "Bearer SG.sandbox"
    assert json.loads(body)["personalizations"][0]["to"] == [{"email": "ada@x.example"}]


def test_a_key_chooses_sendgrid(environ: dict[str, str]) -> None:
    chosen = transport_of(configured(environ, SENDGRID_API_KEY="SG.key", SENDGRID_WEBHOOK_KEYS=VECTOR_KEY))
    assert type(chosen) is SendGrid


def test_a_relay_chooses_smtp(environ: dict[str, str]) -> None:
    chosen = transport_of(configured(environ, SMTP_URL="smtps://ada:secret@relay.example"))
    assert type(chosen) is Smtp
    assert (chosen.name, chosen.most_readers) == ("smtp", 200)


def test_one_configuration_has_one_transport_in_a_process_and_its_child_another(
    environ: dict[str, str],
) -> None:
    transport = transport_of(configured(environ))
    assert transport_of(configured(environ)) is transport
    assert transport_of(configured(environ, MAILER_ANSWER_TIMEOUT="7")) is not transport
    child = os.fork()
    if not child:  # nothing of pytest may run here
        os._exit(0 if transport_of(configured(environ)) is not transport else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
