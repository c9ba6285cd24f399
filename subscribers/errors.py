"""The one family of errors that this app raises on purpose."""


class SubscribersError(Exception):
    """What was asked cannot be done; the message says why and what to do, in one line for a person."""
