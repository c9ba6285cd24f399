"""Set an assembly in type: Jinja2 first, then MJML; the same assembly gives the same bytes."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from mjml import mjml2html

from mailer.manuscript.document import Story
from mailer.manuscript.inline import block_html, inline_html
from mailer.rendering.addresses import address, source
from mailer.rendering.assemble import Assembly
from mailer.rendering.languages import Script, script_of, words_of
from mailer.rendering.marks import defused, defused_html
from mailer.rendering.palette import COLOURS, INTERESTS
from mailer.rendering.text import write
from mailer.rendering.values import InterestLook, Look, Rendered
from mailer.rendering.wording import labels, preheader, signed, standfirst, subject

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "email"

# XML cannot carry these (XML 1.0 §2.2); for one of them in a name MJML would refuse the whole letter.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OPENING_TAG = re.compile(r"<(\w+)")
_PRE_OR_LINE_END = re.compile(r"(<pre>.*?</pre>)|\s*\n\s*", re.DOTALL)
_CSS_LINE_END = re.compile(r"\s*\n\s*")


def set_in_type(assembly: Assembly, look: Look) -> Rendered:
    """Return the letter that says what `assembly` says, in the list's look."""
    text, links = write(assembly, look)
    return Rendered(
        subject=defused(subject(assembly.edition)),
        html=mjml2html(mjml_of(assembly, look), fonts={}, disable_comments=True),
        text=text,
        links=links,
        has_story=assembly.has_story,
    )


def mjml_of(assembly: Assembly, look: Look) -> str:
    """Return the letter as MJML."""
    words = words_of(look.language)
    return (
        _environment()
        .get_template("letter.mjml.j2")
        .render(
            letter=assembly,
            edition=assembly.edition,
            look=look,
            words=words,
            script=script_of(look.language),
            subject=subject(assembly.edition),
            preheader=preheader(assembly, words),
            standfirst=standfirst(assembly, words),
            labels=lambda story: labels(story, look),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_said,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "colours": COLOURS,
        "shades": INTERESTS,
        "stylesheet": _stylesheet,
        "set_story": _story,
    }
    environment.filters |= {
        "address": address,
        "source": source,
        "sign": lambda title: signed(title)[0],
        "words": lambda title: signed(title)[1],
        "block": _block,
        "inline": _inline,
        "styled": _styled,
    }
    return environment


@cache
def _stylesheet(name: str) -> Markup:
    css = _environment().get_template(f"css/{name}.css").render()
    return Markup(_CSS_LINE_END.sub("", css))  # noqa: S704  # a template of ours


@lru_cache(maxsize=1024)
def _story(
    story: Story, interests: tuple[InterestLook, ...], script: Script, *, ruled: bool, spaced: bool
) -> Markup:
    """Set one story, once for all letters that have it: stories are most of every letter."""
    template = _environment().get_template("parts/story.j2")
    html = template.render(story=story, interests=interests, script=script, ruled=ruled, spaced=spaced)
    return Markup(html)  # noqa: S704  # a template of ours, which escapes


def _said(value: object) -> Markup:
    """Escape what a template says and break the marks in it; what the template itself holds stays."""
    return value if isinstance(value, Markup) else _escaped(str(value))


@lru_cache(maxsize=4096)
def _escaped(text: str) -> Markup:
    return Markup(defused_html(escape(_NOT_XML.sub("", text))))  # noqa: S704  # escaped right here


@lru_cache(maxsize=1024)
def _block(markdown: str) -> Markup:
    # MJML drops white space between two tags where it holds a line end, and with it the space between words.
    html = _PRE_OR_LINE_END.sub(lambda found: found[1] or " ", block_html(markdown))
    return Markup(defused_html(html))  # noqa: S704  # sanitised by manuscript.inline


@lru_cache(maxsize=1024)
def _inline(markdown: str) -> Markup:
    html = inline_html(markdown).replace("\n", " ")
    return Markup(defused_html(html))  # noqa: S704  # sanitised by manuscript.inline


def _styled(html: Markup, attributes: Mapping[str, str]) -> Markup:
    """Give each tag the attributes that the template names for it: mail programs want them on the spot."""

    def opening(tag: re.Match[str]) -> str:
        given = attributes.get(tag[1])
        return f"{tag[0]} {given}" if given else tag[0]

    return Markup(_OPENING_TAG.sub(opening, html))  # noqa: S704  # ours, put into what is sanitised
