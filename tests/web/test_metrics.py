"""Who may read the metrics: this machine, or whoever knows the token; nobody by way of a proxy without it."""

from dataclasses import replace

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from mailer.metrics import reading
from tests.stage import a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]
TOKEN = "t" * 40


@pytest.fixture
def token(settings: Settings) -> str:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, metrics_token=TOKEN)
    return TOKEN


def status(near: str = "127.0.0.1", **headers: str) -> int:
    return Client(headers=headers, REMOTE_ADDR=near).get("/metrics").status_code


@pytest.mark.parametrize("near", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.8.8"])
def test_this_machine_reads_them_without_a_word(near: str) -> None:
    assert status(near) == 200


@pytest.mark.parametrize("near", ["203.0.113.9", "10.0.0.4", "192.168.1.2", "2001:db8::1", "", "?"])
def test_nobody_else_does(near: str) -> None:
    assert status(near) == 403


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via", "x-forwarded-host"]
)
def test_nor_does_whoever_comes_by_the_proxy_on_this_machine(header: str) -> None:
    assert status(**{header: "127.0.0.1"}) == 403


def test_another_name_of_this_machine_is_not_answered() -> None:
    assert status(host="evil.example") == 400


@pytest.mark.parametrize("near", ["127.0.0.1", "203.0.113.9"])
def test_where_a_token_is_set_it_is_asked_for_everywhere(token: str, near: str) -> None:
    refused = Client(REMOTE_ADDR=near).get("/metrics")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Bearer realm="metrics"')
    for wrong in (
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {token}x",
        f"Bearer {token[1:]}",
        f"Basic {token}",
        "Bearer ü",
    ):
        assert status(near, authorization=wrong) == 401
    assert status(near, authorization=f"Bearer {token}", x_forwarded_for="203.0.113.9") == 200
    assert status(near, authorization=f"bearer {token}") == 200


def test_who_knows_the_token_may_call_this_host_by_a_name_of_the_inside(token: str) -> None:
    assert status("10.0.0.4", host="web:8000", authorization=f"Bearer {token}") == 200
    assert status("10.0.0.4", host="web:8000") == 400
    other = Client(headers={"host": "web:8000", "authorization": f"Bearer {token}"}).get("/healthz")
    assert other.status_code == 400, "of this page alone"


def test_no_token_is_no_token() -> None:
    assert status("203.0.113.9", authorization="Bearer ") == 403


def test_no_address_and_no_name_stands_in_them() -> None:
    a_reader(a_list(), "ada.lovelace@secret.example", name="Ada")
    answer = Client().get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["Cache-Control"] == "no-store"
    assert b'mailer_due{list="space-digest",transport="sendgrid",work="letter"} 0.0' in answer.content
    for word in (b"ada", b"Ada", b"secret", b"editor@", b"Nairobi"):
        assert word not in answer.content


def test_without_its_database_it_is_down_and_says_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(**_: object) -> None:
        raise OperationalError("connection refused by db.internal")

    monkeypatch.setattr(reading, "read", down)
    answer = Client().get("/metrics")
    assert answer.status_code == 503
    assert b"internal" not in answer.content
