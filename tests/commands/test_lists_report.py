"""`mailer lists report`, as a script and a person use it."""

import csv
import datetime as dt
import io

import pytest

from mailer.database import execute
from mailer.models import Send
from mailer.reporting import forms
from tests.commands.conftest import Mailer
from tests.desk.reporting.cast import a_told_send
from tests.stage import NOW, a_list

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
SANDBOXED = "The sandbox is the transport: nothing leaves this machine."
REPORT = ("lists", "report", "space-digest")


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Send:
    monkeypatch.setattr("mailer.commands.lists_report.now", lambda: NOW + dt.timedelta(days=1))
    return a_told_send()


def test_a_person_sees_sends_side_by_side_and_clicks_by_interest(mailer: Mailer, send: Send) -> None:
    told = mailer(*REPORT)
    assert (told.status, told.err) == (0, "")
    assert told.out.splitlines() == [
        (
            "send\ttitle\tscheduled\taccepted\topened by people\tby machines\tclicked by people\tby machines"
            "\tbounced\tcomplained\tunsubscribed"
        ),
        f"{send.pk}\tSpace <b>bold</b> & counted\t2026-12-01 09:00 UTC\t8\t3\t1\t2\t1\t1\t1\t1",
        "interest\tstories\tclicked by people\tby machines",
        "china\t1\t2\t1",
        "russia\t1\t0\t0",
        "africa\t1\t0\t0",
        SANDBOXED,
    ]


def test_scripts_and_spreadsheets_get_the_same_figures(mailer: Mailer, send: Send) -> None:
    told = mailer(*REPORT, "--days", "3", "--json").json
    (line,) = told["sends"]
    assert (line["send"], line["opened"]) == (send.pk, {"people": 3, "machines": 1})
    assert len(told["growth"]) == 3
    execute("UPDATE send SET title = '=1+1'")
    row, *others = csv.DictReader(io.StringIO(mailer(*REPORT, "--days", "3", "--csv").out))
    assert list(row) == list(forms.LIST_COLUMNS)
    assert sum(each["part"] == "growth" for each in others) == 3 * 5
    assert (row["title"], row["opened"], row["machine_opened"]) == ("'=1+1", "3", "1")


def test_more_than_providers_bear_is_said(mailer: Mailer, send: Send) -> None:
    execute(
        "UPDATE batch SET n = n + 1000 WHERE id = (SELECT min(id) FROM batch WHERE send_id = %s)", [send.pk]
    )
    execute("UPDATE tally SET n = 6 WHERE measure = 'complained'")
    assert mailer(*REPORT).out.splitlines()[-2:] == [
        "Mind: complaints are 0.60%; a list that is kept well stays below 0.1%.",
        SANDBOXED,
    ]


def test_a_list_that_nothing_has_left_yet_and_one_that_is_not_there(mailer: Mailer) -> None:
    a_list()
    empty = mailer(*REPORT)
    assert (empty.status, empty.out, empty.err) == (
        0,
        f"{SANDBOXED}\n",
        "Nothing of this list has left yet.\n",
    )
    assert mailer(*REPORT, "--json").json["sends"] == []
    assert mailer("lists", "report", "nowhere").status == 1
