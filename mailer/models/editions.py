"""An edition is one issue of a list; its text lives in revisions, its letters in variants."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mailer.vocabulary import EditionStatus
from subscribers.models.choices import only, word
from subscribers.models.lists import Interest, List

# VariantSet.interests of readers who get everything; every other value is a set of bits.
EVERYTHING = -1


class Edition(models.Model):
    """One issue of a list."""

    list = models.ForeignKey(List, on_delete=models.PROTECT, related_name="editions")
    status = word(EditionStatus, default=EditionStatus.DRAFT)
    # Copies of the newest revision's, so that lists of editions read one table.
    title = models.CharField(max_length=500)
    date = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "edition"
        constraints = [only("edition", "status", EditionStatus)]
        indexes = [models.Index(fields=["list", "-id"], name="edition_newest_of_list")]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"edition {self.pk}"


class Revision(models.Model):
    """The text of an edition at one moment; immutable, so that what was approved stays what it was."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    # Canonical Markdown with front matter.
    text = models.TextField()
    text_hash = models.CharField(max_length=64)  # SHA-256 of the text, hex
    # What was pasted, as it arrived, where it was not canonical: nothing of it is lost.
    source = models.TextField(default="", blank=True)
    source_hash = models.CharField(max_length=64, default="", blank=True)
    warnings = models.JSONField(default=list, blank=True)
    author = models.CharField(max_length=200, default="", blank=True)
    # NULL: of somebody by the command line, whatever the name says (mailer.seconding).
    author_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "revision"
        constraints = [models.UniqueConstraint(fields=["edition", "number"], name="revision_number_once")]
        indexes = [
            # The same text imported twice is found, not stored twice.
            models.Index(fields=["text_hash"], name="revision_by_text"),
            models.Index(fields=["source_hash"], condition=~Q(source_hash=""), name="revision_by_source"),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"revision {self.pk}"


class Approval(models.Model):
    """A person's word that exactly this content may leave; each schedule consumes one."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="approvals")
    # Text, theme, templates' version, sender and postal address: change one, and it approves nothing.
    content_hash = models.CharField(max_length=64)
    by = models.CharField(max_length=200)
    # NULL: the same.
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField()
    # Why preflight's warnings may stand, in words; '' where there were none, or nobody said.
    word = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        """The table."""

        db_table = "approval"

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"approval {self.pk}"


class Story(models.Model):
    """One item of a revision, for search and for clicks per story; the text itself is the revision's."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="stories")
    position = models.PositiveIntegerField()
    title = models.TextField()
    url = models.TextField(default="", blank=True)
    summary = models.TextField(default="", blank=True)  # Markdown
    interests = models.ManyToManyField(Interest, related_name="stories", db_table="story_interest")

    class Meta:
        """The table."""

        db_table = "story"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="story_position_once"),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"story {self.pk}"


# Of a variant, in SQL: its letters can tell whether they were read. Text alone has no picture of ours.
CAN_TELL = "variant.tracked AND NOT variant.text_only"


class Variant(models.Model):
    """A revision as rendered for sets of interests that yield equal letters; made once, immutable."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="variants")
    content_hash = models.CharField(max_length=64)
    text_only = models.BooleanField(default=False)
    tracked = models.BooleanField(default=True)
    language = models.CharField(max_length=35)
    subject = models.TextField()
    html = models.TextField()  # '' for a text-only variant
    text = models.TextField()
    # False: nobody is sent it, since it holds no story in full and the list says to skip.
    has_story = models.BooleanField(default=True)
    hash = models.CharField(max_length=64)  # SHA-256 of subject, HTML and text, hex
    created_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "variant"
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "content_hash", "hash", "text_only", "tracked", "language"],
                name="variant_made_once",
            ),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"variant {self.pk}"


class VariantSet(models.Model):
    """One set of interests, and the variant it yields: what the freeze joins readers to letters by."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="sets")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="variant_sets")
    content_hash = models.CharField(max_length=64)
    # EVERYTHING, or the reader's bits that the edition carries.
    interests = models.BigIntegerField()
    text_only = models.BooleanField(default=False)
    tracked = models.BooleanField(default=True)
    language = models.CharField(max_length=35)

    class Meta:
        """The table."""

        db_table = "variant_set"
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "content_hash", "interests", "text_only", "tracked", "language"],
                name="variant_set_once",
            ),
            models.CheckConstraint(condition=Q(interests__gte=EVERYTHING), name="variant_set_is_bits"),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"variant set {self.pk}"
