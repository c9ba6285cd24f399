"""Tell Django about this app."""

import datetime as dt
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from subscribers.erasing import Person, Place


class MailerConfig(AppConfig):
    """Editions, variants, sends, batches, deliveries and events."""

    name = "mailer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have our part of an erasure done whenever somebody is erased."""
        from subscribers import erasing  # noqa: PLC0415 - models want every app loaded

        erasing.register(_Traces())


class _Traces:
    """mailer.erasing, imported when somebody is erased: every command would pay for it."""

    def settle(self, person: "Person", *, at: dt.datetime) -> None:
        from mailer.erasing import Traces  # noqa: PLC0415 - see above

        Traces().settle(person, at=at)

    def erase(self, person: "Person") -> "list[Place]":
        from mailer.erasing import Traces  # noqa: PLC0415 - see above

        return Traces().erase(person)
