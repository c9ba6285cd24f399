"""What somebody who wishes ill may write into every field that an editor, a reader or a provider can fill."""

import datetime as dt
import uuid
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from mailer import editions
from mailer.accounts.models import User
from mailer.models import Attempt, Batch, Delivery, Edition, Event, Revision, Send
from subscribers import changes
from subscribers.models import Consent, Interest, Letter, List, Request, Subscriber, Suppression
from tests.desk.addresses import World, a_world
from tests.stage import EDITION, NOW

# Out of an attribute, out of an element, out of a script, and into the template's own language.
MARKUP = "'\"></title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>{{ 191 * 7 }}"
SUM = "1337"


def a_hostile_world() -> World:
    """Return a world in which every text is an attempt."""
    world = a_world()
    List.objects.update(
        name=MARKUP, description=MARKUP, sender_name=MARKUP, postal_address=MARKUP, owner_address=""
    )
    Interest.objects.update(name=MARKUP)
    # What an editor writes: in the text itself, and where the list of editions has it.
    text = EDITION.replace(b"The dish turned.", MARKUP.replace("{{", "").replace("}}", "").encode())
    edition = editions.import_text(world.list, text, author=MARKUP, now=NOW).edition
    Edition.objects.update(title=MARKUP)
    Revision.objects.update(warnings=[{"message": MARKUP, "line": 1}])
    world = replace(world, edition=edition)
    Subscriber.objects.update(name=MARKUP, locale="en", attributes={MARKUP: MARKUP})
    Consent.objects.create(
        subscriber=world.nina,
        list=world.list,
        action="changed",
        at=NOW,
        how=MARKUP,
        wording=MARKUP[:60],
        network="192.0.2.0/24",
        detail={MARKUP: MARKUP, "before": {MARKUP: [MARKUP]}},
    )
    Suppression.objects.create(
        address_key=world.nina.address_key, reason="bounced", source=MARKUP, at=NOW, list=world.list
    )
    Suppression.objects.create(
        address_key=world.nina.address_key,
        reason="by_hand",
        source=MARKUP,
        at=NOW,
        lifted_at=NOW,
        lifted_because=MARKUP,
    )
    Request.objects.create(
        kind="data",
        list=world.list,
        subscriber=world.nina,
        address_key=world.nina.address_key,
        asked_at=NOW,
        answered_at=NOW,
        kept_back=MARKUP,
    )
    Letter.objects.create(
        kind="notice", subscriber=world.nina, occasion="x", created_at=NOW, values={"x": MARKUP}
    )
    changes.record(
        MARKUP[:48],
        by=MARKUP,
        at=NOW,
        newsletter=world.list,
        person=world.nina,
        subject=MARKUP,
        before={MARKUP: MARKUP},
        after={MARKUP: [MARKUP]},
    )
    User.objects.filter(pk=world.user.pk).update(name=MARKUP)
    Send.objects.filter(pk=world.waiting.pk).update(title=MARKUP)
    _of_a_provider(world.send)
    return world


def _of_a_provider(send: Send) -> None:
    """Let a transport say something of every request, and of every copy."""
    Send.objects.filter(pk=send.pk).update(title=MARKUP, pause_reason=MARKUP, status="paused")
    for batch in Batch.objects.filter(send=send):
        attempt = Attempt.objects.create(
            id=uuid.uuid4(),
            batch=batch,
            transport="sendgrid",
            n=batch.n,
            fired_at=NOW,
            payload_hash="",
            answer="unknown",
            detail=MARKUP,
            message_id=MARKUP[:100],
            settled_at=NOW,
            settled_by="sweep",
        )
        Batch.objects.filter(pk=batch.pk).update(state="unknown", attempt=attempt.pk, fired_at=NOW)
        Batch.objects.create(send=send, variant=batch.variant, n=1)  # of whom the text can be corrected
    for copy in Delivery.objects.filter(send=send):
        for kind in ("bounced", "clicked"):
            Event.objects.create(
                kind=kind,
                at=NOW + dt.timedelta(minutes=1),
                received_at=NOW,
                send_ref=send.pk,
                delivery_ref=copy.pk,
                detail=MARKUP,
                link=f"https://a.example/{MARKUP}",
            )


@dataclass
class Seen(HTMLParser):
    """What a browser would make of a page: what runs, and where it leads."""

    ran: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    _inside: str = ""

    def __post_init__(self) -> None:
        """Begin."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what would run or be fetched, and every way onward."""
        known = dict(attrs)
        self._inside = tag
        if tag == "script" and "src" not in known:
            self.ran.append("an inline script")
        if tag in {"img", "iframe", "object", "embed", "base"} and known.get("src") == "x":
            self.ran.append(f"<{tag} src=x>")
        self.ran += [name for name in known if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction"):
            if (way := known.get(name)) is not None:
                self.ways.append(way)

    def handle_data(self, data: str) -> None:
        """Note a stylesheet within the page."""
        if self._inside == "style" and data.strip():
            self.ran.append("an inline style")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's own
        """Leave what is over."""
        self._inside = ""


def seen(page: str) -> Seen:
    """Return what a page does."""
    parser = Seen()
    parser.feed(page)
    return parser
