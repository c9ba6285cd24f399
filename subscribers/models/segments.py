"""A named part of a list: conditions as data, never as SQL."""

from django.db import models

from subscribers.models.lists import List


class Segment(models.Model):
    """Who of a list is meant, by typed conditions; counted and frozen when a send needs it."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="segments")
    slug = models.SlugField(max_length=64)
    # The tree that subscribers.segments reads and checks.
    conditions = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "segment"
        constraints = [models.UniqueConstraint(fields=["list", "slug"], name="segment_slug_once")]

    def __str__(self) -> str:
        """Return the slug: what commands take."""
        return self.slug
