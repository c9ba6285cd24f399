"""What somebody of ours changed: who, what, before and after; lines are added and never altered."""

from django.db import models
from django.db.models import Q

from subscribers.models.lists import List
from subscribers.models.people import Subscriber


class Change(models.Model):
    """One line of the audit log.

    `before` and `after` hold the fields that changed and no others. What is about a person names their row;
    erasing them blanks both and leaves the line. The digests are those of subscribers.chaining. Triggers
    (migration 0004) refuse whatever else would alter or remove a line: a migration that has SQLite make this
    table anew must make them anew too.
    """

    at = models.DateTimeField()
    who = models.CharField(max_length=200)
    what = models.CharField(max_length=48)  # as the command has it: "lists set", "subscribers lift"
    list = models.ForeignKey(List, null=True, blank=True, on_delete=models.SET_NULL, related_name="changes")
    # Of a list that has been removed, too: what the mark is made with.
    list_number = models.BigIntegerField(null=True, blank=True)
    subscriber = models.ForeignKey(
        Subscriber, null=True, blank=True, on_delete=models.SET_NULL, related_name="changes"
    )
    # What it was about where the rows above do not say it: a slug, a file's name. Never an address.
    subject = models.CharField(max_length=200, default="", blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    # What the lines about one work in portions have in common; the last says how far it came.
    work = models.CharField(max_length=32, default="", blank=True)

    # Of the person, before and after; the salt goes when they are blanked, and `blanked` says that we did it.
    salt = models.CharField(max_length=32, default="", blank=True)
    told = models.CharField(max_length=32, default="", blank=True)
    blanked = models.CharField(max_length=32, default="", blank=True)
    mark = models.CharField(max_length=32)  # of all that the line says
    # Its place in the order in which lines were committed, and the digest that ties it to the one before:
    # written once, a moment after the line.
    number = models.BigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        """The table."""

        db_table = "change"
        ordering = ["at", "pk"]
        indexes = [
            # Whether a portion is the last one: asked of each line that is shown.
            models.Index(fields=["work", "id"], condition=~Q(work=""), name="change_of_one_work"),
        ]
        constraints = [
            # A line that was copied is no second line.
            models.UniqueConstraint(fields=["mark"], name="change_mark_once"),
            # It also finds what waits to be sealed, which has none: every sweep asks.
            models.UniqueConstraint(fields=["number"], name="change_number_once"),
        ]

    def __str__(self) -> str:
        """Return the number, never the person."""
        return f"change {self.pk}"


class Seal(models.Model):
    """How far the audit log is sealed: one row, which whoever seals holds meanwhile.

    It is a second place for what the last sealed line says, so that lines cut off at the end are missed.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        """The table."""

        db_table = "change_seal"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="change_seal_only_one")]

    def __str__(self) -> str:
        """Return how far."""
        return f"sealed up to {self.number}"
