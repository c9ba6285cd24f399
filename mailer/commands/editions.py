"""`mailer editions …`: from a text file to an approved edition."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailer.commands import findings
from mailer.commands.completion import list_slugs
from mailer.commands.editions_render_all import render_all
from mailer.commands.failures import FailedError
from mailer.commands.output import emit, print_rows, say, warn
from mailer.commands.start import ready, whoami
from mailer.commands.usage import given

if TYPE_CHECKING:
    from mailer.manuscript.faults import ManuscriptError

app = typer.Typer(help="Issues of a list, from text to approval.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="EDITION", help="Its number, from `mailer editions ls`.")]
Word = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Why preflight's warnings may stand; kept with the approval."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]


@app.command("import", epilog="Example: mailer editions import space-digest edition.md")
def import_(
    slug: Annotated[str, typer.Argument(metavar="LIST", help="The list's slug.", autocompletion=list_slugs)],
    file: Annotated[Path, typer.Argument(help="Markdown with front matter, or a newsletter as pasted.")],
    as_json: AsJson = False,
) -> None:
    """Make a text file a new edition; the same text again is the same edition."""
    data = file.read_bytes()
    ready()
    from mailer import editions  # noqa: PLC0415 - models want Django ready
    from mailer.manuscript.faults import ManuscriptError  # noqa: PLC0415 - the same
    from subscribers import lists  # noqa: PLC0415 - the same

    owner = lists.find(slug)
    try:
        imported = editions.import_text(owner, data, author=whoami(), now=_now())
    except ManuscriptError as error:
        raise FailedError(misread(str(file), error)) from error
    described = editions.described(imported.edition)
    if not imported.new:
        warn("This very text was imported before; nothing was changed.")
    emit(described, as_json=as_json, table=lambda: _print(described))


@app.command(epilog="Example: mailer editions export 1 > edition.md")
def export(edition: Number) -> None:
    """Print the edition as Markdown with front matter, byte for byte as it is kept."""
    ready()
    from mailer import editions  # noqa: PLC0415 - models want Django ready

    text = editions.newest(editions.find(edition)).text
    sys.stdout.buffer.write(text.encode())


@app.command(epilog="Example: mailer editions ls --list space-digest")
def ls(
    slug: Annotated[
        str | None,
        typer.Option(
            "--list", metavar="LIST", help="Of this list only.", parser=given, autocompletion=list_slugs
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show all editions, newest first."""
    ready()
    from mailer import editions  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same

    rows = editions.listing(lists.find(slug) if slug else None)
    emit(
        rows,
        as_json=as_json,
        table=lambda: print_rows(
            ["edition", "list", "title", "date", "status"],
            [tuple(row.values()) for row in rows],
            empty="There is no edition yet: make one with `mailer editions import LIST FILE`.",
        ),
    )


@app.command(epilog="Example: mailer editions show 1 --json")
def show(edition: Number, as_json: AsJson = False) -> None:
    """Show what an edition holds, and what its import was unsure of."""
    ready()
    from mailer import editions  # noqa: PLC0415 - models want Django ready

    described = editions.described(editions.find(edition))
    emit(described, as_json=as_json, table=lambda: _print(described))


@app.command(epilog="Example: mailer editions render 1 --all -o preview")
def render(
    edition: Number,
    folder: Annotated[str, typer.Option("-o", "--output", metavar="DIR", help="Where the files go.")],
    interest: Annotated[
        list[str] | None,
        typer.Option(metavar="SLUG", help="As one gets it who chose this; may be repeated. None: all."),
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Every letter, with pictures, and a page that compares them."),
    ] = False,
    pictures: Annotated[
        bool,
        typer.Option("--pictures/--no-pictures", help="With --all: take pictures, where a browser is."),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Write a letter as its readers get it: subject.txt, edition.html and edition.txt.

    With --all: each different letter in DIR/letters, and DIR/index.html, which shows who gets what.
    """
    if not folder.strip():
        raise typer.BadParameter("name a folder; . is the one you are in", param_hint="-o")
    if every and interest:
        raise typer.BadParameter("every letter is written anyway; leave it out", param_hint="--interest")
    ready()
    from mailer import editions  # noqa: PLC0415 - models want Django ready

    if every:
        render_all(edition, folder, pictures=pictures, as_json=as_json)
        return
    letter = editions.render(editions.find(edition), interest or [])
    files = {
        "subject.txt": f"{letter.subject}\n".encode(),
        "edition.html": letter.html.encode(),
        "edition.txt": letter.text.encode(),
    }
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (Path(folder) / name).write_bytes(data)
    sizes = {name: len(data) for name, data in files.items()}
    outcome = f"{folder} holds the letter: {sizes['edition.html'] / 1000:.0f} kB of HTML, and its text."
    emit(
        {"folder": folder, "files": list(sizes), "bytes": sizes}, as_json=as_json, table=lambda: say(outcome)
    )


@app.command(epilog="Example: mailer editions approve 1")
def approve(edition: Number, word: Word = None, as_json: AsJson = False) -> None:
    """Approve an edition exactly as it would leave now: text, look, sender and postal address.

    It is checked first, and not approved while there is an error (`mailer editions check`). Warnings need a
    word: why they may stand.
    """
    ready()
    from mailer import editions  # noqa: PLC0415 - models want Django ready

    found, now = editions.find(edition), _now()
    checked = editions.check(found, now=now)
    said = findings.word_for(edition, checked, word)
    approval = editions.approve(found, by=whoami(), now=now, checked=checked, word=said)
    emit(
        {
            "edition": edition,
            "content_hash": approval.content_hash,
            "by": approval.by,
            "at": approval.at,
            "word": approval.word,
        },
        as_json=as_json,
        table=lambda: say(f"Edition {edition} is approved as it stands ({approval.content_hash[:12]})."),
    )
    findings.unsaid(edition, checked, said)


@app.command("test", epilog="Example: mailer editions test 1 --to editor@example.org --interest africa")
def try_out(
    edition: Number,
    to: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Who gets it; may be repeated.")
    ] = None,
    to_testers: Annotated[
        bool, typer.Option("--to-testers", help="All on the list's test list, from `mailer lists testers`.")
    ] = False,
    interest: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SLUG",
            help="As one gets it who chose this; may be repeated. None: subscribers their own, others all.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send the letter as it stands to named addresses: no approval, no report, and nobody suppressed."""
    if not (to or to_testers):
        raise typer.BadParameter("say who gets it: --to ADDRESS, or --to-testers")
    ready()
    from django.conf import settings  # noqa: PLC0415 - only readable once Django is ready

    from mailer import editions, reports, sends, testers  # noqa: PLC0415 - models want Django ready

    found = editions.find(edition)
    addresses = list(to or ())
    if to_testers:
        addresses += [each for each in testers.asked(found.list) if each not in addresses]
    send = sends.test(found, addresses, interest or None, by=whoami(), now=_now())

    def told() -> None:
        say(f"Send {send.pk} is a test of edition {edition}; it leaves as soon as a worker takes it.")
        say(f"`mailer sends show {send.pk}` says how it stands.")
        if settings.CONFIGURATION.sandboxed:
            say("The sandbox is the transport: nothing leaves this machine.")

    emit(reports.described(send), as_json=as_json, table=told)


def misread(file: str, error: "ManuscriptError") -> str:
    """Return a line for each fault of a text: its file, line and column, and what is wrong."""
    return "\n".join(f"{file}:{fault.line}:{fault.column}: {fault.message}" for fault in error.faults)


def _print(described: dict[str, Any]) -> None:
    date = f", {described['date']}" if described["date"] else ""
    head = f"Edition {described['id']} of {described['list']} ({described['status']})"
    say(f"{head}: {described['title']}{date}")
    print_rows(
        ["section", "points", "stories"],
        [
            (section["title"], sum(len(group["points"]) for group in section["groups"]), section["stories"])
            for section in described["sections"]
        ],
        empty="It holds no section.",
    )
    print_rows(
        ["story", "title", "interests", "link"],
        [
            (place, story["title"], story["interests"] or "everyone", story["url"] or "none")
            for place, story in enumerate(described["stories"], 1)
        ],
        empty="It holds no story.",
    )
    for warning in described["warnings"]:
        say(f"- {warning}")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
