import datetime as dt
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from mailer.desk.office import log
from subscribers import changes, people
from subscribers.models import Subscriber
from tests.desk.conftest import Desk
from tests.stage import NOW, a_list

pytestmark = pytest.mark.database

LOG = "/desk/log/"


@pytest.fixture
def admin(desk: Desk) -> Client:
    return desk("admin")


def lines(client: Client, **form: str) -> list[str]:
    """Return what the lines that are shown say was done."""
    shown = client.post(LOG, form).content.decode()
    return [part.partition("<")[0] for part in shown.split('<th scope="row" role="rowheader">')[1:]]


def test_the_newest_lines_come_first(admin: Client) -> None:
    digest = a_list()
    people.add(digest, "nina@example.org", consent="form", by="cli", at=NOW)
    shown = admin.get(LOG).content.decode()
    number = Subscriber.objects.get().pk
    assert f'<a href="/desk/subscribers/{number}">subscriber {number}</a>' in shown
    assert "nina@example.org" not in shown
    assert lines(admin)[:2] == ["subscribers add", "lists add"]


def test_one_asks_by_who_list_and_day(admin: Client) -> None:
    digest = a_list()
    changes.record("lists set", by="Ada", at=NOW, newsletter=digest, subject="space-digest")
    changes.record("sends pause", by="Sam", at=NOW + dt.timedelta(days=2))
    assert lines(admin, who="Ada") == ["lists set"]
    assert lines(admin, list="space-digest") == ["lists set", "lists add"]
    assert lines(admin, since="2026-12-02") == ["sends pause"]


@pytest.mark.parametrize(
    ("form", "said"), [({"since": "yesterday"}, "2026-03-24"), ({"list": "mars"}, "There is no list")]
)
def test_what_cannot_be_asked_is_said(admin: Client, form: dict[str, str], said: str) -> None:
    answer = admin.post(LOG, form)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_older_lines_are_on_the_next_page(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        changes.record(f"test {number}", by="Ada", at=NOW)
    monkeypatch.setattr(log, "LINES", 2)
    assert lines(admin, who="Ada") == ["test 4", "test 3"]
    shown = admin.post(LOG, {"who": "Ada"}).content.decode()
    before = shown.partition('name="before" value="')[2].partition('"')[0]
    assert lines(admin, who="Ada", before=before) == ["test 2", "test 1"]
    assert lines(admin, before="9" * 30)[:1] == ["test 4"]
    assert lines(admin, before="nonsense")[:1] == ["test 4"]


def test_the_log_is_checked_on_demand(admin: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path  # in the other one there is the end of another test's log
    changes.record("lists set", by="Ada", at=NOW)
    shown = admin.post(f"{LOG}check").content.decode()
    assert "The log is whole" in shown
    assert "not sealed yet" in shown
