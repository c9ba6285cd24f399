"""`mailer subscribers export`."""

import sys
from contextlib import nullcontext
from typing import Annotated

import typer

from mailer.commands import targets
from mailer.commands.bars import progress
from mailer.commands.completion import segment_slugs
from mailer.commands.output import say
from mailer.commands.start import ready
from mailer.commands.subscribers import AsJson, Slug, now
from mailer.commands.usage import given
from subscribers.vocabulary import Status


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer subscribers export space-digest -o people.csv")(export)


def export(
    slug: Slug,
    output: Annotated[
        str,
        typer.Option("-o", "--output", metavar="FILE", help="Where to; - is standard output."),
    ] = targets.STDOUT,
    status: Annotated[Status | None, typer.Option(help="Only those who stand so.")] = None,
    segment: Annotated[
        str | None,
        typer.Option(
            metavar="SLUG",
            help="Only those of this segment.",
            parser=given,
            autocompletion=segment_slugs,
        ),
    ] = None,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Without the apostrophe that keeps a spreadsheet from running a cell."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Replace a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a list's people as CSV (UTF-8, line feeds), which import takes and finds nothing new in."""
    if raw and as_json:
        raise typer.BadParameter("it is about CSV; JSON is never changed", param_hint="--raw")
    ready()
    from subscribers import exporting, lists  # noqa: PLC0415 - models want Django ready
    from subscribers.segments import keeping  # noqa: PLC0415 - the same

    newsletter = lists.find(slug)
    whom = exporting.Whom(
        newsletter, now(), status, segment=keeping.find(newsletter, segment) if segment else None
    )
    # A bar would run through people on the same terminal.
    beside = output != targets.STDOUT or not sys.stdout.isatty()
    with targets.opened(output, yes=yes) as out, progress() if beside else nullcontext() as told:
        people = exporting.write(
            whom,
            out,
            form=exporting.Form.JSON if as_json else exporting.Form.CSV,
            raw=raw,
            progress=(lambda done, total: told("writing", done, total)) if told else None,
        )
    if output != targets.STDOUT:
        say(f"{people:,} {'person is' if people == 1 else 'people are'} in {output}.")
