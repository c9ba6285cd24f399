"""Which way an installation counts: read off its configuration."""

from mailer.environment import Configuration
from mailer.tracking.rewriting import Rewriting


def rewriting_of(configuration: Configuration) -> Rewriting:
    """Return how letters are counted: a relay leaves them as they are, SendGrid puts in its own links."""
    return Rewriting(configuration.base_url, own=configuration.smtp.relay is not None)
