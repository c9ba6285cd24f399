"""`mailer lists …`."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from mailer.commands.output import emit, print_facts, print_rows, say
from mailer.commands.start import ready
from subscribers.vocabulary import WhenUnknown

app = typer.Typer(help="Newsletters that one can subscribe to.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]


@app.command(
    epilog='Example: mailer lists add space-digest --name "Space Digest"'
    ' --from "Space Digest <news@example.org>" --postal-address "14 Observatory Road, Cape Town 7925"'
    ' --interest africa=Africa --interest south-asia="South Asia"'
)
def add(
    slug: Annotated[
        str, typer.Argument(help="Its name in commands and addresses, for example space-digest.")
    ],
    *,
    name: Annotated[str, typer.Option(help="Its name as readers see it.")],
    sender: Annotated[str, typer.Option("--from", help='Whom letters come from: "Name <address>".')],
    postal_address: Annotated[str, typer.Option(help="Stands at the foot of every letter, as the law asks.")],
    interest: Annotated[
        list[str] | None, typer.Option(metavar='SLUG="NAME"', help="A topic that readers choose; in order.")
    ] = None,
    description: Annotated[
        str, typer.Option(help="What it is about, for those who do not read it yet.")
    ] = "",
    reply_to: Annotated[str, typer.Option(help="Where answers go, if not to the sender.")] = "",
    language: Annotated[str, typer.Option(help="BCP 47: en, pt-BR, …")] = "en",
    zone: Annotated[str, typer.Option(help="IANA time zone of the desk: Africa/Nairobi, …")] = "UTC",
    owner: Annotated[
        str, typer.Option(help="Address told when a send is paused, missed, unknown or done.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make a list with its interests."""
    interests = _named(interest or [])
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready

    added = lists.add_list(
        slug,
        name=name,
        sender=lists.parse_sender(sender),
        postal_address=postal_address,
        interests=interests,
        description=description,
        reply_to=reply_to,
        language=language,
        zone=zone,
        owner=owner,
    )
    outcome = (
        f"The list {slug} is ready, with {_count(len(interests), 'interest')}."
        if added.new
        else f"The list {slug} was there already, just so; nothing was changed."
    )
    emit(lists.show(added.newsletter), as_json=as_json, table=lambda: say(outcome))


@app.command(epilog="Example: mailer lists ls --json")
def ls(*, as_json: AsJson = False) -> None:
    """Show all lists."""
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready

    rows = lists.listing()
    emit(
        rows,
        as_json=as_json,
        table=lambda: print_rows(
            ["list", "name", "interests", "active"],
            [
                (row["slug"], row["name"], _slugs(row["interests"]), row["subscribers"]["active"])
                for row in rows
            ],
            empty="There is no list yet: make one with `mailer lists add`.",
        ),
    )


@app.command(epilog="Example: mailer lists show space-digest")
def show(
    slug: Annotated[str, typer.Argument(help="The list's slug.")],
    as_json: AsJson = False,
) -> None:
    """Show one list with its interests and how many read it."""
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready

    shown = lists.show(lists.find(slug))
    emit(shown, as_json=as_json, table=lambda: _print(shown))


@app.command("set", epilog="Example: mailer lists set space-digest --owner editor@news.example")
def set_(
    slug: Annotated[str, typer.Argument(help="The list's slug.")],
    *,
    owner: Annotated[
        str | None,
        typer.Option(help="Address told when a send is paused, missed, unknown, cancelled or done."),
    ] = None,
    when_unknown: Annotated[
        WhenUnknown | None,
        typer.Option(help="What becomes of readers in doubt when nobody decides within the wait."),
    ] = None,
    second_approval: Annotated[
        bool | None,
        typer.Option(
            "--second-approval/--no-second-approval", help="Whether another person than the author approves."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change who is told of a list's sends, and how it decides."""
    given = {"owner": owner, "when_unknown": when_unknown, "second_approval": second_approval}
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise typer.BadParameter("say what to change: --owner, --when-unknown or --second-approval")
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready

    found = lists.find(slug)
    outcome = (
        f"{slug} is changed; `mailer lists show {slug}` shows it."
        if lists.set_rules(found, **changes)
        else f"{slug} was so already; nothing was changed."
    )
    emit(lists.show(found), as_json=as_json, table=lambda: say(outcome))


def _print(shown: dict[str, Any]) -> None:
    interests = [f"{interest['slug']} ({interest['name']})" for interest in shown["interests"]]
    counts = {f"{status} subscribers": count for status, count in shown["subscribers"].items()}
    plain = {name.replace("_", " "): value for name, value in shown.items() if name not in _NESTED}
    print_facts({**plain, "interests": interests, **counts})


_NESTED = ("interests", "subscribers")


def _slugs(interests: Iterable[dict[str, Any]]) -> list[str]:
    return [interest["slug"] for interest in interests]


def _named(texts: Sequence[str]) -> dict[str, str]:
    interests: dict[str, str] = {}
    for text in texts:
        slug, equals, name = text.partition("=")
        if not (slug and equals and name):
            raise typer.BadParameter(
                f'write it as slug="Name", for example south-asia="South Asia", not {text!r}',
                param_hint="--interest",
            )
        if (slug := slug.strip()) in interests:
            raise typer.BadParameter(f"{slug!r} is there twice; name it once", param_hint="--interest")
        interests[slug] = name
    return interests


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
