"""`mailer changes ls`: who of us changed what, with what stood there before."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import orjson
import typer

from mailer.commands.completion import list_slugs
from mailer.commands.lists import AsCsv, AsJson, one_form
from mailer.commands.output import emit, print_csv, print_rows, warn
from mailer.commands.start import ready
from mailer.commands.usage import given

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


def in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each field: `name: Space Digest -> Moon Digest`."""
    for field in dict.fromkeys((*before, *after)):
        name = field.replace("_", " ")
        if field not in after:
            yield f"{name} was {_value(before[field])}"
        elif field not in before:
            yield f"{name}: {_value(after[field])}"
        else:
            yield f"{name}: {_value(before[field])} -> {_value(after[field])}"


def _print(lines: list[dict[str, Any]]) -> None:
    print_rows(
        ["at", "who", "what", "about", "change"],
        [
            (
                line["at"],
                line["who"],
                line["what"],
                _about(line),
                "; ".join(in_words(line["before"], line["after"])),
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


def _value(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case str():
            return value or "nothing"
        case list():
            return ", ".join(map(_value, value)) or "nothing"
        case _:
            return orjson.dumps(value).decode()
