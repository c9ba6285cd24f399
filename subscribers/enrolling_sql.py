"""The statements by which people are put on a list, by ranges of lines; `enrolling` says when.

They are the same on both databases but for what stands in braces.
"""

POSTGRESQL = {
    "moment": "TIMESTAMP WITH TIME ZONE",
    "attributes": "CAST(COALESCE(attributes, '{}') AS jsonb)",
    "detail": "CAST(COALESCE(a.detail, '{}') AS jsonb)",
    "laid_over_p": "p.attributes || CAST(a.attributes AS jsonb)",
    "laid_over": "subscriber.attributes || CAST(a.attributes AS jsonb)",
}
SQLITE = {
    "moment": "TEXT",
    "attributes": "COALESCE(attributes, '{}')",
    "detail": "COALESCE(a.detail, '{}')",
    "laid_over_p": "laid_over(p.attributes, a.attributes)",
    "laid_over": "laid_over(subscriber.attributes, a.attributes)",
}

CREATE = """
    CREATE TEMPORARY TABLE arrival (
        line INTEGER PRIMARY KEY, address TEXT, canonical TEXT, address_key TEXT, name TEXT, locale TEXT,
        everything BOOLEAN, interests BIGINT, standing TEXT, how TEXT, agreed_at {moment}, since {moment},
        ended_at {moment}, attributes TEXT, text_only BOOLEAN, tracked BOOLEAN, paused_until {moment},
        rank INTEGER, fate TEXT, subscriber_id BIGINT, subscription_id BIGINT, detail TEXT
    )
"""
# in the order of Arrival, and how much the row weighs
COLUMNS = (
    "(line, address, canonical, address_key, name, locale, everything, interests, standing, how, agreed_at,"
    " since, ended_at, attributes, text_only, tracked, paused_until, rank)"
)
PLACES = f"({', '.join(['%s'] * (COLUMNS.count(',') + 1))})"
BY_KEY = "CREATE INDEX arrival_by_key ON arrival (address_key)"
# SQLite might go by it from all subscribers to the range, instead of from the range to its subscribers.
NO_LONGER_BY_KEY = "DROP INDEX arrival_by_key"
DROP = "DROP TABLE IF EXISTS arrival"

DROP_OUTWEIGHED = """
    DELETE FROM arrival WHERE EXISTS (
        SELECT 1 FROM arrival other
        WHERE other.address_key = arrival.address_key
          AND (other.rank, other.line) > (arrival.rank, arrival.line)
    )
"""

_IN_FORCE = """
    SELECT 1 FROM suppression x
    WHERE x.address_key = a.address_key AND x.lifted_at IS NULL
      AND (x.list_id IS NULL OR x.list_id = %(list)s)
"""

# What somebody lifted, or agreed to anew, is not undone by older news; the same rule as for events.
_OUTDATED = """
    a.ended_at IS NOT NULL AND (
        EXISTS (
            SELECT 1 FROM suppression lifted
            WHERE lifted.address_key = a.address_key AND lifted.lifted_at >= a.ended_at
              AND (lifted.list_id IS NULL OR lifted.list_id = %(list)s)
        )
        OR EXISTS (
            SELECT 1 FROM consent
            WHERE consent.subscriber_id = p.id AND consent.list_id = %(list)s
              AND consent.action IN ('granted', 'confirmed') AND consent.at >= a.ended_at
        )
    )
"""

# what the row states of the person differs from what is there; an import never takes anything away
_OTHER = """
    (a.name NOT IN ('', {person}.name) OR a.locale NOT IN ('', {person}.locale)
     OR a.text_only <> {person}.text_only OR (a.tracked = FALSE AND {person}.tracked)
     OR {laid_over} <> {person}.attributes)
"""

DECIDE = f"""
    UPDATE arrival
    SET fate = decided.fate, subscriber_id = decided.subscriber_id, subscription_id = decided.subscription_id
    FROM (
        SELECT a.line, p.id AS subscriber_id, s.id AS subscription_id, CASE
            WHEN a.standing = 'outsider' THEN 'outsider'
            WHEN a.standing = 'unsubscribed' THEN CASE
                WHEN s.status = 'unsubscribed' THEN 'unsubscribed'
                WHEN s.id IS NULL AND EXISTS ({_IN_FORCE}) THEN 'suppressed'
                WHEN EXISTS ({_IN_FORCE} AND x.reason = a.standing) THEN 'suppressed'
                WHEN {_OUTDATED} THEN 'unchanged'
                WHEN s.id IS NULL THEN 'gone'
                ELSE 'left'
            END
            WHEN a.rank = 2 THEN CASE
                WHEN EXISTS ({_IN_FORCE} AND x.reason = a.standing) THEN 'suppressed'
                WHEN {_OUTDATED} THEN 'unchanged'
                ELSE 'barred'
            END
            WHEN s.status = 'unsubscribed' THEN 'unsubscribed'
            WHEN EXISTS ({_IN_FORCE}) THEN 'suppressed'
            WHEN s.id IS NULL THEN 'new'
            WHEN s.status = 'pending' AND a.standing <> 'pending' THEN 'confirmed'
            WHEN s.everything <> COALESCE(a.everything, s.everything)
              OR s.interests <> COALESCE(a.interests, s.interests) THEN 'changed'
            WHEN {_OTHER.replace("{person}", "p").replace("{laid_over}", "{laid_over_p}")} THEN 'renamed'
            ELSE 'unchanged'
        END AS fate
        FROM arrival a
        LEFT JOIN subscriber p ON p.address_key = a.address_key
        LEFT JOIN subscription s ON s.subscriber_id = p.id AND s.list_id = %(list)s
        WHERE a.line BETWEEN %(first)s AND %(last)s
    ) decided
    WHERE decided.line = arrival.line
"""

# What of interests changes into what: few pairs, many people.
CHANGES = """
    SELECT DISTINCT s.everything, s.interests, COALESCE(a.everything, s.everything),
        COALESCE(a.interests, s.interests)
    FROM arrival a JOIN subscription s ON s.id = a.subscription_id
    WHERE a.line BETWEEN %(first)s AND %(last)s AND a.fate = 'changed'
"""
TELL = """
    WITH told (all_before, before, all_after, after, detail) AS (VALUES {told})
    UPDATE arrival SET detail = told.detail
    FROM told JOIN subscription s ON s.everything = told.all_before AND s.interests = told.before
    WHERE s.id = arrival.subscription_id AND arrival.line BETWEEN %(first)s AND %(last)s
      AND arrival.fate = 'changed' AND COALESCE(arrival.everything, s.everything) = told.all_after
      AND COALESCE(arrival.interests, s.interests) = told.after
"""

COUNT = "SELECT fate, COUNT(*) FROM arrival WHERE line BETWEEN %(first)s AND %(last)s GROUP BY fate"

WRITE = (
    # the people we do not know yet, but for whoever was erased since it was decided
    """
    INSERT INTO subscriber
        (address, canonical, address_key, name, locale, text_only, tracked, attributes, created_at)
    SELECT address, canonical, address_key, name, locale, COALESCE(text_only, FALSE), COALESCE(tracked, TRUE),
        {attributes}, %(at)s
    FROM arrival WHERE line BETWEEN %(first)s AND %(last)s AND fate IN ('new', 'gone')
      AND NOT EXISTS (
        SELECT 1 FROM suppression x
        WHERE x.address_key = arrival.address_key AND x.reason = 'erased' AND x.lifted_at IS NULL
      )
    ORDER BY line
    ON CONFLICT DO NOTHING
    """,
    # what the source knows about the others
    f"""
    UPDATE subscriber
    SET name = COALESCE(NULLIF(a.name, ''), subscriber.name),
        locale = COALESCE(NULLIF(a.locale, ''), subscriber.locale),
        text_only = COALESCE(a.text_only, subscriber.text_only),
        tracked = subscriber.tracked AND COALESCE(a.tracked, TRUE),
        attributes = COALESCE({{laid_over}}, subscriber.attributes)
    FROM arrival a
    WHERE a.subscriber_id = subscriber.id AND a.line BETWEEN %(first)s AND %(last)s
      AND a.fate IN ('new', 'confirmed', 'changed', 'renamed')
      AND {_OTHER.replace("{person}", "subscriber")}
    """,
    """
    INSERT INTO subscription
        (subscriber_id, list_id, status, everything, interests, since, changed_at, paused_until)
    SELECT p.id, %(list)s, a.standing, COALESCE(a.everything, TRUE), COALESCE(a.interests, 0),
        COALESCE(a.since, a.agreed_at, a.ended_at, %(at)s), COALESCE(a.ended_at, %(at)s), a.paused_until
    FROM arrival a JOIN subscriber p ON p.address_key = a.address_key
    WHERE a.line BETWEEN %(first)s AND %(last)s AND a.fate IN ('new', 'gone')
    ORDER BY a.line
    ON CONFLICT DO NOTHING
    """,
    # whoever left meanwhile stays away
    """
    UPDATE subscription
    SET status = CASE a.fate WHEN 'confirmed' THEN a.standing ELSE subscription.status END,
        paused_until = CASE a.fate WHEN 'confirmed' THEN a.paused_until ELSE subscription.paused_until END,
        everything = COALESCE(a.everything, subscription.everything),
        interests = COALESCE(a.interests, subscription.interests),
        changed_at = %(at)s
    FROM arrival a
    WHERE a.subscription_id = subscription.id AND a.line BETWEEN %(first)s AND %(last)s
      AND a.fate IN ('confirmed', 'changed') AND subscription.status <> 'unsubscribed'
    """,
    """
    UPDATE subscription
    SET status = 'unsubscribed', paused_until = NULL, changed_at = %(at)s
    FROM arrival a
    WHERE a.subscription_id = subscription.id AND a.line BETWEEN %(first)s AND %(last)s AND a.fate = 'left'
    """,
    # as `leaving` and `suppressions` do for one
    """
    INSERT INTO suppression (address_key, list_id, reason, source, at, lifted_because)
    SELECT address_key, %(list)s, standing, %(source)s, COALESCE(ended_at, %(at)s), ''
    FROM arrival
    WHERE line BETWEEN %(first)s AND %(last)s AND fate IN ('left', 'gone', 'barred')
    ORDER BY line
    ON CONFLICT DO NOTHING
    """,
    # A consent that was stated for all is not that of those who wait to confirm, or have left.
    """
    INSERT INTO consent (subscriber_id, list_id, action, at, how, wording, network, detail)
    SELECT p.id, %(list)s, CASE a.fate WHEN 'changed' THEN 'changed' ELSE 'granted' END,
        CASE a.fate WHEN 'changed' THEN %(at)s ELSE COALESCE(a.agreed_at, %(at)s) END,
        COALESCE(a.how, %(how)s), '', '', {detail}
    FROM arrival a JOIN subscriber p ON p.address_key = a.address_key
    WHERE a.line BETWEEN %(first)s AND %(last)s AND (
        a.fate IN ('confirmed', 'changed') OR (a.fate = 'new' AND a.standing <> 'pending')
        OR (a.fate IN ('new', 'gone') AND a.agreed_at IS NOT NULL)
    )
    ORDER BY a.line
    """,
    """
    INSERT INTO consent (subscriber_id, list_id, action, at, how, wording, network, detail)
    SELECT p.id, %(list)s, 'withdrawn', COALESCE(a.ended_at, %(at)s), %(source)s, '', '', '{{}}'
    FROM arrival a JOIN subscriber p ON p.address_key = a.address_key
    WHERE a.line BETWEEN %(first)s AND %(last)s AND a.fate IN ('left', 'gone')
    ORDER BY a.line
    """,
)
