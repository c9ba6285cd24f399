"""`mailer lists add | ls | show`; what changes a list has a file of its own."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from mailer.commands.completion import list_slugs
from mailer.commands.output import emit, print_csv, print_facts, print_rows, say
from mailer.commands.start import ready, whoami
from subscribers.vocabulary import NoStory, Status, UnchosenStories

app = typer.Typer(help="Newsletters that one can subscribe to.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="LIST", help="The list's slug.", autocompletion=list_slugs)]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print it for scripts, as a table.")]
Description = typer.Option(help="What it is about, for those who do not read it yet.")
ReplyTo = typer.Option(help="Where answers go, if not to the sender.")
Language = typer.Option(help="BCP 47: en, pt-BR, …")
Zone = typer.Option(help="IANA time zone of the desk: Africa/Nairobi, …")
Owner = typer.Option(help="Address told when a send is paused, missed, unknown, cancelled or done.")
Unchosen = typer.Option(help="How readers see the stories outside their interests.")
WithoutStory = typer.Option(help="What becomes of readers for whom an edition has no story.")
Tracked = typer.Option("--tracked/--no-tracked", help="Whether opens and clicks are counted.")
Public = typer.Option("--public/--no-public", help="Whether anybody may subscribe.")


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
    description: Annotated[str, Description] = "",
    reply_to: Annotated[str, ReplyTo] = "",
    language: Annotated[str, Language] = "en",
    zone: Annotated[str, Zone] = "UTC",
    owner: Annotated[str, Owner] = "",
    unchosen_stories: Annotated[UnchosenStories | None, Unchosen] = None,
    no_story: Annotated[NoStory | None, WithoutStory] = None,
    tracked: Annotated[bool | None, Tracked] = None,
    public: Annotated[bool | None, Public] = None,
    as_json: AsJson = False,
) -> None:
    """Make a list with its interests; `mailer lists set` changes what it says and how it decides."""
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
        unchosen_stories=unchosen_stories,
        no_story=no_story,
        tracked=tracked,
        public=public,
        by=whoami(),
        at=now(),
    )
    outcome = (
        f"The list {slug} is ready, with {counted(len(interests), 'interest')}."
        if added.new
        else f"The list {slug} was there already, just so; nothing was changed."
    )
    emit(lists.show(added.newsletter), as_json=as_json, table=lambda: say(outcome))


@app.command(epilog="Example: mailer lists ls --json")
def ls(*, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Show all lists."""
    one_form(as_json=as_json, as_csv=as_csv)
    ready()
    from subscribers import list_fields, lists  # noqa: PLC0415 - models want Django ready
    from subscribers.models import List  # noqa: PLC0415 - the same

    rows = lists.listing()
    if as_csv:
        headings = ("slug", *list_fields.stated(List()), "created_at", "interests", *Status)
        print_csv(headings, ([row[heading] for heading in headings] for row in map(_flat, rows)))
        return
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
def show(slug: Slug, as_json: AsJson = False) -> None:
    """Show one list with its interests and how many read it."""
    ready()
    from subscribers import lists  # noqa: PLC0415 - models want Django ready

    shown = lists.show(lists.find(slug))
    emit(shown, as_json=as_json, table=lambda: _print(shown))


def one_form(*, as_json: bool, as_csv: bool) -> None:
    """Refuse two forms at once."""
    if as_json and as_csv:
        raise typer.BadParameter("say either --json or --csv")


def counted(number: int, noun: str) -> str:
    """Return a number and what it counts: "1 interest", "1,204 interests"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def now() -> dt.datetime:
    """Return the time as commands have it."""
    return dt.datetime.now(dt.UTC)


def _print(shown: dict[str, Any]) -> None:
    interests = [
        f"{interest['slug']} ({interest['name']}{', retired' if interest['retired'] else ''})"
        for interest in shown["interests"]
    ]
    counts = {f"{status} subscribers": count for status, count in shown["subscribers"].items()}
    plain = {name.replace("_", " "): value for name, value in shown.items() if name not in _NESTED}
    for name in ("keep pending days", "keep inactive days"):
        plain[name] = "never removed" if plain[name] is None else plain[name]
    print_facts({**plain, "interests": interests, **counts})


_NESTED = ("interests", "subscribers")


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return one list as a line of a table."""
    plain = {name: value for name, value in row.items() if name not in _NESTED}
    return {**plain, "interests": _slugs(row["interests"]), **row["subscribers"]}


def _slugs(interests: Iterable[dict[str, Any]]) -> list[str]:
    """Return the interests that are offered."""
    return [interest["slug"] for interest in interests if not interest["retired"]]


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
