"""Leave room beside each delivery on PostgreSQL: an event's time then stays in its page, and no index moves."""

from typing import Any, ClassVar

from django.db import migrations


def leave_room(_apps: Any, editor: Any) -> None:
    """Set the fill factor; SQLite has none."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE delivery SET (fillfactor = 60)")


class Migration(migrations.Migration):
    """One storage option."""

    dependencies: ClassVar = [("mailer", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(leave_room, migrations.RunPython.noop)]
