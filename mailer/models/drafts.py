"""Text that somebody has typed at the desk and not saved."""

from django.db import models

from mailer.models.editions import Edition


class Draft(models.Model):
    """What one person has typed over an edition; a revision, which others see, is made of it later."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="drafts")
    who = models.CharField(max_length=200)
    # The revision that they began to type over; whatever was saved since is merged.
    based_on = models.PositiveIntegerField()
    # As it was typed: it need not read.
    text = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "draft"
        constraints = [models.UniqueConstraint(fields=["edition", "who"], name="draft_once_a_person")]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"draft {self.pk}"
