"""`mailer pictures …`: what stories show."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from mailer.commands.failures import FailedError
from mailer.commands.output import emit, print_rows, say
from mailer.commands.start import ready, whoami

app = typer.Typer(help="Pictures that stories show, kept and served here.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print it for scripts.")]


@app.command(epilog='Example: mailer pictures add dish.jpg --alt "The dish at Hartebeesthoek"')
def add(
    file: Annotated[Path, typer.Argument(help="JPEG, PNG, WebP, TIFF, BMP, or a GIF that holds still.")],
    alt: Annotated[str, typer.Option(help="What it shows, in words: for whoever does not see it.")],
    logo: Annotated[
        bool, typer.Option("--logo", help="Keep what is transparent; print its name, for a theme.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Keep a picture, and print the line that shows it: a paragraph of its own in a story.

    It is encoded anew, no wider than a letter, without what cameras write into files; the same again is the
    same picture.
    """
    words = " ".join(alt.split())
    if not words:
        raise typer.BadParameter("say in words what it shows", param_hint="--alt")
    data = file.read_bytes()
    ready()
    from mailer import pictures  # noqa: PLC0415 - models want Django ready

    try:
        encoded = pictures.encode(data, clear=logo)
    except pictures.PictureError as error:
        raise FailedError(f"{file}: {error}") from error
    name = pictures.keep(encoded, source=file.name, by=whoami(), now=dt.datetime.now(dt.UTC))
    markdown = pictures.markdown(name, words)
    described = {
        "name": name,
        "width": encoded.width,
        "height": encoded.height,
        "bytes": len(encoded.data),
        "markdown": markdown,
    }
    emit(described, as_json=as_json, table=lambda: say(f"picture:{name}" if logo else markdown))


@app.command(epilog="Example: mailer pictures ls --json")
def ls(as_json: AsJson = False) -> None:
    """Show the pictures that are kept, newest first."""
    ready()
    from mailer import pictures  # noqa: PLC0415 - models want Django ready

    rows = pictures.listing()
    emit(
        rows,
        as_json=as_json,
        table=lambda: print_rows(
            ["name", "kB", "of", "by", "kept"],
            [
                (row["name"], f"{row['bytes'] / 1000:.0f}", row["source"], row["by"], row["kept"])
                for row in rows
            ],
            empty="There is no picture yet: keep one with `mailer pictures add FILE --alt WORDS`.",
        ),
    )
