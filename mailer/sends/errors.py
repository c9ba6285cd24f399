"""What cannot be done with a send."""


class SendError(Exception):
    """What was asked of a send cannot be done; the message says why and what to do."""
