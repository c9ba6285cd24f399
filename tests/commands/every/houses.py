"""What is in the databases that the commands are tried on: the runner calls these in a child of its own.

`empty` is migrated and nothing more. `full` has a little of everything that a command can be about.
"""

import datetime as dt
from pathlib import Path

from django.core.management import call_command
from django.db.models import F

from mailer import events, sends, testers, themes
from mailer.accounts import making
from mailer.accounts.roles import Role
from mailer.batches import settle
from mailer.models import Edition, Event, Send
from mailer.transports.answers import Accepted
from subscribers import pausing, suppressions
from subscribers.addresses import address_key
from subscribers.leaving import unsubscribe
from subscribers.models import List, Subscription
from subscribers.segments import keeping
from subscribers.vocabulary import Status, Suppressed
from tests.pictures.images import drawing
from tests.stage import (
    EDITION,
    NOW,
    a_frozen_send,
    a_list,
    a_reader,
    a_send,
    an_edition,
    an_event,
    batches_of,
    body_of,
    delivery_of,
    fired,
)

DAY = dt.timedelta(days=1)
PEOPLE = (
    "email,name,interests\nada@z.example,Ada,africa\nbela@z.example,,\ncem@z.example,Cem,china\n"
    "dana@z.example,,russia\nnina@x.example,Nina N,africa\nlena@x.example,Lena,\n"
)
# So many letters, each of which nobody opened, make a reader inactive.
ISSUES = 3


def migrated() -> None:
    """Make the tables, and put the files that commands read into the folder."""
    call_command("migrate", verbosity=0)
    Path("people.csv").write_text(PEOPLE, encoding="utf-8")
    Path("bad.csv").write_text(f"{PEOPLE}nobody,,\n", encoding="utf-8")
    Path("edition.md").write_bytes(_text(7))
    Path("dish.png").write_bytes(drawing())
    Path("theme.toml").write_text('[type]\nheadings = "sans"\n', encoding="utf-8")
    Path("corrected.md").write_bytes(_text(4).replace(b"The rocket flew", b"The rocket has flown"))


def filled() -> None:
    """Put people, letters and what came back into a database that has its tables."""
    owner = a_list()
    List.objects.update(keep_inactive_days=365)
    for family in ("sans", "serif", "sans"):
        themes.put(owner, {"type": {"text": family}}, by="ed", now=NOW)
    for name, role in (("Ada", Role.ADMIN), ("Sam", Role.SENDER)):
        making.add(f"{name.lower()}@news.example", name=name, role=role, by="ed", at=NOW)
    testers.add(owner, ["tess@news.example"], by="ed", at=NOW)
    second, quiet = a_list("second"), a_list("quiet")
    _people(owner)
    for newsletter in (second, quiet):
        a_reader(newsletter, "nina@x.example")
    keeping.add(owner, "near", "domain = x.example", by="ed", at=NOW)
    keeping.add(quiet, "near", "domain = x.example", by="ed", at=NOW)
    for number in range(1, ISSUES + 1):
        _issue(owner, number)
    _happenings(Send.objects.earliest("pk"))
    # Numbers 4 to 6: one to come, one that is held, and an edition that has not been scheduled.
    waiting, held, unsent = (an_edition(owner, _text(number)) for number in (4, 5, 6))
    a_send(waiting, NOW + 400 * DAY)
    sends.pause(a_send(held, NOW + 400 * DAY).pk, by="ed", now=NOW, reason="a figure")
    assert [waiting.pk, held.pk, unsent.pk] == [4, 5, 6]
    assert Edition.objects.count() == ISSUES * 2


def _people(owner: List) -> None:
    a_reader(owner, "nina@x.example", ["africa", "china"], name="Nina", attributes={"city": "Nairobi"})
    a_reader(owner, "omar@x.example", name="=Omar")
    for name in ("rita", "ruth"):
        a_reader(owner, f"{name}@y.example", ["russia"])
    a_reader(owner, "rosa@y.example", ["russia", "africa"], text_only=True, tracked=False)
    a_reader(owner, "ines@y.example")
    for name in ("pia", "pim"):
        a_reader(owner, f"{name}@x.example", status=Status.PENDING)
    paused = [a_reader(owner, f"{name}@y.example") for name in ("paul", "quin")]
    left = a_reader(owner, "lena@x.example")
    a_reader(owner, "ben@y.example")
    # Whoever stays long enough without a sign is inactive; who was asked to confirm, forgotten.
    long_ago = NOW - 700 * DAY
    old = Subscription.objects.filter(subscriber__canonical__in=["omar@x.example", "ines@y.example"])
    (old | Subscription.objects.filter(status=Status.PENDING)).update(since=long_ago, changed_at=long_ago)
    for subscription, days in zip(paused, (60, 9), strict=True):
        assert pausing.pause(subscription.pk, NOW + days * DAY, "one-click", NOW)
    assert unsubscribe(left.pk, "one-click", NOW)
    suppressions.suppress(address_key("ben@y.example"), Suppressed.BOUNCED, "550 no such user", NOW)
    suppressions.suppress(address_key("cora@y.example"), Suppressed.COMPLAINED, "told by sendgrid", NOW)


def _text(number: int) -> bytes:
    return EDITION.replace(b"2026-12-01", f"2026-12-{number:02}".encode()).replace(
        b"elsewhere", f"elsewhere {number}".encode()
    )


def _issue(owner: List, number: int) -> None:
    """One more edition, which every reader's mail server took."""
    for batch in batches_of(a_frozen_send(owner, _text(number))):
        request = fired(batch)
        assert settle(batch.pk, request.attempt, Accepted(202, f"m{batch.pk}"), now=NOW)


def _happenings(send: Send) -> None:
    """Let something come back of a send, so long ago that retention removes some of it."""
    copies = [delivery_of(send, address) for address in ("nina@x.example", "rita@y.example")]
    told = [
        an_event(kind, copy, copy.batch.attempt, at=at)
        for copy in copies
        if copy.batch
        for at, kind in enumerate(("processed", "delivered", "open"))
    ]
    for event in told:
        events.apply(events.store(body_of(event), now=NOW) or 0, now=NOW)
    Event.objects.filter(kind="processed").update(received_at=F("received_at") - 100 * DAY)
    Event.objects.filter(kind="delivered").update(received_at=F("received_at") - 90 * DAY)
