"""The audit log as a chain: digests for the lines there are, and triggers that keep lines as they are."""

from django.db import migrations, models

from subscribers import chaining

PORTION = 1_000

WRITE = """
UPDATE change SET list_number = list_id, salt = %s, told = %s, mark = %s, number = %s, digest = %s WHERE id = %s
"""
NOTE = """
INSERT INTO change_seal (id, number, digest) VALUES (1, %s, %s)
"""

# What may become of a line: the list or the person is gone; an erasure blanks it; it is sealed. Each once.
AS_WRITTEN = ("id", "at", "who", "what", "subject", "list_number", "work", "told", "mark")
ALLOWED = (
    " AND ".join(f"OLD.{column} {{same}} NEW.{column}" for column in AS_WRITTEN)
    + """
  AND (OLD.list_id {same} NEW.list_id OR NEW.list_id IS NULL)
  AND (OLD.subscriber_id {same} NEW.subscriber_id OR NEW.subscriber_id IS NULL)
  AND (
    (OLD.before {same} NEW.before AND OLD.after {same} NEW.after
      AND OLD.salt {same} NEW.salt AND OLD.blanked {same} NEW.blanked)
    OR (OLD.blanked = '' AND NEW.blanked <> '' AND NEW.salt = ''
      AND NEW.before = {nothing} AND NEW.after = {nothing} AND NEW.subscriber_id IS NULL)
  )
  AND (
    (OLD.number {same} NEW.number AND OLD.digest {same} NEW.digest)
    OR (OLD.number IS NULL AND NEW.number IS NOT NULL AND NEW.digest <> '')
  )"""
)
NOT_ALTERED = "a line of the audit log cannot be altered"
NOT_REMOVED = "a line of the audit log cannot be removed"

GUARDS = {
    "sqlite": (
        f"""
CREATE TRIGGER change_not_altered BEFORE UPDATE ON change
WHEN NOT ({ALLOWED.format(same="IS", nothing="'{}'")})
BEGIN SELECT RAISE(ABORT, '{NOT_ALTERED}'); END
""",
        f"""
CREATE TRIGGER change_not_removed BEFORE DELETE ON change
BEGIN SELECT RAISE(ABORT, '{NOT_REMOVED}'); END
""",
    ),
    "postgresql": (
        f"""
CREATE FUNCTION change_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION '{NOT_REMOVED}';
  END IF;
  IF NOT ({ALLOWED.format(same="IS NOT DISTINCT FROM", nothing="'{}'::jsonb")}) THEN
    RAISE EXCEPTION '{NOT_ALTERED}';
  END IF;
  RETURN NEW;
END $$
""",
        """
CREATE TRIGGER change_guard BEFORE UPDATE OR DELETE ON change
FOR EACH ROW EXECUTE FUNCTION change_guard()
""",
    ),
}
NO_GUARDS = {
    "sqlite": ("DROP TRIGGER IF EXISTS change_not_altered", "DROP TRIGGER IF EXISTS change_not_removed"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS change_guard ON change",
        "DROP FUNCTION IF EXISTS change_guard()",
    ),
}


def chain(apps, schema_editor):
    """Give each line there is its mark and its place, in the order of their numbers."""
    Change = apps.get_model("subscribers", "Change")
    after = number = 0
    digest = ""
    with schema_editor.connection.cursor() as cursor:
        while lines := list(Change.objects.filter(pk__gt=after).order_by("pk")[:PORTION]):
            rows = []
            for line in lines:
                salt = chaining.chance()
                told = chaining.told(salt, line.subscriber_id, line.before, line.after)
                mark = chaining.Words(line.at, line.who, line.what, line.list_id, "", line.subject, told).mark
                number += 1
                digest = chaining.link(digest, number, line.pk, mark)
                rows.append((salt, told, mark, number, digest, line.pk))
            cursor.executemany(WRITE, rows)
            after = lines[-1].pk
        if number:
            cursor.execute(NOTE, (number, digest))


def guard(apps, schema_editor):
    """Have the database refuse what would alter or remove a line."""
    for statement in GUARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    """Take that back."""
    for statement in NO_GUARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('subscribers', '0003_requests_from_pages'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(default=0)),
                ('digest', models.CharField(blank=True, default='', max_length=32)),
            ],
            options={
                'db_table': 'change_seal',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='change_seal_only_one')],
            },
        ),
        migrations.AddField(
            model_name='change',
            name='blanked',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
        migrations.AddField(
            model_name='change',
            name='digest',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
        migrations.AddField(
            model_name='change',
            name='list_number',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='change',
            name='mark',
            field=models.CharField(default='', max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='change',
            name='number',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='change',
            name='salt',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
        migrations.AddField(
            model_name='change',
            name='told',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
        migrations.AddField(
            model_name='change',
            name='work',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('work', ''), _negated=True), fields=['work', 'id'], name='change_of_one_work'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(fields=('mark',), name='change_mark_once'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(fields=('number',), name='change_number_once'),
        ),
        # After whatever makes the table anew, which SQLite's triggers do not outlive.
        migrations.RunPython(guard, unguard),
    ]
