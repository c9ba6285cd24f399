"""`mailer changes ls | check`: who of us changed what, with what stood there before; whether it is whole."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.completion import list_slugs
from mailer.commands.lists import AsCsv, AsJson, one_form
from mailer.commands.output import emit, print_csv, print_rows, say, warn
from mailer.commands.start import ready
from mailer.commands.usage import given
from subscribers.wording import differences

if TYPE_CHECKING:
    from subscribers.auditing import Checked

app = typer.Typer(help="The audit log: who changed what, and what it was before.", no_args_is_help=True)

_HEADINGS = ("id", "at", "who", "what", "list", "subscriber", "subject", "before", "after")


def moment(text: str) -> dt.datetime:
    """Return the moment that an option names; a day alone begins at midnight in UTC."""
    try:
        named = dt.datetime.fromisoformat(text)
        return (named if named.tzinfo else named.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"write a day as 2026-03-24, or a moment as 2026-03-24T09:00Z, not {text!r}"
        ) from None


@app.command(epilog="Example: mailer changes ls --list space-digest --since 2026-03-01")
def ls(
    *,
    slug: Annotated[
        str | None,
        typer.Option(
            "--list",
            metavar="LIST",
            help="About this list only.",
            parser=given,
            autocompletion=list_slugs,
        ),
    ] = None,
    who: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of this person of ours only.", parser=given)
    ] = None,
    since: Annotated[
        dt.datetime | None, typer.Option(metavar="DATE", parser=moment, help="From this day (UTC) on.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show what was changed, the newest last. People are named by their number, never by their address."""
    one_form(as_json=as_json, as_csv=as_csv)
    ready()
    from subscribers import changes, lists  # noqa: PLC0415 - models want Django ready

    # One more than is shown tells whether there are more.
    found = changes.listing(
        newsletter=lists.find(slug) if slug else None, who=who or "", since=since, limit=limit + 1
    )
    lines = found[-limit:]
    if as_csv:
        print_csv(_HEADINGS, ([line[heading] for heading in _HEADINGS] for line in lines))
    else:
        emit(lines, as_json=as_json, table=lambda: _print(lines))
    if len(found) > limit:
        warn(f"There are more, older ones: --limit shows more than {limit:,}")


@app.command(epilog="Example: mailer changes check --known 1204:9f2c01ab77de4d10a8c3b52e6f0d9174")
def check(
    *,
    known: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER:DIGEST",
            help="How far it was sealed at an earlier time, as this command printed it; may be repeated.",
            parser=given,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that no line was altered, added by a stranger, moved or removed; it changes nothing.

    Ends with status 1 and names the first line that does not fit. Keep what it prints somewhere else, and
    give it again with --known: then the log cannot be cut short unnoticed.
    """
    ready()
    from mailer import sealing  # noqa: PLC0415 - models want Django ready
    from subscribers.sealing import Head  # noqa: PLC0415 - the same

    found = sealing.check([Head.of(word) for word in known or []])
    if found.fault is None or as_json:
        emit(found.described(), as_json=as_json, table=lambda: _print_checked(found))
    if found.fault is not None:
        warn(f"mailer: The audit log is not whole: {found.fault.what}")
        raise typer.Exit(1)


def _print_checked(found: "Checked") -> None:
    if not found.head.number and not found.waiting:
        say("Nothing is written down yet.")
        return
    say("The audit log is whole.")
    if found.head.number:
        say(f"Sealed up to line {found.head.number:,}; keep this elsewhere: {found.head}")
    if found.waiting:
        say(f"Not sealed yet: {found.waiting:,}; a worker or the scheduler's next sweep does it.")


def _print(lines: list[dict[str, Any]]) -> None:
    print_rows(
        ["at", "who", "what", "about", "change"],
        [
            (
                line["at"],
                line["who"],
                line["what"],
                _about(line),
                "; ".join(differences(line["before"], line["after"])),
            )
            for line in lines
        ],
        empty="Nothing is written down that this asks for.",
    )


def _about(line: dict[str, Any]) -> str:
    """Return what a line is about: its list, its person by number, and what else it names."""
    person = f"subscriber {line['subscriber']}" if line["subscriber"] else ""
    subject = line["subject"] if line["subject"] != line["list"] else ""
    return ", ".join(part for part in (line["list"], person, subject) if part)
