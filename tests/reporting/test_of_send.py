"""The report of a send: what the rows say in plain SQL, and nothing claimed that was not measured."""

import datetime as dt
import random
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from mailer import reports, sends
from mailer.database import fetch
from mailer.models import Attempt, Batch, Send
from mailer.reporting import of_send
from mailer.reporting.values import Count, SendReport
from mailer.tallies.reasons import said
from subscribers.models import List
from subscribers.vocabulary import Status
from tests.stage import NOW, a_frozen_send, a_list, a_reader, a_send, an_edition
from tests.tallies.by_hand import counted
from tests.tallies.cast import LINKS, Cast, a_cast, apply, chosen

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

PLAIN = ("delivered", "deferred", "bounced", "blocked", "dropped", "complained", "unsubscribed")
UNMEASURED = Count(None, None)
MOST_STATEMENTS = 12
SOON = b"---\nlist: orbits\ntitle: Soon\n---\n# Selected news\n## A story {china}\nIt flies.\n"


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def settled(send: Send) -> Send:
    """The send, and all that was waiting of it accepted."""
    Batch.objects.filter(send=send).update(state="accepted")
    return Send.objects.get(pk=send.pk)


def clicks(found: SendReport) -> set[Count]:
    """What is said of any link, story or interest."""
    return {
        *(each.clicked for each in found.links),
        *(each.clicked for each in found.stories),
        *(each.clicked for each in found.interests),
    }


def test_every_figure_is_what_plain_sql_and_a_count_by_hand_say(cast: Cast) -> None:
    """I10: the same in `sends show`, in `sends report` (and so at the desk), and in the rows."""
    chance = random.Random(10)  # noqa: S311 - a seed, so that a failure can be seen again
    told = chosen(cast, chance, 150)
    apply(told, chance)
    found, shown = of_send.report(cast.send), reports.described(cast.send)["events"]
    named = {name: getattr(found, name) for name in PLAIN} | {
        "opened": found.opened.people,
        "machine_opened": found.opened.machines,
        "clicked": found.clicked.people,
        "machine_clicked": found.clicked.machines,
    }
    assert named == {name: n for name, n in shown.items() if name != "processed"}
    for name, n in shown.items():  # each of them is measured here
        sql = f"SELECT count(*) FROM delivery WHERE send_id = %s AND {name}_at IS NOT NULL"
        assert fetch(sql, [cast.send.pk]) == [(n,)], name
    true = counted(told, LINKS, cast.domains).sums
    assert {each.at.timestamp() // 3600: each.opened for each in found.hours or () if each.opened.people} == {
        hour: Count(n, true["machine_opened", hour]) for (what, hour), n in true.items() if what == "opened"
    }
    # Links come as the letter has them, and last what is none of its own.
    assert {each.url or "another": each.clicked for each in found.links} == {
        link: Count(true["link", link], true["machine_link", link]) for link in (*LINKS, "another")
    }
    assert [each.place for each in found.links] == [1, 2, 3, 4, 5, None]
    assert {(each.how, each.code, each.words): each.copies for each in found.refusals or ()} == {
        (how, code, said(code)): n
        for how, what in (("bounced", "bounce"), ("blocked", "block"), ("dropped", "drop"))
        for (measure, code), n in true.items()
        if measure == f"{what}_reason" and isinstance(code, int)
    }
    assert (found.counted, found.settled, found.ledger.outcomes["accepted"]) == (6, True, 6)


def test_nought_is_said_of_those_who_could_tell_and_of_no_others() -> None:
    owner = a_list()
    a_reader(owner, "text@x.example", text_only=True)
    a_reader(owner, "left-alone@x.example", tracked=False)
    a_reader(owner, "counted@x.example")
    found = of_send.report(settled(a_frozen_send(owner)))
    assert (found.counted, found.opened, found.clicked) == (1, Count(0, 0), Count(0, 0))
    assert clicks(found) == {Count(0, 0)}
    assert len(found.stories) == 4


@pytest.mark.parametrize("who", [{"text_only": True}, {"tracked": False}, None])
def test_of_letters_that_tell_nothing_nothing_is_claimed(who: dict[str, object] | None) -> None:
    owner = a_list()
    if who is None:
        List.objects.update(tracked=False)
        owner.refresh_from_db()
    a_reader(owner, "ada@x.example", [], Status.ACTIVE, **(who or {}))
    found = of_send.report(settled(a_frozen_send(owner)))
    assert (found.counted, found.opened, found.clicked, found.hours) == (None, UNMEASURED, UNMEASURED, None)
    assert clicks(found) == {UNMEASURED}
    assert found.bounced == 0
    shown = reports.described(Send.objects.get())["events"]
    assert {shown[name] for name in ("opened", "machine_opened", "clicked", "machine_clicked")} == {None}
    assert shown["bounced"] == 0


def test_of_a_list_that_counts_no_more_what_was_counted_stays_and_nought_is_not_claimed(cast: Cast) -> None:
    List.objects.update(tracked=False)
    assert of_send.report(cast.send).opened == UNMEASURED
    List.objects.update(tracked=True)
    apply([cast.told("opened", 0)])
    List.objects.update(tracked=False)
    found = of_send.report(cast.send)
    assert (found.counted, found.opened, found.clicked) == (6, Count(1, 0), Count(0, 0))


def test_what_only_letters_that_count_nothing_carry_is_not_measured() -> None:
    owner = a_list()
    List.objects.update(unchosen_stories="hidden")
    owner.refresh_from_db()
    a_reader(owner, "ada@x.example", ["china"])
    a_reader(owner, "ben@x.example", ["africa"], tracked=False)
    found = of_send.report(settled(a_frozen_send(owner)))
    measured = {each.interests: each.clicked for each in found.stories}
    assert measured["china",] == Count(0, 0)
    assert measured["africa",] == UNMEASURED


def test_a_test_is_not_counted() -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example")
    trial = sends.test(an_edition(owner), ["ada@x.example"], None, by="ed", now=NOW)
    sends.prepare(trial.pk, now=NOW)
    found = of_send.report(settled(trial))
    assert (found.kind, found.ledger.outcomes["accepted"], found.counted) == ("test", 1, None)


def test_while_it_runs_what_was_accepted_is_what_can_tell() -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example", ["africa"])
    a_reader(owner, "bo@x.example", ["china"])
    send = a_frozen_send(owner)
    assert of_send.report(send).counted is None
    Batch.objects.filter(pk=Batch.objects.earliest("pk").pk).update(state="accepted")
    assert of_send.report(send).counted == 1
    before = of_send.report(a_send(an_edition(a_list("orbits"), SOON)))
    assert (before.ledger.candidates, before.counted, before.links) == (None, None, ())
    assert [each.clicked for each in before.stories] == [UNMEASURED]


def test_until_an_old_send_is_counted_nothing_is_told_of_its_copies(cast: Cast) -> None:
    apply(chosen(cast, random.Random(3), 60))  # noqa: S311 - the same
    Send.objects.update(tallied=False)
    cast.send.refresh_from_db()
    found = of_send.report(cast.send)
    assert not found.settled
    assert {getattr(found, name) for name in PLAIN} == {None}
    assert {found.opened, found.clicked, *(each.clicked for each in found.stories)} == {UNMEASURED}
    assert (found.hours, found.refusals, found.domains) == (None, None, None)
    assert set(reports.described(cast.send)["events"].values()) == {None}
    assert {each.copies for each in found.limits} == {None}


def test_a_relay_tells_of_no_delivery_and_without_a_bounce_address_of_nothing(
    cast: Cast, settings: Settings
) -> None:
    Attempt.objects.update(transport="smtp", return_path=None)  # of before it was kept
    apply([cast.told("delivered", 0), cast.told("bounced", 1), cast.told("opened", 2)])

    def told(address: str) -> list[int | None]:
        smtp = replace(settings.CONFIGURATION.smtp, bounce_address=address)
        settings.CONFIGURATION = replace(settings.CONFIGURATION, smtp=smtp)
        found = of_send.report(cast.send)
        assert found.opened == Count(1, 0)
        shown = reports.described(cast.send)["events"]
        assert [shown[name] for name in PLAIN] == [getattr(found, name) for name in PLAIN]
        assert (found.refusals is None) == (found.bounced is None)
        return [getattr(found, name) for name in PLAIN]

    assert told("bounces@b.example") == [None, 0, 1, 0, None, 0, 0]
    assert told("") == [None, None, 1, None, None, None, 0]
    Attempt.objects.update(return_path=True)
    assert told("") == [None, 0, 1, 0, None, 0, 0], "it had one, whatever is set today"
    Attempt.objects.update(return_path=False)
    assert told("bounces@b.example") == [None, None, 1, None, None, None, 0]
    another = Attempt.objects.get()
    Attempt.objects.create(
        **{field: getattr(another, field) for field in ("batch_id", "n", "fired_at", "payload_hash")},
        id=other_uuid(another),
        transport="sendgrid",
    )
    Attempt.objects.filter(transport="sendgrid").update(answer="refused")
    assert told("") == [None, None, 1, None, None, None, 0], "what was refused was carried by nobody"
    Attempt.objects.filter(transport="sendgrid").update(answer="accepted")
    assert told("") == [1, 0, 1, 0, 0, 0, 0], "of the others it was told"


def other_uuid(attempt: Attempt) -> str:
    return f"{attempt.pk.int ^ 1:032x}"


def test_hours_are_those_of_the_first_time_in_order(cast: Cast) -> None:
    hours = (dt.timedelta(hours=n).total_seconds() for n in (30, 0, 2))
    apply([cast.told("opened", copy, after) for copy, after in enumerate(hours)])
    apply([cast.told("opened", 0, 3_600), cast.told("clicked", 1, 40, link=LINKS[0], machine=True)])
    assert [(each.at - NOW, each.opened, each.clicked) for each in of_send.report(cast.send).hours or ()] == [
        (dt.timedelta(0), Count(1, 0), Count(0, 1)),
        (dt.timedelta(hours=1), Count(1, 0), Count(0, 0)),
        (dt.timedelta(hours=2), Count(1, 0), Count(0, 0)),
    ]


def test_a_report_is_a_handful_of_statements(cast: Cast) -> None:
    apply(chosen(cast, random.Random(4), 60))  # noqa: S311 - the same
    send = Send.objects.select_related("edition__list").get(pk=cast.send.pk)
    with CaptureQueriesContext(connection) as asked:
        of_send.report(send)
    assert len(asked) <= MOST_STATEMENTS
    assert "RECURSIVE" not in str(asked.captured_queries), "nothing was sent again"
