"""Which transport an installation uses: read off its configuration, one for each process."""

import os

from mailer.environment import Configuration
from mailer.transports.port import Transport
from mailer.transports.sendgrid import SendGrid

SANDBOX_KEY = "SG.sandbox"  # the sandbox takes any key

# By process too: what holds a connection must not be used on both sides of a fork.
_MADE: dict[tuple[int, Configuration], Transport] = {}


def transport_of(configuration: Configuration) -> Transport:
    """Return this process's transport: always the same one for the same configuration."""
    place = (os.getpid(), configuration)
    if place not in _MADE:
        return _MADE.setdefault(place, _made(configuration))
    return _MADE[place]


def _made(configuration: Configuration) -> Transport:
    timeout = configuration.timings.answer_timeout
    if relay := configuration.smtp.relay:
        from mailer.transports.smtp import Smtp  # noqa: PLC0415 - who sends by SendGrid needs none of it

        return Smtp(relay, timeout, dkim=configuration.smtp.dkim)
    return SendGrid(configuration.sendgrid_api_key or SANDBOX_KEY, configuration.transport_url, timeout)
