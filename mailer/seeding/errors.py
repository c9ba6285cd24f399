"""What keeps a database from being seeded."""

from subscribers.errors import SubscribersError


class SeedError(SubscribersError):
    """Nothing can be sown as asked; the message says why and what to do."""
