"""Finds words on pages and in letters that no translation reaches: an eye apart from the one that gathers.

A template is read twice. Once as the page that it makes, without its expressions but for the literal words
they may write: no text has words then, and no attribute that people read or hear. And once as a program, in
which nothing that reads like a sentence is handed on untranslated.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

from tests.languages.catalogues import ROOT

# Where a template finds what it extends.
FOLDERS = [ROOT / "templates", ROOT / "templates" / "notices", ROOT / "templates" / "email"]

SPEAKERS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
SPEAKERS |= {f"{name}_lazy" for name in SPEAKERS} | {"gettext_noop"}
# Attributes that are shown or read aloud, in HTML and in MJML.
HEARD = {
    "abbr",
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "placeholder",
    "summary",
    "title",
}
# Elements whose content nobody reads.
UNREAD = {"script", "style", "mj-style"}
BUTTONS = {"button", "reset", "submit"}

_LETTER = re.compile(r"[^\W\d_]")
# Two words beside each other, or one that begins a sentence.
_SENTENCE = re.compile(r"[^\W\d_]{2,}[,.;:!?]? [^\W\d_]|^[A-Z][a-z]{2,}")


def in_markup(source: str, environment: Environment) -> list[str]:
    """Return the words of a template that its readers meet untranslated."""
    reader = _Reader()
    reader.feed("".join(_literal(source, environment)))
    reader.close()
    return reader.found


def in_program(source: str, environment: Environment) -> list[str]:
    """Return what reads like a sentence where a template sets a name or calls a macro."""
    found: list[str] = []

    def walk(node: nodes.Node, *, handed_on: bool) -> None:
        if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in SPEAKERS:
            for place in node.kwargs:
                walk(place, handed_on=True)
            return
        if handed_on and isinstance(node, nodes.Const) and isinstance(node.value, str):
            found.extend([node.value] if _SENTENCE.search(node.value) else [])
        for child in node.iter_child_nodes():
            walk(child, handed_on=handed_on or isinstance(node, nodes.Assign | nodes.Call))

    walk(environment.parse(source), handed_on=False)
    return found


def in_pages(source: str) -> list[str]:
    """Return what reads like a sentence where a module hands it to a page untranslated."""
    found: list[str] = []

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.Call) and _name(node) in SPEAKERS:
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SENTENCE.search(node.value):
            found.append(node.value)
        for child in ast.iter_child_nodes(node):
            walk(child)

    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node) == "page":
            for keyword in node.keywords:
                walk(keyword.value)
    return found


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _literal(source: str, environment: Environment) -> Iterator[str]:
    """Yield what a template may write whatever it is given: its text, and literals in its expressions."""
    template = environment.parse(source)
    blocks: dict[str, nodes.Block] = {}
    while parent := template.find(nodes.Extends):
        blocks = {block.name: block for block in template.find_all(nodes.Block)} | blocks
        template = environment.parse(_source(str(getattr(parent.template, "value", ""))))
    yield from _said(template, blocks)


def _source(name: str) -> str:
    [path] = [path for folder in FOLDERS if (path := folder / name).exists()]
    return path.read_text(encoding="utf-8")


def _said(node: nodes.Node, blocks: dict[str, nodes.Block]) -> Iterator[str]:
    """Yield the literals of a part of a template, each block as the youngest has it."""
    if isinstance(node, nodes.Output):
        yield from _written(node)
        return
    if isinstance(node, nodes.Block):
        node = blocks.get(node.name, node)
    for child in node.iter_child_nodes():
        if not isinstance(child, nodes.Expr):
            yield from _said(child, blocks)


def _written(node: nodes.Node | None) -> Iterator[str]:
    """Yield the literals that an expression may become."""
    match node:
        case nodes.Const(value=str() as text) | nodes.TemplateData(data=text):
            yield text
        case nodes.Filter(node=of, name=name, args=arguments):
            yield from _written(of)
            for argument in arguments if name in {"d", "default"} else []:
                yield from _written(argument)
        case nodes.CondExpr(expr1=one, expr2=other) | nodes.BinExpr(left=one, right=other):
            yield from _written(one)
            yield from _written(other)
        case nodes.Output() | nodes.Concat():
            for child in node.iter_child_nodes():
                yield from _written(child)
        case _:
            return


class _Reader(HTMLParser):
    """Collects the words that an eye or an ear would meet."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD
        known = dict(attrs)
        heard = set(HEARD)
        if tag == "input" and known.get("type") in BUTTONS:
            heard.add("value")
        if known.get("name") in {"description", "author"}:
            heard.add("content")
        self.found += [
            f'{name}="{value}"' for name, value in attrs if name in heard and value and _LETTER.search(value)
        ]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        if not self._unread and _LETTER.search(data):
            self.found.append(" ".join(data.split()))
