"""Themes: how a list's letters look, as data, with every version there was."""

from django.db import models

from subscribers.models.lists import List


class Theme(models.Model):
    """One version of a list's theme; never altered. The list itself holds the one that counts."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="themes")
    number = models.PositiveIntegerField()  # 1, 2, … within the list
    data = models.JSONField(default=dict, blank=True)
    by = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "theme"
        constraints = [models.UniqueConstraint(fields=["list", "number"], name="theme_number_once")]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"theme {self.number} of list {self.list_id}"
