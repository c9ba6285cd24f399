"""A send, its batches and their attempts: the rows are the queue, and state lives on the batch."""

from django.db import models
from django.db.models import Q

from mailer.models.editions import Approval, Edition, Revision, Variant
from mailer.vocabulary import AnswerKind, BatchState, SendKind, SendStatus
from subscribers.models.choices import only, word


class Send(models.Model):
    """One scheduled delivery of one revision to one audience."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="sends")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="sends")
    approval = models.OneToOneField(
        Approval, null=True, blank=True, on_delete=models.PROTECT, related_name="send"
    )
    content_hash = models.CharField(max_length=64)
    # The text's, as it left: a correction gives the edition another.
    title = models.CharField(max_length=500, default="", blank=True)
    # As approved: what the list says later is another approval's business (I6).
    sender_name = models.CharField(max_length=200)
    sender_address = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=254, default="", blank=True)
    kind = word(SendKind, default=SendKind.SEND)
    # The send whose cancelled batches a correction takes.
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    # Typed conditions; NULL is everyone on the list.
    segment = models.JSONField(null=True, blank=True)
    # The instant, and what the editor said: "2026-12-01 09:00" in "Africa/Nairobi".
    scheduled_at = models.DateTimeField()
    wall_time = models.CharField(max_length=32, default="", blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    status = word(SendStatus, default=SendStatus.SCHEDULED)
    pause_reason = models.TextField(default="", blank=True)
    # Counted apart from the freeze's insert; NULL until then.
    candidates = models.PositiveIntegerField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    useful_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # False: from before sums were kept, or written without them; the sweep counts it (mailer.tallies).
    tallied = models.BooleanField(default=True, db_default=True)
    created_by = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "send"
        constraints = [
            only("send", "kind", SendKind),
            only("send", "status", SendStatus),
            # Only approved content leaves (I6); a test goes to people who were asked.
            models.CheckConstraint(
                condition=Q(kind="test") | Q(approval__isnull=False), name="send_is_approved"
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True) | Q(candidates__isnull=False),
                name="send_frozen_is_counted",
            ),
        ]
        indexes = [
            # The sweep reads open sends only, and most are finished.
            models.Index(
                fields=["status", "scheduled_at"],
                condition=Q(status__in=["scheduled", "preparing", "sending", "paused", "settling"]),
                name="send_open",
            ),
            # The sweep looks for what is not counted yet, which is hardly ever anything.
            models.Index(fields=["id"], condition=Q(tallied=False), name="send_not_tallied"),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"send {self.pk}"


class Batch(models.Model):
    """What one transport call takes: readers of one variant."""

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="batches")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="batches")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    state = word(BatchState, default=BatchState.PENDING)
    # Not unique: an unknown child of an SMTP batch keeps its parent's.
    attempt = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fired_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    # How many readers are in it; changes in the transaction that changes them.
    n = models.PositiveIntegerField()
    # The correction that took its readers.
    replaced_by = models.ForeignKey(
        Send, null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )

    class Meta:
        """The table."""

        db_table = "batch"
        constraints = [
            only("batch", "state", BatchState),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "submitting"]) | Q(attempt__isnull=False),
                name="batch_in_hand_has_an_attempt",
            ),
        ]
        indexes = [
            # Claims and sums read one send's batches by state.
            models.Index(fields=["send", "state"], name="batch_of_send"),
            # The sweep looks for what is held or in doubt, and most batches are neither.
            models.Index(
                fields=["state"],
                condition=Q(state__in=["claimed", "submitting", "unknown"]),
                name="batch_in_hand_or_doubt",
            ),
            # An event finds its batch by the attempt it carries.
            models.Index(fields=["attempt"], condition=Q(attempt__isnull=False), name="batch_by_attempt"),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"batch {self.pk}"


class Attempt(models.Model):
    """One request for one batch, with our own id; kept for ever, since late evidence names it."""

    id = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="attempts")
    transport = models.CharField(max_length=32)
    n = models.PositiveIntegerField()
    fired_at = models.DateTimeField()
    payload_hash = models.CharField(max_length=64)  # SHA-256 of the request as compact JSON, hex
    # Whether refusals could come back by mail, as a relay's do (a service tells them); unknown of old ones.
    return_path = models.BooleanField(null=True, blank=True)
    answer = word(AnswerKind, null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # HTTP or SMTP
    detail = models.TextField(default="", blank=True)  # the provider's own words, addresses removed
    message_id = models.CharField(max_length=200, default="", blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # answer, event, journal, sweep, or the person who decided
    settled_by = models.CharField(max_length=200, default="", blank=True)
    # Who decided about its doubt, a person or the list's policy: readers were sent another copy, or left out.
    abandoned_by = models.CharField(max_length=200, default="", blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)
    # An event told of it although the transport had refused it for certain: an alarm for a person.
    contradicted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The table."""

        db_table = "attempt"
        constraints = [only("attempt", "answer", AnswerKind, or_null=True)]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"attempt {self.pk}"
