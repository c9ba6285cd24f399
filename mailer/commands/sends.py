"""`mailer sends …`: schedule an edition, watch it go, read its ledger."""

import csv
import datetime as dt
import sys
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from mailer.commands import findings
from mailer.commands.editions import Word
from mailer.commands.failures import FailedError
from mailer.commands.moments import instant_of, say_what_to_mind
from mailer.commands.output import emit, emit_lines, print_rows, say, warn
from mailer.commands.start import ready, whoami
from mailer.commands.usage import given

app = typer.Typer(help="Editions on their way to their readers.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="SEND", help="Its number, from `mailer sends ls`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

_LEDGER = ("delivery", "email", "outcome", "reason", "variant", "batch", "attempt", "message_id", "events")
_LEDGER_SHORT = ("delivery", "email", "outcome", "reason", "variant")


@app.command(epilog='Example: mailer sends schedule 1 --at "2026-12-01 09:00" --tz Africa/Nairobi')
def schedule(
    edition: Annotated[int, typer.Argument(metavar="EDITION", help="From `mailer editions ls`.")],
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Wall time, like 2026-12-01 09:00. Left out: now.", parser=given),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(
            "--tz",
            metavar="ZONE",
            help="Its IANA zone, like Africa/Nairobi. Left out: the list's.",
            parser=given,
        ),
    ] = None,
    segment: Annotated[
        str | None,
        typer.Option(
            metavar="SLUG", help="Only to these, from `mailer segments ls`. Left out: all.", parser=given
        ),
    ] = None,
    word: Word = None,
    as_json: AsJson = False,
) -> None:
    """Send an edition to everyone on its list, or to a segment of it, now or later.

    This checks it (`mailer editions check`: an error stops it) and approves it as it stands, unless the list
    asks for a second person's approval.
    """
    if zone and not at:
        raise typer.BadParameter("it goes with --at; without that, the edition leaves now", param_hint="--tz")
    ready()
    from mailer import editions, reports, sends  # noqa: PLC0415 - models want Django ready
    from mailer.timetable import Instant  # noqa: PLC0415 - the same
    from subscribers.segments import keeping  # noqa: PLC0415 - the same

    found, now = editions.find(edition), dt.datetime.now(dt.UTC)
    instant = instant_of(at, zone or found.list.zone) if at else Instant(now)
    part = keeping.find(found.list, segment) if segment else None
    checked = editions.check(found, now=now, at=instant.utc)
    said = findings.word_for(edition, checked, word)
    others = sends.standing(found)
    try:
        send = sends.schedule(found, instant, by=whoami(), now=now, segment=part, checked=checked, word=said)
    except sends.PassedError as error:
        raise FailedError(f"{error}, or leave out --at to send now") from error

    def table() -> None:
        when = f"{instant.utc:%Y-%m-%d %H:%M} UTC" if at else "as soon as a worker takes it"
        to = f" to the segment {part.slug}" if part else ""
        say(f"Send {send.pk} of edition {edition}{to} leaves {when}.")
        say(f"`mailer sends show {send.pk}` says how it stands.")
        say_what_to_mind(instant, now=now)
        for other in others:
            say(f"Mind: it has send {other.pk} already ({other.status.replace('_', ' ')}).")
        say_sandboxed()

    emit(reports.described(send), as_json=as_json, table=table)
    findings.unsaid(edition, checked, said)


@app.command(epilog="Example: mailer sends ls --limit 10 --json")
def ls(
    *,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 50,
    before: Annotated[
        int | None, typer.Option(metavar="SEND", min=1, help="Only those older than this one.")
    ] = None,
    tests: Annotated[bool, typer.Option("--tests", help="Tests too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show sends, newest first."""
    ready()
    from mailer import reports  # noqa: PLC0415 - models want Django ready

    rows = reports.listing(limit=limit, before=before, tests=tests)
    emit(
        rows,
        as_json=as_json,
        table=lambda: print_rows(
            [
                "send",
                "edition",
                "title",
                "status",
                "scheduled",
                "candidates",
                "accepted",
                "excluded",
                "unknown",
                "kind",
            ],
            [tuple(row.values()) for row in rows],
            empty="There is no older send."
            if before
            else "There is no send yet: make one with `mailer sends schedule EDITION`.",
        ),
    )
    if len(rows) == limit:
        warn(f"There may be more: --before {rows[-1]['id']}")


@app.command(epilog="Example: mailer sends show 1")
def show(send: Number, as_json: AsJson = False) -> None:
    """Show how a send stands: each candidate has exactly one outcome."""
    ready()
    from mailer import reports, sends  # noqa: PLC0415 - models want Django ready

    found = sends.find(send)
    described = reports.described(found)

    def table() -> None:
        kind = "" if found.kind == "send" else f", a {found.kind}"
        of = f" of send {found.corrects_id}" if found.corrects_id else ""
        to = f" to the segment {described['segment']}" if described["segment"] else ""
        status = described["status"].replace("_", " ")
        say(f"Send {send}{kind}{of}, of edition {found.edition_id}{to} ({status}): {found.title}")
        if described["pause_reason"]:
            say(f"Paused: {described['pause_reason']}")
        print_ledger(described)
        for line in _remarks(described):
            say(line)
        say_sandboxed()

    emit(described, as_json=as_json, table=table)


@app.command(epilog="Example: mailer sends ledger 1 --csv > ledger.csv")
def ledger(
    send: Number,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it for spreadsheets.")] = False,
) -> None:
    """Show one line for each candidate; --csv and --json also have the request, and what came back."""
    ready()
    from mailer import reports, sends  # noqa: PLC0415 - models want Django ready

    found = sends.find(send)
    lines = reports.lines(found)
    if as_json:
        emit_lines(lines)
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_LEDGER)
        writer.writerows(_cells(lines, _LEDGER))
    else:
        print_rows(
            _LEDGER_SHORT,
            _cells(lines, _LEDGER_SHORT),
            empty=(
                "Nobody: the audience was empty when it was frozen."
                if found.frozen_at
                else "Nobody yet: the audience is frozen when the send starts."
            ),
        )


def print_ledger(described: dict[str, Any]) -> None:
    """Print the outcomes of a send and what came back."""
    print_rows(["outcome", "readers"], list(_outcomes(described)), empty="")
    print_rows(
        ["came back", "copies"],
        [(name.replace("_", " "), copies) for name, copies in described["events"].items() if copies],
        empty="Nothing has come back yet.",
    )
    unknown = [name.replace("_", " ") for name, copies in described["events"].items() if copies is None]
    if unknown and described["accepted"]:
        say(f"Not measured: {', '.join(unknown)}.")


def _outcomes(described: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield each outcome that has readers, the reasons beneath it, and the sum."""
    from mailer import reports  # noqa: PLC0415 - models want Django ready

    for name in reports.OUTCOME_ORDER:
        if described[name]:
            yield name.replace("_", " "), described[name]
        if name == "excluded":
            yield from (
                (f"  {reason.replace('_', ' ')}", readers)
                for reason, readers in described["excluded_reasons"].items()
            )
    yield "candidates", described["candidates"]


def _remarks(described: dict[str, Any]) -> Iterator[str]:
    """Yield what the sums alone do not say, alarms first."""
    if contradictions := described["contradictions"]:
        yield (
            f"ALARM: the transport told of {counted(contradictions, 'request', 'requests')} that it had"
            " refused. Their readers may have it, and may get it again: pause the send, and ask the transport"
        )
    if described["status"] == "done" and not described["candidates"]:
        yield "The audience was empty when it was frozen: nobody was on the list, or in the segment."
    if described["status"] == "cancelling":
        yield "It is being cancelled: no further request begins, and what is in flight is still answered."
    if twice := described["possibly_twice"]:
        yield f"{counted(twice, 'reader', 'readers')} may have it twice, by the decision to send again."
    if described["unknown"]:
        yield f"What is known of the unknown: `mailer sends resolve {described['id']} --status`."
    for said in described["rejected_words"]:
        words = said["words"] or "nothing"
        yield f"The transport rejected {counted(said['readers'], 'address', 'addresses')} and said: {words}"


def counted(n: int, one: str, several: str) -> str:
    """Return a number and what it counts: `counted(1, "reader", "readers")` is "1 reader"."""
    return f"{n:,} {one if n == 1 else several}"


def _cells(lines: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> Iterator[list[object]]:
    return ([_cell(line[column]) for column in columns] for line in lines)


def _cell(value: Any) -> object:  # noqa: ANN401 - whatever a line of the ledger holds
    """Return a value as a cell; what came back is written out, the earliest of each kind."""
    if not isinstance(value, dict):
        return value
    return "; ".join(f"{kind} {at:%Y-%m-%dT%H:%M:%SZ}" for kind, at in value.items())


def say_sandboxed() -> None:
    """Say, while the sandbox is the transport, that nothing leaves."""
    from django.conf import settings  # noqa: PLC0415 - only readable once Django is ready

    if settings.CONFIGURATION.sandboxed:
        say("The sandbox is the transport: nothing leaves this machine.")
