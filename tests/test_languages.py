import datetime as dt
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.utils import translation
from jinja2 import Environment
from markupsafe import Markup
from pytest_django import Settings

from mailer.languages import current, date, isolated, languages, listed, nearest, spoken, teach
from tests.languages.catalogues import Catalogue, compiled

CODES = ["en", "zh-hans", "ru", "fr", "ar", "hi"]


def test_we_speak_six_languages() -> None:
    assert [(each.tag, each.name, each.direction) for each in languages()] == [
        ("en", "English", "ltr"),
        ("zh", "中文", "ltr"),
        ("ru", "Русский", "ltr"),
        ("fr", "Français", "ltr"),
        ("ar", "العربية", "rtl"),
        ("hi", "हिन्दी", "ltr"),
    ]


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("fr-CA", "fr"),
        ("fr_CA", "fr"),
        ("ar-EG", "ar"),
        ("ar-u-nu-latn", "ar"),
        ("zh", "zh-hans"),
        ("zh-CN", "zh-hans"),
        ("zh-TW", "zh-hans"),
        ("zh-Hant-HK", "zh-hans"),
        ("en-GB", "en"),
        ("de", ""),
        ("", ""),
        ("f", ""),
        ("*", ""),
        ("../../etc/passwd", ""),
        ("fr\n", ""),
        ("fr\x00", ""),
        ("ｆｒ", ""),
        ("fr-" + "a" * 10_000, ""),
        ("-".join(["fr"] * 5_000), "fr"),
    ],
)
def test_a_language_is_the_nearest_of_ours_or_none(tag: str, code: str) -> None:
    assert spoken(tag) == code


def test_the_first_that_we_speak_is_spoken_and_english_where_we_speak_none() -> None:
    assert nearest("", "sw", "fr-CA", "ru") == "fr"
    assert nearest("sw", "") == nearest() == "en"


def test_a_thread_that_speaks_nothing_in_particular_speaks_english() -> None:
    with translation.override(None):
        assert current().code == "en"
    with translation.override("fr-ca"):
        assert current().code == "fr"


@pytest.mark.parametrize(
    ("code", "two", "three"),
    [
        ("en", "Чад and Mali", "Чад, Mali and Niger"),
        ("zh-hans", "Чад和Mali", "Чад、Mali和Niger"),
        ("ru", "Чад и Mali", "Чад, Mali и Niger"),
        ("fr", "Чад et Mali", "Чад, Mali et Niger"),
        ("ar", "Чад وMali", "Чад وMali وNiger"),
        ("hi", "Чад और Mali", "Чад, Mali और Niger"),
    ],
)
def test_names_are_listed_as_the_language_lists_them(code: str, two: str, three: str) -> None:
    with translation.override(code):
        assert listed(["Чад", "Mali"]) == two
        assert listed(name for name in ("Чад", "Mali", "Niger")) == three
        assert (listed(["Mali"]), listed([])) == ("Mali", "")


def test_a_name_is_never_read_as_more_than_a_name() -> None:
    assert listed(["%(last)s", "100 %", "<b>"]) == "%(last)s, 100 % and <b>"
    written = listed([isolated("<b>", "ar"), "<i>", Markup("<u>x</u>")])
    assert written == Markup('<bdi lang="ar">&lt;b&gt;</bdi>, &lt;i&gt; and <u>x</u>')
    assert isinstance(written, Markup)
    assert isolated('"', '"') == Markup('<bdi lang="&#34;">&#34;</bdi>')
    assert isolated("x") == Markup("<bdi>x</bdi>")


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("en", "1 March 2027"),
        ("zh-hans", "2027年3月1日"),
        ("ru", "1 марта 2027 г."),
        ("fr", "1 mars 2027"),
        ("ar", "1 مارس 2027"),
        ("hi", "1 मार्च 2027"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(code: str, written: str) -> None:
    with translation.override(code):
        assert date(dt.date(2027, 3, 1)) == written
        assert date(dt.datetime(2027, 3, 1, 23, 59, tzinfo=dt.UTC)) == written


def test_hindi_months_are_spelt_as_in_letters() -> None:
    with translation.override("hi"):
        assert [date(dt.date(2026, month, 1)).split()[1] for month in (9, 11, 12)] == [
            "सितंबर",
            "नवंबर",
            "दिसंबर",
        ]


@pytest.mark.parametrize(
    ("locale", "forms", "written"),
    [
        ("zh_Hans", ["%(num)s 天"], {0: "0 天", 1: "1 天", 21: "21 天"}),
        ("fr", ["%(num)s jour", "%(num)s jours"], {0: "0 jour", 1: "1 jour", 2: "2 jours"}),
        ("hi", ["%(num)s दिन", "%(num)s दिनों"], {0: "0 दिन", 1: "1 दिन", 2: "2 दिनों"}),
        (
            "ru",
            ["%(num)s день", "%(num)s дня", "%(num)s дней"],
            {0: "0 дней", 1: "1 день", 2: "2 дня", 5: "5 дней", 11: "11 дней", 21: "21 день", 24: "24 дня"},
        ),
        (
            "ar",
            ["بلا أيام", "يوم واحد", "يومان", "%(num)s أيام", "%(num)s يوماً", "%(num)s يوم"],
            {
                0: "بلا أيام",
                1: "يوم واحد",
                2: "يومان",
                3: "3 أيام",
                10: "10 أيام",
                11: "11 يوماً",
                99: "99 يوماً",
                100: "100 يوم",
                102: "102 يوم",
                103: "103 أيام",
            },
        ),
    ],
)
def test_a_number_gives_a_word_the_form_of_its_language(
    tmp_path: Path, settings: Settings, locale: str, forms: list[str], written: dict[int, str]
) -> None:
    # Django's own Russian has four forms, ours three: each text must follow its own catalogue.
    catalogue = Catalogue(locale)
    catalogue["day"] = Message(("%(num)s day", "%(num)s days"), tuple(forms))
    folder = tmp_path / locale / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(compiled(catalogue))
    settings.LOCALE_PATHS = [tmp_path]
    environment = Environment(autoescape=True)
    teach(environment)
    template = environment.from_string(
        "{% trans count=n %}{{ count }} day{% pluralize %}{{ count }} days{% endtrans %}"
        "|{{ ngettext('%(num)s day', '%(num)s days', n) }}"
    )
    with translation.override(locale.lower().replace("_", "-")):
        assert {n: template.render(n=n).partition("|")[2] for n in written} == written
    assert template.render(n=1) == "1 day|1 day"


def test_a_templates_own_text_is_markup_and_what_is_put_into_it_is_not() -> None:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    teach(environment)
    template = environment.from_string(
        """<p>{% trans list=list, names=names|listed %}
             <b>{{ list }}</b> is 100% about
             {{ names }}.
           {% endtrans %}</p>"""
    )
    written = template.render(list="<i>", names=["a", isolated("&")])
    assert written == "<p><b>&lt;i&gt;</b> is 100% about a and <bdi>&amp;</bdi>.</p>"


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_is_there_for_every_language(code: str) -> None:
    with translation.override(code):
        assert (translation.gettext("Newsletters") != "Newsletters") is (code != "en")
