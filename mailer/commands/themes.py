"""`mailer themes …`: how a list's letters look, as data."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from mailer.commands.anew import approvals_told
from mailer.commands.completion import list_slugs
from mailer.commands.failures import FailedError
from mailer.commands.output import emit, print_rows, say, warn
from mailer.commands.start import ready, whoami

app = typer.Typer(help="How a list's letters look: logo, colours, type, order.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(metavar="LIST", help="The list's slug.", autocompletion=list_slugs)]
File = Annotated[
    Path, typer.Argument(help="The theme, as TOML: docs/themes.md has all that can stand in it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]


@app.command(epilog="Example: mailer themes check space-digest theme.toml")
def check(slug: Slug, file: File, as_json: AsJson = False) -> None:
    """Say what is wrong with a theme; nothing is changed. Ends with status 1 if anything is."""
    data = file.read_bytes()
    ready()
    from mailer import themes  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same

    owner = lists.find(slug)
    _, faults = themes.check(owner, themes.parse(data))
    described = {
        "list": slug,
        "good": not faults,
        "faults": [{"where": fault.where, "message": fault.said} for fault in faults],
    }
    emit(
        described,
        as_json=as_json,
        table=lambda: print_rows(
            ["where", "what"], [(fault.where, fault.said) for fault in faults], empty="The theme is good."
        ),
    )
    if faults:
        raise FailedError(f"{file}: {len(faults)} of its entries cannot be used")


@app.command("set", epilog="Example: mailer themes set space-digest theme.toml")
def set_(slug: Slug, file: File, as_json: AsJson = False) -> None:
    """Make a file the list's theme, from the next approval on; a theme that is not good changes nothing.

    An empty file takes every letter back to the defaults.
    """
    data = file.read_bytes()
    ready()
    from mailer import themes  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same

    owner = lists.find(slug)
    theme = themes.parse(data)
    with approvals_told(owner):
        number = themes.put(owner, theme, by=whoami(), now=_now())
    _tell(slug, number, as_json=as_json)


@app.command(epilog="Example: mailer themes restore space-digest 3")
def restore(
    slug: Slug,
    version: Annotated[int, typer.Argument(min=1, help="Its number, from `mailer themes ls`.")],
    as_json: AsJson = False,
) -> None:
    """Make an earlier version the list's theme again; it becomes the newest."""
    ready()
    from mailer import themes  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same

    owner = lists.find(slug)
    with approvals_told(owner):
        number = themes.restore(owner, version, by=whoami(), now=_now())
    _tell(slug, number, as_json=as_json)


@app.command(epilog="Example: mailer themes ls space-digest")
def ls(slug: Slug, as_json: AsJson = False) -> None:
    """Show the versions of a list's theme, newest first; the first is the one that counts."""
    ready()
    from mailer import themes  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same

    rows = themes.versions(lists.find(slug))
    emit(
        rows,
        as_json=as_json,
        table=lambda: print_rows(
            ["version", "at", "by"],
            [tuple(row.values()) for row in rows],
            empty=f"{slug} has the defaults: set a theme with `mailer themes set {slug} FILE`.",
        ),
    )


@app.command(epilog="Example: mailer themes show space-digest --json")
def show(
    slug: Slug,
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="An earlier one; none: the one that counts.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a list's theme, with the default of whatever it does not say."""
    ready()
    from mailer import themes  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same

    owner = lists.find(slug)
    described = themes.described(owner, themes.version(owner, version) if version else owner.theme)
    emit(
        described,
        as_json=as_json,
        table=lambda: print_rows(["what", "is", "said"], themes.told(described), empty=""),
    )


@app.command(epilog="Example: mailer themes preview space-digest theme.toml --edition 7 -o look")
def preview(
    slug: Slug,
    file: File,
    folder: Annotated[str, typer.Option("-o", "--output", metavar="DIR", help="Where the files go.")],
    edition: Annotated[
        int | None, typer.Option(min=1, help="Set this edition; none: the list's newest, else a sample.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a letter as it would look: edition.html and edition.txt; nothing is changed."""
    if not folder.strip():
        raise typer.BadParameter("name a folder; . is the one you are in", param_hint="-o")
    data = file.read_bytes()
    ready()
    from mailer import themes  # noqa: PLC0415 - models want Django ready
    from subscribers import lists  # noqa: PLC0415 - the same

    owner = lists.find(slug)
    letter = themes.preview(owner, themes.parse(data), edition=edition)
    Path(folder).mkdir(parents=True, exist_ok=True)
    files = {"edition.html": letter.html, "edition.txt": letter.text}
    for name, text in files.items():
        (Path(folder) / name).write_text(text, encoding="utf-8")
    described = {"folder": folder, "files": list(files), "subject": letter.subject}
    emit(described, as_json=as_json, table=lambda: say(f"{folder} holds the letter “{letter.subject}”."))


def _tell(slug: str, number: int | None, *, as_json: bool) -> None:
    if number is None:
        warn(f"{slug} has this very theme; nothing was changed.")
    emit(
        {"list": slug, "version": number},
        as_json=as_json,
        table=lambda: say(f"{slug} has theme {number}.") if number else None,
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
