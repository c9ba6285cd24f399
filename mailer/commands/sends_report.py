"""`mailer sends report` and `recount`: what became of an edition, and that its figures are what rows say."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.commands.asking import ask
from mailer.commands.bars import progress
from mailer.commands.failures import FailedError
from mailer.commands.lists import one_form
from mailer.commands.output import emit, print_csv, print_rows, say
from mailer.commands.sends import AsJson, Number, Yes, counted, say_sandboxed
from mailer.commands.start import ready, whoami

if TYPE_CHECKING:
    from mailer.reporting.values import Count, SendReport
    from mailer.thresholds import Against

AsSheet = Annotated[bool, typer.Option("--csv", help="Print it for spreadsheets.")]
NOT_MEASURED = "not measured"


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command(epilog="Example: mailer sends report 1 --csv > report.csv")(report)
    app.command(epilog="Example: mailer sends recount")(recount)


def report(
    send: Number,
    as_json: AsJson = False,
    as_csv: AsSheet = False,
) -> None:
    """Show what became of an edition: what arrived, who opened and clicked what, and what did not arrive.

    People and machines stand apart (docs/tracking.md says who is taken for a machine). Where nothing was
    measured, that is said; 0 is said only where it was.
    """
    one_form(as_json=as_json, as_csv=as_csv)
    ready()
    from mailer import sends  # noqa: PLC0415 - models want Django ready
    from mailer.reporting import forms, of_send, spreadsheets  # noqa: PLC0415 - the same

    found = of_send.report(sends.find(send))
    if as_csv:
        print_csv(forms.COLUMNS, spreadsheets.cells(forms.rows(found)))
    else:
        emit(forms.send_as_json(found), as_json=as_json, table=lambda: _print(found))


def recount(
    send: Annotated[
        int | None,
        typer.Argument(metavar="[SEND]", help="Its number, from `mailer sends ls`. Left out: all of them."),
    ] = None,
    *,
    mend: Annotated[
        bool, typer.Option("--mend", help="Put what was counted in the place of what was kept.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Count again what reports say, and show where it differs from the rows; status 1 if it does.

    The sums of reports are kept as events come. This counts them in another way, while nothing is applied
    to the send; and it holds the rows against the events that are still kept.
    """
    ready()
    from mailer import sends  # noqa: PLC0415 - models want Django ready
    from mailer.tallies import checking  # noqa: PLC0415 - the same

    numbers = [sends.find(send).pk] if send is not None else checking.every_send()
    if mend:
        of = counted(len(numbers), "send", "sends")
        ask(f"Put what the rows say in the place of the sums of {of}?", yes=yes)
    found: list[checking.Finding] = []
    with progress() as show:
        for done, number in enumerate(numbers, 1):
            found += checking.check([number], now=dt.datetime.now(dt.UTC), by=whoami(), mend=mend)
            if show:
                show("counting", done, len(numbers))
    emit(
        [asdict(each) for each in found],
        as_json=as_json,
        table=lambda: print_rows(
            ["send", "what", "key", "kept", "counted"],
            [tuple(asdict(each).values()) for each in found],
            empty=f"Counted again: {counted(len(numbers), 'send', 'sends')}, and all is as the rows say.",
        ),
    )
    if found and not mend:
        differ = counted(len(found), "figure is", "figures are")
        raise FailedError(
            f"{differ} not what the rows and events say; `mailer sends recount --mend` counts anew"
        )


def _print(found: "SendReport") -> None:
    """Print a report for a person: what came of it, then where they clicked, then what went wrong."""
    say(f"Send {found.send} of edition {found.edition} ({found.status.replace('_', ' ')}): {found.title}")
    print_rows(["outcome", "readers"], list(_outcomes(found)), empty="")
    if not found.settled:
        say("All other figures are still being counted; look again in a minute.")
        say_sandboxed()
        return
    print_rows(["told of copies", "people", "machines"], list(_events(found)), empty="")
    print_rows(
        ["story", "interests", "clicked by people", "by machines"],
        [(each.title, ";".join(each.interests), *both(each.clicked)) for each in found.stories],
        empty="It has no stories.",
    )
    print_rows(
        ["interest", "stories", "clicked by people", "by machines"],
        [(each.slug, each.stories, *both(each.clicked)) for each in found.interests],
        empty="None of its stories is about an interest.",
    )
    if found.refusals:
        print_rows(
            ["refused", "because", "copies"],
            [(each.how, each.words, each.copies) for each in found.refusals],
            empty="",
        )
    if found.domains:
        print_rows(
            ["domain", "deferred", "bounced", "blocked", "complained"],
            [
                (
                    each.domain or "(others)",
                    *map(measured, (each.deferred, each.bounced, each.blocked, each.complained)),
                )
                for each in found.domains
            ],
            empty="",
        )
    for line in passed(found.limits):
        say(line)
    say("--csv has the hours and every link; --json has all.")
    say_sandboxed()


def _outcomes(found: "SendReport") -> Iterator[tuple[str, object]]:
    for name, readers in found.ledger.outcomes.items():
        if readers:
            yield name.replace("_", " "), readers
        if name == "excluded":
            yield from ((f"  {why.replace('_', ' ')}", n) for why, n in found.ledger.reasons.items())
    yield "candidates", found.ledger.candidates or 0
    if found.possibly_twice:
        yield "possibly twice", found.possibly_twice


def _events(found: "SendReport") -> Iterator[tuple[str, object, object]]:
    for name in ("delivered", "deferred", "bounced", "blocked", "dropped", "complained", "unsubscribed"):
        yield name, measured(getattr(found, name)), ""
    yield "counted", measured(found.counted), ""
    yield "opened", *both(found.opened)
    yield "clicked", *both(found.clicked)


def passed(limits: "Iterable[Against]") -> Iterator[str]:
    """Yield a line for each figure that is more than providers bear, and more than chance."""
    for figure in limits:
        if figure.passed:
            share, limit = f"{figure.share:.2%}", f"{figure.limit:.1%}"
            yield f"Mind: {figure.name} are {share}; a list that is kept well stays below {limit}."


def both(count: "Count") -> tuple[object, object]:
    """Return what people did, and machines, as cells."""
    return measured(count.people), measured(count.machines)


def measured(copies: int | None) -> object:
    """Return a figure as a cell; None was not measured."""
    return NOT_MEASURED if copies is None else copies
