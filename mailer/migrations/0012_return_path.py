"""A request keeps whether its letters had a return path: settings change, and a report says what could be told."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, unknown of what is there."""

    dependencies: ClassVar = [("mailer", "0011_vacuum_after_inserts")]
    operations: ClassVar = [
        migrations.AddField("attempt", "return_path", models.BooleanField(blank=True, null=True)),
    ]
