"""`mailer subscribers unsubscribe | suppress | lift`: no more letters, and why; or letters again."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.output import emit, say
from mailer.commands.start import ready, whoami
from mailer.commands.subscribers import BY_HAND, Address, AsJson, OnList, now
from mailer.commands.usage import words
from subscribers.vocabulary import Suppressed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from subscribers.lifting import Bar, Lifted


class Liftable(StrEnum):
    """The reasons that one can lift."""

    BOUNCED = Suppressed.BOUNCED.value
    COMPLAINED = Suppressed.COMPLAINED.value
    UNSUBSCRIBED = Suppressed.UNSUBSCRIBED.value
    BY_HAND = Suppressed.BY_HAND.value


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command(epilog="Example: mailer subscribers unsubscribe nina@example.org --list space-digest")(
        unsubscribe
    )
    app.command(epilog='Example: mailer subscribers suppress nina@example.org --reason "asked by letter"')(
        suppress
    )
    app.command(
        epilog='Example: mailer subscribers lift nina@example.org --reason "the mailbox works again"'
    )(lift)


def unsubscribe(
    address: Address,
    slug: OnList = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="From every list, now and later.")] = False,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="How they asked for it; kept as evidence.", parser=words)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take an address off a list; only they themselves can come back."""
    if bool(slug) == everywhere:
        raise typer.BadParameter("say either --list LIST or --everywhere")
    ready()
    from subscribers import leaving, lists, people  # noqa: PLC0415 - models want Django ready
    from subscribers.addresses import address_key, parse  # noqa: PLC0415 - the same

    key = address_key(parse(address).canonical)
    how = f"{BY_HAND}: {reason.strip()}" if reason.strip() else BY_HAND
    left = leaving.leave(key, lists.find(slug) if slug else None, how, now(), by=whoami())
    place = slug or "every list"
    outcome = f"{address} is off {place}." if left else f"{address} was off {place} already."
    emit(people.show(address), as_json=as_json, table=lambda: say(outcome))


def suppress(
    address: Address,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, in words; kept as evidence.", parser=words)
    ],
    slug: OnList = None,
    as_json: AsJson = False,
) -> None:
    """Never write to an address again, on one list or at all."""
    ready()
    from subscribers import lists, people, suppressions  # noqa: PLC0415 - models want Django ready
    from subscribers.addresses import address_key, parse  # noqa: PLC0415 - the same

    key = address_key(parse(address).canonical)
    newsletter = lists.find(slug) if slug else None
    new = suppressions.by_hand(key, reason, now(), by=whoami(), newsletter=newsletter)
    outcome = f"{address} is suppressed." if new else f"{address} was suppressed already."
    emit(people.show(address), as_json=as_json, table=lambda: say(outcome))


def lift(
    address: Address,
    reason: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Why it may be written to again; kept beside it.", parser=words),
    ],
    slug: OnList = None,
    only: Annotated[
        Liftable | None,
        typer.Option(help="Lift this reason alone; a complaint and an unsubscription have to be named."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let an address be written to again; the suppression stays on record with the reason."""
    ready()
    from subscribers import lifting, lists, people  # noqa: PLC0415 - models want Django ready
    from subscribers.addresses import address_key, parse  # noqa: PLC0415 - the same

    people.show(address)  # a stranger has nothing to lift
    lifted = lifting.lift(
        address_key(parse(address).canonical),
        reason,
        by=whoami(),
        at=now(),
        newsletter=lists.find(slug) if slug else None,
        only=Suppressed(only.value) if only else None,
    )
    shown = people.show(address)
    emit(shown, as_json=as_json, table=lambda: _tell(address, slug, lifted, shown))


def _tell(address: str, slug: str | None, lifted: "Lifted", shown: dict[str, Any]) -> None:
    outcome = (
        f"{address}: lifted {_bars(lifted.lifted)}."
        if lifted.lifted
        else f"{address}: nothing to lift{' on ' + slug if slug else ''}; nothing was changed."
    )
    if lifted.standing:
        outcome += f" Still suppressed: {_bars(lifted.standing)}."
    left = [row["list"] for row in shown["subscriptions"] if row["status"] == "unsubscribed"]
    if left:
        outcome += f" They stay off {', '.join(left)}: only they themselves can come back."
    say(outcome)


def _bars(bars: "Iterable[Bar]") -> str:
    return ", ".join(f"{bar.reason} ({bar.list or 'every list'})" for bar in bars)
