"""Markdown of an edition becomes sanitised HTML, well-formed enough for an XML parser, or plain text."""

import html
import re
from collections.abc import Sequence
from functools import lru_cache
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, reference
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from mailer.manuscript.characters import STRAY_CONTROL, printable
from mailer.manuscript.pictures import SCHEME, referred
from mailer.manuscript.tags import KEPT, settle_tags

_WORDS = {*KEPT.values(), "img"}
_BLOCKS = {"p", "ul", "ol", "li", "blockquote", "pre"}
_EMPTY = {"br", "img"}
_SCHEMES = {"http", "https", "mailto"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DEFINITION = re.compile(r"\[(?P<label>[^\[\]]+)\]:")
# Words with nothing of Markdown, HTML or a second line in them, which most summaries are.
_NOT_ALONE = rf"\\`*_\[\]<>&\n{STRAY_CONTROL.pattern[1:-1]}"
_WORDS_ALONE = re.compile(rf"[^\W\d_](?:[^{_NOT_ALONE}]*[^{_NOT_ALONE}\s])?")
# What HTML5 writes otherwise than XML, of all that is left in sanitised text.
_NOT_YET_XML = re.compile(r"<(?:a|br|img|ol)\b|&nbsp;")


class _Renderer(RendererHTML):
    """Headings have the letter's own ranks, so one inside a text is a line in bold.

    A picture that is kept here is shown; of any other image letters have the words alone.
    """

    def heading_open(self, *_: object) -> str:
        return "<p><strong>"

    def heading_close(self, *_: object) -> str:
        return "</strong></p>\n"

    def image(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[index]
        reference = str(token.attrGet("src") or "")
        if referred(reference) is None:
            return self.renderInline(token.children or [], options, env)
        alt = self.renderInlineAsText(token.children, options, env)
        return f'<img src="{reference}" alt="{html.escape(alt)}">'


class _Markdown(MarkdownIt):
    """Links all but brackets without an address, which are words; of a bad link the words alone stay.

    The sanitiser unlinks those, so that an address that does harm is not even shown.
    """

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return _SCHEME.match(url) is not None


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the library's call
    """Take `[label]: address` off the text where the label is used; else it is a line like others."""
    found = _DEFINITION.match(state.src, state.bMarks[start] + state.tShift[start])
    if found is None or state.src.casefold().count(f"[{found['label']}]".casefold()) == 1:
        return False
    return reference(state, start, end, silent)


def _reader() -> MarkdownIt:
    markdown = _Markdown("commonmark", {"html": True}, renderer_cls=_Renderer)
    # Indented text is a pasted indent, not code; a rule under a line is a rule, not a heading; and a block
    # of HTML would hold the Markdown beneath it, to the end of the text where it is not closed.
    markdown.disable(["code", "lheading", "html_block"])
    markdown.block.ruler.at("reference", _definition)
    markdown.core.ruler.push("settle_tags", settle_tags)
    return markdown


_MARKDOWN = _reader()


@lru_cache(maxsize=1024)  # the letter and its text part want the same passages
def block_html(markdown: str) -> str:
    """Return paragraphs, lists and quotations as HTML in which only harmless tags are left.

    Any other tag in `markdown` is text there, as it was typed; only comments are left out.
    Every tag is closed (`<br />`), every attribute quoted, and no entity used but those of XML.
    """
    if words_alone(markdown):
        return f"<p>{markdown}</p>"
    return _sanitised(_MARKDOWN.render(printable(markdown)), _WORDS | _BLOCKS).strip()


def words_alone(markdown: str) -> bool:
    """Return whether a text is one paragraph that reads the same as Markdown, as HTML and as it stands."""
    return _WORDS_ALONE.fullmatch(markdown) is not None


def inline_html(markdown: str) -> str:
    """Return one line of Markdown as HTML without paragraphs; the same promises as `block_html`."""
    return _sanitised(_MARKDOWN.renderInline(printable(markdown)), _WORDS).strip()


def _sanitised(dirty: str, tags: set[str]) -> str:
    clean = nh3.clean(
        dirty,
        tags=tags,
        attributes={"a": {"href"}, "ol": {"start"}, "img": {"src", "alt"}},
        attribute_filter=_kept_attribute,
        url_schemes={*_SCHEMES, SCHEME.rstrip(":")},
        url_relative="deny",
        link_rel=None,
    )
    if not _NOT_YET_XML.search(clean):
        return printable(clean)
    writer = _XmlWriter()
    writer.feed(clean)
    writer.close()
    return "".join(writer.written)


def _kept_attribute(tag: str, _: str, value: str) -> str | None:
    """Keep an address, a picture, and the number a list starts with where it is one."""
    if tag == "a":
        address = value.strip()
        return None if not address or address.lower().startswith(SCHEME) else address
    if tag == "img":
        return value
    return value if re.fullmatch(r"\d{1,9}", value) else None


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
        self.written.append(f"<{tag}{attributes}{' /' if tag in _EMPTY else ''}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._dead_links:
            self._dead_links -= 1  # links do not nest, so the end belongs to the dead one
        elif tag not in _EMPTY:
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.written.append(html.escape(printable(data), quote=False))
