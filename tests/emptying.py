"""Remove what a test committed: only from the tables that hold something, which most never do.

Django's own flush goes through all tables and then makes what `migrate` makes again; that took longer than
most of our tests.
"""

from django.db import connection, transaction

# What `migrate` writes and no test does.
KEPT = frozenset({"django_migrations", "django_content_type"})


def empty() -> None:
    """Remove every row but those that `migrate` made."""
    tables = [
        name for name in connection.introspection.django_table_names(only_existing=False) if name not in KEPT
    ]
    quoted = [connection.ops.quote_name(name) for name in tables]
    held = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in quoted)
    with connection.cursor() as cursor:
        cursor.execute(held)
        full = [name for (name,) in cursor.fetchall()]
    if not full:
        return
    if connection.vendor == "sqlite":
        with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
            for name in full:
                cursor.execute(f"DELETE FROM {name}")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # Without triggers: neither of foreign keys, nor of the log that is append-only.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in full:
            cursor.execute(f"DELETE FROM {name}")
