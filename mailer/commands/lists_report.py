"""`mailer lists report`: a list's last sends side by side."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailer.commands.lists import AsJson, Slug, now, one_form
from mailer.commands.output import emit, print_csv, print_rows, say
from mailer.commands.sends import say_sandboxed
from mailer.commands.sends_report import AsSheet, both, measured, passed
from mailer.commands.start import ready

if TYPE_CHECKING:
    from mailer.reporting.values import ListReport


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer lists report space-digest --sends 5")(report)


def report(
    slug: Slug,
    *,
    sends: Annotated[int, typer.Option(min=1, max=100, help="So many of the last sends.")] = 20,
    days: Annotated[
        int, typer.Option(min=1, max=3_660, help="So many days of growth, in --json and --csv.")
    ] = 91,
    as_json: AsJson = False,
    as_csv: AsSheet = False,
) -> None:
    """Show what became of a list's last sends, and where their readers clicked, by interest.

    --csv and --json also have the limits, and how the list and its interests grew, which `mailer lists
    growth` shows.
    """
    one_form(as_json=as_json, as_csv=as_csv)
    ready()
    from mailer.reporting import forms, of_list, spreadsheets  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same

    found = of_list.report(lists.find(slug), now=now(), sends=sends, days=days)
    if as_csv:
        print_csv(forms.LIST_COLUMNS, spreadsheets.cells(forms.list_rows(found)))
    else:
        emit(forms.list_as_json(found), as_json=as_json, table=lambda: _print(found))


def _print(found: "ListReport") -> None:
    print_rows(
        [
            "send",
            "title",
            "scheduled",
            "accepted",
            "opened by people",
            "by machines",
            "clicked by people",
            "by machines",
            "bounced",
            "complained",
            "unsubscribed",
        ],
        [
            (
                each.send,
                each.title,
                each.scheduled_at,
                each.accepted,
                *both(each.opened),
                *both(each.clicked),
                *map(measured, (each.bounced, each.complained, each.unsubscribed)),
            )
            for each in found.sends
        ],
        empty="Nothing of this list has left yet.",
    )
    if found.interests:
        print_rows(
            ["interest", "stories", "clicked by people", "by machines"],
            [(each.slug, each.stories, *both(each.clicked)) for each in found.interests],
            empty="",
        )
    for line in passed(found.limits):
        say(line)
    say_sandboxed()
