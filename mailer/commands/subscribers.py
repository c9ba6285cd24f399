"""`mailer subscribers add | show`; the others have files of their own."""

import datetime as dt
from typing import Annotated, Any

import typer

from mailer.commands.completion import interest_slugs, list_slugs
from mailer.commands.output import emit, print_facts, print_rows, say
from mailer.commands.start import ready, whoami
from mailer.commands.usage import given, words
from subscribers.wording import evidence, fields

app = typer.Typer(help="People and their consent.", no_args_is_help=True)

BY_HAND = "by hand, on the command line"

Slug = Annotated[str, typer.Argument(metavar="LIST", help="The list's slug.", autocompletion=list_slugs)]
Address = Annotated[str, typer.Argument(help="An e-mail address.")]
OnList = Annotated[
    str | None,
    typer.Option("--list", metavar="LIST", help="The list's slug.", parser=given, autocompletion=list_slugs),
]
Consent = Annotated[
    str, typer.Option(metavar="TEXT", help="Where and how they agreed; kept as evidence.", parser=words)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]


@app.command(epilog="Example: mailer subscribers add space-digest nina@example.org --consent telephone")
def add(
    slug: Slug,
    address: Address,
    *,
    consent: Consent,
    name: Annotated[str, typer.Option(help="Their name.")] = "",
    interest: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SLUG", help="What they chose; without any, everything.", autocompletion=interest_slugs
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put one person on a list."""
    ready()
    from subscribers import lists, people  # noqa: PLC0415 - models want Django ready

    enrolled = people.add(
        lists.find(slug), address, name=name, interests=interest, consent=consent, by=whoami(), at=now()
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
    """Show all that is known of one address: consent, suppressions, letters, and what we changed."""
    ready()
    from mailer import correspondence  # noqa: PLC0415 - models want Django ready
    from subscribers import people  # noqa: PLC0415 - the same

    shown = people.show(address) | {"sent": correspondence.outcomes(address)}
    emit(shown, as_json=as_json, table=lambda: _print_person(shown))


def _print_person(shown: dict[str, Any]) -> None:
    print_facts(_facts(shown))
    print_rows(
        ["list", "status", "interests", "since", "paused until"],
        [(*_subscription(row), row["paused_until"]) for row in shown["subscriptions"]],
        empty="On no list.",
    )
    print_rows(
        ["at", "list", "consent", "how", "wording", "network", "what"],
        [
            (
                *(row[name] for name in ("at", "list", "action", "how", "wording", "network")),
                evidence(row["detail"]),
            )
            for row in shown["consents"]
        ],
        empty="No consent is recorded.",
    )
    if shown["suppressions"]:
        print_rows(
            ["suppressed", "where", "why", "source", "lifted", "because"],
            [
                (
                    row["since"],
                    row["list"] or "every list",
                    row["reason"],
                    row["source"],
                    row["lifted_at"],
                    row["lifted_because"],
                )
                for row in shown["suppressions"]
            ],
            empty="",
        )
    if shown["sent"]:
        print_rows(["copies of editions", "how many"], list(shown["sent"].items()), empty="")
    if shown["letters"]:
        print_rows(
            ["at", "letter", "list", "state"],
            [(row["at"], row["kind"], row["list"], row["state"]) for row in shown["letters"]],
            empty="",
        )
    if shown["changes"]:
        print_rows(
            ["at", "who of us", "what", "before", "after"],
            [
                (row["at"], row["who"], row["what"], fields(row["before"]), fields(row["after"]))
                for row in shown["changes"]
            ],
            empty="",
        )


def _facts(shown: dict[str, Any]) -> dict[str, object]:
    suppression = shown["suppression"]
    where = ["every list"] if suppression and suppression["everywhere"] else (suppression or {}).get("lists")
    facts: dict[str, object] = {
        "email": shown["email"],
        "name": shown["name"],
        "locale": shown["locale"],
        "suppressed": f"{suppression['reason']}, {', '.join(where or [])}" if suppression else "no",
    }
    if shown["created_at"]:
        facts |= {
            "known since": shown["created_at"],
            "text only": shown["text_only"],
            "tracked": shown["tracked"],
            "last opened": shown["last_opened_at"],
            "last clicked": shown["last_clicked_at"],
        }
    return facts | {f"attribute {name}": value for name, value in shown["attributes"].items()}


def _subscription(row: dict[str, Any]) -> tuple[object, ...]:
    return row["list"], row["status"], "everything" if row["everything"] else row["interests"], row["since"]


def now() -> dt.datetime:
    """Return the time as commands have it."""
    return dt.datetime.now(dt.UTC)
