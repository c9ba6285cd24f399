"""`mailer suppressions sync | ls`: whom nobody may write to, and what SendGrid knows of them."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands.bars import progress
from mailer.commands.completion import list_slugs
from mailer.commands.output import emit, print_csv, print_rows, say, warn
from mailer.commands.sends import say_sandboxed
from mailer.commands.start import ready, whoami
from mailer.commands.usage import day, given
from subscribers.vocabulary import Suppressed

if TYPE_CHECKING:
    from mailer.syncing import Synced

app = typer.Typer(help="Addresses that must not be written to.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]

_COLUMNS = ("id", "key", "email", "reason", "list", "since", "source")


@app.command(epilog="Example: mailer suppressions sync --since 2026-11-01 --dry-run")
def sync(
    *,
    since: Annotated[
        dt.date | None,
        typer.Option(
            metavar="DATE",
            parser=day,
            help="Ask for what came in from this day on (UTC). Left out: from a day before the last complete"
            " sync, or else from the beginning.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask and count; write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Suppress whom SendGrid's own lists hold, and whose mailbox turns letter after letter away.

    Bounces and invalid addresses become bounced, spam reports complained, global unsubscribes unsubscribed
    from every list; blocks are about letters, and suppress nobody.
    """
    now = dt.datetime.now(dt.UTC)
    begin = dt.datetime.combine(since, dt.time.min, dt.UTC) if since else None
    if begin and begin > now:
        raise typer.BadParameter(f"{begin:%Y-%m-%d} is still to come", param_hint="--since")
    ready()
    from mailer import syncing  # noqa: PLC0415 - models want Django ready

    with progress() as told:
        synced = syncing.sync(by=whoami(), now=now, since=begin, dry_run=dry_run, progress=told)
    emit(synced.described(), as_json=as_json, table=lambda: _print_synced(synced))


@app.command(epilog="Example: mailer suppressions ls --reason bounced --limit 20")
def ls(
    *,
    reason: Annotated[Suppressed | None, typer.Option(help="Only those for this reason.")] = None,
    slug: Annotated[
        str | None,
        typer.Option(
            "--list",
            metavar="LIST",
            help="Only those that keep this list from writing to them.",
            parser=given,
            autocompletion=list_slugs,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    after: Annotated[
        int, typer.Option(metavar="ID", min=0, max=2**63 - 1, help="Go on after this one, to older ones.")
    ] = 0,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print it as CSV.")] = False,
) -> None:
    """Show the suppressions in force, newest first.

    An address is kept as a hash, of which the beginning is shown; and masked, where a subscriber has it.
    """
    if as_json and as_csv:
        raise typer.BadParameter("say one of --json and --csv")
    ready()
    from subscribers import in_force, lists  # noqa: PLC0415 - models want Django ready

    newsletter = lists.find(slug) if slug else None
    found = list(in_force.listing(reason=reason, newsletter=newsletter, limit=limit, after=after))
    if as_csv:
        print_csv(_COLUMNS, ([row[name] for name in _COLUMNS] for row in found))
    else:
        emit(found, as_json=as_json, table=lambda: _print(found))
    if len(found) == limit:
        warn(f"There may be more: --after {found[-1]['id']}")


def _print(found: list[dict[str, Any]]) -> None:
    print_rows(
        ["id", "key", "email", "reason", "where", "since", "source"],
        [
            (
                row["id"],
                f"{row['key']}…",
                row["email"],
                row["reason"],
                row["list"] or "every list",
                row["since"],
                row["source"],
            )
            for row in found
        ],
        empty="Nobody is suppressed, as far as was asked.",
    )


def _print_synced(synced: "Synced") -> None:
    if synced.transport == "smtp":
        say("Letters go out by SMTP: there are no lists of a service to ask. Soft bounces were counted.")
    else:
        since = f"since {synced.since:%Y-%m-%d %H:%M} UTC" if synced.since else "from the beginning"
        whose = "the sandbox's" if synced.transport == "sandbox" else "SendGrid's"
        say(f"What came into {whose} lists {since}, and soft bounces:")
    rows = [
        (read.list.replace("_", " "), read.reason.value, read.read, read.new, read.unreadable)
        for read in synced.lists
    ]
    print_rows(
        ["from", "suppressed as", "read", "new", "no address"],
        [*rows, ("soft bounces", Suppressed.BOUNCED.value, None, synced.soft_bounces, None)],
        empty="",
    )
    if synced.dry_run:
        say("This was a dry run: nothing was written.")
    say_sandboxed()
