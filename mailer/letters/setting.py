"""Set a letter to one person in type, whatever its kind; one line in a table for each kind there is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from mjml import mjml2html

from mailer.letters.notice import Facts, News, Notice, Row, Step, write
from mailer.rendering.columns import COLUMNS, underlined, wrapped
from mailer.rendering.languages import script_of
from mailer.rendering.letter import TEMPLATES
from mailer.rendering.palette import COLOURS, INTERESTS
from mailer.rendering.wording import signed

# Apart from templates/email, which approvals are bound to: a new notice unapproves no edition.
NOTICES = TEMPLATES.parent / "notices"
LANGUAGE = "en"  # the only one that notices are written in so far

_PARAGRAPH = "\n\n"
_INDENT = "    "


@dataclass(frozen=True)
class Typeset:
    """A letter to one person, ready for an envelope."""

    subject: str
    html: str
    text: str


def typeset(kind: str, values: Mapping[str, Any], language: str) -> Typeset:
    """Return the letter of this kind from what its row holds; raises KeyError where KINDS lacks the kind.

    `language` (BCP 47) is asked for; a kind that is not written in it speaks English.
    """
    return _SETTERS[kind](values, language)


def _notice(values: Mapping[str, Any], _: str) -> Typeset:
    facts = Facts(**{**values, "news": News(values["news"])})
    notice = write(facts)
    return Typeset(notice.subject, _html(notice), _text(notice))


_SETTERS: dict[str, Callable[[Mapping[str, Any], str], Typeset]] = {"notice": _notice}
# The kinds of letters that can be set; others wait for a version that can.
KINDS = tuple(_SETTERS)


def _html(notice: Notice) -> str:
    mjml = (
        _environment()
        .get_template("notice.mjml.j2")
        .render(
            notice=notice,
            subject=notice.subject,
            preheader=notice.said[0],
            script=script_of(LANGUAGE),
            language=LANGUAGE,
        )
    )
    return mjml2html(mjml, fonts={}, disable_comments=True)


def _text(notice: Notice) -> str:
    parts = [
        wrapped(notice.about),
        underlined(notice.heading, "="),
        *map(wrapped, notice.said),
        wrapped(f"> {notice.quoted}") if notice.quoted else "",
        _columns(notice) if notice.rows else "",
        underlined("What to do next", "-"),
        *map(_step, notice.steps),
        "-" * COLUMNS,
        _step(notice.because),
    ]
    return _PARAGRAPH.join(filter(None, parts)) + "\n"


def _columns(notice: Notice) -> str:
    """Return the ledger, its figures under one another."""
    rows = (*notice.rows, Row("candidates", notice.candidates))
    labels = max(len(row.label) for row in rows)
    figures = max(len(f"{row.readers:,}") for row in rows)
    lines = [f"{row.label:<{labels}}  {f'{row.readers:,}':>{figures}}" for row in rows]
    rule = "-" * len(lines[-1])
    said = [
        f"{line}\n{wrapped(f'  {row.why}')}" if row.why else line
        for line, row in zip(lines, rows, strict=True)
    ]
    return "\n".join([underlined("Where each reader stands", "-"), "", *said[:-1], rule, said[-1]])


def _step(step: Step) -> str:
    # A command is copied whole: it is never wrapped.
    return f"{wrapped(step.what)}\n{_INDENT}{step.command}"


@cache
def _environment() -> Environment:
    environment = Environment(
        # The head, the type and the colours are those of every letter.
        loader=FileSystemLoader([NOTICES, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"colours": COLOURS, "shades": INTERESTS, "stylesheet": _stylesheet}
    environment.filters |= {
        "sign": lambda title: signed(title)[0],
        "words": lambda title: signed(title)[1],
    }
    return environment


@cache
def _stylesheet(name: str) -> Markup:
    css = _environment().get_template(f"css/{name}.css").render()
    return Markup(" ".join(css.split()))  # noqa: S704  # a template of ours
