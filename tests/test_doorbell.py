"""The doorbell rings, and nobody is lost when it does not."""

import base64
import json
import socket

import pytest
import redis
from pytest_django import Settings

from mailer import doorbell


@pytest.fixture(autouse=True)
def _new_bell() -> None:
    doorbell.bell.cache_clear()


def test_a_ring_carries_one_id_and_nothing_else(redis_url: str, settings: Settings) -> None:
    settings.BROKER_URL = redis_url
    doorbell.ring("mailer.deliver", 7)
    with redis.Redis.from_url(redis_url) as client:
        (message,) = client.lrange("celery", 0, -1)
    told = json.loads(message)
    assert told["headers"]["task"] == "mailer.deliver"
    arguments, keywords, _ = json.loads(base64.b64decode(told["body"]))
    assert (arguments, keywords) == ([7], {})
    assert told["headers"]["eta"] is None


@pytest.mark.parametrize("url", ["redis://127.0.0.1:{port}/0", "redis+socket:///nowhere/at/all"])
def test_while_nobody_answers_the_work_goes_on(url: str, settings: Settings) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, never listening: refused
        settings.BROKER_URL = url.format(port=bound.getsockname()[1])
        doorbell.ring("mailer.prepare", 1)
