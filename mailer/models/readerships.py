"""How many read a list, by what decides their letter: kept for lists that take long to count."""

from django.db import models

from subscribers.models.lists import List


class Readership(models.Model):
    """One list's people as they were counted last; counted anew while anybody asks."""

    list = models.OneToOneField(List, on_delete=models.CASCADE, related_name="readership")
    # Lines of (standing, suppressed, bits or EVERYTHING, text only, counted, how many): mailer.counting.
    people = models.JSONField()
    counted_at = models.DateTimeField()
    asked_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "readership"

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"readership of list {self.list_id}"
