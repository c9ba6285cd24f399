import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.rendering.assemble import Assembly, assemble
from mailer.rendering.letter import set_in_type
from mailer.rendering.templates import TEMPLATES
from mailer.rendering.values import LEAVE_MARK, MARKS, PREFERENCES_MARK, Look, Reading, Rendered
from tests.rendering.page import Page

AFRICA = Reading(frozenset({"africa"}))
# What MJML knows; anything else it would pass on in silence.
MJML_TAGS = {
    *("mjml", "mj-head", "mj-title", "mj-preview", "mj-raw", "mj-attributes", "mj-all", "mj-style"),
    *("mj-body", "mj-section", "mj-column", "mj-text"),
}
NASTY = "\"><script src=//evil.example></script><img src=x onerror=a()>'</td>&amp;{{ 7*7 }}{% x %}]]>\x00\x0b"


@pytest.fixture(scope="module")
def africa(edition: Document, look: Look) -> Rendered:
    return set_in_type([assemble(edition, look, AFRICA)], look)[0]


@pytest.fixture(scope="module")
def page(africa: Rendered) -> Page:
    return Page(africa.html)


def letter(look: Look, *sections: Section, **document: str) -> Rendered:
    title = document.pop("title", "Title")
    return set_in_type([Assembly(Document("list", title, sections, **document))], look)[0]  # type: ignore[arg-type]  # by name


def test_headings_have_their_ranks(page: Page) -> None:
    ranks = [tag for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert ranks[0] == "h1"
    assert ranks.count("h1") == 1
    assert set(ranks) == {"h1", "h2", "h3"}


def test_the_letter_names_its_language_and_direction(page: Page, africa: Rendered, look: Look) -> None:
    assert page.tags[0] == ("html", page.tags[0][1] | {"lang": "en", "dir": "ltr"})
    assert f"<title>{africa.subject}</title>" in africa.html
    article = next(div for div in page.all("div") if div.get("role") == "article")
    assert (article["lang"], article["aria-label"]) == (look.language, africa.subject)


def test_urdu_begins_at_the_right(look: Look) -> None:
    html = letter(replace(look, language="ur"), Section("آگے", prose="ایک\n\n- دو")).html
    assert '<html lang="ur" dir="rtl"' in html
    assert "text-align:right" in html
    assert "padding-right:24px" in html
    assert "text-align:left;color" not in html


def test_dark_mode_is_announced_and_styled(page: Page, africa: Rendered) -> None:
    metas = {meta.get("name"): meta.get("content") for meta in page.all("meta")}
    assert metas["color-scheme"] == metas["supported-color-schemes"] == "light dark"
    assert "@media screen and (prefers-color-scheme: dark)" in africa.html
    assert "[data-ogsc] .ink" in africa.html


def test_gmail_keeps_every_style_sheet(africa: Rendered) -> None:
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", africa.html, re.DOTALL)
    assert len(sheets) > 3
    assert max(map(len, sheets)) < 8192


def test_nothing_is_fetched_from_anyone(page: Page, africa: Rendered) -> None:
    fetching = {"img", "link", "script", "iframe", "video", "audio", "object", "embed", "base", "form"}
    assert not fetching.intersection(tag for tag, _ in page.tags)
    assert not re.search(r"url\(|@import|@font-face|\bsrc=|background=", africa.html)


def test_the_ways_out_are_marks_that_no_click_counter_touches(page: Page, africa: Rendered) -> None:
    ways = [link for link in page.all("a") if link["href"] in MARKS]
    assert {link["href"] for link in ways} == set(MARKS)
    # SendGrid heeds the attribute only before the address.
    assert all(list(link).index("clicktracking") < list(link).index("href") for link in ways)
    assert africa.html.count(LEAVE_MARK) == 1
    assert africa.html.count(PREFERENCES_MARK) == 2


def test_why_it_came_and_where_from_is_said(page: Page) -> None:
    assert "You get this letter because you subscribed to Orbit Weekly." in page.text
    assert "Cape Town 7925, South Africa" in page.text


def test_a_sign_is_seen_and_not_read_aloud(africa: Rendered) -> None:
    assert '<span aria-hidden="true">🔺&nbsp;</span>Rising</h3>' in africa.html


def test_the_expert_stands_in_a_pull_out(africa: Rendered) -> None:
    quiet = re.search(r'<td class="ink quiet edge".*?</td>', africa.html, re.DOTALL)
    assert quiet
    assert "The editor’s view" in quiet[0]
    assert africa.html.count('class="ink quiet edge"') == 1


def test_links_are_the_editors_addresses_in_order(africa: Rendered, page: Page) -> None:
    shown = dict.fromkeys(link["href"] for link in page.all("a") if link["href"] not in MARKS)
    assert tuple(shown) == africa.links


def test_words_in_bold_and_italics_keep_the_space_between_them(look: Look) -> None:
    page = Page(letter(look, Section("View", prose="**bold**\n*italic*\n[link](https://a.example/)")).html)
    assert "bold italic link" in page.text


def test_code_keeps_its_lines(look: Look) -> None:
    html = letter(look, Section("View", prose="```\none\n  two\n```")).html
    assert "one\n  two\n" in html


def test_a_ninth_story_begins_a_new_cell(look: Look) -> None:
    stories = tuple(Story(f"Story {number}", summary="So.") for number in range(17))
    html = letter(look, Section("News", stories=stories)).html
    begun = html.count('class="paper"')
    assert begun == html.count("<h2") + 2
    assert html.count("<h3") == 17
    # No hairline right beneath the heading of the section.
    assert html.count('<h3 class="ink hairline"') == 16


def test_more_than_eight_interests_begin_the_colours_again(look: Look) -> None:
    tenth = replace(look.interests[0], colour=9)
    html = letter(
        replace(look, interests=(tenth,)), Section("News", stories=(Story("A", "", (tenth.slug,)),))
    ).html
    assert f'<b class="i1" style="color:#79520a">{tenth.name}</b>' in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<script>", "//evil.example", NASTY])
def test_a_story_with_an_address_that_is_none_has_no_link(look: Look, url: str) -> None:
    story = Story("A story", url, summary=f"[words]({url})")
    page = Page(letter(look, Section("News", stories=(story,))).html)
    assert {link["href"] for link in page.all("a")} == set(MARKS)


def test_no_field_can_bring_in_a_tag(look: Look) -> None:
    interest = replace(look.interests[0], name=NASTY)
    nasty = replace(look, list_name=NASTY, postal_address=f"{NASTY}\n{NASTY}", interests=(interest,))
    story = Story(NASTY, f"https://a.example/?{NASTY[:20]}", (interest.slug,), NASTY)
    sections = (
        Section(f"1{NASTY}", prose=NASTY, groups=(Group(NASTY, (Point(NASTY),)),), stories=(story,)),
        Section(f"2{NASTY}", prose=NASTY),
        Section(f"3{NASTY}", prose=NASTY),
    )
    edition = Document("list", NASTY, sections, subtitle=NASTY, subject=NASTY, preheader=NASTY)
    assembly = Assembly(edition, (interest,), (story,), pull_outs=(f"2{NASTY}",))
    for one in (assembly, replace(assembly, elsewhere_in_full=True)):
        made = set_in_type([one], nasty)[0]
        page = Page(made.html)
        assert not {"script", "img", "iframe"}.intersection(tag for tag, _ in page.tags)
        assert not [name for _, given in page.tags for name in given if name.startswith("on")]
        assert "<script src=//evil.example>" in page.text


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_from_outside_is_none(look: Look, mark: str) -> None:
    encoded = (
        f"{mark} &#45;{mark[1:]} {mark.replace('_', chr(92) + '_')} `{mark}` [x](https://a.example/{mark})"
    )
    story = Story(mark, f"https://a.example/{mark}", ("africa",), encoded)
    section = Section(mark, prose=encoded, groups=(Group(mark, (Point(encoded),)),), stories=(story,))
    outside = replace(look, list_name=f"{mark}{mark[1:]}", postal_address=mark)
    made = letter(outside, section, title=mark, subtitle=mark, subject=mark, preheader=mark)
    page = Page(made.html)
    assert made.html.count(mark) == 1
    assert mark not in made.subject
    # The words are still there to be read.
    assert page.text.count(mark) > 10


def test_nothing_of_a_template_is_left(africa: Rendered) -> None:
    assert not re.search(r"\{\{|\{%|%\}|\{#|#\}|<mj|Undefined|None\b", africa.html + africa.text)


def test_templates_use_no_tag_that_mjml_would_pass_on_in_silence() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.rglob("*.j2")))
    used = set(re.findall(r"<(mj[\w-]*)", written))
    assert used == MJML_TAGS


def test_25_stories_stay_well_below_what_gmail_clips(look: Look) -> None:
    summary = "Space agencies signed a memorandum on ground stations. " * 12
    address = "https://www.publisher.example/2026/03/a-headline-in-an-address-of-usual-length-"
    stories = tuple(
        Story(f"A headline of a usual length, number {number}", f"{address}{number}", ("africa",), summary)
        for number in range(25)
    )
    made = letter(look, Section("News", stories=stories), Section("View", prose=summary * 2))
    assert len(made.html.encode()) < 70_000


def test_the_same_edition_makes_the_same_bytes_in_every_process() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from hashlib import sha256\n"
        "from mailer.rendering.letter import set_in_type\n"
        "from mailer.rendering.assemble import assemble\n"
        "from tests.rendering import conftest\n"
        "from tests.rendering.test_letter import AFRICA\n"
        "edition, look = conftest.the_edition(), conftest.the_look()\n"
        "made = set_in_type([assemble(edition, look, AFRICA)], look)[0]\n"
        "print(sha256((made.html + made.text).encode()).hexdigest())\n"
    )
    root = str(Path(__file__).resolve().parents[2])
    told = {
        subprocess.run(
            [sys.executable, "-c", program, root],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
