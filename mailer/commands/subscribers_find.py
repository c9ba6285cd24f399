"""`mailer subscribers ls`."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from mailer.commands.completion import interest_slugs, segment_slugs
from mailer.commands.output import emit, print_csv, print_rows, warn
from mailer.commands.start import ready
from mailer.commands.subscribers import AsJson, OnList, now
from mailer.commands.usage import day, given
from subscribers.vocabulary import Status

FIRST_YEAR, LAST_YEAR = 1900, 2999  # as segments have it
HEADINGS = ("email", "name", "list", "status", "interests", "since", "suppressed")


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer subscribers ls --list space-digest --status active --limit 20")(ls)


def _day(text: str) -> dt.date:
    """Return a day on which somebody can have joined."""
    joined = day(text)
    if not FIRST_YEAR <= joined.year <= LAST_YEAR:
        raise typer.BadParameter(f"name a day from {FIRST_YEAR} to {LAST_YEAR}, not {text!r}")
    return joined


def ls(
    slug: OnList = None,
    status: Annotated[Status | None, typer.Option(help="Where their subscription stands.")] = None,
    interest: Annotated[
        str | None,
        typer.Option(
            metavar="SLUG",
            help="What they chose of the list, or “everything”.",
            parser=given,
            autocompletion=interest_slugs,
        ),
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option(metavar="DOMAIN", help="What follows the @ of their address.", parser=given),
    ] = None,
    joined_after: Annotated[
        dt.date | None,
        typer.Option(metavar="DATE", parser=_day, help="On the list since a day after that one (UTC)."),
    ] = None,
    joined_before: Annotated[
        dt.date | None,
        typer.Option(metavar="DATE", parser=_day, help="On the list since a day before that one (UTC)."),
    ] = None,
    suppressed: Annotated[bool, typer.Option("--suppressed", help="Who must not be written to.")] = False,
    match: Annotated[
        str | None, typer.Option(metavar="TEXT", help="A part of their address or name.", parser=given)
    ] = None,
    segment: Annotated[
        str | None,
        typer.Option(
            metavar="SLUG",
            help="Who is in that segment of the list.",
            parser=given,
            autocompletion=segment_slugs,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many people at most.")] = 100,
    after: Annotated[str, typer.Option(metavar="ADDRESS", help="Go on after this address.")] = "",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it as CSV, a line a subscription.")] = False,
) -> None:
    """Show people in the order of their addresses."""
    if as_json and as_csv:
        raise typer.BadParameter("say either --json or --csv")
    for option, said in (("--interest", interest), ("--segment", segment)):
        if said and not slug:
            raise typer.BadParameter("say of which --list", param_hint=option)
    ready()
    from subscribers import finding, lists  # noqa: PLC0415 - models want Django ready
    from subscribers.segments import keeping  # noqa: PLC0415 - the same

    newsletter = lists.find(slug) if slug else None
    wanted = finding.Wanted(
        newsletter=newsletter,
        status=status,
        interest=interest or "",
        joined_after=joined_after,
        joined_before=joined_before,
        suppressed=suppressed,
        domain=domain or "",
        match=match or "",
        segment=keeping.find(newsletter, segment) if newsletter and segment else None,
    )
    found = finding.listing(wanted, now=now(), limit=limit, after=after)
    if as_csv:
        print_csv(HEADINGS, _rows(found))
    else:
        emit(found, as_json=as_json, table=lambda: print_rows(HEADINGS, _rows(found), empty="Nobody."))
    if len(found) == limit:
        warn(f"There may be more: --after {found[-1]['email']}")


def _rows(found: list[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Yield a line for each subscription; who has none has one line too."""
    for person in found:
        for row in person["subscriptions"] or [None]:
            chosen = ("everything" if row["everything"] else row["interests"]) if row else None
            yield (
                *(person["email"], person["name"]),
                *((row["list"], row["status"], chosen, row["since"]) if row else (None,) * 4),
                person["suppressed"],
            )
