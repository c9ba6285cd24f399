"""One hash of all that was sown, the same in any database: without rows' numbers and what a key decides."""

import datetime as dt
import hashlib
import json
import uuid
from typing import Any

from mailer.database import fetch

STATEMENTS = """
SELECT address, canonical, name, locale, text_only, tracked, attributes, last_opened_at, last_clicked_at,
  created_at
FROM subscriber ORDER BY id;

SELECT p.address, l.name, s.status, s.everything, s.interests, s.paused_until, s.since, s.changed_at
FROM subscription s JOIN subscriber p ON p.id = s.subscriber_id JOIN list l ON l.id = s.list_id ORDER BY s.id;

SELECT p.address, l.name, c.action, c.at, c.wording, c.network, c.detail
FROM consent c JOIN subscriber p ON p.id = c.subscriber_id JOIN list l ON l.id = c.list_id ORDER BY c.id;

SELECT p.address, l.name, x.reason, x.source, x.at
FROM suppression x
LEFT JOIN subscriber p ON p.address_key = x.address_key LEFT JOIN list l ON l.id = x.list_id
ORDER BY coalesce(p.id, 0), x.reason, x.at;

SELECT l.name, e.title, s.scheduled_at, s.frozen_at, s.finished_at, s.candidates, s.status
FROM send s JOIN edition e ON e.id = s.edition_id JOIN list l ON l.id = e.list_id ORDER BY s.id;

SELECT id, n, fired_at, message_id FROM attempt ORDER BY fired_at, id;

SELECT p.address, d.state, d.reason, b.attempt, d.processed_at, d.delivered_at, d.deferred_at, d.bounced_at,
  d.blocked_at, d.opened_at, d.machine_opened_at, d.clicked_at, d.machine_clicked_at, d.complained_at,
  d.unsubscribed_at
FROM delivery d JOIN subscriber p ON p.id = d.subscriber_id LEFT JOIN batch b ON b.id = d.batch_id
ORDER BY d.send_id, p.id;

SELECT p.address, e.kind, e.at, e.link, e.machine, e.detail
FROM event e JOIN delivery d ON d.id = e.delivery_ref JOIN subscriber p ON p.id = d.subscriber_id
ORDER BY e.send_ref, p.id, e.at, e.kind, e.link
"""


def fingerprint() -> str:
    """Return the hash."""
    told = [[tuple(map(_plain, row)) for row in fetch(statement)] for statement in STATEMENTS.split(";")]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a database gives
    """Return a value as both databases mean it."""
    match value:
        case bool():
            return int(value)
        case dt.datetime():
            return str(value.replace(tzinfo=None))
        case uuid.UUID():
            return value.hex
        case dict():
            return json.dumps(value, sort_keys=True)
        case str() if value.startswith("{"):
            return json.dumps(json.loads(value), sort_keys=True)
    return value
