"""Pictures that stories show."""

from django.db import models


class Picture(models.Model):
    """One picture as it is sent to whoever opens a letter; never altered, since its name is its hash."""

    # <32 hex of SHA-256>-<width>x<height>.<jpg|png>
    name = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()
    # The file or address that it was made of.
    source = models.CharField(max_length=1000, default="", blank=True)
    by = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "picture"

    def __str__(self) -> str:
        """Return the name, which says nothing of what it shows."""
        return self.name
