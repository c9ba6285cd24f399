import pytest
from django.db import OperationalError
from django.test import Client

from subscribers.models import List


def test_a_process_is_alive_without_any_database() -> None:
    # No database fixture: a query here would fail the test.
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.database
@pytest.mark.usefixtures("db")
def test_it_is_ready_when_the_database_answers() -> None:
    assert Client().get("/readyz").status_code == 200


def test_it_is_not_ready_when_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise OperationalError("connection refused by db.internal")

    monkeypatch.setattr(List.objects, "exists", down)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert b"internal" not in response.content


def test_health_is_only_read() -> None:
    assert Client().post("/healthz").status_code == 405
