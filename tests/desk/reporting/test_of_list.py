"""The report of a list: its sends side by side, and how it grew."""

import csv
import datetime as dt
import io
import json

import pytest

from mailer import reckoning
from mailer.models import Reckoning
from subscribers.models import List
from tests.desk.conftest import Desk
from tests.desk.reporting.cast import a_told_send
from tests.stage import INTERESTS, a_list

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
HERE = "/desk/lists/space-digest/report"


def body(desk: Desk, path: str = HERE) -> str:
    answer = desk("viewer").get(path)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def reckoned(owner: List, *, days: int, lapsed: int | None) -> None:
    """Write days that grow by two a day, the last of them yesterday; of Africa only the last."""
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    africa = owner.interests.get(slug="africa")
    for n in range(days):
        Reckoning.objects.create(
            list=owner,
            day=yesterday - dt.timedelta(days=days - 1 - n),
            active=100 + 2 * n,
            joined=3,
            left=1,
            lapsed=lapsed,
            counted_at=dt.datetime.now(dt.UTC),
        )
    Reckoning.objects.create(
        list=owner,
        interest=africa,
        day=yesterday,
        active=40,
        joined=1,
        left=0,
        counted_at=dt.datetime.now(dt.UTC),
    )


def test_each_send_stands_beside_the_others_and_leads_to_its_report(desk: Desk) -> None:
    send = a_told_send()
    page = body(desk)
    assert (
        f'<a href="/desk/sends/{send.pk}/report"><bdi>Space &lt;b&gt;bold&lt;/b&gt; &amp; counted</bdi></a>'
        in page
    )
    assert '3 <span class="small muted">37.5\u00a0%</span>' in page
    assert "people opened 37.5\u00a0% of the copies that are counted, and clicked in 25.0\u00a0%." in page
    assert "1 of 8 (12.5\u00a0%), over the limit of 2\u00a0%" in page
    assert "No day of its growth was counted yet." in page


def test_growth_and_lapse_are_told_for_the_days_that_are_chosen(desk: Desk) -> None:
    owner = a_list()
    reckoned(owner, days=40, lapsed=9)
    page = body(desk, f"{HERE}?days=30")
    assert '<a href="/desk/lists/space-digest/report?days=30#growth" aria-current="true">' in page
    assert "178 read it, 58 more than at the end of" in page
    assert '<td role="cell" class="right" data-label="Joined">87</td>' in page
    assert "5.1\u00a0% of the list" in page
    assert "29 of 30 days not measured" in page  # of Africa
    assert "Readers of each interest" in page


def test_what_was_never_reckoned_is_not_measured_and_not_nought(desk: Desk) -> None:
    owner = a_list()
    List.objects.update(tracked=False)
    reckoned(owner, days=2, lapsed=None)
    page = body(desk)
    assert "not measured, since the list does not count opens and clicks" in page
    assert (
        '<td role="cell" class="right" data-label="Lapsed"><span class="muted">not measured</span></td>'
        in page
    )
    assert "89 of 91 days not measured" in page


@pytest.mark.parametrize("days", ["", "7", "91", "x", "-1", "²"])
def test_days_that_are_not_offered_are_ninety_one(desk: Desk, days: str) -> None:
    a_list()
    assert f'{HERE}?days=91#growth" aria-current="true">' in body(desk, f"{HERE}?days={days}")


def test_a_list_of_which_nothing_left_says_so(desk: Desk) -> None:
    a_list()
    page = body(desk)
    assert "Nothing of it has left yet." in page
    assert "Nothing to compare yet" in page


def test_the_files_have_the_sends_and_the_growth(desk: Desk) -> None:
    owner = a_told_send().edition.list
    reckoned(owner, days=3, lapsed=0)
    answer = desk("viewer").get(f"{HERE}?form=csv")
    row, *others = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    yesterday = f"{dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)}"
    figures = {(each["part"], each["name"], each["detail"]): each["people"] for each in others}
    assert [figures["growth", yesterday, name] for name in ("active", "joined", "otherwise")] == [
        "104",
        "3",
        "0",
    ]
    assert figures["growth of africa", yesterday, "active"] == "40"
    assert (row["accepted"], row["opened"], row["machine_opened"], row["complained"]) == ("8", "3", "1", "1")
    told = json.loads(desk("viewer").get(f"{HERE}?form=json&days=30").content)
    assert len(told["growth"]) == 30
    assert set(told["growth_of"]) == set(INTERESTS)
    assert (
        told["growth"][-1]["active"] == reckoning.course(owner, days=1, now=dt.datetime.now(dt.UTC))[0].active
    )


def test_there_is_no_report_of_another_list(desk: Desk) -> None:
    assert desk("viewer").get("/desk/lists/nowhere/report").status_code == 404
