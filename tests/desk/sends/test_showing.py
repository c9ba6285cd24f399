"""A send's page: what it shows, to whom, and that it stays true while the send runs."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import batches, sends
from mailer.models import Attempt, Batch
from mailer.transports.answers import Accepted, Unknown
from mailer.watching import standing
from subscribers.models import List
from tests.desk.conftest import Desk
from tests.desk.sends.cast import a_house, batches_of, busy, now, running, scheduled
from tests.stage import fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def body(desk: Desk, path: str, role: str = "sender") -> str:
    answer = desk(role).get(path)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_the_ledger_the_bar_and_the_candidates_add_up(desk: Desk) -> None:
    send = busy()
    page = body(desk, f"/desk/sends/{send.pk}")
    assert '<td class="right">23,418</td><td class="right">57.6</td>' in page
    assert '<td class="right">40,649</td><td class="right">100.0</td>' in page
    assert 'aria-label="23,418 accepted, 600 in flight, 16,328 pending, 300 unknown, 3 excluded"' in page
    assert 'Never confirmed</th><td class="right">2</td>' in page
    assert "the rest leaves by about" in page


def test_what_is_unknown_is_shown_with_its_evidence_and_two_ways(desk: Desk) -> None:
    send = busy()
    page = body(desk, f"/desk/sends/{send.pk}")
    assert "The sandbox gave no answer that was heard (no answer within 60 s)." in page
    assert "That speaks for “not taken”; it does not prove it." in page
    assert f'href="/desk/sends/{send.pk}/unknown/send-again"' in page
    assert f'href="/desk/sends/{send.pk}/unknown/leave-out"' in page


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("viewer", (), ("/pause", "/stop", "/cancel", "/unknown/")),
        ("editor", ("/pause", "/stop"), ("/cancel", "/unknown/", "/look-up")),
        ("sender", ("/pause", "/stop", "/cancel", "/unknown/send-again", "/look-up"), ("/resume",)),
    ],
)
def test_each_role_sees_the_actions_that_it_has(
    desk: Desk, role: str, may: tuple[str, ...], may_not: tuple[str, ...]
) -> None:
    send = busy()
    page = body(desk, f"/desk/sends/{send.pk}", role)
    assert [path for path in may if f"/desk/sends/{send.pk}{path}" not in page] == []
    assert [path for path in may_not if f"/desk/sends/{send.pk}{path}" in page] == []


def test_a_scheduled_send_says_when_in_the_zone_of_its_list_and_can_be_undone(desk: Desk) -> None:
    owner, edition = a_house()
    List.objects.filter(pk=owner.pk).update(zone="Africa/Nairobi")
    send = scheduled(edition)
    page = body(desk, f"/desk/sends/{send.pk}")
    assert " in Nairobi: in about 3 days. Until then it can be moved or undone." in page
    assert f'href="/desk/sends/{send.pk}/move"' in page
    assert ">Undo</a>" in page
    assert "/stop" not in page


def test_a_missed_send_asks_somebody_to_decide(desk: Desk) -> None:
    send = running()
    type(send).objects.filter(pk=send.pk).update(status="missed", frozen_at=None)
    page = body(desk, f"/desk/sends/{send.pk}")
    assert "Missed: " in page
    assert ">Send it now</button>" in page
    assert "Somebody has to decide." in page


def test_a_contradiction_is_an_alarm(desk: Desk) -> None:
    send = busy()
    first = Attempt.objects.filter(batch__send=send).order_by("pk")[:1].get()
    Attempt.objects.filter(pk=first.pk).update(contradicted_at=now())
    assert "<b>Alarm.</b> the sandbox told of 1 request that it had refused" in body(
        desk, f"/desk/sends/{send.pk}"
    )


def test_who_may_have_it_twice_is_said(desk: Desk) -> None:
    send = running()
    first, *_ = batches_of(send)
    batches.settle(first.pk, fired(first, now()).attempt, Unknown("no answer"), now=now())
    long_ago = now() - dt.timedelta(hours=1)
    Batch.objects.filter(pk=first.pk).update(fired_at=long_ago)
    Attempt.objects.update(fired_at=long_ago)
    sends.resend(send.pk, by="Nia", now=now())
    assert "may have it twice" not in body(desk, f"/desk/sends/{send.pk}")
    child = Batch.objects.get(parent__isnull=False)
    batches.settle(child.pk, fired(child, now()).attempt, Accepted(202, "m"), now=now())
    assert "may have it twice, by the decision to send again." in body(desk, f"/desk/sends/{send.pk}")


def test_a_waiting_browser_is_told_once_and_let_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    send = running()
    client = desk("viewer")
    answer = client.get(f"/desk/sends/{send.pk}/events")
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    retry, _, event, *_ = answer.content.decode().split("\n")
    assert (retry, event) == ("retry: 1000", "event: changed")
    monkeypatch.setattr(standing, "_BEAT", 10**12)  # as if no time went by
    seen = client.get(f"/desk/sends/{send.pk}/events").content.decode().split("id: ")[1].split("\n")[0]
    again = client.get(f"/desk/sends/{send.pk}/events", headers={"Last-Event-ID": seen})
    assert again.content == b"retry: 1000\n: nothing new\n\n"
    sends.pause(send.pk, by="Nia", now=now())
    told = client.get(f"/desk/sends/{send.pk}/events", headers={"Last-Event-ID": seen}).content.decode()
    assert "event: changed" in told
    assert told.startswith("retry: 10000\n")


def test_once_the_send_is_over_and_seen_so_nobody_asks_again(desk: Desk) -> None:
    send = running()
    sends.cancel(send.pk, by="Nia", now=now())
    client = desk("viewer")
    told = client.get(f"/desk/sends/{send.pk}/events").content.decode()
    seen = told.split("id: ")[1].split("\n")[0]
    assert client.get(f"/desk/sends/{send.pk}/events?seen={seen}").status_code == 204
    page = body(desk, f"/desk/sends/{send.pk}")
    assert "send.js" not in page
    assert "http-equiv" not in page


def test_the_live_parts_are_those_of_the_page(desk: Desk) -> None:
    send = busy()
    part, page = (body(desk, f"/desk/sends/{send.pk}{path}") for path in ("/live", ""))
    assert "<html" not in part
    assert part.count("data-part") == page.count("data-part")


def test_what_runs_reloads_itself_where_there_is_no_javascript(desk: Desk) -> None:
    there = f"/desk/sends/{running().pk}"
    again = f'<noscript><meta http-equiv="refresh" content="15;url={there}/watched"></noscript>'
    for path in (there, f"{there}/watched"):
        assert again in body(desk, path)


def test_the_minutes_name_no_address(desk: Desk) -> None:
    send = running()
    (first, *_) = batches_of(send)
    batches.settle(first.pk, fired(first, now()).attempt, Accepted(202, "m"), now=now())
    for path in ("", "/log"):
        page = body(desk, f"/desk/sends/{send.pk}{path}", "viewer")
        assert f"Batch {first.pk} accepted" in page
        assert "x.example" not in page


@pytest.mark.parametrize("path", ["", "/live", "/events", "/log", "/cancel", "/move", "/correct"])
def test_there_is_no_send_of_another_number(desk: Desk, path: str) -> None:
    for number in (999, 10**30):
        assert desk("sender").get(f"/desk/sends/{number}{path}").status_code == 404


@pytest.mark.parametrize("readers", [2, 30])
def test_a_watcher_costs_few_statements_and_always_the_same(
    desk: Desk, readers: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send = running(readers)
    client = desk("viewer")
    client.get(f"/desk/sends/{send.pk}/events")
    with django_assert_num_queries(4):
        client.get(f"/desk/sends/{send.pk}/events")
