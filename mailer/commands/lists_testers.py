"""`mailer lists testers`: whose mailboxes get test letters of a list."""

from typing import Annotated

import typer

from mailer.commands.lists import AsJson, Slug, now
from mailer.commands.output import emit, print_rows, say
from mailer.commands.sends import counted
from mailer.commands.start import ready, whoami


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("testers", epilog="Example: mailer lists testers space-digest --add ada@example.org")(
        show_or_change
    )


def show_or_change(
    slug: Slug,
    *,
    add: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Put it on the test list; may be repeated.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Take it off; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a list's test list, or change it.

    `mailer editions test EDITION --to-testers` writes to all on it.
    """
    ready()
    from mailer import testers  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same

    found = lists.find(slug)
    changed = testers.change(found, on=add or (), off=remove or (), by=whoami(), at=now())
    addresses = testers.of(found)

    def told() -> None:
        if add or remove:
            said = [
                f"{n} {what}" for n, what in ((changed.added, "added"), (changed.removed, "taken off")) if n
            ]
            there = counted(len(addresses), "address", "addresses")
            say(f"{' and '.join(said) or 'Nothing was changed'}: the test list of {slug} has {there}.")
            return
        print_rows(
            ["address"],
            [(address,) for address in addresses],
            empty=f"Nobody is on it yet: `mailer lists testers {slug} --add ADDRESS` puts somebody there.",
        )

    data = {"list": slug, "addresses": addresses, "added": changed.added, "removed": changed.removed}
    emit(data, as_json=as_json, table=told)
