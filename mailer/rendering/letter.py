"""Set an assembly in type: Jinja2 first, then MJML; the same assembly gives the same bytes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Macro
from markupsafe import Markup, escape
from mjml import mjml2html

from mailer.manuscript.document import Story
from mailer.manuscript.inline import block_html, inline_html
from mailer.manuscript.pictures import SCHEME, Picture, picture
from mailer.rendering.addresses import address, source
from mailer.rendering.assemble import Assembly
from mailer.rendering.bounds import begin, counted
from mailer.rendering.foreign import manner, spoken, turned
from mailer.rendering.languages import Script, script_of, voice_of, words_of
from mailer.rendering.marks import defused, defused_html
from mailer.rendering.templates import environment, faults
from mailer.rendering.text import write
from mailer.rendering.theme import FAMILIES, Theme
from mailer.rendering.values import House, InterestLook, Look, Rendered
from mailer.rendering.wording import labels, online, preheader, signed, standfirst, subject

# What is left of a letter's 600 px between its margins.
COLUMN = 536

# XML cannot carry these (XML 1.0 §2.2); for one of them in a name MJML would refuse the whole letter.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OPENING_TAG = re.compile(r"<(\w+)")
_PRE_OR_LINE_END = re.compile(r"(<pre>.*?</pre>)|\s*\n\s*", re.DOTALL)
_PICTURE = re.compile(rf'<img src="{SCHEME}(?P<name>[^"]*)" alt="(?P<alt>[^"]*)"')
_CSS_LINE_END = re.compile(r"\s*\n\s*")


def set_in_type(assemblies: Sequence[Assembly], look: Look) -> list[Rendered]:
    """Return the letter that says what each assembly says, in the list's look. Raises TemplateFault.

    One kind of work after the other, not letter by letter: processors are a quarter faster at that.
    """
    texts = [write(assembly, look) for assembly in assemblies]
    with faults(look.house.templates):
        sources = [mjml_of(assembly, look) for assembly in assemblies]
        pages = [mjml2html(source, fonts={}, disable_comments=True) for source in sources]
    return [
        Rendered(
            subject=defused(subject(assembly.edition)),
            html=html,
            text=text,
            links=links,
            has_story=assembly.has_story,
        )
        for assembly, html, (text, links) in zip(assemblies, pages, texts, strict=True)
    ]


def mjml_of(assembly: Assembly, look: Look) -> str:
    """Return the letter as MJML."""
    begin()
    voice = voice_of(look.language)
    dress = _dress(look.language, look.language, look.theme, look.house, look.interests)
    own = _own(dress, voice)
    words, apart = own["words"], partial(_apart, look.language)
    return dress.render(
        "letter.mjml.j2",
        letter=assembly,
        edition=assembly.edition,
        look=look,
        subject=subject(assembly.edition),
        preheader=preheader(assembly, words, voice),
        standfirst=Markup(standfirst(assembly, words, voice, apart=apart)),  # noqa: S704  # of names escaped
        set_prose=partial(_prose, dress),
        set_stories=partial(_stories, dress),
        set_briefs=partial(_briefs, dress),
        set_footer=partial(_footer, dress, look, assembly),
        **own,
    )


@dataclass(frozen=True, eq=False)
class _Dress:
    """What parts in one language are set with, in all letters of one list, theme and house: made once."""

    letter: str
    language: str
    theme: Theme
    house: House
    interests: tuple[InterestLook, ...]
    context: dict[str, Any]

    def within(self, text: str) -> tuple["_Dress", Script | None]:
        """Return what a part is set with, and how the letter is set where that is in another language."""
        other = spoken(self.letter, text, self.language)
        if other is None:
            return self, None
        return self.in_language(other.language), script_of(self.language)

    def in_language(self, language: str) -> "_Dress":
        """Return what a part in a language is set with."""
        return _dress(self.letter, language, self.theme, self.house, self.interests)

    def render(self, template: str, **values: object) -> str:
        return _template(self.house.templates, template).render(self.context, **values)


@lru_cache(maxsize=64)
def _dress(
    letter: str, language: str, theme: Theme, house: House, interests: tuple[InterestLook, ...]
) -> _Dress:
    context = {
        "language": language,
        "script": script_of(language),
        "theme": theme,
        "house": house,
        "families": FAMILIES,
        "colours": theme.palette,
        "shades": theme.shades,
        "spoken": partial(spoken, letter, around=language),
        "manner": partial(manner, letter, around=language),
        "turned": partial(turned, letter, around=language),
    }
    bare = _Dress(letter, language, theme, house, interests, context)
    # Once for all letters: the macros, and the stylesheets.
    macros = _environment(house.templates).get_template("parts/type.j2").make_module(context)
    sheets = {name: _sheet(bare, name) for name in ("base", "dark", "outlook")}
    made_once = {"type": _remembered(macros), "stylesheet": sheets.__getitem__}
    return _Dress(letter, language, theme, house, interests, context | made_once)


def _remembered(macros: TemplateModule) -> SimpleNamespace:
    """Return the macros and values of a template; what a macro once said for some values it says again."""
    made = {
        name: lru_cache(maxsize=512)(value) if isinstance(value, Macro) else value
        for name, value in vars(macros).items()
        if not name.startswith("_")
    }
    return SimpleNamespace(**made)


@lru_cache(maxsize=64)
def _own(dress: _Dress, voice: str) -> dict[str, Any]:
    """Return what the letter's own words are set with, where it does not speak its list's language too."""
    own = dress.in_language(voice).context
    way, turn = Markup(), ""
    if own["language"] != dress.language:
        way = Markup(' lang="{}"').format(own["language"])
    if own["script"].direction != dress.context["script"].direction:
        way += Markup(' dir="{}"').format(own["script"].direction)
        turn = f";text-align:{own['script'].start}"
    return {"own": own, "words": words_of(dress.letter), "voice": way, "voice_turn": turn}


def _apart(letter: str, text: str, around: str) -> str:
    """Return a name as HTML that turns nothing around it, and is read in its own language."""
    other = spoken(letter, text, around)
    return f'<bdi lang="{other.language}">{_escaped(text)}</bdi>' if other else _escaped(text)


def _sheet(dress: _Dress, name: str) -> Markup:
    return Markup(_CSS_LINE_END.sub("", dress.render(f"css/{name}.css")))  # noqa: S704  # a template of ours


@cache
def _environment(own: str) -> Environment:
    made = environment(own, _said)
    made.filters |= {
        "counted": counted,
        "address": address,
        "source": source,
        "sign": lambda title: signed(title)[0],
        "words": lambda title: signed(title)[1],
        "block": _block,
        "inline": _inline,
        "pictured": _pictured,
        "picture_url": picture_url,
        "styled": _styled,
    }
    return made


@cache
def _template(own: str, name: str) -> Template:
    return _environment(own).get_template(name)


def _prose(dress: _Dress, markdown: str, *, quiet: bool = False) -> Markup:
    """Set a section's own text, in its own language; `quiet` in a pull-out."""
    return Markup(_passage(dress, markdown, quiet=quiet))  # noqa: S704  # of a template of ours, which escapes


@lru_cache(maxsize=256)
def _passage(dress: _Dress, markdown: str, *, quiet: bool) -> str:
    """Set one passage, once for all letters that have it."""
    own, around = dress.within(markdown)
    return own.render("parts/prose.j2", markdown=markdown, around=around, quiet=quiet)


def _stories(dress: _Dress, stories: Sequence[Story], *, first: bool) -> Markup:
    """Set the stories of a cell, a hairline above each but one that is `first` beneath its heading."""
    set_ = (_story(dress, story, ruled=place > 0 or not first) for place, story in enumerate(stories))
    return Markup("\n".join(set_))  # noqa: S704  # of templates of ours, which escape


@lru_cache(maxsize=1024)
def _story(dress: _Dress, story: Story, *, ruled: bool) -> str:
    """Set one story, once for all letters that have it: stories are most of every letter."""
    own, around = dress.within(f"{story.title}\n{story.summary}")
    interests = labels(story, dress.interests)
    return own.render("parts/story.j2", story=story, interests=interests, around=around, ruled=ruled)


def _briefs(dress: _Dress, stories: Sequence[Story]) -> Markup:
    """Set the headlines of what is elsewhere."""
    set_ = (_brief(dress, story, ruled=place > 0) for place, story in enumerate(stories))
    return Markup("\n".join(set_))  # noqa: S704  # of templates of ours, which escape


@lru_cache(maxsize=1024)
def _brief(dress: _Dress, story: Story, *, ruled: bool) -> str:
    """Set one headline, once for all letters that have it."""
    return dress.render("parts/brief.j2", story=story, ruled=ruled)


def _footer(dress: _Dress, look: Look, assembly: Assembly) -> Markup:
    """Set why, and the ways out; an installation's own template may speak of the letter there too."""
    there = online(assembly, look)
    if dress.house.templates:
        return Markup(_foot.__wrapped__(dress, look, there, assembly))  # noqa: S704  # of a template, which escapes
    return Markup(_foot(dress, look, there))  # noqa: S704  # the same


@lru_cache(maxsize=256)
def _foot(dress: _Dress, look: Look, there: str, assembly: Assembly | None = None) -> str:
    """Set one footer, once for all letters that have it."""
    voice = voice_of(look.language)
    own = _own(dress, voice)
    why = own["words"].why.format(list=_apart(dress.letter, look.list_name, voice))
    return dress.render(
        "parts/footer.j2",
        look=look,
        letter=assembly,
        edition=assembly and assembly.edition,
        why=Markup(why),  # noqa: S704  # of a name escaped
        online=there,
        **own,
    )


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


def _pictured(html: Markup, base_url: str) -> Markup:
    """Return the HTML with the pictures that it refers to: no wider than the column, and in its own shape."""

    def shown(found: re.Match[str]) -> str:
        kept = picture(found["name"])
        if kept is None:
            return ""
        width = min(kept.width, COLUMN)
        height = max(1, round(kept.height * width / kept.width))
        return (
            f'<img src="{picture_url(kept, base_url)}" alt="{found["alt"]}" width="{width}" height="{height}"'
        )

    return Markup(_PICTURE.sub(shown, html))  # noqa: S704  # of what is sanitised, with numbers of ours


def picture_url(kept: Picture, base_url: str) -> str:
    """Return where mail programs get a picture from."""
    return f"{base_url}/pictures/{kept.name}"


def _styled(html: Markup, attributes: Mapping[str, str]) -> Markup:
    """Give each tag the attributes that the template names for it: mail programs want them on the spot."""

    def opening(tag: re.Match[str]) -> str:
        given = attributes.get(tag[1])
        return f"{tag[0]} {given}" if given else tag[0]

    return Markup(_OPENING_TAG.sub(opening, html))  # noqa: S704  # ours, put into what is sanitised
