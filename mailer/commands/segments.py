"""`mailer segments …`: named parts of a list, by conditions that people can type."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.asking import ask
from mailer.commands.completion import list_slugs, segment_slugs
from mailer.commands.output import emit, print_csv, print_facts, print_rows, say, warn
from mailer.commands.sends import counted
from mailer.commands.start import ready, whoami
from mailer.commands.usage import given

if TYPE_CHECKING:
    from subscribers.segments.keeping import Count

app = typer.Typer(help="Named parts of a list, by conditions on its people.", no_args_is_help=True)

ListSlug = Annotated[str, typer.Argument(metavar="LIST", help="The list's slug.", autocompletion=list_slugs)]
Slug = Annotated[
    str,
    typer.Argument(
        metavar="SLUG", help="The segment's, from `mailer segments ls`.", autocompletion=segment_slugs
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print it for spreadsheets.")]

_CONDITIONS = "interest in (china, africa) and not (opened within 90 days or clicked within 90 days)"


@app.command(epilog=f'Example: mailer segments add space-digest china-lapsed "{_CONDITIONS}"')
def add(
    list_slug: ListSlug,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Its name in commands, like china-lapsed.")],
    conditions: Annotated[str, typer.Argument(help="Whom it means; docs/segments.md has the language.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Change one that is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Name a part of a list by its conditions, and say how many people it is now."""
    ready()
    from mailer import sends  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same
    from subscribers.segments import keeping  # noqa: PLC0415 - the same

    newsletter, now = lists.find(list_slug), _now()
    added = keeping.add(newsletter, slug, conditions, by=whoami(), at=now, replace=replace)
    kept = keeping.current(added.segment)
    count = keeping.count(newsletter, kept, now=now)

    def told() -> None:
        done = "is made" if added.new else "is changed" if added.changed else "was there already, just so"
        say(f"The segment {slug} of {list_slug} {done}: {_people(count)}.")
        for number in sends.waiting_for(added.segment) if added.changed else ():
            say(f"Send {number} keeps the conditions it was scheduled with.")
        for remark in keeping.remarks(newsletter, kept):
            say(f"Mind: {remark}.")

    emit({**keeping.show(added.segment), **_counts(count)}, as_json=as_json, table=told)


@app.command(epilog="Example: mailer segments ls space-digest --csv > segments.csv")
def ls(
    list_slug: Annotated[
        str | None,
        typer.Argument(
            metavar="[LIST]", help="Left out: all lists.", parser=given, autocompletion=list_slugs
        ),
    ] = None,
    *,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show segments and their conditions."""
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready
    from subscribers.segments import keeping  # noqa: PLC0415 - the same

    rows = keeping.listing(lists.find(list_slug) if list_slug else None)
    headings = ["list", "segment", "conditions", "since"]
    cells = [(row["list"], row["segment"], row["text"], row["created_at"]) for row in rows]
    if as_csv and not as_json:
        print_csv(headings, cells)
        return
    empty = "There is no segment yet: make one with `mailer segments add`."
    emit(rows, as_json=as_json, table=lambda: print_rows(headings, cells, empty=empty))


@app.command(epilog="Example: mailer segments show space-digest china-lapsed")
def show(list_slug: ListSlug, slug: Slug, *, as_json: AsJson = False) -> None:
    """Show whom a segment means, as it was typed and in words."""
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready
    from subscribers.segments import keeping  # noqa: PLC0415 - the same

    newsletter = lists.find(list_slug)
    segment = keeping.find(newsletter, slug)
    shown = keeping.show(segment)

    def table() -> None:
        facts = {"list": shown["list"], "segment": slug, "since": shown["created_at"]}
        print_facts({**facts, "conditions": shown["text"]})
        say("Those who meet this:")
        for line in shown["words"]:
            say(f"  {line}")
        for remark in keeping.remarks(newsletter, keeping.current(segment)):
            say(f"Mind: {remark}.")

    emit(shown, as_json=as_json, table=table)


@app.command(epilog='Example: mailer segments count space-digest --where "domain ends .cn"')
def count(
    list_slug: ListSlug,
    slug: Annotated[
        str, typer.Argument(metavar="[SLUG]", help="A segment of it.", autocompletion=segment_slugs)
    ] = "",
    *,
    conditions: Annotated[
        str | None, typer.Option("--where", metavar="CONDITIONS", help="Instead of a segment.")
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Count the people of a segment, or of conditions that have no name yet, as of now."""
    if bool(slug) is (conditions is not None):
        raise typer.BadParameter('name a segment, or say --where "CONDITIONS"', param_hint="SLUG")
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready
    from subscribers.segments import keeping, writing  # noqa: PLC0415 - the same

    newsletter = lists.find(list_slug)
    kept = (
        keeping.current(keeping.find(newsletter, slug))
        if conditions is None
        else keeping.understood(newsletter, conditions)
    )
    found = keeping.count(newsletter, kept, now=_now())
    cells = [*found.statuses.items(), ("total", found.total)]
    if as_csv and not as_json:
        print_csv(["status", "people"], cells)
        return

    def table() -> None:
        print_rows(["status", "people"], cells, empty="")
        for remark in keeping.remarks(newsletter, kept):
            warn(f"Mind: {remark}.")

    text = writing.write(kept.condition)
    described = {"list": list_slug, "segment": slug or None, "text": text, **_counts(found)}
    emit(described, as_json=as_json, table=table)


@app.command(epilog="Example: mailer segments rm space-digest china-lapsed --yes")
def rm(
    list_slug: ListSlug,
    slug: Slug,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a segment; its people stay on the list. Not while a send that has not begun names it."""
    ready()
    from django.db import transaction  # noqa: PLC0415 - models want Django ready

    from mailer import sends  # noqa: PLC0415 - the same
    from subscribers import lists  # noqa: PLC0415 - the same
    from subscribers.segments import keeping  # noqa: PLC0415 - the same

    segment = keeping.find(lists.find(list_slug), slug)
    sends.nobody_waits_for(segment)
    ask(f"Remove the segment {slug} of {list_slug}?", yes=yes)
    with transaction.atomic():
        sends.nobody_waits_for(segment)
        keeping.remove(segment, by=whoami(), at=_now())
    removed = {"list": list_slug, "segment": slug, "removed": True}
    emit(removed, as_json=as_json, table=lambda: say(f"The segment {slug} of {list_slug} is gone."))


def _people(found: "Count") -> str:
    """Return how many people it is, in a sentence."""
    have_left = found.total - found.candidates
    statuses = [f"{n:,} {status}" for status, n in found.statuses.items() if n and status != "unsubscribed"]
    apart = f" ({', '.join(statuses)})" if len(statuses) > 1 else ""
    left = f"; {counted(have_left, 'more has', 'more have')} left" if have_left else ""
    return f"it is {counted(found.candidates, 'person', 'people')} now{apart}{left}"


def _counts(found: "Count") -> dict[str, Any]:
    statuses = {status.value: n for status, n in found.statuses.items()}
    return {"total": found.total, "candidates": found.candidates, "statuses": statuses}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
