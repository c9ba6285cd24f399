"""What somebody of ours changed: who, what, before and after; lines are added and never altered."""

from django.db import models

from subscribers.models.lists import List
from subscribers.models.people import Subscriber


class Change(models.Model):
    """One line of the audit log.

    `before` and `after` hold the fields that changed and no others. What is about a person names their row;
    erasing them blanks both and leaves the line.
    """

    at = models.DateTimeField()
    who = models.CharField(max_length=200)
    what = models.CharField(max_length=48)  # as the command has it: "lists set", "subscribers lift"
    list = models.ForeignKey(List, null=True, blank=True, on_delete=models.SET_NULL, related_name="changes")
    subscriber = models.ForeignKey(
        Subscriber, null=True, blank=True, on_delete=models.SET_NULL, related_name="changes"
    )
    # What it was about where the rows above do not say it: a slug, a file's name. Never an address.
    subject = models.CharField(max_length=200, default="", blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        """The table."""

        db_table = "change"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """Return the number, never the person."""
        return f"change {self.pk}"
