"""What reports are counted from: what each copy tells beyond its own row, and the sums, kept as events come.

A copy's part in the sums follows from its row and its traces alone (mailer.tallies), so that all of it can be
counted again at any time, also when events are long removed and people erased.
"""

from django.db import models

from mailer.models.deliveries import Delivery
from mailer.models.sends import Send
from mailer.vocabulary import Measure
from subscribers.models.choices import only, word
from subscribers.models.lists import Interest, List


class Link(models.Model):
    """An address that stands in the letters of a send; what else is clicked counts as another link."""

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="links", db_index=False)
    key = models.CharField(max_length=32)  # mailer.tallies.links.link_key of the address
    url = models.TextField()
    # As the letter with the most stories has them, from its head to its foot.
    position = models.PositiveIntegerField()

    class Meta:
        """The table."""

        db_table = "link"
        constraints = [models.UniqueConstraint(fields=["send", "key"], name="link_once_in_a_send")]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"link {self.pk}"


class Trace(models.Model):
    """That a copy clicked a link, or was refused for a reason or at a domain: once each, at its earliest."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="traces", db_index=False)
    # `link`, whoever it was that clicked, or one of those by reason or by domain.
    measure = word(Measure)
    # What the measure counts by; of a link also one of mailer.tallies.links (OTHER, CANARY).
    key = models.BigIntegerField()
    # As told: by whoever clicked itself. Whether a person did is judged from all traces of the copy.
    machine = models.BooleanField(default=False)
    # Tells two programs on one copy apart, and nothing else: a short hash, another for each copy; 0 unknown.
    agent = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "trace"
        constraints = [
            only("trace", "measure", Measure),
            models.UniqueConstraint(
                fields=["delivery", "measure", "key", "machine", "agent"], name="trace_once"
            ),
        ]
        indexes = [
            # An erasure asks whether anything else is counted at a domain.
            models.Index(
                fields=["key"],
                condition=models.Q(measure__in=[each.value for each in Measure if each.endswith("_domain")]),
                name="trace_at_domain",
            ),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"trace {self.pk}"


class MailDomain(models.Model):
    """A domain that letters were refused or marked as spam at; removed when nothing is counted for it."""

    name = models.CharField(max_length=255, unique=True)

    class Meta:
        """The table."""

        db_table = "mail_domain"

    def __str__(self) -> str:
        """Return the number: a domain may be one person's."""
        return f"domain {self.pk}"


class Tally(models.Model):
    """How many copies of a send count for one measure and key: the sum of all its lines.

    Who applies events adds lines and changes none, so that nobody waits for another's sum; the sweep puts
    the lines of one key together.
    """

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="tallies", db_index=False)
    measure = word(Measure)
    # What the measure counts by: an hour since 1970, a link, a reason, a domain.
    key = models.BigIntegerField()
    n = models.IntegerField()
    # True: the one line that others of its key were put into.
    folded = models.BooleanField(default=False, db_default=False)

    class Meta:
        """The table."""

        db_table = "tally"
        constraints = [
            only("tally", "measure", Measure),
            # Reports read one send's sums, or one measure's of several.
            models.UniqueConstraint(
                fields=["send", "measure", "key"], condition=models.Q(folded=True), name="tally_once"
            ),
        ]
        indexes = [
            # The sweep looks for what is new, and so do reports.
            models.Index(fields=["send"], condition=models.Q(folded=False), name="tally_new"),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"tally {self.pk}"


class Reckoning(models.Model):
    """One day of a list, or of one of its interests: counted when the day is over, and kept as it was."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="reckonings", db_index=False)
    day = models.DateField()  # by the list's clock
    # NULL: the list as a whole.
    interest = models.ForeignKey(
        Interest, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    active = models.PositiveIntegerField()  # at the end of the day
    joined = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    # Active, counted, and without a sign for so long that they lapse; NULL where nothing is counted.
    lapsed = models.PositiveIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField()

    class Meta:
        """The table. Two partial keys, since NULL is never equal to NULL."""

        db_table = "reckoning"
        constraints = [
            models.UniqueConstraint(
                fields=["list", "day"], condition=models.Q(interest__isnull=True), name="reckoning_once"
            ),
            models.UniqueConstraint(
                fields=["list", "day", "interest"],
                condition=models.Q(interest__isnull=False),
                name="reckoning_once_an_interest",
            ),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"reckoning {self.pk}"
