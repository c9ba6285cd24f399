"""`mailer stats`: a list's people in numbers."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from mailer.commands.completion import list_slugs
from mailer.commands.output import emit, print_csv, print_facts, print_rows, say, warn
from mailer.commands.start import ready
from mailer.commands.subscribers import AsJson, now
from mailer.commands.usage import given

# Figures that are told apart by a word, and where they stand.
_OF = {
    "interest": "interests",
    "suppressed": "suppressions",
    "left because": "left_because",
    "sign-ups": "sign_ups",
}
NOT_MEASURED = "not measured: the list does not track"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer stats space-digest")(stats)


def stats(
    slug: Annotated[
        str | None,
        typer.Argument(
            metavar="[LIST]",
            help="The list's slug; without it, all lists.",
            parser=given,
            autocompletion=list_slugs,
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it as CSV, a line a figure.")] = False,
) -> None:
    """Count a list's people: where they stand, what they chose, who came and went, who reads."""
    if as_json and as_csv:
        raise typer.BadParameter("say either --json or --csv")
    ready()
    from subscribers import counting, lists  # noqa: PLC0415 - models want Django ready
    from subscribers.models import List  # noqa: PLC0415 - the same

    counted = [lists.find(slug)] if slug else list(List.objects.order_by("slug"))
    found = [counting.stats(newsletter, now=now()) for newsletter in counted]
    if as_csv:
        print_csv(["list", "figure", "of", "number"], (row for each in found for row in _figures(each)))
    else:
        emit(found, as_json=as_json, table=lambda: _print(found))
    if not found:
        warn("There is no list yet: make one with `mailer lists add`.")


def _figures(found: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield all numbers, each on a line; what is not measured has none."""
    slug = found["list"]
    for status, people in found["people"].items():
        yield slug, "people", status, people
    yield slug, "everything", None, found["everything"]
    for figure, of in _OF.items():
        for name, number in found[of].items():
            yield slug, figure, name, number
    for way in ("joined", "left"):
        for row in found["recent"]:
            yield slug, f"{way} within days", row["days"], row[way]
        for row in found["months"]:
            yield slug, f"{way} in month", row["month"], row[way]
    for row in found["domains"]:
        yield slug, "domain", row["domain"], row["people"]
    for way in ("opened", "clicked"):
        for row in found["engagement"] or ():
            yield slug, f"{way} within days", row["days"], row[way]


def _print(found: list[dict[str, Any]]) -> None:
    for place, each in enumerate(found):
        if place:
            say("")
        pending = each["pending"]
        print_facts(
            {
                "list": each["list"],
                **{f"{status} people": people for status, people in each["people"].items()},
                "unconfirmed since": pending["oldest"],
                "sign-ups on the page, not confirmed": each["sign_ups"]["waiting"],
                "of these without a letter": each["sign_ups"]["kept_back"],
            }
        )
        print_rows(
            ["active people want", "number"],
            [("everything", each["everything"]), *each["interests"].items()],
            empty="",
        )
        print_rows(
            ["last days", "joined", "left"],
            [(row["days"], row["joined"], row["left"]) for row in each["recent"]],
            empty="",
        )
        print_rows(
            ["month", "joined", "left"],
            [(row["month"], row["joined"], row["left"]) for row in each["months"]],
            empty="",
        )
        print_rows(["suppressed addresses", "number"], list(each["suppressions"].items()), empty="")
        print_rows(
            ["left because, as far as they said", "number"], list(each["left_because"].items()), empty=""
        )
        print_rows(
            ["domain", "active people"],
            [(row["domain"], row["people"]) for row in each["domains"]],
            empty="Nobody is active.",
        )
        if each["engagement"] is None:
            print_facts({"opened, clicked": NOT_MEASURED})
        else:
            print_rows(
                ["last days", "opened", "clicked"],
                [(row["days"], row["opened"], row["clicked"]) for row in each["engagement"]],
                empty="",
            )
