"""The languages that readers are spoken to in, and how each of them writes names, dates and lists of names.

For pages and for letters to one person alike: `teach` gives a Jinja2 environment all that templates need.
What is written is English in the code and the templates; mailer/locale holds the other languages.
"""

import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import formats
from django.utils.translation import (
    get_language,
    get_language_info,
    get_supported_language_variant,
    ngettext,
    npgettext,
    pgettext,
)
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import language_code_re
from jinja2 import Environment
from markupsafe import Markup, escape

from mailer.rendering.languages import words_of

# Addresses and `lang` say less than Django's codes where one script of a language is all there is.
_TAGS = {"zh-hans": "zh"}
# Whose months Django misspells (सितमबर, नवमबर, दिसमबर): letters have them right.
_AS_IN_LETTERS = {"hi"}
# The others are as Django has them: here it would say “Dec. 1, 2026”, and put a comma that CLDR does not.
_DATES = {"en": "j F Y", "ar": "j F Y"}


@dataclass(frozen=True)
class Language:
    """One that readers are spoken to in."""

    code: str  # Django's: zh-hans
    tag: str  # BCP 47, for `lang` and `?lang=`: zh
    name: str  # in the language itself
    direction: str  # ltr | rtl


@functools.cache
def languages() -> tuple[Language, ...]:
    """Return all that we speak, English first."""
    return tuple(
        Language(code, _TAGS.get(code, code), name, "rtl" if get_language_info(code)["bidi"] else "ltr")
        for code, name in settings.LANGUAGES
    )


def spoken(tag: str) -> str:
    """Return the code of our language nearest to a BCP 47 tag (zh-TW: zh-hans, ar-EG: ar), '' for none."""
    code = tag.replace("_", "-").lower()
    if not language_code_re.fullmatch(code):
        return ""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return ""


def nearest(*tags: str) -> str:
    """Return the code of the first of these BCP 47 languages that we speak, else of English."""
    return next(filter(None, map(spoken, tags)), settings.LANGUAGE_CODE)


def current() -> Language:
    """Return the language in which this thread speaks at present."""
    code = nearest(get_language() or "")
    return next(language for language in languages() if language.code == code)


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence of the current language lists them: “a, b and c”; '' for none.

    Markup stays markup, and what stands beside it is escaped.
    """
    *most, last = list(names) or [""]
    # Translators: how a list of three names or more goes on; the last is joined by the message with "and".
    first = functools.reduce(lambda a, b: _put(_("%(first)s, %(second)s"), first=a, second=b), most or [""])
    # Translators: how the last name of a list is joined to what stands before it.
    return _put(_("%(first)s and %(last)s"), first=first, last=last) if first else last


def _put(sentence: str, **names: str) -> str:
    if any(hasattr(name, "__html__") for name in names.values()):
        return escape(sentence) % names
    return sentence % names


def isolated(text: str, tag: str = "") -> Markup:
    """Return text of another language (`tag`, BCP 47) so that its direction turns nothing around it."""
    return Markup("<bdi{}>{}</bdi>").format(Markup(' lang="{}"').format(tag) if tag else "", text)


def date(day: dt.date) -> str:
    """Return a day as the current language writes it, with its year; of a moment, the day in UTC."""
    code = current().code
    if code in _AS_IN_LETTERS:
        return words_of(code).date_of(day)
    return formats.date_format(day, _DATES.get(code, "DATE_FORMAT"))


def teach(environment: Environment) -> None:
    """Give an environment `{% trans %}`, `_`, `ngettext` and `pgettext`, and the filters of this module.

    A template's own text counts as markup, values put into it do not.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        _, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    environment.filters |= {"listed": listed, "isolated": isolated, "date": date}
