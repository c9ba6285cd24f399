"""An edition's Markdown as HTML for a page, and as words alone."""

import html
import re
from functools import lru_cache

from markupsafe import Markup

from mailer.manuscript.inline import block_html, inline_html
from mailer.manuscript.pictures import SCHEME, picture

_PICTURE = re.compile(rf'<img src="{SCHEME}(?P<name>[^"]*)" alt="(?P<alt>[^"]*)" />')
_TAG = re.compile(r"<[^>]*>")
_END_OF_BLOCK = re.compile(r"</(?:p|li|blockquote|pre)>|<br />")


@lru_cache(maxsize=2048)
def prose(markdown: str, base_url: str = "") -> Markup:
    """Return paragraphs as HTML, with pictures at `base_url`; '' is for a page of ours."""
    return _pictured(block_html(markdown), base_url)


@lru_cache(maxsize=1024)
def line(markdown: str, base_url: str = "") -> Markup:
    """Return one line as HTML, the same way."""
    return _pictured(inline_html(markdown), base_url)


@lru_cache(maxsize=2048)
def words(markdown: str) -> str:
    """Return Markdown as words with single spaces between them, without the addresses of links."""
    parted = _END_OF_BLOCK.sub(" ", block_html(markdown))
    return " ".join(html.unescape(_TAG.sub("", parted)).split())


def _pictured(written: str, base_url: str) -> Markup:
    """Return HTML in which pictures are found; a browser fits them to the column by itself."""

    def shown(found: re.Match[str]) -> str:
        kept = picture(found["name"])
        if kept is None:
            return ""
        size = f'width="{kept.width}" height="{kept.height}"'
        return f'<img src="{base_url}/pictures/{kept.name}" alt="{found["alt"]}" {size} loading="lazy">'

    return Markup(_PICTURE.sub(shown, written))  # noqa: S704 - sanitised by manuscript.inline
