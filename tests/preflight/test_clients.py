"""What mail programs do not support, and that our own letter needs none of it."""

import re

from mailer.preflight.clients import features
from tests.preflight.cast import SOUND, a_matter

# Every program that Can I email has tests of shows these, or no letter needs them (break-after: print only).
PLAIN = {
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-top",
    "break-after",
    "color",
    "direction",
    "display",
    "font",
    "font-family",
    "font-size",
    "font-weight",
    "height",
    "line-height",
    "margin",
    "margin-right",
    "max-height",
    "max-width",
    "min-width",
    "outline",
    "padding",
    "padding-left",
    "padding-right",
    "text-align",
    "text-decoration",
    "vertical-align",
    "width",
    "word-break",
    "word-spacing",
    "supported-color-schemes",
}
OURS_ALONE = re.compile(r"-|mso-")  # of one program, which reads it
ELEMENTS = {
    "a",
    "b",
    "body",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "head",
    "html",
    "li",
    "meta",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "style",
    "table",
    "tbody",
    "td",
    "title",
    "tr",
    "ul",
}
RICH = "\n> “Yes.”\n\n1. *One* of **two** `codes`\n\n```\nraw\n```\n"


def the_letter() -> str:
    matter = a_matter(SOUND.replace("# Outlook\n", f"# 📰 Outlook\n{RICH}"))
    html = matter.letters[1].rendered.html
    return re.sub(r"<!--\[if [^\]]*(?:mso|IE)[^\]]*\]>.*?<!\[endif\]-->", "", html, flags=re.DOTALL)


def test_what_our_letter_holds_is_shown_everywhere_or_lost_without_harm() -> None:
    html = the_letter()
    styles = re.findall(r'style="([^"]*)"|<style[^>]*>(.*?)</style>', html, re.DOTALL)
    css = " ".join(f"{on_the_spot} {apart}" for on_the_spot, apart in styles)
    declared = {name for name, _ in re.findall(r"(?:^|[;{\s])([a-z-]+)\s*:(?!hover)\s*([^;{}]+)", css)}
    graceful = [feature for feature in features() if not feature.loss]
    unknown = {
        name
        for name in declared - PLAIN
        if not OURS_ALONE.match(name) and not any(each.pattern.search(f" {name}: x") for each in graceful)
    }
    assert unknown == set()  # look it up at Can I email, and put it into clients.toml
    assert set(re.findall(r"<([a-z][a-z0-9]*)", html)) <= ELEMENTS


def test_no_program_misses_anything_of_our_letter() -> None:
    assert [each.slug for each in features() if each.loss and each.pattern.search(the_letter())] == []


def test_what_is_said_to_be_harmless_is_still_in_our_letter() -> None:
    assert [each.slug for each in features() if not each.loss and not each.pattern.search(the_letter())] == []


def test_every_feature_names_who_does_not_show_it() -> None:
    assert all(feature.without for feature in features())
