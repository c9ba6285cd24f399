"""An installation's own templates: on top of ours, in a sandbox, and each mistake one line."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.manuscript.document import Document
from mailer.rendering.sets import render_sets
from mailer.rendering.templates import TemplateFault, files
from mailer.rendering.values import House, Look, Reading


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own" / "parts").mkdir(parents=True)
    return tmp_path / "own"


def html(edition: Document, look: Look, own: Path) -> str:
    housed = replace(look, house=House("https://news.example", str(own)))
    return render_sets(edition, housed, [Reading()])[Reading()].html


def with_footer(own: Path, text: str) -> Path:
    (own / "parts" / "footer.j2").write_text(text, encoding="utf-8")
    return own


def section(words: str) -> str:
    return f"<mj-section><mj-column><mj-text>{words}</mj-text></mj-column></mj-section>"


def test_an_own_part_takes_the_place_of_ours_and_the_rest_stays(
    edition: Document, look: Look, own: Path
) -> None:
    ours = html(edition, look, own)
    with_footer(own, section("Own words for {{ look.list_name }}. -leave_url-"))
    # Templates are read once by a process: another folder is another environment.
    other = own.with_name("other")
    own.rename(other)
    made = html(edition, look, other)
    assert "Own words for Orbit Weekly. -leave_url-" in made
    assert made.split("<h1")[1].split("</h1>")[0] == ours.split("<h1")[1].split("</h1>")[0]
    assert "14 Observatory Road" in ours
    assert "14 Observatory Road" not in made


def test_an_empty_folder_changes_nothing(edition: Document, look: Look, own: Path) -> None:
    plain = render_sets(edition, replace(look, house=House("https://news.example")), [Reading()])[Reading()]
    assert html(edition, look, own) == plain.html


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ look.__init__.__globals__ }}",
        "{{ set_story.func.__globals__ }}",
        "{{ stylesheet.__self__ }}",
        "{{ words.date_of.__func__.__globals__ }}",
        "{{ '%s'.__mod__ }}",
        "{{ '{0.__class__}'.format(look) }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ self.__init__ }}",
        "{% include '../secret-key' %}",
        "{% include '/etc/hostname' %}",
        "{% include 'linked.j2' %}",
        "{% import '../../mailer/settings.py' as s %}",
        "{{ edition.sections.append(1) }}",
        "{{ settings.SECRET_KEY }}",
        "{{ request }}",
        "{% for i in range(999999999) %}x{% endfor %}",
        '<mj-include path="../secret-key" />',
        '<mj-include path="/etc/hostname" type="html" />',
    ],
)
def test_no_secret_is_in_its_reach(edition: Document, look: Look, own: Path, attack: str) -> None:
    (own.parent / "secret-key").write_text("SECRET")
    (own / "linked.j2").symlink_to(own.parent / "secret-key")
    with_footer(own, attack if attack.startswith("<mj-") else section(attack))
    try:
        made = html(edition, look, own)
    except TemplateFault as fault:
        made = str(fault)
    assert "SECRET" not in made
    assert not re.search(r"&lt;(class|function|module|bound)|0x[0-9a-f]{8}", made)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% if %}", "footer.j2, line 1: Expected an expression"),
        ("\n{{ nobody }}", "footer.j2, line 2: 'nobody' is undefined"),
        ("{{ 1 / 0 }}", "footer.j2, line 1: division by zero"),
        ("{% include 'parts/nowhere.j2' %}", "parts/nowhere.j2"),
        ("<mj-section><mj-column>", "mend it, or take it out of the folder"),
        ("{{ look.list_name.nothing }}", "footer.j2, line 1"),
        ("{{ words.date_of(none) }}", "footer.j2, line 1"),
    ],
)
def test_a_mistake_is_one_line_that_says_where(
    edition: Document, look: Look, own: Path, text: str, said: str
) -> None:
    with pytest.raises(TemplateFault) as fault:
        html(edition, look, with_footer(own, text))
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    "endless",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in 'x' * 900 %}{% for b in 'x' * 900 %}{{ a }}{% endfor %}{% endfor %}",
        "{{ 'x' * 100000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_what_would_never_end_is_a_fault(edition: Document, look: Look, own: Path, endless: str) -> None:
    with pytest.raises(TemplateFault):
        html(edition, look, with_footer(own, section(endless)))


def test_an_ordinary_loop_is_none_of_that_in_any_number_of_letters(
    edition: Document, look: Look, own: Path
) -> None:
    with_footer(own, section("{% for n in range(9000) %}{% endfor %}{{ '=' * 30 }}"))
    for _ in range(30):
        assert "=" * 30 in html(edition, look, own)


def test_every_file_that_makes_a_letter_is_counted_by_its_name(own: Path) -> None:
    assert "letter.mjml.j2" in files("")
    with_footer(own, "x")
    assert files(str(own)) == files("") | {"parts/footer.j2": own / "parts" / "footer.j2"}


@pytest.mark.parametrize(
    "left", [".footer.j2.swp", "parts/footer.j2~", ".git/footer.j2", ".DS_Store", "notes.txt"]
)
def test_what_editors_and_version_control_leave_is_no_part_of_a_letter(
    edition: Document, look: Look, own: Path, left: str
) -> None:
    (own / left).parent.mkdir(exist_ok=True)
    (own / left).write_text("x")
    assert files(str(own)) == files("")
    with pytest.raises(TemplateFault):
        html(edition, look, with_footer(own, f"{{% include '{left}' %}}"))
