"""`mailer lists form`: the sign-up form as HTML for another site."""

import re
import sys
from typing import Annotated
from urllib.parse import urlsplit

import typer

from mailer.commands.lists import Slug
from mailer.commands.start import ready

# What MAILER_BASE_URL may be: no query, no user, nothing to escape.
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+(/[A-Za-z0-9._~%/-]*)?")


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(
        epilog="Example: mailer lists form space-digest --base-url https://news.example.org > form.html"
    )(form)


def form(
    slug: Slug,
    *,
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="Where readers find us, if not at MAILER_BASE_URL.")
    ] = "",
) -> None:
    """Print a list's sign-up form as plain HTML, to be put into a page of another site."""
    if base_url and not _is_ours(base_url):
        raise typer.BadParameter(
            f"write an address such as https://news.example.org, not {base_url!r}", param_hint="--base-url"
        )
    ready()
    from django.conf import settings  # noqa: PLC0415 - wants Django ready

    from mailer.web.embedding import form_of  # noqa: PLC0415 - the same
    from subscribers import lists  # noqa: PLC0415 - the same

    newsletter = lists.find(slug)
    if not newsletter.public:
        raise lists.ListError(
            f"{slug} is not public, so nobody may subscribe to it; change that with"
            f" `mailer lists set {slug} --public`"
        )
    sys.stdout.write(form_of(newsletter, base_url or settings.CONFIGURATION.base_url))


def _is_ours(url: str) -> bool:
    """Return whether an address can stand before the path of a page."""
    try:
        return bool(_PLAIN_ADDRESS.fullmatch(url) and urlsplit(url).hostname)
    except ValueError:
        return False
