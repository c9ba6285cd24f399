"""Set a letter to one person in type: a notice to the owner of a list, or what a reader asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from mjml import mjml2html

from mailer.languages import current, isolated, nearest
from mailer.letters import personal as personal_letter
from mailer.letters.notice import Facts, News, Notice, Row, Step, write
from mailer.rendering.columns import COLUMNS, underlined, wrapped
from mailer.rendering.foreign import manner
from mailer.rendering.languages import script_of
from mailer.rendering.letter import picture_url
from mailer.rendering.templates import TEMPLATES
from mailer.rendering.theme import EMPTY, FAMILIES
from mailer.rendering.values import House
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


@dataclass(frozen=True)
class Sheet:
    """What a letter to a reader shows of its list; `language` (BCP 47) is the list's."""

    name: str
    language: str
    postal_address: str


def notice(values: Mapping[str, Any]) -> Typeset:
    """Return the notice from what its row holds; it speaks English."""
    facts = Facts(**{**values, "news": News(values["news"])})
    made = write(facts)
    return Typeset(made.subject, _html(made), _text(made))


def personal(facts: personal_letter.Facts, sheet: Sheet, language: str) -> Typeset:
    """Return the letter that tells of `facts`, in the nearest of our languages to `language` (BCP 47)."""
    with translation.override(nearest(language, sheet.language)):
        plain = personal_letter.write(facts)
        marked = personal_letter.write(
            replace(
                facts,
                list_name=isolated(sheet.name, sheet.language),
                interests=None
                if facts.interests is None
                else tuple(isolated(name, sheet.language) for name in facts.interests),
            )
        )
        in_full = _("If the button does nothing, copy this address:")
        speaks = current().tag
    html = (
        _environment()
        .get_template("personal.mjml.j2")
        .render(
            letter=marked,
            subject=plain.subject,
            preheader=plain.said[0],
            list_name=sheet.name,
            postal_address=sheet.postal_address,
            in_full=in_full,
            script=script_of(speaks),
            language=speaks,
        )
    )
    return Typeset(
        plain.subject, mjml2html(html, fonts={}, disable_comments=True), _personal_text(plain, sheet)
    )


def _personal_text(letter: personal_letter.Personal, sheet: Sheet) -> str:
    parts = [
        wrapped(sheet.name),
        underlined(letter.heading, "="),
        *map(wrapped, letter.said),
        _way(letter.button),
        wrapped(letter.small),
        "-" * COLUMNS,
        wrapped(letter.because),
        *map(_way, letter.ways),
        wrapped(sheet.postal_address),
    ]
    return _PARAGRAPH.join(parts) + "\n"


def _way(way: personal_letter.Way) -> str:
    # An address is copied whole: it is never wrapped.
    return f"{wrapped(f'{way.label}:')}\n{_INDENT}{way.url}"


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
    environment.globals |= {
        "theme": EMPTY,
        "house": House(),
        # What is in another language says so here by gettext's own marks.
        "spoken": lambda _: None,
        "manner": lambda text: manner(LANGUAGE, text, LANGUAGE),
        "families": FAMILIES,
        "colours": EMPTY.palette,
        "shades": EMPTY.shades,
        "stylesheet": _stylesheet,
    }
    environment.filters |= {
        "picture_url": picture_url,
        "sign": lambda title: signed(title)[0],
        "words": lambda title: signed(title)[1],
    }
    return environment


@cache
def _stylesheet(name: str) -> Markup:
    css = _environment().get_template(f"css/{name}.css").render()
    return Markup(" ".join(css.split()))  # noqa: S704  # a template of ours
