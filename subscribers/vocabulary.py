"""The words of consent; each value is what stands in the database and in JSON."""

from enum import StrEnum


class Status(StrEnum):
    """Where a subscription stands."""

    # asked for, not yet confirmed: gets nothing but the confirmation letter
    PENDING = "pending"
    # confirmed, or imported with a stated consent: gets every send
    ACTIVE = "active"
    # wants no letters for a while
    PAUSED = "paused"
    # has left; only they themselves can come back
    UNSUBSCRIBED = "unsubscribed"


class Suppressed(StrEnum):
    """Why an address must not be written to."""

    # the mailbox does not exist or refuses for good
    BOUNCED = "bounced"
    # the reader pressed "spam"
    COMPLAINED = "complained"
    # the reader left
    UNSUBSCRIBED = "unsubscribed"
    # a person of ours said so
    BY_HAND = "by_hand"
    # the person asked to be forgotten; only the hash is left
    ERASED = "erased"


class Action(StrEnum):
    """What a consent record is evidence of."""

    GRANTED = "granted"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


class UnchosenStories(StrEnum):
    """What a reader sees of the stories outside their interests."""

    HEADLINES = "headlines"
    FULL = "full"
    HIDDEN = "hidden"


class NoStory(StrEnum):
    """What happens to a reader for whom an edition has no story in full."""

    SKIP = "skip"
    TOP_STORIES = "top_stories"


class WhenUnknown(StrEnum):
    """What happens to an unknown batch that no person decides about in time."""

    HOLD = "hold"
    RESEND = "resend"
    LEAVE_OUT = "leave_out"


class OutboxKind(StrEnum):
    """What a letter to one person is for."""

    CONFIRMATION = "confirmation"
    WELCOME = "welcome"
    NOTICE = "notice"
    # a link that somebody asked for on a page: to their data, to being forgotten, to another address
    LINK = "link"
    # the edition that others had last, for one who has just come
    CURRENT = "current"


class OutboxState(StrEnum):
    """Where a letter to one person stands; the states of a batch, for a batch of one."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class RequestKind(StrEnum):
    """What somebody asked for on a page, to be proved by a link in a letter."""

    SIGN_UP = "sign_up"
    # a copy of all that is known of them
    DATA = "data"
    FORGET = "forget"
    # to get letters elsewhere: first proved by the address that they have,
    READDRESS = "readdress"
    # then by the one that they want
    MOVE = "move"


class Departed(StrEnum):
    """Why somebody left, in the words of the page."""

    TOO_MANY = "too_many"
    NOT_MY_SUBJECTS = "not_my_subjects"
    READ_ELSEWHERE = "read_elsewhere"
    NEVER_SUBSCRIBED = "never_subscribed"
    OTHER = "other"
