"""What became of an edition's letters, as SQL that draws it: the same whole numbers on both databases.

Each letter has one mixed number, of its person and its edition. What happens is drawn once, as the times of a
delivery; events and suppressions are told of those. All are asked with the frame that `history` makes.
"""

from collections.abc import Sequence

from mailer.database import is_postgresql
from mailer.models.deliveries import EVENT_COLUMNS
from mailer.seeding.chance import PRIME, STREAMS, share
from mailer.vocabulary import EventKind

# Of all letters; the others are delivered.
BOUNCED, BLOCKED = share(0.004), share(0.006)
# Of the delivered. A reader opens between none and this share of their letters, each their own.
DEFERRED, MACHINE_OPENED, MACHINE_CLICKED, COMPLAINED = map(share, (0.02, 0.25, 0.015, 0.0004))
OPENED_AT_MOST = (8, 10)
CLICKED = share(0.2)  # of the opened

# Seconds after the request, or after the letter arrived.
ARRIVES, DEFERRED_FOR = 60, 240
SOONEST_OPEN, LAST_OPEN, MACHINES_OPEN, COMPLAINS = 120, 40 * 3_600, 3_600, 1_200

# The provider's words, as events keep them.
SAID = {
    EventKind.BOUNCED: "550 5.1.1 user unknown",
    EventKind.BLOCKED: "552 5.2.2 mailbox full",
    EventKind.DEFERRED: "451 4.7.1 please try again later",
}
# How soon the webhook told, in seconds.
TOLD_AFTER = 2


def after(moment: str, seconds: str) -> str:
    """Return as SQL a moment and some whole seconds more: here the databases agree on nothing."""
    if is_postgresql():
        return f"{moment} + ({seconds}) * interval '1 second'"
    return f"datetime({moment}, ({seconds}) || ' seconds')"


def _drawn(which: int) -> str:
    return f"(mix * {STREAMS[which]} %% {PRIME})"


_OUTCOME, _LATE = _drawn(0), _drawn(1)
_DELIVERED = f"{_OUTCOME} >= {BOUNCED + BLOCKED}"
_WAITED = f"{_drawn(2)} < {DEFERRED}"
_OPENED = f"watched AND {_DELIVERED} AND {_drawn(3)} < habit * {OPENED_AT_MOST[0]} / {OPENED_AT_MOST[1]}"
_ARRIVED = f"2 + mix %% {ARRIVES} + CASE WHEN {_WAITED} THEN {DEFERRED_FOR} ELSE 0 END"
# Most read within hours, a few two days later.
_READ = (
    f"{_ARRIVED} + {SOONEST_OPEN} + {_LATE} * {_LATE} / {PRIME} * {_LATE} / {PRIME} * {LAST_OPEN} / {PRIME}"
)

# When each event came, in seconds after the request, where it did.
_HAPPENINGS = {
    (EventKind.PROCESSED, False): ("TRUE", "1"),
    (EventKind.DEFERRED, False): (f"{_DELIVERED} AND {_WAITED}", "2"),
    (EventKind.DELIVERED, False): (_DELIVERED, _ARRIVED),
    (EventKind.BOUNCED, False): (f"{_OUTCOME} < {BOUNCED}", _ARRIVED),
    (EventKind.BLOCKED, False): (f"{_OUTCOME} >= {BOUNCED} AND NOT ({_DELIVERED})", _ARRIVED),
    (EventKind.OPENED, False): (_OPENED, _READ),
    (EventKind.OPENED, True): (
        f"watched AND {_DELIVERED} AND {_drawn(4)} < {MACHINE_OPENED}",
        f"{_ARRIVED} + 60 + {_LATE} * {MACHINES_OPEN} / {PRIME}",
    ),
    (EventKind.CLICKED, False): (
        f"{_OPENED} AND {_drawn(5)} < {CLICKED}",
        f"{_READ} + 20 + mix %% 100",
    ),
    (EventKind.CLICKED, True): (
        f"watched AND {_DELIVERED} AND {_drawn(6)} < {MACHINE_CLICKED}",
        f"{_ARRIVED} + 1",
    ),
    (EventKind.COMPLAINED, False): (
        f"{_DELIVERED} AND left_at IS NULL AND {_drawn(7)} < {COMPLAINED}",
        f"{_ARRIVED} + 60 + {_LATE} * {COMPLAINS} / {PRIME}",
    ),
}

_LEFT = (EventKind.UNSUBSCRIBED, False)


def times() -> dict[str, str]:
    """Return as SQL, by column of a delivery, when each event of a letter came, NULL where it did not.

    Of what the letter is drawn with: mix, habit, watched, left_at, and the request's fired_at.
    """
    return {
        **{
            EVENT_COLUMNS[kind]: f"CASE WHEN {happened} THEN {after('fired_at', seconds)} END"
            for kind, (happened, seconds) in _HAPPENINGS.items()
        },
        EVENT_COLUMNS[_LEFT]: f"CASE WHEN {_DELIVERED} THEN left_at END",
    }


def tell() -> str:
    """Return the statement that writes an event for each time of a delivery, but for its clicks."""
    return _telling([kind for kind in (*_HAPPENINGS, _LEFT) if kind[0] is not EventKind.CLICKED])


def tell_clicks(links: int) -> str:
    """Return the same for clicks, each on one of so many links: `url0` with its key, `key0`, and so on."""
    kinds = [kind for kind in _HAPPENINGS if kind[0] is EventKind.CLICKED]
    rows = ", ".join(f"({place}, %(url{place})s, %(key{place})s)" for place in range(links))
    return _telling(
        kinds,
        among=" OR ".join(f"delivery.{EVENT_COLUMNS[kind]} IS NOT NULL" for kind in kinds),
        links=f"link (place, url, key) AS (VALUES {rows}),",
        link="link.url, link.key",
        join=f"JOIN link ON link.place = told.number %% {links}",
    )


def _telling(
    kinds: Sequence[tuple[EventKind, bool]],
    *,
    among: str = "TRUE",
    links: str = "",
    link: str = "'', ''",
    join: str = "",
) -> str:
    rows = ", ".join(
        f"({place}, '{kind}', {'TRUE' if machine else 'FALSE'}, '{SAID.get(kind, '')}')"
        for place, (kind, machine) in enumerate(kinds)
    )
    times = " ".join(f"WHEN {place} THEN delivery.{EVENT_COLUMNS[kind]}" for place, kind in enumerate(kinds))
    return f"""
WITH kind_of (place, kind, machine, detail) AS (VALUES {rows}),
{links}
told AS (
  SELECT
    delivery.id AS delivery, delivery.send_id AS send,
    delivery.subscriber_id - %(before)s + %(salt)s AS number,
    CASE WHEN kind_of.kind <> '{EventKind.UNSUBSCRIBED}' THEN batch.attempt END AS attempt,
    kind_of.kind, kind_of.machine, kind_of.detail, CASE kind_of.place {times} END AS at
  FROM delivery JOIN batch ON batch.id = delivery.batch_id CROSS JOIN kind_of
  WHERE delivery.id BETWEEN %(first)s AND %(last)s AND delivery.send_id = %(send)s AND delivery.state IS NULL
    AND ({among})
)
INSERT INTO event
  (delivery_ref, address_key, send_ref, attempt, kind, at, link, link_key, machine, detail, received_at)
SELECT
  told.delivery, '', told.send, told.attempt, told.kind, told.at, {link}, told.machine, told.detail,
  {after("told.at", str(TOLD_AFTER))}
FROM told {join}
WHERE told.at IS NOT NULL
"""


# Whoever bounced or complained is on no list any more, whoever left is off this one.
SUPPRESS = """
INSERT INTO suppression (address_key, list_id, reason, source, at, lifted_because)
SELECT delivery.address_key, CAST(NULL AS bigint), 'bounced', 'sendgrid', delivery.bounced_at, ''
FROM delivery
WHERE delivery.id BETWEEN %(first)s AND %(last)s AND delivery.send_id = %(send)s
  AND delivery.bounced_at IS NOT NULL
UNION ALL
SELECT delivery.address_key, CAST(NULL AS bigint), 'complained', 'sendgrid', delivery.complained_at, ''
FROM delivery
WHERE delivery.id BETWEEN %(first)s AND %(last)s AND delivery.send_id = %(send)s
  AND delivery.complained_at IS NOT NULL
UNION ALL
SELECT
  subscriber.address_key, subscription.list_id, 'unsubscribed', %(one_click)s, subscription.changed_at, ''
FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.list_id = %(list)s AND subscription.status = 'unsubscribed'
  AND subscription.changed_at > %(now)s AND subscription.changed_at <= %(until)s
ON CONFLICT DO NOTHING
"""

# What readers did last; to do it again changes nothing.
KEEP_LATEST = """
UPDATE subscriber SET last_opened_at = latest.opened_at, last_clicked_at = latest.clicked_at
FROM (
  SELECT subscriber_id, max(opened_at) AS opened_at, max(clicked_at) AS clicked_at
  FROM delivery WHERE subscriber_id BETWEEN %(low)s AND %(high)s GROUP BY subscriber_id
) AS latest
WHERE subscriber.id = latest.subscriber_id AND latest.opened_at IS NOT NULL
"""
