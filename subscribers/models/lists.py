"""A list is a newsletter one can subscribe to; it owns its interests, its sender and its rules."""

from django.db import models
from django.db.models import Q

from subscribers.models.choices import only, word
from subscribers.vocabulary import NoStory, UnchosenStories, WhenUnknown

# An interest's number is a bit of a signed 64-bit column: 0 to 62.
MOST_INTERESTS = 63


class List(models.Model):
    """A newsletter one can subscribe to."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(default="", blank=True)
    language = models.CharField(max_length=35, default="en")  # BCP 47
    zone = models.CharField(max_length=64, default="UTC")  # IANA
    sender_name = models.CharField(max_length=200)
    sender_address = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=254, default="", blank=True)
    # The law asks for it at the foot of every letter (CAN-SPAM, 15 USC 7704).
    postal_address = models.TextField()
    # Told by mail when a send is paused, missed, unknown or done.
    owner_address = models.CharField(max_length=254, default="", blank=True)
    unchosen_stories = word(UnchosenStories, default=UnchosenStories.HEADLINES)
    no_story = word(NoStory, default=NoStory.SKIP)
    when_unknown = word(WhenUnknown, default=WhenUnknown.HOLD)
    second_approval = models.BooleanField(default=False)
    # Opens and clicks are counted only where the list says so (ePrivacy 5(3)).
    tracked = models.BooleanField(default=True)
    public = models.BooleanField(default=True)
    # Words that propose an interest, beyond the gazetteer that ships: {"africa": ["Malabo"]}.
    gazetteer = models.JSONField(default=dict, blank=True)
    theme = models.JSONField(default=dict, blank=True)
    # Days after which what nobody needs any more is removed; NULL: never.
    keep_pending_days = models.PositiveIntegerField(null=True, blank=True, default=30)
    keep_inactive_days = models.PositiveIntegerField(null=True, blank=True)
    # The next interest's number; only ever grows, so that no number is used twice.
    next_interest = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The table."""

        db_table = "list"
        constraints = [
            only("list", "unchosen_stories", UnchosenStories),
            only("list", "no_story", NoStory),
            only("list", "when_unknown", WhenUnknown),
            models.CheckConstraint(
                condition=Q(next_interest__lte=MOST_INTERESTS), name="list_interests_fit_a_bigint"
            ),
        ]

    def __str__(self) -> str:
        """Return the slug: what commands take."""
        return self.slug


class Interest(models.Model):
    """A topic of a list that a subscriber picks; a story carries any number of them."""

    # Slugs it had before: editions that say so are read as ever, and no other interest gets one of them.
    former = models.JSONField(default=list, blank=True)
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="interests")
    # Permanent and never reused: `1 << number` is this interest in every column of interests.
    number = models.PositiveSmallIntegerField()
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The table."""

        db_table = "interest"
        ordering = ["position", "number"]
        constraints = [
            models.UniqueConstraint(fields=["list", "number"], name="interest_number_once"),
            models.UniqueConstraint(fields=["list", "slug"], name="interest_slug_once"),
            models.CheckConstraint(condition=Q(number__lt=MOST_INTERESTS), name="interest_number_is_a_bit"),
        ]

    def __str__(self) -> str:
        """Return the slug: what commands and `{…}` in an edition take."""
        return self.slug
