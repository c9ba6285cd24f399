"""Markdown of an edition becomes sanitised HTML, well-formed enough for an XML parser, or plain text."""

import html
import re
from collections.abc import Sequence
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from mailer.manuscript.characters import printable

_WORDS = {"em", "strong", "a", "code", "br"}
_BLOCKS = {"p", "ul", "ol", "li", "blockquote", "pre"}
_SCHEMES = {"http", "https", "mailto"}


class _Renderer(RendererHTML):
    """Headings have the letter's own ranks, so one inside a text is a line in bold; an image is its words."""

    def heading_open(self, *_: object) -> str:
        return "<p><strong>"

    def heading_close(self, *_: object) -> str:
        return "</strong></p>\n"

    def image(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        return html.escape(self.renderInlineAsText(tokens[index].children or [], options, env))


class _Markdown(MarkdownIt):
    """Links every address; the sanitiser unlinks the bad ones, so that their words stay and nothing else."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        del url
        return True


# Indented text is a pasted indent, not code; a rule under a line is a rule, not a heading.
_MARKDOWN = _Markdown("commonmark", {"html": True}, renderer_cls=_Renderer).disable(["code", "lheading"])


def block_html(markdown: str) -> str:
    """Return paragraphs, lists and quotations as HTML in which only harmless tags are left.

    Every tag is closed (`<br />`), every attribute quoted, and no entity used but those of XML.
    """
    return _sanitised(_MARKDOWN.render(printable(markdown)), _WORDS | _BLOCKS).strip()


def inline_html(markdown: str) -> str:
    """Return one line of Markdown as HTML without paragraphs; the same promises as `block_html`."""
    return _sanitised(_MARKDOWN.renderInline(printable(markdown)), _WORDS).strip()


def _sanitised(dirty: str, tags: set[str]) -> str:
    clean = nh3.clean(
        dirty,
        tags=tags,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_kept_attribute,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel=None,
    )
    writer = _XmlWriter()
    writer.feed(clean)
    writer.close()
    return "".join(writer.written)


def _kept_attribute(tag: str, _: str, value: str) -> str | None:
    """Keep an address, and the number a list starts with where it is one."""
    if tag == "a":
        return value.strip() or None
    return value if re.fullmatch(r"\d{1,4}", value) else None


class _XmlWriter(HTMLParser):
    """Writes what HTML5 calls clean as XML; a link that lost its address is its words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._dead_links = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and not attrs:
            self._dead_links += 1
            return
        attributes = "".join(f' {name}="{html.escape(printable(value or ""))}"' for name, value in attrs)
        self.written.append(f"<{tag}{attributes}{' /' if tag == 'br' else ''}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._dead_links:
            self._dead_links -= 1  # links do not nest, so the end belongs to the dead one
        elif tag != "br":
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.written.append(html.escape(printable(data), quote=False))
