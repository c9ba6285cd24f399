"""Two indexes by which PostgreSQL finds people among a million: by the domain of an address, by words of a name.

SQLite, which is for up to 100,000, goes through all of them in as short a time. Neither index holds one entry
a person: there are far fewer domains and words, so that an import of a million people hardly notices them.
"""

from typing import Any, ClassVar

from django.db import migrations

# In the very words of subscribers.matching, or PostgreSQL would not use them.
INDEXES = {
    "subscriber_domain": "(substr(canonical, strpos(canonical, '@') + 1))",
    "subscriber_name_words": "USING gin (to_tsvector('simple', name))",
}


def make(_apps: Any, editor: Any) -> None:
    """Make the indexes."""
    if editor.connection.vendor == "postgresql":
        for name, index in INDEXES.items():
            editor.execute(f"CREATE INDEX {name} ON subscriber {index}")


def drop(_apps: Any, editor: Any) -> None:
    """Take them away again."""
    if editor.connection.vendor == "postgresql":
        for name in INDEXES:
            editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    """Two indexes."""

    dependencies: ClassVar = [("subscribers", "0004_changes_chained")]
    operations: ClassVar = [migrations.RunPython(make, drop)]
