"""What was asked for on a page, and what must not be asked too often."""

from django.db import models
from django.db.models import Q

from subscribers.models.choices import only, word
from subscribers.models.lists import List
from subscribers.models.people import Subscriber
from subscribers.vocabulary import Departed, RequestKind


class Request(models.Model):
    """Something a visitor asked for, to be proved by a link that only the address's owner gets.

    The row is the queue: a worker answers it, with a letter or with a reason why none goes. It is used once.
    """

    kind = word(RequestKind)
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="requests")
    # Whose it is; NULL while one who signs up is nobody yet.
    subscriber = models.ForeignKey(
        Subscriber, null=True, blank=True, on_delete=models.CASCADE, related_name="requests"
    )
    # Where the letter goes; '' once it is of no more use. The hash stays as long as its limits count.
    address = models.CharField(max_length=254, default="", blank=True)
    address_key = models.CharField(max_length=32)
    everything = models.BooleanField(default=True)
    interests = models.BigIntegerField(default=0)
    tracked = models.BooleanField(default=False)
    # Whether the current edition shall come along with the welcome.
    current = models.BooleanField(default=False)
    language = models.CharField(max_length=35, default="", blank=True)  # BCP 47, of the page
    wording = models.CharField(max_length=64, default="", blank=True)  # version of the form's text
    network = models.CharField(max_length=64, default="", blank=True)  # minimised: /24 or /48
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    # Why no letter went out, in words; '' if one did.
    kept_back = models.CharField(max_length=200, default="", blank=True)
    # From then on its link is good for a while.
    written_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The table."""

        db_table = "request"
        constraints = [
            only("request", "kind", RequestKind),
            models.CheckConstraint(condition=Q(interests__gte=0), name="request_interests_are_bits"),
            models.CheckConstraint(
                condition=Q(everything=False) | Q(interests=0), name="request_everything_or_some"
            ),
            # Asked again, it is the same request with the latest choice: 10,000 forms are one row.
            models.UniqueConstraint(
                fields=["address_key", "list", "kind"],
                condition=Q(used_at__isnull=True),
                name="request_open_once",
            ),
        ]
        indexes = [
            # Workers look for what is not answered, and most is.
            models.Index(
                fields=["asked_at"], condition=Q(answered_at__isnull=True), name="request_unanswered"
            ),
        ]

    def __str__(self) -> str:
        """Return the number, never the address: this text reaches logs."""
        return f"request {self.pk}"


class Brake(models.Model):
    """How often something happened lately; `name` says what, and people only as a keyed hash."""

    name = models.CharField(max_length=100, primary_key=True)
    # Seconds since 1970, the latest last; or counts by the hour.
    times = models.JSONField(default=list)
    # Of no more use after that; retention removes it.
    keep_until = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "brake"
        indexes = [models.Index(fields=["keep_until"], name="brake_of_no_use")]  # for retention

    def __str__(self) -> str:
        """Return what it counts."""
        return self.name


class Departure(models.Model):
    """Why somebody left, if they cared to say; on a day, and nobody knows who."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="departures")
    reason = word(Departed)
    day = models.DateField()
    people = models.PositiveIntegerField(default=0)

    class Meta:
        """The table."""

        db_table = "departure"
        constraints = [
            only("departure", "reason", Departed),
            models.UniqueConstraint(fields=["list", "reason", "day"], name="departure_once_a_day"),
        ]

    def __str__(self) -> str:
        """Return the reason and its day."""
        return f"{self.reason} on {self.day}"
