"""What all workers together know of a transport: how fast it may go, and whether it can be trusted now."""

from django.db import models


class Transport(models.Model):
    """One way out; a row appears with the first thing to remember about it."""

    name = models.CharField(max_length=32, primary_key=True)
    # How many answers in a row were unknown: from the first on, canaries go first.
    doubts = models.PositiveIntegerField(default=0)
    # No request before it: a rate limit's reset. Proof and acceptance leave it as it is.
    not_before = models.DateTimeField(null=True, blank=True)
    # While in doubt, no canary before it.
    turn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The table."""

        db_table = "transport"

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"transport {self.name}"


class Allowance(models.Model):
    """A bucket that all workers pay from: of a transport, of its hour, or of one recipient domain."""

    # "sendgrid", "sendgrid/hour", "sendgrid/gmail.com"
    name = models.CharField(max_length=300, primary_key=True)
    # Unix seconds up to which the pace is spent: the generic cell rate algorithm's arrival time.
    spent_until = models.FloatField(default=0)

    class Meta:
        """The table."""

        db_table = "allowance"

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"allowance {self.name}"
