"""One reader of whom everything there can be is stored, each piece of it with a mark of its own."""

import datetime as dt
import uuid
from typing import Any

from mailer.models import (
    Attempt,
    Batch,
    Delivery,
    Event,
    EventBody,
    Link,
    MailDomain,
    Send,
    Tester,
    Trace,
)
from mailer.vocabulary import EventKind, Measure
from subscribers import amending, changes
from subscribers.addresses import address_key
from subscribers.models import Brake, Consent, Letter, Request, Subscription, Suppression
from subscribers.vocabulary import Action, OutboxKind, RequestKind, Status, Suppressed
from tests.stage import NOW, a_frozen_send, a_list, a_reader, an_edition, body_of

DAY = dt.timedelta(days=1)


class Days:
    """A day for each moment that is stored, none of them twice."""

    def __init__(self) -> None:
        """Begin after all that the stage has."""
        self.last = NOW.replace(year=2030)

    def next(self) -> dt.datetime:
        self.last += DAY
        return self.last


class Known:
    """What was stored: for each column the mark by which it is found in the file."""

    def __init__(self) -> None:
        """Store it."""
        self.days = Days()
        self.marks: dict[str, str] = {}
        self.owner = a_list()
        self.reader = a_reader(self.owner, "Nina.Old@example.org", interests=["africa"])
        self.person = self.reader.subscriber
        amending.amend(
            "nina.old@example.org",
            amending.Wish(address="nina@example.org"),
            how="by hand",
            by="root@mail-host",
            at=NOW,
        )
        self.old, self.new = address_key("nina.old@example.org"), address_key("nina@example.org")
        for fill in (self._people, self._wishes, self._letters, self._copies, self._reports):
            fill()

    def set(self, row: Any, table: str, **values: Any) -> None:  # noqa: ANN401 - any model
        """Write columns of a row, and remember their marks."""
        type(row)._base_manager.filter(pk=row.pk).update(**values)
        self.mark(table, **values)

    def mark(self, table: str, **values: object) -> None:
        for column, value in values.items():
            self.marks[f"{table}.{column}"] = written(value)

    def _people(self) -> None:
        day = self.days.next
        self.set(
            self.person,
            "subscriber",
            name="mark-name",
            locale="sw-mark",
            text_only=True,
            tracked=False,
            attributes={"plan": "mark-attribute"},
            last_opened_at=day(),
            last_clicked_at=day(),
            created_at=day(),
        )
        self.mark("subscriber", address="nina@example.org")
        self.set(
            self.reader,
            "subscription",
            status=Status.PAUSED,
            paused_until=day(),
            since=day(),
            changed_at=day(),
        )
        self.mark("subscription", list="space-digest", everything='"everything":false', interests="africa")
        consent = {
            "action": Action.GRANTED,
            "at": day(),
            "how": "mark-how",
            "wording": "mark-wording",
            "network": "198.51.100.0/24",
            "detail": {"note": "mark-detail"},
        }
        Consent.objects.create(subscriber=self.person, list=self.owner, **consent)
        self.mark("consent", list="space-digest", **consent)
        barred = {
            "reason": Suppressed.COMPLAINED,
            "source": "mark-source",
            "at": day(),
            "lifted_at": day(),
            "lifted_because": "mark-lifted",
        }
        # Of the address before: it is theirs as well.
        Suppression.objects.create(address_key=self.old, list=self.owner, **barred)
        self.mark("suppression", list="space-digest", **barred)
        changes.record(
            "mark-what",
            by="root@mail-host",
            at=day(),
            newsletter=self.owner,
            person=self.person,
            before={"plan": "mark-before"},
            after={"plan": "mark-after"},
        )
        self.mark(
            "change",
            at=self.days.last,
            what="mark-what",
            list="space-digest",
            before="mark-before",
            after="mark-after",
        )

    def _wishes(self) -> None:
        day = self.days.next
        asked = {
            "kind": RequestKind.SIGN_UP,
            "address": "Nina.OLD@example.org",
            "language": "qq-mark",
            "wording": "mark-request",
            "network": "203.0.113.0/24",
            "asked_at": day(),
            "answered_at": day(),
            "kept_back": "mark-kept-back",
            "written_at": day(),
            "used_at": day(),
            "tracked": True,
            "current": True,
        }
        Request.objects.create(
            list=self.owner, address_key=self.old, everything=False, interests=0b1000, **asked
        )
        self.mark("request", list="space-digest", everything="everything", interests="south-asia", **asked)
        self.mark("request", tracked='"counted":true', current='"current_edition":true')
        moment, until = day(), day()
        Brake.objects.create(name=f"links to {self.new}", times=[moment.timestamp()], keep_until=until)
        self.mark("brake", name="links to this address", times=moment, keep_until=until)

    def _letters(self) -> None:
        day = self.days.next
        letter = {
            "kind": OutboxKind.WELCOME,
            "language": "zz-mark",
            "values": {"said": "mark-values"},
            "state": "rejected",
            "fired_at": day(),
            "answer": "mark-answer",
            "message_id": "mark-letter-id",
            "created_at": day(),
        }
        Letter.objects.create(list=self.owner, subscriber=self.person, occasion="one", **letter)
        self.mark("letter", list="space-digest", **letter)
        # Before they were anybody, by the address alone.
        Letter.objects.create(
            kind=OutboxKind.CONFIRMATION,
            address="NINA.old@example.org",
            occasion="two",
            created_at=day(),
        )
        self.mark("letter", address="NINA.old@example.org")

    def _copies(self) -> None:
        day = self.days.next
        Subscription.objects.update(status=Status.ACTIVE)
        Suppression.objects.filter(lifted_at=None).delete()
        send = a_frozen_send(self.owner)
        Subscription.objects.update(status=Status.PAUSED)
        copy = Delivery.objects.get(subscriber=self.person)
        self.set(send, "send", title="mark-title", scheduled_at=day())
        self.set(copy.variant, "variant", subject="mark-subject")
        assert copy.batch is not None
        attempt = Attempt.objects.create(
            id=uuid.uuid4(),
            batch=copy.batch,
            transport="sendgrid",
            n=1,
            fired_at=day(),
            payload_hash="",
            detail="mark-refused",
            message_id="mark-message",
        )
        self.mark("attempt", fired_at=attempt.fired_at, detail="mark-refused", message_id="mark-message")
        Batch.objects.filter(pk=copy.batch.pk).update(attempt=attempt.pk)
        moments = {
            column.attname: day() for column in Delivery._meta.fields if column.attname.endswith("_at")
        }
        self.set(copy, "delivery", state="rejected", reason="refused_by_transport", **moments)
        self.mark("delivery", send="mark-title", variant="mark-subject")
        self.mark("send", kind="send")
        self.mark("batch", state='"outcome":"rejected"')
        self.mark("variant", text_only="text_only", tracked="counted", language='"language":"en"')
        told = {
            "kind": EventKind.CLICKED,
            "at": day(),
            "link": "https://a.example/mark-link",
            "machine": True,
            "detail": "mark-event",
            "received_at": day(),
        }
        Event.objects.create(delivery_ref=copy.pk, **told)
        self.mark("event", **told)
        self.mark("event", machine='"by_a_machine":true')
        link = Link.objects.create(send=send, key="mark", url="https://a.example/mark-followed", position=1)
        Trace.objects.create(delivery=copy, measure=Measure.LINK, key=link.pk, machine=True, at=day())
        self.mark("trace", measure='"what":"link"', key=link.url, at=self.days.last)
        self.mark("trace", machine='mark-followed","by_a_machine":true')
        domain = MailDomain.objects.create(name="mark-domain.example")
        refused = {Measure.BOUNCE_DOMAIN: domain.pk, Measure.BOUNCE_REASON: 5_001_001}
        for measure, key in refused.items():
            Trace.objects.create(delivery=copy, measure=measure, key=key, at=NOW)
        self.mark("mail_domain", name=domain.name)
        Event.objects.create(
            address_key=self.old,
            kind=EventKind.BOUNCED,
            at=day(),
            detail="mark-lone-event",
            received_at=day(),
        )
        self.mark("event", lone="mark-lone-event")

    def _reports(self) -> None:
        day = self.days.next
        theirs = {"event": "odd", "email": "NINA@example.org", "word": "mark-report"}
        others = {"event": "odd", "email": "omar@example.org", "word": "another-reader"}
        body = EventBody.objects.create(body=body_of(theirs, others), body_hash="1", received_at=day())
        self.mark("event_body", body="mark-report", received_at=body.received_at)
        edition = an_edition(self.owner, b"---\nlist: space-digest\ntitle: mark-test\n---\n# News\nWords.\n")
        test = Send.objects.create(
            edition=edition,
            revision=edition.revisions.get(),
            content_hash="",
            title="mark-test-to-come",
            sender_name="",
            sender_address="",
            kind="test",
            segment={"addresses": ["omar@example.org", "Nina@EXAMPLE.org"]},
            scheduled_at=day(),
            created_at=NOW,
        )
        self.mark("send", segment="mark-test-to-come")
        done = Send.objects.create(
            edition=edition,
            revision=edition.revisions.get(),
            content_hash="",
            title="mark-test-that-left",
            sender_name="",
            sender_address="",
            kind="test",
            scheduled_at=day(),
            created_at=NOW,
        )
        Delivery.objects.create(
            send=done, address_key=self.old, test_address="nina.OLD@example.org", state="cancelled"
        )
        self.mark("delivery", test_address="nina.OLD@example.org")
        tester = {"address": "NINA.old@EXAMPLE.org", "added_at": day()}
        Tester.objects.create(list=self.owner, address_key=self.old, added_by="root@mail-host", **tester)
        self.mark("tester", list="space-digest", **tester)
        assert test.pk != done.pk


def written(value: object) -> str:
    """Return a value as it stands in the file."""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, dict):
        return str(next(iter(value.values())))
    return str(value).lower() if isinstance(value, bool) else str(value)
