"""`mailer sends report` and `recount`, as a script and a person use them."""

import csv
import io

import pytest

from mailer.database import execute
from mailer.models import Send, Tally
from mailer.reporting import forms
from subscribers.models import Change
from tests.commands.conftest import Mailer
from tests.desk.reporting.cast import HOSTILE, a_told_send
from tests.stage import a_frozen_send, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def send() -> Send:
    return a_told_send()


def test_a_person_reads_what_became_of_it(mailer: Mailer, send: Send) -> None:
    told = mailer("sends", "report", str(send.pk))
    assert (told.status, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[0] == f"Send {send.pk} of edition {send.edition_id} (done): Space <b>bold</b> & counted"
    for line in (
        "accepted\t8",
        "delivered\t7\t",
        "bounced\t1\t",
        "counted\t8\t",
        "opened\t3\t1",
        "clicked\t2\t1",
        f"{HOSTILE}\tchina\t2\t1",
        "A station over Nairobi\tafrica\t0\t0",
        "china\t1\t2\t1",
        "bounced\t5.1.1 no such mailbox\t1",
        "(others)\t0\t1\t0\t1",
    ):
        assert line in lines
    assert "possibly twice" not in told.out
    assert "Mind:" not in told.out, "one complaint may be chance"


def test_scripts_and_spreadsheets_get_the_same_figures(mailer: Mailer, send: Send) -> None:
    words = ("sends", "report", str(send.pk))
    told = mailer(*words, "--json").json
    shown = mailer("sends", "show", str(send.pk), "--json").json
    assert told["opened"] == {"people": 3, "machines": 1}
    assert {told[name] == n for name, n in shown["events"].items() if isinstance(told.get(name), int)} == {
        True
    }
    rows = list(csv.reader(io.StringIO(mailer(*words, "--csv").out)))
    assert rows[0] == list(forms.COLUMNS)
    assert ["events", "opened", "", "3", "1"] in rows
    # No spreadsheet runs what somebody wrote above a story.
    assert ["stories", f"'{HOSTILE}", "china", "2", "1"] in rows
    refused = mailer(*words, "--csv", "--json")
    assert (refused.status, refused.out) == (2, "")


def test_what_was_not_measured_is_said_and_no_nought(mailer: Mailer) -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example", tracked=False)
    told = mailer("sends", "report", str(a_frozen_send(owner).pk))
    assert "opened\tnot measured\tnot measured" in told.out.splitlines()
    assert "A launch from Wenchang\tchina\tnot measured\tnot measured" in told.out.splitlines()


def test_while_it_is_still_counted_only_the_ledger_is_told(mailer: Mailer, send: Send) -> None:
    Send.objects.update(tallied=False)
    out = mailer("sends", "report", str(send.pk)).out
    assert "accepted\t8" in out
    assert out.splitlines()[-2:] == [
        "All other figures are still being counted; look again in a minute.",
        "The sandbox is the transport: nothing leaves this machine.",
    ]
    assert "opened" not in out


def test_a_recount_shows_what_differs_and_mends_it_with_a_line_in_the_log(mailer: Mailer, send: Send) -> None:
    assert mailer("sends", "recount").out == ""
    assert mailer("sends", "recount").err == "Counted again: 1 send, and all is as the rows say.\n"
    execute("UPDATE tally SET n = n + 2 WHERE measure = 'complained'")
    found = mailer("sends", "recount", str(send.pk), "--json")
    assert found.status == 1
    assert [(each["what"], each["kept"], each["counted"]) for each in found.json] == [("complained", 3, 1)]
    assert "1 figure is not what the rows and events say" in found.err
    mended = mailer("sends", "recount", "--mend", "--yes")
    assert mended.status == 0
    assert Change.objects.filter(what="figures", subject=f"send {send.pk}").count() == 1
    assert mailer("sends", "recount").status == 0
    assert Tally.objects.filter(measure="complained").get().n == 1
