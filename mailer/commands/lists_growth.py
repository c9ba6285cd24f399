"""`mailer lists growth`: how a list and its interests grew, day by day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.lists import AsCsv, AsJson, Slug, now, one_form
from mailer.commands.output import emit, print_csv, print_rows, say
from mailer.commands.start import ready

if TYPE_CHECKING:
    from mailer.reckoning import Day

COLUMNS = ("day", "active", "joined", "left", "otherwise", "lapsed")
_LONGEST = 3_660  # days: ten years


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer lists growth space-digest --days 90 --interest africa")(growth)


def growth(
    slug: Slug,
    *,
    days: Annotated[int, typer.Option(min=1, max=_LONGEST, help="So many days, up to yesterday.")] = 30,
    interest: Annotated[str | None, typer.Option(metavar="SLUG", help="Only this interest.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show how many read a list at the end of each day, who joined, left and lapsed, and today so far.

    Days are those of the list's own clock. What was not measured is empty (null in JSON), and never 0.
    """
    one_form(as_json=as_json, as_csv=as_csv)
    ready()
    from mailer import reckoning  # noqa: PLC0415 - models want Django ready
    from subscribers import curating, lists  # noqa: PLC0415 - the same

    owner, at = lists.find(slug), now()
    if interest is not None:
        interest = curating.find(owner, interest).slug
    today = reckoning.today(owner, now=at)
    courses: dict[str | None, tuple[Day, ...]] = {}
    if interest is None:
        courses[None] = reckoning.course(owner, days=days, now=at)
    each = reckoning.courses(owner, days=days, now=at)
    courses |= {name: found for name, found in each.items() if interest in {None, name}}
    if interest is not None:
        courses.setdefault(interest, ())  # retired before these days
    if as_csv:
        print_csv(("list", "interest", *COLUMNS), _lines(slug, courses, today))
        return
    data = {
        "list": slug,
        "zone": owner.zone,
        "tracked": owner.tracked,
        "interest": interest,
        **_told(interest, courses, today),
        "interests": [
            {"interest": name, **_told(name, courses, today)}
            for name in courses
            if name not in {None, interest}
        ],
    }
    emit(data, as_json=as_json, table=lambda: _print(interest, courses, today, tracked=owner.tracked))


def _told(
    name: str | None, courses: "dict[str | None, tuple[Day, ...]]", today: "dict[str | None, Day]"
) -> dict[str, Any]:
    return {
        "days": [asdict(day) for day in courses[name]],
        "today": asdict(today[name]) if name in today else None,
    }


def _row(day: "Day") -> tuple[Any, ...]:
    return tuple(getattr(day, column) for column in COLUMNS)


def _lines(
    slug: str, courses: "dict[str | None, tuple[Day, ...]]", today: "dict[str | None, Day]"
) -> Iterator[Sequence[object]]:
    """Yield a row a day, the list's with an empty interest; the last of each is today so far."""
    for name, days in courses.items():
        for day in (*days, *([today[name]] if name in today else [])):
            yield slug, name, *_row(day)


def _print(
    name: str | None,
    courses: "dict[str | None, tuple[Day, ...]]",
    today: "dict[str | None, Day]",
    *,
    tracked: bool,
) -> None:
    rows = [_row(day) for day in courses[name]]
    if name in today:
        day, *numbers = _row(today[name])
        rows.append((f"{day} so far", *numbers))
    print_rows(COLUMNS, rows, empty=f"{name} was retired before these days: ask for more with --days.")
    if name is None and len(courses) > 1:
        headings = ("interest", "active", "joined", "left", "lapsed")
        sums = [
            (each, *_sums(days, today.get(each), tracked=tracked))
            for each, days in courses.items()
            if each is not None
        ]
        print_rows(headings, sums, empty="")
    if not tracked:
        say("Opens and clicks of this list are not counted, so nobody can tell who lapses.")


def _sums(days: "Sequence[Day]", today: "Day | None", *, tracked: bool) -> tuple[int | None, ...]:
    """Return one interest's days in short: active and lapsed as of the last, who joined and left of all."""
    told = (*days, *([today] if today else []))
    return (
        _last(day.active for day in told),
        _sum(day.joined for day in told),
        _sum(day.left for day in told),
        _last(day.lapsed for day in told) if tracked else None,
    )


def _last(numbers: Iterable[int | None]) -> int | None:
    return next((number for number in reversed(list(numbers)) if number is not None), None)


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
