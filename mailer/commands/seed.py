"""`mailer seed`: lists, people and a past, all invented, of any size."""

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.asking import ask
from mailer.commands.bars import progress
from mailer.commands.output import emit, print_rows, say
from mailer.commands.running import SANDBOX_NOTICE
from mailer.commands.start import ready, whoami

if TYPE_CHECKING:
    from mailer.seeding import Sown

LETTERS, LISTS = 10, 3  # where nobody says how many: deliveries a subscriber, and lists
COUNTED = ("lists", "subscribers", "subscriptions", "sends", "deliveries", "events")


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(epilog="Example: mailer seed --subscribers 1000 --deliveries 10000")(seed)


def seed(
    subscribers: Annotated[int, typer.Option(min=1, metavar="N", help="How many people.")],
    deliveries: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help=f"Copies of past editions, in all; left out: {LETTERS} a subscriber."
        ),
    ] = None,
    lists: Annotated[
        int | None, typer.Option(min=1, metavar="N", help=f"How many lists; left out: {LISTS}.")
    ] = None,
    word: Annotated[
        str, typer.Option("--seed", metavar="WORD", help="The same word, the same people and past.")
    ] = "1",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be made, and make nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Add it to a database that is not empty.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for scripts.")] = False,
) -> None:
    """Invent lists, people and a past: who came when, what they got, what they opened, who left.

    For benchmarks, demonstrations and staging. Every address is at a reserved domain, so that nobody can be
    reached; where a real transport is set, nothing is made. A run that was killed goes on where it ended.
    """
    ready()
    from mailer import seeding  # noqa: PLC0415 - models want Django ready

    wish = seeding.Wish(
        word=word,
        subscribers=subscribers,
        deliveries=LETTERS * subscribers if deliveries is None else deliveries,
        lists=min(LISTS, subscribers) if lists is None else lists,
    )
    wish.check()
    seeding.refuse_outside()
    known, now = seeding.has_begun(wish), dt.datetime.now(dt.UTC)
    if dry_run:
        plan = seeding.Plan(wish, int(now.timestamp()))
        would = asdict(wish) | {"sends": len(plan.issues), "begun": known}
        emit(would, as_json=as_json, table=lambda: _print_plan(would))
        return
    if not known and not seeding.is_empty():
        ask("There are people or lists here already. Add invented ones, on lists of their own?", yes=yes)
    with progress() as told:
        sown = seeding.sow(wish, by=whoami(), now=now, progress=told)
    emit(asdict(sown), as_json=as_json, table=lambda: _print(sown))


def _print_plan(would: dict[str, Any]) -> None:
    _print_rows(would)
    say("The seed is begun or there already." if would["begun"] else "Nothing was made.")


def _print(sown: "Sown") -> None:
    _print_rows(asdict(sown) | {"lists": len(sown.lists)})
    which = f"The lists are {', '.join(sown.lists)}."
    if sown.new:
        say(f"{which} Nobody on them is real, and none of their addresses can be reached.")
    else:
        say(f"The seed {sown.seed} is there already; nothing was changed. {which}")
    say(SANDBOX_NOTICE)


def _print_rows(made: dict[str, Any]) -> None:
    print_rows(["made", "how many"], [(name, made[name]) for name in COUNTED if name in made], empty="")
