"""An edition's Markdown as HTML for a page, and as words alone."""

import html
import re
from functools import lru_cache

from markupsafe import Markup

from mailer.manuscript.inline import block_html, inline_html, words_alone
from mailer.manuscript.pictures import SCHEME, picture
from mailer.rendering.foreign import manner

_PICTURE = re.compile(rf'<img src="{SCHEME}(?P<name>[^"]*)" alt="(?P<alt>[^"]*)" />')
_LINK = re.compile(r'<a href="(?P<address>[^"]*)"')
_TAG = re.compile(r"<[^>]*>")
# A paragraph, or a point as far as the first within it.
_PARAGRAPH = re.compile(r"<(?P<tag>p|li)>(?P<said>[^<]*(?:<(?!/?(?:p|li|ul|ol|blockquote|pre)\b)[^<]*)*)")
# What most summaries have of Markdown, and nothing that could be read in another way: a link's words and its
# whole address, bold words between letters.
_PLAIN_LINK = re.compile(r"(?<!!)\[([^\[\]*\n]+)\]\(https?://[^\s()<>\[\]`\\]+\)")
_PLAIN_BOLD = re.compile(r"(?<!\*)\*\*([^\W_](?:[^*\[\]()\n]*[^\W_])?)\*\*(?!\*)")
_END_OF_BLOCK = re.compile(r"</(?:p|li|blockquote|pre)>|<br />")


@lru_cache(maxsize=2048)
def prose(markdown: str, base_url: str = "", *, language: str = "", around: str = "") -> Markup:
    """Return paragraphs as HTML, with pictures at `base_url`; '' is for a page of ours.

    On a list of a `language` those in another than what is `around` say so, and run as it does.
    """
    return _pictured(_turned(block_html(markdown), language, around or language), base_url)


@lru_cache(maxsize=1024)
def line(markdown: str, base_url: str = "") -> Markup:
    """Return one line as HTML, the same way."""
    return _pictured(inline_html(markdown), base_url)


@lru_cache(maxsize=2048)
def words(markdown: str) -> str:
    """Return Markdown as words with single spaces between them, without the addresses of links."""
    # Search reads thousands at once, and to set each as HTML takes twenty times as long.
    paragraphs = _PLAIN_LINK.sub(r"\1", _PLAIN_BOLD.sub(r"\1", markdown)).split("\n\n")
    if all(map(words_alone, paragraphs)):
        return " ".join(" ".join(paragraphs).split())
    parted = _END_OF_BLOCK.sub(" ", block_html(markdown))
    return " ".join(html.unescape(_TAG.sub("", parted)).split())


def links(markdown: str) -> frozenset[str]:
    """Return where the links of a text lead."""
    return frozenset(html.unescape(found["address"]) for found in _LINK.finditer(block_html(markdown)))


def pictures(markdown: str) -> tuple[tuple[str, str], ...]:
    """Return the pictures of a text by name, each with what is said in its place."""
    found = _PICTURE.finditer(block_html(markdown))
    return tuple((each["name"], html.unescape(each["alt"])) for each in found)


def _turned(written: str, language: str, around: str) -> str:
    """Return HTML in which each paragraph and point says its own language; a page has the styles for it."""

    def own_way(found: re.Match[str]) -> str:
        said = html.unescape(_TAG.sub("", found["said"]))
        return f"<{found['tag']}{manner(language, said, around).way}>{found['said']}"

    return _PARAGRAPH.sub(own_way, written) if language else written


def _pictured(written: str, base_url: str) -> Markup:
    """Return HTML in which pictures are found; a browser fits them to the column by itself."""

    def shown(found: re.Match[str]) -> str:
        kept = picture(found["name"])
        if kept is None:
            return ""
        size = f'width="{kept.width}" height="{kept.height}"'
        return f'<img src="{base_url}/pictures/{kept.name}" alt="{found["alt"]}" {size} loading="lazy">'

    return Markup(_PICTURE.sub(shown, written))  # noqa: S704 - sanitised by manuscript.inline
