"""Preflight of editions as rows, and what it stands in the way of."""

import datetime as dt
from collections.abc import Iterable

import pytest

from mailer import editions, interest_sets, sends
from mailer.checking import Checked
from mailer.editions import BlockedError
from mailer.fetching.values import Fetched, Outcome, Question
from mailer.models import Approval, Edition, Revision, Send
from mailer.timetable import Instant
from subscribers.models import List
from subscribers.vocabulary import Status
from tests.stage import EDITION, NOW, a_frozen_send, a_list, a_reader, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

FAULTY = EDITION.replace(b"The rocket flew.", b"Dear {{ name }}, the rocket flew.")
EMBARGOED = EDITION.replace(b"The rocket flew.", b"Embargoed until 5 December 2026. The rocket flew.")
AFTER = dt.datetime(2026, 12, 5, 1, tzinfo=dt.UTC)


@pytest.fixture
def owner() -> List:
    return a_list()


def check(edition: Edition, now: dt.datetime = NOW) -> Checked:
    return editions.check(edition, now=now, at=editions.leaves_at(edition))


def rules(edition: Edition) -> set[str]:
    return {finding.rule for finding in check(edition).findings}


def test_a_sound_edition_has_nothing_in_its_way(owner: List) -> None:
    checked = check(an_edition(owner))
    assert (checked.findings, checked.blocked, checked.warnings) == ((), False, 0)


def test_an_error_blocks_approval_and_is_named_with_its_place(owner: List) -> None:
    edition = an_edition(owner, FAULTY)
    with pytest.raises(BlockedError) as refused:
        editions.approve(edition, by="ed", now=NOW)
    assert str(refused.value) == (
        f"An error stands in the way of edition {edition.pk}; line 8, column 6: “{{{{ name }}}}” was to be"
        " replaced before the edition leaves: write what belongs there;"
        f" `mailer editions check {edition.pk}` shows all that was found"
    )
    assert not Approval.objects.exists()


def test_an_error_blocks_scheduling(owner: List) -> None:
    with pytest.raises(BlockedError):
        sends.schedule(an_edition(owner, FAULTY), Instant(NOW), by="ed", now=NOW)
    assert not Send.objects.exists()


def test_an_embargo_is_a_warning_until_somebody_says_when(owner: List) -> None:
    edition = an_edition(owner, EMBARGOED)
    assert rules(edition) == {"embargo-ahead"}
    editions.approve(edition, by="ed", now=NOW)
    with pytest.raises(BlockedError, match=r"ends 2026-12-05 00:00 UTC"):
        sends.schedule(edition, Instant(NOW), by="ed", now=NOW)
    sends.schedule(edition, Instant(AFTER), by="ed", now=NOW)
    assert rules(edition) == set()


def test_an_embargo_ends_in_the_lists_zone(owner: List) -> None:
    List.objects.filter(pk=owner.pk).update(zone="America/New_York")
    edition = an_edition(List.objects.get(pk=owner.pk), EMBARGOED)
    with pytest.raises(BlockedError, match="ends 2026-12-05 00:00 EST"):
        sends.schedule(edition, Instant(AFTER), by="ed", now=NOW)


def test_a_check_of_another_text_or_moment_counts_for_nothing(owner: List) -> None:
    edition = an_edition(owner, EMBARGOED)
    checked = editions.check(edition, now=NOW, at=AFTER)
    assert not checked.blocked
    with pytest.raises(BlockedError):
        sends.schedule(edition, Instant(NOW), by="ed", now=NOW, checked=checked)
    editions.revise(edition, FAULTY, author="ed", now=NOW)
    with pytest.raises(BlockedError):
        sends.schedule(edition, Instant(AFTER), by="ed", now=NOW, checked=checked)


def test_a_correction_with_an_error_stops_nothing_and_changes_nothing(owner: List) -> None:
    a_reader(owner, "ada@x.example", ["africa"])
    send = a_frozen_send(owner)
    with pytest.raises(BlockedError):
        sends.correct(send.pk, FAULTY, by="ed", now=NOW)
    send.refresh_from_db()
    assert (send.status, Revision.objects.count()) == ("sending", 1)


def test_readers_are_counted_by_what_they_chose(owner: List) -> None:
    for n in range(3):
        a_reader(owner, f"r{n}@x.example", ["russia"])
    a_reader(owner, "both@x.example", ["russia", "africa"])
    a_reader(owner, "all@x.example")
    a_reader(owner, "gone@x.example", ["russia"], status=Status.UNSUBSCRIBED)
    text = EDITION.replace(b"{russia}", b"{china}")
    messages = [finding.message for finding in check(an_edition(owner, text)).findings]
    assert messages[0].startswith("No story is for Russia, which 4 readers chose, 3 of whom get no letter: ")


def test_a_story_of_the_last_editions_is_found_once_they_were_sent(owner: List) -> None:
    a_reader(owner, "ada@x.example")
    again = EDITION.replace(b"seen from elsewhere", b"once more").replace(b"wenchang)", b"other)")
    a_draft = an_edition(owner, again)
    assert "story-again" not in rules(a_draft)
    sent = a_frozen_send(owner)
    found = [finding for finding in check(a_draft).findings if finding.rule == "story-again"]
    assert [finding.line for finding in found] == [7, 10, 13, 16]
    assert f"has the title of a story in edition {sent.edition_id} of 2026-12-01, which" in found[0].message
    assert "has the link of" in found[1].message
    assert "story-again" not in rules(sent.edition)
    sends.cancel(sent.pk, by="ed", now=NOW)
    assert "story-again" not in rules(a_draft)


def test_links_are_counted_longer_only_where_the_transport_rewrites_them(owner: List) -> None:
    links = "".join(f" [{n}](https://a.example/{n})" for n in range(180)).encode()
    edition = an_edition(owner, EDITION.replace(b"The rocket flew.", links))
    assert {"size-large"} <= rules(edition)
    List.objects.update(tracked=False)
    assert rules(editions.find(edition.pk)) & {"size-large", "size-cut"} == set()


def test_with_many_interests_each_alone_is_looked_at_and_what_readers_have(
    owner: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interest_sets, "ALL_SETS_OF", 3)
    a_reader(owner, "ada@x.example", ["russia", "china"])
    large = EDITION.replace(b"The rocket flew.", b"The rocket flew. " * 6_000)
    (found,) = [each for each in check(an_edition(owner, large)).findings if each.rule == "size-cut"]
    assert found.variants == ("everything", "china", "china+russia")


def test_addresses_are_asked_where_that_is_wished_and_never_for_approval(owner: List) -> None:
    edition = an_edition(owner)
    gone = Question("https://a.example/nairobi")
    asked: list[Question] = []

    def online(questions: Iterable[Question]) -> dict[Question, Fetched]:
        asked.extend(questions)
        return {gone: Fetched(Outcome.ANSWERED, 404)}

    checked = editions.check(edition, now=NOW, online=online)
    assert [finding.rule for finding in checked.errors] == ["link-dead"]
    assert (len(asked), asked[1]) == (4, gone)
    editions.approve(edition, by="ed", now=NOW)
    assert len(asked) == 4
