"""A send that has left, all that may be told of it, and what stands of that when it was applied."""

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from mailer import batches, events
from mailer.database import execute, fetch
from mailer.models import Batch, Delivery, Link, MailDomain, Send
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.reporting import forms, of_send
from mailer.tallies import reading
from mailer.tallies.links import CANARY, OTHER
from mailer.transports.answers import Accepted
from mailer.vocabulary import EventKind
from mailer.webhooks.told import Told
from tests.stage import NOW, SENDGRID, a_frozen_send, a_list, a_reader
from tests.tallies.by_hand import ANOTHER, UNSEEN, ByHand, Sums

LINKS = tuple(f"https://a.example/{name}" for name in ("wenchang", "nairobi", "vostochny", "delhi", "kourou"))
CANARY_URL = "https://news.example/c/unseen"
ELSEWHERE = ("https://elsewhere.example/", "https://elsewhere.example/2")
EDITION = "\n".join(
    (
        "---\nlist: space-digest\ntitle: Space, counted\ndate: 2026-12-01\n---\n# Selected news",
        *(
            f"## [A story about {link[18:]}]({link}) {{china}}\nSomething flew.\n"
            if place % 2
            else f"## [A story about {link[18:]}]({link}) {{africa}}\nSomething stood.\n"
            for place, link in enumerate(LINKS)
        ),
    )
).encode()
REFUSALS = (
    "550 5.1.1 user unknown",
    "552 5.2.2 mailbox full",
    "550 said no",
    "Bounced Address",
    "nothing known",
    "",
)
COLUMNS = tuple(EVENT_COLUMNS.values())


@dataclass(frozen=True)
class Cast:
    """The send, its one request, and its copies with the domain of each."""

    send: Send
    attempt: uuid.UUID
    domains: dict[int, str]

    @property
    def copies(self) -> list[int]:
        return sorted(self.domains)

    def told(self, kind: str, copy: int, after: float = 0, **said: object) -> Told:
        """Return an event about one of the copies, counted from 0, so many seconds after NOW."""
        at = NOW + dt.timedelta(seconds=after)
        event = Told(EventKind(kind), at, "", self.copies[copy], self.attempt)
        return Told(**(vars(event) | said))


def a_cast(people: int = 6) -> Cast:
    """Return a send to so many readers, most of them at x.example, that was accepted."""
    owner = a_list()
    domains = ["x.example"] * (people - 2) + ["y.example", "z.example"]
    for number, domain in enumerate(domains):
        a_reader(owner, f"reader{number}@{domain}")
    send = a_frozen_send(owner, EDITION)
    batch = Batch.objects.get(send=send)
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is not None
    assert batches.settle(batch.pk, attempt, Accepted(202, "one"), now=NOW)
    send.refresh_from_db()
    rows = Delivery.objects.filter(send=send).values_list("pk", "subscriber__canonical")
    return Cast(send, attempt, {copy: address.partition("@")[2] for copy, address in rows})


def chosen(cast: Cast, chance: random.Random, many: int) -> list[Told]:
    """Return so many events, as chance has them: at few moments and by few agents, so that things meet."""
    return [_event(cast, chance) for _ in range(many)]


def _event(cast: Cast, chance: random.Random) -> Told:
    kind = chance.choices(list(EventKind), [1, 2, 2, 3, 2, 2, 6, 16, 2, 1])[0]
    said: dict[str, object] = {}
    if kind is EventKind.CLICKED:
        said["link"] = chance.choice((*LINKS, *LINKS, *LINKS, *ELSEWHERE, CANARY_URL))
    if kind in {EventKind.OPENED, EventKind.CLICKED}:
        said |= {"machine": chance.random() < 0.25, "agent": chance.choice((0, 1, 2, 3))}
    if kind in {EventKind.BOUNCED, EventKind.BLOCKED, EventKind.DROPPED}:
        said["detail"] = chance.choice(REFUSALS)
    # Within seconds of the turn of an hour, so that a burst may lie on both sides of it.
    after = 3600 * chance.choice((1, 2, 3)) + chance.randint(-4, 4)
    return cast.told(kind, chance.randrange(len(cast.copies)), after, **said)


def apply(told: Sequence[Told], chance: random.Random | None = None) -> None:
    """Apply events in this order, as several bodies where chance is given."""
    rest = list(told)
    while rest:
        many = chance.randint(1, 40) if chance else len(rest)
        events.take(rest[:many], source="sendgrid", now=NOW + dt.timedelta(days=1))
        rest = rest[many:]


def sums(send: Send) -> Sums:
    """Return the sums of a send under names that say something."""
    links = dict(Link.objects.filter(send=send).values_list("pk", "url")) | {OTHER: ANOTHER, CANARY: UNSEEN}
    names = dict(MailDomain.objects.values_list("pk", "name"))
    found: Sums = Counter()
    for measure, keys in reading.sums(send.pk).items():
        for key, n in keys.items():
            name: object = key
            if measure.endswith("link"):
                name = links[key]
            elif measure.endswith("_domain"):
                name = names.get(key, "")
            found[str(measure), name] = n
    return found


def firsts(send: Send) -> dict[int, dict[str, dt.datetime]]:
    """Return what the copies' rows say, of those that say anything."""
    rows = Delivery.objects.filter(send=send).values_list("pk", *COLUMNS)
    found = {
        copy: {
            column.removesuffix("_at"): at
            for column, at in zip(COLUMNS, times, strict=True)
            if at is not None
        }
        for copy, *times in rows
    }
    return {copy: times for copy, times in found.items() if times}


def found(send: Send) -> ByHand:
    """Return what stands of a send, as an evaluation by hand says it."""
    return ByHand(sums(send), firsts(send))


READ_TRACES = """
SELECT delivery_id, measure, CASE WHEN measure LIKE '%%_domain' THEN 0 ELSE key END,
  (SELECT name FROM mail_domain WHERE mail_domain.id = trace.key AND measure LIKE '%%_domain'),
  machine, agent, at
FROM trace ORDER BY 1, 2, 3, 4, 5, 6
"""


def state(send: Send) -> bytes:
    """Return all that events of a send change, its report too, as one text."""
    send.refresh_from_db()
    whole = [
        fetch(f"SELECT id, {', '.join(COLUMNS)}, state FROM delivery ORDER BY id"),
        fetch(READ_TRACES, []),
        sorted((*place, n) for place, n in sums(send).items()),
        forms.send_as_json(of_send.report(send)),
        # Since when is that of the event that came first, whichever happened first.
        fetch("SELECT address_key, reason, list_id FROM suppression ORDER BY 1, 2, 3"),
        fetch("SELECT id, last_opened_at, last_clicked_at FROM subscriber ORDER BY id"),
        fetch("SELECT id, status FROM subscription ORDER BY id"),
        fetch("SELECT delivery_ref, kind, at, link, machine, agent FROM event ORDER BY 1, 2, 3, 4, 5, 6"),
        fetch("SELECT id, state, n FROM batch ORDER BY id"),
    ]
    return orjson.dumps(whole, default=str, option=orjson.OPT_NON_STR_KEYS)


def shuffled(told: Sequence[Told], chance: random.Random) -> list[Told]:
    """Return the events in any order, some of them several times."""
    order = [*told, *chance.choices(told, k=chance.randrange(len(told)))]
    chance.shuffle(order)
    return order


def forget(
    tables: Iterable[str] = ("event", "trace", "tally", "suppression", "consent", "mail_domain"),
) -> None:
    """Make it as if nothing had come back."""
    for table in tables:
        execute(f"DELETE FROM {table}")
    nothing = ", ".join(f"{column} = NULL" for column in COLUMNS)
    execute(f"UPDATE delivery SET {nothing}")
    execute("UPDATE subscriber SET last_opened_at = NULL, last_clicked_at = NULL")
    execute("UPDATE subscription SET status = 'active'")
