"""The words of a send; each value is what stands in the database, in JSON and on pages."""

from enum import StrEnum


class EditionStatus(StrEnum):
    """Where an edition stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    DONE = "done"
    CANCELLED = "cancelled"


class SendKind(StrEnum):
    """What a send is for."""

    # the edition to its audience
    SEND = "send"
    # corrected text to those whose copy was cancelled before it left
    CORRECTION = "correction"
    # to named addresses, outside reports and outside once-a-reader
    TEST = "test"


class SendStatus(StrEnum):
    """Where a send stands."""

    SCHEDULED = "scheduled"
    # variants are rendered and the audience is being frozen
    PREPARING = "preparing"
    SENDING = "sending"
    # a person, or a refusal by the transport, stopped it; no batch may be fired
    PAUSED = "paused"
    # nothing left to fire; answers or proofs are still awaited
    SETTLING = "settling"
    DONE = "done"
    # everything that can be known is known, and some readers are not confirmed
    DONE_WITH_GAPS = "done_with_gaps"
    CANCELLED = "cancelled"
    # the hour passed while nobody was there to send; a person decides
    MISSED = "missed"


# Not over yet.
OPEN = (
    SendStatus.SCHEDULED,
    SendStatus.PREPARING,
    SendStatus.SENDING,
    SendStatus.PAUSED,
    SendStatus.SETTLING,
)


class BatchState(StrEnum):
    """Where one request's worth of readers stands."""

    PENDING = "pending"
    # leased by a worker; nothing has left
    CLAIMED = "claimed"
    # past the point of no return: the request may have left
    SUBMITTING = "submitting"
    # the transport took it
    ACCEPTED = "accepted"
    # we cannot tell whether the transport took it
    UNKNOWN = "unknown"
    # undecided when the edition's useful life ended
    NOT_CONFIRMED = "not_confirmed"
    CANCELLED = "cancelled"
    # its readers moved to smaller batches
    SPLIT = "split"
    # its readers moved to a batch that is sent again, by a person's decision
    RESENT = "resent"
    # nobody is left in it
    CLOSED = "closed"


class DeliveryState(StrEnum):
    """The outcome of one reader's copy where it differs from its batch's."""

    EXCLUDED = "excluded"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    NOT_CONFIRMED = "not_confirmed"


class Reason(StrEnum):
    """Why a reader has no copy: a closed list, in order; the first that applies is written."""

    SUPPRESSED = "suppressed"
    PAUSED = "paused"
    UNCONFIRMED = "unconfirmed"
    DUPLICATE_ADDRESS = "duplicate_address"
    INVALID_ADDRESS = "invalid_address"
    NO_STORY = "no_story"
    # another send of the edition holds this reader, whatever that copy's state
    ALREADY_HAS_THIS_EDITION = "already_has_this_edition"
    MAY_HAVE_FIRST_TEXT = "may_have_first_text"
    UNSUBSCRIBED_SINCE = "unsubscribed_since"
    SUPPRESSED_SINCE = "suppressed_since"
    ERASED = "erased"
    REFUSED_BY_TRANSPORT = "refused_by_transport"
    LEFT_OUT_BY_OPERATOR = "left_out_by_operator"


class AnswerKind(StrEnum):
    """What a transport's answer to one request means for its readers."""

    ACCEPTED = "accepted"
    # certainly not taken, may be asked again
    NOT_ACCEPTED = "not_accepted"
    # certainly not taken, and asking again is of no use until a person has acted
    REFUSED = "refused"
    # certainly not taken, because of one reader's address
    ADDRESS_REFUSED = "address_refused"
    # some readers' copies were taken, and it was said whose
    PARTLY = "partly"
    # it may have been taken
    UNKNOWN = "unknown"


class EventKind(StrEnum):
    """What came back about one copy."""

    # the transport has begun to deliver it
    PROCESSED = "processed"
    # the reader's mail server took it
    DELIVERED = "delivered"
    # the reader's mail server asks to wait
    DEFERRED = "deferred"
    # the reader's mail server refuses it for good
    BOUNCED = "bounced"
    # refused this once: reputation, content, a full mailbox; does not suppress
    BLOCKED = "blocked"
    # the transport itself would not send it
    DROPPED = "dropped"
    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class Measure(StrEnum):
    """What is counted of a send; each counts copies, by the key that is said beside it."""

    # By the hour of the earliest event of the kind.
    PROCESSED = "processed"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
    DROPPED = "dropped"
    OPENED = "opened"
    MACHINE_OPENED = "machine_opened"
    CLICKED = "clicked"
    MACHINE_CLICKED = "machine_clicked"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    # By the link that a person, or a machine, followed.
    LINK = "link"
    MACHINE_LINK = "machine_link"
    # By the reason that was given.
    BOUNCE_REASON = "bounce_reason"
    BLOCK_REASON = "block_reason"
    DROP_REASON = "drop_reason"
    # By the reader's domain; 0 where nobody knows any more.
    DEFER_DOMAIN = "defer_domain"
    BOUNCE_DOMAIN = "bounce_domain"
    BLOCK_DOMAIN = "block_domain"
    COMPLAINT_DOMAIN = "complaint_domain"
