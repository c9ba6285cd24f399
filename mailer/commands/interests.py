"""`mailer interests ls | add | rename | reorder`; `merge` and `retire` have a file of their own."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.anew import approvals_told
from mailer.commands.completion import interest_slugs
from mailer.commands.lists import AsCsv, AsJson, Slug, now, one_form
from mailer.commands.output import emit, print_csv, print_rows, say
from mailer.commands.start import ready, whoami

if TYPE_CHECKING:
    from subscribers.models import List

app = typer.Typer(help="A list's interests: the topics that its readers pick.", no_args_is_help=True)

Interest = Annotated[
    str, typer.Argument(metavar="SLUG", help="The interest's slug.", autocompletion=interest_slugs)
]

_HEADINGS = ("slug", "name", "number", "readers", "only", "retired", "retired_at")


@app.command(epilog="Example: mailer interests ls space-digest --json")
def ls(slug: Slug, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Show a list's interests in order: how many readers chose each, and how many chose only that."""
    one_form(as_json=as_json, as_csv=as_csv)
    ready()
    from subscribers import curating, lists  # noqa: PLC0415 - models want Django ready

    rows = curating.listing(lists.find(slug))
    if as_csv:
        print_csv(_HEADINGS, ([row[heading] for heading in _HEADINGS] for row in rows))
        return
    emit(
        rows,
        as_json=as_json,
        table=lambda: print_rows(
            ["interest", "name", "readers", "only this", "retired"],
            [(row["slug"], row["name"], row["readers"], row["only"], row["retired_at"]) for row in rows],
            empty=f"{slug} has no interests: its readers get everything.",
        ),
    )


@app.command(epilog='Example: mailer interests add space-digest latin-america "Latin America"')
def add(
    slug: Slug,
    interest: Interest,
    name: Annotated[str, typer.Argument(help="Its name as readers see it.")],
    as_json: AsJson = False,
) -> None:
    """Give a list one more interest, after those that it has."""
    ready()
    from subscribers import curating, lists  # noqa: PLC0415 - models want Django ready

    found = lists.find(slug)
    with approvals_told(found):
        added = curating.add(found, interest, name, by=whoami(), at=now())
    _emit(
        found,
        f"{slug} has {interest} now; no reader has chosen it yet."
        if added
        else f"{slug} has {interest} already, just so; nothing was changed.",
        as_json=as_json,
    )


@app.command(epilog='Example: mailer interests rename space-digest russia --slug eurasia --name "Eurasia"')
def rename(
    slug: Slug,
    interest: Interest,
    *,
    new_slug: Annotated[
        str | None,
        typer.Option("--slug", metavar="NEW", help="What commands and editions call it from now on."),
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NEW", help="What readers see from now on.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give an interest another slug or name; its readers keep it, whatever it is called."""
    if new_slug is None and name is None:
        raise typer.BadParameter("say what is new: --slug, --name or both")
    ready()
    from subscribers import curating, lists  # noqa: PLC0415 - models want Django ready

    found = lists.find(slug)
    with approvals_told(found):
        renamed = curating.rename(found, interest, new_slug=new_slug, name=name, by=whoami(), at=now())
    _emit(
        found,
        f"{interest} is called {new_slug or interest} now{f', {name}' if name else ''}."
        if renamed
        else f"{interest} is called so already; nothing was changed.",
        as_json=as_json,
    )


@app.command(epilog="Example: mailer interests reorder space-digest africa china russia south-asia")
def reorder(
    slug: Slug,
    interest: Annotated[
        list[str],
        typer.Argument(
            metavar="SLUG …", help="Every interest that is offered, once.", autocompletion=interest_slugs
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Show a list's interests in another order, on pages and in letters; their colours go by it."""
    ready()
    from subscribers import curating, lists  # noqa: PLC0415 - models want Django ready

    found = lists.find(slug)
    with approvals_told(found):
        reordered = curating.reorder(found, interest, by=whoami(), at=now())
    _emit(
        found,
        f"{slug} shows them in this order now: {', '.join(interest)}."
        if reordered
        else "They stand in this order already; nothing was changed.",
        as_json=as_json,
    )


def named_by(newsletter: "List", interest: str) -> str:
    """Return which editions that have not left name an interest: "Edition 3 (draft) names", or nothing."""
    from mailer import upcoming  # noqa: PLC0415 - models want Django ready

    found = upcoming.naming(newsletter, interest)
    if not found:
        return ""
    editions = ", ".join(f"{naming.edition} ({naming.status})" for naming in found)
    return f"Edition {editions} names" if len(found) == 1 else f"Editions {editions} name"


def _emit(newsletter: "List", outcome: str, *, as_json: bool) -> None:
    from subscribers import curating  # noqa: PLC0415 - models want Django ready

    rows: list[dict[str, Any]] = curating.listing(newsletter) if as_json else []
    emit(rows, as_json=as_json, table=lambda: say(outcome))
