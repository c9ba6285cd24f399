"""`mailer subscribers set`: what somebody asked one of ours to change."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.commands.completion import interest_slugs
from mailer.commands.output import emit, say
from mailer.commands.start import ready, whoami
from mailer.commands.subscribers import BY_HAND, Address, AsJson, OnList, now
from mailer.commands.usage import day, words
from subscribers.wording import plain

if TYPE_CHECKING:
    from subscribers.amending import Amended

EPILOG = "Example: mailer subscribers set nina@example.org --list space-digest --interest africa"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("set", epilog=EPILOG)(set_)


def _pairs(texts: list[str]) -> dict[str, str]:
    for text in texts:
        if not text.partition("=")[0].strip() or "=" not in text:
            raise typer.BadParameter(f"write name=value, or name= to remove it, not {text!r}")
    return {name.strip(): value for name, _, value in (text.partition("=") for text in texts)}


def set_(
    address: Address,
    *,
    name: Annotated[str | None, typer.Option(help="Their name; an empty one removes it.")] = None,
    locale: Annotated[
        str | None, typer.Option(metavar="TAG", help="Their language, en or pt-BR; empty is the list's.")
    ] = None,
    new: Annotated[str | None, typer.Option("--address", metavar="NEW", help="Their new address.")] = None,
    slug: OnList = None,
    interest: Annotated[
        list[str] | None,
        typer.Option(metavar="SLUG", help="What they choose on that list.", autocompletion=interest_slugs),
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Every story of that list.")] = False,
    pause_until: Annotated[
        dt.date | None,
        typer.Option(metavar="DATE", parser=day, help="No letters before that day; without --list, of none."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="End a pause.")] = False,
    text_only: Annotated[bool | None, typer.Option(help="Letters without HTML.")] = None,
    tracked: Annotated[bool | None, typer.Option(help="Whether opens and clicks may be counted.")] = None,
    attribute: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Anything else; NAME= removes it.")
    ] = None,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="How they asked for it; kept as evidence.", parser=words)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Change what is known of a person, or what they get."""
    attributes = _pairs(attribute or [])
    if everything and interest:
        raise typer.BadParameter("say either --interest or --everything")
    if (everything or interest) and not slug:
        raise typer.BadParameter("say of which --list", param_hint="--interest or --everything")
    if pause_until and resume:
        raise typer.BadParameter("say either --pause-until or --resume")
    asked = [name, locale, new, pause_until, text_only, tracked]
    if not (interest or everything or resume or attributes or any(value is not None for value in asked)):
        raise typer.BadParameter("say what to change; --help lists what can be")
    ready()
    from subscribers import lists, people  # noqa: PLC0415 - models want Django ready
    from subscribers.amending import Wish, amend  # noqa: PLC0415 - the same

    wish = Wish(
        name=name,
        locale=locale,
        address=new,
        text_only=text_only,
        tracked=tracked,
        attributes=attributes,
        newsletter=lists.find(slug) if slug else None,
        interests=() if everything else tuple(interest) if interest else None,
        pause_until=pause_until,
        resume=resume,
    )
    how = f"{BY_HAND}: {reason.strip()}" if reason.strip() else BY_HAND
    amended = amend(address, wish, how=how, by=whoami(), at=now())
    emit(people.show(amended.address), as_json=as_json, table=lambda: _tell(address, amended))


def _tell(address: str, amended: "Amended") -> None:
    if not amended.changed:
        say(f"{address}: it is so already; nothing was changed.")
        return
    changes = "; ".join(
        f"{one.where + ' ' if one.where else ''}{one.what}: {plain(one.before)} -> {plain(one.after)}"
        for one in amended.changed
    )
    say(" ".join((f"{address}: {changes}.", *amended.notes)))
