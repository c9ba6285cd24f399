"""Texts and approvals say which user of the desk they are of, by number: any name can be taken in a shell.

Those that are there are of the user of that name, as they were taken for until now.
"""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FILL = """
UPDATE {table} SET {column}_user_id = (SELECT id FROM desk_user WHERE desk_user.name = {table}.{quoted})
WHERE {table}.{quoted} IN (SELECT name FROM desk_user)
"""


def _user() -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    """Two columns."""

    dependencies: ClassVar = [("mailer", "0009_exceptions_by_reason"), ("accounts", "0001_initial")]
    operations: ClassVar = [
        migrations.AddField(model_name="revision", name="author_user", field=_user()),
        migrations.AddField(model_name="approval", name="by_user", field=_user()),
        migrations.RunSQL(
            [
                FILL.format(table="revision", column="author", quoted="author"),
                FILL.format(table="approval", column="by", quoted='"by"'),
            ],
            migrations.RunSQL.noop,
        ),
    ]
