"""`mailer subscribers erase`: a person goes, everywhere; a hash stays."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailer.commands.asking import ask
from mailer.commands.output import emit, print_rows, say, warn
from mailer.commands.start import ready, whoami
from mailer.commands.subscribers import Address, AsJson, now

if TYPE_CHECKING:
    from subscribers.erasing import Erased


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer subscribers erase nina@example.org --yes")(erase)


def erase(
    address: Address,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a person everywhere, for good; a keyed hash stays, so that no import brings them back."""
    ready()
    from subscribers import erasing  # noqa: PLC0415 - models want Django ready
    from subscribers.addresses import masked, parse  # noqa: PLC0415 - the same

    who = masked(parse(address).written)
    if not dry_run:
        ask(f"Erase {who} from every list and every record? This cannot be undone.", yes=yes)
    erased = erasing.erase(address, by=whoami(), at=now(), dry_run=dry_run)
    data = {
        "email": address,
        "dry_run": dry_run,
        "erased": not erased.nothing and not dry_run,
        "erased_before": erased.on_record,
        "places": [{"place": place.place, "done": place.done, "rows": place.rows} for place in erased.places],
        "notes": list(erased.notes),
    }
    emit(data, as_json=as_json, table=lambda: _tell(address, erased, dry_run=dry_run))


def _tell(address: str, erased: "Erased", *, dry_run: bool) -> None:
    if erased.nothing:
        say(f"{address} is not here; an erasure of {erased.on_record:%Y-%m-%d} is on record.")
        return
    print_rows(
        ["where", "what", "rows"],
        [(place.place, place.done, place.rows) for place in erased.places if place.rows],
        empty="",
    )
    say(
        f"{address} would be erased; nothing was changed."
        if dry_run
        else f"{address} is erased. What stays is a hash, which keeps every import from bringing them back."
    )
    for note in erased.notes:
        warn(note)
