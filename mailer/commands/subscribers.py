"""`mailer subscribers …`."""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.output import emit, print_facts, print_rows, say, warn
from mailer.commands.start import ready

if TYPE_CHECKING:
    from subscribers.enrolling import Enrolled
    from subscribers.importing import Imported

app = typer.Typer(help="People and their consent.", no_args_is_help=True)

BY_HAND = "by hand, on the command line"

Slug = Annotated[str, typer.Argument(metavar="LIST", help="The list's slug.")]
Address = Annotated[str, typer.Argument(help="An e-mail address.")]
OnList = Annotated[str, typer.Option("--list", metavar="LIST", help="The list's slug.")]
Consent = Annotated[str, typer.Option(help="Where and how they agreed; kept as evidence.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]


@app.command(
    "import",
    epilog='Example: mailer subscribers import space-digest people.csv --consent "spring meeting"',
)
def import_(
    slug: Slug,
    file: Annotated[
        Path, typer.Argument(help="CSV in UTF-8: email,name,interests with ; between interests.")
    ],
    consent: Consent,
    skip_bad_rows: Annotated[
        bool, typer.Option(help="Import the others, and write the bad rows to FILE.bad.csv.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put the people of a file on a list; who left or is suppressed is never brought back."""
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready
    from subscribers.importing import import_csv  # noqa: PLC0415 - the same

    newsletter = lists.find(slug)
    with _progress() as progress:
        imported = import_csv(
            newsletter, file, consent=consent, at=_now(), skip_bad_rows=skip_bad_rows, progress=progress
        )
    if imported.ignored_columns:
        warn(f"These columns were not used: {', '.join(imported.ignored_columns)}")
    data = _enrolled(imported.people) | {
        "bad": imported.bad,
        "bad_file": str(imported.bad_file) if imported.bad_file else None,
    }
    emit(data, as_json=as_json, table=lambda: _print_imported(imported))


@app.command(epilog="Example: mailer subscribers add space-digest nina@example.org --consent telephone")
def add(
    slug: Slug,
    address: Address,
    *,
    consent: Consent,
    name: Annotated[str, typer.Option(help="Their name.")] = "",
    interest: Annotated[
        list[str] | None, typer.Option(metavar="SLUG", help="What they chose; without any, everything.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put one person on a list."""
    ready()
    from subscribers import lists, people  # noqa: PLC0415 - models want Django ready

    enrolled = people.add(
        lists.find(slug), address, name=name, interests=interest, consent=consent, at=_now()
    )
    outcome = (
        f"{address} is on {slug} now."
        if enrolled.new
        else f"{address} was on {slug}; what you said is noted."
        if enrolled.updated
        else f"{address} was on {slug} already, just so; nothing was changed."
    )
    emit(people.show(address), as_json=as_json, table=lambda: say(outcome))


@app.command(epilog="Example: mailer subscribers show nina@example.org --json")
def show(address: Address, as_json: AsJson = False) -> None:
    """Show all that is known of one address."""
    ready()
    from subscribers import people  # noqa: PLC0415 - models want Django ready

    shown = people.show(address)
    emit(shown, as_json=as_json, table=lambda: _print_person(shown))


@app.command(epilog="Example: mailer subscribers ls --list space-digest --status active --limit 20")
def ls(
    slug: OnList = "",
    status: Annotated[str, typer.Option(help="pending, active, paused or unsubscribed.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many people at most.")] = 100,
    after: Annotated[str, typer.Option(metavar="ADDRESS", help="Go on after this address.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show people in the order of their addresses."""
    ready()
    from subscribers import lists, people  # noqa: PLC0415 - models want Django ready
    from subscribers.vocabulary import Status  # noqa: PLC0415 - the same

    if status and status not in list(Status):
        raise typer.BadParameter(f"one of {', '.join(Status)}, not {status!r}", param_hint="--status")
    found = people.listing(
        newsletter=lists.find(slug) if slug else None,
        status=Status(status) if status else None,
        limit=limit,
        after=after,
    )
    emit(found, as_json=as_json, table=lambda: _print_people(found))
    if len(found) == limit:
        warn(f"There may be more: --after {found[-1]['email']}")


@app.command(epilog="Example: mailer subscribers unsubscribe nina@example.org --list space-digest")
def unsubscribe(
    address: Address,
    slug: OnList = "",
    everywhere: Annotated[bool, typer.Option("--everywhere", help="From every list, now and later.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take an address off a list; only they themselves can come back."""
    if bool(slug) == everywhere:
        raise typer.BadParameter("say either --list LIST or --everywhere")
    ready()
    from subscribers import leaving, lists, people  # noqa: PLC0415 - models want Django ready
    from subscribers.addresses import address_key, parse  # noqa: PLC0415 - the same

    key = address_key(parse(address).canonical)
    left = leaving.leave(key, lists.find(slug) if slug else None, BY_HAND, _now())
    place = slug or "every list"
    outcome = f"{address} is off {place}." if left else f"{address} was off {place} already."
    emit(people.show(address), as_json=as_json, table=lambda: say(outcome))


@app.command(epilog='Example: mailer subscribers suppress nina@example.org --reason "asked by letter"')
def suppress(
    address: Address,
    reason: Annotated[str, typer.Option(help="Why, in words; kept as evidence.")],
    slug: OnList = "",
    as_json: AsJson = False,
) -> None:
    """Never write to an address again, on one list or at all."""
    ready()
    from subscribers import lists, people, suppressions  # noqa: PLC0415 - models want Django ready
    from subscribers.addresses import address_key, parse  # noqa: PLC0415 - the same
    from subscribers.vocabulary import Suppressed  # noqa: PLC0415 - the same

    key = address_key(parse(address).canonical)
    newsletter = lists.find(slug) if slug else None
    new = suppressions.suppress(key, Suppressed.BY_HAND, reason, _now(), newsletter)
    outcome = f"{address} is suppressed." if new else f"{address} was suppressed already."
    emit(people.show(address), as_json=as_json, table=lambda: say(outcome))


def _enrolled(people: "Enrolled") -> dict[str, Any]:
    return {
        "new": people.new,
        "updated": people.updated,
        "unchanged": people.unchanged,
        "left_alone": people.left_alone,
        "unsubscribed": people.unsubscribed,
        "suppressed": people.suppressed,
        "duplicates": people.duplicates,
    }


def _print_imported(imported: "Imported") -> None:
    people = imported.people
    print_rows(
        ["people", "how many"],
        [
            ("new on the list", people.new),
            ("updated", people.updated),
            ("unchanged", people.unchanged),
            ("left alone: had unsubscribed", people.unsubscribed),
            ("left alone: suppressed", people.suppressed),
            ("rows for the same address further up (the last one counts)", people.duplicates),
            ("bad rows put aside", imported.bad),
        ],
        empty="",
    )
    if imported.bad_file:
        warn(f"The bad rows and their reasons are in {imported.bad_file}")


def _print_person(shown: dict[str, Any]) -> None:
    suppression = shown["suppression"]
    where = ["every list"] if suppression and suppression["everywhere"] else (suppression or {}).get("lists")
    print_facts(
        {
            "email": shown["email"],
            "name": shown["name"],
            "locale": shown["locale"],
            "suppressed": f"{suppression['reason']}, {', '.join(where or [])}" if suppression else "no",
        }
    )
    print_rows(
        ["list", "status", "interests", "since"],
        [_subscription(row) for row in shown["subscriptions"]],
        empty="On no list.",
    )
    print_rows(
        ["at", "list", "consent", "how"],
        [(row["at"], row["list"], row["action"], row["how"]) for row in shown["consents"]],
        empty="No consent is recorded.",
    )


def _print_people(found: list[dict[str, Any]]) -> None:
    print_rows(
        ["email", "name", "list", "status", "interests", "since"],
        [
            (person["email"], person["name"], *_subscription(row))
            for person in found
            for row in person["subscriptions"]
        ],
        empty="Nobody.",
    )


def _subscription(row: dict[str, Any]) -> tuple[object, ...]:
    return row["list"], row["status"], "everything" if row["everything"] else row["interests"], row["since"]


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a bar with rate and time left on a terminal; nothing on a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal shows bars
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - the same

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step.capitalize(), total=total)
            bars.update(tasks[step], completed=done)

        yield show


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
