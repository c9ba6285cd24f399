import gettext
import re
import unicodedata
from collections import Counter
from functools import cache
from io import BytesIO
from pathlib import Path

import babel
import pytest
from babel.messages.catalog import Catalog, Message

from mailer.languages import languages
from mailer.web.pages import environment
from tests.languages import catalogues
from tests.languages.catalogues import FORMS, Catalogue, compiled, file, kept, lacking, refreshed, written

LANGUAGES = sorted(FORMS)
SCRIPTS = {"ar": "ARABIC", "fr": "LATIN", "hi": "DEVANAGARI", "ru": "CYRILLIC", "zh_Hans": "CJK"}
# Numbers of readers, stories, days: none of them is a fraction or a million.
NUMBERS = range(1_000)
PLACE = re.compile(r"%\((\w+)\)s|%%|%")
TAG = re.compile(r"</?[a-z][^>]*>|&\w+;")

every_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def said() -> Catalog:
    return catalogues.gathered()


@cache
def texts(language: str) -> list[tuple[str, str, bool]]:
    """Each translation with what it translates, and whether it stands beside one number alone."""
    found = []
    beside = Counter(gettext.c2py(FORMS[language][1])(number) for number in NUMBERS)
    for message in kept(language).texts:
        if message.pluralizable:
            forms = enumerate(message.string or ())
            found += [(message.id[1], form, beside[number] == 1) for number, form in forms]
        else:
            found.append((str(message.id), str(message.string), False))
    return [(source, text, once) for source, text, once in found if text]


def places(text: str) -> Counter[str]:
    return Counter(match.group() for match in PLACE.finditer(text))


def test_every_language_that_we_speak_has_its_catalogue() -> None:
    names = {language.code for language in languages()} - {"en"}
    assert names == {language.lower().replace("_", "-") for language in LANGUAGES}
    assert {folder.name for folder in catalogues.LOCALES.iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("path", catalogues.templates(), ids=lambda path: path.name)
def test_a_template_asks_for_just_what_was_gathered_from_it(path: Path) -> None:
    speaking = environment()
    for _, speaker, text in speaking.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]  # i18n adds it
        said_so = [text] if isinstance(text, str) else [part for part in text if part]
        context = said_so.pop(0) if speaker.startswith(("p", "np")) else None
        assert said().get(said_so[0], context) is not None


@every_language
def test_no_text_is_untranslated(language: str) -> None:
    ours = kept(language)
    assert [m.id for m in said() if m.id and ours.get(m.id, m.context) is None] == []
    assert [m.id for m in lacking(ours)] == []


@every_language
def test_nothing_is_translated_that_is_said_no_more(language: str) -> None:
    ours = kept(language)
    assert [m.id for m in ours.texts if said().get(m.id, m.context) is None] == []
    assert list(ours.obsolete) == []


@every_language
def test_the_file_is_as_make_messages_leaves_it(language: str) -> None:
    assert file(language, "po").read_bytes() == written(refreshed(language, said()))


@every_language
def test_what_django_reads_was_compiled_from_these_texts(language: str) -> None:
    assert file(language, "mo").read_bytes() == compiled(kept(language))


@every_language
def test_what_is_filled_in_is_filled_in_in_every_language(language: str) -> None:
    # A form that stands beside one number alone may say it in words: “a day”, not “1 day”.
    odd = [
        (source, text)
        for source, text, once in texts(language)
        if places(text) - places(source) or (places(source) - places(text)).total() > int(once)
    ]
    assert odd == []


@every_language
def test_markup_is_the_same_in_every_language(language: str) -> None:
    odd = [
        (source, text)
        for source, text, _ in texts(language)
        if Counter(TAG.findall(source)) != Counter(TAG.findall(text))
    ]
    assert odd == []


@every_language
def test_no_translation_begins_or_ends_with_a_space_of_its_own(language: str) -> None:
    def ends(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    assert [text for source, text, _ in texts(language) if ends(text) != ends(source)] == []


@every_language
def test_a_translation_is_written_in_the_script_of_its_language(language: str) -> None:
    def letters(text: str) -> str:
        return "".join(c for c in PLACE.sub("", TAG.sub("", text)) if c.isalpha())

    odd = [
        text
        for source, text, _ in texts(language)
        if letters(source) and not any(SCRIPTS[language] in unicodedata.name(c, "") for c in letters(text))
    ]
    assert odd == []


@every_language
def test_plurals_are_those_of_the_cldr(language: str) -> None:
    form = gettext.c2py(FORMS[language][1])
    theirs = babel.Locale.parse(language).plural_form
    pairs = {(form(number), theirs(number)) for number in NUMBERS}
    assert len(pairs) == len({ours for ours, _ in pairs}) == len({name for _, name in pairs})
    assert {ours for ours, _ in pairs} == set(range(FORMS[language][0]))


# From here on: how `make messages` treats a translator's work.


def say(*texts: str) -> Catalog:
    catalog = Catalog(fuzzy=False)
    for text in texts:
        catalog.add(text)
    return catalog


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogues, "LOCALES", tmp_path)
    file("fr", "po").parent.mkdir(parents=True)
    return file("fr", "po")


def keep(*messages: Message) -> None:
    catalogue = Catalogue("fr")
    for message in messages:
        catalogue[message.id] = message
    file("fr", "po").write_bytes(written(catalogue))


@pytest.mark.usefixtures("french")
def test_a_new_language_begins_with_every_text_to_translate() -> None:
    assert [m.id for m in lacking(refreshed("fr", say("Save", "Leave")))] == ["Save", "Leave"]


def test_a_translation_stays_and_no_date_is_written(french: Path) -> None:
    keep(Message("Save", "Enregistrer"))
    french.write_bytes(written(refreshed("fr", say("Save"))))
    assert kept("fr")["Save"].string == "Enregistrer"
    assert "Date" not in french.read_text(encoding="utf-8")
    assert written(refreshed("fr", say("Save"))) == french.read_bytes()


@pytest.mark.usefixtures("french")
def test_a_reworded_text_keeps_its_translation_for_somebody_to_look_at() -> None:
    keep(Message("Letters stop at once.", "Les lettres cessent aussitôt."))
    fresh = refreshed("fr", say("The letters stop at once."))
    [message] = lacking(fresh)
    assert (message.string, message.fuzzy) == ("Les lettres cessent aussitôt.", True)
    assert "#| msgid" in written(fresh).decode()


@pytest.mark.usefixtures("french")
def test_what_is_said_no_more_is_kept_while_anything_lacks_a_translation(french: Path) -> None:
    keep(Message("Save", "Enregistrer"), Message("A pause of two weeks", "Une pause de deux semaines"))
    french.write_bytes(written(refreshed("fr", say("Save", "Quite something else"))))
    assert "#~ msgid" in french.read_text(encoding="utf-8")
    back = refreshed("fr", say("Save", "A pause of two weeks"))
    assert back["A pause of two weeks"].string == "Une pause de deux semaines"
    assert not back.obsolete
    assert not refreshed("fr", say("Save")).obsolete


@pytest.mark.usefixtures("french")
def test_what_was_never_translated_is_not_kept() -> None:
    keep(Message("Save", "Enregistrer"), Message("A pause of two weeks"))
    assert not refreshed("fr", say("Save", "Quite something else")).obsolete


@pytest.mark.usefixtures("french")
def test_one_text_in_two_contexts_is_two_texts() -> None:
    verb, noun = Message("Pause", "Suspendre", context="verb"), Message("Pause", "Pause", context="noun")
    keep(verb, noun)
    asked = Catalog(fuzzy=False)
    asked.add("Pause", context="verb")
    asked.add("Pause", context="noun")
    fresh = refreshed("fr", asked)
    assert list(lacking(fresh)) == []
    read = gettext.GNUTranslations(BytesIO(compiled(fresh)))
    assert (read.pgettext("verb", "Pause"), read.pgettext("noun", "Pause")) == ("Suspendre", "Pause")


@pytest.mark.usefixtures("french")
def test_a_guess_is_shown_to_nobody() -> None:
    keep(Message("Letters stop at once.", "Les lettres cessent aussitôt.", flags={"fuzzy"}))
    read = gettext.GNUTranslations(BytesIO(compiled(kept("fr"))))
    assert read.gettext("Letters stop at once.") == "Letters stop at once."


@pytest.mark.parametrize(
    ("forms", "lacks"),
    [
        pytest.param(("%(num)s jour", "%(num)s jours"), False, id="all"),
        pytest.param(("%(num)s jour", ""), True, id="one is empty"),
        pytest.param(("", ""), True, id="none"),
    ],
)
@pytest.mark.usefixtures("french")
def test_a_number_has_all_of_its_forms(forms: tuple[str, str], lacks: bool) -> None:  # noqa: FBT001 - a table's cell
    keep(Message(("%(num)s day", "%(num)s days"), forms))
    assert bool(list(lacking(kept("fr")))) is lacks
