import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from mailer.web.pages import environment
from subscribers import tokens
from tests.languages import literals
from tests.languages.catalogues import ROOT, modules, templates
from tests.stage import a_list, a_reader

# What reads like a sentence and is none: fonts, and styles of letters.
FOR_MACHINES = {"ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Saved.</p>", ["Saved."]),
        ("<p>{% trans %}Saved.{% endtrans %}</p> · 12", []),
        ("<p>{{ _('Saved.') }} {{ name }}</p>", []),
        ("{% trans list=name %}About <b>{{ list }}</b>{% endtrans %}, and more", [", and more"]),
        ("{% trans n=2 %}one{% pluralize %}{{ n }}{% endtrans %}", []),
        ("<p>{{ 'now' if early else 'later' }}</p>", ["nowlater"]),
        ("<p>{{ name or 'you' }}</p>", ["you"]),
        ("<p>{{ name|default('you') }}</p>", ["you"]),
        ("<p>{{ 'letters to ' ~ name }}</p>", ["letters to"]),
        ("<input{{ ' checked' if on }} value='yes' class='{{ 'small act' if on }}'>", []),
        ("<input type=submit value=Send>", ['value="Send"']),
        ("<a title='Go'>{{ x }}</a>", ['title="Go"']),
        ("<a title='{{ _('Go') }}'>{{ x }}</a>", []),
        ("<img alt='{{ 'Moon' }}'>", ['alt="Moon"']),
        ("<nav aria-label='Languages'></nav>", ['aria-label="Languages"']),
        ("<meta name=description content='News'><meta name=robots content=noindex>", ['content="News"']),
        ("<style>p { color: red }</style>{# a comment #}&nbsp;&middot;", []),
        ("{% if status == 'used' %}{% include 'public/a.html' %}{% endif %}", []),
        ("<p>Ещё</p>", ["Ещё"]),
        ("{% set x %}Later{% endset %}{{ x }}", ["Later"]),
        ("{% for a in b %}<i>{{ a }}</i>{% else %}none{% endfor %}", ["none"]),
        ("{% macro m(a) %}<b>{{ a }} more</b>{% endmacro %}", ["more"]),
        ("{% extends 'public/base.html' %}{% block main %}Gone{% endblock %}not shown", ["Gone"]),
    ],
)
def test_words_that_readers_would_meet_untranslated_are_seen(source: str, found: list[str]) -> None:
    assert literals.in_markup(source, environment()) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{% set title = 'Your interests' %}", ["Your interests"]),
        ("{% set title = _('Your interests') %}", []),
        ("{% set kind = 'small' %}{{ heading('Leaving', level=2) }}", ["Leaving"]),
        ("{{ heading(_('Leaving'), style='margin:0 auto') }}", []),
        ("{% trans name=full('Nina of the list') %}{{ name }}{% endtrans %}", ["Nina of the list"]),
        ("{% call box('What to do') %}{% endcall %}", ["What to do"]),
    ],
)
def test_sentences_that_a_template_hands_on_are_seen(source: str, found: list[str]) -> None:
    assert literals.in_program(source, environment()) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("page(request, 'a.html', title='There is no such page')", ["There is no such page"]),
        ("page(request, 'a.html', title=_('There is no such page'))", []),
        ("pages.page(request, 'a.html', title=f'You left {name}')", ["You left "]),
        ("log.warning('a request was refused', why=1)", []),
    ],
)
def test_sentences_that_a_view_hands_to_a_page_are_seen(source: str, found: list[str]) -> None:
    assert literals.in_pages(source) == found


@pytest.mark.parametrize("path", templates(), ids=name)
def test_a_template_says_nothing_that_cannot_be_translated(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert literals.in_markup(source, environment()) == []
    assert set(literals.in_program(source, environment())) - FOR_MACHINES == set()


@pytest.mark.parametrize("path", sorted((ROOT / "mailer" / "web").rglob("*.py")), ids=name)
def test_a_view_says_nothing_that_cannot_be_translated(path: Path) -> None:
    assert literals.in_pages(path.read_text(encoding="utf-8")) == []


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language in which every text that may be translated stands in brackets."""

    def said(text: str) -> str:
        return f"⟦{text}⟧"

    speaker = translation._trans  # type: ignore[attr-defined]  # what Django's functions ask
    monkeypatch.setattr(speaker, "gettext", said)
    monkeypatch.setattr(speaker, "ngettext", lambda one, many, n: said(one if n == 1 else many))
    monkeypatch.setattr(speaker, "pgettext", lambda _, text: said(text))
    monkeypatch.setattr(speaker, "npgettext", lambda _, one, many, n: said(one if n == 1 else many))


def outside(written: str) -> str:
    """What a page says outside the brackets, but for languages' names and the reader's address."""
    names = r"<a [^>]*hreflang[^>]*>[^<]*</a>|<option [^>]*lang=[^>]*>[^<]*</option>"
    rest = re.sub(rf"{names}|n•••a@example\.org", "", written)
    found = 1
    while found:
        rest, found = re.subn(r"⟦[^⟦⟧]*⟧", "", rest)
    return rest


@pytest.mark.database
@pytest.mark.usefixtures("db", "foreign")
def test_a_page_that_is_shown_says_nothing_untranslated() -> None:
    # What lists bring themselves has no letters here, so that every letter is ours.
    newsletter = a_list()
    newsletter.name = newsletter.description = newsletter.postal_address = "№ 1"
    newsletter.save()
    newsletter.interests.update(name="№ 2")
    nina = a_reader(newsletter, "nina@example.org", interests=["africa"])
    leave = f"/u/{tokens.make('leave', nina.pk)}"
    preferences = f"/preferences/{tokens.make('preferences', nina.pk)}"
    visitor = Client()
    shown = [
        *map(visitor.get, ("/", "/subscribe/space-digest", "/nowhere", "/u/x", preferences, leave)),
        visitor.post("/subscribe/space-digest", {"email": "x"}),
        visitor.post(preferences, {"interest": ["china"], "whole": "yes"}),
        visitor.post(preferences, {"interest": ["gone"], "whole": "yes"}),
        visitor.post(preferences, {}),
        visitor.post(leave, {}),
        visitor.get(leave),
    ]
    for response in shown:
        assert literals.in_markup(outside(response.content.decode()), environment()) == []


def test_what_is_said_is_looked_for_where_it_stands() -> None:
    assert ROOT / "templates" / "public" / "base.html" in templates()
    assert ROOT / "mailer" / "languages.py" in modules()
