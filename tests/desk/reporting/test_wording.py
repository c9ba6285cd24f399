import datetime as dt
from dataclasses import replace

import pytest

from mailer.desk.reporting import wording
from mailer.reckoning import Day
from mailer.reporting.values import Count, ListReport, SendLine, SendReport
from mailer.reports import Ledger
from mailer.thresholds import Against, together

MONDAY = dt.datetime(2026, 12, 7, 9, tzinfo=dt.UTC)
NOTHING = Count(None, None)
NO_LIMITS = together([])


def a_report(accepted: int = 1_000, **changed: object) -> SendReport:
    outcomes = dict.fromkeys(("accepted", "excluded"), 0) | {"accepted": accepted}
    report = SendReport(
        send=7,
        edition=3,
        title="Space",
        list="space-digest",
        kind="send",
        status="done",
        scheduled_at=MONDAY,
        settled=True,
        ledger=Ledger(accepted, outcomes, {}),
        possibly_twice=0,
        counted=accepted,
        delivered=990,
        deferred=0,
        bounced=0,
        blocked=0,
        dropped=0,
        complained=0,
        unsubscribed=0,
        opened=Count(400, 90),
        clicked=Count(80, 2),
        hours=(),
        links=(),
        stories=(),
        interests=(),
        refusals=(),
        domains=(),
        limits=NO_LIMITS,
    )
    return replace(report, **changed)  # type: ignore[arg-type]  # the fields of a report, by name


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            a_report(),
            (
                "Of 1,000 accepted copies 990 were delivered. 400 readers opened it, and 80 followed a link."
                " Nobody left by it or complained."
            ),
        ),
        (
            a_report(1, delivered=1, opened=Count(1, 0), clicked=Count(0, 0), unsubscribed=1),
            (
                "The one accepted copy was delivered. 1 reader opened it, and nobody followed a link."
                " 1 left by it, and nobody marked it as spam."
            ),
        ),
        (
            a_report(delivered=None, opened=NOTHING, clicked=NOTHING, complained=2),
            (
                "1,000 copies were accepted; how many were delivered is not measured. Who opened and clicked"
                " is not measured. Nobody left by it, and 2 marked it as spam."
            ),
        ),
        (
            a_report(2, delivered=1, opened=Count(0, 2), clicked=Count(0, 0)),
            (
                "Of 2 accepted copies 1 was delivered. Nobody was seen to open it, which is not the same as"
                " unread. Nobody left by it or complained."
            ),
        ),
        (a_report(0, delivered=0), "No copy of it was accepted, so there is nothing to tell of readers."),
        (
            a_report(delivered=None, complained=None, opened=NOTHING, clicked=NOTHING),
            (
                "1,000 copies were accepted; how many were delivered is not measured. Who opened and clicked"
                " is not measured. Nobody left by it; whether anybody complained is not measured."
            ),
        ),
        (a_report(0, status="sending"), "It is not over, and figures still grow."),
        (a_report(settled=False), f"1,000 copies were accepted. {wording.COUNTING}"),
        (
            a_report(ledger=Ledger(None, {"accepted": 0}, {})),
            "It has not begun: what becomes of it is told here once it has left.",
        ),
    ],
)
def test_a_report_begins_with_what_became_of_it(report: SendReport, said: str) -> None:
    assert wording.lead(report) == said


def test_what_is_past_its_limit_is_said_and_what_is_chance_is_not() -> None:
    complaints = Against("complaints", 9, 1_000, 0.001, 5)
    bounces = Against("bounces", 30, 1_000, 0.02, 10)
    assert wording.past([complaints, bounces]) == "Complaints and bounces are above the limit."
    assert wording.past([replace(complaints, copies=4)]) == ""
    assert wording.chance(replace(complaints, copies=4)) == "; fewer than 5 may be chance"
    assert wording.chance(complaints) == ""


@pytest.mark.parametrize(
    ("kept", "written"),
    [
        ("gmail.com", "gmail.com"),
        ("mail.xn--mnchen-3ya.de", "mail.münchen.de"),
        ("xn--e1aybc.xn--p1ai", "тест.рф"),
        ("xn--", "xn--"),
        ("xn--zzzzzzz99999.de", "xn--zzzzzzz99999.de"),
        ("under_score.example", "under_score.example"),
    ],
)
def test_a_domain_is_written_as_its_people_write_it_where_it_can_be(kept: str, written: str) -> None:
    assert wording.domain(kept) == written


def a_line(opened: int | None, counted: int | None) -> SendLine:
    both = Count(opened, opened and 1)
    return SendLine(1, "Space", MONDAY, "done", 10, counted, both, both, 0, 0, 0)


@pytest.mark.parametrize(
    ("sends", "days", "said"),
    [
        ((), (), "Nothing of it has left yet. No day of its growth was counted yet."),
        (
            (a_line(None, None),),
            (None, 5, None),
            (
                "Who opens its letters and clicks is not measured. 5 read it, as many as at the end of 2"
                " December."
            ),
        ),
        (
            (a_line(4, 10), a_line(2, 10), a_line(None, None)),
            (7, 5),
            (
                "Of its last 2 sends, people opened 30.0\u00a0% of the copies that are counted, and clicked"
                " in 30.0\u00a0%. 5 read it, 2 fewer than at the end of 1 December."
            ),
        ),
    ],
)
def test_a_lists_report_begins_with_how_its_sends_went_and_how_it_grew(
    sends: tuple[SendLine, ...], days: tuple[int | None, ...], said: str
) -> None:
    growth = tuple(Day(dt.date(2026, 12, n), active) for n, active in enumerate(days, 1))
    assert wording.of_list(ListReport("space-digest", "Space", sends, (), NO_LIMITS, growth, {})) == said
