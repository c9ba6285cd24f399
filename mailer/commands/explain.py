"""`mailer explain ADDRESS SEND`: why this person did or did not get it, step by step."""

from typing import Annotated

import typer

from mailer.commands.output import emit, say
from mailer.commands.running import SANDBOX_NOTICE
from mailer.commands.start import ready


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer explain ada@example.org 7")(explain)


def explain(
    address: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    send: Annotated[int, typer.Argument(metavar="SEND", help="Its number, from `mailer sends ls`.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it for scripts.")] = False,
) -> None:
    """Tell why a person did or did not get a send: consent, letter, requests, and what came back."""
    ready()
    from django.conf import settings  # noqa: PLC0415 - only readable once Django is ready

    from mailer import explaining, sends, telling  # noqa: PLC0415 - models want Django ready

    known = explaining.explain(address, sends.find(send))
    told = telling.tell(known)

    def account() -> None:
        say(told.heading)
        for step in told.steps:
            at = telling.moment(step.at) if step.at else ""
            say(f"{at:<23}  {step.text}")
        say(told.conclusion)
        if settings.CONFIGURATION.sandboxed:
            say(SANDBOX_NOTICE)

    emit(explaining.described(known, told), as_json=as_json, table=account)
